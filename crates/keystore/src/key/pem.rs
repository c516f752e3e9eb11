//! Private keys in files: PEM blocks or DER, plain or encrypted (RFC 7468 §10,
//! §11; RFC 5958 §3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certlens_core::encoding::der::{Cursor, InField, Tag, encode};
use certlens_core::encoding::input::{self, InputError, MAX_INPUT_OCTETS};
use certlens_core::encoding::pem::{PemBlock, blocks};
use certlens_core::encoding::sniff::{KeyForm, ObjectKind, sniff, sniff_der};
use certlens_core::encoding::text::Text;
use zeroize::Zeroizing;

use super::error::KeyError;
use super::{KeyWork, MAX_KEY_OCTETS, PrivateKey, legacy};
use crate::pbe::limits::MAX_ROUNDS;
use crate::pbe::{Count, Encryption, LimitError, Passphrase, PbeError};
use crate::secret::{Password, SecretOctets};

/// Most private keys that are read from one file.
pub const MAX_KEYS: usize = 256;

/// Octets of a line of base64 (RFC 7468 §2).
const LINE: usize = 64;

/// A private key found in a file, or why it cannot be read.
#[derive(Debug)]
pub struct FoundKey {
    /// Byte offset in the file where it starts, or its PEM block.
    pub offset: usize,
    /// Line of the PEM block, from 1.
    pub line: Option<usize>,
    /// Label of the PEM block.
    pub label: Option<String>,
    /// The key.
    pub key: Result<PrivateKey, KeyError>,
}

/// What the keys of one file, or of all that are read together, may still cost.
pub(crate) struct Budget {
    /// For their passwords.
    pub(super) rounds: u64,
    /// For computing with them.
    pub(super) work: KeyWork,
    /// How many there may be.
    pub(super) keys: usize,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { rounds: MAX_ROUNDS, work: KeyWork::default(), keys: usize::MAX }
    }
}

impl Budget {
    /// From here on at most so many keys are read.
    pub(crate) fn limit_keys(&mut self, keys: usize) {
        self.keys = keys;
    }

    fn spend(&mut self, rounds: u64) -> Result<(), PbeError> {
        self.rounds = self.rounds.checked_sub(rounds).ok_or(PbeError::Limit(LimitError {
            what: "the rounds that the keys of the file demand",
            found: Count::new(rounds.saturating_add(MAX_ROUNDS - self.rounds)),
            limit: MAX_ROUNDS,
            name: "MAX_ROUNDS",
        }))?;
        Ok(())
    }
}

/// The private keys in a file, at most [`MAX_KEYS`], each with its own result;
/// other objects, as certificates, are passed over. The password is tried on
/// every key that is encrypted. What is computed with all of them is bounded by
/// [`MAX_KEY_WORK`](super::MAX_KEY_WORK).
pub fn find(file: &[u8], password: Option<&Password>) -> Vec<FoundKey> {
    find_within(file, password, &mut Budget::default())
}

pub(crate) fn find_within(file: &[u8], password: Option<&Password>, budget: &mut Budget) -> Vec<FoundKey> {
    if file.len() > MAX_INPUT_OCTETS {
        let (name, limit) = ("MAX_INPUT_OCTETS", MAX_INPUT_OCTETS);
        let key = Err(KeyError::LimitExceeded { name, limit, found: file.len() });
        return vec![FoundKey { offset: 0, line: None, label: None, key }];
    }
    let limit = MAX_KEYS.min(budget.keys);
    if limit == 0 {
        return Vec::new();
    }
    let found = find_some(file, password, budget, limit);
    budget.keys = budget.keys.saturating_sub(found.len());
    found
}

/// At most `limit` keys, which is not zero.
fn find_some(file: &[u8], password: Option<&Password>, budget: &mut Budget, limit: usize) -> Vec<FoundKey> {
    let Some(text) = Text::detect(file) else {
        let is_key = matches!(sniff(file), ObjectKind::PrivateKey { .. });
        let key = is_key.then(|| from_der(file, password, budget));
        return key.map(|key| FoundKey { offset: 0, line: None, label: None, key }).into_iter().collect();
    };
    if let Some(found) = bare(&text, password, budget) {
        return vec![found];
    }
    let found = blocks(&text).filter_map(|block| match block {
        Ok(block) if !block.label.ends_with("PRIVATE KEY") => None,
        Ok(block) => Some(FoundKey {
            offset: block.offset,
            line: Some(block.line),
            label: Some(block.label.clone()),
            key: from_block(&block, password, budget),
        }),
        Err(error) => error.label.ends_with("PRIVATE KEY").then(|| FoundKey {
            offset: error.offset,
            line: Some(error.line),
            label: Some(error.label.clone()),
            key: Err(KeyError::Pem(error)),
        }),
    });
    found.take(limit).collect()
}

/// A key in base64 without PEM boundaries.
fn bare(text: &Text<'_>, password: Option<&Password>, budget: &mut Budget) -> Option<FoundKey> {
    let view = text.view();
    let start = view.iter().position(|octet| !octet.is_ascii_whitespace())?;
    // Longer than any key, white space included.
    if view.len() > 2 * MAX_KEY_OCTETS {
        return None;
    }
    // All octets of base64 fit, and a vector that grows leaves copies behind.
    let mut base64 = Zeroizing::new(Vec::with_capacity(view.len()));
    base64.extend(view.iter().filter(|octet| !octet.is_ascii_whitespace()));
    let mut der = Zeroizing::new(vec![0; base64.len().div_ceil(4) * 3]);
    let length = STANDARD.decode_slice(base64.as_slice(), &mut der).ok()?;
    der.truncate(length);
    let is_key = matches!(sniff_der(&der), ObjectKind::PrivateKey { .. });
    let offset = text.file_offset(start);
    is_key.then(|| FoundKey { offset, line: None, label: None, key: from_der(&der, password, budget) })
}

/// What a file without a private key has.
fn instead(file: &[u8]) -> Option<ObjectKind> {
    match input::read(file) {
        Ok(input) => input.objects.first().map(|object| object.kind),
        Err(InputError::Unrecognised { kind }) => Some(kind),
        Err(_) => None,
    }
}

impl PrivateKey {
    /// The first private key of a file, PEM or DER, in any form, plain or
    /// encrypted; see [`find`].
    ///
    /// # Errors
    /// There is none, it cannot be read, or it needs another password.
    pub fn read(file: &[u8], password: Option<&Password>) -> Result<PrivateKey, KeyError> {
        match find(file, password).into_iter().next() {
            Some(found) => found.key,
            None => match instead(file) {
                Some(ObjectKind::PrivateKey { form: KeyForm::Putty, .. }) => {
                    Err(KeyError::UnsupportedForm("a PuTTY private key"))
                }
                found => Err(KeyError::NoKey(found)),
            },
        }
    }

    /// Reads a PEM block labelled `PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`, `RSA`,
    /// `EC` or `DSA PRIVATE KEY`, the latter three also under OpenSSL's
    /// traditional encryption. The content decides if it contradicts the label.
    ///
    /// # Errors
    /// The content is no private key, or needs another password.
    pub fn from_pem_block(block: &PemBlock, password: Option<&Password>) -> Result<PrivateKey, KeyError> {
        from_block(block, password, &mut Budget::default())
    }

    /// Reads DER of any form, plain or encrypted, told apart by its content.
    ///
    /// # Errors
    /// The octets are no private key, or need another password.
    pub fn from_der(der: &[u8], password: Option<&Password>) -> Result<PrivateKey, KeyError> {
        from_der(der, password, &mut Budget::default())
    }

    /// Reads an encrypted PKCS#8 key: EncryptedPrivateKeyInfo (RFC 5958 §3).
    ///
    /// # Errors
    /// Another structure; an encryption that is not known or beyond the limits
    /// ([`crate::pbe::limits`]); the wrong password, which looks like a damaged key.
    pub fn from_encrypted_pkcs8(der: &[u8], password: Passphrase<'_>) -> Result<PrivateKey, KeyError> {
        encrypted(der, &[password], &mut Budget::default())
    }

    /// The key as a PEM block `PRIVATE KEY`, not encrypted.
    pub fn to_pem(&self) -> SecretOctets {
        armor("PRIVATE KEY", self.to_pkcs8().expose())
    }

    /// The key encrypted: EncryptedPrivateKeyInfo (RFC 5958 §3).
    ///
    /// # Errors
    /// The encryption is beyond the limits or not supported, or the password is too long.
    pub fn to_encrypted_pkcs8(&self, encryption: &Encryption, password: Passphrase<'_>) -> Result<Vec<u8>, PbeError> {
        let ciphertext = encryption.encrypt(&encryption.derive(password)?, self.to_pkcs8().expose())?;
        let octets = encode(Tag::OCTET_STRING, &[&ciphertext]);
        Ok(encode(Tag::SEQUENCE, &[&encryption.to_der(), &octets]))
    }

    /// The key encrypted, as a PEM block `ENCRYPTED PRIVATE KEY`.
    ///
    /// # Errors
    /// As [`PrivateKey::to_encrypted_pkcs8`].
    pub fn to_encrypted_pem(
        &self,
        encryption: &Encryption,
        password: Passphrase<'_>,
    ) -> Result<SecretOctets, PbeError> {
        Ok(armor("ENCRYPTED PRIVATE KEY", &self.to_encrypted_pkcs8(encryption, password)?))
    }
}

fn from_block(block: &PemBlock, password: Option<&Password>, budget: &mut Budget) -> Result<PrivateKey, KeyError> {
    if block.encrypted {
        check_length(&block.der)?;
        let der = legacy::decrypt(block.dek_info.as_deref(), &block.der, password)?;
        return plain(der.expose(), form(der.expose(), &block.label), budget).map_err(guessed);
    }
    match form(&block.der, &block.label) {
        KeyForm::Pkcs8 if block.label == "ENCRYPTED PRIVATE KEY" => encrypted_by(&block.der, password, budget),
        _ if is_encrypted(&block.der) => encrypted_by(&block.der, password, budget),
        form => plain(&block.der, form, budget),
    }
}

fn from_der(der: &[u8], password: Option<&Password>, budget: &mut Budget) -> Result<PrivateKey, KeyError> {
    match sniff_der(der) {
        ObjectKind::PrivateKey { encrypted: true, form: KeyForm::Pkcs8 } => encrypted_by(der, password, budget),
        ObjectKind::PrivateKey { form, .. } => plain(der, form, budget),
        kind => Err(KeyError::NoKey(Some(kind))),
    }
}

fn is_encrypted(der: &[u8]) -> bool {
    matches!(sniff_der(der), ObjectKind::PrivateKey { encrypted: true, form: KeyForm::Pkcs8 })
}

/// The form by the content, or by the label when the content says nothing, so
/// that there is an error to the point.
fn form(der: &[u8], label: &str) -> KeyForm {
    match (sniff_der(der), label) {
        (_, "OPENSSH PRIVATE KEY") => KeyForm::OpenSsh,
        (ObjectKind::PrivateKey { form, .. }, _) => form,
        (_, "RSA PRIVATE KEY") => KeyForm::Pkcs1,
        (_, "EC PRIVATE KEY") => KeyForm::Sec1,
        (_, "DSA PRIVATE KEY") => KeyForm::Dsa,
        _ => KeyForm::Pkcs8,
    }
}

fn plain(der: &[u8], form: KeyForm, budget: &mut Budget) -> Result<PrivateKey, KeyError> {
    let work = &mut budget.work;
    match form {
        KeyForm::Pkcs8 => PrivateKey::from_pkcs8_within(der, work),
        KeyForm::Pkcs1 => PrivateKey::from_pkcs1_within(der, work),
        KeyForm::Sec1 => PrivateKey::from_sec1_within(der, work),
        KeyForm::Dsa => PrivateKey::from_traditional_dsa_within(der, work),
        KeyForm::OpenSsh => Err(KeyError::UnsupportedForm("an OpenSSH private key")),
        KeyForm::Putty => Err(KeyError::UnsupportedForm("a PuTTY private key")),
        KeyForm::Unknown => Err(KeyError::NoKey(None)),
    }
}

fn check_length(der: &[u8]) -> Result<(), KeyError> {
    if der.len() <= MAX_KEY_OCTETS {
        return Ok(());
    }
    Err(KeyError::LimitExceeded { name: "MAX_KEY_OCTETS", limit: MAX_KEY_OCTETS, found: der.len() })
}

fn encrypted_by(der: &[u8], password: Option<&Password>, budget: &mut Budget) -> Result<PrivateKey, KeyError> {
    match password {
        None => encrypted(der, &[], budget),
        // Programs differ on whether an empty password is one (RFC 7292 App. B.1).
        Some(password) if password.is_empty() => {
            encrypted(der, &[Passphrase::Text(password), Passphrase::Absent], budget)
        }
        Some(password) => encrypted(der, &[Passphrase::Text(password)], budget),
    }
}

/// Decrypts with the first password that fits.
fn encrypted(der: &[u8], passwords: &[Passphrase<'_>], budget: &mut Budget) -> Result<PrivateKey, KeyError> {
    check_length(der)?;
    let mut inside = Cursor::silent(der).sequence().in_field("EncryptedPrivateKeyInfo")?;
    let algorithm = inside.expect(Tag::SEQUENCE).in_field("EncryptedPrivateKeyInfo.encryptionAlgorithm")?;
    let ciphertext = inside.octet_string().in_field("EncryptedPrivateKeyInfo.encryptedData")?;
    let encryption = Encryption::read(algorithm.raw()).map_err(KeyError::Encryption)?;
    let mut last = KeyError::PasswordNeeded;
    for password in passwords {
        budget.spend(encryption.rounds().map_err(KeyError::Pbe)?).map_err(KeyError::Pbe)?;
        let key = encryption.derive(*password).map_err(KeyError::Pbe)?;
        let read = match encryption.decrypt(&key, ciphertext) {
            Ok(der) => PrivateKey::from_pkcs8_within(der.expose(), &mut budget.work).map_err(guessed),
            Err(PbeError::Padding) => Err(KeyError::WrongPassword),
            Err(error) => Err(KeyError::Pbe(error)),
        };
        match read {
            Err(KeyError::WrongPassword) => last = KeyError::WrongPassword,
            read => return read,
        }
    }
    Err(last)
}

/// What a wrong password decrypts to has a right padding one time in 256, and is
/// no structure at all.
fn guessed(error: KeyError) -> KeyError {
    match error {
        KeyError::Der(_) | KeyError::NoKey(_) => KeyError::WrongPassword,
        error => error,
    }
}

/// A PEM block (RFC 7468 §3).
pub(super) fn armor(label: &str, der: &[u8]) -> SecretOctets {
    let mut base64 = Zeroizing::new(vec![0; der.len().div_ceil(3) * 4]);
    // The buffer has exactly the length that is needed.
    let length = STANDARD.encode_slice(der, &mut base64).unwrap_or(0);
    base64.truncate(length);
    // Reserved at once: a vector that grows leaves copies behind.
    let mut text = Vec::with_capacity(base64.len() + base64.len() / LINE + 2 * label.len() + 40);
    text.extend_from_slice(format!("-----BEGIN {label}-----\n").as_bytes());
    for line in base64.chunks(LINE) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    SecretOctets::new(text)
}
