//! Where passwords come from, and that they go nowhere.

use std::io::Write;
use std::process::Stdio;

use crate::made::{AT, Files};
use crate::{PASSWORD, VARIABLE, certlens, code, opened, run, stderr, stdout};

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

/// As Windows PowerShell writes `echo secret > password`, and as nobody can guess.
#[test]
fn password_files_of_windows_are_read() {
    let files = Files::new();
    let file = files.node1();
    let units = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    files.add("utf16", [&[0xff, 0xfe][..], &units(&format!("{PASSWORD}\r\n"))].concat());
    files.add("unmarked", units(PASSWORD));
    let inspect = |name: &str| run(&["pfx", "inspect", &file, "--password-file", &files.path(name)]);
    assert_eq!(code(&inspect("utf16")), 0, "{}", stderr(&inspect("utf16")));
    let unmarked = inspect("unmarked");
    assert_eq!(code(&unmarked), 2);
    assert!(
        stderr(&unmarked).contains("byte 1: is zero") && stderr(&unmarked).contains("UTF-8"),
        "{}",
        stderr(&unmarked)
    );
}

/// The empty password protects nothing, and is never taken for that of another file's
/// keys, nor of a file that is made.
#[test]
fn no_key_comes_under_the_empty_password_unasked() {
    let files = Files::new();
    let good = files.node1();
    let plain = files.export("ec", "plain.pfx", None, "-keypbe NONE -certpbe NONE -nomac");
    let empty = files.path("empty.pfx");
    assert_eq!(code(&run(&["pfx", "convert", &plain, "--empty-password", "--output", &empty])), 0);
    files.add("none", "");
    files.add("pw", PASSWORD);
    let (none, pw, output) = (files.path("none"), files.path("pw"), files.path("out.pfx"));
    let (key, pem) = (files.path("node.key"), files.path("node.pem"));
    for args in [
        &["merge", &empty, &good, "--password-file", &none, "--password-file", &pw][..],
        &["create", "--key", &key, "--cert", &pem, "--password-file", &none],
        &["extract", &empty, "--key"],
    ] {
        let ran = run(&[&["pfx"], args, &["--output", &output]].concat());
        assert_eq!(code(&ran), 2, "{args:?}: {}", stdout(&ran));
        assert!(stderr(&ran).contains("a password is needed for what is written"), "{args:?}: {}", stderr(&ran));
        assert!(std::fs::metadata(&output).is_err(), "{args:?} wrote a file");
    }
    // Its own stays, and what is asked for is done.
    assert_eq!(code(&run(&["pfx", "convert", &empty, "--output", &files.path("again.pfx")])), 0);
    let asked = ["pfx", "merge", &empty, &good, "--password-file", &none, "--password-file", &pw, "--empty-password"];
    assert_eq!(code(&run(&[&asked[..], &["--output", &output]].concat())), 0);
}

/// What certutil would ask for can be told by an option of certlens, as the hint says.
#[test]
fn the_new_password_of_merge_pfx_is_told_as_the_hint_says() {
    let files = Files::new();
    let list = format!("{},{}", files.node1(), files.export("ec", "ec.pfx", None, ""));
    files.add("new", "battery staple");
    let output = files.path("both.pfx");
    let merge = ["-p", PASSWORD, "-MergePFX", list.as_str(), output.as_str()];
    let asked = run(&merge);
    assert_eq!(code(&asked), 2);
    assert!(stderr(&asked).contains("--new-password-file") && !stderr(&asked).contains("--ask"), "{}", stderr(&asked));
    let told = run(&[&merge[..], &["--new-password-file", &files.path("new")]].concat());
    assert_eq!(code(&told), 0, "{}", stderr(&told));
    assert_eq!(code(&run(&["pfx", "inspect", &output, "--password", "battery staple"])), 0);
}

/// The next command cannot have it from standard input again.
#[test]
fn a_password_from_standard_input_is_in_no_command() {
    let files = Files::new();
    let file = files.node1();
    files.add("pw", PASSWORD);
    let (output, pw) = (files.path("out.pfx"), files.path("pw"));
    let typed = |args: &[&str]| {
        let mut started = certlens();
        started.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = started.spawn().unwrap();
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    for args in [
        &["inspect", &file, "--password-file", "-"][..],
        &["check", &file, "--for", "shir-ha", "--password-file", "-"],
        &["check", &file, "--for", "shir-ha", "--password-file", "-", "--format", "json"],
        &["convert", &file, "--password-file", "-", "--output", &output],
        &["convert", &file, "--password-file", &pw, "--new-password-file", "-", "--output", &output, "--force"],
    ] {
        let ran = typed(&[&["pfx"], args].concat());
        let report = stdout(&ran);
        assert!(
            report.contains("certlens pfx ") || report.contains("\"convert\""),
            "{args:?}: {report}{}",
            stderr(&ran)
        );
        assert!(!report.contains("--password-file"), "{args:?}: {report}");
    }
}

/// Files whose names begin with a hyphen are no options of the next command.
#[test]
fn names_that_look_like_options_are_named_by_their_place() {
    let files = Files::new();
    files.export("node", "-y.pfx", Some("Microsoft Software Key Storage Provider"), "-keysig");
    files.add("-pw", PASSWORD);
    let args = ["pfx", "check", "--for", "shir-ha", "--password-file=-pw", "--format", "json", "--", "-y.pfx"];
    let ran = certlens().current_dir(files.folder()).args(args).output().unwrap();
    let report = crate::json(&ran);
    let conversion = crate::at(&report, "/results/0/conversion/certlens").as_array().unwrap();
    for word in ["./-y.pfx", "./-y-ready.pfx", "./-pw"] {
        assert!(conversion.contains(&word.into()), "{conversion:?}");
    }
    let words: Vec<&str> = conversion.iter().skip(1).filter_map(|word| word.as_str()).collect();
    let again = certlens().current_dir(files.folder()).args(words).output().unwrap();
    assert_eq!(code(&again), 0, "{}", stderr(&again));
}
