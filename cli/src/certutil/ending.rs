//! What stands below the chain: what is wrong, and the verdict.

use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::path::PathEnd;
use certlens_core::policy::RevocationMode;
use certlens_core::revocation::{Revocation, RevocationStatus};
use certlens_core::validation::PathOutcome;
use certlens_core::verdict::Status;
use certlens_core::x509::oid::{Oid, oids};

use super::constants::{self, GENERIC_FAILURE};
use super::describe;
use super::lines::{self, Lines};
use super::status::{self, Chain};
use crate::endpoint::Endpoint;
use crate::exit::Exit;
use crate::target::is_ca;
use crate::verification::Verified;

/// The most errors that are shown; `certlens verify` shows all.
const MAX_ERRORS: usize = 16;

const RULE: &str = "------------------------------------";

/// What Windows calls a finding.
fn hresult(finding: &Finding, best: Option<&PathOutcome>) -> u32 {
    let depth = finding.locus.certificate.and_then(|certificate| certificate.depth);
    let is_offline = best.zip(depth).is_some_and(|(best, depth)| status::is_offline(best, depth));
    let code = match finding.code {
        Code::RevocationUnknown if is_offline => Code::RevocationOffline,
        code => code,
    };
    code.entry().windows.map(|windows| windows.hresult).filter(|code| *code != 0).unwrap_or(GENERIC_FAILURE)
}

/// `TEXT 0x800b0101 (-2146762495 CERT_E_EXPIRED)`.
fn sentence(hresult: u32) -> String {
    format!("{} {}", constants::text(hresult).unwrap_or_default(), constants::code(hresult))
}

/// Each error with the certificate that it is about.
pub(super) fn errors(lines: &mut Lines, verified: &Verified, best: &PathOutcome) {
    let errors = verified.verdict.errors();
    let mut at = None;
    for (index, finding) in errors.iter().take(MAX_ERRORS).enumerate() {
        let depth = finding.locus.certificate.and_then(|certificate| certificate.depth);
        if let (Code::IssuerNotFound, PathEnd::NoIssuer(_)) = (finding.code, &best.path.end)
            && let Some(last) = best.path.certificates.last()
        {
            lines.line(format!("Missing Issuer: {}", describe::name(&last.certificate.issuer())));
        }
        let certificate = depth.and_then(|depth| best.path.certificate(depth));
        if let Some(certificate) = certificate.filter(|_| index == 0 || depth != at) {
            lines::certificate(lines, certificate);
        }
        at = depth;
        lines.line(sentence(hresult(finding, Some(best))));
        lines.line(format!("  certlens: {}: {}", finding.code.name(), finding.message));
    }
    if errors.len() > MAX_ERRORS {
        lines.line(format!("  and {} more, which certlens verify shows", errors.len() - MAX_ERRORS));
    }
    lines.line(RULE);
    match &best.path.end {
        PathEnd::NoIssuer(_) | PathEnd::Loop(_) | PathEnd::NotFollowed(_) => {
            lines.line("Incomplete certificate chain");
            if let (PathEnd::NoIssuer(_), Some(last)) = (&best.path.end, best.path.certificates.last()) {
                lines.line("Cannot find certificate:");
                lines::name_lines(lines, &last.certificate.issuer());
            }
        }
        PathEnd::SelfSigned(_) => lines.line("Verifies against UNTRUSTED root"),
        PathEnd::Anchor(_) | PathEnd::TargetIsAnchor(_) => {}
    }
}

/// What the chain is good for, when it is good.
pub(super) fn policies(lines: &mut Lines, chain: &Chain<'_>, best: &PathOutcome) {
    if !best.is_trusted() && !best.is_undetermined() {
        return;
    }
    let issuance = &best.policies.user_constrained;
    let any = issuance.contains(oids::ANY_POLICY.as_bytes());
    let issuance: Vec<String> = issuance.iter().map(|policy| Oid::new(policy).to_string()).collect();
    list(lines, "Verified Issuance Policies:", (!any).then_some(issuance.as_slice()));
    list(lines, "Verified Application Policies:", chain.purposes());
}

fn list(lines: &mut Lines, heading: &str, values: Option<&[String]>) {
    match values {
        None => lines.line(format!("{heading} All")),
        Some([]) => lines.line(format!("{heading} None")),
        Some(values) => {
            lines.line(heading);
            values.iter().for_each(|value| lines.line(format!("    {}", constants::named(value))));
        }
    }
}

/// What kind of certificate it is, its revocation, and the verdict.
pub(super) fn ending(lines: &mut Lines, verified: &Verified) {
    let target = &verified.target.certificate;
    lines.line(if is_ca(target) { "Cert is a CA certificate" } else { "Cert is an End Entity certificate" });
    revocation(lines, verified);
    let verdict = &verified.verdict;
    match (verdict.status, verdict.reason()) {
        (Status::Trusted, _) => match &verified.endpoint {
            // The certificate is trusted, and clients get no further all the same.
            Some(endpoint) if endpoint.exit() != Exit::Success => not_usable(lines, endpoint),
            _ => lines.line("CertUtil: -verify command completed successfully."),
        },
        (Status::Untrusted | Status::Indeterminate, Some(finding)) => {
            let hresult = hresult(finding, verdict.best.as_ref());
            let text = match constants::text(hresult).filter(|_| hresult != GENERIC_FAILURE) {
                Some(text) => text.to_owned(),
                None => format!("{} ({})", finding.message, finding.code.name()),
            };
            failed(lines, "verify", hresult, &text);
        }
        (Status::Untrusted | Status::Indeterminate, None) => {
            failed(lines, "verify", GENERIC_FAILURE, "Generic trust failure.")
        }
    }
}

/// The last lines about an endpoint of which something else is wrong than its certificate.
pub(super) fn not_usable(lines: &mut Lines, endpoint: &Endpoint) {
    let failure = endpoint.probe.failure.as_ref();
    let wrong = endpoint.findings.iter().find(|finding| finding.severity == Severity::Error);
    let message = failure.map(|failure| failure.message.as_str()).or(wrong.map(|finding| finding.message.as_str()));
    let code = failure.and_then(|failure| failure.windows.first()).copied();
    // A Winsock or WinHTTP error as HRESULT_FROM_WIN32 has it.
    let hresult = code.map_or(GENERIC_FAILURE, |code| if code > 0xffff { code } else { 0x8007_0000 | code });
    failed(lines, "verify", hresult, message.unwrap_or("it presented no certificate"));
}

/// The last lines of a run that did not end well.
pub(super) fn failed(lines: &mut Lines, verb: &str, hresult: u32, text: &str) {
    lines.line(format!("CertUtil: -{verb} command FAILED: {}", constants::code(hresult)));
    lines.line(format!("CertUtil: {text}"));
}

fn reason(revocation: &Revocation) -> String {
    format!("(Reason={})", revocation.reason.unwrap_or(0))
}

fn revocation(lines: &mut Lines, verified: &Verified) {
    let best = verified.verdict.best.as_ref();
    let found = best.map(|best| best.revocation.as_slice()).unwrap_or_default();
    for one in found.iter().filter(|one| one.depth > 0) {
        let whose = best.and_then(|best| best.path.certificate(one.depth));
        let whose = whose.map(|certificate| describe::name(&certificate.subject())).unwrap_or_default();
        match &one.status {
            RevocationStatus::Good => {}
            RevocationStatus::Revoked(revocation) => {
                lines.line(format!("CA certificate is REVOKED {}: {whose}", reason(revocation)));
            }
            RevocationStatus::RevokedLater(revocation) => {
                lines.line(format!("CA certificate was REVOKED later, on {}: {whose}", revocation.time));
            }
            RevocationStatus::Unknown => lines.line(format!("CA certificate revocation is not known: {whose}")),
        }
    }
    let Some(leaf) = found.iter().find(|one| one.depth == 0) else {
        let is_anchor = best.is_some_and(|best| matches!(best.path.end, PathEnd::TargetIsAnchor(_)));
        lines.line(match verified.policy.revocation.mode {
            RevocationMode::None => "Revocation check skipped -- not asked for",
            _ if is_anchor => "Revocation check skipped -- a trust anchor",
            _ => "Revocation check skipped -- the chain is not valid without it",
        });
        return;
    };
    let code_of = |wanted: &[Code]| {
        let findings = best.into_iter().flat_map(|best| &best.findings);
        let mut at_leaf = findings.filter(|finding| finding.locus.certificate.and_then(|one| one.depth) == Some(0));
        at_leaf.find(|finding| wanted.contains(&finding.code)).map(|finding| hresult(finding, best))
    };
    let failure = match &leaf.status {
        RevocationStatus::Good => {
            lines.line("Leaf certificate revocation check passed");
            None
        }
        RevocationStatus::RevokedLater(revocation) => {
            lines.line(format!("Leaf certificate was REVOKED later {}, on {}", reason(revocation), revocation.time));
            None
        }
        RevocationStatus::Revoked(revocation) => {
            lines.line(format!("Leaf certificate is REVOKED {}", reason(revocation)));
            code_of(&[Code::Revoked])
        }
        RevocationStatus::Unknown => {
            let is_offline = best.is_some_and(|best| status::is_offline(best, 0));
            lines.line(match is_offline {
                true => "Revocation check skipped -- server offline",
                false => "Revocation check skipped -- no revocation information available",
            });
            code_of(&[Code::RevocationOffline, Code::RevocationUnknown])
        }
    };
    if let Some(hresult) = failure {
        lines.blank();
        lines.line(format!("ERROR: Verifying leaf certificate revocation status returned {}", sentence(hresult)));
        lines.line(format!("CertUtil: {}", constants::text(hresult).unwrap_or_default()));
        lines.blank();
    }
}
