//! `certlens roots`.

use certlens_core::x509::Certificate;

use crate::args::{AskArgs, OutputArgs, RootsArgs, RootsCommand, ShowRootArgs};
use crate::clock::this_moment;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::roots::{AnswerFacts, DifferenceFacts, MemberFacts, RootsReport};
use crate::roots::{self, Asked, Kind, Likeness, Relation, Set, Verdict};
use crate::{armor, output, view};

pub(crate) fn run(args: &RootsArgs) -> Result<Exit, Failure> {
    match &args.command {
        RootsCommand::List { sets, output } => list(sets, output),
        RootsCommand::Show(args) => show(args),
        RootsCommand::Has(args) => has(args),
        RootsCommand::Diff { sets, output } => diff(sets, output),
    }
}

/// Reads sets, each once.
fn read(names: &[String]) -> Result<Vec<Set>, Failure> {
    let mut sets: Vec<Set> = Vec::new();
    for name in names {
        if !sets.iter().any(|set| set.name == *name) {
            sets.push(roots::read(name)?);
        }
    }
    Ok(sets)
}

fn write(output: &OutputArgs, inputs: &[&String], report: RootsReport, exit: Exit) -> Result<Exit, Failure> {
    let documents = view::roots::documents(&report);
    output::write(output, inputs.iter().copied(), || report, || documents)?;
    Ok(exit)
}

fn list(names: &[String], output: &OutputArgs) -> Result<Exit, Failure> {
    output::refuse_certutil(output.format)?;
    crate::read::one_standard_input(names)?;
    let sets = read(names)?;
    let mut report = RootsReport::new("list", &sets);
    report.roots = sets.iter().flat_map(|set| set.members.iter().map(|one| MemberFacts::new(&set.name, one))).collect();
    write(output, &names.iter().collect::<Vec<_>>(), report, Exit::Success)
}

/// The sets, the Mozilla set, and the roots that are asked for.
fn question(args: &AskArgs) -> Result<(Vec<Set>, Set, Vec<Asked>), Failure> {
    output::refuse_certutil(args.output.format)?;
    crate::read::one_standard_input(args.wanted.iter().chain(&args.sets))?;
    let mut sets = read(&args.sets)?;
    // A list of what is refused says nothing of what is trusted.
    if sets.iter().all(|set| set.kind == Kind::DisallowedList) {
        sets.insert(0, roots::read("system")?);
    }
    let mozilla = roots::read("mozilla")?;
    let mut all = Vec::new();
    for wanted in &args.wanted {
        all.extend(roots::asked(wanted, &sets, &mozilla)?);
    }
    Ok((sets, mozilla, all))
}

fn inputs(args: &AskArgs) -> Vec<&String> {
    args.wanted.iter().chain(&args.sets).collect()
}

fn show(args: &ShowRootArgs) -> Result<Exit, Failure> {
    let ShowRootArgs { ask: args, save } = args;
    if let Some(path) = save {
        output::expect_absent(path, inputs(args))?;
    }
    let (sets, _, all) = question(args)?;
    let mut report = RootsReport::new("show", &sets);
    let mut exit = Exit::Success;
    let mut found: Vec<&Certificate> = Vec::new();
    for asked in &all {
        let mut matches = roots::matching(asked, &sets);
        if matches.is_empty() {
            exit = Exit::Failed;
        }
        // Of one that is there itself, others of its name or key would distract.
        if matches.iter().any(|one| one.likeness == Likeness::SameCertificate) {
            matches.retain(|one| one.likeness == Likeness::SameCertificate);
        }
        for certificate in matches.iter().filter_map(|one| one.member.certificate.as_ref()) {
            if !found.contains(&certificate) {
                found.push(certificate);
            }
        }
        report.roots.extend(matches.iter().map(|one| MemberFacts::new(&one.set.name, one.member)));
    }
    if let (Some(path), false) = (save, found.is_empty()) {
        let [one] = found.as_slice() else {
            return Err(Failure::unusable(format!("--save: there are {} such certificates", found.len()))
                .advice("give the SHA-256 of one"));
        };
        output::octets(path, armor::certificate(one.der()).as_bytes(), false)?;
    }
    write(&args.output, &inputs(args), report, exit)
}

fn has(args: &AskArgs) -> Result<Exit, Failure> {
    let (sets, mozilla, all) = question(args)?;
    let at = this_moment();
    let mut report = RootsReport::new("has", &sets);
    let mut exit = Exit::Success;
    for asked in &all {
        let answer = roots::answer(asked, &sets, &mozilla, at);
        exit = exit.max(match answer.verdict {
            Verdict::Trusted => Exit::Success,
            Verdict::OutOfDate | Verdict::Missing | Verdict::NoRoot | Verdict::Disallowed => Exit::Failed,
            Verdict::Empty => Exit::Indeterminate,
        });
        report.answers.push(AnswerFacts::new(asked, &answer, at));
    }
    write(&args.output, &inputs(args), report, exit)
}

fn diff(names: &[String], output: &OutputArgs) -> Result<Exit, Failure> {
    output::refuse_certutil(output.format)?;
    crate::read::one_standard_input(names)?;
    let (left, right) = match names {
        [] => ("mozilla", "system"),
        [one] => ("system", one.as_str()),
        [left, right, ..] => (left.as_str(), right.as_str()),
    };
    let sets = [roots::read(left)?, roots::read(right)?];
    let [left, right] = &sets;
    let comparison = roots::compare(left, right);
    let lists_refused = sets.iter().any(|set| set.kind == Kind::DisallowedList);
    let mut report = RootsReport::new("diff", &sets);
    report.same = Some(comparison.count(Relation::Same));
    report.by_hash = Some(comparison.by_hash);
    let rows = comparison.rows.iter().filter(|row| lists_refused || row.relation != Relation::Same);
    report.differences = rows.map(|row| DifferenceFacts::new(row, left, right)).collect();
    // Of what is refused, none may be trusted; other sets are to be the same.
    let is_good = if lists_refused { report.same == Some(0) } else { comparison.is_equal() };
    let exit = if is_good { Exit::Success } else { Exit::Failed };
    write(output, &names.iter().collect::<Vec<_>>(), report, exit)
}
