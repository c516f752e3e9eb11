//! What a scenario is made of, what its graph looks like from outside, and one
//! verification in it.

use std::collections::{HashMap, HashSet};
use std::io;

use certlens_core::anchors::AnchorSet;
use certlens_core::engine::{Paths, Validation};
use certlens_core::origin::Origin;
use certlens_core::path::VerifyCache;
use certlens_core::policy::{Profile, ValidationPolicy};
use certlens_core::pool::{CertPool, Sourced};
use certlens_core::time::Time;
use certlens_core::verdict::Verdict;
use certlens_core::x509::name::NameDigest;
use certlens_core::x509::{CertId, Certificate};
use certlens_testkit::time;

/// Everything that is given to one verification, as octets.
#[derive(Clone)]
pub(crate) struct Pki {
    pub(crate) target: Vec<u8>,
    pub(crate) pool: Vec<Vec<u8>>,
    pub(crate) anchors: Vec<Vec<u8>>,
    pub(crate) policy: ValidationPolicy,
}

impl Pki {
    pub(crate) fn new(target: Vec<u8>, pool: Vec<Vec<u8>>, anchor: &[u8]) -> Pki {
        Pki { target, pool, anchors: vec![anchor.to_vec()], policy: ValidationPolicy::new(Profile::Rfc5280) }
    }

    /// All certificates that are given.
    pub(crate) fn certificates(&self) -> usize {
        1 + self.pool.len() + self.anchors.len()
    }

    /// The same with the pool in another order, by Knuth's generator (MMIX): the
    /// orders are the same in every run.
    pub(crate) fn shuffled(&self, seed: u64) -> Pki {
        let mut state = seed;
        let mut shuffled = self.clone();
        for last in (1..shuffled.pool.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let other = (state >> 33) as usize % (last + 1);
            shuffled.pool.swap(last, other);
        }
        shuffled
    }

    /// Read and put into a pool, ready to be verified; nothing is remembered from
    /// another time.
    pub(crate) fn load(&self) -> io::Result<Loaded<'_>> {
        let read = |der: &Vec<u8>| Certificate::from_der(der).map_err(io::Error::other);
        let mut loaded = Loaded {
            target: Sourced { certificate: read(&self.target)?, origin: Origin::Memory },
            pool: CertPool::new(),
            anchors: AnchorSet::new(),
            policy: &self.policy,
        };
        for der in &self.pool {
            loaded.pool.add(read(der)?, Origin::Memory);
        }
        for der in &self.anchors {
            loaded.anchors.add(read(der)?, Origin::Memory);
        }
        Ok(loaded)
    }
}

pub(crate) struct Loaded<'a> {
    target: Sourced,
    pool: CertPool,
    anchors: AnchorSet,
    policy: &'a ValidationPolicy,
}

impl Loaded<'_> {
    pub(crate) fn verify(&self) -> Verdict {
        Validation {
            target: &self.target,
            pool: &self.pool,
            anchors: &self.anchors,
            policy: self.policy,
            time: Time::from_unix(time::MIDDLE),
            paths: Paths::UntilTrusted,
            evidence: &certlens_core::revocation::Evidence::new(),
            cache: &VerifyCache::new(),
        }
        .run()
    }

    fn issuers(&self) -> impl Iterator<Item = &Certificate> {
        let anchors = self.anchors.iter().filter_map(|anchor| anchor.certificate());
        self.pool.iter().map(|sourced| &sourced.certificate).chain(anchors)
    }

    fn children(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.target).chain(self.pool.iter()).map(|sourced| &sourced.certificate)
    }

    /// How many different pairs of an issuer's key and a child there are whose
    /// names fit: the signatures that there are to verify.
    pub(crate) fn edges(&self) -> usize {
        let mut keys: HashMap<NameDigest, HashSet<[u8; 32]>> = HashMap::new();
        for issuer in self.issuers() {
            keys.entry(issuer.subject_digest()).or_default().insert(issuer.spki_digest());
        }
        // Whether a target is self-signed can be asked of it alone.
        let target = &self.target.certificate;
        if target.is_self_issued() {
            keys.entry(target.subject_digest()).or_default().insert(target.spki_digest());
        }
        let mut seen: HashSet<CertId> = HashSet::new();
        let children = self.children().filter(|child| seen.insert(child.id()));
        children.filter_map(|child| keys.get(&child.issuer_digest())).map(HashSet::len).sum()
    }

    /// Whether names lead from the target to an anchor.
    pub(crate) fn reaches_anchor(&self) -> bool {
        let mut seen = HashSet::new();
        let mut names = vec![self.target.certificate.issuer_digest()];
        while let Some(name) = names.pop() {
            if !seen.insert(name) {
                continue;
            }
            if self.anchors.by_subject(name).next().is_some() {
                return true;
            }
            names.extend(self.pool.by_subject(name).map(|sourced| sourced.certificate.issuer_digest()));
        }
        false
    }
}
