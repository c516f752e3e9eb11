//! What is known about an issuer that was not found.

use crate::anchors::AnchorSet;
use crate::origin::Origin;
use crate::pool::CertPool;
use crate::x509::Certificate;
use crate::x509::name::Name;
use crate::x509::oid::oids;
use crate::x509::sources::issuer_urls;

/// The most near misses that are kept.
const MAX_NEAR: usize = 5;

/// An issuer that was looked for in vain.
#[derive(Clone, Debug)]
pub struct MissingIssuer {
    /// The issuer's name, by RFC 4514.
    pub name: String,
    /// The key identifier it must have, when the certificate tells.
    pub key_identifier: Option<Vec<u8>>,
    /// Certificates that come near.
    pub near: Vec<NearIssuer>,
    /// Where the certificate says that its issuer's certificate is (caIssuers).
    pub urls: Vec<String>,
}

impl MissingIssuer {
    /// The first address that a web client can fetch.
    pub fn web_url(&self) -> Option<&str> {
        let is_web = |url: &&String| {
            let lower = url.to_ascii_lowercase();
            (lower.starts_with("http://") || lower.starts_with("https://")) && !lower.contains(char::is_whitespace)
        };
        self.urls.iter().find(is_web).map(String::as_str)
    }
}

/// Why a certificate comes near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NearIssuerKind {
    /// It has the name but another key: the signature does not verify with it.
    SameNameOtherKey,
    /// It has the key identifier but another name.
    SameKeyOtherName,
    /// Its common name is the same, other parts of the name differ.
    SimilarName,
}

/// A certificate that comes near.
#[derive(Clone, Debug)]
pub struct NearIssuer {
    /// Why it comes near.
    pub kind: NearIssuerKind,
    /// Its subject, by RFC 4514.
    pub subject: String,
    /// Its subject key identifier.
    pub key_identifier: Option<Vec<u8>>,
    /// Where it came from.
    pub origin: Origin,
}

/// Collects what is known about the issuer that `child` lacks.
pub(super) fn describe(child: &Certificate, pool: &CertPool, anchors: &AnchorSet) -> MissingIssuer {
    let issuer = child.issuer();
    let wanted_key = child.authority_key_identifier();
    let wanted_common_name = common_name(&issuer);
    let mut near = Vec::new();
    let everyone = pool
        .iter()
        .map(|sourced| (sourced.certificate.clone(), sourced.origin.clone()))
        .chain(anchors.iter().filter_map(|anchor| Some((anchor.certificate()?.clone(), anchor.origin.clone()))));
    for (certificate, origin) in everyone {
        if near.len() == MAX_NEAR {
            break;
        }
        let kind = if certificate == *child {
            None
        } else if certificate.subject_digest() == child.issuer_digest() {
            Some(NearIssuerKind::SameNameOtherKey)
        } else if wanted_key.is_some() && certificate.subject_key_identifier() == wanted_key {
            Some(NearIssuerKind::SameKeyOtherName)
        } else if wanted_common_name.is_some() && common_name(&certificate.subject()) == wanted_common_name {
            Some(NearIssuerKind::SimilarName)
        } else {
            None
        };
        if let Some(kind) = kind {
            near.push(NearIssuer {
                kind,
                subject: certificate.subject().brief(),
                key_identifier: certificate.subject_key_identifier().map(<[u8]>::to_vec),
                origin,
            });
        }
    }
    MissingIssuer {
        name: issuer.brief(),
        key_identifier: wanted_key.map(<[u8]>::to_vec),
        near,
        urls: issuer_urls(child),
    }
}

/// The anchors that have the name of a self-signed certificate, and another key.
pub(super) fn renewed(certificate: &Certificate, anchors: &AnchorSet) -> Vec<NearIssuer> {
    let same_name = anchors.by_subject(certificate.subject_digest());
    let others = same_name.filter(|anchor| anchor.issuer().spki_raw() != certificate.spki_raw());
    let near = others.take(MAX_NEAR).map(|anchor| NearIssuer {
        kind: NearIssuerKind::SameNameOtherKey,
        subject: anchor.name().brief(),
        key_identifier: anchor.issuer().key_identifier().map(<[u8]>::to_vec),
        origin: anchor.origin.clone(),
    });
    near.collect()
}

/// The common name's letters and digits in lower case: what stays the same when
/// a name is written a little differently.
fn common_name(name: &Name<'_>) -> Option<String> {
    let text = name.last_value(oids::COMMON_NAME)?;
    let letters = text.chars().filter(|character| character.is_alphanumeric()).collect::<String>().to_lowercase();
    (!letters.is_empty()).then_some(letters)
}
