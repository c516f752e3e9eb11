//! A node's file: the certificate that counts, its key, and what came with it.

use certlens_core::encoding::input::MAX_INPUT_OCTETS;
use certlens_core::pool::Sourced;
use certlens_keystore::assess::EndEntity;
use certlens_keystore::inventory::{CertificateEntry, Inventory};
use certlens_keystore::pfx::PfxErrorKind;
use certlens_keystore::profile::Unread;

use crate::error::Failure;
use crate::load::{self, Loaded, Source};
use crate::password::Passwords;
use crate::pfx::{self, Opened, PfxFile};
use crate::situation;
use crate::target::{self, Chosen};

/// A file as it was read.
pub(crate) enum Content {
    /// With a key, perhaps.
    Pfx(Box<PfxFile>),
    /// A certificate, and others of the same file.
    Certificate {
        /// The one that is the node's.
        target: Sourced,
        /// The others.
        others: Vec<Sourced>,
    },
}

/// What is known of a file.
pub(crate) struct Material<'a> {
    /// Why it, or a part of it, was not read.
    pub(crate) unread: Option<Unread>,
    pub(crate) entity: EndEntity<'a>,
    /// The entity's certificate, and where it is.
    pub(crate) target: Option<Sourced>,
    /// The other certificates of the file.
    pub(crate) others: Vec<Sourced>,
}

impl Content {
    /// Reads a file, by its content.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or does not open with the password that was given.
    pub(crate) fn read(name: &str, passwords: &Passwords) -> Result<Content, Failure> {
        let octets = crate::read::octets(name)?;
        debug_assert!(octets.len() <= MAX_INPUT_OCTETS);
        match PfxFile::read(name, &octets, passwords) {
            Ok(file) => match (&file.opened, file.failure()) {
                (Opened::Refused(_), Some(failure)) => Err(failure),
                _ => Ok(Content::Pfx(Box::new(file))),
            },
            Err(error) if !matches!(error.kind, PfxErrorKind::NotPfx { .. }) => Err(pfx::refuse(name, &error)),
            Err(_) => Content::of_certificates(&load::of_octets(name, &octets)?),
        }
    }

    fn of_certificates(source: &Source) -> Result<Content, Failure> {
        source.require_certificates()?;
        let Chosen { target, others, .. } = target::choose(source)?;
        let others = others.into_iter().filter_map(|one| match one {
            Loaded::Read(sourced) => Some(sourced),
            Loaded::Refused { .. } => None,
        });
        Ok(Content::Certificate { target, others: others.collect() })
    }

    /// The PFX file, if it is one.
    pub(crate) fn pfx(&self) -> Option<&PfxFile> {
        match self {
            Content::Pfx(file) => Some(file),
            Content::Certificate { .. } => None,
        }
    }
}

impl<'a> Material<'a> {
    /// What a file has for its node.
    ///
    /// # Errors
    ///
    /// When several certificates have keys: which of them the service will use, nobody
    /// knows.
    pub(crate) fn new(content: &'a Content, inventory: Option<&'a Inventory<'a>>) -> Result<Material<'a>, Failure> {
        let (file, inventory) = match (content, inventory) {
            (Content::Pfx(file), Some(inventory)) => (file, inventory),
            (Content::Certificate { target, others }, _) => {
                let entity = EndEntity::alone(&target.certificate);
                let (target, others) = (Some(target.clone()), others.clone());
                return Ok(Material { unread: None, entity, target, others });
            }
            (Content::Pfx(_), None) => unreachable!("stock is taken of every PFX file"),
        };
        let name = &file.name;
        let several = |what: String| {
            Failure::unusable(format!("{}: {what}", crate::read::shown(name))).advice(
                "give a file with one key and its certificate; `certlens pfx inspect` shows what is in this one",
            )
        };
        let entities = EndEntity::all(&file.pfx, inventory).map_err(|error| several(error.to_string()))?;
        let [entity] = entities.as_slice() else {
            let count = entities.len();
            return Err(several(format!("{count} keys or certificates of it could be the node's")));
        };
        let entity = *entity;
        let of_bag = |entry: &CertificateEntry<'_>| {
            let origin = file.origin(entry.bag.position);
            entry.certificate.as_ref().ok().map(|certificate| Sourced { certificate: certificate.clone(), origin })
        };
        let id = entity.certificate.read().map(|certificate| certificate.id());
        let all: Vec<Sourced> = inventory.certificates.iter().filter_map(of_bag).collect();
        let (own, others): (Vec<Sourced>, Vec<Sourced>) =
            all.into_iter().partition(|sourced| Some(sourced.certificate.id()) == id);
        Ok(Material { unread: situation::unread(file), entity, target: own.into_iter().next(), others })
    }

    /// Of a file that could not be read.
    pub(crate) fn unknown(failure: &Failure) -> Material<'a> {
        let unread = Some(situation::not_read(failure));
        Material { unread, entity: EndEntity::unknown(), target: None, others: Vec::new() }
    }
}
