//! The text of `certlens url`: can the chain be checked from here, and if not,
//! which URL fails at which stage and what to open.

use certlens_core::time::Time;
use certlens_fetch::shown;
use certlens_report::{Column, Document, Field, Fields, Headline, Step, Table, Tone};

use crate::exit::Exit;
use crate::facts::url::describe;
use crate::reason::url::{self as why, broken, end_of, named, subject};
use crate::retrieve::{Wanted, to_open};
use crate::url::{Answer, Lone, Reached, Row, Rule, Status};
use crate::verification::Request;
use crate::view::revocation::{self, from, time};

pub(crate) fn document(reached: &Reached, request: &Request) -> Document {
    let revoked = reached.revoked.first();
    let (tone, word) = match (revoked, reached.reach.answer) {
        (Some(_), _) => (Tone::Bad, "REVOKED"),
        (None, Answer::Works) => (Tone::Good, "REACHABLE"),
        (None, Answer::NotApplicable) => (Tone::Good, "NOTHING TO REACH"),
        (None, Answer::CannotTell) => (Tone::Unclear, "CANNOT TELL"),
        (None, Answer::Fails) => (Tone::Bad, "NOT REACHABLE"),
    };
    let headline =
        Headline::new(tone, format!("{word}: {}", reached.verified.target.origin)).reason(why::reason(reached));
    let mut document = Document::new(headline);
    for member in &reached.reach.members {
        let rows: Vec<&Row> = reached.rows.iter().filter(|row| row.depth == member.depth).collect();
        let role = if member.depth == 0 { "target" } else { "intermediate" };
        let heading = format!("{} ({role})", subject(reached, member.depth));
        let document = document.heading(heading);
        if !rows.is_empty() {
            document.push(table(&rows));
        }
        let mut remarks = revocation::remarks(rows.iter().filter_map(|row| row.attempt.as_ref()));
        remarks.dedup();
        for remark in remarks {
            document.push(certlens_report::Text::from(format!("{remark}.")));
        }
        for row in rows.iter().filter(|row| row.status == Status::Verified) {
            if let Some(message) = &row.message {
                document.push(certlens_report::Text::from(format!("{}: {message}.", named(row))));
            }
        }
        if let Some(note) = without_revocation(&rows) {
            document.push(certlens_report::Text::from(note));
        }
    }
    if let Some(note) = end(reached) {
        document.heading("Beside the URLs").push(certlens_report::Text::from(note));
    }
    let steps: Vec<Step> = why::steps(reached).into_iter().map(Step::new).collect();
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

/// What no row can say: that there is none.
fn without_revocation(rows: &[&Row]) -> Option<&'static str> {
    match rows {
        [] => Some("It names no URL; nothing has to be reached for it."),
        _ if rows.iter().all(|row| row.wanted == Wanted::Issuer) => Some(
            "It names no CRL and no OCSP responder: nothing has to be reached to see whether it is revoked, and nothing can be.",
        ),
        _ => None,
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
        let status = match row.attempt.as_ref().map(|attempt| &attempt.retrieved().outcome) {
            Some(Err(failure)) => format!("{} ({}: {})", row.status.words(), failure.stage.word(), failure.cause),
            _ => row.status.words().to_owned(),
        };
        let attempt = row.attempt.as_ref().map(|attempt| attempt.retrieved());
        let octets =
            attempt.and_then(|retrieved| retrieved.outcome.as_ref().ok()).map(|octets| octets.len().to_string());
        table.row([
            row.wanted.words().to_owned(),
            status,
            attempt.map(time).unwrap_or_default(),
            octets.unwrap_or_default(),
            row.valid_to.map(|time| time.date().to_string()).unwrap_or_default(),
            attempt.map(from).unwrap_or_default(),
            row.url.as_deref().map(shown).unwrap_or_default(),
        ])
    })
}

/// A chain that ends in no trust anchor is worth a word.
fn end(reached: &Reached) -> Option<String> {
    let path = &reached.verified.verdict.best.as_ref()?.path;
    if let Some(edge) = &reached.broken {
        return Some(format!("{} certlens verify says more.", broken(reached, edge)));
    }
    path.anchor().is_none().then(|| format!("{} certlens verify says more.", end_of(&path.end)))
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
    let asked =
        [("From", from(retrieved)), ("Time", time(retrieved))].into_iter().filter(|(_, value)| !value.is_empty());
    let mut fields: Vec<Field> = asked.map(|(name, value)| Field::new(name, value)).collect();
    if let Ok(octets) = &retrieved.outcome {
        fields.push(Field::new("Octets", octets.len().to_string()));
    }
    if let Some(peer) = retrieved.peer {
        fields.push(Field::new("Address", peer.to_string()));
    }
    if let Some(status) = retrieved.status {
        fields.push(Field::new("HTTP status", status.to_string()));
    }
    if !fields.is_empty() {
        document.heading("Retrieval").push(Fields::new(fields));
    }
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
