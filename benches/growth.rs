//! How the work of a verification grows with what it is given, and that it finds
//! its way through what is large and tangled.
//!
//! Every scenario has to end with the right answer, without a signature that is
//! not needed, and the same whatever the order of the pool; otherwise the program
//! fails. Times are only stated.

use std::hint::black_box;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use certlens_core::verdict::Verdict;

use crls::CrlFamily;
use harness::{Measured, Subject, measure};
use names::{Kind, List, Stray, names};
use pki::Pki;
use scenarios::{Exit, Identifiers, Scenario, mesh, same_named};

#[path = "growth/crls.rs"]
mod crls;
mod harness;
#[path = "growth/names.rs"]
mod names;
#[path = "growth/pki.rs"]
mod pki;
#[path = "growth/scenarios.rs"]
mod scenarios;

/// How long the large mesh may take, its certificates read before.
const MESH: (&str, Duration) = ("mesh of 40, one way out", Duration::from_millis(5));

/// Growth beyond this power of the number of certificates, or names, is flagged.
const EXPONENT: f64 = 1.3;

/// In how many other orders each pool is tried.
const ORDERS: u64 = 3;

fn main() -> io::Result<ExitCode> {
    let rounds = if harness::is_bench() { 11 } else { 1 };
    let mut out = io::stdout().lock();
    let mut failures = Vec::new();
    writeln!(out, "verifications in large and tangled collections; times are medians of {rounds} rounds\n")?;
    writeln!(
        out,
        "{:<40} {:>7} {:>7} {:>8} {:<13} {:>10} {:>8} {:>10}",
        "scenario", "certs", "edges", "anchor", "verdict", "signatures", "load ms", "verify ms"
    )?;
    let mut mesh_time = None;
    for scenario in scenarios::all().into_iter().chain(names::all()).filter(|one| is_wanted(&one.name)) {
        let time = run(&mut out, &scenario, rounds, &mut failures)?;
        if scenario.name == MESH.0 {
            mesh_time = Some(time);
        }
    }
    if let Some(time) = mesh_time {
        let met = if time <= MESH.1 { "met" } else { "MISSED" };
        writeln!(out, "\ntarget: {} within {:?}: {time:.2?}, {met}", MESH.0, MESH.1)?;
    }
    growth(&mut out)?;
    growth_of_crls(&mut out)?;
    writeln!(out)?;
    for failure in &failures {
        writeln!(out, "FAILED: {failure}")?;
    }
    if failures.is_empty() {
        writeln!(out, "all gates passed")?;
    }
    Ok(ExitCode::from(u8::from(!failures.is_empty())))
}

/// Whether a scenario is to be run: all are, unless the arguments say which.
fn is_wanted(name: &str) -> bool {
    let mut wanted = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    wanted.peek().is_none() || wanted.any(|part| name.contains(&part))
}

/// One scenario: prints what it took, notes which gates it fails, and returns the
/// median time of the verification.
fn run(out: &mut dyn Write, scenario: &Scenario, rounds: usize, failures: &mut Vec<String>) -> io::Result<Duration> {
    let loaded = scenario.pki.load()?;
    let (edges, reaches_anchor) = (loaded.edges(), loaded.reaches_anchor());
    let (mut loads, mut times) = (Vec::new(), Vec::new());
    let mut verdict = None;
    for _ in 0..rounds {
        let start = Instant::now();
        let loaded = scenario.pki.load()?;
        loads.push(start.elapsed());
        let start = Instant::now();
        verdict = Some(black_box(loaded.verify()));
        times.push(start.elapsed());
    }
    let Some(verdict) = verdict else { return Ok(Duration::ZERO) };
    let time = median(times);
    writeln!(
        out,
        "{:<40} {:>7} {:>7} {:>8} {:<13} {:>10} {:>8.2} {:>10.3}",
        scenario.name,
        scenario.pki.certificates(),
        edges,
        if reaches_anchor { "in reach" } else { "none" },
        format!("{:?}", verdict.status),
        verdict.signatures,
        median(loads).as_secs_f64() * 1e3,
        time.as_secs_f64() * 1e3,
    )?;
    let mut gate = |held: bool, what: String| {
        if !held {
            failures.push(format!("{}: {what}", scenario.name));
        }
    };
    let (found, wanted) = (summary(&verdict), scenario.status);
    gate(verdict.status == wanted, format!("{wanted:?} was expected: {found}"));
    if let Some(code) = scenario.code {
        gate(verdict.all_findings().any(|finding| finding.code == code), format!("{code} was expected: {found}"));
    }
    let says = verdict.all_findings().any(|finding| finding.message.contains(scenario.says));
    gate(scenario.says.is_empty() || says, format!("no finding says {}: {found}", scenario.says));
    // Without a way to an anchor, only the links of the path that is explained.
    let explained = verdict.best.as_ref().map_or(0, |outcome| outcome.path.certificates.len());
    let allowed = if reaches_anchor { edges } else { explained };
    let (allowed, signatures) = (allowed.min(scenario.most_signatures), verdict.signatures);
    gate(signatures <= allowed, format!("{signatures} signatures were verified, {allowed} are enough"));
    for seed in 1..=ORDERS {
        let shuffled = scenario.pki.shuffled(seed);
        let other = summary(&shuffled.load()?.verify());
        gate(other == found, format!("in another order: {other}, not {found}"));
    }
    Ok(time)
}

/// What must not depend on the order of a pool.
fn summary(verdict: &Verdict) -> String {
    let path = verdict.best.as_ref().map(|outcome| &outcome.path);
    let ids: Vec<String> =
        path.into_iter().flat_map(|path| &path.certificates).map(|one| short(one.certificate.id())).collect();
    let anchor = path.and_then(|path| path.anchor()).and_then(|anchor| anchor.id()).map(short);
    let findings: Vec<String> = verdict
        .all_findings()
        .map(|finding| {
            let depth = finding.locus.certificate.and_then(|certificate| certificate.depth);
            format!("{}{}", finding.code, depth.map(|depth| format!("@{depth}")).unwrap_or_default())
        })
        .collect();
    format!("{:?} by {ids:?} to {anchor:?}, {findings:?}", verdict.status)
}

fn short(id: certlens_core::x509::CertId) -> String {
    id.to_string().chars().take(8).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A kind of collection in three sizes.
struct Family {
    name: String,
    /// What the size counts.
    per: &'static str,
    sizes: [(usize, Pki); 3],
}

impl Family {
    /// By the number of certificates.
    fn by_certificates(name: &str, sizes: [u32; 3], make: impl Fn(u32) -> Pki) -> Family {
        let sized = |size| {
            let pki = make(size);
            (pki.certificates(), pki)
        };
        Family { name: name.to_owned(), per: "certificates", sizes: sizes.map(sized) }
    }

    fn by_names(kind: Kind, list: List) -> Family {
        let list_name = if list == List::Permitted { "permitted" } else { "excluded" };
        let sizes = [250, 500, 1_000].map(|size| (size as usize, names(kind, size, list, Stray::None)));
        Family { name: format!("{} names, {list_name}", kind.name()), per: "names", sizes }
    }
}

/// How the time grows from one size to the next.
fn growth(out: &mut dyn Write) -> io::Result<()> {
    let rounds = if harness::is_bench() { 11 } else { 1 };
    let mut families = vec![
        Family::by_certificates("one name", [250, 500, 1_000], |size| same_named(size, Identifiers::Absent)),
        Family::by_certificates("one name, identifiers", [750, 1_500, 3_000], |size| {
            same_named(size, Identifiers::Present)
        }),
        Family::by_certificates("mesh, one way out", [10, 20, 40], |size| mesh(size, Exit::Sound)),
        Family::by_certificates("mesh, broken way out", [10, 20, 40], |size| mesh(size, Exit::Broken)),
        Family::by_certificates("mesh, no way out", [10, 20, 40], |size| mesh(size, Exit::None)),
    ];
    for kind in Kind::ALL {
        families.push(Family::by_names(kind, List::Permitted));
        families.push(Family::by_names(kind, List::Excluded));
    }
    writeln!(
        out,
        "\ngrowth of the verification, certificates read before: wall time, median ratio within {rounds} rounds\n"
    )?;
    growth_head(out)?;
    for family in families.iter().filter(|family| is_wanted(&family.name)) {
        for pair in family.sizes.windows(2) {
            let [(small, smaller), (large, larger)] = pair else { continue };
            pair_of_sizes(out, family, (*small, smaller), (*large, larger), rounds)?;
        }
    }
    Ok(())
}

fn pair_of_sizes(
    out: &mut dyn Write,
    family: &Family,
    (small, smaller): (usize, &Pki),
    (large, larger): (usize, &Pki),
    rounds: usize,
) -> io::Result<()> {
    // What was computed when it was first asked for must not be there already.
    let stock = |pki| (0..=rounds).map(|_| Pki::load(pki)).collect::<io::Result<Vec<_>>>();
    let (mut first, mut second) = (stock(smaller)?.into_iter(), stock(larger)?.into_iter());
    let subjects = vec![
        Subject::new("smaller", move || first.next().map(|loaded| loaded.verify())),
        Subject::new("larger", move || second.next().map(|loaded| loaded.verify())),
    ];
    for measured in measure(subjects, rounds, 1).into_iter().filter(|measured| measured.name == "larger") {
        growth_line(out, &family.name, family.per, (small, large), &measured)?;
    }
    Ok(())
}

fn growth_head(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{:<26} {:>20} {:>10}  {:>8}  {:<14} {:>10} {:>9}",
        "", "size", "ms", "exponent", "(quartiles)", "best ms", "of best"
    )
}

/// What the larger of two sizes took.
fn growth_line(
    out: &mut dyn Write,
    name: &str,
    per: &str,
    (small, large): (usize, usize),
    measured: &Measured<'_>,
) -> io::Result<()> {
    let power = |ratio: f64| ratio.log2() / (large as f64 / small as f64).log2();
    let (from, to) = measured.spread;
    let (exponent, of_best) = (power(measured.ratio), power(measured.best_ratio));
    writeln!(
        out,
        "{name:<26} {:>20} {:>10.3}  {exponent:>8.2}  {:<14} {:>10.3} {:>9.2}{}",
        format!("{large} {per}"),
        measured.median.as_secs_f64() * 1e3,
        format!("({:.2} to {:.2})", power(from), power(to)),
        measured.best.as_secs_f64() * 1e3,
        of_best,
        // What disturbs one round disturbs the median, not the shortest time.
        if exponent.min(of_best) > EXPONENT { "  MORE THAN LINEAR" } else { "" },
    )
}

/// How the time to read a CRL grows with it.
fn growth_of_crls(out: &mut dyn Write) -> io::Result<()> {
    let (rounds, part) = if harness::is_bench() { (11, 1) } else { (1, 100) };
    writeln!(out, "\ngrowth of reading a CRL: wall time, median ratio within {rounds} rounds\n")?;
    growth_head(out)?;
    for family in CrlFamily::all().into_iter().filter(|family| is_wanted(family.name)) {
        for pair in family.sizes.windows(2) {
            let [small, large] = *pair else { continue };
            let (smaller, larger) = (family.prepared(small / part), family.prepared(large / part));
            let subjects = vec![Subject::new("smaller", smaller), Subject::new("larger", larger)];
            for measured in measure(subjects, rounds, 1).into_iter().filter(|measured| measured.name == "larger") {
                growth_line(out, family.name, family.per, (small as usize, large as usize), &measured)?;
            }
        }
    }
    Ok(())
}
