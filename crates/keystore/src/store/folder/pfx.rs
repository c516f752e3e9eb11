//! The PFX files of a folder.

use std::collections::HashSet;

use aws_lc_rs::digest::{SHA256, digest};
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::origin::Origin;
use certlens_core::x509::certificate::CertId;

use super::reader::Reader;
use super::{Found, MAX_FOLDER_CERTIFICATES, NotOpened, NotUsed, Skipped};
use crate::inventory::Inventory;
use crate::pbe::limits::MAX_ROUNDS;
use crate::pfx::{AttributeText, OpenError, Opening, Pfx, Position};
use crate::secret::Password;
use crate::store::StoreError;

impl Reader<'_> {
    /// Takes the keys and certificates of a PFX file, as far as a password opens it.
    pub(super) fn pfx(&mut self, name: &str, octets: &[u8]) -> Result<(), StoreError> {
        let mut pfx = match Pfx::read(octets) {
            Ok(pfx) => pfx,
            Err(error) => {
                self.skipped.push(Skipped { path: name.to_owned(), why: NotUsed::Pfx(error) });
                return Ok(());
            }
        };
        let error = match self.open(&mut pfx) {
            Ok(opening) => opening.failures.into_iter().next(),
            Err(error) => Some(error),
        };
        let is_opened = error.is_none();
        self.not_opened.extend(error.map(|error| NotOpened { path: name.to_owned(), error }));
        // Before any of them is looked into.
        self.has_room_for_keys(pfx.private_keys().count())?;
        self.has_room_for_certificates(&pfx)?;

        let inventory = Inventory::of_within(&pfx, &mut self.work);
        let origin = |position: Position| Origin::PfxBag {
            path: name.to_owned(),
            safe: position.safe,
            bag: position.bag.unwrap_or(0),
        };
        let text = |text: &Option<AttributeText>| text.as_ref().and_then(AttributeText::text).map(str::to_owned);
        for entry in &inventory.certificates {
            if let Ok(certificate) = &entry.certificate {
                let friendly_name = text(&entry.bag.attributes.friendly_name);
                self.certificate(certificate.clone(), origin(entry.bag.position), friendly_name)?;
            }
        }
        let is_used = !inventory.keys.is_empty() || !inventory.certificates.is_empty();
        let mut of = vec![Vec::new(); inventory.keys.len()];
        for pair in inventory.bundle.iter().flat_map(|bundle| &bundle.pairs) {
            let certificate = inventory.certificates.get(pair.certificate);
            if let (Some(of), Some(Ok(certificate))) =
                (of.get_mut(pair.key), certificate.map(|entry| &entry.certificate))
            {
                of.push(certificate.id());
            }
        }
        for (entry, of) in inventory.keys.into_iter().zip(of) {
            self.found.push(Found {
                origin: origin(entry.bag.position),
                facts: entry.facts,
                key: entry.key,
                container: text(&entry.bag.attributes.friendly_name),
                of,
                is_in_pfx: true,
            });
        }
        if is_opened && !is_used {
            self.skipped.push(Skipped { path: name.to_owned(), why: NotUsed::Other(ObjectKind::Pfx) });
        }
        Ok(())
    }

    /// Opens it with the first password that fits, else without one; what the folder's
    /// files may cost together is kept.
    fn open(&mut self, pfx: &mut Pfx) -> Result<Opening, OpenError> {
        let passwords = self.passwords;
        let mut first = None;
        for password in passwords {
            match self.open_with(pfx, Some(password)) {
                Err(error) => first = first.or(Some(error)),
                opened => return opened,
            }
        }
        self.open_with(pfx, None).map_err(|error| first.unwrap_or(error))
    }

    fn open_with(&mut self, pfx: &mut Pfx, password: Option<&Password>) -> Result<Opening, OpenError> {
        // A file's own limit, or what is left of the folder's.
        let start = MAX_ROUNDS.saturating_sub(self.rounds);
        let mut spent = start;
        let opened = pfx.open_within(password, &mut spent);
        self.rounds = self.rounds.saturating_sub(spent.saturating_sub(start));
        opened
    }

    /// That those of its certificates can be kept which are not known.
    fn has_room_for_certificates(&self, pfx: &Pfx) -> Result<(), StoreError> {
        let mut new = HashSet::new();
        for (_, der) in pfx.certificates() {
            let id = digest(&SHA256, der);
            // SHA-256 has 32 octets.
            let Ok(id) = <[u8; 32]>::try_from(id.as_ref()).map(CertId) else { continue };
            if !self.known.contains_key(&id)
                && new.insert(id)
                && self.entries.len() + new.len() > MAX_FOLDER_CERTIFICATES
            {
                let (name, limit) = ("MAX_FOLDER_CERTIFICATES", MAX_FOLDER_CERTIFICATES);
                return Err(StoreError::LimitExceeded { name, limit });
            }
        }
        Ok(())
    }
}
