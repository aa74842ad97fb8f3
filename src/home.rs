//! The user's folders: the environment enters, the places for settings, data and state leave.

use etcetera::base_strategy::Xdg;

/// The user's folders by the XDG rules; none if neither HOME nor /etc/passwd names a home.
///
/// Without HOME the C library is asked who the user is. A statically linked glibc must not load the
/// NSS modules that this may take (see `net::resolve`), so there only a user in /etc/passwd, which
/// is read first and without a module, has a home.
pub fn folders() -> Option<Xdg> {
    let is_static = cfg!(all(target_env = "gnu", target_feature = "crt-static"));
    let has_home = std::env::var_os("HOME").is_some_and(|home| !home.is_empty());
    if is_static && !has_home && !is_listed(rustix::process::getuid().as_raw()) {
        return None;
    }
    Xdg::new().ok()
}

/// Whether /etc/passwd has a user of this number.
fn is_listed(uid: u32) -> bool {
    let uid = uid.to_string();
    std::fs::read_to_string("/etc/passwd").is_ok_and(|users| {
        users
            .lines()
            .any(|user| user.split(':').nth(2) == Some(&uid))
    })
}
