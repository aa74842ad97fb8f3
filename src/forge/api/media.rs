//! Guesses the media type of a file from its name.
//!
//! The table is small on purpose: the model's service distinguishes pictures, PDFs and text, and
//! treats all other types as bytes.

use super::names::{FileName, MediaType};

/// The type of an unknown file.
const BYTES: &str = "application/octet-stream";

/// File name extensions in lower case, and their media types.
const TYPES: &[(&[&str], &str)] = &[
    (&["png"], "image/png"),
    (&["jpg", "jpeg", "jpe"], "image/jpeg"),
    (&["gif"], "image/gif"),
    (&["webp"], "image/webp"),
    (&["svg"], "image/svg+xml"),
    (&["bmp"], "image/bmp"),
    (&["tif", "tiff"], "image/tiff"),
    (&["heic"], "image/heic"),
    (&["avif"], "image/avif"),
    (&["ico"], "image/vnd.microsoft.icon"),
    (&["pdf"], "application/pdf"),
    (&["json", "ipynb"], "application/json"),
    (&["ndjson", "jsonl"], "application/x-ndjson"),
    (&["xml", "xsd", "xsl"], "application/xml"),
    (&["yaml", "yml"], "application/yaml"),
    (&["toml"], "application/toml"),
    (&["html", "htm"], "text/html"),
    (&["css"], "text/css"),
    (&["csv"], "text/csv"),
    (&["tsv"], "text/tab-separated-values"),
    (&["md", "markdown"], "text/markdown"),
    (&["js", "mjs", "cjs"], "text/javascript"),
    (
        &[
            "txt",
            "text",
            "log",
            "rst",
            "adoc",
            "org",
            "tex",
            "ini",
            "cfg",
            "conf",
            "env",
            "properties",
            "diff",
            "patch",
            "sql",
            "graphql",
            "proto",
            "rs",
            "py",
            "go",
            "c",
            "h",
            "cc",
            "cpp",
            "hpp",
            "cs",
            "java",
            "kt",
            "swift",
            "rb",
            "php",
            "pl",
            "lua",
            "r",
            "jl",
            "hs",
            "ml",
            "ex",
            "exs",
            "erl",
            "clj",
            "scala",
            "dart",
            "zig",
            "ts",
            "tsx",
            "jsx",
            "vue",
            "sh",
            "bash",
            "zsh",
            "fish",
            "ps1",
            "bat",
            "cmake",
            "mk",
            "gradle",
            "tf",
            "nix",
        ],
        "text/plain",
    ),
    (&["rtf"], "application/rtf"),
    (&["eml"], "message/rfc822"),
    (&["epub"], "application/epub+zip"),
    (&["doc"], "application/msword"),
    (&["xls"], "application/vnd.ms-excel"),
    (&["ppt"], "application/vnd.ms-powerpoint"),
    (
        &["docx"],
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        &["xlsx"],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        &["pptx"],
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    (&["odt"], "application/vnd.oasis.opendocument.text"),
    (&["ods"], "application/vnd.oasis.opendocument.spreadsheet"),
    (&["parquet"], "application/vnd.apache.parquet"),
    (&["sqlite"], "application/vnd.sqlite3"),
    (&["wasm"], "application/wasm"),
    (&["zip"], "application/zip"),
    (&["gz", "tgz"], "application/gzip"),
    (&["bz2"], "application/x-bzip2"),
    (&["xz"], "application/x-xz"),
    (&["zst"], "application/zstd"),
    (&["tar"], "application/x-tar"),
    (&["7z"], "application/x-7z-compressed"),
    (&["mp3"], "audio/mpeg"),
    (&["m4a"], "audio/mp4"),
    (&["wav"], "audio/wav"),
    (&["flac"], "audio/flac"),
    (&["ogg", "opus"], "audio/ogg"),
    (&["mp4", "m4v"], "video/mp4"),
    (&["webm"], "video/webm"),
    (&["mov"], "video/quicktime"),
    (&["mkv"], "video/matroska"),
];

/// The media type for the extension of a name.
pub fn guess(name: &FileName) -> MediaType {
    let known = name.as_str().rsplit_once('.').and_then(|(_, ending)| {
        let ending = ending.to_ascii_lowercase();
        TYPES
            .iter()
            .find(|(endings, _)| endings.contains(&ending.as_str()))
    });
    MediaType::of_table(known.map_or(BYTES, |(_, kind)| kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_tells() {
        for (name, kind) in [
            ("photo.PNG", "image/png"),
            ("a.b.jpeg", "image/jpeg"),
            ("scan.pdf", "application/pdf"),
            ("main.rs", "text/plain"),
            ("data.tar.gz", "application/gzip"),
            (".env", "text/plain"),
            ("Makefile", BYTES),
            ("x.unheard-of", BYTES),
            ("dot.", BYTES),
        ] {
            let name: FileName = name.parse().expect(name);
            assert_eq!(guess(&name).as_str(), kind, "{name}");
        }
    }

    #[test]
    fn the_table_says_everything_once_and_in_order() {
        let mut seen = std::collections::HashSet::new();
        for (endings, kind) in TYPES {
            assert_eq!(
                kind.parse::<MediaType>().map(|k| k.to_string()),
                Ok((*kind).to_owned())
            );
            for ending in *endings {
                assert!(seen.insert(ending), "{ending} twice");
                assert_eq!(**ending, ending.to_ascii_lowercase());
            }
        }
    }
}
