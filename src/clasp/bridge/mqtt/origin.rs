//! Recognises what another bridge has carried between the same router and the same broker, so that two
//! bridges do not pass a message back and forth for ever. No I/O.
//!
//! ```text
//! router ──▶ bridge 1 ──▶ publication, marked "ROUTER/1" ──▶ broker ──▶ bridge 2: it is of my router
//! broker ──▶ bridge 1 ──▶ event with the id 1 ──▶ router ──▶ bridge 2: bridge 1 is at my broker
//! ```
//! - In version 5 a publication has a user property with the router's id and the bridge's number. A
//!   publication of our own router is already there. It also tells that the bridge with this number is
//!   at our broker: a sibling.
//! - From then on, an event for the router has the bridge's number as its id, which routers pass on. An
//!   event of a sibling came from our broker. Without a sibling, events have no id.
//! - A publication that a bridge of another router has carried passes, without the mark.

use std::borrow::Cow;

use super::codec::Properties;

/// The name of the user property.
pub const MARK: &str = "trefoil-bridge";

/// How many ids of this router, of other routers, and of siblings are remembered.
const REMEMBERED: usize = 64;

/// Who has carried a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// A bridge of our own router.
    Sibling,
    /// A bridge of another router, or none.
    Other,
}

/// The marks that this bridge makes and knows.
#[derive(Debug)]
pub struct Origin {
    /// The number of this bridge.
    bridge: u32,
    /// The ids that our router has had, the present one last.
    own: Vec<String>,
    /// Other routers' ids.
    others: Vec<String>,
    /// The bridges of our router at our broker.
    siblings: Vec<u32>,
    /// Whether our router may have another id than we know.
    is_unsure: bool,
}

impl Origin {
    /// The marks of the bridge with this number, at a router whose id is not known yet.
    pub fn new(bridge: u32) -> Origin {
        Origin {
            bridge,
            own: Vec::new(),
            others: Vec::new(),
            siblings: Vec::new(),
            is_unsure: true,
        }
    }

    /// Whether to ask the router for its id. True once, until there is another reason.
    pub fn take_unsure(&mut self) -> bool {
        std::mem::take(&mut self.is_unsure)
    }

    /// The connection to the router was made again: it may be another one, or have another id.
    pub fn reconnected(&mut self) {
        self.is_unsure = true;
    }

    /// Records the router's id. Returns whether it is a new one.
    pub fn identified(&mut self, id: String) -> bool {
        let is_new = !self.own.contains(&id);
        self.own.retain(|known| *known != id);
        self.others.retain(|known| *known != id);
        remember(&mut self.own, id);
        is_new
    }

    /// Whether other bridges carry messages between this router and this broker.
    pub fn has_siblings(&self) -> bool {
        !self.siblings.is_empty()
    }

    /// The mark for a publication, if the router has an id.
    pub fn mark(&self) -> Option<(String, String)> {
        let router = self.own.last()?;
        Some((MARK.to_owned(), format!("{router}/{:08x}", self.bridge)))
    }

    /// The id for an event to the router.
    pub fn event_id(&self) -> Option<u32> {
        self.has_siblings().then_some(self.bridge)
    }

    /// Whether a sibling has written an event with this id.
    pub fn is_sibling(&self, id: Option<u32>) -> bool {
        id.is_some_and(|id| self.siblings.contains(&id))
    }

    /// Takes the properties of a publication; gives who has carried it, and the other properties.
    pub fn read<'p>(&mut self, properties: &'p Properties) -> (Carrier, Cow<'p, Properties>) {
        let is_mark = |(name, _): &(String, String)| name == MARK;
        let Some((_, mark)) = properties.user.iter().find(|user| is_mark(user)) else {
            return (Carrier::Other, Cow::Borrowed(properties));
        };
        let carrier = self.carrier(mark);
        let mut rest = properties.clone();
        rest.user.retain(|user| !is_mark(user));
        (carrier, Cow::Owned(rest))
    }

    fn carrier(&mut self, mark: &str) -> Carrier {
        let Some((router, bridge)) = mark.split_once('/') else {
            return Carrier::Other;
        };
        if self.own.iter().any(|own| own == router) {
            if let Ok(bridge) = u32::from_str_radix(bridge, 16)
                && bridge != self.bridge
                && !self.siblings.contains(&bridge)
            {
                remember(&mut self.siblings, bridge);
            }
            return Carrier::Sibling;
        }
        if router.len() <= 64 && !self.others.iter().any(|other| other == router) {
            // Our router may have been given a new id by another bridge.
            self.is_unsure = true;
            remember(&mut self.others, router.to_owned());
        }
        Carrier::Other
    }
}

/// Adds an item, instead of the oldest if there are too many.
fn remember<T>(list: &mut Vec<T>, item: T) {
    if list.len() >= REMEMBERED {
        list.remove(0);
    }
    list.push(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(mark: Option<(String, String)>) -> Properties {
        let user = [mark, Some(("unit".into(), "C".into()))];
        Properties {
            user: user.into_iter().flatten().collect(),
            ..Properties::default()
        }
    }

    #[test]
    fn a_bridge_knows_what_its_siblings_have_carried_and_no_others() {
        let mut first = Origin::new(1);
        let mut second = Origin::new(2);
        assert_eq!(second.mark(), None, "the router's id is not known");
        for bridge in [&mut first, &mut second] {
            assert!(bridge.take_unsure());
            assert!(bridge.identified("r".into()));
            assert!(!bridge.take_unsure());
        }
        assert_eq!((first.event_id(), first.has_siblings()), (None, false));
        let publication = marked(second.mark());
        let (carrier, rest) = first.read(&publication);
        assert_eq!(
            (carrier, rest.into_owned()),
            (Carrier::Sibling, marked(None))
        );
        assert_eq!(
            (first.event_id(), first.is_sibling(Some(2))),
            (Some(1), true)
        );
        assert!(!first.is_sibling(Some(3)) && !first.is_sibling(None));

        // A bridge of another router, which may be ours with a new id.
        let mut other = Origin::new(2);
        other.identified("s".into());
        let publication = marked(other.mark());
        for is_unsure in [true, false] {
            let (carrier, rest) = first.read(&publication);
            assert_eq!((carrier, rest.into_owned()), (Carrier::Other, marked(None)));
            assert_eq!(first.take_unsure(), is_unsure);
        }
        assert!(first.identified("s".into()));
        assert_eq!(first.read(&publication).0, Carrier::Sibling);
        assert_eq!(first.read(&marked(None)).0, Carrier::Other);
        assert_eq!(
            first.read(&marked(Some((MARK.into(), "odd".into())))).0,
            Carrier::Other
        );
    }

    #[test]
    fn memory_is_bounded() {
        let mut origin = Origin::new(0);
        origin.identified("r".into());
        for n in 1..1_000 {
            origin.read(&marked(Some((MARK.into(), format!("r/{n:x}")))));
            origin.read(&marked(Some((MARK.into(), format!("s{n}/1")))));
        }
        assert_eq!((origin.siblings.len(), origin.others.len()), (64, 64));
        assert!(origin.is_sibling(Some(999)));
    }
}
