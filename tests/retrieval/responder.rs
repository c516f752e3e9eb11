//! openssl's OCSP responder.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::lab::{Lab, lab};

/// A responder that ends with the test.
struct Responder(Child);

impl Responder {
    fn start(lab: &Lab, options: &str) -> Responder {
        let port = lab.ocsp_port.to_string();
        let child = Command::new("openssl")
            .args(["ocsp", "-port", &port])
            .args(options.split(' '))
            .current_dir(lab.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("openssl starts");
        let mut responder = Responder(child);
        // A connection that asks nothing would keep it waiting, so its own word is taken.
        let mut said = BufReader::new(responder.0.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("waiting for OCSP client connections") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the responder ended: openssl ocsp {options}");
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        responder
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const BY_DELEGATE: &str = "-index index.txt -CA issuing.pem -rsigner responder.pem -rkey responder.key -nmin 60";

fn status(json: &serde_json::Value, depth: usize) -> String {
    json["results"][0]["path"]["revocation"][depth]["status"].as_str().unwrap_or_default().to_owned()
}

/// Why the responder's answer about the target is not used.
fn refused_by(json: &serde_json::Value) -> String {
    let sources = json["results"][0]["path"]["revocation"][0]["sources"].as_array().unwrap().clone();
    let ocsp = sources.iter().find(|source| source["kind"] == "ocsp").expect("the responder was asked");
    ocsp["finding"]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn good_revoked_and_unknown_by_a_delegate_and_by_the_issuer() {
    let lab = lab();
    for options in
        [BY_DELEGATE, "-index index.txt -CA issuing.pem -rsigner issuing.pem -rkey issuing.key -nmin 60 -resp_key_id"]
    {
        let _responder = Responder::start(&lab, options);
        let (exit, text, json) = lab.both("verify good.pem --anchors root.pem --fetch --no-cache");
        assert_eq!((exit, status(&json, 0).as_str()), (0, "good"), "{text}");
        assert!(text.starts_with("TRUSTED (not revoked)") && text.contains("not revoked by OCSP"), "{text}");
        let (exit, text, json) = lab.both("verify revoked.pem --anchors root.pem --fetch --no-cache");
        assert_eq!((exit, status(&json, 0).as_str()), (1, "revoked"), "{text}");
        assert!(text.contains("reason keyCompromise"), "{text}");
        assert_eq!(json["results"][0]["reason"], "revoked");
        // The responder does not know it; the CRL does not list it, and is enough.
        let (exit, text, json) = lab.both("verify unknown.pem --anchors root.pem --fetch --no-cache");
        assert_eq!((exit, status(&json, 0).as_str()), (0, "good"), "{text}");
        assert_eq!(refused_by(&json), "ocsp-status-unknown");
    }
}

#[test]
fn a_nonce_and_sha256_are_answered() {
    let lab = lab();
    let _responder = Responder::start(&lab, BY_DELEGATE);
    let (exit, text, _) =
        lab.both("verify good.pem --anchors root.pem --fetch --no-cache --ocsp-nonce --ocsp-hash sha256");
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("not revoked by OCSP"), "{text}");
    // Without a nonce the response is kept; with one it is of no use to the next run.
    for (nonce, kept) in [(" --ocsp-nonce", false), ("", true)] {
        let cache = tempfile::tempdir().unwrap();
        let at = cache.path().display();
        let (exit, text, _) = lab.both(&format!("verify good.pem --anchors root.pem --fetch --cache-dir {at}{nonce}"));
        assert_eq!(exit, 0, "{text}");
        let listed = lab.certlens(&format!("cache list --cache-dir {at}"));
        let listed = String::from_utf8_lossy(&listed.stdout);
        assert_eq!(listed.contains("OCSP"), kept, "{nonce}: {listed}");
    }
}

#[test]
fn a_response_that_must_not_count_is_named() {
    let lab = lab();
    // Without a CRL, so that the answer depends on the responder.
    lab.web.set("/issuing.crl", crate::web::Answer::Page(404, "<html></html>"));
    for (options, at, code) in [
        (
            "-index index.txt -CA issuing.pem -rsigner other.pem -rkey other.key -nmin 60",
            "",
            "ocsp-responder-not-authorised",
        ),
        (
            "-index index.txt -CA issuing.pem -rsigner good.pem -rkey good.key -nmin 60",
            "",
            "ocsp-responder-not-authorised",
        ),
        (
            "-index index.txt -CA issuing.pem -rsigner responder.pem -rkey responder.key -nmin 60 -badsig",
            "",
            "ocsp-signature-invalid",
        ),
        (BY_DELEGATE, "tomorrow", "ocsp-expired"),
    ] {
        let _responder = Responder::start(&lab, options);
        let at = if at.is_empty() { String::new() } else { format!(" --at {}", tomorrow()) };
        let (exit, text, json) = lab.both(&format!("verify good.pem --anchors root.pem --fetch --no-cache{at}"));
        assert_eq!(exit, 3, "{options}: {text}");
        assert_eq!(refused_by(&json), code, "{options}: {text}");
        assert!(text.starts_with("INDETERMINATE (revocation not known for 1 of 2)"), "{text}");
    }
}

/// A day from now in RFC 3339.
fn tomorrow() -> String {
    let output = Command::new("date").args(["-u", "-d", "+1 day", "+%Y-%m-%dT%H:%M:%SZ"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
