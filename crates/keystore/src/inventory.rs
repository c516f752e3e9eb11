//! What is in a PFX file, put together: its keys with what Windows is told of
//! them, its certificates, which belong to which, and how it is protected.
//!
//! Nothing is opened here: what [`Pfx::open`] did not decrypt is not known.

use std::collections::BTreeSet;

use certlens_core::encoding::der::DerError;
use certlens_core::x509::Certificate;

use crate::bundle::{Bundle, BundleLimit, CertificateItem, KeyItem};
use crate::key::{KeyError, KeyWork, PrivateKey};
use crate::pbe::AlgorithmError;
use crate::pfx::{Attributes, Bag, BagContent, Pfx};
use crate::provider::releases::{self, Protection};
use crate::provider::{KeyFacts, KeyKind, NamedProvider, UsageAttribute, UsageBits};

/// The contents of a PFX file.
#[derive(Debug)]
pub struct Inventory<'a> {
    /// Its private keys, in the order of the file.
    pub keys: Vec<KeyEntry<'a>>,
    /// Its X.509 certificates, in the order of the file.
    pub certificates: Vec<CertificateEntry<'a>>,
    /// All other bags that can be read, but those that only hold bags.
    pub others: Vec<&'a Bag>,
    /// Which keys and certificates belong together. Certificates count as they stand
    /// in [`Inventory::certificates`], those that cannot be read included.
    pub bundle: Result<Bundle, BundleLimit>,
    /// How it is protected, as far as that decides who can open it.
    pub protection: Protection,
}

/// A private key of a PFX file.
#[derive(Debug)]
pub struct KeyEntry<'a> {
    /// The bag.
    pub bag: &'a Bag,
    /// The key itself, or why it cannot be read; `None` when it was not decrypted.
    pub key: Option<Result<PrivateKey, KeyError>>,
    /// What Windows is told of it.
    pub facts: KeyFacts,
    /// What [`KeyFacts::algorithm`] is known from.
    pub algorithm_from: AlgorithmFrom,
}

/// What the algorithm of a key is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlgorithmFrom {
    /// The key.
    Key,
    /// The certificate with the key's localKeyID; the key was not decrypted.
    Certificate,
    /// It is not known.
    Nothing,
}

/// A certificate of a PFX file.
#[derive(Debug)]
pub struct CertificateEntry<'a> {
    /// The bag.
    pub bag: &'a Bag,
    /// Its octets.
    pub der: &'a [u8],
    /// The certificate, or why it cannot be read.
    pub certificate: Result<Certificate, DerError>,
}

impl<'a> Inventory<'a> {
    /// Takes stock of a file. Its cost is bounded by what a file may hold
    /// ([`crate::pfx::limits`]), by what is compared ([`crate::bundle`]) and by what is
    /// computed with its keys ([`crate::key::MAX_KEY_WORK`]).
    pub fn of(pfx: &'a Pfx) -> Inventory<'a> {
        Inventory::of_within(pfx, &mut KeyWork::default())
    }

    /// The same for one of many files: what is computed with its keys counts against what
    /// is left for all of them.
    pub(crate) fn of_within(pfx: &'a Pfx, work: &mut KeyWork) -> Inventory<'a> {
        let certificates: Vec<CertificateEntry<'a>> = pfx
            .certificates()
            .map(|(bag, der)| CertificateEntry { bag, der, certificate: Certificate::from_der(der) })
            .collect();
        let mut keys: Vec<KeyEntry<'a>> = pfx.private_keys().map(|bag| KeyEntry::of(bag, work)).collect();
        let bundle = assemble(&keys, &certificates);
        for (at, entry) in keys.iter_mut().enumerate() {
            if entry.algorithm_from != AlgorithmFrom::Nothing {
                continue;
            }
            let pairs = bundle.iter().flat_map(|bundle| &bundle.pairs);
            let paired = pairs.filter(|pair| pair.key == at).find_map(|pair| certificates.get(pair.certificate));
            let public = paired.and_then(|paired| {
                paired.certificate.as_ref().ok()?.spki().public_key().ok().map(|key| KeyKind::of(&key))
            });
            if let Some(kind) = public {
                (entry.facts.algorithm, entry.algorithm_from) = (kind, AlgorithmFrom::Certificate);
            }
        }
        let is_other = |bag: &&Bag| {
            let is_known = bag.is_private_key() || bag.certificate().is_some();
            !is_known && !matches!(bag.content, BagContent::SafeContents(_))
        };
        Inventory {
            keys,
            certificates,
            others: pfx.bags().filter(is_other).collect(),
            bundle,
            protection: protection(pfx),
        }
    }

    /// The certificates that have a key in the file, in the order of the file.
    pub fn with_key(&self) -> Vec<usize> {
        let pairs = self.bundle.iter().flat_map(|bundle| &bundle.pairs);
        let with_key: BTreeSet<usize> = pairs.map(|pair| pair.certificate).collect();
        with_key.into_iter().collect()
    }
}

impl<'a> KeyEntry<'a> {
    fn of(bag: &'a Bag, work: &mut KeyWork) -> KeyEntry<'a> {
        let provider = named(&bag.attributes);
        let machine_keyset = bag.attributes.machine_keyset;
        let Some(found) = bag.private_key() else {
            // No password opens what is encrypted in a way that is not known.
            let is_closed_for_good =
                matches!(&bag.content, BagContent::ShroudedKey(shrouded) if shrouded.encryption.is_err());
            let usage = if is_closed_for_good { UsageAttribute::Unreadable } else { UsageAttribute::Unknown };
            let algorithm = KeyKind::Unknown;
            let facts = KeyFacts { provider, machine_keyset, usage, algorithm };
            return KeyEntry { bag, key: None, facts, algorithm_from: AlgorithmFrom::Nothing };
        };
        let key = found.parsed_within(work);
        let usage = match (&found.key_usage, found.key_usage_problem) {
            (Some(usage), _) => UsageAttribute::Bits(usage.usage().map(UsageBits::from).unwrap_or_default()),
            (None, Some(_)) => UsageAttribute::Unreadable,
            (None, None) => UsageAttribute::Absent,
        };
        let (algorithm, algorithm_from) = match &key {
            Ok(key) => (KeyKind::from(key.algorithm()), AlgorithmFrom::Key),
            Err(_) => (KeyKind::Unknown, AlgorithmFrom::Nothing),
        };
        let facts = KeyFacts { provider, machine_keyset, usage, algorithm };
        KeyEntry { bag, key: Some(key), facts, algorithm_from }
    }
}

/// The provider that a bag's attributes name. An attribute without a value names none.
fn named(attributes: &Attributes) -> NamedProvider {
    match &attributes.provider {
        None if attributes.has_empty_provider() => NamedProvider::Empty,
        None => NamedProvider::Absent,
        Some(provider) => match provider.text() {
            None => NamedProvider::Unreadable,
            Some("") => NamedProvider::Empty,
            Some(name) => NamedProvider::Name(name.to_owned()),
        },
    }
}

/// Pairs what can be read, with the places of the whole lists.
fn assemble(keys: &[KeyEntry<'_>], certificates: &[CertificateEntry<'_>]) -> Result<Bundle, BundleLimit> {
    let items: Vec<KeyItem<'_>> = keys
        .iter()
        .map(|entry| KeyItem {
            key: entry.key.as_ref().and_then(|key| key.as_ref().ok()),
            local_key_id: entry.bag.attributes.local_key_id.as_deref(),
        })
        .collect();
    let (places, readable): (Vec<usize>, Vec<CertificateItem<'_>>) = certificates
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| {
            let certificate = entry.certificate.as_ref().ok()?;
            Some((at, CertificateItem { certificate, local_key_id: entry.bag.attributes.local_key_id.as_deref() }))
        })
        .unzip();
    let mut bundle = Bundle::assemble(&items, &readable)?;
    bundle.renumber(|at| places.get(at).copied().unwrap_or(at));
    Ok(bundle)
}

fn protection(pfx: &Pfx) -> Protection {
    let of = |encryption: &Result<crate::pbe::Encryption, AlgorithmError>| {
        encryption.as_ref().map_or(releases::Encryption::Other, releases::Encryption::from)
    };
    let keys = pfx.private_keys().map(|bag| match &bag.content {
        BagContent::ShroudedKey(shrouded) => of(&shrouded.encryption),
        // Plain, in a keyBag or in the bag of one that should be encrypted.
        _ => releases::Encryption::None,
    });
    let safes = pfx.safes.iter().map(|safe| match &safe.protection {
        crate::pfx::Protection::Plain => releases::Encryption::None,
        crate::pfx::Protection::Password { encryption, .. } => of(encryption),
        crate::pfx::Protection::Other { .. } => releases::Encryption::Other,
    });
    let mac = match pfx.mac.as_ref().map(|mac| &mac.algorithm) {
        None => releases::Mac::None,
        Some(Ok(mac)) => mac.into(),
        Some(Err(_)) => releases::Mac::Other,
    };
    Protection { keys: keys.collect(), safes: safes.collect(), mac }
}
