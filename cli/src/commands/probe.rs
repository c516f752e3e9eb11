//! `certlens probe`.

use certlens_probe::many::Load;
use certlens_probe::target::Target;

use crate::args::{Format, ProbeArgs, VerifyArgs};
use crate::endpoint::{self, Ended, Plan, Run};
use crate::error::Failure;
use crate::examine::{Examined, Judge};
use crate::exit::Exit;
use crate::facts::probe::ProbeReport;
use crate::verification::Request;
use crate::view::probe::Row;
use crate::{armor, output, read, say, view};

pub(crate) fn run(args: &ProbeArgs) -> Result<Exit, Failure> {
    output::refuse_certutil(args.output.format)?;
    let password_files = args.network.password_files().chain(args.client.client_password_file.as_deref());
    output::keep_passwords(args.output.output.as_deref(), password_files)?;
    let (targets, not_read) = targets(args)?;
    if let Some(path) = &args.save_chain {
        if targets.len() != 1 {
            return Err(Failure::unusable(format!("--save-chain: there are {} targets", targets.len()))
                .advice("probe one target alone to keep its chain"));
        }
        output::expect_absent(path, &[])?;
    }
    let verification = args.verification(Vec::new());
    let request = Request::new(&verification)?;
    let plan = Plan::of(&verification, request.proxies.as_ref())?;
    let alone = targets.len() == 1 && not_read.is_empty();
    let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
    let run = Run::new(targets, &plan, Load { overall: args.concurrency, per_host: args.per_host })?;
    let judge = Judge::new(&verification, &request);
    not_read.iter().for_each(|failure| say(failure));
    if run.len() == 0 {
        return Ok(Exit::Unusable);
    }
    let mut writer = Writer::new(args, &verification, names, alone)?;
    let mut exit = not_read.iter().map(|failure| failure.exit).max().unwrap_or(Exit::Success);
    let ended = run.each(|place, probe, way| {
        let examined = judge.examine(probe, way)?;
        exit = exit.max(examined.exit());
        if let Some(path) = &args.save_chain {
            save(path, &examined)?;
        }
        writer.take(place, examined, &request)
    })?;
    if let Ended::Interrupted(count) = ended {
        say(&format!("note: interrupted; {count} of {} endpoints were probed", run.len()));
        exit = exit.max(Exit::Indeterminate);
    }
    writer.finish(&request, ended)?;
    Ok(exit)
}

/// The targets in their order, and lines of lists that are none.
fn targets(args: &ProbeArgs) -> Result<(Vec<Target>, Vec<Failure>), Failure> {
    let mut targets = Vec::new();
    for argument in &args.targets {
        targets.extend(endpoint::targets(argument)?);
        within(targets.len())?;
    }
    let mut not_read = Vec::new();
    if let Some(name) = &args.list {
        let octets = read::octets(name)?;
        let text = String::from_utf8_lossy(&octets);
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            // In a URL a # begins a fragment, which means nothing here; before one there is a blank.
            let line = line.split(" #").next().unwrap_or_default().trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match endpoint::targets(line) {
                Ok(found) => {
                    targets.extend(found);
                    within(targets.len())?;
                }
                Err(mut failure) => {
                    failure.message = format!("{name}, line {}: {}", number + 1, failure.message);
                    not_read.push(failure);
                }
            }
        }
    }
    if targets.is_empty() && not_read.is_empty() {
        return Err(Failure::unusable("there is no target").advice("give HOST:PORT or a URL, one a line in a list"));
    }
    Ok((targets, not_read))
}

/// That there are not too many targets; asked before more are read.
fn within(count: usize) -> Result<(), Failure> {
    let most = certlens_probe::limits::MAX_EXPANDED;
    match count > most {
        true => {
            Err(Failure::unusable(format!("there are more targets than MAX_EXPANDED ({most})"))
                .advice("split the list"))
        }
        false => Ok(()),
    }
}

/// Keeps the certificates as they came.
fn save(path: &std::path::Path, examined: &Examined) -> Result<(), Failure> {
    let Some(endpoint) = examined.endpoint().filter(|endpoint| !endpoint.sent.is_empty()) else {
        say(&format!("note: {}: not written, no certificate was sent", path.display()));
        return Ok(());
    };
    let blocks: String = endpoint.sent.iter().map(|sent| armor::certificate(&sent.der)).collect();
    output::octets(path, blocks.as_bytes(), false)
}

/// Where results go as they come: JSON as lines at once, text in the order of the targets.
struct Writer<'a> {
    args: &'a ProbeArgs,
    verification: &'a VerifyArgs,
    /// Whether there is one target, which is shown in detail.
    alone: bool,
    /// To a file all is written at the end, in one piece.
    json: Option<Vec<u8>>,
    names: Vec<String>,
    rows: Vec<Option<Row>>,
    one: Option<Examined>,
}

impl<'a> Writer<'a> {
    fn new(
        args: &'a ProbeArgs,
        verification: &'a VerifyArgs,
        names: Vec<String>,
        alone: bool,
    ) -> Result<Writer<'a>, Failure> {
        let to_file = args.output.output.as_deref().filter(|path| path.as_os_str() != "-");
        if let Some(path) = to_file {
            output::expect_new(path, args.list.iter().chain(verification.inputs()), args.output.force)?;
        }
        let json = (args.output.format == Format::Json && to_file.is_some()).then(Vec::new);
        let rows = std::iter::repeat_with(|| None).take(names.len()).collect();
        Ok(Writer { args, verification, alone, json, names, rows, one: None })
    }

    fn take(&mut self, place: usize, examined: Examined, request: &Request) -> Result<(), Failure> {
        if self.args.output.format == Format::Json {
            let Some(report) = ProbeReport::new(place, &examined) else { return Ok(()) };
            let line = output::json_line(&report)?;
            return match &mut self.json {
                Some(lines) => {
                    lines.extend_from_slice(&line);
                    Ok(())
                }
                None => output::to_stdout(&line),
            };
        }
        if let Some(slot) = self.rows.get_mut(place) {
            *slot = Some(Row::new(&examined, request));
        }
        if self.alone {
            self.one = Some(examined);
        }
        Ok(())
    }

    fn finish(self, request: &Request, ended: Ended) -> Result<(), Failure> {
        let inputs = || self.args.list.iter().chain(self.verification.inputs());
        let output = &self.args.output;
        if output.format == Format::Json {
            return match &self.json {
                Some(lines) => output::write_octets(output, inputs(), lines),
                None => Ok(()),
            };
        }
        output::write(
            output,
            inputs(),
            || (),
            || match &self.one {
                Some(one) => vec![view::probe::document(one, request, self.verification)],
                None => vec![view::probe::many(&self.names, &self.rows, ended != Ended::Whole, self.verification)],
            },
        )
    }
}
