//! The demands that every product has before its own.

use super::{CertificateFacts, Check, Demand, Repair, Subject, Weight};
use crate::judgement::Outcome;
use crate::provider::Confidence;

pub(super) static COMMON: [Demand; 2] = [
    Demand {
        code: "file",
        what: "the file and all that is in it can be read",
        weight: Weight::Must,
        check: Check::Whole,
        confidence: Confidence::Documented,
        source: "RFC 7292 §4, §5",
        // The subject says what to do.
        repair: Repair::Words("export the file again"),
    },
    Demand {
        code: "certificate",
        what: "there is an end-entity certificate",
        weight: Weight::Must,
        check: Check::Certificate,
        confidence: Confidence::Documented,
        source: "RFC 7292 §4.2.3",
        repair: Repair::Together,
    },
];

pub(super) fn whole(subject: &Subject<'_>) -> (Outcome, String) {
    match &subject.unread {
        None => (Outcome::Pass, "all of it was read".to_owned()),
        Some(unread) => (Outcome::CannotKnow, unread.why.clone()),
    }
}

pub(super) fn certificate(subject: &Subject<'_>) -> (Outcome, String) {
    match subject.certificate {
        CertificateFacts::Of(_) => (Outcome::Pass, "there is one".to_owned()),
        CertificateFacts::None => (Outcome::Fail, NO_CERTIFICATE.to_owned()),
        CertificateFacts::Unread => (Outcome::CannotKnow, UNREAD.to_owned()),
    }
}

/// Why nothing is known of the certificate.
pub(super) const fn without(certificate: CertificateFacts<'_>) -> &'static str {
    match certificate {
        CertificateFacts::None => NO_CERTIFICATE,
        CertificateFacts::Unread | CertificateFacts::Of(_) => UNREAD,
    }
}

const NO_CERTIFICATE: &str = "there is no end-entity certificate in the file";
const UNREAD: &str = "the certificate was not read";
