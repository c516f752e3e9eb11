//! What became of a URL.

use certlens_core::finding::Code;

/// What became of a URL, in the words of Windows where it has some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It gave what it is for, and that counts.
    Verified,
    /// It counts, and says that the certificate is revoked.
    Revoked,
    /// Nothing of use came.
    Failed,
    /// What came is out of date.
    Expired,
    /// What came is from after the verification time.
    NotYetValid,
    /// What came is somebody else's.
    WrongIssuer,
    /// Whoever signed the CRL is not at hand.
    IssuerNotFound,
    /// A CRL that is another part than the certificate's.
    NoCommonPoint,
    /// The response is about other certificates.
    DoesNotCover,
    /// The responder does not know the certificate.
    Unknown,
    /// The signature is wrong.
    BadSignature,
    /// What came cannot be used for another reason.
    NotUsable,
    /// Whether it works cannot be seen from here.
    CannotTell,
    /// Something came, and what it is worth depends on an issuer that is not at hand.
    NotJudged,
    /// It was not asked.
    NotAsked,
}

impl Status {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Status::Verified => "Verified",
            Status::Revoked => "Revoked",
            Status::Failed => "Failed",
            Status::Expired => "Expired",
            Status::NotYetValid => "Not yet valid",
            Status::WrongIssuer => "Wrong issuer",
            Status::IssuerNotFound => "Issuer not found",
            Status::NoCommonPoint => "Other partition",
            Status::DoesNotCover => "Does not cover",
            Status::Unknown => "Unknown",
            Status::BadSignature => "Bad signature",
            Status::NotUsable => "Not usable",
            Status::CannotTell => "Cannot tell",
            Status::NotJudged => "Not judged",
            Status::NotAsked => "Not asked",
        }
    }

    /// The word in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Status::Verified => "verified",
            Status::Revoked => "revoked",
            Status::Failed => "failed",
            Status::Expired => "expired",
            Status::NotYetValid => "not_yet_valid",
            Status::WrongIssuer => "wrong_issuer",
            Status::IssuerNotFound => "issuer_not_found",
            Status::NoCommonPoint => "other_partition",
            Status::DoesNotCover => "does_not_cover",
            Status::Unknown => "unknown",
            Status::BadSignature => "bad_signature",
            Status::NotUsable => "not_usable",
            Status::CannotTell => "cannot_tell",
            Status::NotJudged => "not_judged",
            Status::NotAsked => "not_asked",
        }
    }

    /// Whether the URL does what it is there for.
    pub(crate) const fn works(self) -> bool {
        matches!(self, Status::Verified | Status::Revoked)
    }

    /// Whether it is open if it does.
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Status::CannotTell | Status::NotJudged | Status::NotAsked)
    }

    pub(super) const fn of_code(code: Code) -> Status {
        match code {
            Code::CrlExpired | Code::OcspExpired => Status::Expired,
            Code::CrlNotYetValid | Code::OcspNotYetValid => Status::NotYetValid,
            Code::CrlWrongIssuer | Code::OcspNotAuthorised => Status::WrongIssuer,
            Code::CrlIssuerNotFound => Status::IssuerNotFound,
            Code::OcspDoesNotCover => Status::DoesNotCover,
            Code::CrlNoCommonPoint => Status::NoCommonPoint,
            Code::OcspStatusUnknown => Status::Unknown,
            Code::CrlSignatureInvalid | Code::OcspSignatureInvalid => Status::BadSignature,
            _ => Status::NotUsable,
        }
    }
}

/// A status with its reasons.
#[derive(Clone)]
pub(super) struct Judged {
    pub(super) status: Status,
    pub(super) message: Option<String>,
    pub(super) hint: Option<String>,
}

impl Judged {
    pub(super) fn works(status: Status) -> Judged {
        Judged { status, message: None, hint: None }
    }

    pub(super) fn with(status: Status, message: impl Into<String>, hint: impl Into<String>) -> Judged {
        Judged { status, message: Some(message.into()), hint: Some(hint.into()) }
    }
}
