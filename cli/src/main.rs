//! `certlens`: verifies certificates and explains the verdict.
//!
//! Arguments are read into data ([`args`]; those of certutil by way of
//! [`certutil`]), a command runs on them
//! ([`commands`]), its facts become a document ([`view`]) or JSON ([`facts`]),
//! and the run ends with an exit code ([`exit`]).

mod account;
mod address;
mod args;
mod armor;
mod causes;
mod certutil;
mod clock;
mod commands;
mod endpoint;
mod error;
mod evidence;
mod examine;
mod exit;
mod facts;
mod ha;
mod hresult;
mod intercept;
mod load;
mod objects;
mod output;
mod password;
mod pfx;
mod pfx_write;
mod proxies;
mod read;
mod reason;
mod record;
mod retrieve;
mod roots;
mod shell;
mod situation;
mod spelling;
mod symptoms;
mod target;
mod trust;
mod url;
mod verification;
mod view;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::certutil::Entry;
use crate::error::Failure;
use crate::exit::Exit;

fn main() -> ExitCode {
    // A panic is our bug; it ends with the code for one, and the message that
    // the standard hook has already printed.
    let run = std::panic::catch_unwind(|| match certutil::enter(std::env::args_os()) {
        Entry::Certlens => match Cli::try_parse() {
            Ok(cli) => run(cli.command),
            Err(error) => {
                // A closed pipe is no failure.
                let _ = error.print();
                Ok(if error.use_stderr() { Exit::Unusable } else { Exit::Success })
            }
        },
        Entry::Command { command, notes } => {
            notes.iter().for_each(|note| say(&format!("note: {}", certlens_report::escape(note))));
            run(*command)
        }
        Entry::Usage(text) => output::to_stdout(text.as_bytes()).map(|()| Exit::Success),
        Entry::Refused(failure) => Err(failure),
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

fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Verify(args) => commands::verify::run(&args),
        Command::Url(args) => commands::url::run(&args),
        Command::Inspect(args) => commands::inspect::run(&args),
        Command::Ha(args) => commands::ha::run(&args),
        Command::Pfx(args) => commands::pfx::run(&args.command),
        Command::Crl(args) => commands::crl::run(&args),
        Command::Ocsp(args) => commands::ocsp::run(&args),
        Command::Intercept(args) => commands::intercept::run(&args),
        Command::Probe(args) => commands::probe::run(&args),
        Command::Roots(args) => commands::roots::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Cache(args) => commands::cache::run(&args),
    }
}

/// Talk goes to standard error; that it may be closed is not our concern.
fn say(message: &dyn std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{message}");
}
