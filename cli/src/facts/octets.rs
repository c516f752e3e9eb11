//! Octets and numbers of any length.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certlens_core::encoding::der::Integer;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// Octets; in JSON they are lower-case hexadecimal digits without separators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hex(pub(crate) Vec<u8>);

impl Hex {
    /// Base64 with padding (RFC 4648 §4).
    pub(crate) fn base64(&self) -> String {
        STANDARD.encode(&self.0)
    }
}

impl From<&[u8]> for Hex {
    fn from(octets: &[u8]) -> Self {
        Hex(octets.to_vec())
    }
}

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Hex {
    fn schema_name() -> Cow<'static, str> {
        "Hex".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Octets as lower-case hexadecimal digits without separators.",
            "type": "string",
            "pattern": "^([0-9a-f]{2})*$"
        })
    }
}

/// A number of any length, such as a serial number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct NumberFacts {
    /// The value in hexadecimal, two digits an octet, without leading zero
    /// octets, behind `-` when it is negative. This is how other programs show it.
    pub(crate) hex: String,
    /// The value in decimal, when it has at most 64 bits. A string, because
    /// many JSON readers lose digits beyond 53 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decimal: Option<String>,
    /// The octets behind `hex`, for the views.
    #[serde(skip)]
    pub(crate) magnitude: Vec<u8>,
}

/// A serial number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SerialFacts {
    /// The value.
    #[serde(flatten)]
    pub(crate) number: NumberFacts,
    /// The content octets of the INTEGER as they stand (two's complement).
    pub(crate) encoded: Hex,
}

impl SerialFacts {
    pub(crate) fn new(serial: Integer<'_>) -> Self {
        SerialFacts { number: NumberFacts::new(serial), encoded: serial.as_bytes().into() }
    }
}

impl NumberFacts {
    pub(crate) fn new(number: Integer<'_>) -> Self {
        Self::of_content(number.as_bytes())
    }

    /// The number with these content octets (two's complement).
    pub(crate) fn of_content(octets: &[u8]) -> Self {
        let is_negative = octets.first().is_some_and(|first| *first >= 0x80);
        let magnitude =
            if is_negative { negate(octets) } else { octets.iter().copied().skip_while(|octet| *octet == 0).collect() };
        let sign = if is_negative { "-" } else { "" };
        let digits = if magnitude.is_empty() { "00".to_owned() } else { Hex(magnitude.clone()).to_string() };
        let decimal = (magnitude.len() <= 8).then(|| {
            let value = magnitude.iter().fold(0u64, |value, &octet| value << 8 | u64::from(octet));
            format!("{sign}{value}")
        });
        NumberFacts { hex: format!("{sign}{digits}"), decimal, magnitude }
    }
}

/// The magnitude of a negative number in two's complement, without leading zeros.
fn negate(octets: &[u8]) -> Vec<u8> {
    let mut magnitude: Vec<u8> = octets.iter().map(|octet| !octet).collect();
    for octet in magnitude.iter_mut().rev() {
        let (sum, carry) = octet.overflowing_add(1);
        *octet = sum;
        if !carry {
            break;
        }
    }
    let zeros = magnitude.iter().take_while(|&&octet| octet == 0).count();
    magnitude.split_off(zeros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_core::encoding::der::Cursor;

    #[test]
    fn numbers_as_other_programs_show_them() {
        let cases: &[(&[u8], &str, Option<&str>)] = &[
            (&[0x00], "00", Some("0")),
            (&[0x7f], "7f", Some("127")),
            (&[0x00, 0x80], "80", Some("128")),
            (&[0x80], "-80", Some("-128")),
            (&[0xff], "-01", Some("-1")),
            (&[0xff, 0x00], "-0100", Some("-256")),
            (&[0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "ffffffffffffffff", Some("18446744073709551615")),
            (&[0x01, 0, 0, 0, 0, 0, 0, 0, 0], "010000000000000000", None),
        ];
        for (content, hex, decimal) in cases {
            let mut der = vec![0x02, content.len() as u8];
            der.extend_from_slice(content);
            let facts = SerialFacts::new(Cursor::silent(&der).integer().unwrap());
            assert_eq!(
                (facts.number.hex.as_str(), facts.number.decimal.as_deref()),
                (*hex, *decimal),
                "{content:02x?}"
            );
            assert_eq!(facts.encoded.0, *content);
        }
    }

    #[test]
    fn octets_serialise_as_hexadecimal() {
        assert_eq!(serde_json::to_string(&Hex(vec![0x00, 0xAB])).unwrap(), "\"00ab\"");
        assert_eq!(Hex(vec![0xfb, 0xff]).base64(), "+/8=");
    }
}
