//! Which keys and certificates belong together: by the public key; by localKeyID where
//! the key was not decrypted. Whether the private half is that of its public half is
//! another question, which [`Match`] answers.

use std::collections::HashMap;

use super::{Bundle, BundleProblem, CertificateItem, KeyItem};
use crate::key::{Match, PrivateKey, Public};

/// A key with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The key.
    pub key: usize,
    /// The certificate.
    pub certificate: usize,
    /// How that is known.
    pub by: PairedBy,
}

/// How it is known that a key is a certificate's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PairedBy {
    /// It has the same public key.
    PublicKey,
    /// It has the same localKeyID, and the public keys could not be compared.
    LocalKeyId,
}

pub(super) fn pair(keys: &[KeyItem<'_>], certificates: &[CertificateItem<'_>], bundle: &mut Bundle) {
    let mut ids: HashMap<&[u8], usize> = HashMap::new();
    let publics: Vec<Public<'_>> = certificates.iter().map(|item| Public::of(item.certificate.spki_raw())).collect();
    for (at, item) in keys.iter().enumerate() {
        // An identifier of no octets identifies nothing.
        let id = item.local_key_id.filter(|id| !id.is_empty());
        if let Some(first) = id.and_then(|id| ids.get(id)) {
            bundle.problems.push(BundleProblem::LocalKeyIdRepeated { first: *first, second: at });
        } else if let Some(id) = id {
            ids.insert(id, at);
        }
        pair_key(at, item, id, (certificates, &publics), bundle);
    }
}

fn pair_key(
    at: usize,
    item: &KeyItem<'_>,
    id: Option<&[u8]>,
    (certificates, publics): (&[CertificateItem<'_>], &[Public<'_>]),
    bundle: &mut Bundle,
) {
    let matcher = item.key.map(PrivateKey::matcher);
    let (mut is_alone, mut is_known) = (true, item.key.is_some());
    let (mut is_paired_by_id, mut differs, mut not_compared) = (false, None, None);
    for (other, (certificate, public)) in certificates.iter().zip(publics).enumerate() {
        let same_id = id.is_some() && certificate.local_key_id == id;
        let matched = matcher.as_ref().map(|matcher| matcher.matches(public));
        let by = match matched {
            // A key that is damaged, or cannot be checked, is nobody else's.
            Some(matched) if matched.has_same_public_key() => {
                is_paired_by_id |= same_id;
                // Where neither has one, nothing misleads anybody.
                if id.is_some() || certificate.local_key_id.is_some() {
                    differs.get_or_insert(BundleProblem::LocalKeyIdDiffers { key: at, certificate: other });
                }
                PairedBy::PublicKey
            }
            Some(Match::No) => {
                if same_id {
                    bundle.problems.push(BundleProblem::LocalKeyIdMisleads { key: at, certificate: other });
                }
                continue;
            }
            unknown => {
                is_known = false;
                if let Some(Match::Unknown(why)) = unknown {
                    let problem = BundleProblem::NotCompared { key: at, certificate: other, why };
                    not_compared.get_or_insert(problem);
                }
                if !same_id {
                    continue;
                }
                PairedBy::LocalKeyId
            }
        };
        is_alone = false;
        bundle.pairs.push(Pair { key: at, certificate: other, by });
    }
    if !is_paired_by_id {
        bundle.problems.extend(differs);
    }
    if is_alone {
        bundle.problems.extend(not_compared);
    }
    if is_alone && is_known {
        bundle.problems.push(BundleProblem::KeyAlone { key: at });
    }
}
