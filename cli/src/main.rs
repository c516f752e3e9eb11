//! `certlens`: verifies certificates and explains the verdict.
//!
//! Arguments are read into data ([`args`]), a command runs on them
//! ([`commands`]), its facts become a document ([`view`]) or JSON ([`facts`]),
//! and the run ends with an exit code ([`exit`]).

mod args;
mod commands;
mod error;
mod evidence;
mod exit;
mod facts;
mod load;
mod output;
mod record;
mod retrieve;
mod second_reader;
mod shell;
mod target;
mod trust;
mod verification;
mod view;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Unusable } else { Exit::Success };
            // A closed pipe is no failure.
            let _ = error.print();
            return exit.into();
        }
    };
    // A panic is our bug; it ends with the code for one, and the message that
    // the standard hook has already printed.
    let run = std::panic::catch_unwind(|| match cli.command {
        Command::Verify(args) => commands::verify::run(&args),
        Command::Inspect(args) => commands::inspect::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Cache(args) => commands::cache::run(&args),
    });
    let exit = match run {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => {
            say(&failure);
            failure.exit
        }
        Err(_) => {
            say(&"this is a defect of certlens; please report it with the command and the files that led here");
            Exit::Internal
        }
    };
    exit.into()
}

/// Talk goes to standard error; that it may be closed is not our concern.
fn say(message: &dyn std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{message}");
}
