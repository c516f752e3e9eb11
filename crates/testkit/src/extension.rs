//! Extensions of certificates (RFC 5280 §4.2 and others).

mod list;
mod revocation;

pub(crate) use list::ExtensionList;
pub use revocation::{DistributionPointSpec, IdpSpec, RelativeName};

use crate::der;
use crate::general_name::GeneralName;

/// Key purposes, dotted.
#[expect(missing_docs, reason = "each constant is the purpose it names")]
pub mod purposes {
    pub const ANY: &str = "2.5.29.37.0";
    pub const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
    pub const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
    pub const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
    pub const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";
    pub const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
    pub const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
    pub const NETSCAPE_SGC: &str = "2.16.840.1.113730.4.1";
}

/// Bits of keyUsage (RFC 5280 §4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of RFC 5280 §4.2.1.3")]
pub enum KeyUsage {
    DigitalSignature = 0,
    ContentCommitment = 1,
    KeyEncipherment = 2,
    DataEncipherment = 3,
    KeyAgreement = 4,
    KeyCertSign = 5,
    CrlSign = 6,
    EncipherOnly = 7,
    DecipherOnly = 8,
}

/// One extension: identifier, critical or not, and the value inside extnValue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    oid: String,
    /// The octet of the BOOLEAN, when it is written.
    critical: Option<u8>,
    value: Vec<u8>,
}

impl Extension {
    /// An extension with this encoded value; the octets are not checked.
    pub fn new(oid: &str, critical: bool, value: Vec<u8>) -> Extension {
        Extension { oid: oid.to_owned(), critical: critical.then_some(0xff), value }
    }

    /// The extension made critical.
    #[must_use]
    pub fn critical(self) -> Extension {
        self.critical_octet(0xff)
    }

    /// The extension made non-critical.
    #[must_use]
    pub fn non_critical(self) -> Extension {
        Extension { critical: None, ..self }
    }

    /// The extension with `critical` written as this octet: 0x00 is the DEFAULT
    /// written out, others than 0xFF are not DER.
    #[must_use]
    pub fn critical_octet(self, octet: u8) -> Extension {
        Extension { critical: Some(octet), ..self }
    }

    /// The extension with other octets inside extnValue.
    #[must_use]
    pub fn with_value(self, value: Vec<u8>) -> Extension {
        Extension { value, ..self }
    }

    /// The identifier, dotted.
    pub fn oid(&self) -> &str {
        &self.oid
    }

    /// The extension, encoded.
    pub fn to_der(&self) -> Vec<u8> {
        let critical = self.critical.map(der::boolean_octet).unwrap_or_default();
        der::sequence([der::oid(&self.oid), critical, der::octet_string(&self.value)])
    }

    /// basicConstraints, critical.
    pub fn basic_constraints(ca: bool, path_length: Option<i64>) -> Extension {
        let ca = if ca { der::boolean(true) } else { Vec::new() };
        let path_length = path_length.map(der::integer).unwrap_or_default();
        Self::new("2.5.29.19", true, der::sequence([ca, path_length]))
    }

    /// keyUsage, critical.
    pub fn key_usage(bits: &[KeyUsage]) -> Extension {
        let bits: Vec<usize> = bits.iter().map(|bit| *bit as usize).collect();
        Self::new("2.5.29.15", true, der::named_bits(&bits))
    }

    /// extKeyUsage, non-critical.
    pub fn extended_key_usage<'a>(purposes: impl IntoIterator<Item = &'a str>) -> Extension {
        Self::new("2.5.29.37", false, der::sequence(purposes.into_iter().map(der::oid)))
    }

    /// subjectAltName, non-critical.
    pub fn subject_alt_name(names: impl IntoIterator<Item = GeneralName>) -> Extension {
        Self::new("2.5.29.17", false, der::sequence(names))
    }

    /// issuerAltName, non-critical.
    pub fn issuer_alt_name(names: impl IntoIterator<Item = GeneralName>) -> Extension {
        Self::new("2.5.29.18", false, der::sequence(names))
    }

    /// subjectKeyIdentifier, non-critical.
    pub fn subject_key_identifier(identifier: &[u8]) -> Extension {
        Self::new("2.5.29.14", false, der::octet_string(identifier))
    }

    /// authorityKeyIdentifier with the key identifier alone, non-critical.
    pub fn authority_key_identifier(identifier: &[u8]) -> Extension {
        Self::new("2.5.29.35", false, der::sequence([der::implicit(0, identifier)]))
    }

    /// nameConstraints, critical; an empty list is left out.
    pub fn name_constraints(permitted: &[GeneralName], excluded: &[GeneralName]) -> Extension {
        let subtrees = |number, names: &[GeneralName]| match names {
            [] => Vec::new(),
            _ => der::implicit_constructed(number, &der::concat(names.iter().map(|name| der::sequence([name])))),
        };
        Self::new("2.5.29.30", true, der::sequence([subtrees(0, permitted), subtrees(1, excluded)]))
    }

    /// certificatePolicies without qualifiers, non-critical.
    pub fn certificate_policies<'a>(policies: impl IntoIterator<Item = &'a str>) -> Extension {
        let policies = policies.into_iter().map(|policy| der::sequence([der::oid(policy)]));
        Self::new("2.5.29.32", false, der::sequence(policies))
    }

    /// policyMappings from the issuer's to the subject's policies, critical.
    pub fn policy_mappings<'a>(mappings: impl IntoIterator<Item = (&'a str, &'a str)>) -> Extension {
        let mappings =
            mappings.into_iter().map(|(issuer, subject)| der::sequence([der::oid(issuer), der::oid(subject)]));
        Self::new("2.5.29.33", true, der::sequence(mappings))
    }

    /// policyConstraints, critical.
    pub fn policy_constraints(require_explicit: Option<i64>, inhibit_mapping: Option<i64>) -> Extension {
        let skip = |number, value: Option<i64>| match value {
            None => Vec::new(),
            Some(value) => der::implicit(number, der::open(&der::integer(value)).0),
        };
        Self::new("2.5.29.36", true, der::sequence([skip(0, require_explicit), skip(1, inhibit_mapping)]))
    }

    /// inhibitAnyPolicy, critical.
    pub fn inhibit_any_policy(skip_certificates: i64) -> Extension {
        Self::new("2.5.29.54", true, der::integer(skip_certificates))
    }

    /// cRLDistributionPoints, one point for each URI, non-critical.
    pub fn crl_distribution_points<'a>(uris: impl IntoIterator<Item = &'a str>) -> Extension {
        let point = |uri| {
            let full = der::implicit_constructed(0, GeneralName::uri(uri).as_ref());
            der::sequence([der::explicit(0, &full)])
        };
        Self::new("2.5.29.31", false, der::sequence(uris.into_iter().map(point)))
    }

    /// authorityInfoAccess with caIssuers and OCSP addresses, non-critical.
    pub fn authority_info_access(issuers: &[&str], responders: &[&str]) -> Extension {
        let access = |method, uri: &&str| der::sequence([&der::oid(method), GeneralName::uri(uri).as_ref()]);
        let issuers = issuers.iter().map(|uri| access("1.3.6.1.5.5.7.48.2", uri));
        let responders = responders.iter().map(|uri| access("1.3.6.1.5.5.7.48.1", uri));
        Self::new("1.3.6.1.5.5.7.1.1", false, der::sequence(issuers.chain(responders)))
    }

    /// tlsFeature (RFC 7633) with these TLS extension numbers, non-critical.
    pub fn tls_feature(numbers: &[i64]) -> Extension {
        Self::new("1.3.6.1.5.5.7.1.24", false, der::sequence(numbers.iter().copied().map(der::integer)))
    }

    /// ocspNoCheck (RFC 6960 §4.2.2.2.1), non-critical.
    pub fn ocsp_no_check() -> Extension {
        Self::new("1.3.6.1.5.5.7.48.1.5", false, der::null())
    }

    /// SCTs of version 1 with these timestamps in milliseconds, and with logs and
    /// signatures that are made up (RFC 6962 §3.2, §3.3), non-critical.
    pub fn scts(timestamps: &[u64]) -> Extension {
        let vector = |octets: &[u8]| [&(octets.len() as u16).to_be_bytes()[..], octets].concat();
        let sct = |timestamp: &u64| {
            let log = [0x11; 32];
            let signature = vector(&der::sequence([der::integer(1), der::integer(1)]));
            // No extensions; SHA-256 (4) with ECDSA (3).
            vector(&[&[0][..], &log, &timestamp.to_be_bytes(), &[0, 0], &[4, 3], &signature].concat())
        };
        let list = vector(&der::concat(timestamps.iter().map(sct)));
        Self::new("1.3.6.1.4.1.11129.2.4.2", false, der::octet_string(&list))
    }

    /// The poison of a precertificate (RFC 6962 §3.1), critical.
    pub fn precertificate_poison() -> Extension {
        Self::new("1.3.6.1.4.1.11129.2.4.3", true, der::null())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_is_written_as_asked() {
        let null = |middle: &[u8]| der::sequence([&der::oid("1.2.3"), middle, &der::octet_string(&der::null())]);
        let extension = Extension::new("1.2.3", false, der::null());
        assert_eq!(extension.to_der(), null(&[]));
        assert_eq!(extension.clone().critical().to_der(), null(&[1, 1, 0xff]));
        assert_eq!(extension.clone().critical_octet(0).to_der(), null(&[1, 1, 0]));
        assert_eq!(extension.critical().non_critical().to_der(), null(&[]));
    }

    #[test]
    fn values() {
        for (extension, value) in [
            (Extension::basic_constraints(true, Some(0)), &b"\x30\x06\x01\x01\xff\x02\x01\x00"[..]),
            (Extension::basic_constraints(false, None), b"\x30\x00"),
            (Extension::key_usage(&[KeyUsage::KeyCertSign, KeyUsage::CrlSign]), b"\x03\x02\x01\x06"),
            (Extension::authority_key_identifier(&[7]), b"\x30\x03\x80\x01\x07"),
            (Extension::policy_constraints(Some(0), None), b"\x30\x03\x80\x01\x00"),
            (Extension::policy_constraints(None, Some(2)), b"\x30\x03\x81\x01\x02"),
            (Extension::tls_feature(&[5]), b"\x30\x03\x02\x01\x05"),
            (Extension::name_constraints(&[GeneralName::dns("a")], &[]), b"\x30\x07\xa0\x05\x30\x03\x82\x01a"),
            (Extension::crl_distribution_points(["u:"]), b"\x30\x0a\x30\x08\xa0\x06\xa0\x04\x86\x02u:"),
        ] {
            assert_eq!(extension.value, value, "{}", extension.oid());
        }
    }
}
