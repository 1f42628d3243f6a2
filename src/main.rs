//! Arguments in, exit code out; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(sarif_gate::commands::main())
}
