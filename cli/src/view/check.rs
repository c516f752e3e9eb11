//! The text of `certlens pfx check`: is the file what the product demands, what
//! decides it, demand by demand, and what to do.

use certlens_report::{Column, Document, Emphasis, Field, Fields, Headline, Note, Step, Table, Text, Tone};

use crate::facts::check::{AnswerFacts, CheckReport, GivenFacts, ResultFacts};
use crate::facts::demand::{DemandFacts, MeansFacts, OutcomeFacts, RemedyFacts, WeightFacts};
use crate::read::shown;
use crate::shell::quote;

/// The reports: on each key with its certificate, and on all together before them where
/// there are several.
pub(crate) fn documents(report: &CheckReport) -> Vec<Document> {
    let is_one = report.results.len() + report.not_read.len() < 2;
    let overview = (!is_one && !report.results.is_empty()).then(|| overview(report));
    overview.into_iter().chain(report.results.iter().map(|result| document(result, report))).collect()
}

fn overview(report: &CheckReport) -> Document {
    let mut files: Vec<&str> = report.results.iter().map(|result| result.file.as_str()).collect();
    files.extend(report.not_read.iter().map(|one| one.input.as_str()));
    files.dedup();
    let shown: Vec<&str> = files.iter().map(|file| shown(file)).collect();
    let headline = Headline::new(tone(report.answer), format!("{}: {}", word(report.answer), shown.join(", ")));
    let judged = match report.results.len() {
        1 => "One key with its certificate was judged, below".to_owned(),
        count => format!("{count} keys with their certificates were judged, each of which stands below"),
    };
    let unread = match report.not_read.len() {
        0 => String::new(),
        1 => "; one file could not be read".to_owned(),
        count => format!("; {count} files could not be read"),
    };
    let mut document = Document::new(headline.reason(format!("{judged}{unread}.")));
    let columns = ["Verdict", "File", "Key", "Certificate", "Decided by"].map(Column::left);
    let number = |number: Option<usize>| number.map_or_else(|| "none".to_owned(), |number| number.to_string());
    let table = report.results.iter().fold(Table::new(columns), |table, result| {
        table.row([
            Text::from(word(result.answer)),
            Text::from(self::shown(&result.file)),
            Text::from(number(result.key_number)),
            Text::from(number(result.certificate_number)),
            Text::from(result.decisive.unwrap_or_default()),
        ])
    });
    document.push(table);
    let unread = report.not_read.iter().map(|one| {
        let note = Note::error("", one.message.clone());
        match &one.hint {
            Some(hint) => note.hint(hint.clone()),
            None => note,
        }
    });
    let unread: Vec<Note> = unread.collect();
    if !unread.is_empty() {
        document.heading("What could not be read").push(unread);
    }
    document
}

/// The report on one key with its certificate.
fn document(result: &ResultFacts, report: &CheckReport) -> Document {
    let is_alone = report.results.iter().filter(|other| other.file == result.file).count() == 1;
    let which = match (result.key_number, result.certificate_number) {
        _ if is_alone => String::new(),
        (Some(key), Some(certificate)) => format!(", key {key} with certificate {certificate}"),
        (Some(key), None) => format!(", key {key}"),
        (None, Some(certificate)) => format!(", certificate {certificate}"),
        (None, None) => String::new(),
    };
    let title = format!("{}: {}{which}", word(result.answer), shown(&result.file));
    let mut document = Document::new(Headline::new(tone(result.answer), title).reason(reason(result)));
    document.push(Fields::new(about(result)));
    document.heading(format!("What {} demands", report.product)).push(table(&result.demands));
    let notes = notes(result.demands.iter().map(|demand| (demand, None)));
    if !notes.is_empty() {
        document.heading("Why").push(notes);
    }
    if !result.remarks.is_empty() {
        document
            .heading("Beside that")
            .push(result.remarks.iter().map(|remark| Note::warning("", remark.clone())).collect::<Vec<_>>());
    }
    let steps = steps(result.conversion.as_slice(), &result.demands);
    if !steps.is_empty() {
        document.heading("What to do").push(steps);
    }
    let converts = result.conversion.is_some();
    let on_node = elsewhere(&result.demands, OutcomeFacts::OnNode, converts);
    if !on_node.is_empty() {
        document.heading("What only the node can tell").push(on_node);
    }
    let unasked = elsewhere(&result.demands, OutcomeFacts::NotAsked, converts);
    if !unasked.is_empty() {
        document.heading("What was not asked").push(unasked);
    }
    document.heading("Checked with").push(Fields::new(given(&report.given)));
    document
}

pub(crate) const fn tone(answer: AnswerFacts) -> Tone {
    match answer {
        AnswerFacts::Ready => Tone::Good,
        AnswerFacts::NothingAgainst => Tone::Unclear,
        AnswerFacts::NotReady => Tone::Bad,
        AnswerFacts::CannotKnow => Tone::Unclear,
    }
}

pub(crate) const fn word(answer: AnswerFacts) -> &'static str {
    match answer {
        AnswerFacts::Ready => "READY",
        AnswerFacts::NothingAgainst => "NOTHING AGAINST IT",
        AnswerFacts::NotReady => "NOT READY",
        AnswerFacts::CannotKnow => "CANNOT KNOW",
    }
}

fn reason(result: &ResultFacts) -> String {
    match result.demands.iter().find(|demand| Some(demand.code) == result.decisive) {
        Some(demand) => decisive(demand),
        None => ready(&result.demands),
    }
}

/// The demand that decides, and why it is not met.
pub(crate) fn decisive(demand: &DemandFacts) -> String {
    format!("{}: {}. Demanded: {}.", demand.code, demand.reason, demand.demand)
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn ready(demands: &[DemandFacts]) -> String {
    let of = |outcome| demands.iter().filter(|demand| demand.outcome == outcome).count();
    let should = demands.iter().filter(|demand| is_warning(demand)).count();
    let warned = match should {
        0 => String::new(),
        1 => "; one that should be met is not".to_owned(),
        count => format!("; {count} that should be met are not"),
    };
    let left = match of(OutcomeFacts::OnNode) + of(OutcomeFacts::NotAsked) {
        0 => String::new(),
        1 => "; one is left to find out".to_owned(),
        count => format!("; {count} are left to find out"),
    };
    format!("Every demand that can be judged from here and must be met is met{warned}{left}.")
}

pub(crate) fn is_warning(demand: &DemandFacts) -> bool {
    demand.weight == WeightFacts::Should && matches!(demand.outcome, OutcomeFacts::Fail | OutcomeFacts::CannotKnow)
}

fn about(result: &ResultFacts) -> Vec<Field> {
    let mut fields = Vec::new();
    match &result.certificate {
        Some(certificate) => {
            fields.push(Field::new("Certificate", certificate.subject.clone()));
            fields.push(Field::new("Thumbprint", Text::literal(certificate.sha1.clone())));
        }
        None => fields.push(Field::new("Certificate", "none that can be read")),
    }
    fields.push(Field::new("Key", result.key.clone()));
    fields
}

/// Every demand with what comes of it; who demands it is told of those that are not met.
fn table(demands: &[DemandFacts]) -> Table {
    let columns = [Column::left("Verdict"), Column::left("Demand")];
    demands.iter().fold(Table::new(columns), |table, demand| {
        let name = Text::literal(demand.code).with(Emphasis::Plain, format!(": {}", demand.demand));
        table.row([Text::from(verdict(demand)), name])
    })
}

/// What comes of a demand, for a cell.
pub(crate) const fn verdict(demand: &DemandFacts) -> &'static str {
    match (demand.outcome, demand.weight) {
        (OutcomeFacts::Pass, _) => "pass",
        (OutcomeFacts::Fail, WeightFacts::Must) => "FAIL",
        (OutcomeFacts::Fail, WeightFacts::Should) => "warning",
        (OutcomeFacts::CannotKnow, _) => "cannot know",
        (OutcomeFacts::OnNode, _) => "on node",
        (OutcomeFacts::NotAsked, _) => "not asked",
    }
}

/// Why demands are not met, or not known to be, each with the nodes that it is about;
/// not of those that had nothing to look at, which another one says.
pub(crate) fn notes<'d>(demands: impl Iterator<Item = (&'d DemandFacts, Option<String>)>) -> Vec<Note> {
    let note = |(demand, nodes): (&DemandFacts, Option<String>)| {
        if demand.outcome == OutcomeFacts::CannotKnow && demand.remedy.is_none() {
            return None;
        }
        let whose = nodes.map_or_else(String::new, |nodes| format!("{nodes}: "));
        let message = format!("{whose}{}", demand.reason);
        let note = match (demand.outcome, demand.weight) {
            (OutcomeFacts::Fail, WeightFacts::Must) => Note::error(demand.code, message),
            (OutcomeFacts::Fail | OutcomeFacts::CannotKnow, _) => Note::warning(demand.code, message),
            (OutcomeFacts::Pass | OutcomeFacts::OnNode | OutcomeFacts::NotAsked, _) => return None,
        };
        Some(note.citation(format!("{}, {}", demand.source, demand.confidence)))
    };
    demands.filter_map(note).collect()
}

/// What mends demands that are not met, each once: first what is to be given before they
/// can be judged, then what takes another file, then the conversions for all that they
/// mend, then the rest.
pub(crate) fn steps<'d>(conversions: &[RemedyFacts], demands: impl IntoIterator<Item = &'d DemandFacts>) -> Vec<Step> {
    let open =
        demands.into_iter().filter(|demand| matches!(demand.outcome, OutcomeFacts::Fail | OutcomeFacts::CannotKnow));
    let open: Vec<&DemandFacts> = open.collect();
    let is_left = open.iter().any(|demand| demand.outcome == OutcomeFacts::Fail && demand.remedy.is_none());
    let asked = |demand: &&DemandFacts| {
        let in_words = |remedy: &RemedyFacts| {
            remedy.means == MeansFacts::Other && remedy.certlens.is_none() && remedy.windows.is_none()
        };
        demand.outcome == OutcomeFacts::CannotKnow && demand.remedy.as_ref().is_some_and(in_words)
    };
    let (asked, open): (Vec<&DemandFacts>, Vec<&DemandFacts>) = open.into_iter().partition(asked);
    let asked = asked.into_iter().filter_map(|demand| demand.remedy.as_ref());
    let open: Vec<&RemedyFacts> = open
        .into_iter()
        .filter_map(|demand| demand.remedy.as_ref())
        .filter(|remedy| conversions.is_empty() || remedy.means != MeansFacts::Convert)
        .collect();
    let (anew, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|remedy| remedy.means == MeansFacts::Anew);
    let again = (is_left && !anew.is_empty()).then(|| Step::new(CHECK_AGAIN));
    let mut steps: Vec<Step> = Vec::new();
    let anew = anew.into_iter().flat_map(|remedy| of(remedy, "")).chain(again);
    for step in asked
        .flat_map(|remedy| of(remedy, ""))
        .chain(anew)
        .chain(conversions.iter().chain(rest).flat_map(|remedy| of(remedy, "")))
    {
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps
}

/// What is not met by a file that is of no use is not worth mending in it.
const CHECK_AGAIN: &str = "Check the new file in the same way: what else is not met has to be mended in that one.";

/// What keeps demands open so, by the nodes or because it was not asked, each command
/// once; what a conversion settles, that is to be made anyhow, is not left.
pub(crate) fn elsewhere<'d>(
    demands: impl IntoIterator<Item = &'d DemandFacts>,
    outcome: OutcomeFacts,
    converts: bool,
) -> Vec<Step> {
    let left = |demand: &&DemandFacts| demand.outcome == outcome;
    let mut found: Vec<(&RemedyFacts, Vec<&str>)> = Vec::new();
    for demand in demands.into_iter().filter(left) {
        let remedy = demand.remedy.as_ref().filter(|remedy| !converts || remedy.certlens.is_none());
        let Some(remedy) = remedy else { continue };
        match found.iter_mut().find(|(known, _)| *known == remedy) {
            Some((_, codes)) if codes.contains(&demand.code) => {}
            Some((_, codes)) => codes.push(demand.code),
            None => found.push((remedy, vec![demand.code])),
        }
    }
    found.into_iter().flat_map(|(remedy, codes)| of(remedy, &format!("{}: ", codes.join(", ")))).collect()
}

/// A remedy as steps: ours, and the same on Windows.
fn of(remedy: &RemedyFacts, prefix: &str) -> Vec<Step> {
    let said = format!("{prefix}{}.", if prefix.is_empty() { capital(&remedy.what) } else { remedy.what.clone() });
    match (&remedy.certlens, &remedy.windows) {
        (Some(ours), windows) => {
            let first = Step::new(said).command(command_line(ours));
            let on = remedy.windows_since.map_or_else(|| "Windows".to_owned(), |since| format!("{since} or later"));
            let said = match remedy.means {
                // It finds something out, and each command for whom it is run by.
                MeansFacts::Other => "The same from another node:".to_owned(),
                MeansFacts::Convert | MeansFacts::Anew => format!("Or, in the place of that, on {on}:"),
            };
            let windows = windows.iter().map(|command| Step::new(said.clone()).command(command.clone()));
            std::iter::once(first).chain(windows).collect()
        }
        (None, Some(windows)) => vec![Step::new(said).command(windows.clone())],
        (None, None) => vec![Step::new(said)],
    }
}

/// A command of certlens that can be copied: options stay options, whatever files are
/// called.
fn command_line(arguments: &[String]) -> String {
    let converts = arguments.iter().any(|argument| argument == "convert");
    let before = std::iter::once("").chain(arguments.iter().map(String::as_str));
    let quoted = arguments.iter().enumerate().zip(before).map(|((at, argument), before)| {
        let is_file =
            (at == FILE_PLACE && converts) || matches!(before, "--output" | "--password-file" | "--password-env");
        if argument.starts_with("--") && !is_file { argument.clone() } else { quote(argument) }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// Behind `certlens pfx convert`.
const FILE_PLACE: usize = 3;

/// What was judged by.
pub(crate) fn given(given: &GivenFacts) -> Vec<Field> {
    let clock = if given.time_is_clock { " (this machine's clock)" } else { "" };
    let importers = given.importers.join("; ");
    let importers = match (given.importers_given, given.importers.len()) {
        (true, 1) => importers,
        (true, _) => format!("one of: {importers}"),
        (false, _) => format!("nobody said which (--importer); one of: {importers}"),
    };
    let mut fields = vec![Field::new("Time", format!("{}{clock}", given.time)), Field::new("Imported by", importers)];
    if let Some(release) = &given.release {
        fields.push(Field::new("Opened on", release.clone()));
    }
    if !given.hosts.is_empty() {
        fields.push(Field::new("Hosts", given.hosts.join(", ")));
    }
    if let Some(account) = &given.account {
        fields.push(Field::new("Account", account.clone()));
    }
    fields
}

#[cfg(test)]
mod tests;
