//! Several processes, one URL, one cache.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use certlens_fetch::cache::{Cache, Config as CacheConfig, Digest};
use certlens_fetch::{Client, Fetcher, Source, What};

use crate::support::*;

const CHILD: &str = "CERTLENS_TEST_FETCHER_CHILD";
const NOW: i64 = 1_764_000_000;

/// A process of this program; it ends with the test, however that ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// No answer bears its name before it is whole, whatever its writer was doing.
fn assert_all_is_whole(cache: &Path) {
    let folders = std::fs::read_dir(cache.join("objects")).into_iter().flatten().flatten();
    for file in folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten()) {
        let name = file.file_name().into_string().unwrap();
        // What vanished was evicted by a process that lives.
        let Ok(octets) = std::fs::read(file.path()) else { continue };
        assert!(name.starts_with("tmp-") || Digest::of(&octets).to_string() == name, "{name} is torn");
    }
}

fn start(cache: &Path, url: &str, milliseconds: u64) -> Process {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::child_process", "--nocapture"])
        .env(CHILD, format!("{milliseconds} {url} {}", cache.display()))
        .stdout(Stdio::piped())
        .spawn();
    Process(child.unwrap())
}

/// An answer that can be told from every mixture of two; every fourth is long.
fn content(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let count = if seed.is_multiple_of(4) { 40_000 } else { 500 + seed % 3_000 };
    let words = (0..count).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state
    });
    b"\x30\x80".iter().copied().chain([seed].into_iter().chain(words).flat_map(u64::to_be_bytes)).collect()
}

#[track_caller]
fn assert_is_content(octets: &[u8]) {
    let seed = u64::from_be_bytes(octets[2..10].try_into().unwrap());
    assert!(octets == content(seed), "an answer that the server did not give");
}

/// Fetches and keeps while the time lasts; how many answers came from where.
fn work(cache: &Path, url: &str, time: Duration) -> (usize, usize) {
    let mut config = CacheConfig::at(cache);
    // Small enough that there is eviction all the time.
    config.max_octets = 700_000;
    let client = Client::new(crate::support::config()).unwrap();
    let fetcher = Fetcher::new(client, Some(Cache::open(config)));
    let requests: Vec<_> = ["/0", "/1", "/0"].map(|path| request(&format!("{url}{path}"), What::Crl)).into();
    let (mut from_network, mut from_cache) = (0, 0);
    let end = Instant::now() + time;
    let mut now = NOW;
    while Instant::now() < end {
        now += 1;
        for retrieved in fetcher.fetch(&requests, now, &|_| {}) {
            assert_is_content(retrieved.outcome.as_ref().unwrap());
            match retrieved.source {
                Source::Network => from_network += 1,
                Source::Cache { .. } => from_cache += 1,
            }
            fetcher.keep(&retrieved, Some(now + 3), now).unwrap();
        }
    }
    (from_network, from_cache)
}

/// Does nothing unless started by the test below.
#[test]
fn child_process() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let parts: Vec<&str> = order.splitn(3, ' ').collect();
    let counts = work(Path::new(parts[2]), parts[1], Duration::from_millis(parts[0].parse().unwrap()));
    eprintln!("{counts:?}");
}

#[test]
fn processes_that_fetch_the_same_url_do_no_harm() {
    let seed = AtomicU64::new(0);
    let server = Server::new(move |_, stream| {
        let _ = stream.write_all(&ok("", &content(seed.fetch_add(1, Ordering::SeqCst))));
    });
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("certlens");
    let url = format!("http://{}", server.address);
    let mut staying = [start(&cache, &url, 2_500), start(&cache, &url, 2_500)];
    // Others die in the middle of it, again and again.
    let begun = Instant::now();
    let mut killed = 0;
    while begun.elapsed() < Duration::from_millis(1_500) || killed < 8 {
        let mut child = start(&cache, &url, 60_000);
        std::thread::sleep(Duration::from_millis(60 + killed % 7 * 9));
        child.0.kill().unwrap();
        child.0.wait().unwrap();
        assert_all_is_whole(&cache);
        killed += 1;
    }
    let mut counts = (0, 0);
    while begun.elapsed() < Duration::from_secs(60) && (counts.0 < 6 || counts.1 < 6) {
        let (from_network, from_cache) = work(&cache, &url, Duration::from_millis(300));
        counts = (counts.0 + from_network, counts.1 + from_cache);
    }
    assert!(counts.0 > 5 && counts.1 > 5, "{counts:?}");
    for child in &mut staying {
        let mut said = String::new();
        child.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(child.0.wait().unwrap().success(), "{said}");
    }
    let left = Cache::open(CacheConfig::at(&cache));
    for entry in left.list().unwrap() {
        if let Some(answer) = left.read(&entry) {
            assert_is_content(&answer.octets);
        }
    }
}
