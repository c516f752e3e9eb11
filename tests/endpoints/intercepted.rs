//! Whether a proxy replaced the certificate, and how that is proven.

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
        text: &["mitmproxy", "{proxy}", "ignore_hosts"],
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
