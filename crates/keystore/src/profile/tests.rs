mod repairs;

use certlens_core::identity::ReferenceName;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_testkit::{CertificateBuilder, Extension, GeneralName, Key, KeyUsage, Name, purposes};

use super::repair::convert;
use super::*;
use crate::judgement::Outcome;
use crate::key::{KeyProblem, NoMatch};
use crate::permissions::{Account, Acl};
use crate::provider::names::{BASE, ENHANCED_AES, SOFTWARE_KSP};
use crate::provider::releases::{Cipher, Encryption, Hash, Kdf, Mac, Pkcs12Cipher};
use crate::provider::{Certutil, KeyKind, KeySpec, NamedProvider, UsageAttribute, UsageBits};

const OLD: Encryption = Encryption::Pkcs12(Pkcs12Cipher::TripleDes3Keys);
const AES: Encryption = Encryption::Pbes2 { kdf: Kdf::Pbkdf2(Hash::Sha256), cipher: Cipher::Aes256 };

/// A file with its certificate, that can be spoilt in one place.
struct Given {
    certificate: Vec<u8>,
    key: KeyFacts,
    protection: Protection,
    hosts: Vec<ReferenceName>,
    key_match: Option<Match>,
    acl: Option<Acl>,
}

fn node(builder: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Vec<u8> {
    node_of(Name::cn("node1.example.com"), builder)
}

fn node_of(subject: Name, builder: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Vec<u8> {
    let hosts = ["node1.example.com", "node2.example.com"].map(GeneralName::dns);
    let plain = CertificateBuilder::new(subject, Key::rsa2048(0))
        .extension(Extension::subject_alt_name(hosts))
        .extension(Extension::key_usage(&[KeyUsage::DigitalSignature, KeyUsage::KeyEncipherment]).critical())
        .extension(Extension::extended_key_usage([purposes::SERVER_AUTH]));
    builder(plain).self_signed()
}

/// What shir-ha wants.
fn ready() -> Given {
    Given {
        certificate: node(|plain| plain),
        key: KeyFacts {
            provider: NamedProvider::Name(ENHANCED_AES.to_owned()),
            machine_keyset: true,
            usage: UsageAttribute::Bits(UsageBits::from_bit_string(0, &[0x10])),
            algorithm: KeyKind::Rsa { bits: 2048 },
        },
        protection: Protection { keys: vec![OLD], safes: vec![Encryption::None, OLD], mac: Mac::Hmac(Hash::Sha1) },
        hosts: ["node1.example.com", "node2.example.com"].map(|host| ReferenceName::parse(host).unwrap()).to_vec(),
        key_match: Some(Match::Yes),
        acl: Some(Acl::read("D:(A;;FA;;;SY)(A;;FR;;;S-1-5-80-0)").unwrap()),
    }
}

impl Given {
    /// Codes of demands that are not met, those that cannot be known with `?`, and
    /// how the whole comes out.
    fn judged(&self, profile: &str) -> (String, Outcome) {
        let (open, outcome, _) = self.all(profile);
        (open, outcome)
    }

    fn all(&self, profile: &str) -> (String, Outcome, Option<Remedy>) {
        let certificate = Certificate::from_der(&self.certificate).unwrap();
        let subject = self.subject(&certificate);
        let judged = judge(Profile::by_name(profile).unwrap(), &subject);
        let open = judged.iter().filter_map(|one| match one.judgement.outcome {
            Outcome::Pass => None,
            Outcome::Fail => Some(one.demand.code.to_owned()),
            Outcome::CannotKnow => Some(format!("{}?", one.demand.code)),
        });
        let files = Files { file: "node1.pfx", output: "node1-ready.pfx" };
        (open.collect::<Vec<_>>().join(" "), overall(&judged), convert(&judged, &subject, files))
    }

    fn subject<'a>(&'a self, certificate: &'a Certificate) -> Subject<'a> {
        Subject {
            unread: None,
            certificate: CertificateFacts::Of(certificate),
            key: PrivateKeyFacts::Of(&self.key),
            key_match: self.key_match,
            place: Place::File { importers: &Importer::INSTALLING },
            protection: Some(&self.protection),
            release: Some(Release::Server2016),
            hosts: &self.hosts,
            account: None,
            acl: self.acl.as_ref(),
            at: Some(Time::from_unix(certlens_testkit::time::MIDDLE)),
        }
    }

    fn remedy(&self, profile: &str) -> Option<(String, String)> {
        let remedy = self.all(profile).2?;
        Some((remedy.ours.unwrap().join(" "), remedy.windows.unwrap()))
    }
}

fn overall(judged: &[Judged]) -> Outcome {
    decide(judged.iter().map(Judged::weighed), false).0
}

const ON_NODE: &str = "store? chain? port? single-node?";

#[test]
fn a_ready_file_leaves_to_the_node_what_only_the_node_can_tell() {
    assert_eq!(ready().judged("shir-ha"), (ON_NODE.to_owned(), Outcome::Pass));
    assert_eq!(ready().remedy("shir-ha"), None);
    let certificate = Certificate::from_der(&ready().certificate).unwrap();
    for profile in Profile::all() {
        let given = Given { acl: None, ..ready() };
        let judged = judge(profile, &given.subject(&certificate));
        assert_eq!(overall(&judged), Outcome::Pass, "{}", profile.name);
        let open = judged.iter().filter(|one| one.judgement.outcome != Outcome::Pass).map(|one| one.demand.check);
        assert!(open.clone().all(|check| matches!(check, Check::OnNode | Check::Readable)), "{}", profile.name);
    }
}

#[test]
fn a_key_for_signatures_alone_and_its_repair() {
    let mut given = ready();
    given.key.usage = UsageAttribute::Bits(UsageBits::from_bit_string(0, &[0x80]));
    let (open, outcome) = given.judged("shir-ha");
    assert_eq!((open, outcome), (format!("key-exchange wcf-older {ON_NODE}"), Outcome::Fail));
    let (ours, windows) = given.remedy("shir-ha").unwrap();
    assert_eq!(
        ours,
        format!("certlens pfx convert node1.pfx --csp {ENHANCED_AES} --key-spec exchange --output node1-ready.pfx")
    );
    assert_eq!(windows, format!("certutil -f -csp \"{ENHANCED_AES}\" -importpfx My node1.pfx AT_KEYEXCHANGE"));
    for (profile, expected) in
        [("adfs", "not-signature tls readable?"), ("iis", "tls"), ("wcf", "wcf-older tls readable? chain?")]
    {
        let (open, outcome) = given.judged(profile);
        assert_eq!((open.as_str(), outcome), (expected, Outcome::Fail), "{profile}");
    }
    // A product that takes keys from a KSP has no provider changed.
    let (ours, windows) = given.remedy("adfs").unwrap();
    assert_eq!(ours, "certlens pfx convert node1.pfx --key-spec exchange --output node1-ready.pfx");
    assert_eq!(windows, format!("certutil -f -csp \"{ENHANCED_AES}\" -importpfx My node1.pfx AT_KEYEXCHANGE"));
    // Without the password nobody knows.
    given.key.usage = UsageAttribute::Unknown;
    let (open, outcome) = given.judged("shir-ha");
    assert_eq!((open, outcome), (format!("key-exchange? wcf-older? {ON_NODE}"), Outcome::CannotKnow));
}

#[test]
fn a_key_for_a_ksp_and_one_for_nobody_in_particular() {
    let mut given = ready();
    given.key.provider = NamedProvider::Name(SOFTWARE_KSP.to_owned());
    let (open, outcome) = given.judged("shir-ha");
    assert_eq!((open, outcome), (format!("csp key-exchange wcf-older {ON_NODE}"), Outcome::Fail));
    assert!(given.remedy("shir-ha").unwrap().0.contains("--csp Microsoft Enhanced RSA and AES"));
    for (profile, expected) in [
        ("exchange", ("csp", Outcome::Fail)),
        ("iis", ("", Outcome::Pass)),
        ("sqlserver", ("csp key-exchange", Outcome::Fail)),
    ] {
        let (open, outcome) = given.judged(profile);
        assert_eq!((open.as_str(), outcome), expected, "{profile}");
    }
    given.key.provider = NamedProvider::Absent;
    let (open, outcome) = given.judged("shir-ha");
    assert_eq!(
        (open, outcome),
        (format!("csp? key-exchange? good-provider? wcf-older? {ON_NODE}"), Outcome::CannotKnow)
    );
    assert!(given.remedy("shir-ha").is_some(), "what depends on the importer is settled by the file");
    given.key.provider = NamedProvider::Name(BASE.to_owned());
    let (open, _) = given.judged("shir-ha");
    assert!(open.starts_with("csp? key-exchange? good-provider?"), "{open}");
}

#[test]
fn a_key_that_no_csp_holds_needs_another_certificate() {
    let mut given = ready();
    given.certificate = CertificateBuilder::new(Name::cn("node1.example.com"), Key::p256(0)).self_signed();
    given.key.algorithm = KeyKind::Ec { curve: "P-256".into() };
    given.key.provider = NamedProvider::Absent;
    let (open, outcome) = given.judged("shir-ha");
    assert!(open.starts_with("rsa csp key-exchange"), "{open}");
    assert_eq!((outcome, given.remedy("shir-ha")), (Outcome::Fail, None));
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let subject = given.subject(&certificate);
    let profile = Profile::by_name("shir-ha").unwrap();
    let files = Files { file: "node1.pfx", output: "node1-ready.pfx" };
    let judged = judge(profile, &subject);
    let csp = judged.iter().find(|one| one.demand.code == "csp").unwrap();
    let remedy = csp.remedy(profile, &subject, files).unwrap();
    assert_eq!((remedy.ours, remedy.what.contains("RSA key")), (None, true));
}

/// Two common names, the wildcard first.
fn wildcard_first() -> Name {
    Name::cn("*.example.com").and("2.5.4.3", certlens_testkit::der::utf8_string("node1.example.com"))
}

#[test]
fn what_the_certificate_says() {
    let spoil = |builder: fn(CertificateBuilder) -> CertificateBuilder| Given { certificate: node(builder), ..ready() };
    let usage = |usage| move |plain: CertificateBuilder| plain.extension(Extension::key_usage(&[usage]).critical());
    let of_usage = |bit| Given { certificate: node(usage(bit)), ..ready() };
    let with = |profile: &str, given: &Given| given.judged(profile).0.replace(ON_NODE, "").trim().to_owned();
    for (given, expected) in [
        (spoil(|plain| plain.extension(Extension::subject_alt_name([GeneralName::dns("node1.example.com")]))), "names"),
        (
            spoil(|plain| plain.extension(Extension::subject_alt_name([GeneralName::dns("*.example.com")]))),
            "no-wildcard",
        ),
        (Given { certificate: node_of(wildcard_first(), |plain| plain), ..ready() }, "no-wildcard"),
        (spoil(|plain| plain.extension(Extension::extended_key_usage([purposes::CLIENT_AUTH]))), "server-auth"),
        (spoil(|plain| plain.without("2.5.29.37")), ""),
        (spoil(|plain| plain.without("2.5.29.15")), ""),
        (spoil(|plain| plain.validity(0, 1)), "in-date"),
        (of_usage(KeyUsage::CrlSign), "wcf-newer key-usage"),
        (of_usage(KeyUsage::KeyEncipherment), ""),
        (of_usage(KeyUsage::KeyAgreement), "key-usage"),
        (Given { key_match: Some(Match::No), ..ready() }, "key-matches"),
        (Given { key_match: None, ..ready() }, "key-matches?"),
        (Given { key_match: Some(Match::Corrupt(KeyProblem::RsaPrimes)), ..ready() }, "key-matches"),
        (Given { key_match: Some(Match::Unknown(NoMatch::Stored)), ..ready() }, "key-matches?"),
    ] {
        assert_eq!(with("shir-ha", &given), expected);
    }
    assert_eq!(with("sqlserver", &spoil(|plain| plain.without("2.5.29.37"))), "server-auth");
    let mut other = ready();
    other.hosts = vec![ReferenceName::parse("node2.example.com").unwrap()];
    assert_eq!(other.judged("sqlserver"), ("common-name".to_owned(), Outcome::Pass), "it should, and need not");
    // No conversion changes the certificate's usage.
    let crl = of_usage(KeyUsage::CrlSign);
    assert_eq!((with("iis", &crl).as_str(), crl.remedy("iis")), ("tls", None));
}

#[test]
fn releases_and_permissions() {
    let mut given = ready();
    given.protection = Protection { keys: vec![AES], safes: vec![AES], mac: Mac::Hmac(Hash::Sha256) };
    assert_eq!(given.judged("shir-ha"), (format!("opens {ON_NODE}"), Outcome::Fail));
    let (ours, windows) = given.remedy("shir-ha").unwrap();
    assert_eq!(ours, "certlens pfx convert node1.pfx --compatible-with server2016 --output node1-ready.pfx");
    assert!(windows.starts_with("Export-PfxCertificate -PFXData (Get-PfxData -FilePath 'node1.pfx'"), "{windows}");
    assert!(windows.ends_with("TripleDES_SHA1"));
    assert_eq!(given.all("shir-ha").2.unwrap().windows_since, Some(Release::Server2019), "which has the option");

    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let nobody = Subject { release: None, ..given.subject(&certificate) };
    let files = Files { file: "node1.pfx", output: "node1-ready.pfx" };
    let judged = judge(Profile::by_name("shir-ha").unwrap(), &nobody);
    assert_eq!(convert(&judged, &nobody, files), None, "a release that nobody named");

    let denied = Given { acl: Some(Acl::read("D:(A;;FA;;;SY)").unwrap()), ..ready() };
    assert_eq!(denied.judged("shir-ha"), (format!("readable {ON_NODE}"), Outcome::Fail));
    let certificate = Certificate::from_der(&denied.certificate).unwrap();
    let account = Account::parse("CONTOSO\\svc");
    let subject = Subject { account: Some(&account), ..denied.subject(&certificate) };
    let profile = Profile::by_name("shir-ha").unwrap();
    let judged = judge(profile, &subject);
    let readable = judged.iter().find(|one| one.demand.code == "readable").unwrap();
    assert_eq!(readable.judgement.outcome, Outcome::Fail);
    let remedy = readable.remedy(profile, &subject, Files { file: "a", output: "b" }).unwrap();
    assert!(remedy.windows.unwrap().ends_with("/grant \"CONTOSO\\svc:R\""));
    let unknown = Given { acl: None, ..ready() };
    assert_eq!(unknown.judged("shir-ha"), (format!("readable? {ON_NODE}"), Outcome::Pass), "the node tells");
}

#[test]
fn what_a_judgement_rests_on() {
    let mut given = ready();
    given.key.provider = NamedProvider::Absent;
    given.key.machine_keyset = false;
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let importers = [Importer::Wizard];
    let subject = Subject { place: Place::File { importers: &importers }, ..given.subject(&certificate) };
    let profile = Profile::by_name("shir-ha").unwrap();
    let judged = judge(profile, &subject);
    let of = |code: &str| &judged.iter().find(|one| one.demand.code == code).unwrap().judgement;
    let older = of("wcf-older");
    assert_eq!((older.outcome, older.confidence), (Outcome::Pass, Confidence::Observed));
    assert_eq!(older.source, "puppetlabs-sslcertificate issue 62", "the least sure of what it rests on");
    assert_eq!(of("machine").reason, "it will be the machine's key if it is imported into LocalMachine");
    let machine = judged.iter().find(|one| one.demand.code == "machine").unwrap();
    let remedy = machine.remedy(profile, &subject, Files { file: "a b.pfx", output: "c.pfx" }).unwrap();
    assert_eq!(
        remedy.windows.unwrap(),
        format!("certutil -f -csp \"{ENHANCED_AES}\" -importpfx My \"a b.pfx\" AT_KEYEXCHANGE")
    );
    assert_eq!(machine.judgement.source, "PFXImportCertStore, dwFlags");
    assert_eq!(machine.standing, Standing::OnNode, "whoever imports it chooses the store");
    assert_eq!((of("csp").outcome, of("csp").confidence), (Outcome::Pass, Confidence::Observed));
    assert_eq!(of("good-provider").outcome, Outcome::CannotKnow, "Base was seen in the place of Enhanced");
    let convert = |importers: &[Importer], provider: &str| {
        let key = KeyFacts { provider: NamedProvider::Name(provider.to_owned()), ..given.key.clone() };
        let key = if provider.is_empty() { PrivateKeyFacts::Of(&given.key) } else { PrivateKeyFacts::Of(&key) };
        let subject = Subject { place: Place::File { importers }, key, ..given.subject(&certificate) };
        let remedy = convert(&judge(profile, &subject), &subject, Files { file: "a", output: "b" })?;
        Some(remedy.ours.unwrap().join(" "))
    };
    assert_eq!(convert(&importers, ENHANCED_AES), None, "a matter of importing it right");
    let named = format!("certlens pfx convert a --csp {ENHANCED_AES} --machine --output b");
    assert_eq!(convert(&importers, ""), Some(named), "so that it is not Base");
}

#[test]
fn a_certificate_alone_and_a_key_in_its_store() {
    let given = ready();
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let profile = Profile::by_name("shir-ha").unwrap();
    let alone = Subject { key: PrivateKeyFacts::Elsewhere, key_match: None, ..given.subject(&certificate) };
    let judged = judge(profile, &alone);
    assert_eq!(overall(&judged), Outcome::Pass);
    assert!(
        judged.iter().filter(|one| one.demand.code == "csp").all(|one| one.judgement.outcome == Outcome::CannotKnow)
    );
    assert_eq!(convert(&judged, &alone, Files { file: "a.cer", output: "b" }), None);
    let ec = CertificateBuilder::new(Name::cn("node1.example.com"), Key::p256(0)).self_signed();
    let ec = Certificate::from_der(&ec).unwrap();
    let no_csp = Subject { certificate: CertificateFacts::Of(&ec), ..alone };
    let rsa = judge(profile, &no_csp).into_iter().find(|one| one.demand.code == "rsa").unwrap();
    assert_eq!((rsa.judgement.outcome, rsa.counts()), (Outcome::Fail, true), "the certificate tells the kind of key");
    let locked = Subject { key: PrivateKeyFacts::Locked, key_match: None, ..given.subject(&certificate) };
    assert_eq!(overall(&judge(profile, &locked)), Outcome::CannotKnow);
    assert_eq!(convert(&judge(profile, &locked), &locked, Files { file: "a.pfx", output: "b" }), None);
    let without = Subject { key: PrivateKeyFacts::None, key_match: None, ..given.subject(&certificate) };
    assert_eq!(overall(&judge(profile, &without)), Outcome::Fail);

    let held = Held::Cng { provider: Some(SOFTWARE_KSP.to_owned()), usage: None };
    let stored = Subject { place: Place::Store(held), ..given.subject(&certificate) };
    let csp = judge(profile, &stored).into_iter().find(|one| one.demand.code == "csp").unwrap();
    assert_eq!(csp.judgement.reason, format!("the KSP {SOFTWARE_KSP}"));
    let importers = [Importer::Certutil(Certutil::into(ENHANCED_AES, Some(KeySpec::Exchange)))];
    let mut ksp = ready();
    ksp.key.provider = NamedProvider::Name(SOFTWARE_KSP.to_owned());
    let told = Subject { place: Place::File { importers: &importers }, ..ksp.subject(&certificate) };
    assert_eq!(overall(&judge(profile, &told)), Outcome::Pass, "certutil with -csp puts it right");
}

/// Codes of demands with what is to be done, each by its means.
fn to_do(remedies: &Remedies, judged: &[Judged]) -> Vec<(&'static str, Means)> {
    let all = judged.iter().zip(&remedies.each);
    let open = all.filter(|(one, _)| matches!(one.standing, Standing::Fail | Standing::CannotKnow));
    open.filter_map(|(one, remedy)| Some((one.demand.code, remedy.as_ref()?.means))).collect()
}

#[test]
fn what_was_not_read_is_not_ready_and_nothing_is_mended_yet() {
    let profile = Profile::by_name("shir-ha").unwrap();
    let files = Files { file: "node1.pfx", output: "node1-ready.pfx" };
    let unread =
        |needs_password| Unread { why: "bag 2: something".to_owned(), advice: "do this".to_owned(), needs_password };
    let given = ready();
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    // All that was read is as it should be.
    let part = Subject { unread: Some(unread(false)), ..given.subject(&certificate) };
    let judged = judge(profile, &part);
    assert_eq!(decide(judged.iter().map(Judged::weighed), false), (Outcome::CannotKnow, Some(0)));
    assert_eq!(judged[0].judgement.reason, "bag 2: something");
    let found = remedies(profile, &judged, &part, files);
    assert_eq!((to_do(&found, &judged), found.conversion), (vec![("file", Means::Other)], None));
    assert_eq!(found.each[0].as_ref().unwrap().what, "do this");
    // Outside of what is encrypted stands what has to be mended.
    let mut ksp = ready();
    ksp.key.provider = NamedProvider::Name(SOFTWARE_KSP.to_owned());
    ksp.key.usage = UsageAttribute::Unknown;
    for (needs_password, is_mended) in [(true, true), (false, false)] {
        let locked = Subject {
            unread: Some(unread(needs_password)),
            certificate: CertificateFacts::Unread,
            key_match: None,
            ..ksp.subject(&certificate)
        };
        let judged = judge(profile, &locked);
        assert_eq!(overall(&judged), Outcome::Fail);
        let found = remedies(profile, &judged, &locked, files);
        assert_eq!(found.conversion.is_some(), is_mended);
        assert!(!to_do(&found, &judged).iter().any(|(code, _)| *code == "names" || *code == "rsa"));
    }
}

#[test]
fn a_file_without_a_certificate_is_not_ready_and_needs_one_alone() {
    let profile = Profile::by_name("shir-ha").unwrap();
    let files = Files { file: "node1.pfx", output: "node1-ready.pfx" };
    let mut given = ready();
    given.key.provider = NamedProvider::Name(SOFTWARE_KSP.to_owned());
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let lone = Subject { certificate: CertificateFacts::None, key_match: None, ..given.subject(&certificate) };
    let judged = judge(profile, &lone);
    assert_eq!(decide(judged.iter().map(Judged::weighed), false), (Outcome::Fail, Some(1)));
    assert_eq!(judged[1].judgement.reason, "there is no end-entity certificate in the file");
    let found = remedies(profile, &judged, &lone, files);
    assert_eq!((to_do(&found, &judged), found.conversion), (vec![("certificate", Means::Anew)], None));
    let ours = found.each[1].clone().unwrap().ours.unwrap().join(" ");
    assert_eq!(ours, "certlens pfx create --key KEY.pem --cert CERTIFICATE.pem --output node1-ready.pfx");
    // Without a key there is none to convert either.
    let keyless = Subject { key: PrivateKeyFacts::None, key_match: None, ..given.subject(&certificate) };
    let judged = judge(profile, &keyless);
    let found = remedies(profile, &judged, &keyless, files);
    assert_eq!((to_do(&found, &judged), found.conversion), (vec![("private-key", Means::Anew)], None));
}

#[test]
fn where_another_certificate_is_needed_this_file_is_not_converted() {
    let profile = Profile::by_name("shir-ha").unwrap();
    let files = Files { file: "node1.pfx", output: "node1-ready.pfx" };
    let mut given = Given { certificate: node(|plain| plain.validity(0, 1)), ..ready() };
    given.key.provider = NamedProvider::Name(SOFTWARE_KSP.to_owned());
    let certificate = Certificate::from_der(&given.certificate).unwrap();
    let subject = given.subject(&certificate);
    let judged = judge(profile, &subject);
    let found = remedies(profile, &judged, &subject, files);
    assert_eq!((to_do(&found, &judged), found.conversion), (vec![("in-date", Means::Anew)], None));
}

#[test]
fn tables_are_whole() {
    for profile in Profile::all() {
        assert!(std::ptr::eq(Profile::by_name(profile.name).unwrap(), profile));
        for (at, demand) in profile.demands.iter().enumerate() {
            let code = demand.code;
            assert!(!profile.demands[..at].iter().any(|other| other.code == code), "{}: {code} twice", profile.name);
            assert!(code.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'-'), "{code}");
            assert!(!demand.what.ends_with('.') && !demand.source.is_empty(), "{code}");
            let is_command = matches!(demand.repair, Repair::OnNode { .. } | Repair::Words(_));
            assert!(demand.check != Check::OnNode || is_command, "{code}: the node is asked how?");
        }
    }
    assert!(Profile::by_name("apache").is_none());
}
