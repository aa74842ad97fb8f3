//! Shows on stderr how far a bulk command has come.
//!
//! Takes counts as often as the caller likes; gives a line that is redrawn a few times a second.
//! Without a terminal nothing is printed. The line is removed at the end of the work; the command
//! prints the summary.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::console::Console;
use super::progress_line;
use super::sanitize::{Keep, sanitize};
use crate::text::count::{Count, Size, Throughput};
use crate::text::duration::InWords;

/// How often the line is redrawn, because it shows a clock.
const REDRAW: Duration = Duration::from_millis(100);

/// The progress of a command, for example the number of messages sent and acknowledged.
///
/// Nothing should be printed on stdout while it is shown: both are on the same screen.
#[derive(Debug)]
pub struct Progress(Option<Shown>);

#[derive(Debug)]
struct Shown {
    bar: ProgressBar,
    console: Console,
    counts: Arc<Counts>,
}

/// The two counts; read whenever the line is redrawn.
#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    done: AtomicU64,
}

impl Progress {
    /// Shows how many messages were sent and acknowledged.
    pub fn bulk(console: &Console) -> Self {
        Progress::counting(console, "acknowledged")
    }

    /// Shows how many messages were sent, and a second count with this name, such as `read`.
    pub fn counting(console: &Console, done: &'static str) -> Self {
        Progress::of(console, ["sent", done])
    }

    /// Shows two counts with these names, and the rate of the second.
    pub fn of(console: &Console, names: [&'static str; 2]) -> Self {
        if !console.is_animated() {
            return Progress(None);
        }
        Progress::on(console, names, progress_line::draw_target())
    }

    /// Shows what the command waits for, and for how long already.
    pub fn waiting(console: &Console, whom: &str) -> Self {
        if !console.is_animated() {
            return Progress(None);
        }
        let style = ProgressStyle::with_template("{spinner} waiting for {msg}  {clock}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner())
            .with_key("clock", |state: &ProgressState, out: &mut dyn Write| {
                let seconds = state.elapsed().as_secs();
                let _ = write!(out, "{:02}:{:02}", seconds / 60, seconds % 60);
            });
        let bar = ProgressBar::with_draw_target(None, progress_line::draw_target());
        Progress::show(
            console,
            bar.with_message(whom.to_owned()),
            style,
            Arc::default(),
        )
    }

    /// Shows how many of `count` items are done. Update it with [`moved`](Self::moved) and
    /// [`say`](Self::say).
    pub fn items(console: &Console, count: u64) -> Self {
        if !console.is_animated() {
            return Progress(None);
        }
        let bar = ProgressBar::with_draw_target(Some(count), progress_line::draw_target());
        let style =
            ProgressStyle::with_template("{bar:18} {pos}/{len}  {msg}  [{elapsed_precise}]")
                .unwrap_or_else(|_| ProgressStyle::default_spinner())
                .progress_chars("█░");
        Progress::show(console, bar, style, Arc::default())
    }

    /// Shows a line of text that [`say`](Self::say) replaces. It is redrawn only then.
    pub fn status(console: &Console) -> Self {
        if !console.is_animated() {
            return Progress(None);
        }
        let style = ProgressStyle::with_template("{msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::with_draw_target(None, progress_line::draw_target());
        bar.set_style(style);
        console.set_bar(Some(bar.clone()));
        Progress(Some(Shown {
            bar,
            console: console.clone(),
            counts: Arc::default(),
        }))
    }

    /// Whether the progress is shown, which needs a terminal.
    pub fn is_shown(&self) -> bool {
        self.0.is_some()
    }

    /// Replaces the text of the line.
    pub fn say(&self, text: &str) {
        if let Some(shown) = &self.0 {
            let mut text = text.as_bytes().to_vec();
            sanitize(&mut text, 0, Keep::Line);
            let text = String::from_utf8_lossy(&text).into_owned();
            shown.bar.set_message(text);
            shown.bar.tick();
        }
    }

    /// Shows how many bytes of a file have been sent, and of how many if that is known.
    pub fn transfer(console: &Console, name: &str, length: Option<u64>) -> Self {
        if !console.is_animated() {
            return Progress(None);
        }
        Progress::transfer_on(console, name, length, progress_line::draw_target())
    }

    fn transfer_on(
        console: &Console,
        name: &str,
        length: Option<u64>,
        target: ProgressDrawTarget,
    ) -> Self {
        let bar = ProgressBar::with_draw_target(length, target).with_message(shortened(name));
        let style = ProgressStyle::with_template("{msg}  {transfer}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner())
            .with_key("transfer", transfer);
        Progress::show(console, bar, style, Arc::default())
    }

    fn show(
        console: &Console,
        bar: ProgressBar,
        style: ProgressStyle,
        counts: Arc<Counts>,
    ) -> Self {
        bar.set_style(style);
        bar.enable_steady_tick(REDRAW);
        console.set_bar(Some(bar.clone()));
        let console = console.clone();
        Progress(Some(Shown {
            bar,
            console,
            counts,
        }))
    }

    fn on(console: &Console, names: [&'static str; 2], target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        let counts = Arc::new(Counts::default());
        let style = style(Arc::clone(&counts), names);
        Progress::show(console, bar, style, counts)
    }

    /// Sets both counts. It is cheap enough to be called for every message.
    pub fn update(&mut self, sent: u64, done: u64) {
        if let Some(shown) = &self.0 {
            shown.counts.sent.store(sent, Ordering::Relaxed);
            shown.counts.done.store(done, Ordering::Relaxed);
        }
    }

    /// Sets how many bytes have been sent, or how many items are done.
    pub fn moved(&self, bytes: u64) {
        if let Some(shown) = &self.0 {
            shown.bar.set_position(bytes);
        }
    }

    /// Removes the line. Dropping does the same, so that an error is printed on a clean screen.
    pub fn finish(self) {}
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(shown) = self.0.take() {
            shown.console.set_bar(None);
            shown.bar.finish_and_clear();
        }
    }
}

/// The style of a line with two counts; each name is one word.
fn style(counts: Arc<Counts>, [first, second]: [&'static str; 2]) -> ProgressStyle {
    let line = move |state: &ProgressState, out: &mut dyn Write| {
        let count = counts.done.load(Ordering::Relaxed);
        let _ = write!(
            out,
            "  {} {first}  {} {second}  {}",
            Count(counts.sent.load(Ordering::Relaxed)),
            Count(count),
            Throughput::of(count, state.elapsed())
        );
    };
    let elapsed = |state: &ProgressState, out: &mut dyn Write| {
        let elapsed = state.elapsed();
        let seconds = elapsed.as_secs();
        let _ = write!(
            out,
            "{:02}:{:02}:{:02}.{}",
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60,
            elapsed.subsec_millis() / 100
        );
    };
    // The template is a constant. If it were wrong, a plain spinner would be shown instead.
    ProgressStyle::with_template("{line:66} [{clock}]")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .with_key("line", line)
        .with_key("clock", elapsed)
}

/// A file name, safe to show and short enough to leave space for the rest of the line.
fn shortened(name: &str) -> String {
    const LONGEST: usize = 24;
    let mut safe = name.as_bytes().to_vec();
    sanitize(&mut safe, 0, Keep::Line);
    let safe = String::from_utf8_lossy(&safe);
    match safe.char_indices().nth(LONGEST) {
        None => safe.into_owned(),
        Some(_) => format!("{}…", safe.chars().take(LONGEST - 1).collect::<String>()),
    }
}

/// `████████████░░░░░░ 61 % 118 MB/s 2 s left`; without a known length, the bytes sent and the
/// rate.
fn transfer(state: &ProgressState, out: &mut dyn Write) {
    const CELLS: u64 = 18;
    let (sent, speed) = (state.pos(), state.per_sec());
    // The output is a String, which cannot fail.
    let mut add = |part: std::fmt::Arguments<'_>| _ = out.write_fmt(part);
    let Some(length) = state.len() else {
        add(format_args!("{}  {}/s", Size(sent), Size(speed as u64)));
        return;
    };
    let of = |whole: u64| match length {
        0 => whole,
        length => {
            u64::try_from(u128::from(sent.min(length)) * u128::from(whole) / u128::from(length))
                .unwrap_or(whole)
        }
    };
    let full = of(CELLS);
    for cell in 0..CELLS {
        add(format_args!("{}", if cell < full { '█' } else { '░' }));
    }
    add(format_args!(
        "  {:>3} %  {:>6}/s",
        of(100),
        Size(speed as u64)
    ));
    if sent >= length {
        add(format_args!("  waiting"));
    } else if speed >= 1.0 {
        let left = Duration::from_secs_f64(((length - sent) as f64 / speed).min(1e9).ceil());
        add(format_args!("  {} left", InWords(left)));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};
    use std::thread::sleep;

    use indicatif::TermLike;

    use super::super::output::{Environment, OutputArgs};
    use super::*;

    /// A terminal of one line.
    #[derive(Debug, Clone, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl Screen {
        fn contents(&self) -> String {
            self.0
                .lock()
                .expect("nobody panicked")
                .trim_end()
                .to_owned()
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            79
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().expect("nobody panicked").push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.0.lock().expect("nobody panicked").clear();
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn console() -> Console {
        let (args, environment) = (OutputArgs::default(), Environment::default());
        Console::on(Box::new(std::io::sink()), &args, &environment)
    }

    #[test]
    fn the_line_shows_counts_and_is_gone_in_the_end() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let console = console();
        let mut progress = Progress::on(&console, ["sent", "acknowledged"], target);
        progress.update(612_000, 611_400);
        sleep(2 * REDRAW);
        let line = screen.contents();
        assert!(
            line.starts_with("  612,000 sent  611,400 acknowledged  "),
            "{line:?}"
        );
        assert!(line.contains("[00:00:00."), "{line:?}");
        assert_eq!(line.chars().count(), 79, "{line:?}");
        console.note("a note steps in");
        progress.finish();
        assert_eq!(screen.contents(), "");
    }

    #[test]
    fn a_transfer_shows_how_much_how_fast_and_how_long() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let name = "a name\u{1b}[2J that is much longer than there is room for";
        let progress = Progress::transfer_on(&console(), name, Some(100_000_000), target);
        progress.moved(30_000_000);
        sleep(2 * REDRAW);
        progress.moved(61_000_000);
        sleep(2 * REDRAW);
        let line = screen.contents();
        assert!(line.starts_with("a name\\u001b[2J that is…  "), "{line:?}");
        assert!(line.contains("  ██████████░░░░░░░░   61 %  "), "{line:?}");
        assert!(
            line.contains(" MB/s  ") && line.ends_with(" s left"),
            "{line:?}"
        );
        assert!(line.chars().count() <= 79, "{line:?}");
        progress.moved(100_000_000);
        sleep(2 * REDRAW);
        assert!(
            screen.contents().contains("  100 %  "),
            "{:?}",
            screen.contents()
        );
        progress.finish();
        assert_eq!(screen.contents(), "");
    }

    #[test]
    fn a_transfer_of_unknown_length_shows_what_it_knows() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let progress = Progress::transfer_on(&console(), "stdin", None, target);
        progress.moved(4_200_000);
        sleep(2 * REDRAW);
        let line = screen.contents();
        assert!(line.starts_with("stdin  4.2 MB  "), "{line:?}");
        progress.finish();
    }

    #[test]
    fn nobody_watching_costs_nothing() {
        let mut progress = Progress::bulk(&console());
        assert!(progress.0.is_none());
        progress.update(1, 1);
        progress.finish();
    }
}
