//! Every server of another program starts, and presents what it is told to.

use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use certlens_testkit::program::{
    Dovecot, Exim, Isolated, Login, MariaDb, Mitmproxy, NO_ANSWER, NO_PERMISSION, NO_ROUTE, Nginx, PostgreSql,
    Presented, SServer, Site, Slapd, Squid,
};
use certlens_testkit::{Ca, Key};

/// What `openssl s_client` says of a server.
fn s_client(address: SocketAddr, arguments: &[&str]) -> String {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &address.to_string()]).args(arguments).stdin(Stdio::null());
    let output = command.output().expect("openssl is installed");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn presents_localhost(address: SocketAddr, arguments: &[&str]) {
    let said = s_client(address, arguments);
    assert!(said.contains("subject=CN = localhost"), "{said}");
}

fn presented() -> Presented {
    Presented::self_signed(Key::p256(1))
}

#[test]
fn openssl() {
    presents_localhost(SServer::start(&presented(), &["-tls1_2"]).address(), &[]);
}

#[test]
fn nginx() {
    let sites = [Site::presenting(presented()).with("ssl_protocols TLSv1.2;"), Site::plain()];
    let Some(nginx) = Nginx::start(&sites) else { return };
    presents_localhost(nginx.address(0), &["-tls1_2"]);
    assert!(TcpStream::connect(nginx.address(1)).is_ok());
}

#[test]
fn servers_that_come_to_tls_by_a_request() {
    if let Some(server) = PostgreSql::start(Some(&presented())) {
        presents_localhost(server.address(), &["-starttls", "postgres"]);
    }
    if let Some(server) = MariaDb::start(Some(&presented())) {
        presents_localhost(server.address(), &["-starttls", "mysql"]);
    }
    if let Some(server) = Slapd::start(Some(&presented())) {
        presents_localhost(server.address(), &["-starttls", "ldap"]);
    }
    if let Some(server) = Exim::start(Some(&presented())) {
        presents_localhost(server.address(), &["-starttls", "smtp"]);
    }
    if let Some(server) = Dovecot::start(Some(&presented())) {
        presents_localhost(server.imap(), &["-starttls", "imap"]);
        presents_localhost(server.pop3(), &["-starttls", "pop3"]);
    }
}

#[test]
fn proxies_that_replace_certificates() {
    let Some(nginx) = Nginx::start(&[Site::presenting(presented())]) else { return };
    let at = format!("localhost:{}", nginx.address(0).port());
    let through = |proxy: SocketAddr| {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-proxy", &proxy.to_string(), "-connect", &at, "-servername", "localhost"]);
        let output = command.stdin(Stdio::null()).output().expect("openssl is installed");
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let ca = Ca::anchor("Corp Proxy CA", Key::p256(7));
    if let Some(squid) = Squid::bumping(&Presented::new(ca.key(), [ca.der()])) {
        let said = through(squid.address());
        assert!(said.contains("issuer=CN = Corp Proxy CA"), "{said}");
    }
    if let Some(squid) = Squid::start(Login::No) {
        let said = through(squid.address());
        assert!(said.contains("issuer=CN = localhost"), "{said}");
    }
    if let Some(mitmproxy) = Mitmproxy::start() {
        let said = through(mitmproxy.address());
        assert!(said.contains("CN = mitmproxy, O = mitmproxy"), "{said}");
        assert!(mitmproxy.root_pem().contains("BEGIN CERTIFICATE"));
    }
}

#[test]
fn a_network_of_its_own() {
    let Some(isolated) = Isolated::new("192.0.2.77 localhost\n", false) else { return };
    let said = |arguments: &[&str]| {
        let mut command = isolated.command("timeout");
        let output = command.args(arguments).stdin(Stdio::null()).output().expect("it starts");
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    assert!(said(&["5", "getent", "hosts", "localhost"]).contains("192.0.2.77"));
    let connect = |address: &str| said(&["1", "openssl", "s_client", "-connect", &format!("{address}:443")]);
    assert_eq!(connect(NO_ANSWER), "");
    assert!(connect(NO_ROUTE).contains("No route to host"), "{}", connect(NO_ROUTE));
    assert!(connect(NO_PERMISSION).contains("Permission denied"), "{}", connect(NO_PERMISSION));
    // This machine's own names are as they were.
    let own = Command::new("getent").args(["hosts", "localhost"]).output().expect("it starts");
    assert!(!String::from_utf8_lossy(&own.stdout).contains("192.0.2.77"));
}
