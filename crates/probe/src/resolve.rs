//! From names to addresses.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use crate::failure::{Failure, Stage};
use crate::limits::MAX_ADDRESSES;
use crate::target::Host;

/// Addresses to come.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, Unresolved>> + Send + 'a>>;

/// What asks for the addresses of names.
pub trait Resolve: fmt::Debug + Send + Sync {
    /// The addresses of a name, in the order in which they should be tried.
    fn resolve<'a>(&'a self, name: &'a str) -> Resolving<'a>;
}

/// A name without an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// There is no such name, or it has no address; the system's words.
    NotFound(String),
    /// The name servers did not answer; the system's words.
    NoAnswer(String),
}

/// Asks the system: hosts file, DNS, and whatever else it is set up to ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

/// Windows: the host is not known (WSAHOST_NOT_FOUND), and a name server did not
/// answer (WSATRY_AGAIN).
const HOST_NOT_FOUND: u32 = 11_001;
const TRY_AGAIN: u32 = 11_002;

/// WinHTTP: the name cannot be resolved.
const NAME_NOT_RESOLVED: u32 = 12_007;

impl Resolve for System {
    fn resolve<'a>(&'a self, name: &'a str) -> Resolving<'a> {
        Box::pin(async move {
            match tokio::net::lookup_host((name, 0)).await {
                Ok(found) => Ok(found.map(|address| address.ip()).collect()),
                Err(error) => Err(unresolved(&error)),
            }
        })
    }
}

fn unresolved(error: &io::Error) -> Unresolved {
    let text = error.to_string();
    let words = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text).to_owned();
    // The standard library keeps getaddrinfo's code to itself but for Windows.
    let no_answer = error.raw_os_error() == Some(TRY_AGAIN as i32) || words.starts_with("Temporary failure");
    if no_answer { Unresolved::NoAnswer(words) } else { Unresolved::NotFound(words) }
}

/// Names with addresses that were given, before those of another resolver.
#[derive(Debug)]
pub struct Given<R> {
    names: BTreeMap<String, Vec<IpAddr>>,
    then: R,
}

impl<R> Given<R> {
    /// These names have these addresses; other names are asked of `then`.
    pub fn new(names: impl IntoIterator<Item = (String, Vec<IpAddr>)>, then: R) -> Given<R> {
        Given { names: names.into_iter().collect(), then }
    }
}

impl<R: Resolve> Resolve for Given<R> {
    fn resolve<'a>(&'a self, name: &'a str) -> Resolving<'a> {
        match self.names.get(name) {
            Some(addresses) => Box::pin(std::future::ready(Ok(addresses.clone()))),
            None => self.then.resolve(name),
        }
    }
}

/// Knows no names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Resolve for Nobody {
    fn resolve<'a>(&'a self, _: &'a str) -> Resolving<'a> {
        Box::pin(std::future::ready(Err(Unresolved::NotFound("no such name".to_owned()))))
    }
}

/// All addresses of a host, without doubles, the first [`MAX_ADDRESSES`] of them, with
/// IPv6 and IPv4 taking turns so that a family that does not work costs one delay only
/// (RFC 8305 §4).
///
/// # Errors
///
/// When it has none, or the answer takes longer than `within`.
pub async fn addresses(resolver: &dyn Resolve, host: &Host, within: Duration) -> Result<Vec<IpAddr>, Failure> {
    let name = match host {
        Host::Address(address) => return Ok(vec![*address]),
        Host::Name(name) => name,
    };
    match tokio::time::timeout(within, resolver.resolve(name)).await {
        Ok(Ok(found)) if !found.is_empty() => Ok(in_turns(found)),
        Ok(Ok(_)) => Err(not_found(name, "it has no address")),
        Ok(Err(Unresolved::NotFound(words))) => Err(not_found(name, &words)),
        Ok(Err(Unresolved::NoAnswer(words))) => Err(no_answer(name, &words)),
        Err(_) => Err(no_answer(name, &format!("nothing came within {} s", within.as_secs_f32()))),
    }
}

fn in_turns(found: Vec<IpAddr>) -> Vec<IpAddr> {
    let mut seen = std::collections::HashSet::new();
    let found: Vec<IpAddr> = found.into_iter().filter(|address| seen.insert(*address)).collect();
    // The resolver's order says which family is preferred (RFC 6724).
    let first_is_v6 = found.first().is_some_and(IpAddr::is_ipv6);
    let (first, second): (Vec<IpAddr>, Vec<IpAddr>) =
        found.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut turns = Vec::new();
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    while turns.len() < MAX_ADDRESSES {
        let (one, other) = (first.next(), second.next());
        if one.is_none() && other.is_none() {
            break;
        }
        turns.extend(one.into_iter().chain(other));
    }
    turns.truncate(MAX_ADDRESSES);
    turns
}

fn not_found(name: &str, words: &str) -> Failure {
    Failure::new(
        Stage::Name,
        "name-not-resolved",
        format!("the name {name} cannot be resolved: {words}"),
        format!("Check its spelling, and that this machine's DNS servers know {name} (nslookup {name}); a name of an internal network is known only inside it. Between nodes of one cluster, put them into the same domain or add a line to the hosts file."),
    )
    .windows(HOST_NOT_FOUND)
    .windows(NAME_NOT_RESOLVED)
}

fn no_answer(name: &str, words: &str) -> Failure {
    Failure::new(
        Stage::Name,
        "name-servers-silent",
        format!("no name server answered for {name}: {words}"),
        "Check which DNS servers this machine asks and that UDP and TCP port 53 to them are open; the name itself may be right.",
    )
    .windows(TRY_AGAIN)
    .windows(NAME_NOT_RESOLVED)
}

/// What `localhost` resolves to. Services that talk to themselves fail in odd ways where
/// it is not a loopback address (RFC 6761 §6.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Localhost {
    /// To loopback addresses alone.
    Loopback(Vec<IpAddr>),
    /// To these, of which some are none.
    Elsewhere(Vec<IpAddr>),
    /// To nothing, in the system's words.
    Unresolved(String),
}

/// Looks `localhost` up.
pub async fn localhost(resolver: &dyn Resolve, within: Duration) -> Localhost {
    match addresses(resolver, &Host::Name("localhost".to_owned()), within).await {
        Ok(found) if found.iter().all(IpAddr::is_loopback) => Localhost::Loopback(found),
        Ok(found) => Localhost::Elsewhere(found),
        Err(failure) => Localhost::Unresolved(failure.message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn given(name: &str, addresses: &[&str]) -> Given<Nobody> {
        Given::new([(name.to_owned(), addresses.iter().map(|address| ip(address)).collect())], Nobody)
    }

    /// Never answers.
    #[derive(Debug)]
    struct Silent;

    impl Resolve for Silent {
        fn resolve<'a>(&'a self, _: &'a str) -> Resolving<'a> {
            Box::pin(std::future::pending())
        }
    }

    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn families_take_turns() {
        let resolver = given("host.test", &["2001:db8::1", "2001:db8::2", "2001:db8::1", "192.0.2.1"]);
        let found = addresses(&resolver, &Host::Name("host.test".to_owned()), SOON).await.expect("addresses");
        assert_eq!(found, [ip("2001:db8::1"), ip("192.0.2.1"), ip("2001:db8::2")]);
        let many: Vec<String> = (0..100).map(|number| format!("192.0.2.{number}")).collect();
        let resolver = given("host.test", &many.iter().map(String::as_str).collect::<Vec<_>>());
        let found = addresses(&resolver, &Host::Name("host.test".to_owned()), SOON).await.expect("addresses");
        assert_eq!(found.len(), MAX_ADDRESSES);
    }

    #[tokio::test]
    async fn failures_are_told_apart() {
        let host = Host::Name("host.test".to_owned());
        let unknown = addresses(&Nobody, &host, SOON).await.expect_err("unknown");
        assert_eq!((unknown.cause, unknown.windows.as_slice()), ("name-not-resolved", &[11_001, 12_007][..]));
        let empty = addresses(&given("host.test", &[]), &host, SOON).await.expect_err("empty");
        assert!(empty.message.contains("it has no address"), "{empty}");
        let silent = addresses(&Silent, &host, SOON).await.expect_err("silent");
        assert_eq!((silent.cause, silent.windows.first()), ("name-servers-silent", Some(&11_002)));
        let words = io::Error::other("failed to lookup address information: Temporary failure in name resolution");
        assert_eq!(unresolved(&words), Unresolved::NoAnswer("Temporary failure in name resolution".to_owned()));
    }

    #[tokio::test]
    async fn localhost_is_a_loopback_address_or_it_is_said() {
        let good = localhost(&given("localhost", &["::1", "127.0.0.1"]), SOON).await;
        assert_eq!(good, Localhost::Loopback(vec![ip("::1"), ip("127.0.0.1")]));
        let bad = localhost(&given("localhost", &["127.0.0.1", "192.0.2.1"]), SOON).await;
        assert!(matches!(bad, Localhost::Elsewhere(_)));
        assert!(matches!(localhost(&Nobody, SOON).await, Localhost::Unresolved(_)));
    }

    #[tokio::test]
    async fn the_system_knows_addresses_without_asking_anyone() {
        let found = System.resolve("127.0.0.1").await;
        assert_eq!(found, Ok(vec![ip("127.0.0.1")]));
    }
}
