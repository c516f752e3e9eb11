//! Many endpoints at once.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use certlens_probe::many::{Load, Planned, Probes};
use certlens_probe::probe::{Diagnosis, Settings, Timeouts};
use certlens_probe::resolve::Nobody;
use certlens_probe::target::Target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{client_hello, serve};

fn settings(seconds: u64) -> Arc<Settings> {
    let timeouts = Timeouts::within(Duration::from_secs(seconds));
    Arc::new(Settings { diagnosis: Diagnosis::None, timeouts, ..Settings::default() })
}

/// Targets that are all probed within so many seconds a stage.
fn planned(targets: impl IntoIterator<Item = Target>, seconds: u64) -> impl Iterator<Item = Planned> {
    let settings = settings(seconds);
    targets.into_iter().map(move |target| (target, Arc::clone(&settings)))
}

fn target(host: u8, port: u16) -> Target {
    Target::parse(&format!("127.0.0.{host}:{port}")).expect("a target")
}

/// A server that refuses the handshake after a moment, and counts who is there at once.
/// It listens on every loopback address.
async fn refusing(after: Duration) -> (u16, Arc<AtomicUsize>) {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            tokio::spawn(async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                client_hello(&mut stream).await;
                tokio::time::sleep(after).await;
                now.fetch_sub(1, Ordering::SeqCst);
                let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).await;
                let _ = stream.read_to_end(&mut Vec::new()).await;
            });
        }
    });
    (port, seen)
}

#[tokio::test]
async fn each_target_is_probed_once_and_within_the_limits() {
    let (port, most) = refusing(Duration::from_millis(20)).await;
    let targets = (0..200).map(move |number| target(1 + (number % 20) as u8, port));
    let load = Load { overall: 16, per_host: 2 };
    let mut probes = Probes::new(planned(targets, 5), Arc::new(Nobody), load);
    let mut seen = HashSet::new();
    while let Some((index, probe)) = probes.next().await {
        assert!(seen.insert(index));
        assert_eq!(probe.target, target(1 + (index % 20) as u8, port));
        assert_eq!(probe.failure.map(|failure| failure.cause), Some("tls-alert"));
    }
    assert_eq!(seen.len(), 200);
    assert!((2..=16).contains(&most.load(Ordering::SeqCst)), "{most:?}");
}

#[tokio::test]
async fn one_host_has_its_own_limit() {
    let (port, most) = refusing(Duration::from_millis(20)).await;
    let targets = (0..30).map(move |_| target(1, port));
    let mut probes = Probes::new(planned(targets, 5), Arc::new(Nobody), Load { overall: 16, per_host: 3 });
    let mut count = 0;
    while probes.next().await.is_some() {
        count += 1;
    }
    assert_eq!((count, most.load(Ordering::SeqCst)), (30, 3));
}

#[tokio::test]
async fn a_stuck_server_delays_nobody_else() {
    let stuck = serve(|mut stream| async move {
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let (port, _) = refusing(Duration::ZERO).await;
    // The stuck host comes first, and more often than there are places.
    let targets = (0..20).map(|_| target(1, stuck.port())).chain((0..50).map(|number| target(2 + number, port)));
    let targets: Vec<Target> = targets.collect();
    let mut probes = Probes::new(planned(targets, 2), Arc::new(Nobody), Load { overall: 4, per_host: 2 });
    let begun = Instant::now();
    for _ in 0..50 {
        let (index, probe) = probes.next().await.expect("a probe");
        assert!(index >= 20, "{probe:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(probes.under_way(), 2);
}

#[tokio::test]
async fn dropping_ends_what_is_under_way() {
    let there = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&there);
    let stuck = serve(move |mut stream| {
        let count = Arc::clone(&count);
        async move {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read_to_end(&mut Vec::new()).await;
            count.fetch_sub(1, Ordering::SeqCst);
        }
    })
    .await;
    let targets = (1..=5).map(move |host| target(host, stuck.port()));
    let mut probes = Probes::new(planned(targets, 60), Arc::new(Nobody), Load::default());
    // `serve` listens on one address; the others refuse, which is a result.
    let mut done = 0;
    while tokio::time::timeout(Duration::from_millis(300), probes.next()).await.is_ok() {
        done += 1;
    }
    assert_eq!(done, 4);
    assert_eq!((there.load(Ordering::SeqCst), probes.under_way()), (1, 1));
    drop(probes);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(there.load(Ordering::SeqCst), 0);
}
