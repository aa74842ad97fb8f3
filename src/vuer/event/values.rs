//! Values that stand one after the other in one buffer. Takes JSON texts, gives [`Value`]s. Each was
//! checked when it was written, so another thread that gets the buffer reads them at once.

use super::{Floats, JsonError, Value, from_json};

/// Values in the order in which they were added.
#[derive(Debug, Default)]
pub struct Values {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Values {
    /// Appends the value of a JSON text.
    ///
    /// # Errors
    /// [`JsonError`]; nothing is appended then.
    pub fn push_json(&mut self, text: &str, floats: Floats) -> Result<(), JsonError> {
        from_json(text, floats, &mut self.bytes)?;
        self.ends.push(self.bytes.len());
        Ok(())
    }

    /// How many bytes the values take.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The values, in order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'_>> {
        self.ends.iter().scan(0, |start, end| {
            let bytes = self.bytes.get(*start..*end)?;
            *start = *end;
            Some(Value::of_checked(bytes))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_in_order_without_the_bad_ones() {
        let mut values = Values::default();
        assert!(values.is_empty());
        let given = [r#"{"key":"a"}"#, "[1,2.5]", "{", r#"{"$bytes":1}"#, "null"];
        let taken = given.map(|json| values.push_json(json, Floats::Double).is_ok());
        assert_eq!(taken, [true, true, false, false, true]);
        let shown: Vec<_> = values
            .iter()
            .map(|value| serde_json::to_string(&value).expect("JSON"))
            .collect();
        assert_eq!(shown, [given[0], given[1], given[4]]);
        let size: usize = values.iter().map(|value| value.bytes().len()).sum();
        assert_eq!(size, values.size());
    }
}
