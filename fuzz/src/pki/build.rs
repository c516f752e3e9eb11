//! The certificates of a described PKI. Each is made once.

use std::cell::RefCell;
use std::collections::HashMap;

use certlens_core::x509::Certificate;
use certlens_testkit::{
    CertificateBuilder, Extension, GeneralName, Issuer, Key, KeyUsage, Name, attributes, der, purposes, time,
};

use super::{
    Alternative, Asserted, Base, Basic, Demand, Described, Identifier, KEYS, Mapped, Odd, Pki, Purposes, Usage,
    Validity,
};

/// How many certificates are remembered.
const REMEMBERED: usize = 50_000;

/// A certificate as built.
#[derive(Clone)]
pub struct Built {
    pub der: Vec<u8>,
    pub certificate: Certificate,
}

thread_local! {
    static BUILT: RefCell<HashMap<Described, Built>> = RefCell::default();
    static KEY_IDENTIFIERS: [Vec<u8>; KEYS] = std::array::from_fn(|number| key(number).key_identifier());
}

/// The certificates that are described.
pub fn build(pki: &Pki) -> Vec<Built> {
    // Not in between: what is described alike must come out alike, and ECDSA
    // signatures do not.
    BUILT.with_borrow_mut(|known| {
        if known.len() >= REMEMBERED {
            known.clear();
        }
    });
    pki.certificates.iter().map(build_one).collect()
}

fn build_one(described: &Described) -> Built {
    if let Some(built) = BUILT.with_borrow(|known| known.get(described).cloned()) {
        return built;
    }
    let der = issue(described);
    let certificate = Certificate::from_der(&der).expect("what the testkit writes can be read");
    let built = Built { der, certificate };
    BUILT.with_borrow_mut(|known| known.insert(described.clone(), built.clone()));
    built
}

/// The name with this number.
pub fn name(number: usize) -> Name {
    let utf8 = |organization: &str, common: &str| {
        Name::empty()
            .and(attributes::ORGANIZATION, der::utf8_string(organization))
            .and(attributes::COMMON_NAME, der::utf8_string(common))
    };
    match number {
        0 => utf8("Org", "One"),
        1 => utf8("Org", "Two"),
        2 => utf8("Org", "Three"),
        3 => utf8("Other", "Four"),
        4 => Name::empty()
            .and(attributes::ORGANIZATION, der::printable_string("ORG"))
            .and(attributes::COMMON_NAME, der::printable_string(" one")),
        _ => utf8("Other", "Five"),
    }
}

/// The key with this number.
pub fn key(number: usize) -> Key {
    if number == 4 { Key::p256(0) } else { Key::ed25519(number as u32) }
}

/// An encoded NameConstraints; `None` without any.
pub fn name_constraints(described: &Described) -> Option<Vec<u8>> {
    let subtrees = |number, bases: &[Base]| match bases {
        [] => Vec::new(),
        _ => der::implicit_constructed(number, &der::concat(bases.iter().map(|one| der::sequence([base(*one)])))),
    };
    if described.permitted.is_empty() && described.excluded.is_empty() {
        return None;
    }
    Some(der::sequence([subtrees(0, &described.permitted), subtrees(1, &described.excluded)]))
}

fn issue(described: &Described) -> Vec<u8> {
    let (subject, own_key) = (name(described.subject), key(described.key));
    let (from, to) = validity(described.validity);
    let mut builder = CertificateBuilder::bare(subject, own_key).without_key_identifiers().validity(from, to);
    for extension in extensions(described) {
        builder = builder.extension(extension);
    }
    if described.version_1 {
        builder = builder.version_1();
    }
    if described.broken_signature {
        builder = builder.corrupt_signature();
    }
    let signer = key(described.signed_by);
    builder.issued_by(Issuer { name: name(described.issuer), key: signer, key_identifier: Vec::new() })
}

fn validity(validity: Validity) -> (i64, i64) {
    match validity {
        Validity::Long => (time::CA_START, time::CA_END),
        Validity::Expired => (time::CA_START, time::START),
        Validity::Future => (time::END, time::CA_END),
        Validity::Year => (time::START, time::END),
        Validity::FirstSecond => (time::MIDDLE, time::END),
        Validity::LastSecond => (time::START, time::MIDDLE),
        Validity::Renewed => (time::START, time::CA_END + 1),
        Validity::SecondLate => (time::START, time::MIDDLE - 1),
    }
}

fn extensions(described: &Described) -> Vec<Extension> {
    let mut all = Vec::new();
    all.extend(match described.constraints {
        Basic::Sound | Basic::Absent => None,
        Basic::NoCa => Some(Extension::basic_constraints(false, None)),
        Basic::NoCaWithLength => Some(Extension::basic_constraints(false, Some(0))),
        Basic::Ca => Some(Extension::basic_constraints(true, None)),
        Basic::Ca0 => Some(Extension::basic_constraints(true, Some(0))),
        Basic::Ca1 => Some(Extension::basic_constraints(true, Some(1))),
        Basic::Ca0NotCritical => Some(Extension::basic_constraints(true, Some(0)).non_critical()),
    });
    let usage: &[KeyUsage] = match described.usage {
        Usage::Absent => &[],
        Usage::Signs => &[KeyUsage::KeyCertSign, KeyUsage::CrlSign],
        Usage::Serves => &[KeyUsage::DigitalSignature],
        Usage::Both => &[KeyUsage::DigitalSignature, KeyUsage::KeyCertSign],
        Usage::Enciphers => &[KeyUsage::KeyEncipherment],
        Usage::SignsLists => &[KeyUsage::CrlSign],
        Usage::Agrees => &[KeyUsage::KeyAgreement],
        Usage::EnciphersData => &[KeyUsage::DataEncipherment],
    };
    all.extend((!usage.is_empty()).then(|| Extension::key_usage(usage)));
    let listed: &[&str] = match described.purposes {
        Purposes::Absent => &[],
        Purposes::Server | Purposes::ServerCritical => &[purposes::SERVER_AUTH],
        Purposes::Client => &[purposes::CLIENT_AUTH],
        Purposes::ClientAndServer => &[purposes::CLIENT_AUTH, purposes::SERVER_AUTH],
        Purposes::Any => &[purposes::ANY],
        Purposes::Gated => &[purposes::NETSCAPE_SGC],
        Purposes::CodeCritical => &[purposes::CODE_SIGNING],
    };
    if !listed.is_empty() {
        let extension = Extension::extended_key_usage(listed.iter().copied());
        let critical = matches!(described.purposes, Purposes::CodeCritical | Purposes::ServerCritical);
        all.push(if critical { extension.critical() } else { extension });
    }
    if !described.alternatives.is_empty() {
        all.push(Extension::subject_alt_name(described.alternatives.iter().copied().map(alternative)));
    }
    all.extend(name_constraints(described).map(|value| Extension::new("2.5.29.30", true, value)));
    all.extend(identifier(described.subject_key, described.key).map(|(octets, critical)| {
        let extension = Extension::subject_key_identifier(&octets);
        if critical { extension.critical() } else { extension }
    }));
    all.extend(identifier(described.authority_key, described.signed_by).map(|(octets, critical)| {
        let extension = Extension::authority_key_identifier(&octets);
        if critical { extension.critical() } else { extension }
    }));
    all.extend(match described.odd {
        Odd::Nothing => None,
        Odd::Unknown => Some(Extension::new("1.2.3.4", false, der::null())),
        Odd::UnknownCritical => Some(Extension::new("1.2.3.4", true, der::null())),
        // Said where the policies are.
        Odd::PoliciesCritical => None,
    });
    all.extend(policies(described));
    all
}

/// Not critical, whatever RFC 5280 wants, so that who knows none of them goes on.
fn policies(described: &Described) -> Vec<Extension> {
    const P: &str = "1.2.3.1";
    const Q: &str = "1.2.3.2";
    const ANY: &str = "2.5.29.32.0";
    let mut all = Vec::new();
    let asserted: &[&str] = match described.asserts {
        Asserted::Absent => &[],
        Asserted::P => &[P],
        Asserted::Q => &[Q],
        Asserted::PAndQ => &[P, Q],
        Asserted::Any => &[ANY],
        Asserted::PAndAny => &[P, ANY],
        Asserted::QAndAny => &[ANY, Q],
        Asserted::All => &[Q, ANY, P],
    };
    if !asserted.is_empty() {
        let extension = Extension::certificate_policies(asserted.iter().copied());
        all.push(if described.odd == Odd::PoliciesCritical { extension.critical() } else { extension });
    }
    let mapped: &[(&str, &str)] = match described.maps {
        Mapped::Nothing => &[],
        Mapped::PToQ => &[(P, Q)],
        Mapped::QToP => &[(Q, P)],
        Mapped::Exchanged => &[(P, Q), (Q, P)],
    };
    if !mapped.is_empty() {
        all.push(Extension::policy_mappings(mapped.iter().copied()).non_critical());
    }
    all.extend(
        match described.demands {
            Demand::Nothing => None,
            Demand::Explicit0 => Some(Extension::policy_constraints(Some(0), None)),
            Demand::Explicit1 => Some(Extension::policy_constraints(Some(1), None)),
            Demand::NoMapping0 => Some(Extension::policy_constraints(None, Some(0))),
            Demand::NoMapping1 => Some(Extension::policy_constraints(None, Some(1))),
            Demand::NoAny0 => Some(Extension::inhibit_any_policy(0)),
            Demand::NoAny1 => Some(Extension::inhibit_any_policy(1)),
            Demand::Explicit0NoMapping0 => Some(Extension::policy_constraints(Some(0), Some(0))),
        }
        .map(Extension::non_critical),
    );
    all
}

fn identifier(identifier: Identifier, of: usize) -> Option<(Vec<u8>, bool)> {
    let right = || KEY_IDENTIFIERS.with(|all| all[of].clone());
    match identifier {
        Identifier::Absent => None,
        Identifier::Right => Some((right(), false)),
        Identifier::RightCritical => Some((right(), true)),
        Identifier::Wrong => Some((vec![7; 20], false)),
    }
}

fn alternative(alternative: Alternative) -> GeneralName {
    match alternative {
        Alternative::Www => GeneralName::dns("www.example.com"),
        Alternative::Wildcard => GeneralName::dns("*.example.com"),
        Alternative::Domain => GeneralName::dns("Example.com"),
        Alternative::Other => GeneralName::dns("other.test"),
        Alternative::Address => GeneralName::ip("192.0.2.7"),
        Alternative::OtherAddress => GeneralName::ip("198.51.100.7"),
        Alternative::Mailbox => GeneralName::email("a@example.com"),
        Alternative::Malformed => GeneralName::dns("-bad.example.com"),
    }
}

fn base(base: Base) -> GeneralName {
    let organization = Name::empty().and(attributes::ORGANIZATION, der::utf8_string("Org"));
    match base {
        Base::Domain => GeneralName::dns("example.com"),
        Base::BelowDomain => GeneralName::dns(".example.com"),
        Base::Www => GeneralName::dns("www.example.com"),
        Base::Network => GeneralName::ip_octets(&[192, 0, 2, 0, 255, 255, 255, 0]),
        Base::Organization => GeneralName::directory(&organization),
        Base::Two => GeneralName::directory(&organization.and(attributes::COMMON_NAME, der::utf8_string("two"))),
        Base::MailDomain => GeneralName::email("example.com"),
        Base::Malformed => GeneralName::ip_octets(&[192, 0, 2, 0, 255, 0, 255, 0]),
    }
}
