//! The CRL builder: a sound CRL unless told otherwise.

mod entry;

use crate::der;
use crate::extension::{Extension, ExtensionList, IdpSpec};
use crate::issuer::Issuer;
use crate::key::Signing;
use crate::name::Name;
use crate::signed::Seal;
use crate::time;

pub use entry::CrlEntry;

const CRL_NUMBER: &str = "2.5.29.20";
const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";

/// Builds one CRL (RFC 5280 §5.1).
///
/// Without further words it is version 2, from [`time::THIS_UPDATE`] to
/// [`time::NEXT_UPDATE`], empty, with cRLNumber 1 and authorityKeyIdentifier.
pub struct CrlBuilder {
    version: Vec<u8>,
    issuer: Option<Name>,
    this_update: Vec<u8>,
    next_update: Vec<u8>,
    /// Encoded entries one behind the other: a list of a million would cost a
    /// million allocations.
    entries: Vec<u8>,
    list: Option<Vec<u8>>,
    extensions: ExtensionList,
    with_extensions: bool,
    key_identifier: bool,
    inner_algorithm: Option<Vec<u8>>,
    seal: Seal,
}

impl Default for CrlBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl CrlBuilder {
    /// A CRL without entries.
    pub fn new() -> Self {
        CrlBuilder {
            version: der::integer(1),
            issuer: None,
            this_update: time::encode(time::THIS_UPDATE),
            next_update: time::encode(time::NEXT_UPDATE),
            entries: Vec::new(),
            list: None,
            extensions: ExtensionList::default(),
            with_extensions: true,
            key_identifier: true,
            inner_algorithm: None,
            seal: Seal::default(),
        }
        .number(1)
    }

    /// The version field as it stands; empty for version 1.
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

    /// An issuer name other than that of the issuer that signs.
    #[must_use]
    pub fn issuer_name(mut self, name: Name) -> Self {
        self.issuer = Some(name);
        self
    }

    /// thisUpdate in seconds since 1970.
    #[must_use]
    pub fn this_update(self, unix: i64) -> Self {
        self.this_update_raw(time::encode(unix))
    }

    /// thisUpdate, encoded.
    #[must_use]
    pub fn this_update_raw(mut self, der: Vec<u8>) -> Self {
        self.this_update = der;
        self
    }

    /// nextUpdate in seconds since 1970, or none.
    #[must_use]
    pub fn next_update(self, unix: Option<i64>) -> Self {
        self.next_update_raw(unix.map(time::encode).unwrap_or_default())
    }

    /// nextUpdate, encoded; empty for none.
    #[must_use]
    pub fn next_update_raw(mut self, der: Vec<u8>) -> Self {
        self.next_update = der;
        self
    }

    /// Adds an entry without extensions, by the content octets of the serial
    /// number, revoked at [`time::REVOKED`].
    #[must_use]
    pub fn entry(self, serial: &[u8]) -> Self {
        self.entry_full(CrlEntry::new(serial))
    }

    /// Adds an entry.
    #[must_use]
    pub fn entry_full(self, entry: CrlEntry) -> Self {
        self.entry_raw(&entry.to_der())
    }

    /// Adds an entry that is this encoding, whatever it is.
    #[must_use]
    pub fn entry_raw(mut self, der: &[u8]) -> Self {
        self.entries.extend_from_slice(der);
        self
    }

    /// Adds `count` entries of 35 octets, the size that entries of public CAs
    /// have, with the serial numbers of [`CrlBuilder::many_serial`].
    #[must_use]
    pub fn many_entries(mut self, count: u32) -> Self {
        let template = CrlEntry::new(&Self::many_serial(0)).to_der();
        // SEQUENCE, then INTEGER, two octets of header each.
        let (head, tail) = template.split_at(4);
        let (_, tail) = tail.split_at(16);
        self.entries.reserve(template.len() * count as usize);
        for index in 0..count {
            self.entries.extend_from_slice(head);
            self.entries.extend_from_slice(&Self::many_serial(index));
            self.entries.extend_from_slice(tail);
        }
        self
    }

    /// The serial number of entry `index` of [`CrlBuilder::many_entries`]:
    /// sixteen octets, positive, in no order, different for each index.
    pub fn many_serial(index: u32) -> [u8; 16] {
        // Multiplying by an odd number permutes the 64-bit numbers.
        let mixed = (u64::from(index) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let [a, b, c, d, e, f, g, h] = mixed.to_be_bytes();
        [0x40, 0x51, h, g, f, e, d, c, b, a, 0x52, 0x53, h, g, 0x54, 0x55]
    }

    /// The whole field revokedCertificates as it stands, in the place of the
    /// entries.
    #[must_use]
    pub fn revoked_certificates_raw(mut self, der: Vec<u8>) -> Self {
        self.list = Some(der);
        self
    }

    /// cRLNumber.
    #[must_use]
    pub fn number(self, number: i64) -> Self {
        self.extension(Extension::crl_number(number))
    }

    /// No cRLNumber.
    #[must_use]
    pub fn without_number(self) -> Self {
        self.without(CRL_NUMBER)
    }

    /// A delta CRL to the base with this number.
    #[must_use]
    pub fn delta(self, base: i64) -> Self {
        self.extension(Extension::delta_crl_indicator(base))
    }

    /// issuingDistributionPoint.
    #[must_use]
    pub fn issuing_distribution_point(self, spec: &IdpSpec) -> Self {
        self.extension(Extension::issuing_distribution_point(spec))
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
        self.key_identifier &= oid != AUTHORITY_KEY_IDENTIFIER;
        self
    }

    /// Leaves the field `crlExtensions` out.
    #[must_use]
    pub fn without_extensions(mut self) -> Self {
        self.with_extensions = false;
        self
    }

    /// Signs in this way, not in the default way of the issuer's key.
    #[must_use]
    pub fn signing(mut self, signing: Signing) -> Self {
        self.seal.signing = Some(signing);
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
        self.seal.outer_algorithm = Some(identifier);
        self
    }

    /// Changes the encoded tbsCertList before it is signed.
    #[must_use]
    pub fn edit_tbs(mut self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        self.seal.edit_tbs = Some(Box::new(edit));
        self
    }

    /// Changes the encoded signatureValue (a BIT STRING).
    #[must_use]
    pub fn edit_signature(mut self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        self.seal.edit_signature = Some(Box::new(edit));
        self
    }

    /// Flips the last bit of the signature.
    #[must_use]
    pub fn corrupt_signature(mut self) -> Self {
        self.seal.corrupt_signature();
        self
    }

    /// Changes the encoded CRL, last of all.
    #[must_use]
    pub fn edit_crl(mut self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        self.seal.edit_whole = Some(Box::new(edit));
        self
    }

    /// The CRL, signed by an issuer.
    pub fn signed_by(&self, issuer: impl AsRef<Issuer>) -> Vec<u8> {
        let issuer = issuer.as_ref();
        self.seal.finish(self.seal.sign(issuer.key, self.tbs(issuer), &[]))
    }

    fn tbs(&self, issuer: &Issuer) -> Vec<u8> {
        let algorithm = || self.seal.signing_by(issuer.key).identifier();
        // RFC 5280 §5.1.2.6: absent when nothing is revoked.
        let list = match &self.list {
            Some(list) => list.clone(),
            None if self.entries.is_empty() => Vec::new(),
            None => der::sequence([&self.entries]),
        };
        let extensions = if self.with_extensions { self.extensions(issuer) } else { Vec::new() };
        der::sequence([
            self.version.as_slice(),
            &self.inner_algorithm.clone().unwrap_or_else(algorithm),
            &self.issuer.as_ref().unwrap_or(&issuer.name).to_der(),
            &self.this_update,
            &self.next_update,
            &list,
            &extensions,
        ])
    }

    /// `[0]` crlExtensions, absent when there are none.
    fn extensions(&self, issuer: &Issuer) -> Vec<u8> {
        let mut all = self.extensions.encoded().to_vec();
        if self.key_identifier && !self.extensions.has(AUTHORITY_KEY_IDENTIFIER) {
            all.push(Extension::authority_key_identifier(&issuer.key_identifier).to_der());
        }
        if all.is_empty() { all.concat() } else { der::explicit(0, &der::sequence(all)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::fields;
    use crate::key::Key;
    use std::collections::HashSet;

    fn issuer() -> Issuer {
        Issuer::new("CA", Key::ed25519(0))
    }

    #[test]
    fn shape_of_a_crl() {
        let crl = CrlBuilder::new().entry(&[5]).signed_by(issuer());
        let outer = fields(&crl);
        assert_eq!(outer.len(), 3);
        assert_eq!(outer[1], Signing::Ed25519.identifier());
        let tbs = fields(&outer[0]);
        assert_eq!(tbs.len(), 7);
        assert_eq!(tbs[0], [2, 1, 1]);
        assert_eq!(tbs[5], der::sequence([CrlEntry::new(&[5]).to_der()]));
        assert_eq!(fields(&fields(&tbs[6])[0]).len(), 2);
        let bare = CrlBuilder::new().version_1().next_update(None).signed_by(issuer());
        assert_eq!(fields(&fields(&bare)[0]).len(), 3);
    }

    #[test]
    fn many_entries_are_distinct_and_of_the_usual_size() {
        let crl = CrlBuilder::new().many_entries(1_000);
        assert_eq!(crl.entries.len(), 35_000);
        let entries = fields(&der::sequence([&crl.entries]));
        assert_eq!(entries[7], CrlEntry::new(&CrlBuilder::many_serial(7)).to_der());
        assert_eq!(entries.iter().collect::<HashSet<_>>().len(), 1_000);
    }

    #[test]
    fn extensions_are_replaced_and_dropped() {
        let count = |builder: CrlBuilder| match builder.extensions(&issuer()).as_slice() {
            [] => 0,
            field => fields(&fields(field)[0]).len(),
        };
        assert_eq!(count(CrlBuilder::new().number(2)), 2);
        assert_eq!(count(CrlBuilder::new().delta(1).issuing_distribution_point(&IdpSpec::default())), 4);
        assert_eq!(count(CrlBuilder::new().without_number()), 1);
        assert_eq!(count(CrlBuilder::new().without(AUTHORITY_KEY_IDENTIFIER)), 1);
        assert_eq!(count(CrlBuilder::new().without_number().without(AUTHORITY_KEY_IDENTIFIER)), 0);
    }
}
