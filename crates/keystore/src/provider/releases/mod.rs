//! Which releases of Windows open a PFX file, by how it is encrypted.

mod presets;
mod read;

use std::fmt;

pub use presets::{CompatibleWith, Preset};

use super::statement::{Confidence, Stated};

/// A release of Windows Server, oldest first. A client release of the same age
/// reads the same files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names of the releases")]
pub enum Release {
    Server2012R2,
    Server2016,
    Server2019,
    Server2022,
    Server2025,
}

impl Release {
    /// All, oldest first.
    pub const ALL: [Release; 5] =
        [Release::Server2012R2, Release::Server2016, Release::Server2019, Release::Server2022, Release::Server2025];

    /// The name for a report.
    pub const fn name(self) -> &'static str {
        match self {
            Release::Server2012R2 => "Windows Server 2012 R2",
            Release::Server2016 => "Windows Server 2016",
            Release::Server2019 => "Windows Server 2019",
            Release::Server2022 => "Windows Server 2022",
            Release::Server2025 => "Windows Server 2025",
        }
    }

    /// Whether it came before PFX files with AES: Server 2019, Windows 10 1709.
    const fn is_before_aes(self) -> bool {
        matches!(self, Release::Server2012R2 | Release::Server2016)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A hash function, where a file can name one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the functions")]
pub enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    /// Another one.
    Other,
}

/// How a key bag or a safe is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encryption {
    /// Not at all.
    None,
    /// A scheme of RFC 7292 appendix C: pbeWithSHAAnd….
    Pkcs12(Pkcs12Cipher),
    /// PBES2 (RFC 8018 §6.2).
    Pbes2 {
        /// How the password becomes a key.
        kdf: Kdf,
        /// What encrypts with it.
        cipher: Cipher,
    },
    /// Something else.
    Other,
}

/// The ciphers of RFC 7292 appendix C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the ciphers")]
pub enum Pkcs12Cipher {
    TripleDes3Keys,
    TripleDes2Keys,
    Rc2_40,
    Rc2_128,
    Rc4_40,
    Rc4_128,
}

/// A key derivation function of PBES2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kdf {
    /// PBKDF2 with HMAC of this hash.
    Pbkdf2(Hash),
    /// scrypt (RFC 7914).
    Scrypt,
    /// Another one.
    Other,
}

/// A cipher of PBES2, in CBC mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the ciphers")]
pub enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
    /// Another one.
    Other,
}

/// What protects the whole file from changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mac {
    /// Nothing, or a signature.
    None,
    /// HMAC with a key by RFC 7292 appendix B.
    Hmac(Hash),
    /// PBMAC1 (RFC 9579).
    Pbmac1,
    /// Something else.
    Other,
}

/// How a file is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// Of each key.
    pub keys: Vec<Encryption>,
    /// Of each safe.
    pub safes: Vec<Encryption>,
    /// Of the whole.
    pub mac: Mac,
}

/// Whether a release opens a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opens {
    /// It does.
    Yes,
    /// It does not.
    No {
        /// What it cannot read.
        because: &'static str,
        /// What it says then, when that is known.
        error: Option<&'static str>,
    },
    /// Not known.
    Unknown {
        /// What nobody has reported about.
        because: &'static str,
    },
}

/// What old releases say to a file that they cannot decrypt, whatever the password.
pub const WRONG_PASSWORD: &str = "The specified network password is not correct. (0x80070056)";

const AES_REPORTS: &str = "ansible.windows PR 582, openssl issue 27035, acme.sh issue 6805";
const HISTORIC: &str = "files that Windows itself writes";
const NO_REPORT: &str = "no documentation and no report";

/// Whether this release opens a file that is protected so.
pub fn opens(protection: &Protection, release: Release) -> Stated<Opens> {
    let parts = protection
        .keys
        .iter()
        .map(|key| of_key(*key, release))
        .chain(protection.safes.iter().map(|safe| encryption(*safe, release)))
        .chain([mac(protection.mac, release)]);
    // One part that cannot be read decides, then one of which nothing is known, and
    // of equals the statement that is least sure; of refusals the surest.
    let mut worst = Stated::new(Opens::Yes, Confidence::Documented, HISTORIC);
    for part in parts {
        let is_worse = match rank(&part.value).cmp(&rank(&worst.value)) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal if matches!(part.value, Opens::No { .. }) => part.confidence > worst.confidence,
            std::cmp::Ordering::Equal => part.confidence < worst.confidence,
            std::cmp::Ordering::Less => false,
        };
        if is_worse {
            worst = part;
        }
    }
    worst
}

/// The oldest release that opens a file protected so, when every later one opens it
/// too; `None` when there is none of which that is known.
pub fn opened_since(protection: &Protection) -> Option<Release> {
    let opens = |release: &Release| opens(protection, *release).value == Opens::Yes;
    Release::ALL.into_iter().rev().take_while(opens).last()
}

const fn rank(opens: &Opens) -> u8 {
    match opens {
        Opens::Yes => 0,
        Opens::Unknown { .. } => 1,
        Opens::No { .. } => 2,
    }
}

const fn refused(because: &'static str, confidence: Confidence, source: &'static str) -> Stated<Opens> {
    Stated::new(Opens::No { because, error: Some(WRONG_PASSWORD) }, confidence, source)
}

const fn yes(confidence: Confidence, source: &'static str) -> Stated<Opens> {
    Stated::new(Opens::Yes, confidence, source)
}

const fn unknown(because: &'static str) -> Stated<Opens> {
    Stated::new(Opens::Unknown { because }, Confidence::Low, NO_REPORT)
}

/// Of a key's own encryption. That Windows reads plain safes says nothing of plain keys,
/// which it does not write.
fn of_key(key: Encryption, release: Release) -> Stated<Opens> {
    match key {
        Encryption::None => unknown("a private key that is not encrypted"),
        key => encryption(key, release),
    }
}

/// Of a safe, and of a key that has some.
fn encryption(encryption: Encryption, release: Release) -> Stated<Opens> {
    match encryption {
        // Certificates in a plain safe are what Windows writes without privacy.
        Encryption::None => yes(Confidence::Observed, HISTORIC),
        Encryption::Pkcs12(Pkcs12Cipher::TripleDes3Keys) => {
            yes(Confidence::Documented, "Export-PfxCertificate, TripleDES_SHA1")
        }
        Encryption::Pkcs12(Pkcs12Cipher::Rc2_40) => yes(Confidence::Observed, HISTORIC),
        Encryption::Pkcs12(_) => yes(Confidence::Medium, "RFC 7292 appendix C, which old releases implement"),
        Encryption::Pbes2 { kdf: Kdf::Scrypt, .. } => Stated::new(
            Opens::No { because: "a key derived by scrypt", error: None },
            Confidence::Medium,
            "Windows has no scrypt",
        ),
        Encryption::Pbes2 { cipher: Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256, .. }
            if release.is_before_aes() =>
        {
            refused("PBES2 encryption (AES)", Confidence::Observed, AES_REPORTS)
        }
        // The reports are about AES; that the scheme itself is what fails is inferred.
        Encryption::Pbes2 { .. } if release.is_before_aes() => {
            refused("PBES2 encryption", Confidence::Medium, AES_REPORTS)
        }
        Encryption::Pbes2 { kdf: Kdf::Pbkdf2(Hash::Sha256), cipher: Cipher::Aes256 } => {
            yes(Confidence::Documented, "Export-PfxCertificate, AES256_SHA256")
        }
        Encryption::Pbes2 {
            kdf: Kdf::Pbkdf2(Hash::Sha1 | Hash::Sha256 | Hash::Sha384 | Hash::Sha512),
            cipher: Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 | Cipher::TripleDes,
        } => yes(Confidence::Medium, "PBES2 is read; this choice of it is not reported"),
        Encryption::Pbes2 { .. } => unknown("a rare choice of PBES2"),
        Encryption::Other => unknown("an encryption scheme that is not known here"),
    }
}

fn mac(mac: Mac, release: Release) -> Stated<Opens> {
    match mac {
        Mac::Hmac(Hash::Sha1) => yes(Confidence::Documented, "Export-PfxCertificate, TripleDES_SHA1"),
        // Always seen together with AES, and the older managed reader's authors say that
        // Windows 8.1 knows SHA-1 alone.
        Mac::Hmac(_) if release.is_before_aes() => {
            refused("a MAC with SHA-2", Confidence::Medium, "dotnet/corefx PR 42226")
        }
        Mac::Hmac(Hash::Sha256) => yes(Confidence::Documented, "Export-PfxCertificate, AES256_SHA256"),
        Mac::Hmac(Hash::Sha384 | Hash::Sha512) => yes(Confidence::Medium, "HMAC with SHA-2 is read"),
        Mac::Hmac(Hash::Sha224 | Hash::Other) => unknown("a MAC with a rare hash"),
        Mac::Pbmac1 => Stated::new(
            Opens::No { because: "PBMAC1", error: None },
            Confidence::Medium,
            "RFC 9579 is younger than these releases",
        ),
        Mac::None => unknown("a file without a MAC"),
        Mac::Other => unknown("a MAC that is not known here"),
    }
}

#[cfg(test)]
mod tests;
