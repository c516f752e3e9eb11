//! The ledger of disagreements: classes, each with its reason and members.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use crate::corpus;

/// What stands where a person has to write the reason.
const NO_REASON: &str = "TO BE WRITTEN";

/// Longest line of the list of members.
const LINE_WIDTH: usize = 120;

/// Members by class.
pub(crate) type Classes = BTreeMap<String, BTreeSet<String>>;

/// The ledger as it is in the repository.
pub(crate) struct Ledger {
    reasons: BTreeMap<String, String>,
    members: Classes,
}

fn path() -> PathBuf {
    corpus::repository().join("tests/differential/ledger.txt")
}

impl Ledger {
    /// Reads the file.
    pub(crate) fn read() -> Ledger {
        let text = fs::read_to_string(path()).unwrap_or_default();
        let mut ledger = Ledger { reasons: BTreeMap::new(), members: Classes::new() };
        let mut class = String::new();
        for (index, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix("class: ") {
                class = name.to_owned();
                assert!(ledger.members.insert(class.clone(), BTreeSet::new()).is_none(), "{class} stands twice");
            } else if let Some(reason) = line.strip_prefix("reason: ") {
                ledger.reasons.insert(class.clone(), reason.to_owned());
            } else if line.starts_with("count: ") {
                // For the reader; the members are what is compared.
            } else if let Some(ids) = line.strip_prefix("  ") {
                let Some(members) = ledger.members.get_mut(&class) else { panic!("line {}: no class", index + 1) };
                members.extend(ids.split(' ').map(str::to_owned));
            } else {
                panic!("ledger.txt line {} is neither class, reason, count nor members: {line}", index + 1);
            }
        }
        ledger
    }

    /// What is wrong with the ledger, given what was found; members from
    /// `missing` sources were not looked at.
    pub(crate) fn compare(&self, found: &Classes, missing: &[&str]) -> Vec<String> {
        let looked_at = |id: &&String| !missing.iter().any(|source| id.split(':').next() == Some(source));
        let mut complaints = Vec::new();
        for class in self.members.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
            let empty = BTreeSet::new();
            let known: BTreeSet<_> =
                self.members.get(class).unwrap_or(&empty).iter().filter(looked_at).cloned().collect();
            let now = found.get(class).unwrap_or(&empty);
            for id in now.difference(&known).take(5) {
                complaints.push(format!("new disagreement: {id}: {class}"));
            }
            for id in known.difference(now).take(5) {
                complaints.push(format!("stale line: {id} is no longer in: {class}"));
            }
        }
        for class in self.members.keys() {
            let reason = self.reasons.get(class).map_or("", String::as_str);
            if reason.is_empty() || reason == NO_REASON {
                complaints.push(format!("no reason is given for: {class}"));
            }
        }
        complaints
    }

    /// Writes the file with the members found and the reasons that are known.
    pub(crate) fn update(&self, found: &Classes) {
        let mut text = String::from(HEADER);
        for (class, ids) in found {
            let reason = self.reasons.get(class).map_or(NO_REASON, String::as_str);
            let _ = write!(text, "\nclass: {class}\nreason: {reason}\ncount: {}\n", ids.len());
            let mut line = String::from(" ");
            for id in ids {
                if line.len() + 1 + id.len() > LINE_WIDTH && line.len() > 1 {
                    let _ = writeln!(text, "{line}");
                    line = String::from(" ");
                }
                let _ = write!(line, " {id}");
            }
            let _ = writeln!(text, "{line}");
        }
        fs::write(path(), text).unwrap();
    }
}

const HEADER: &str = "\
# Disagreements between certlens and three other readers of certificates, by class.
# `deviates`: certlens read the certificate and said what departs from DER or cannot be decoded.
# Members are written by `CERTLENS_UPDATE=1 cargo test -p certlens --test differential`, reasons by hand.
";
