//! The facts of `certlens crl`.

mod extension;

use certlens_core::crypto::algorithm::HashAlgorithm;
use certlens_core::crypto::digest;
use certlens_core::origin::Origin;
use certlens_core::x509::Crl;
use certlens_core::x509::crl::{Lookup, RevokedEntry};
use certlens_core::x509::reason::RevocationReason;
use schemars::JsonSchema;
use serde::Serialize;

use super::Hex;
use super::certificate::DeviationFacts;
use super::finding::FindingFacts;
use super::general_name::{GeneralNameFacts, names};
use super::judged::{DemandFacts, JudgementFacts, RefusedObjectFacts};
use super::key::AlgorithmFacts;
use super::name::NameFacts;
use super::not_read::NotReadFacts;
use super::octets::NumberFacts;
use super::origin::OriginFacts;
use super::time::TimeFacts;
pub(crate) use extension::{CrlExtensionFacts, CrlExtensionReading, CrlExtensionValueFacts};

/// The most entries that are listed unless all are asked for.
pub(crate) const MAX_ENTRIES: usize = 20;

/// Departures from DER that are listed.
const MAX_DEVIATIONS: usize = 100;

/// The report of `certlens crl`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CrlReport {
    /// Always `certlens/crl/1`.
    pub(crate) schema: &'static str,
    /// The version of certlens.
    pub(crate) version: &'static str,
    /// The exit code of the run.
    pub(crate) exit_code: u8,
    /// What the CRLs were judged by.
    pub(crate) request: DemandFacts,
    /// The CRLs, in the order of the inputs.
    pub(crate) crls: Vec<CrlOutcomeFacts>,
    /// Inputs that could not be read.
    pub(crate) not_read: Vec<NotReadFacts>,
    /// Findings about the inputs.
    pub(crate) findings: Vec<FindingFacts>,
}

/// A CRL that was read, or refused.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CrlOutcomeFacts {
    /// It was read.
    Read(Box<JudgedCrlFacts>),
    /// It cannot be read.
    Refused(RefusedObjectFacts),
}

/// A CRL with what was found out about it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JudgedCrlFacts {
    /// `passed`, `failed` or `indeterminate`.
    pub(crate) status: &'static str,
    /// What the CRL says.
    pub(crate) crl: CrlFacts,
    /// The serial numbers that were looked for.
    pub(crate) lookups: Vec<LookupFacts>,
    /// The checks.
    #[serde(flatten)]
    pub(crate) judgement: JudgementFacts,
}

/// What a CRL says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CrlFacts {
    /// Where the CRL came from.
    pub(crate) origin: OriginFacts,
    /// Octets of the CRL.
    pub(crate) length: usize,
    /// The version, 1 or 2 when it is one that exists.
    pub(crate) version: u64,
    /// The issuer's name.
    pub(crate) issuer: NameFacts,
    /// When it was issued.
    pub(crate) this_update: TimeFacts,
    /// When the next one is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_update: Option<TimeFacts>,
    /// cRLNumber.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<NumberFacts>,
    /// Whether it is a delta CRL.
    pub(crate) is_delta: bool,
    /// The number of the CRL that a delta CRL updates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) base_number: Option<NumberFacts>,
    /// The algorithm of the signature.
    pub(crate) signature_algorithm: AlgorithmFacts,
    /// The algorithm inside the signed part, when it differs from the one
    /// outside, as it must not (RFC 5280 §5.1.1.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signed_algorithm: Option<AlgorithmFacts>,
    /// The extensions in encoded order.
    pub(crate) extensions: Vec<CrlExtensionFacts>,
    /// How many entries there are.
    pub(crate) entry_count: usize,
    /// The first 20 entries; all of them with `--all`.
    pub(crate) entries: Vec<EntryFacts>,
    /// The signature.
    pub(crate) signature: Hex,
    /// SHA-256 of the CRL.
    pub(crate) sha256: Hex,
    /// SHA-1 of the CRL.
    pub(crate) sha1: Hex,
    /// How often the CRL departs from DER; of its entries the first departure counts.
    pub(crate) deviation_count: usize,
    /// The first 100 departures from DER, in the order of reading.
    pub(crate) deviations: Vec<DeviationFacts>,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct EntryFacts {
    /// The serial number, hexadecimal, behind `-` when it is negative.
    pub(crate) serial: String,
    /// When the certificate was revoked, RFC 3339.
    pub(crate) revocation_date: String,
    /// The reason's name (RFC 5280 §5.3.1), when one is given that has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'static str>,
    /// The reason's number, when one is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason_code: Option<u8>,
    /// Since when the certificate is thought to be invalid, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invalidity_date: Option<String>,
    /// Who issued the certificate, when not the issuer of the CRL: from this entry or one before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) certificate_issuer: Vec<GeneralNameFacts>,
    /// Offset of the entry in the CRL.
    pub(crate) offset: usize,
}

/// A serial number that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct LookupFacts {
    /// The serial number, hexadecimal.
    pub(crate) serial: String,
    /// Whether its entries can be read.
    pub(crate) readable: bool,
    /// Its entries; several in an indirect CRL, one for each issuer.
    pub(crate) entries: Vec<EntryFacts>,
}

impl CrlReport {
    pub(crate) const SCHEMA: &'static str = "certlens/crl/1";
}

impl CrlFacts {
    /// What the CRL says, with so many of its entries.
    pub(crate) fn new(crl: &Crl, origin: &Origin, most_entries: usize) -> Self {
        let (outer, inner) = (crl.signature_algorithm(), crl.signed_algorithm());
        // Both hashes are in every build, so there is always a value.
        let hash = |algorithm| Hex(digest(algorithm, crl.der().unwrap_or_default()).unwrap_or_default());
        CrlFacts {
            origin: OriginFacts::new(origin),
            length: crl.octets(),
            version: crl.version().map_or(1, |encoded| u64::from(encoded) + 1),
            issuer: NameFacts::new(&crl.issuer()),
            this_update: TimeFacts::new(crl.this_update()),
            next_update: crl.next_update().map(TimeFacts::new),
            number: crl.number().map(NumberFacts::new),
            is_delta: crl.is_delta(),
            base_number: crl.base_number().map(NumberFacts::new),
            signature_algorithm: AlgorithmFacts::of_signature(&outer),
            signed_algorithm: (outer.raw != inner.raw).then(|| AlgorithmFacts::of_signature(&inner)),
            extensions: crl.extensions().map(|extension| CrlExtensionFacts::new(&extension)).collect(),
            entry_count: crl.count(),
            entries: crl.entries().take(most_entries).map(|entry| EntryFacts::new(&entry)).collect(),
            signature: crl.signature().bytes.into(),
            sha256: hash(HashAlgorithm::Sha256),
            sha1: hash(HashAlgorithm::Sha1),
            deviation_count: crl.deviations().len(),
            deviations: crl.deviations().iter().take(MAX_DEVIATIONS).map(DeviationFacts::new).collect(),
        }
    }

    /// The values of the extensions that can be decoded.
    pub(crate) fn values(&self) -> impl Iterator<Item = &CrlExtensionValueFacts> {
        self.extensions.iter().filter_map(|extension| match &extension.reading {
            CrlExtensionReading::Value(value) => Some(value),
            CrlExtensionReading::Error(_) => None,
        })
    }
}

impl EntryFacts {
    pub(crate) fn new(entry: &RevokedEntry) -> Self {
        EntryFacts {
            serial: NumberFacts::of_content(&entry.serial).hex,
            revocation_date: entry.revocation_date.time.to_string(),
            reason: entry.reason.and_then(|code| RevocationReason(code).name()),
            reason_code: entry.reason,
            invalidity_date: entry.invalidity_date.map(|date| date.to_string()),
            certificate_issuer: entry.certificate_issuer_names().map(|list| names(&list)).unwrap_or_default(),
            offset: entry.offset,
        }
    }
}

impl LookupFacts {
    /// What the CRL says about a serial number (content octets).
    pub(crate) fn new(crl: &Crl, serial: &[u8]) -> Self {
        let (readable, entries) = match crl.lookup(serial) {
            Lookup::Entries(entries) => (true, entries.iter().map(EntryFacts::new).collect()),
            Lookup::NotLookedFor | Lookup::Unreadable => (false, Vec::new()),
        };
        LookupFacts { serial: NumberFacts::of_content(serial).hex, readable, entries }
    }
}
