//! The conditions of `wait`. Takes values, gives whether they satisfy the conditions. Pure.

use std::cmp::Ordering;

use crate::clasp::wire::Value;
use crate::error::Failure;
use crate::term::Predicate;

/// One condition on a value.
#[derive(Debug)]
pub enum Condition {
    /// Equal; `1` and `1.0` are.
    Eq(Value<'static>),
    /// Not equal.
    Ne(Value<'static>),
    /// Greater.
    Gt(Value<'static>),
    /// Greater or equal.
    Ge(Value<'static>),
    /// Less.
    Lt(Value<'static>),
    /// Less or equal.
    Le(Value<'static>),
    /// A jq filter gives true.
    Until(Predicate),
}

impl Condition {
    /// Whether a value satisfies the condition. A value that cannot be compared is neither greater
    /// nor less.
    ///
    /// # Errors
    /// When the filter fails on the value.
    pub fn holds(&mut self, value: &Value<'_>) -> Result<bool, Failure> {
        Ok(match self {
            Condition::Eq(wanted) => equal(value, wanted),
            Condition::Ne(wanted) => !equal(value, wanted),
            Condition::Gt(bound) => compare(value, bound).is_some_and(Ordering::is_gt),
            Condition::Ge(bound) => compare(value, bound).is_some_and(Ordering::is_ge),
            Condition::Lt(bound) => compare(value, bound).is_some_and(Ordering::is_lt),
            Condition::Le(bound) => compare(value, bound).is_some_and(Ordering::is_le),
            Condition::Until(filter) => filter.holds(value)?,
        })
    }
}

/// The conditions of one command.
#[derive(Debug)]
pub struct Conditions {
    /// The conditions; an empty list is satisfied by any value.
    pub all: Vec<Condition>,
    /// Whether one of them is enough.
    pub any: bool,
}

impl Conditions {
    /// Whether a value satisfies the conditions together. A filter that fails on the value counts
    /// as not satisfied, and `misfit` gets its error.
    pub fn hold(&mut self, value: &Value<'_>, mut misfit: impl FnMut(Failure)) -> bool {
        for condition in &mut self.all {
            let holds = condition.holds(value).unwrap_or_else(|failure| {
                misfit(failure);
                false
            });
            // The first condition that decides the result ends the loop, so that a later filter
            // does not fail needlessly.
            if holds == self.any {
                return self.any;
            }
        }
        !self.any || self.all.is_empty()
    }
}

/// Whether values of this type have an order.
pub fn is_ordered(value: &Value<'_>) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_) | Value::String(_))
}

fn equal(a: &Value<'_>, b: &Value<'_>) -> bool {
    a == b || compare(a, b) == Some(Ordering::Equal)
}

/// Compares numbers by size and strings by their characters; other values have no order.
fn compare(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Float(b)) => mixed(*a, *b),
        (Value::Float(a), Value::Int(b)) => mixed(*b, *a).map(Ordering::reverse),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Compares exactly, although a float cannot represent every integer: if the nearest float is
/// equal, the float is an integer, and both are compared as integers.
fn mixed(int: i64, float: f64) -> Option<Ordering> {
    match (int as f64).partial_cmp(&float)? {
        Ordering::Equal => Some(i128::from(int).cmp(&(float as i128))),
        order => Some(order),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clasp::wire::from_json;

    fn no_misfit(failure: Failure) {
        panic!("{}", failure.message());
    }

    fn value(json: &str) -> Value<'static> {
        from_json(json).expect(json)
    }

    #[test]
    fn numbers_are_equal_whatever_their_type_and_nothing_else_is_forced() {
        for (a, b, expected) in [
            ("1", "1.0", Some(Ordering::Equal)),
            ("1", "1.5", Some(Ordering::Less)),
            ("2.5", "2", Some(Ordering::Greater)),
            (
                "9007199254740993",
                "9007199254740992.0",
                Some(Ordering::Greater),
            ),
            (
                "9223372036854775807",
                "9223372036854775808.0",
                Some(Ordering::Less),
            ),
            ("\"b\"", "\"a\"", Some(Ordering::Greater)),
            ("\"1\"", "1", None),
            ("{\"$float\":\"NaN\"}", "1", None),
            ("null", "0", None),
            ("true", "false", None),
        ] {
            assert_eq!(compare(&value(a), &value(b)), expected, "{a} and {b}");
        }
        assert!(equal(
            &value("{\"a\":1,\"b\":2}"),
            &value("{\"b\":2,\"a\":1}")
        ));
    }

    #[test]
    fn all_must_hold_or_any_may() {
        let between = |any| Conditions {
            all: vec![Condition::Ge(value("2")), Condition::Lt(value("5"))],
            any,
        };
        for (json, all, any) in [
            ("1", false, true),
            ("2", true, true),
            ("4.9", true, true),
            ("5", false, true),
            ("\"x\"", false, false),
        ] {
            assert_eq!(between(false).hold(&value(json), no_misfit), all, "{json}");
            assert_eq!(between(true).hold(&value(json), no_misfit), any, "{json}");
        }
        for any in [false, true] {
            let mut none = Conditions { all: vec![], any };
            assert!(none.hold(&value("null"), no_misfit), "any value");
        }
    }

    #[test]
    fn a_filter_is_a_condition() {
        let mut until = Condition::Until(Predicate::compile("--until", ".r > 5").unwrap());
        assert!(until.holds(&value("{\"r\":6}")).unwrap());
        assert!(!until.holds(&value("{\"r\":5}")).unwrap());
        let failure = until.holds(&value("7")).unwrap_err();
        assert!(failure.message().starts_with("--until '.r > 5'"));
    }
}
