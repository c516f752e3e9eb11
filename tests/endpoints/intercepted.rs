//! Whether a proxy replaced the certificate, and how that is proven.

use std::io::Write;
use std::process::{Command, Stdio};

use certlens_testkit::program::{PASSWORD, USER};
use certlens_testkit::{CertificateBuilder, Key, Name, attributes, der, pem};

use crate::lab::{Kind, Lab};
use crate::row::{Row, Served, go_through};

fn squid(lab: &Lab, kind: Kind) -> Option<Served> {
    Some(lab.site("lasting")?.through(lab.squid(kind)?.address()))
}

fn bumping(lab: &Lab) -> Option<Served> {
    squid(lab, Kind::Bumping)
}

fn open(lab: &Lab) -> Option<Served> {
    squid(lab, Kind::Open)
}

fn mitmproxy(lab: &Lab) -> Option<Served> {
    Some(lab.site("lasting")?.through(lab.mitmproxy()?.address()))
}

/// The same, and a root that has its name and another key.
fn other_installation(lab: &Lab) -> Option<Served> {
    let name = Name::cn("mitmproxy").and(attributes::ORGANIZATION, der::utf8_string("mitmproxy"));
    let root = CertificateBuilder::ca(name, Key::p256(77)).self_signed();
    lab.write("other-mitmproxy.pem", pem::encode("CERTIFICATE", &root));
    mitmproxy(lab)
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "a proxy that only passes on replaces nothing",
        start: open,
        arguments: "intercept https://host.test:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now}",
        exit: 0,
        failure: "",
        findings: &["not-replaced"],
        text: &["NOT REPLACED", "Another way shows the same certificate"],
    },
    Row {
        name: "mitmproxy, with direct access",
        start: mitmproxy,
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now}",
        exit: 1,
        failure: "",
        findings: &["replaced-untrusted"],
        text: &[
            "mitmproxy",
            "curl --fail --location --globoff --output proxy-root.crt http://mitm.it/cert/pem --proxy http://{proxy}",
            "Ask those who run the proxy, by another way than through it, for the SHA-256 of their root",
            "openssl x509 -in proxy-root.crt -noout -fingerprint -sha256",
            "--anchors proxy-root.crt",
            "certutil -addstore Root proxy-root.crt",
            "SSL_CERT_FILE is set here",
            "--ignore-hosts '^www\\.example\\.com:{port}$'",
            "this must say NOT REPLACED: certlens intercept https://www.example.com:{port}",
        ],
    },
    Row {
        name: "mitmproxy, whose root is given though it is not sent",
        start: mitmproxy,
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --intermediates mitmproxy.pem",
        exit: 1,
        failure: "",
        findings: &["replaced-untrusted"],
        text: &[
            "install the root O=mitmproxy,CN=mitmproxy (what came has the SHA-256",
            "for the SHA-256 of their root; it must be ",
        ],
    },
    Row {
        name: "mitmproxy, and the root of another installation is trusted here",
        start: other_installation,
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --anchors root.pem --anchors other-mitmproxy.pem",
        exit: 1,
        failure: "",
        findings: &["replaced-untrusted"],
        text: &[
            "A certificate of this name is here, in other-mitmproxy.pem, with another key",
            "or what came is an impostor's. Trust no other root until it is known which",
            "by another way than through it",
        ],
    },
    Row {
        name: "mitmproxy that is trusted here, with direct access",
        start: mitmproxy,
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --anchors root.pem --anchors mitmproxy.pem",
        exit: 1,
        failure: "",
        findings: &["replaced-trusted"],
        text: &["mitmproxy", "{proxy}", "ignore_hosts"],
    },
    Row {
        name: "mitmproxy, without direct access",
        start: mitmproxy,
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --no-direct",
        exit: 1,
        failure: "",
        findings: &["replaced-untrusted"],
        text: &["mitmproxy", "{proxy}", "ignore_hosts"],
    },
    Row {
        name: "squid, with direct access and the server's pin",
        start: bumping,
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --pin {pin} --anchors root.pem --anchors corp.pem",
        exit: 1,
        failure: "",
        findings: &["replaced-trusted"],
        text: &["Squid CA of Example Corp", "{proxy}", "pin"],
    },
    Row {
        // What is sent along is the word of whoever sends it.
        name: "squid, which sends its root along",
        start: bumping,
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --pin {pin}",
        exit: 1,
        failure: "",
        findings: &["replaced-untrusted"],
        text: &[
            "It was sent along; this puts it into a file",
            "--save-chain sent.pem",
            "--in sent.pem --save squid-ca-of-example-corp.pem",
            "by another way than through it, for the SHA-256 of their root; it must be ",
            "--anchors squid-ca-of-example-corp.pem",
        ],
    },
    Row {
        // What inspects TLS has no key of the client's.
        name: "squid before a host that asks for a client's certificate",
        start: |lab| Some(lab.site("clients-wanted")?.through(lab.squid(Kind::Bumping)?.address())),
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --pin {pin}",
        exit: 1,
        failure: "",
        findings: &["replaced-untrusted"],
        text: &["The host asks for a client's certificate", "must say NOT REPLACED", "--pin {pin}"],
    },
    Row {
        name: "a login in the proxy's URL is named by what is printed, and its password is not",
        start: |lab| squid(lab, Kind::Basic),
        arguments: "intercept https://host.test:{port} --proxy http://reader%40corp:pass%3Aword@{proxy} --at {now} --no-direct --anchors stranger.pem",
        exit: 3,
        failure: "",
        findings: &["cannot-tell"],
        text: &["CANNOT TELL", "is not trusted here", "--proxy-user reader@corp --proxy-password-file FILE"],
    },
    Row {
        name: "a proxy that wants a login is told how",
        start: |lab| squid(lab, Kind::Basic),
        arguments: "intercept https://host.test:{port} --proxy http://{proxy} --at {now} --no-direct",
        exit: 3,
        failure: "",
        findings: &["cannot-tell"],
        text: &[
            "certlens intercept https://host.test:{port}",
            "--no-direct --proxy-user NAME --proxy-password-file FILE",
        ],
    },
    Row {
        name: "a private CA's certificate for another name",
        start: |lab| lab.site("elsewhere"),
        arguments: "intercept https://host.test --connect {at}",
        exit: 3,
        failure: "",
        findings: &["cannot-tell"],
        text: &["A certificate for another name answered", "Besides, it is not trusted here"],
    },
    Row {
        name: "squid on an internal name, without direct access",
        start: bumping,
        arguments: "intercept https://host.test:{port} --proxy http://{proxy} --at {now} --no-direct --anchors corp.pem",
        exit: 3,
        failure: "",
        findings: &["cannot-tell"],
        text: &["Something speaks for a replacement, and not enough", "the public key of a CA above it"],
    },
    Row {
        name: "squid, without direct access, with references",
        start: bumping,
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --no-direct --reference https://mail.example.net:{port} --anchors corp.pem",
        exit: 1,
        failure: "",
        findings: &["replaced-trusted"],
        text: &["Squid CA of Example Corp", "mail.example.net"],
    },
    Row {
        name: "a private CA on an internal name is no interception",
        start: open,
        arguments: "intercept https://host.test:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --no-direct",
        exit: 3,
        failure: "",
        findings: &["cannot-tell"],
        text: &["CANNOT TELL", "a name that public CAs do not issue for", "What to do"],
    },
    Row {
        name: "the server's pin settles it without direct access",
        start: open,
        arguments: "intercept https://host.test:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --no-direct --pin {pin}",
        exit: 0,
        failure: "",
        findings: &["not-replaced"],
        text: &["NOT REPLACED", "A key of the chain has a pin that was given"],
    },
    Row {
        name: "squid replaces the certificate of an internal name: its CA's key is in it",
        start: bumping,
        arguments: "intercept https://host.test:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --anchors root.pem --anchors corp.pem",
        exit: 1,
        failure: "",
        findings: &["replaced-trusted"],
        text: &[
            "TRUSTED FOR THIS RUN",
            "Squid CA of Example Corp",
            "certlens verify https://host.test:{port} --connect 127.0.0.1:{port}",
            "--proxy http://{proxy}",
            "Another certificate, seen direct, which may be the host's own",
            "What to send to those who run the proxy",
        ],
    },
    Row {
        name: "squid replaces the certificate of an internal name, and is not trusted",
        start: bumping,
        arguments: "intercept https://host.test:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now}",
        exit: 1,
        failure: "",
        findings: &["replaced-untrusted"],
        text: &["NOT TRUSTED FOR THIS RUN", "proxy-root.crt", "have host.test:{port} exempted on squid"],
    },
    Row {
        name: "a company's own CA on a registered name is no replacement",
        start: |lab| lab.site("lasting"),
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --at {now}",
        exit: 3,
        failure: "",
        findings: &["cannot-tell"],
        text: &[
            "CANNOT TELL",
            "A private CA that is trusted here",
            "Compare with what a proxy shows (--proxy)",
            "sha256/",
        ],
    },
    Row {
        name: "a private CA that is not trusted: no root to be installed is offered",
        start: |lab| lab.site("stranger"),
        arguments: "intercept https://host.test:{port} --connect 127.0.0.1:{port} --proxy none",
        exit: 3,
        failure: "",
        findings: &["cannot-tell"],
        text: &[
            "install no root before it is known whose it is",
            "certlens probe https://host.test:{port}",
            "--proxy none",
        ],
    },
    Row {
        name: "a pin that is out of date is to be checked first",
        start: |lab| lab.site("lasting"),
        arguments: "intercept https://host.test:{port} --connect 127.0.0.1:{port} --at {now} --pin sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        exit: 1,
        failure: "",
        findings: &["replaced-trusted"],
        text: &[
            "What to do 1. Check the pin first: it may be out of date. The key that is seen direct is {pin}",
            "those who run the network",
        ],
    },
    Row {
        name: "references are asked without what is the endpoint's alone, and those that say nothing are named",
        start: bumping,
        arguments: "intercept https://www.example.com:{port} --connect 127.0.0.1:{port} --proxy http://{proxy} --at {now} --anchors corp.pem --reference https://api.example.com:{port} --reference https://mail.example.net:{port}",
        exit: 1,
        failure: "",
        findings: &["replaced-trusted"],
        text: &[
            "Reference api.example.com it has the same domain as www.example.com",
            "Reference mail.example.net direct: not reached",
            "same private CA key",
        ],
    },
    Row {
        name: "what a server shows when it is asked without its name is not the host's",
        start: crate::handshake::resets_the_name,
        arguments: "intercept https://host.test --connect {at}",
        exit: 1,
        failure: "",
        findings: &["cannot-tell"],
        text: &["no certificate to judge", "Without the name host.test (SNI) it answers"],
    },
    Row {
        name: "nor is what it shows to TLS 1.2 alone, and no pin changes that",
        start: crate::handshake::resets_tls_1_3,
        arguments: "intercept https://host.test --connect {at} --pin {pin}",
        exit: 1,
        failure: "",
        findings: &["cannot-tell"],
        text: &["no certificate to judge", "With TLS 1.2 alone it answers"],
    },
    Row {
        name: "not replaced, and no client gets in without a certificate",
        start: crate::login::demands,
        arguments: "intercept https://host.test --connect {at} --pin {pin}",
        exit: 1,
        failure: "",
        findings: &["not-replaced"],
        text: &["NOT REPLACED, BUT THE CONNECTION FAILS", "certificate"],
    },
    Row {
        name: "plain HTTP is an answer, and no way to tell",
        start: |lab| lab.site("http"),
        arguments: "intercept https://host.test --connect {at}",
        exit: 1,
        failure: "",
        findings: &["cannot-tell"],
        text: &["no certificate to judge", "plain HTTP", "give the port of HTTPS"],
    },
    Row {
        name: "a server that speaks old versions alone proves no key, and no pin changes that",
        start: |lab| lab.site("tls-1.0"),
        arguments: "intercept https://host.test --connect {at}",
        exit: 1,
        failure: "",
        findings: &["cannot-tell"],
        text: &["CANNOT TELL", "Lab Issuing CA", "Have TLS 1.2 or later switched on"],
    },
    Row {
        name: "neither way leads there",
        start: |lab| Some(crate::connection::closed().through(lab.squid(Kind::Open)?.address())),
        arguments: "intercept https://host.test:{port} --connect 127.0.0.1:{port} --proxy http://{proxy}",
        exit: 3,
        failure: "",
        findings: &["cannot-tell"],
        text: &["refused the connection", "ERR_CONNECT_FAIL"],
    },
];

#[test]
fn intercepted() {
    go_through(ROWS);
}

/// Runs it in the lab's folder, with this on standard input.
fn run(lab: &Lab, arguments: &str, input: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
    for variable in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(variable).env_remove(variable.to_ascii_uppercase());
    }
    command.env("SSL_CERT_FILE", "root.pem").current_dir(lab.folder());
    let (variables, words): (Vec<&str>, Vec<&str>) =
        arguments.split(' ').partition(|word| word.contains('=') && !word.starts_with('-'));
    command.envs(variables.iter().filter_map(|word| word.split_once('='))).args(words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Whoever reads nothing has closed it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).split_whitespace().collect::<Vec<_>>().join(" ");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn without_a_way_it_says_why() {
    let lab = Lab::new();
    let (exit, _, error) = run(&lab, "intercept https://host.test --no-direct", "");
    assert_eq!(exit, Some(2), "{error}");
    assert!(error.contains("no proxy is given or set"), "{error}");
    let exempt = "HTTPS_PROXY=http://127.0.0.1:9 NO_PROXY=host.test intercept https://host.test --no-direct";
    let (exit, _, error) = run(&lab, exempt, "");
    assert_eq!(exit, Some(2), "{error}");
    assert!(error.contains("NO_PROXY exempts it"), "{error}");
    let (exit, _, error) = run(&lab, "intercept https://host.test:443 --reference https://host.test:8443", "");
    assert_eq!(exit, Some(2), "{error}");
    assert!(error.contains("own host at another port than 443"), "{error}");
}

#[test]
fn no_input_is_overwritten() {
    let lab = Lab::new();
    for (option, file) in
        [("--anchors", "root.pem"), ("--intermediates", "issuing.pem"), ("--client-cert", "client.pem")]
    {
        let key = if option == "--client-cert" { " --client-key client.key" } else { "" };
        let before = std::fs::read(lab.folder().join(file)).unwrap();
        let arguments =
            format!("intercept tls://127.0.0.1:9 --proxy none {option} {file}{key} --output {file} --force");
        let (exit, _, error) = run(&lab, &arguments, "");
        assert_eq!(exit, Some(2), "{error}");
        assert!(error.contains("is an input of this command"), "{error}");
        assert_eq!(std::fs::read(lab.folder().join(file)).unwrap(), before, "{file}");
    }
}

#[test]
fn what_comes_by_standard_input_is_read_once_for_all_ways() {
    let lab = Lab::new();
    let (Some(site), Some(squid)) = (lab.site("good"), lab.squid(Kind::Basic)) else {
        eprintln!("SKIPPED: a password by standard input for two proxies");
        return;
    };
    let (at, proxy) = (site.address(), squid.address());
    let arguments = format!(
        "intercept https://host.test:{} --connect {at} --no-direct --proxy http://{proxy} --proxy http://localhost:{} --proxy-user {USER} --proxy-password-file - --at 2026-07-01T00:00:00Z --anchors root.pem --format json",
        at.port(),
        proxy.port()
    );
    let (_, json, error) = run(&lab, &arguments, &format!("{PASSWORD}\n"));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap_or_else(|_| panic!("{error}"));
    let ways = json["ways"].as_array().unwrap();
    assert_eq!(ways.len(), 2, "{ways:?}");
    for way in ways {
        assert_eq!(way["trusted_here"], true, "{way}");
    }
}

/// An HTTP proxy and a SOCKS proxy at one port are two.
#[test]
fn ways_differ_by_their_scheme() {
    let lab = Lab::new();
    let closed = crate::connection::closed().address();
    let arguments = format!(
        "intercept https://host.test --no-direct --proxy http://{closed} --proxy socks5h://{closed} --proxy http://{closed} --format json"
    );
    let (exit, json, error) = run(&lab, &arguments, "");
    assert_eq!(exit, Some(3), "{error}");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let ways: Vec<&str> = json["ways"].as_array().unwrap().iter().filter_map(|way| way["way"].as_str()).collect();
    assert_eq!(ways, [format!("through http://{closed}"), format!("through socks5h://{closed}")]);
}
