//! Records that are none, and directories that cannot become one.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::pki::{Company, Trouble};
use crate::{AT, run, stderr, stdout, text};

fn recorded() -> (Company, PathBuf) {
    let company = Company::new(Trouble::default());
    let record = company.path("record");
    let (target, anchor) = (text(&company.target), text(&company.anchor));
    let args = ["verify", target, "--anchors", anchor, "--at", AT, "--fetch", "--no-cache", "--record", text(&record)];
    let output = run(&args);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    (company, record)
}

fn refused(record: &Path, words: &[&str]) {
    let output = run(&["verify", "--replay", text(record)]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{}{said}", stdout(&output));
    assert!(said.starts_with("error: ") && said.contains(" hint: "), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said}");
    }
}

/// Changes `record.json`, sees it refused, and puts it back.
fn refused_when(record: &Path, change: impl FnOnce(&mut Value), words: &[&str]) {
    let path = record.join("record.json");
    let before = fs::read(&path).unwrap();
    let mut value: Value = serde_json::from_slice(&before).unwrap();
    change(&mut value);
    fs::write(&path, value.to_string()).unwrap();
    refused(record, words);
    fs::write(&path, before).unwrap();
}

#[test]
fn a_record_that_was_changed_is_refused() {
    let (_company, record) = recorded();
    let other = "objects/001.crt";
    let before = fs::read(record.join(other)).unwrap();
    let mut changed = before.clone();
    changed[100] ^= 1;
    fs::write(record.join(other), &changed).unwrap();
    refused(&record, &["001.crt", "is not what was recorded"]);
    fs::write(record.join(other), &before[..100]).unwrap();
    refused(&record, &["001.crt", "is not what was recorded"]);
    fs::remove_file(record.join(other)).unwrap();
    refused(&record, &["001.crt", "is not there"]);
    #[cfg(unix)]
    {
        let outside = record.with_file_name("outside.crt");
        fs::write(&outside, &before).unwrap();
        std::os::unix::fs::symlink(&outside, record.join(other)).unwrap();
        refused(&record, &["001.crt", "no plain file"]);
        fs::remove_file(record.join(other)).unwrap();
    }
    fs::write(record.join(other), &before).unwrap();
    assert_eq!(run(&["verify", "--replay", text(&record)]).status.code(), Some(0));

    refused_when(
        &record,
        |json| json["schema"] = "certlens/record/2".into(),
        &["certlens/record/2", "certlens/record/1"],
    );
    refused_when(&record, |json| json["surprise"] = 1.into(), &["surprise"]);
    refused_when(&record, |json| json["time"] = "yesterday".into(), &["yesterday"]);
    refused_when(&record, |json| json["targets"][0]["file"] = "../target.pem".into(), &["../target.pem"]);
    refused_when(&record, |json| json["targets"][0]["file"] = "/etc/passwd".into(), &["/etc/passwd"]);
    refused_when(
        &record,
        |json| json["trust"][0]["file"] = "record.json".into(),
        &["record.json", "not among the files"],
    );
    let escaping = |json: &mut Value| {
        let file = json["files"]["target-001.pem"].clone();
        json["files"]["../target.pem"] = file;
    };
    refused_when(&record, escaping, &["../target.pem", "not the name of a file"]);
    refused_when(&record, |json| json["arguments"][0] = "--output=/tmp/x".into(), &["arguments"]);
    refused_when(&record, |json| json["arguments"][0] = "--anchors=/etc/ssl".into(), &["arguments"]);
    refused_when(&record, |json| json["retrievals"][0]["outcome"] = serde_json::json!({"object": "x.crl"}), &["x.crl"]);
    refused_when(&record, |json| json["retrievals"][0]["wanted"] = "key".into(), &["`key`", "issuer"]);
    let unknown = serde_json::json!({"failure": {"stage": "dns", "cause": "unheard-of", "message": "", "hint": "", "cannot_tell": false}});
    refused_when(&record, |json| json["retrievals"][0]["outcome"] = unknown, &["unheard-of"]);

    fs::write(record.join("record.json"), "{").unwrap();
    refused(&record, &["no record of certlens"]);
    fs::remove_file(record.join("record.json")).unwrap();
    refused(&record, &["record.json", "is not there"]);
    refused(&record.with_file_name("nowhere"), &["no such directory"]);
}

#[test]
fn what_is_not_in_the_record_is_not_retrieved() {
    let (_company, record) = recorded();
    let path = record.join("record.json");
    let mut value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    value["retrievals"].as_array_mut().unwrap().retain(|one| one["wanted"] != "crl");
    fs::write(&path, value.to_string()).unwrap();
    let output = run(&["verify", "--replay", text(&record)]);
    assert_eq!(output.status.code(), Some(3), "{}{}", stdout(&output), stderr(&output));
    let words: Vec<String> = stdout(&output).split_whitespace().map(str::to_owned).collect();
    assert!(words.join(" ").contains("the URL is not in the record"), "{}", stdout(&output));
}

#[test]
fn a_directory_with_something_in_it_is_left_alone() {
    let company = Company::new(Trouble::default());
    let (target, anchor) = (text(&company.target), text(&company.anchor));
    let full = company.path("full");
    fs::create_dir(&full).unwrap();
    fs::write(full.join("precious"), "x").unwrap();
    let deep = company.path("no/such/place");
    for (directory, word) in [(&full, "not empty"), (&company.target, "no directory"), (&deep, "cannot be created")] {
        let output = run(&["verify", target, "--anchors", anchor, "--at", AT, "--record", text(directory)]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(word), "{}", stderr(&output));
    }
    assert_eq!(fs::read_dir(&full).unwrap().count(), 1);
    let empty = company.path("empty");
    fs::create_dir(&empty).unwrap();
    let output = run(&["verify", target, "--anchors", anchor, "--at", AT, "--record", text(&empty)]);
    assert!(empty.join("record.json").is_file(), "{}", stderr(&output));
}

#[test]
fn a_replay_takes_output_options_alone() {
    let (company, record) = recorded();
    let (target, record_name) = (text(&company.target), text(&record));
    let cases: [&[&str]; 6] = [
        &[target],
        &["--fetch"],
        &["--anchors", target],
        &["--at", AT],
        &["--timeout", "15"],
        &["--record", "elsewhere"],
    ];
    for extra in cases {
        let output = run(&[&["verify", "--replay", record_name][..], extra].concat());
        assert_eq!(output.status.code(), Some(2), "{extra:?}");
        assert!(stderr(&output).contains("cannot be used with"), "{}", stderr(&output));
    }
    assert_eq!(run(&["verify"]).status.code(), Some(2));
    let report = company.path("report.txt");
    let output = run(&["verify", "--replay", record_name, "--output", text(&report), "--no-color"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(fs::read_to_string(&report).unwrap().contains("TRUSTED"));
    // The record itself is an input.
    let inside = record.join("target-001.pem");
    let output = run(&["verify", "--replay", record_name, "--output", text(&inside), "--force"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}
