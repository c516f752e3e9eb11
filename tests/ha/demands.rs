//! Each check of `certlens ha`, passing and failing.

use certlens_testkit::{CertificateBuilder, Extension, GeneralName, Key, KeyUsage, purposes};

use crate::lab::{ENHANCED, Lab, OLD, SOFTWARE_KSP, open, outcome};

const BASE: &str = "Microsoft Base Cryptographic Provider v1.0";

const BOTH: [&str; 4] = ["--node", "node1.example.com", "--node", "node2.example.com"];

/// Every check that can pass here.
const CHECKS: [&str; 21] = [
    "same-certificate",
    "file",
    "certificate",
    "private-key",
    "key-matches",
    "rsa",
    "csp",
    "key-exchange",
    "good-provider",
    "machine",
    "wcf-older",
    "wcf-newer",
    "key-usage",
    "server-auth",
    "in-date",
    "names",
    "no-wildcard",
    "opens",
    "readable",
    "trusted",
    "strength",
];

#[test]
fn a_ready_file_passes_them_all() {
    let lab = Lab::with_good();
    lab.write("acl.txt", "D:PAI(A;;0xd01f01ff;;;SY)(A;;0x80120089;;;S-1-5-80-0)");
    let more = ["--acl", "acl.txt", "--compatible-with", "server2012r2"];
    let (exit, text, json) = lab.ha(&["good.pfx"], &[&BOTH[..], &more].concat());
    assert_eq!((exit, &json["answer"]), (0, &"ready".into()), "{text}");
    assert!(text.starts_with("READY: node1.example.com, node2.example.com Every check that can be made"), "{text}");
    for node in 0..2 {
        let demands = &json["nodes"][node]["demands"];
        for code in CHECKS {
            assert_eq!(outcome(demands, code), "pass", "{code}: {text}");
        }
        for code in ["store", "reachable", "port", "single-node"] {
            assert_eq!(outcome(demands, code), "on_node", "{code}");
        }
    }
}

#[test]
fn files_that_are_not_ready() {
    let lab = Lab::with_good();
    lab.certificate("ec", Key::p256(3), |plain| plain);
    let pfx = |name: &str, of: &str, options: &[&str]| lab.pfx(name, of, options, &OLD);
    pfx("keyless", "good", &["-nokeys"]);
    pfx("ec", "ec", &["-LMK"]);
    pfx("ksp", "good", &["-CSP", SOFTWARE_KSP, "-LMK"]);
    pfx("sig", "good", &["-CSP", ENHANCED, "-keysig", "-LMK"]);
    pfx("base", "good", &["-CSP", BASE, "-keyex", "-LMK"]);
    pfx("user", "good", &["-CSP", ENHANCED, "-keyex"]);
    lab.pfx("aes", "good", &["-CSP", ENHANCED, "-keyex", "-LMK"], &[]);
    let other = lab.certificate("renewed", Key::rsa2048(1), |plain| plain);
    lab.written("foreign", &[Key::rsa2048(0)], &[other]);
    lab.write("denied.txt", "key NT AUTHORITY\\SYSTEM:(F)\n    BUILTIN\\Administrators:(F)\n");
    for (file, more, exit, expected) in [
        ("keyless", &[][..], 1, &["private-key:fail", "key-matches:cannot_know"][..]),
        ("foreign", &["--intermediates", "issuing.pem"], 1, &["key-matches:fail"]),
        ("ec", &[], 1, &["rsa:fail", "csp:fail", "key-exchange:fail", "wcf-older:fail"]),
        ("ksp", &[], 1, &["csp:fail", "key-exchange:fail", "wcf-older:fail"]),
        ("sig", &[], 1, &["key-exchange:fail", "wcf-older:fail"]),
        ("base", &["--importer", "wizard"], 0, &["good-provider:fail"]),
        ("user", &[], 0, &[]),
        ("user", &["--importer", "dotnet-framework"], 1, &["machine:fail"]),
        ("aes", &["--compatible-with", "server2016"], 1, &["opens:fail"]),
        ("good", &["--acl", "denied.txt"], 1, &["readable:fail"]),
        ("good", &["--node", "node3.example.com"], 1, &["names:fail"]),
    ] {
        let (found, text, json) = lab.ha(&[&format!("{file}.pfx")], &[&BOTH[..], more].concat());
        assert_eq!(found, exit, "{file}: {text}");
        let open = open(&json["nodes"][0]["demands"]);
        assert_eq!(
            open.get(..expected.len()),
            Some(&expected.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>()[..]),
            "{file}: {open:?}"
        );
        assert!(file == "keyless" || open.len() == expected.len(), "{file}: {open:?}");
    }
}

/// S3 of the guide: 0x8009030D, state 10001.
#[test]
fn an_account_that_cannot_read_the_key() {
    let lab = Lab::with_good();
    lab.write("denied.txt", "D:PAI(A;;0xd01f01ff;;;SY)(A;;0xd01f01ff;;;BA)(A;;0x80120089;;;NS)");
    let (exit, text, json) = lab.ha(&["good.pfx"], &[&BOTH[..], &["--acl", "denied.txt"]].concat());
    assert_eq!((exit, json["decisive"]["code"].as_str()), (1, Some("readable")), "{text}");
    assert!(text.contains("NT SERVICE\\DIAHostService cannot read the key: nothing grants it"), "{text}");
    assert!(text.contains("/grant \"NT SERVICE\\DIAHostService:R\""), "{text}");
    let more = ["--acl", "denied.txt", "--account", "NETWORK SERVICE"];
    let (exit, text, _) = lab.ha(&["good.pfx"], &[&BOTH[..], &more].concat());
    assert_eq!(exit, 0, "{text}");
}

type Change<'a> = &'a dyn Fn(CertificateBuilder) -> CertificateBuilder;

#[test]
fn certificates_that_are_not_ready() {
    let lab = Lab::new();
    let usage =
        |bit: KeyUsage| move |plain: CertificateBuilder| plain.extension(Extension::key_usage(&[bit]).critical());
    let names = |name: &'static str| {
        move |plain: CertificateBuilder| plain.extension(Extension::subject_alt_name([GeneralName::dns(name)]))
    };
    let client = |plain: CertificateBuilder| plain.extension(Extension::extended_key_usage([purposes::CLIENT_AUTH]));
    let past = |plain: CertificateBuilder| plain.validity(1_577_836_800, 1_600_000_000);
    let changes: [(&str, Change<'_>, &[&str]); 6] = [
        ("crl-sign", &usage(KeyUsage::CrlSign), &["wcf-newer:fail", "key-usage:fail", "trusted:fail"]),
        ("agreement", &usage(KeyUsage::KeyAgreement), &["key-usage:fail"]),
        ("client", &client, &["server-auth:fail", "trusted:fail"]),
        ("past", &past, &["in-date:fail", "trusted:fail"]),
        ("one-name", &names("node1.example.com"), &["names:fail"]),
        ("wildcard", &names("*.example.com"), &["no-wildcard:fail"]),
    ];
    for (name, change, expected) in changes {
        lab.certificate(name, Key::rsa2048(0), change);
        lab.pfx(name, name, &["-CSP", ENHANCED, "-keyex", "-LMK"], &OLD);
        let (exit, text, json) = lab.ha(&[&format!("{name}.pfx")], &BOTH);
        assert_eq!((exit, open(&json["nodes"][0]["demands"]).join(" ")), (1, expected.join(" ")), "{name}: {text}");
        assert!(text.contains("Ask for a ") && !text.contains("pfx convert"), "{name}: {text}");
    }
}

#[test]
fn chains_that_nodes_do_not_trust() {
    let lab = Lab::with_good();
    lab.pfx("short", "good", &["-CSP", ENHANCED, "-keyex", "-LMK"], &OLD);
    // Without the intermediate.
    lab.written("short", &[Key::rsa2048(0)], &[lab.certificate("good", Key::rsa2048(0), |plain| plain)]);
    let ha = |file: &str, more: &[&str]| {
        let first = ["ha", file, "--at", crate::lab::AT, "--password-file", "pw"];
        lab.both(&[&first, &BOTH[..], more].concat())
    };
    for (file, more, exit, trusted) in [
        ("good.pfx", &["--anchors", "root.pem"][..], 0, "pass"),
        ("good.pfx", &["--anchors", "other.pem"], 3, "cannot_know"),
        ("good.pfx", &[], 0, "on_node"),
        ("good.pfx", &["--trust", "mozilla"], 3, "cannot_know"),
        ("good.pfx", &["--anchors", "issuing.pem"], 0, "pass"),
        ("good.pfx", &["--anchors", "other.pem", "--intermediates", "root.pem"], 1, "fail"),
        ("short.pfx", &["--anchors", "root.pem"], 3, "cannot_know"),
        ("short.pfx", &["--anchors", "root.pem", "--intermediates", "issuing.pem"], 0, "pass"),
    ] {
        let (found, text, json) = ha(file, more);
        let outcome = outcome(&json["nodes"][0]["demands"], "trusted");
        assert_eq!((found, outcome), (exit, trusted), "{file} {more:?}: {text}");
    }
    let (_, text, _) = ha("good.pfx", &["--anchors", "other.pem", "--intermediates", "root.pem"]);
    assert!(text.contains("certutil -addstore Root ANCHOR.cer"), "{text}");
    assert!(text.contains("The root CN=Root: ") && !text.contains("The intermediate CN=Root"), "{text}");
}

/// Windows takes what is weak: that is said, and is no want of trust.
#[test]
fn a_chain_that_is_weak() {
    let lab = Lab::with_good();
    lab.openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:1024",
        "-nodes",
        "-keyout",
        "weak.key",
        "-out",
        "weak-ca.pem",
        "-subj",
        "/CN=Weak CA",
        "-days",
        "3650",
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-sha1",
    ]);
    let names = "subjectAltName=DNS:node1.example.com,DNS:node2.example.com";
    lab.openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:1024",
        "-nodes",
        "-keyout",
        "leaf.key",
        "-out",
        "leaf.pem",
        "-subj",
        "/CN=node1.example.com",
        "-days",
        "3650",
        "-CA",
        "weak-ca.pem",
        "-CAkey",
        "weak.key",
        "-sha1",
        "-addext",
        names,
        "-addext",
        "extendedKeyUsage=serverAuth",
        "-addext",
        "basicConstraints=CA:FALSE",
    ]);
    lab.pfx("leaf", "leaf", &["-CSP", ENHANCED, "-keyex", "-LMK"], &OLD);
    let first = ["ha", "leaf.pfx", "--anchors", "weak-ca.pem", "--password-file", "pw"];
    let (exit, text, json) = lab.both(&[&first[..], &BOTH].concat());
    let demands = &json["nodes"][0]["demands"];
    assert_eq!((exit, outcome(demands, "trusted"), outcome(demands, "strength")), (0, "pass", "fail"), "{text}");
    assert!(text.contains("strength warning") && text.contains("SHA-1") && text.contains("1024"), "{text}");
    assert!(!text.contains("--allow-weak"), "which ha does not have: {text}");
}
