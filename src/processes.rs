//! The processes below a process. Takes its id; gives theirs, and signals them.

use std::collections::HashMap;
use std::fs;

use rustix::process::{Pid, Signal, kill_process};

/// Every process below `top` that has not ended, from `/proc/PID/stat`; none on a system without that. Those that
/// have ended and were inherited are left to the system, which takes them over with the end of `top`.
pub fn descendants(top: Pid) -> Vec<Pid> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    for process in processes.flatten() {
        let name = process.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        // A process that has ended meanwhile has no file any more.
        let stat = fs::read_to_string(process.path().join("stat"));
        if let Some((state, parent)) = stat.ok().as_deref().and_then(state_and_parent)
            && state != 'Z'
        {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = Vec::new();
    let mut next = vec![top.as_raw_nonzero().get()];
    while let Some(parent) = next.pop() {
        for pid in children.remove(&parent).unwrap_or_default() {
            found.extend(Pid::from_raw(pid));
            next.push(pid);
        }
    }
    found
}

/// Sends a signal to each of these processes.
pub fn signal_all(processes: &[Pid], signal: Signal) {
    for process in processes {
        // It may have ended meanwhile.
        let _ = kill_process(*process, signal);
    }
}

/// From `1234 (a name) S 1 …`: the name may have spaces and parentheses itself.
fn state_and_parent(stat: &str) -> Option<(char, i32)> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_end_of_a_name() {
        assert_eq!(state_and_parent("12 (a) R 1 (b) S 7 12 12"), Some(('S', 7)));
        assert_eq!(state_and_parent("12 (a"), None);
    }
}
