//! Providers and key specs that the tables of the PFX collection (`CERTLENS_PFX`)
//! state, against what is made of the same attributes here.

#![expect(clippy::unwrap_used, reason = "a harness that finds its data broken has to stop")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use certlens_keystore::key::KeyUsageAttribute;
use certlens_keystore::provider::{
    Class, KeyFacts, KeyKind, NamedProvider, Provider, UsageAttribute, UsageBits, headline,
};

/// Names of the columns: provider, key algorithm, keyUsage, key spec, and the kind
/// of provider where it is stated.
const MADE: [&str; 5] = ["provider (expected)", "key alg", "PKCS#8 keyUsage (hex)", "keyspec", "kind"];
const REAL: [&str; 4] =
    ["provider attr (per key)", "key algorithm+size", "PKCS#8 keyUsage attr (hex BIT STRING TLV)", "implied keyspec"];

#[test]
fn made_files() {
    check("MADE.tsv", &MADE, 100);
}

#[test]
fn real_files() {
    check("REAL.tsv", &REAL, 35);
}

fn check(table: &str, columns: &[&str], least: usize) {
    let Some(lines) = read(table) else { return };
    let mut lines = lines.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let at: Vec<usize> =
        columns.iter().map(|column| header.iter().position(|title| title == column).unwrap()).collect();
    let mut keys = 0;
    for line in lines {
        let cells: Vec<Vec<&str>> = at.iter().map(|at| line.get(*at).unwrap().split(" | ").collect()).collect();
        let cell = |column: usize, key: usize| cells.get(column).and_then(|keys| keys.get(key)).copied();
        for key in 0..cells.get(1).unwrap().len() {
            if cell(1, key) == Some("none") {
                continue;
            }
            let facts = facts(cell(0, key).unwrap(), cell(1, key).unwrap(), cell(2, key).unwrap());
            let spec = facts.implied_spec().map(|spec| spec.to_string()).unwrap_or_default();
            assert_eq!(spec, cell(3, key).unwrap(), "{line:?}");
            if let Some(kind) = cell(4, key) {
                assert_eq!(kind_of(&facts), kind, "{line:?}");
            }
            assert!(!headline(&facts).is_empty());
            keys += 1;
        }
    }
    assert!(keys >= least, "{keys} keys in {table}");
}

fn facts(provider: &str, algorithm: &str, usage: &str) -> KeyFacts {
    let provider = match provider {
        "-" => NamedProvider::Absent,
        "(empty)" => NamedProvider::Empty,
        "(unreadable)" => NamedProvider::Unreadable,
        name => NamedProvider::Name(name.to_owned()),
    };
    let usage = match usage {
        "absent" => UsageAttribute::Absent,
        hex => {
            let octets: Vec<u8> =
                (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
            let usage = KeyUsageAttribute::from_der(&octets).unwrap();
            UsageAttribute::Bits(usage.usage().map(UsageBits::from).unwrap_or_default())
        }
    };
    let algorithm = match algorithm.split(' ').collect::<Vec<_>>().as_slice() {
        ["RSA", bits] => KeyKind::Rsa { bits: bits.parse().unwrap() },
        ["DSA", ..] => KeyKind::Dsa,
        ["Ed25519"] => KeyKind::Ed25519,
        ["EC", curve @ ..] => KeyKind::Ec { curve: curve.concat() },
        other => panic!("{other:?}"),
    };
    KeyFacts { provider, machine_keyset: false, usage, algorithm }
}

fn kind_of(facts: &KeyFacts) -> &'static str {
    match (&facts.provider, facts.named().map(|provider: Provider| provider.class)) {
        (NamedProvider::Unreadable, _) | (_, Some(Class::Unknown)) => "unknown",
        (_, Some(Class::Csp { .. })) => "CSP",
        (_, Some(Class::Ksp)) => "KSP",
        (_, None) => "none",
    }
}

/// A table; `None`, said aloud, when it is not there. With `CI=true`, when nobody
/// reads that, it fails.
fn read(table: &str) -> Option<String> {
    let collection = std::env::var_os("CERTLENS_PFX")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/pfx"), PathBuf::from);
    let path = collection.join(table);
    match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            let message = format!("SKIPPED: {}: {error} (set CERTLENS_PFX)\n", path.display());
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
            std::io::stderr().write_all(message.as_bytes()).unwrap();
            None
        }
    }
}
