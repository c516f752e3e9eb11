//! The commands of the cache.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::{SystemTime, UNIX_EPOCH};

use certlens_fetch::cache::{Cache, Config, Digest};
use certlens_fetch::{Failure, Request, Stage, What};
use certlens_testkit::{Ca, CrlBuilder, Key, OcspBuilder, OcspSingle};

use crate::pki::{Company, Trouble};
use crate::{AT, certlens, json, run, stderr, stdout, text};

const CRL: &str = "http://crl.example.test/anchor.crl";

fn cache(directory: &Path, words: &[&str]) -> Output {
    certlens().arg("cache").args(words).args(["--cache-dir", text(directory)]).output().unwrap()
}

/// A cache with a CRL, a certificate, an OCSP response, an expired CRL and a failure.
fn filled(directory: &Path) -> Vec<u8> {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let cache = Cache::open(Config::at(directory));
    let anchor = Ca::anchor("Anchor", Key::p256(0));
    let crl = CrlBuilder::new().number(7).entry(&[5]).signed_by(&anchor);
    let response = OcspBuilder::new().single(OcspSingle::good(&[5], &anchor)).signed_by(&anchor);
    let request = |url: &str, what| Request { url: url.to_owned(), what };
    let later = Some(now + 100_000);
    let headers = [("ETag".to_owned(), "\"abc\"".to_owned())];
    cache.put(&request(CRL, What::Crl), &crl, &headers, later, now).unwrap();
    cache.put(&request("http://aia.example.test/a.cer", What::Certificates), anchor.der(), &[], None, now).unwrap();
    cache.put(&request("http://ocsp.example.test/", What::Ocsp(vec![1])), &response, &[], later, now).unwrap();
    let old = request("http://crl.example.test/old.crl", What::Crl);
    cache.put(&old, &crl, &[], Some(now - 10), now - 20).unwrap();
    let failure = Failure {
        stage: Stage::Dns,
        cause: "name-not-resolved",
        message: "nobody knows the name".to_owned(),
        hint: "Ask for it.".to_owned(),
        winhttp: Some(12007),
        cannot_tell: false,
    };
    cache
        .put_failure(&request("http://gone.example.test/x.crl", What::Crl), &failure, Digest::of(b"a setup"), now)
        .unwrap();
    crl
}

#[test]
fn entries_are_listed_shown_written_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("cache");
    let crl = filled(&directory);
    let listed = cache(&directory, &["list"]);
    assert_eq!(listed.status.code(), Some(0), "{}", stderr(&listed));
    let report = stdout(&listed);
    assert!(report.starts_with(&format!("CACHE {}", text(&directory))), "{report}");
    for word in ["3 fresh, 1 expired, 1 failure", "OCSP", "AIA", CRL] {
        assert!(report.split_whitespace().collect::<Vec<_>>().join(" ").contains(word), "{word}: {report}");
    }
    let entries = json(&cache(&directory, &["list", "--format", "json"]))["entries"].as_array().unwrap().clone();
    assert_eq!(entries.len(), 5);
    let id_of = |url: &str| {
        let entry = entries.iter().find(|entry| entry["url"] == url).unwrap();
        entry["id"].as_str().unwrap()[..6].to_owned()
    };

    let shown = cache(&directory, &["show", &id_of(CRL)]);
    let report = stdout(&shown);
    assert_eq!(shown.status.code(), Some(0), "{}", stderr(&shown));
    for word in
        ["CRL of CN=Anchor, number 07, 1 entries", "next update 2026-07-07", "Header etag", "\"abc\"", "SHA-256"]
    {
        assert!(report.split_whitespace().collect::<Vec<_>>().join(" ").contains(word), "{word}: {report}");
    }
    for (url, word) in [
        ("http://ocsp.example.test/", "OCSP response for serial 05: good"),
        ("http://aia.example.test/a.cer", "certificate CN=Anchor, issued by CN=Anchor"),
    ] {
        let shown = json(&cache(&directory, &["show", url, "--format", "json"]));
        assert!(shown["entries"][0]["content"][0].as_str().unwrap().starts_with(word), "{shown}");
    }
    let failed = stdout(&cache(&directory, &["show", "http://gone.example.test/x.crl"]));
    assert!(failed.contains("nobody knows the name") && failed.contains("12007"), "{failed}");

    let file = folder.path().join("out.crl");
    assert_eq!(cache(&directory, &["show", CRL, "--output", text(&file)]).status.code(), Some(0));
    assert_eq!(fs::read(&file).unwrap(), crl);
    let again = cache(&directory, &["show", CRL, "--output", text(&file)]);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("--force"), "{}", stderr(&again));
    assert_eq!(cache(&directory, &["show", CRL, "--output", text(&file), "--force"]).status.code(), Some(0));
    let nothing = cache(&directory, &["show", "http://gone.example.test/x.crl", "--output", text(&file)]);
    assert_eq!(nothing.status.code(), Some(2));

    // All or none.
    let unknown = cache(&directory, &["delete", CRL, "http://crl.example.test/anchor.cr"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains(CRL), "{}", stderr(&unknown));
    let count = || json(&cache(&directory, &["list", "--format", "json"]))["entries"].as_array().map(Vec::len);
    assert_eq!(count(), Some(5));
    let deleted = cache(&directory, &["delete", &id_of(CRL), "http://ocsp.example.test/"]);
    assert_eq!(deleted.status.code(), Some(0), "{}", stderr(&deleted));
    assert!(stdout(&deleted).contains("Deleted 2 entries"), "{}", stdout(&deleted));
    assert_eq!(count(), Some(3));
    let cleared = cache(&directory, &["clear"]);
    assert!(stdout(&cleared).contains("Deleted 3 entries with"), "{}", stdout(&cleared));
    assert_eq!(count(), Some(0));
}

#[test]
fn an_id_that_is_not_there_is_said_with_those_that_come_near() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let entries = json(&cache(folder.path(), &["list", "--format", "json"]));
    let id = entries["entries"][0]["id"].as_str().unwrap();
    let last = if id.as_bytes()[7] == b'0' { '1' } else { '0' };
    let near = format!("{}{last}", &id[..7]);
    let output = cache(folder.path(), &["show", &near]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(&format!("did you mean {}", &id[..10])), "{}", stderr(&output));
    let short = cache(folder.path(), &["show", &id[..5]]);
    assert_eq!(short.status.code(), Some(2));
    assert!(stderr(&short).contains("at least 6 digits"), "{}", stderr(&short));
    let foreign = cache(folder.path(), &["delete", "ldap://nowhere/"]);
    assert_eq!(foreign.status.code(), Some(2));
    assert!(stderr(&foreign).contains("certlens cache list"), "{}", stderr(&foreign));
}

#[test]
fn a_cache_that_is_not_there_is_empty_and_a_file_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    for words in [&["list"][..], &["clear"]] {
        let output = cache(&missing, words);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).starts_with("CACHE "), "{}", stdout(&output));
    }
    assert!(!missing.exists());
    assert_eq!(cache(&missing, &["show", "abcdef"]).status.code(), Some(2));
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for words in [&["list"][..], &["clear"], &["show", "abcdef"], &["delete", "abcdef"]] {
        let output = cache(&file, words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(stderr(&output).contains("cannot be used as a cache"), "{}", stderr(&output));
    }
    let homeless = certlens().args(["cache", "list"]).env_clear().output().unwrap();
    assert_eq!(homeless.status.code(), Some(2));
    assert!(stderr(&homeless).contains("--cache-dir"), "{}", stderr(&homeless));
    assert_eq!(run(&["cache"]).status.code(), Some(2));
}

#[test]
fn what_a_verification_kept_is_in_the_list_and_in_its_record() {
    let company = Company::new(Trouble::default());
    let (directory, record) = (company.path("cache"), company.path("record"));
    let verify = |extra: &[&str]| {
        let (target, anchor) = (text(&company.target), text(&company.anchor));
        let fixed = ["verify", target, "--anchors", anchor, "--at", AT, "--fetch", "--cache-dir", text(&directory)];
        run(&[&fixed[..], extra].concat())
    };
    assert_eq!(verify(&[]).status.code(), Some(0));
    let listed = stdout(&cache(&directory, &["list"]));
    assert!(listed.contains("/issuing.cer"), "{listed}");
    let recorded = verify(&["--record", text(&record), "--format", "json"]);
    assert_eq!(recorded.status.code(), Some(0), "{}", stderr(&recorded));
    let issuer = json(&recorded)["results"][0]["retrieved"][0].clone();
    assert_eq!(issuer["source"], "cache");
    fs::remove_dir_all(&directory).unwrap();
    let replayed = json(&run(&["verify", "--replay", text(&record), "--format", "json"]));
    assert_eq!(replayed["results"][0]["retrieved"][0], issuer);
    assert!(!directory.exists());
}
