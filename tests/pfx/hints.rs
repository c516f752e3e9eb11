//! The commands that reports print: each can be run as it stands, whatever is in a file
//! and whatever it is called.

use std::process::{Command, Output, Stdio};

use crate::made::Files;
use crate::{PASSWORD, VARIABLE, at, code, json, opened, run, stderr, stdout};

/// The commands of a report that begin with these words.
pub(crate) fn printed(report: &str, start: &str) -> Vec<String> {
    report.lines().map(str::trim).filter(|line| line.starts_with(start)).map(str::to_owned).collect()
}

/// Runs a command by a shell, as somebody who copies it does; nobody answers questions.
pub(crate) fn in_shell(command: &str) -> Output {
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_certlens")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).env("PATH", path).env(VARIABLE, PASSWORD).stdin(Stdio::null());
    shell.output().unwrap()
}

fn check(file: &str, release: &str) -> Output {
    let demand = ["--for", "shir-ha", "--node", "node1.example.test", "--at", crate::made::AT];
    opened(&[&["pfx", "check", file][..], &demand, &["--compatible-with", release]].concat())
}

/// Neither the name of a provider, which whoever made the file chose, nor that of the
/// file comes into a command for Windows unless it means nothing to cmd and PowerShell.
#[test]
fn what_a_file_says_is_no_command_of_windows() {
    let files = Files::new();
    for (provider, name) in [
        ("x\" & calc & \"Key Storage Provider", "node1.pfx"),
        ("$(calc) Key Storage Provider", "node1.pfx"),
        ("Microsoft Software Key Storage Provider", "$(calc).pfx"),
        ("Microsoft Software Key Storage Provider", "%calc%.pfx"),
        ("Microsoft Software Key Storage Provider", "a\u{201d};calc;\u{201c}.pfx"),
    ] {
        let file = files.export("node", name, Some(provider), "-keysig");
        let inspected = opened(&["pfx", "inspect", &file]);
        let output = files.path(&format!("converted {name}"));
        let converted = opened(&["pfx", "convert", &file, "--output", &output, "--force"]);
        assert_eq!((code(&inspected), code(&converted)), (0, 0), "{}{}", stderr(&inspected), stderr(&converted));
        for report in [stdout(&inspected), stdout(&converted)] {
            let commands = printed(&report, "certutil -f");
            assert!(commands.iter().all(|command| !command.contains("calc")), "{commands:#?}");
            let is_plain = |command: &String| command.contains(" My FILE.pfx");
            assert!(name == "node1.pfx" || commands.iter().any(is_plain), "{commands:#?}");
        }
    }
}

/// What `pfx inspect` prints leads all the way, with the password where it was given.
#[test]
fn one_conversion_mends_everything() {
    let files = Files::new();
    let file = files.node1();
    let inspected = opened(&["pfx", "inspect", &file]);
    let commands = printed(&stdout(&inspected), "certlens pfx convert ");
    assert_eq!(commands.len(), 1, "{commands:#?}");
    let converted = in_shell(&commands[0]);
    assert_eq!(code(&converted), 0, "{}{}", stdout(&converted), stderr(&converted));
    let ready = files.path("node1-ready.pfx");
    let after = check(&ready, "server2016");
    assert_eq!(code(&after), 0, "{}{}", stdout(&after), stderr(&after));
    // What the conversion prints can be run as well.
    let next = printed(&stdout(&converted), "certlens pfx check ");
    assert!(next[0].contains(&format!("--password-env {VARIABLE}")), "{next:#?}");
}

#[test]
fn the_password_is_in_every_command() {
    let files = Files::new();
    let file = files.node1();
    files.add("my pw", PASSWORD);
    let given = ["--password-file", &files.path("my pw")];
    for command in [&["pfx", "inspect", &file][..], &["inspect", &file]] {
        let output = run(&[command, &given].concat());
        let commands = printed(&stdout(&output), "certlens ");
        assert!(!commands.is_empty(), "{}", stdout(&output));
        for printed in &commands {
            assert!(printed.contains(&format!(" --password-file '{}'", files.path("my pw"))), "{printed}");
            // There is no trust anchor for it, which is another matter.
            let ran = in_shell(printed);
            assert!(!stderr(&ran).contains("password"), "{printed}: {}", stderr(&ran));
        }
    }
    // Nothing that needs a password stands there after a wrong one.
    let wrong = run(&["pfx", "inspect", &file, "--password", "wrong"]);
    assert!(printed(&stdout(&wrong), "certlens ").is_empty(), "{}", stdout(&wrong));
    // Without one, what to put in its place.
    let locked = run(&["pfx", "inspect", &file]);
    for printed in printed(&stdout(&locked), "certlens pfx ") {
        assert!(printed.contains(" --password-file FILE"), "{printed}");
    }
    let report =
        json(&run(
            &[&["pfx", "convert", &file, "--format", "json", "--output", &files.path("o.pfx")][..], &given].concat()
        ));
    let within = at(&report, "/file/next").to_string();
    assert!(within.contains("--password-file"), "{within}");
}

/// Keys of several kinds have no provider in common, and no command is printed that fails.
#[test]
fn keys_of_several_kinds_are_not_converted_to_one_provider() {
    let files = Files::new();
    let (node, ec, both) = (files.node1(), files.export("ec", "ec.pfx", None, ""), files.path("both.pfx"));
    assert_eq!(code(&opened(&["pfx", "merge", &node, &ec, "--output", &both])), 0);
    let report = stdout(&opened(&["pfx", "inspect", &both]));
    assert!(printed(&report, "certlens pfx convert").is_empty(), "{report}");
    assert!(report.contains("files of their own"), "{report}");
    // One of a kind has.
    let commands = printed(&stdout(&opened(&["pfx", "inspect", &ec])), "certlens pfx convert");
    assert_eq!(commands.len(), 1, "{commands:#?}");
    let converted = in_shell(&commands[0]);
    assert_eq!(code(&converted), 0, "{}", stderr(&converted));
    assert!(stdout(&converted).contains(": KSP KEY"), "{}", stdout(&converted));
}

/// A password that was given for a file without one is that of what is written.
#[test]
fn a_file_without_a_password_is_converted_with_the_one_that_was_given() {
    let files = Files::new();
    let file = files.export("node", "open.pfx", None, "-keypbe NONE -certpbe NONE -nomac");
    let checked = check(&file, "server2016");
    let commands = printed(&stdout(&checked), "certlens pfx convert");
    let converted = in_shell(&commands[0]);
    assert_eq!(code(&converted), 0, "{}", stderr(&converted));
    assert!(crate::words(&converted).contains("the password is the new one"), "{}", stdout(&converted));
    assert_eq!(code(&run(&["pfx", "inspect", &files.path("open-ready.pfx"), "--password", PASSWORD])), 0);
}

/// What reports call demands is explained, whichever product and command.
#[test]
fn every_demand_is_explained() {
    let files = Files::new();
    let file = files.node1();
    let mut codes = std::collections::BTreeSet::new();
    let mut add = |demands: &serde_json::Value| {
        for demand in demands.as_array().unwrap() {
            codes.insert(at(demand, "/code").as_str().unwrap().to_owned());
        }
    };
    for product in ["shir-ha", "adfs", "sqlserver", "iis", "exchange", "wcf"] {
        let report = json(&opened(&["pfx", "check", &file, "--for", product, "--format", "json"]));
        add(at(&report, "/results/0/demands"));
    }
    let report = json(&opened(&["ha", &file, "--format", "json"]));
    add(at(&report, "/nodes/0/demands"));
    assert!(codes.len() > 20 && codes.contains("same-certificate") && codes.contains("reachable"), "{codes:?}");
    let all: Vec<&str> = ["explain"].into_iter().chain(codes.iter().map(String::as_str)).collect();
    let explained = run(&all);
    assert_eq!(code(&explained), 0, "{}", stderr(&explained));
}
