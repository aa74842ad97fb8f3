//! Draws addresses as a tree. Takes the list of signals, gives lines. Pure.

use super::Found;
use crate::term::Words;

/// Deeper segments are shown as one name: an address of another router may have 32,000 segments,
/// and the length of a line grows with the depth.
const DEEPEST: usize = 32;

/// One line: a segment, with the signal at it, if there is one.
struct Node<'a> {
    depth: usize,
    name: &'a str,
    found: Option<&'a Found<'a>>,
    /// Whether it is the last child of its parent.
    last: bool,
}

/// Draws the tree.
pub fn draw(found: &[Found<'_>], words: &mut Words) {
    let nodes = nodes(found);
    // For each depth, whether its branch continues below this line.
    let mut open: Vec<bool> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            words.end_line();
        }
        open.truncate(node.depth);
        for open in open.iter().skip(1) {
            words.dim(if *open { "│  " } else { "   " });
        }
        match (node.depth, node.last) {
            (0, _) => words.address(format_args!("/{}", node.name)),
            (_, true) => words.dim("└─ ").address(node.name),
            (_, false) => words.dim("├─ ").address(node.name),
        };
        open.push(!node.last);
        if let Some(found) = node.found {
            describe(found, words);
        }
    }
}

fn describe(found: &Found<'_>, words: &mut Words) {
    match found.value {
        Some(value) => {
            words.plain("   ");
            words.plain(serde_json::to_string(value).unwrap_or_default());
            words.dim(format_args!("   {}", value.type_name()));
        }
        None => _ = words.plain("   ").plain(found.kind),
    }
    if found.announced {
        words.dim("   (announced)");
    }
}

/// Every segment once, each parent before its children.
fn nodes<'a>(found: &'a [Found<'a>]) -> Vec<Node<'a>> {
    let mut split: Vec<(Vec<&str>, &Found<'_>)> = found
        .iter()
        .map(|found| {
            let path = found.address.trim_start_matches('/');
            (path.splitn(DEEPEST, '/').collect(), found)
        })
        .collect();
    // Sorted by segments, not by text: `/a/b` belongs below `/a`, before `/a-b`.
    split.sort_by(|a, b| a.0.cmp(&b.0));
    let mut nodes: Vec<Node<'_>> = Vec::new();
    let mut path: &[&str] = &[];
    for (segments, found) in &split {
        let common = path
            .iter()
            .zip(segments)
            .take_while(|(a, b)| a == b)
            .count();
        for (depth, name) in segments.iter().enumerate().skip(common) {
            nodes.push(Node {
                depth,
                name,
                found: (depth + 1 == segments.len()).then_some(found),
                last: true,
            });
        }
        path = segments;
    }
    // From the bottom up: a node is the last child unless its depth was seen since the last
    // shallower node.
    let mut seen: Vec<bool> = Vec::new();
    for node in nodes.iter_mut().rev() {
        seen.resize(node.depth + 1, false);
        node.last = !std::mem::replace(&mut seen[node.depth], true);
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(addresses: &[&'static str]) -> Vec<String> {
        let found: Vec<Found<'_>> = addresses
            .iter()
            .map(|address| Found::announced(address))
            .collect();
        let mut open: Vec<bool> = Vec::new();
        nodes(&found)
            .iter()
            .map(|node| {
                open.truncate(node.depth);
                open.push(!node.last);
                let there = if node.found.is_some() { "*" } else { "" };
                let last = if node.last { "└" } else { "├" };
                format!("{} {last} {}{there}", node.depth, node.name)
            })
            .collect()
    }

    #[test]
    fn children_follow_their_parent_and_the_last_one_ends_the_branch() {
        assert_eq!(
            lines(&[
                "/lights/front",
                "/lights",
                "/lights-b",
                "/lights/color/r",
                "/cues/go"
            ]),
            [
                "0 ├ cues",
                "1 └ go*",
                "0 ├ lights*",
                "1 ├ color",
                "2 └ r*",
                "1 └ front*",
                "0 └ lights-b*",
            ]
        );
    }

    #[test]
    fn an_address_of_a_thousand_segments_is_not_a_thousand_deep() {
        let deep: &'static str = "/a".repeat(10_000).leak();
        assert_eq!(lines(&[deep]).len(), DEEPEST);
    }
}
