//! Names and connections.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use certlens_testkit::program::Isolated;
use certlens_testkit::server::Server;

use crate::row::{Row, Served, go_through};

/// A network where no name is known but these.
fn network(hosts: &str) -> Option<Served> {
    Isolated::new(hosts, false).map(Served::isolated)
}

/// A port at which nothing listens.
pub(crate) fn closed() -> Served {
    Served::at(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "a name that nobody knows",
        start: |_| network("127.0.0.1 localhost\n"),
        arguments: "probe https://nosuch.test",
        exit: 3,
        failure: "name/name-not-resolved",
        findings: &[],
        text: &["NOT REACHED https://nosuch.test:443", "cannot be resolved", "11001", "hosts file"],
    },
    Row {
        name: "name servers that do not answer",
        start: |_| Isolated::new("127.0.0.1 localhost\n", true).map(Served::isolated),
        arguments: "probe https://nosuch.test --timeout 1",
        exit: 3,
        failure: "name/name-servers-silent",
        findings: &[],
        text: &["NOT REACHED", "No name server answered", "11002", "port 53"],
    },
    Row {
        name: "localhost that leads elsewhere",
        start: |_| network("192.0.2.77 localhost\n"),
        arguments: "probe tls://localhost:8060 --timeout 1",
        exit: 3,
        failure: "connect/connection-timed-out",
        findings: &["localhost-elsewhere"],
        text: &["NOT REACHED", "localhost", "192.0.2.77, which is no loopback address: correct the hosts file"],
    },
    Row {
        name: "nothing listens",
        start: |_| Some(closed()),
        arguments: "probe https://host.test --connect {at}",
        exit: 3,
        failure: "connect/connection-refused",
        findings: &[],
        text: &["NOT REACHED https://host.test:443", "refused the connection", "10061", "Check that the service runs"],
    },
    Row {
        name: "verify says so of nothing that listens",
        start: |_| Some(closed()),
        arguments: "verify host.test:443 --connect {at}",
        exit: 3,
        failure: "connect/connection-refused",
        findings: &[],
        text: &["NOT REACHED", "refused the connection", "Check that the service runs"],
    },
    Row {
        name: "what is sent is dropped",
        start: |_| network("192.0.2.9 host.test\n"),
        arguments: "probe https://host.test --timeout 1",
        exit: 3,
        failure: "connect/connection-timed-out",
        findings: &[],
        text: &["NOT REACHED", "did not answer within 1 s", "10060", "firewall"],
    },
    Row {
        name: "there is no route",
        start: |_| network("198.51.100.9 host.test\n"),
        arguments: "probe https://host.test",
        exit: 3,
        failure: "connect/host-unreachable",
        findings: &[],
        text: &["NOT REACHED", "there is no route", "10051", "ip route"],
    },
    Row {
        name: "a rule of this machine forbids it",
        start: |_| network("203.0.113.9 host.test\n"),
        arguments: "probe https://host.test",
        exit: 3,
        failure: "connect/connection-forbidden",
        findings: &[],
        text: &["NOT REACHED", "may not be connected to", "10013", "firewall"],
    },
    Row {
        name: "several addresses, one worse than the other",
        start: |_| network("198.51.100.9 host.test\n127.0.0.1 host.test\n"),
        arguments: "probe https://host.test:9",
        exit: 3,
        failure: "connect/connection-refused",
        findings: &[],
        text: &["NOT REACHED", "198.51.100.9: no route", "127.0.0.1: refused"],
    },
    Row {
        name: "an address of IPv6",
        start: |lab| lab.site("good").filter(|_| crate::sites::has_ipv6()),
        arguments: "probe [::1]:{port}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED tls://[::1]:{port}"],
    },
    Row {
        name: "an address of IPv6 without a network for it",
        start: |_| network("127.0.0.1 localhost\n"),
        arguments: "probe [2001:db8::1]:443",
        exit: 3,
        failure: "connect/host-unreachable",
        findings: &[],
        text: &["NOT REACHED", "for an IPv6 address, whether there is IPv6 at all"],
    },
    Row {
        name: "closed as soon as it is there",
        start: |_| Served::server(Server::closing()),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        // The ClientHello may meet a connection that is gone.
        failure: "tls/closed-after-hello|tls/reset-after-hello",
        findings: &[],
        text: &["it after the ClientHello", "36870"],
    },
    Row {
        name: "closed after the ClientHello",
        start: |_| Served::server(Server::answering("")),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/closed-after-hello",
        findings: &[],
        text: &["closes it after the ClientHello, without a word", "36870"],
    },
    Row {
        name: "reset after the ClientHello",
        start: |_| Served::server(Server::resetting()),
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/reset-after-hello",
        findings: &[],
        text: &["resets it after the ClientHello", "It was the same without the server's name", "10054"],
    },
    Row {
        name: "silence",
        start: |_| Served::server(Server::silent()),
        arguments: "probe https://host.test --connect {at} --timeout 1",
        exit: 1,
        failure: "tls/handshake-silent",
        findings: &[],
        text: &["sends nothing for 1 s after the ClientHello", "a firewall", "12002"],
    },
];

#[test]
fn names_and_connections() {
    go_through(ROWS);
}

/// What has come is shown, and what has not come is named.
#[cfg(unix)]
#[test]
fn interrupted_it_shows_what_it_has() {
    let (closed, silent) = (closed(), Server::silent());
    let targets = [closed.address().to_string(), silent.address().to_string()];
    let child = Command::new(env!("CARGO_BIN_EXE_certlens"))
        .args(["probe", "--proxy", "none", "--timeout", "20", "--trust", "mozilla"])
        .args(&targets)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The one that is refused takes no time, the other one 20 s.
    std::thread::sleep(Duration::from_secs(2));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    let (text, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(3), "{text}{error}");
    assert!(text.contains("1 not probed") && text.contains("It was interrupted"), "{text}");
    let row = |target: &str| text.lines().find(|line| line.contains(&format!("tls://{target}"))).unwrap_or_default();
    assert!(row(&targets[0]).contains("NOT REACHED"), "{text}");
    assert!(row(&targets[1]).contains("NOT PROBED"), "{text}");
    assert!(error.contains("interrupted; 1 of 2 endpoints were probed"), "{error}");
}
