//! Signature algorithms by their identifiers (RFC 3279 §2.2, RFC 4055,
//! RFC 5758, RFC 8410, RFC 9881).

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, Tag, Tlv};
use crate::encoding::deviation::DeviationKind;
use crate::x509::oid::{Oid, oids};
use crate::x509::spki::{AlgorithmIdentifier, MlDsa};

/// A hash function that signature algorithms are built on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// MD2 (RFC 1319); can be named, not computed.
    Md2,
    /// MD4 (RFC 1320); can be named, not computed.
    Md4,
    /// MD5 (RFC 1321).
    Md5,
    /// SHA-1 (FIPS 180-4).
    Sha1,
    /// SHA-224 (FIPS 180-4).
    Sha224,
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA-384 (FIPS 180-4).
    Sha384,
    /// SHA-512 (FIPS 180-4).
    Sha512,
}

impl HashAlgorithm {
    /// The name that its defining document gives it.
    pub const fn name(self) -> &'static str {
        match self {
            HashAlgorithm::Md2 => "MD2",
            HashAlgorithm::Md4 => "MD4",
            HashAlgorithm::Md5 => "MD5",
            HashAlgorithm::Sha1 => "SHA-1",
            HashAlgorithm::Sha224 => "SHA-224",
            HashAlgorithm::Sha256 => "SHA-256",
            HashAlgorithm::Sha384 => "SHA-384",
            HashAlgorithm::Sha512 => "SHA-512",
        }
    }

    /// Octets of its output.
    pub const fn output_octets(self) -> usize {
        match self {
            HashAlgorithm::Md2 | HashAlgorithm::Md4 | HashAlgorithm::Md5 => 16,
            HashAlgorithm::Sha1 => 20,
            HashAlgorithm::Sha224 => 28,
            HashAlgorithm::Sha256 => 32,
            HashAlgorithm::Sha384 => 48,
            HashAlgorithm::Sha512 => 64,
        }
    }

    /// The hash with this identifier, `None` when it is not one of these.
    pub fn from_oid(oid: Oid<'_>) -> Option<HashAlgorithm> {
        match oid {
            oids::MD2 => Some(HashAlgorithm::Md2),
            oids::MD5 => Some(HashAlgorithm::Md5),
            oids::SHA1 => Some(HashAlgorithm::Sha1),
            oids::SHA224 => Some(HashAlgorithm::Sha224),
            oids::SHA256 => Some(HashAlgorithm::Sha256),
            oids::SHA384 => Some(HashAlgorithm::Sha384),
            oids::SHA512 => Some(HashAlgorithm::Sha512),
            _ => None,
        }
    }
}

/// RSASSA-PSS-params (RFC 4055 §3.1). The mask is always made by MGF1 and the
/// trailer is always 0xBC; nothing else can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PssParameters {
    /// The hash of the message.
    pub hash: HashAlgorithm,
    /// The hash inside MGF1.
    pub mgf_hash: HashAlgorithm,
    /// Octets of salt.
    pub salt_len: u32,
}

/// saltLength when it is left out (RFC 4055 §3.1).
const PSS_DEFAULT_SALT: u32 = 20;

/// The only trailerField (RFC 4055 §3.1), also its DEFAULT.
const PSS_TRAILER: u32 = 1;

/// How a certificate, CRL or response was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm<'a> {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1(HashAlgorithm),
    /// RSASSA-PSS (RFC 8017 §8.1).
    RsaPss(PssParameters),
    /// RSASSA-PSS with a hash that is not a [`HashAlgorithm`]: its identifier.
    RsaPssOther(Oid<'a>),
    /// ECDSA (FIPS 186-5 §6).
    Ecdsa(HashAlgorithm),
    /// Ed25519 (RFC 8032 §5.1).
    Ed25519,
    /// Ed448 (RFC 8032 §5.2); can be named, not verified.
    Ed448,
    /// DSA (FIPS 186-4 §4).
    Dsa(HashAlgorithm),
    /// ML-DSA, pure and with an empty context (RFC 9881 §3).
    MlDsa(MlDsa),
    /// An algorithm not known here.
    Unknown(Oid<'a>),
}

/// What the parameters of an algorithm identifier have to be.
#[derive(Clone, Copy)]
enum Parameters {
    /// NULL by definition, and absent must be taken as well (RFC 4055 §5).
    NullOrAbsent,
    /// Absent; the text is noted when they are not.
    Absent(&'static str),
}

const NOT_NULL: &str = "the parameters of an RSA signature are neither NULL nor absent (RFC 4055 §5)";
const NO_DSA: Parameters = Parameters::Absent("the parameters of a DSA signature must be absent (RFC 3279 §2.2.2)");
const NO_ECDSA: Parameters =
    Parameters::Absent("the parameters of an ECDSA signature must be absent (RFC 3279 §2.2.3, RFC 5758 §3.2)");
const NO_EDDSA: Parameters = Parameters::Absent("the parameters of Ed25519 and Ed448 must be absent (RFC 8410 §3)");
const NO_ML_DSA: Parameters = Parameters::Absent("the parameters of ML-DSA must be absent (RFC 9881 §2)");

/// Every identifier but RSASSA-PSS, the frequent ones first.
static KNOWN: &[(Oid<'static>, SignatureAlgorithm<'static>, Parameters)] = {
    use HashAlgorithm::{Md2, Md4, Md5, Sha1, Sha224, Sha256, Sha384, Sha512};
    use Parameters::NullOrAbsent;
    use SignatureAlgorithm::{Dsa, Ecdsa, Ed448, Ed25519, RsaPkcs1};
    &[
        (oids::SHA256_WITH_RSA, RsaPkcs1(Sha256), NullOrAbsent),
        (oids::ECDSA_WITH_SHA256, Ecdsa(Sha256), NO_ECDSA),
        (oids::ECDSA_WITH_SHA384, Ecdsa(Sha384), NO_ECDSA),
        (oids::SHA384_WITH_RSA, RsaPkcs1(Sha384), NullOrAbsent),
        (oids::SHA512_WITH_RSA, RsaPkcs1(Sha512), NullOrAbsent),
        (oids::SHA1_WITH_RSA, RsaPkcs1(Sha1), NullOrAbsent),
        (oids::ECDSA_WITH_SHA512, Ecdsa(Sha512), NO_ECDSA),
        (oids::ED25519, Ed25519, NO_EDDSA),
        (oids::ML_DSA_44, SignatureAlgorithm::MlDsa(MlDsa::MlDsa44), NO_ML_DSA),
        (oids::ML_DSA_65, SignatureAlgorithm::MlDsa(MlDsa::MlDsa65), NO_ML_DSA),
        (oids::ML_DSA_87, SignatureAlgorithm::MlDsa(MlDsa::MlDsa87), NO_ML_DSA),
        (oids::SHA224_WITH_RSA, RsaPkcs1(Sha224), NullOrAbsent),
        (oids::MD5_WITH_RSA, RsaPkcs1(Md5), NullOrAbsent),
        (oids::MD4_WITH_RSA, RsaPkcs1(Md4), NullOrAbsent),
        (oids::MD2_WITH_RSA, RsaPkcs1(Md2), NullOrAbsent),
        (oids::OIW_SHA1_WITH_RSA, RsaPkcs1(Sha1), NullOrAbsent),
        (oids::OIW_MD5_WITH_RSA, RsaPkcs1(Md5), NullOrAbsent),
        (oids::ECDSA_WITH_SHA1, Ecdsa(Sha1), NO_ECDSA),
        (oids::ECDSA_WITH_SHA224, Ecdsa(Sha224), NO_ECDSA),
        (oids::ED448, Ed448, NO_EDDSA),
        (oids::DSA_WITH_SHA1, Dsa(Sha1), NO_DSA),
        (oids::DSA_WITH_SHA224, Dsa(Sha224), NO_DSA),
        (oids::DSA_WITH_SHA256, Dsa(Sha256), NO_DSA),
        (oids::DSA_WITH_SHA384, Dsa(Sha384), NO_DSA),
        (oids::DSA_WITH_SHA512, Dsa(Sha512), NO_DSA),
        (oids::OIW_SHA1_WITH_DSA, Dsa(Sha1), NO_DSA),
    ]
};

impl<'a> SignatureAlgorithm<'a> {
    /// Reads an algorithm identifier and notes parameters that are not what the
    /// algorithm demands but change nothing.
    ///
    /// The key of id-RSASSA-PSS carries the same parameters as its signatures
    /// (RFC 4055 §3.3), so this reads those too; see
    /// [`check_key_restrictions`](super::verify::check_key_restrictions).
    ///
    /// # Errors
    ///
    /// When the parameters of RSASSA-PSS, without which a signature has no
    /// meaning, cannot be read or are not among those of RFC 4055 §3.1.
    pub fn from_identifier(identifier: &AlgorithmIdentifier<'a>) -> Result<SignatureAlgorithm<'a>, DerError> {
        if identifier.oid == oids::RSASSA_PSS {
            return read_pss(identifier).in_field("RSASSA-PSS-params");
        }
        let Some((_, algorithm, wanted)) = KNOWN.iter().find(|(oid, ..)| *oid == identifier.oid) else {
            return Ok(SignatureAlgorithm::Unknown(identifier.oid));
        };
        if let Some(parameters) = identifier.parameters {
            match wanted {
                Parameters::NullOrAbsent if is_null(&parameters) => {}
                Parameters::NullOrAbsent => note(&parameters, NOT_NULL),
                Parameters::Absent(text) => note(&parameters, text),
            }
        }
        Ok(*algorithm)
    }

    /// What the algorithm is called in a report, as `SHA-256 with RSA`.
    pub fn describe(&self) -> String {
        match self {
            SignatureAlgorithm::RsaPkcs1(hash) => format!("{} with RSA", hash.name()),
            SignatureAlgorithm::RsaPss(PssParameters { hash, mgf_hash, salt_len }) => {
                let mask = if hash == mgf_hash { String::new() } else { format!(", MGF1 with {}", mgf_hash.name()) };
                format!("RSA-PSS with {}{mask}, salt {salt_len}", hash.name())
            }
            SignatureAlgorithm::RsaPssOther(hash) => format!("RSA-PSS with {}", hash.name_or_dotted()),
            SignatureAlgorithm::Ecdsa(hash) => format!("ECDSA with {}", hash.name()),
            SignatureAlgorithm::Ed25519 => "Ed25519".into(),
            SignatureAlgorithm::Ed448 => "Ed448".into(),
            SignatureAlgorithm::Dsa(hash) => format!("DSA with {}", hash.name()),
            SignatureAlgorithm::MlDsa(set) => set.name().into(),
            SignatureAlgorithm::Unknown(oid) => oid.name_or_dotted(),
        }
    }
}

fn is_null(parameters: &Tlv<'_>) -> bool {
    parameters.tag == Tag::NULL && parameters.content().is_empty()
}

fn note(parameters: &Tlv<'_>, text: &'static str) {
    parameters.cursor().note(parameters.offset(), DeviationKind::AlgorithmParameters(text));
}

/// A hash inside RSASSA-PSS-params: one known here, or another's identifier.
type PssHash<'a> = Result<HashAlgorithm, Oid<'a>>;

/// Reads RSASSA-PSS-params:
///
/// ```text
/// hashAlgorithm    [0] HashAlgorithm      DEFAULT sha1Identifier,
/// maskGenAlgorithm [1] MaskGenAlgorithm   DEFAULT mgf1SHA1Identifier,
/// saltLength       [2] INTEGER            DEFAULT 20,
/// trailerField     [3] INTEGER            DEFAULT 1
/// ```
///
/// Here every element changes what the signature means, so what stands out of
/// order or is unknown is an error and not a deviation.
fn read_pss<'a>(identifier: &AlgorithmIdentifier<'a>) -> Result<SignatureAlgorithm<'a>, DerError> {
    let parameters = identifier.parameters.ok_or(DerError::new(
        identifier.offset,
        DerErrorKind::Invalid("RSASSA-PSS must have its parameters in a signature (RFC 4055 §3.1)"),
    ))?;
    let mut content = parameters.as_cursor().sequence()?;

    let mut hash: PssHash<'a> = Ok(HashAlgorithm::Sha1);
    if let Some((wrapper, mut inner)) = explicit(&mut content, 0)? {
        let algorithm = AlgorithmIdentifier::decode(&mut inner)?;
        end(&inner)?;
        hash = read_hash(&algorithm);
        note_default(&wrapper, is_default_hash(&algorithm));
    }

    let mut mgf_hash: PssHash<'a> = Ok(HashAlgorithm::Sha1);
    if let Some((wrapper, mut inner)) = explicit(&mut content, 1)? {
        let generator = AlgorithmIdentifier::decode(&mut inner)?;
        end(&inner)?;
        if generator.oid != oids::MGF1 {
            return Err(invalid(&wrapper, "the mask generation function is not MGF1 (RFC 4055 §2.2)"));
        }
        let Some(hash_tlv) = generator.parameters else {
            return Err(invalid(&wrapper, "MGF1 must name its hash (RFC 4055 §2.2)"));
        };
        let algorithm = AlgorithmIdentifier::decode(&mut hash_tlv.as_cursor())?;
        mgf_hash = read_hash(&algorithm);
        note_default(&wrapper, is_default_hash(&algorithm));
    }

    let mut salt_len = PSS_DEFAULT_SALT;
    if let Some((wrapper, mut inner)) = explicit(&mut content, 2)? {
        let value = inner.integer()?.to_u32();
        end(&inner)?;
        salt_len = value.ok_or_else(|| invalid(&wrapper, "the salt length is negative or beyond 32 bits"))?;
        note_default(&wrapper, salt_len == PSS_DEFAULT_SALT);
    }

    if let Some((wrapper, mut inner)) = explicit(&mut content, 3)? {
        let value = inner.integer()?.to_u32();
        end(&inner)?;
        if value != Some(PSS_TRAILER) {
            return Err(invalid(&wrapper, "trailerField must be 1 (RFC 4055 §3.1)"));
        }
        note_default(&wrapper, true);
    }
    end(&content)?;

    Ok(match (hash, mgf_hash) {
        (Ok(hash), Ok(mgf_hash)) => SignatureAlgorithm::RsaPss(PssParameters { hash, mgf_hash, salt_len }),
        (Err(oid), _) | (_, Err(oid)) => SignatureAlgorithm::RsaPssOther(oid),
    })
}

fn explicit<'a>(content: &mut Cursor<'a>, number: u8) -> Result<Option<(Tlv<'a>, Cursor<'a>)>, DerError> {
    Ok(content.optional(Tag::context_constructed(number))?.map(|wrapper| (wrapper, wrapper.cursor())))
}

fn end(cursor: &Cursor<'_>) -> Result<(), DerError> {
    if cursor.is_empty() { Ok(()) } else { Err(DerError::new(cursor.offset(), DerErrorKind::TrailingData)) }
}

fn invalid(wrapper: &Tlv<'_>, what: &'static str) -> DerError {
    DerError::new(wrapper.offset(), DerErrorKind::Invalid(what))
}

fn note_default(wrapper: &Tlv<'_>, is_default: bool) {
    if is_default {
        wrapper.cursor().note(wrapper.offset(), DeviationKind::DefaultEncoded);
    }
}

fn read_hash<'a>(algorithm: &AlgorithmIdentifier<'a>) -> PssHash<'a> {
    if let Some(parameters) = algorithm.parameters
        && !is_null(&parameters)
    {
        note(&parameters, "the parameters of a hash are neither NULL nor absent (RFC 4055 §2.1)");
    }
    HashAlgorithm::from_oid(algorithm.oid).ok_or(algorithm.oid)
}

/// Whether this is sha1Identifier, whose parameters are NULL (RFC 4055 §2.1).
/// With absent parameters it means the same but is another value, which X.690
/// §11.5 lets stand.
fn is_default_hash(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    algorithm.oid == oids::SHA1 && algorithm.parameters.is_some_and(|tlv| is_null(&tlv))
}

#[cfg(test)]
mod tests;
