//! The facts of `certlens roots`.

use certlens_core::crypto::algorithm::HashAlgorithm;
use certlens_core::crypto::digest;
use certlens_core::encoding::hex;
use certlens_core::pool::Sourced;
use certlens_core::time::Time;
use certlens_core::x509::certificate::Version;
use certlens_core::x509::oid::Oid;
use certlens_core::x509::sources::issuer_urls;
use schemars::JsonSchema;
use serde::Serialize;

use super::OidFacts;
use super::certificate::thumbprint;
use super::finding::FindingFacts;
use crate::roots::{self, Kind, Likeness, Match, Member, Relation, Restriction, Set, Verdict};
use crate::target::is_ca;

/// The report of `certlens roots`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RootsReport {
    /// Always `certlens/roots/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// `list`, `show`, `has` or `diff`.
    pub(crate) command: &'static str,
    /// The sets that were looked at.
    pub(crate) sets: Vec<SetFacts>,
    /// With `list` and `show`: the roots, in the order of the sets.
    pub(crate) roots: Vec<MemberFacts>,
    /// With `has`: an answer for each root that was asked for.
    pub(crate) answers: Vec<AnswerFacts>,
    /// With `diff`: how many certificates both sets have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) same: Option<usize>,
    /// With `diff`: one set has hashes alone, so that certificates of the same key are not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by_hash: Option<bool>,
    /// With `diff`: what the sets do not have in common; where one is a list of what is
    /// disallowed, also what they have.
    pub(crate) differences: Vec<DifferenceFacts>,
    /// What could not be read, and what is to be known of the sets.
    pub(crate) findings: Vec<FindingFacts>,
}

/// A set of roots.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SetFacts {
    /// As it was given.
    pub(crate) name: String,
    /// What it is.
    pub(crate) kind: KindFacts,
    /// How many roots or entries it has.
    pub(crate) count: usize,
    /// When a trust list was made, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) this_update: Option<String>,
    /// Until when a trust list is the newest, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_update: Option<String>,
}

/// What a set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KindFacts {
    /// The operating system's trust store.
    System,
    /// The embedded Mozilla set.
    Mozilla,
    /// Files with certificates.
    Files,
    /// A serialized store of Windows.
    SerializedStore,
    /// A trust list of roots; its signature is not verified.
    TrustList,
    /// A trust list of what is disallowed; its signature is not verified.
    DisallowedList,
}

/// A root, or an entry of a trust list, which need not have a certificate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct MemberFacts {
    /// The set.
    pub(crate) set: String,
    /// Where in it.
    pub(crate) origin: String,
    /// The common name or the whole one, else the friendly name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    /// SHA-1 of the certificate, which Windows calls the thumbprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha1: Option<String>,
    /// SHA-256 of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
    /// SHA-256 of the SubjectPublicKeyInfo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spki_sha256: Option<String>,
    /// The key in words, as `RSA 2048`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// The first second of its validity, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_before: Option<String>,
    /// The last second of its validity, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_after: Option<String>,
    /// The hash by which a trust list has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identifier: Option<String>,
    /// The name that Microsoft gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) friendly_name: Option<String>,
    /// The purposes that Microsoft trusts it for; absent where it restricts none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) purposes: Option<Vec<OidFacts>>,
    /// It is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disallowed: Option<RestrictionFacts>,
    /// Certificates issued later are not trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_trusted_after: Option<RestrictionFacts>,
    /// Where its issuer publishes it, when certlens knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) download: Option<&'static str>,
}

/// Since when, and for what.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct RestrictionFacts {
    /// RFC 3339; absent is always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<String>,
    /// For these purposes; empty is for all.
    pub(crate) purposes: Vec<OidFacts>,
}

/// Whether a root is trusted.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AnswerFacts {
    /// The root as it was asked for.
    pub(crate) asked: String,
    /// What people call it.
    pub(crate) name: String,
    /// The answer.
    pub(crate) verdict: VerdictFacts,
    /// The certificate that is meant, where it is at hand or its digests are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wanted: Option<MemberFacts>,
    /// Whether that certificate is in the Mozilla set.
    pub(crate) in_mozilla: bool,
    /// Sets of roots that do not have it.
    pub(crate) missing_in: Vec<String>,
    /// Everything that is like it.
    pub(crate) found: Vec<FoundFacts>,
    /// Names that may have been meant.
    pub(crate) near: Vec<String>,
    /// The name of whoever issued it, where it is no root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuer: Option<String>,
    /// Where the certificate says that its issuer's is, where it is no root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuer_url: Option<String>,
    /// SHA-256 of Mozilla's root of the same name and key, where it is no root itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) root_of_it: Option<String>,
    /// Whether it says that it may issue certificates; null in version 1, which cannot say.
    #[serde(skip)]
    pub(crate) is_ca: Option<bool>,
    /// The certificate that was given, with where.
    #[serde(skip)]
    pub(crate) given: Option<Sourced>,
    /// The set that has whoever issued it, where it is no root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuer_in: Option<String>,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VerdictFacts {
    /// Every set of roots has it.
    Trusted,
    /// It has expired or is not valid yet, so that no path may end in it.
    OutOfDate,
    /// A set of roots does not have it.
    NotTrusted,
    /// No set has it, and it is no root: another key signed it.
    NoRoot,
    /// A list of what is disallowed has it, or a set has disabled it.
    Disallowed,
    /// There are no roots at all.
    EmptyStore,
}

/// Something that is like the root that was asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FoundFacts {
    /// How it is like it.
    pub(crate) likeness: LikenessFacts,
    /// Whether it is refused there.
    pub(crate) disallowed: bool,
    /// It is trusted, but not for TLS servers.
    pub(crate) not_for_servers: bool,
    /// It has expired or is not valid yet, so that no path may end in it.
    pub(crate) out_of_date: bool,
    /// What it is.
    pub(crate) root: MemberFacts,
}

/// How a root is like the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LikenessFacts {
    /// It is the same certificate.
    SameCertificate,
    /// It is another certificate of the same name and key, which is as good.
    SameKey,
    /// It has the name, and there is nothing to compare its key with.
    SameName,
    /// It has the name, but another key: it is not the root that was asked for.
    OtherKey,
    /// It has the key under another name, which is no help.
    OtherName,
}

/// A difference between two sets.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DifferenceFacts {
    /// What it is.
    pub(crate) relation: RelationFacts,
    /// In the first set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) left: Option<MemberFacts>,
    /// In the second set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) right: Option<MemberFacts>,
}

/// What a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RelationFacts {
    /// Both have a root of this name, with different keys.
    OtherKey,
    /// Both have this name and key, in different certificates.
    SameKey,
    /// Only the first set has it.
    OnlyLeft,
    /// Only the second set has it.
    OnlyRight,
    /// Both have it.
    Same,
}

impl RootsReport {
    pub(crate) const SCHEMA: &'static str = "certlens/roots/1";

    pub(crate) fn new(command: &'static str, sets: &[Set]) -> Self {
        RootsReport {
            schema: Self::SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            command,
            sets: sets.iter().map(SetFacts::new).collect(),
            roots: Vec::new(),
            answers: Vec::new(),
            same: None,
            by_hash: None,
            differences: Vec::new(),
            findings: FindingFacts::all(sets.iter().flat_map(|set| &set.findings)),
        }
    }
}

impl SetFacts {
    fn new(set: &Set) -> Self {
        SetFacts {
            name: set.name.clone(),
            kind: match set.kind {
                Kind::System => KindFacts::System,
                Kind::Mozilla => KindFacts::Mozilla,
                Kind::Files => KindFacts::Files,
                Kind::SerializedStore => KindFacts::SerializedStore,
                Kind::TrustList => KindFacts::TrustList,
                Kind::DisallowedList => KindFacts::DisallowedList,
            },
            count: set.members.len(),
            this_update: set.updates.map(|(this, _)| this.to_string()),
            next_update: set.updates.and_then(|(_, next)| next).map(|next| next.to_string()),
        }
    }
}

fn purposes(purposes: &[roots::Purpose]) -> Vec<OidFacts> {
    purposes.iter().map(|purpose| OidFacts::new(Oid::new(purpose))).collect()
}

impl MemberFacts {
    pub(crate) fn new(set: &str, member: &Member) -> Self {
        let certificate = member.certificate.as_ref();
        let properties = &member.properties;
        let restriction = |restriction: &Restriction| RestrictionFacts {
            since: restriction.since.map(|since| since.to_string()),
            purposes: purposes(&restriction.purposes),
        };
        let sha256 = properties.sha256.as_deref().map(hex::encode);
        MemberFacts {
            set: set.to_owned(),
            origin: member.origin.clone(),
            name: certificate.map(roots::common_name).or_else(|| properties.friendly_name.clone()),
            subject: certificate.map(|certificate| certificate.subject().brief()),
            sha1: certificate.map(|certificate| thumbprint(certificate.der())),
            sha256: certificate.map(|certificate| certificate.id().to_string()).or(sha256),
            spki_sha256: certificate
                .and_then(|certificate| digest(HashAlgorithm::Sha256, certificate.spki_raw()))
                .map(|digest| hex::encode(&digest)),
            key: certificate.and_then(|certificate| Some(certificate.spki().public_key().ok()?.describe())),
            not_before: certificate.map(|certificate| certificate.not_before().time.to_string()),
            not_after: certificate.map(|certificate| certificate.not_after().time.to_string()),
            identifier: member.identifier.as_deref().map(hex::encode),
            friendly_name: properties.friendly_name.clone(),
            purposes: properties.purposes.as_deref().map(purposes),
            disallowed: properties.disallowed.as_ref().map(restriction),
            not_trusted_after: properties.not_before.as_ref().map(restriction),
            download: certificate.and_then(roots::download),
        }
    }
}

impl MemberFacts {
    /// What is known of a root whose certificate is not at hand.
    fn known(root: &roots::KnownRoot) -> Self {
        MemberFacts {
            set: String::new(),
            origin: String::new(),
            name: Some(root.name.to_owned()),
            subject: None,
            sha1: Some(root.sha1.to_owned()),
            sha256: Some(root.sha256.to_owned()),
            spki_sha256: Some(root.spki_sha256.to_owned()),
            key: None,
            not_before: None,
            not_after: None,
            identifier: None,
            friendly_name: None,
            purposes: None,
            disallowed: None,
            not_trusted_after: None,
            download: Some(root.url),
        }
    }
}

impl AnswerFacts {
    pub(crate) fn new(asked: &roots::Asked, answer: &roots::Answer<'_>, at: Time) -> Self {
        let wanted = asked.reference.as_ref().map(|certificate| {
            let member = Member {
                certificate: Some(certificate.clone()),
                identifier: None,
                origin: asked.text.clone(),
                properties: roots::Properties::default(),
            };
            MemberFacts::new("", &member)
        });
        let wanted = wanted.or_else(|| asked.known.map(MemberFacts::known));
        let below = asked.reference.as_ref().filter(|_| answer.verdict == Verdict::NoRoot);
        AnswerFacts {
            asked: asked.text.clone(),
            name: asked.title(),
            verdict: match answer.verdict {
                Verdict::Trusted => VerdictFacts::Trusted,
                Verdict::OutOfDate => VerdictFacts::OutOfDate,
                Verdict::Missing => VerdictFacts::NotTrusted,
                Verdict::NoRoot => VerdictFacts::NoRoot,
                Verdict::Disallowed => VerdictFacts::Disallowed,
                Verdict::Empty => VerdictFacts::EmptyStore,
            },
            wanted,
            in_mozilla: asked.in_mozilla,
            missing_in: answer.missing.iter().map(|set| set.name.clone()).collect(),
            found: answer.matches.iter().map(|one| FoundFacts::new(one, at)).collect(),
            near: answer.near.clone(),
            issuer: below.map(|one| one.issuer().brief()),
            issuer_url: below.and_then(|one| {
                let mut urls = issuer_urls(one).into_iter();
                urls.find(|url| url.starts_with("http://") || url.starts_with("https://"))
            }),
            root_of_it: answer.root_of_it.map(|root| root.id().to_string()),
            is_ca: asked.reference.as_ref().filter(|one| one.version() == Version::V3).map(is_ca),
            given: asked
                .reference
                .clone()
                .zip(asked.origin.clone())
                .map(|(certificate, origin)| Sourced { certificate, origin }),
            issuer_in: answer.issuer_in.map(|set| set.name.clone()),
        }
    }
}

impl FoundFacts {
    fn new(one: &Match<'_>, at: Time) -> Self {
        FoundFacts {
            likeness: match one.likeness {
                Likeness::SameCertificate => LikenessFacts::SameCertificate,
                Likeness::SameKey => LikenessFacts::SameKey,
                Likeness::SameName => LikenessFacts::SameName,
                Likeness::OtherKey => LikenessFacts::OtherKey,
                Likeness::OtherName => LikenessFacts::OtherName,
            },
            disallowed: one.is_disallowed(at),
            out_of_date: one.is_out_of_date(at),
            not_for_servers: one.member.properties.excludes_servers(),
            root: MemberFacts::new(&one.set.name, one.member),
        }
    }
}

impl DifferenceFacts {
    pub(crate) fn new(difference: &roots::Difference<'_>, left: &Set, right: &Set) -> Self {
        DifferenceFacts {
            relation: match difference.relation {
                Relation::OtherKey => RelationFacts::OtherKey,
                Relation::SameKey => RelationFacts::SameKey,
                Relation::OnlyLeft => RelationFacts::OnlyLeft,
                Relation::OnlyRight => RelationFacts::OnlyRight,
                Relation::Same => RelationFacts::Same,
            },
            left: difference.left.map(|member| MemberFacts::new(&left.name, member)),
            right: difference.right.map(|member| MemberFacts::new(&right.name, member)),
        }
    }
}
