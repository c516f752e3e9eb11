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
    /// A private key, decrypted.
    PrivateKey,
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
    /// The start of a layer.
    pub(super) const fn start(layer: Layer) -> Place {
        Place { layer, offset: 0 }
    }

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
            Layer::PrivateKey => f.write_str(" of the decrypted private key"),
        }
    }
}

/// A part of a PFX by its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The safe, counted from 1.
    pub safe: usize,
    /// The bag within the safe, counted from 1; a bag in a bag counts right after
    /// the one that holds it.
    pub bag: Option<usize>,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "safe {}", self.safe)?;
        self.bag.map_or(Ok(()), |bag| write!(f, ", bag {bag}"))
    }
}
