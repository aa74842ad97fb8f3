//! Reads bridges from a TOML file. Takes its path; gives plans, or a mistake with its line.
//!
//! ```toml
//! [[osc]]                              # the protocol; as many tables as there are bridges
//! name = "desk"
//! listen = 8000                        # every option of `clasp bridge osc`, with _ for -
//! include = ["/osc/mix/**"]
//! [osc.remap]
//! "/osc/mix/1" = "/lights/front"
//! [[osc.scale]]
//! address = "/lights/**"
//! device = [0.0, 1.0]
//! router = [0, 255]
//! ```
//!
//! The options are those of the command line, and clap reads them: a key becomes `--key=value`. So
//! there is one list of options, with one set of checks.

use std::any::TypeId;
use std::error::Error;
use std::path::{Path, PathBuf};

use clap::error::ContextKind;
use clap::{Arg, ArgAction, Args};

use super::artnet::ArtnetOptions;
use super::mqtt::MqttOptions;
use super::osc::OscOptions;
use super::plan::{Options, Plan, command, typed};
use super::sacn::SacnOptions;
use crate::clasp::bridge::route::{Range, Remap, RouteRules, Scale};
use crate::clasp::wire::Pattern;
use crate::config::tables::{Entry, Mistake, Node, Table};
use crate::error::Failure;
use crate::text::whole::{SMALL, file_text};

/// The protocols.
const PROTOCOLS: [&str; 4] = ["osc", "mqtt", "sacn", "artnet"];

/// The keys that are no options of a protocol.
const OWN_KEYS: [&str; 6] = ["name", "include", "exclude", "remap", "scale", "invert"];

/// Reads the bridges of a file.
///
/// # Errors
/// A file that cannot be read, is not TOML, or has an unknown key or a wrong value.
pub fn read_plans(path: &Path) -> Result<Vec<Plan>, Failure> {
    let shown = path.display().to_string();
    let text = file_text(path, SMALL)
        .map_err(|error| Failure::usage(format!("cannot read {shown}: {error}")))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    plans(&text, folder).map_err(|mistake| mistake.at(&shown).into())
}

fn plans(text: &str, folder: &Path) -> Result<Vec<Plan>, Mistake> {
    let file = Table::parse(text)?;
    let mut plans: Vec<Plan> = Vec::new();
    for entry in &file.entries {
        let Some(protocol) = PROTOCOLS.into_iter().find(|name| *name == entry.key) else {
            return Err(entry.unknown(&PROTOCOLS));
        };
        let Node::Tables(tables) = &entry.value else {
            let why = format!("a bridge begins with [[{protocol}]]");
            return Err(Mistake::new(entry.line, why));
        };
        for table in tables {
            let plan = plan(protocol, table, folder, plans.len() + 1)?;
            if plans.iter().any(|other| other.name == plan.name) {
                let name = plan.name.unwrap_or_default();
                let why = format!("there are two bridges with the name '{name}'");
                return Err(Mistake::new(table.line, why));
            }
            plans.push(plan);
        }
    }
    if plans.is_empty() {
        let why = "there is no bridge: one begins with [[osc]], [[mqtt]], [[sacn]] or [[artnet]]";
        return Err(Mistake::new(1, why));
    }
    Ok(plans)
}

fn plan(protocol: &str, table: &Table, folder: &Path, number: usize) -> Result<Plan, Mistake> {
    let options = match protocol {
        "osc" => options::<OscOptions>(table, folder)?.into(),
        "mqtt" => options::<MqttOptions>(table, folder)?.into(),
        "sacn" => options::<SacnOptions>(table, folder)?.into(),
        _ => options::<ArtnetOptions>(table, folder)?.into(),
    };
    let options: Options = options;
    let mut name = format!("{protocol}-{number}");
    let mut route = RouteRules {
        usual: options.usual_range(),
        ..RouteRules::default()
    };
    for entry in &table.entries {
        match entry.key.as_str() {
            "name" => name = text(entry)?.to_owned(),
            "include" => route.include = patterns(entry)?,
            "exclude" => route.exclude = patterns(entry)?,
            "invert" => route.invert = patterns(entry)?,
            "remap" => route.remaps = remaps(entry)?,
            "scale" => route.scales = scales(entry)?,
            // An option of the protocol, which was read above.
            _ => {}
        }
    }
    Ok(Plan {
        name: Some(name),
        options,
        route,
    })
}

/// The options of a protocol in a table.
fn options<O: Args>(table: &Table, folder: &Path) -> Result<O, Mistake> {
    let command = command::<O>();
    let known: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| arg.get_id() != "help")
        .collect();
    let mut words = Vec::new();
    let mut last = Vec::new();
    for entry in &table.entries {
        if OWN_KEYS.contains(&entry.key.as_str()) {
            continue;
        }
        let Some(arg) = known.iter().find(|arg| key(arg) == entry.key) else {
            let keys: Vec<String> = known.iter().map(|arg| key(arg)).collect();
            let keys = keys.iter().map(String::as_str).chain(OWN_KEYS);
            return Err(entry.unknown(&keys.collect::<Vec<_>>()));
        };
        let values = values(entry, arg, folder)?;
        match arg.get_long() {
            Some(long) if arg.get_action().takes_values() => {
                words.extend(values.iter().map(|value| format!("--{long}={value}")));
            }
            Some(long) => words.extend(values.iter().map(|_| format!("--{long}"))),
            None => last.extend(values),
        }
    }
    words.push("--".into());
    words.extend(last);
    let line_of = |error: &clap::Error| {
        let about = error.get(ContextKind::InvalidArg)?.to_string();
        let named = |arg: &&&Arg| arg.to_string() == about;
        let key = key(known.iter().find(named)?);
        Some(table.entries.iter().find(|entry| entry.key == key)?.line)
    };
    typed(&command, words).map_err(|error| Mistake {
        line: line_of(&error).unwrap_or(table.line),
        why: why(&error),
        hint: None,
    })
}

/// The key of an option: its long name with `_` for `-`, or the name of its place.
fn key(arg: &Arg) -> String {
    match arg.get_long() {
        Some(long) => long.replace('-', "_"),
        None => arg.get_id().to_string(),
    }
}

/// The values of an option, as they would be typed. A flag has one, of no meaning, if it is set.
fn values(entry: &Entry, arg: &Arg, folder: &Path) -> Result<Vec<String>, Mistake> {
    let key = &entry.key;
    if !arg.get_action().takes_values() {
        return match entry.value {
            Node::Bool(true) => Ok(vec![String::new()]),
            Node::Bool(false) => Ok(Vec::new()),
            _ => Err(Mistake::new(entry.line, format!("{key} is true or false"))),
        };
    }
    let is_path = arg.get_value_parser().type_id() == TypeId::of::<PathBuf>();
    let one = |node: &Node| match node {
        Node::Text(text) if is_path => Ok(folder.join(text).display().to_string()),
        Node::Text(text) => Ok(text.clone()),
        Node::Int(int) => Ok(int.to_string()),
        Node::Float(float) => Ok(float.to_string()),
        _ => Err(Mistake::new(
            entry.line,
            format!("{key} is a string or a number"),
        )),
    };
    match &entry.value {
        Node::List(items) if matches!(arg.get_action(), ArgAction::Append) => {
            items.iter().map(one).collect()
        }
        Node::List(_) => Err(Mistake::new(
            entry.line,
            format!("{key} has one value, not several"),
        )),
        node => one(node).map(|value| vec![value]),
    }
}

/// The reason of clap's error, without its heading and usage.
fn why(error: &clap::Error) -> String {
    if let (Some(value), Some(source)) = (error.get(ContextKind::InvalidValue), error.source()) {
        return format!("'{value}': {source}");
    }
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = text.find("\n\n").unwrap_or(text.len());
    let words: Vec<&str> = text[..end].split_whitespace().collect();
    words.join(" ")
}

fn text(entry: &Entry) -> Result<&str, Mistake> {
    match &entry.value {
        Node::Text(text) if !text.is_empty() => Ok(text),
        _ => Err(Mistake::new(
            entry.line,
            format!("{} is a string, and not an empty one", entry.key),
        )),
    }
}

fn pattern(text: &str, line: usize) -> Result<Pattern, Mistake> {
    Pattern::new(text).map_err(|error| Mistake::new(line, error.to_string()))
}

fn patterns(entry: &Entry) -> Result<Vec<Pattern>, Mistake> {
    let wrong = || {
        let why = format!("{} is an array of patterns", entry.key);
        Mistake::new(entry.line, why)
    };
    let Node::List(items) = &entry.value else {
        return Err(wrong());
    };
    let items = items.iter().map(|item| match item {
        Node::Text(text) => pattern(text, entry.line),
        _ => Err(wrong()),
    });
    items.collect()
}

fn remaps(entry: &Entry) -> Result<Vec<Remap>, Mistake> {
    let Node::Table(table) = &entry.value else {
        let why = "remap is a table: \"/osc/1\" = \"/lights/front\"";
        return Err(Mistake::new(entry.line, why));
    };
    let remaps = table.entries.iter().map(|entry| {
        Remap::new(&entry.key, text(entry)?).map_err(|why| Mistake::new(entry.line, why))
    });
    remaps.collect()
}

fn scales(entry: &Entry) -> Result<Vec<Scale>, Mistake> {
    let Node::Tables(tables) = &entry.value else {
        let why = "a scale begins with two brackets, as [[osc.scale]]";
        return Err(Mistake::new(entry.line, why));
    };
    let scales = tables.iter().map(|table| {
        let (mut addresses, mut device, mut router) = (None, None, None);
        for entry in &table.entries {
            match entry.key.as_str() {
                "address" => addresses = Some(pattern(text(entry)?, entry.line)?),
                "device" => device = Some(range(entry)?),
                "router" => router = Some(range(entry)?),
                _ => return Err(entry.unknown(&["address", "device", "router"])),
            }
        }
        match (addresses, device, router) {
            (Some(addresses), Some(device), Some(router)) => Ok(Scale {
                addresses,
                device,
                router,
            }),
            _ => Err(Mistake::new(
                table.line,
                "a scale has an address, a range of the device and one of the router",
            )),
        }
    });
    scales.collect()
}

fn range(entry: &Entry) -> Result<Range, Mistake> {
    let (from, to, is_int) = match &entry.value {
        Node::List(items) => match items[..] {
            [Node::Int(from), Node::Int(to)] => (from as f64, to as f64, true),
            [Node::Float(from), Node::Float(to)] => (from, to, false),
            [Node::Int(from), Node::Float(to)] => (from as f64, to, false),
            [Node::Float(from), Node::Int(to)] => (from, to as f64, false),
            _ => (0.0, 0.0, false),
        },
        _ => (0.0, 0.0, false),
    };
    if from == to || !from.is_finite() || !to.is_finite() {
        let why = format!(
            "{} is a range, such as [0.0, 1.0], or [0, 255] for integers",
            entry.key
        );
        return Err(Mistake::new(entry.line, why));
    }
    Ok(Range { from, to, is_int })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Plan>, Mistake> {
        plans(text, Path::new("/etc/show"))
    }

    #[test]
    fn a_table_of_each_protocol_is_a_bridge() {
        let text = "
            [[osc]]
            name = 'desk'
            listen = [8000, 'tcp:8001']
            peer_ttl = '30s'
            retained = true
            include = ['/osc/**']
            [osc.remap]
            '/osc/1' = '/lights/front'
            [[osc.scale]]
            address = '/osc/1'
            device = [0.0, 1.0]
            router = [0, 255]
            [[mqtt]]
            broker = 'localhost'
            qos = 0
            username = 'me'
            password_file = 'password'
            [[sacn]]
            universe = '1-4'
            normalize = true
            [[artnet]]
            universe = 0
            invert = ['/artnet/0/1']
        ";
        let plans = read(text).expect(text);
        let names: Vec<_> = plans
            .iter()
            .filter_map(|plan| plan.name.as_deref())
            .collect();
        assert_eq!(names, ["desk", "mqtt-2", "sacn-3", "artnet-4"]);
        assert_eq!(plans[0].route.scales[0].router, Range::BYTE);
        assert_eq!(plans[0].route.remaps.len(), 1);
        assert_eq!(plans[2].route.usual, Range::UNIT);
        assert_eq!(plans[3].route.usual, Range::BYTE);
        let shown = format!("{:?}", plans[1].options);
        assert!(shown.contains("/etc/show/password"), "{shown}");
    }

    #[test]
    fn a_mistake_names_its_line_and_what_was_meant() {
        for (text, line, why, hint) in [
            ("", 1, "no bridge", ""),
            ("[[ocs]]", 1, "'ocs'", "osc"),
            ("osc = 1", 1, "[[osc]]", ""),
            ("[osc]\nlisten = 1", 1, "[[osc]]", ""),
            (
                "\n[[osc]]\nlisten = 8000\nliste = 1",
                4,
                "'liste'",
                "listen",
            ),
            (
                "[[osc]]\nlisten = 8000\npeer-ttl = '1s'",
                3,
                "'peer-ttl'",
                "peer_ttl",
            ),
            ("[[osc]]\nlisten = 'x:y'", 2, "HOST:PORT", ""),
            ("[[osc]]\nlisten = 8000\nas = 'word'", 3, "auto, exact", ""),
            ("[[osc]]\nlisten = 8000\nas = ['int']", 3, "one value", ""),
            (
                "[[osc]]\nlisten = 8000\nretained = 1",
                3,
                "true or false",
                "",
            ),
            ("[[osc]]\nlisten = true", 2, "a string or a number", ""),
            ("\n[[osc]]\n", 2, "--listen", ""),
            (
                "[[osc]]\nlisten=1\nsend='h:1'\npeer_ttl='1s'",
                3,
                "--peer-ttl",
                "",
            ),
            ("[[mqtt]]\n", 1, "BROKER", ""),
            ("[[mqtt]]\nbroker = 'http://x'", 2, "mqtt://", ""),
            ("[[sacn]]\nuniverse = 0", 2, "'0'", ""),
            ("[[sacn]]\nurl = 'ws://x'", 2, "'url'", ""),
            ("[[sacn]]\ninclude = '/a'", 2, "array of patterns", ""),
            ("[[sacn]]\ninclude = ['a']", 2, "begin with '/'", ""),
            ("[[sacn]]\n[sacn.remap]\n'/a/**' = '/b'", 3, "/**", ""),
            ("[[sacn]]\n[[sacn.scale]]\naddress = '/a'", 2, "range", ""),
            ("[[sacn]]\n[[sacn.scale]]\ndevice = [1, 1]", 3, "range", ""),
            (
                "[[sacn]]\n[[sacn.scale]]\nrouters = [0, 1]",
                3,
                "'routers'",
                "router",
            ),
            (
                "[[sacn]]\nname = 'a'\n[[sacn]]\nname = 'a'",
                3,
                "two bridges",
                "",
            ),
        ] {
            let mistake = read(text).expect_err(text);
            assert_eq!(mistake.line, line, "{text}: {mistake:?}");
            assert!(mistake.why.contains(why), "{text}: {mistake:?}");
            assert!(!mistake.why.contains('\n'), "{text}: {mistake:?}");
            let said = mistake.hint.unwrap_or_default();
            assert!(said.contains(hint), "{text}: {said}");
        }
    }
}
