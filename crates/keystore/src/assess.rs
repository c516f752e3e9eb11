//! The end entities of a PFX file, each with every key that is its own, as what a
//! product's demands are judged by ([`crate::profile`]).

use std::collections::HashSet;
use std::fmt;

use certlens_core::encoding::der::DerError;
use certlens_core::identity::ReferenceName;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;

use crate::bundle::{Bundle, BundleProblem, is_ca};
use crate::inventory::{Inventory, KeyEntry};
use crate::key::{KeyError, Match, NoMatch};
use crate::permissions::{Account, Acl};
use crate::pfx::{OpenError, Pfx, Trailing};
use crate::profile::{CertificateFacts, Place, PrivateKeyFacts, Subject, Unread};
use crate::provider::Importer;
use crate::provider::releases::{Protection, Release};

/// Most keys with certificates of one file that are told apart: no file that is
/// imported has as many, and a report on each would be of no use.
pub const MAX_END_ENTITIES: usize = 64;

/// A certificate with its key, as far as both are known.
#[derive(Clone, Copy, Debug)]
pub struct EndEntity<'a> {
    /// What is known of the certificate.
    pub certificate: CertificateFacts<'a>,
    /// Its place among those of the file.
    pub certificate_at: Option<usize>,
    /// The key's place among those of the file.
    pub key_at: Option<usize>,
    /// What is known of its private key.
    pub key: PrivateKeyFacts<'a>,
    /// Whether the key is the certificate's; `None` when they could not be compared.
    pub key_match: Option<Match>,
    /// How the file that it is in is encrypted; `None` for a certificate alone.
    pub protection: Option<&'a Protection>,
    /// The part of the file that was not read; of several the one that may hide most.
    /// `None` when all of it was.
    pub missed: Option<Missed<'a>>,
}

/// A part of a file that was not read, so that it may hold another key, or one for
/// this certificate.
#[derive(Clone, Copy, Debug)]
pub enum Missed<'a> {
    /// Something was not decrypted.
    Encrypted,
    /// A private key cannot be read.
    Key {
        /// Its place among those of the file.
        at: usize,
        /// Why.
        error: &'a KeyError,
    },
    /// A certificate cannot be read.
    Certificate {
        /// Its place among those of the file.
        at: usize,
        /// Why.
        error: &'a DerError,
    },
    /// It is not known which certificate a key belongs to.
    NotCompared {
        /// The key's place among those of the file.
        key: usize,
        /// The place of the first certificate that it may belong to.
        certificate: usize,
        /// Why.
        why: NoMatch,
    },
    /// Octets behind the file's end, which may be another file. Zeros are none: Windows
    /// leaves them.
    Behind(Trailing),
}

impl<'a> Missed<'a> {
    fn of(pfx: &Pfx, inventory: &'a Inventory<'a>) -> Option<Missed<'a>> {
        if pfx.is_locked() {
            return Some(Missed::Encrypted);
        }
        let mut keys = inventory.keys.iter().enumerate();
        let key = keys.find_map(|(at, key)| Some(Missed::Key { at, error: key.key.as_ref()?.as_ref().err()? }));
        let mut certificates = inventory.certificates.iter().enumerate();
        let certificate = || {
            certificates.find_map(|(at, one)| Some(Missed::Certificate { at, error: one.certificate.as_ref().err()? }))
        };
        let problems = inventory.bundle.iter().flat_map(|bundle| &bundle.problems);
        let not_compared = || {
            problems.into_iter().find_map(|problem| match *problem {
                BundleProblem::NotCompared { key, certificate, why } => {
                    Some(Missed::NotCompared { key, certificate, why })
                }
                _ => None,
            })
        };
        let behind = || pfx.trailing.filter(|trailing| !trailing.zeros).map(Missed::Behind);
        key.or_else(certificate).or_else(behind).or_else(not_compared)
    }

    /// What can be done about it, in a sentence without a full stop.
    const fn advice(self) -> &'static str {
        match self {
            Missed::Encrypted => "give the file's password",
            Missed::Key { .. } | Missed::Certificate { .. } => {
                "export the file again, or make one of the parts that are needed"
            }
            Missed::NotCompared { .. } => "make a file of one key and its certificate",
            Missed::Behind(_) => "export or transfer the file again, and give each PFX file by itself",
        }
    }
}

impl fmt::Display for Missed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // People count from 1.
        match self {
            Missed::Encrypted => f.write_str("a part of the file was not decrypted"),
            Missed::Key { at, error } => write!(f, "key {} cannot be read: {error}", at + 1),
            Missed::Certificate { at, error } => write!(f, "certificate {} cannot be read: {error}", at + 1),
            Missed::NotCompared { key, certificate, why } => {
                write!(f, "whether key {} is that of certificate {} is not known: {why}", key + 1, certificate + 1)
            }
            Missed::Behind(Trailing { place, octets, .. }) => {
                write!(f, "behind the PFX, from {place} on, stand {octets} more octets, which were not read")
            }
        }
    }
}

/// What a key is judged for, beside what its file says.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Why the file, or a part of it, was not read; `None` when all of it was.
    pub unread: Option<&'a Unread>,
    /// Who will import the file; of several, nobody says which.
    pub importers: &'a [Importer],
    /// The release of Windows that must open the file.
    pub release: Option<Release>,
    /// The hosts that the certificate is for.
    pub hosts: &'a [ReferenceName],
    /// The account that reads the key; else the profile's.
    pub account: Option<&'a Account>,
    /// Who may read the key.
    pub acl: Option<&'a Acl>,
    /// The time to judge at.
    pub at: Option<Time>,
}

impl<'a> EndEntity<'a> {
    /// Those of a PFX file: each key with each certificate that is its own, in the
    /// order of the keys, the same certificate once; where no certificate has a key,
    /// each key with the file's end entity, or that one alone. There is always at
    /// least one.
    ///
    /// # Errors
    /// There are more than [`MAX_END_ENTITIES`].
    pub fn all(pfx: &Pfx, inventory: &'a Inventory<'a>) -> Result<Vec<EndEntity<'a>>, TooMany> {
        let locked_safe = pfx.safes.iter().any(|safe| safe.contents.is_none());
        let nothing = EndEntity {
            certificate: match inventory.certificates.is_empty() && !locked_safe {
                true => CertificateFacts::None,
                false => CertificateFacts::Unread,
            },
            certificate_at: None,
            key_at: None,
            key: if locked_safe { PrivateKeyFacts::Locked } else { PrivateKeyFacts::None },
            key_match: None,
            protection: Some(&inventory.protection),
            missed: Missed::of(pfx, inventory),
        };
        let certificate = |at: usize| inventory.certificates.get(at)?.certificate.as_ref().ok();
        let of_key = |at: usize, key: &'a KeyEntry<'a>| EndEntity {
            key_at: Some(at),
            key: PrivateKeyFacts::Of(&key.facts),
            ..nothing
        };
        let bundle = inventory.bundle.as_ref().ok();
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for pair in bundle.iter().flat_map(|bundle| &bundle.pairs) {
            let (Some(key), Some(own)) = (inventory.keys.get(pair.key), certificate(pair.certificate)) else {
                continue;
            };
            if seen.insert((pair.key, own.id())) {
                refuse_too_many(seen.len())?;
                let one = of_key(pair.key, key).with(pair.certificate, own);
                let misled = bundle.is_some_and(|bundle| is_misled(bundle, pair.key, pair.certificate));
                let key_match = match compare(key, own) {
                    Some(Match::Yes) if misled => Some(Match::Unknown(NoMatch::LocalKeyIds)),
                    compared => compared,
                };
                found.push(EndEntity { key_match, ..one });
            }
        }
        if !found.is_empty() {
            return Ok(found);
        }
        refuse_too_many(inventory.keys.len())?;
        let end = bundle.and_then(|bundle| bundle.end_entity()).and_then(|at| Some((at, certificate(at)?)));
        let with_end = |one: EndEntity<'a>| end.map_or(one, |(at, end)| one.with(at, end));
        if inventory.keys.is_empty() {
            return Ok(vec![with_end(nothing)]);
        }
        let each = inventory.keys.iter().enumerate().map(|(at, key)| {
            let key_match = end.and_then(|(_, end)| compare(key, end));
            // That of a CA is there for the chain of another, which is missing.
            if key_match == Some(Match::No) && end.is_some_and(|(_, end)| is_ca(end)) {
                return EndEntity { certificate: CertificateFacts::None, ..of_key(at, key) };
            }
            EndEntity { key_match, ..with_end(of_key(at, key)) }
        });
        Ok(each.collect())
    }

    /// A certificate whose key is elsewhere.
    pub fn alone(certificate: &'a Certificate) -> EndEntity<'a> {
        EndEntity {
            certificate: CertificateFacts::Of(certificate),
            certificate_at: None,
            key_at: None,
            key: PrivateKeyFacts::Elsewhere,
            key_match: None,
            protection: None,
            missed: None,
        }
    }

    /// What is known of a file that could not be read: nothing.
    pub const fn unknown() -> EndEntity<'a> {
        EndEntity {
            certificate: CertificateFacts::Unread,
            certificate_at: None,
            key_at: None,
            key: PrivateKeyFacts::Locked,
            key_match: None,
            protection: None,
            missed: Some(Missed::Encrypted),
        }
    }

    fn with(self, at: usize, certificate: &'a Certificate) -> EndEntity<'a> {
        EndEntity { certificate: CertificateFacts::Of(certificate), certificate_at: Some(at), ..self }
    }

    /// Whether what was missed is that its own key was not compared, which the key's
    /// match says already.
    fn says_itself(&self, missed: Missed<'_>) -> bool {
        matches!(missed, Missed::NotCompared { key, .. } if self.key_at == Some(key))
            && matches!(self.key_match, Some(Match::Unknown(_)))
    }

    /// What demands are judged by.
    pub fn subject(&self, given: &Circumstances<'a>) -> Subject<'a> {
        let unread = match given.unread {
            Some(unread) => Some(unread.clone()),
            None => self.missed.filter(|missed| !self.says_itself(*missed)).map(|missed| Unread {
                why: missed.to_string(),
                advice: missed.advice().to_owned(),
                needs_password: matches!(missed, Missed::Encrypted),
            }),
        };
        Subject {
            unread,
            certificate: self.certificate,
            key: self.key,
            key_match: self.key_match,
            place: Place::File { importers: given.importers },
            protection: self.protection,
            release: given.release,
            hosts: given.hosts,
            account: given.account,
            acl: given.acl,
            at: given.at,
        }
    }
}

impl From<&OpenError> for Unread {
    fn from(error: &OpenError) -> Unread {
        Unread {
            why: error.to_string(),
            advice: error.kind.advice().trim_end_matches('.').to_owned(),
            needs_password: error.kind.needs_password(),
        }
    }
}

fn compare(key: &KeyEntry<'_>, certificate: &Certificate) -> Option<Match> {
    let key = key.key.as_ref()?.as_ref().ok()?;
    Some(key.matches(certificate.spki_raw()))
}

/// Whether a localKeyID gives this key to another certificate, or this certificate to
/// another key: Windows pairs by it.
fn is_misled(bundle: &Bundle, key: usize, certificate: usize) -> bool {
    bundle.problems.iter().any(|problem| {
        matches!(problem, BundleProblem::LocalKeyIdMisleads { key: k, certificate: c } if *k == key || *c == certificate)
    })
}

/// A file has more keys with certificates than are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

fn refuse_too_many(found: usize) -> Result<(), TooMany> {
    if found > MAX_END_ENTITIES { Err(TooMany) } else { Ok(()) }
}

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the keys and certificates that could be meant exceed MAX_END_ENTITIES ({MAX_END_ENTITIES})")
    }
}

impl std::error::Error for TooMany {}

#[cfg(test)]
mod tests;
