//! What the text says about revocation and retrieval.

use certlens_core::policy::{PreferredSource, RevocationMode, RevocationScope};
use certlens_core::revocation::{RevocationOutcome, RevocationStatus, SourceKind, SourceOutcome, SourceResult};
use certlens_core::validation::PathOutcome;
use certlens_fetch::{Retrieved, Source, Stage, shown};
use certlens_report::{Column, Table};

use crate::retrieve::Attempt;
use crate::verification::{Request, Verified};

/// What stands behind the verdict in brackets.
pub(crate) fn in_brackets(verified: &Verified) -> String {
    let Some(best) = &verified.verdict.best else { return not_checked(verified) };
    if best.revocation.is_empty() {
        return not_checked(verified);
    }
    let count = |is: fn(&RevocationStatus) -> bool| best.revocation.iter().filter(|found| is(&found.status)).count();
    let revoked = count(|status| matches!(status, RevocationStatus::Revoked(_)));
    let unknown = count(|status| matches!(status, RevocationStatus::Unknown));
    let later = count(|status| matches!(status, RevocationStatus::RevokedLater(_)));
    let alone = verified.policy.revocation.scope == RevocationScope::EndEntity && best.path.certificates.len() > 1;
    match (revoked, unknown, later) {
        (1.., _, _) => "revoked".to_owned(),
        (0, 0, 0) if alone => "target not revoked, CAs not checked".to_owned(),
        (0, 0, 0) => "not revoked".to_owned(),
        (0, 0, _) => "revoked later".to_owned(),
        (0, unknown, _) if unknown == best.revocation.len() => "revocation not known".to_owned(),
        (0, unknown, _) => format!("revocation not known for {unknown} of {}", best.revocation.len()),
    }
}

fn not_checked(verified: &Verified) -> String {
    match verified.policy.revocation.mode {
        RevocationMode::None => "revocation not checked",
        // It is asked of a path that would hold.
        RevocationMode::BestEffort | RevocationMode::Require => "revocation not reached",
    }
    .to_owned()
}

/// The lines below a certificate: by what it is known to be revoked or not, or which
/// further sources were of no use.
pub(crate) fn details(outcome: &PathOutcome, depth: usize) -> Vec<String> {
    let Some(found) = outcome.revocation.iter().find(|found| found.depth == depth) else { return Vec::new() };
    match &found.status {
        RevocationStatus::Good => by(found).map(|by| format!("not revoked by {by}")).into_iter().collect(),
        RevocationStatus::Revoked(_) | RevocationStatus::RevokedLater(_) => {
            by(found).map(|by| format!("revoked by {by}")).into_iter().collect()
        }
        // The finding has the first one.
        RevocationStatus::Unknown => found.sources.iter().filter_map(unused).skip(1).take(MAX_SOURCES).collect(),
    }
}

/// The most sources that are listed below one certificate.
const MAX_SOURCES: usize = 8;

fn unused(source: &SourceOutcome) -> Option<String> {
    match &source.result {
        SourceResult::NotUsed(finding) => {
            Some(format!("nor by {} {}: {}", kind(source.kind), source.origin, finding.message))
        }
        SourceResult::Good | SourceResult::Revoked(_) => None,
    }
}

fn by(found: &RevocationOutcome) -> Option<String> {
    let revoked = matches!(found.status, RevocationStatus::Revoked(_) | RevocationStatus::RevokedLater(_));
    let counts = |source: &&SourceOutcome| match source.result {
        SourceResult::Revoked(_) => revoked,
        SourceResult::Good => !revoked,
        SourceResult::NotUsed(_) => false,
    };
    let source = found.sources.iter().find(counts)?;
    let of = source.this_update.map_or_else(String::new, |time| format!(" of {time}"));
    let until = source.next_update.map_or_else(String::new, |time| format!(", valid to {time}"));
    // The times are those of the newer one, which is the delta CRL.
    Some(match &source.delta {
        Some(delta) if delta.decides => {
            format!("delta CRL {}{of}{until}, which updates CRL {}", delta.origin, source.origin)
        }
        Some(delta) => format!("CRL {} with delta CRL {}{of}{until}", source.origin, delta.origin),
        None => format!("{} {}{of}{until}", kind(source.kind), source.origin),
    })
}

pub(crate) fn kind(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Crl => "CRL",
        SourceKind::DeltaCrl => "delta CRL",
        SourceKind::Ocsp => "OCSP",
    }
}

/// What was demanded, in words.
pub(crate) fn demanded(verified: &Verified, request: &Request) -> String {
    let policy = &verified.policy.revocation;
    let scope = match policy.scope {
        RevocationScope::EndEntity => "of the target",
        RevocationScope::Chain => "of target and intermediates",
    };
    let mode = match policy.mode {
        RevocationMode::None => return "not checked (give --fetch, --crl or --ocsp)".to_owned(),
        RevocationMode::BestEffort => "as far as known",
        RevocationMode::Require => "required",
    };
    let mut sources = Vec::new();
    for (count, one, many) in [
        (request.given.crls, "CRL given", "CRLs given"),
        (request.given.responses, "OCSP response given", "OCSP responses given"),
    ] {
        match count {
            0 => {}
            1 => sources.push(format!("1 {one}")),
            _ => sources.push(format!("{count} {many}")),
        }
    }
    if request.retriever.is_some() {
        let first = match policy.prefer {
            PreferredSource::Ocsp => "OCSP first",
            PreferredSource::Crl => "CRLs first",
        };
        sources.push(format!("URLs asked, {first}"));
    }
    if sources.is_empty() { format!("{mode} {scope}") } else { format!("{mode} {scope}; {}", sources.join(", ")) }
}

/// A row a URL.
pub(crate) fn retrieved(attempts: &[Attempt]) -> Table {
    let columns = [
        Column::left("What"),
        Column::left("Result"),
        Column::right("Time"),
        Column::right("Octets"),
        Column::left("From"),
        Column::left("URL"),
    ];
    attempts.iter().fold(Table::new(columns), |table, attempt| {
        let result = match (&attempt.retrieved().outcome, attempt.content()) {
            (Err(failure), _) => format!("failed: {} ({})", failure.cause, failure.stage.word()),
            (Ok(_), Err(_)) => "unreadable".to_owned(),
            (Ok(_), Ok(_)) => "retrieved".to_owned(),
        };
        table.row([
            attempt.wanted.words().to_owned(),
            result,
            time(attempt.retrieved()),
            attempt.retrieved().outcome.as_ref().map_or_else(|_| String::new(), |octets| octets.len().to_string()),
            from(attempt.retrieved()),
            shown(&attempt.retrieved().request.url),
        ])
    })
}

/// Whether the URL was refused before anybody was asked.
fn is_refused(retrieved: &Retrieved) -> bool {
    matches!(&retrieved.outcome, Err(failure) if failure.stage == Stage::Url)
}

pub(crate) fn time(retrieved: &Retrieved) -> String {
    match retrieved.source {
        // Nobody was asked.
        _ if is_refused(retrieved) => String::new(),
        Source::Network if retrieved.outcome.as_ref().is_err_and(|failure| failure.cause == "not-asked") => {
            String::new()
        }
        Source::Network => format!("{} ms", retrieved.elapsed.as_millis()),
        Source::Cache { .. } => String::new(),
    }
}

pub(crate) fn from(retrieved: &Retrieved) -> String {
    match (&retrieved.source, &retrieved.proxy) {
        _ if is_refused(retrieved) => String::new(),
        (Source::Cache { .. }, _) => "cache".to_owned(),
        (Source::Network, Some(proxy)) => format!("network, by {proxy}"),
        (Source::Network, None) => "network".to_owned(),
    }
}

/// Where the URL led, when it led elsewhere, and what the object's form is worth a note for.
pub(crate) fn remarks<'a>(attempts: impl IntoIterator<Item = &'a Attempt>) -> Vec<String> {
    let mut remarks = Vec::new();
    for attempt in attempts {
        let url = shown(&attempt.retrieved().request.url);
        if !attempt.retrieved().redirects.is_empty() {
            let to: Vec<String> = attempt.retrieved().redirects.iter().map(|url| shown(url)).collect();
            remarks.push(format!("{url} redirected to {}", to.join(", then to ")));
        }
        if attempt.is_pem_crl() {
            remarks.push(format!(
                "{url} gives the CRL as PEM, where RFC 5280 §4.2.1.13 demands DER: other software may not read it; tell the CA"
            ));
        }
    }
    remarks
}
