//! The certificate builder: a sound certificate unless told otherwise.

use aws_lc_rs::digest::{SHA256, digest};

use crate::der;
use crate::extension::{Extension, ExtensionList, KeyUsage};
use crate::issuer::Issuer;
use crate::key::{Key, Signing};
use crate::name::Name;
use crate::signed::Edit;
use crate::time;

const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";

/// Builds one certificate (RFC 5280 §4.1).
///
/// Without further words it is version 3, valid from [`time::START`] to
/// [`time::END`], has a positive serial number of 16 octets made from subject
/// and key, keyUsage digitalSignature, and both key identifiers.
pub struct CertificateBuilder {
    subject: Name,
    key: Key,
    version: Vec<u8>,
    serial: Option<Vec<u8>>,
    issuer: Option<Name>,
    not_before: Vec<u8>,
    not_after: Vec<u8>,
    spki: Option<Vec<u8>>,
    unique_ids: Vec<u8>,
    extensions: ExtensionList,
    with_extensions: bool,
    key_identifiers: bool,
    signing: Option<Signing>,
    inner_algorithm: Option<Vec<u8>>,
    outer_algorithm: Option<Vec<u8>>,
    edit_tbs: Option<Edit>,
    edit_signature: Option<Edit>,
    edit_certificate: Option<Edit>,
}

impl CertificateBuilder {
    /// A certificate of an end entity.
    pub fn new(subject: Name, key: Key) -> Self {
        Self::bare(subject, key).extension(Extension::key_usage(&[KeyUsage::DigitalSignature]))
    }

    /// A certificate of a CA: basicConstraints, keyCertSign and cRLSign, valid
    /// from [`time::CA_START`] to [`time::CA_END`].
    pub fn ca(subject: Name, key: Key) -> Self {
        Self::bare(subject, key)
            .validity(time::CA_START, time::CA_END)
            .extension(Extension::basic_constraints(true, None))
            .extension(Extension::key_usage(&[KeyUsage::KeyCertSign, KeyUsage::CrlSign]))
    }

    /// A certificate without extensions other than the key identifiers.
    pub fn bare(subject: Name, key: Key) -> Self {
        CertificateBuilder {
            subject,
            key,
            version: der::explicit(0, &der::integer(2)),
            serial: None,
            issuer: None,
            not_before: time::encode(time::START),
            not_after: time::encode(time::END),
            spki: None,
            unique_ids: Vec::new(),
            extensions: ExtensionList::default(),
            with_extensions: true,
            key_identifiers: true,
            signing: None,
            inner_algorithm: None,
            outer_algorithm: None,
            edit_tbs: None,
            edit_signature: None,
            edit_certificate: None,
        }
    }

    /// The version as encoded: 2 is version 3. 0, the DEFAULT, is written out
    /// too; see [`version_raw`](Self::version_raw) to leave it out.
    #[must_use]
    pub fn version(self, number: i64) -> Self {
        self.version_raw(der::explicit(0, &der::integer(number)))
    }

    /// The version field as it stands, its explicit tag included; empty for
    /// version 1.
    #[must_use]
    pub fn version_raw(mut self, field: Vec<u8>) -> Self {
        self.version = field;
        self
    }

    /// Version 1: no version field and no extensions.
    #[must_use]
    pub fn version_1(self) -> Self {
        self.version_raw(Vec::new()).without_extensions()
    }

    /// The content octets of the serial number.
    #[must_use]
    pub fn serial(mut self, content: &[u8]) -> Self {
        self.serial = Some(content.to_vec());
        self
    }

    /// An issuer name other than that of the issuer that signs.
    #[must_use]
    pub fn issuer_name(mut self, name: Name) -> Self {
        self.issuer = Some(name);
        self
    }

    /// Both ends of validity in seconds since 1970.
    #[must_use]
    pub fn validity(self, not_before: i64, not_after: i64) -> Self {
        self.validity_raw(time::encode(not_before), time::encode(not_after))
    }

    /// Both ends of validity, encoded.
    #[must_use]
    pub fn validity_raw(mut self, not_before: Vec<u8>, not_after: Vec<u8>) -> Self {
        self.not_before = not_before;
        self.not_after = not_after;
        self
    }

    /// The SubjectPublicKeyInfo in the place of the key's.
    #[must_use]
    pub fn spki(mut self, spki: Vec<u8>) -> Self {
        self.spki = Some(spki);
        self
    }

    /// issuerUniqueID and subjectUniqueID, encoded with their tags.
    #[must_use]
    pub fn unique_ids(mut self, encoded: Vec<u8>) -> Self {
        self.unique_ids = encoded;
        self
    }

    /// Sets an extension; one with the same identifier is replaced.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.set(&extension);
        self
    }

    /// Adds an extension even when there is one with the same identifier.
    #[must_use]
    pub fn append_extension(mut self, extension: Extension) -> Self {
        self.extensions.append(&extension);
        self
    }

    /// Adds an extension that is this encoding, whatever it is.
    #[must_use]
    pub fn append_extension_raw(mut self, der: Vec<u8>) -> Self {
        self.extensions.append_raw(der);
        self
    }

    /// Drops the extension with this identifier, a default one too.
    #[must_use]
    pub fn without(mut self, oid: &str) -> Self {
        self.extensions.remove(oid);
        self
    }

    /// Leaves the field `extensions` out.
    #[must_use]
    pub fn without_extensions(mut self) -> Self {
        self.with_extensions = false;
        self
    }

    /// Adds no key identifiers of its own.
    #[must_use]
    pub fn without_key_identifiers(mut self) -> Self {
        self.key_identifiers = false;
        self
    }

    /// Signs in this way, not in the default way of the issuer's key.
    #[must_use]
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = Some(signing);
        self
    }

    /// The algorithm identifier inside the signed part, encoded.
    #[must_use]
    pub fn inner_algorithm(mut self, identifier: Vec<u8>) -> Self {
        self.inner_algorithm = Some(identifier);
        self
    }

    /// The algorithm identifier outside the signed part, encoded.
    #[must_use]
    pub fn outer_algorithm(mut self, identifier: Vec<u8>) -> Self {
        self.outer_algorithm = Some(identifier);
        self
    }

    /// Changes the encoded tbsCertificate before it is signed.
    #[must_use]
    pub fn edit_tbs(mut self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        self.edit_tbs = Some(Box::new(edit));
        self
    }

    /// Changes the encoded signatureValue (a BIT STRING).
    #[must_use]
    pub fn edit_signature(mut self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        self.edit_signature = Some(Box::new(edit));
        self
    }

    /// Flips the last bit of the signature.
    #[must_use]
    pub fn corrupt_signature(self) -> Self {
        self.edit_signature(|mut signature| {
            if let Some(last) = signature.last_mut() {
                *last ^= 1;
            }
            signature
        })
    }

    /// Changes the encoded certificate, last of all.
    #[must_use]
    pub fn edit_certificate(mut self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        self.edit_certificate = Some(Box::new(edit));
        self
    }

    /// Puts octets behind the certificate.
    #[must_use]
    pub fn trailing(self, octets: &[u8]) -> Self {
        let octets = octets.to_vec();
        self.edit_certificate(move |certificate| [certificate, octets.clone()].concat())
    }

    /// The certificate, signed by an issuer.
    pub fn issued_by(&self, issuer: impl AsRef<Issuer>) -> Vec<u8> {
        let issuer = issuer.as_ref();
        let signing = self.signing.unwrap_or_else(|| issuer.key.default_signing());
        let mut tbs = self.tbs(issuer, signing);
        if let Some(edit) = &self.edit_tbs {
            tbs = edit(tbs);
        }
        let mut signature = der::bit_string(0, &issuer.key.sign(signing, &tbs));
        if let Some(edit) = &self.edit_signature {
            signature = edit(signature);
        }
        let algorithm = self.outer_algorithm.clone().unwrap_or_else(|| signing.identifier());
        let certificate = der::sequence([tbs, algorithm, signature]);
        match &self.edit_certificate {
            Some(edit) => edit(certificate),
            None => certificate,
        }
    }

    /// The certificate, signed by its own key under its own name.
    pub fn self_signed(&self) -> Vec<u8> {
        self.issued_by(self.as_issuer())
    }

    /// What this certificate's holder is as an issuer.
    pub fn as_issuer(&self) -> Issuer {
        Issuer { name: self.subject.clone(), key: self.key, key_identifier: self.key.key_identifier() }
    }

    fn tbs(&self, issuer: &Issuer, signing: Signing) -> Vec<u8> {
        let name = self.issuer.as_ref().unwrap_or(&issuer.name);
        let spki = self.spki.clone().unwrap_or_else(|| self.key.spki());
        let extensions = match self.extensions(issuer) {
            extensions if self.with_extensions => der::explicit(3, &der::sequence(extensions)),
            _ => Vec::new(),
        };
        der::sequence([
            self.version.clone(),
            der::integer_octets(&self.serial_octets(&spki)),
            self.inner_algorithm.clone().unwrap_or_else(|| signing.identifier()),
            name.to_der(),
            der::sequence([&self.not_before, &self.not_after]),
            self.subject.to_der(),
            spki,
            self.unique_ids.clone(),
            extensions,
        ])
    }

    fn extensions(&self, issuer: &Issuer) -> Vec<Vec<u8>> {
        let mut all = self.extensions.encoded().to_vec();
        let has = |oid: &str| self.extensions.has(oid);
        if self.key_identifiers && !has(SUBJECT_KEY_IDENTIFIER) {
            all.push(Extension::subject_key_identifier(&self.key.key_identifier()).to_der());
        }
        if self.key_identifiers && !has(AUTHORITY_KEY_IDENTIFIER) {
            all.push(Extension::authority_key_identifier(&issuer.key_identifier).to_der());
        }
        all
    }

    /// Sixteen octets that are positive and not redundant, the same for the
    /// same subject, key and validity.
    fn serial_octets(&self, spki: &[u8]) -> Vec<u8> {
        if let Some(serial) = &self.serial {
            return serial.clone();
        }
        let contents = der::concat([&self.subject.to_der(), spki, &self.not_before, &self.not_after]);
        let mut serial = digest(&SHA256, &contents).as_ref().to_vec();
        serial.truncate(16);
        if let Some(first) = serial.first_mut() {
            *first = *first & 0x7f | 0x40;
        }
        serial
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::fields;

    #[test]
    fn shape_of_a_certificate() {
        let der = CertificateBuilder::new(Name::cn("a"), Key::ed25519(0)).self_signed();
        let outer = fields(&der);
        assert_eq!(outer.len(), 3);
        assert_eq!(outer[1], Signing::Ed25519.identifier());
        let tbs = fields(&outer[0]);
        assert_eq!(tbs.len(), 8);
        assert_eq!(tbs[0], [0xa0, 3, 2, 1, 2]);
        assert_eq!((tbs[1].len(), tbs[1][2] & 0xc0), (18, 0x40));
        assert_eq!(tbs[3], tbs[5]);
        assert_eq!(fields(&tbs[7])[0].first(), Some(&0x30));
        assert_eq!(fields(&fields(&tbs[7])[0]).len(), 3);
    }

    #[test]
    fn the_same_input_makes_the_same_certificate() {
        let make = || CertificateBuilder::ca(Name::cn("a"), Key::ed25519(0)).self_signed();
        assert_eq!(make(), make());
    }

    #[test]
    fn setters_replace_append_and_drop() {
        let count = |builder: CertificateBuilder| builder.extensions(&builder.as_issuer()).len();
        let builder = || CertificateBuilder::ca(Name::cn("a"), Key::ed25519(0));
        let constraints = || Extension::basic_constraints(false, None);
        assert_eq!(count(builder()), 4);
        assert_eq!(count(builder().extension(constraints())), 4);
        assert_eq!(count(builder().append_extension(constraints())), 5);
        assert_eq!(count(builder().without("2.5.29.19")), 3);
        assert_eq!(count(builder().without_key_identifiers()), 2);
        assert_eq!(count(builder().extension(Extension::subject_key_identifier(&[1]))), 4);
    }

    #[test]
    fn edits_are_applied_in_their_places() {
        let plain = CertificateBuilder::new(Name::cn("a"), Key::ed25519(0)).self_signed();
        let corrupt = CertificateBuilder::new(Name::cn("a"), Key::ed25519(0)).corrupt_signature().self_signed();
        assert_eq!(plain[..plain.len() - 1], corrupt[..plain.len() - 1]);
        assert_eq!(plain.last().map(|last| last ^ 1), corrupt.last().copied());
        let trailing = CertificateBuilder::new(Name::cn("a"), Key::ed25519(0)).trailing(&[1, 2]).self_signed();
        assert_eq!(trailing, [plain.as_slice(), &[1, 2]].concat());
    }
}
