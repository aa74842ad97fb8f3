//! What a page is to be sent: the revision that it has seen enters, messages leave, the cheapest
//! that bring it to the scene as it stands.
//!
//! Measured in the store of the page of vuer 0.1.6, for one message of n nodes: an UPSERT or an
//! UPDATE takes 0.3 ms + 1.5 µs · n², a SET 1.2 µs · n. So up to [`UPSERT_MAX`] changed nodes are
//! an UPSERT, and more are a SET of the scene's lists; unless the scene is so large that sending
//! it again is the dearer way, and then several UPSERTs.
//!
//! What the page does to itself is undone in the same turn: its REMOVE takes every empty `group`
//! of the scene with it, so those are sent again behind one.

use super::stage::{Id, LISTS, ROOT, Stage};
use crate::vuer::event::{Draft, Pack};

/// The most nodes in one UPSERT.
pub const UPSERT_MAX: usize = 50;

/// A scene of more bytes than this is sent again only when there is no other way.
const WHOLE_BYTES: usize = 1 << 20;

/// The key of the node that answers GRAB_RENDER, as the Python package names it.
pub const GRABBER: &str = "DEFAULT";

/// Its list: the page has nothing of its own there.
const GRABBER_LIST: &str = "rawChildren";

/// What has changed since a revision.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    /// Nodes that the page has, with other fields than it knows.
    changed: Vec<Id>,
    /// Nodes that the page does not have, below one that it has.
    created: Vec<Id>,
}

/// The messages that bring a page from a revision to the scene as it stands; none when it is there.
///
/// `grabs` is whether it is a browser's page: that needs a node that takes its picture. `ts` is the
/// time, in ms since the epoch.
pub fn messages(stage: &Stage, seen: u64, grabs: bool, ts: u64) -> Vec<Vec<u8>> {
    if seen >= stage.revision() && seen > 0 {
        return Vec::new();
    }
    if seen < stage.whole() || seen == 0 {
        return set(stage, grabs, ts).into_iter().collect();
    }
    let mut changes = Changes::default();
    collect(stage, ROOT, seen, &mut changes);
    let removed: Vec<&str> = stage.removed_since(seen).collect();
    if !removed.is_empty() {
        if has_refilled_group(stage, ROOT, seen) {
            return set(stage, grabs, ts).into_iter().collect();
        }
        let mut hollow = Vec::new();
        hollow_groups(stage, ROOT, seen, &mut hollow);
        // They are sent whole, to their place: an UPSERT of a field alone would put them elsewhere.
        let sent_whole = |id: &Id| is_within(stage, *id, &hollow);
        changes.changed.retain(|id| !sent_whole(id));
        changes.created.retain(|id| !sent_whole(id));
        // First: a list that was replaced may hold, on the page, a node that is new elsewhere.
        changes.created.splice(..0, hollow);
    }
    let count = changes.changed.len() + changes.created.len();
    if count > UPSERT_MAX && stage.bytes() <= WHOLE_BYTES || root_changed(stage, seen) {
        return set(stage, grabs, ts).into_iter().collect();
    }
    let mut messages = Vec::new();
    if !removed.is_empty() {
        let mut data = Pack::default();
        data.map(1).text("keys").array(removed.len());
        for key in removed {
            data.text(key);
        }
        messages.push(message("REMOVE", data, ts));
    }
    for ids in changes.changed.chunks(UPSERT_MAX) {
        messages.push(upsert(stage, ids, None, seen, ts));
    }
    let mut rest = &changes.created[..];
    while let Some(first) = rest.first() {
        // In the order of the scene, as many as hang at the same place.
        let place = |id: &Id| (stage.node(*id).parent, stage.node(*id).list);
        let same = rest
            .iter()
            .take_while(|id| place(id) == place(first))
            .count();
        let (ids, others) = rest.split_at(same.min(UPSERT_MAX));
        messages.push(upsert(stage, ids, Some(place(first)), 0, ts));
        rest = others;
    }
    messages
}

/// Whether a field or list of the scene itself has changed: only a SET can say so.
fn root_changed(stage: &Stage, seen: u64) -> bool {
    stage.node(ROOT).changed > seen
}

fn collect(stage: &Stage, id: Id, seen: u64, changes: &mut Changes) {
    for list in &stage.node(id).lists {
        for child in &list.nodes {
            let node = stage.node(*child);
            if node.created > seen {
                changes.created.push(*child);
                continue;
            }
            if node.changed > seen {
                changes.changed.push(*child);
            }
            let replaced = node.lists.iter().any(|list| list.replaced > seen);
            if !replaced {
                collect(stage, *child, seen, changes);
            }
        }
    }
}

/// Whether a node is one of these or below one of them.
fn is_within(stage: &Stage, id: Id, ancestors: &[Id]) -> bool {
    let mut at = id;
    while at != ROOT {
        if ancestors.contains(&at) {
            return true;
        }
        at = stage.node(at).parent;
    }
    false
}

/// The topmost groups in which there is nothing but groups in which there is nothing.
fn hollow_groups(stage: &Stage, id: Id, seen: u64, found: &mut Vec<Id>) {
    for list in &stage.node(id).lists {
        for child in &list.nodes {
            if stage.node(*child).created > seen {
                continue;
            }
            if is_hollow(stage, *child) {
                found.push(*child);
            } else {
                hollow_groups(stage, *child, seen, found);
            }
        }
    }
}

fn is_hollow(stage: &Stage, id: Id) -> bool {
    let node = stage.node(id);
    let mut children = node.lists.iter().flat_map(|list| &list.nodes);
    node.has_tag("group") && children.all(|child| is_hollow(stage, *child))
}

/// Whether a group that is empty on the page, which its REMOVE therefore takes, has nodes by now: they
/// would be sent to a parent that is gone.
fn has_refilled_group(stage: &Stage, id: Id, seen: u64) -> bool {
    let nodes = stage.node(id).lists.iter().flat_map(|list| &list.nodes);
    nodes
        .filter(|id| stage.node(**id).created <= seen)
        .any(|child| {
            was_hollow(stage, *child, seen) && !is_hollow(stage, *child)
                || has_refilled_group(stage, *child, seen)
        })
}

/// Whether a page that has seen a revision may have this node as a group of only empty groups.
///
/// A node whose tag has changed since may have been a group.
fn was_hollow(stage: &Stage, id: Id, seen: u64) -> bool {
    let node = stage.node(id);
    let children = node.lists.iter().flat_map(|list| &list.nodes);
    let mut fields = node.fields.iter();
    let tag_changed = fields.any(|field| &*field.name == "tag" && field.changed > seen);
    (tag_changed || node.has_tag("group"))
        && children
            .filter(|child| stage.node(**child).created <= seen)
            .all(|child| was_hollow(stage, *child, seen))
}

/// The whole scene. None if there is nothing to say.
fn set(stage: &Stage, grabs: bool, ts: u64) -> Option<Vec<u8>> {
    let root = stage.node(ROOT);
    let grabber = grabs && !stage.has_tag("GrabRender");
    let lists = LISTS.iter().filter_map(|list| root.list(list));
    let own_list = grabber && root.list(GRABBER_LIST).is_none();
    if root.fields.is_empty() && root.lists.is_empty() && !grabber {
        return None;
    }
    let mut data = Pack::default();
    data.map(root.fields.len() + root.lists.len() + usize::from(own_list));
    for field in &root.fields {
        data.text(&field.name).raw(&field.value);
    }
    for list in lists {
        let grabber = grabber && list.name == GRABBER_LIST;
        data.text(list.name);
        data.array(list.nodes.len() + usize::from(grabber));
        for id in &list.nodes {
            node(stage, *id, 0, &mut data);
        }
        if grabber {
            put_grabber(&mut data);
        }
    }
    if own_list {
        data.text(GRABBER_LIST).array(1);
        put_grabber(&mut data);
    }
    Some(message("SET", data, ts))
}

fn put_grabber(data: &mut Pack) {
    data.map(2).text("tag").text("GrabRender");
    data.text("key").text(GRABBER);
}

/// Nodes with what has changed since a revision; a new one has it all, and its place.
fn upsert(stage: &Stage, ids: &[Id], to: Option<(Id, &str)>, seen: u64, ts: u64) -> Vec<u8> {
    let mut data = Pack::default();
    data.map(2).text("nodes").array(ids.len());
    for id in ids {
        node(stage, *id, seen, &mut data);
    }
    data.text("to");
    match to {
        None | Some((ROOT, "children")) => data.nil(),
        Some((ROOT, list)) => data.text(list),
        Some((parent, _)) => match &stage.node(parent).key {
            Some(key) => data.text(key),
            None => data.nil(),
        },
    };
    message("UPSERT", data, ts)
}

/// A node with its key and what has changed since a revision, all that is below it included.
fn node(stage: &Stage, id: Id, seen: u64, out: &mut Pack) {
    let node_ = stage.node(id);
    let told = |at: u64| at > seen || seen == 0;
    let fields = || {
        let fields = node_.fields.iter();
        fields.filter(|field| told(field.changed) || &*field.name == "key")
    };
    let lists = || node_.lists.iter().filter(|list| told(list.replaced));
    out.map(fields().count() + lists().count());
    for field in fields() {
        out.text(&field.name).raw(&field.value);
    }
    for list in lists() {
        out.text(list.name).array(list.nodes.len());
        for child in &list.nodes {
            node(stage, *child, 0, out);
        }
    }
}

fn message(etype: &str, data: Pack, ts: u64) -> Vec<u8> {
    Draft::new(etype, ts).value("data", data.bytes()).finish()
}

#[cfg(test)]
mod tests;
