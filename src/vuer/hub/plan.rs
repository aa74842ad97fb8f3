//! Decides what to send to a page. Input: the revision that the page has seen. Output: the cheapest
//! messages that bring the page to the current scene.
//!
//! Measured in the store of the page of vuer 0.1.6, for one message of n nodes: an UPSERT or an
//! UPDATE takes 0.3 ms + 1.5 µs · n², a SET 1.2 µs · n. So up to [`UPSERT_MAX`] changed nodes are
//! sent as one UPSERT. More are sent as a SET of the scene's lists, or, if the scene is so large
//! that sending it again would cost more, as several UPSERTs. On a REMOVE, the page also removes
//! every empty `group` of the scene. So the empty groups are sent again after a REMOVE.

use bytes::Bytes;

use super::scene::{HubScene, Id, LISTS, ROOT};
use crate::vuer::event::{Draft, Pack};

/// The most nodes in one UPSERT.
pub const UPSERT_MAX: usize = 50;

/// A scene with more bytes than this is sent again only when there is no other way.
const WHOLE_BYTES: usize = 1 << 20;

/// The key of the node that answers GRAB_RENDER, as the Python package names it.
const GRABBER: &str = "DEFAULT";

/// The list that holds the grabber. The page itself puts nothing there.
const GRABBER_LIST: &str = "rawChildren";

/// A request that a page answers with a picture. Its `data` are the settings of the picture.
pub fn picture_request(uuid: &str, rtype: &str, data: &Pack, ts: u64) -> Bytes {
    let request = Draft::new("GRAB_RENDER", ts)
        .text("uuid", uuid)
        .text("rtype", rtype)
        .text("key", GRABBER)
        .value("data", data.bytes());
    request.finish().into()
}

/// What has changed since a revision.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    /// Nodes that the page has and that have changed.
    changed: Vec<Id>,
    /// Nodes that the page does not have, and whose parent it has.
    created: Vec<Id>,
}

/// The messages that bring a page from a revision to the current scene; empty when the page is up
/// to date. `grabs` tells whether the client is a browser's page, which needs a node for taking
/// pictures. `ts` is the time, in ms since the epoch.
pub fn messages(scene: &HubScene, seen: u64, grabs: bool, ts: u64) -> Vec<Vec<u8>> {
    if seen >= scene.revision() && seen > 0 {
        return Vec::new();
    }
    if seen < scene.full_scene_since() || seen == 0 {
        return set(scene, grabs, ts).into_iter().collect();
    }
    let mut changes = Changes::default();
    collect(scene, ROOT, seen, &mut changes);
    let removed: Vec<&str> = scene.removed_since(seen).collect();
    if !removed.is_empty() {
        if has_refilled_group(scene, ROOT, seen) {
            return set(scene, grabs, ts).into_iter().collect();
        }
        let mut empty_groups = Vec::new();
        collect_empty_groups(scene, ROOT, seen, &mut empty_groups);
        // Send them complete and with their place: an UPSERT of single fields would put them
        // elsewhere.
        let sent_whole = |id: &Id| is_within(scene, *id, &empty_groups);
        changes.changed.retain(|id| !sent_whole(id));
        changes.created.retain(|id| !sent_whole(id));
        // Send them first: on the page, a list that was replaced may hold a node that is now
        // elsewhere.
        changes.created.splice(..0, empty_groups);
    }
    let count = changes.changed.len() + changes.created.len();
    if count > UPSERT_MAX && scene.bytes() <= WHOLE_BYTES || root_changed(scene, seen) {
        return set(scene, grabs, ts).into_iter().collect();
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
        messages.push(upsert(scene, ids, None, seen, ts));
    }
    let mut rest = &changes.created[..];
    while let Some(first) = rest.first() {
        // In the order of the scene, all following nodes with the same place.
        let place = |id: &Id| (scene.node(*id).parent, scene.node(*id).list);
        let same = rest
            .iter()
            .take_while(|id| place(id) == place(first))
            .count();
        let (ids, others) = rest.split_at(same.min(UPSERT_MAX));
        messages.push(upsert(scene, ids, Some(place(first)), 0, ts));
        rest = others;
    }
    messages
}

/// Whether a field or list of the scene itself has changed. Only a SET can transmit that.
fn root_changed(scene: &HubScene, seen: u64) -> bool {
    scene.node(ROOT).changed > seen
}

fn collect(scene: &HubScene, id: Id, seen: u64, changes: &mut Changes) {
    for list in &scene.node(id).lists {
        for child in &list.nodes {
            let node = scene.node(*child);
            if node.created > seen {
                changes.created.push(*child);
                continue;
            }
            if node.changed > seen {
                changes.changed.push(*child);
            }
            let replaced = node.lists.iter().any(|list| list.replaced > seen);
            if !replaced {
                collect(scene, *child, seen, changes);
            }
        }
    }
}

/// Whether a node is one of these or below one of them.
fn is_within(scene: &HubScene, id: Id, ancestors: &[Id]) -> bool {
    let mut at = id;
    while at != ROOT {
        if ancestors.contains(&at) {
            return true;
        }
        at = scene.node(at).parent;
    }
    false
}

/// Collects the topmost groups that are empty or contain only empty groups.
fn collect_empty_groups(scene: &HubScene, id: Id, seen: u64, found: &mut Vec<Id>) {
    for list in &scene.node(id).lists {
        for child in &list.nodes {
            if scene.node(*child).created > seen {
                continue;
            }
            if is_empty_group(scene, *child) {
                found.push(*child);
            } else {
                collect_empty_groups(scene, *child, seen, found);
            }
        }
    }
}

fn is_empty_group(scene: &HubScene, id: Id) -> bool {
    let node = scene.node(id);
    let mut children = node.lists.iter().flat_map(|list| &list.nodes);
    node.has_tag("group") && children.all(|child| is_empty_group(scene, *child))
}

/// Whether a group that is empty on the page, and that the page therefore removes on a REMOVE, has
/// nodes now. These nodes would be sent to a parent that is gone.
fn has_refilled_group(scene: &HubScene, id: Id, seen: u64) -> bool {
    let nodes = scene.node(id).lists.iter().flat_map(|list| &list.nodes);
    nodes
        .filter(|id| scene.node(**id).created <= seen)
        .any(|child| {
            may_have_been_empty(scene, *child, seen) && !is_empty_group(scene, *child)
                || has_refilled_group(scene, *child, seen)
        })
}

/// Whether this node may be an empty group on a page that has seen revision `seen`. A node whose
/// tag has changed since then may have been a group.
fn may_have_been_empty(scene: &HubScene, id: Id, seen: u64) -> bool {
    let node = scene.node(id);
    let children = node.lists.iter().flat_map(|list| &list.nodes);
    let mut fields = node.fields.iter();
    let tag_changed = fields.any(|field| &*field.name == "tag" && field.changed > seen);
    (tag_changed || node.has_tag("group"))
        && children
            .filter(|child| scene.node(**child).created <= seen)
            .all(|child| may_have_been_empty(scene, *child, seen))
}

/// The whole scene as a SET. `None` if the scene is empty.
fn set(scene: &HubScene, grabs: bool, ts: u64) -> Option<Vec<u8>> {
    let root = scene.node(ROOT);
    let grabber = grabs && !scene.has_tag("GrabRender");
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
            node(scene, *id, 0, &mut data);
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

/// An UPSERT with the changes of nodes since a revision. New nodes are sent complete, with their
/// place.
fn upsert(scene: &HubScene, ids: &[Id], to: Option<(Id, &str)>, seen: u64, ts: u64) -> Vec<u8> {
    let mut data = Pack::default();
    data.map(2).text("nodes").array(ids.len());
    for id in ids {
        node(scene, *id, seen, &mut data);
    }
    data.text("to");
    match to {
        None | Some((ROOT, "children")) => data.nil(),
        Some((ROOT, list)) => data.text(list),
        Some((parent, _)) => match &scene.node(parent).key {
            Some(key) => data.text(key),
            None => data.nil(),
        },
    };
    message("UPSERT", data, ts)
}

/// Writes a node's key and everything that has changed in it and below it since a revision.
fn node(scene: &HubScene, id: Id, seen: u64, out: &mut Pack) {
    let node_ = scene.node(id);
    let is_new = |at: u64| at > seen || seen == 0;
    let fields = || {
        let fields = node_.fields.iter();
        fields.filter(|field| is_new(field.changed) || &*field.name == "key")
    };
    let lists = || node_.lists.iter().filter(|list| is_new(list.replaced));
    out.map(fields().count() + lists().count());
    for field in fields() {
        out.text(&field.name).raw(&field.value);
    }
    for list in lists() {
        out.text(list.name).array(list.nodes.len());
        for child in &list.nodes {
            node(scene, *child, 0, out);
        }
    }
}

fn message(etype: &str, data: Pack, ts: u64) -> Vec<u8> {
    Draft::new(etype, ts).value("data", data.bytes()).finish()
}

#[cfg(test)]
mod tests;
