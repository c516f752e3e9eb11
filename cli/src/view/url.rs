//! The text of `certlens url`: can the chain be checked from here, and if not,
//! which URL fails at which stage and what to open.

use certlens_core::path::PathEnd;
use certlens_core::time::Time;
use certlens_fetch::shown;
use certlens_report::{Column, Document, Field, Fields, Headline, Step, Table, Tone};

use crate::exit::Exit;
use crate::facts::url::describe;
use crate::retrieve::{Lone, Wanted};
use crate::url::{Answer, Reached, Row, Rule, Status};
use crate::verification::Request;
use crate::view::revocation::{from, time, to_open, wanted};

/// The most steps of advice, beside the hosts to open.
const MAX_STEPS: usize = 6;

pub(crate) fn document(reached: &Reached, request: &Request) -> Document {
    let revoked = reached.rows.iter().find(|row| row.status == Status::Revoked);
    let (tone, word) = match (revoked, reached.reach.answer) {
        (Some(_), _) => (Tone::Bad, "REVOKED"),
        (None, Answer::Works) => (Tone::Good, "REACHABLE"),
        (None, Answer::NotApplicable) => (Tone::Good, "NOTHING TO REACH"),
        (None, Answer::CannotTell) => (Tone::Unclear, "CANNOT TELL"),
        (None, Answer::Fails) => (Tone::Bad, "NOT REACHABLE"),
    };
    let headline = Headline::new(tone, format!("{word}: {}", reached.verified.target.origin)).reason(reason(reached));
    let mut document = Document::new(headline);
    for member in &reached.reach.members {
        let rows: Vec<&Row> = reached.rows.iter().filter(|row| row.depth == member.depth).collect();
        let role = if member.depth == 0 { "target" } else { "intermediate" };
        let heading = format!("{} ({role})", subject(reached, member.depth));
        let document = document.heading(heading);
        if rows.is_empty() {
            document.push(certlens_report::Text::from("It names no URL; nothing has to be reached for it."));
        } else {
            document.push(table(&rows));
        }
    }
    if let Some(note) = end(reached) {
        document.heading("Beside the URLs").push(certlens_report::Text::from(note));
    }
    let steps = steps(reached);
    if !steps.is_empty() {
        document.heading("What to do").push(steps);
    }
    let rule = match reached.reach.rule {
        Rule::OneOfEach => {
            "for each certificate one AIA URL, and one CRL or OCSP URL, by HTTP or LDAP; what is not listed does not apply (--every-url asks for all)"
        }
        Rule::Every => "every URL of every certificate",
    };
    let clock = if request.time_is_clock { " (this machine's clock)" } else { "" };
    document.heading("Checked with").push(Fields::new(vec![
        Field::new("What must work", rule),
        Field::new("Time", format!("{}{clock}", request.time)),
    ]));
    document
}

fn subject(reached: &Reached, depth: usize) -> String {
    let best = reached.verified.verdict.best.as_ref();
    let sourced = best.and_then(|best| best.path.certificates.get(depth));
    sourced.map(|sourced| sourced.certificate.subject().brief()).unwrap_or_default()
}

/// The line below the answer.
fn reason(reached: &Reached) -> String {
    if let Some(row) = reached.rows.iter().find(|row| row.status == Status::Revoked) {
        let what = row.message.clone().unwrap_or_default();
        return format!("{} {}: {what}.", wanted(row.wanted), shown(&row.url));
    }
    let wanted_answer = reached.reach.answer;
    match wanted_answer {
        Answer::NotApplicable => return "No certificate of the chain names a URL.".to_owned(),
        Answer::Works => {
            let failing = reached.rows.iter().filter(|row| !row.status.works()).count();
            return match failing {
                0 => format!("All {} URLs of the chain work from here.", reached.rows.len()),
                1 => format!("The chain can be checked from here; 1 of {} URLs does not work.", reached.rows.len()),
                _ => {
                    format!("The chain can be checked from here; {failing} of {} URLs do not work.", reached.rows.len())
                }
            };
        }
        Answer::CannotTell | Answer::Fails => {}
    }
    let Some(member) = reached
        .reach
        .members
        .iter()
        .find(|member| member.issuer == wanted_answer || member.revocation == wanted_answer)
    else {
        return String::new();
    };
    let (what, kinds): (_, &[Wanted]) = if member.revocation == wanted_answer {
        ("revocation", &[Wanted::Ocsp, Wanted::Crl, Wanted::DeltaCrl])
    } else {
        ("the issuer", &[Wanted::Issuer])
    };
    let row =
        reached.rows.iter().find(|row| row.depth == member.depth && kinds.contains(&row.wanted) && !row.status.works());
    let because = row.map_or_else(String::new, |row| {
        format!(
            " {} {}: {}.",
            wanted(row.wanted),
            shown(&row.url),
            row.message.as_deref().unwrap_or(row.status.words())
        )
    });
    let whose = subject(reached, member.depth);
    match wanted_answer {
        Answer::CannotTell => format!("Whether {what} of {whose} can be retrieved cannot be told from here.{because}"),
        _ if member.revocation == wanted_answer => {
            format!("The revocation of {whose} cannot be checked from here.{because}")
        }
        _ => format!("The issuer of {whose} cannot be retrieved from here.{because}"),
    }
}

fn table(rows: &[&Row]) -> Table {
    let columns = [
        Column::left("Kind"),
        Column::left("Status"),
        Column::right("Time"),
        Column::right("Octets"),
        Column::left("Valid to"),
        Column::left("From"),
        Column::left("URL"),
    ];
    rows.iter().fold(Table::new(columns), |table, row| {
        let status = match row.attempt.as_ref().map(|attempt| &attempt.retrieved.outcome) {
            Some(Err(failure)) => format!("{} ({}: {})", row.status.words(), failure.stage.word(), failure.cause),
            _ => row.status.words().to_owned(),
        };
        let attempt = row.attempt.as_ref().map(|attempt| &attempt.retrieved);
        let octets =
            attempt.and_then(|retrieved| retrieved.outcome.as_ref().ok()).map(|octets| octets.len().to_string());
        table.row([
            wanted(row.wanted).to_owned(),
            status,
            attempt.map(time).unwrap_or_default(),
            octets.unwrap_or_default(),
            row.valid_to.map(|time| time.date().to_string()).unwrap_or_default(),
            attempt.map(from).unwrap_or_default(),
            shown(&row.url),
        ])
    })
}

/// A chain that ends in no trust anchor is worth a word.
fn end(reached: &Reached) -> Option<String> {
    match &reached.verified.verdict.best.as_ref()?.path.end {
        PathEnd::Anchor(_) | PathEnd::TargetIsAnchor(_) => None,
        PathEnd::SelfSigned(_) => Some(
            "The chain ends in a self-signed certificate that is no trust anchor here; certlens verify says more."
                .to_owned(),
        ),
        PathEnd::NoIssuer(missing) => Some(format!(
            "The chain ends below {}, whose certificate was not found; certificates above were not asked about.",
            missing.name
        )),
        PathEnd::Loop(_) | PathEnd::NotFollowed(_) => {
            Some("The chain reaches no trust anchor; certlens verify says more.".to_owned())
        }
    }
}

fn steps(reached: &Reached) -> Vec<Step> {
    let mut steps = Vec::new();
    let retrieved = reached.rows.iter().filter_map(|row| row.attempt.as_ref()).map(|attempt| &attempt.retrieved);
    let closed = to_open(retrieved);
    if !closed.is_empty() {
        steps.push(Step::new(format!("Open for this machine, in the firewall or at the proxy: {}", closed.join(", "))));
    }
    // Of several URLs with the same trouble one is told in full.
    let mut kinds: Vec<(String, &Row, usize)> = Vec::new();
    for row in reached.rows.iter().filter(|row| row.status != Status::Verified) {
        let kind = match row.attempt.as_ref().map(|attempt| &attempt.retrieved.outcome) {
            Some(Err(failure)) => failure.cause.to_owned(),
            _ => row.hint.clone().unwrap_or_default(),
        };
        match kinds.iter_mut().find(|(known, ..)| *known == kind) {
            Some((_, _, count)) => *count += 1,
            None => kinds.push((kind, row, 1)),
        }
    }
    for (_, row, count) in kinds.into_iter().take(MAX_STEPS) {
        let (Some(message), Some(hint)) = (&row.message, &row.hint) else { continue };
        let alike = match count {
            1 => String::new(),
            2 => " One more URL has the same trouble.".to_owned(),
            _ => format!(" {} more URLs have the same trouble.", count - 1),
        };
        steps.push(Step::new(format!("{} {}: {message}. {hint}{alike}", wanted(row.wanted), shown(&row.url))));
    }
    steps
}

/// A URL that was given as such.
pub(crate) fn lone(one: &Lone, now: Time) -> Document {
    let url = shown(&one.retrieved.request.url);
    let (tone, word) = match one.exit(now) {
        Exit::Success => (Tone::Good, "RETRIEVED"),
        Exit::Indeterminate => (Tone::Unclear, "CANNOT TELL"),
        _ if one.content.is_ok() => (Tone::Bad, "EXPIRED"),
        _ => (Tone::Bad, "FAILED"),
    };
    let mut document =
        Document::new(Headline::new(tone, format!("{word}: {url}")).reason(format!("{}.", describe(one))));
    let retrieved = &one.retrieved;
    let mut fields = vec![Field::new("From", from(retrieved)), Field::new("Time", time(retrieved))];
    if let Ok(octets) = &retrieved.outcome {
        fields.push(Field::new("Octets", octets.len().to_string()));
    }
    if let Some(peer) = retrieved.peer {
        fields.push(Field::new("Address", peer.to_string()));
    }
    if let Some(status) = retrieved.status {
        fields.push(Field::new("HTTP status", status.to_string()));
    }
    document.heading("Retrieval").push(Fields::new(fields));
    let mut steps = Vec::new();
    let closed = to_open([retrieved].into_iter());
    if !closed.is_empty() {
        steps.push(Step::new(format!("Open for this machine, in the firewall or at the proxy: {}", closed.join(", "))));
    }
    if let Err(failure) = &retrieved.outcome {
        steps.push(Step::new(failure.hint.as_str()));
    }
    if !steps.is_empty() {
        document.heading("What to do").push(steps);
    }
    document
}
