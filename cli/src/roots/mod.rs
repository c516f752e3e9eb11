//! Sets of roots: what is in them, whether a certain root is, how they differ.

mod ask;
mod compare;
mod install;
mod known;
mod set;
mod wanted;

pub(crate) use ask::{Answer, Asked, Likeness, Match, Verdict, answer, asked, matching};
pub(crate) use compare::{Difference, Relation, compare};
pub(crate) use install::{Installation, replaced_by};
pub(crate) use known::KnownRoot;
pub(crate) use set::{Kind, Member, Properties, Purpose, Restriction, Set, common_name, read};

/// Where the issuer of a certificate publishes it, when that is known.
pub(crate) fn download(certificate: &certlens_core::x509::Certificate) -> Option<&'static str> {
    known::by_thumbprint(&certificate.id().to_string()).map(|root| root.url)
}

/// How a root in this file is installed on this system under this name.
pub(crate) fn installation(file: &str, name: &str) -> Installation {
    install::here().installation(file, name)
}
