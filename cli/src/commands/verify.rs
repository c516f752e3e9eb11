//! `certlens verify`.

use crate::args::VerifyArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::verify::VerifyReport;
use crate::verification::{NotRead, Request, Verified};
use crate::{load, output, say, view};

pub(crate) fn run(args: &VerifyArgs) -> Result<Exit, Failure> {
    let request = Request::new(args)?;
    let mut verified = Vec::new();
    let mut not_read = Vec::new();
    for argument in &args.targets {
        match load::argument(argument) {
            Ok(sources) => {
                for source in &sources {
                    match Verified::new(source, &request) {
                        Ok(result) => verified.push(result),
                        // A directory may hold other things than certificates.
                        Err(_) if !source.named && source.input.certificates().next().is_none() => {}
                        Err(failure) => not_read.push(NotRead { argument: source.name.clone(), failure }),
                    }
                }
            }
            Err(failure) => not_read.push(NotRead { argument: argument.clone(), failure }),
        }
    }
    let unreadable = not_read.iter().map(|one| one.failure.exit);
    let exit = verified.iter().map(Verified::exit).chain(unreadable).max().unwrap_or(Exit::Success);
    let report = VerifyReport::new(&request, &verified, &not_read, exit);
    let documents: Vec<_> =
        verified.iter().map(|one| view::verify::document(one, &request, args, verified.len() > 1)).collect();
    output::write(&args.output, &report, &documents)?;
    for one in &not_read {
        say(&one.failure);
    }
    Ok(exit)
}
