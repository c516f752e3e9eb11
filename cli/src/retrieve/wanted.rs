//! What URLs are asked for.

use certlens_core::revocation::SourceKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a URL was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    Issuer,
    Ocsp,
    Crl,
    DeltaCrl,
}

impl Wanted {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Wanted::Issuer => "issuer",
            Wanted::Ocsp => "ocsp",
            Wanted::Crl => "crl",
            Wanted::DeltaCrl => "delta_crl",
        }
    }

    /// What it is called in a report.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Wanted::Issuer => "AIA",
            Wanted::Ocsp => "OCSP",
            Wanted::Crl => "CRL",
            Wanted::DeltaCrl => "delta CRL",
        }
    }

    pub(super) fn source(self) -> Option<SourceKind> {
        match self {
            Wanted::Issuer => None,
            Wanted::Ocsp => Some(SourceKind::Ocsp),
            Wanted::Crl => Some(SourceKind::Crl),
            Wanted::DeltaCrl => Some(SourceKind::DeltaCrl),
        }
    }
}
