//! Signed certificate timestamps.

use certlens_core::time::Time;
use certlens_core::x509::extension::SignedCertificateTimestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::Hex;

/// One signed certificate timestamp (RFC 6962 §3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum SctFacts {
    /// Version 1.
    V1(SctV1Facts),
    /// A version that RFC 6962 does not define.
    Other {
        /// The version, from 1.
        version: u16,
        /// What stands behind the version.
        octets: Hex,
    },
}

/// A signed certificate timestamp of version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SctV1Facts {
    /// The version: 1.
    pub(crate) version: u16,
    /// The log: SHA-256 of its key.
    pub(crate) log_id: Hex,
    /// The same in base64, as lists of logs have it.
    pub(crate) log_id_base64: String,
    /// When the log took the certificate in, RFC 3339 with milliseconds;
    /// absent when the year has more than four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timestamp: Option<String>,
    /// The same in milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) timestamp_ms: u64,
    /// Place of the certificate in the log, when the log says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) leaf_index: Option<u64>,
    /// Extensions as they stand; empty for most logs.
    pub(crate) extensions: Hex,
    /// Hash of the log's signature.
    pub(crate) hash_algorithm: String,
    /// Algorithm of the log's signature.
    pub(crate) signature_algorithm: String,
    /// The log's signature.
    pub(crate) signature: Hex,
}

impl SctFacts {
    pub(in crate::facts) fn new(sct: &SignedCertificateTimestamp<'_>) -> Self {
        let version = u16::from(sct.version) + 1;
        if version != 1 {
            return SctFacts::Other { version, octets: sct.signature.into() };
        }
        let log_id = Hex::from(sct.log_id);
        let (hash, signature) = sct.algorithm;
        SctFacts::V1(SctV1Facts {
            version,
            log_id_base64: log_id.base64(),
            log_id,
            timestamp: rfc3339_ms(sct.timestamp),
            timestamp_ms: sct.timestamp,
            leaf_index: leaf_index(sct.extensions),
            extensions: sct.extensions.into(),
            hash_algorithm: hash_name(hash),
            signature_algorithm: signature_name(signature),
            signature: sct.signature.into(),
        })
    }
}

fn rfc3339_ms(milliseconds: u64) -> Option<String> {
    let time = Time::from_unix(i64::try_from(milliseconds / 1000).ok()?);
    if time > Time::NO_EXPIRY {
        return None;
    }
    let whole = time.to_string();
    Some(format!("{}.{:03}Z", whole.strip_suffix('Z')?, milliseconds % 1000))
}

/// The only extension in use: type 0, the entry's index in 40 bits
/// (the Static Certificate Transparency API, c2sp.org/static-ct-api).
fn leaf_index(extensions: &[u8]) -> Option<u64> {
    match *extensions {
        [0, 0, 5, a, b, c, d, e, ..] => Some(u64::from_be_bytes([0, 0, 0, a, b, c, d, e])),
        _ => None,
    }
}

/// HashAlgorithm of RFC 5246 §7.4.1.4.1.
fn hash_name(number: u8) -> String {
    match number {
        0 => "none".into(),
        1 => "MD5".into(),
        2 => "SHA-1".into(),
        3 => "SHA-224".into(),
        4 => "SHA-256".into(),
        5 => "SHA-384".into(),
        6 => "SHA-512".into(),
        other => format!("unknown ({other})"),
    }
}

/// SignatureAlgorithm of RFC 5246 §7.4.1.4.1.
fn signature_name(number: u8) -> String {
    match number {
        0 => "anonymous".into(),
        1 => "RSA".into(),
        2 => "DSA".into(),
        3 => "ECDSA".into(),
        other => format!("unknown ({other})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_logs_have_milliseconds() {
        assert_eq!(rfc3339_ms(0).as_deref(), Some("1970-01-01T00:00:00.000Z"));
        assert_eq!(rfc3339_ms(1_700_000_000_042).as_deref(), Some("2023-11-14T22:13:20.042Z"));
        assert_eq!(rfc3339_ms(253_402_300_799_999).as_deref(), Some("9999-12-31T23:59:59.999Z"));
        assert_eq!(rfc3339_ms(253_402_300_800_000), None);
        assert_eq!(rfc3339_ms(u64::MAX), None);
    }

    #[test]
    fn the_index_of_static_logs_is_read() {
        assert_eq!(leaf_index(&[]), None);
        assert_eq!(leaf_index(&[0, 0, 5, 0, 0, 1, 0, 2]), Some(65538));
        assert_eq!(leaf_index(&[0, 0, 4, 0, 0, 1, 0]), None);
        assert_eq!(leaf_index(&[1, 0, 5, 0, 0, 1, 0, 2]), None);
    }
}
