//! A jq filter as a question: takes values, gives yes or no.

use serde::Serialize;

use super::filter::Filter;
use super::output_error::OutputError;
use crate::error::Failure;

/// A filter that is asked yes or no of one value after another.
#[derive(Debug)]
pub struct Predicate {
    filter: Filter,
}

impl Predicate {
    /// Compiles a filter; `option` is where it was typed.
    ///
    /// # Errors
    /// A usage failure for what is no filter.
    pub fn compile(option: &'static str, code: &str) -> Result<Self, Failure> {
        Ok(Predicate {
            filter: Filter::compile(option, code)?,
        })
    }

    /// Whether the filter's last output for this value is true, as jq takes it; no output is no.
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
