//! What was checked of an object by itself, and what came of it.

use certlens_core::finding::Finding;
use certlens_core::pool::Sourced;
use certlens_core::revocation::Revocation;
use certlens_core::x509::reason::RevocationReason;
use schemars::JsonSchema;
use serde::Serialize;

use super::finding::FindingFacts;
use super::octets::NumberFacts;
use crate::exit::Exit;
use crate::objects::Demand;

/// What objects were judged by.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DemandFacts {
    /// The time to check for, RFC 3339, UTC.
    pub(crate) time: String,
    /// Whether the time was the machine's clock.
    pub(crate) time_is_clock: bool,
    /// Weak algorithms that were allowed.
    pub(crate) allow_weak: Vec<&'static str>,
    /// The issuers that were vouched for.
    pub(crate) issuers: Vec<PartyFacts>,
    /// The certificate in question.
    pub(crate) certificate: Option<PartyFacts>,
    /// Its issuer, when that was at hand.
    pub(crate) certificate_issuer: Option<PartyFacts>,
}

/// A certificate that was given.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PartyFacts {
    /// RFC 4514; a name beyond 500 octets is cut and ends with an ellipsis.
    pub(crate) subject: String,
    /// Serial number, hexadecimal.
    pub(crate) serial: String,
    /// SHA-256 of the certificate.
    pub(crate) sha256: String,
    /// Where it came from.
    pub(crate) origin: String,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CheckFacts {
    /// `form`, `freshness`, `signature`, `serial` or `certificate`.
    pub(crate) check: &'static str,
    /// What came of it.
    pub(crate) result: CheckResult,
    /// The result as a sentence.
    pub(crate) message: String,
    /// The code of the finding, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CheckResult {
    /// In order.
    Passed,
    /// Not in order.
    Failed,
    /// Asked for, and what was given does not suffice.
    Indeterminate,
    /// Not asked for.
    NotChecked,
}

/// When and why a certificate was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct RevocationFacts {
    /// When, RFC 3339.
    pub(crate) time: String,
    /// The reason's name (RFC 5280 §5.3.1), when one was given that has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'static str>,
    /// The reason's number, when one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason_code: Option<u8>,
    /// Since when the certificate is thought to be invalid, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invalidity_date: Option<String>,
}

/// What an object says about the certificate in question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StatusFacts {
    /// `not_revoked`, `revoked`, `revoked_later` (after the time checked for) or `unknown`.
    pub(crate) status: &'static str,
    /// Whether it was verified that the one who may say so said so.
    pub(crate) verified: bool,
    /// When and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revocation: Option<RevocationFacts>,
}

/// An object that cannot be read.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RefusedObjectFacts {
    /// Where it came from.
    pub(crate) origin: String,
    /// Why it cannot be read, with the offset.
    pub(crate) message: String,
}

/// The checks of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct JudgementFacts {
    /// The checks.
    pub(crate) checks: Vec<CheckFacts>,
    /// What it says about the certificate in question, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<StatusFacts>,
    /// What was found out.
    pub(crate) findings: Vec<FindingFacts>,
}

impl PartyFacts {
    pub(crate) fn new(sourced: &Sourced) -> Self {
        PartyFacts {
            subject: sourced.certificate.subject().brief(),
            serial: NumberFacts::new(sourced.certificate.serial()).hex,
            sha256: sourced.certificate.id().to_string(),
            origin: sourced.origin.to_string(),
        }
    }
}

impl From<&Demand> for DemandFacts {
    fn from(demand: &Demand) -> Self {
        DemandFacts {
            time: demand.time.to_string(),
            time_is_clock: demand.time_is_clock,
            allow_weak: demand.policy.allow_weak.iter().map(|kind| kind.name()).collect(),
            issuers: demand.issuers.iter().map(PartyFacts::new).collect(),
            certificate: demand.certificate.as_ref().map(PartyFacts::new),
            certificate_issuer: demand.issuer.as_ref().map(PartyFacts::new),
        }
    }
}

impl RevocationFacts {
    pub(crate) fn new(revocation: &Revocation) -> Self {
        RevocationFacts {
            time: revocation.time.to_string(),
            reason: revocation.reason.and_then(|code| RevocationReason(code).name()),
            reason_code: revocation.reason,
            invalidity_date: revocation.invalidity_date.map(|date| date.to_string()),
        }
    }

    /// `revoked on …, reason …`
    pub(crate) fn sentence(&self) -> String {
        let reason = match (self.reason, self.reason_code) {
            (Some(name), _) => name.to_owned(),
            (None, Some(code)) => format!("{code}, which is not defined"),
            (None, None) => "not given".to_owned(),
        };
        let since = self.invalidity_date.as_ref();
        let since = since.map_or_else(String::new, |date| format!(", thought to be invalid since {date}"));
        format!("revoked on {}, reason {reason}{since}", self.time)
    }
}

impl JudgementFacts {
    /// Notes a check that passed.
    pub(crate) fn pass(&mut self, check: &'static str, message: impl Into<String>) {
        self.push(check, CheckResult::Passed, message.into(), None);
    }

    /// Notes a check that was not asked for.
    pub(crate) fn skip(&mut self, check: &'static str, message: impl Into<String>) {
        self.push(check, CheckResult::NotChecked, message.into(), None);
    }

    /// Notes a check that failed, or could not be made though it was asked for.
    pub(crate) fn find(&mut self, check: &'static str, result: CheckResult, finding: &Finding) {
        self.push(check, result, finding.message.clone(), Some(finding.code.name()));
        let facts = FindingFacts::new(finding);
        // What is wrong with the object is also why it says nothing about the certificate.
        if !self.findings.iter().any(|known| known.code == facts.code && known.message == facts.message) {
            self.findings.push(facts);
        }
    }

    /// Notes how a check came out.
    pub(crate) fn note(
        &mut self,
        check: &'static str,
        result: Result<(), Box<Finding>>,
        passed: impl FnOnce() -> String,
    ) {
        match result {
            Ok(()) => self.pass(check, passed()),
            Err(finding) => self.find(check, CheckResult::Failed, &finding),
        }
    }

    fn push(&mut self, check: &'static str, result: CheckResult, message: String, code: Option<&'static str>) {
        self.checks.push(CheckFacts { check, result, message, code });
    }

    /// Whether a check with this name has this result.
    pub(crate) fn is(&self, name: &str, result: CheckResult) -> bool {
        self.checks.iter().any(|check| check.check == name && check.result == result)
    }

    /// The first check with this result.
    pub(crate) fn first(&self, result: CheckResult) -> Option<&CheckFacts> {
        self.checks.iter().find(|check| check.result == result)
    }

    pub(crate) fn exit(&self) -> Exit {
        if self.first(CheckResult::Failed).is_some() {
            Exit::Failed
        } else if self.first(CheckResult::Indeterminate).is_some() {
            Exit::Indeterminate
        } else {
            Exit::Success
        }
    }

    /// What the exit code says, as a word.
    pub(crate) fn status(&self) -> &'static str {
        match self.exit() {
            Exit::Success => "passed",
            Exit::Indeterminate => "indeterminate",
            Exit::Failed | Exit::Unusable | Exit::Internal => "failed",
        }
    }
}
