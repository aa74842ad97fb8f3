//! `vuer load` of files that no page can show.

use crate::support::dir::Dir;
use crate::support::trefoil::trefoil;

/// What it says of a file before it is ready.
#[track_caller]
fn said_of(dir: &Dir, name: &str, content: &[u8]) -> String {
    let file = dir.file(name, content);
    let load = ["vuer", "load", "--bind", "127.0.0.1:0", "--page", "builtin"];
    let mut load = trefoil(&load).args(&["-o", "json"]).arg(&file).start();
    load.record();
    load.terminate();
    load.finish().done().stderr
}

/// A .npy file with three columns of these numbers.
fn npy(numbers: &[f64]) -> Vec<u8> {
    let mut header = format!(
        "{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, 3)}}",
        numbers.len() / 3
    );
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

#[test]
fn a_file_that_shows_nothing_is_told_of() {
    let dir = Dir::new();
    let mut cut_stl = vec![b' '; 80];
    cut_stl.extend(3_u32.to_le_bytes());
    cut_stl.extend([0; 50]);
    let mut glb = b"glTF\x02\0\0\0".to_vec();
    glb.extend(100_u32.to_le_bytes());
    let table: [(&str, &[u8], &str); 19] = [
        ("a.obj", b"", "is empty"),
        ("b.obj", b"hello\n", "no vertex"),
        ("c.obj", b"# a\nv 1 2 3\nv 1 x 3\n", "line 3"),
        ("d.stl", b"", "is empty"),
        ("e.stl", b"solid a\nendsolid a\n", "no facet"),
        ("f.stl", &cut_stl, "3 triangles"),
        ("g.stl", b"what is this", "no STL file"),
        ("h.urdf", b"", "is empty"),
        ("i.urdf", b"<robot name=\"a\"><link", "no </robot>"),
        ("j.urdf", b"<html></html>", "no <robot>"),
        ("k.glb", b"hello world, hello world", "no GLB file"),
        ("l.glb", &glb, "100 bytes"),
        ("m.gltf", b"{\"asset\":", "no JSON"),
        ("n.ply", b"hello", "no PLY file"),
        ("o.pcd", b"VERSION .7\n", "DATA"),
        (
            "p.npy",
            &npy(&[1.0, 2.0, f64::NAN, 1.0, 2.0, 3.0]),
            "1 of 2 points",
        ),
        (
            "q.npy",
            &npy(&[0.0, 0.0, 0.0, f64::INFINITY, 2.0, 3.0]),
            "row 1",
        ),
        ("r.npy", &npy(&[1e300, 2.0, 3.0]), "1 of 1 points"),
        ("s.npy", &npy(&[70_000.0, 2.0, 3.0]), "65,504"),
    ];
    for (name, content, part) in table {
        let said = said_of(&dir, name, content);
        let line = said
            .lines()
            .find(|line| line.contains(&format!("{name}: ")));
        let line = line.unwrap_or_else(|| panic!("{name}: {said}"));
        assert!(line.contains("warning: ") && line.contains(part), "{line}");
    }
}

#[test]
fn a_sound_file_is_told_nothing_of() {
    let dir = Dir::new();
    let mut stl = vec![b' '; 80];
    stl.extend(1_u32.to_le_bytes());
    stl.extend([0; 50]);
    let mut glb = b"glTF\x02\0\0\0".to_vec();
    glb.extend(12_u32.to_le_bytes());
    let table: [(&str, &[u8]); 9] = [
        ("a.obj", b"o a\r\nv 1 2 3\r\nv 1e0 -2 3 1.0\r\nf 1 2 1\r\n"),
        (
            "b.stl",
            b"solid a\nfacet normal 0 0 1\nendfacet\nendsolid a\n",
        ),
        ("c.stl", &stl),
        (
            "d.urdf",
            b"<?xml version=\"1.0\"?>\n<robot name=\"a\"><link name=\"b\"/></robot>\n",
        ),
        ("e.urdf", b"<robot name=\"a\"/>"),
        ("f.glb", &glb),
        ("g.gltf", b"{\"asset\":{\"version\":\"2.0\"}}"),
        ("h.ply", b"ply\nformat ascii 1.0\nend_header\n"),
        ("i.npy", &npy(&[65_504.0, 2.0, 3.0])),
    ];
    for (name, content) in table {
        let said = said_of(&dir, name, content);
        assert!(!said.contains(&format!("{name}: ")), "{said}");
    }
}

#[test]
fn joints_that_are_not_there_are_refused() {
    let dir = Dir::new();
    let robot = dir.file("a.urdf", "<robot name=\"a\"/>");
    trefoil(&["vuer", "load", "--joints", "missing"])
        .arg(robot)
        .run()
        .exits(2)
        .says(&["cannot read missing"]);
}
