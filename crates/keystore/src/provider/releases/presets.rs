//! How to encrypt a file so that a release of Windows opens it.

use super::{Encryption, Protection, Release};
use crate::pbe::{Cipher, EncryptionScheme, Hash, MacScheme, Pkcs12Cipher};

/// Whom a file is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names of the releases")]
pub enum CompatibleWith {
    Server2012R2,
    Server2016,
    Server2019,
    Server2022,
    /// Whatever is kept up to date: Server 2025, OpenSSL 3, Java 17, .NET 9.
    Modern,
}

/// How a file is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Of the keys.
    pub keys: EncryptionScheme,
    /// Of the certificates.
    pub certificates: EncryptionScheme,
    /// Of the whole.
    pub mac: MacScheme,
}

/// Iterations with the schemes of RFC 7292: what OpenSSL writes, Windows 2,000.
/// More of them would not make 3DES and SHA-1 new, and no report says how old
/// releases take it.
const OLD_ITERATIONS: u32 = 2_048;

/// Iterations with PBKDF2. .NET 9 and later read at most 300,000 in one
/// derivation and 1,000,000 in a file (Pkcs12LoaderLimits); this leaves room for
/// three keys beside the certificates and the MAC.
const ITERATIONS: u32 = 200_000;

impl CompatibleWith {
    /// All, oldest first.
    pub const ALL: [CompatibleWith; 5] = [
        CompatibleWith::Server2012R2,
        CompatibleWith::Server2016,
        CompatibleWith::Server2019,
        CompatibleWith::Server2022,
        CompatibleWith::Modern,
    ];

    /// The name on a command line.
    pub const fn name(self) -> &'static str {
        match self {
            CompatibleWith::Server2012R2 => "server2012r2",
            CompatibleWith::Server2016 => "server2016",
            CompatibleWith::Server2019 => "server2019",
            CompatibleWith::Server2022 => "server2022",
            CompatibleWith::Modern => "modern",
        }
    }

    /// The one with this name.
    pub fn by_name(name: &str) -> Option<CompatibleWith> {
        CompatibleWith::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The oldest release that must open the file.
    pub const fn release(self) -> Release {
        match self {
            CompatibleWith::Server2012R2 => Release::Server2012R2,
            CompatibleWith::Server2016 => Release::Server2016,
            CompatibleWith::Server2019 => Release::Server2019,
            CompatibleWith::Server2022 => Release::Server2022,
            CompatibleWith::Modern => Release::Server2025,
        }
    }

    /// How to encrypt for it.
    pub const fn preset(self) -> Preset {
        match self {
            CompatibleWith::Server2012R2 | CompatibleWith::Server2016 => {
                let iterations = OLD_ITERATIONS;
                let triple_des = EncryptionScheme::Pkcs12 { cipher: Pkcs12Cipher::TripleDes, iterations };
                let mac = MacScheme::Pkcs12 { hash: Hash::Sha1, iterations };
                Preset { keys: triple_des, certificates: triple_des, mac }
            }
            CompatibleWith::Server2019 | CompatibleWith::Server2022 | CompatibleWith::Modern => {
                let iterations = ITERATIONS;
                let aes = EncryptionScheme::Pbes2 { cipher: Cipher::Aes256, prf: Hash::Sha256, iterations };
                Preset { keys: aes, certificates: aes, mac: MacScheme::Pkcs12 { hash: Hash::Sha256, iterations } }
            }
        }
    }
}

impl Preset {
    /// The protection of a file with one key that is written so.
    pub fn protection(self) -> Protection {
        // The key's own encryption is all that its safe has.
        Protection {
            keys: vec![self.keys.into()],
            safes: vec![Encryption::None, self.certificates.into()],
            mac: self.mac.into(),
        }
    }
}

impl From<Release> for CompatibleWith {
    fn from(release: Release) -> CompatibleWith {
        match release {
            Release::Server2012R2 => CompatibleWith::Server2012R2,
            Release::Server2016 => CompatibleWith::Server2016,
            Release::Server2019 => CompatibleWith::Server2019,
            Release::Server2022 => CompatibleWith::Server2022,
            Release::Server2025 => CompatibleWith::Modern,
        }
    }
}
