//! From the octets of a file to the objects inside it, whatever the file is
//! called.
//!
//! What can be read is returned with notes of what cannot. An error means that
//! nothing in the file is of use, and says what the file is instead.
//!
//! The octets of a private key are never kept: its object says that there is
//! one and no more, and the buffer it was decoded to is overwritten.

use super::ber::Reader;
use super::boundary;
use super::pem::{self, PemBlock, PemErrorKind};
use super::pkcs7::{self, Pkcs7Error};
use super::sniff::{KeyForm, ObjectKind, sniff, sniff_der};
use super::text::{Text, TextEncoding, wipe};

pub use problem::{InputError, InputProblem, ProblemKind};

mod problem;

/// Largest file that is read, in octets. The largest CRLs published by public
/// CAs are about 42 MB; bundles of certificates stay far below.
pub const MAX_INPUT_OCTETS: usize = 64 << 20;

/// Most objects that are read from one file. Everything that public CAs ever
/// disclosed is below 20,000 certificates; beyond this a file is an attack.
pub const MAX_OBJECTS: usize = 100_000;

/// Most problems that are kept of one file; the rest is counted.
pub const MAX_PROBLEMS: usize = 1_000;

/// How the octets of an object are stored in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Armor {
    /// As they are.
    Binary,
    /// In a PEM block.
    Pem {
        /// Its label.
        label: String,
    },
    /// In base64 without boundaries.
    Base64,
}

/// One object in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputObject {
    /// What it is.
    pub kind: ObjectKind,
    /// Its octets as they stand; empty for private keys and OpenPGP.
    pub der: Vec<u8>,
    /// Its place among all objects of the file, from 0.
    pub index: usize,
    /// Byte offset in the file where it starts; for PEM and base64, where the block starts.
    pub offset: usize,
    /// How it is stored.
    pub armor: Armor,
    /// Offset in the PKCS#7's octets, when it comes out of one.
    pub pkcs7_offset: Option<usize>,
}

/// What was read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The objects in the order of the file; at least one.
    pub objects: Vec<InputObject>,
    /// What could not be read or is worth knowing, in the order found.
    pub problems: Vec<InputProblem>,
    /// How many problems beyond [`MAX_PROBLEMS`] were left out.
    pub problems_omitted: usize,
    /// Where in the file the first damage is, listed or not; notes do not count.
    pub first_damage: Option<usize>,
    /// How the file stores text, or `None` for a binary file.
    pub text: Option<TextEncoding>,
}

impl Input {
    /// The certificates, in the order of the file.
    pub fn certificates(&self) -> impl Iterator<Item = &InputObject> {
        self.objects.iter().filter(|object| object.kind == ObjectKind::Certificate)
    }

    /// The certificates, at least one.
    ///
    /// # Errors
    /// There is none; the error says what was found instead, first of all what
    /// is damaged.
    pub fn require_certificates(&self) -> Result<Vec<&InputObject>, InputError> {
        let certificates: Vec<_> = self.certificates().collect();
        if !certificates.is_empty() {
            return Ok(certificates);
        }
        if self.problems.iter().any(|problem| !problem.kind.is_note()) {
            return Err(InputError::Damaged { problems: self.problems.clone(), omitted: self.problems_omitted });
        }
        let mut found = Vec::new();
        for object in &self.objects {
            // Kinds are few, so this is linear.
            if !found.contains(&object.kind) {
                found.push(object.kind);
            }
        }
        Err(InputError::NoCertificate { found })
    }
}

/// Reads a file. Time and memory are linear in its size.
///
/// # Errors
/// The file is larger than [`MAX_INPUT_OCTETS`], or nothing in it is of use.
pub fn read(file: &[u8]) -> Result<Input, InputError> {
    if file.len() > MAX_INPUT_OCTETS {
        return Err(InputError::TooLarge { octets: file.len() });
    }
    let mut collector = Collector::default();
    let text = Text::detect(file);
    let kind = match &text {
        Some(text) => collector.text(text),
        None => collector.binary(file),
    };
    let Collector { objects, problems, problems_omitted, first_damage } = collector;
    if !objects.is_empty() {
        return Ok(Input {
            objects,
            problems,
            problems_omitted,
            first_damage,
            text: text.as_ref().map(Text::encoding),
        });
    }
    if problems.iter().any(|problem| !problem.kind.is_note()) {
        return Err(InputError::Damaged { problems, omitted: problems_omitted });
    }
    Err(InputError::Unrecognised { kind })
}

/// Where the octets being read stand in the file.
struct Place {
    offset: usize,
    line: Option<usize>,
    armor: Armor,
}

impl Place {
    fn file_offset(&self, at: usize) -> usize {
        if self.armor == Armor::Binary { self.offset + at } else { self.offset }
    }
}

#[derive(Default)]
struct Collector {
    objects: Vec<InputObject>,
    problems: Vec<InputProblem>,
    problems_omitted: usize,
    first_damage: Option<usize>,
}

impl Collector {
    /// Returns what the file is, should nothing be found in it.
    fn binary(&mut self, file: &[u8]) -> ObjectKind {
        let kind = sniff(file);
        if sniff_der(file) == kind && !matches!(kind, ObjectKind::UnknownDer | ObjectKind::Unknown) {
            self.octets(file, &Place { offset: 0, line: None, armor: Armor::Binary }, None);
        }
        kind
    }

    /// Returns what the text is, should nothing be found in it.
    fn text(&mut self, text: &Text<'_>) -> ObjectKind {
        let mut any = false;
        for block in pem::blocks(text) {
            any = true;
            match block {
                Ok(block) if self.is_full() => {
                    self.problem_at(block.offset, Some(block.line), None, ProblemKind::TooManyObjects);
                    break;
                }
                Ok(block) => self.block(block),
                Err(error) => {
                    let kind = ProblemKind::Pem { label: error.label, error: error.kind };
                    self.problem_at(error.offset, Some(error.line), None, kind);
                }
            }
        }
        let kind = match sniff(text.view()) {
            ObjectKind::Unknown => ObjectKind::TextWithoutPem,
            // A text that starts with the digit zero is no SEQUENCE.
            kind if kind == sniff_der(text.view()) => ObjectKind::TextWithoutPem,
            kind => kind,
        };
        if !any && kind == ObjectKind::TextWithoutPem { self.bare(text) } else { kind }
    }

    /// Text without PEM boundaries: base64, or PEM whose dashes were lost.
    fn bare(&mut self, text: &Text<'_>) -> ObjectKind {
        let view = text.view();
        let start = view.iter().position(|octet| !octet.is_ascii_whitespace()).unwrap_or(view.len());
        let body = view.get(start..).unwrap_or_default();
        let at = |index: usize| (text.file_offset(index), Some(pem::line_of(view, index)));
        match pem::decode_base64(body, &|index| text.character(start + index)) {
            Ok(mut decoded) => {
                let kind = sniff(&decoded.octets);
                if kind == ObjectKind::Unknown {
                    return ObjectKind::TextWithoutPem;
                }
                for &(index, note) in &decoded.notes {
                    let (offset, line) = at(start + index);
                    self.problem_at(offset, line, None, ProblemKind::Unusual(note));
                }
                if kind == sniff_der(&decoded.octets) && kind != ObjectKind::UnknownDer {
                    let (offset, line) = at(start);
                    self.octets(&decoded.octets, &Place { offset, line, armor: Armor::Base64 }, None);
                }
                wipe(&mut decoded.octets);
                kind
            }
            // Every DER object of 128 octets or more, and every BER object of
            // indefinite length, starts with these two letters.
            Err((index, error))
                if body.starts_with(b"MI") && body.iter().take(16).all(|&octet| pem::is_base64(octet)) =>
            {
                let (offset, line) = at(start + index);
                self.problem_at(offset, line, None, ProblemKind::Base64(error));
                ObjectKind::TextWithoutPem
            }
            Err(_) => {
                if let Some(index) = boundary::find_damaged_begin(view) {
                    let (offset, line) = at(index);
                    let kind = ProblemKind::Pem { label: String::new(), error: PemErrorKind::MalformedBegin };
                    self.problem_at(offset, line, None, kind);
                }
                ObjectKind::TextWithoutPem
            }
        }
    }

    fn block(&mut self, block: PemBlock) {
        for note in &block.notes {
            // The line of a block is that of its boundary.
            self.problem_at(note.offset, Some(block.line), None, ProblemKind::Unusual(note.kind));
        }
        let declared = declared(&block.label);
        let armor = Armor::Pem { label: block.label.clone() };
        let place = Place { offset: block.offset, line: Some(block.line), armor };
        let found = sniff(&block.der);
        match (found, declared) {
            (_, Some(ObjectKind::Pgp)) => self.object(ObjectKind::Pgp, &[], &place, 0, None),
            (_, Some(ObjectKind::PrivateKey { form, .. })) if block.encrypted => {
                self.object(ObjectKind::PrivateKey { encrypted: true, form }, &[], &place, 0, None);
            }
            // Whatever it is, it was meant to be kept secret.
            (ObjectKind::Unknown | ObjectKind::UnknownDer, Some(kind @ ObjectKind::PrivateKey { .. })) => {
                self.object(kind, &[], &place, 0, None);
            }
            // Diffie-Hellman parameters, two numbers, look like a public RSA key.
            (ObjectKind::Unknown | ObjectKind::UnknownDer | ObjectKind::PublicKey, Some(ObjectKind::Parameters)) => {
                self.object(ObjectKind::Parameters, &block.der, &place, 0, None);
            }
            (kind @ ObjectKind::PrivateKey { form: KeyForm::OpenSsh, .. }, _) => {
                self.object(kind, &[], &place, 0, None);
            }
            // A declared certificate that is none any more: its parser says why.
            (ObjectKind::UnknownDer, Some(_)) => self.octets(&block.der, &place, declared),
            _ if found == sniff_der(&block.der) && !matches!(found, ObjectKind::Unknown | ObjectKind::UnknownDer) => {
                self.octets(&block.der, &place, declared);
            }
            _ => self.problem(&place, 0, ProblemKind::Unrecognised(found)),
        }
    }

    /// Reads objects that follow each other. The first one is what a label
    /// `declared`, if its content does not say.
    fn octets(&mut self, octets: &[u8], place: &Place, declared: Option<ObjectKind>) {
        let mut at = 0;
        while let Some(rest) = octets.get(at..).filter(|rest| !rest.is_empty()) {
            if at > 0 && matches!(&place.armor, Armor::Pem { label } if label == "TRUSTED CERTIFICATE") {
                return self.problem(place, at, ProblemKind::TrustSettings { octets: rest.len() });
            }
            let kind = match (sniff_der(rest), declared) {
                (ObjectKind::UnknownDer, Some(declared)) if at == 0 => declared,
                (ObjectKind::Unknown | ObjectKind::UnknownDer, _) => {
                    let blank = rest.iter().all(|&octet| octet == 0 || octet.is_ascii_whitespace());
                    return self.problem(place, at, ProblemKind::TrailingData { octets: rest.len(), blank });
                }
                (kind, _) => kind,
            };
            if self.is_full() {
                return self.problem(place, at, ProblemKind::TooManyObjects);
            }
            let raw = match Reader::new(rest).value() {
                Ok(Some(value)) => value.raw,
                Ok(None) => return,
                Err(error) => {
                    return self.problem(place, at + error.offset, ProblemKind::Damaged { kind, error });
                }
            };
            if let (Armor::Pem { label }, true) = (&place.armor, at == 0)
                && declared.is_some_and(|declared| !same_class(declared, kind))
            {
                self.problem(place, at, ProblemKind::LabelContradicts { label: label.clone(), found: kind });
            }
            match kind {
                ObjectKind::Pkcs7 => self.pkcs7(raw, place, at),
                ObjectKind::PrivateKey { .. } => self.object(kind, &[], place, at, None),
                _ => self.object(kind, raw, place, at, None),
            }
            at += raw.len();
        }
    }

    /// Takes the certificates and CRLs out of a PKCS#7 that stands at `at`.
    fn pkcs7(&mut self, raw: &[u8], place: &Place, at: usize) {
        let signed_data = match pkcs7::read(raw, MAX_OBJECTS.saturating_sub(self.objects.len())) {
            Ok(signed_data) => signed_data,
            Err(error) => return self.pkcs7_problem(error, place, at),
        };
        for (kind, elements) in
            [(ObjectKind::Certificate, &signed_data.certificates), (ObjectKind::Crl, &signed_data.crls)]
        {
            for element in elements {
                self.object(kind, element.raw, place, at + element.offset, Some(element.offset));
            }
        }
        for other in &signed_data.others {
            self.problem(place, at + other.offset, ProblemKind::Pkcs7Other(other.name()));
        }
        let empty = signed_data.certificates.is_empty() && signed_data.crls.is_empty();
        match signed_data.broken {
            Some(error) => self.pkcs7_problem(error, place, at),
            None if empty => self.problem(place, at, ProblemKind::Pkcs7Empty),
            None => {}
        }
        if signed_data.signed {
            self.problem(place, at, ProblemKind::Pkcs7Signed);
        }
    }

    fn pkcs7_problem(&mut self, error: Pkcs7Error, place: &Place, at: usize) {
        let (at, kind) = match error {
            Pkcs7Error::TooMany { .. } => (at, ProblemKind::TooManyObjects),
            Pkcs7Error::Structure(inner) => (at + inner.offset, ProblemKind::Pkcs7(error)),
            error @ Pkcs7Error::ContentType { .. } => (at, ProblemKind::Pkcs7(error)),
        };
        self.problem(place, at, kind);
    }

    fn is_full(&self) -> bool {
        self.objects.len() >= MAX_OBJECTS
    }

    fn object(&mut self, kind: ObjectKind, raw: &[u8], place: &Place, at: usize, pkcs7_offset: Option<usize>) {
        self.objects.push(InputObject {
            kind,
            der: raw.to_vec(),
            index: self.objects.len(),
            offset: place.file_offset(at),
            armor: place.armor.clone(),
            pkcs7_offset,
        });
    }

    fn problem(&mut self, place: &Place, at: usize, kind: ProblemKind) {
        let inner = (place.armor != Armor::Binary).then_some(at);
        self.problem_at(place.file_offset(at), place.line, inner, kind);
    }

    fn problem_at(&mut self, offset: usize, line: Option<usize>, inner: Option<usize>, kind: ProblemKind) {
        if !kind.is_note() {
            self.first_damage = Some(self.first_damage.map_or(offset, |first| first.min(offset)));
        }
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(InputProblem { offset, line, inner, kind });
        } else {
            self.problems_omitted += 1;
        }
    }
}

/// What a PEM label says (RFC 7468 §5 to §13, and OpenSSL's pem.h).
fn declared(label: &str) -> Option<ObjectKind> {
    let key = |encrypted, form| ObjectKind::PrivateKey { encrypted, form };
    Some(match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => ObjectKind::Certificate,
        "PKCS7" | "PKCS #7 SIGNED DATA" | "CMS" => ObjectKind::Pkcs7,
        "PKCS12" => ObjectKind::Pfx,
        "X509 CRL" => ObjectKind::Crl,
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => ObjectKind::CertificateRequest,
        "ATTRIBUTE CERTIFICATE" => ObjectKind::AttributeCertificate,
        "PUBLIC KEY" | "RSA PUBLIC KEY" => ObjectKind::PublicKey,
        "PRIVATE KEY" => key(false, KeyForm::Pkcs8),
        "ENCRYPTED PRIVATE KEY" => key(true, KeyForm::Pkcs8),
        "RSA PRIVATE KEY" => key(false, KeyForm::Pkcs1),
        "EC PRIVATE KEY" => key(false, KeyForm::Sec1),
        "DSA PRIVATE KEY" => key(false, KeyForm::Dsa),
        "OPENSSH PRIVATE KEY" => key(false, KeyForm::OpenSsh),
        _ if label.starts_with("PGP ") => ObjectKind::Pgp,
        _ if label.ends_with("PRIVATE KEY") => key(false, KeyForm::Unknown),
        _ if label.ends_with(" PARAMETERS") => ObjectKind::Parameters,
        _ => return None,
    })
}

/// Whether a label of the one kind may stand over the other.
fn same_class(declared: ObjectKind, found: ObjectKind) -> bool {
    match (declared, found) {
        (ObjectKind::PrivateKey { .. }, ObjectKind::PrivateKey { .. }) => true,
        // A trust list is a PKCS#7.
        (ObjectKind::Pkcs7, ObjectKind::TrustList) => true,
        _ => declared == found,
    }
}

#[cfg(test)]
mod tests;
