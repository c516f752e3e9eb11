//! The text of `certlens intercept`: was it replaced, by what it is known, and both cures.

use certlens_report::{Block, Column, Document, Field, Fields, Headline, Step, Table, Tone};

use crate::args::VerifyArgs;
use crate::commands::intercept::Shown;
use crate::facts::intercept::{CureFacts, InterceptReport, WayFacts};
use crate::roots::installation;
use crate::verification::Request;
use crate::view::verify;

pub(crate) fn document(
    report: &InterceptReport,
    shown: &[Shown],
    request: &Request,
    verification: &VerifyArgs,
) -> Document {
    let mut document = Document::new(headline(report));
    document.heading("What each way shows").push(ways(report));
    // Each pair of ways once.
    let mut said: Vec<[&str; 2]> = Vec::new();
    for way in report.ways.iter().rev() {
        let Some(other) = &way.compared_with else { continue };
        if !said.contains(&[other, &way.way]) {
            said.push([&way.way, other]);
            compared(&mut document, way);
        }
    }
    // Of ways that did not decide it would distract.
    for way in report.ways.iter().filter(|way| way.verdict == report.verdict && !way.evidence.is_empty()) {
        let heading = match report.ways.len() {
            1 => "What speaks for and against".to_owned(),
            _ => format!("What speaks for and against, {}", way.way),
        };
        document.heading(heading).push(evidence(way));
    }
    let steps = steps(report, shown, verification);
    if !steps.is_empty() {
        document.heading("What to do").push(steps);
    }
    let kind = report.host_kind.replace('-', " ");
    document.heading("Checked with").push(Block::from(Fields::new(vec![
        Field::new("Trust anchors", verify::anchors(request)),
        Field::new("Time", verify::time(request)),
        Field::new("The host's name", kind),
    ])));
    document
}

fn headline(report: &InterceptReport) -> Headline {
    let target = &report.target;
    let by = report.product.as_ref().map(|product| format!(" BY {}", product.name)).unwrap_or_default();
    let (tone, text) = match report.verdict {
        "replaced-trusted" => (Tone::Bad, format!("REPLACED{by}, WHOSE ROOT IS TRUSTED HERE: {target}")),
        "replaced-untrusted" => (Tone::Bad, format!("REPLACED{by}, AND NOT TRUSTED HERE: {target}")),
        "not-replaced" if report.trusted_here => (Tone::Good, format!("NOT REPLACED: {target}")),
        "not-replaced" => (Tone::Bad, format!("NOT REPLACED, BUT NOT TRUSTED HERE: {target}")),
        _ => (Tone::Unclear, format!("CANNOT TELL: {target}")),
    };
    let mut reason = format!("{}.", sentence(&report.why));
    if report.direct_too {
        reason.push_str(" The way without a proxy is intercepted as well.");
    }
    Headline::new(tone, text).reason(reason)
}

fn sentence(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}", characters.as_str())
}

fn ways(report: &InterceptReport) -> Table {
    let columns =
        [Column::left("Way"), Column::left("Verdict"), Column::left("Issued by"), Column::left("Trusted here")];
    report.ways.iter().fold(Table::new(columns), |table, way| {
        let issuer = way.issuer.clone().unwrap_or_else(|| way.why.clone());
        let trusted = match way.trusted_here {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        table.row([way.way.clone(), verdict(way).to_owned(), issuer, trusted.to_owned()])
    })
}

fn verdict(way: &WayFacts) -> &'static str {
    match way.verdict {
        "replaced-trusted" => "replaced, trusted",
        "replaced-untrusted" => "replaced, not trusted",
        "not-replaced" => "not replaced",
        _ if way.trusted_here.is_none() => "not reached",
        _ => "cannot tell",
    }
}

/// Certificate by certificate.
fn compared(document: &mut Document, way: &WayFacts) {
    let (Some(other), Some(pairs)) = (&way.compared_with, &way.differences) else { return };
    if pairs.iter().all(|pair| pair.sameness == "same") {
        return;
    }
    let columns = [
        Column::left("Certificate"),
        Column::left("Differs in"),
        Column::left(way.way.clone()),
        Column::left(other.clone()),
    ];
    let absent = || "(none)".to_owned();
    let mut table = Table::new(columns);
    for pair in pairs {
        let subjects = [pair.first.clone().unwrap_or_else(absent), pair.second.clone().unwrap_or_else(absent)];
        let [first, second] = subjects;
        table = table.row([pair.role.clone(), pair.sameness.to_owned(), first, second]);
        for difference in pair.differences.iter().filter(|difference| difference.what != "subject") {
            table = table.row([
                String::new(),
                difference.what.to_owned(),
                shortened(&difference.first),
                shortened(&difference.second),
            ]);
        }
    }
    document.heading(format!("Compared, {} and {other}", way.way)).push(table);
}

/// Digests are told apart by their beginning; JSON has them whole.
fn shortened(value: &str) -> String {
    match value.len() {
        40.. if value.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            format!("{}…", value.chars().take(16).collect::<String>())
        }
        _ => value.to_owned(),
    }
}

fn evidence(way: &WayFacts) -> Table {
    let columns = [Column::left("Weight"), Column::left("Speaks"), Column::left("What was seen")];
    way.evidence.iter().fold(Table::new(columns), |table, one| {
        table.row([one.weight.to_owned(), one.bearing.to_owned(), one.sentence.clone()])
    })
}

fn steps(report: &InterceptReport, shown: &[Shown], verification: &VerifyArgs) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(cures) = report.ways.iter().find_map(|way| way.cures.as_ref()) {
        steps.push(trust(cures));
        steps.push(Step::new(cures.exempt.clone()));
        let letter = Step::new("What to send to those who run it:");
        steps.push(cures.letter.iter().fold(letter, |step, line| step.command(line.as_str())));
        return steps;
    }
    if report.verdict == "cannot-tell" {
        for way in &report.ways {
            let failure = failure(shown, &way.way);
            steps.extend(failure.map(|hint| Step::new(format!("{}: {hint}", way.way))));
        }
        let mut next: Vec<&str> = report.ways.iter().filter_map(|way| way.next_step).collect();
        next.dedup();
        steps.extend(next.into_iter().map(Step::new));
    }
    if !report.trusted_here {
        let verified = shown.iter().flat_map(|shown| shown.examined.first()?.as_ref()?.verified());
        if let Some(verified) = verified.into_iter().find(|verified| !verified.is_trusted()) {
            steps.extend(verify::steps(verified, verification));
        }
    }
    steps
}

/// How the root is trusted here; where it is known already there is nothing to install.
fn trust(cures: &CureFacts) -> Step {
    if cures.known_here {
        return Step::new(cures.trust.clone());
    }
    let installed = installation("proxy-root.crt", "proxy-root");
    let text = format!("{} Once it is in a file proxy-root.crt, install it {}:", cures.trust, installed.place);
    installed.commands.into_iter().fold(Step::new(text), Step::command)
}

fn failure<'a>(shown: &'a [Shown], way: &str) -> Option<&'a str> {
    let shown = shown.iter().find(|shown| shown.way.to_string() == way)?;
    let endpoint = shown.examined.first()?.as_ref()?.endpoint()?;
    endpoint.probe.failure.as_ref().map(|failure| failure.hint.as_str())
}
