//! A capture with what is worked out from it once.

use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer;

use super::observation::{Anchor, End, Reached, Way, is_issued_by, path};
use super::products::{self, Match};

/// A capture that has a certificate.
pub(super) struct Seen<'a> {
    pub(super) way: &'a Way,
    pub(super) reached: &'a Reached,
    /// The server's own certificate.
    pub(super) end_entity: &'a Certificate,
    pub(super) path: Vec<Certificate>,
    pub(super) end: End,
    /// The product that the names of its CAs speak of.
    pub(super) product: Option<Match>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(way: &'a Way, reached: &'a Reached) -> Option<Self> {
        let end_entity = reached.end_entity()?;
        let path = reached.path();
        let end = reached.end_of(&path);
        let mut seen = Seen { way, reached, end_entity, path, end, product: None };
        seen.product = seen.find_product();
        Some(seen)
    }

    /// The clearest match among the names of issuers. Public CAs are no product, whatever
    /// company runs them.
    fn find_product(&self) -> Option<Match> {
        if self.end.is_in_mozilla() {
            return None;
        }
        let anchor = self.reached.trust.anchor.as_ref().map(|anchor| anchor.issuer().name());
        let names = self.path.iter().map(Certificate::issuer).chain(anchor);
        let mut best: Option<Match> = None;
        for found in names.filter_map(|name| products::find(&name)) {
            if best.as_ref().is_none_or(|best| found.pattern.weight > best.pattern.weight) {
                best = Some(found);
            }
        }
        best
    }

    /// SHA-256 of the key that signed the end entity's certificate, when it is at hand.
    pub(super) fn issuer_key(&self) -> Option<[u8; 32]> {
        if let Some(issuer) = self.path.get(1) {
            return Some(issuer.spki_digest());
        }
        let anchor = self.reached.trust.anchor.as_ref()?;
        is_issued_by(self.end_entity, anchor.issuer()).then(|| anchor.spki_digest())
    }

    /// SHA-256 of the key on top of the path, when the path has a top.
    pub(super) fn root_key(&self) -> Option<[u8; 32]> {
        match (&self.reached.trust.anchor, self.end) {
            (Some(anchor), _) => Some(anchor.spki_digest()),
            (None, End::OwnRoot) => self.path.last().map(Certificate::spki_digest),
            (None, _) => None,
        }
    }

    /// The name on top of the path: that of the root, or of the issuer that is missing.
    pub(super) fn root_name(&self) -> String {
        match (&self.reached.trust.anchor, self.path.last()) {
            (Some(anchor), _) => anchor.issuer().name().brief(),
            (None, Some(last)) => last.issuer().brief(),
            (None, None) => String::new(),
        }
    }

    /// The certificate of the root, when it is at hand.
    pub(super) fn root(&self) -> Option<&Certificate> {
        match (&self.reached.trust.anchor, self.end) {
            (Some(anchor), _) => anchor.certificate(),
            (None, End::OwnRoot) => self.path.last(),
            (None, _) => None,
        }
    }

    pub(super) fn issuer_name(&self) -> String {
        self.end_entity.issuer().brief()
    }

    /// Whether it is a public certificate for the host from whoever has its key: what the
    /// host has in truth. Anybody can present one without the key.
    pub(super) fn is_genuine(&self) -> bool {
        self.end == End::Mozilla && self.reached.possession.is_proven()
    }

    /// Whether a CA of the other's path, at the top of which is a public anchor, issued
    /// what this path ends with: then only a certificate in between was not sent.
    pub(super) fn continues_in(&self, public: &Seen<'_>) -> bool {
        if public.end != End::Mozilla {
            return false;
        }
        let cas = public.path.iter().skip(1);
        let joined = path(&self.reached.chain, cas);
        let Some(last) = joined.last() else { return false };
        let anchor = public.reached.trust.anchor.as_ref().map(Anchor::issuer);
        let is_public = |issuer: Issuer<'_>| is_issued_by(last, issuer);
        anchor.is_some_and(is_public) || public.path.iter().skip(1).any(|one| one == last)
    }
}
