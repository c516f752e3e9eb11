//! The text of `certlens intercept`: was it replaced, by what it is known, and both cures.

use certlens_report::{Block, Column, Document, Field, Fields, Headline, Table, Tone};

use crate::args::InterceptArgs;
use crate::exit::Exit;
use crate::facts::intercept::{InterceptReport, WayFacts};
use crate::intercept::Shown;
use crate::verification::Request;
use crate::view::intercept_cure::steps;
use crate::view::verify;

pub(crate) fn document(report: &InterceptReport, shown: &[Shown], request: &Request, args: &InterceptArgs) -> Document {
    let mut document = Document::new(headline(report));
    document.heading("What each way shows").push(ways(report));
    beside_ways(&mut document, report);
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
    let steps = steps(report, shown, args);
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
    let here = if report.anchors_given { "FOR THIS RUN" } else { "HERE" };
    let is_certificate_trusted = report.ways.iter().all(|way| way.is_certificate_trusted != Some(false));
    let (tone, text) = match report.verdict {
        "replaced-trusted" => (Tone::Bad, format!("REPLACED{by}, WHOSE ROOT IS TRUSTED {here}: {target}")),
        "replaced-untrusted" => (Tone::Bad, format!("REPLACED{by}, AND NOT TRUSTED {here}: {target}")),
        "not-replaced" if report.exit() == Exit::Success => (Tone::Good, format!("NOT REPLACED: {target}")),
        "not-replaced" if is_certificate_trusted => {
            (Tone::Bad, format!("NOT REPLACED, BUT THE CONNECTION FAILS: {target}"))
        }
        "not-replaced" => (Tone::Bad, format!("NOT REPLACED, BUT NOT TRUSTED {here}: {target}")),
        _ => (Tone::Unclear, format!("CANNOT TELL: {target}")),
    };
    let mut reason = format!("{}.", sentence(&report.why));
    if report.verdict == "cannot-tell" {
        let mut ways = report.ways.iter().filter(|way| way.is_certificate_trusted == Some(false));
        if let Some(why) = ways.find_map(|way| way.why_not.as_deref()) {
            reason.push_str(&format!(" Besides, it is not trusted here: {}.", why.trim_end_matches('.')));
        }
    }
    let is_replaced = |way: &&WayFacts| way.verdict.starts_with("replaced");
    let replaced: Vec<&WayFacts> = report.ways.iter().filter(is_replaced).collect();
    if report.direct_too {
        reason.push_str(" The way without a proxy is intercepted as well.");
    } else if let [WayFacts { way, .. }] = replaced.as_slice()
        && report.ways.len() > 1
    {
        reason.push_str(match way.as_str() {
            "direct" => " It is the way without a proxy that is intercepted.",
            _ => "",
        });
    }
    Headline::new(tone, text).reason(reason)
}

/// With a capital, unless it begins with the name of a host.
fn sentence(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let first = text.split(' ').next().unwrap_or_default();
    let is_word = first.bytes().all(|octet| octet.is_ascii_alphabetic()) && first != "localhost";
    let mut characters = text.chars();
    match characters.next().filter(|_| is_word) {
        Some(first) => format!("{}{}", first.to_uppercase(), characters.as_str()),
        None => text.to_owned(),
    }
}

fn ways(report: &InterceptReport) -> Table {
    let here = if report.anchors_given { "Trusted in this run" } else { "Trusted here" };
    let columns = [Column::left("Way"), Column::left("Verdict"), Column::left("Issued by"), Column::left(here)];
    report.ways.iter().fold(Table::new(columns), |table, way| {
        let trusted = match (way.is_certificate_trusted, way.trusted_here) {
            (_, Some(true)) => "yes",
            (Some(true), Some(false)) => "yes, but the connection fails",
            (_, Some(false)) => "no",
            (_, None) => "",
        };
        let issuer = way.issuer.clone().unwrap_or_default();
        table.row([way.way.clone(), verdict(way).to_owned(), issuer, trusted.to_owned()])
    })
}

fn verdict(way: &WayFacts) -> &'static str {
    match way.verdict {
        "replaced-trusted" => "replaced, trusted",
        "replaced-untrusted" => "replaced, not trusted",
        "not-replaced" => "not replaced",
        _ if way.trusted_here.is_some() => "cannot tell",
        // Where a server answers, only not as it should, it was reached.
        _ if way.was_answered => "no certificate to judge",
        _ => "not reached",
    }
}

/// What does not fit in a table: keys, failures, and references that say nothing.
fn beside_ways(document: &mut Document, report: &InterceptReport) {
    let mut fields = Vec::new();
    for way in &report.ways {
        if let Some(problem) = &way.problem {
            fields.push(Field::new(format!("Problem, {}", way.way), format!("{}.", sentence(problem))));
        } else if way.trusted_here.is_none() {
            fields.push(Field::new(format!("Problem, {}", way.way), format!("{}.", sentence(&way.why))));
        }
        if let Some(pin) = &way.pin {
            fields.push(Field::new(format!("Key, {}", way.way), pin.clone()));
        }
    }
    for reference in &report.references {
        let name = format!("Reference {}", reference.host);
        fields.extend(reference.notes.iter().map(|note| Field::new(name.clone(), format!("{note}."))));
    }
    if !fields.is_empty() {
        document.push(Block::from(Fields::new(fields)));
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
        table = table.row([pair.role.clone(), sameness(pair.sameness, &way.way, other), first, second]);
        for difference in pair.differences.iter().filter(|difference| difference.what != "subject") {
            table = table.row([
                String::new(),
                difference.what.replace('-', " "),
                shortened(&difference.first),
                shortened(&difference.second),
            ]);
        }
    }
    document.heading(format!("Compared, {} and {other}", way.way)).push(table);
}

fn sameness(word: &str, first: &str, second: &str) -> String {
    match word {
        "same" => "nothing".to_owned(),
        "same-key" => "other certificate, same key".to_owned(),
        "only-first" => format!("only {first}"),
        "only-second" => format!("only {second}"),
        _ => "other certificate".to_owned(),
    }
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
