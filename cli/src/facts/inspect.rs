//! The facts of `certlens inspect`.

use certlens_core::encoding::input::{Armor, InputObject};
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::certificate::CertificateFacts;
use crate::facts::crl::CrlFacts;
use crate::facts::finding::FindingFacts;
use crate::facts::not_read::NotReadFacts;
use crate::facts::ocsp::{OcspRequestFacts, ResponseFacts};
use crate::facts::second_reader::SecondReadingFacts;
use crate::load::Source;

/// The report of `certlens inspect`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct InspectReport {
    /// Always `certlens/inspect/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// The exit code of the run.
    pub(crate) exit_code: u8,
    /// The certificates, in the order of the inputs.
    pub(crate) certificates: Vec<InspectedFacts>,
    /// CRLs in the inputs; `certlens crl` judges them, too.
    pub(crate) crls: Vec<CrlFacts>,
    /// OCSP responses in the inputs; `certlens ocsp` judges them, too.
    pub(crate) ocsp_responses: Vec<ResponseFacts>,
    /// OCSP requests in the inputs.
    pub(crate) ocsp_requests: Vec<OcspRequestFacts>,
    /// Objects in the inputs that are no certificates.
    pub(crate) others: Vec<OtherObjectFacts>,
    /// Inputs that could not be read.
    pub(crate) not_read: Vec<NotReadFacts>,
    /// Findings about the inputs.
    pub(crate) findings: Vec<FindingFacts>,
}

/// A certificate that was read, or refused.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InspectedFacts {
    /// certlens read it.
    Read(Box<CertificateFacts>),
    /// certlens refuses it.
    Refused(Box<RefusedFacts>),
}

/// A certificate that cannot be read.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RefusedFacts {
    /// Where it came from.
    pub(crate) origin: String,
    /// Why it cannot be read, with the offset.
    pub(crate) message: String,
    /// What a lenient reader (x509-parser) makes of it.
    pub(crate) second_reading: Option<SecondReadingFacts>,
}

/// Something in an input that is no certificate.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OtherObjectFacts {
    /// The file, `-` for standard input.
    input: String,
    /// What it is.
    kind: &'static str,
    /// Its place among the objects of the file, from 0.
    index: usize,
    /// Where it starts in the file.
    offset: usize,
    /// The label of its PEM block, when it stands in one.
    pem_label: Option<String>,
}

impl InspectReport {
    pub(crate) const SCHEMA: &'static str = "certlens/inspect/1";

    pub(crate) fn new() -> Self {
        InspectReport {
            schema: Self::SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            exit_code: 0,
            certificates: Vec::new(),
            crls: Vec::new(),
            ocsp_responses: Vec::new(),
            ocsp_requests: Vec::new(),
            others: Vec::new(),
            not_read: Vec::new(),
            findings: Vec::new(),
        }
    }
}

impl OtherObjectFacts {
    pub(crate) fn new(source: &Source, object: &InputObject) -> Self {
        OtherObjectFacts {
            input: source.name.clone(),
            kind: object.kind.describe(),
            index: object.index,
            offset: object.offset,
            pem_label: match &object.armor {
                Armor::Pem { label } => Some(label.clone()),
                _ => None,
            },
        }
    }
}
