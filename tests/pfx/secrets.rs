//! Neither passwords nor private keys are in anything that is printed, whatever the
//! command, its form of report and what goes wrong; nor in the files that are written,
//! unless a plain key was asked for.
//!
//! They are looked for as they are, as UTF-16, and as what hexadecimal digits and base64
//! stand for; of a key, any twelve octets that its public half does not have as well.

#![expect(clippy::indexing_slicing, reason = "a test that finds its data broken has to stop")]

use std::collections::HashSet;
use std::fs;

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE};
use certlens_testkit::Key;

use crate::made::{AT, Files};
use crate::{PASSWORD, VARIABLE, certlens};

const OTHER: &str = "battery staple";

/// The fewest octets of a key that would be too many.
const RUN: usize = 12;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

struct Secrets {
    runs: HashSet<Vec<u8>>,
    passwords: Vec<Vec<u8>>,
}

impl Secrets {
    fn new() -> Secrets {
        let runs_of = |octets: &[u8]| octets.windows(RUN).map(<[u8]>::to_vec).collect::<HashSet<_>>();
        let mut runs = HashSet::new();
        for key in [Key::rsa2048(0), Key::p256(2)] {
            let public = runs_of(&key.spki());
            runs.extend(runs_of(&key.pkcs8()).difference(&public).cloned());
        }
        let utf16 = |text: &str, octets: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(octets).collect();
        let forms =
            |text: &&str| [text.as_bytes().to_vec(), utf16(text, u16::to_le_bytes), utf16(text, u16::to_be_bytes)];
        Secrets { runs, passwords: [PASSWORD, OTHER].iter().flat_map(forms).collect() }
    }

    /// What of them is in these octets, in whichever form.
    fn found_in(&self, octets: &[u8]) -> Option<String> {
        let mut all = vec![octets.to_vec()];
        let text = String::from_utf8_lossy(octets);
        let joined: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        all.extend([text.as_ref(), &joined].iter().flat_map(|text| decoded(text)));
        all.iter().find_map(|octets| self.plain_in(octets))
    }

    fn plain_in(&self, octets: &[u8]) -> Option<String> {
        let of_password = |form: &&Vec<u8>| octets.windows(form.len()).any(|window| window == form.as_slice());
        if self.passwords.iter().any(|form| of_password(&form)) {
            return Some("a password".to_owned());
        }
        let run = octets.windows(RUN).find(|window| self.runs.contains(*window))?;
        Some(format!("of a private key {run:02x?}"))
    }
}

/// What hexadecimal digits and base64 in a text stand for, from each place where they
/// may begin.
fn decoded(text: &str) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let between = |character: &char| ",:-".contains(*character) || character.is_whitespace();
    let digits: String = text.chars().filter(|character| !between(character)).collect();
    for run in digits.split(|character: char| !character.is_ascii_hexdigit()).filter(|run| run.len() >= 2 * RUN) {
        let digits: Vec<u8> = run.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
        all.extend((0..2).map(|start| digits[start..].chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()));
    }
    let standard = text.replace('-', "+").replace('_', "/");
    for text in [text, &standard] {
        let in_base64 = |character: char| character.is_ascii_alphanumeric() || "+/".contains(character);
        for run in text.split(|character| !in_base64(character)).filter(|run| run.len() >= RUN) {
            all.extend((0..4).filter_map(|start| {
                // Of a part of base64 the last digits may stand for nothing whole.
                let run = &run[start..];
                let whole = if run.len() % 4 == 1 { run.len() - 1 } else { run.len() };
                LENIENT.decode(&run[..whole]).ok()
            }));
        }
    }
    all
}

/// What finds nothing has to be able to find something.
#[test]
fn what_looks_for_secrets_finds_them() {
    let secrets = Secrets::new();
    let key = Key::rsa2048(0).pkcs8();
    let run = key.get(700..700 + RUN).unwrap();
    let hex = |octets: &[u8], between: &str| {
        octets.iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().join(between)
    };
    let utf16: Vec<u8> = OTHER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let pem = certlens_testkit::pem::encode("PRIVATE KEY", &Key::p256(2).pkcs8());
    let dump = key.chunks(16).map(|line| format!("    0000  {}   ....\n", hex(line, " "))).collect::<String>();
    for shown in [
        hex(run, ""),
        hex(run, ":").to_lowercase(),
        format!("\"a{}\"", hex(run, " ")),
        dump,
        pem,
        STANDARD.encode(&key),
        URL_SAFE.encode(&key),
        format!("error: {PASSWORD}: no"),
        hex(PASSWORD.as_bytes(), " "),
        format!("{{\"x\": \"{}\"}}", STANDARD.encode(&utf16)),
        STANDARD.encode(["ab", PASSWORD].concat()),
    ] {
        assert!(secrets.found_in(shown.as_bytes()).is_some(), "{shown}");
    }
    assert!(secrets.found_in(run).is_some() && secrets.found_in(&utf16).is_some());
    for public in [Key::rsa2048(0).spki(), Key::p256(2).spki(), b"-----BEGIN PRIVATE KEY-----".to_vec()] {
        assert_eq!(secrets.found_in(&public), None);
        assert_eq!(secrets.found_in(STANDARD.encode(&public).as_bytes()), None);
    }
}

/// The files that are asked about: encrypted, nothing encrypted, damaged, changed, for
/// EC; and such as are none.
fn inputs(files: &Files) -> Vec<String> {
    let plain = "-keypbe NONE -certpbe NONE -nomac";
    let node = files.node1();
    let octets = fs::read(&node).unwrap();
    let mut changed = octets.clone();
    // Within the digest of the MAC.
    let at = changed.len() - 40;
    changed[at] ^= 1;
    files.add("changed.pfx", changed);
    files.add("cut.pfx", &octets[..octets.len() / 2]);
    let bare = files.export("node", "plain.pfx", Some("No Such Provider"), plain);
    let octets = fs::read(&bare).unwrap();
    files.add("plain-cut.pfx", &octets[..octets.len() - 9]);
    let full = format!("-LMK -keyex -certfile {}", files.path("ca.pem"));
    files.export("node", "full.pfx", None, &full);
    files.export("ec", "ec.pfx", None, "-name ec1");
    files.export("node", "old.pfx", None, "-legacy");
    let names = ["changed.pfx", "cut.pfx", "plain-cut.pfx", "full.pfx", "ec.pfx", "old.pfx", "node.key", "absent.pfx"];
    [node, bare].into_iter().chain(names.map(|name| files.path(name))).collect()
}

struct Runs<'a> {
    secrets: Secrets,
    files: &'a Files,
    count: usize,
    codes: HashSet<i32>,
}

impl Runs<'_> {
    /// Runs a command as talkative as can be, and looks through what it says.
    fn run(&mut self, args: &[&str]) {
        let mut command = certlens();
        command.envs([("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("CERTLENS_OTHER", OTHER)]);
        let output = command.args(args).output().unwrap();
        for (stream, octets) in [("output", &output.stdout), ("error output", &output.stderr)] {
            let found = self.secrets.found_in(octets);
            assert_eq!(found, None, "{args:?}: {stream}: {}", String::from_utf8_lossy(octets));
        }
        let code = output.status.code().unwrap();
        assert!(code < 4, "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        self.codes.insert(code);
        self.count += 1;
    }

    /// With the right password in each way, with another, and without any.
    fn with_passwords(&mut self, args: &[&str]) {
        let (right, other) = (self.files.path("right"), self.files.path("other"));
        for given in [
            &["--password-file", &right][..],
            &["--password", PASSWORD],
            &["--password-env", VARIABLE],
            &["--password-file", &other],
            &["--password", OTHER],
            &[],
        ] {
            self.run(&[args, given].concat());
        }
    }

    /// Into a file, in which they are not either.
    fn writing(&mut self, args: &[&str]) {
        let output = self.files.path("written");
        let new = self.files.path("other");
        for (format, options) in [
            ("text", &["--new-password", OTHER][..]),
            ("json", &["--new-password-file", &new]),
            ("text", &["--new-password-env", "CERTLENS_OTHER"]),
            ("certutil", &["--new-password", OTHER]),
        ] {
            let _ = fs::remove_file(&output);
            self.run(&[args, &["--password", PASSWORD, "--output", &output, "--format", format], options].concat());
            if let Ok(octets) = fs::read(&output) {
                let plain = args.contains(&"--plain-keys");
                assert_eq!(self.secrets.found_in(&octets).is_some(), plain, "{args:?}: the file");
            }
        }
    }
}

fn run_all(files: &Files, go: impl FnOnce(&mut Runs<'_>, &[String])) {
    files.add("right", format!("{PASSWORD}\n"));
    files.add("other", format!("{OTHER}\n"));
    let inputs = inputs(files);
    let mut runs = Runs { secrets: Secrets::new(), files, count: 0, codes: HashSet::new() };
    go(&mut runs, &inputs);
    // Most of them do something, and some of them fail.
    assert!(runs.count >= 40 && runs.codes.contains(&0) && runs.codes.contains(&2), "{} {:?}", runs.count, runs.codes);
}

#[test]
fn no_report_has_secrets() {
    let files = Files::new();
    run_all(&files, |runs, inputs| {
        let anchors = files.path("ca.pem");
        for file in inputs {
            for format in ["text", "json", "certutil"] {
                runs.with_passwords(&["pfx", "inspect", file, "--format", format]);
            }
            for format in ["text", "json"] {
                runs.run(&["inspect", file, "--password", PASSWORD, "--format", format]);
                let check = ["pfx", "check", "--for", "shir-ha", file, "--at", AT, "--format", format];
                runs.run(&[&check[..], &["--password", PASSWORD]].concat());
                runs.run(&[&check[..], &["--password", OTHER]].concat());
                let ha = ["ha", file, "--node", "node1.example.test", "--anchors", &anchors, "--at", AT];
                runs.run(&[&ha[..], &["--password", PASSWORD, "--format", format]].concat());
            }
            runs.run(&["verify", file, "--anchors", &anchors, "--at", AT, "--all-paths", "--password", PASSWORD]);
        }
    });
}

#[test]
fn nothing_that_writes_shows_secrets() {
    let files = Files::new();
    run_all(&files, |runs, inputs| {
        let (key, certificate, ca) = (files.path("node.key"), files.path("node.pem"), files.path("ca.pem"));
        for file in inputs {
            runs.writing(&["pfx", "convert", file, "--csp", "none", "--key-spec", "exchange", "--machine"]);
            runs.writing(&["pfx", "password", file]);
            runs.writing(&["pfx", "extract", file, "--key"]);
        }
        let (node, ec) = (&inputs[0], files.path("ec.pfx"));
        runs.writing(&["pfx", "convert", node, "--compatible-with", "server2016", "--add", &ca]);
        runs.writing(&["pfx", "convert", node, "--plain-keys"]);
        runs.writing(&["pfx", "merge", node, &ec]);
        runs.writing(&["pfx", "create", "--key", &key, "--cert", &certificate]);
        runs.writing(&["pfx", "create", "--key", &key, "--cert", &ca]);
        for options in [&["--key", "--plain-keys"][..], &["--end-entity"]] {
            let output = files.path("extracted");
            let args = [&["pfx", "extract", node, "--password", PASSWORD, "--output", &output, "--force"], options];
            runs.run(&args.concat());
        }
        // Keys do not go to standard output.
        runs.run(&["pfx", "extract", node, "--key", "--plain-keys", "--password", PASSWORD]);
    });
}

#[test]
fn certutils_verbs_and_mistakes_show_no_secrets() {
    let files = Files::new();
    run_all(&files, |runs, inputs| {
        let both = format!("{PASSWORD},{PASSWORD},{OTHER}");
        let output = files.path("out.pfx");
        for file in inputs {
            for verb in ["-dump", "-dumpPFX", "-importPFX", "-verify"] {
                runs.run(&["-v", "-p", PASSWORD, verb, file]);
                runs.run(&["-p", OTHER, verb, file]);
            }
            let list = format!("{file},{}", files.path("ec.pfx"));
            runs.run(&["-f", "-p", &both, "-mergePFX", &list, &output]);
            // Mistakes: what is no option, what is given twice, what is left out.
            runs.run(&["pfx", "inspect", file, "--password", PASSWORD, "--no-such-option"]);
            runs.run(&["pfx", "inspect", file, "--password", PASSWORD, "--password-env", VARIABLE]);
            runs.run(&["pfx", "inspect", file, "--password", PASSWORD, "--format", "xml"]);
            runs.run(&["pfx", "convert", file, "--password", PASSWORD, "--new-password", OTHER]);
        }
        let node = &inputs[0];
        runs.run(&["pfx", "inspect", "--password", PASSWORD]);
        runs.run(&["pfx", "inspect", node, &format!("--pasword={PASSWORD}")]);
        runs.run(&["-dump", "-p", PASSWORD]);
        runs.run(&["-p", PASSWORD, "-importPFX", node, "-csp", "Microsoft Software Key Storage Provider"]);
    });
}
