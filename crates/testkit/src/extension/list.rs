//! The extensions of one object while it is being put together.

use super::Extension;

/// Encoded extensions with the identifiers they can be found by.
#[derive(Clone, Default)]
pub(crate) struct ExtensionList {
    encoded: Vec<Vec<u8>>,
    /// Empty for one that is no known extension.
    oids: Vec<String>,
}

impl ExtensionList {
    /// Sets an extension; one with the same identifier is replaced.
    pub(crate) fn set(&mut self, extension: &Extension) {
        self.remove(extension.oid());
        self.append(extension);
    }

    /// Adds an extension even when there is one with the same identifier.
    pub(crate) fn append(&mut self, extension: &Extension) {
        self.oids.push(extension.oid().to_owned());
        self.encoded.push(extension.to_der());
    }

    /// Adds these octets, whatever they are.
    pub(crate) fn append_raw(&mut self, der: Vec<u8>) {
        self.oids.push(String::new());
        self.encoded.push(der);
    }

    /// Drops the extensions with this identifier.
    pub(crate) fn remove(&mut self, oid: &str) {
        while let Some(index) = self.oids.iter().position(|present| present == oid) {
            self.oids.remove(index);
            self.encoded.remove(index);
        }
    }

    /// Whether there is an extension with this identifier.
    pub(crate) fn has(&self, oid: &str) -> bool {
        self.oids.iter().any(|present| present == oid)
    }

    /// The extensions, encoded, in order.
    pub(crate) fn encoded(&self) -> &[Vec<u8>] {
        &self.encoded
    }
}
