//! The text of `certlens url`: can the chain be checked from here, and if not,
//! which URL fails at which stage and what to open.

use certlens_core::path::PathEnd;
use certlens_core::time::Time;
use certlens_core::validation::BrokenEdge;
use certlens_fetch::shown;
use certlens_report::{Column, Document, Field, Fields, Headline, Step, Table, Tone};

use crate::exit::Exit;
use crate::facts::url::describe;
use crate::retrieve::Wanted;
use crate::url::{Answer, Lone, Reached, Revoked, Row, Rule, Status};
use crate::verification::Request;
use crate::view::revocation::{self, from, time, to_open, wanted};

/// The most steps of advice, beside the hosts to open.
const MAX_STEPS: usize = 6;

pub(crate) fn document(reached: &Reached, request: &Request) -> Document {
    let revoked = reached.revoked.first();
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

/// Kind and URL of a row, for a sentence.
fn named(row: &Row) -> String {
    match &row.url {
        Some(url) => format!("{} {}", wanted(row.wanted), shown(url)),
        None => format!("{} of the certificate", wanted(row.wanted)),
    }
}

fn subject(reached: &Reached, depth: usize) -> String {
    let best = reached.verified.verdict.best.as_ref();
    let sourced = best.and_then(|best| best.path.certificates.get(depth));
    sourced.map(|sourced| sourced.certificate.subject().brief()).unwrap_or_default()
}

/// The line below the answer.
pub(crate) fn reason(reached: &Reached) -> String {
    if let Some(row) = reached.rows.iter().find(|row| row.status == Status::Revoked) {
        let what = row.message.clone().unwrap_or_default();
        return format!("{}: {what}.", named(row));
    }
    if let Some(Revoked { depth, revocation, origin }) = reached.revoked.first() {
        let source = origin.as_ref().map_or_else(String::new, |origin| format!(", says {origin}"));
        let (whose, time, reason) = (subject(reached, *depth), revocation.time, revocation.reason_name());
        return format!("{whose} was revoked on {time}, reason {reason}{source}.");
    }
    let answer = reached.reach.answer;
    match answer {
        Answer::NotApplicable => nothing(reached),
        Answer::Works => {
            let all = reached.rows.len();
            let open = reached.rows.iter().filter(|row| row.status.is_open()).count();
            let working = reached.rows.iter().filter(|row| row.status.works()).count();
            let unknown = if open == 0 { String::new() } else { format!(", and of {open} it cannot be told") };
            match all - open - working {
                0 if open == 0 => format!("All {all} URLs of the chain work from here."),
                0 => format!("The chain can be checked from here; {working} of {all} URLs work{unknown}."),
                1 => format!("The chain can be checked from here; 1 of {all} URLs does not work{unknown}."),
                failing => {
                    format!("The chain can be checked from here; {failing} of {all} URLs do not work{unknown}.")
                }
            }
        }
        Answer::CannotTell | Answer::Fails => because(reached, answer),
    }
}

fn nothing(reached: &Reached) -> String {
    let end = reached.verified.verdict.best.as_ref().map(|best| (&best.path.end, best.path.certificates.len()));
    match end {
        Some((PathEnd::TargetIsAnchor(_), _)) => "It is a trust anchor: nothing is retrieved to trust it.".to_owned(),
        Some((PathEnd::SelfSigned(_), 1)) => {
            "It is self-signed: nobody else says anything about it that could be retrieved.".to_owned()
        }
        _ if reached.rows.is_empty() => "No certificate of the chain names a URL.".to_owned(),
        _ => "No certificate of the chain names a CRL, a responder or its issuer; a delta CRL alone is of no use."
            .to_owned(),
    }
}

/// What decides that the chain cannot be checked, or that it is not known. Without its
/// issuer nothing else of a certificate can be judged, so that comes first.
fn because(reached: &Reached, answer: Answer) -> String {
    if let (Some(edge), Answer::CannotTell) = (&reached.broken, answer) {
        return format!("{} What its URLs give cannot be judged.", broken(reached, edge));
    }
    let members = &reached.reach.members;
    let decides = |member: &&crate::url::Member| member.issuer == answer || member.revocation == answer;
    let Some(member) = members.iter().find(decides) else {
        return match &reached.verified.verdict.best {
            Some(best) => format!("{} Whether the rest can be checked is not known.", end_of(&best.path.end)),
            None => "No chain was found in the certificates at hand.".to_owned(),
        };
    };
    let is_issuer = member.issuer == answer;
    let decisive = |row: &&Row| {
        row.depth == member.depth
            && (row.wanted == Wanted::Issuer) == is_issuer
            && !row.status.works()
            && (answer != Answer::CannotTell || row.status.is_open())
    };
    let because = reached.rows.iter().find(decisive).map_or_else(String::new, |row| {
        format!(" {}: {}.", named(row), row.message.as_deref().unwrap_or(row.status.words()))
    });
    let whose = subject(reached, member.depth);
    match (answer, is_issuer) {
        (Answer::CannotTell, true) => {
            format!("Whether the issuer of {whose} can be retrieved cannot be told from here.{because}")
        }
        (Answer::CannotTell, false) => {
            format!("Whether the revocation of {whose} can be checked cannot be told from here.{because}")
        }
        (_, true) => format!("The issuer of {whose} cannot be retrieved from here.{because}"),
        (_, false) => format!("The revocation of {whose} cannot be checked from here.{because}"),
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
            wanted(row.wanted).to_owned(),
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

fn broken(reached: &Reached, edge: &BrokenEdge) -> String {
    format!("The chain is broken above {}: {}.", subject(reached, edge.depth), edge.why)
}

fn end_of(end: &PathEnd) -> String {
    match end {
        PathEnd::Anchor(_) | PathEnd::TargetIsAnchor(_) => "The chain ends in a trust anchor.".to_owned(),
        PathEnd::SelfSigned(_) => {
            "The chain ends in a self-signed certificate that is no trust anchor here.".to_owned()
        }
        PathEnd::NoIssuer(missing) => format!(
            "The chain ends below {}, whose certificate was not found; certificates above were not asked about.",
            missing.name
        ),
        PathEnd::Loop(_) | PathEnd::NotFollowed(_) => "The chain reaches no trust anchor.".to_owned(),
    }
}

/// The first thing to do about it.
pub(crate) fn advice(reached: &Reached) -> Option<String> {
    let first = steps(reached).into_iter().next()?;
    Some(first.text.spans.into_iter().map(|span| span.text).collect())
}

fn steps(reached: &Reached) -> Vec<Step> {
    let mut steps = Vec::new();
    let retrieved = reached.rows.iter().filter_map(|row| row.attempt.as_ref()).map(|attempt| attempt.retrieved());
    let closed = to_open(retrieved);
    if !closed.is_empty() {
        steps.push(Step::new(format!("Open for this machine, in the firewall or at the proxy: {}", closed.join(", "))));
    }
    // Of several URLs with the same trouble one is told in full.
    let mut kinds: Vec<(String, &Row, usize)> = Vec::new();
    for row in reached.rows.iter().filter(|row| row.status != Status::Verified) {
        let kind = match row.attempt.as_ref().map(|attempt| &attempt.retrieved().outcome) {
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
        steps.push(Step::new(format!("{}: {message}. {hint}{alike}", named(row))));
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
