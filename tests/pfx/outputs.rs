//! Where things are written, and where not.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::made::Files;
use crate::{PASSWORD, VARIABLE, certlens, code, opened, run, stderr, stdout};

/// A file from which a password is read is not overwritten, not even on request.
#[test]
fn a_password_file_is_never_overwritten() {
    let files = Files::new();
    let file = files.node1();
    files.add("pw", PASSWORD);
    files.add("new", "battery staple");
    let (old, new, node, key) = (files.path("pw"), files.path("new"), files.path("node.pem"), files.path("node.key"));
    let given = ["--password-file", old.as_str(), "--force"];
    for (command, output) in [
        (vec!["pfx", "convert", &file], &old),
        (vec!["pfx", "convert", &file, "--new-password-file", &new], &new),
        (vec!["pfx", "password", &file, "--new-password-file", &new], &new),
        (vec!["pfx", "extract", &file], &old),
        (vec!["pfx", "extract", &file, "--key", "--new-password-file", &new], &new),
        (vec!["pfx", "merge", &file, &file], &old),
        (vec!["pfx", "create", "--key", &key, "--cert", &node], &old),
        (vec!["pfx", "inspect", &file], &old),
        (vec!["pfx", "check", "--for", "iis", &file], &old),
        (vec!["ha", &file], &old),
        (vec!["inspect", &file], &old),
        (vec!["verify", &file, "--trust", "mozilla"], &old),
    ] {
        let ran = run(&[&command[..], &given, &["--output", output]].concat());
        assert_eq!(code(&ran), 2, "{command:?}: {}", stdout(&ran));
        assert!(stderr(&ran).contains("a password is read from it"), "{command:?}: {}", stderr(&ran));
    }
    assert_eq!(fs::read_to_string(&old).unwrap(), PASSWORD);
    assert_eq!(fs::read_to_string(&new).unwrap(), "battery staple");
}

/// Whoever reads a pipe or a device is not the owner of a file alone.
#[cfg(unix)]
#[test]
fn keys_are_written_to_files_alone() {
    let files = Files::new();
    let file = files.node1();
    let pipe = files.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for output in ["/dev/null", "/dev/stdout", &pipe] {
        for command in [&["pfx", "convert", &file][..], &["pfx", "extract", &file, "--key", "--plain-keys"]] {
            let ran = opened(&[command, &["--force", "--output", output]].concat());
            assert_eq!((code(&ran), stdout(&ran).as_str()), (2, ""), "{command:?} {output}");
            assert!(stderr(&ran).contains("is a device or a pipe"), "{}", stderr(&ran));
        }
    }
    // A report may go there.
    assert_eq!(code(&opened(&["pfx", "inspect", &file, "--output", "/dev/null"])), 0);
}

#[test]
fn certificates_need_no_password_where_they_are_not_encrypted() {
    let files = Files::new();
    let file = files.export("node", "open.pfx", None, &format!("-certpbe NONE -certfile {}", files.path("ca.pem")));
    let node = fs::read_to_string(files.path("node.pem")).unwrap();
    let end_entity = run(&["pfx", "extract", &file, "--end-entity"]);
    assert_eq!((code(&end_entity), stdout(&end_entity)), (0, node.clone()), "{}", stderr(&end_entity));
    let locked = run(&["pfx", "extract", &files.node1()]);
    assert_eq!(code(&locked), 2);
    assert!(stderr(&locked).contains("its certificates are encrypted, and no password"), "{}", stderr(&locked));
    let keys = run(&["pfx", "extract", &file, "--key", "--output", &files.path("k.pem")]);
    assert_eq!(code(&keys), 2, "keys do");
    // In DER, which some programs want, one alone.
    let der = files.path("node.cer");
    assert_eq!(code(&run(&["pfx", "extract", &file, "--end-entity", "--der", "--output", &der])), 0);
    let mut openssl = Command::new("openssl");
    let pem = openssl.args(["x509", "-inform", "DER", "-in", &der]).output().unwrap();
    assert_eq!(stdout(&pem), node);
    let to_pipe = run(&["pfx", "extract", &file, "--end-entity", "--der"]);
    assert_eq!(to_pipe.stdout, fs::read(&der).unwrap());
    let both = run(&["pfx", "extract", &file, "--der", "--output", &files.path("x.cer")]);
    assert_eq!(code(&both), 2);
    assert!(stderr(&both).contains("--end-entity"), "{}", stderr(&both));
}

/// Where certificates go to standard output there is no report; what it would say is
/// said beside it.
#[test]
fn certificates_on_standard_output_are_alone_there() {
    let files = Files::new();
    let file = files.node1();
    // One form has a place only with a file beside it, the other none at all.
    for (format, advice) in [("json", "--output"), ("certutil", "--format text")] {
        let ran = opened(&["pfx", "extract", &file, "--format", format]);
        assert_eq!((code(&ran), stdout(&ran).as_str()), (2, ""), "{format}");
        assert!(stderr(&ran).contains(advice), "{}", stderr(&ran));
    }
}

/// From a pipe too, the password on standard input.
#[test]
fn a_password_comes_from_standard_input() {
    let files = Files::new();
    let file = files.node1();
    let with_password = |args: &[&str], line: &str| {
        let mut command = certlens();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let output = with_password(&["pfx", "inspect", &file, "--password-file", "-"], &format!("{PASSWORD}\nmore\n"));
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(crate::words(&output).contains("yes, with the password"), "{}", stdout(&output));
    let twice = ["pfx", "convert", &file, "--password-env", VARIABLE, "--output", &files.path("o.pfx")];
    let new = with_password(&[&twice[..], &["--new-password-file", "-"]].concat(), "battery staple");
    assert_eq!(code(&new), 0, "{}", stderr(&new));
    // It can be read once.
    let both = with_password(&["pfx", "inspect", "-", "--password-file", "-"], PASSWORD);
    assert_eq!(code(&both), 2);
    assert!(stderr(&both).contains("can be read once"), "{}", stderr(&both));
}
