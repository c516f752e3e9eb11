//! CRLs of the test kit, in order and not.

use std::io::Read;
use std::process::Stdio;

use certlens_testkit::{
    CrlBuilder, CrlEntry, DistributionPointSpec, Extension, GeneralName, IdpSpec, KeyUsage, Name, der, time,
};

use crate::{AT, Files, SERIAL, WEAK, ca, ca_with_usage, certlens, first_line, json, rsa_ca, stderr, stdout, words};

const UNSIGNED: &str = "(signature not checked: give --issuer)";

fn revoked(date: i64) -> CrlEntry {
    CrlEntry { date, reason: Some(1), ..CrlEntry::new(&[0x77]) }
}

#[test]
fn the_first_line_is_the_answer_about_the_crl() {
    let files = Files::new();
    let scope = |spec: IdpSpec| CrlBuilder::new().issuing_distribution_point(&spec);
    let critical = Extension::new("1.2.3.4", true, der::null());
    for (crl, args, code, first) in [
        (CrlBuilder::new(), "", 0, format!("CRL GOOD {UNSIGNED}")),
        (CrlBuilder::new(), "--issuer @ca.der", 0, "CRL GOOD".to_owned()),
        (CrlBuilder::new().this_update(time::MIDDLE + 299), "", 0, format!("CRL GOOD {UNSIGNED}")),
        (CrlBuilder::new().this_update(time::MIDDLE + 301), "", 1, format!("CRL NOT YET VALID {UNSIGNED}")),
        (CrlBuilder::new().next_update(Some(time::MIDDLE - 299)), "", 0, format!("CRL GOOD {UNSIGNED}")),
        (CrlBuilder::new().next_update(Some(time::MIDDLE - 301)), "", 1, format!("CRL EXPIRED {UNSIGNED}")),
        (CrlBuilder::new().next_update(None), "", 1, format!("CRL WITHOUT NEXT UPDATE {UNSIGNED}")),
        (CrlBuilder::new().corrupt_signature(), "--issuer @ca.der", 1, "CRL SIGNATURE WRONG".to_owned()),
        (CrlBuilder::new(), "--issuer @other.der", 1, "CRL OF ANOTHER ISSUER".to_owned()),
        (CrlBuilder::new(), "--issuer @other.der --issuer @ca.der", 0, "CRL GOOD".to_owned()),
        (CrlBuilder::new().extension(critical), "", 1, format!("CRL NOT USABLE {UNSIGNED}")),
        (CrlBuilder::new().append_extension(Extension::crl_number(2)), "", 1, format!("CRL MALFORMED {UNSIGNED}")),
        (CrlBuilder::new().revoked_certificates_raw(vec![0x30, 0]), "", 1, format!("CRL NOT IN DER {UNSIGNED}")),
        (scope(IdpSpec { only_user: true, ..IdpSpec::default() }), "--issuer @ca.der", 0, "CRL GOOD".to_owned()),
    ] {
        files.add("list.crl", &crl.signed_by(ca()));
        files.expect(&format!("crl @list.crl --at {AT} {args}"), code, &first);
    }
    // Where it departs from DER is said.
    let empty = CrlBuilder::new().revoked_certificates_raw(vec![0x30, 0]).signed_by(ca());
    files.add("list.crl", &empty);
    let output = files.run(&format!("crl @list.crl --at {AT}"));
    assert!(words(&output).contains("crl-not-der") && words(&output).contains("byte 73"), "{}", stdout(&output));
}

#[test]
fn an_issuer_needs_the_right_and_the_algorithm() {
    let without = ca_with_usage(&[KeyUsage::KeyCertSign]);
    let files = Files::of(&without);
    files.add("list.crl", &CrlBuilder::new().signed_by(&without));
    files.expect(&format!("crl @list.crl --at {AT} --issuer @ca.der"), 1, "CRL ISSUER MAY NOT SIGN CRLS");

    let files = Files::of(&rsa_ca());
    files.add("list.crl", &CrlBuilder::new().signing(WEAK).signed_by(rsa_ca()));
    files.expect(&format!("crl @list.crl --at {AT} --issuer @ca.der"), 1, "CRL ALGORITHM REFUSED");
    files.expect(&format!("crl @list.crl --at {AT} --issuer @ca.der --allow-weak sha1"), 0, "CRL GOOD");
}

#[test]
fn a_certificate_is_looked_up_by_the_word_of_its_issuer() {
    let files = Files::new();
    let about = format!("--at {AT} --cert @leaf.der --issuer @ca.der");
    let scope = |spec: IdpSpec| CrlBuilder::new().issuing_distribution_point(&spec);
    let named = IdpSpec { full_name: vec![GeneralName::uri("http://other.example/p1.crl")], ..IdpSpec::default() };
    let day = 86_400;
    for (crl, code, first) in [
        (CrlBuilder::new().entry(&[0x78]), 0, "NOT REVOKED"),
        (
            CrlBuilder::new().entry_full(revoked(time::REVOKED)),
            1,
            "REVOKED on 2026-06-01T00:00:00Z, reason keyCompromise",
        ),
        // However old: nothing takes it back.
        (
            CrlBuilder::new().entry_full(revoked(time::REVOKED)).next_update(Some(time::MIDDLE - day)),
            1,
            "REVOKED on 2026-06-01T00:00:00Z, reason keyCompromise",
        ),
        (
            CrlBuilder::new().entry_full(revoked(time::MIDDLE + day)),
            0,
            "NOT REVOKED then, but later: revoked on 2026-07-02T00:00:00Z, reason keyCompromise",
        ),
        (CrlBuilder::new().entry(&[0x77]).corrupt_signature(), 1, "CRL SIGNATURE WRONG"),
        (CrlBuilder::new().next_update(Some(time::MIDDLE - day)), 1, "CRL EXPIRED"),
        (scope(IdpSpec { only_ca: true, ..IdpSpec::default() }), 1, "CRL DOES NOT COVER THE CERTIFICATE"),
        (scope(named), 1, "CRL DOES NOT COVER THE CERTIFICATE"),
        (scope(IdpSpec { reasons: Some(vec![1]), ..IdpSpec::default() }), 3, "INDETERMINATE"),
        (CrlBuilder::new().number(2).delta(1), 3, "INDETERMINATE"),
    ] {
        files.add("list.crl", &crl.signed_by(ca()));
        files.expect(&format!("crl @list.crl {about}"), code, first);
    }
}

#[test]
fn a_revocation_needs_somebody_who_may_say_so() {
    let files = Files::new();
    files.add("list.crl", &CrlBuilder::new().entry(&[0x77]).signed_by(ca()));
    let output = files.expect(
        &format!("crl @list.crl --at {AT} --cert @leaf.der"),
        3,
        "INDETERMINATE (signature not checked: give --issuer)",
    );
    assert!(words(&output).contains("lists its serial number, unverified"), "{}", stdout(&output));
    // The issuer may stand in the certificate's own file.
    let chain = [crate::leaf(&ca()).as_slice(), ca().der()].concat();
    files.add("chain.der", &chain);
    files.expect(
        &format!("crl @list.crl --at {AT} --cert @chain.der"),
        1,
        "REVOKED on 2026-06-01T00:00:00Z, reason not given",
    );
    // One that did not issue the certificate is of no use.
    let output = files.run(&format!("crl @list.crl --at {AT} --cert @leaf.der --issuer @other.der"));
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}

#[test]
fn an_indirect_crl_counts_when_its_issuer_is_given() {
    let point = DistributionPointSpec {
        crl_issuer: vec![GeneralName::directory(&Name::cn("Another CA"))],
        ..DistributionPointSpec::uri("http://crl.example/indirect.crl")
    };
    let leaf = certlens_testkit::CertificateBuilder::new(Name::cn("www.example.test"), certlens_testkit::Key::p256(2))
        .serial(&[0x77])
        .extension(Extension::crl_distribution_points_of(&[point]))
        .issued_by(ca());
    let files = Files::new();
    files.add("leaf.der", &leaf);
    let entry = CrlEntry { certificate_issuer: Some(ca().name().clone()), ..revoked(time::REVOKED) };
    let spec = IdpSpec {
        full_name: vec![GeneralName::uri("http://crl.example/indirect.crl")],
        indirect: true,
        ..IdpSpec::default()
    };
    let another = certlens_testkit::Ca::anchor("Another CA", certlens_testkit::Key::p256(3));
    let crl = CrlBuilder::new().issuing_distribution_point(&spec).entry_full(entry).signed_by(&another);
    files.add("list.crl", &crl);
    let output = files.expect(
        &format!("crl @list.crl --at {AT} --cert @leaf.der --issuer @ca.der --issuer @other.der"),
        1,
        "REVOKED on 2026-06-01T00:00:00Z, reason keyCompromise",
    );
    assert!(words(&output).contains("(indirect)"), "{}", stdout(&output));
    assert!(words(&output).contains("directoryName:CN=Objects CA"), "{}", stdout(&output));
}

#[test]
fn a_delta_crl_counts_with_its_complete_one() {
    let files = Files::new();
    files.add("base.crl", &CrlBuilder::new().number(5).signed_by(ca()));
    files.add("delta.crl", &CrlBuilder::new().number(6).delta(5).entry_full(revoked(time::REVOKED)).signed_by(ca()));
    let output = files.run(&format!("crl @base.crl @delta.crl --at {AT} --cert @leaf.der --issuer @ca.der"));
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert!(first_line(&output).ends_with("base.crl: REVOKED on 2026-06-01T00:00:00Z, reason keyCompromise"));
    assert!(words(&output).contains("A delta CRL to number 5 of CN=Objects CA with number 6"), "{}", stdout(&output));
}

#[test]
fn serial_numbers_are_looked_up() {
    let files = Files::new();
    files.add("list.crl", &CrlBuilder::new().entry(&[0x77]).entry(&[0x00, 0xab, 0xcd]).signed_by(ca()));
    for serial in ["abcd", "0xABCD", "ab:cd", "00:AB:CD"] {
        let output = files.run(&format!("crl @list.crl --at {AT} --issuer @ca.der --serial {serial}"));
        assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
        let first = "REVOKED on 2026-06-01T00:00:00Z, reason not given: serial number abcd";
        assert_eq!(first_line(&output), first);
    }
    files.expect(&format!("crl @list.crl --at {AT} --serial 78"), 0, &format!("CRL GOOD {UNSIGNED}"));
    let output = files.run(&format!("crl @list.crl --at {AT} --serial 7g"));
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("hexadecimal"), "{}", stderr(&output));
}

#[test]
fn everything_in_a_crl_is_shown() {
    let files = Files::new();
    let entry = CrlEntry { invalidity_date: Some(time::REVOKED - 86_400), ..revoked(time::REVOKED) };
    let crl = CrlBuilder::new()
        .number(258)
        .entry_full(entry)
        .issuing_distribution_point(&IdpSpec {
            full_name: vec![GeneralName::uri("http://crl.example/users.crl")],
            only_user: true,
            reasons: Some(vec![1, 4]),
            ..IdpSpec::default()
        })
        .extension(Extension::freshest_crl(&[DistributionPointSpec::uri("http://crl.example/delta.crl")]))
        .extension(Extension::authority_info_access(&["http://crl.example/ca.cer"], &[]))
        .signed_by(ca());
    files.add("list.crl", &crl);
    let output = files.run(&format!("crl @list.crl --at {AT}"));
    for part in [
        "258 (hexadecimal 0102)",
        "end entities only of this issuer; only the reasons keyCompromise, superseded",
        "http://crl.example/users.crl",
        "Delta CRL http://crl.example/delta.crl",
        "Issuer's certificate http://crl.example/ca.cer",
        "Authority key identifier",
        "77 2026-06-01T00:00:00Z keyCompromise 2026-05-31T00:00:00Z",
        "yes issuingDistributionPoint (2.5.29.28)",
        "Signature algorithm",
        "SHA-256",
        "SHA-1",
    ] {
        assert!(words(&output).contains(part), "{part}: {}", stdout(&output));
    }
    // `inspect` shows the same, unjudged.
    let inspected = files.run("inspect @list.crl");
    assert_eq!(inspected.status.code(), Some(0), "{}", stderr(&inspected));
    assert_eq!(first_line(&inspected), "CRL  CN=Objects CA");
    assert!(words(&inspected).contains("77 2026-06-01T00:00:00Z keyCompromise"), "{}", stdout(&inspected));

    let report = json(&[
        "crl",
        &files.path("list.crl"),
        "--at",
        AT,
        "--cert",
        &files.path("leaf.der"),
        "--issuer",
        &files.path("ca.der"),
    ]);
    assert_eq!(report["schema"], "certlens/crl/1");
    let one = &report["crls"][0]["read"];
    assert_eq!(one["status"], "failed");
    assert_eq!(one["crl"]["number"]["decimal"], "258");
    assert_eq!(one["crl"]["entries"][0]["serial"], SERIAL);
    assert_eq!(one["crl"]["entries"][0]["invalidity_date"], "2026-05-31T00:00:00Z");
    assert_eq!(one["checks"][2]["check"], "signature");
    assert_eq!(one["checks"][2]["result"], "passed");
    assert_eq!(report["request"]["certificate"]["serial"], SERIAL);
}

#[test]
fn a_long_crl_is_shown_in_part_unless_all_is_wanted() {
    let files = Files::new();
    let path = files.add("list.crl", &CrlBuilder::new().many_entries(50_000).signed_by(ca()));
    let output = files.expect(&format!("crl @list.crl --at {AT} --issuer @ca.der"), 0, "CRL GOOD");
    assert!(output.stdout.len() < 8_192, "{} octets", output.stdout.len());
    assert!(words(&output).contains("The first 20 of 50000 entries (--all shows all)"), "{}", stdout(&output));
    let report = json(&["crl", &path, "--at", AT]);
    assert_eq!(report["crls"][0]["read"]["crl"]["entry_count"], 50_000);
    assert_eq!(report["crls"][0]["read"]["crl"]["entries"].as_array().unwrap().len(), 20);

    let all = files.run(&format!("crl @list.crl --at {AT} --all"));
    assert!(stdout(&all).lines().count() > 50_000);

    // A reader that closes the pipe is no failure.
    let mut child = certlens()
        .args(["crl", &path, "--at", AT, "--all"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 1];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
}

/// Extensions that cannot be decoded or are not known, and names with control
/// characters, are shown and do no harm.
#[test]
fn what_is_broken_or_hostile_is_shown_harmlessly() {
    let hostile = certlens_testkit::Ca::anchor("Evil\u{1b}[31m CA\nCRL GOOD", certlens_testkit::Key::p256(4));
    let files = Files::new();
    let crl = CrlBuilder::new()
        .extension(Extension::new("2.5.29.46", false, der::null()))
        .extension(Extension::new("1.2.3.4", false, vec![4, 2, 0x1b, 0x5b]))
        .entry_full(CrlEntry { reason: Some(7), ..CrlEntry::new(&[0xff]) })
        .signed_by(&hostile);
    let path = files.add("list.crl", &crl);
    let output = files.run(&format!("crl @list.crl --at {AT}"));
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    let text = stdout(&output);
    assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text}");
    for part in ["cannot be decoded", "1.2.3.4", "-01 2026-06-01T00:00:00Z 7 (not defined)"] {
        assert!(words(&output).contains(part), "{part}: {text}");
    }
    let report = json(&["crl", &path, "--at", AT]);
    let extensions = report["crls"][0]["read"]["crl"]["extensions"].as_array().unwrap().clone();
    assert!(extensions.iter().any(|one| one["error"]["octets"] == "0500"), "{extensions:?}");
}
