//! Whether a certain root is in sets, and whether it is the same key.

use std::collections::HashSet;
use std::path::Path;

use certlens_core::crypto::algorithm::HashAlgorithm;
use certlens_core::crypto::digest;
use certlens_core::crypto::error::VerifyError;
use certlens_core::encoding::hex;
use certlens_core::microsoft::trust_list::Identified;
use certlens_core::origin::Origin;
use certlens_core::path::IssuerKey;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::name::NameDigest;
use certlens_core::x509::oid::oids;
use certlens_probe::interception::observation::is_issued_by;

use super::known::{self, KnownRoot};
use super::set::{Kind, Member, Set, common_name};
use super::wanted::{ends_as_file, is_distinguished_name, is_same_name, thumbprint};
use crate::error::Failure;
use crate::load::{self, Loaded};

/// The most names that are suggested.
const MAX_NEAR: usize = 3;

/// A root that is asked for.
pub(crate) struct Asked {
    /// As it was given.
    pub(crate) text: String,
    /// What it is asked by.
    by: By,
    /// The certificate that is meant, where that is known.
    pub(crate) reference: Option<Certificate>,
    /// Where that came from, when it was given.
    pub(crate) origin: Option<Origin>,
    /// What is known of it, where its certificate is not at hand.
    pub(crate) known: Option<&'static KnownRoot>,
    /// Whether the certificate is in the Mozilla set.
    pub(crate) in_mozilla: bool,
}

enum By {
    Name(String),
    Thumbprint(Vec<u8>),
    File,
}

/// How a member of a set is like the root that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// It is the same certificate.
    SameCertificate,
    /// Another certificate of the same name and key, which is as good (RFC 5280 §6.1.1 (d)).
    SameKey,
    /// It has the name, and there is nothing to compare its key with.
    SameName,
    /// It has the name, but another key.
    OtherKey,
    /// It has the key under another name, which is no help (RFC 5280 §6.1.3 (a)(4)).
    OtherName,
}

/// A member that is like the root that is asked for.
pub(crate) struct Match<'a> {
    pub(crate) set: &'a Set,
    pub(crate) member: &'a Member,
    pub(crate) likeness: Likeness,
}

/// Whether it is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every set of roots has it.
    Trusted,
    /// It has expired or is not valid yet, so that no path may end in it (RFC 5937).
    OutOfDate,
    /// A set of roots does not have it.
    Missing,
    /// No set has it, and it is no root: another key signed it.
    NoRoot,
    /// A list of what is disallowed has it, or a set has disabled it.
    Disallowed,
    /// There are no roots at all.
    Empty,
}

/// The answer to one question.
pub(crate) struct Answer<'a> {
    pub(crate) verdict: Verdict,
    /// Everything that is like it, in the order of the sets.
    pub(crate) matches: Vec<Match<'a>>,
    /// Sets of roots that do not have it.
    pub(crate) missing: Vec<&'a Set>,
    /// Names that may have been meant.
    pub(crate) near: Vec<String>,
    /// Mozilla's root of the same name and key, where it is no root itself.
    pub(crate) root_of_it: Option<&'a Certificate>,
    /// The set of roots that has whoever issued it, where it is no root.
    pub(crate) issuer_in: Option<&'a Set>,
}

impl Match<'_> {
    /// Whether it is the root that was asked for.
    pub(crate) fn is_it(&self) -> bool {
        matches!(self.likeness, Likeness::SameCertificate | Likeness::SameKey | Likeness::SameName)
    }

    /// Whether its certificate is not valid at this time; of digests alone that is not known.
    pub(crate) fn is_out_of_date(&self, at: Time) -> bool {
        self.member.certificate.as_ref().is_some_and(|one| is_out_of_date(one, at))
    }

    /// Whether it is refused there.
    pub(crate) fn is_disallowed(&self, at: Time) -> bool {
        self.is_it()
            && (self.set.kind == Kind::DisallowedList
                || self.member.properties.disallowed.as_ref().is_some_and(|disallowed| disallowed.counts(at)))
    }
}

/// What arguments ask for, with the Mozilla set to compare names with.
///
/// # Errors
///
/// When a file cannot be read, or a name is that of several roots.
pub(crate) fn asked(wanted: &str, sets: &[Set], mozilla: &Set) -> Result<Vec<Asked>, Failure> {
    let looks_like_path = wanted.contains(['/', '\\']) && !is_distinguished_name(wanted);
    let is_path = wanted == "-" || looks_like_path || Path::new(wanted).exists() || ends_as_file(wanted);
    if is_path {
        return of_file(wanted, mozilla);
    }
    let one = match thumbprint(wanted)? {
        Some(octets) => of_thumbprint(wanted, octets, sets, mozilla),
        None => of_name(wanted, mozilla)?,
    };
    Ok(vec![one])
}

fn is_in(set: &Set, certificate: &Certificate) -> bool {
    set.members.iter().any(|member| member.certificate.as_ref() == Some(certificate))
}

fn of_file(wanted: &str, mozilla: &Set) -> Result<Vec<Asked>, Failure> {
    let argument = load::argument(wanted)?;
    let mut all = Vec::new();
    for source in &argument.sources {
        if source.named {
            source.require_certificates()?;
        }
        for loaded in source.certificates() {
            match loaded {
                // A file may have it twice.
                Loaded::Read(sourced)
                    if all.iter().any(|one: &Asked| one.reference.as_ref() == Some(&sourced.certificate)) => {}
                Loaded::Read(sourced) => all.push(Asked {
                    text: sourced.origin.to_string(),
                    origin: Some(sourced.origin),
                    by: By::File,
                    in_mozilla: is_in(mozilla, &sourced.certificate),
                    reference: Some(sourced.certificate),
                    known: None,
                }),
                Loaded::Refused { origin, message, .. } => {
                    return Err(Failure::unusable(format!("{origin}: {message}")));
                }
            }
        }
    }
    match all.is_empty() {
        true => Err(Failure::unusable(format!("{wanted}: there is no certificate in it"))),
        false => Ok(roots_of(all)),
    }
}

/// Of a chain its root is meant.
fn roots_of(all: Vec<Asked>) -> Vec<Asked> {
    let is_root = |asked: &Asked| asked.reference.as_ref().is_some_and(is_root);
    let names: HashSet<NameDigest> =
        all.iter().filter_map(|asked| asked.reference.as_ref()).map(Certificate::subject_digest).collect();
    // Without one, what stands on top.
    let is_top = |asked: &Asked| {
        asked.reference.as_ref().is_some_and(|one| one.is_self_issued() || !names.contains(&one.issuer_digest()))
    };
    let has_root = all.iter().any(is_root);
    let is_meant = |asked: &Asked| if has_root { is_root(asked) } else { is_top(asked) };
    if !all.iter().any(is_meant) {
        return all;
    }
    let (meant, others): (Vec<Asked>, Vec<Asked>) = all.into_iter().partition(is_meant);
    for other in others {
        crate::say(&format!("note: {}: {} is no root, and is left out", other.text, other.title()));
    }
    meant
}

fn has_thumbprint(certificate: &Certificate, wanted: &[u8]) -> bool {
    match wanted.len() {
        20 => digest(HashAlgorithm::Sha1, certificate.der()).is_some_and(|digest| digest == wanted),
        _ => certificate.id().0 == wanted,
    }
}

fn of_thumbprint(text: &str, octets: Vec<u8>, sets: &[Set], mozilla: &Set) -> Asked {
    let members = sets.iter().chain([mozilla]).flat_map(|set| &set.members);
    let mut certificates = members.filter_map(|member| member.certificate.as_ref());
    let reference = certificates.find(|certificate| has_thumbprint(certificate, &octets)).cloned();
    Asked {
        text: text.to_owned(),
        origin: None,
        known: known::by_thumbprint(&hex::encode(&octets)).filter(|_| reference.is_none()),
        by: By::Thumbprint(octets),
        in_mozilla: reference.as_ref().is_some_and(|certificate| is_in(mozilla, certificate)),
        reference,
    }
}

fn of_name(text: &str, mozilla: &Set) -> Result<Asked, Failure> {
    let name = text.trim().to_owned();
    let certificates = mozilla.members.iter().filter_map(|member| member.certificate.as_ref());
    let named: Vec<&Certificate> = certificates.filter(|certificate| is_named(certificate, &name)).collect();
    if named.len() > 1 {
        let list = named.iter().map(|certificate| format!("{} ({})", certificate.subject().brief(), certificate.id()));
        return Err(Failure::unusable(format!("{text}: is the name of {} roots", named.len()))
            .advice(format!("give the SHA-256 of one: {}", list.collect::<Vec<_>>().join("; "))));
    }
    let reference = named.first().copied().cloned();
    Ok(Asked {
        text: text.to_owned(),
        origin: None,
        known: known::by_name(&name).filter(|_| reference.is_none()),
        by: By::Name(name),
        in_mozilla: reference.is_some(),
        reference,
    })
}

/// Whether this is the common name, the unit, or the whole name. Case does not count, for ASCII.
fn is_named(certificate: &Certificate, name: &str) -> bool {
    let subject = certificate.subject();
    let is = |value: Option<String>| value.is_some_and(|value| value.trim().eq_ignore_ascii_case(name));
    is(subject.last_value(oids::COMMON_NAME))
        || is(subject.last_value(oids::ORGANIZATIONAL_UNIT))
        || is_same_name(&subject.brief(), name)
}

impl Asked {
    /// What people call it.
    pub(crate) fn title(&self) -> String {
        let known = || self.known.map_or_else(|| self.text.clone(), |known| known.name.to_owned());
        self.reference.as_ref().map_or_else(known, common_name)
    }

    fn likeness(&self, set: &Set, member: &Member) -> Option<Likeness> {
        let is_friend = |name: &str| {
            member.properties.friendly_name.as_deref().is_some_and(|own| own.trim().eq_ignore_ascii_case(name))
        };
        if let (Some(wanted), Some(found)) = (&self.reference, &member.certificate) {
            let is_key = wanted.spki_raw() == found.spki_raw();
            let is_name = wanted.subject_digest() == found.subject_digest();
            return match (wanted == found, is_key, is_name) {
                (true, ..) => Some(Likeness::SameCertificate),
                (_, true, true) => Some(Likeness::SameKey),
                (_, true, false) => Some(Likeness::OtherName),
                (_, false, true) => Some(Likeness::OtherKey),
                _ => None,
            };
        }
        if let Some(known) = self.known {
            return like_known(known, set, member);
        }
        let is_it = match (&self.reference, &self.by) {
            (Some(wanted), _) => {
                let identifier = member.identifier.as_ref();
                member.properties.sha256.as_deref() == Some(&wanted.id().0[..])
                    || identifier.is_some_and(|identifier| {
                        let of = set.identified.and_then(|how| how.identifier(wanted, identifier.len()));
                        of.as_ref() == Some(identifier)
                    })
            }
            (None, By::Thumbprint(octets)) => {
                member.properties.sha256.as_ref() == Some(octets) || member.identifier.as_ref() == Some(octets)
            }
            (None, By::Name(name)) => {
                let named = member.certificate.as_ref().is_some_and(|certificate| is_named(certificate, name));
                return (named || is_friend(name)).then_some(Likeness::SameName);
            }
            (None, By::File) => false,
        };
        is_it.then_some(Likeness::SameCertificate)
    }
}

/// The same where of the root only digests are known.
fn like_known(known: &KnownRoot, set: &Set, member: &Member) -> Option<Likeness> {
    if let Some(found) = &member.certificate {
        let key = digest(HashAlgorithm::Sha256, found.spki_raw()).map(|digest| hex::encode(&digest));
        return match (found.id().to_string() == known.sha256, is_named(found, known.name)) {
            (true, _) => Some(Likeness::SameCertificate),
            (false, true) if key.as_deref() == Some(known.spki_sha256) => Some(Likeness::SameKey),
            (false, true) => Some(Likeness::OtherKey),
            (false, false) => (key.as_deref() == Some(known.spki_sha256)).then_some(Likeness::OtherName),
        };
    }
    let digits = |octets: &Option<Vec<u8>>| octets.as_deref().map(hex::encode);
    let is_hash = matches!(set.identified, Some(Identified::Certificate(_)));
    let identifier = digits(&member.identifier).filter(|_| is_hash);
    let is_it = digits(&member.properties.sha256).as_deref() == Some(known.sha256)
        || identifier.is_some_and(|digits| digits == known.sha1 || digits == known.sha256);
    is_it.then_some(Likeness::SameCertificate)
}

/// Everything in the sets that is like it.
pub(crate) fn matching<'a>(asked: &Asked, sets: &'a [Set]) -> Vec<Match<'a>> {
    let members = sets.iter().flat_map(|set| set.members.iter().map(move |member| (set, member)));
    members
        .filter_map(|(set, member)| asked.likeness(set, member).map(|likeness| Match { set, member, likeness }))
        .collect()
}

/// Whether it is trusted, at a time.
pub(crate) fn answer<'a>(asked: &Asked, sets: &'a [Set], mozilla: &'a Set, at: Time) -> Answer<'a> {
    let matches = matching(asked, sets);
    let roots = || sets.iter().filter(|set| set.kind != Kind::DisallowedList);
    let missing: Vec<&Set> =
        roots().filter(|set| !matches.iter().any(|one| one.is_it() && std::ptr::eq(one.set, *set))).collect();
    let of = |set: &'a Set| matches.iter().filter(move |one| one.is_it() && std::ptr::eq(one.set, set));
    let verdict = match () {
        () if matches.iter().any(|one| one.is_disallowed(at)) => Verdict::Disallowed,
        () if roots().all(|set| set.members.is_empty()) => Verdict::Empty,
        () if !missing.is_empty() => match &asked.reference {
            Some(certificate) if is_root(certificate) && is_out_of_date(certificate, at) => Verdict::OutOfDate,
            // Whoever has it has it as a trust anchor.
            Some(certificate) if !is_root(certificate) && !matches.iter().any(Match::is_it) => Verdict::NoRoot,
            _ => Verdict::Missing,
        },
        // Where a set has it twice, the one in date counts.
        () if roots().any(|set| of(set).all(|one| one.is_out_of_date(at))) => match &asked.reference {
            // The one that is asked for may be what is to take its place.
            Some(wanted) if !is_out_of_date(wanted, at) => Verdict::Missing,
            _ => Verdict::OutOfDate,
        },
        () => Verdict::Trusted,
    };
    let near = match (&asked.by, &asked.reference, asked.known) {
        (By::Name(name), None, None) if matches.is_empty() => near(name, sets, mozilla),
        _ => Vec::new(),
    };
    let is_it = |one: &&Certificate, wanted: &Certificate| {
        one.subject_digest() == wanted.subject_digest() && one.spki_raw() == wanted.spki_raw()
    };
    let root_of_it = asked.reference.as_ref().filter(|_| verdict == Verdict::NoRoot).and_then(|wanted| {
        let mut roots = mozilla.members.iter().filter_map(|member| member.certificate.as_ref());
        roots.find(|one| is_it(one, wanted))
    });
    let below = asked.reference.as_ref().filter(|_| verdict == Verdict::NoRoot);
    let issued = |set: &&Set| {
        let mut members = set.members.iter().filter_map(|member| member.certificate.as_ref());
        below.is_some_and(|below| {
            members.any(|one| !is_out_of_date(one, at) && is_issued_by(below, Issuer::Certificate(one)))
        })
    };
    let issuer_in = roots().find(issued);
    Answer { verdict, matches, missing, near, root_of_it, issuer_in }
}

fn is_out_of_date(certificate: &Certificate, at: Time) -> bool {
    at < certificate.not_before().time || certificate.not_after().time < at
}

/// Whether a certificate is a root: issued under its own name, where nothing shows that
/// another key signed it. What cannot be verified here shows nothing.
fn is_root(certificate: &Certificate) -> bool {
    let identifiers = (certificate.authority_key_identifier(), certificate.subject_key_identifier());
    let is_by_another = matches!(identifiers, (Some(signer), Some(own)) if signer != own);
    let key = IssuerKey::of(Issuer::Certificate(certificate));
    let by_own = || !matches!(key.verify(certificate), Err(VerifyError::Invalid | VerifyError::KeyMismatch { .. }));
    certificate.is_self_issued() && !is_by_another && by_own()
}

/// Names that differ by little, or have the wanted one in them.
fn near(wanted: &str, sets: &[Set], mozilla: &Set) -> Vec<String> {
    let wanted: String = wanted.to_lowercase().chars().take(100).collect();
    let mut found: Vec<(usize, String)> = Vec::new();
    for member in sets.iter().chain([mozilla]).flat_map(|set| &set.members) {
        let name = match (&member.certificate, &member.properties.friendly_name) {
            (Some(certificate), _) => common_name(certificate),
            (None, Some(name)) => name.clone(),
            (None, None) => continue,
        };
        let lower: String = name.to_lowercase().chars().take(100).collect();
        let distance = if lower.contains(&wanted) { 1 } else { crate::spelling::edits(&wanted, &lower) };
        if distance <= 3 && !found.iter().any(|(_, other)| *other == name) {
            found.push((distance, name));
        }
    }
    found.sort();
    found.truncate(MAX_NEAR);
    found.into_iter().map(|(_, name)| name).collect()
}
