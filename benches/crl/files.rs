//! The CRL files, made when they are first asked for, and what is done with them.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, Digest, SHA256};
use certlens_core::crypto::algorithm::SignatureAlgorithm;
use certlens_core::crypto::verify::verify;
use certlens_core::encoding::der::{Cursor, Decode};
use certlens_core::x509::Crl;
use certlens_core::x509::crl::{CrlReader, Keep, Lookup, Serials};
use certlens_core::x509::spki::SubjectPublicKeyInfo;
use certlens_testkit::{CrlBuilder, Issuer, Key};

/// What a CRL is signed with.
#[derive(Clone, Copy)]
pub(crate) enum Keys {
    Rsa,
    Ecdsa,
}

impl Keys {
    pub(crate) const ALL: [Keys; 2] = [Keys::Rsa, Keys::Ecdsa];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Keys::Rsa => "RSA",
            Keys::Ecdsa => "ECDSA",
        }
    }

    fn key(self) -> Key {
        match self {
            Keys::Rsa => Key::rsa2048(0),
            Keys::Ecdsa => Key::p256(0),
        }
    }
}

pub(crate) struct File {
    path: PathBuf,
    spki: Vec<u8>,
}

impl File {
    /// The file with so many entries; another run may have made it.
    pub(crate) fn made(keys: Keys, entries: u32) -> io::Result<File> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let path = folder.join(format!("{}-{entries}.crl", keys.name()));
        if !path.exists() {
            let crl = CrlBuilder::new().many_entries(entries).signed_by(Issuer::new("CA", keys.key()));
            // Whole or not at all.
            let part = folder.join(format!("{}-{entries}.{}", keys.name(), std::process::id()));
            fs::write(&part, crl)?;
            fs::rename(part, &path)?;
        }
        Ok(File { path, spki: keys.key().spki() })
    }

    fn pieces(&self, size: usize, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut file = fs::File::open(&self.path)?;
        let mut buffer = vec![0; size];
        loop {
            let count = file.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            each(buffer.get(..count).unwrap_or_default())?;
        }
    }

    /// What is compared with: SHA-256 and nothing else.
    pub(crate) fn hash(&self, piece: usize) -> io::Result<Digest> {
        let mut context = Context::new(&SHA256);
        self.pieces(piece, |octets| {
            context.update(octets);
            Ok(())
        })?;
        Ok(context.finish())
    }

    /// Whether the signature is the issuer's.
    fn check(&self, crl: &Crl) -> io::Result<()> {
        let spki = SubjectPublicKeyInfo::decode(&mut Cursor::silent(&self.spki)).map_err(io::Error::other)?;
        let key = spki.public_key().map_err(io::Error::other)?;
        let algorithm = SignatureAlgorithm::from_identifier(&crl.signature_algorithm()).map_err(io::Error::other)?;
        let signature = crl.signature().octets().unwrap_or_default();
        verify(&algorithm, &key, crl.signed(), signature).map_err(|error| io::Error::other(format!("{error:?}")))
    }

    /// Whether one serial number is listed, the signature verified.
    pub(crate) fn is_listed(&self, piece: usize, serial: &[u8]) -> io::Result<bool> {
        let mut reader = CrlReader::new(Keep::Matches(Serials::new([serial])));
        self.pieces(piece, |octets| reader.update(octets).map_err(io::Error::other))?;
        let crl = reader.finish().map_err(io::Error::other)?;
        self.check(&crl)?;
        match crl.lookup(serial) {
            Lookup::Entries(entries) => Ok(!entries.is_empty()),
            other => Err(io::Error::other(format!("{other:?}"))),
        }
    }

    /// The CRL kept, the signature verified, the index made.
    pub(crate) fn with_index(&self) -> io::Result<Crl> {
        let crl = Crl::from_octets(fs::read(&self.path)?).map_err(io::Error::other)?;
        self.check(&crl)?;
        crl.make_index();
        Ok(crl)
    }
}
