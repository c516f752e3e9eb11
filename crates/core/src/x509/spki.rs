//! Algorithm identifiers and subject public keys (RFC 5280 §4.1.1.2, §4.1.2.7;
//! RFC 3279, RFC 4055, RFC 5480, RFC 8410, RFC 9881).

use crate::encoding::der::{BitString, Cursor, Decode, DerError, DerErrorKind, InField, Integer, Tag, Tlv};
use crate::encoding::deviation::DeviationKind;
use crate::x509::oid::oids::keys;
use crate::x509::oid::{Oid, oids};

/// AlgorithmIdentifier (RFC 5280 §4.1.1.2).
#[derive(Clone, Copy, Debug)]
pub struct AlgorithmIdentifier<'a> {
    /// The whole SEQUENCE.
    pub raw: &'a [u8],
    /// The algorithm.
    pub oid: Oid<'a>,
    /// The parameters, when there are any (a NULL counts).
    pub parameters: Option<Tlv<'a>>,
    /// Offset of the SEQUENCE.
    pub offset: usize,
}

impl<'a> Decode<'a> for AlgorithmIdentifier<'a> {
    #[inline]
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let tlv = cursor.expect(Tag::SEQUENCE)?;
        let mut content = tlv.cursor();
        let oid = Oid::decode(&mut content)?;
        let parameters = if content.is_empty() { None } else { Some(content.read()?) };
        content.finish();
        Ok(AlgorithmIdentifier { raw: tlv.raw(), oid, parameters, offset: tlv.offset() })
    }
}

impl AlgorithmIdentifier<'_> {
    /// Whether the parameters are a NULL.
    pub fn has_null_parameters(&self) -> bool {
        self.parameters.is_some_and(|tlv| tlv.tag == Tag::NULL)
    }
}

/// SubjectPublicKeyInfo (RFC 5280 §4.1).
#[derive(Clone, Copy, Debug)]
pub struct SubjectPublicKeyInfo<'a> {
    /// The whole SEQUENCE, as it is hashed for key identifiers and pins.
    pub raw: &'a [u8],
    /// The key's algorithm.
    pub algorithm: AlgorithmIdentifier<'a>,
    /// The key's octets.
    pub key: BitString<'a>,
    key_content: Tlv<'a>,
}

impl<'a> Decode<'a> for SubjectPublicKeyInfo<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let tlv = cursor.expect(Tag::SEQUENCE)?;
        let mut content = tlv.cursor();
        let algorithm = AlgorithmIdentifier::decode(&mut content).in_field("subjectPublicKeyInfo.algorithm")?;
        let key_content = content.expect(Tag::BIT_STRING)?;
        let key = key_content.bit_string()?;
        content.finish();
        Ok(SubjectPublicKeyInfo { raw: tlv.raw(), algorithm, key, key_content })
    }
}

/// A named elliptic curve (RFC 5480 §2.1.1.1, RFC 8410).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve<'a> {
    /// NIST P-256, secp256r1.
    P256,
    /// NIST P-384, secp384r1.
    P384,
    /// NIST P-521, secp521r1.
    P521,
    /// Another named curve.
    Other(Oid<'a>),
    /// Curve parameters written out, which RFC 5480 §2.1.1 forbids.
    Explicit,
    /// The curve is implied by a CA (`implicitCurve`), which RFC 5480 §2.1.1 forbids.
    Implicit,
}

impl Curve<'_> {
    /// Length of a field element in octets, for the curves known here.
    pub fn field_octets(&self) -> Option<usize> {
        match self {
            Curve::P256 => Some(32),
            Curve::P384 => Some(48),
            Curve::P521 => Some(66),
            _ => None,
        }
    }
}

/// Which ML-DSA parameter set (RFC 9881 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MlDsa {
    /// ML-DSA-44.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
}

impl MlDsa {
    /// The name that RFC 9881 gives it.
    pub const fn name(self) -> &'static str {
        match self {
            MlDsa::MlDsa44 => "ML-DSA-44",
            MlDsa::MlDsa65 => "ML-DSA-65",
            MlDsa::MlDsa87 => "ML-DSA-87",
        }
    }

    /// Octets of a public key (FIPS 204, table 2).
    pub const fn public_key_octets(self) -> usize {
        match self {
            MlDsa::MlDsa44 => 1312,
            MlDsa::MlDsa65 => 1952,
            MlDsa::MlDsa87 => 2592,
        }
    }
}

/// DSA domain parameters (RFC 3279 §2.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DsaParameters<'a> {
    /// The prime modulus.
    pub p: Integer<'a>,
    /// The prime divisor of p − 1.
    pub q: Integer<'a>,
    /// The generator.
    pub g: Integer<'a>,
}

impl<'a> Decode<'a> for DsaParameters<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let parameters = DsaParameters { p: content.integer()?, q: content.integer()?, g: content.integer()? };
        content.finish();
        Ok(parameters)
    }
}

/// A public key, decoded.
#[derive(Clone, Copy, Debug)]
pub enum PublicKey<'a> {
    /// RSA (RFC 3279 §2.3.1), also the key of id-RSASSA-PSS (RFC 4055 §1.2).
    Rsa {
        /// RSAPublicKey as it stands in the BIT STRING.
        der: &'a [u8],
        /// The modulus.
        n: Integer<'a>,
        /// The public exponent.
        e: Integer<'a>,
        /// The key is marked for PSS alone (id-RSASSA-PSS), with its restrictions when it has any.
        pss_only: bool,
    },
    /// An elliptic-curve key (RFC 5480).
    Ec {
        /// The curve.
        curve: Curve<'a>,
        /// The point as an octet string (SEC 1 §2.3.3).
        point: &'a [u8],
    },
    /// Ed25519 (RFC 8410), 32 octets.
    Ed25519(&'a [u8]),
    /// Ed448 (RFC 8410), 57 octets; can be named, not verified.
    Ed448(&'a [u8]),
    /// ML-DSA (RFC 9881).
    MlDsa(MlDsa, &'a [u8]),
    /// DSA (RFC 3279 §2.3.2).
    Dsa {
        /// Domain parameters; `None` when they are inherited from the issuer.
        parameters: Option<DsaParameters<'a>>,
        /// The public value.
        y: Integer<'a>,
    },
    /// An algorithm not read here.
    Unknown(Oid<'a>),
}

impl<'a> SubjectPublicKeyInfo<'a> {
    /// Offset of the key's BIT STRING content.
    pub fn key_offset(&self) -> usize {
        self.key.offset
    }

    /// Decodes the key.
    ///
    /// # Errors
    ///
    /// When the octets are not a key of the announced algorithm.
    pub fn public_key(&self) -> Result<PublicKey<'a>, DerError> {
        let invalid = |what| DerError::new(self.key.offset, DerErrorKind::Invalid(what)).in_key();
        let bytes = self.key.octets().ok_or_else(|| invalid("the public key is not a whole number of octets"))?;
        let cursor = || {
            let mut inside = self.key_content.cursor();
            // The count of unused bits, already checked to be zero.
            inside.skip_octet();
            inside
        };
        match self.algorithm.oid.key() {
            keys::RSA_ENCRYPTION | keys::RSASSA_PSS => {
                let pss_only = self.algorithm.oid == oids::RSASSA_PSS;
                if !pss_only && !self.algorithm.has_null_parameters() {
                    // RFC 3279 §2.3.1: the parameters field MUST have ASN.1 type NULL.
                    self.note_parameters("the parameters of rsaEncryption are not NULL (RFC 3279 §2.3.1)");
                }
                let mut outer = cursor();
                let tlv = outer.expect(Tag::SEQUENCE).in_field("RSAPublicKey")?;
                outer.finish();
                let mut inner = tlv.cursor();
                let n = inner.integer().in_field("RSAPublicKey.modulus")?;
                let e = inner.integer().in_field("RSAPublicKey.publicExponent")?;
                inner.finish();
                Ok(PublicKey::Rsa { der: bytes, n, e, pss_only })
            }
            keys::EC_PUBLIC_KEY => {
                let curve = match self.algorithm.parameters {
                    Some(tlv) if tlv.tag == Tag::OID => match Oid::new(tlv.oid()?) {
                        oids::P256 => Curve::P256,
                        oids::P384 => Curve::P384,
                        oids::P521 => Curve::P521,
                        other => Curve::Other(other),
                    },
                    Some(tlv) if tlv.tag == Tag::SEQUENCE => Curve::Explicit,
                    Some(tlv) if tlv.tag == Tag::NULL => Curve::Implicit,
                    _ => return Err(invalid("an elliptic-curve key needs a curve (RFC 5480 §2.1.1)")),
                };
                // RFC 5480 §2.2: uncompressed, or compressed; other forms MUST NOT be used.
                if let Some(field) = curve.field_octets() {
                    let whole = match bytes.first() {
                        Some(0x04) => bytes.len() == 1 + 2 * field,
                        Some(0x02 | 0x03) => bytes.len() == 1 + field,
                        _ => false,
                    };
                    if !whole {
                        return Err(invalid(
                            "the point is neither an uncompressed nor a compressed one of its curve (RFC 5480 §2.2)",
                        ));
                    }
                }
                Ok(PublicKey::Ec { curve, point: bytes })
            }
            keys::ED25519 => {
                self.no_parameters("the parameters of Ed25519 must be absent (RFC 8410 §3)");
                if bytes.len() != 32 {
                    return Err(invalid("an Ed25519 key has 32 octets (RFC 8032 §5.1.5)"));
                }
                Ok(PublicKey::Ed25519(bytes))
            }
            keys::ED448 => {
                self.no_parameters("the parameters of Ed448 must be absent (RFC 8410 §3)");
                if bytes.len() != 57 {
                    return Err(invalid("an Ed448 key has 57 octets (RFC 8032 §5.2.5)"));
                }
                Ok(PublicKey::Ed448(bytes))
            }
            keys::ML_DSA_44 | keys::ML_DSA_65 | keys::ML_DSA_87 => {
                self.no_parameters("the parameters of ML-DSA must be absent (RFC 9881 §2)");
                let set = match self.algorithm.oid {
                    oids::ML_DSA_44 => MlDsa::MlDsa44,
                    oids::ML_DSA_65 => MlDsa::MlDsa65,
                    _ => MlDsa::MlDsa87,
                };
                if bytes.len() != set.public_key_octets() {
                    return Err(invalid("the ML-DSA key has not the length of its parameter set (FIPS 204)"));
                }
                Ok(PublicKey::MlDsa(set, bytes))
            }
            keys::DSA => {
                let parameters = match self.algorithm.parameters {
                    None => None,
                    // RFC 3279 §2.3.2 has them absent; NULL is seen for it.
                    Some(tlv) if tlv.tag == Tag::NULL => {
                        self.note_parameters(
                            "inherited DSA parameters are written as NULL, not left out (RFC 3279 §2.3.2)",
                        );
                        None
                    }
                    Some(tlv) => {
                        let mut whole = tlv.as_cursor();
                        Some(DsaParameters::decode(&mut whole).in_field("Dss-Parms")?)
                    }
                };
                let mut inside = cursor();
                let y = inside.integer().in_field("DSAPublicKey")?;
                inside.finish();
                Ok(PublicKey::Dsa { parameters, y })
            }
            _ => Ok(PublicKey::Unknown(self.algorithm.oid)),
        }
    }

    fn no_parameters(&self, what: &'static str) {
        if self.algorithm.parameters.is_some() {
            self.note_parameters(what);
        }
    }

    fn note_parameters(&self, what: &'static str) {
        let cursor = self.key_content.cursor();
        cursor.note(self.algorithm.offset, DeviationKind::AlgorithmParameters(what));
    }
}

impl DerError {
    fn in_key(mut self) -> Self {
        self.field = "subjectPublicKey";
        self
    }
}

impl PublicKey<'_> {
    /// Size in bits: RSA and DSA modulus, EC field; `None` when it says nothing.
    pub fn bits(&self) -> Option<usize> {
        let magnitude = |value: &Integer<'_>| {
            let bytes = value.unsigned().unwrap_or_default();
            bytes.first().map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize)
        };
        match self {
            PublicKey::Rsa { n, .. } => Some(magnitude(n)),
            PublicKey::Dsa { parameters: Some(parameters), .. } => Some(magnitude(&parameters.p)),
            PublicKey::Ec { curve: Curve::P256, .. } => Some(256),
            PublicKey::Ec { curve: Curve::P384, .. } => Some(384),
            PublicKey::Ec { curve: Curve::P521, .. } => Some(521),
            _ => None,
        }
    }

    /// What the key is called in a report, as `RSA 2048`.
    pub fn describe(&self) -> String {
        match self {
            PublicKey::Rsa { pss_only, .. } => {
                format!("{} {}", if *pss_only { "RSA-PSS" } else { "RSA" }, self.bits().unwrap_or(0))
            }
            PublicKey::Ec { curve, .. } => match curve {
                Curve::P256 => "EC P-256".into(),
                Curve::P384 => "EC P-384".into(),
                Curve::P521 => "EC P-521".into(),
                Curve::Other(oid) => format!("EC {}", oid.name_or_dotted()),
                Curve::Explicit => "EC with explicit parameters".into(),
                Curve::Implicit => "EC with an implicit curve".into(),
            },
            PublicKey::Ed25519(_) => "Ed25519".into(),
            PublicKey::Ed448(_) => "Ed448".into(),
            PublicKey::MlDsa(set, _) => set.name().into(),
            PublicKey::Dsa { parameters: Some(_), .. } => format!("DSA {}", self.bits().unwrap_or(0)),
            PublicKey::Dsa { parameters: None, .. } => "DSA with inherited parameters".into(),
            PublicKey::Unknown(oid) => oid.name_or_dotted(),
        }
    }
}
