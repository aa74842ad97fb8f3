//! The user's folders. Takes the environment; gives the folders for settings, data and state.

use etcetera::base_strategy::Xdg;

/// The user's folders by the XDG rules; None if neither HOME nor /etc/passwd has a home directory.
///
/// Without HOME the C library looks up the user, for which it may load NSS modules. A statically
/// linked glibc must not load them (see `net::resolve`). So in a static binary only a user in
/// /etc/passwd has a home: that file is read first and without a module.
pub fn folders() -> Option<Xdg> {
    let is_static = cfg!(all(target_env = "gnu", target_feature = "crt-static"));
    let has_home = std::env::var_os("HOME").is_some_and(|home| !home.is_empty());
    if is_static && !has_home && !is_listed(rustix::process::getuid().as_raw()) {
        return None;
    }
    Xdg::new().ok()
}

/// Whether /etc/passwd has a user with this number.
fn is_listed(uid: u32) -> bool {
    let uid = uid.to_string();
    std::fs::read_to_string("/etc/passwd").is_ok_and(|users| {
        users
            .lines()
            .any(|user| user.split(':').nth(2) == Some(&uid))
    })
}
