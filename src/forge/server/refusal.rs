//! An error reply: a status, a JSON body, and when to try again.

use serde_json::{Value, json};

use crate::ids::NoRandomness;

/// An error reply of the contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The body: `{"error": …}`, or FastAPI's `{"detail": [{"loc", "msg", "type"}]}` for a field.
    pub body: Value,
    /// After how many seconds it is worth trying again.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A status and a sentence.
    pub fn new(status: u16, error: impl Into<String>) -> Refusal {
        Refusal {
            status,
            body: json!({"error": error.into()}),
            retry_after: None,
        }
    }

    /// 422: a field of the body is not what it must be.
    pub fn field(name: &str, why: impl Into<String>) -> Refusal {
        let fault = json!({"loc": ["body", name], "msg": why.into(), "type": "value_error"});
        Refusal {
            status: 422,
            body: json!({"detail": [fault]}),
            retry_after: None,
        }
    }

    /// 404, also for what belongs to somebody else.
    pub fn unknown(what: &str) -> Refusal {
        Refusal::new(404, format!("there is no such {what}"))
    }

    /// 429: come back later.
    pub fn busy(error: impl Into<String>, retry_after: u64) -> Refusal {
        Refusal {
            retry_after: Some(retry_after.max(1)),
            ..Refusal::new(429, error)
        }
    }

    /// 503: the service cannot do it now.
    pub fn unavailable(error: impl Into<String>) -> Refusal {
        Refusal {
            retry_after: Some(10),
            ..Refusal::new(503, error)
        }
    }

    /// 503: the program of an agent is not there. It says no time to try again, because waiting does not
    /// help; the code tells a client so.
    pub fn agent_missing(agent: &str, path: &str) -> Refusal {
        let error = format!("there is no '{path}' on the service's machine");
        let mut refusal = Refusal::new(503, error);
        refusal.body["code"] = json!("agent_missing");
        refusal.body["agent"] = json!(agent);
        refusal
    }

    /// The error as a sentence.
    pub fn sentence(&self) -> String {
        let fault = &self.body["detail"][0];
        match (&self.body["error"], &fault["msg"]) {
            (Value::String(error), _) => error.clone(),
            (_, Value::String(why)) => match fault["loc"][1].as_str() {
                Some(field) => format!("{field}: {why}"),
                None => why.clone(),
            },
            _ => self.body.to_string(),
        }
    }
}

impl From<NoRandomness> for Refusal {
    fn from(error: NoRandomness) -> Refusal {
        Refusal::new(500, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_its_sentence() {
        assert_eq!(Refusal::new(400, "no").sentence(), "no");
        let field = Refusal::field("prompt", "it is empty");
        assert_eq!(field.sentence(), "prompt: it is empty");
        assert_eq!(Refusal::busy("later", 0).retry_after, Some(1));
    }
}
