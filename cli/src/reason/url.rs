//! Why a chain can be checked from here or cannot, in a sentence, and what to do.

use certlens_core::path::PathEnd;
use certlens_core::validation::BrokenEdge;
use certlens_fetch::shown;

use crate::retrieve::{Wanted, to_open};
use crate::url::{Answer, Reached, Revoked, Row, Status};

/// The most steps of advice, beside the hosts to open.
const MAX_STEPS: usize = 6;

/// Kind and URL of a row, for a sentence.
pub(crate) fn named(row: &Row) -> String {
    match &row.url {
        Some(url) => format!("{} {}", row.wanted.words(), shown(url)),
        None => format!("{} of the certificate", row.wanted.words()),
    }
}

/// Whose certificate stands at a depth.
pub(crate) fn subject(reached: &Reached, depth: usize) -> String {
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

/// Where the chain is none.
pub(crate) fn broken(reached: &Reached, edge: &BrokenEdge) -> String {
    format!("The chain is broken above {}: {}.", subject(reached, edge.depth), edge.why)
}

/// Where the chain ends.
pub(crate) fn end_of(end: &PathEnd) -> String {
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

/// What to do about it, the first thing first.
pub(crate) fn steps(reached: &Reached) -> Vec<String> {
    let mut steps = Vec::new();
    let retrieved = reached.rows.iter().filter_map(|row| row.attempt.as_ref()).map(|attempt| attempt.retrieved());
    let closed = to_open(retrieved);
    if !closed.is_empty() {
        steps.push(format!("Open for this machine, in the firewall or at the proxy: {}", closed.join(", ")));
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
        steps.push(format!("{}: {message}. {hint}{alike}", named(row)));
    }
    steps
}
