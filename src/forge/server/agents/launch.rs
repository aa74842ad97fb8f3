//! How `claude` is started. Takes the options of a run; gives a command line and an environment.
//!
//! Measured with 2.1.332; why each switch is there:
//!
//! - Prompts go in as stream-json lines on stdin, so that files can be content blocks, an interrupt
//!   is answered with a result that has the cost, and a session keeps its process.
//! - Settings, hooks, MCP servers and CLAUDE.md files of the machine are not for the service's users.
//! - Repeating a failed call is off: a cut stream that is asked for again is charged twice, and a
//!   401 is otherwise tried 11 times in three minutes.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Environment variables of the service that `claude` gets, if they are set.
const PASSED: [&str; 22] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CONFIG_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "NODE_EXTRA_CA_CERTS",
];

/// With one of these, `claude` needs no login in its home, so its files can be in the service's
/// folder.
const CREDENTIALS: [&str; 3] = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN",
];

/// What is set for every process.
const SWITCHES: [(&str, &str); 10] = [
    ("CLAUDE_CODE_MAX_RETRIES", "0"),
    ("CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK", "1"),
    ("CLAUDE_CODE_DISABLE_REFUSAL_RETRY", "1"),
    ("CLAUDE_CODE_DISABLE_REFUSAL_FALLBACK", "1"),
    ("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1"),
    ("CLAUDE_CODE_DISABLE_FILE_MENTIONS", "1"),
    ("CLAUDE_CODE_DISABLE_CLAUDE_MDS", "1"),
    ("CLAUDE_CODE_DISABLE_AUTO_MEMORY", "1"),
    ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
    ("DISABLE_AUTOUPDATER", "1"),
];

/// The environment of every `claude`.
#[derive(Debug, Clone)]
pub struct Environment {
    variables: Vec<(OsString, OsString)>,
    /// Where `claude` keeps its transcripts.
    config: Option<PathBuf>,
}

impl Environment {
    /// Takes the variables on the list, and those that `also` names, from the service's environment.
    /// `own` is the folder for the files of `claude`.
    pub fn new(also: &[String], own: &Path) -> Environment {
        let names = PASSED
            .iter()
            .copied()
            .chain(also.iter().map(String::as_str));
        let mut variables: Vec<(OsString, OsString)> = names
            .filter_map(|name| Some((name.into(), env::var_os(name)?)))
            .collect();
        let has = |variables: &[(OsString, OsString)], wanted: &str| {
            variables.iter().any(|(name, _)| name == wanted)
        };
        let credential = CREDENTIALS.iter().any(|name| has(&variables, name));
        if credential && !has(&variables, "CLAUDE_CONFIG_DIR") {
            variables.push(("CLAUDE_CONFIG_DIR".into(), own.into()));
        }
        for (name, value) in SWITCHES {
            variables.retain(|(other, _)| other != name);
            variables.push((name.into(), value.into()));
        }
        let found = |wanted: &str| {
            let found = variables.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| PathBuf::from(value))
        };
        let config = found("CLAUDE_CONFIG_DIR").or_else(|| Some(found("HOME")?.join(".claude")));
        Environment { variables, config }
    }

    /// The variables.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        let pairs = self.variables.iter();
        pairs.map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The transcript of a conversation, if there is one: `projects/FOLDER/UUID.jsonl`.
    pub fn transcript(&self, conversation: &str) -> Option<PathBuf> {
        let projects = self.config.as_ref()?.join("projects");
        let name = format!("{conversation}.jsonl");
        let folders = projects.read_dir().ok()?.flatten();
        folders
            .map(|folder| folder.path().join(&name))
            .find(|path| path.is_file())
    }
}

/// Which conversation a process is for.
#[derive(Debug, Clone, Copy)]
pub enum Conversation<'a> {
    /// A single run, which is not kept.
    Once,
    /// A new one, of this UUID.
    New(&'a str),
    /// An earlier one, which is resumed.
    Resumed(&'a str),
}

/// What a process is started with.
#[derive(Debug, Clone)]
pub struct Launch<'a> {
    /// The model, checked by [`is_model`].
    pub model: &'a str,
    /// A file with what the model is told beforehand, and whether that replaces what it knows. A
    /// file, because an argument of 128 KiB is too long for the system.
    pub system: Option<(&'a Path, bool)>,
    /// How much it is to think.
    pub effort: Option<&'a str>,
    /// The tools that it may use.
    pub tools: &'a [String],
    /// A JSON Schema of the answer.
    pub schema: Option<&'a str>,
    /// US dollars that it may spend.
    pub budget_usd: Option<f64>,
    /// Whether text is wanted as it is written.
    pub partial: bool,
    /// Which conversation it is for.
    pub conversation: Conversation<'a>,
}

impl Launch<'_> {
    /// The arguments.
    pub fn arguments(&self) -> Vec<OsString> {
        let mut args: Vec<OsString> = [
            "-p",
            "--input-format",
            "stream-json",
            "--output-format",
            "stream-json",
            "--verbose",
            "--setting-sources",
            "",
            "--strict-mcp-config",
            "--model",
            self.model,
        ]
        .map(Into::into)
        .into();
        let mut option = |name: &str, value: OsString| args.extend([name.into(), value]);
        let tools = self.tools.join(",");
        option("--tools", (&tools).into());
        if !tools.is_empty() {
            option("--allowedTools", tools.into());
        }
        if let Some((path, replaces)) = self.system {
            let name = if replaces {
                "--system-prompt-file"
            } else {
                "--append-system-prompt-file"
            };
            option(name, path.into());
        }
        if let Some(effort) = self.effort {
            option("--effort", effort.into());
        }
        if let Some(schema) = self.schema {
            option("--json-schema", schema.into());
        }
        if let Some(usd) = self.budget_usd {
            option("--max-budget-usd", format!("{usd:.6}").into());
        }
        match self.conversation {
            Conversation::Once => args.push("--no-session-persistence".into()),
            Conversation::New(id) => option("--session-id", id.into()),
            Conversation::Resumed(id) => option("--resume", id.into()),
        }
        if self.partial {
            args.push("--include-partial-messages".into());
        }
        args
    }
}

/// Whether a text can be a model's name: nothing that would be taken for an option.
pub fn is_model(text: &str) -> bool {
    let sound = |c: char| c.is_ascii_alphanumeric() || "._:/@-[]".contains(c);
    !text.is_empty() && text.len() <= 128 && !text.starts_with('-') && text.chars().all(sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: Launch<'_> = Launch {
        model: "sonnet",
        system: None,
        effort: None,
        tools: &[],
        schema: None,
        budget_usd: None,
        partial: false,
        conversation: Conversation::Once,
    };

    fn line(launch: &Launch<'_>) -> Vec<String> {
        let args = launch.arguments().into_iter();
        args.map(|arg| arg.into_string().expect("UTF-8")).collect()
    }

    #[test]
    fn no_tool_is_allowed_unless_it_is_granted() {
        let args = line(&LEAST);
        let at = args.iter().position(|arg| arg == "--tools").expect("said");
        assert_eq!(args[at + 1], "");
        assert!(!args.iter().any(|arg| arg == "--allowedTools"), "{args:?}");
        let tools = ["Read".to_owned(), "Bash".to_owned()];
        let args = line(&Launch {
            tools: &tools,
            ..LEAST
        });
        let named = args.iter().filter(|arg| *arg == "Read,Bash").count();
        assert_eq!(named, 2, "{args:?}");
    }

    #[test]
    fn every_wish_has_its_option() {
        let args = line(&Launch {
            system: Some((Path::new("/s"), true)),
            effort: Some("max"),
            schema: Some("{}"),
            budget_usd: Some(0.5),
            partial: true,
            conversation: Conversation::Resumed("u"),
            ..LEAST
        });
        let line = args.join(" ");
        for part in [
            "--system-prompt-file /s",
            "--effort max",
            "--json-schema {}",
            "--max-budget-usd 0.500000",
            "--resume u",
            "--include-partial-messages",
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
        assert!(!line.contains("--no-session-persistence"), "{line}");
    }

    #[test]
    fn a_model_is_no_option() {
        for text in ["sonnet", "claude-opus-4-1", "us.anthropic/x:0", "opus[1m]"] {
            assert!(is_model(text), "{text}");
        }
        for text in ["", "--help", "-p", "a b", "a\nb", "ä", &"x".repeat(129)] {
            assert!(!is_model(text), "{text:?}");
        }
    }
}
