//! What the text says about revocation and retrieval.

use std::collections::HashSet;

use certlens_core::policy::{PreferredSource, RevocationMode, RevocationScope};
use certlens_core::revocation::{RevocationOutcome, RevocationStatus, SourceKind, SourceOutcome, SourceResult};
use certlens_core::validation::PathOutcome;
use certlens_fetch::{Failure, Retrieved, Source, Stage, shown};
use certlens_report::{Column, Table};

use crate::retrieve::{Attempt, Content, Wanted};
use crate::verification::{Request, Verified};

/// What stands behind the verdict in brackets.
pub(crate) fn in_brackets(verified: &Verified, request: &Request) -> String {
    let Some(best) = &verified.verdict.best else { return not_checked(request) };
    if best.revocation.is_empty() {
        return not_checked(request);
    }
    let count = |is: fn(&RevocationStatus) -> bool| best.revocation.iter().filter(|found| is(&found.status)).count();
    let revoked = count(|status| matches!(status, RevocationStatus::Revoked(_)));
    let unknown = count(|status| matches!(status, RevocationStatus::Unknown));
    let later = count(|status| matches!(status, RevocationStatus::RevokedLater(_)));
    let alone = request.policy.revocation.scope == RevocationScope::EndEntity && best.path.certificates.len() > 1;
    match (revoked, unknown, later) {
        (1.., _, _) => "revoked".to_owned(),
        (0, 0, 0) if alone => "target not revoked, CAs not checked".to_owned(),
        (0, 0, 0) => "not revoked".to_owned(),
        (0, 0, _) => "revoked later".to_owned(),
        (0, unknown, _) if unknown == best.revocation.len() => "revocation not known".to_owned(),
        (0, unknown, _) => format!("revocation not known for {unknown} of {}", best.revocation.len()),
    }
}

fn not_checked(request: &Request) -> String {
    match request.policy.revocation.mode {
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
    Some(match &source.combined {
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
pub(crate) fn demanded(request: &Request) -> String {
    let policy = &request.policy.revocation;
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

pub(crate) fn wanted(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Issuer => "AIA",
        Wanted::Ocsp => "OCSP",
        Wanted::Crl => "CRL",
        Wanted::DeltaCrl => "delta CRL",
    }
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
            wanted(attempt.wanted).to_owned(),
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

/// Hosts and ports that were not reached, for whoever keeps the firewall; not those
/// that answered another URL.
pub(crate) fn to_open<'a>(retrieved: impl Iterator<Item = &'a Retrieved> + Clone) -> Vec<String> {
    let answered: HashSet<String> = retrieved
        .clone()
        .filter(|one| one.source == Source::Network && (one.outcome.is_ok() || one.status.is_some()))
        .filter_map(|one| host_and_port(one.redirects.last().unwrap_or(&one.request.url)))
        .collect();
    let mut hosts = Vec::new();
    for one in retrieved {
        let Err(failure) = &one.outcome else { continue };
        if !looks_blocked(failure) {
            continue;
        }
        if let Some(host) = host_and_port(one.redirects.last().unwrap_or(&one.request.url))
            && !hosts.contains(&host)
            && !answered.contains(&host)
        {
            hosts.push(host);
        }
    }
    hosts
}

/// Whether the failure is one that a firewall makes: no way to the host, no answer, a
/// refusal. A name that is not known, and a server that answers something else or
/// nothing, are not mended by opening anything.
fn looks_blocked(failure: &Failure) -> bool {
    let causes = ["timed-out", "unreachable", "connection-refused", "connection-reset"];
    failure.stage == Stage::Connect && causes.contains(&failure.cause)
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
        if is_pem_crl(attempt) {
            remarks.push(format!(
                "{url} gives the CRL as PEM, where RFC 5280 §4.2.1.13 demands DER: other software may not read it; tell the CA"
            ));
        }
    }
    remarks
}

/// Whether a CRL came in another form than DER, which begins with the tag of a SEQUENCE.
pub(crate) fn is_pem_crl(attempt: &Attempt) -> bool {
    let is_der = attempt.retrieved().outcome.as_ref().is_ok_and(|octets| octets.first() == Some(&0x30));
    !is_der && matches!(attempt.content(), Ok(Content::Crl(_)))
}

/// Host and port of a URL as a firewall rule has them.
pub(crate) fn host_and_port(url: &str) -> Option<String> {
    let url = shown(url);
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let bare = authority.rsplit_once(']').map_or(authority, |(_, port)| port);
    if bare.contains(':') {
        return Some(authority.to_owned());
    }
    let port = match scheme.to_ascii_lowercase().as_str() {
        "https" => 443,
        "ldap" => 389,
        "ldaps" => 636,
        _ => 80,
    };
    Some(format!("{authority}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::host_and_port;

    #[test]
    fn firewall_rules_have_host_and_port() {
        for (url, rule) in [
            ("http://crl.example.com/ca.crl", Some("crl.example.com:80")),
            ("https://crl.example.com", Some("crl.example.com:443")),
            ("http://crl.example.com:8080/x", Some("crl.example.com:8080")),
            ("http://[2001:db8::1]/x", Some("[2001:db8::1]:80")),
            ("http://[2001:db8::1]:81/x", Some("[2001:db8::1]:81")),
            ("ldap://dc.example.com/CN=x?a", Some("dc.example.com:389")),
            ("http://user:secret@host/", Some("host:80")),
            ("ldap:///CN=x", None),
            ("nonsense", None),
        ] {
            assert_eq!(host_and_port(url).as_deref(), rule, "{url}");
        }
    }
}
