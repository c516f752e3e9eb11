//! The four readers, each brought to the same form: a verdict and, when the
//! octets were read, the fields that all of them have.

use certlens_core::encoding::der::{DerError, DerErrorKind};
use certlens_core::x509::Certificate;
use certlens_core::x509::oid::Oid;

/// What a reader says about a certificate.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Nothing to complain about.
    Accepts(Fields),
    /// Read, but with complaints: deviations, an extension or a key that cannot
    /// be decoded. Only certlens has this between the two.
    Deviates(Fields, String),
    /// Not read, or a known extension or key not decoded.
    Refuses(String),
}

/// The fields that are compared; each as encoded unless said otherwise.
#[derive(Debug, PartialEq)]
pub(crate) struct Fields {
    /// Content octets.
    pub(crate) serial: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    /// Seconds since 1970.
    pub(crate) not_before: i64,
    /// Seconds since 1970.
    pub(crate) not_after: i64,
    pub(crate) spki: Vec<u8>,
    /// Dotted identifier, critical, content of extnValue.
    pub(crate) extensions: Vec<(String, bool, Vec<u8>)>,
}

impl Fields {
    /// Names of the fields in which two readings differ.
    pub(crate) fn differences(&self, other: &Fields) -> Vec<&'static str> {
        [
            ("serial", self.serial != other.serial),
            ("issuer", self.issuer != other.issuer),
            ("subject", self.subject != other.subject),
            ("notBefore", self.not_before != other.not_before),
            ("notAfter", self.not_after != other.not_after),
            ("subjectPublicKeyInfo", self.spki != other.spki),
            ("extensions", self.extensions != other.extensions),
        ]
        .into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
    }
}

/// A reader that is compared with certlens.
pub(crate) struct Oracle {
    pub(crate) name: &'static str,
    pub(crate) read: fn(&[u8]) -> Verdict,
}

pub(crate) const ORACLES: [Oracle; 3] = [
    Oracle { name: "x509-parser", read: x509_parser_reads },
    Oracle { name: "asn1", read: pyca::reads },
    Oracle { name: "x509-cert", read: rustcrypto::reads },
];

pub(crate) fn certlens(der: &[u8]) -> Verdict {
    let certificate = match Certificate::from_der(der) {
        Ok(certificate) => certificate,
        Err(error) => return Verdict::Refuses(reason(&error)),
    };
    let mut complaints: Vec<String> =
        certificate.deviations().iter().map(|deviation| variant(&format!("{:?}", deviation.kind))).collect();
    complaints.extend(certificate.key_error().map(|error| format!("key: {}", reason(&error))));
    complaints.extend(certificate.extensions().filter_map(|extension| {
        let error = extension.value().err()?;
        Some(format!("extension: {}", reason(&error)))
    }));
    complaints.sort();
    complaints.dedup();
    let fields = Fields {
        serial: certificate.serial().as_bytes().to_vec(),
        issuer: certificate.issuer_raw().to_vec(),
        subject: certificate.subject_raw().to_vec(),
        not_before: certificate.not_before().time.unix(),
        not_after: certificate.not_after().time.unix(),
        spki: certificate.spki_raw().to_vec(),
        extensions: certificate
            .extensions()
            .map(|extension| (extension.oid().to_string(), extension.is_critical(), extension.value_octets().to_vec()))
            .collect(),
    };
    if complaints.is_empty() { Verdict::Accepts(fields) } else { Verdict::Deviates(fields, complaints.join(" + ")) }
}

/// What is wrong and in which field, without the offset.
fn reason(error: &DerError) -> String {
    let what = match error.kind {
        DerErrorKind::Invalid(what) => what.to_owned(),
        kind => variant(&format!("{kind:?}")),
    };
    if error.field.is_empty() { what } else { format!("{what} ({})", error.field) }
}

/// The name of an enum's variant without its fields.
fn variant(debug: &str) -> String {
    debug.split(['(', '{', ' ']).next().unwrap_or_default().to_owned()
}

/// An error's text with its numbers taken out, so that one defect is one class.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        let character = if character.is_ascii_digit() { '#' } else { character };
        if !(character == '#' && out.ends_with('#')) {
            out.push(if character == '\n' { ' ' } else { character });
        }
    }
    out
}

fn dotted(content: &[u8]) -> String {
    Oid::new(content).to_string()
}

fn x509_parser_reads(der: &[u8]) -> Verdict {
    use x509_parser::extensions::ParsedExtension;
    use x509_parser::prelude::{FromDer, X509Certificate};

    let certificate = match X509Certificate::from_der(der) {
        Ok(([], certificate)) => certificate,
        Ok(_) => return Verdict::Refuses("octets after the certificate".into()),
        Err(error) => return Verdict::Refuses(without_numbers(&error.to_string())),
    };
    for extension in certificate.extensions() {
        if let ParsedExtension::ParseError { error } = extension.parsed_extension() {
            return Verdict::Refuses(format!("extension {}: {}", extension.oid, without_numbers(&error.to_string())));
        }
    }
    if let Err(error) = certificate.public_key().parsed() {
        return Verdict::Refuses(format!("key: {}", without_numbers(&error.to_string())));
    }
    Verdict::Accepts(Fields {
        serial: certificate.raw_serial().to_vec(),
        issuer: certificate.issuer().as_raw().to_vec(),
        subject: certificate.subject().as_raw().to_vec(),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
        spki: certificate.public_key().raw.to_vec(),
        extensions: certificate
            .extensions()
            .iter()
            .map(|extension| (dotted(extension.oid.as_bytes()), extension.critical, extension.value.to_vec()))
            .collect(),
    })
}

/// `asn1`, the library under pyca/cryptography, with the structures of RFC 5280
/// written as pyca writes them, for the parts compared here.
#[expect(clippy::result_large_err, reason = "the error is the library's, and this is not a hot path")]
mod pyca {
    use asn1::{
        Asn1Read, BigInt, BitString, DateTime, IA5String, ObjectIdentifier, ParseError, Sequence, SequenceOf, SetOf,
        Tlv, UtcTime, X509GeneralizedTime,
    };

    use super::{Fields, Verdict};
    use certlens_core::time::Time as Instant;

    #[derive(Asn1Read)]
    struct Certificate<'a> {
        tbs: TbsCertificate<'a>,
        _algorithm: AlgorithmIdentifier<'a>,
        _signature: BitString<'a>,
    }

    #[derive(Asn1Read)]
    struct TbsCertificate<'a> {
        #[explicit(0)]
        #[default(0)]
        _version: u8,
        serial: BigInt<'a>,
        _algorithm: AlgorithmIdentifier<'a>,
        issuer: Tlv<'a>,
        validity: Validity,
        subject: Tlv<'a>,
        spki: Tlv<'a>,
        #[implicit(1)]
        _issuer_unique_id: Option<BitString<'a>>,
        #[implicit(2)]
        _subject_unique_id: Option<BitString<'a>>,
        #[explicit(3)]
        extensions: Option<SequenceOf<'a, Extension<'a>, 1>>,
    }

    #[derive(Asn1Read)]
    struct AlgorithmIdentifier<'a> {
        _oid: ObjectIdentifier,
        _parameters: Option<Tlv<'a>>,
    }

    #[derive(Asn1Read)]
    struct SubjectPublicKeyInfo<'a> {
        _algorithm: AlgorithmIdentifier<'a>,
        _key: BitString<'a>,
    }

    #[derive(Asn1Read)]
    struct Validity {
        not_before: Time,
        not_after: Time,
    }

    #[derive(Asn1Read)]
    enum Time {
        Utc(UtcTime),
        Generalized(X509GeneralizedTime),
    }

    #[derive(Asn1Read)]
    struct Extension<'a> {
        oid: ObjectIdentifier,
        #[default(false)]
        critical: bool,
        value: &'a [u8],
    }

    #[derive(Asn1Read)]
    struct Attribute<'a> {
        _oid: ObjectIdentifier,
        _value: Tlv<'a>,
    }

    #[derive(Asn1Read)]
    struct BasicConstraints {
        #[default(false)]
        _ca: bool,
        _path_length: Option<u64>,
    }

    #[derive(Asn1Read)]
    #[expect(dead_code, reason = "what counts is that the values can be read")]
    enum GeneralName<'a> {
        #[implicit(0)]
        Other(Sequence<'a>),
        #[implicit(1)]
        Rfc822(IA5String<'a>),
        #[implicit(2)]
        Dns(IA5String<'a>),
        #[implicit(3)]
        X400(Sequence<'a>),
        #[explicit(4)]
        Directory(Name<'a>),
        #[implicit(5)]
        EdiParty(Sequence<'a>),
        #[implicit(6)]
        Uri(IA5String<'a>),
        #[implicit(7)]
        Ip(&'a [u8]),
        #[implicit(8)]
        RegisteredId(ObjectIdentifier),
    }

    type Name<'a> = SequenceOf<'a, SetOf<'a, Attribute<'a>>>;

    pub(super) fn reads(der: &[u8]) -> Verdict {
        match read(der) {
            Ok(fields) => Verdict::Accepts(fields),
            Err(error) => Verdict::Refuses(super::without_numbers(&error.to_string())),
        }
    }

    fn read(der: &[u8]) -> Result<Fields, ParseError> {
        let certificate: Certificate<'_> = asn1::parse_single(der)?;
        let tbs = certificate.tbs;
        tbs.issuer.parse::<Name<'_>>()?;
        tbs.subject.parse::<Name<'_>>()?;
        tbs.spki.parse::<SubjectPublicKeyInfo<'_>>()?;
        let mut extensions = Vec::new();
        for extension in tbs.extensions.into_iter().flatten() {
            value(&extension)?;
            extensions.push((extension.oid.to_string(), extension.critical, extension.value.to_vec()));
        }
        Ok(Fields {
            serial: tbs.serial.as_bytes().to_vec(),
            issuer: tbs.issuer.full_data().to_vec(),
            subject: tbs.subject.full_data().to_vec(),
            not_before: unix(&tbs.validity.not_before),
            not_after: unix(&tbs.validity.not_after),
            spki: tbs.spki.full_data().to_vec(),
            extensions,
        })
    }

    /// The extensions that are in almost every certificate.
    fn value(extension: &Extension<'_>) -> Result<(), ParseError> {
        match extension.oid.to_string().as_str() {
            "2.5.29.19" => asn1::parse_single::<BasicConstraints>(extension.value).map(drop),
            "2.5.29.15" => asn1::parse_single::<BitString<'_>>(extension.value).map(drop),
            "2.5.29.14" => asn1::parse_single::<&[u8]>(extension.value).map(drop),
            "2.5.29.37" => asn1::parse_single::<SequenceOf<'_, ObjectIdentifier, 1>>(extension.value).map(drop),
            "2.5.29.17" | "2.5.29.18" => {
                asn1::parse_single::<SequenceOf<'_, GeneralName<'_>, 1>>(extension.value).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn unix(time: &Time) -> i64 {
        let when: &DateTime = match time {
            Time::Utc(time) => time.as_datetime(),
            Time::Generalized(time) => time.as_datetime(),
        };
        let part = u32::from;
        Instant::from_civil(
            i64::from(when.year()),
            part(when.month()),
            part(when.day()),
            part(when.hour()),
            part(when.minute()),
            part(when.second()),
        )
        .unwrap()
        .unix()
    }
}

/// `x509-cert` of RustCrypto.
mod rustcrypto {
    use x509_cert::Certificate;
    use x509_cert::der::oid::{AssociatedOid, ObjectIdentifier};
    use x509_cert::der::{Decode, Encode, Error};
    use x509_cert::ext::pkix::name::GeneralNames;
    use x509_cert::ext::pkix::{
        AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
        CrlDistributionPoints, ExtendedKeyUsage, FreshestCrl, InhibitAnyPolicy, IssuerAltName, KeyUsage,
        NameConstraints, PolicyConstraints, PolicyMappings, PrivateKeyUsagePeriod, SubjectAltName,
        SubjectInfoAccessSyntax, SubjectKeyIdentifier,
    };
    use x509_cert::time::Time;

    use super::{Fields, Verdict};

    pub(super) fn reads(der: &[u8]) -> Verdict {
        let certificate = match Certificate::from_der(der) {
            Ok(certificate) => certificate,
            Err(error) => return Verdict::Refuses(text(&error)),
        };
        let tbs = certificate.tbs_certificate();
        let mut extensions = Vec::new();
        for extension in tbs.extensions().into_iter().flatten() {
            let (oid, octets) = (extension.extn_id, extension.extn_value.as_bytes());
            if let Err(error) = value(oid, octets) {
                return Verdict::Refuses(format!("extension {oid}: {}", text(&error)));
            }
            extensions.push((oid.to_string(), extension.critical, octets.to_vec()));
        }
        let fields = || -> Result<Fields, Error> {
            Ok(Fields {
                serial: tbs.serial_number().as_bytes().to_vec(),
                issuer: tbs.issuer().to_der()?,
                subject: tbs.subject().to_der()?,
                not_before: unix(&tbs.validity().not_before),
                not_after: unix(&tbs.validity().not_after),
                spki: tbs.subject_public_key_info().to_der()?,
                extensions,
            })
        };
        match fields() {
            Ok(fields) => Verdict::Accepts(fields),
            Err(error) => Verdict::Refuses(format!("encoding again: {}", text(&error))),
        }
    }

    fn text(error: &Error) -> String {
        super::without_numbers(&error.kind().to_string())
    }

    fn unix(time: &Time) -> i64 {
        i64::try_from(time.to_unix_duration().as_secs()).unwrap()
    }

    fn value(oid: ObjectIdentifier, octets: &[u8]) -> Result<(), Error> {
        fn decode<'a, T: Decode<'a, Error = Error>>(octets: &'a [u8]) -> Result<(), Error> {
            T::from_der(octets).map(drop)
        }
        match oid {
            AuthorityKeyIdentifier::OID => decode::<AuthorityKeyIdentifier>(octets),
            SubjectKeyIdentifier::OID => decode::<SubjectKeyIdentifier>(octets),
            KeyUsage::OID => decode::<KeyUsage>(octets),
            PrivateKeyUsagePeriod::OID => decode::<PrivateKeyUsagePeriod>(octets),
            CertificatePolicies::OID => decode::<CertificatePolicies>(octets),
            PolicyMappings::OID => decode::<PolicyMappings>(octets),
            SubjectAltName::OID | IssuerAltName::OID => decode::<GeneralNames>(octets),
            BasicConstraints::OID => decode::<BasicConstraints>(octets),
            NameConstraints::OID => decode::<NameConstraints>(octets),
            PolicyConstraints::OID => decode::<PolicyConstraints>(octets),
            ExtendedKeyUsage::OID => decode::<ExtendedKeyUsage>(octets),
            CrlDistributionPoints::OID => decode::<CrlDistributionPoints>(octets),
            InhibitAnyPolicy::OID => decode::<InhibitAnyPolicy>(octets),
            FreshestCrl::OID => decode::<FreshestCrl>(octets),
            AuthorityInfoAccessSyntax::OID => decode::<AuthorityInfoAccessSyntax>(octets),
            SubjectInfoAccessSyntax::OID => decode::<SubjectInfoAccessSyntax>(octets),
            _ => Ok(()),
        }
    }
}
