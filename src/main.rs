//! argv in, exit status out.

use std::process::ExitCode;

use clap_complete::CompleteEnv;

fn main() -> ExitCode {
    // A shell that asks what may come next: `source <(COMPLETE=bash trefoil)`. It never returns
    // from there, and does nothing at all unless COMPLETE is set.
    CompleteEnv::with_factory(trefoil::completed).complete();
    ExitCode::from(trefoil::run(std::env::args_os()))
}
