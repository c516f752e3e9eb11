//! Remedies, and the commands for Windows among them.

use super::*;

/// What a remedy's command on Windows is for a file, and from which release on.
fn on_windows(given: &Given, profile: &str, code: &str, release: Option<Release>) -> (String, Option<Release>) {
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let subject = Subject { release, ..given.subject(&certificate) };
    let profile = Profile::by_name(profile).unwrap();
    let judged = judge(profile, &subject);
    let one = judged.iter().find(|one| one.demand.code == code).unwrap();
    let remedy = one.remedy(profile, &subject, Files { file: "certs/node1.pfx", output: "b.pfx" }).unwrap();
    (remedy.windows.unwrap_or_default(), remedy.windows_since)
}

#[test]
fn commands_for_windows_are_for_files_that_it_opens() {
    let mut given = ready();
    given.key.provider = NamedProvider::Name(SOFTWARE_KSP.to_owned());
    let import = format!("certutil -f -csp \"{ENHANCED_AES}\" -importpfx My node1.pfx AT_KEYEXCHANGE");
    let (old, new) = (Some(Release::Server2016), Some(Release::Server2019));
    let csp = |given: &Given, release| on_windows(given, "shir-ha", "csp", release);
    let protected = |encryption, mac| Protection { keys: vec![encryption], safes: vec![encryption], mac };
    assert_eq!(csp(&given, old), (import.clone(), None));
    assert_eq!(csp(&given, None), (import.clone(), None));
    given.protection = protected(AES, Mac::Hmac(Hash::Sha256));
    assert_eq!(csp(&given, old), (String::new(), None));
    assert_eq!(csp(&given, new), (import.clone(), None));
    assert_eq!(csp(&given, None), (import, new));
    let opens = |given: &Given, release| on_windows(given, "shir-ha", "opens", Some(release));
    assert!(opens(&given, Release::Server2016).0.contains("-FilePath 'node1.pfx'"));
    // No release opens these, and so no command of Windows mends them.
    let scrypt = Encryption::Pbes2 { kdf: Kdf::Scrypt, cipher: Cipher::Aes256 };
    for protection in
        [protected(scrypt, Mac::Hmac(Hash::Sha256)), protected(AES, Mac::Pbmac1), protected(OLD, Mac::None)]
    {
        given.protection = protection;
        for release in [None, old, new] {
            assert_eq!(csp(&given, release), (String::new(), None), "{release:?}");
        }
        assert_eq!(opens(&given, Release::Server2022), (String::new(), None));
    }
}

#[test]
fn commands_for_windows_name_a_provider_that_holds_the_key() {
    let machine = |provider: NamedProvider, algorithm: KeyKind| {
        let mut given = ready();
        given.key = KeyFacts { provider, machine_keyset: false, algorithm, ..given.key };
        on_windows(&given, "iis", "machine", Some(Release::Server2016)).0
    };
    let name = |name: &str| NamedProvider::Name(name.to_owned());
    let rsa = || KeyKind::Rsa { bits: 2048 };
    let ec = || KeyKind::Ec { curve: "P-256".into() };
    let strong = "Microsoft Strong Cryptographic Provider";
    let dss = "Microsoft Base DSS and Diffie-Hellman Cryptographic Provider";
    for (provider, algorithm, told) in [
        (name(strong), rsa(), format!("\"{strong}\" -importpfx My node1.pfx")),
        (name(SOFTWARE_KSP), rsa(), format!("\"{SOFTWARE_KSP}\" -importpfx My node1.pfx")),
        (name(BASE), rsa(), format!("\"{ENHANCED_AES}\" -importpfx My node1.pfx AT_KEYEXCHANGE")),
        (name("Acme"), rsa(), format!("\"{ENHANCED_AES}\" -importpfx My node1.pfx AT_KEYEXCHANGE")),
        (NamedProvider::Absent, rsa(), format!("\"{ENHANCED_AES}\" -importpfx My node1.pfx AT_KEYEXCHANGE")),
        (NamedProvider::Absent, ec(), format!("\"{SOFTWARE_KSP}\" -importpfx My node1.pfx")),
        (name(strong), ec(), format!("\"{SOFTWARE_KSP}\" -importpfx My node1.pfx")),
        (NamedProvider::Absent, KeyKind::Dsa, format!("\"{dss}\" -importpfx My node1.pfx")),
        (
            name("SafeNet Key Storage Provider"),
            KeyKind::Unknown,
            "\"SafeNet Key Storage Provider\" -importpfx My node1.pfx".into(),
        ),
    ] {
        assert_eq!(machine(provider, algorithm), format!("certutil -f -csp {told}"));
    }
    for (provider, algorithm) in [
        (NamedProvider::Absent, KeyKind::Unknown),
        (NamedProvider::Absent, KeyKind::Ed448),
        (name("\" & calc & \" Key Storage Provider"), rsa()),
    ] {
        assert_eq!(machine(provider, algorithm), "");
    }
}

#[test]
fn an_elliptic_curve_key_where_a_ksp_will_do() {
    let mut given = ready();
    given.certificate = CertificateBuilder::new(Name::cn("node1.example.com"), Key::p256(0))
        .extension(Extension::key_usage(&[KeyUsage::DigitalSignature]))
        .self_signed();
    given.hosts.clear();
    given.key.algorithm = KeyKind::Ec { curve: "P-256".into() };
    given.key.usage = UsageAttribute::Absent;
    let ours = |options: &str| Some(format!("certlens pfx convert node1.pfx {options} --output node1-ready.pfx"));
    let repaired = |given: &Given| given.all("iis").2.map(|remedy| (remedy.ours.unwrap().join(" "), remedy.windows));
    let named = format!("--csp {SOFTWARE_KSP}");
    let import = Some(format!("certutil -f -csp \"{SOFTWARE_KSP}\" -importpfx My node1.pfx"));

    given.key.provider = NamedProvider::Absent;
    assert_eq!(given.judged("iis"), ("ksp-named? names?".to_owned(), Outcome::Pass));
    let remedy = on_windows(&given, "iis", "ksp-named", None);
    assert_eq!(remedy, (import.clone().unwrap(), None));

    given.key.provider = NamedProvider::Name(ENHANCED_AES.to_owned());
    assert_eq!(given.judged("iis"), ("tls? ksp-named? names?".to_owned(), Outcome::CannotKnow));
    assert_eq!(repaired(&given), Some((ours(&named).unwrap(), import)));

    // A usage that does not let it sign; certutil cannot take it away.
    given.key.provider = NamedProvider::Name(SOFTWARE_KSP.to_owned());
    given.key.usage = UsageAttribute::Bits(UsageBits::from_bit_string(0, &[0x10]));
    assert_eq!(given.judged("iis"), ("tls names?".to_owned(), Outcome::Fail));
    assert_eq!(repaired(&given), Some((ours("--key-spec none").unwrap(), None)));

    // What certutil is told, it does whatever the file says.
    given.key = KeyFacts { provider: NamedProvider::Absent, usage: UsageAttribute::Absent, ..given.key };
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let importers = [Importer::Certutil(Certutil::into(SOFTWARE_KSP, None))];
    let told = Subject { place: Place::File { importers: &importers }, ..given.subject(&certificate) };
    let judged = judge(Profile::by_name("iis").unwrap(), &told);
    let open = judged.iter().filter(|one| one.judgement.outcome != Outcome::Pass).map(|one| one.demand.code);
    assert_eq!(open.collect::<Vec<_>>(), ["names"]);
}

#[test]
fn the_machine_s_key_is_demanded_of_nodes() {
    let mut given = ready();
    given.key.machine_keyset = false;
    assert_eq!(given.judged("shir-ha"), (format!("machine? {ON_NODE}"), Outcome::Pass), "as the store is chosen");
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let framework = Importer::DotNetFramework { ephemeral: false };
    for (importers, outcome) in [
        (vec![framework.clone()], Outcome::Fail),
        (vec![framework, Importer::Wizard], Outcome::CannotKnow),
        (vec![Importer::Certutil(Certutil::PLAIN)], Outcome::Pass),
    ] {
        let subject = Subject { place: Place::File { importers: &importers }, ..given.subject(&certificate) };
        let judged = judge(Profile::by_name("shir-ha").unwrap(), &subject);
        let machine = judged.iter().find(|one| one.demand.code == "machine").unwrap();
        assert_eq!((machine.judgement.outcome, machine.counts()), (outcome, true), "{importers:?}");
    }
}

#[test]
fn passwords_are_asked_for_where_they_help() {
    let mut given = Given { key_match: None, ..ready() };
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let reason = |subject: &Subject<'_>, code: &str| {
        let judged = judge(Profile::by_name("shir-ha").unwrap(), subject);
        judged.into_iter().find(|one| one.demand.code == code).unwrap().judgement.reason
    };
    assert_eq!(
        reason(&given.subject(&certificate), "key-matches"),
        "the private key cannot be read, with a password or without"
    );
    let lone = Subject { certificate: CertificateFacts::None, ..given.subject(&certificate) };
    assert_eq!(reason(&lone, "key-matches"), "there is no end-entity certificate in the file");
    let none = Subject { key: PrivateKeyFacts::None, ..given.subject(&certificate) };
    assert_eq!(reason(&none, "key-matches"), "there is no private key");
    given.key.usage = UsageAttribute::Unknown;
    assert!(reason(&given.subject(&certificate), "key-matches").ends_with("was not decrypted"));
    assert!(reason(&given.subject(&certificate), "key-exchange").ends_with("was not decrypted"));
    given.key.usage = UsageAttribute::Unreadable;
    for code in ["key-exchange", "wcf-older"] {
        assert_eq!(
            reason(&given.subject(&certificate), code),
            "keyUsage of the private key, which decides it, cannot be read"
        );
    }
    // A certificate that is not there limits nothing, and allows nothing either: it is
    // asked for as such.
    let lone = Subject { certificate: CertificateFacts::None, ..given.subject(&certificate) };
    let iis = Profile::by_name("iis").unwrap();
    let judged = judge(iis, &lone);
    let found = remedies(iis, &judged, &lone, Files { file: "a", output: "b" });
    assert_eq!(to_do(&found, &judged), [("certificate", Means::Anew)]);
}

#[test]
fn where_the_key_s_file_is() {
    let folder = |product: &str, provider: &str, account: Option<&Account>| {
        let mut given = Given { acl: None, ..ready() };
        given.key.provider = NamedProvider::Name(provider.to_owned());
        let certificate = Certificate::from_der(&given.certificate).unwrap();
        let subject = Subject { account, ..given.subject(&certificate) };
        let product = Profile::by_name(product).unwrap();
        let judged = judge(product, &subject);
        let one = judged.iter().find(|one| one.demand.code == "readable").unwrap();
        one.remedy(product, &subject, Files { file: "a", output: "b" }).unwrap().windows.unwrap()
    };
    let service = Account::parse("S-1-5-20");
    for (product, provider, account, ending) in [
        ("adfs", ENHANCED_AES, Some(&service), "\\Crypto\\RSA\\MachineKeys\\CONTAINER\" /grant \"*S-1-5-20:R\""),
        ("adfs", SOFTWARE_KSP, None, "\\Crypto\\Keys\\CONTAINER\" /grant \"ACCOUNT:R\""),
        // What it is to be, and not what it is in this file.
        (
            "sqlserver",
            SOFTWARE_KSP,
            None,
            "\\Crypto\\RSA\\MachineKeys\\CONTAINER\" /grant \"NT SERVICE\\MSSQLSERVER:R\"",
        ),
        ("adfs", BASE, None, "\\Crypto\\RSA\\MachineKeys\\CONTAINER\" /grant \"ACCOUNT:R\""),
    ] {
        let command = folder(product, provider, account);
        assert!(command.starts_with("icacls \"%ALLUSERSPROFILE%\\Microsoft") && command.ends_with(ending), "{command}");
    }
}

/// TLS takes the key from a CSP as from a KSP, so it does not matter which it will be.
#[test]
fn what_holds_wherever_the_key_lands() {
    let mut given = ready();
    given.key.provider = NamedProvider::Absent;
    assert_eq!(given.judged("iis"), (String::new(), Outcome::Pass));
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let subject = given.subject(&certificate);
    let judged = judge(Profile::by_name("iis").unwrap(), &subject);
    let tls = judged.iter().find(|one| one.demand.code == "tls").unwrap();
    assert_eq!(tls.judgement.confidence, Confidence::Observed, "{:?}", tls.judgement);
    // In a CSP this one is AT_SIGNATURE.
    given.key.usage = UsageAttribute::Bits(UsageBits::from_bit_string(0, &[0x80]));
    assert_eq!(given.judged("iis"), ("tls?".to_owned(), Outcome::CannotKnow));
    let (ours, _) = given.remedy("iis").unwrap();
    assert_eq!(ours, "certlens pfx convert node1.pfx --key-spec exchange --output node1-ready.pfx");
    // Nobody knows where this one lands, until a provider is named.
    given.key.provider = NamedProvider::Name("Acme".to_owned());
    assert_eq!(given.judged("iis"), ("tls?".to_owned(), Outcome::CannotKnow));
    let (ours, _) = given.remedy("iis").unwrap();
    assert!(ours.contains(&format!("--csp {ENHANCED_AES} --key-spec exchange")), "{ours}");
}

/// A name that begins with a hyphen is no option, `-` alone is standard input.
#[test]
fn names_of_files_are_no_options() {
    for (name, word) in [("node1.pfx", "node1.pfx"), ("-y.pfx", "./-y.pfx"), ("--force", "./--force"), ("-", "-")] {
        assert_eq!(Files::argument(name), word);
    }
    let given = Given { key: KeyFacts { provider: NamedProvider::Absent, ..ready().key }, ..ready() };
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let subject = given.subject(&certificate);
    let product = Profile::by_name("shir-ha").unwrap();
    let judged = judge(product, &subject);
    let found = remedies(product, &judged, &subject, Files { file: "-y.pfx", output: "-y-ready.pfx" });
    let ours = found.conversion.unwrap().ours.unwrap().join(" ");
    assert!(
        ours.starts_with("certlens pfx convert ./-y.pfx --") && ours.ends_with(" --output ./-y-ready.pfx"),
        "{ours}"
    );
    let lone = Subject { certificate: CertificateFacts::None, ..subject };
    let judged = judge(product, &lone);
    let found = remedies(product, &judged, &lone, Files { file: "-y.pfx", output: "-y-ready.pfx" });
    let mut ours = found.each.into_iter().flatten().filter_map(|remedy| remedy.ours).map(|words| words.join(" "));
    let created = ours.find(|ours| ours.starts_with("certlens pfx create ")).unwrap();
    assert!(created.ends_with(" --output ./-y-ready.pfx"), "{created}");
}
