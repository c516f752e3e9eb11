//! `certlens pfx`.

mod inspect;
mod providers;

use crate::args::PfxCommand;
use crate::error::Failure;
use crate::exit::Exit;

pub(crate) fn run(command: &PfxCommand) -> Result<Exit, Failure> {
    match command {
        PfxCommand::Inspect(args) => inspect::run(args),
        PfxCommand::Providers(args) => providers::run(args),
    }
}
