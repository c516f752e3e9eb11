//! What a verification demands: plain data, nothing implied.

use std::collections::BTreeSet;
use std::fmt;

use crate::anchors::AnchorUse;
use crate::crypto::acceptance::{AlgorithmPolicy, AlgorithmProfile, WeakKinds};
use crate::finding::{Code, Severity};
use crate::identity::ReferenceName;
use crate::x509::ocsp::CertIdHash;
use crate::x509::oid::{self, Oid, oids};

/// A named set of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// RFC 5280 and the documents around it.
    Rfc5280,
    /// In addition the CA/Browser Forum's rules for TLS servers.
    Web,
}

impl Profile {
    /// The name used on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Profile::Rfc5280 => "rfc5280",
            Profile::Web => "web",
        }
    }
}

/// What the certificate is to be used for (RFC 5280 §4.2.1.12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Anything: no purpose is checked.
    Any,
    /// The purpose with this object identifier (content octets).
    Key(Vec<u8>),
}

impl Purpose {
    /// TLS server authentication.
    pub fn server_auth() -> Purpose {
        Purpose::Key(oids::SERVER_AUTH.as_bytes().to_vec())
    }

    /// Names of the command line and the purposes they mean; RFC 5280's own
    /// names (`serverAuth`, `anyExtendedKeyUsage`) and dotted identifiers are
    /// taken as well.
    pub const NAMES: [(&'static str, Oid<'static>); 7] = [
        ("any", oids::ANY_EXTENDED_KEY_USAGE),
        ("server-auth", oids::SERVER_AUTH),
        ("client-auth", oids::CLIENT_AUTH),
        ("code-signing", oids::CODE_SIGNING),
        ("email-protection", oids::EMAIL_PROTECTION),
        ("time-stamping", oids::TIME_STAMPING),
        ("ocsp-signing", oids::OCSP_SIGNING),
    ];

    /// Reads a purpose; `None` when the text is neither a known name nor a
    /// dotted object identifier.
    pub fn parse(text: &str) -> Option<Purpose> {
        let named = Self::NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, oid)| *oid);
        let content = match named.or_else(|| Oid::by_name(text)) {
            Some(oid) => oid.as_bytes().to_vec(),
            None => oid::encode_dotted(text)?,
        };
        Some(if content == oids::ANY_EXTENDED_KEY_USAGE.as_bytes() { Purpose::Any } else { Purpose::Key(content) })
    }

    /// The object identifier, `None` for any purpose.
    pub fn oid(&self) -> Option<Oid<'_>> {
        match self {
            Purpose::Any => None,
            Purpose::Key(content) => Some(Oid::new(content)),
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.oid() {
            None => f.write_str("any"),
            Some(oid) => match Self::NAMES.iter().find(|(_, known)| *known == oid) {
                Some((name, _)) => f.write_str(name),
                None => f.write_str(&oid.name_or_dotted()),
            },
        }
    }
}

/// The certificate policies of which the user accepts any one
/// (`user-initial-policy-set`, RFC 5280 §6.1.1 (c)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InitialPolicies {
    /// Any policy is acceptable (the special value anyPolicy).
    #[default]
    Any,
    /// Only these, as content octets of their object identifiers.
    Only(BTreeSet<Vec<u8>>),
}

impl InitialPolicies {
    /// These policies; with anyPolicy among them, or without any, every policy.
    pub fn of<'a>(policies: impl IntoIterator<Item = Oid<'a>>) -> InitialPolicies {
        let only: BTreeSet<Vec<u8>> = policies.into_iter().map(|policy| policy.as_bytes().to_vec()).collect();
        if only.is_empty() || only.contains(oids::ANY_POLICY.as_bytes()) {
            return InitialPolicies::Any;
        }
        InitialPolicies::Only(only)
    }

    /// Whether this policy is acceptable to the user.
    pub fn accepts(&self, policy: Oid<'_>) -> bool {
        match self {
            InitialPolicies::Any => true,
            InitialPolicies::Only(only) => only.contains(policy.as_bytes()),
        }
    }
}

/// What a verification demands.
#[derive(Clone, Debug)]
pub struct ValidationPolicy {
    /// The rules.
    pub profile: Profile,
    /// Weak algorithms that are accepted with a warning.
    pub allow_weak: WeakKinds,
    /// Purposes, each of which must be allowed.
    pub purposes: Vec<Purpose>,
    /// The name that the target must have; `None` when no name is checked.
    pub name: Option<ReferenceName>,
    /// The most intermediates that are not self-issued; the target and the trust
    /// anchor are not counted. `None` leaves it to the certificates
    /// (`max_path_length`, RFC 5280 §6.1.2 (k)).
    pub max_path_length: Option<u32>,
    /// Certificate policies that are acceptable (RFC 5280 §6.1.1 (c)).
    pub initial_policies: InitialPolicies,
    /// Whether the path must be valid for one of them
    /// (`initial-explicit-policy`, RFC 5280 §6.1.1 (f)).
    pub require_explicit_policy: bool,
    /// Whether policies may not be mapped
    /// (`initial-policy-mapping-inhibit`, RFC 5280 §6.1.1 (e)).
    pub inhibit_policy_mapping: bool,
    /// Whether anyPolicy in a certificate counts for nothing
    /// (`initial-any-policy-inhibit`, RFC 5280 §6.1.1 (g)).
    pub inhibit_any_policy: bool,
    /// What is taken from trust anchors that were given as certificates.
    pub anchor_use: AnchorUse,
    /// Whether certificates may be revoked.
    pub revocation: RevocationPolicy,
}

/// How much must be known about revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationMode {
    /// Nothing: it is not looked at.
    None,
    /// A revoked certificate is refused, one of unknown status accepted with a
    /// warning.
    BestEffort,
    /// Every certificate in scope is shown not to be revoked.
    Require,
}

/// Which certificates of a path are looked at; a trust anchor never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationScope {
    /// The target.
    EndEntity,
    /// The target and all intermediates.
    Chain,
}

/// Which kind of source is asked for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreferredSource {
    /// OCSP, and CRLs where it gives no answer.
    Ocsp,
    /// CRLs, and OCSP where they give no answer.
    Crl,
}

/// By how many seconds clocks may differ when the times of a CRL or response are
/// compared with the verification time: what Kerberos and Windows allow.
pub const CLOCK_TOLERANCE: i64 = 300;

/// What is demanded about revocation (RFC 5280 §6.3, RFC 6960).
///
/// One source is enough for a certificate, if it is fresh, issued by whoever may
/// issue it, and covers all reasons; CRLs may cover them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevocationPolicy {
    /// How much must be known.
    pub mode: RevocationMode,
    /// About which certificates.
    pub scope: RevocationScope,
    /// Which source is asked for first.
    pub prefer: PreferredSource,
    /// Whether the target came from a TLS handshake, in which a server could have
    /// stapled a response (RFC 7633 §4.2.3).
    pub staple_possible: bool,
    /// By which hash OCSP responders are asked; not all know another than SHA-1
    /// (RFC 5019 §2.1.1).
    pub cert_id_hash: CertIdHash,
}

impl RevocationPolicy {
    /// Revocation is not looked at.
    pub const NONE: RevocationPolicy = RevocationPolicy {
        mode: RevocationMode::None,
        scope: RevocationScope::Chain,
        prefer: PreferredSource::Ocsp,
        staple_possible: false,
        cert_id_hash: CertIdHash::Sha1,
    };
}

impl ValidationPolicy {
    /// The rules of a profile with no weak algorithm allowed, no purpose, no
    /// name, the inputs of RFC 5280 §6.1.1 (c), (e) to (g) that accept most, and
    /// no look at revocation.
    pub fn new(profile: Profile) -> Self {
        ValidationPolicy {
            profile,
            allow_weak: WeakKinds::default(),
            purposes: Vec::new(),
            name: None,
            max_path_length: None,
            initial_policies: InitialPolicies::Any,
            require_explicit_policy: false,
            inhibit_policy_mapping: false,
            inhibit_any_policy: false,
            anchor_use: AnchorUse::Constrained,
            revocation: RevocationPolicy::NONE,
        }
    }

    /// How much a code matters under this policy.
    pub fn severity(&self, code: Code) -> Severity {
        match self.profile {
            Profile::Rfc5280 => code.entry().rfc5280,
            Profile::Web => code.entry().web,
        }
    }

    /// The algorithm table in force.
    pub fn algorithms(&self) -> AlgorithmPolicy {
        let profile = match self.profile {
            Profile::Rfc5280 => AlgorithmProfile::Rfc5280,
            Profile::Web => AlgorithmProfile::Web,
        };
        AlgorithmPolicy { profile, allow_weak: self.allow_weak }
    }
}
