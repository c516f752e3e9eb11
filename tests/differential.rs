//! Every certificate at hand is read without a crash, and certlens is compared
//! with three other readers: each disagreement is in `differential/ledger.txt`
//! with its reason, and a line there that no longer holds fails the test too.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test: what is not as expected has to stop it")]

#[path = "differential/corpus.rs"]
mod corpus;
#[path = "differential/deviant.rs"]
mod deviant;
#[path = "differential/ledger.rs"]
mod ledger;
#[path = "differential/readers.rs"]
mod readers;
#[path = "../fuzz/src/touch.rs"]
#[expect(unreachable_pub, reason = "the file is also the library of the fuzz workspace")]
mod touch;

use std::panic::catch_unwind;

use certlens_core::x509::Certificate;

use corpus::Corpus;
use deviant::Expected;
use ledger::{Classes, Ledger};
use readers::{ORACLES, Verdict};

#[test]
fn deviant_certificates_are_judged_as_their_names_say() {
    let cases = deviant::cases();
    assert!(cases.len() >= 50);
    let mut names: Vec<_> = cases.iter().map(|case| case.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let found = readers::certlens(&case.der);
            let verdict = match &found {
                Verdict::Accepts(_) => Expected::Accepts,
                Verdict::Deviates(..) => Expected::Deviates,
                Verdict::Refuses(_) => Expected::Refuses,
            };
            (verdict != case.expected).then(|| format!("{}: {:?}, not {:?}", case.name, found, case.expected))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_certificate_is_read_and_every_disagreement_is_known() {
    let corpus = Corpus::collect();
    let (mut accepted, mut deviating, mut refused) = (0, 0, 0);
    let mut classes = Classes::new();
    let mut broken = Vec::new();
    for specimen in &corpus.specimens {
        let (id, der) = (&specimen.id, specimen.der.as_slice());
        let everything = || Certificate::from_der(der).map(|certificate| touch::touch(&certificate).len());
        let Ok(ours) = catch_unwind(|| (everything(), readers::certlens(der)).1) else {
            broken.push(format!("{id}: certlens panics"));
            continue;
        };
        match ours {
            Verdict::Accepts(_) => accepted += 1,
            Verdict::Deviates(..) => deviating += 1,
            Verdict::Refuses(ref reason) => {
                refused += 1;
                // The suites are about validation: every certificate in them can be read.
                if !id.starts_with("deviant:") && !id.starts_with("testdata:") {
                    broken.push(format!("{id}: refused: {reason}"));
                }
            }
        }
        let theirs = ORACLES.each_ref().map(|oracle| {
            let verdict = catch_unwind(|| (oracle.read)(der)).unwrap_or(Verdict::Refuses("it panics".into()));
            (oracle.name, verdict)
        });
        for class in disagreements(&ours, &theirs) {
            classes.entry(class).or_default().insert(id.clone());
        }
    }
    println!(
        "{} certificates: {accepted} accepted, {deviating} with deviations, {refused} refused; {} classes of disagreement",
        corpus.specimens.len(),
        classes.len()
    );
    for suite in &corpus.missing {
        println!("SKIPPED: the suite {suite} is not in {} (set CERTLENS_SUITES)", corpus::suites().display());
    }
    println!("{} skipped", corpus.missing.len());
    assert!(broken.is_empty(), "{}", broken.join("\n"));

    let ledger = Ledger::read();
    if std::env::var_os("CERTLENS_UPDATE").is_some() {
        assert!(corpus.missing.is_empty(), "the ledger can only be written with every suite at hand");
        ledger.update(&classes);
    }
    let complaints = Ledger::read().compare(&classes, &corpus.missing);
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// The classes that a certificate belongs to. That a reader finds fault where
/// certlens does is agreement, in whatever words.
fn disagreements(ours: &Verdict, theirs: &[(&str, Verdict)]) -> Vec<String> {
    let mut classes = Vec::new();
    let complaint = match ours {
        Verdict::Accepts(_) => None,
        Verdict::Deviates(_, reason) => Some(format!("certlens deviates: {reason}")),
        Verdict::Refuses(reason) => Some(format!("certlens refuses: {reason}")),
    };
    let accepting: Vec<_> =
        theirs.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Accepts(_))).map(|(name, _)| *name).collect();
    if let Some(complaint) = complaint
        && !accepting.is_empty()
    {
        classes.push(format!("{complaint}; accepted by {}", accepting.join(", ")));
    }
    for (name, verdict) in theirs {
        match (ours, verdict) {
            (Verdict::Accepts(_), Verdict::Refuses(reason)) => {
                classes.push(format!("certlens accepts; refused by {name}: {reason}"));
            }
            (Verdict::Accepts(mine) | Verdict::Deviates(mine, _), Verdict::Accepts(other)) => {
                let differences = mine.differences(other);
                if !differences.is_empty() {
                    classes.push(format!("{name} reads other values: {}", differences.join(", ")));
                }
            }
            _ => {}
        }
    }
    classes
}
