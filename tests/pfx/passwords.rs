//! Where passwords come from, and that they go nowhere.

use crate::made::{AT, Files};
use crate::{PASSWORD, VARIABLE, code, opened, run, stderr, stdout};

#[test]
fn every_way_to_give_one_opens_the_file() {
    let files = Files::new();
    let file = files.node1();
    files.add("password", format!("{PASSWORD}\r\nanother line\n"));
    let path = files.path("password");
    for (given, warned) in [
        (["--password-file", path.as_str()], false),
        (["--password-env", VARIABLE], false),
        (["--password", PASSWORD], true),
    ] {
        for command in [&["pfx", "inspect"][..], &["inspect"]] {
            let output = run(&[command, &[&file], &given[..]].concat());
            assert_eq!(code(&output), 0, "{given:?}: {}", stderr(&output));
            assert_eq!(stderr(&output).starts_with("warning: --password: "), warned, "{}", stderr(&output));
            assert!(!(stdout(&output) + &stderr(&output)).contains(PASSWORD));
        }
    }
}

#[test]
fn what_gives_none_is_said() {
    let files = Files::new();
    let file = files.node1();
    files.add("latin", b"p\xe4ssword\n");
    for (given, said) in [
        (vec!["--password-file", "/nowhere/at/all"], "cannot be read"),
        (vec!["--password-file", &files.path("latin")], "byte 1: is not UTF-8"),
        (vec!["--password-env", "CERTLENS_NO_SUCH_VARIABLE"], "there is no such environment variable"),
        (vec!["--password-env", VARIABLE, "--password", "x"], "cannot be used with"),
    ] {
        let output = run(&[&["pfx", "inspect", &file], given.as_slice()].concat());
        assert_eq!(code(&output), 2, "{given:?}");
        assert!(stderr(&output).contains(said), "{given:?}: {}", stderr(&output));
    }
}

/// Neither reports nor records have a password or a private key in them.
#[test]
fn secrets_are_in_no_report_and_no_record() {
    let files = Files::new();
    let file = files.export("node", "node1.pfx", None, "-keypbe NONE -certpbe NONE -nomac");
    let key = std::fs::read_to_string(files.path("node.key")).unwrap();
    let key: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let key = key.get(200..240).unwrap();
    let (record, anchors) = (files.path("record"), files.path("ca.pem"));
    let verify = ["verify", &file, "--anchors", &anchors, "--at", AT, "--record", &record];
    for args in [
        &["pfx", "inspect", &file][..],
        &["pfx", "inspect", &file, "--format", "json"],
        &["pfx", "inspect", &file, "--format", "certutil"],
        &["inspect", &file, "--format", "json"],
        &["inspect", &file, "--format", "certutil"],
        &verify,
    ] {
        let output = run(&[args, &["--password", PASSWORD]].concat());
        assert_eq!(code(&output), 0, "{args:?}: {}", stderr(&output));
        let all = stdout(&output) + &stderr(&output);
        assert!(!all.contains(PASSWORD) && !all.contains(key), "{args:?}");
    }
    for entry in std::fs::read_dir(&record).unwrap() {
        let path = entry.unwrap().path();
        let content = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        assert!(!content.contains(PASSWORD) && !content.contains(key), "{}", path.display());
        assert!(!content.contains("PRIVATE KEY") && !content.contains(VARIABLE), "{}", path.display());
    }
    let again = run(&["verify", "--replay", &record]);
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    let refused = opened(&["verify", "--replay", &record]);
    assert_eq!(code(&refused), 2, "a record needs no password");
}
