//! Every file of the collection of PFX files, judged by every product's demands: the
//! provider and key spec that its tables state decide as they have to.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::lab::{AT, Lab, outcome};

const BASE: &str = "Microsoft Base Cryptographic Provider v1.0";

/// The made files; `None`, said aloud, when they are not there. With `CI=true`, when
/// nobody reads that, it fails.
fn made() -> Option<(PathBuf, String)> {
    let collection = std::env::var_os("CERTLENS_PFX")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/pfx"), PathBuf::from);
    match fs::read_to_string(collection.join("MADE.tsv")) {
        Ok(table) => Some((collection.join("made"), table)),
        Err(error) => {
            let message = format!("SKIPPED: {}: {error} (set CERTLENS_PFX)\n", collection.display());
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
            std::io::stderr().write_all(message.as_bytes()).unwrap();
            None
        }
    }
}

#[test]
fn made_files_are_judged_by_their_providers_and_key_specs() {
    let Some((folder, table)) = made() else { return };
    let lab = Lab::new();
    let mut lines = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let at = |title: &str| header.iter().position(|one| *one == title).unwrap();
    let (kind, spec, opens, password) = (at("kind"), at("keyspec"), at("opens y/n"), at("password"));
    let provider = at("provider (expected)");
    let (mut judged, mut pinned) = (0, 0);
    for line in lines.filter(|line| line[opens] == "y" && !line[password].starts_with('(')) {
        lab.write("password", line[password]);
        let file = folder.join(line[0]).display().to_string();
        let arguments = ["pfx", "check", "--for", "shir-ha", &file, "--password-file", "password", "--at", AT];
        let (exit, text, json) = lab.both(&arguments);
        assert!([0, 1, 3].contains(&exit), "{}: {text}", line[0]);
        let demands = &json["results"][0]["demands"];
        let is_rsa = outcome(demands, "rsa") == "pass";
        let csp = outcome(demands, "csp");
        match line[kind] {
            "KSP" => assert_eq!(csp, "fail", "{}: {text}", line[0]),
            "CSP" if is_rsa => {
                let expected = match line[provider] {
                    // Importers that prefer CNG put it into a KSP.
                    BASE => "cannot_know",
                    // Nothing is imported without a card.
                    "Microsoft Base Smart Card Crypto Provider" => "fail",
                    _ => "pass",
                };
                assert_eq!(csp, expected, "{}: {text}", line[0]);
                pinned += 1;
            }
            "none" | "unknown" if is_rsa => assert_eq!(csp, "cannot_know", "{}: {text}", line[0]),
            // Two keys of one certificate.
            "CSP | KSP" | "KSP | CSP" => {
                assert_eq!((exit, json["results"].as_array().unwrap().len()), (1, 2), "{}: {text}", line[0]);
                assert_eq!(json["answer"], "not_ready", "{}: {text}", line[0]);
            }
            _ => {}
        }
        if line[kind] == "CSP" && csp == "pass" {
            let expected = if line[spec].ends_with("AT_SIGNATURE") { "fail" } else { "pass" };
            assert_eq!(outcome(demands, "key-exchange"), expected, "{}: {text}", line[0]);
        }
        judged += 1;
    }
    assert!(judged > 60 && pinned > 30, "{judged}, {pinned}");
}
