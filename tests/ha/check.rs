//! `certlens pfx check`.

use base64::Engine;
use certlens_testkit::Key;
use serde_json::Value;

use crate::lab::{AT, ENHANCED, Lab, OLD, SOFTWARE_KSP, open, outcome};

/// What is to be done, and not what only the node can tell.
fn to_do(text: &str) -> &str {
    let start = text.find("What to do").unwrap_or(text.len());
    let rest = text.get(start..).unwrap_or_default();
    let end =
        ["What only the node", "What was not asked", "Checked with"].iter().filter_map(|next| rest.find(next)).min();
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

pub(crate) fn result(json: &Value) -> &Value {
    assert_eq!(json["results"].as_array().unwrap().len(), 1, "{json:#}");
    &json["results"][0]
}

#[test]
fn a_ready_file() {
    let lab = Lab::with_good();
    let (exit, text, json) = lab.check("shir-ha", "good.pfx", &["--node", "node1.example.com"]);
    assert_eq!((exit, &result(&json)["answer"]), (0, &"ready".into()), "{text}");
    assert!(text.starts_with("READY: good.pfx Every demand that can be judged from here and must be met is met"));
    assert_eq!(open(&result(&json)["demands"]), [] as [&str; 0]);
    assert_eq!(result(&json)["certificate"]["subject"], "CN=node1.example.com");
    let thumbprint = result(&json)["certificate"]["sha1"].as_str().unwrap().to_owned();
    assert!(text.contains(&format!("certutil -store My {thumbprint}")), "{text}");
    // What only the node can tell counts when it is to.
    let (exit, text, json) = lab.check("shir-ha", "good.pfx", &["--node", "node1.example.com", "--strict"]);
    assert_eq!((exit, &result(&json)["answer"]), (3, &"cannot_know".into()), "{text}");
    assert!(text.starts_with("CANNOT KNOW: good.pfx opens: "), "{text}");
}

/// S2 of the guide: "may not have a private key that is capable of key exchange".
#[test]
fn a_key_for_signatures_alone() {
    let lab = Lab::with_good();
    lab.pfx("sig", "good", &["-CSP", ENHANCED, "-keysig", "-LMK"], &OLD);
    let (exit, text, json) = lab.check("shir-ha", "sig.pfx", &[]);
    assert_eq!((exit, &result(&json)["decisive"]), (1, &"key-exchange".into()), "{text}");
    assert!(text.starts_with("NOT READY: sig.pfx key-exchange: the key spec is AT_SIGNATURE."), "{text}");
    assert_eq!(open(&result(&json)["demands"]), ["key-exchange:fail", "wcf-older:fail"]);
    let ours = format!(
        "certlens pfx convert sig.pfx --csp '{ENHANCED}' --key-spec exchange --output sig-ready.pfx --password-file pw"
    );
    let windows = format!("certutil -f -csp \"{ENHANCED}\" -importpfx My sig.pfx AT_KEYEXCHANGE");
    assert!(text.contains(&ours) && text.contains(&windows), "{text}");
    // So imported, it is what is demanded.
    let (exit, text, _) = lab.check("shir-ha", "sig.pfx", &["--importer", "certutil-csp"]);
    assert_eq!(exit, 0, "{text}");
    // Without the password the key spec is not known, and nothing is to be mended yet.
    let (exit, text, json) = lab.both(&["pfx", "check", "--for", "shir-ha", "sig.pfx", "--at", AT]);
    assert_eq!(exit, 3, "{text}");
    assert!(text.contains("What to do 1. Give the file's password") && !text.contains("pfx convert"), "{text}");
    assert!(!to_do(&text).contains("2. "), "nothing else is to be done yet: {text}");
    assert_eq!((&result(&json)["conversion"], &result(&json)["decisive"]), (&Value::Null, &"file".into()));
}

/// S4 of the guide: error code 103.
#[test]
fn a_key_for_a_ksp() {
    let lab = Lab::with_good();
    lab.pfx("ksp", "good", &["-CSP", SOFTWARE_KSP, "-LMK"], &OLD);
    let (exit, text, json) = lab.check("shir-ha", "ksp.pfx", &[]);
    assert_eq!((exit, &result(&json)["decisive"]), (1, &"csp".into()), "{text}");
    assert!(text.contains("error code 103") && text.contains("Invalid provider type specified"), "{text}");
    // The provider stands outside of what is encrypted.
    let (exit, text, json) = lab.both(&["pfx", "check", "--for", "shir-ha", "ksp.pfx", "--at", AT]);
    assert_eq!((exit, &result(&json)["decisive"]), (1, &"csp".into()), "{text}");
    assert!(text.contains("certlens pfx convert ksp.pfx"), "{text}");
    for (profile, exit, expected) in [
        ("adfs", 0, &["csp:fail"][..]),
        ("sqlserver", 1, &["csp:fail", "key-exchange:fail"]),
        ("iis", 0, &[]),
        ("exchange", 1, &["csp:fail"]),
        ("wcf", 0, &["wcf-older:fail"]),
    ] {
        let (found, text, json) = lab.check(profile, "ksp.pfx", &[]);
        assert_eq!(
            (found, open(&result(&json)["demands"])),
            (exit, expected.iter().map(|one| (*one).to_owned()).collect()),
            "{text}"
        );
        assert_eq!(json["product"], profile);
    }
}

/// Products that take keys from a KSP take elliptic-curve keys, if they land in one.
#[test]
fn an_elliptic_curve_key_whose_file_names_no_ksp() {
    let lab = Lab::with_good();
    lab.certificate("ec", Key::p256(3), |plain| plain);
    let ours = format!("certlens pfx convert ec.pfx --csp '{SOFTWARE_KSP}' --output ec-ready.pfx --password-file pw");
    let windows = format!("certutil -f -csp \"{SOFTWARE_KSP}\" -importpfx My ec.pfx");
    for (options, exit, expected) in [
        (&["-LMK"][..], 0, &["ksp-named:cannot_know"][..]),
        (&["-CSP", ENHANCED, "-LMK"], 3, &["tls:cannot_know", "ksp-named:cannot_know"]),
        (&["-CSP", SOFTWARE_KSP, "-LMK"], 0, &[]),
    ] {
        lab.pfx("ec", "ec", options, &OLD);
        let (found, text, json) = lab.check("iis", "ec.pfx", &[]);
        assert_eq!(
            (found, open(&result(&json)["demands"])),
            (exit, expected.iter().map(|one| (*one).to_owned()).collect()),
            "{text}"
        );
        assert_eq!(text.contains(&ours), !expected.is_empty(), "{text}");
        assert_eq!(text.contains(&windows), !expected.is_empty(), "{text}");
        assert!(!text.contains("AT_KEYEXCHANGE"), "which no KSP has: {text}");
    }
}

/// What Windows cannot open it is not told to import.
#[test]
fn commands_for_windows_are_for_files_that_it_takes() {
    let lab = Lab::with_good();
    lab.pfx("ksp", "good", &["-CSP", SOFTWARE_KSP, "-LMK"], &[]);
    let import = "-importpfx My ksp.pfx AT_KEYEXCHANGE";
    let (_, text, json) = lab.check("shir-ha", "ksp.pfx", &["--compatible-with", "server2016"]);
    assert!(text.contains("certlens pfx convert ksp.pfx") && !text.contains(import), "{text}");
    assert_eq!(result(&json)["conversion"]["windows"], Value::Null);
    let (_, text, _) = lab.check("shir-ha", "ksp.pfx", &["--compatible-with", "server2022"]);
    assert!(text.contains(import) && text.contains("in the place of that, on Windows:"), "{text}");
    let (_, text, json) = lab.check("shir-ha", "ksp.pfx", &[]);
    assert!(text.contains(import) && text.contains("on Windows Server 2019 or later:"), "{text}");
    assert_eq!(result(&json)["conversion"]["windows_since"], "Windows Server 2019");
    // Nor a file that is not binary.
    let binary = std::fs::read(lab.path().join("ksp.pfx")).unwrap();
    lab.write("text.pfx", base64::engine::general_purpose::STANDARD.encode(binary));
    let (_, text, json) = lab.check("shir-ha", "text.pfx", &[]);
    assert!(text.contains("certlens pfx convert text.pfx") && !text.contains("-importpfx My"), "{text}");
    assert_eq!(result(&json)["conversion"]["windows"], Value::Null);
}

#[test]
fn a_file_that_names_no_provider() {
    let lab = Lab::with_good();
    lab.pfx("none", "good", &["-keyex"], &OLD);
    // Said once, and first.
    let (_, text, _) = lab.check("shir-ha", "none.pfx", &[]);
    assert!(text.starts_with("CANNOT KNOW: none.pfx csp: the file names no provider, and it depends on who"), "{text}");
    assert_eq!(text.matches("Import-PfxCertificate: the KSP").count(), 2, "above and among the reasons: {text}");
    for (importer, exit, answer) in [
        (&[][..], 3, "cannot_know"),
        (&["--importer", "wizard"], 0, "ready"),
        (&["--importer", "powershell"], 1, "not_ready"),
        (&["--importer", "wizard", "--importer", "powershell"], 3, "cannot_know"),
        (&["--importer", "certutil-csp"], 0, "ready"),
        (&["--importer", "dotnet"], 1, "not_ready"),
    ] {
        let (found, text, json) = lab.check("shir-ha", "none.pfx", importer);
        assert_eq!((found, &result(&json)["answer"]), (exit, &answer.into()), "{importer:?}: {text}");
    }
}

#[test]
fn what_was_given_decides() {
    let lab = Lab::with_good();
    lab.pfx("aes", "good", &["-CSP", ENHANCED, "-keyex", "-LMK"], &[]);
    lab.write("granted.txt", "D:(A;;FA;;;SY)(A;;FR;;;S-1-5-80-0)");
    lab.write("domain.txt", "D:(A;;FR;;;DA)");
    lab.write("denied.txt", "D:(D;;FR;;;S-1-5-80-0)(A;;FA;;;WD)");
    let icacls: Vec<u8> = "\u{feff}C:\\key NT SERVICE\\DIAHostService:(R)\r\n       BUILTIN\\Administrators:(F)\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    lab.write("icacls.txt", icacls);
    for (file, more, exit, decisive) in [
        ("aes.pfx", &["--compatible-with", "server2016"][..], 1, Some("opens")),
        ("aes.pfx", &["--compatible-with", "server2019"], 0, None),
        ("good.pfx", &["--compatible-with", "server2012r2"], 0, None),
        ("good.pfx", &["--acl", "granted.txt"], 0, None),
        ("good.pfx", &["--acl", "icacls.txt"], 0, None),
        ("good.pfx", &["--acl", "denied.txt"], 1, Some("readable")),
        ("good.pfx", &["--acl", "granted.txt", "--account", "CONTOSO\\svc"], 1, Some("readable")),
        ("good.pfx", &["--acl", "domain.txt", "--account", "CONTOSO\\svc"], 3, Some("readable")),
        ("good.pfx", &["--node", "node3.example.com"], 1, Some("names")),
        ("good.pfx", &["--at", "2031-01-01"], 1, Some("in-date")),
    ] {
        let first = ["pfx", "check", "--for", "shir-ha", file, "--password-file", "pw"];
        let at = if more.contains(&"--at") { &[][..] } else { &["--at", AT] };
        let (found, text, json) = lab.both(&[&first, more, at].concat());
        let decided = result(&json)["decisive"].as_str();
        assert_eq!((found, decided), (exit, decisive), "{more:?}: {text}");
    }
    let (_, text, _) = lab.check("shir-ha", "aes.pfx", &["--compatible-with", "server2016"]);
    assert!(
        text.contains("certlens pfx convert aes.pfx --compatible-with server2016 --output aes-ready.pfx"),
        "{text}"
    );
    assert!(text.contains("0x80070056"), "{text}");
}

#[test]
fn every_certificate_with_a_key_is_judged() {
    let lab = Lab::with_good();
    let first = lab.certificate("first", Key::rsa2048(0), |plain| plain);
    let second = lab.certificate("second", Key::rsa2048(1), |plain| plain.without("2.5.29.17"));
    lab.written("two", &[Key::rsa2048(0), Key::rsa2048(1)], &[first.clone(), second.clone()]);
    let (exit, text, json) = lab.check("shir-ha", "two.pfx", &["--node", "node1.example.com"]);
    assert_eq!((exit, &json["answer"]), (1, &"not_ready".into()), "{text}");
    assert_eq!(json["results"][0]["answer"], "ready");
    assert_eq!(json["results"][1]["decisive"], "names");
    // The first line is about the whole, and each part says what it is about.
    assert!(text.starts_with("NOT READY: two.pfx 2 keys with their certificates were judged"), "{text}");
    for part in ["READY: two.pfx, key 1 with certificate 1 ", "NOT READY: two.pfx, key 2 with certificate 2 names:"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    lab.written("foreign", &[Key::rsa2048(0)], &[second]);
    let (exit, text, json) = lab.check("shir-ha", "foreign.pfx", &[]);
    assert_eq!((exit, outcome(&result(&json)["demands"], "key-matches")), (1, "fail"), "{text}");
    assert!(text.contains("no certificate in the file is that of key 1"), "{text}");
}

/// Windows imports them all; which one the certificate then has, nobody knows.
/// A conversion is of all keys in a file: one is printed, which runs, or none.
#[test]
fn several_keys_are_mended_by_one_command_or_none() {
    let lab = Lab::with_good();
    let rsa = lab.certificate("good", Key::rsa2048(0), |plain| plain);
    let other = lab.certificate("other", Key::rsa2048(1), |plain| plain);
    let ec = lab.certificate("ec", Key::p256(2), |plain| plain);
    let certificates = [rsa, other, ec];
    let commands = |json: &Value| -> Vec<String> {
        let results = json["results"].as_array().unwrap().iter();
        let conversions = results.filter_map(|result| result["conversion"]["certlens"].as_array());
        conversions
            .map(|words| words.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join("\n"))
            .collect()
    };
    let both = [(Key::rsa2048(0), SOFTWARE_KSP), (Key::rsa2048(1), SOFTWARE_KSP)];
    let one_is_good = [(Key::rsa2048(0), ENHANCED), (Key::rsa2048(1), SOFTWARE_KSP)];
    for (name, keys) in [("both", both), ("one", one_is_good)] {
        lab.written_into(name, &keys, &certificates[..2]);
        let (exit, text, json) = lab.check("shir-ha", &format!("{name}.pfx"), &[]);
        let [command] = &commands(&json)[..] else { panic!("{name}: {text}") };
        assert_eq!((exit, text.matches("certlens pfx convert").count()), (1, 1), "{name}: {text}");
        let words: Vec<&str> = command.split('\n').skip(1).collect();
        assert!(lab.certlens(&words).status.success(), "{words:?}");
        let (exit, text, _) = lab.check("shir-ha", &format!("{name}-ready.pfx"), &[]);
        assert_eq!(exit, 0, "{name}: {text}");
    }
    for product in ["shir-ha", "iis"] {
        lab.written_into("mixed", &[(Key::rsa2048(0), SOFTWARE_KSP), (Key::p256(2), ENHANCED)], &certificates);
        let (exit, text, json) = lab.check(product, "mixed.pfx", &[]);
        assert_ne!(exit, 0, "{text}");
        assert!(commands(&json).is_empty(), "{product}: {text}");
        assert!(!text.contains("pfx convert") && !text.contains("certutil -f"), "{product}: {text}");
    }
}

#[test]
fn every_key_of_a_certificate_is_judged() {
    let lab = Lab::with_good();
    let certificate = lab.certificate("good", Key::rsa2048(0), |plain| plain);
    for (name, providers) in [("csp-first", [ENHANCED, SOFTWARE_KSP]), ("ksp-first", [SOFTWARE_KSP, ENHANCED])] {
        let keys = providers.map(|provider| (Key::rsa2048(0), provider));
        lab.written_into(name, &keys, std::slice::from_ref(&certificate));
        let (exit, text, json) = lab.check("shir-ha", &format!("{name}.pfx"), &[]);
        assert_eq!((exit, &json["answer"]), (1, &"not_ready".into()), "{text}");
        assert!(text.starts_with(&format!("NOT READY: {name}.pfx 2 keys")), "{text}");
        for (place, provider) in providers.iter().enumerate() {
            let expected = if *provider == ENHANCED { "ready" } else { "not_ready" };
            assert_eq!(json["results"][place]["answer"], expected, "{name}: {text}");
            assert_eq!(json["results"][place]["key_number"], place + 1);
        }
        let output = lab.certlens(&["ha", &format!("node1.example.com={name}.pfx"), "--password-file", "pw"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!((output.status.code(), text.starts_with("READY")), (Some(2), false), "{text}");
    }
}

/// What was not decrypted may hold another key.
#[test]
fn a_file_of_which_a_part_is_not_read_is_not_ready() {
    let lab = Lab::with_good();
    lab.pfx("camellia", "good", &["-CSP", ENHANCED, "-keyex", "-LMK", "-keypbe", "CAMELLIA-256-CBC"], &[]);
    let (exit, text, json) = lab.check("shir-ha", "camellia.pfx", &[]);
    assert_eq!((exit, &json["answer"]), (2, &"cannot_know".into()), "{text}");
    assert_eq!(result(&json)["decisive"], "file");
    assert!(text.starts_with("CANNOT KNOW: camellia.pfx file: the private key in safe"), "{text}");
    assert!(text.contains("What to do 1. Export the file again with a common encryption"), "{text}");
    assert!(!to_do(&text).contains("2. ") && !text.contains("give the password"), "the only step: {text}");
    let (exit, text, json) = lab.ha(&["node1.example.com=camellia.pfx"], &[]);
    assert_eq!(
        (exit, &json["answer"], &json["decisive"]["code"]),
        (2, &"cannot_know".into(), &"file".into()),
        "{text}"
    );
}

#[test]
fn a_file_without_key_or_certificate() {
    let lab = Lab::with_good();
    lab.pfx("keyless", "good", &["-nokeys"], &OLD);
    lab.pfx("lone", "good", &["-CSP", SOFTWARE_KSP, "-LMK", "-nocerts"], &OLD);
    for (file, decisive, word) in [
        ("lone.pfx", "certificate", "Put key, certificate and chain together"),
        ("keyless.pfx", "private-key", "Export the certificate again, this time with its private key"),
    ] {
        let (exit, text, json) = lab.check("shir-ha", file, &[]);
        assert_eq!((exit, &result(&json)["decisive"]), (1, &decisive.into()), "{text}");
        assert!(text.contains(&format!("What to do 1. {word}")) && !text.contains("sk for a"), "{text}");
        assert!(!text.contains("pfx convert"), "{text}");
        assert!(!text.to_lowercase().contains("give the password"), "{text}");
        let (exit, text, json) = lab.ha(&[&format!("node1.example.com={file}")], &[]);
        assert_eq!((exit, &json["decisive"]["code"]), (1, &decisive.into()), "{text}");
        assert!(!text.to_lowercase().contains("give the password"), "{text}");
    }
    let (_, text, _) = lab.check("shir-ha", "lone.pfx", &[]);
    assert!(
        text.contains("certlens pfx create --key KEY.pem --cert CERTIFICATE.pem --output lone-ready.pfx"),
        "{text}"
    );
}

#[test]
fn keys_that_a_service_cannot_use() {
    let lab = Lab::with_good();
    lab.pfx("card", "good", &["-CSP", "Microsoft Base Smart Card Crypto Provider", "-keyex", "-LMK"], &OLD);
    let (exit, text, json) = lab.check("shir-ha", "card.pfx", &[]);
    assert_eq!((exit, &result(&json)["decisive"]), (1, &"csp".into()), "{text}");
    assert!(text.contains("the import fails without a smart card"), "{text}");
    assert!(text.contains(&format!("certlens pfx convert card.pfx --csp '{ENHANCED}'")), "{text}");
    // RFC 4055 §1.2: for PSS signatures alone.
    lab.openssl(&["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "pss.key"]);
    let subject = "/CN=node1.example.com";
    lab.openssl(&["req", "-x509", "-new", "-key", "pss.key", "-subj", subject, "-days", "3650", "-out", "pss.pem"]);
    lab.pfx("pss", "pss", &["-CSP", ENHANCED, "-keyex", "-LMK"], &OLD);
    let (exit, text, json) = lab.check("shir-ha", "pss.pfx", &[]);
    assert_eq!((exit, outcome(&result(&json)["demands"], "rsa")), (1, "fail"), "{text}");
    assert!(text.contains("it is a key for RSA-PSS 2048, which no CSP holds"), "{text}");
    assert!(!text.contains("pfx convert"), "{text}");
}

/// Where another certificate is needed, the file at hand is not to be converted.
#[test]
fn a_new_certificate_comes_first() {
    let lab = Lab::with_good();
    lab.certificate("past", Key::rsa2048(0), |plain| plain.validity(1_577_836_800, 1_600_000_000));
    lab.pfx("past", "past", &["-CSP", SOFTWARE_KSP, "-LMK"], &OLD);
    let (_, text, json) = lab.check("shir-ha", "past.pfx", &[]);
    assert!(text.contains("What to do 1. Ask for a new certificate") && !text.contains("pfx convert"), "{text}");
    assert!(text.contains("2. Check the new file in the same way"), "{text}");
    assert_eq!(result(&json)["conversion"], Value::Null);
    lab.certificate("ec", Key::p256(3), |plain| plain);
    lab.pfx("ec", "ec", &["-LMK"], &OLD);
    let (_, text, _) = lab.check("shir-ha", "ec.pfx", &[]);
    assert_eq!(text.matches("sk for a certificate with an RSA key").count(), 1, "{text}");
}

#[test]
fn what_cannot_be_read_or_asked() {
    let lab = Lab::with_good();
    lab.write("wrong", "another\n");
    lab.write("acl.txt", "nothing of the kind\n");
    for (arguments, word) in [
        (&["--for", "shir-ha", "good.pfx", "--password-file", "wrong"][..], "the MAC does not match"),
        (&["--for", "shir-ha", "good.pem"], "expected a PFX"),
        (&["--for", "shir-ha", "none.pfx"], "there is no such file"),
        (&["--for", "apache", "good.pfx"], "is none of shir-ha, adfs, sqlserver, iis, exchange, wcf"),
        (&["--for", "iis", "good.pfx", "--compatible-with", "server2008"], "is none of server2012r2"),
        (&["--for", "iis", "good.pfx", "--node", "*.example.com"], "wildcard"),
        (&["--for", "iis", "good.pfx", "--at", "noon"], "RFC 3339"),
        (&["--for", "iis", "good.pfx", "--acl", "acl.txt"], "neither an SDDL string"),
        (&["good.pfx"], "--for"),
    ] {
        let output = lab.certlens(&[&["pfx", "check"], arguments].concat());
        let errors = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(word), "{arguments:?}: {errors}");
    }
    // The readable one is judged beside the one that is not.
    let (exit, text, json) =
        lab.both(&["pfx", "check", "--for", "iis", "good.pfx", "root.pem", "--password-file", "pw", "--at", AT]);
    assert_eq!(
        (exit, json["results"].as_array().unwrap().len(), json["not_read"].as_array().unwrap().len()),
        (2, 1, 1),
        "{text}"
    );
    assert_eq!(json["answer"], "cannot_know");
    assert!(text.starts_with("CANNOT KNOW: good.pfx, root.pem One key with its certificate was judged"), "{text}");
    let more = ["--format", "certutil", "good.pfx", "--for", "iis"];
    assert_eq!(lab.certlens(&[&["pfx", "check"], &more[..]].concat()).status.code(), Some(2));
}
