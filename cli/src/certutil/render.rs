//! A verdict in the shapes of `certutil -verify`: fixed English, UTF-8, times in
//! UTC.

use certlens_core::origin::Origin;
use certlens_core::policy::{Purpose, RevocationMode, RevocationScope};
use certlens_core::revocation::{RevocationOutcome, SourceKind, SourceOutcome, SourceResult};
use certlens_core::validation::PathOutcome;
use certlens_core::x509::oid::Oid;
use certlens_core::x509::{Certificate, Crl};
use certlens_fetch::shown;

use super::constants::{self, ERROR_BITS, INFO_BITS};
use super::lines::{Lines, certificate, name_lines};
use super::rows::{self, Section, UrlRow};
use super::status::{self, Chain, Element};
use super::{describe, ending};
use crate::endpoint::Endpoint;
use crate::retrieve::Content;
use crate::verification::{NotRead, Request, Verified};

/// The verdict on one target; `several` when it is not the only one of the run.
pub(crate) fn verdict(verified: &Verified, request: &Request, several: bool) -> String {
    let mut lines = Lines::default();
    header(&mut lines, verified, request);
    match &verified.endpoint {
        Some(endpoint) => lines.line(format!("Endpoint: {}", endpoint.name())),
        None if several => lines.line(format!("File: {}", verified.target.origin)),
        None => {}
    }
    let target = &verified.target.certificate;
    names(&mut lines, target);
    flags(&mut lines, verified);
    if let Some(best) = &verified.verdict.best {
        let chain = Chain::new(best);
        context(&mut lines, &chain);
        for (depth, element) in chain.elements.iter().enumerate() {
            self::element(&mut lines, depth, element, best, verified, request);
        }
        ending::errors(&mut lines, verified, best);
        ending::policies(&mut lines, &chain, best);
    }
    ending::ending(&mut lines, verified);
    lines.0
}

/// An endpoint that presented no certificate.
pub(crate) fn unseen(endpoint: &Endpoint) -> String {
    let mut lines = Lines::default();
    lines.line(format!("Endpoint: {}", endpoint.name()));
    ending::not_usable(&mut lines, endpoint);
    lines.0
}

/// A target that could not be read.
pub(crate) fn not_read(not_read: &NotRead) -> String {
    let mut lines = Lines::default();
    let is_there = not_read.argument == "-" || std::path::Path::new(&not_read.argument).exists();
    ending::failed(
        &mut lines,
        "verify",
        if is_there { constants::ASN1_BADTAG } else { constants::FILE_NOT_FOUND },
        &not_read.failure.message,
    );
    lines.0
}

fn header(lines: &mut Lines, verified: &Verified, request: &Request) {
    let (version, profile) = (env!("CARGO_PKG_VERSION"), verified.policy.profile.name());
    lines.line(format!("computed by certlens {version}, profile {profile} (not Windows' own verdict)"));
    let anchors: Vec<String> = request.trust.sets.iter().map(|(name, count)| format!("{name} ({count})")).collect();
    let anchors = if anchors.is_empty() { "none".to_owned() } else { anchors.join(", ") };
    lines.line(format!("verified at {}; trust anchors: {anchors}; times are in UTC", request.time));
    if verified.policy.revocation.mode == RevocationMode::None {
        lines.line("revocation was not checked: give -urlfetch to check it");
    }
    lines.blank();
}

fn names(lines: &mut Lines, target: &Certificate) {
    for (heading, name) in [("Issuer:", target.issuer()), ("Subject:", target.subject())] {
        lines.line(heading);
        name_lines(lines, &name);
        lines.line(format!("  Name Hash(sha1): {}", describe::sha1(name.raw())));
        if let Some(hash) = describe::md5(name.raw()) {
            lines.line(format!("  Name Hash(md5): {hash}"));
        }
    }
    lines.line(format!("Cert Serial Number: {}", describe::serial(target)));
    lines.blank();
}

/// The flags that are true of this run, and no other.
fn flags(lines: &mut Lines, verified: &Verified) {
    lines.line("dwFlags = CA_VERIFY_FLAGS_DUMP_CHAIN (0x40000000)");
    let revocation = &verified.policy.revocation;
    match (revocation.mode, revocation.scope) {
        (RevocationMode::None, _) => {}
        (_, RevocationScope::EndEntity) => {
            lines.line("ChainFlags = CERT_CHAIN_REVOCATION_CHECK_END_CERT (0x10000000)");
        }
        (_, RevocationScope::Chain) => {
            lines.line("ChainFlags = CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT (0x40000000)");
        }
    }
    let is_tls = verified.policy.purposes.contains(&Purpose::server_auth());
    lines.line(if is_tls { "CERT_CHAIN_POLICY_SSL" } else { "CERT_CHAIN_POLICY_BASE" });
}

fn context(lines: &mut Lines, chain: &Chain<'_>) {
    lines.line("-------- CERT_CHAIN_CONTEXT --------");
    for label in ["ChainContext.dwErrorStatus", "SimpleChain.dwErrorStatus"] {
        let errors = status::lines(label, chain.error, ERROR_BITS);
        if errors.is_empty() {
            lines.line(format!("{label} = 0"));
        }
        errors.iter().for_each(|line| lines.line(line));
        lines.blank();
    }
}

fn element(
    lines: &mut Lines,
    depth: usize,
    element: &Element<'_>,
    best: &PathOutcome,
    verified: &Verified,
    request: &Request,
) {
    let Element { certificate, info, error, purposes } = element;
    lines.line(format!("CertContext[0][{depth}]: dwInfoStatus={info:x} dwErrorStatus={error:x}"));
    self::certificate(lines, certificate);
    status::lines("  Element.dwInfoStatus", *info, INFO_BITS).iter().for_each(|line| lines.line(line));
    status::lines("  Element.dwErrorStatus", *error, ERROR_BITS).iter().for_each(|line| lines.line(line));
    if request.retriever.is_some() {
        urls(lines, &rows::rows(verified, depth, certificate, request.time));
    }
    let found = best.revocation.iter().find(|found| found.depth == depth);
    if let Some(found) = found {
        sources(lines, found, verified, request);
    }
    if depth == 0 {
        for (index, asserted) in best.policies.asserted.iter().enumerate() {
            let policy = constants::named(&Oid::new(&asserted.policy).to_string());
            lines.line(format!("  Issuance[{index}] = {policy}"));
        }
    }
    for (index, purpose) in purposes.iter().flatten().enumerate() {
        lines.line(format!("  Application[{index}] = {}", constants::named(purpose)));
    }
    lines.blank();
}

fn urls(lines: &mut Lines, rows: &[UrlRow]) {
    for section in Section::ALL {
        lines.line(format!("  ----------------  {}  ----------------", section.heading()));
        let mut any = false;
        for row in rows.iter().filter(|row| row.section == section) {
            any = true;
            let sha1 = row.sha1.as_deref().unwrap_or("(null)");
            lines.line(format!("  {} \"{}\" Time: {} {sha1}", row.status, row.label, row.elapsed));
            if let Some(failure) = &row.failure {
                lines.line(format!("    {failure}"));
            }
            match &row.url {
                (Some((place, object)), url) => lines.line(format!("    [{place}.{object}] {url}")),
                (None, url) => lines.line(format!("    {url}")),
            }
        }
        if !any {
            lines.line("  No URLs \"None\" Time: 0 (null)");
        }
        // certutil leaves a line between, but for the last two.
        if matches!(section, Section::Issuer | Section::Crl) {
            lines.blank();
        }
    }
    lines.line("  --------------------------------");
}

/// The CRLs and responses that the answer rests on.
fn sources(lines: &mut Lines, found: &RevocationOutcome, verified: &Verified, request: &Request) {
    let used = found.sources.iter().filter(|source| !matches!(source.result, SourceResult::NotUsed(_)));
    for source in used {
        let crl = crl_of(source, verified, request);
        match (source.kind, crl) {
            (SourceKind::Ocsp, _) => lines.line("    OCSP:"),
            (_, Some(crl)) => {
                let number = rows::number(crl).replace(['(', ')'], "");
                lines.line(format!("    CRL{number}:"));
                lines.line(format!("    Issuer: {}", describe::name(&crl.issuer())));
            }
            (_, None) => lines.line("    CRL:"),
        }
        for (label, time) in [("ThisUpdate", source.this_update), ("NextUpdate", source.next_update)] {
            if let Some(time) = time {
                lines.line(format!("    {label}: {time}"));
            }
        }
        match crl.and_then(Crl::der) {
            Some(der) => lines.line(format!("    CRL: {}", describe::sha1(der))),
            None => lines.line(format!("    From: {}", source.origin)),
        }
    }
}

fn crl_of<'a>(source: &SourceOutcome, verified: &'a Verified, request: &'a Request) -> Option<&'a Crl> {
    let retrieved = verified.attempts.iter().filter_map(|attempt| match attempt.content() {
        Ok(Content::Crl(crl)) => Some((Origin::Url(shown(&attempt.retrieved().request.url)), crl)),
        _ => None,
    });
    let given = request.given.evidence.crls().map(|one| (one.origin.clone(), &one.crl));
    // The newest, when a delta CRL was combined with it.
    retrieved.chain(given).find(|(origin, _)| *origin == source.origin).map(|(_, crl)| crl)
}
