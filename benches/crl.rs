//! One certificate against a CRL of a million entries (35 MB), read from its file,
//! against nothing but hashing that file in the same pieces.
//!
//! Targets: reading it for one certificate at most [`STREAM`] times the hash and in
//! at most [`MEMORY`] KiB; keeping it, with an index, at most [`INDEX`] times, each
//! further lookup in at most [`LOOKUP`]. What counts is the time of the processor,
//! the kernel's for reading the file included: a neighbour on the machine takes
//! turns away, not that.
//!
//! The program starts itself again to learn how much memory each way takes.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use certlens_core::x509::crl::Lookup;
use certlens_testkit::CrlBuilder;

use files::{File, Keys};
use meter::{Way, compare, peak_of, say_peak};

#[path = "crl/files.rs"]
mod files;
#[path = "crl/meter.rs"]
mod meter;

const STREAM: f64 = 1.3;
const INDEX: f64 = 3.0;
const LOOKUP: Duration = Duration::from_micros(10);
const MEMORY: u64 = 16 * 1024;

/// Octets that are read from the file at a time.
const PIECE: usize = 64 * 1024;

/// Entries, rounds, repetitions within a turn, and lookups in one go.
struct Size {
    entries: u32,
    rounds: usize,
    repeats: u32,
    lookups: u32,
}

fn main() -> io::Result<()> {
    let size = match std::env::args().any(|argument| argument == "--bench") {
        true => Size { entries: 1_000_000, rounds: 15, repeats: 5, lookups: 10_000 },
        false => Size { entries: 10_000, rounds: 1, repeats: 1, lookups: 100 },
    };
    if let Some(way) = meter::asked_way() {
        return in_child(&way, size.entries);
    }
    let mut out = io::stdout().lock();
    let Size { entries, rounds, .. } = size;
    writeln!(
        out,
        "a CRL of {entries} entries in pieces of {PIECE} octets; time of the processor in {rounds} rounds\n"
    )?;
    writeln!(
        out,
        "{:<8} {:<28} {:>8} {:>8}  {:<16} {:>8} {:>8} {:>10}",
        "signed", "", "ms", "× first", "(quartiles)", "best ms", "× first", "peak KiB"
    )?;
    let mut targets = Vec::new();
    for keys in Keys::ALL {
        one_kind(&mut out, keys, &size, &mut targets)?;
    }
    writeln!(out)?;
    for (what, is_met) in targets {
        writeln!(out, "target: {what}, {}", if is_met { "met" } else { "MISSED" })?;
    }
    Ok(())
}

fn one_kind(out: &mut dyn Write, keys: Keys, size: &Size, targets: &mut Vec<(String, bool)>) -> io::Result<()> {
    let file = File::made(keys, size.entries)?;
    let listed = CrlBuilder::many_serial(size.entries / 2);
    let ways = [
        Way::new("SHA-256", || file.hash(PIECE).map(drop)),
        Way::new("for one certificate", || file.is_listed(PIECE, &listed).and_then(expect(true))),
        Way::new("kept, with an index", || file.with_index().map(drop)),
    ];
    for measured in compare(ways, size.rounds, size.repeats)? {
        let peak = peak_of(&format!("{} {}", keys.name(), measured.name))?;
        let (from, to) = measured.spread;
        writeln!(
            out,
            "{:<8} {:<28} {:>8.2} {:>8.3}  {:<16} {:>8.2} {:>8.3} {:>10}",
            keys.name(),
            measured.name,
            measured.median.as_secs_f64() * 1e3,
            measured.ratio,
            format!("({from:.2} to {to:.2})"),
            measured.best.as_secs_f64() * 1e3,
            measured.best_ratio,
            peak.map_or("?".to_owned(), |peak| peak.to_string()),
        )?;
        let name = format!("{}, {}", keys.name(), measured.name);
        let most = match measured.name {
            "for one certificate" => STREAM,
            "kept, with an index" => INDEX,
            _ => continue,
        };
        targets.push((format!("{name}: at most {most} × SHA-256: {:.3}", measured.ratio), measured.ratio <= most));
        if let (true, Some(peak)) = (most == STREAM, peak) {
            targets.push((format!("{name}: in at most {MEMORY} KiB: {peak}"), peak <= MEMORY));
        }
    }
    let each = lookups(&file, size)?;
    writeln!(out, "{:<8} {:<28} {:>8.5}", keys.name(), "one more lookup", each.as_secs_f64() * 1e3)?;
    targets.push((format!("{}, one more lookup: at most {LOOKUP:?}: {each:.2?}", keys.name()), each <= LOOKUP));
    Ok(())
}

/// What one lookup takes with the index, of numbers that are listed and of others.
fn lookups(file: &File, size: &Size) -> io::Result<Duration> {
    let crl = file.with_index()?;
    let start = Instant::now();
    let mut listed = 0;
    for index in 0..size.lookups {
        // Far apart, and every other one beyond the last entry.
        let place = index.wrapping_mul(7_919) % size.entries + index % 2 * size.entries;
        let found = crl.lookup(black_box(&CrlBuilder::many_serial(place)));
        listed += u32::from(found != Lookup::Entries(Vec::new()));
    }
    let each = start.elapsed() / size.lookups;
    expect(size.lookups / 2)(listed)?;
    Ok(each)
}

/// One way in a process of its own, which tells how much memory it had at most.
fn in_child(way: &str, entries: u32) -> io::Result<()> {
    let unknown = || io::Error::other(format!("{way} is not known"));
    let (keys, way) = way.split_once(' ').ok_or_else(unknown)?;
    let keys = Keys::ALL.into_iter().find(|one| one.name() == keys).ok_or_else(unknown)?;
    let file = File::made(keys, entries)?;
    match way {
        "SHA-256" => file.hash(PIECE).map(drop)?,
        "for one certificate" => {
            file.is_listed(PIECE, &CrlBuilder::many_serial(entries / 2)).and_then(expect(true))?;
        }
        "kept, with an index" => {
            black_box(file.with_index()?);
        }
        _ => return Err(unknown()),
    }
    say_peak()
}

/// What is measured has to do what it is measured for.
fn expect<T: PartialEq + std::fmt::Debug>(expected: T) -> impl Fn(T) -> io::Result<()> {
    move |found| match found == expected {
        true => Ok(()),
        false => Err(io::Error::other(format!("{found:?}, not {expected:?}"))),
    }
}
