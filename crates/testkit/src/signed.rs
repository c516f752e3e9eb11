//! What a signature covers, the algorithm and the signature: the outer form
//! that CRLs and OCSP responses share (RFC 5280 §5.1, RFC 6960 §4.2.1).

use crate::der;
use crate::key::{Key, Signing};

/// A change made to encoded octets on their way.
pub(crate) type Edit = Box<dyn Fn(Vec<u8>) -> Vec<u8>>;

/// How a builder signs, and what is changed on the way.
#[derive(Default)]
pub(crate) struct Seal {
    pub(crate) signing: Option<Signing>,
    pub(crate) outer_algorithm: Option<Vec<u8>>,
    pub(crate) edit_tbs: Option<Edit>,
    pub(crate) edit_signature: Option<Edit>,
    pub(crate) edit_whole: Option<Edit>,
}

impl Seal {
    /// How this key signs here.
    pub(crate) fn signing_by(&self, key: Key) -> Signing {
        self.signing.unwrap_or_else(|| key.default_signing())
    }

    /// The signed part, its algorithm and its signature as one SEQUENCE, with
    /// `tail` behind them.
    pub(crate) fn sign(&self, key: Key, tbs: Vec<u8>, tail: &[u8]) -> Vec<u8> {
        let tbs = apply(self.edit_tbs.as_ref(), tbs);
        let signing = self.signing_by(key);
        let signature = apply(self.edit_signature.as_ref(), der::bit_string(0, &key.sign(signing, &tbs)));
        let algorithm = self.outer_algorithm.clone().unwrap_or_else(|| signing.identifier());
        der::sequence([tbs.as_slice(), &algorithm, &signature, tail])
    }

    /// The finished object after the last change.
    pub(crate) fn finish(&self, whole: Vec<u8>) -> Vec<u8> {
        apply(self.edit_whole.as_ref(), whole)
    }

    /// Flips the last bit of the signature.
    pub(crate) fn corrupt_signature(&mut self) {
        self.edit_signature = Some(Box::new(|mut signature| {
            if let Some(last) = signature.last_mut() {
                *last ^= 1;
            }
            signature
        }));
    }
}

fn apply(edit: Option<&Edit>, octets: Vec<u8>) -> Vec<u8> {
    match edit {
        Some(edit) => edit(octets),
        None => octets,
    }
}
