//! A jq filter as a condition. Takes values; gives whether the condition is true for them.

use serde::Serialize;

use super::filter::Filter;
use super::output::OutputError;
use crate::error::Failure;

/// A filter that is used as a condition on one value after another.
#[derive(Debug)]
pub struct Predicate {
    filter: Filter,
}

impl Predicate {
    /// Compiles a filter. `option` is the option in which it was typed, for error messages.
    ///
    /// # Errors
    /// A usage failure if the text is not a filter.
    pub fn compile(option: &'static str, code: &str) -> Result<Self, Failure> {
        Ok(Predicate {
            filter: Filter::compile(option, code)?,
        })
    }

    /// Whether the filter's last output for this value is anything but false and null. No output is
    /// false.
    ///
    /// # Errors
    /// A usage failure when the filter does not fit the value.
    pub fn holds(&mut self, data: &impl Serialize) -> Result<bool, Failure> {
        let mut holds = false;
        let none = &mut std::iter::empty();
        let document = Filter::take(data).map_err(OutputError::NotJson)?;
        self.filter.run(document, none, |output| {
            holds = output.is_true();
            Ok(())
        })?;
        Ok(holds)
    }
}
