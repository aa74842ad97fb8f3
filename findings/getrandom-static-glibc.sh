#!/usr/bin/env bash
# The Rust crate getrandom 0.4.3 opens /dev/urandom in a program that is linked statically with glibc,
# and calls getrandom(2) in the same program linked dynamically.
#
# Guess before the run: the same system call both times, because every Linux since 3.17 has it.
# Seen: the crate looks the C function `getrandom` up by name at run time. A static program has no
# dynamic symbols, so nothing is found, and the crate falls back to its way for old kernels: it polls
# /dev/random, then reads /dev/urandom. So a static program needs /dev in its container or chroot.
# The configuration `--cfg getrandom_backend="linux_getrandom"` calls the system directly.
#
# Needs: cargo, strace, a C compiler with the static glibc (Debian: libc6-dev).
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
unset CARGO_ENCODED_RUSTFLAGS RUSTFLAGS CARGO_TARGET_DIR CARGO_BUILD_TARGET
cargo init --quiet --vcs none --name random --bin .
cargo add --quiet getrandom@=0.4.3
cat > src/main.rs <<'RUST'
fn main() {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("random bytes");
}
RUST
target=$(rustc -vV | sed -n 's/^host: //p')
[[ $target == *-linux-gnu ]] || { echo "only for Linux with glibc, not $target" >&2; exit 2; }

# opened FLAGS: whether the program opens /dev/urandom when it is built with these flags.
opened() {
  RUSTFLAGS=$1 cargo build --quiet --target "$target"
  strace -f -e trace=openat,getrandom -o trace "target/$target/debug/random"
  grep -q '"/dev/urandom"' trace && echo yes || echo no
}
dynamic=$(opened "")
static=$(opened "-Ctarget-feature=+crt-static")
direct=$(opened '-Ctarget-feature=+crt-static --cfg getrandom_backend="linux_getrandom"')
echo "getrandom 0.4.3 opens /dev/urandom: dynamic $dynamic, static $static, static with linux_getrandom $direct"
[ "$dynamic $static $direct" = "no yes no" ]
