//! Public suites of certificate paths, through both doors: the builder with the
//! validator, and the validator alone.
//!
//! Where certlens and a suite disagree, the suite's ledger says why; why a path
//! is refused is pinned, because a refusal for another reason than the case's
//! own would hide what the case is about. docs/conformance.md says where the
//! suites are and how their folder is laid out.
//!
//! `CERTLENS_UPDATE=1 cargo test --test conformance` rewrites the pins; look at
//! the difference before you commit it. The ledgers are written by hand.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a harness that finds its data broken has to stop")]

#[path = "conformance/doors.rs"]
mod doors;
#[path = "conformance/ledger.rs"]
mod ledger;
#[path = "conformance/limbo.rs"]
mod limbo;
#[path = "conformance/pins.rs"]
mod pins;
#[path = "conformance/pkits.rs"]
mod pkits;
#[path = "conformance/suites.rs"]
mod suites;

use std::collections::BTreeSet;

use doors::Observed;
use ledger::Ledger;
use suites::Suite;

/// The most complaints that are shown: another version of a suite has thousands.
const SHOWN: usize = 50;

#[test]
fn limbo_is_decided_as_the_ledger_says() {
    let Some(folder) = suites::LIMBO.locate() else { return };
    let (cases, contentious) = limbo::read(&folder);
    let observed = cases.iter().map(limbo::observe).collect();
    println!("{}", judge(&suites::LIMBO, observed, &contentious));
}

#[test]
fn pkits_is_decided_as_the_ledger_says() {
    let Some(folder) = suites::PKITS.locate() else { return };
    let observed = pkits::observe(&folder);
    println!("{}", judge(&suites::PKITS, observed, &BTreeSet::new()));
}

/// Compares what was observed with the suite's ledger and pins, and counts.
fn judge(suite: &Suite, observed: Vec<Observed>, contentious: &BTreeSet<String>) -> String {
    let name = suite.name;
    assert!(observed.len() >= suite.cases, "{name}: {} cases of {}", observed.len(), suite.cases);
    let ids: BTreeSet<_> = observed.iter().map(|case| &case.id).collect();
    assert_eq!(ids.len(), observed.len(), "{name}: two cases have one id");

    let ledger = Ledger::read(name);
    let mut complaints: Vec<String> = observed.iter().flat_map(|case| case.complaints.clone()).collect();
    complaints.extend(ledger.compare(&observed, contentious));
    complaints.extend(pins::compare_or_update(name, &observed));
    let agree = observed.iter().filter(|case| case.agrees()).count();
    let counts = format!(
        "{name}: {} cases, {agree} decided as the suite does, {} otherwise; {} contentious; {} lines in the ledger",
        observed.len(),
        observed.len() - agree,
        contentious.len(),
        ledger.len(),
    );
    let shown = complaints.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(complaints.is_empty(), "{counts}\n{} complaints, at most {SHOWN} shown:\n{shown}", complaints.len());
    counts
}
