//! JSON Schema. Compiles a schema, checks a value against it, and gives the violations.

use std::error::Error;
use std::fmt;

use boon::{CompileError, Compiler, SchemaIndex, Schemas, UrlLoader, ValidationError};
use serde_json::Value;

/// The URL of the schema itself, which no reference can use.
const URL: &str = "schema:/";

/// A compiled schema.
pub struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema").finish_non_exhaustive()
    }
}

impl Schema {
    /// Compiles a schema of draft 4, 6, 7, 2019-09 or 2020-12 (the default).
    ///
    /// # Errors
    /// Why it is not a schema: a keyword with a value of the wrong type, a reference to another
    /// document (nothing is loaded from a disk or a network), a pattern with look-around.
    pub fn compile(schema: Value) -> Result<Schema, String> {
        let mut compiler = Compiler::new();
        compiler.use_loader(Box::new(NoLoader));
        let mut schemas = Schemas::new();
        compiler
            .add_resource(URL, schema)
            .map_err(|error| explain(&error))?;
        let index = compiler
            .compile(URL, &mut schemas)
            .map_err(|error| explain(&error))?;
        Ok(Schema { schemas, index })
    }

    /// The violations in the value, as `/path: reason`, in the order of the schema. Empty if the
    /// value is valid.
    pub fn faults(&self, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        if let Err(error) = self.schemas.validate(value, self.index) {
            collect(&error, &mut faults);
        }
        faults
    }
}

/// Collects the innermost errors: the outer ones only say that an inner one failed.
fn collect(error: &ValidationError<'_, '_>, faults: &mut Vec<String>) {
    for cause in &error.causes {
        collect(cause, faults);
    }
    if error.causes.is_empty() {
        let place = error.instance_location.to_string();
        let separator = if place.is_empty() { "" } else { ": " };
        faults.push(format!("{place}{separator}{}", error.kind));
    }
}

fn explain(error: &CompileError) -> String {
    let text = match error {
        CompileError::ValidationError { src, .. } => {
            let mut faults = Vec::new();
            collect(src, &mut faults);
            faults.join("; ")
        }
        CompileError::InvalidRegex { regex, src, .. } => {
            format!("'{regex}' is not a pattern that can be checked here: {src}")
        }
        error => format!("{error:#}"),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Loads no documents: a schema must be complete.
struct NoLoader;

impl UrlLoader for NoLoader {
    fn load(&self, _url: &str) -> Result<Value, Box<dyn Error>> {
        Err("references to other documents are not followed".into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_is_named_with_its_place() {
        let schema = json!({
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "array", "items": {"type": "string"}}},
            "$defs": {"b": {}},
        });
        let schema = Schema::compile(schema).expect("a schema");
        assert_eq!(schema.faults(&json!({"a": ["x"]})), Vec::<String>::new());
        let faults = schema.faults(&json!({"a": [1, 2]}));
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("/a/0: "), "{faults:?}");
        let faults = schema.faults(&json!("prose"));
        assert_eq!(faults, ["want object, but got string"]);
    }

    #[test]
    fn references_stay_inside_the_schema() {
        let inside = json!({"$ref": "#/$defs/n", "$defs": {"n": {"type": "number"}}});
        let schema = Schema::compile(inside).expect("a schema");
        assert!(schema.faults(&json!(1)).is_empty());
        assert_eq!(schema.faults(&json!("1")).len(), 1);
        let why = Schema::compile(json!({"$ref": "file:///etc/hostname"})).expect_err("outside");
        assert!(why.contains("not followed"), "{why}");
    }

    #[test]
    fn what_is_not_a_schema_is_named() {
        for (schema, says) in [
            (json!({"type": "colour"}), "/type"),
            (json!({"pattern": "("}), "pattern"),
            (json!(3), "got number"),
        ] {
            let why = Schema::compile(schema.clone()).expect_err("not a schema");
            assert!(why.contains(says), "{schema}: {why}");
        }
    }
}
