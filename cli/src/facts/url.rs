//! The facts of `certlens url`.

use certlens_core::x509::Certificate;
use certlens_fetch::shown;
use schemars::JsonSchema;
use serde::Serialize;

use crate::exit::Exit;
use crate::facts::finding::FindingFacts;
use crate::facts::revocation::RetrievedFacts;
use crate::retrieve::{Content, to_open};
use crate::url::{Lone, Reached, Row, Rule};
use crate::verification::{NotRead, Request};

/// The report of `certlens url`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct UrlReport {
    /// Always `certlens/url/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// The exit code of the run.
    exit_code: u8,
    /// Verification time, RFC 3339, UTC.
    time: String,
    /// One result a chain.
    chains: Vec<ChainFacts>,
    /// URLs that were given as such.
    urls: Vec<LoneFacts>,
    /// Targets that could not be read.
    not_read: Vec<NotReadFacts>,
    /// Findings about trust anchors and intermediates given.
    findings: Vec<FindingFacts>,
}

/// A target that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
struct NotReadFacts {
    /// The argument.
    target: String,
    /// Why.
    message: String,
    /// What to do.
    hint: Option<String>,
}

/// One chain with its URLs.
#[derive(Debug, Serialize, JsonSchema)]
struct ChainFacts {
    /// Where the target came from.
    target: String,
    /// `works`, `fails`, `cannot_tell` or `not_applicable` (nothing that has to be reached is
    /// listed).
    answer: &'static str,
    /// `one_of_each` (one URL of a kind is enough) or `every`.
    rule: &'static str,
    /// Whether the chain ends in a trust anchor.
    reaches_anchor: bool,
    /// Where the chain is broken: the next certificate did not issue this one, and nothing above is asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<BrokenFacts>,
    /// The certificates that are revoked, by any of the sources.
    revoked: Vec<RevokedFacts>,
    /// The certificates, the target first; a trust anchor is not among them.
    certificates: Vec<MemberFacts>,
    /// The URLs, in the order of the certificates.
    urls: Vec<RowFacts>,
    /// Hosts and ports that were not reached.
    to_open: Vec<String>,
    /// Findings about the target's file.
    findings: Vec<FindingFacts>,
}

/// Where a chain is broken.
#[derive(Debug, Serialize, JsonSchema)]
struct BrokenFacts {
    /// Place of the certificate that the next one did not issue, 0 being the target.
    depth: usize,
    /// Why.
    message: String,
}

/// A certificate that is revoked.
#[derive(Debug, Serialize, JsonSchema)]
struct RevokedFacts {
    /// Place in the chain, 0 being the target.
    depth: usize,
    /// When, RFC 3339.
    time: String,
    /// Why, by its name in RFC 5280 §5.3.1.
    reason: &'static str,
    /// Where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

/// What the rule says of one certificate.
#[derive(Debug, Serialize, JsonSchema)]
struct MemberFacts {
    /// Place in the chain, 0 being the target.
    depth: usize,
    /// RFC 4514, cut after 500 octets.
    subject: String,
    /// SHA-256 of the certificate.
    sha256: String,
    /// Whether its issuer can be retrieved: `works`, `fails`, `cannot_tell`, `not_applicable`.
    issuer: &'static str,
    /// Whether its revocation can be checked, by the same words.
    revocation: &'static str,
}

/// One URL of one certificate.
#[derive(Debug, Serialize, JsonSchema)]
struct RowFacts {
    /// The certificate's place in the chain.
    depth: usize,
    /// `issuer`, `crl`, `delta_crl` or `ocsp`.
    kind: &'static str,
    /// The URL, without user name and password; not there when the certificate lists a source without a URL that
    /// can be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// `verified`, `revoked`, `failed`, `expired`, `not_yet_valid`, `wrong_issuer`, `issuer_not_found`,
    /// `other_partition`, `does_not_cover`, `unknown`, `bad_signature`, `not_usable`, `cannot_tell`, `not_judged` (its
    /// worth depends on an issuer that is not at hand) or `not_asked`.
    status: &'static str,
    /// Why it is not verified, or what else is to be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Until when what came counts, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<String>,
    /// How asking went.
    #[serde(skip_serializing_if = "Option::is_none")]
    retrieved: Option<RetrievedFacts>,
}

/// A URL that was given as such.
#[derive(Debug, Serialize, JsonSchema)]
struct LoneFacts {
    /// `retrieved`, `expired`, `failed` or `cannot_tell`.
    status: &'static str,
    /// What is there, or why it is not known.
    message: String,
    /// How asking went.
    retrieved: RetrievedFacts,
}

impl UrlReport {
    pub(crate) const SCHEMA: &'static str = "certlens/url/1";

    pub(crate) fn new(
        request: &Request,
        reached: &[Reached],
        lone: &[Lone],
        not_read: &[NotRead],
        exit: Exit,
    ) -> UrlReport {
        UrlReport {
            schema: Self::SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            exit_code: exit.code(),
            time: request.time.to_string(),
            chains: reached.iter().map(ChainFacts::from).collect(),
            urls: lone
                .iter()
                .map(|one| LoneFacts {
                    status: status(one, request),
                    message: describe(one),
                    retrieved: RetrievedFacts::from(&one.retrieved),
                })
                .collect(),
            not_read: not_read
                .iter()
                .map(|one| NotReadFacts {
                    target: one.argument.clone(),
                    message: one.failure.message.clone(),
                    hint: one.failure.advice.clone(),
                })
                .collect(),
            findings: FindingFacts::all(request.trust.findings.iter().chain(&request.findings)),
        }
    }
}

fn status(one: &Lone, request: &Request) -> &'static str {
    match one.exit(request.time) {
        Exit::Success => "retrieved",
        Exit::Indeterminate => "cannot_tell",
        _ if one.content.is_ok() => "expired",
        _ => "failed",
    }
}

/// What is at a URL, in words.
pub(crate) fn describe(one: &Lone) -> String {
    match &one.content {
        Err(message) => message.clone(),
        Ok(Content::Crl(crl)) => {
            let until = crl.next_update().map_or_else(String::new, |next| format!(", next update {}", next.time));
            let kind = if crl.is_delta() { "delta CRL" } else { "CRL" };
            format!("{kind} of {}, {} entries, of {}{until}", crl.issuer().brief(), crl.count(), crl.this_update().time)
        }
        Ok(Content::Certificates(certificates)) => {
            let names: Vec<String> = certificates.iter().take(5).map(|one| one.subject().brief()).collect();
            match certificates.len() {
                1 => format!("certificate of {}", names.join("")),
                count => format!("{count} certificates: {}", names.join("; ")),
            }
        }
        Ok(Content::Ocsp { .. }) => "OCSP response".to_owned(),
    }
}

impl From<&Reached> for ChainFacts {
    fn from(reached: &Reached) -> Self {
        let path = reached.verified.verdict.best.as_ref().map(|best| &best.path);
        let certificate = |depth: usize| -> Option<&Certificate> {
            path.and_then(|path| path.certificates.get(depth)).map(|sourced| &sourced.certificate)
        };
        let retrieved = reached.rows.iter().filter_map(|row| row.attempt.as_ref()).map(|attempt| attempt.retrieved());
        ChainFacts {
            target: reached.verified.target.origin.to_string(),
            answer: reached.reach.answer.name(),
            rule: match reached.reach.rule {
                Rule::OneOfEach => "one_of_each",
                Rule::Every => "every",
            },
            reaches_anchor: reached.broken.is_none() && path.is_some_and(|path| path.anchor().is_some()),
            broken: reached.broken.as_ref().map(|edge| BrokenFacts { depth: edge.depth, message: edge.why.clone() }),
            revoked: reached
                .revoked
                .iter()
                .map(|one| RevokedFacts {
                    depth: one.depth,
                    time: one.revocation.time.to_string(),
                    reason: one.revocation.reason_name(),
                    origin: one.origin.as_ref().map(ToString::to_string),
                })
                .collect(),
            certificates: reached
                .reach
                .members
                .iter()
                .filter_map(|member| {
                    let certificate = certificate(member.depth)?;
                    Some(MemberFacts {
                        depth: member.depth,
                        subject: certificate.subject().brief(),
                        sha256: certificate.id().to_string(),
                        issuer: member.issuer.name(),
                        revocation: member.revocation.name(),
                    })
                })
                .collect(),
            urls: reached.rows.iter().map(RowFacts::from).collect(),
            to_open: to_open(retrieved),
            findings: FindingFacts::all(&reached.verified.findings),
        }
    }
}

impl From<&Row> for RowFacts {
    fn from(row: &Row) -> Self {
        RowFacts {
            depth: row.depth,
            kind: row.wanted.name(),
            url: row.url.as_deref().map(shown),
            status: row.status.name(),
            message: row.message.clone(),
            hint: row.hint.clone(),
            valid_to: row.valid_to.map(|time| time.to_string()),
            retrieved: row.attempt.as_ref().map(|attempt| RetrievedFacts::from(attempt.retrieved())),
        }
    }
}
