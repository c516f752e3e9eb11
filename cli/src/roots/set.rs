//! One set of roots, from wherever it comes.

use std::path::Path;

use certlens_core::encoding::sniff::{ObjectKind, sniff};
use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::microsoft::trust_list::{self, Identified, Meaning, TrustList};
use certlens_core::microsoft::{self, serialized_store};
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_core::x509::oid::{Oid, oids};

use crate::args::TrustArg;
use crate::error::Failure;
use crate::shell::quote;
use crate::trust;

/// What a set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    System,
    Mozilla,
    Files,
    SerializedStore,
    TrustList,
    /// A list of what is refused.
    DisallowedList,
}

/// A set of roots.
pub(crate) struct Set {
    /// As it was given.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) members: Vec<Member>,
    /// How members without certificate are identified.
    pub(crate) identified: Option<Identified<'static>>,
    /// When a trust list was made, and until when it is the newest.
    pub(crate) updates: Option<(Time, Option<Time>)>,
    /// What could not be read, and what is to be known of the set.
    pub(crate) findings: Vec<Finding>,
}

/// A root, or what a list says about one.
pub(crate) struct Member {
    pub(crate) certificate: Option<Certificate>,
    /// The hash that stands for the certificate in a trust list.
    pub(crate) identifier: Option<Vec<u8>>,
    pub(crate) origin: String,
    pub(crate) properties: Properties,
}

/// An object identifier, as its content is encoded.
pub(crate) type Purpose = Vec<u8>;

/// What Microsoft's files say beside the certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Properties {
    pub(crate) friendly_name: Option<String>,
    pub(crate) sha256: Option<Vec<u8>>,
    /// What it may be used for; `None` where nothing restricts it.
    pub(crate) purposes: Option<Vec<Purpose>>,
    pub(crate) disallowed: Option<Restriction>,
    pub(crate) not_before: Option<Restriction>,
}

/// Since when, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Restriction {
    /// `None` is always.
    pub(crate) since: Option<Time>,
    /// Empty is for everything.
    pub(crate) purposes: Vec<Purpose>,
}

impl Restriction {
    /// Whether it keeps TLS servers from being trusted at this time.
    pub(crate) fn counts(&self, at: Time) -> bool {
        self.since.is_none_or(|since| since <= at)
            && (self.purposes.is_empty() || self.purposes.iter().any(is_server_auth))
    }
}

fn is_server_auth(purpose: &Purpose) -> bool {
    purpose.as_slice() == oids::SERVER_AUTH.as_bytes()
}

impl Properties {
    /// Whether the purposes leave TLS servers out.
    pub(crate) fn excludes_servers(&self) -> bool {
        self.purposes.as_ref().is_some_and(|purposes| !purposes.iter().any(is_server_auth))
    }

    fn new(properties: &microsoft::Properties<'_>) -> Self {
        let kept =
            |purposes: &[Oid<'_>]| purposes.iter().map(|purpose| purpose.as_bytes().to_vec()).collect::<Vec<Purpose>>();
        let restriction = |time: Option<microsoft::Restriction>, purposes: &[Oid<'_>]| {
            // Purposes without a time are restricted always.
            let since = match time {
                Some(time) => time.since,
                None if purposes.is_empty() => return None,
                None => None,
            };
            Some(Restriction { since, purposes: kept(purposes) })
        };
        Properties {
            friendly_name: properties.friendly_name.clone(),
            sha256: properties.sha256.map(<[u8]>::to_vec),
            purposes: properties.purposes.as_deref().map(kept),
            disallowed: restriction(properties.disallowed, &properties.disallowed_purposes),
            not_before: properties.not_before.and_then(|time| restriction(Some(time), &properties.not_before_purposes)),
        }
    }
}

/// Reads a set: `system`, `mozilla`, a file or a directory.
///
/// # Errors
///
/// When it cannot be read or has no certificate.
pub(crate) fn read(name: &str) -> Result<Set, Failure> {
    match name {
        "system" => Ok(of_trust(name, Kind::System, trust::gather(&[], Some(TrustArg::System))?)),
        "mozilla" => Ok(of_trust(name, Kind::Mozilla, trust::gather(&[], Some(TrustArg::Mozilla))?)),
        _ if name != "-" && Path::new(name).is_file() => file(name),
        _ => files(name),
    }
}

fn files(name: &str) -> Result<Set, Failure> {
    Ok(of_trust(name, Kind::Files, trust::gather(&[name.to_owned()], Some(TrustArg::None))?))
}

fn file(name: &str) -> Result<Set, Failure> {
    let octets = crate::read::octets(name)?;
    match sniff(&octets) {
        ObjectKind::TrustList => trust_list(name, &octets),
        ObjectKind::SerializedStore => serialized_store(name, &octets),
        _ if octets.starts_with(b"MSCF") => Err(Failure::unusable(format!("{name}: is a Windows cabinet archive"))
            .advice(format!(
                "take the trust list out of it with `cabextract {0}`, or on Windows with `expand {0} -F:*.stl .`",
                quote(name)
            ))),
        _ => files(name),
    }
}

fn of_trust(name: &str, kind: Kind, trust: trust::Trust) -> Set {
    let members = trust.anchors.iter().map(|anchor| Member {
        certificate: anchor.certificate().cloned(),
        identifier: None,
        origin: anchor.origin.to_string(),
        properties: Properties::default(),
    });
    Set {
        name: name.to_owned(),
        kind,
        members: members.collect(),
        identified: None,
        updates: None,
        findings: trust.findings,
    }
}

fn warning(message: String) -> Finding {
    Finding::new(Code::CertificateUnreadable, Severity::Warning, message)
}

/// Properties that could not be read.
fn problems<'a>(
    name: &'a str,
    problems: &'a [impl std::fmt::Display],
    omitted: usize,
) -> impl Iterator<Item = Finding> + 'a {
    let rest = (omitted > 0).then(|| warning(format!("{name}: {omitted} further problems are not listed")));
    problems.iter().map(move |problem| warning(format!("{name}: a property cannot be read: {problem}"))).chain(rest)
}

fn trust_list(name: &str, octets: &[u8]) -> Result<Set, Failure> {
    let list = trust_list::read(octets).map_err(|error| {
        Failure::unusable(format!("{name}: the trust list cannot be read: {error}"))
            .advice("copy or download the file again")
    })?;
    let kind = match list.meaning() {
        Meaning::Disallowed => Kind::DisallowedList,
        Meaning::Roots => Kind::TrustList,
        Meaning::Other => {
            let usages: Vec<String> = list.usages.iter().map(ToString::to_string).collect();
            return Err(Failure::unusable(format!(
                "{name}: is a trust list for {}, neither of roots nor of what is disallowed",
                if usages.is_empty() { "no purpose".to_owned() } else { usages.join(", ") }
            ))
            .advice("give authroot.stl or disallowedcert.stl"));
        }
    };
    let identified = match list.identified {
        Identified::Certificate(hash) => Identified::Certificate(hash),
        Identified::SignedPart => Identified::SignedPart,
        Identified::Unknown(oid) => {
            return Err(Failure::unusable(format!(
                "{name}: the entries of the trust list are identified by {oid}, which certlens does not know"
            ))
            .advice("give authroot.stl or disallowedcert.stl as Windows has them"));
        }
    };
    let findings = problems(name, &list.problems, list.problems_omitted).collect();
    Ok(Set {
        name: name.to_owned(),
        kind,
        members: entries(name, &list).collect(),
        identified: Some(identified),
        updates: Some((list.this_update, list.next_update)),
        findings,
    })
}

fn entries<'a>(name: &'a str, list: &'a TrustList<'_>) -> impl Iterator<Item = Member> + 'a {
    list.entries.iter().map(move |entry| Member {
        certificate: None,
        identifier: Some(entry.identifier.to_vec()),
        origin: format!("{name}, byte {}", entry.offset),
        properties: Properties::new(&entry.properties),
    })
}

fn serialized_store(name: &str, octets: &[u8]) -> Result<Set, Failure> {
    let unreadable = |error: &serialized_store::StoreError| {
        Failure::unusable(format!("{name}: the serialized store cannot be read: {error}"))
            .advice("copy or export the file again")
    };
    let store = serialized_store::read(octets).map_err(|error| unreadable(&error))?;
    let mut findings: Vec<Finding> = problems(name, &store.problems, store.problems_omitted).collect();
    let mut members = Vec::new();
    for element in &store.certificates {
        let origin = format!("{name}, byte {}", element.offset);
        match Certificate::from_der(element.raw) {
            Ok(certificate) => members.push(Member {
                certificate: Some(certificate),
                identifier: None,
                origin,
                properties: Properties::new(&element.properties),
            }),
            Err(error) => findings.push(warning(format!("{origin}: the certificate cannot be read: {error} of it"))),
        }
    }
    match store.broken {
        Some(error) if members.is_empty() => return Err(unreadable(&error)),
        Some(error) => findings.push(warning(format!("{name}: the rest of the store cannot be read: {error}"))),
        None if members.is_empty() => {
            return Err(Failure::unusable(format!("{name}: there is no certificate in the store that can be read")));
        }
        None => {}
    }
    Ok(Set { name: name.to_owned(), kind: Kind::SerializedStore, members, identified: None, updates: None, findings })
}

/// What people call a root: its common name, or where that says little the whole name.
pub(crate) fn common_name(certificate: &Certificate) -> String {
    let subject = certificate.subject();
    match subject.last_value(oids::COMMON_NAME) {
        Some(name) if name.contains(' ') && name.len() < 200 => name,
        _ => subject.brief(),
    }
}
