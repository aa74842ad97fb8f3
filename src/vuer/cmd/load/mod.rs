//! `load`: shows a robot, a mesh or a point cloud in browsers.

mod check;
mod npy;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::serve::input::{Form, Source};
use super::serve::server::HubServerArgs;
use super::serve::{Serving, open};
use crate::error::Failure;
use crate::term::Terminal;
use crate::text::count::Count;
use crate::text::whole::read_exactly;
use crate::vuer::event::{Pack, Value};
use crate::vuer::hub::operation::{Nodes, Operation};
use crate::vuer::hub::run::block_on;
use crate::vuer::hub::site::ASSETS_PATH;

/// The largest array that is read, in bytes: twenty million coloured points.
const NPY_MAX: u64 = 1 << 30;

const EXAMPLES: &str = "\
Examples:
  trefoil vuer load robot.urdf
  joint-log | trefoil vuer load robot.urdf --joints -
  trefoil vuer load robot.urdf --joints joints.ndjson --key arm
  trefoil vuer load part.stl --open
  trefoil vuer load scan.npy

The files of its folder, and nothing above it, are served below /workspace/.
An array (.npy, N x 3 or N x 6 with colours from 0 to 255) becomes a point
cloud. Robots and mesh files need the page of the Python package: trefoil vuer
page install.";

/// The element of the page for each file extension.
const TAGS: [(&str, &str); 7] = [
    ("urdf", "Urdf"),
    ("glb", "Glb"),
    ("gltf", "Glb"),
    ("obj", "Obj"),
    ("ply", "Ply"),
    ("stl", "Stl"),
    ("pcd", "Pcd"),
];

/// What may be typed after `load`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct LoadArgs {
    /// Show this file: .urdf .glb .gltf .obj .ply .stl .pcd .npy
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Set the joints of a .urdf from the lines of this file, such as {"arm":0.7}; - is stdin
    #[arg(long, value_name = "FILE")]
    joints: Option<PathBuf>,

    /// Use this key for the element [default: the file's name without extension]
    #[arg(long, value_name = "KEY")]
    key: Option<String>,

    /// Open the page in the browser
    #[arg(long)]
    open: bool,

    #[command(flatten)]
    server: HubServerArgs,
}

impl LoadArgs {
    /// Serves the file.
    ///
    /// # Errors
    /// A usage failure for a file that does not exist or has an unknown type; the errors of
    /// `serve`.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let cannot = |why: &dyn std::fmt::Display| {
            Failure::usage(format!("cannot load {}: {why}", self.file.display()))
        };
        if !fs::metadata(&self.file)
            .map_err(|error| cannot(&error))?
            .is_file()
        {
            return Err(cannot(&"it is no file"));
        }
        let file = fs::canonicalize(&self.file).map_err(|error| cannot(&error))?;
        let extension = file
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_ascii_lowercase();
        let stem = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let key = self.key.clone().unwrap_or(stem);
        let element = match extension.as_str() {
            "npy" => {
                let bytes = File::open(&file)
                    .and_then(|file| read_exactly(file, NPY_MAX))
                    .map_err(|error| cannot(&error))?;
                let cloud = npy::read(&bytes).map_err(|error| cannot(&error))?;
                if let Some((bad, row)) = cloud.undrawable() {
                    terminal.console.warn(format_args!(
                        "{}: {} of {} points cannot be shown, first that of row {row}: a coordinate is \
                         NaN, infinite or beyond {}",
                        self.file.display(),
                        Count(bad as u64),
                        Count(cloud.points.len() as u64 / 3),
                        Count(npy::LARGEST)
                    ));
                }
                cloud_element(&key, &cloud)
            }
            _ => {
                let tag = TAGS.iter().find(|(known, _)| *known == extension);
                let (_, tag) = tag.ok_or_else(|| {
                    cannot(&"its extension is not one of .urdf .glb .gltf .obj .ply .stl .pcd .npy")
                })?;
                if let Some(why) = trouble(&file, &extension).map_err(|error| cannot(&error))? {
                    terminal.console.warn(format_args!(
                        "{}: {why}; pages may show nothing of it",
                        self.file.display()
                    ));
                }
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                file_element(tag, &key, &format!("{ASSETS_PATH}{}", encoded(&name)))
            }
        };
        if self.joints.is_some() && extension != "urdf" {
            return Err(cannot(&"--joints is for a .urdf"));
        }
        if let Some(joints) = &self.joints
            && joints.as_os_str() != "-"
            && let Err(error) = fs::metadata(joints)
        {
            let joints = joints.display();
            return Err(Failure::usage(format!("cannot read {joints}: {error}")));
        }
        let folder = file.parent().map(Path::to_owned);
        block_on(async {
            let server = self.server.listen(folder, &terminal.console).await?;
            if server.is_builtin() && extension != "npy" {
                terminal.console.warn(
                    "the page in this binary does not draw such files; get the other one with: \
                     trefoil vuer page install",
                );
            }
            if let Ok(element) = Value::check(&element) {
                let show = Operation::Upsert(Nodes::One(element), None);
                server
                    .hub
                    .with(|hub| hub.apply(&show))
                    .map_err(|missed| cannot(&missed))?;
            }
            if self.open {
                open(&server.link, &terminal.console);
            }
            let joints = self.joints.as_ref().map(|path| {
                let source = if path.as_os_str() == "-" {
                    Source::Stdin
                } else {
                    Source::File(path.clone())
                };
                (source, Form::Joints(key.clone()))
            });
            let serving = Serving {
                exit_on_eof: false,
                prints: true,
                inputs: joints.into_iter().collect(),
                child: None,
            };
            serving.run(server, terminal).await
        })?
    }
}

/// What is wrong with a file that a page is to read.
fn trouble(file: &Path, extension: &str) -> io::Result<Option<String>> {
    let file = File::open(file)?;
    let size = file.metadata()?.len();
    let mut head = Vec::new();
    file.take(check::HEAD).read_to_end(&mut head)?;
    Ok(check::trouble(extension, &head, size))
}

fn file_element(tag: &str, key: &str, src: &str) -> Vec<u8> {
    let mut pack = Pack::default();
    pack.map(3).text("tag").text(tag).text("key").text(key);
    pack.text("src").text(src);
    pack.finish()
}

/// Encoded as by the Python package: coordinates as 16-bit floats, colours as bytes.
fn cloud_element(key: &str, cloud: &npy::Cloud) -> Vec<u8> {
    let mut pack = Pack::default();
    let coloured = !cloud.colors.is_empty();
    pack.map(4 + usize::from(coloured))
        .text("tag")
        .text("PointCloud");
    pack.text("key").text(key).text("size").float(0.02);
    let points: Vec<u8> = cloud
        .points
        .iter()
        .flat_map(|x| npy::half(*x).to_le_bytes())
        .collect();
    pack.text("vertices").binary(&points);
    if coloured {
        pack.text("colors").binary(&cloud.colors);
    }
    pack.finish()
}

/// Encodes a name for a URL.
fn encoded(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte.into());
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_a_url_as_what_they_are() {
        assert_eq!(encoded("my robot#1?.urdf"), "my%20robot%231%3F.urdf");
        assert_eq!(encoded("ä.stl"), "%C3%A4.stl");
    }
}
