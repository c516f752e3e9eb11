//! Many URLs in one call.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use certlens_fetch::limits::{
    DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT, MAX_CONCURRENT, MAX_CONCURRENT_PER_HOST, TOTAL_TIMEOUTS,
};
use certlens_fetch::{Client, Event, Request, What};

use crate::support::*;

#[test]
fn answers_come_in_the_order_of_the_requests() {
    let server = Server::new(|heard, stream| {
        let path = heard.line()[1].to_owned();
        let late = 100 - path.len() as u64 * 20;
        thread::sleep(Duration::from_millis(late));
        let _ = stream.write_all(&ok("", path.as_bytes()));
    });
    let client = Client::new(config()).unwrap();
    let requests: Vec<Request> =
        ["/a", "/bb", "/ccc", "/bb", "/a"].iter().map(|path| request(&server.url(path), What::Crl)).collect();
    let events = RefCell::new(Vec::new());
    let all = client.fetch(&requests, &|event| {
        events.borrow_mut().push(match event {
            Event::Started(request) => ("started", request.url.clone()),
            Event::Finished(retrieved) => ("finished", retrieved.request.url.clone()),
        });
    });
    let bodies: Vec<&[u8]> = all.iter().map(|retrieved| retrieved.outcome.as_deref().unwrap()).collect();
    assert_eq!(bodies, [&b"/a"[..], b"/bb", b"/ccc", b"/bb", b"/a"]);
    assert!(all.iter().zip(&requests).all(|(retrieved, request)| retrieved.request == *request));
    // What is asked for twice is fetched once.
    assert_eq!(server.heard().len(), 3);
    let events = events.borrow();
    assert_eq!(events.len(), 6);
    for url in ["/a", "/bb", "/ccc"].map(|path| server.url(path)) {
        let position = |word| events.iter().position(|(what, found)| *what == word && *found == url).unwrap();
        assert!(position("started") < position("finished"));
    }
    // The client can be used again.
    assert!(client.fetch(&[], &|_| {}).is_empty());
    assert!(client.fetch(&requests[..1], &|_| {})[0].outcome.is_ok());
}

#[test]
fn ten_dead_urls_cost_the_time_of_one() {
    let servers: Vec<Server> = (0..10).map(|_| Server::new(|_, _| thread::sleep(Duration::from_secs(12)))).collect();
    let requests: Vec<Request> = servers.iter().map(|server| request(&server.url("/"), What::Crl)).collect();
    let client = Client::new(config().with_timeout(Duration::from_secs(1))).unwrap();
    let begun = Instant::now();
    let all = client.fetch(&requests, &|_| {});
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    assert!(all.iter().all(|retrieved| retrieved.outcome.as_ref().unwrap_err().cause == "timed-out"));
}

#[test]
fn a_dead_host_is_waited_for_once() {
    let server = Server::new(|_, _| thread::sleep(Duration::from_secs(12)));
    let requests: Vec<Request> = (0..40).map(|number| request(&server.url(&format!("/{number}")), What::Crl)).collect();
    let client = Client::new(config().with_timeout(Duration::from_secs(1))).unwrap();
    let all = client.fetch(&requests, &|_| {});
    // In rounds it would be seven times the timeout, and be cut off at four for another cause.
    let causes: Vec<&str> = all.iter().map(|retrieved| retrieved.outcome.as_ref().unwrap_err().cause).collect();
    assert!(causes.iter().all(|cause| ["timed-out", "not-asked"].contains(cause)), "{causes:?}");
    let asked = causes.iter().filter(|cause| **cause == "timed-out").count();
    assert!((1..=MAX_CONCURRENT_PER_HOST).contains(&asked), "{causes:?}");
    let left = all.iter().map(|retrieved| retrieved.outcome.clone().unwrap_err());
    let left = left.into_iter().find(|failure| failure.cause == "not-asked").unwrap();
    assert!(left.message.starts_with("not asked, because another URL of this host had just failed: "), "{left}");
    assert_eq!(left.message.matches("not asked").count(), 1, "{left}");
    assert!(server.heard().len() <= MAX_CONCURRENT_PER_HOST);
}

#[test]
fn the_time_of_a_whole_call_is_limited() {
    // Each answers, but late: no host is dead, and the rounds add up.
    let server = Server::new(|_, stream| {
        thread::sleep(Duration::from_millis(900));
        let _ = stream.write_all(&ok("", DER));
    });
    let requests: Vec<Request> = (0..60).map(|number| request(&server.url(&format!("/{number}")), What::Crl)).collect();
    let client = Client::new(config().with_timeout(Duration::from_secs(1))).unwrap();
    let begun = Instant::now();
    let all = client.fetch(&requests, &|_| {});
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(all[0].outcome.is_ok());
    let failure = all.iter().find_map(|retrieved| retrieved.outcome.clone().err()).unwrap();
    assert_eq!((failure.cause, failure.winhttp), ("total-time-spent", Some(12002)));
    assert!(failure.message.ends_with("4 seconds") && failure.hint.contains("--timeout"));
    assert_eq!((TOTAL_TIMEOUTS, DEFAULT_TIMEOUT.as_secs(), DEFAULT_CONNECT_TIMEOUT.as_secs()), (4, 15, 10));
}

/// Counts how many are served at the same time, and the most of it.
fn counting(now: &Arc<AtomicUsize>, most: &Arc<AtomicUsize>) -> Server {
    let (now, most) = (Arc::clone(now), Arc::clone(most));
    Server::new(move |_, stream| {
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(150));
        now.fetch_sub(1, Ordering::SeqCst);
        let _ = stream.write_all(&ok("", DER));
    })
}

#[test]
fn no_more_than_the_limits_are_asked_at_once() {
    let (now, most) = (Arc::default(), Arc::default());
    let servers: Vec<Server> = (0..8).map(|_| counting(&now, &most)).collect();
    let requests: Vec<Request> = servers
        .iter()
        .flat_map(|server| (0..6).map(|number| request(&server.url(&format!("/{number}")), What::Crl)))
        .collect();
    let client = Client::new(config()).unwrap();
    assert!(client.fetch(&requests, &|_| {}).iter().all(|retrieved| retrieved.outcome.is_ok()));
    let total = most.load(Ordering::SeqCst);
    assert!((2..=MAX_CONCURRENT).contains(&total), "{total}");

    let (now, most) = (Arc::default(), Arc::default());
    let server = counting(&now, &most);
    let requests: Vec<Request> = (0..20).map(|number| request(&server.url(&format!("/{number}")), What::Crl)).collect();
    assert!(client.fetch(&requests, &|_| {}).iter().all(|retrieved| retrieved.outcome.is_ok()));
    let total = most.load(Ordering::SeqCst);
    assert!((2..=MAX_CONCURRENT_PER_HOST).contains(&total), "{total}");
}
