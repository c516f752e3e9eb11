//! Reading PFX files (PKCS#12, RFC 7292), and [`mod@write`].
//!
//! [`Pfx::read`] takes a file without its password, and has everything that is
//! readable then: the MAC's algorithm, every safe and how it is encrypted, and of
//! safes that are not encrypted (where Windows and OpenSSL put private keys) the
//! bags with their attributes. [`Pfx::open`] adds with a password what it
//! decrypts, and verifies the MAC before anything else is derived.
//!
//! Containers may be in BER, as NSS and Bouncy Castle write them; what departs
//! from DER is said in [`Pfx::forms`]. Sizes, counts, nesting and the work of key
//! derivations are bounded ([`limits`], [`crate::pbe::limits`]).

mod attribute;
mod bag;
mod ber_to_der;
mod contents;
mod error;
mod forms;
mod job;
pub mod limits;
mod open;
mod open_error;
mod place;
mod private_key;
mod safe;
mod source;
pub mod write;

pub use attribute::{
    AttributeKind, AttributeProblem, AttributeProblemKind, AttributeText, Attributes, ExtendedProperty, OtherAttribute,
};
pub use bag::{Bag, BagContent, ShroudedKey};
pub use certlens_core::encoding::input::Armor;
pub use error::{PfxError, PfxErrorKind};
pub use forms::Forms;
pub use open::{Opening, PasswordForm};
pub use open_error::{OpenError, OpenErrorKind, Part, Proof, Undecryptable};
pub use place::{Layer, Place, Position};
pub use private_key::PrivateKey;
pub use safe::{Protection, Safe};
pub use source::Trailing;

use std::borrow::Cow;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{InField, Tag};
use zeroize::Zeroizing;

use crate::oid;
use crate::pbe::{AlgorithmError, Count, MacData};
use crate::secret::SecretOctets;
use contents::Tally;

/// A PFX file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pfx {
    /// How the file stores it.
    pub armor: Armor,
    /// What stands behind it in the file.
    pub trailing: Option<Trailing>,
    /// How its containers depart from DER, those that can be read.
    pub forms: Forms,
    /// The MAC by which a password is verified; a file need not have one.
    pub mac: Option<MacData>,
    /// Its safes, in the order of the file.
    pub safes: Vec<Safe>,
    /// What the MAC is computed of.
    authenticated_safe: SecretOctets,
    tally: Tally,
}

impl Pfx {
    /// Reads a file: binary, PEM or Base64. Time and memory are linear in its size.
    ///
    /// # Errors
    /// It is no PFX, damaged, or beyond a limit; a password would not help.
    pub fn read(file: &[u8]) -> Result<Pfx, PfxError> {
        let source::Source { octets, armor, trailing } = source::find(file)?;
        // Decoded from text, it may have a private key that is not encrypted.
        let decoded;
        let octets = match octets {
            Cow::Borrowed(octets) => octets,
            Cow::Owned(octets) => {
                decoded = Zeroizing::new(octets);
                decoded.as_slice()
            }
        };
        let start = Place::start(Layer::File);
        let located = |error| PfxError::der(start, error);

        let mut reader = Reader::new(octets);
        reader.enter(Tag::SEQUENCE).in_field("pfx").map_err(located)?;
        let version = reader.expect(Tag::INTEGER).in_field("pfx.version").map_err(located)?;
        let stated = Count::from_integer(version.content);
        if stated != source::VERSION {
            return Err(PfxError::at(start.plus(version.header.offset), PfxErrorKind::Version(stated)));
        }
        reader.enter(Tag::SEQUENCE).in_field("pfx.authSafe").map_err(located)?;
        let at = reader.offset();
        let content_type = oid::read(&mut reader).in_field("pfx.authSafe.contentType").map_err(located)?;
        if content_type != oid::DATA {
            let kind = match content_type {
                oid::SIGNED_DATA => PfxErrorKind::PublicKeyIntegrity,
                other => PfxErrorKind::ContentType { oid: other.to_vec() },
            };
            return Err(PfxError::at(start.plus(at), kind));
        }
        reader.enter(Tag::context_constructed(0)).in_field("pfx.authSafe.content").map_err(located)?;
        let content = safe::located_octets(&mut reader, start, Layer::AuthenticatedSafe);
        let (content, place) = content.in_field("pfx.authSafe.content").map_err(located)?;
        let authenticated_safe = SecretOctets::new(content.into_owned());
        reader.leave().in_field("pfx.authSafe.content").map_err(located)?;
        reader.leave().in_field("pfx.authSafe").map_err(located)?;
        let mac = match reader.peek().in_field("pfx").map_err(located)? {
            Some(_) => {
                let value = reader.expect(Tag::SEQUENCE).in_field("pfx.macData").map_err(located)?;
                Some(read_mac(value.raw, start.plus(value.header.offset))?)
            }
            None => None,
        };

        let mut forms = Forms::of(octets).and(Forms::of(authenticated_safe.expose()));
        let mut tally = Tally::default();
        let safes = safe::read_all(authenticated_safe.expose(), place, &mut forms, &mut tally)?;
        Ok(Pfx { armor, trailing, forms, mac, safes, authenticated_safe, tally })
    }

    /// All bags that can be read, safe by safe, each before those inside it.
    pub fn bags(&self) -> impl Iterator<Item = &Bag> {
        self.safes.iter().flat_map(Safe::bags)
    }

    /// The bags with a private key, whether the key can be read or not.
    pub fn private_keys(&self) -> impl Iterator<Item = &Bag> {
        self.bags().filter(|bag| bag.is_private_key())
    }

    /// The X.509 certificates that can be read, with the bags they are in.
    pub fn certificates(&self) -> impl Iterator<Item = (&Bag, &[u8])> {
        self.bags().filter_map(|bag| Some((bag, bag.certificate()?)))
    }

    /// Whether something is encrypted that was not decrypted yet.
    pub fn is_locked(&self) -> bool {
        self.safes.iter().any(|safe| safe.contents.is_none())
            || self.private_keys().any(|bag| bag.private_key().is_none())
    }

    /// Whether its password is one that Windows made and protected to accounts of
    /// a domain (PFXExportCertStoreEx with PKCS12_PROTECT_TO_DOMAIN_SIDS).
    pub fn is_sid_protected(&self) -> bool {
        let protected =
            |bag: &Bag| matches!(&bag.content, BagContent::Secret { oid, .. } if oid == oid::MS_SID_PROTECTED);
        self.bags().any(protected)
    }
}

/// Reads MacData that starts at `place`. An unknown algorithm is no error yet.
fn read_mac(octets: &[u8], place: Place) -> Result<MacData, PfxError> {
    let failed = |error| match error {
        AlgorithmError::Malformed(error) => PfxError::der(place, error),
        error => PfxError::at(place, PfxErrorKind::Mac(Box::new(error))),
    };
    MacData::read(octets).map_err(failed)
}
