//! `certlens pfx`.

mod check;
mod convert;
mod create;
mod extract;
mod inspect;
mod merge;
mod predict;
mod providers;

use crate::args::PfxCommand;
use crate::error::Failure;
use crate::exit::Exit;

pub(crate) fn run(command: &PfxCommand) -> Result<Exit, Failure> {
    match command {
        PfxCommand::Inspect(args) => inspect::run(args),
        PfxCommand::Check(args) => check::run(args),
        PfxCommand::Convert(args) => convert::run(args),
        PfxCommand::Create(args) => create::run(args),
        PfxCommand::Extract(args) => extract::run(args),
        PfxCommand::Merge(args) => merge::run(args),
        PfxCommand::Password(args) => convert::password(args),
        PfxCommand::Predict(args) => predict::run(args),
        PfxCommand::Providers(args) => providers::run(args),
    }
}
