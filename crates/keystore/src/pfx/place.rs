//! Where in a file something stands, through the layers of octets in octets.

use std::fmt;

/// The octets that an offset counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// The file (or what its Base64 stands for).
    File,
    /// The authenticated safe, joined from fragments.
    AuthenticatedSafe,
    /// The contents of a safe, decrypted or joined from fragments; counted from 1.
    Safe(usize),
}

/// A byte offset in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The layer.
    pub layer: Layer,
    /// The offset, from 0.
    pub offset: usize,
}

impl Place {
    /// The place of an octet that stands `offset` octets further.
    pub(super) fn plus(self, offset: usize) -> Place {
        Place { offset: self.offset.saturating_add(offset), ..self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.offset)?;
        match self.layer {
            Layer::File => Ok(()),
            Layer::AuthenticatedSafe => f.write_str(" of the authenticated safe"),
            Layer::Safe(number) => write!(f, " of the contents of safe {number}"),
        }
    }
}
