//! Trust anchors: what the caller trusts without further proof
//! (RFC 5280 §6.1.1 (d)).

use std::collections::HashMap;
use std::sync::Arc;

use crate::encoding::der::{Cursor, Decode, DerError};
use crate::origin::Origin;
use crate::pool::SameName;
use crate::x509::extension::NameConstraints;
use crate::x509::issuer::{Issuer, NamedKey};
use crate::x509::name::{Name, NameDigest};
use crate::x509::{CertId, Certificate};

/// How a trust anchor was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnchorForm {
    /// As a certificate. Its signature is never judged; how much of the rest
    /// counts is for [`AnchorUse`] to say.
    Certificate(Certificate),
    /// As a name and a key (RFC 5280 §6.1.1 (d)).
    NamedKey(NamedKey),
}

/// A trust anchor.
#[derive(Clone, Debug)]
pub struct TrustAnchor {
    /// How it was given.
    pub form: AnchorForm,
    /// Where it came from.
    pub origin: Origin,
    /// An encoded NameConstraints that whoever trusts the anchor imposes on it,
    /// beside those that it states itself: the initial subtrees of
    /// RFC 5280 §6.1.1 (h) and (i), for this anchor.
    imposed: Option<Arc<[u8]>>,
}

impl TrustAnchor {
    /// An anchor given as a certificate.
    pub fn from_certificate(certificate: Certificate, origin: Origin) -> TrustAnchor {
        TrustAnchor { form: AnchorForm::Certificate(certificate), origin, imposed: None }
    }

    /// An anchor given as a name and a key.
    pub fn from_key(key: NamedKey, origin: Origin) -> TrustAnchor {
        TrustAnchor { form: AnchorForm::NamedKey(key), origin, imposed: None }
    }

    /// Imposes name constraints on everything below the anchor.
    ///
    /// # Errors
    ///
    /// When the octets are not an encoded NameConstraints (RFC 5280 §4.2.1.10).
    pub fn constrained_to(mut self, name_constraints: &[u8]) -> Result<TrustAnchor, DerError> {
        NameConstraints::decode(&mut Cursor::silent(name_constraints))?;
        self.imposed = Some(Arc::from(name_constraints));
        Ok(self)
    }

    /// The name constraints that are imposed on it.
    pub fn imposed(&self) -> Option<NameConstraints<'_>> {
        let der = self.imposed.as_deref()?;
        NameConstraints::decode(&mut Cursor::silent(der).read_before()).ok()
    }

    /// The certificate, when it was given as one.
    pub fn certificate(&self) -> Option<&Certificate> {
        match &self.form {
            AnchorForm::Certificate(certificate) => Some(certificate),
            AnchorForm::NamedKey(_) => None,
        }
    }

    /// The certificate's digest, when it was given as one.
    pub fn id(&self) -> Option<CertId> {
        self.certificate().map(Certificate::id)
    }

    /// Name and key, as the certificates below see them.
    pub fn issuer(&self) -> Issuer<'_> {
        match &self.form {
            AnchorForm::Certificate(certificate) => Issuer::Certificate(certificate),
            AnchorForm::NamedKey(key) => Issuer::NamedKey(key),
        }
    }

    /// Its name.
    pub fn name(&self) -> Name<'_> {
        self.issuer().name()
    }
}

/// What is taken from a trust anchor that was given as a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnchorUse {
    /// Name and key, and validity, basic constraints, key usage, purposes, name
    /// and policy constraints are enforced as well (RFC 5937).
    #[default]
    Constrained,
    /// Name and key alone (RFC 5280 §6.1.1 (d)).
    NameAndKey,
}

/// The trust anchors of one verification.
#[derive(Clone, Debug, Default)]
pub struct AnchorSet {
    members: Vec<TrustAnchor>,
    /// Anchors given as certificates, by name.
    certificates: HashMap<NameDigest, SameName>,
    /// Anchors given as name and key, by name.
    keys: HashMap<NameDigest, Vec<usize>>,
    /// The lengths of the certificates modulo 64, a bit each: most certificates
    /// are no anchor, and this says so for nothing.
    lengths: u64,
}

/// The bit of a certificate among the lengths.
fn length_bit(certificate: &Certificate) -> u64 {
    1 << (certificate.der().len() % 64)
}

impl AnchorSet {
    /// No anchors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a certificate as anchor; returns whether it was new.
    pub fn add(&mut self, certificate: Certificate, origin: Origin) -> bool {
        self.add_anchor(TrustAnchor::from_certificate(certificate, origin))
    }

    /// Adds an anchor; returns whether it was new. Of two that differ only in
    /// what is imposed on them, the first is kept.
    pub fn add_anchor(&mut self, anchor: TrustAnchor) -> bool {
        let (members, index) = (&self.members, self.members.len());
        match &anchor.form {
            AnchorForm::Certificate(certificate) => {
                let same_name = self.certificates.entry(certificate.subject_digest()).or_default();
                let member = |index: usize| members.get(index).and_then(TrustAnchor::certificate);
                if !same_name.add(certificate, index, member) {
                    return false;
                }
                self.lengths |= length_bit(certificate);
            }
            AnchorForm::NamedKey(key) => {
                let same_name = self.keys.entry(key.name_digest()).or_default();
                if same_name.iter().any(|index| members.get(*index).is_some_and(|one| one.form == anchor.form)) {
                    return false;
                }
                same_name.push(index);
            }
        }
        self.members.push(anchor);
        true
    }

    /// Anchors whose name is this (RFC 5280 §7.1).
    pub fn by_subject(&self, name: NameDigest) -> impl Iterator<Item = &TrustAnchor> {
        let certificates = self.certificates.get(&name).map_or(&[][..], |same_name| &same_name.indices);
        let keys = self.keys.get(&name).map_or(&[][..], Vec::as_slice);
        certificates.iter().chain(keys).filter_map(|index| self.members.get(*index))
    }

    /// Whether this very certificate is an anchor.
    pub fn contains(&self, certificate: &Certificate) -> bool {
        if self.lengths & length_bit(certificate) == 0 {
            return false;
        }
        let member = |index: usize| self.members.get(index).and_then(TrustAnchor::certificate);
        let same_name = self.certificates.get(&certificate.subject_digest());
        same_name.is_some_and(|same_name| same_name.holds(certificate, member))
    }

    /// The anchor that is this very certificate, if there is one.
    pub fn find(&self, certificate: &Certificate) -> Option<&TrustAnchor> {
        if !self.contains(certificate) {
            return None;
        }
        self.by_subject(certificate.subject_digest()).find(|anchor| anchor.certificate() == Some(certificate))
    }

    /// All anchors in the order they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &TrustAnchor> {
        self.members.iter()
    }

    /// How many anchors there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}
