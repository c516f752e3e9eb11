//! Paired measurement: all subjects take turns in every round, so that what
//! slows the machine down slows them all, and only ratios are stated.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Something that is measured.
pub(crate) struct Subject<'a> {
    pub(crate) name: &'a str,
    pub(crate) run: Box<dyn FnMut() + 'a>,
}

impl<'a> Subject<'a> {
    pub(crate) fn new<T>(name: &'a str, mut run: impl FnMut() -> T + 'a) -> Self {
        Subject { name, run: Box::new(move || drop(black_box(run()))) }
    }
}

/// What came out for one subject.
pub(crate) struct Measured<'a> {
    pub(crate) name: &'a str,
    /// Median time of one run.
    pub(crate) median: Duration,
    /// The shortest turn's time for one run: what an undisturbed machine does.
    pub(crate) best: Duration,
    /// Ratio of the shortest times.
    pub(crate) best_ratio: f64,
    /// Median of the ratios to the first subject, each within one round.
    pub(crate) ratio: f64,
    /// The quarter and three-quarter points of those ratios.
    pub(crate) spread: (f64, f64),
}

/// Whether this is `cargo bench` and not `cargo test --benches`, which only
/// wants to see that it runs.
pub(crate) fn is_bench() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Runs all subjects in turn, `rounds` times; one turn is `repeats` runs.
pub(crate) fn measure<'a>(mut subjects: Vec<Subject<'a>>, rounds: usize, repeats: u32) -> Vec<Measured<'a>> {
    let mut times: Vec<Vec<f64>> = subjects.iter().map(|_| Vec::with_capacity(rounds)).collect();
    for round in 0..=rounds {
        for (subject, times) in subjects.iter_mut().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..repeats {
                (subject.run)();
            }
            let time = start.elapsed().as_secs_f64() / f64::from(repeats);
            // The first round fills the caches.
            if round > 0 {
                times.push(time);
            }
        }
    }
    let base = times.first().cloned().unwrap_or_default();
    let shortest = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
    let results = subjects.iter().zip(&times).map(|(subject, times)| {
        let ratios: Vec<f64> = times.iter().zip(&base).map(|(time, base)| time / base).collect();
        Measured {
            name: subject.name,
            median: Duration::from_secs_f64(quantile(times, 2)),
            best: Duration::from_secs_f64(shortest(times)),
            best_ratio: shortest(times) / shortest(&base),
            ratio: quantile(&ratios, 2),
            spread: (quantile(&ratios, 1), quantile(&ratios, 3)),
        }
    });
    results.collect()
}

/// The value below which `quarters` quarters of the values lie.
fn quantile(values: &[f64], quarters: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() * quarters / 4).copied().unwrap_or(f64::NAN)
}
