//! Reads an [`Operation`] from the value of an input line or of a client's event.
//!
//! | value | operation |
//! |---|---|
//! | `{"etype":"SET","data":{…}}` | sets fields and lists of the scene |
//! | `{"etype":"ADD","data":{"nodes":[…],"to":…}}`, `UPSERT`, `UPDATE` | adds or changes nodes |
//! | `{"etype":"REMOVE","data":{"keys":[…]}}` | removes nodes |
//! | `{"etype":"FRAME","data":{"etype":…}}` | the event inside |
//! | `{"etype":…}`, any other | a message that is passed on to the pages |
//! | an element: `{"tag":…,"key":…}`, or `{"key":…,…}` | an UPSERT of the element |
//! | `{"update":element}` or a list of them | an UPDATE |
//! | `{"remove":"key"}` or a list of them | a REMOVE |
//! | `{"joints":{name:angle},"key":…}` | new joint values of a Urdf |

use crate::vuer::event::Value;

/// A change to the scene, or a message for the pages.
#[derive(Debug, Clone, Copy)]
pub enum Operation<'a> {
    /// Sets fields and lists of the scene itself.
    Set(Value<'a>),
    /// Appends nodes.
    Add(Nodes<'a>, To<'a>),
    /// Sets fields of nodes, and appends nodes that do not exist.
    Upsert(Nodes<'a>, To<'a>),
    /// Sets fields of nodes that exist.
    Update(Nodes<'a>),
    /// Removes the nodes with these keys.
    Remove(Nodes<'a>),
    /// Sets joint values of a Urdf: its key, which may be left out if the scene has only one, and
    /// the values.
    Joints(Option<Value<'a>>, Value<'a>),
    /// An event that is not an operation on the scene.
    Message(Value<'a>),
}

/// Where nodes are appended: the name of a list of the scene, the key of a node, or `None`.
pub type To<'a> = Option<Value<'a>>;

/// One value, or the items of an array.
#[derive(Debug, Clone, Copy)]
pub enum Nodes<'a> {
    /// The value itself.
    One(Value<'a>),
    /// The items of an array.
    Many(Value<'a>),
}

impl<'a> Nodes<'a> {
    /// Iterates over the values.
    pub fn iter(self) -> impl Iterator<Item = Value<'a>> {
        let (one, many) = match self {
            Nodes::One(value) => (Some(value), None),
            Nodes::Many(values) => (None, Some(values)),
        };
        one.into_iter()
            .chain(many.into_iter().flat_map(Value::items))
    }

    fn of(value: Value<'a>) -> Nodes<'a> {
        if value.is_array() {
            Nodes::Many(value)
        } else {
            Nodes::One(value)
        }
    }
}

/// Why a value is not an operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnOperation {
    /// It is a number, a string or a list.
    #[error("an operation must be an object, such as {{\"tag\":\"Box\",\"key\":\"a\"}}")]
    NotAMap,
    /// It has none of the fields that tell its kind.
    #[error("an operation needs one of these fields: etype, tag, key, update, remove, joints")]
    Unknown,
    /// An event without a field that its type needs.
    #[error("{0} needs {1}")]
    Incomplete(String, &'static str),
}

const NODES: &str = "nodes in its data, a list of elements";

impl<'a> Operation<'a> {
    /// Reads a line of input.
    ///
    /// # Errors
    /// [`NotAnOperation`].
    pub fn read(value: Value<'a>) -> Result<Operation<'a>, NotAnOperation> {
        if !value.is_map() {
            return Err(NotAnOperation::NotAMap);
        }
        if let Some(etype) = value.get("etype").and_then(Value::as_str) {
            return Operation::event(etype, value);
        }
        if value.get("tag").is_some() {
            return Ok(Operation::Upsert(Nodes::One(value), None));
        }
        if let Some(nodes) = value.get("update") {
            return Ok(Operation::Update(Nodes::of(nodes)));
        }
        if let Some(keys) = value.get("remove") {
            return Ok(Operation::Remove(Nodes::of(keys)));
        }
        if let Some(joints) = value.get("joints") {
            if !joints.is_map() {
                let joints = "joints".to_owned();
                return Err(NotAnOperation::Incomplete(joints, "an object of angles"));
            }
            return Ok(Operation::Joints(value.get("key"), joints));
        }
        match value.get("key") {
            Some(_) => Ok(Operation::Upsert(Nodes::One(value), None)),
            None => Err(NotAnOperation::Unknown),
        }
    }

    /// Reads an event. Its content is under `data`, or, as clients send it, under `value`.
    fn event(etype: &str, event: Value<'a>) -> Result<Operation<'a>, NotAnOperation> {
        let data = event.get("data").or_else(|| event.get("value"));
        let incomplete = |what| NotAnOperation::Incomplete(etype.to_owned(), what);
        let listed = |name, what| {
            let list = data.and_then(|data| data.get(name));
            let list = list.filter(|list| list.is_array());
            list.map(Nodes::Many).ok_or_else(|| incomplete(what))
        };
        let to = || {
            data.and_then(|data| data.get("to"))
                .filter(|to| !to.is_nil())
        };
        match etype {
            "SET" => {
                let scene = data.filter(|data| data.is_map());
                let scene = scene.ok_or_else(|| incomplete("the scene as its data"))?;
                Ok(Operation::Set(scene))
            }
            "ADD" => Ok(Operation::Add(listed("nodes", NODES)?, to())),
            "UPSERT" => Ok(Operation::Upsert(listed("nodes", NODES)?, to())),
            "UPDATE" => Ok(Operation::Update(listed("nodes", NODES)?)),
            "REMOVE" => Ok(Operation::Remove(listed(
                "keys",
                "keys in its data, a list",
            )?)),
            "FRAME" => match data.and_then(|data| Some((data.get("etype")?.as_str()?, data))) {
                // Only one level: a FRAME inside a FRAME is passed on as a message.
                Some((inner, data)) if inner != "FRAME" => Operation::event(inner, data),
                _ => Ok(Operation::Message(event)),
            },
            _ => Ok(Operation::Message(event)),
        }
    }

    /// Whether the operation changes the scene.
    pub fn changes_scene(&self) -> bool {
        !matches!(self, Operation::Message(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vuer::event::{Floats, from_json};

    #[test]
    fn every_form_is_known_by_its_fields() {
        let table = [
            (r#"{"etype":"SET","data":{"children":[]}}"#, "Set"),
            (r#"{"etype":"ADD","data":{"nodes":[],"to":"a"}}"#, "Add"),
            (r#"{"etype":"UPSERT","data":{"nodes":[]}}"#, "Upsert"),
            (r#"{"etype":"UPSERT","value":{"nodes":[]}}"#, "Upsert"),
            (r#"{"etype":"UPDATE","data":{"nodes":[]}}"#, "Update"),
            (r#"{"etype":"REMOVE","data":{"keys":["a"]}}"#, "Remove"),
            (
                r#"{"etype":"FRAME","data":{"etype":"REMOVE","data":{"keys":[]}}}"#,
                "Remove",
            ),
            (r#"{"etype":"FRAME","data":{}}"#, "Message"),
            (r#"{"etype":"HAPTIC_ACTUATOR_PULSE","data":{}}"#, "Message"),
            (r#"{"tag":"Box","key":"a","remove":1}"#, "Upsert"),
            (r#"{"key":"a","position":[1,2,3]}"#, "Upsert"),
            (r#"{"update":{"key":"a"}}"#, "Update"),
            (r#"{"update":[{"key":"a"},{"key":"b"}]}"#, "Update"),
            (r#"{"remove":["a"]}"#, "Remove"),
            (r#"{"remove":"a"}"#, "Remove"),
            (r#"{"joints":{"arm":0.7},"key":"robot"}"#, "Joints"),
            ("[1]", "NotAMap"),
            ("{}", "Unknown"),
            (r#"{"joints":1}"#, "Incomplete"),
            (r#"{"etype":"UPSERT","data":{"nodes":{}}}"#, "Incomplete"),
            (r#"{"etype":"SET"}"#, "Incomplete"),
            (r#"{"etype":"REMOVE","data":{"keys":"a"}}"#, "Incomplete"),
        ];
        for (json, expected) in table {
            let mut bytes = Vec::new();
            from_json(json, Floats::Double, &mut bytes).expect(json);
            let read = Operation::read(Value::check(&bytes).expect("sound"));
            let name = match read {
                Ok(operation) => format!("{operation:?}"),
                Err(error) => format!("{error:?}"),
            };
            assert!(name.starts_with(expected), "{json}: {name}");
        }
    }
}
