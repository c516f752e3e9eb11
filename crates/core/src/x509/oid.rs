//! Object identifiers: the type, the ones this library knows, their names.

use std::fmt;

use crate::encoding::der::{Cursor, Decode, DerError};

/// The most content octets of an identifier that is written out. The longest in
/// use, Microsoft's templates, have about 40.
const MAX_SHOWN: usize = 256;

/// An OBJECT IDENTIFIER by its content octets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid<'a>(&'a [u8]);

impl<'a> Oid<'a> {
    /// From content octets (without tag and length).
    pub const fn new(content: &'a [u8]) -> Self {
        Oid(content)
    }

    /// The content octets.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The content octets as one number, so that a match against many known
    /// identifiers is a search among integers. Different identifiers of up to 15
    /// octets have different keys; all longer ones, none of which is known here,
    /// have 0.
    #[inline]
    pub(crate) const fn key(self) -> u128 {
        if self.0.len() > 15 {
            return 0;
        }
        // The leading one keeps identifiers of different lengths apart.
        let mut key = 1;
        let mut rest = self.0;
        while let [octet, after @ ..] = rest {
            key = key << 8 | *octet as u128;
            rest = after;
        }
        key
    }

    /// The name this library knows it by.
    pub fn name(&self) -> Option<&'static str> {
        oids::NAMES.iter().find(|(oid, _)| oid == self).map(|(_, name)| *name)
    }

    /// The name if there is one, the dotted form otherwise.
    pub fn name_or_dotted(&self) -> String {
        self.name().map_or_else(|| self.to_string(), str::to_owned)
    }

    /// The known identifier with this name (case does not count).
    pub fn by_name(name: &str) -> Option<Oid<'static>> {
        oids::NAMES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(oid, _)| *oid)
    }
}

impl<'a> Decode<'a> for Oid<'a> {
    #[inline]
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        cursor.oid().map(Oid)
    }
}

/// Encodes a dotted OBJECT IDENTIFIER, `None` when it is not one.
pub fn encode_dotted(text: &str) -> Option<Vec<u8>> {
    let mut arcs = text.split('.').map(|arc| {
        let canonical = !arc.is_empty() && arc.bytes().all(|octet| octet.is_ascii_digit());
        if canonical { arc.parse::<u128>().ok() } else { None }
    });
    let (first, second) = (arcs.next()??, arcs.next()??);
    if first > 2 || (first < 2 && second > 39) {
        return None;
    }
    let mut content = Vec::new();
    push_arc(&mut content, (first * 40).checked_add(second)?);
    for arc in arcs {
        push_arc(&mut content, arc?);
    }
    Some(content)
}

fn push_arc(content: &mut Vec<u8>, arc: u128) {
    let groups = (128 - arc.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let bits = (arc >> (group * 7)) as u8 & 0x7f;
        content.push(if group == 0 { bits } else { bits | 0x80 });
    }
}

impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() > MAX_SHOWN {
            return write!(f, "(an identifier of {} octets)", self.0.len());
        }
        let mut first = true;
        let mut value: u128 = 0;
        let mut overflow = false;
        for &octet in self.0 {
            overflow |= value >> 121 != 0;
            value = value << 7 | u128::from(octet & 0x7f);
            if octet & 0x80 != 0 {
                continue;
            }
            if overflow {
                // X.667 arcs have 128 bits; more says nothing to a reader.
                f.write_str(if first { "(too large)" } else { ".(too large)" })?;
            } else if first {
                let top = (value / 40).min(2);
                write!(f, "{top}.{}", value - top * 40)?;
            } else {
                write!(f, ".{value}")?;
            }
            (first, value, overflow) = (false, 0, false);
        }
        Ok(())
    }
}

impl fmt::Debug for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, where an index out of range is an error")]
const fn content_length(arcs: &[u32]) -> usize {
    let mut length = 1;
    let mut index = 2;
    while index < arcs.len() {
        length += groups(arcs[index]);
        index += 1;
    }
    length
}

const fn groups(arc: u32) -> usize {
    if arc == 0 { 1 } else { (32 - arc.leading_zeros()).div_ceil(7) as usize }
}

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, where an index out of range is an error")]
const fn encode<const N: usize>(arcs: &[u32]) -> [u8; N] {
    let mut content = [0u8; N];
    content[0] = (arcs[0] * 40 + arcs[1]) as u8;
    let mut at = 1;
    let mut index = 2;
    while index < arcs.len() {
        let mut group = groups(arcs[index]);
        while group > 0 {
            group -= 1;
            let bits = (arcs[index] >> (group * 7)) as u8 & 0x7f;
            content[at] = if group == 0 { bits } else { bits | 0x80 };
            at += 1;
        }
        index += 1;
    }
    content
}

macro_rules! known {
    ($($name:ident = [$($arc:literal),+ $(,)?], $text:literal;)+) => {
        $(
            #[doc = concat!("`", $text, "`")]
            pub const $name: Oid<'static> = {
                const ARCS: &[u32] = &[$($arc),+];
                const CONTENT: [u8; content_length(ARCS)] = encode(ARCS);
                Oid(&CONTENT)
            };
        )+
        /// The [`Oid::key`] of every identifier above, for patterns.
        #[expect(dead_code, reason = "few of them are matched against this way")]
        pub(crate) mod keys {
            $(pub(crate) const $name: u128 = super::$name.key();)+
        }
        /// Every identifier above with its name.
        pub static NAMES: &[(Oid<'static>, &str)] = &[$(($name, $text)),+];
    };
}

/// The identifiers this library knows, by the names of their defining documents.
pub mod oids {
    use super::{Oid, content_length, encode};

    known! {
        // Keys and signatures: RFC 3279, RFC 4055, RFC 5758, RFC 8410, RFC 8692, RFC 9881.
        RSA_ENCRYPTION = [1, 2, 840, 113549, 1, 1, 1], "rsaEncryption";
        MD2_WITH_RSA = [1, 2, 840, 113549, 1, 1, 2], "md2WithRSAEncryption";
        MD4_WITH_RSA = [1, 2, 840, 113549, 1, 1, 3], "md4WithRSAEncryption";
        MD5_WITH_RSA = [1, 2, 840, 113549, 1, 1, 4], "md5WithRSAEncryption";
        SHA1_WITH_RSA = [1, 2, 840, 113549, 1, 1, 5], "sha1WithRSAEncryption";
        RSAES_OAEP = [1, 2, 840, 113549, 1, 1, 7], "id-RSAES-OAEP";
        MGF1 = [1, 2, 840, 113549, 1, 1, 8], "id-mgf1";
        RSASSA_PSS = [1, 2, 840, 113549, 1, 1, 10], "id-RSASSA-PSS";
        SHA256_WITH_RSA = [1, 2, 840, 113549, 1, 1, 11], "sha256WithRSAEncryption";
        SHA384_WITH_RSA = [1, 2, 840, 113549, 1, 1, 12], "sha384WithRSAEncryption";
        SHA512_WITH_RSA = [1, 2, 840, 113549, 1, 1, 13], "sha512WithRSAEncryption";
        SHA224_WITH_RSA = [1, 2, 840, 113549, 1, 1, 14], "sha224WithRSAEncryption";
        OIW_MD5_WITH_RSA = [1, 3, 14, 3, 2, 3], "md5WithRSA (OIW)";
        OIW_SHA1_WITH_RSA = [1, 3, 14, 3, 2, 29], "sha1WithRSASignature (OIW)";
        OIW_SHA1_WITH_DSA = [1, 3, 14, 3, 2, 27], "dsaWithSHA1 (OIW)";
        DSA = [1, 2, 840, 10040, 4, 1], "id-dsa";
        DSA_WITH_SHA1 = [1, 2, 840, 10040, 4, 3], "dsa-with-sha1";
        DSA_WITH_SHA224 = [2, 16, 840, 1, 101, 3, 4, 3, 1], "dsa-with-sha224";
        DSA_WITH_SHA256 = [2, 16, 840, 1, 101, 3, 4, 3, 2], "dsa-with-sha256";
        DSA_WITH_SHA384 = [2, 16, 840, 1, 101, 3, 4, 3, 3], "dsa-with-sha384";
        DSA_WITH_SHA512 = [2, 16, 840, 1, 101, 3, 4, 3, 4], "dsa-with-sha512";
        DH_PUBLIC_NUMBER = [1, 2, 840, 10046, 2, 1], "dhpublicnumber";
        EC_PUBLIC_KEY = [1, 2, 840, 10045, 2, 1], "id-ecPublicKey";
        ECDSA_WITH_SHA1 = [1, 2, 840, 10045, 4, 1], "ecdsa-with-SHA1";
        ECDSA_WITH_SHA224 = [1, 2, 840, 10045, 4, 3, 1], "ecdsa-with-SHA224";
        ECDSA_WITH_SHA256 = [1, 2, 840, 10045, 4, 3, 2], "ecdsa-with-SHA256";
        ECDSA_WITH_SHA384 = [1, 2, 840, 10045, 4, 3, 3], "ecdsa-with-SHA384";
        ECDSA_WITH_SHA512 = [1, 2, 840, 10045, 4, 3, 4], "ecdsa-with-SHA512";
        ECDSA_WITH_SHA3_256 = [2, 16, 840, 1, 101, 3, 4, 3, 10], "id-ecdsa-with-sha3-256";
        RSA_WITH_SHA3_256 = [2, 16, 840, 1, 101, 3, 4, 3, 14], "id-rsassa-pkcs1-v1_5-with-sha3-256";
        RSASSA_PSS_SHAKE128 = [1, 3, 6, 1, 5, 5, 7, 6, 30], "id-RSASSA-PSS-SHAKE128";
        RSASSA_PSS_SHAKE256 = [1, 3, 6, 1, 5, 5, 7, 6, 31], "id-RSASSA-PSS-SHAKE256";
        ECDSA_SHAKE128 = [1, 3, 6, 1, 5, 5, 7, 6, 32], "id-ecdsa-with-shake128";
        ECDSA_SHAKE256 = [1, 3, 6, 1, 5, 5, 7, 6, 33], "id-ecdsa-with-shake256";
        X25519 = [1, 3, 101, 110], "X25519";
        X448 = [1, 3, 101, 111], "X448";
        ED25519 = [1, 3, 101, 112], "Ed25519";
        ED448 = [1, 3, 101, 113], "Ed448";
        ML_DSA_44 = [2, 16, 840, 1, 101, 3, 4, 3, 17], "ML-DSA-44";
        ML_DSA_65 = [2, 16, 840, 1, 101, 3, 4, 3, 18], "ML-DSA-65";
        ML_DSA_87 = [2, 16, 840, 1, 101, 3, 4, 3, 19], "ML-DSA-87";
        SLH_DSA_SHA2_128S = [2, 16, 840, 1, 101, 3, 4, 3, 20], "SLH-DSA-SHA2-128s";
        SLH_DSA_SHA2_128F = [2, 16, 840, 1, 101, 3, 4, 3, 21], "SLH-DSA-SHA2-128f";
        SLH_DSA_SHA2_192S = [2, 16, 840, 1, 101, 3, 4, 3, 22], "SLH-DSA-SHA2-192s";
        SLH_DSA_SHA2_256S = [2, 16, 840, 1, 101, 3, 4, 3, 24], "SLH-DSA-SHA2-256s";
        ML_KEM_512 = [2, 16, 840, 1, 101, 3, 4, 4, 1], "ML-KEM-512";
        ML_KEM_768 = [2, 16, 840, 1, 101, 3, 4, 4, 2], "ML-KEM-768";
        ML_KEM_1024 = [2, 16, 840, 1, 101, 3, 4, 4, 3], "ML-KEM-1024";
        SM2_WITH_SM3 = [1, 2, 156, 10197, 1, 501], "sm2-with-sm3";
        GOST_2012_256 = [1, 2, 643, 7, 1, 1, 1, 1], "GOST R 34.10-2012 (256)";
        GOST_2012_512 = [1, 2, 643, 7, 1, 1, 1, 2], "GOST R 34.10-2012 (512)";
        GOST_2012_256_SIGNATURE = [1, 2, 643, 7, 1, 1, 3, 2], "GOST R 34.10-2012 (256) with GOST R 34.11-2012";
        GOST_2012_512_SIGNATURE = [1, 2, 643, 7, 1, 1, 3, 3], "GOST R 34.10-2012 (512) with GOST R 34.11-2012";
        // Digests.
        MD2 = [1, 2, 840, 113549, 2, 2], "md2";
        MD5 = [1, 2, 840, 113549, 2, 5], "md5";
        SHA1 = [1, 3, 14, 3, 2, 26], "sha1";
        SHA256 = [2, 16, 840, 1, 101, 3, 4, 2, 1], "sha256";
        SHA384 = [2, 16, 840, 1, 101, 3, 4, 2, 2], "sha384";
        SHA512 = [2, 16, 840, 1, 101, 3, 4, 2, 3], "sha512";
        SHA224 = [2, 16, 840, 1, 101, 3, 4, 2, 4], "sha224";
        SHA512_256 = [2, 16, 840, 1, 101, 3, 4, 2, 6], "sha512-256";
        SHA3_256 = [2, 16, 840, 1, 101, 3, 4, 2, 8], "sha3-256";
        SHA3_384 = [2, 16, 840, 1, 101, 3, 4, 2, 9], "sha3-384";
        SHA3_512 = [2, 16, 840, 1, 101, 3, 4, 2, 10], "sha3-512";
        // Curves: RFC 5480 §2.1.1.1, SEC 2, RFC 5639.
        P192 = [1, 2, 840, 10045, 3, 1, 1], "P-192";
        P256 = [1, 2, 840, 10045, 3, 1, 7], "P-256";
        P224 = [1, 3, 132, 0, 33], "P-224";
        P384 = [1, 3, 132, 0, 34], "P-384";
        P521 = [1, 3, 132, 0, 35], "P-521";
        SECP256K1 = [1, 3, 132, 0, 10], "secp256k1";
        BRAINPOOL_P256R1 = [1, 3, 36, 3, 3, 2, 8, 1, 1, 7], "brainpoolP256r1";
        BRAINPOOL_P384R1 = [1, 3, 36, 3, 3, 2, 8, 1, 1, 11], "brainpoolP384r1";
        BRAINPOOL_P512R1 = [1, 3, 36, 3, 3, 2, 8, 1, 1, 13], "brainpoolP512r1";
        // Attribute types: X.520, RFC 4519, RFC 2985, CA/B Forum EV guidelines.
        COMMON_NAME = [2, 5, 4, 3], "commonName";
        SURNAME = [2, 5, 4, 4], "surname";
        SERIAL_NUMBER = [2, 5, 4, 5], "serialNumber";
        COUNTRY = [2, 5, 4, 6], "countryName";
        LOCALITY = [2, 5, 4, 7], "localityName";
        STATE = [2, 5, 4, 8], "stateOrProvinceName";
        STREET = [2, 5, 4, 9], "streetAddress";
        ORGANIZATION = [2, 5, 4, 10], "organizationName";
        ORGANIZATIONAL_UNIT = [2, 5, 4, 11], "organizationalUnitName";
        TITLE = [2, 5, 4, 12], "title";
        DESCRIPTION = [2, 5, 4, 13], "description";
        BUSINESS_CATEGORY = [2, 5, 4, 15], "businessCategory";
        POSTAL_CODE = [2, 5, 4, 17], "postalCode";
        TELEPHONE_NUMBER = [2, 5, 4, 20], "telephoneNumber";
        NAME = [2, 5, 4, 41], "name";
        GIVEN_NAME = [2, 5, 4, 42], "givenName";
        INITIALS = [2, 5, 4, 43], "initials";
        GENERATION_QUALIFIER = [2, 5, 4, 44], "generationQualifier";
        UNIQUE_IDENTIFIER = [2, 5, 4, 45], "x500UniqueIdentifier";
        DN_QUALIFIER = [2, 5, 4, 46], "dnQualifier";
        PSEUDONYM = [2, 5, 4, 65], "pseudonym";
        ROLE = [2, 5, 4, 72], "role";
        ORGANIZATION_IDENTIFIER = [2, 5, 4, 97], "organizationIdentifier";
        DOMAIN_COMPONENT = [0, 9, 2342, 19200300, 100, 1, 25], "domainComponent";
        USER_ID = [0, 9, 2342, 19200300, 100, 1, 1], "userId";
        EMAIL_ADDRESS = [1, 2, 840, 113549, 1, 9, 1], "emailAddress";
        UNSTRUCTURED_NAME = [1, 2, 840, 113549, 1, 9, 2], "unstructuredName";
        UNSTRUCTURED_ADDRESS = [1, 2, 840, 113549, 1, 9, 8], "unstructuredAddress";
        JURISDICTION_LOCALITY = [1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 1], "jurisdictionLocalityName";
        JURISDICTION_STATE = [1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 2], "jurisdictionStateOrProvinceName";
        JURISDICTION_COUNTRY = [1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 3], "jurisdictionCountryName";
        // Extensions: RFC 5280 §4.2, RFC 6962, RFC 7633, RFC 3739, RFC 6960, Microsoft, Netscape.
        SUBJECT_DIRECTORY_ATTRIBUTES = [2, 5, 29, 9], "subjectDirectoryAttributes";
        SUBJECT_KEY_IDENTIFIER = [2, 5, 29, 14], "subjectKeyIdentifier";
        KEY_USAGE = [2, 5, 29, 15], "keyUsage";
        PRIVATE_KEY_USAGE_PERIOD = [2, 5, 29, 16], "privateKeyUsagePeriod";
        SUBJECT_ALT_NAME = [2, 5, 29, 17], "subjectAltName";
        ISSUER_ALT_NAME = [2, 5, 29, 18], "issuerAltName";
        BASIC_CONSTRAINTS = [2, 5, 29, 19], "basicConstraints";
        CRL_NUMBER = [2, 5, 29, 20], "cRLNumber";
        CRL_REASON = [2, 5, 29, 21], "cRLReason";
        INVALIDITY_DATE = [2, 5, 29, 24], "invalidityDate";
        DELTA_CRL_INDICATOR = [2, 5, 29, 27], "deltaCRLIndicator";
        ISSUING_DISTRIBUTION_POINT = [2, 5, 29, 28], "issuingDistributionPoint";
        CERTIFICATE_ISSUER = [2, 5, 29, 29], "certificateIssuer";
        NAME_CONSTRAINTS = [2, 5, 29, 30], "nameConstraints";
        CRL_DISTRIBUTION_POINTS = [2, 5, 29, 31], "cRLDistributionPoints";
        CERTIFICATE_POLICIES = [2, 5, 29, 32], "certificatePolicies";
        POLICY_MAPPINGS = [2, 5, 29, 33], "policyMappings";
        AUTHORITY_KEY_IDENTIFIER = [2, 5, 29, 35], "authorityKeyIdentifier";
        POLICY_CONSTRAINTS = [2, 5, 29, 36], "policyConstraints";
        EXTENDED_KEY_USAGE = [2, 5, 29, 37], "extKeyUsage";
        FRESHEST_CRL = [2, 5, 29, 46], "freshestCRL";
        INHIBIT_ANY_POLICY = [2, 5, 29, 54], "inhibitAnyPolicy";
        NO_REV_AVAIL = [2, 5, 29, 56], "noRevAvail";
        AUTHORITY_INFO_ACCESS = [1, 3, 6, 1, 5, 5, 7, 1, 1], "authorityInfoAccess";
        BIOMETRIC_INFO = [1, 3, 6, 1, 5, 5, 7, 1, 2], "biometricInfo";
        QC_STATEMENTS = [1, 3, 6, 1, 5, 5, 7, 1, 3], "qcStatements";
        IP_ADDR_BLOCKS = [1, 3, 6, 1, 5, 5, 7, 1, 7], "ipAddrBlocks";
        AUTONOMOUS_SYS_IDS = [1, 3, 6, 1, 5, 5, 7, 1, 8], "autonomousSysIds";
        SUBJECT_INFO_ACCESS = [1, 3, 6, 1, 5, 5, 7, 1, 11], "subjectInfoAccess";
        LOGOTYPE = [1, 3, 6, 1, 5, 5, 7, 1, 12], "logotype";
        TLS_FEATURE = [1, 3, 6, 1, 5, 5, 7, 1, 24], "tlsFeature";
        OCSP_NO_CHECK = [1, 3, 6, 1, 5, 5, 7, 48, 1, 5], "ocspNoCheck";
        CT_SCT_LIST = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2], "signedCertificateTimestampList";
        CT_POISON = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 3], "ctPoison";
        SMIME_CAPABILITIES = [1, 2, 840, 113549, 1, 9, 15], "smimeCapabilities";
        NETSCAPE_CERT_TYPE = [2, 16, 840, 1, 113730, 1, 1], "netscapeCertType";
        NETSCAPE_COMMENT = [2, 16, 840, 1, 113730, 1, 13], "netscapeComment";
        CABF_ORGANIZATION_IDENTIFIER = [2, 23, 140, 3, 1], "cabfOrganizationIdentifier";
        MS_CERTIFICATE_TEMPLATE_NAME = [1, 3, 6, 1, 4, 1, 311, 20, 2], "msCertificateTemplateName";
        MS_CA_VERSION = [1, 3, 6, 1, 4, 1, 311, 21, 1], "msCaVersion";
        MS_PREVIOUS_CA_CERT_HASH = [1, 3, 6, 1, 4, 1, 311, 21, 2], "msPreviousCaCertificateHash";
        MS_CERTIFICATE_TEMPLATE = [1, 3, 6, 1, 4, 1, 311, 21, 7], "msCertificateTemplate";
        MS_APPLICATION_POLICIES = [1, 3, 6, 1, 4, 1, 311, 21, 10], "msApplicationPolicies";
        MS_APPLICATION_POLICY_MAPPINGS = [1, 3, 6, 1, 4, 1, 311, 21, 11], "msApplicationPolicyMappings";
        MS_APPLICATION_POLICY_CONSTRAINTS = [1, 3, 6, 1, 4, 1, 311, 21, 12], "msApplicationPolicyConstraints";
        MS_NTDS_CA_SECURITY = [1, 3, 6, 1, 4, 1, 311, 25, 2], "msNtdsCaSecurity";
        ENTRUST_VERSION_INFO = [1, 2, 840, 113533, 7, 65, 0], "entrustVersionInfo";
        // Key purposes: RFC 5280 §4.2.1.12 and others.
        ANY_EXTENDED_KEY_USAGE = [2, 5, 29, 37, 0], "anyExtendedKeyUsage";
        SERVER_AUTH = [1, 3, 6, 1, 5, 5, 7, 3, 1], "serverAuth";
        CLIENT_AUTH = [1, 3, 6, 1, 5, 5, 7, 3, 2], "clientAuth";
        CODE_SIGNING = [1, 3, 6, 1, 5, 5, 7, 3, 3], "codeSigning";
        EMAIL_PROTECTION = [1, 3, 6, 1, 5, 5, 7, 3, 4], "emailProtection";
        IPSEC_END_SYSTEM = [1, 3, 6, 1, 5, 5, 7, 3, 5], "ipsecEndSystem";
        IPSEC_TUNNEL = [1, 3, 6, 1, 5, 5, 7, 3, 6], "ipsecTunnel";
        IPSEC_USER = [1, 3, 6, 1, 5, 5, 7, 3, 7], "ipsecUser";
        TIME_STAMPING = [1, 3, 6, 1, 5, 5, 7, 3, 8], "timeStamping";
        OCSP_SIGNING = [1, 3, 6, 1, 5, 5, 7, 3, 9], "OCSPSigning";
        IPSEC_IKE = [1, 3, 6, 1, 5, 5, 7, 3, 17], "ipsecIKE";
        DOCUMENT_SIGNING = [1, 3, 6, 1, 5, 5, 7, 3, 36], "documentSigning";
        PKINIT_KDC = [1, 3, 6, 1, 5, 2, 3, 5], "pkinitKPKdc";
        IPSEC_IKE_INTERMEDIATE = [1, 3, 6, 1, 5, 5, 8, 2, 2], "ipsecIkeIntermediate";
        MS_CTL_SIGNING = [1, 3, 6, 1, 4, 1, 311, 10, 3, 1], "msCtlSigning";
        MS_SGC = [1, 3, 6, 1, 4, 1, 311, 10, 3, 3], "msServerGatedCrypto";
        MS_EFS = [1, 3, 6, 1, 4, 1, 311, 10, 3, 4], "msEncryptingFileSystem";
        MS_EFS_RECOVERY = [1, 3, 6, 1, 4, 1, 311, 10, 3, 4, 1], "msEfsRecovery";
        MS_DOCUMENT_SIGNING = [1, 3, 6, 1, 4, 1, 311, 10, 3, 12], "msDocumentSigning";
        MS_LIFETIME_SIGNING = [1, 3, 6, 1, 4, 1, 311, 10, 3, 13], "msLifetimeSigning";
        MS_ANY_APPLICATION_POLICY = [1, 3, 6, 1, 4, 1, 311, 10, 12, 1], "msAnyApplicationPolicy";
        MS_SMARTCARD_LOGON = [1, 3, 6, 1, 4, 1, 311, 20, 2, 2], "msSmartcardLogon";
        MS_UPN = [1, 3, 6, 1, 4, 1, 311, 20, 2, 3], "msUserPrincipalName";
        MS_ENROLLMENT_AGENT = [1, 3, 6, 1, 4, 1, 311, 20, 2, 1], "msEnrollmentAgent";
        MS_CA_EXCHANGE = [1, 3, 6, 1, 4, 1, 311, 21, 5], "msCaExchange";
        MS_KEY_RECOVERY_AGENT = [1, 3, 6, 1, 4, 1, 311, 21, 6], "msKeyRecoveryAgent";
        MS_REMOTE_DESKTOP = [1, 3, 6, 1, 4, 1, 311, 54, 1, 2], "msRemoteDesktopAuthentication";
        MS_CODE_INDIVIDUAL = [1, 3, 6, 1, 4, 1, 311, 2, 1, 21], "msCodeIndividual";
        MS_CODE_COMMERCIAL = [1, 3, 6, 1, 4, 1, 311, 2, 1, 22], "msCodeCommercial";
        MS_NTDS_OBJECT_SID = [1, 3, 6, 1, 4, 1, 311, 25, 2, 1], "msNtdsObjectSid";
        NETSCAPE_SGC = [2, 16, 840, 1, 113730, 4, 1], "netscapeServerGatedCrypto";
        // Other names: RFC 8398 / RFC 9598, RFC 4985, RFC 4556, RFC 6120.
        SMTP_UTF8_MAILBOX = [1, 3, 6, 1, 5, 5, 7, 8, 9], "id-on-SmtpUTF8Mailbox";
        XMPP_ADDR = [1, 3, 6, 1, 5, 5, 7, 8, 5], "id-on-xmppAddr";
        DNS_SRV = [1, 3, 6, 1, 5, 5, 7, 8, 7], "id-on-dnsSRV";
        KRB5_PRINCIPAL = [1, 3, 6, 1, 5, 2, 2], "id-pkinit-san";
        // Access methods: RFC 5280 §4.2.2.
        AD_OCSP = [1, 3, 6, 1, 5, 5, 7, 48, 1], "ocsp";
        AD_CA_ISSUERS = [1, 3, 6, 1, 5, 5, 7, 48, 2], "caIssuers";
        AD_TIME_STAMPING = [1, 3, 6, 1, 5, 5, 7, 48, 3], "adTimeStamping";
        AD_CA_REPOSITORY = [1, 3, 6, 1, 5, 5, 7, 48, 5], "caRepository";
        // OCSP: RFC 6960 §4.2.1, §4.4; RFC 6962 §3.3.
        OCSP_BASIC = [1, 3, 6, 1, 5, 5, 7, 48, 1, 1], "id-pkix-ocsp-basic";
        OCSP_NONCE = [1, 3, 6, 1, 5, 5, 7, 48, 1, 2], "id-pkix-ocsp-nonce";
        OCSP_CRL_ID = [1, 3, 6, 1, 5, 5, 7, 48, 1, 3], "id-pkix-ocsp-crl";
        OCSP_ACCEPTABLE_RESPONSES = [1, 3, 6, 1, 5, 5, 7, 48, 1, 4], "id-pkix-ocsp-response";
        OCSP_ARCHIVE_CUTOFF = [1, 3, 6, 1, 5, 5, 7, 48, 1, 6], "id-pkix-ocsp-archive-cutoff";
        OCSP_SERVICE_LOCATOR = [1, 3, 6, 1, 5, 5, 7, 48, 1, 7], "id-pkix-ocsp-service-locator";
        OCSP_PREFERRED_SIGNATURES = [1, 3, 6, 1, 5, 5, 7, 48, 1, 8], "id-pkix-ocsp-pref-sig-algs";
        OCSP_EXTENDED_REVOKE = [1, 3, 6, 1, 5, 5, 7, 48, 1, 9], "id-pkix-ocsp-extended-revoke";
        OCSP_SCT_LIST = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 5], "ocspSignedCertificateTimestampList";
        // Policies and qualifiers: RFC 5280 §4.2.1.4, CA/B Forum, ETSI EN 319 411.
        ANY_POLICY = [2, 5, 29, 32, 0], "anyPolicy";
        QUALIFIER_CPS = [1, 3, 6, 1, 5, 5, 7, 2, 1], "cps";
        QUALIFIER_USER_NOTICE = [1, 3, 6, 1, 5, 5, 7, 2, 2], "userNotice";
        CABF_EV = [2, 23, 140, 1, 1], "CA/B Forum extended validation";
        CABF_DV = [2, 23, 140, 1, 2, 1], "CA/B Forum domain validated";
        CABF_OV = [2, 23, 140, 1, 2, 2], "CA/B Forum organization validated";
        CABF_IV = [2, 23, 140, 1, 2, 3], "CA/B Forum individual validated";
        CABF_EV_CODE_SIGNING = [2, 23, 140, 1, 3], "CA/B Forum extended validation code signing";
        CABF_CODE_SIGNING = [2, 23, 140, 1, 4, 1], "CA/B Forum code signing";
        CABF_TIME_STAMPING = [2, 23, 140, 1, 4, 2], "CA/B Forum time stamping";
        CABF_SMIME_MAILBOX_LEGACY = [2, 23, 140, 1, 5, 1, 1], "CA/B Forum S/MIME mailbox validated, legacy";
        CABF_SMIME_MAILBOX_MULTIPURPOSE = [2, 23, 140, 1, 5, 1, 2], "CA/B Forum S/MIME mailbox validated, multipurpose";
        CABF_SMIME_MAILBOX_STRICT = [2, 23, 140, 1, 5, 1, 3], "CA/B Forum S/MIME mailbox validated, strict";
        CABF_SMIME_ORGANIZATION_STRICT = [2, 23, 140, 1, 5, 2, 3], "CA/B Forum S/MIME organization validated, strict";
        CABF_SMIME_SPONSOR_STRICT = [2, 23, 140, 1, 5, 3, 3], "CA/B Forum S/MIME sponsor validated, strict";
        CABF_ONION_EV = [2, 23, 140, 1, 31], "CA/B Forum onion extended validation";
        ETSI_NCP = [0, 4, 0, 2042, 1, 1], "ETSI NCP";
        ETSI_NCP_PLUS = [0, 4, 0, 2042, 1, 2], "ETSI NCP+";
        ETSI_LCP = [0, 4, 0, 2042, 1, 3], "ETSI LCP";
        ETSI_EVCP = [0, 4, 0, 2042, 1, 4], "ETSI EVCP";
        ETSI_DVCP = [0, 4, 0, 2042, 1, 6], "ETSI DVCP";
        ETSI_OVCP = [0, 4, 0, 2042, 1, 7], "ETSI OVCP";
        ETSI_QCP_NATURAL = [0, 4, 0, 194112, 1, 0], "ETSI QCP-n";
        ETSI_QCP_LEGAL = [0, 4, 0, 194112, 1, 1], "ETSI QCP-l";
        ETSI_QCP_NATURAL_QSCD = [0, 4, 0, 194112, 1, 2], "ETSI QCP-n-qscd";
        ETSI_QCP_LEGAL_QSCD = [0, 4, 0, 194112, 1, 3], "ETSI QCP-l-qscd";
        ETSI_QEVCP_W = [0, 4, 0, 194112, 1, 4], "ETSI QEVCP-w";
        // Statements of qualified certificates: RFC 3739, ETSI EN 319 412-5.
        QCS_PKIX_QC_SYNTAX_V1 = [1, 3, 6, 1, 5, 5, 7, 11, 1], "id-qcs-pkixQCSyntax-v1";
        QCS_PKIX_QC_SYNTAX_V2 = [1, 3, 6, 1, 5, 5, 7, 11, 2], "id-qcs-pkixQCSyntax-v2";
        ETSI_QC_COMPLIANCE = [0, 4, 0, 1862, 1, 1], "QcCompliance";
        ETSI_QC_LIMIT_VALUE = [0, 4, 0, 1862, 1, 2], "QcLimitValue";
        ETSI_QC_RETENTION = [0, 4, 0, 1862, 1, 3], "QcRetentionPeriod";
        ETSI_QC_SSCD = [0, 4, 0, 1862, 1, 4], "QcSSCD";
        ETSI_QC_PDS = [0, 4, 0, 1862, 1, 5], "QcPDS";
        ETSI_QC_TYPE = [0, 4, 0, 1862, 1, 6], "QcType";
        ETSI_QC_CC_LEGISLATION = [0, 4, 0, 1862, 1, 7], "QcCClegislation";
        ETSI_QCT_ESIGN = [0, 4, 0, 1862, 1, 6, 1], "QcType esign";
        ETSI_QCT_ESEAL = [0, 4, 0, 1862, 1, 6, 2], "QcType eseal";
        ETSI_QCT_WEB = [0, 4, 0, 1862, 1, 6, 3], "QcType web";
        ETSI_PSD2 = [0, 4, 0, 19495, 2], "etsi-psd2-qcStatement";
        // Containers: RFC 5652, RFC 7292.
        PKCS7_DATA = [1, 2, 840, 113549, 1, 7, 1], "id-data";
        PKCS7_SIGNED_DATA = [1, 2, 840, 113549, 1, 7, 2], "id-signedData";
        PKCS7_ENVELOPED_DATA = [1, 2, 840, 113549, 1, 7, 3], "id-envelopedData";
        PKCS7_ENCRYPTED_DATA = [1, 2, 840, 113549, 1, 7, 6], "id-encryptedData";
        MS_CTL = [1, 3, 6, 1, 4, 1, 311, 10, 1], "msCertificateTrustList";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_print_as_written() {
        assert_eq!(oids::RSA_ENCRYPTION.to_string(), "1.2.840.113549.1.1.1");
        assert_eq!(oids::DOMAIN_COMPONENT.to_string(), "0.9.2342.19200300.100.1.25");
        assert_eq!(oids::COMMON_NAME.as_bytes(), [0x55, 0x04, 0x03]);
    }

    #[test]
    fn dotted_round_trip_for_every_known_identifier() {
        for (oid, name) in oids::NAMES {
            assert_eq!(encode_dotted(&oid.to_string()).as_deref(), Some(oid.as_bytes()), "{name}");
        }
        assert_eq!(encode_dotted("2.999.1").map(|content| Oid::new(&content).to_string()), Some("2.999.1".into()));
        for bad in ["", "1", "3.1", "1.40", "1..2", "1.2.x", "1.2.", "+1.2"] {
            assert_eq!(encode_dotted(bad), None, "{bad}");
        }
    }

    #[test]
    fn keys_keep_identifiers_apart() {
        assert_eq!(oids::keys::KEY_USAGE, 0x01_551d0f);
        assert_ne!(Oid::new(&[0]).key(), Oid::new(&[0, 0]).key());
        assert_ne!(Oid::new(&[0xff; 15]).key(), Oid::new(&[0xff; 14]).key());
        assert_eq!(Oid::new(&[0x2a; 16]).key(), 0);
    }

    #[test]
    fn no_identifier_or_name_stands_twice() {
        for (index, (oid, name)) in oids::NAMES.iter().enumerate() {
            assert_ne!(oid.key(), 0, "{name} is too long to have a key");
            for (other, other_name) in oids::NAMES.iter().skip(index + 1) {
                assert_ne!(oid, other, "{name} {other_name}");
                assert_ne!(name, other_name);
            }
        }
    }

    #[test]
    fn the_largest_arc_of_a_uuid_is_printed() {
        let dotted = "2.25.340282366920938463463374607431768211455";
        let content = encode_dotted(dotted).unwrap();
        assert_eq!(Oid::new(&content).to_string(), dotted);
    }

    #[test]
    fn an_arc_beyond_128_bits_is_said_so() {
        let mut content = vec![0x2a];
        content.extend([0xff; 30]);
        content.push(0x7f);
        assert_eq!(Oid::new(&content).to_string(), "1.2.(too large)");
    }
}
