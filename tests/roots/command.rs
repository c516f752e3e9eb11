//! `certlens roots` as a user meets it. The system's trust store is a file of the
//! test's, by SSL_CERT_FILE, and no network is used.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use certlens_core::x509::Certificate;
use certlens_testkit::microsoft::{Properties, file_time, friendly_name, oid, serialized_store, trust_list};
use certlens_testkit::{Ca, CertificateBuilder, Extension, Key, Name, attributes, der};
use serde_json::Value;

const SERVER_AUTH: &[u8] = b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";
const CODE_SIGNING: &[u8] = b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x03";

/// A system whose trust store has these certificates, and a directory for files.
struct System(tempfile::TempDir);

impl System {
    fn new(store: &[&[u8]]) -> Self {
        let system = System(tempfile::tempdir().expect("there is room for files"));
        system.put("store.pem", pem(store).as_bytes());
        system
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, name: &str, octets: &[u8]) {
        fs::write(self.path().join(name), octets).expect("a file can be written");
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_certlens"))
            .arg("roots")
            .args(args)
            .current_dir(self.path())
            .env("SSL_CERT_FILE", self.path().join("store.pem"))
            .env_remove("SSL_CERT_DIR")
            .stdin(Stdio::null())
            .output()
            .expect("certlens starts")
    }

    /// The exit code and the report in one line of words.
    fn text(&self, args: &[&str]) -> (i32, String) {
        let output = self.run(args);
        let text = [output.stdout, output.stderr].concat();
        let words = String::from_utf8(text).expect("it is UTF-8");
        (output.status.code().unwrap_or(-1), words.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--format", "json"]].concat());
        serde_json::from_slice(&output.stdout).expect("the report is JSON")
    }

    /// That the first words of the report are these, with this exit code.
    #[track_caller]
    fn says(&self, args: &[&str], exit: i32, words: &[&str]) {
        let (code, text) = self.text(args);
        assert_eq!(code, exit, "{args:?}: {text}");
        let (first, others) = words.split_first().expect("something is expected");
        assert!(text.starts_with(first), "{args:?}: {text}");
        for word in others {
            assert!(text.contains(word), "{args:?}: no {word:?} in {text}");
        }
    }
}

fn pem(certificates: &[&[u8]]) -> String {
    certificates.iter().map(|der| certlens_testkit::pem::encode("CERTIFICATE", der)).collect()
}

fn mozilla(name: &str) -> Vec<u8> {
    let mut ders = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let named = |der: &[u8]| Certificate::from_der(der).is_ok_and(|one| one.subject().brief().contains(name));
    ders.find(|der| named(der)).expect("the set has it").to_vec()
}

fn sha1(der: &[u8]) -> Vec<u8> {
    use certlens_core::crypto::algorithm::HashAlgorithm;
    certlens_core::crypto::digest(HashAlgorithm::Sha1, der).expect("SHA-1 is in every build")
}

fn hex(octets: &[u8]) -> String {
    certlens_core::encoding::hex::encode(octets)
}

/// A root with the name and key of another, in a certificate of its own.
fn renewed(name: &str, key: Key) -> Vec<u8> {
    CertificateBuilder::ca(Name::cn(name), key).serial(&[9]).self_signed()
}

#[test]
fn a_known_root_that_is_missing_comes_with_its_thumbprint_its_url_and_how_to_install_it() {
    let other = Ca::anchor("Company Root", Key::p256(1));
    let system = System::new(&[other.der()]);
    let root = mozilla("ISRG Root X1");
    let sha256 = Certificate::from_der(&root).expect("it is read").id().to_string().to_uppercase();
    let pairs: Vec<&str> = sha256.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
    let words = [
        "NOT TRUSTED HERE: ISRG Root X1",
        "Mozilla trusts it.",
        &hex(&sha1(&root)),
        "curl",
        "https://letsencrypt.org/certs/isrgrootx1.der",
        &pairs.join(":"),
        "Install it for all programs of this system",
    ];
    system.says(&["has", "isrg root x1"], 1, &words);
    system.says(&["has", &hex(&sha1(&root))], 1, &words);
    assert!(fs::read_dir(system.path()).unwrap().count() == 1, "nothing is downloaded");
    let report = system.json(&["has", "ISRG Root X1"]);
    assert_eq!(report["schema"], "certlens/roots/1");
    assert_eq!(report["answers"][0]["verdict"], "not_trusted");
    assert_eq!(report["answers"][0]["wanted"]["download"], "https://letsencrypt.org/certs/isrgrootx1.der");
}

#[test]
fn a_root_that_mozilla_gave_up_is_known_by_its_digests() {
    let company = Ca::anchor("Company Root", Key::p256(1));
    let system = System::new(&[company.der()]);
    let (sha1, url) =
        ("df3c24f9bfd666761b268073fe06d1cc8d4f82a4", "http://cacerts.digicert.com/DigiCertGlobalRootG2.crt");
    let words = ["NOT TRUSTED HERE: DigiCert Global Root G2", sha1, url, "CB:3C:CB:B7:60:31:E5:E0"];
    system.says(&["has", "DigiCert Global Root G2"], 1, &words);
    system.says(&["has", sha1], 1, &words);
    let entries: Vec<(Vec<u8>, Properties)> = vec![(
        (0..20).map(|at| u8::from_str_radix(&sha1[2 * at..2 * at + 2], 16).unwrap()).collect(),
        vec![friendly_name("DigiCert Global Root G2")],
    )];
    system.put("authroot.stl", &trust_list(oid::ROOTS, oid::SHA1, &entries));
    let listed = ["TRUSTED BY authroot.stl: DigiCert Global Root G2", "this very certificate"];
    system.says(&["has", "DigiCert Global Root G2", "--in", "authroot.stl"], 0, &listed);

    let name = "Baltimore CyberTrust Root";
    let impostor = Ca::anchor(name, Key::p256(3));
    let system = System::new(&[impostor.der()]);
    system.says(&["has", name], 1, &["NOT TRUSTED HERE: Baltimore CyberTrust Root", "ANOTHER KEY"]);
}

#[test]
fn a_root_is_found_by_name_thumbprint_and_file_and_its_key_is_compared() {
    let root = mozilla("ISRG Root X1");
    let company = Ca::anchor("Company Root", Key::p256(1));
    let system = System::new(&[&root, company.der()]);
    system.put("isrg.der", &root);
    let here = ["TRUSTED HERE: ISRG Root X1", "has this very certificate"];
    system.says(&["has", "ISRG Root X1"], 0, &here);
    system.says(&["has", &hex(&sha1(&root)).to_uppercase()], 0, &here);
    let id = Certificate::from_der(&root).expect("it is read").id().to_string();
    system.says(&["has", &id], 0, &here);
    system.says(&["has", "isrg.der"], 0, &here);
    // Nothing says whether a private root is the right one.
    system.says(&["has", "Company Root"], 0, &["TRUSTED HERE: Company Root", "cannot be told from the name"]);

    system.put("renewed.der", &renewed("Company Root", Key::p256(1)));
    system.says(&["has", "renewed.der"], 0, &["TRUSTED HERE: Company Root", "in another certificate"]);
    system.put("impostor.der", &renewed("Company Root", Key::p256(2)));
    let another = ["NOT TRUSTED HERE: Company Root", "ANOTHER KEY", "Find out who installed"];
    system.says(&["has", "impostor.der"], 1, &another);
    system.put("other-name.der", &renewed("Company Root 2", Key::p256(1)));
    system.says(&["has", "other-name.der"], 1, &["NOT TRUSTED HERE", "under another name"]);
    // The worst answer counts.
    system.says(&["has", "Company Root", "impostor.der"], 1, &["TRUSTED HERE: Company Root", "NOT TRUSTED HERE"]);
}

#[test]
fn a_root_of_a_known_name_with_another_key_is_not_that_root() {
    let impostor = Certificate::from_der(&mozilla("ISRG Root X1")).expect("it is read");
    let name = Name::raw(impostor.subject_raw().to_vec());
    let system = System::new(&[&CertificateBuilder::ca(name, Key::p256(3)).self_signed()]);
    system.says(&["has", "ISRG Root X1"], 1, &["NOT TRUSTED HERE: ISRG Root X1", "ANOTHER KEY"]);
    let report = system.json(&["has", "ISRG Root X1"]);
    assert_eq!(report["answers"][0]["found"][0]["likeness"], "other_key");
}

#[test]
fn wrong_usage_and_unknown_names() {
    let company = Ca::anchor("Company Root", Key::p256(1));
    let system = System::new(&[company.der()]);
    system.says(&["has", "Company Rot"], 1, &["NOT TRUSTED HERE: Company Rot", "ask for it: Company Root"]);
    system.says(&["has", &"ab".repeat(19)], 2, &["error:", "has 38 hexadecimal digits", "40 (SHA-1)"]);
    system.says(&["has", "missing.pem"], 2, &["error:", "there is no such file"]);
    system.says(&["has", "GlobalSign"], 2, &["error: GlobalSign: is the name of", "give the SHA-256 of one"]);
    system.says(&["has", "Company Root", "--in", "missing.sst"], 2, &["error:", "there is no such file"]);
    system.put("list.cab", b"MSCF\0\0\0\0");
    system.says(&["list", "list.cab"], 2, &["error:", "cabinet archive", "cabextract list.cab"]);
    let empty = System::new(&[]);
    empty.says(&["has", "ISRG Root X1"], 3, &["NO ROOTS AT ALL: ISRG Root X1"]);
}

/// What stands below a root is for servers to send; installed as a root it would do harm.
#[test]
fn intermediates_and_end_entities_are_no_roots_to_install() {
    let root = Ca::anchor("Company Root", Key::p256(1));
    let issuing = Ca::intermediate("Company Issuing CA", Key::p256(2), &root);
    let server = CertificateBuilder::new(Name::cn("server.test"), Key::p256(3)).issued_by(&issuing);
    let other = Ca::anchor("Other Root", Key::p256(4));
    let system = System::new(&[other.der()]);
    system.put("issuing.pem", pem(&[issuing.der()]).as_bytes());
    let what =
        ["NO ROOT:", "It is an intermediate, issued by CN=Company Root", "Get the certificate of CN=Company Root"];
    system.says(&["has", "issuing.pem"], 1, &[&what[..], &["--intermediates issuing.pem"]].concat());
    system.put("server.pem", pem(&[&server]).as_bytes());
    system.says(&["has", "server.pem"], 1, &["NO ROOT", "an end entity, issued by CN=Company Issuing CA"]);
    for file in ["issuing.pem", "server.pem"] {
        let (_, text) = system.text(&["has", file]);
        assert!(!text.contains("update-ca-certificates") && !text.contains("-addstore"), "{text}");
        let report = system.json(&["has", file]);
        assert_eq!(report["answers"][0]["verdict"], "no_root");
    }
    // A chain is asked for its root.
    system.put("chain.pem", pem(&[&server, issuing.der(), root.der()]).as_bytes());
    let (code, text) = system.text(&["has", "chain.pem"]);
    assert!(code == 1 && text.contains("NOT TRUSTED HERE: Company Root") && !text.contains("NO ROOT:"), "{text}");
    assert!(text.contains("note: chain.pem #2: Company Issuing CA is no root"), "{text}");
    // Whoever has it in his store has it as a trust anchor.
    let system = System::new(&[issuing.der()]);
    system.put("issuing.pem", pem(&[issuing.der()]).as_bytes());
    system.says(&["has", "issuing.pem"], 0, &["TRUSTED HERE"]);
}

/// A name may have commas, and programs write names in their own ways.
#[test]
fn a_root_is_found_by_its_whole_name_as_any_program_writes_it() {
    let name = || Name::cn("Acme Root").and(attributes::ORGANIZATION, der::utf8_string("Acme, Inc."));
    let root = Ca::self_signed(CertificateBuilder::ca(name(), Key::p256(1)));
    let issuing = Ca::intermediate("Acme Issuing CA", Key::p256(2), &root);
    let system = System::new(&[root.der()]);
    system.put("issuing.pem", pem(&[issuing.der()]).as_bytes());
    for name in ["O=Acme\\, Inc.,CN=Acme Root", "CN=Acme Root, O=\"Acme, Inc.\"", "cn = acme root, o = acme\\, inc."] {
        system.says(&["has", name], 0, &["TRUSTED HERE"]);
    }
    // Its root is there, and nothing is to be installed.
    system.says(&["has", "issuing.pem"], 1, &["NO ROOT:", "is a root in the trust store", "nothing to install"]);
}

/// A root whose signature cannot be verified here is a root all the same.
#[test]
fn roots_with_keys_that_cannot_be_verified_here_are_roots() {
    // id-Ed448 (RFC 8410 §3).
    let ed448 = || der::sequence([der::oid("1.3.101.113")]);
    let root = CertificateBuilder::ca(Name::cn("Ed448 Root"), Key::p256(1))
        .inner_algorithm(ed448())
        .outer_algorithm(ed448())
        .self_signed();
    let system = System::new(&[Ca::anchor("Other Root", Key::p256(3)).der()]);
    system.put("ed448.pem", pem(&[&root]).as_bytes());
    system.says(&["has", "ed448.pem"], 1, &["NOT TRUSTED HERE: Ed448 Root", "Install it for all programs"]);
}

/// The way up from a cross-certificate may lead to a root that was withdrawn.
#[test]
fn a_cross_certificate_of_a_root_leads_to_that_root() {
    let root = mozilla("ISRG Root X1");
    let read = Certificate::from_der(&root).expect("it is read");
    let name = Name::raw(read.subject_raw().to_vec());
    let withdrawn = Ca::anchor("Withdrawn Root", Key::p256(1));
    let cross = CertificateBuilder::ca(name, Key::p256(2)).spki(read.spki_raw().to_vec()).issued_by(&withdrawn);
    let system = System::new(&[Ca::anchor("Other Root", Key::p256(3)).der()]);
    system.put("cross.pem", pem(&[&cross]).as_bytes());
    let ask = format!("certlens roots has {}", read.id());
    system.says(&["has", "cross.pem"], 1, &["NO ROOT:", "Mozilla trusts a root of the same name and key", &ask]);
}

#[test]
fn a_self_signed_certificate_that_is_no_ca_says_so() {
    let own = CertificateBuilder::new(Name::cn("server.test"), Key::p256(1))
        .extension(Extension::basic_constraints(false, None))
        .self_signed();
    let system = System::new(&[Ca::anchor("Other Root", Key::p256(3)).der()]);
    system.put("own.pem", pem(&[&own]).as_bytes());
    system.says(&["has", "own.pem"], 1, &["NOT TRUSTED HERE", "as a root it makes one server trusted alone"]);
}

/// That the command which is printed for a file takes its root out.
#[track_caller]
fn taken_out(system: &System, from: &str, to: &str) {
    let (_, text) = system.text(&["has", from]);
    let take = text.split("certlens roots show ").nth(1).and_then(|rest| rest.split(" 2. ").next());
    let take = take.unwrap_or_else(|| panic!("{from}: {text}"));
    let words: Vec<&str> = std::iter::once("show").chain(take.split(' ')).collect();
    system.says(&words, 0, &["1 ROOT"]);
    system.says(&["has", to], 1, &["NOT TRUSTED HERE: Root One"]);
    fs::remove_file(system.path().join(to)).expect("a file can be removed");
}

/// Under the same name and key, only what is in date helps.
#[test]
fn a_root_that_is_to_replace_an_expired_one_is_missing() {
    let old = CertificateBuilder::ca(Name::cn("Old Root"), Key::p256(1)).validity(1_262_304_000, 1_577_836_800);
    let system = System::new(&[&old.self_signed()]);
    system.put("new.pem", pem(&[&renewed("Old Root", Key::p256(1))]).as_bytes());
    let words = ["NOT TRUSTED HERE: ", "another certificate, which has expired", "certutil -addstore Root new.pem"];
    system.says(&["has", "new.pem"], 1, &words);
}

/// An expired root is no cure, whether it is here or not, and nothing below it is trusted.
#[test]
fn an_expired_root_is_not_to_be_installed() {
    let old = CertificateBuilder::ca(Name::cn("Old Root"), Key::p256(1)).validity(1_262_304_000, 1_577_836_800);
    let old = Ca::self_signed(old);
    let issuing = Ca::intermediate("Issuing CA", Key::p256(2), &old);
    let system = System::new(&[Ca::anchor("Other Root", Key::p256(3)).der()]);
    system.put("old.pem", pem(&[old.der()]).as_bytes());
    let (code, text) = system.text(&["has", "old.pem"]);
    assert!(code == 1 && text.starts_with("OUT OF DATE HERE") && !text.contains("-addstore"), "{text}");
    let system = System::new(&[old.der()]);
    system.put("issuing.pem", pem(&[issuing.der()]).as_bytes());
    let (_, text) = system.text(&["has", "issuing.pem"]);
    assert!(text.starts_with("NO ROOT") && !text.contains("nothing to install"), "{text}");
}

/// Two roots of one name do not share a file, and one that is there twice is asked for once.
#[test]
fn roots_of_one_name_are_kept_apart() {
    let (one, two) = (Ca::anchor("Gateway Root", Key::p256(1)), Ca::anchor("Gateway Root", Key::p256(2)));
    let system = System::new(&[Ca::anchor("Other Root", Key::p256(3)).der()]);
    system.put("both.pem", pem(&[one.der(), two.der(), one.der()]).as_bytes());
    let (_, text) = system.text(&["has", "both.pem"]);
    let takes: Vec<&str> =
        text.split("certlens roots show ").skip(1).filter_map(|rest| rest.split(" 2. ").next()).collect();
    assert_eq!(takes.len(), 2, "{text}");
    for take in takes {
        let words: Vec<&str> = std::iter::once("show").chain(take.split(' ')).collect();
        system.says(&words, 0, &["1 ROOT"]);
    }
}

/// A set that was named is nobody's to change here.
#[test]
fn other_sets_are_asked_and_not_changed() {
    let (one, two) = (Ca::anchor("Root One", Key::p256(1)), Ca::anchor("Root Two", Key::p256(2)));
    let system = System::new(&[one.der()]);
    system.put("one.pem", pem(&[one.der()]).as_bytes());
    system.put("two.pem", pem(&[two.der()]).as_bytes());
    let (_, text) = system.text(&["has", "one.pem", "--in", "two.pem"]);
    assert!(text.starts_with("NOT TRUSTED BY two.pem") && !text.contains("SSL_CERT_FILE is set"), "{text}");
    assert!(text.contains("Whether this system trusts it") && text.contains("certlens roots has one.pem"), "{text}");
}

/// What is no file in PEM comes with a command that makes one, or is not taken for one.
#[test]
fn what_openssl_does_not_read_is_converted_first() {
    let one = Ca::anchor("Root One", Key::p256(1));
    let system = System::new(&[Ca::anchor("Other Root", Key::p256(3)).der()]);
    system.put("one.pem", pem(&[one.der()]).as_bytes());
    for form in ["PEM", "DER"] {
        let make = format!("openssl crl2pkcs7 -nocrl -certfile one.pem -outform {form} -out one.p7b");
        let done = Command::new("sh").args(["-c", &make]).current_dir(system.path()).status().expect("sh starts");
        assert!(done.success());
        taken_out(&system, "one.p7b", "root-one.pem");
    }
    // A key before it, and forms that openssl does not read.
    let text = pem(&[one.der()]);
    let key = certlens_testkit::pem::encode("PRIVATE KEY", b"0\x03\x02\x01\0");
    system.put("key.pem", format!("{key}{text}").as_bytes());
    taken_out(&system, "key.pem", "root-one.pem");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    system.put("wide.pem", &[&[0xff, 0xfe][..], &wide].concat());
    taken_out(&system, "wide.pem", "root-one.pem");
    let bare: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    system.put("bare.cer", bare.as_bytes());
    taken_out(&system, "bare.cer", "root-one.pem");
    system.put("cr.pem", text.replace('\n', "\r").as_bytes());
    taken_out(&system, "cr.pem", "root-one.pem");
    // A certificate of the same key is another one.
    let leaf = CertificateBuilder::new(Name::cn("leaf.test"), Key::p256(1)).issued_by(&one);
    system.put("same-key.pem", pem(&[&leaf, one.der()]).as_bytes());
    taken_out(&system, "same-key.pem", "root-one.pem");
    system.put("x509.pem", text.replace("CERTIFICATE", "X509 CERTIFICATE").as_bytes());
    taken_out(&system, "x509.pem", "root-one.pem");
}

/// Each command that is printed works as it stands.
#[test]
fn roots_of_a_file_with_several_are_taken_out_first() {
    let (one, two) = (Ca::anchor("Root One", Key::p256(1)), Ca::anchor("Root Two", Key::p256(2)));
    let system = System::new(&[]);
    system.put("store.pem", pem(&[Ca::anchor("Other Root", Key::p256(3)).der()]).as_bytes());
    system.put("both.pem", pem(&[one.der(), two.der()]).as_bytes());
    let (_, text) = system.text(&["has", "both.pem"]);
    for (place, name) in [(one.der(), "root-one"), (two.der(), "root-two")] {
        let id = Certificate::from_der(place).expect("it is read").id();
        let take = format!("roots show {id} --in both.pem --save {name}.pem");
        assert!(text.contains(&take) && text.contains(&format!("certlens roots has {name}.pem")), "{take}: {text}");
        let words: Vec<&str> = take.split(' ').skip(1).collect();
        system.says(&words, 0, &["1 ROOT"]);
        // What is there is not overwritten.
        system.says(&words, 2, &["error:", "exists already", "give another name"]);
        system.says(&["has", &format!("{name}.pem")], 1, &["NOT TRUSTED HERE"]);
    }
    assert!(!text.contains("#1'"), "{text}");
}

#[test]
fn where_a_root_goes_is_said_of_windows_and_of_what_stands_in_the_system_s_place() {
    let system = System::new(&[Ca::anchor("Other Root", Key::p256(3)).der()]);
    let one = Ca::anchor("Root One", Key::p256(1));
    system.put("one.pem", pem(&[one.der()]).as_bytes());
    let add = "(echo; openssl x509 -in one.pem) >> \"$SSL_CERT_FILE\"";
    let words = ["NOT TRUSTED HERE", "certutil -addstore Root one.pem", "SSL_CERT_FILE is set here", add];
    system.says(&["has", "one.pem"], 1, &words);
    // A file need not end with the end of a line.
    system.put("store.pem", pem(&[Ca::anchor("Other Root", Key::p256(3)).der()]).trim_end().as_bytes());
    let store = system.path().join("store.pem");
    let done = Command::new("sh").args(["-c", add]).current_dir(system.path()).env("SSL_CERT_FILE", store).status();
    assert!(done.expect("sh starts").success());
    system.says(&["has", "one.pem"], 0, &["TRUSTED HERE"]);
    system.says(&["list"], 0, &["ROOTS: 2 roots"]);
    let missing = Ca::anchor("Other Company", Key::p256(4));
    system.put("it's.pem", pem(&[missing.der()]).as_bytes());
    // What Windows' shells do not quote so is named without a need for it.
    system.says(&["has", "it's.pem"], 1, &["NOT TRUSTED HERE", "certutil -addstore Root other-company.crt"]);
    system.says(&["has", "Corp Root"], 1, &["NOT TRUSTED HERE", "--save-chain sent.pem", "certlens roots has FILE"]);
}

/// A path that ends in an expired root is refused, whoever has it in his store.
#[test]
fn a_root_that_has_expired_is_no_trusted_one() {
    let (key, name) = (Key::p256(1), Name::cn("Old Root"));
    let old = CertificateBuilder::ca(name, key).validity(1_262_304_000, 1_577_836_800).self_signed();
    let system = System::new(&[&old]);
    system.put("old.pem", pem(&[&old]).as_bytes());
    for asked in ["Old Root", "old.pem"] {
        system.says(&["has", asked], 1, &["OUT OF DATE HERE: ", "RFC 5937", "issuer has in its place"]);
    }
    // Renewed under the same name and key, it is good.
    let system = System::new(&[&old, &renewed("Old Root", key)]);
    system.says(&["has", "Old Root"], 0, &["TRUSTED HERE: "]);
}

#[test]
fn the_list_of_trusted_roots_names_what_is_not_yet_in_the_store() {
    let (one, two) = (Ca::anchor("Root One", Key::p256(1)), Ca::anchor("Root Two", Key::p256(2)));
    let system = System::new(&[two.der()]);
    system.put("one.der", one.der());
    system.put("two.der", two.der());
    let entries: Vec<(Vec<u8>, Properties)> = vec![
        (sha1(one.der()), vec![friendly_name("Root One"), (9, SERVER_AUTH.to_vec())]),
        (sha1(two.der()), vec![friendly_name("Root Two"), (9, CODE_SIGNING.to_vec())]),
        (vec![3; 20], vec![friendly_name("Root Three"), (104, file_time(1_505_433_600))]),
    ];
    system.put("authroot.stl", &trust_list(oid::ROOTS, oid::SHA1, &entries));
    let stl = ["--in", "authroot.stl"];
    system.says(
        &["has", "one.der", stl[0], stl[1]],
        0,
        &["TRUSTED BY authroot.stl", "signature of the trust list is not verified: authroot.stl"],
    );
    system.says(&["has", "root one", stl[0], stl[1]], 0, &["TRUSTED BY authroot.stl"]);
    system.says(&["has", "two.der", stl[0], stl[1]], 0, &["TRUSTED BY authroot.stl, BUT NOT FOR TLS SERVERS"]);
    let disabled = ["DISALLOWED: Root Three", "disabled since 2017-09-15T00:00:00Z"];
    system.says(&["has", "Root Three", stl[0], stl[1]], 1, &disabled);
    let both = ["has", "one.der", "--in", "system", stl[0], stl[1]];
    system.says(
        &both,
        1,
        &[
            "NOT TRUSTED HERE",
            "authroot.stl has this very certificate",
            "The trust store of this system does not have it",
        ],
    );
    system.says(
        &["list", "authroot.stl"],
        0,
        &["ROOTS: 3 roots in authroot.stl", "is of 2026-09-01", "Root Three", "not for TLS servers"],
    );
    system.says(&["show", &hex(&[3; 20]), stl[0], stl[1]], 0, &["1 ROOT", "Friendly name", "Root Three"]);
    system.says(
        &["diff", "authroot.stl"],
        1,
        &["DIFFERENT: system and authroot.stl", "1 the same", "2 only in authroot.stl", "Root One"],
    );

    system.put("broken.stl", &trust_list(oid::ROOTS, oid::SHA1, &[(vec![1; 65], Vec::new())]));
    system.says(
        &["list", "broken.stl"],
        2,
        &["error: broken.stl: the trust list cannot be read: byte", "1 to 64 octets"],
    );
}

#[test]
fn what_windows_refuses_is_refused_whoever_trusts_it() {
    let (one, two) = (Ca::anchor("Root One", Key::p256(1)), Ca::anchor("Root Two", Key::p256(2)));
    let system = System::new(&[one.der(), two.der()]);
    let signed = Certificate::from_der(one.der()).expect("it is read");
    // The signature is by SHA-256, and so is the hash of the list.
    use certlens_core::crypto::{algorithm::HashAlgorithm, digest};
    let hash = digest(HashAlgorithm::Sha256, signed.tbs()).expect("SHA-256 is in every build");
    let entries: Vec<(Vec<u8>, Properties)> = vec![(vec![9; 16], Vec::new()), (hash, Vec::new())];
    system.put("disallowed.stl", &trust_list(oid::DISALLOWED, oid::SIGNATURE_HASH, &entries));
    system.put("one.der", one.der());
    system.put("two.der", two.der());
    let list = ["--in", "disallowed.stl"];
    system.says(&["has", "one.der", list[0], list[1]], 1, &["DISALLOWED: Root One", "a list of what Windows refuses"]);
    system.says(&["has", "two.der", list[0], list[1]], 0, &["TRUSTED HERE: Root Two"]);
    system.says(&["diff", "disallowed.stl"], 1, &["DISALLOWED ROOTS: system and disallowed.stl", "Root One"]);
    system.put("entries.stl", &trust_list(oid::DISALLOWED, oid::SHA1, &[(vec![9; 20], Vec::new())]));
    system.says(&["diff", "entries.stl"], 0, &["NONE IS DISALLOWED"]);
}

#[test]
fn serialized_stores_are_read_as_far_as_they_go() {
    let (one, two) = (Ca::anchor("Root One", Key::p256(1)), Ca::anchor("Root Two", Key::p256(2)));
    let system = System::new(&[one.der()]);
    let certificates =
        vec![(one.der().to_vec(), vec![friendly_name("The First")]), (two.der().to_vec(), vec![(104, Vec::new())])];
    let store = serialized_store(&certificates);
    system.put("roots.sst", &store);
    system.says(&["list", "roots.sst"], 0, &["ROOTS: 2 roots in roots.sst", "Root One", "disabled"]);
    system.says(&["has", "Root One", "--in", "roots.sst"], 0, &["TRUSTED BY roots.sst"]);
    system.says(&["has", "Root Two", "--in", "roots.sst"], 1, &["DISALLOWED: Root Two"]);
    system.says(&["show", "The First", "--in", "roots.sst"], 0, &["1 ROOT", "CN=Root One"]);
    system.put("cut.sst", store.get(..store.len() - 20).unwrap_or_default());
    system.says(&["list", "cut.sst"], 0, &["ROOTS: 1 root in cut.sst", "the rest of the store cannot be read: byte"]);
    system.put("none.sst", b"\0\0\0\0CERT\x20\0\0\0\x02\0\0\0\0\0\0\0");
    system.says(&["list", "none.sst"], 2, &["error: none.sst", "byte 8: expected the encoding type 1"]);
}

#[test]
fn sets_are_compared_by_certificate_and_by_key() {
    let names = ["Same", "Renewed", "Impostor", "Left"];
    let left: Vec<Vec<u8>> =
        names.iter().zip(1..).map(|(name, key)| Ca::anchor(name, Key::p256(key)).der().to_vec()).collect();
    let system = System::new(&left.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let right = [
        left.first().cloned().unwrap_or_default(),
        renewed("Renewed", Key::p256(2)),
        renewed("Impostor", Key::p256(30)),
        renewed("Right", Key::p256(31)),
    ];
    system.put("right.pem", pem(&right.iter().map(Vec::as_slice).collect::<Vec<_>>()).as_bytes());
    let report = system.json(&["diff", "system", "right.pem"]);
    let rows: Vec<(String, String)> = report["differences"]
        .as_array()
        .expect("there are differences")
        .iter()
        .map(|row| {
            let side = if row["left"].is_null() { &row["right"] } else { &row["left"] };
            (
                row["relation"].as_str().unwrap_or_default().to_owned(),
                side["subject"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let expected = [
        ("other_key", "CN=Impostor"),
        ("same_key", "CN=Renewed"),
        ("only_left", "CN=Left"),
        ("only_right", "CN=Right"),
    ];
    assert_eq!(rows, expected.map(|(relation, name)| (relation.to_owned(), name.to_owned())));
    assert_eq!(report["same"], 1);
    system.says(&["diff", "right.pem"], 1, &["DIFFERENT: system and right.pem", "ANOTHER KEY"]);
    system.says(&["diff", "right.pem", "right.pem"], 0, &["THE SAME"]);
    system.says(&["diff"], 1, &["DIFFERENT: mozilla and system"]);
}
