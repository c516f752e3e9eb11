//! What was seen of an endpoint, and what is known of it here.

use std::collections::HashMap;
use std::fmt;

use certlens_core::path::IssuerKey;
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::{Issuer, NamedKey};
use certlens_core::x509::name::NameDigest;

use crate::failure::{Failure, Stage};

/// A way to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Without a proxy that is known.
    Direct,
    /// Through this proxy, named by its URL without a login, as `http://proxy.test:3128`: an
    /// HTTP and a SOCKS proxy may share a port.
    Proxy(String),
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Way::Direct => f.write_str("direct"),
            Way::Proxy(proxy) => write!(f, "through {proxy}"),
        }
    }
}

/// An endpoint, seen in one way.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The way.
    pub way: Way,
    /// What was seen.
    pub outcome: Outcome,
}

/// What was seen in one way.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The endpoint presented certificates.
    Reached(Box<Reached>),
    /// It was not reached, or presented none.
    Failed {
        /// Where it failed.
        stage: Stage,
        /// What kind of failure ([`Failure::cause`]).
        cause: &'static str,
        /// The failure as a sentence.
        message: String,
    },
}

impl From<&Failure> for Outcome {
    fn from(failure: &Failure) -> Outcome {
        Outcome::Failed { stage: failure.stage, cause: failure.cause, message: failure.message.clone() }
    }
}

impl Observation {
    /// What the endpoint presented, when it did.
    pub fn reached(&self) -> Option<&Reached> {
        match &self.outcome {
            Outcome::Reached(reached) => Some(reached),
            Outcome::Failed { .. } => None,
        }
    }
}

/// What an endpoint presented.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The certificates as sent, the end entity's first.
    pub chain: Vec<Certificate>,
    /// Whether the handshake was signed by the key of the first certificate.
    pub possession: KeyProof,
    /// SCTs that came as an extension of TLS (RFC 6962 §3.3.1).
    pub tls_scts: Looked,
    /// SCTs in the stapled OCSP response (RFC 6962 §3.3).
    pub staple_scts: Looked,
    /// What is known here of where the chain ends.
    pub trust: TrustFacts,
    /// Header fields of the proxy's answer, names in lower case.
    pub proxy_headers: Vec<(String, String)>,
}

/// Whether whoever presented a certificate has its key. Certificates are public: without
/// a proof anybody can present a host's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyProof {
    /// The handshake was signed by it.
    Proven,
    /// It was not seen; the text says why.
    Unproven(String),
    /// The handshake was signed by something else; the text says what is wrong.
    Disproven(String),
}

impl KeyProof {
    /// Whether it was proven.
    pub const fn is_proven(&self) -> bool {
        matches!(self, KeyProof::Proven)
    }
}

/// Whether something was looked for, and found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Looked {
    /// It was not looked for, or what it stands in did not come.
    NotLookedFor,
    /// It was looked for, and is not there.
    Absent,
    /// It is there.
    Present,
}

/// The anchor at which a path ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Known as a certificate.
    Certificate(Certificate),
    /// Known by name and key.
    NamedKey(NamedKey),
}

impl Anchor {
    /// The anchor as certificates below see it.
    pub fn issuer(&self) -> Issuer<'_> {
        match self {
            Anchor::Certificate(certificate) => Issuer::Certificate(certificate),
            Anchor::NamedKey(key) => Issuer::NamedKey(key),
        }
    }

    /// SHA-256 of its SubjectPublicKeyInfo.
    pub fn spki_digest(&self) -> [u8; 32] {
        match self {
            Anchor::Certificate(certificate) => certificate.spki_digest(),
            Anchor::NamedKey(key) => key.spki_digest(),
        }
    }

    /// Its certificate, when it is known as one.
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            Anchor::Certificate(certificate) => Some(certificate),
            Anchor::NamedKey(_) => None,
        }
    }
}

/// What is known of where a chain ends, by whoever verified it.
#[derive(Clone, Debug, Default)]
pub struct TrustFacts {
    /// Whether the chain is valid for the host by the trust anchors of this system.
    pub trusted_here: bool,
    /// The anchor at the end of the best path, of this system or of Mozilla's set. Also
    /// of a path that is refused, as for having expired, as long as its signatures are
    /// correct.
    pub anchor: Option<Anchor>,
    /// Whether that anchor is in Mozilla's set, by name and key.
    pub anchor_in_mozilla: bool,
    /// Whether the certificate is one for the host: the name matches, and where the anchor
    /// is in Mozilla's set, the path holds by all its rules but those on time and
    /// revocation. A public CA's certificate for another name says nothing of the host.
    pub for_host: bool,
    /// Certificates of the best path that did not come with the chain: intermediates that
    /// the server omits, or a root that is no anchor.
    pub beside: Vec<Certificate>,
    /// Whether trust anchors were given in the place of this system's.
    pub anchors_given: bool,
    /// Why the chain is not trusted here, as a sentence.
    pub why_not: Option<String>,
}

/// A host that has nothing to do with the endpoint, seen in the same ways.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Its name.
    pub host: String,
    /// What was seen of it.
    pub observations: Vec<Observation>,
}

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// At an anchor of Mozilla's set, by a path that holds for the host.
    Mozilla,
    /// At an anchor of Mozilla's set, by a path that does not hold for the host: as block
    /// pages, captive portals and wrong servers have it.
    MozillaForAnother,
    /// At an anchor of this system that is not in Mozilla's set.
    PrivateAnchor,
    /// At a self-signed certificate that came with it, or was given, and is no anchor here.
    OwnRoot,
    /// Nowhere: the issuer of its last certificate is not at hand.
    Open,
}

impl End {
    /// Whether it is known to end at a root outside Mozilla's set.
    pub const fn is_private(self) -> bool {
        matches!(self, End::PrivateAnchor | End::OwnRoot)
    }

    /// Whether it ends in Mozilla's set, whatever the certificate is for.
    pub const fn is_in_mozilla(self) -> bool {
        matches!(self, End::Mozilla | End::MozillaForAnother)
    }

    /// The word that reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            End::Mozilla => "mozilla-root",
            End::MozillaForAnother => "mozilla-root-for-another-name",
            End::PrivateAnchor => "private-root-trusted-here",
            End::OwnRoot => "private-root-not-trusted-here",
            End::Open => "issuer-missing",
        }
    }
}

impl Reached {
    /// Where the chain ends.
    pub fn end(&self) -> End {
        self.end_of(&self.path())
    }

    pub(super) fn end_of(&self, path: &[Certificate]) -> End {
        match (&self.trust.anchor, self.trust.anchor_in_mozilla) {
            (Some(_), true) if self.trust.for_host => End::Mozilla,
            (Some(_), true) => End::MozillaForAnother,
            (Some(_), false) => End::PrivateAnchor,
            (None, _) => match path.last() {
                Some(last) if is_self_signed(last) => End::OwnRoot,
                _ => End::Open,
            },
        }
    }

    /// The end entity's certificate.
    pub fn end_entity(&self) -> Option<&Certificate> {
        self.chain.first()
    }

    /// The certificates that certify one another, from the end entity's up: each signed by
    /// the key of the next. What was sent beside them is left out, whatever its order; what
    /// is missing is put in where it is at hand, and the anchor on top when it is known as a
    /// certificate.
    pub fn path(&self) -> Vec<Certificate> {
        let anchor = self.trust.anchor.as_ref().and_then(Anchor::certificate);
        path(&self.chain, anchor.into_iter().chain(&self.trust.beside))
    }
}

/// Whether a certificate is signed by its own key.
pub fn is_self_signed(certificate: &Certificate) -> bool {
    certificate.is_self_issued() && is_issued_by(certificate, Issuer::Certificate(certificate))
}

/// Whether a certificate is signed by this key, under this name.
pub fn is_issued_by(certificate: &Certificate, issuer: Issuer<'_>) -> bool {
    certificate.issuer_digest() == issuer.name_digest() && IssuerKey::of(issuer).verify(certificate).is_ok()
}

/// Candidates of one name of which the signature is tried; what peers send has two, for
/// a CA whose key was renewed.
const MAX_SAME_NAME: usize = 4;

/// The path from the first certificate up, made of these and of what else is at hand.
pub(super) fn path<'a>(chain: &'a [Certificate], more: impl IntoIterator<Item = &'a Certificate>) -> Vec<Certificate> {
    let Some(first) = chain.first() else { return Vec::new() };
    let mut by_name: HashMap<NameDigest, Vec<&Certificate>> = HashMap::new();
    for certificate in more.into_iter().chain(chain.iter().skip(1)) {
        let same = by_name.entry(certificate.subject_digest()).or_default();
        if same.len() < MAX_SAME_NAME && !same.contains(&certificate) && certificate != first {
            same.push(certificate);
        }
    }
    let mut path = vec![first.clone()];
    while let Some(last) = path.last()
        && !is_self_signed(last)
    {
        let Some(candidates) = by_name.get_mut(&last.issuer_digest()) else { break };
        let found = candidates.iter().position(|one| is_issued_by(last, Issuer::Certificate(one)));
        // Each is used once, so that circles of CAs come to an end.
        let Some(found) = found else { break };
        let next = candidates.swap_remove(found).clone();
        path.push(next);
    }
    path
}
