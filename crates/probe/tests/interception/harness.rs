//! Captures made of certificates that the testkit builds.

use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_core::x509::name::Name as ReadName;
use certlens_probe::interception::observation::{Anchor, KeyProof, Looked};
use certlens_probe::interception::{
    Assessment, Observation, Outcome, Question, Reached, Reference, TrustFacts, Verdict, Way, assess,
};
use certlens_probe::{Failure, Stage};
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, Name, attributes, der, time};

pub(crate) const HOST: &str = "www.example.com";
pub(crate) const INTERNAL: &str = "files.corp.internal";
pub(crate) const NOW: Time = Time::from_unix(time::MIDDLE);

/// A name of these attributes: `CN`, `O`, `OU`, `E`, others are left out.
pub(crate) fn dn(parts: &[(&str, &str)]) -> Name {
    parts.iter().fold(Name::empty(), |name, (attribute, value)| match *attribute {
        "CN" => name.and(attributes::COMMON_NAME, der::utf8_string(value)),
        "O" => name.and(attributes::ORGANIZATION, der::utf8_string(value)),
        "OU" => name.and(attributes::ORGANIZATIONAL_UNIT, der::utf8_string(value)),
        "E" => name.and(attributes::EMAIL_ADDRESS, der::ia5_string(value)),
        other => panic!("{other} is no attribute of these tests"),
    })
}

pub(crate) fn with_name<T>(parts: &[(&str, &str)], then: impl FnOnce(&ReadName<'_>) -> T) -> T {
    let certificate = read(&CertificateBuilder::new(dn(parts), Key::p256(0)).self_signed());
    then(&certificate.subject())
}

pub(crate) fn read(der: &[u8]) -> Certificate {
    Certificate::from_der(der).expect("a certificate")
}

/// A root CA of this name.
pub(crate) fn root(parts: &[(&str, &str)], key: u32) -> Ca {
    Ca::self_signed(CertificateBuilder::ca(dn(parts), Key::p256(key)))
}

pub(crate) fn private_root() -> Ca {
    root(&[("CN", "Contoso Root CA"), ("O", "Contoso")], 50)
}

pub(crate) fn mitmproxy() -> Ca {
    root(&[("CN", "mitmproxy"), ("O", "mitmproxy")], 51)
}

/// A certificate as proxies make it: for the host, and nothing else.
pub(crate) fn plain(host: &str, key: Key) -> CertificateBuilder {
    CertificateBuilder::new(Name::cn(host), key)
        .extension(Extension::subject_alt_name([GeneralName::dns(host)]))
        .validity(time::MIDDLE - 30 * 86_400, time::MIDDLE + 30 * 86_400)
}

/// A certificate as public CAs make it.
pub(crate) fn logged(host: &str, key: Key) -> CertificateBuilder {
    plain(host, key)
        .extension(Extension::scts(&[1_700_000_000_000, 1_700_000_000_001]))
        .extension(Extension::authority_info_access(&["http://ca.test/ca.cer"], &["http://ca.test/ocsp"]))
}

/// What a chain was found to be.
pub(crate) fn reached(chain: &[&[u8]], anchor: Option<&Ca>, in_mozilla: bool) -> Reached {
    Reached {
        chain: chain.iter().map(|der| read(der)).collect(),
        possession: KeyProof::Proven,
        tls_scts: Looked::NotLookedFor,
        staple_scts: Looked::Absent,
        trust: TrustFacts {
            trusted_here: anchor.is_some(),
            anchor: anchor.map(|anchor| Anchor::Certificate(read(anchor.der()))),
            anchor_in_mozilla: in_mozilla,
            for_host: true,
            beside: Vec::new(),
            anchors_given: false,
            why_not: None,
        },
        proxy_headers: Vec::new(),
    }
}

/// Under a public root, with its issuing CA.
pub(crate) fn public(host: &str, key: u32) -> Reached {
    let root = Ca::anchor("Public Root CA", Key::p256(1));
    let issuing = Ca::intermediate("Public Issuing CA", Key::p256(2), &root);
    reached(&[&logged(host, Key::p256(key)).issued_by(&issuing), issuing.der()], Some(&root), true)
}

/// As [`public`], with a certificate for another name, as a block page has it.
pub(crate) fn block_page() -> Reached {
    let mut seen = public("blocked.example.net", 90);
    seen.trust.for_host = false;
    seen.trust.trusted_here = false;
    seen
}

/// The same from somebody who does not prove to have the key.
pub(crate) fn unproven(mut seen: Reached) -> Reached {
    seen.possession = KeyProof::Unproven("the handshake ended early".to_owned());
    seen
}

/// The same from somebody who signs with another key.
pub(crate) fn disproven(mut seen: Reached) -> Reached {
    seen.possession = KeyProof::Disproven("the signature is wrong".to_owned());
    seen
}

/// Under this CA alone, which is sent, and is an anchor here or not.
pub(crate) fn private(host: &str, key: u32, ca: &Ca, is_anchor: bool) -> Reached {
    let leaf = plain(host, Key::p256(key)).issued_by(ca);
    reached(&[&leaf, ca.der()], is_anchor.then_some(ca), false)
}

pub(crate) fn direct(reached: Reached) -> Observation {
    Observation { way: Way::Direct, outcome: Outcome::Reached(Box::new(reached)) }
}

pub(crate) fn proxied(reached: Reached) -> Observation {
    Observation { way: proxy(), outcome: Outcome::Reached(Box::new(reached)) }
}

pub(crate) fn blocked(way: Way) -> Observation {
    let failure = Failure::new(Stage::Connect, "connection-timed-out", "no answer within 10 s", "Ask for access.");
    Observation { way, outcome: Outcome::from(&failure) }
}

pub(crate) fn proxy() -> Way {
    Way::Proxy("proxy.test:3128".to_owned())
}

/// A reference host with one observation.
pub(crate) fn reference(host: &str, observation: Observation) -> Reference {
    Reference { host: host.to_owned(), observations: vec![observation] }
}

pub(crate) fn ask(host: &str, observations: &[Observation]) -> Assessment {
    ask_with(host, observations, &[], &[])
}

pub(crate) fn ask_with(
    host: &str,
    observations: &[Observation],
    references: &[Reference],
    pins: &[[u8; 32]],
) -> Assessment {
    assess(&Question { host, observations, references, pins, now: NOW })
}

/// The verdict over all in short: its word, and what says more.
pub(crate) fn short(assessment: &Assessment) -> String {
    let more = match &assessment.verdict {
        Verdict::NotReplaced { why } => why.word().to_owned(),
        Verdict::CannotTell { why } => why.word().to_owned(),
        replaced => replaced.product().map_or("-", |found| found.product.name).to_owned(),
    };
    let too = if assessment.direct_too { ", direct too" } else { "" };
    format!("{}: {more}{too}", assessment.verdict.word())
}

/// The words of a way's evidence, as `+no-scts` for what speaks for a replacement.
pub(crate) fn evidence(assessment: &Assessment, way: &Way) -> Vec<String> {
    use certlens_probe::interception::signals::Bearing;
    let judgement =
        assessment.judgements.iter().find(|judgement| judgement.way == *way).expect("a judgement of the way");
    let sign = |bearing| if bearing == Bearing::For { '+' } else { '-' };
    judgement.evidence.iter().map(|one| format!("{}{}", sign(one.bearing), one.signal.word())).collect()
}
