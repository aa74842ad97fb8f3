//! Runs a headless Chromium. Takes a link, gives a browser that shows it. Only the page controls
//! it, so it needs no DevTools port, which others could use.

use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Child;

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

/// How long it may take to exit after SIGTERM.
const END_TIME: Duration = Duration::from_secs(2);

/// A running browser. Closing or dropping it ends it and removes its profile.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    profile: PathBuf,
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
            .find_map(|name| child::command(&[name]).ok());
        let mut command = found.ok_or_else(|| {
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
        command
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
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if rustix::process::geteuid().is_root() {
            // Chromium refuses to run as root with its sandbox, which is usual in containers.
            command.arg("--no-sandbox");
        }
        command.arg(link);
        match child::start(&mut command) {
            Ok(child) => Ok(Browser { child, profile }),
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
        let _ = child::stop(&mut self.child, END_TIME).await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        // Its processes may still write while they exit.
        for _ in 0..20 {
            if fs::remove_dir_all(&self.profile).is_ok() || !self.profile.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
