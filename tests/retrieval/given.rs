//! CRLs and responses from files and directories.

use std::fs;

use crate::lab::lab;

#[test]
fn directories_hold_what_is_asked_for_and_no_certificates() {
    let lab = lab();
    let folder = tempfile::tempdir().unwrap();
    let crls = folder.path().join("crls");
    let responses = folder.path().join("responses");
    for directory in [&crls, &responses] {
        fs::create_dir(directory).unwrap();
    }
    for name in ["issuing.crl", "root.crl"] {
        fs::write(crls.join(name), lab.octets(name)).unwrap();
    }
    let index = "-index index.txt -CA issuing.pem -rsigner issuing.pem -rkey issuing.key";
    let answer = responses.join("good.ors");
    lab.openssl(&format!("ocsp -issuer issuing.pem -cert good.pem -reqout {}.req", answer.display()), "");
    lab.openssl(&format!("ocsp {index} -ndays 1 -reqin {0}.req -respout {0}", answer.display()), "");
    fs::remove_file(responses.join("good.ors.req")).unwrap();

    let base = "verify good.pem --anchors root.pem --intermediates issuing.pem";
    let (exit, text, _) = lab.both(&format!("{base} --crl {} --revocation require", crls.display()));
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("2 CRLs given"), "{text}");
    let scope = "--revocation require --revocation-scope end-entity";
    let (exit, text, _) = lab.both(&format!("{base} --ocsp {} {scope}", responses.display()));
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("1 OCSP response given"), "{text}");

    for (option, directory, none) in [("--crl", &responses, "a CRL"), ("--ocsp", &crls, "an OCSP response")] {
        let output = lab.certlens(&format!("{base} {option} {}", directory.display()));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(&format!("the directory has no file with {none}")), "{stderr}");
    }
}
