//! Which issuer is tried first. Every one is tried in the end; the order decides
//! how soon the right one is, and which of several paths is reported.

use std::cmp::Ordering;

use crate::x509::Certificate;
use crate::x509::issuer::Issuer;

/// What the key identifiers of a link say (RFC 5280 §4.2.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyMatch {
    Same,
    Unknown,
    Differs,
}

pub(super) fn key_identifiers(issuer: Issuer<'_>, child: &Certificate) -> KeyMatch {
    match (child.authority_key_identifier(), issuer.key_identifier()) {
        (Some(wanted), Some(found)) if wanted == found => KeyMatch::Same,
        (Some(_), Some(_)) => KeyMatch::Differs,
        _ => KeyMatch::Unknown,
    }
}

/// By key identifier (RFC 4158 §3.5.12), then the nearest to a trust anchor
/// (§3.5.15), then the one whose validity covers the child's start, then the one
/// that ends last (§3.5.4); at last by the octets, so that the order of a pool
/// changes nothing.
pub(super) struct Rank<'a> {
    pub(super) key: KeyMatch,
    distance: u32,
    late: bool,
    not_after: i64,
    octets: &'a [u8],
}

impl<'a> Rank<'a> {
    pub(super) fn new(issuer: Issuer<'a>, child: &Certificate, distance: u32) -> Rank<'a> {
        let key = key_identifiers(issuer, child);
        let Issuer::Certificate(certificate) = issuer else {
            return Rank { key, distance, late: false, not_after: i64::MAX, octets: issuer.spki_raw() };
        };
        let (from, to) = (certificate.not_before().time, certificate.not_after().time);
        let start = child.not_before().time;
        Rank { key, distance, late: start < from || to < start, not_after: to.unix(), octets: certificate.der() }
    }

    pub(super) fn compare(&self, other: &Rank<'_>) -> Ordering {
        let order = |rank: &Rank<'_>| (rank.key, rank.distance, rank.late, std::cmp::Reverse(rank.not_after));
        order(self).cmp(&order(other)).then_with(|| self.octets.cmp(other.octets))
    }
}
