use super::*;
use crate::judgement::Outcome;
use crate::provider::{Importer, KeyFacts, KeyKind, NamedProvider, UsageAttribute, predict};

const STRONG: &str = "Microsoft Strong Cryptographic Provider";

fn csp(spec: Option<KeySpec>) -> Held {
    Held::Csp { provider: STRONG.to_owned(), provider_type: ProviderType::RSA_FULL, spec }
}

fn cng(usage: Option<CngUsage>) -> Held {
    Held::Cng { provider: Some("Microsoft Software Key Storage Provider".to_owned()), usage }
}

const SIGN_ALONE: CngUsage = CngUsage::Some { decrypt: false, sign: true, agree: false };

fn critical(bits: &[KeyUsageBit]) -> CertificateUsage {
    CertificateUsage::Bits { bits: UsageBits::of(bits), critical: true }
}

/// One letter for each way: pass, fail, cannot know.
fn letters(usage: CertificateUsage, held: &Held) -> String {
    tls(usage, &KeyKind::Rsa { bits: 2048 }, held).iter().map(|one| letter(one.judgement.outcome)).collect()
}

fn letter(outcome: Outcome) -> char {
    match outcome {
        Outcome::Pass => 'p',
        Outcome::Fail => 'f',
        Outcome::CannotKnow => '?',
    }
}

#[test]
fn ways_of_tls_by_usage_and_key_spec() {
    use KeyUsageBit::{DigitalSignature as Ds, KeyAgreement as Ka, KeyEncipherment as Ke};
    let exchange = csp(Some(KeySpec::Exchange));
    for (usage, held, expected) in [
        (critical(&[Ds, Ke]), &exchange, "ppp"),
        (critical(&[Ds]), &exchange, "fpp"),
        (critical(&[Ke]), &exchange, "pff"),
        (critical(&[Ka]), &exchange, "fff"),
        (CertificateUsage::Absent, &exchange, "ppp"),
        (CertificateUsage::Unreadable, &exchange, "???"),
        (critical(&[Ds, Ke]), &csp(Some(KeySpec::Signature)), "fff"),
        (critical(&[Ds, Ke]), &csp(None), "?pp"),
        (critical(&[Ds, Ke]), &cng(Some(CngUsage::All)), "ppp"),
        (critical(&[Ds, Ke]), &cng(Some(SIGN_ALONE)), "fpp"),
        (critical(&[Ds, Ke]), &cng(None), "???"),
        (critical(&[Ds, Ke]), &Held::Unknown("why".into()), "???"),
        (critical(&[Ds, Ke]), &Held::Nowhere("why".into()), "fff"),
    ] {
        assert_eq!(letters(usage, held), expected, "{usage:?} {held:?}");
    }
    let ways = |kind| tls(CertificateUsage::Absent, &kind, &exchange).len();
    assert_eq!([ways(KeyKind::Ec { curve: "P-256".into() }), ways(KeyKind::MlDsa), ways(KeyKind::Dh)], [2, 1, 0]);
}

#[test]
fn a_certificate_may_promise_what_its_key_may_not_do() {
    use KeyUsageBit::{DigitalSignature as Ds, KeyAgreement as Ka, KeyEncipherment as Ke};
    let decrypt_alone = CngUsage::Some { decrypt: true, sign: false, agree: false };
    for (usage, held, expected) in [
        (critical(&[Ds, Ke]), csp(Some(KeySpec::Exchange)), 'p'),
        (critical(&[Ds, Ke]), csp(Some(KeySpec::Signature)), 'f'),
        (critical(&[Ds]), csp(Some(KeySpec::Signature)), 'p'),
        (critical(&[Ds, Ke]), cng(Some(SIGN_ALONE)), 'f'),
        (critical(&[Ds]), cng(Some(decrypt_alone)), 'f'),
        (critical(&[Ka]), cng(Some(SIGN_ALONE)), 'p'),
        (critical(&[Ke]), csp(None), '?'),
        (critical(&[Ke]), Held::Unknown("why".into()), '?'),
        (critical(&[Ke]), Held::Nowhere("why".into()), 'f'),
        (CertificateUsage::Absent, csp(Some(KeySpec::Signature)), 'p'),
        (CertificateUsage::Unreadable, csp(Some(KeySpec::Exchange)), '?'),
    ] {
        assert_eq!(letter(agreement(usage, &held).outcome), expected, "{usage:?} {held:?}");
    }
}

#[test]
fn both_rules_of_wcf() {
    use KeyUsageBit::{CrlSign, DataEncipherment, DigitalSignature, KeyAgreement, KeyCertSign, KeyEncipherment};
    let not_critical = CertificateUsage::Bits { bits: UsageBits::of(&[CrlSign]), critical: false };
    for (usage, expected) in [
        (CertificateUsage::Absent, 'p'),
        (CertificateUsage::Unreadable, '?'),
        (not_critical, 'p'),
        (critical(&[CrlSign, KeyCertSign]), 'f'),
        (critical(&[]), 'f'),
        (critical(&[KeyAgreement]), 'p'),
        (critical(&[KeyEncipherment]), 'p'),
        (critical(&[DigitalSignature]), 'p'),
        (critical(&[DataEncipherment, CrlSign]), 'p'),
    ] {
        assert_eq!(letter(wcf(usage, &csp(None)).newer.outcome), expected, "{usage:?}");
    }
    for (held, expected, reason) in [
        (csp(Some(KeySpec::Exchange)), 'p', "AT_KEYEXCHANGE"),
        (csp(Some(KeySpec::Signature)), 'f', "the key is AT_SIGNATURE (inner exception: none)"),
        (csp(None), '?', "give the password"),
        (cng(Some(CngUsage::All)), 'f', "inner exception: Invalid provider type specified"),
        (Held::Nowhere("no key is imported".into()), 'f', "inner exception: Keyset does not exist"),
        (Held::Unknown("why".into()), '?', "why"),
    ] {
        let older = wcf(CertificateUsage::Absent, &held).older;
        assert_eq!(letter(older.outcome), expected, "{held:?}");
        assert!(older.reason.contains(reason), "{}", older.reason);
    }
}

#[test]
fn where_importers_put_a_key() {
    let usage = UsageAttribute::Bits(UsageBits::of(&[KeyUsageBit::DigitalSignature]));
    let facts = |provider: &str, algorithm| KeyFacts {
        provider: NamedProvider::Name(provider.to_owned()),
        machine_keyset: false,
        usage,
        algorithm,
    };
    let held = |facts: &KeyFacts, importer| Held::after(&predict(facts, &importer));
    let rsa = || KeyKind::Rsa { bits: 2048 };
    assert_eq!(held(&facts(STRONG, rsa()), Importer::Wizard), csp(Some(KeySpec::Signature)));
    let ksp = facts("Microsoft Software Key Storage Provider", rsa());
    assert_eq!(held(&ksp, Importer::Wizard), cng(Some(SIGN_ALONE)));
    let in_memory = held(&ksp, Importer::DotNetFramework { ephemeral: true });
    assert_eq!(in_memory, Held::Cng { provider: None, usage: Some(SIGN_ALONE) });
    assert!(matches!(held(&facts("Acme", rsa()), Importer::Wizard), Held::Unknown(_)));
    assert!(matches!(held(&facts(STRONG, KeyKind::Ed25519), Importer::Wizard), Held::Nowhere(_)));
}

#[test]
fn usage_of_a_certificate() {
    use certlens_testkit::{CertificateBuilder, Extension, Key, KeyUsage, Name};
    let build = || CertificateBuilder::new(Name::cn("a"), Key::p256(0)).without("2.5.29.15");
    let of =
        |builder: CertificateBuilder| CertificateUsage::of(&Certificate::from_der(&builder.self_signed()).unwrap());
    assert_eq!(of(build()), CertificateUsage::Absent);
    let usage = Extension::key_usage(&[KeyUsage::DigitalSignature]);
    assert_eq!(of(build().extension(usage.clone().critical())), critical(&[KeyUsageBit::DigitalSignature]));
    let bits = UsageBits::of(&[KeyUsageBit::DigitalSignature]);
    assert_eq!(of(build().extension(usage.clone().non_critical())), CertificateUsage::Bits { bits, critical: false });
    assert_eq!(of(build().extension(usage.with_value(vec![5, 0]))), CertificateUsage::Unreadable);
}
