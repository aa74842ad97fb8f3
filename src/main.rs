//! argv in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(trefoil::run(std::env::args_os()))
}
