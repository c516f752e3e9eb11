//! localKeyID: which certificate is which key's (RFC 2985 §5.5.2).

use certlens_core::x509::Certificate;

use super::contents::{Contents, KeyEntry};
use super::error::WriteError;
use crate::bundle::{Bundle, BundleLimit, CertificateItem, KeyItem, MAX_COMPARED_KEYS};
use crate::key::{KeyWork, PrivateKey};

/// What a file had as localKeyID. It says something of that file alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    /// The file, by a number of its own.
    pub(super) source: u32,
    pub(super) id: Vec<u8>,
}

impl Hint {
    /// Octets that differ for different files.
    fn key(&self) -> Vec<u8> {
        [&self.source.to_be_bytes(), self.id.as_slice()].concat()
    }
}

/// The localKeyIDs of keys and certificates, in their order.
pub(super) struct LocalKeyIds {
    pub(super) keys: Vec<Option<Vec<u8>>>,
    pub(super) certificates: Vec<Option<Vec<u8>>>,
}

impl Contents {
    /// Keys with their certificates, both by their places here, from 0.
    ///
    /// # Errors
    /// There are more than are compared.
    pub fn pairs(&self) -> Result<Vec<(usize, usize)>, WriteError> {
        let (name, limit, found) = ("MAX_COMPARED_KEYS", MAX_COMPARED_KEYS, self.keys.len());
        if found > limit {
            return Err(BundleLimit { name, limit, found }.into());
        }
        let mut work = KeyWork::default();
        let read = |entry: &KeyEntry| PrivateKey::from_pkcs8_within(entry.pkcs8().expose(), &mut work).ok();
        let keys: Vec<Option<PrivateKey>> = self.keys.iter().map(read).collect();
        let key_hints: Vec<Option<Vec<u8>>> = self.keys.iter().map(|entry| hint(entry.hint.as_ref())).collect();
        let hints: Vec<Option<Vec<u8>>> = self.certificates.iter().map(|entry| hint(entry.hint.as_ref())).collect();
        let certificates: Vec<(usize, Certificate)> = self
            .certificates
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| Some((at, Certificate::from_der(&entry.octets).ok()?)))
            .collect();

        let key_items: Vec<KeyItem<'_>> = keys
            .iter()
            .zip(&key_hints)
            .map(|(key, hint)| KeyItem { key: key.as_ref(), local_key_id: hint.as_deref() })
            .collect();
        let items: Vec<CertificateItem<'_>> = certificates
            .iter()
            .map(|(at, certificate)| CertificateItem {
                certificate,
                local_key_id: hints.get(*at).and_then(Option::as_deref),
            })
            .collect();
        let bundle = Bundle::assemble(&key_items, &items)?;
        let mut pairs: Vec<(usize, usize)> =
            bundle.pairs.iter().filter_map(|pair| Some((pair.key, certificates.get(pair.certificate)?.0))).collect();
        // Of a certificate that cannot be read, the file's word is all there is.
        let mut readable = certificates.iter().map(|(at, _)| *at).peekable();
        for (at, hint) in hints.iter().enumerate() {
            if readable.next_if_eq(&at).is_some() || hint.is_none() {
                continue;
            }
            pairs.extend(key_hints.iter().enumerate().filter(|(_, key)| *key == hint).map(|(key, _)| (key, at)));
        }
        Ok(pairs)
    }

    /// A number for each key that has a certificate, as Windows writes it: four
    /// octets, the lowest first, from 1.
    pub(super) fn local_key_ids(&self) -> Result<LocalKeyIds, WriteError> {
        let mut ids =
            LocalKeyIds { keys: vec![None; self.keys.len()], certificates: vec![None; self.certificates.len()] };
        for (key, certificate) in self.pairs()? {
            let id = (key as u32 + 1).to_le_bytes().to_vec();
            // Of two keys that are the same, the first has the certificate.
            if let Some(unset @ None) = ids.certificates.get_mut(certificate) {
                *unset = Some(id.clone());
                if let Some(slot) = ids.keys.get_mut(key) {
                    *slot = Some(id);
                }
            }
        }
        Ok(ids)
    }
}

/// An identifier of no octets identifies nothing.
fn hint(hint: Option<&Hint>) -> Option<Vec<u8>> {
    hint.filter(|hint| !hint.id.is_empty()).map(Hint::key)
}
