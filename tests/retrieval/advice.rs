//! What to do, and what must not be shown.

use std::fs;

use crate::lab::lab;
use crate::web::Answer;

#[test]
fn the_certificate_that_was_judged_is_named() {
    let lab = lab();
    let (good, issuing, root) = (lab.octets("good.pem"), lab.octets("issuing.pem"), lab.octets("root.pem"));
    fs::write(lab.path("chain.pem"), [&good[..], &issuing, &root].concat()).unwrap();
    fs::write(lab.path("turned.pem"), [&issuing[..], &good].concat()).unwrap();
    let (exit, text, _) = lab.both("verify chain.pem --anchors root.pem");
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("; judged is CN=good, not the 2 other certificates of its file."), "{text}");
    let (exit, text, _) = lab.both("verify turned.pem --anchors root.pem");
    assert_eq!(exit, 0, "{text}");
    assert!(
        text.contains("(1 warning below); judged is CN=Lab Issuing CA, not the 1 other certificate of its"),
        "{text}"
    );
    assert!(text.contains("certlens explain chain-order"), "{text}");
    let (_, text, _) = lab.both("verify good.pem --anchors root.pem --intermediates issuing.pem");
    assert!(!text.contains("judged is"), "{text}");
}

#[test]
fn a_private_root_is_shown_with_its_fingerprint_and_how_to_trust_it() {
    let lab = lab();
    lab.openssl("x509 -in root.pem -noout -fingerprint -sha256 -out root.print", "");
    let print = fs::read_to_string(lab.path("root.print")).unwrap();
    let print = print.trim().split_once('=').unwrap().1.to_owned();
    let (good, issuing, root) = (lab.octets("good.pem"), lab.octets("issuing.pem"), lab.octets("root.pem"));
    fs::write(lab.path("whole.pem"), [&good[..], &issuing, &root].concat()).unwrap();
    let (exit, text, _) =
        lab.both("verify good.pem --trust mozilla --intermediates issuing.pem --intermediates root.pem");
    assert_eq!(exit, 1, "{text}");
    assert!(text.replace(' ', "").contains(&print), "{print}: {text}");
    assert!(
        text.contains("--intermediates root.pem --anchors root.pem") || text.contains("--anchors root.pem"),
        "{text}"
    );
    let words = "sudo openssl x509 -in root.pem -out /usr/local/share/ca-certificates/lab-root.crt";
    assert!(text.contains(words) && text.contains("sudo update-ca-certificates"), "{text}");
    // From a file with others, the root alone is taken.
    let (_, text, _) = lab.both("verify whole.pem --trust mozilla");
    assert!(text.contains("--in whole.pem --save lab-root.pem"), "{text}");
    assert!(text.contains("--anchors lab-root.pem"), "{text}");
}

#[test]
fn a_firewall_is_advised_for_what_looks_blocked_alone() {
    let lab = lab();
    let open = "Open for this machine, in the firewall";
    let hangs = Answer::Silence(std::time::Duration::from_secs(9));
    for answer in [Answer::Page(404, "<html></html>"), Answer::Octets(Vec::new()), hangs] {
        lab.web.set("/ocsp", answer);
        let (_, text, _) = lab.both("verify web.pem --anchors root.pem --fetch --no-cache --timeout 3");
        assert!(!text.contains(open), "{text}");
    }
    // Nothing listens there.
    let (_, text, _) = lab.both("verify good.pem --anchors root.pem --fetch --no-cache --timeout 3 --prefer ocsp");
    let closed = format!("{open} or at the proxy: localhost:{}", lab.ocsp_port);
    assert!(text.contains(&closed), "{text}");
}

#[test]
fn passwords_in_urls_are_not_shown() {
    let lab = lab();
    let proxy = "http://user:sesame@127.0.0.1:1";
    let rest = "--anchors root.pem --fetch --no-cache --timeout 2";
    for arguments in [
        format!("verify good.pem {rest} --proxy {proxy}"),
        format!("verify good.pem {rest} --proxy {proxy} --format json"),
        format!("url good.pem --anchors root.pem --no-cache --timeout 2 --proxy {proxy}"),
        "verify http://user:sesame@host.test/a.cer".to_owned(),
        "verify http://user:sesame@host.test/a.cer --format json".to_owned(),
        "verify http://user:sesame@host.test/a.cer --format certutil".to_owned(),
        "verify good.pem --anchors http://user:sesame@host.test/a.cer".to_owned(),
        "verify good.pem --crl http://user:sesame@host.test/a.crl".to_owned(),
        "-verify http://user:sesame@host.test/a.cer".to_owned(),
    ] {
        let output = lab.certlens(&arguments);
        let all = [&output.stdout[..], &output.stderr].concat();
        let all = String::from_utf8_lossy(&all).into_owned();
        assert!(!all.contains("sesame"), "{arguments}: {all}");
        assert!(all.contains("127.0.0.1:1") || all.contains("host.test"), "{arguments}: {all}");
    }
}

#[test]
fn an_account_that_was_not_used_is_told_of() {
    let lab = lab();
    fs::write(lab.path("password"), "secret").unwrap();
    let account = "--ldap-bind CN=reader --ldap-password-file password --ldap-bind-host";
    let base = "verify good.pem --anchors root.pem --fetch --no-cache --timeout 3";
    let output = lab.certlens(&format!("{base} {account} dc.example.test:3389"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("note: the account for dc.example.test:3389 was not used: no LDAP URL was asked"),
        "{stderr}"
    );
    let output = lab.certlens(&format!("{base} {account} dc.example.test:99999"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("--ldap-bind-host dc.example.test:99999") && stderr.contains("HOST:PORT"), "{stderr}");
}

#[test]
fn causes_are_explained() {
    let lab = lab();
    let (exit, text, json) = lab.both("explain connection-refused expired");
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("The host is there, and refuses connections at the port."), "{text}");
    assert_eq!(json["causes"][0]["cause"], "connection-refused", "{json}");
    assert_eq!(json["codes"][0]["code"], "expired", "{json}");
}

#[cfg(unix)]
#[test]
fn the_report_is_there_where_the_record_cannot_be_written() {
    let lab = lab();
    // No file may grow, and a write that tries fails in the place of a signal.
    let run = format!(
        "trap '' XFSZ; ulimit -f 0; exec '{}' verify good.pem --anchors root.pem --intermediates issuing.pem --record kept",
        env!("CARGO_BIN_EXE_certlens")
    );
    let output = std::process::Command::new("sh").arg("-c").arg(run).current_dir(lab.folder()).output().unwrap();
    let (text, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{text}{stderr}");
    assert!(text.starts_with("TRUSTED (revocation not checked)"), "{text}{stderr}");
    assert!(stderr.contains("kept/target-001.pem: cannot be written"), "{stderr}");
    assert!(!lab.path("kept/record.json").exists());
}
