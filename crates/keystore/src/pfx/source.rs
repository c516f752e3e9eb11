//! Finding the PFX in a file: binary, or text that stands for it.

use std::borrow::Cow;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{DerError, DerErrorKind, Tag};
use certlens_core::encoding::input::{self, Armor, InputError, InputObject};
use certlens_core::encoding::sniff::{ObjectKind, sniff};

use super::error::{PfxError, PfxErrorKind};
use super::limits::MAX_PFX_OCTETS;
use super::place::{Layer, Place};
use crate::oid;
use crate::pbe::Count;

/// Octets behind the PFX. Windows leaves up to eight zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trailing {
    /// Where they start.
    pub place: Place,
    /// How many there are.
    pub octets: usize,
    /// Whether they are all zero.
    pub zeros: bool,
}

/// A PFX in a file.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// From its first octet to its last, and nothing else.
    pub(super) octets: Cow<'a, [u8]>,
    pub(super) armor: Armor,
    pub(super) trailing: Option<Trailing>,
}

/// The only version that there is (RFC 7292 §4).
pub(super) const VERSION: Count = Count::new(3);

/// The first octet of a SEQUENCE, which no text of PEM or Base64 of one starts with.
const SEQUENCE: u8 = 0x30;

pub(super) fn find(file: &[u8]) -> Result<Source<'_>, PfxError> {
    if file.len() > MAX_PFX_OCTETS {
        return Err(PfxError::limit("the size of the file in octets", file.len(), MAX_PFX_OCTETS, "MAX_PFX_OCTETS"));
    }
    if file.first() == Some(&SEQUENCE) { binary(file) } else { text(file) }
}

fn binary(file: &[u8]) -> Result<Source<'_>, PfxError> {
    let start = Place::start(Layer::File);
    let found = sniff(file);
    if found != ObjectKind::Pfx {
        match version(file) {
            Some(VERSION) => {}
            Some(version) => return Err(PfxError::at(start, PfxErrorKind::Version(version))),
            None => return Err(PfxError::at(start, PfxErrorKind::NotPfx { found })),
        }
    }
    let whole = match Reader::new(file).value() {
        Ok(Some(whole)) => whole,
        Err(error) if !ends_early(error, file) => return Err(PfxError::der(start, error)),
        _ => {
            let octets = file.len();
            return Err(PfxError::at(start.plus(octets), PfxErrorKind::Truncated { octets }));
        }
    };
    let rest = file.get(whole.raw.len()..).unwrap_or_default();
    let trailing = (!rest.is_empty()).then(|| Trailing {
        place: start.plus(whole.raw.len()),
        octets: rest.len(),
        zeros: rest.iter().all(|&octet| octet == 0),
    });
    Ok(Source { octets: Cow::Borrowed(whole.raw), armor: Armor::Binary, trailing })
}

/// Whether octets are wanting at the end of the file: what is read of the
/// outermost value alone can be wanting nowhere else.
fn ends_early(error: DerError, file: &[u8]) -> bool {
    match error.kind {
        DerErrorKind::Truncated { .. } => true,
        DerErrorKind::Invalid(_) => error.offset >= file.len(),
        _ => false,
    }
}

/// The version of what looks like a PFX otherwise.
fn version(file: &[u8]) -> Option<Count> {
    let mut reader = Reader::new(file);
    reader.enter(Tag::SEQUENCE).ok()?;
    let version = reader.expect(Tag::INTEGER).ok()?;
    reader.enter(Tag::SEQUENCE).ok()?;
    let content_type = reader.expect(Tag::OID).ok()?.content;
    matches!(content_type, oid::DATA | oid::SIGNED_DATA).then(|| Count::from_integer(version.content))
}

/// PEM, or Base64 alone, as Azure Key Vault and many pipelines hand it out.
fn text(file: &[u8]) -> Result<Source<'_>, PfxError> {
    let start = Place::start(Layer::File);
    let not_pfx = |found| PfxError::at(start, PfxErrorKind::NotPfx { found });
    match input::read(file) {
        Ok(mut input) => {
            let mut found = input.objects.iter_mut().filter(|object| object.kind == ObjectKind::Pfx);
            let (Some(InputObject { der, armor, .. }), more) = (found.next(), found.next()) else {
                let first = input.objects.first().map_or(ObjectKind::Unknown, |object| object.kind);
                return Err(not_pfx(first));
            };
            if more.is_some() {
                return Err(PfxError::at(start, PfxErrorKind::Several));
            }
            Ok(Source { octets: Cow::Owned(std::mem::take(der)), armor: armor.clone(), trailing: None })
        }
        Err(InputError::Damaged { mut problems, .. }) => {
            problems.retain(|problem| !problem.kind.is_note());
            let problem = problems.into_iter().next().ok_or(not_pfx(ObjectKind::TextWithoutPem))?;
            let place = start.plus(problem.offset);
            Err(PfxError::at(place, PfxErrorKind::Text(Box::new(problem.kind))))
        }
        Err(InputError::Unrecognised { kind }) => Err(not_pfx(kind)),
        Err(_) => Err(not_pfx(ObjectKind::Unknown)),
    }
}
