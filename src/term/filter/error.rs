//! Why a filter failed. Takes jaq's errors; gives a sentence, and the place in the filter.

use jaq_core::load::{self, lex};

use crate::error::{Failing, Kind};

/// Why a filter failed.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// The text is not a filter.
    #[error("{option}: {reason}")]
    Compile {
        /// The option in which it was typed.
        option: &'static str,
        /// What is wrong with it.
        reason: String,
        /// The line with the error and a caret below the error's position, if that is known.
        place: Option<String>,
    },
    /// The filter failed on a document.
    #[error("{option} '{filter}': {reason}")]
    Run {
        /// The option in which it was typed.
        option: &'static str,
        /// The filter's text.
        filter: String,
        /// jaq's message.
        reason: String,
    },
}

impl Failing for FilterError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            FilterError::Compile { place, .. } => place.clone(),
            FilterError::Run { .. } => None,
        }
    }
}

pub(super) fn load_error(
    option: &'static str,
    code: &str,
    errors: load::Errors<&str, ()>,
) -> FilterError {
    let first = errors.into_iter().next().map(|(_, error)| error);
    let (reason, part) = match first {
        Some(load::Error::Io(errors)) => match errors.first() {
            Some((path, reason)) => (reason.clone(), *path),
            None => ("it cannot be loaded".to_owned(), code),
        },
        Some(load::Error::Lex(errors)) => match errors.first() {
            Some((lex::Expect::Token, part)) => ("this does not belong here".to_owned(), *part),
            Some((expected, part)) => (format!("{} is expected", expected.as_str()), *part),
            None => ("it cannot be read".to_owned(), code),
        },
        Some(load::Error::Parse(errors)) => match errors.first() {
            Some((expected, part)) => (format!("{} is expected", expected.as_str()), *part),
            None => ("it cannot be read".to_owned(), code),
        },
        None => ("it cannot be loaded".to_owned(), code),
    };
    let place = place(code, part);
    FilterError::Compile {
        option,
        reason,
        place,
    }
}

pub(super) fn compile_error(
    option: &'static str,
    code: &str,
    errors: jaq_core::compile::Errors<&str, ()>,
) -> FilterError {
    let first = errors
        .into_iter()
        .find_map(|(_, errors)| errors.into_iter().next());
    match first {
        Some((name, undefined)) => FilterError::Compile {
            option,
            reason: format!("there is no {} '{name}'", undefined.as_str()),
            place: place(code, name),
        },
        None => FilterError::Compile {
            option,
            reason: "it cannot be compiled".to_owned(),
            place: None,
        },
    }
}

/// The line of the filter in which `part` begins, and a caret below its first character.
fn place(code: &str, part: &str) -> Option<String> {
    // jaq's error is a slice of the filter's text, except if the filter ends too early: then it is
    // an empty string.
    let start = (part.as_ptr() as usize).checked_sub(code.as_ptr() as usize);
    let start = match start {
        Some(start) if start <= code.len() && code.is_char_boundary(start) => start,
        _ if part.is_empty() => code.len(),
        _ => return None,
    };
    let line_start = code[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = code[line_start..].lines().next().unwrap_or_default();
    let column = code[line_start..start].chars().count();
    Some(format!("{line}\n{:column$}^", ""))
}
