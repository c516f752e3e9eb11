//! How to encrypt a file so that a release of Windows opens it.

use super::{Cipher, Encryption, Hash, Kdf, Mac, Pkcs12Cipher, Protection, Release};

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
    pub keys: Encryption,
    /// Of the certificates.
    pub certificates: Encryption,
    /// Of the whole.
    pub mac: Mac,
    /// Iterations of each key derivation.
    pub iterations: u32,
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
                let triple_des = Encryption::Pkcs12(Pkcs12Cipher::TripleDes3Keys);
                Preset {
                    keys: triple_des,
                    certificates: triple_des,
                    mac: Mac::Hmac(Hash::Sha1),
                    iterations: OLD_ITERATIONS,
                }
            }
            CompatibleWith::Server2019 | CompatibleWith::Server2022 | CompatibleWith::Modern => {
                let aes = Encryption::Pbes2 { kdf: Kdf::Pbkdf2(Hash::Sha256), cipher: Cipher::Aes256 };
                Preset { keys: aes, certificates: aes, mac: Mac::Hmac(Hash::Sha256), iterations: ITERATIONS }
            }
        }
    }
}

impl Preset {
    /// The protection of a file with one key that is written so.
    pub fn protection(self) -> Protection {
        // The key's own encryption is all that its safe has.
        Protection { keys: vec![self.keys], safes: vec![Encryption::None, self.certificates], mac: self.mac }
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
