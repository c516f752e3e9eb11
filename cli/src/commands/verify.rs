//! `certlens verify`.

use crate::args::{Format, VerifyArgs};
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::verify::VerifyReport;
use crate::verification::{NotRead, Request, Verified};
use crate::{certutil, load, output, say, view};

pub(crate) fn run(args: &VerifyArgs) -> Result<Exit, Failure> {
    let request = Request::new(args)?;
    let mut verified = Vec::new();
    let mut not_read = Vec::new();
    for argument in &args.targets {
        match load::argument(argument) {
            Ok(read) => {
                let of_directory = |(argument, failure)| NotRead { argument, failure };
                not_read.extend(read.not_read.into_iter().map(of_directory));
                for source in &read.sources {
                    match Verified::new(source, &request) {
                        Ok(result) => verified.push(result),
                        // A directory may hold other things than certificates.
                        Err(_) if !source.named && !source.is_damaged() && source.is_without_certificate() => {}
                        Err(failure) => not_read.push(NotRead { argument: source.name.clone(), failure }),
                    }
                }
            }
            Err(failure) => not_read.push(NotRead { argument: argument.clone(), failure }),
        }
    }
    let unreadable = not_read.iter().map(|one| one.failure.exit);
    let exit = verified.iter().map(Verified::exit).chain(unreadable).max().unwrap_or(Exit::Success);
    let several = verified.len() + not_read.len() > 1;
    if args.output.format == Format::Certutil {
        output::write_with(&args.output, args.inputs(), || {
            let read = verified.iter().map(|one| certutil::verdict(one, &request, several));
            let all: Vec<String> = read.chain(not_read.iter().map(certutil::not_read)).collect();
            Ok(all.join("\n"))
        })?;
        not_read.iter().for_each(|one| say(&one.failure));
        return Ok(exit);
    }
    output::write(
        &args.output,
        args.inputs(),
        || VerifyReport::new(&request, &verified, &not_read, exit),
        || {
            let summary = several.then(|| view::verify::summary(&verified, &not_read));
            let each = verified.iter().map(|one| view::verify::document(one, &request, args, several));
            summary.into_iter().chain(each).collect()
        },
    )?;
    for one in &not_read {
        say(&one.failure);
    }
    Ok(exit)
}
