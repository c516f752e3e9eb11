//! A replay says what the recorded run said.

use std::fs;
use std::path::Path;

use certlens_testkit::{Ca, CertificateBuilder, CrlBuilder, Extension, Key, KeyUsage, Name, pem};
use serde_json::Value;

use crate::pki::{Company, Trouble};
use crate::{AT, certlens, json, run, stderr, stdout, text};

/// Without the names of files, which are those of the record in a replay.
fn without_places(mut report: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.remove("origin");
                fields.values_mut().for_each(strip);
            }
            Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut report);
    for set in report["request"]["trust"].as_array_mut().unwrap() {
        if let Some(fields) = set.as_object_mut().filter(|fields| fields["name"].as_str().unwrap().contains('/')) {
            fields.remove("name");
        }
    }
    report
}

/// Records with `before`, takes the servers away, and replays.
fn same_again(company: Company, record: &Path, extra: &[&str], exit: i32) -> (Value, Company) {
    let (target, anchor) = (text(&company.target), text(&company.anchor));
    let mut args = vec!["verify", target, "--anchors", anchor, "--at", AT, "--no-cache", "--format", "json"];
    if extra.contains(&"--fetch") {
        args.push("--fetch");
    } else {
        args.retain(|word| *word != "--no-cache");
    }
    args.extend(extra.iter().filter(|word| **word != "--fetch"));
    args.extend(["--record", text(record)]);
    let recorded = run(&args);
    assert_eq!(recorded.status.code(), Some(exit), "{}{}", stdout(&recorded), stderr(&recorded));
    let Company { folder, target, anchor, server } = company;
    drop(server);
    let replayed = run(&["verify", "--replay", text(record), "--format", "json"]);
    assert_eq!(replayed.status.code(), Some(exit), "{}{}", stdout(&replayed), stderr(&replayed));
    let report = json(&replayed);
    assert_eq!(without_places(json(&recorded)), without_places(report.clone()));
    let company = Company { folder, target, anchor, server: crate::server::Port::take().serve(|_, _| None) };
    (report, company)
}

fn all_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(all_files(&path));
        } else {
            files.push((text(&path).to_owned(), fs::read(&path).unwrap()));
        }
    }
    files
}

#[test]
fn a_replay_says_the_same_without_the_servers() {
    for (trouble, exit, reason) in [
        (Trouble::default(), 0, None),
        (Trouble { revoked: true, ..Trouble::default() }, 1, Some("revoked")),
        (Trouble { no_anchor_crl: true, ..Trouble::default() }, 3, Some("revocation-offline")),
        (Trouble { ocsp: true, ..Trouble::default() }, 0, None),
        (Trouble { ocsp: true, revoked: true, ..Trouble::default() }, 1, Some("revoked")),
    ] {
        let company = Company::new(trouble);
        let record = company.path("record");
        let extra: &[&str] = if trouble.ocsp { &["--fetch", "--ocsp-nonce"] } else { &["--fetch"] };
        let (report, _company) = same_again(company, &record, extra, exit);
        let result = &report["results"][0];
        assert_eq!(result["reason"].as_str(), reason, "{trouble:?}");
        assert_eq!(result["retrieved"].as_array().map(Vec::len), Some(3), "{trouble:?}");
        let by = |name: &str| result["retrieved"].as_array().unwrap().iter().any(|one| one["wanted"] == name);
        assert!(by("issuer") && by(if trouble.ocsp { "ocsp" } else { "crl" }), "{trouble:?}");
    }
}

#[test]
fn a_record_holds_no_secret() {
    let company = Company::new(Trouble::default());
    let record = company.path("record");
    let (_, company) = same_again(company, &record, &["--fetch"], 0);
    let key = Key::p256(2).pkcs8();
    let key_text = pem::base64(&key);
    // It is there to be found.
    assert!(fs::read_to_string(&company.target).unwrap().contains("PRIVATE KEY"));
    let files = all_files(&record);
    assert!(files.len() >= 6, "{files:?}");
    for (name, octets) in &files {
        let text = String::from_utf8_lossy(octets);
        for secret in ["PRIVATE KEY", &key_text[..40], "biscuit", "user:"] {
            assert!(!text.contains(secret), "{name}: {secret}");
        }
        assert!(!octets.windows(32).any(|window| window == &key[key.len() - 32..]), "{name}");
        // The certificate names it; certlens does not.
        if name.ends_with("record.json") {
            assert!(!text.contains("swordfish"), "{text}");
            assert!(text.contains("etag"), "{text}");
        }
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&record), 0o700);
        assert_eq!(mode(&record.join("record.json")), 0o600);
    }
}

#[test]
fn the_anchors_of_the_system_come_with_the_record() {
    let company = Company::new(Trouble::default());
    let record = company.path("record");
    let args = ["verify", text(&company.target), "--at", AT, "--fetch", "--no-cache", "--format", "json"];
    // For another purpose than TLS the report says what such a set is for.
    let purpose = ["--purpose", "client-auth"];
    let recorded = certlens()
        .args(args)
        .args(purpose)
        .args(["--record", text(&record)])
        .env("SSL_CERT_FILE", &company.anchor)
        .output()
        .unwrap();
    assert_eq!(recorded.status.code(), Some(0), "{}{}", stdout(&recorded), stderr(&recorded));
    let replay = ["verify", "--replay", text(&record), "--format", "json"];
    let replayed = certlens().args(replay).env("SSL_CERT_FILE", "/nowhere").output().unwrap();
    assert_eq!(replayed.status.code(), Some(0), "{}{}", stdout(&replayed), stderr(&replayed));
    let (then, now) = (json(&recorded), json(&replayed));
    assert_eq!(now["request"]["trust"][0]["name"], "system trust store");
    assert_eq!(now["results"][0]["findings"][0]["code"], "trust-set-purpose");
    assert_eq!(without_places(then), without_places(now));
}

#[test]
fn a_store_without_anchors_is_recorded_as_such() {
    let company = Company::new(Trouble::default());
    let record = company.path("record");
    let nothing = company.path("nothing");
    fs::create_dir(&nothing).unwrap();
    let args = ["verify", text(&company.target), "--at", AT, "--format", "json", "--record", text(&record)];
    let recorded = certlens().args(args).env("SSL_CERT_DIR", &nothing).output().unwrap();
    assert_eq!(recorded.status.code(), Some(3), "{}", stderr(&recorded));
    let replayed = run(&["verify", "--replay", text(&record), "--format", "json"]);
    assert_eq!(without_places(json(&recorded)), without_places(json(&replayed)));
}

#[test]
fn what_was_given_by_files_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, octets: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, octets).unwrap();
        path
    };
    let anchor = Ca::anchor("Anchor", Key::p256(0));
    let issuing = Ca::intermediate("Issuing", Key::p256(1), &anchor);
    let target = |serial: &[u8]| {
        CertificateBuilder::bare(Name::cn("server.example.test"), Key::p256(2))
            .extension(Extension::key_usage(&[KeyUsage::DigitalSignature]))
            .serial(serial)
            .issued_by(&issuing)
    };
    let listed = CrlBuilder::many_serial(39_999);
    let good = file("good.pem", pem::certificate(&target(&[5])).as_bytes());
    let revoked = file("revoked.der", &target(&listed));
    let broken = file("broken.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let anchors = file("anchor.der", anchor.der());
    let intermediates = file("issuing.der", issuing.der());
    // Large enough to be gone through and not kept.
    let large = CrlBuilder::new().many_entries(40_000).signed_by(&issuing);
    assert!(large.len() > 1 << 20);
    let large = file("large.crl", &large);
    let small = file("small.crl", &CrlBuilder::new().signed_by(&anchor));
    let record = folder.path().join("record");
    let recorded = run(&[
        "verify",
        text(&good),
        text(&revoked),
        text(&broken),
        "--anchors",
        text(&anchors),
        "--intermediates",
        text(&intermediates),
        "--crl",
        text(&large),
        "--crl",
        text(&small),
        "--revocation=require",
        "--at",
        AT,
        "--trust=mozilla",
        "--all-paths",
        "--format=json",
        "--record",
        text(&record),
    ]);
    assert_eq!(recorded.status.code(), Some(2), "{}{}", stdout(&recorded), stderr(&recorded));
    for path in [&good, &revoked, &broken, &anchors, &intermediates, &large, &small] {
        fs::remove_file(path).unwrap();
    }
    let replayed = run(&["verify", "--replay", text(&record), "--format", "json"]);
    assert_eq!(replayed.status.code(), Some(2), "{}{}", stdout(&replayed), stderr(&replayed));
    assert_eq!(stderr(&recorded), stderr(&replayed));
    let report = json(&replayed);
    assert_eq!(report["results"][0]["status"], "trusted");
    assert_eq!(report["results"][1]["status"], "untrusted");
    assert_eq!(report["not_read"][0]["target"], text(&broken));
    assert_eq!(without_places(json(&recorded)), without_places(report));
}

#[test]
fn the_text_names_the_recorded_clock() {
    let company = Company::new(Trouble::default());
    let record = company.path("record");
    let args = ["verify", text(&company.target), "--anchors", text(&company.anchor), "--record", text(&record)];
    let recorded = run(&args);
    let replayed = run(&["verify", "--replay", text(&record)]);
    assert_eq!(recorded.status.code(), replayed.status.code());
    assert!(stdout(&recorded).contains("this machine's clock"), "{}", stdout(&recorded));
    assert!(stdout(&replayed).contains("the clock of the recorded run"), "{}", stdout(&replayed));
}
