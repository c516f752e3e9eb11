//! A verification against the bare signature verifications that it cannot do
//! without, and against another verifier.
//!
//! Targets: a cold verification (three certificates from their octets, a pool,
//! an anchor, two signatures) and a further one under the same intermediates
//! (one certificate from its octets, one signature) at most [`TARGET`] times
//! their signatures.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::Duration;

use certlens_core::path::VerifyCache;
use certlens_core::verdict::Status;

use chains::{Chain, Prepared, Ready};
use harness::{Subject, measure};

#[path = "path/chains.rs"]
mod chains;
mod harness;
#[path = "path/webpki_peer.rs"]
mod webpki_peer;

/// How many times the cost of its signatures a verification may have.
const TARGET: f64 = 1.10;

/// Rounds, runs within a turn, and how many targets take turns in one cache.
struct Size {
    rounds: usize,
    repeats: u32,
    targets: usize,
}

fn main() -> io::Result<()> {
    let size = match harness::is_bench() {
        true => Size { rounds: 401, repeats: 8, targets: 64 },
        false => Size { rounds: 1, repeats: 1, targets: 2 },
    };
    let mut out = io::stdout().lock();
    writeln!(out, "a verification against its signatures alone; times are medians of {} rounds\n", size.rounds)?;
    writeln!(
        out,
        "{:<16} {:<22} {:>9} {:>8}  {:<16} {:>9} {:>8}",
        "chain", "", "µs", "× first", "(quartiles)", "best µs", "× first"
    )?;
    let mut targets = Vec::new();
    for chain in chains::all(size.targets)? {
        let cold = cold(&mut out, &chain, &size)?;
        let further = further(&mut out, &chain, &size)?;
        targets.push((chain.name, "cold", cold));
        targets.push((chain.name, "further", further));
    }
    writeln!(out)?;
    for (chain, what, ratio) in targets {
        let met = if ratio <= TARGET { "met" } else { "MISSED" };
        writeln!(out, "target: {what} at most {TARGET:.2} × its signatures for {chain}: {ratio:.3}, {met}")?;
    }
    Ok(())
}

/// Everything from its octets; returns the ratio to the two signatures.
fn cold(out: &mut dyn Write, chain: &Chain, size: &Size) -> io::Result<f64> {
    let target = chain.target();
    let (status, signatures) = chain.verify(target).ok_or_else(|| failed(chain, "is not readable"))?;
    if (status, signatures) != (Status::Trusted, 2) {
        return Err(failed(chain, &format!("cold: {status:?} with {signatures} signatures")));
    }
    let peer = webpki_peer::Policy::new(chain)?;
    peer.verify(chain, target).map_err(|error| failed(chain, &format!("rustls-webpki: {error}")))?;
    let prepared = [chain.prepared_target(target)?, chain.prepared_intermediate()?];
    let subjects = vec![
        Subject::new("two signatures", || prepared.iter().all(Prepared::verify)),
        Subject::new("certlens, cold", || chain.verify(black_box(target))),
        Subject::new("rustls-webpki, cold", || peer.verify(chain, black_box(target)).is_ok()),
    ];
    report(out, chain, subjects, size, "certlens, cold")
}

/// One more target with everything above it at hand; returns the ratio to its
/// signature. No target comes twice to the same cache, where its signature would
/// be remembered.
fn further(out: &mut dyn Write, chain: &Chain, size: &Size) -> io::Result<f64> {
    let ready = Ready::new(chain).ok_or_else(|| failed(chain, "is not readable"))?;
    let runs = (size.rounds + 1) * size.repeats as usize + 1;
    let caches: Vec<VerifyCache> = (0..=runs / chain.targets.len())
        .map(|_| ready.warm_cache())
        .collect::<Option<_>>()
        .ok_or_else(|| failed(chain, "has a broken intermediate"))?;
    let mut fresh = caches.iter().flat_map(|cache| chain.targets.iter().map(move |target| (cache, target)));
    let checked = fresh.next().and_then(|(cache, target)| ready.verify(target, cache));
    if checked != Some((Status::Trusted, 1)) {
        return Err(failed(chain, &format!("further: {checked:?}")));
    }
    let prepared: Vec<Prepared> =
        chain.targets.iter().map(|target| chain.prepared_target(target)).collect::<io::Result<_>>()?;
    let mut in_turn = prepared.iter().cycle();
    let subjects = vec![
        Subject::new("one signature", move || in_turn.next().is_some_and(Prepared::verify)),
        Subject::new("certlens, further", move || {
            let (cache, target) = fresh.next()?;
            ready.verify(black_box(target), cache)
        }),
    ];
    report(out, chain, subjects, size, "certlens, further")
}

/// Measures, prints, and returns the ratio of the subject with this name.
fn report(
    out: &mut dyn Write,
    chain: &Chain,
    subjects: Vec<Subject<'_>>,
    size: &Size,
    wanted: &str,
) -> io::Result<f64> {
    let mut ratio = f64::NAN;
    for measured in measure(subjects, size.rounds, size.repeats) {
        let (from, to) = measured.spread;
        let micro = |time: Duration| time.as_secs_f64() * 1e6;
        writeln!(
            out,
            "{:<16} {:<22} {:>9.2} {:>8.3}  {:<16} {:>9.2} {:>8.3}",
            chain.name,
            measured.name,
            micro(measured.median),
            measured.ratio,
            format!("({from:.3} to {to:.3})"),
            micro(measured.best),
            measured.best_ratio,
        )?;
        if measured.name == wanted {
            ratio = measured.ratio;
        }
    }
    Ok(ratio)
}

fn failed(chain: &Chain, what: &str) -> io::Error {
    io::Error::other(format!("{}: {what}", chain.name))
}
