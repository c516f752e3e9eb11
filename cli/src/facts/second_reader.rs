//! A second, lenient reader: x509-parser.
//!
//! certlens refuses what it cannot read by the rules; a person who looks at
//! such a certificate still wants to know whose it is. And where two readers
//! read the same octets differently, that is the trouble to look for. Nothing
//! that this reader says ever counts towards a verdict.

use std::panic::{AssertUnwindSafe, catch_unwind};

use certlens_core::encoding::der::DerError;
use certlens_core::origin::Origin;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_core::x509::certificate::Version;
use certlens_core::x509::general_name::ip_address;
use certlens_core::x509::oid::Oid;
use schemars::JsonSchema;
use serde::Serialize;
use x509_parser::certificate::{X509Certificate, X509CertificateParser};
use x509_parser::extensions::{GeneralName, ParsedExtension, X509Extension};
use x509_parser::nom::Parser as _;
use x509_parser::prelude::FromDer as _;

use crate::facts::origin::OriginFacts;
use crate::facts::{ErrorFacts, Hex, OidFacts};

/// The largest object that is given to the second reader, in octets. It holds
/// every extension in memory, at a hundred octets and more for an empty one;
/// certificates in the wild stay below 100 KiB.
pub(crate) const MAX_OCTETS: usize = 1024 * 1024;

/// A certificate that certlens refuses, as a second, lenient reader
/// (x509-parser) reads it. Nothing here is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SecondReadingFacts {
    /// Where the certificate came from.
    pub(crate) origin: OriginFacts,
    /// Why certlens refuses it.
    pub(crate) refused: ErrorFacts,
    /// What the second reader reads.
    #[serde(flatten)]
    pub(crate) reading: SecondReading,
}

/// What the second reader reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SecondReading {
    /// The version number.
    pub(crate) version: u64,
    /// Content octets of the serial number.
    pub(crate) serial: Hex,
    /// The issuer's name as the second reader writes it.
    pub(crate) issuer: String,
    /// The subject's name as the second reader writes it.
    pub(crate) subject: String,
    /// Start of validity, RFC 3339.
    pub(crate) not_before: String,
    /// End of validity, RFC 3339.
    pub(crate) not_after: String,
    /// The algorithm of the signature.
    pub(crate) signature_algorithm: OidFacts,
    /// The algorithm of the public key.
    pub(crate) key_algorithm: OidFacts,
    /// Size of the key in bits, when the second reader knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_bits: Option<usize>,
    /// The names in subjectAltName, each behind its kind.
    pub(crate) names: Vec<String>,
    /// The extensions in encoded order.
    pub(crate) extensions: Vec<SecondExtension>,
    /// Octets that stand after the certificate.
    pub(crate) trailing_octets: usize,
}

/// An extension as the second reader reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SecondExtension {
    /// Which extension.
    #[serde(flatten)]
    pub(crate) id: OidFacts,
    /// Whether it is critical.
    pub(crate) critical: bool,
    /// What it says, for a person to read, when the second reader decodes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
}

impl SecondReadingFacts {
    /// What the second reader makes of octets that [`Certificate::from_der`]
    /// refused with `refused`; `None` when it refuses them too.
    pub(crate) fn new(der: &[u8], refused: &DerError, origin: &Origin) -> Option<Self> {
        let reading = read(der)?;
        Some(SecondReadingFacts { origin: OriginFacts::new(origin), refused: ErrorFacts::new(refused), reading })
    }
}

/// Reads a certificate; `None` when it cannot be read, or has more than
/// [`MAX_OCTETS`].
pub(crate) fn read(der: &[u8]) -> Option<SecondReading> {
    let reading = guarded(der, |der| {
        let (rest, certificate) = parse(der).ok()?;
        Some(SecondReading::new(&certificate, rest.len()))
    });
    reading.flatten()
}

/// Reads one whole extension and says in words what is in it; `None` when it
/// cannot be read or is of a kind that the second reader does not decode.
pub(crate) fn extension(octets: &[u8]) -> Option<String> {
    let text = guarded(octets, |octets| {
        let (_, extension) = X509Extension::from_der(octets).ok()?;
        describe(extension.parsed_extension())
    });
    text.flatten().filter(|text| !text.is_empty())
}

/// Where the second reader reads something else than certlens, or refuses what
/// certlens reads. Empty when both agree, or when the certificate has more than
/// [`MAX_OCTETS`].
pub(crate) fn disagreements(certificate: &Certificate) -> Vec<String> {
    let compared = guarded(certificate.der(), |der| match parse(der) {
        Ok((_, other)) => compare(certificate, &other),
        Err(error) => vec![format!("x509-parser refuses this certificate: {error}")],
    });
    compared.unwrap_or_default()
}

/// Runs the second reader over octets of reasonable size. A panic in it is a
/// bug of somebody else's that must not end this program.
fn guarded<T>(octets: &[u8], read: impl FnOnce(&[u8]) -> T) -> Option<T> {
    if octets.len() > MAX_OCTETS {
        return None;
    }
    // Nothing mutable is shared with the closure, so nothing can be left half-changed.
    catch_unwind(AssertUnwindSafe(|| read(octets))).ok()
}

/// Parses a certificate with its extensions decoded or, where that fails, without.
fn parse(der: &[u8]) -> Result<(&[u8], X509Certificate<'_>), String> {
    let with =
        |decode_extensions| X509CertificateParser::new().with_deep_parse_extensions(decode_extensions).parse(der);
    with(true).or_else(|_| with(false)).map_err(|error| match error {
        x509_parser::nom::Err::Incomplete(_) => "the end is missing".to_owned(),
        x509_parser::nom::Err::Error(error) | x509_parser::nom::Err::Failure(error) => error.to_string(),
    })
}

impl SecondReading {
    fn new(certificate: &X509Certificate<'_>, trailing_octets: usize) -> Self {
        let extensions = certificate.extensions().iter().map(|extension| SecondExtension {
            id: oid_facts(extension.oid.as_bytes()),
            critical: extension.critical,
            value: describe(extension.parsed_extension()),
        });
        let names = certificate.extensions().iter().filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => Some(names.general_names.iter().map(describe_name)),
            _ => None,
        });
        let key = certificate.public_key();
        SecondReading {
            version: u64::from(certificate.version().0) + 1,
            serial: certificate.raw_serial().into(),
            issuer: certificate.issuer().to_string(),
            subject: certificate.subject().to_string(),
            not_before: Time::from_unix(certificate.validity().not_before.timestamp()).to_string(),
            not_after: Time::from_unix(certificate.validity().not_after.timestamp()).to_string(),
            signature_algorithm: oid_facts(certificate.signature_algorithm.algorithm.as_bytes()),
            key_algorithm: oid_facts(key.algorithm.algorithm.as_bytes()),
            key_bits: key.parsed().ok().map(|key| key.key_size()).filter(|&bits| bits > 0),
            names: names.flatten().collect(),
            extensions: extensions.collect(),
            trailing_octets,
        }
    }
}

/// This reader takes identifiers that end within a number; they have no dotted form.
fn oid_facts(content: &[u8]) -> OidFacts {
    match content.last() {
        Some(last) if last & 0x80 == 0 => OidFacts::new(Oid::new(content)),
        _ => OidFacts { oid: format!("#{}", Hex::from(content)), name: None },
    }
}

fn oid_name(content: &[u8]) -> String {
    let facts = oid_facts(content);
    facts.name.unwrap_or(facts.oid)
}

/// What an extension says, in words. Kinds that never stand alone in a broken
/// certificate's explanation are left to the octets.
fn describe(extension: &ParsedExtension<'_>) -> Option<String> {
    let joined = |names: &[GeneralName<'_>]| names.iter().map(describe_name).collect::<Vec<_>>().join(", ");
    Some(match extension {
        ParsedExtension::SubjectAlternativeName(names) => joined(&names.general_names),
        ParsedExtension::IssuerAlternativeName(names) => joined(&names.general_names),
        ParsedExtension::BasicConstraints(constraints) => match constraints.path_len_constraint {
            Some(length) => format!("CA: {}, path length {length}", constraints.ca),
            None => format!("CA: {}", constraints.ca),
        },
        ParsedExtension::KeyUsage(usage) => usage.to_string(),
        ParsedExtension::SubjectKeyIdentifier(identifier) => Hex::from(identifier.0).to_string(),
        ParsedExtension::AuthorityKeyIdentifier(identifier) => {
            let key = identifier.key_identifier.as_ref().map(|key| Hex::from(key.0).to_string());
            let issuer = identifier.authority_cert_issuer.as_deref().map(joined);
            let serial = identifier.authority_cert_serial.map(|serial| format!("serial {}", Hex::from(serial)));
            [key, issuer, serial].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        ParsedExtension::ExtendedKeyUsage(usage) => describe_purposes(usage),
        ParsedExtension::CertificatePolicies(policies) => {
            let names = policies.iter().map(|policy| oid_name(policy.policy_id.as_bytes()));
            names.collect::<Vec<_>>().join(", ")
        }
        ParsedExtension::AuthorityInfoAccess(access) => {
            let places = access.accessdescs.iter().map(|place| {
                let method = oid_name(place.access_method.as_bytes());
                format!("{method} {}", describe_name(&place.access_location))
            });
            places.collect::<Vec<_>>().join(", ")
        }
        ParsedExtension::NSCertType(types) => types.to_string(),
        ParsedExtension::NsCertComment(comment) => (*comment).to_owned(),
        ParsedExtension::InhibitAnyPolicy(inhibit) => format!("skip {} certificates", inhibit.skip_certs),
        ParsedExtension::SCT(list) => format!("{} timestamps", list.len()),
        _ => return None,
    })
}

fn describe_purposes(usage: &x509_parser::extensions::ExtendedKeyUsage<'_>) -> String {
    let known = [
        (usage.any, "anyExtendedKeyUsage"),
        (usage.server_auth, "serverAuth"),
        (usage.client_auth, "clientAuth"),
        (usage.code_signing, "codeSigning"),
        (usage.email_protection, "emailProtection"),
        (usage.time_stamping, "timeStamping"),
        (usage.ocsp_signing, "OCSPSigning"),
    ];
    let mut purposes: Vec<String> = known.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned()).collect();
    purposes.extend(usage.other.iter().map(|oid| oid_name(oid.as_bytes())));
    purposes.join(", ")
}

fn describe_name(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(text) => format!("dns:{text}"),
        GeneralName::RFC822Name(text) => format!("email:{text}"),
        GeneralName::URI(text) => format!("uri:{text}"),
        GeneralName::IPAddress(octets) => match ip_address(octets) {
            Some(address) => format!("ip:{address}"),
            None => format!("ip:#{}", Hex::from(*octets)),
        },
        GeneralName::DirectoryName(name) => format!("directoryName:{name}"),
        GeneralName::RegisteredID(oid) => format!("registeredID:{}", oid_name(oid.as_bytes())),
        GeneralName::OtherName(oid, octets) => {
            format!("otherName:{}:#{}", oid_name(oid.as_bytes()), Hex::from(*octets))
        }
        GeneralName::X400Address(any) => format!("x400Address:#{}", Hex::from(any.data)),
        GeneralName::EDIPartyName(any) => format!("ediPartyName:#{}", Hex::from(any.data)),
        GeneralName::Invalid(tag, octets) => format!("invalid[{}]:#{}", tag.0, Hex::from(*octets)),
    }
}

/// Every field of RFC 5280 §4.1 that both readers give in a comparable form.
fn compare(ours: &Certificate, other: &X509Certificate<'_>) -> Vec<String> {
    let tbs = &other.tbs_certificate;
    let mut found = Vec::new();
    let mut octets = |field: &str, ours: &[u8], theirs: &[u8]| {
        if ours != theirs {
            found.push(format!("{field}: x509-parser reads {}, certlens {}", digest_of(theirs), digest_of(ours)));
        }
    };
    octets("tbsCertificate", ours.tbs(), tbs.as_ref());
    octets("serialNumber", ours.serial().as_bytes(), other.raw_serial());
    octets("issuer", ours.issuer_raw(), other.issuer().as_raw());
    octets("subject", ours.subject_raw(), other.subject().as_raw());
    octets("subjectPublicKeyInfo", ours.spki_raw(), other.public_key().raw);
    octets("signatureValue", ours.signature().bytes, &other.signature_value.data);
    octets(
        "signatureAlgorithm",
        ours.signature_algorithm().oid.as_bytes(),
        other.signature_algorithm.algorithm.as_bytes(),
    );
    let version = match ours.version() {
        Version::V1 => Some(0),
        Version::V2 => Some(1),
        Version::V3 => Some(2),
        Version::Other(number) => number,
    };
    if version != Some(other.version().0) {
        found.push(format!("version: x509-parser reads {}, certlens {}", other.version().0 + 1, ours.version()));
    }
    for (field, ours, theirs) in [
        ("notBefore", ours.not_before().time, other.validity().not_before),
        ("notAfter", ours.not_after().time, other.validity().not_after),
    ] {
        let theirs = Time::from_unix(theirs.timestamp());
        if ours != theirs {
            found.push(format!("{field}: x509-parser reads {theirs}, certlens {ours}"));
        }
    }
    let (count, other_count) = (ours.extensions().len(), other.extensions().len());
    if count != other_count {
        found.push(format!("extensions: x509-parser reads {other_count}, certlens {count}"));
    }
    for (ours, theirs) in ours.extensions().zip(other.extensions()) {
        let oid = ours.oid();
        if oid.as_bytes() != theirs.oid.as_bytes() {
            found.push(format!("extension {oid}: x509-parser reads {}", oid_name(theirs.oid.as_bytes())));
        } else if ours.is_critical() != theirs.critical {
            found.push(format!("extension {oid}: x509-parser reads critical as {}", theirs.critical));
        } else if ours.value_octets() != theirs.value {
            found.push(format!("extension {oid}: x509-parser reads another value"));
        }
    }
    found
}

/// Octets for a sentence: all of them when they are few.
fn digest_of(octets: &[u8]) -> String {
    const FEW: usize = 24;
    match octets.get(..FEW) {
        Some(start) if octets.len() > FEW => format!("{}… ({} octets)", Hex::from(start), octets.len()),
        _ => Hex::from(octets).to_string(),
    }
}

#[cfg(test)]
mod tests;
