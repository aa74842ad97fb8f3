//! Runs a headless Chromium. Takes a link, gives a browser that shows it. Only the page controls
//! it, so it needs no DevTools port, which others could use.

use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, ChildStdin};

use crate::error::{Failure, Kind};
use crate::term::child;

/// The command names of Chromium and its derivatives.
const NAMES: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
];

/// The variable that names another browser.
const VARIABLE: &str = "TREFOIL_BROWSER";

/// How long to wait for its end. The keeper gives it two seconds after SIGTERM, and goes on by itself.
const END_TIME: Duration = Duration::from_secs(3);

/// Runs the browser below a shell, which ends it and removes its profile when stdin is closed: that is
/// so when this process ends, however it does. A signal of the terminal is left to this process, too.
const KEEPER: &str = r#"
profile=$1; shift
trap : HUP INT TERM
exec 3<&0 </dev/null
"$@" 3<&- &
browser=$!
(
    trap '' HUP INT
    read -r closed <&3
    kill "$browser"
    sleep 2
    kill -9 "$browser"
) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$browser"; status=$?
while kill -0 "$browser" 2>/dev/null; do
    wait "$browser"; status=$?
done
kill "$watcher" 2>/dev/null
for attempt in 1 2 3 4 5; do
    rm -rf "$profile" 2>/dev/null && break
    sleep 0.1
done
exit "$status"
"#;

/// A running browser. Closing or dropping it ends it and removes its profile.
#[derive(Debug)]
pub struct Browser {
    /// The [`KEEPER`].
    child: Child,
    /// Its stdin. It is not left in the child, which would close it while waiting.
    open: Option<ChildStdin>,
}

impl Browser {
    /// Opens a link in an invisible window of this size.
    ///
    /// # Errors
    /// [`Kind::CommandNotFound`] when there is no browser.
    pub fn open(link: &str, width: u32, height: u32) -> Result<Browser, Failure> {
        let named = env::var_os(VARIABLE).filter(|name| !name.is_empty());
        let names: Vec<OsString> = match named {
            Some(name) => vec![name],
            None => NAMES.iter().map(OsString::from).collect(),
        };
        let found = names
            .into_iter()
            .find(|name| child::command(std::slice::from_ref(name)).is_ok());
        let browser = found.ok_or_else(|| {
            Failure::new(
                Kind::CommandNotFound,
                "no browser was found to show the scene in",
            )
            .with_hint(format!(
                "Install Chromium (Debian: apt install chromium), or name one: {VARIABLE}=/path"
            ))
        })?;
        let profile = env::temp_dir().join(format!("trefoil-browser-{}", std::process::id()));
        DirBuilder::new()
            .mode(0o700)
            .create(&profile)
            .map_err(|error| {
                let message = format!("cannot make {}: {error}", profile.display());
                Failure::new(Kind::Service, message)
            })?;
        let mut command = child::command(&["/bin/sh".into()])?;
        command
            // Dropping the browser waits for it.
            .kill_on_drop(false)
            .args(["-c", KEEPER, "trefoil-browser"])
            .arg(&profile)
            .arg(browser)
            .args([
                "--headless",
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-extensions",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--mute-audio",
                "--hide-scrollbars",
                // Software WebGL, for machines without a GPU.
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
                "--ignore-gpu-blocklist",
                "--force-device-scale-factor=1",
            ])
            // Even an invisible window has a frame; in kiosk mode the page fills the screen.
            .arg("--kiosk")
            .arg(format!("--screen-info={{{width}x{height}}}"))
            .arg(format!("--window-size={width},{height}"))
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if rustix::process::geteuid().is_root() {
            // Chromium refuses to run as root with its sandbox, which is usual in containers.
            command.arg("--no-sandbox");
        }
        command.arg(link);
        match child::start(&mut command) {
            Ok(mut child) => Ok(Browser {
                open: child.stdin.take(),
                child,
            }),
            Err(error) => {
                let _ = fs::remove_dir_all(&profile);
                Err(error.into())
            }
        }
    }

    /// Waits until the browser exits unexpectedly.
    pub async fn ended(&mut self) -> Failure {
        let status = self.child.wait().await;
        let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
        Failure::new(
            Kind::Service,
            format!("the browser ended by itself ({status})"),
        )
        .with_hint("Does it run on this machine? Try: chromium --headless --dump-dom about:blank")
    }

    /// Ends the browser.
    pub async fn close(mut self) {
        drop(self.open.take());
        let _ = tokio::time::timeout(END_TIME, self.child.wait()).await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.open.take());
        let until = Instant::now() + END_TIME;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
