//! `record.json`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::retrieve::Wanted;

/// The name of the file.
pub(crate) const RECORD_FILE: &str = "record.json";

/// The folder of what URLs gave.
pub(crate) const OBJECTS: &str = "objects";

/// The largest `record.json`: some thirty thousand URLs, at two kilobytes each.
pub(crate) const MAX_RECORD_OCTETS: u64 = 64 << 20;

/// The most files of a record: every file of the largest directory that is verified,
/// with a few answers each.
pub(crate) const MAX_RECORD_FILES: usize = 100_000;

/// A run of `certlens verify` with all that it depends on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    /// Always `certlens/record/1`.
    pub(crate) schema: String,
    /// The version of certlens that recorded it.
    pub(crate) version: String,
    /// Verification time, RFC 3339, UTC.
    pub(crate) time: String,
    /// Whether the time was the machine's clock.
    pub(crate) time_is_clock: bool,
    /// The options of the run that decide the verdict, without those that name files,
    /// proxies and accounts.
    pub(crate) arguments: Vec<String>,
    /// The targets.
    pub(crate) targets: Vec<TargetRecord>,
    /// Targets that could not be read.
    pub(crate) not_read: Vec<NotReadRecord>,
    /// Sets of trust anchors, in their order.
    pub(crate) trust: Vec<TrustRecord>,
    /// What was found out about trust anchors.
    pub(crate) trust_findings: Vec<FindingRecord>,
    /// The file with the certificates that `--intermediates` gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) intermediates: Option<String>,
    /// Files with the CRLs that `--crl` gave.
    pub(crate) crls: Vec<String>,
    /// Files with the OCSP responses that `--ocsp` gave.
    pub(crate) ocsp: Vec<String>,
    /// What was found out about intermediates, CRLs and responses.
    pub(crate) findings: Vec<FindingRecord>,
    /// URLs that were asked, in that order.
    pub(crate) retrievals: Vec<RetrievalRecord>,
    /// Every file of the record but this one, by its name.
    pub(crate) files: BTreeMap<String, FileRecord>,
}

impl Record {
    pub(crate) const SCHEMA: &'static str = "certlens/record/1";
}

/// A file of the record.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileRecord {
    /// Its length.
    pub(crate) octets: u64,
    /// Its SHA-256, hexadecimal.
    pub(crate) sha256: String,
}

/// One target.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetRecord {
    /// Where its certificate came from.
    pub(crate) origin: String,
    /// The file with its certificate, then the others of the same file.
    pub(crate) file: String,
    /// What was found out about the file that they came from.
    pub(crate) findings: Vec<FindingRecord>,
}

/// A target that could not be read.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotReadRecord {
    /// The argument.
    pub(crate) target: String,
    /// Why.
    pub(crate) message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

/// Which set it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SetRecord {
    /// A file or directory of `--anchors`.
    File,
    /// The operating system's store.
    System,
    /// The Mozilla set that certlens carries, with what Mozilla imposes on its anchors;
    /// it is not in the record.
    Mozilla,
}

/// A set of trust anchors.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrustRecord {
    /// Which one.
    pub(crate) set: SetRecord,
    /// The file, directory or set, by the name that it had.
    pub(crate) name: String,
    /// How many anchors it added to those before it.
    pub(crate) anchors: usize,
    /// The file that has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
}

/// Something found out that the files of the record no longer show.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindingRecord {
    /// Stable code in kebab case.
    pub(crate) code: String,
    /// `info`, `warning` or `error`.
    pub(crate) severity: String,
    /// The finding as a sentence.
    pub(crate) message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

/// One URL that was asked.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetrievalRecord {
    /// What it was asked for.
    pub(crate) wanted: Wanted,
    /// The URL, without user name and password.
    pub(crate) url: String,
    /// SHA-256 of the certificate that names it.
    pub(crate) certificate: String,
    /// The CertID that an OCSP responder was asked about (RFC 6960 §4.1.1), base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cert_id: Option<String>,
    /// The nonce that was sent with it, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    /// When the answer was stored, seconds since 1970, if it came from the cache and not
    /// from the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cached: Option<i64>,
    /// Milliseconds from asking to the last octet.
    pub(crate) milliseconds: u64,
    /// The address that was connected to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    /// The proxy, without user name and password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proxy: Option<String>,
    /// Where redirects led.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) redirects: Vec<String>,
    /// The status of the last HTTP answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// The headers of the last HTTP answer that say what it is and how long it is fresh.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<(String, String)>,
    /// What came of it.
    pub(crate) outcome: OutcomeRecord,
}

/// What came of asking a URL.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutcomeRecord {
    /// An answer, in this file.
    Object(String),
    /// None.
    Failure(FailureRecord),
}

/// Why nothing came.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FailureRecord {
    /// How far it came: `url`, `dns`, `connect`, `proxy`, `tls`, `http`, `ldap`, `size` or `content`.
    pub(crate) stage: String,
    /// Stable, in kebab case.
    pub(crate) cause: String,
    /// As a sentence.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: String,
    /// The code by which WinHTTP reports the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) winhttp: Option<u32>,
    /// Whether it says nothing about the server.
    pub(crate) cannot_tell: bool,
}
