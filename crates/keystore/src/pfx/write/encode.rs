//! From contents to the octets of a file (RFC 7292 §4).

use certlens_core::encoding::der::{Tag, encode};
use zeroize::Zeroizing;

use super::attributes::BagAttributes;
use super::contents::Contents;
use super::error::WriteError;
use super::protection::{CertificateProtection, KeyProtection, Protection, WritePassword};
use super::random::RandomSource;
use crate::oid;
use crate::pbe::limits::MAX_ROUNDS;
use crate::pbe::{Count, Encryption, EncryptionScheme, LimitError, MacData, Passphrase};
use crate::pfx::Pfx;
use crate::pfx::limits::{MAX_ATTRIBUTES, MAX_BAGS, MAX_FILE_ATTRIBUTES};
use crate::secret::{Password, SecretOctets};

/// A value that may hold a private key.
type Octets = Zeroizing<Vec<u8>>;

impl Contents {
    /// Writes a file. Its safes: the keys, not encrypted but for the keys
    /// themselves; the certificates and CRLs; what else there is, encrypted as the
    /// keys are. Salts and initialization vectors come from `random`, all else is
    /// determined.
    ///
    /// # Errors
    /// What is to be written has nothing in it, a name that no attribute can have, or
    /// more than [`Pfx::read`] takes; a protection that cannot be worked with; a given
    /// password that is empty.
    pub fn write(
        &self,
        protection: &Protection,
        password: WritePassword<'_>,
        random: &mut dyn RandomSource,
    ) -> Result<SecretOctets, WriteError> {
        let empty = Password::new(String::new());
        let passphrase = password.passphrase(&empty)?;
        self.check(protection)?;
        let ids = self.local_key_ids()?;
        let mut writer = Writer { passphrase, random };

        let mut keys = Vec::new();
        for (entry, id) in self.keys.iter().zip(&ids.keys) {
            let key = entry.pkcs8().expose();
            let (kind, value) = match protection.keys {
                KeyProtection::PlainKeys => (oid::KEY_BAG, Octets::new(key.to_vec())),
                KeyProtection::Encrypted(scheme) => {
                    let (algorithm, ciphertext) = writer.encrypt(scheme, key)?;
                    let ciphertext = encode(Tag::OCTET_STRING, &[&ciphertext]);
                    (oid::SHROUDED_KEY_BAG, Octets::new(encode(Tag::SEQUENCE, &[&algorithm.to_der(), &ciphertext])))
                }
            };
            keys.push(bag(kind, &value, &entry.attributes, id.as_deref())?);
        }
        let (mut public, mut secret) = (Vec::new(), Vec::new());
        for (entry, id) in self.certificates.iter().zip(&ids.certificates) {
            let octets = encode(Tag::context_constructed(0), &[&encode(Tag::OCTET_STRING, &[&entry.octets])]);
            let value = encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[oid::X509_CERTIFICATE]), &octets]);
            public.push(bag(oid::CERT_BAG, &value, &entry.attributes, id.as_deref())?);
        }
        for entry in &self.others {
            let bag = bag(&entry.bag, entry.value.expose(), &entry.attributes, entry.local_key_id.as_deref())?;
            if entry.is_public() { public.push(bag) } else { secret.push(bag) }
        }
        let certificates = match protection.certificates {
            CertificateProtection::Plain => None,
            CertificateProtection::Encrypted(scheme) => Some(scheme),
        };
        let mut safes = Vec::new();
        for (bags, scheme) in [(keys, None), (public, certificates), (secret, protection.keys.scheme())] {
            if !bags.is_empty() {
                safes.push(writer.safe(&bags, scheme)?);
            }
        }
        let file = writer.whole(&safes, protection)?;
        Pfx::read(file.expose()).map_err(|error| WriteError::NotRead(Box::new(error)))?;
        Ok(file)
    }

    /// Holds against the limits of the reader what it meets only once it decrypts.
    fn check(&self, protection: &Protection) -> Result<(), WriteError> {
        let attributes = self.keys.iter().map(|key| &key.attributes);
        let attributes = attributes.chain(self.certificates.iter().map(|entry| &entry.attributes));
        let attributes = attributes.chain(self.others.iter().map(|entry| &entry.attributes));
        let counts: Vec<usize> = attributes.map(BagAttributes::count).collect();
        if counts.is_empty() {
            return Err(WriteError::Nothing);
        }
        let most = counts.iter().copied().max().unwrap_or(0);
        at_most("the number of bags", counts.len(), MAX_BAGS, "MAX_BAGS")?;
        at_most("the number of attributes of a bag", most, MAX_ATTRIBUTES, "MAX_ATTRIBUTES")?;
        let what = "the number of attributes of all bags";
        at_most(what, counts.iter().sum(), MAX_FILE_ATTRIBUTES, "MAX_FILE_ATTRIBUTES")?;

        let mut rounds = protection.mac.with(vec![0; protection.mac.salt_octets()]).rounds()?;
        if let Some(scheme) = protection.keys.scheme() {
            let has_secrets = self.others.iter().any(|entry| !entry.is_public());
            let times = self.keys.len() as u64 + u64::from(has_secrets);
            rounds = rounds.saturating_add(cost(scheme)?.saturating_mul(times));
        }
        if let CertificateProtection::Encrypted(scheme) = protection.certificates {
            rounds = rounds.saturating_add(cost(scheme)?);
        }
        if rounds > MAX_ROUNDS {
            let what = "the work of all key derivations, in iterations of a hash,";
            let limit = LimitError { what, found: Count::new(rounds), limit: MAX_ROUNDS, name: "MAX_ROUNDS" };
            return Err(WriteError::Limit(limit));
        }
        Ok(())
    }
}

fn at_most(what: &'static str, found: usize, max: usize, name: &'static str) -> Result<(), WriteError> {
    if found <= max {
        return Ok(());
    }
    Err(WriteError::Limit(LimitError { what, found: Count::new(found as u64), limit: max as u64, name }))
}

/// What one derivation of the scheme costs, in iterations of a hash.
fn cost(scheme: EncryptionScheme) -> Result<u64, WriteError> {
    Ok(scheme.with(vec![0; scheme.salt_octets()], vec![0; scheme.iv_octets()]).rounds()?)
}

impl KeyProtection {
    /// The encryption, if there is any.
    const fn scheme(self) -> Option<EncryptionScheme> {
        match self {
            KeyProtection::PlainKeys => None,
            KeyProtection::Encrypted(scheme) => Some(scheme),
        }
    }
}

struct Writer<'a> {
    passphrase: Passphrase<'a>,
    random: &'a mut dyn RandomSource,
}

impl Writer<'_> {
    fn random(&mut self, octets: usize) -> Result<Vec<u8>, WriteError> {
        let mut random = vec![0; octets];
        self.random.fill(&mut random)?;
        Ok(random)
    }

    fn encrypt(&mut self, scheme: EncryptionScheme, octets: &[u8]) -> Result<(Encryption, Vec<u8>), WriteError> {
        let (salt, iv) = (self.random(scheme.salt_octets())?, self.random(scheme.iv_octets())?);
        let encryption = scheme.with(salt, iv);
        let key = encryption.derive(self.passphrase)?;
        let ciphertext = encryption.encrypt(&key, octets)?;
        Ok((encryption, ciphertext))
    }

    /// A ContentInfo with these bags: data, or encryptedData (RFC 5652 §8).
    fn safe(&mut self, bags: &[Octets], scheme: Option<EncryptionScheme>) -> Result<Octets, WriteError> {
        let contents = Octets::new(encode(Tag::SEQUENCE, &slices(bags)));
        let Some(scheme) = scheme else {
            return Ok(content_info(oid::DATA, &Octets::new(encode(Tag::OCTET_STRING, &[&contents]))));
        };
        let (algorithm, ciphertext) = self.encrypt(scheme, &contents)?;
        let content_type = encode(Tag::OID, &[oid::DATA]);
        let encrypted = encode(Tag::context(0), &[&ciphertext]);
        let info = encode(Tag::SEQUENCE, &[&content_type, &algorithm.to_der(), &encrypted]);
        let version = encode(Tag::INTEGER, &[&[0]]);
        Ok(content_info(oid::ENCRYPTED_DATA, &encode(Tag::SEQUENCE, &[&version, &info])))
    }

    fn whole(&mut self, safes: &[Octets], protection: &Protection) -> Result<SecretOctets, WriteError> {
        let authenticated_safe = Octets::new(encode(Tag::SEQUENCE, &slices(safes)));
        let mac = protection.mac.with(self.random(protection.mac.salt_octets())?);
        let digest = mac.compute(self.passphrase, &authenticated_safe)?;
        let content = Octets::new(encode(Tag::OCTET_STRING, &[&authenticated_safe]));
        let version = encode(Tag::INTEGER, &[&[3]]);
        let parts = [version.as_slice(), &content_info(oid::DATA, &content), &MacData::to_der(&mac, &digest)];
        Ok(SecretOctets::new(encode(Tag::SEQUENCE, &parts)))
    }
}

/// A SafeBag (RFC 7292 §4.2).
fn bag(
    kind: &[u8],
    value: &[u8],
    attributes: &BagAttributes,
    local_key_id: Option<&[u8]>,
) -> Result<Octets, WriteError> {
    let value = Octets::new(encode(Tag::context_constructed(0), &[value]));
    let attributes = attributes.to_der(local_key_id)?;
    Ok(Octets::new(encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[kind]), &value, &attributes])))
}

fn content_info(content_type: &[u8], content: &[u8]) -> Octets {
    let content = Octets::new(encode(Tag::context_constructed(0), &[content]));
    Octets::new(encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[content_type]), &content]))
}

fn slices(parts: &[Octets]) -> Vec<&[u8]> {
    parts.iter().map(|part| part.as_slice()).collect()
}
