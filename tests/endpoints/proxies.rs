//! Proxies that open tunnels, or do not.

use certlens_testkit::program::SServer;
use certlens_testkit::server::Server;
use certlens_testkit::server::http_proxy::{self, Reply};
use certlens_testkit::server::socks5::Socks5;

use crate::connection::closed;
use crate::lab::{Kind, Lab};
use crate::row::{Row, Served, go_through};

/// The sound server behind a squid.
fn behind(lab: &Lab, kind: Kind) -> Option<Served> {
    let squid = lab.squid(kind)?;
    Some(lab.site("good")?.through(squid.address()))
}

/// The sound server behind this proxy.
fn behind_server(lab: &Lab, proxy: Server) -> Option<Served> {
    let address = proxy.address();
    Some(lab.site("good")?.through(address).keep(proxy))
}

/// A proxy that answers each of several requests so.
fn answers(lab: &Lab, status: &str, fields: &str, page: &str) -> Option<Served> {
    behind_server(lab, http_proxy::start(vec![Reply::page(status, fields, page); 20]))
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "a proxy that only passes on",
        start: |lab| behind(lab, Kind::Open),
        arguments: "probe https://host.test:{port} --proxy http://{proxy}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED https://host.test:{port}", "opened, named by --proxy", "Lab Issuing CA"],
    },
    Row {
        name: "verify through a proxy",
        start: |lab| behind(lab, Kind::Open),
        arguments: "verify host.test:{port} --proxy http://{proxy}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED"],
    },
    Row {
        name: "the proxy of a .NET program",
        start: |lab| {
            let served = behind(lab, Kind::Open)?;
            let proxy = lab.squid(Kind::Open)?.address();
            let proxy = format!("<proxy usesystemdefault=\"false\" proxyaddress=\"http://{proxy}\"/>");
            let section = format!("<system.net><defaultProxy enabled=\"true\">{proxy}</defaultProxy></system.net>");
            lab.write("diahost.exe.config", format!("<configuration>{section}</configuration>"));
            Some(served)
        },
        arguments: "probe https://host.test:{port} --proxy-from diahost.exe.config",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "opened, named by diahost.exe.config"],
    },
    Row {
        name: "the proxy of the environment",
        start: |lab| behind(lab, Kind::Open),
        arguments: "HTTPS_PROXY=http://{proxy} probe https://host.test:{port}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "HTTPS_PROXY"],
    },
    Row {
        name: "a host that the environment exempts from its proxy",
        start: |lab| behind(lab, Kind::Open),
        arguments: "HTTPS_PROXY=http://{proxy} NO_PROXY=.test probe https://host.test:{port} --connect {at}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "without a proxy", "NO_PROXY"],
    },
    Row {
        name: "net.tcp through a proxy",
        start: |lab| {
            let framing = certlens_testkit::server::net_tcp::Framing::new("/ExternalService.svc/");
            let node = framing.encrypted(lab.site("good")?.address()).start();
            Some(Served::at(node.address()).through(lab.squid(Kind::Open)?.address()).keep(node))
        },
        arguments: "probe net.tcp://host.test:{port} --proxy http://{proxy}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED net.tcp://host.test:{port}"],
    },
    Row {
        name: "a name that the proxy does not know",
        start: |lab| behind(lab, Kind::Open),
        arguments: "probe https://no-such-host.invalid --proxy http://{proxy} --timeout 10",
        exit: 3,
        // By its resolver's answer, or by none in time.
        failure: "proxy/proxy-name-unresolved|proxy/proxy-cannot-connect|proxy/proxy-silent",
        findings: &[],
        text: &["STOPPED AT THE PROXY", "proxy {proxy}", "no-such-host.invalid"],
    },
    Row {
        name: "a port that the proxy forbids",
        start: |lab| behind(lab, Kind::Open),
        arguments: "probe https://host.test:1 --proxy http://{proxy}",
        exit: 3,
        failure: "proxy/proxy-forbids",
        findings: &[],
        text: &[
            "STOPPED AT THE PROXY",
            "403 Forbidden (ERR_ACCESS_DENIED",
            "Ask its administrator to allow CONNECT to host.test:1",
        ],
    },
    Row {
        name: "a port that the proxy finds closed",
        start: |lab| behind(lab, Kind::Open),
        arguments: "probe https://host.test:2 --proxy http://{proxy}",
        exit: 3,
        failure: "proxy/proxy-cannot-connect",
        findings: &[],
        text: &["503 Service Unavailable (ERR_CONNECT_FAIL", "ask whether the proxy may reach it"],
    },
    Row {
        name: "a login by Basic that is not given",
        start: |lab| behind(lab, Kind::Basic),
        arguments: "probe https://host.test:{port} --proxy http://{proxy}",
        exit: 3,
        failure: "proxy/proxy-authentication-required",
        findings: &[],
        text: &["wants a login (it offers Basic)", "12015", "Give user name and password"],
    },
    Row {
        name: "a login by Basic that is wrong",
        start: |lab| behind(lab, Kind::Basic),
        arguments: "probe https://host.test:{port} --proxy http://reader%40corp:wrong@{proxy}",
        exit: 3,
        failure: "proxy/proxy-credentials-refused",
        findings: &[],
        text: &["did not accept user name and password by Basic", "Correct user name or password"],
    },
    Row {
        name: "a login by Basic",
        start: |lab| behind(lab, Kind::Basic),
        arguments: "probe https://host.test:{port} --proxy http://reader%40corp:pass%3Aword@{proxy}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "Basic"],
    },
    Row {
        name: "a login by Digest that is not given",
        start: |lab| behind(lab, Kind::Digest),
        arguments: "probe https://host.test:{port} --proxy http://{proxy}",
        exit: 3,
        failure: "proxy/proxy-authentication-required",
        findings: &[],
        text: &["wants a login (it offers Digest)", "Give user name and password"],
    },
    Row {
        name: "a login by Digest, the password in a file",
        start: |lab| behind(lab, Kind::Digest),
        arguments: "probe https://host.test:{port} --proxy http://{proxy} --proxy-user reader@corp --proxy-password-file proxy-password",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "Digest"],
    },
    Row {
        name: "a login by a domain account alone",
        start: |lab| {
            let schemes = "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n";
            answers(lab, "407 Proxy Authentication Required", schemes, "")
        },
        arguments: "probe https://host.test:{port} --proxy http://{proxy}",
        exit: 3,
        failure: "proxy/proxy-authentication-required",
        findings: &[],
        text: &["it offers Negotiate, NTLM", "cntlm", "only Basic and Digest are spoken here"],
    },
    Row {
        name: "a proxy whose destination does not answer",
        start: |lab| answers(lab, "504 Gateway Timeout", "", "<title>Timeout</title>"),
        arguments: "probe https://host.test:{port} --proxy http://{proxy}",
        exit: 3,
        failure: "proxy/proxy-destination-timed-out",
        findings: &[],
        text: &["504 Gateway Timeout", "a firewall behind the proxy"],
    },
    Row {
        name: "a proxy that wants users to log in on a page",
        start: |lab| answers(lab, "302 Found", "Location: http://portal.test/login\r\n", ""),
        arguments: "probe https://host.test:{port} --proxy http://{proxy}",
        exit: 3,
        failure: "proxy/proxy-login-page",
        findings: &[],
        text: &["http://portal.test/login", "log in by a browser"],
    },
    Row {
        name: "a web server that is no proxy",
        start: |lab| Some(lab.site("good")?.through(lab.site("http")?.address())),
        arguments: "probe https://host.test:{port} --proxy http://{proxy}",
        exit: 3,
        failure: "proxy/proxy-declined",
        findings: &[],
        text: &["400 Bad Request", "or is none"],
    },
    Row {
        name: "a proxy under TLS that is spoken to without",
        start: |lab| {
            let proxy = SServer::start(&lab.pki.good(), &[]);
            let address = proxy.address();
            Some(lab.site("good")?.through(address).keep(proxy))
        },
        arguments: "probe https://host.test:{port} --proxy http://{proxy}",
        exit: 3,
        failure: "proxy/proxy-closed",
        findings: &[],
        text: &["closed the connection", "an HTTP proxy, and not one under TLS (https:) or SOCKS"],
    },
    Row {
        name: "a proxy under TLS",
        start: |lab| behind(lab, Kind::Secure),
        arguments: "probe https://host.test:{port} --proxy https://reader%40corp:pass%3Aword@localhost:{proxy-port}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "Basic"],
    },
    Row {
        name: "a proxy under TLS that is not trusted gets no password",
        start: |lab| behind(lab, Kind::Secure),
        arguments: "SSL_CERT_FILE=stranger.pem probe https://host.test:{port} --proxy https://reader%40corp:pass%3Aword@localhost:{proxy-port}",
        exit: 3,
        failure: "proxy/proxy-tls",
        findings: &[],
        text: &["its certificate is not accepted", "Have the CA of the proxy's certificate trusted here"],
    },
    Row {
        name: "a proxy that says nothing",
        start: |lab| behind_server(lab, Server::silent()),
        arguments: "probe https://host.test:{port} --proxy http://{proxy} --timeout 1",
        exit: 3,
        failure: "proxy/proxy-silent",
        findings: &[],
        text: &["proxy {proxy} sent nothing within 1 s", "check kind and port"],
    },
    Row {
        name: "a proxy that hangs up",
        start: |lab| behind_server(lab, Server::answering("")),
        arguments: "probe https://host.test:{port} --proxy http://{proxy}",
        exit: 3,
        failure: "proxy/proxy-closed",
        findings: &[],
        text: &["closed the connection without a word", "its log says why"],
    },
    Row {
        name: "no proxy where one should be",
        start: |lab| Some(lab.site("good")?.through(closed().address())),
        arguments: "probe https://host.test:{port} --proxy http://{proxy}",
        exit: 3,
        failure: "connect/connection-refused",
        findings: &[],
        text: &["proxy {proxy} refused the connection", "Check also that the proxy's host and port are right"],
    },
    Row {
        name: "a SOCKS proxy that resolves names",
        start: |lab| behind_server(lab, Socks5::new().start()),
        arguments: "probe https://host.test:{port} --proxy socks5h://{proxy}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "proxy"],
    },
    Row {
        name: "a SOCKS proxy that takes addresses alone",
        start: |lab| behind_server(lab, Socks5::new().without_names().start()),
        arguments: "probe https://localhost:{port} --proxy socks5://{proxy}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED"],
    },
    Row {
        name: "a SOCKS proxy that wants a login",
        start: |lab| behind_server(lab, Socks5::new().login("user", "secret").start()),
        arguments: "probe https://host.test:{port} --proxy socks5h://{proxy}",
        exit: 3,
        failure: "proxy/proxy-authentication-required",
        findings: &[],
        text: &["proxy {proxy}", "login"],
    },
    Row {
        name: "a SOCKS proxy with a login",
        start: |lab| behind_server(lab, Socks5::new().login("user", "secret").start()),
        arguments: "probe https://host.test:{port} --proxy socks5h://{proxy} --proxy-user user --proxy-password-file password",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED"],
    },
    Row {
        name: "a SOCKS proxy that finds the port closed",
        start: |lab| behind_server(lab, Socks5::new().start()),
        arguments: "probe https://host.test:2 --proxy socks5h://{proxy}",
        exit: 3,
        failure: "proxy/proxy-cannot-connect",
        findings: &[],
        text: &["proxy {proxy}", "host.test:2"],
    },
    Row {
        name: "an HTTP proxy where SOCKS should be",
        start: |lab| behind(lab, Kind::Open),
        arguments: "probe https://host.test:{port} --proxy socks5h://{proxy} --timeout 1",
        exit: 3,
        // Squid waits for the rest of a request.
        failure: "proxy/proxy-silent",
        findings: &[],
        text: &["proxy {proxy} sent nothing within 1 s", "this is no proxy of this kind: check kind and port"],
    },
];

#[test]
fn proxies() {
    go_through(ROWS);
}
