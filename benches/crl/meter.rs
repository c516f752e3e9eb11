//! Time of the processor and memory, as the kernel of Linux tells them.

use std::fs;
use std::io::{self, Write};
use std::process::Command;
use std::time::{Duration, Instant};

/// Says which way a process of its own is for.
const WAY: &str = "CERTLENS_BENCH_WAY";

/// One way to do it.
pub(crate) struct Way<'a> {
    name: &'static str,
    run: Box<dyn FnMut() -> io::Result<()> + 'a>,
}

impl<'a> Way<'a> {
    pub(crate) fn new(name: &'static str, run: impl FnMut() -> io::Result<()> + 'a) -> Way<'a> {
        Way { name, run: Box::new(run) }
    }
}

pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) median: Duration,
    pub(crate) best: Duration,
    /// Median of the ratios to the first way, each within one round, and their
    /// quarter and three-quarter points.
    pub(crate) ratio: f64,
    pub(crate) spread: (f64, f64),
    /// Ratio of the shortest times.
    pub(crate) best_ratio: f64,
}

/// All ways in turn, `rounds` times after a first time; one turn is `repeats` runs,
/// because the kernel brings its clock up to date only every few milliseconds.
pub(crate) fn compare<'a>(
    ways: impl IntoIterator<Item = Way<'a>>,
    rounds: usize,
    repeats: u32,
) -> io::Result<Vec<Measured>> {
    let mut ways: Vec<(Way<'a>, Vec<f64>)> = ways.into_iter().map(|way| (way, Vec::new())).collect();
    for round in 0..=rounds {
        for (way, times) in &mut ways {
            let clock = Clock::start();
            for _ in 0..repeats {
                (way.run)()?;
            }
            let time = clock.elapsed() / repeats;
            if round > 0 {
                times.push(time.as_secs_f64());
            }
        }
    }
    let base = ways.first().map(|(_, times)| times.clone()).unwrap_or_default();
    let shortest = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
    let results = ways.iter().map(|(way, times)| {
        let ratios: Vec<f64> = times.iter().zip(&base).map(|(time, base)| time / base).collect();
        Measured {
            name: way.name,
            median: Duration::from_secs_f64(quantile(times, 2)),
            best: Duration::from_secs_f64(shortest(times)),
            ratio: quantile(&ratios, 2),
            spread: (quantile(&ratios, 1), quantile(&ratios, 3)),
            best_ratio: shortest(times) / shortest(&base),
        }
    });
    Ok(results.collect())
}

fn quantile(values: &[f64], quarters: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() * quarters / 4).copied().unwrap_or(f64::NAN)
}

/// How long this thread was on a processor; wall time where that is not told.
struct Clock {
    wall: Instant,
    on_processor: Option<u64>,
}

impl Clock {
    fn start() -> Clock {
        Clock { wall: Instant::now(), on_processor: Self::on_processor() }
    }

    fn elapsed(&self) -> Duration {
        match (self.on_processor, Self::on_processor()) {
            (Some(start), Some(end)) => Duration::from_nanos(end - start),
            _ => self.wall.elapsed(),
        }
    }

    /// In nanoseconds.
    fn on_processor() -> Option<u64> {
        fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
    }
}

/// The way that this process is for, when it is for one.
pub(crate) fn asked_way() -> Option<String> {
    std::env::var(WAY).ok()
}

/// The most memory in KiB that a process of its own had which went this way; `None`
/// where it is not told.
pub(crate) fn peak_of(way: &str) -> io::Result<Option<u64>> {
    let output = Command::new(std::env::current_exe()?).args(std::env::args_os().skip(1)).env(WAY, way).output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}

/// Tells the process that started this one how much memory it had at most.
pub(crate) fn say_peak() -> io::Result<()> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    writeln!(io::stdout(), "{}", peak.unwrap_or("?"))
}
