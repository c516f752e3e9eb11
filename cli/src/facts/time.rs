//! Times as they stand in certificates.

use certlens_core::x509::validity::{EncodedTime, TimeForm};
use schemars::JsonSchema;
use serde::Serialize;

/// A time as it stands in a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct TimeFacts {
    /// The instant in RFC 3339.
    pub(crate) time: String,
    /// The ASN.1 type: `UTCTime` or `GeneralizedTime`.
    pub(crate) asn1_type: &'static str,
    /// It is a GeneralizedTime before 2050, where RFC 5280 §4.1.2.5 demands UTCTime.
    pub(crate) early_generalized: bool,
    /// Offset in the certificate.
    pub(crate) offset: usize,
}

impl TimeFacts {
    pub(super) fn new(time: EncodedTime) -> Self {
        TimeFacts {
            time: time.time.to_string(),
            asn1_type: match time.form {
                TimeForm::Utc => "UTCTime",
                TimeForm::Generalized => "GeneralizedTime",
            },
            early_generalized: time.is_early_generalized(),
            offset: time.offset,
        }
    }

    /// A time that is a GeneralizedTime in any year, as outside of validity.
    pub(super) fn generalized(time: EncodedTime) -> Self {
        TimeFacts { early_generalized: false, ..TimeFacts::new(time) }
    }

    /// The date alone, as `2026-11-23`.
    pub(crate) fn date(&self) -> &str {
        self.time.split_once('T').map_or(&self.time, |(date, _)| date)
    }
}
