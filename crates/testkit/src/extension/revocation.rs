//! Extensions about revocation: of certificates (RFC 5280 §4.2.1.13), of CRLs
//! and their entries (§5.2, §5.3), and of OCSP responses (RFC 6960 §4.4).

use super::Extension;
use crate::der;
use crate::general_name::GeneralName;
use crate::name::{Name, attribute_value};
use crate::time;

/// A relative name: attribute types and encoded values.
pub type RelativeName = Vec<(&'static str, Vec<u8>)>;

/// What an issuingDistributionPoint says (RFC 5280 §5.2.5); the default says
/// nothing, which the RFC forbids.
#[derive(Clone, Debug, Default)]
pub struct IdpSpec {
    /// distributionPoint by full names; left out when empty.
    pub full_name: Vec<GeneralName>,
    /// distributionPoint by a relative name; left out when empty.
    pub relative_name: RelativeName,
    /// onlyContainsUserCerts.
    pub only_user: bool,
    /// onlyContainsCACerts.
    pub only_ca: bool,
    /// onlyContainsAttributeCerts.
    pub only_attribute: bool,
    /// onlySomeReasons: numbers of bits.
    pub reasons: Option<Vec<usize>>,
    /// indirectCRL.
    pub indirect: bool,
}

/// One DistributionPoint (RFC 5280 §4.2.1.13).
#[derive(Clone, Debug, Default)]
pub struct DistributionPointSpec {
    /// distributionPoint by full names; left out when empty.
    pub full_name: Vec<GeneralName>,
    /// distributionPoint by a relative name; left out when empty.
    pub relative_name: RelativeName,
    /// reasons: numbers of bits.
    pub reasons: Option<Vec<usize>>,
    /// cRLIssuer; left out when empty.
    pub crl_issuer: Vec<GeneralName>,
}

impl DistributionPointSpec {
    /// A point with one URI.
    pub fn uri(uri: &str) -> Self {
        DistributionPointSpec { full_name: vec![GeneralName::uri(uri)], ..Self::default() }
    }

    fn to_der(&self) -> Vec<u8> {
        let issuer = match self.crl_issuer.as_slice() {
            [] => Vec::new(),
            names => der::implicit_constructed(2, &der::concat(names)),
        };
        der::sequence([point_name(&self.full_name, &self.relative_name), reasons(1, self.reasons.as_deref()), issuer])
    }
}

/// `[0]` DistributionPointName. Both names at once are written one behind the
/// other, which is no value of the CHOICE.
fn point_name(full: &[GeneralName], relative: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let mut choice = Vec::new();
    if !full.is_empty() {
        choice.extend(der::implicit_constructed(0, &der::concat(full)));
    }
    if !relative.is_empty() {
        let mut attributes: Vec<Vec<u8>> =
            relative.iter().map(|(attribute, value)| attribute_value(attribute, value)).collect();
        attributes.sort();
        choice.extend(der::implicit_constructed(1, &der::concat(attributes)));
    }
    if choice.is_empty() { choice } else { der::explicit(0, &choice) }
}

fn reasons(number: u8, bits: Option<&[usize]>) -> Vec<u8> {
    bits.map(|bits| der::implicit(number, der::open(&der::named_bits(bits)).0)).unwrap_or_default()
}

impl Extension {
    /// cRLDistributionPoints with these points, non-critical.
    pub fn crl_distribution_points_of(points: &[DistributionPointSpec]) -> Extension {
        Self::new("2.5.29.31", false, der::sequence(points.iter().map(DistributionPointSpec::to_der)))
    }

    /// freshestCRL with these points, non-critical.
    pub fn freshest_crl(points: &[DistributionPointSpec]) -> Extension {
        Self::new("2.5.29.46", false, der::sequence(points.iter().map(DistributionPointSpec::to_der)))
    }

    /// issuingDistributionPoint, critical.
    pub fn issuing_distribution_point(spec: &IdpSpec) -> Extension {
        let flag = |number, set| if set { der::implicit(number, &[0xff]) } else { Vec::new() };
        let value = der::sequence([
            point_name(&spec.full_name, &spec.relative_name),
            flag(1, spec.only_user),
            flag(2, spec.only_ca),
            reasons(3, spec.reasons.as_deref()),
            flag(4, spec.indirect),
            flag(5, spec.only_attribute),
        ]);
        Self::new("2.5.29.28", true, value)
    }

    /// cRLNumber, non-critical.
    pub fn crl_number(number: i64) -> Extension {
        Self::new("2.5.29.20", false, der::integer(number))
    }

    /// deltaCRLIndicator with the number of the base, critical.
    pub fn delta_crl_indicator(base: i64) -> Extension {
        Self::new("2.5.29.27", true, der::integer(base))
    }

    /// reasonCode of an entry, non-critical.
    pub fn crl_reason(reason: u8) -> Extension {
        Self::new("2.5.29.21", false, der::enumerated(reason.into()))
    }

    /// invalidityDate of an entry, non-critical.
    pub fn invalidity_date(unix: i64) -> Extension {
        Self::new("2.5.29.24", false, time::encode_generalized(unix))
    }

    /// certificateIssuer of an entry, critical.
    pub fn certificate_issuer(name: &Name) -> Extension {
        Self::new("2.5.29.29", true, der::sequence([GeneralName::directory(name)]))
    }

    /// The nonce of OCSP (RFC 9654 §2.1), non-critical.
    pub fn ocsp_nonce(nonce: &[u8]) -> Extension {
        Self::new("1.3.6.1.5.5.7.48.1.2", false, der::octet_string(nonce))
    }

    /// The CRL that an OCSP response was made from (RFC 6960 §4.4.2),
    /// non-critical; each part is optional.
    pub fn ocsp_crl_id(url: Option<&str>, number: Option<i64>, time: Option<i64>) -> Extension {
        let part = |tag, value: Option<Vec<u8>>| value.map(|value| der::explicit(tag, &value)).unwrap_or_default();
        let value = der::sequence([
            part(0, url.map(der::ia5_string)),
            part(1, number.map(der::integer)),
            part(2, time.map(time::encode_generalized)),
        ]);
        Self::new("1.3.6.1.5.5.7.48.1.3", false, value)
    }

    /// The archive cutoff of OCSP (RFC 6960 §4.4.4), non-critical.
    pub fn ocsp_archive_cutoff(unix: i64) -> Extension {
        Self::new("1.3.6.1.5.5.7.48.1.6", false, time::encode_generalized(unix))
    }

    /// extendedRevoke of OCSP (RFC 6960 §4.4.8), non-critical.
    pub fn ocsp_extended_revoke() -> Extension {
        Self::new("1.3.6.1.5.5.7.48.1.9", false, der::null())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::attributes;

    #[test]
    fn values() {
        let issuer = DistributionPointSpec {
            reasons: Some(vec![1]),
            crl_issuer: vec![GeneralName::directory(&Name::empty())],
            ..DistributionPointSpec::default()
        };
        let idp = IdpSpec { only_user: true, indirect: true, reasons: Some(vec![1, 6]), ..IdpSpec::default() };
        for (extension, value) in [
            (Extension::issuing_distribution_point(&IdpSpec::default()), &b"\x30\x00"[..]),
            (Extension::issuing_distribution_point(&idp), b"\x30\x0a\x81\x01\xff\x83\x02\x01\x42\x84\x01\xff"),
            (
                Extension::crl_distribution_points_of(&[issuer]),
                b"\x30\x0c\x30\x0a\x81\x02\x06\x40\xa2\x04\xa4\x02\x30\x00",
            ),
            (
                Extension::freshest_crl(&[DistributionPointSpec::uri("u:")]),
                b"\x30\x0a\x30\x08\xa0\x06\xa0\x04\x86\x02u:",
            ),
            (Extension::crl_number(7), b"\x02\x01\x07"),
            (Extension::crl_reason(1), b"\x0a\x01\x01"),
            (Extension::invalidity_date(0), b"\x18\x0f19700101000000Z"),
            (Extension::certificate_issuer(&Name::empty()), b"\x30\x04\xa4\x02\x30\x00"),
            (Extension::ocsp_nonce(&[9]), b"\x04\x01\x09"),
            (Extension::ocsp_crl_id(Some("u"), Some(1), None), b"\x30\x0a\xa0\x03\x16\x01u\xa1\x03\x02\x01\x01"),
        ] {
            assert_eq!(extension.value, value, "{}", extension.oid());
        }
        let relative = vec![(attributes::COMMON_NAME, der::utf8_string("A"))];
        let idp = IdpSpec { relative_name: relative, ..IdpSpec::default() };
        assert_eq!(
            Extension::issuing_distribution_point(&idp).value,
            b"\x30\x0e\xa0\x0c\xa1\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01A"
        );
    }
}
