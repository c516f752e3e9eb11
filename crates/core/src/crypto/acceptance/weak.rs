//! Weaknesses that `--allow-weak` turns from a refusal into a warning.

use std::fmt;
use std::str::FromStr;

/// A weakness that a user can decide to live with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WeakKind {
    /// Signatures over SHA-1, in RSA-PSS also as the hash of the mask.
    Sha1,
    /// Signatures over MD5.
    Md5,
    /// RSA keys of 1024 to 2047 bits.
    Rsa1024,
    /// DSA keys of at least 1024 bits, and DSA signatures.
    Dsa,
}

impl WeakKind {
    /// Every kind.
    pub const ALL: [WeakKind; 4] = [WeakKind::Sha1, WeakKind::Md5, WeakKind::Rsa1024, WeakKind::Dsa];

    /// The word that allows it on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            WeakKind::Sha1 => "sha1",
            WeakKind::Md5 => "md5",
            WeakKind::Rsa1024 => "rsa1024",
            WeakKind::Dsa => "dsa",
        }
    }

    /// What it is, for a report.
    pub const fn describe(self) -> &'static str {
        match self {
            WeakKind::Sha1 => "SHA-1",
            WeakKind::Md5 => "MD5",
            WeakKind::Rsa1024 => "an RSA key below 2048 bits",
            WeakKind::Dsa => "DSA",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of [`WeakKind`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WeakKinds(u8);

impl WeakKinds {
    /// None of them.
    pub const NONE: WeakKinds = WeakKinds(0);

    /// All of them.
    pub const ALL: WeakKinds =
        WeakKinds(WeakKind::Sha1.bit() | WeakKind::Md5.bit() | WeakKind::Rsa1024.bit() | WeakKind::Dsa.bit());

    /// The set with `kind` in it.
    #[must_use]
    pub const fn with(self, kind: WeakKind) -> WeakKinds {
        WeakKinds(self.0 | kind.bit())
    }

    /// The kinds in either set.
    #[must_use]
    pub const fn union(self, other: WeakKinds) -> WeakKinds {
        WeakKinds(self.0 | other.0)
    }

    /// Whether `kind` is in it.
    pub const fn contains(self, kind: WeakKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Whether all of `other` are in it.
    pub const fn contains_all(self, other: WeakKinds) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds in it.
    pub fn iter(self) -> impl Iterator<Item = WeakKind> {
        WeakKind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl From<WeakKind> for WeakKinds {
    fn from(kind: WeakKind) -> Self {
        WeakKinds::NONE.with(kind)
    }
}

/// A word that is neither a [`WeakKind`]'s name nor `all`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWeakKind(pub String);

impl fmt::Display for UnknownWeakKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is none of sha1, md5, rsa1024, dsa, all", self.0)
    }
}

impl std::error::Error for UnknownWeakKind {}

impl FromStr for WeakKinds {
    type Err = UnknownWeakKind;

    /// Reads one word: a kind's name, or `all`.
    fn from_str(word: &str) -> Result<Self, UnknownWeakKind> {
        if word == "all" {
            return Ok(WeakKinds::ALL);
        }
        let kind = WeakKind::ALL.into_iter().find(|kind| kind.name() == word);
        kind.map(WeakKinds::from).ok_or_else(|| UnknownWeakKind(word.to_owned()))
    }
}
