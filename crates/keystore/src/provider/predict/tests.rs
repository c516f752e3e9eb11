use super::*;
use crate::provider::facts::{NamedProvider, UsageBits};
use crate::provider::importer::CertutilExport;
use crate::provider::kind::KeyKind;
use crate::provider::names::{BASE, BASE_DSS_DH, ENHANCED, ENHANCED_AES, SENTINEL};

const STRONG: &str = "Microsoft Strong Cryptographic Provider";

fn key(provider: NamedProvider, usage: UsageAttribute, algorithm: KeyKind) -> KeyFacts {
    KeyFacts { provider, machine_keyset: false, usage, algorithm }
}

fn rsa(provider: NamedProvider) -> KeyFacts {
    key(provider, UsageAttribute::Absent, KeyKind::Rsa { bits: 2048 })
}

fn ec(provider: NamedProvider) -> KeyFacts {
    key(provider, UsageAttribute::Absent, KeyKind::Ec { curve: "P-256".into() })
}

fn name(name: &str) -> NamedProvider {
    NamedProvider::Name(name.to_owned())
}

/// `csp NAME`, `ksp NAME`, or a word.
fn short(landing: &Landing) -> String {
    match landing {
        Landing::Csp { name, provider_type } => format!("csp {} {name}", provider_type.0),
        Landing::Ksp { name } => format!("ksp {name}"),
        Landing::Ephemeral => "ephemeral".into(),
        Landing::NoKey => "no key".into(),
        Landing::Fails { .. } => "fails".into(),
        Landing::Unknown { .. } => "unknown".into(),
    }
}

#[test]
fn landing_by_content_and_flags() {
    let (none, prefer, always) = (ImportFlags::NONE, ImportFlags::PREFER_CNG, ImportFlags::ALWAYS_CNG);
    let software = format!("ksp {SOFTWARE_KSP}");
    let dsa = || key(NamedProvider::Absent, UsageAttribute::Absent, KeyKind::Dsa);
    for (facts, flags, expected, confidence) in [
        (rsa(name(STRONG)), none, format!("csp 1 {STRONG}"), Confidence::Documented),
        (rsa(name(STRONG)), prefer, format!("csp 1 {STRONG}"), Confidence::Documented),
        (rsa(name(ENHANCED_AES)), prefer, format!("csp 24 {ENHANCED_AES}"), Confidence::Documented),
        (rsa(name(BASE)), none, format!("csp 1 {BASE}"), Confidence::Documented),
        (rsa(name(BASE)), prefer, software.clone(), Confidence::Observed),
        (rsa(name(SOFTWARE_KSP)), none, software.clone(), Confidence::Documented),
        (rsa(name(SOFTWARE_KSP)), prefer, software.clone(), Confidence::Documented),
        (rsa(name(STRONG)), always, software.clone(), Confidence::Documented),
        (rsa(NamedProvider::Absent), always, software.clone(), Confidence::Documented),
        (rsa(NamedProvider::Absent), prefer, software.clone(), Confidence::Documented),
        (rsa(NamedProvider::Absent), none, format!("csp 1 {ENHANCED}"), Confidence::Observed),
        (
            rsa(name("SafeNet Key Storage Provider")),
            always,
            "ksp SafeNet Key Storage Provider".into(),
            Confidence::Medium,
        ),
        (rsa(name(SOFTWARE_KSP)), always, software.clone(), Confidence::Documented),
        (rsa(name("Acme Key Storage Provider")), none, "ksp Acme Key Storage Provider".into(), Confidence::Medium),
        (
            rsa(name("eToken Base Cryptographic Provider")),
            none,
            "csp 1 eToken Base Cryptographic Provider".into(),
            Confidence::Low,
        ),
        (dsa(), none, format!("csp 13 {BASE_DSS_DH}"), Confidence::Documented),
        (ec(NamedProvider::Absent), none, software.clone(), Confidence::Medium),
        (ec(NamedProvider::Absent), prefer, software.clone(), Confidence::Medium),
        (ec(name(SOFTWARE_KSP)), none, software.clone(), Confidence::Documented),
        (ec(name(ENHANCED_AES)), none, "unknown".into(), Confidence::Medium),
        (rsa(name("No such provider")), none, "unknown".into(), Confidence::Low),
        (rsa(name(SENTINEL)), none, "unknown".into(), Confidence::Documented),
        (rsa(name(SENTINEL)), prefer, "unknown".into(), Confidence::Documented),
        (rsa(name(BASE_DSS_DH)), none, "unknown".into(), Confidence::Medium),
        (rsa(NamedProvider::Empty), none, format!("csp 1 {ENHANCED}"), Confidence::Medium),
        (rsa(NamedProvider::Empty), prefer, software.clone(), Confidence::Medium),
        (rsa(NamedProvider::Unreadable), none, "unknown".into(), Confidence::Low),
        (rsa(name(STRONG)), ImportFlags::NO_PERSIST, "ephemeral".into(), Confidence::Observed),
        (rsa(name(STRONG)), ImportFlags::ONLY_CERTIFICATES, "no key".into(), Confidence::Documented),
        (key(name(SOFTWARE_KSP), UsageAttribute::Absent, KeyKind::Ed25519), none, "fails".into(), Confidence::Medium),
        (key(NamedProvider::Absent, UsageAttribute::Absent, KeyKind::Ed448), none, "fails".into(), Confidence::Medium),
        (key(NamedProvider::Absent, UsageAttribute::Absent, KeyKind::MlDsa), prefer, "unknown".into(), Confidence::Low),
        (
            key(NamedProvider::Absent, UsageAttribute::Absent, KeyKind::Unknown),
            none,
            "unknown".into(),
            Confidence::Documented,
        ),
    ] {
        let stated = landing(&facts, flags);
        assert_eq!((short(&stated.value), stated.confidence), (expected, confidence), "{facts:?} {flags:?}");
    }
}

#[test]
fn landing_by_importer() {
    let software = format!("ksp {SOFTWARE_KSP}");
    let enhanced = format!("csp 1 {ENHANCED}");
    let to = |provider: &str| Importer::Certutil(Certutil::into(provider, None));
    let framework = |ephemeral| Importer::DotNetFramework { ephemeral };
    let loader = |preserve_provider| Importer::DotNetLoader { preserve_provider };
    for (facts, importer, expected, confidence) in [
        (rsa(NamedProvider::Absent), Importer::Wizard, enhanced.clone(), Confidence::Observed),
        (rsa(name(STRONG)), Importer::Wizard, format!("csp 1 {STRONG}"), Confidence::Documented),
        // These two hang on the flags that an importer passes.
        (rsa(name(BASE)), Importer::Wizard, format!("csp 1 {BASE}"), Confidence::Observed),
        (rsa(name(BASE)), framework(false), format!("csp 1 {BASE}"), Confidence::SourceCode),
        (rsa(NamedProvider::Absent), Importer::Certutil(Certutil::PLAIN), "unknown".into(), Confidence::Low),
        (rsa(NamedProvider::Absent), Importer::ImportPfxCertificate, software.clone(), Confidence::Documented),
        (rsa(NamedProvider::Absent), framework(false), enhanced, Confidence::Observed),
        (rsa(NamedProvider::Absent), framework(true), "ephemeral".into(), Confidence::Observed),
        (rsa(NamedProvider::Absent), loader(false), software.clone(), Confidence::SourceCode),
        (rsa(name(STRONG)), loader(false), software.clone(), Confidence::SourceCode),
        (rsa(name(STRONG)), loader(true), format!("csp 1 {STRONG}"), Confidence::SourceCode),
        (rsa(name(BASE)), loader(true), software.clone(), Confidence::Observed),
        (rsa(name(BASE)), Importer::ImportPfxCertificate, software.clone(), Confidence::Observed),
        (rsa(name(BASE)), Importer::Certutil(Certutil::PLAIN), "unknown".into(), Confidence::Low),
        (rsa(name(STRONG)), Importer::Certutil(Certutil::PLAIN), format!("csp 1 {STRONG}"), Confidence::Documented),
        (rsa(name(SOFTWARE_KSP)), Importer::Certutil(Certutil::PLAIN), software.clone(), Confidence::Documented),
        (rsa(name(SOFTWARE_KSP)), to(ENHANCED_AES), format!("csp 24 {ENHANCED_AES}"), Confidence::Documented),
        (rsa(name(STRONG)), to("ksp"), software, Confidence::Documented),
        (rsa(name(STRONG)), to("TPM"), "ksp Microsoft Platform Crypto Provider".into(), Confidence::Documented),
        (ec(name(SOFTWARE_KSP)), to(ENHANCED_AES), "unknown".into(), Confidence::Medium),
    ] {
        let stated = predict(&facts, &importer).landing;
        assert_eq!((short(&stated.value), stated.confidence), (expected, confidence), "{facts:?} {importer}");
    }
}

#[test]
fn key_specs_by_attribute() {
    let bits = |octet| UsageAttribute::Bits(UsageBits::from_bit_string(0, &[octet]));
    let csp = |usage, algorithm| key(name(ENHANCED_AES), usage, algorithm);
    let rsa = || KeyKind::Rsa { bits: 2048 };
    for (facts, expected, confidence) in [
        (csp(bits(0x20), rsa()), "AT_KEYEXCHANGE", Confidence::Documented),
        (csp(bits(0x10), rsa()), "AT_KEYEXCHANGE", Confidence::Documented),
        (csp(bits(0x80), rsa()), "AT_SIGNATURE", Confidence::Documented),
        (csp(bits(0x04), rsa()), "AT_SIGNATURE", Confidence::Documented),
        (csp(bits(0x02), rsa()), "AT_SIGNATURE", Confidence::Documented),
        (csp(UsageAttribute::Absent, rsa()), "AT_KEYEXCHANGE", Confidence::Documented),
        (csp(bits(0x90), rsa()), "AT_KEYEXCHANGE", Confidence::Medium),
        (csp(bits(0x40), rsa()), "AT_KEYEXCHANGE", Confidence::Low),
        (csp(bits(0), rsa()), "AT_KEYEXCHANGE", Confidence::Low),
        (
            csp(UsageAttribute::Unreadable, rsa()),
            "unknown: keyUsage of the private key cannot be read",
            Confidence::Documented,
        ),
        (csp(UsageAttribute::Unknown, rsa()), "unknown without the password", Confidence::Documented),
        (key(NamedProvider::Absent, UsageAttribute::Absent, KeyKind::Dsa), "AT_SIGNATURE", Confidence::Documented),
        (key(NamedProvider::Absent, UsageAttribute::Absent, KeyKind::Dh), "AT_KEYEXCHANGE", Confidence::Documented),
        (key(name(SOFTWARE_KSP), UsageAttribute::Absent, rsa()), "CNG usage all", Confidence::Documented),
        (key(name(SOFTWARE_KSP), bits(0x90), rsa()), "CNG usage decrypt+sign", Confidence::Documented),
        (key(name(SOFTWARE_KSP), bits(0x40), rsa()), "CNG usage none", Confidence::Low),
        (key(name(SOFTWARE_KSP), bits(0x88), rsa()), "CNG usage sign+agree", Confidence::Documented),
        (
            key(name("No such provider"), bits(0x80), rsa()),
            "AT_SIGNATURE in a CSP, usage sign in a KSP",
            Confidence::Documented,
        ),
    ] {
        let spec = predict(&facts, &Importer::Wizard).spec;
        assert_eq!((spec.value.to_string().as_str(), spec.confidence), (expected, confidence), "{facts:?}");
    }
}

#[test]
fn the_modifier_of_certutil_overrides_the_attribute() {
    let signing = UsageAttribute::Bits(UsageBits::from_bit_string(0, &[0x80]));
    let facts = key(name(SOFTWARE_KSP), signing, KeyKind::Rsa { bits: 2048 });
    let to = |provider: &str, spec| Importer::Certutil(Certutil::into(provider, spec));
    let spec = |importer| predict(&facts, &importer).spec.value.to_string();
    assert_eq!(spec(to(ENHANCED_AES, Some(KeySpec::Exchange))), "AT_KEYEXCHANGE");
    assert_eq!(spec(to(ENHANCED_AES, Some(KeySpec::Signature))), "AT_SIGNATURE");
    assert_eq!(spec(to(ENHANCED_AES, None)), "AT_SIGNATURE");
    let into_ksp = predict(&facts, &to("KSP", Some(KeySpec::Exchange)));
    assert_eq!(into_ksp.spec.value.to_string(), "CNG usage sign");
    assert!(into_ksp.notes.iter().any(|note| note.value.contains("no key spec")));
}

#[test]
fn whose_key_and_whether_it_can_be_exported() {
    let machine = KeyFacts { machine_keyset: true, ..rsa(name(STRONG)) };
    let framework = Importer::DotNetFramework { ephemeral: false };
    for (facts, importer, scope, exportable) in [
        (rsa(name(STRONG)), Importer::Wizard, Scope::OfStore, false),
        (machine.clone(), Importer::Wizard, Scope::Machine, false),
        (rsa(name(STRONG)), Importer::Certutil(Certutil::PLAIN), Scope::Machine, true),
        (rsa(name(STRONG)), Importer::ImportPfxCertificate, Scope::OfStore, false),
        (machine.clone(), Importer::ImportPfxCertificate, Scope::Machine, false),
        (rsa(name(STRONG)), framework.clone(), Scope::User, false),
        (machine.clone(), framework, Scope::Machine, false),
        (machine, Importer::DotNetFramework { ephemeral: true }, Scope::Nobody, false),
    ] {
        let prediction = predict(&facts, &importer);
        assert_eq!(prediction.scope.value, scope, "{importer}");
        assert_eq!(matches!(prediction.exportable.value, Exportability::YesUnless(_)), exportable, "{importer}");
    }
}

#[test]
fn certutil_with_its_options_and_modifiers() {
    let told = |spec, for_user, export| Certutil { provider: None, spec, for_user, export };
    let exchange = Some(KeySpec::Exchange);
    for (told, command, spec, scope, exportable) in [
        (
            told(None, false, CertutilExport::Plain),
            "certutil -importpfx",
            "AT_KEYEXCHANGE in a CSP, usage all in a KSP",
            Scope::Machine,
            "exportable, unless the modifier NoExport is given",
        ),
        (
            told(Some(KeySpec::Signature), true, CertutilExport::No),
            "certutil -user -importpfx AT_SIGNATURE,NoExport",
            "AT_SIGNATURE in a CSP, usage all in a KSP",
            Scope::User,
            "not exportable",
        ),
        (
            Certutil { provider: Some("KSP".into()), ..told(exchange, false, CertutilExport::Encrypted) },
            "certutil -csp \"KSP\" -importpfx AT_KEYEXCHANGE,ExportEncrypted",
            "CNG usage all",
            Scope::Machine,
            "exportable into a PFX file, not as plain text",
        ),
    ] {
        let prediction = predict(&rsa(NamedProvider::Absent), &Importer::Certutil(told));
        assert_eq!(prediction.importer.to_string(), command);
        assert_eq!(prediction.spec.value.to_string(), spec, "{command}");
        assert_eq!(prediction.scope.value, scope, "{command}");
        assert_eq!(prediction.exportable.value.to_string(), exportable, "{command}");
    }
    let machine = KeyFacts { machine_keyset: true, ..rsa(NamedProvider::Absent) };
    let stated = predict(&machine, &Importer::Certutil(told(None, true, CertutilExport::Plain))).scope;
    assert_eq!((stated.value, stated.confidence), (Scope::Machine, Confidence::Low));
}

#[test]
fn keys_of_other_algorithms() {
    let other = |provider| key(provider, UsageAttribute::Absent, KeyKind::Other("X25519".into()));
    for (facts, expected) in [
        (
            other(NamedProvider::Absent),
            "unknown: no provider is named, and where X25519 keys go then is not documented",
        ),
        (
            other(name(STRONG)),
            "the import fails: Microsoft Strong Cryptographic Provider is a CSP, and CSPs hold no X25519 keys",
        ),
        (
            other(name(SOFTWARE_KSP)),
            "unknown: whether Microsoft Software Key Storage Provider holds X25519 keys depends on its release",
        ),
    ] {
        assert_eq!(predict(&facts, &Importer::Wizard).landing.value.to_string(), expected);
    }
}

#[test]
fn facts_of_a_key_that_was_read() {
    let pem = "-----BEGIN PRIVATE KEY-----\n\
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
-----END PRIVATE KEY-----\n";
    let mut private = crate::key::PrivateKey::read(pem.as_bytes(), None).unwrap();
    let usage = |private: &crate::key::PrivateKey| KeyFacts::of(private, NamedProvider::Absent, true).usage;
    assert_eq!(usage(&private), UsageAttribute::Absent);
    private.set_key_usage(Some(&crate::key::KeyUsageAttribute::key_exchange()));
    assert_eq!(usage(&private), UsageAttribute::Bits(UsageBits::from_bit_string(0, &[0x10])));
    let facts = KeyFacts::of(&private, NamedProvider::Absent, true);
    assert_eq!((facts.machine_keyset, facts.algorithm), (true, KeyKind::Ed25519));
}

fn said(facts: &KeyFacts, importer: &Importer) -> String {
    let notes = predict(facts, importer).notes;
    notes.into_iter().map(|note| format!("{} ({})", note.value, note.confidence)).collect::<Vec<_>>().join("; ")
}

#[test]
fn providers_that_may_be_missing_are_noted() {
    let note = |provider: &str| said(&rsa(name(provider)), &Importer::Wizard);
    // Only the flag that prefers CNG makes the import fail.
    let safenet = rsa(name("SafeNet Key Storage Provider"));
    assert!(note("SafeNet Key Storage Provider").contains("default provider of its type (documented)"));
    assert!(said(&safenet, &Importer::ImportPfxCertificate).contains("or the import fails (documented)"));
    let told = Importer::Certutil(Certutil::into("Acme CSP", None));
    assert!(said(&safenet, &told).contains("Acme CSP must be installed; `certutil -csplist` tells (medium)"));
    assert!(note("No such provider").contains("default provider of its type"));
    assert_eq!(note(SENTINEL), "");
    assert!(note("Luna enhanced RSA and AES provider for Microsoft Windows").contains("default provider of its type"));
    assert!(note(BASE).contains("(observed)"));
    assert!(note(BASE).contains("prefer CNG"));
    assert!(note("Microsoft RSA Signature Cryptographic Provider").contains("does not fit"));
    assert_eq!(note(ENHANCED_AES), "");
}

#[test]
fn keys_whose_files_name_no_provider_are_warned_of() {
    let none = || NamedProvider::Absent;
    for importer in [Importer::Wizard, Importer::Certutil(Certutil::PLAIN), Importer::ImportPfxCertificate] {
        let ec = said(&ec(none()), &importer);
        assert!(ec.contains("name the KSP") && ec.ends_with("(observed)"), "{importer}: {ec}");
    }
    for importer in
        [Importer::Certutil(Certutil::into(SOFTWARE_KSP, None)), Importer::DotNetLoader { preserve_provider: false }]
    {
        assert_eq!(said(&ec(none()), &importer), "", "{importer} names it");
    }
    assert_eq!(said(&ec(name(SOFTWARE_KSP)), &Importer::Wizard), "");
    assert!(said(&rsa(none()), &Importer::Wizard).contains(&format!("{BASE} was seen in its place (observed)")));
    assert_eq!(said(&rsa(none()), &Importer::ImportPfxCertificate), "");
}

/// Of the usual importers, certutil is told a provider that holds the key.
#[test]
fn certutil_is_told_what_fits() {
    let of = |algorithm: KeyKind| {
        let facts = key(NamedProvider::Absent, UsageAttribute::Absent, algorithm);
        let told = Importer::usual(&facts.algorithm).into_iter().nth(2).unwrap();
        format!("{told} -> {}", short(&predict(&facts, &told).landing.value))
    };
    for (algorithm, expected) in [
        (
            KeyKind::Rsa { bits: 2048 },
            format!("certutil -csp \"{ENHANCED_AES}\" -importpfx AT_KEYEXCHANGE -> csp 24 {ENHANCED_AES}"),
        ),
        (
            KeyKind::Ec { curve: "P-256".into() },
            format!("certutil -csp \"{SOFTWARE_KSP}\" -importpfx -> ksp {SOFTWARE_KSP}"),
        ),
        (KeyKind::Dsa, format!("certutil -csp \"{BASE_DSS_DH}\" -importpfx -> csp 13 {BASE_DSS_DH}")),
        (KeyKind::Ed25519, "Import-PfxCertificate -> fails".to_owned()),
    ] {
        assert_eq!(of(algorithm), expected);
    }
}
