//! CRLs and responses that `openssl` makes, and the CRLs of PKITS.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::{Files, first_line, json, run, stdout, words};

fn openssl(files: &Files, args: &str) {
    let args = args.split_whitespace().map(|word| match word.strip_prefix('@') {
        Some(name) => files.path(name),
        None => word.to_owned(),
    });
    let made = Command::new("openssl").args(args).output().expect("openssl starts (apt-get install openssl)");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// A CA of openssl's with one good certificate and one revoked one.
fn authority() -> Files {
    let files = Files::new();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(&files, &format!("req -x509 -subj /CN=OpenSSL-CA -days 3650 {key} -keyout @ca.key -out @ca.pem"));
    for (name, serial) in [("good", "5"), ("bad", "256")] {
        openssl(&files, &format!("req -new -subj /CN={name} {key} -keyout @{name}.key -out @{name}.csr"));
        openssl(
            &files,
            &format!(
                "x509 -req -in @{name}.csr -CA @ca.pem -CAkey @ca.key -days 30 -set_serial {serial} -out @{name}.pem"
            ),
        );
    }
    let index = "V\t401231235959Z\t\t05\tunknown\t/CN=good\n\
        R\t401231235959Z\t250101000000Z,keyCompromise\t0100\tunknown\t/CN=bad\n";
    files.add("index.txt", index.as_bytes());
    files.add("crlnumber", b"2A\n");
    let config = format!(
        "[ca]\ndefault_ca=d\n[d]\ndatabase={}\ncrlnumber={}\ndefault_md=sha256\ndefault_crl_days=7\ncrl_extensions=e\n\
         [e]\nauthorityKeyIdentifier=keyid\n",
        files.path("index.txt"),
        files.path("crlnumber")
    );
    files.add("ca.cnf", config.as_bytes());
    files
}

#[test]
fn crls_of_openssl_in_every_wrapping() {
    let files = authority();
    openssl(&files, "ca -config @ca.cnf -gencrl -cert @ca.pem -keyfile @ca.key -out @list.pem");
    openssl(&files, "crl -in @list.pem -outform DER -out @list.der");
    openssl(&files, "crl2pkcs7 -in @list.pem -certfile @ca.pem -outform DER -out @list.p7b");
    for name in ["list.pem", "list.der", "list.p7b"] {
        files.expect(&format!("crl @{name} --issuer @ca.pem"), 0, "CRL GOOD");
        files.expect(&format!("crl @{name} --issuer @ca.pem --cert @good.pem"), 0, "NOT REVOKED");
        files.expect(
            &format!("crl @{name} --issuer @ca.pem --cert @bad.pem"),
            1,
            "REVOKED on 2025-01-01T00:00:00Z, reason keyCompromise",
        );
        let output = files.run(&format!("crl @{name} --serial 0100"));
        assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
        assert!(words(&output).contains("42 (hexadecimal 2a)"), "{}", stdout(&output));
    }
    // `inspect` of the P7B has both.
    let report = json(&["inspect", &files.path("list.p7b")]);
    assert_eq!(report["certificates"].as_array().unwrap().len(), 1);
    assert_eq!(report["crls"][0]["number"]["decimal"], "42");
    let der = fs::read(files.path("list.der")).unwrap();
    assert_eq!(report["crls"][0]["length"], der.len());
}

#[test]
fn openssl_answers_requests_and_its_answers_are_understood() {
    let files = authority();
    for (name, code, first) in
        [("good", 0, "NOT REVOKED"), ("bad", 1, "REVOKED on 2025-01-01T00:00:00Z, reason keyCompromise")]
    {
        for hash in ["sha1", "sha256"] {
            let request = format!(
                "ocsp --request --cert @{name}.pem --issuer @ca.pem --hash {hash} --nonce --force --output @request.der"
            );
            let output = files.run(&request);
            assert_eq!(output.status.code(), Some(0));
            let shown = files.run("ocsp @request.der --cert @good.pem --issuer @ca.pem");
            assert_eq!(first_line(&shown), "OCSP REQUEST");
            assert_eq!(words(&shown).contains("(the certificate given)"), name == "good", "{}", stdout(&shown));
            openssl(
                &files,
                "ocsp -index @index.txt -CA @ca.pem -rsigner @ca.pem -rkey @ca.key -reqin @request.der \
                 -respout @response.der -ndays 1",
            );
            files.expect(&format!("ocsp @response.der --cert @{name}.pem --issuer @ca.pem"), code, first);
            files.expect("ocsp @response.der", 0, "OCSP RESPONSE IN ORDER (signature not checked: give --issuer)");
        }
    }
    // To a pipe the octets go as they are.
    let piped = files.run("ocsp --request --cert @good.pem --issuer @ca.pem");
    openssl(&files, "ocsp -issuer @ca.pem -cert @good.pem -no_nonce -reqout @theirs.der");
    assert_eq!(piped.stdout, fs::read(files.path("theirs.der")).unwrap());
}

#[test]
fn every_crl_of_pkits_is_shown() {
    let suites = std::env::var_os("CERTLENS_SUITES")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance"), PathBuf::from);
    let folder = suites.join("pkits/crls");
    let Ok(entries) = fs::read_dir(&folder) else {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "there is no {}", folder.display());
        return;
    };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().path().display().to_string()).collect();
    names.sort();
    assert!(names.len() >= 173, "{} CRLs in {}", names.len(), folder.display());
    let args: Vec<&str> =
        ["crl", "--at", "2011-01-01T00:00:00Z"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let report = json(&args);
    let crls = report["crls"].as_array().unwrap();
    assert_eq!((crls.len(), report["not_read"].as_array().unwrap().len()), (names.len(), 0));
    assert!(crls.iter().all(|one| one["read"]["crl"]["sha256"].is_string()));
    // What PKITS has wrong on purpose: unknown critical extensions, and what is out of date.
    let of = |code: &str| {
        let has = |one: &&serde_json::Value| {
            one["read"]["checks"].as_array().unwrap().iter().any(|check| check["code"] == code)
        };
        crls.iter().filter(has).count()
    };
    assert_eq!(of("crl-extension-not-processed"), 2);
    assert!(of("crl-expired") >= 2, "{}", of("crl-expired"));
    let text = run(&args);
    assert_eq!(stdout(&text).matches("\nChecks\n").count(), names.len());
}
