//! Does a CRL cover a certificate? Distribution points against the issuing
//! distribution point (RFC 5280 §6.3.3 (b), (d)).

use std::collections::{HashMap, HashSet};

use crate::finding::Code;
use crate::x509::Certificate;
use crate::x509::crl::{Crl, IssuingDistributionPoint};
use crate::x509::extension::{BasicConstraints, DistributionPoint, DistributionPointName, ExtensionValue};
use crate::x509::general_name::{GeneralName, GeneralNames};
use crate::x509::name::{Name, NameDigest, Rdn};
use crate::x509::oid::oids;

/// All reasons of RFC 5280 §4.2.1.13, `unused` left out.
pub(super) const ALL_REASONS: u16 = 0b1_1111_1110;

/// The most distribution points and names in them, of a certificate or a CRL, that
/// are compared. Certificates have up to a few dozen.
const MAX_NAMES: usize = 1_024;

/// The distribution points of a certificate; `None` when it has no readable ones.
pub(super) fn distribution_points(certificate: &Certificate) -> Option<Vec<DistributionPoint<'_>>> {
    match certificate.extension(oids::CRL_DISTRIBUTION_POINTS)?.value() {
        Ok(ExtensionValue::CrlDistributionPoints(points)) => Some(points.iter().take(MAX_NAMES).collect()),
        _ => None,
    }
}

/// Directory names in a list of general names.
pub(super) fn directory_names<'a>(names: GeneralNames<'a>) -> impl Iterator<Item = Name<'a>> {
    names.iter().take(MAX_NAMES).filter_map(|name| match name {
        GeneralName::Directory(name) => Some(name),
        _ => None,
    })
}

/// Names that are equal by RFC 5280 §7 when their keys are.
fn key(name: &GeneralName<'_>) -> Vec<u8> {
    let (kind, octets) = match name {
        GeneralName::Directory(name) => (4, name.canonical()),
        GeneralName::Uri(uri) => (6, normal_uri(uri)),
        GeneralName::Dns(name) => (2, name.to_ascii_lowercase()),
        GeneralName::Rfc822(name) => (1, name.to_vec()),
        GeneralName::Ip(octets) => (7, octets.to_vec()),
        GeneralName::RegisteredId(oid) => (8, oid.as_bytes().to_vec()),
        GeneralName::Other { oid, value } => (0, [oid.as_bytes(), value.raw()].concat()),
        GeneralName::X400(octets) => (3, octets.to_vec()),
        GeneralName::EdiParty(octets) => (5, octets.to_vec()),
    };
    [&[kind], octets.as_slice()].concat()
}

/// Scheme and authority compare without regard to case (RFC 5280 §7.4).
fn normal_uri(uri: &[u8]) -> Vec<u8> {
    let mut normal = uri.to_vec();
    let authority = uri.windows(3).position(|part| part == b"://").map_or(0, |at| at + 3);
    let path = uri.iter().skip(authority).position(|octet| *octet == b'/').map_or(uri.len(), |at| authority + at);
    if let Some(part) = normal.get_mut(..path) {
        part.make_ascii_lowercase();
    }
    normal
}

/// A name relative to a CRL issuer, written out (RFC 5280 §4.2.1.13).
fn relative_key(issuer: &Name<'_>, relative: &Rdn<'_>) -> Vec<u8> {
    let mut key = vec![4];
    key.extend(issuer.canonical());
    relative.write_canonical(&mut key);
    key
}

fn keys_of(name: &DistributionPointName<'_>, issuer: &Name<'_>) -> Vec<Vec<u8>> {
    match name {
        DistributionPointName::Full(names) => names.iter().take(MAX_NAMES).map(|name| key(&name)).collect(),
        DistributionPointName::Relative(relative) => vec![relative_key(issuer, relative)],
    }
}

/// The distribution points of a certificate, gone through once, however many CRLs
/// are compared with them.
pub(super) struct Points {
    points: Vec<Point>,
    /// Which points have a name.
    by_name: HashMap<Vec<u8>, Vec<usize>>,
    /// The certificate issuer's own name as that of a point.
    own_name: Vec<u8>,
    /// Whether the certificate has readable distribution points.
    are_given: bool,
}

struct Point {
    reasons: u16,
    /// cRLIssuer, when given.
    issuers: Option<HashSet<NameDigest>>,
}

impl Points {
    pub(super) fn of(certificate: &Certificate) -> Points {
        let given = distribution_points(certificate);
        let mut points = Points {
            points: Vec::new(),
            by_name: HashMap::new(),
            own_name: [&[4][..], certificate.issuer().canonical().as_slice()].concat(),
            are_given: given.is_some(),
        };
        let mut names = 0;
        for point in given.unwrap_or_default() {
            let place = points.points.len();
            let point_issuer = point.crl_issuer.and_then(|issuers| directory_names(issuers).next());
            // (b)(2)(i): without a name the names of the CRL issuer stand for it.
            let keys = match (&point.name, point.crl_issuer) {
                (Some(name), _) => keys_of(name, &point_issuer.unwrap_or_else(|| certificate.issuer())),
                (None, Some(issuers)) => issuers.iter().take(MAX_NAMES).map(|name| key(&name)).collect(),
                (None, None) => Vec::new(),
            };
            names += keys.len() + 1;
            if names > 2 * MAX_NAMES {
                break;
            }
            for key in keys {
                points.by_name.entry(key).or_default().push(place);
            }
            points.points.push(Point {
                reasons: point.reasons.map_or(ALL_REASONS, |reasons| reasons.bits() & ALL_REASONS),
                issuers: point.crl_issuer.map(|issuers| directory_names(issuers).map(|name| name.digest()).collect()),
            });
        }
        points
    }

    /// All that are named as issuers of CRLs.
    pub(super) fn crl_issuers(&self) -> impl Iterator<Item = NameDigest> {
        self.points.iter().filter_map(|point| point.issuers.as_ref()).flatten().copied()
    }
}

/// Whether the subject is a CA, by basicConstraints.
fn is_ca(certificate: &Certificate) -> bool {
    let constraints = certificate.extension(oids::BASIC_CONSTRAINTS).map(|extension| extension.value());
    matches!(constraints, Some(Ok(ExtensionValue::BasicConstraints(BasicConstraints { ca: true, .. }))))
}

/// Why a CRL does not cover a certificate.
pub(super) struct NotCovered {
    pub(super) code: Code,
    pub(super) message: String,
}

fn not_covered(code: Code, message: impl Into<String>) -> NotCovered {
    NotCovered { code, message: message.into() }
}

/// The reasons for which a CRL covers a certificate, as bits, at least one.
///
/// Distribution points that name this CRL's issuer count; without any, and for CRLs
/// that none of them names, one is assumed that has the certificate issuer's name
/// (RFC 5280 §6.3.3).
pub(super) fn coverage(certificate: &Certificate, points: &Points, crl: &Crl) -> Result<u16, NotCovered> {
    let scope = match crl.issuing_distribution_point() {
        Ok(scope) => scope,
        Err(error) => {
            let message = format!("its issuing distribution point cannot be read: {error}");
            return Err(not_covered(Code::CrlMalformed, message));
        }
    };
    let by_issuer = crl.issuer_raw() == certificate.issuer_raw() || crl.issuer_digest() == certificate.issuer_digest();
    if let Some(scope) = &scope {
        kind(certificate, scope)?;
    }
    let scope_reasons =
        scope.and_then(|scope| scope.only_some_reasons).map_or(ALL_REASONS, |reasons| reasons.bits() & ALL_REASONS);
    let crl_issuer = crl.issuer();
    let names: Option<HashSet<Vec<u8>>> =
        scope.and_then(|scope| scope.name).map(|name| keys_of(&name, &crl_issuer).into_iter().collect());
    let is_indirect = scope.is_some_and(|scope| scope.indirect);
    // (b)(2)(i): the points that have one of the CRL's names; all when it has none.
    let named: Option<HashSet<usize>> = names
        .as_ref()
        .map(|names| names.iter().filter_map(|name| points.by_name.get(name)).flatten().copied().collect());

    let mut reasons = 0;
    let mut any_of_issuer = false;
    for (place, point) in points.points.iter().enumerate() {
        let of_issuer = match &point.issuers {
            // (b)(1): the CRL issuer is the one named, and the CRL says that it is indirect.
            Some(issuers) => is_indirect && issuers.contains(&crl.issuer_digest()),
            None => by_issuer,
        };
        any_of_issuer |= of_issuer;
        if of_issuer && named.as_ref().is_none_or(|named| named.contains(&place)) {
            reasons |= point.reasons & scope_reasons;
        }
    }
    if reasons != 0 {
        return Ok(reasons);
    }
    // A CRL that no distribution point names, issued by the certificate's issuer.
    if by_issuer {
        if names.as_ref().is_none_or(|names| names.contains(&points.own_name)) && scope_reasons != 0 {
            return Ok(scope_reasons);
        }
        let message = if !points.are_given {
            "the CRL is one part of several, and the certificate does not say which one is its own"
        } else if scope_reasons == 0 {
            "the CRL covers no reason for revocation"
        } else {
            "none of the CRL's names is among the distribution points of the certificate"
        };
        return Err(not_covered(Code::CrlNoCommonPoint, message));
    }
    if any_of_issuer {
        let message = "none of the CRL's names is among the distribution points of the certificate";
        return Err(not_covered(Code::CrlNoCommonPoint, message));
    }
    let message = if is_indirect || points.points.iter().all(|point| point.issuers.is_none()) {
        format!("the CRL is of {}, the certificate's issuer is {}", crl_issuer.brief(), certificate.issuer().brief())
    } else {
        format!(
            "the CRL of {} does not say that it is indirect, that is, for certificates of others",
            crl_issuer.brief()
        )
    };
    Err(not_covered(Code::CrlWrongIssuer, message))
}

/// (b)(2)(ii) to (iv)
fn kind(certificate: &Certificate, scope: &IssuingDistributionPoint<'_>) -> Result<(), NotCovered> {
    let count = [scope.only_user_certs, scope.only_ca_certs, scope.only_attribute_certs];
    if count.into_iter().filter(|only| *only).count() > 1 {
        // RFC 5280 §5.2.5: at most one of them.
        let message = "its issuing distribution point restricts it to several kinds of certificates at once";
        return Err(not_covered(Code::CrlMalformed, message));
    }
    let is_ca = is_ca(certificate);
    let message = match scope {
        scope if scope.only_attribute_certs => "the CRL is for attribute certificates only",
        scope if scope.only_user_certs && is_ca => "the CRL is for end entities only, and the certificate is a CA's",
        scope if scope.only_ca_certs && !is_ca => "the CRL is for CAs only, and the certificate is an end entity's",
        _ => return Ok(()),
    };
    Err(not_covered(Code::CrlDoesNotCover, message))
}

pub(super) fn names_issuer(names: GeneralNames<'_>, issuer: NameDigest) -> bool {
    directory_names(names).any(|name| name.digest() == issuer)
}
