//! The answer: trusted, untrusted, or not to be decided with what is at hand.

use crate::finding::{Code, Finding, Severity};
use crate::revocation::Need;
use crate::validation::PathOutcome;

/// The three answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A path to a trust anchor satisfies the policy.
    Trusted,
    /// No path does.
    Untrusted,
    /// Evidence is missing, or a limit ended the work before it was done.
    Indeterminate,
}

/// The answer with its grounds.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The answer.
    pub status: Status,
    /// The path that decided: the trusted one, or the one that came nearest.
    pub best: Option<PathOutcome>,
    /// Other paths that were tried, in the order of trying; those that came
    /// nearest, when there are more than are kept.
    pub others: Vec<PathOutcome>,
    /// How many more were tried.
    pub others_dropped: usize,
    /// Findings about the run as a whole.
    pub findings: Vec<Finding>,
    /// Signatures verified.
    pub signatures: usize,
    /// Whether something is wrong with the target that is so on every path.
    pub target_is_refused: bool,
    /// What may change the answer, and where it may be had.
    pub needs: Vec<Need>,
}

impl Verdict {
    /// The finding that decided: of those that refuse, the gravest, and of
    /// these the one nearest to the target; `None` when none refuses.
    pub fn reason(&self) -> Option<&Finding> {
        self.errors().into_iter().next()
    }

    /// All findings that refuse, the gravest first.
    pub fn errors(&self) -> Vec<&Finding> {
        let mut errors: Vec<&Finding> =
            self.all_findings().filter(|finding| finding.severity == Severity::Error).collect();
        errors.sort_by_key(|finding| {
            (gravity(finding.code), finding.locus.certificate.and_then(|certificate| certificate.depth))
        });
        errors
    }

    /// All findings that count for the verdict: those of the run and of the
    /// deciding path.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.best.iter().flat_map(|outcome| outcome.findings.iter()))
    }
}

/// The order in which findings matter to a reader: what makes the others idle
/// comes first. A certificate whose signature is wrong is nobody's, whatever
/// its names are.
fn gravity(code: Code) -> u8 {
    match code {
        Code::TrustStoreEmpty | Code::BudgetExhausted => 0,
        Code::SignatureInvalid | Code::SignatureNotVerifiable | Code::NameNotChained => 1,
        Code::Revoked
        | Code::IssuerNotFound
        | Code::SelfSignedNotAnchored
        | Code::AnchorNotTrusted
        | Code::PathTooLong
        | Code::PathLoop => 2,
        Code::NotDer
        | Code::NotDerTolerated
        | Code::SerialNotPositive
        | Code::SerialTooLong
        | Code::GeneralizedTimeEarly
        | Code::VersionInvalid
        | Code::IssuerEmpty
        | Code::SubjectEmpty
        | Code::ExtensionDuplicate
        | Code::ExtensionMalformed
        | Code::SignatureAlgorithmMismatch
        | Code::KeyMalformed
        | Code::Precertificate
        | Code::CertificateUnreadable => 3,
        Code::Expired | Code::NotYetValid | Code::ValidityEmpty => 4,
        Code::IssuerNotCa
        | Code::NameConstraintMalformed
        | Code::PolicyMappingInvalid
        | Code::PathLengthExceeded
        | Code::KeyUsageNoCertSign
        | Code::CriticalExtensionUnknown
        | Code::ExtensionNotProcessed => 5,
        Code::SignatureSha1
        | Code::SignatureMd5
        | Code::SignatureAlgorithmRefused
        | Code::KeyRsaTooSmall
        | Code::KeyDsa
        | Code::KeyRefused => 6,
        Code::NameNotPermitted
        | Code::NameExcluded
        | Code::NameConstraintNotSupported
        | Code::PolicyNotValid
        | Code::PurposeNotAllowed
        | Code::KeyUsageNotForPurpose
        | Code::WebEkuMissing => 7,
        Code::NameMismatch
        | Code::WebSanMissing
        | Code::RevocationUnknown
        | Code::RevocationOffline
        | Code::StapleMissing => 8,
        Code::ExtensionCriticality
        | Code::SubjectKeyIdentifierMissing
        | Code::AuthorityKeyIdentifierMissing
        | Code::AuthorityKeyIdentifierForm
        | Code::CertSignWithoutCa
        | Code::CaWithoutCertSign
        | Code::CaKeyUsageMissing
        | Code::PathLengthWithoutCa
        | Code::NameConstraintsInEndEntity
        | Code::PolicyDuplicate
        | Code::WebEkuForbidden
        | Code::WebSanMalformed
        | Code::WebInternalName
        | Code::WebSanKind
        | Code::WebWildcard
        | Code::WebCommonName
        | Code::WebTargetIsCa => 9,
        Code::TrustedByMozilla
        | Code::ChainOrder
        | Code::ServerChainOrder
        | Code::ServerChainIncomplete
        | Code::ServerChainSurplus
        | Code::ServerChainAnchor
        | Code::ServerReplaced
        | Code::ServerChainTooLong
        | Code::ServerCertificateBroken
        | Code::ServerKeyUnproven
        | Code::ServerKeyWrong
        | Code::ServerTlsOld
        | Code::StapleUnreadable
        | Code::LocalhostUnresolved
        | Code::LocalhostElsewhere
        | Code::InputIgnored
        | Code::TrustSetPurpose
        | Code::NameConstraintLeadingDot
        | Code::KeyIdentifierMismatch
        | Code::RevokedLater
        | Code::CrlUnreadable
        | Code::CrlNotDer
        | Code::CrlMalformed
        | Code::CrlNumberMissing
        | Code::CrlExtensionNotProcessed
        | Code::CrlWrongIssuer
        | Code::CrlDoesNotCover
        | Code::CrlNoCommonPoint
        | Code::CrlReasonsPartial
        | Code::CrlIssuerNotFound
        | Code::CrlIssuerNotValid
        | Code::CrlIssuerStatusUnknown
        | Code::CrlIssuerNoCrlSign
        | Code::CrlSignatureInvalid
        | Code::CrlAlgorithmRefused
        | Code::CrlExpired
        | Code::CrlNotYetValid
        | Code::CrlNextUpdateMissing
        | Code::DeltaCrlNotUsable
        | Code::OcspUnreadable
        | Code::OcspNotDer
        | Code::OcspUnsuccessful
        | Code::OcspMalformed
        | Code::OcspDoesNotCover
        | Code::OcspStatusUnknown
        | Code::OcspNotAuthorised
        | Code::OcspResponderNotValid
        | Code::OcspSignatureInvalid
        | Code::OcspAlgorithmRefused
        | Code::OcspExpired
        | Code::OcspNotYetValid
        | Code::OcspExtensionNotProcessed
        | Code::OcspNonceMismatch
        | Code::SourceNotRetrieved => 10,
    }
}
