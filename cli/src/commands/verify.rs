//! `certlens verify`.

use std::path::Path;
use std::rc::Rc;

use certlens_probe::many::Load;

use crate::address::is_endpoint;
use crate::args::{Format, VerifyArgs};
use crate::endpoint::{self, Ended, Endpoint, Plan};
use crate::error::Failure;
use crate::examine::{Examined, Judge};
use crate::exit::Exit;
use crate::facts::verify::VerifyReport;
use crate::load::Source;
use crate::password::Passwords;
use crate::record::{Recorder, Replay};
use crate::verification::{NotRead, Request, Verified};
use crate::{account, certutil, load, output, say, view};

pub(crate) fn run(args: &VerifyArgs) -> Result<Exit, Failure> {
    if let Some(directory) = &args.replay {
        return replay(directory, args);
    }
    let password_files = args.password.files().chain(args.network.password_files());
    let password_files = password_files.chain(args.client.client_password_file.as_deref());
    output::keep_passwords(args.output.output.as_deref(), password_files)?;
    let passwords = Passwords::new(&args.password)?;
    let request = Request::new(args)?;
    let endpoints = Endpoints::probe(args, &request)?;
    let mut recording = match &args.record {
        Some(directory) => Some(Recorder::create(directory)?),
        None => None,
    };
    let mut run = Run::default();
    let mut not_recorded = None;
    let mut examined = endpoints.examined.into_iter();
    for argument in &args.targets {
        if is_endpoint(argument) {
            run.take_endpoints(&mut examined);
            continue;
        }
        match load::argument_opened(argument, &passwords) {
            Ok(read) => {
                let of_directory = |(argument, failure)| NotRead { argument, failure };
                run.not_read.extend(read.not_read.into_iter().map(of_directory));
                for source in &read.sources {
                    let verified = run.verify(source, &request);
                    if let (Some(recorder), Some(verified)) = (&mut recording, verified)
                        && let Err(failure) = recorder.target(source, verified)
                    {
                        // Without one target it would not be the record of this run.
                        not_recorded = Some(failure);
                        recording = None;
                    }
                }
            }
            Err(failure) => run.not_read.push(NotRead { argument: shown(argument), failure }),
        }
    }
    if endpoints.interrupted {
        say(&"note: interrupted; endpoints that had not been probed are missing");
        run.interrupted = true;
    }
    // The report is worth having even where the record cannot be had.
    let finished = recording.and_then(|recorder| recorder.finish(args, &request, &run.verified, &run.not_read).err());
    let exit = run.report(args, &request, args.inputs(), not_recorded.or(finished))?;
    let attempts = run.verified.iter().flat_map(|one| &one.attempts);
    if let Some(note) = account::unused(&args.network, attempts.map(|one| one.retrieved().request.url.as_str())) {
        say(&format!("note: {note}"));
    }
    Ok(exit)
}

/// What was typed, as it may be shown: in the place of a file it may be a URL, with a
/// password.
fn shown(argument: &str) -> String {
    if argument.contains("://") { certlens_fetch::shown(argument) } else { argument.to_owned() }
}

/// Repeats a recorded run.
fn replay(directory: &Path, args: &VerifyArgs) -> Result<Exit, Failure> {
    let record = Rc::new(Replay::open(directory)?);
    if record.version() != env!("CARGO_PKG_VERSION") {
        say(&format!("note: recorded by certlens {}, which may judge otherwise", record.version()));
    }
    let args = record.arguments(&args.output)?;
    let request = Request::of_record(&args, record.recorded()?)?;
    let mut run = Run::default();
    for (argument, target) in args.targets.iter().zip(record.targets()) {
        let findings = record.read_findings(&target.findings)?;
        for source in &load::argument(argument)?.sources {
            if let Some(verified) = run.verify(source, &request) {
                verified.findings.splice(0..0, findings.iter().cloned());
            }
        }
    }
    for one in record.not_read() {
        let failure = Failure::unusable(one.message.clone());
        let failure = match &one.hint {
            Some(hint) => failure.advice(hint.clone()),
            None => failure,
        };
        run.not_read.push(NotRead { argument: one.target.clone(), failure });
    }
    let inputs = [directory.display().to_string()];
    run.report(&args, &request, &inputs, None)
}

/// What came of the targets.
#[derive(Default)]
struct Run {
    verified: Vec<Verified>,
    /// Endpoints that presented no certificate.
    unseen: Vec<Endpoint>,
    not_read: Vec<NotRead>,
    interrupted: bool,
}

/// The endpoints among the targets, probed; each argument's in their order.
#[derive(Default)]
struct Endpoints {
    examined: Vec<Vec<Examined>>,
    interrupted: bool,
}

impl Endpoints {
    fn probe(args: &VerifyArgs, request: &Request) -> Result<Endpoints, Failure> {
        let arguments: Vec<&String> = args.targets.iter().filter(|argument| is_endpoint(argument)).collect();
        if arguments.is_empty() {
            return match args.endpoint.first_given().or_else(|| args.client.first_given()) {
                Some(option) => Err(Failure::unusable(format!("{option}: does nothing without an endpoint"))
                    .advice("give HOST:PORT or a URL as the target, or leave the option out")),
                None => Ok(Endpoints::default()),
            };
        }
        if args.record.is_some() {
            return Err(Failure::unusable("--record: what endpoints present is not recorded")
                .advice("keep the chain with certlens probe --save-chain FILE, and record the verification of that"));
        }
        let mut counts = Vec::new();
        let mut targets = Vec::new();
        for argument in arguments {
            let found = endpoint::targets(argument)?;
            counts.push(found.len());
            targets.extend(found);
        }
        let plan = Plan::of(args, request.proxies.as_ref())?;
        let judge = Judge::new(args, request);
        let run = endpoint::Run::new(targets, &plan, Load::default())?;
        let (made, ended) = endpoint::all(&run, |probe, way| judge.examine(probe, way))?;
        let mut made = made.into_iter();
        let examined = counts.iter().map(|count| made.by_ref().take(*count).flatten().collect()).collect();
        Ok(Endpoints { examined, interrupted: ended != Ended::Whole })
    }
}

impl Run {
    fn take_endpoints(&mut self, examined: &mut impl Iterator<Item = Vec<Examined>>) {
        for one in examined.next().unwrap_or_default() {
            match one {
                Examined::Verified(verified) => self.verified.push(*verified),
                Examined::Unseen(endpoint) => self.unseen.push(*endpoint),
            }
        }
    }

    fn verify(&mut self, source: &Source, request: &Request) -> Option<&mut Verified> {
        match Verified::new(source, request) {
            Ok(result) => {
                self.verified.push(result);
                return self.verified.last_mut();
            }
            // A directory may hold other things than certificates.
            Err(_) if !source.named && !source.is_damaged() && source.is_without_certificate() => {}
            Err(failure) => self.not_read.push(NotRead { argument: source.name.clone(), failure }),
        }
        None
    }

    fn report<'a>(
        &self,
        args: &VerifyArgs,
        request: &Request,
        inputs: impl IntoIterator<Item = &'a String>,
        not_recorded: Option<Failure>,
    ) -> Result<Exit, Failure> {
        let Run { verified, unseen, not_read, interrupted } = self;
        let unreadable = not_read.iter().map(|one| one.failure.exit).chain(not_recorded.iter().map(|one| one.exit));
        let unseen_exits = unseen.iter().map(Endpoint::exit);
        let cut_short = interrupted.then_some(Exit::Indeterminate);
        let exits = verified.iter().map(Verified::exit).chain(unseen_exits).chain(unreadable).chain(cut_short);
        let exit = exits.max().unwrap_or(Exit::Success);
        let several = verified.len() + unseen.len() + not_read.len() > 1;
        if args.output.format == Format::Certutil {
            output::write_with(&args.output, inputs, || {
                let read = verified.iter().map(|one| certutil::verdict(one, request, several));
                let read = read.chain(unseen.iter().map(certutil::unseen));
                let all: Vec<String> = read.chain(not_read.iter().map(certutil::not_read)).collect();
                Ok(all.join("\n"))
            })?;
            not_read.iter().map(|one| &one.failure).chain(&not_recorded).for_each(|failure| say(failure));
            return Ok(exit);
        }
        output::write(
            &args.output,
            inputs,
            || VerifyReport::new(request, verified, unseen, not_read, exit),
            || {
                let summary = (several || *interrupted).then(|| view::verify::summary(verified, unseen, not_read));
                let each = verified.iter().map(|one| view::verify::document(one, request, args, several));
                summary.into_iter().chain(each).chain(unseen.iter().map(|one| view::probe::unseen(one, args))).collect()
            },
        )?;
        for failure in not_read.iter().map(|one| &one.failure).chain(&not_recorded) {
            say(failure);
        }
        Ok(exit)
    }
}
