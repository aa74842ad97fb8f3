//! Whether a file looks like one that a page can show. Takes its extension, its first bytes and its
//! size; gives what is wrong. It is no parser: it finds what is empty, cut off, or something else.

/// How many bytes of a file are looked at.
pub const HEAD: u64 = 1 << 20;

/// What is wrong with a file; `None` if nothing is found. `head` is its beginning, up to [`HEAD`].
pub fn trouble(extension: &str, head: &[u8], size: u64) -> Option<String> {
    if size == 0 {
        return Some("it is empty".to_owned());
    }
    let is_whole = head.len() as u64 == size;
    match extension {
        "obj" => obj(head, is_whole),
        "stl" => stl(head, is_whole, size),
        "urdf" => urdf(head, is_whole),
        "glb" => glb(head, size),
        "gltf" => gltf(head, is_whole),
        "ply" => (!head.starts_with(b"ply")).then(|| "it is no PLY file".to_owned()),
        "pcd" => (!contains(head, b"DATA ")).then(|| "it has no line with DATA".to_owned()),
        _ => None,
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

fn obj(head: &[u8], is_whole: bool) -> Option<String> {
    let mut vertices = 0;
    let mut lines = (1..).zip(head.split(|byte| *byte == b'\n')).peekable();
    while let Some((number, line)) = lines.next() {
        let Some(numbers) = line.strip_prefix(b"v ") else {
            continue;
        };
        // The last line may be cut off here.
        if lines.peek().is_none() && !is_whole {
            break;
        }
        let text = String::from_utf8_lossy(numbers);
        let good = text
            .split_ascii_whitespace()
            .map_while(|number| number.parse::<f64>().ok())
            .filter(|number| number.is_finite())
            .count();
        if good < 3 {
            return Some(format!("line {number}: a vertex needs three numbers"));
        }
        vertices += 1;
    }
    (vertices == 0 && is_whole).then(|| "it has no vertex (a line 'v 1 2 3')".to_owned())
}

/// A text, or 80 bytes, the number of triangles, and 50 bytes for each.
fn stl(head: &[u8], is_whole: bool, size: u64) -> Option<String> {
    let count = head.get(80..84).and_then(|count| count.try_into().ok());
    let count = count.map(u32::from_le_bytes);
    let needed = count.map(|count| 84 + 50 * u64::from(count));
    if needed == Some(size) {
        return (count == Some(0)).then(|| "it has no triangles".to_owned());
    }
    if head.starts_with(b"solid") {
        let is_empty = is_whole && !contains(head, b"facet");
        return is_empty.then(|| "it has no facet".to_owned());
    }
    match (count, needed) {
        (Some(count), Some(needed)) if needed > size => Some(format!(
            "it is to have {count} triangles, which take {needed} bytes, and it has {size}"
        )),
        (Some(_), _) => None,
        (None, _) => Some("it is no STL file".to_owned()),
    }
}

fn urdf(head: &[u8], is_whole: bool) -> Option<String> {
    let Some(start) = memchr::memmem::find(head, b"<robot") else {
        return is_whole.then(|| "it has no <robot>".to_owned());
    };
    let robot = &head[start..];
    let is_closed = contains(robot, b"</robot") || {
        let end = memchr::memchr(b'>', robot);
        end.is_some_and(|end| robot[..end].ends_with(b"/"))
    };
    (is_whole && !is_closed).then(|| "it is cut off: there is no </robot>".to_owned())
}

/// `glTF`, the version, the length of the file.
fn glb(head: &[u8], size: u64) -> Option<String> {
    if !head.starts_with(b"glTF") {
        return Some("it is no GLB file".to_owned());
    }
    let length = head.get(8..12).and_then(|length| length.try_into().ok());
    let length = length.map(u32::from_le_bytes).map(u64::from);
    match length {
        Some(length) if length <= size => None,
        Some(length) => Some(format!("it is to have {length} bytes, and it has {size}")),
        None => Some("it is cut off".to_owned()),
    }
}

fn gltf(head: &[u8], is_whole: bool) -> Option<String> {
    if !is_whole {
        return None;
    }
    let json: Result<serde_json::Value, _> = serde_json::from_slice(head);
    match json {
        Err(error) => Some(format!("it is no JSON: {error}")),
        Ok(json) => json
            .get("asset")
            .is_none()
            .then(|| "it is no glTF: it has no asset".to_owned()),
    }
}
