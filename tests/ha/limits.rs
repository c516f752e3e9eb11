//! Files with more keys and certificates than anybody needs.

use certlens_testkit::{CertificateBuilder, Key};

use crate::check::result;
use crate::lab::Lab;

#[test]
fn certificates_of_nobody_are_one_remark() {
    let lab = Lab::with_good();
    let mut all = vec![lab.certificate("good", Key::rsa2048(0), |plain| plain)];
    all.extend((3..9).map(|number| lab.certificate("other", Key::p256(number), |plain| plain)));
    lab.written("strays", &[Key::rsa2048(0)], &all);
    let (exit, text, json) = lab.check("shir-ha", "strays.pfx", &[]);
    assert_eq!(exit, 0, "{text}");
    let remark = "6 certificates are in the chain of no certificate with a key";
    assert_eq!(result(&json)["remarks"], serde_json::json!([remark]), "{text}");
}

#[test]
fn a_file_with_more_than_can_be_judged() {
    let lab = Lab::with_good();
    let all: Vec<Vec<u8>> = (0..65)
        .map(|number| {
            lab.certificate("any", Key::rsa2048(0), |plain| plain.validity(1_577_836_800, 1_900_000_000 + number))
        })
        .collect();
    lab.written("many", &[Key::rsa2048(0)], &all);
    let output = lab.certlens(&["pfx", "check", "--for", "iis", "many.pfx", "--password-file", "pw"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("exceed MAX_END_ENTITIES (64)"), "{errors}");
}

#[test]
fn a_dump_shows_no_key_thousands_of_times() {
    let lab = Lab::new();
    let validity = |end: i64| move |plain: CertificateBuilder| plain.validity(1_577_836_800, end);
    let all: Vec<Vec<u8>> =
        (0..60).map(|number| lab.certificate("any", Key::rsa2048(0), validity(1_900_000_000 + number))).collect();
    lab.written("many", &[Key::rsa2048(0); 20], &all);
    let output = lab.certlens(&["-dump", "-p", "secret", "many.pfx"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.matches("Provider = ").count(), 1_000, "{}", text.len());
    assert!(text.contains("20 keys of it are not shown, beyond MAX_SHOWN_KEYS (1000)"));
}
