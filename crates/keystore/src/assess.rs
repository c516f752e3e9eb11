//! The end entities of a PFX file, each with the key that is its own, as what a
//! product's demands are judged by ([`crate::profile`]).

use certlens_core::identity::ReferenceName;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;

use crate::inventory::{Inventory, KeyEntry};
use crate::key::Match;
use crate::permissions::{Account, Acl};
use crate::pfx::Pfx;
use crate::profile::{Place, PrivateKeyFacts, Subject};
use crate::provider::Importer;
use crate::provider::releases::{Protection, Release};

/// A certificate with its key, as far as both are known.
#[derive(Clone, Copy, Debug)]
pub struct EndEntity<'a> {
    /// The certificate; `None` when it was not decrypted, cannot be read, or is not there.
    pub certificate: Option<&'a Certificate>,
    /// What is known of its private key.
    pub key: PrivateKeyFacts<'a>,
    /// Whether the key is the certificate's; `None` when they could not be compared.
    pub key_match: Option<Match>,
    /// How the file that it is in is encrypted; `None` for a certificate alone.
    pub protection: Option<&'a Protection>,
}

/// What a key is judged for, beside what its file says.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
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
    /// Those of a PFX file: the certificates that have a key, in the order of the
    /// keys; where no certificate has one, each key with the file's end entity, or
    /// that one alone. There is always at least one.
    pub fn all(pfx: &Pfx, inventory: &'a Inventory<'a>) -> Vec<EndEntity<'a>> {
        let protection = Some(&inventory.protection);
        let certificate = |at: usize| inventory.certificates.get(at)?.certificate.as_ref().ok();
        let with = |key: &'a KeyEntry<'a>, certificate: Option<&'a Certificate>| EndEntity {
            certificate,
            key: PrivateKeyFacts::Of(&key.facts),
            key_match: compare(key, certificate),
            protection,
        };
        let bundle = inventory.bundle.as_ref().ok();
        let mut seen = Vec::new();
        let mut found = Vec::new();
        for pair in bundle.iter().flat_map(|bundle| &bundle.pairs) {
            if let Some(key) = inventory.keys.get(pair.key)
                && !seen.contains(&pair.certificate)
            {
                seen.push(pair.certificate);
                found.push(with(key, certificate(pair.certificate)));
            }
        }
        if !found.is_empty() {
            return found;
        }
        let end = bundle.and_then(|bundle| bundle.end_entity()).and_then(certificate);
        if !inventory.keys.is_empty() {
            return inventory.keys.iter().map(|key| with(key, end)).collect();
        }
        let is_locked = pfx.safes.iter().any(|safe| safe.contents.is_none());
        let key = if is_locked { PrivateKeyFacts::Locked } else { PrivateKeyFacts::None };
        vec![EndEntity { certificate: end, key, key_match: None, protection }]
    }

    /// A certificate whose key is elsewhere.
    pub fn alone(certificate: &'a Certificate) -> EndEntity<'a> {
        EndEntity { certificate: Some(certificate), key: PrivateKeyFacts::Elsewhere, key_match: None, protection: None }
    }

    /// What demands are judged by.
    pub fn subject(&self, given: &Circumstances<'a>) -> Subject<'a> {
        Subject {
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

fn compare(key: &KeyEntry<'_>, certificate: Option<&Certificate>) -> Option<Match> {
    let key = key.key.as_ref()?.as_ref().ok()?;
    Some(key.matches(certificate?.spki_raw()))
}

#[cfg(test)]
mod tests;
