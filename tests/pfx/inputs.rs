//! PFX files as inputs of `verify`, `inspect` and `url`.

use std::process::Stdio;

use crate::made::{AT, Files};
use crate::{VARIABLE, at, certlens, code, first_line, json, opened, run, stderr, stdout, words};

#[test]
fn the_certificate_whose_key_is_in_the_file_is_verified() {
    let files = Files::new();
    let anchors = files.path("ca.pem");
    // The CA's certificate stands first or last; which one is meant is known by the key.
    for options in [format!("-certfile {anchors}"), String::new()] {
        let file = files.export("node", "node.pfx", None, &options);
        let output = opened(&["verify", &file, "--anchors", &anchors, "--at", AT]);
        assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
        assert!(words(&output).contains(&format!("CN=node1.example.test target · {file}, safe 1, bag 1")));
    }
    let file = files.path("node.pfx");
    let output = opened(&["verify", &file, "--anchors", &anchors, "--at", AT, "--format", "json"]);
    let report = json(&output);
    assert!(stdout(&output).contains("safe 1, bag 1"), "{report:#}");
    // What is said to be tried next has the password's place in it.
    let output = opened(&["verify", &file, "--trust", "none", "--at", AT]);
    let again = format!("certlens verify {file} --trust mozilla --password-env {VARIABLE} --at {AT}");
    assert_eq!((code(&output), words(&output).contains(&again)), (3, true), "{}", stdout(&output));
}

#[test]
fn without_the_password_it_is_refused() {
    let files = Files::new();
    let file = files.node1();
    let anchors = files.path("ca.pem");
    for (given, said) in [
        (&[][..], "its certificates are encrypted, and no password was given"),
        (&["--password", "wrong"], "the password is wrong"),
    ] {
        for command in [&["verify", "--anchors", &anchors, "--at", AT][..], &["inspect"], &["url"]] {
            let output = run(&[command, &[&file], given].concat());
            assert_eq!(code(&output), 2, "{command:?}: {}", stderr(&output));
            assert!(stderr(&output).contains(said) && stderr(&output).contains(" hint: "), "{}", stderr(&output));
        }
    }
    // What Windows makes of it is said all the same.
    assert_eq!(first_line(&run(&["inspect", &file])), format!("KSP KEY: {file}"));
    // Certificates that are not encrypted need no password.
    let plain = files.export("node", "plain.pfx", None, "-certpbe NONE");
    let output = run(&["verify", &plain, "--anchors", &anchors, "--at", AT]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}

#[test]
fn a_key_decides_among_certificates_of_hosts() {
    let files = Files::new();
    let both = format!("-certfile {}", files.path("ec.pem"));
    let file = files.export("node", "both.pfx", None, &both);
    let output = opened(&["verify", &file, "--anchors", &files.path("ca.pem"), "--at", AT]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(words(&output).contains("CN=node1.example.test target"), "{}", stdout(&output));
}

#[test]
fn inspect_shows_the_certificates_whole() {
    let files = Files::new();
    let file = files.export("node", "node.pfx", None, &format!("-certfile {}", files.path("ca.pem")));
    let output = opened(&["inspect", &file]);
    let said = words(&output);
    for part in
        ["CSP OR KSP KEY, undecided", "certlens pfx inspect", "CERTIFICATE CN=node1", "CA CERTIFICATE CN=Node CA"]
    {
        assert!(said.contains(part), "{part:?} is not in: {}", stdout(&output));
    }
    let report = json(&opened(&["inspect", &file, "--format", "json"]));
    assert_eq!(at(&report, "/certificates").as_array().unwrap().len(), 2);
    assert_eq!(at(&report, "/others/0/kind"), "a PKCS#12 (PFX) file");
}

#[test]
fn standard_input_and_directories_may_have_pfx_files() {
    let files = Files::new();
    let anchors = files.path("ca.pem");
    let file = files.node1();
    let input = std::fs::File::open(&file).unwrap();
    let mut command = certlens();
    command.args(["verify", "-", "--anchors", &anchors, "--at", AT, "--password-env", VARIABLE]);
    let output = command.stdin(Stdio::from(input)).output().unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(words(&output).contains("target · standard input, safe 1, bag 1"), "{}", stdout(&output));
    // Among the files of a directory one that has a password is passed over, unless it is given.
    let verify = ["verify", &files.folder(), "--anchors", &anchors, "--at", AT];
    let (without, with) = (run(&verify), opened(&verify));
    assert_eq!((code(&without), code(&with)), (0, 0), "{}{}", stderr(&without), stderr(&with));
    assert!(!stdout(&without).contains("safe 1, bag 1") && stdout(&with).contains("safe 1, bag 1"));
    let wrong = run(&[&verify[..], &["--password", "wrong"]].concat());
    assert_eq!(code(&wrong), 2);
    assert!(stderr(&wrong).contains("node1.pfx"), "{}", stderr(&wrong));
}

#[test]
fn url_asks_for_the_chain_of_the_certificate() {
    let files = Files::new();
    let file = files.node1();
    let output = opened(&["url", &file, "--anchors", &files.path("ca.pem"), "--at", AT]);
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    assert_eq!(first_line(&output), format!("NOTHING TO REACH: {file}, safe 1, bag 1"));
}
