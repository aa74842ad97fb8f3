//! What a token may do. Takes a policy and a request; gives a refusal if the request is beyond it. Pure.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::refusal::Refusal;

/// What is known of a token's money when one of its runs is to start.
///
/// What a run costs is known at its end. Until then, as much is reserved for it as the dearest of the
/// token's recent runs with its model has cost; without one, all that is left.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Money {
    /// US dollars that were spent today.
    pub spent_usd: f64,
    /// What is reserved for the token's other runs under way.
    pub reserved_usd: f64,
    /// The cost of the dearest of its recent runs with this model, if any has a known one.
    pub dearest_usd: Option<f64>,
}

impl Money {
    /// What is known for a run that will not say what it has cost: it needs no reservation.
    pub fn untold(spent_usd: f64) -> Money {
        Money {
            spent_usd,
            reserved_usd: 0.0,
            dearest_usd: Some(0.0),
        }
    }
}

/// Whether there is money for a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Afford {
    /// There is, and so much is to be reserved for it.
    Reserve(f64),
    /// Not as long as the token's other runs may need it.
    Waits,
}

/// US dollars without what binary fractions add.
fn rounded(usd: f64) -> f64 {
    (usd * 1e9).round() / 1e9
}

/// The limits of one token. What is not given is not limited, except that no tool is allowed.
///
/// ```json
/// {"running": 2, "per_minute": 30, "usd_per_day": 5.0, "models": ["haiku", "sonnet"],
///  "tools": ["Read"], "max_timeout_secs": 300}
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Runs and turns at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<u32>,
    /// Runs and turns in any minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// US dollars a day (UTC). No run starts whose reservation would go beyond it; see [`Money`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usd_per_day: Option<f64>,
    /// The models that it may name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
    /// The tools that `claude` may use without asking, by their names there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// The longest `timeout_secs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_timeout_secs: Option<u64>,
}

impl Policy {
    /// Checks the values of a new policy.
    ///
    /// # Errors
    /// 422, with the field.
    pub fn check(&self) -> Result<(), Refusal> {
        let bad = |field: &str, why: &str| Err(Refusal::field(&format!("policy.{field}"), why));
        if self.running == Some(0) {
            return bad("running", "it must be at least 1");
        }
        if self.per_minute == Some(0) {
            return bad("per_minute", "it must be at least 1");
        }
        if self.usd_per_day.is_some_and(|usd| usd < 0.0) {
            return bad("usd_per_day", "it must not be negative");
        }
        if self.max_timeout_secs.is_some_and(|secs| secs < 5) {
            return bad("max_timeout_secs", "it must be at least 5");
        }
        let word = |tool: &String| {
            let sound = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
            !tool.is_empty() && !tool.starts_with('-') && tool.chars().all(sound)
        };
        if !self.tools.iter().all(word) {
            return bad(
                "tools",
                "a tool's name has letters, digits, '_' and '-' only",
            );
        }
        Ok(())
    }

    /// This time, or the longest that it may ask for if that is less.
    pub fn at_most(&self, timeout: Duration) -> Duration {
        let most = self.max_timeout_secs.map(Duration::from_secs);
        most.map_or(timeout, |most| timeout.min(most))
    }

    /// The model of a request that names none: the usual one, or the only one that the token may use.
    /// A policy may name other agents among the models; `is_agent` says which those are.
    pub fn default_model<'a>(&'a self, usual: &'a str, is_agent: impl Fn(&str) -> bool) -> &'a str {
        let models = self.models.iter().flatten().map(String::as_str);
        let mut models = models.filter(|name| !is_agent(name));
        match (models.next(), models.next()) {
            (Some(only), None) => only,
            _ => usual,
        }
    }

    /// Whether it may use this model, or this other agent.
    ///
    /// # Errors
    /// 403, with the names that it may use.
    pub fn allows_model(&self, model: &str) -> Result<(), Refusal> {
        match &self.models {
            Some(models) if !models.iter().any(|allowed| allowed == model) => {
                let names = models.join(", ");
                let why = format!("this token may not use the model {model}, only {names}");
                let mut refusal = Refusal::new(403, why);
                refusal.body["models"] = json!(models);
                Err(refusal)
            }
            _ => Ok(()),
        }
    }

    /// Whether it may ask this model for so long.
    ///
    /// # Errors
    /// 403 for a model, 422 for a timeout.
    pub fn allows(&self, model: &str, timeout: Duration) -> Result<(), Refusal> {
        self.allows_model(model)?;
        match self.max_timeout_secs {
            Some(most) if timeout > Duration::from_secs(most) => {
                let why = format!("this token may ask for {most} s at most");
                let mut refusal = Refusal::field("timeout_secs", why);
                refusal.body["max_timeout_secs"] = json!(most);
                Err(refusal)
            }
            _ => Ok(()),
        }
    }

    /// Whether there is money for a run at this time, which is in µs since the epoch. The last run of
    /// a day may cost more than is left; `claude` is told how much that is.
    ///
    /// # Errors
    /// 429, when all is spent.
    pub fn affords(&self, money: &Money, now: u64) -> Result<Afford, Refusal> {
        let Some(most) = self.usd_per_day else {
            return Ok(Afford::Reserve(0.0));
        };
        let spent = money.spent_usd;
        if spent >= most {
            let mut refusal = Refusal::busy(
                format!(
                    "this token's budget of {most} USD a day is spent: {spent:.4} USD since \
                     midnight UTC"
                ),
                86_400 - now / 1_000_000 % 86_400,
            );
            refusal.body["code"] = json!("budget_spent");
            return Err(refusal);
        }
        let left = rounded(most - spent);
        let wanted = money.dearest_usd.map_or(left, |usd| usd.min(left));
        if money.reserved_usd > 0.0 && wanted > rounded(left - money.reserved_usd) {
            return Ok(Afford::Waits);
        }
        Ok(Afford::Reserve(wanted))
    }

    /// The refusal of a run that would have to wait for money, and may not.
    pub fn money_is_reserved(&self) -> Refusal {
        let most = self.usd_per_day.unwrap_or(0.0);
        Refusal::busy(
            format!(
                "the rest of this token's budget of {most} USD a day may be needed by its runs \
                 under way, and no more of its runs may wait"
            ),
            5,
        )
    }
}

/// The refusal of a run that would be one too many in a minute; the next may begin after so many
/// seconds.
pub fn too_often(most: u32, wait_secs: u64) -> Refusal {
    Refusal::busy(
        format!("this token may begin {most} runs a minute"),
        wait_secs,
    )
}

/// When each token began its runs of the last minute.
#[derive(Debug, Default)]
pub struct Rates(HashMap<String, VecDeque<Instant>>);

impl Rates {
    /// The window.
    const MINUTE: Duration = Duration::from_secs(60);

    /// Counts one more.
    ///
    /// # Errors
    /// 429 when there were that many in the last minute.
    pub fn count(&mut self, token: &str, most: Option<u32>, now: Instant) -> Result<(), Refusal> {
        let Some(most) = most else { return Ok(()) };
        let times = self.0.entry(token.to_owned()).or_default();
        while times
            .front()
            .is_some_and(|at| now.duration_since(*at) >= Self::MINUTE)
        {
            times.pop_front();
        }
        if let Some(first) = times.front()
            && times.len() >= most as usize
        {
            let wait = Self::MINUTE.saturating_sub(now.duration_since(*first));
            return Err(too_often(most, wait.as_secs() + 1));
        }
        times.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_slides() {
        let (mut rates, start) = (Rates::default(), Instant::now());
        let at = |secs| start + Duration::from_secs(secs);
        assert_eq!(rates.count("a", Some(2), at(0)), Ok(()));
        assert_eq!(rates.count("a", Some(2), at(30)), Ok(()));
        let refused = rates.count("a", Some(2), at(50)).expect_err("a third");
        assert_eq!((refused.status, refused.retry_after), (429, Some(11)));
        assert_eq!(rates.count("b", Some(2), at(50)), Ok(()));
        assert_eq!(rates.count("a", Some(2), at(60)), Ok(()));
        assert_eq!(rates.count("a", None, at(60)), Ok(()));
    }

    #[test]
    fn models_timeouts_and_money_have_limits() {
        let policy: Policy = serde_json::from_str(
            r#"{"models": ["haiku"], "max_timeout_secs": 60, "usd_per_day": 0.5}"#,
        )
        .expect("a policy");
        let minute = Duration::from_secs(60);
        assert_eq!(policy.allows("haiku", minute), Ok(()));
        assert_eq!(
            policy.allows("opus", minute).expect_err("model").status,
            403
        );
        let late = policy.allows("haiku", minute * 2).expect_err("timeout");
        assert_eq!(late.status, 422);
        // 9 s before midnight.
        let late = (3 * 86_400 - 9) * 1_000_000;
        let money = |spent_usd, reserved_usd, dearest_usd| Money {
            spent_usd,
            reserved_usd,
            dearest_usd,
        };
        let spent = policy.affords(&money(0.5, 0.0, None), late);
        let spent = spent.expect_err("budget");
        assert_eq!((spent.status, spent.retry_after), (429, Some(9)));
        for (money, expected) in [
            // Nobody knows what it may cost.
            (money(0.4, 0.0, None), Afford::Reserve(0.1)),
            (money(0.4, 0.01, None), Afford::Waits),
            (money(0.4, 0.05, Some(0.05)), Afford::Reserve(0.05)),
            (money(0.4, 0.06, Some(0.05)), Afford::Waits),
            // Sums of these are not exact in binary.
            (money(0.2, 0.2, Some(0.1)), Afford::Reserve(0.1)),
            // The last one of the day.
            (money(0.49, 0.0, Some(0.05)), Afford::Reserve(0.01)),
            (money(0.49, 0.01, Some(0.05)), Afford::Waits),
        ] {
            assert_eq!(policy.affords(&money, late), Ok(expected), "{money:?}");
        }
        let untold = policy.affords(&Money::untold(0.4), late);
        assert_eq!(untold, Ok(Afford::Reserve(0.0)));
        let untold = policy.affords(&Money::untold(0.5), late);
        assert_eq!(untold.expect_err("budget").status, 429);
        let unlimited = Policy::default().affords(&money(9.0, 9.0, None), late);
        assert_eq!(unlimited, Ok(Afford::Reserve(0.0)));
        assert!(serde_json::from_str::<Policy>(r#"{"usd": 1}"#).is_err());
        let hostile: Policy = serde_json::from_str(r#"{"tools": ["--x"]}"#).expect("a policy");
        assert_eq!(hostile.check().expect_err("no tool").status, 422);
    }
}
