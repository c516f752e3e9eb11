//! Proxies that put a certificate of their own in the place of the server's.

use certlens_testkit::program::{Presented, SServer};
use certlens_testkit::{CertificateBuilder, Extension, GeneralName, Key, Name, attributes, der, pem};

use crate::lab::{Kind, Lab};
use crate::row::{Row, Served, go_through};

fn squid(lab: &Lab) -> Option<Served> {
    Some(lab.site("lasting")?.through(lab.squid(Kind::Bumping)?.address()))
}

fn mitmproxy(lab: &Lab) -> Option<Served> {
    Some(lab.site("lasting")?.through(lab.mitmproxy()?.address()))
}

/// An appliance's own page, under a self-signed certificate with its maker's name.
fn appliance(lab: &Lab) -> Option<Served> {
    let key = Key::p256(230);
    let name = Name::cn("FGT60F").and(attributes::ORGANIZATION, der::utf8_string("Fortinet Ltd."));
    let own = CertificateBuilder::new(name, key)
        .extension(Extension::subject_alt_name([GeneralName::dns("host.test")]))
        .self_signed();
    lab.write("appliance.pem", pem::encode("CERTIFICATE", &own));
    let server = SServer::start(&Presented::new(key, [own]), &[]);
    Some(Served::at(server.address()).keep(server))
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "squid replaces the certificate, and its root is not trusted",
        start: squid,
        arguments: "probe https://host.test:{port} --proxy http://{proxy} --at {now}",
        exit: 1,
        failure: "",
        // Squid sends its root, and sends it twice.
        findings: &["anchor-not-trusted", "server-chain-surplus"],
        text: &["UNTRUSTED", "Squid CA of Example Corp"],
    },
    Row {
        name: "squid replaces the certificate, and its root is trusted",
        start: squid,
        arguments: "probe https://host.test:{port} --proxy http://{proxy} --at {now} --anchors corp.pem",
        exit: 0,
        failure: "",
        findings: &["server-chain-anchor", "server-chain-surplus"],
        text: &["TRUSTED", "Squid CA of Example Corp"],
    },
    Row {
        name: "mitmproxy replaces the certificate, and its root is not trusted",
        start: mitmproxy,
        arguments: "probe https://localhost:{port} --proxy http://{proxy} --at {now}",
        exit: 1,
        failure: "",
        // mitmproxy does not send its root, which its clients have or do not trust.
        findings: &["issuer-not-found", "server-certificate-replaced"],
        text: &["UNTRUSTED", "mitmproxy"],
    },
    Row {
        name: "mitmproxy replaces the certificate, and its root is trusted",
        start: mitmproxy,
        arguments: "probe https://localhost:{port} --proxy http://{proxy} --at {now} --anchors mitmproxy.pem",
        exit: 0,
        failure: "",
        findings: &["server-certificate-replaced"],
        // Who does not ask for it is told all the same.
        text: &[
            "TRUSTED https://localhost:{port}",
            "it seems that mitmproxy replaced the server's own on the way",
            "certlens intercept https://localhost:{port}",
        ],
    },
    Row {
        name: "the page of an appliance is its own",
        start: appliance,
        arguments: "probe https://host.test --connect {at} --anchors appliance.pem",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED https://host.test:443", "FGT60F"],
    },
    Row {
        name: "past the proxy the server's own certificate comes",
        start: squid,
        arguments: "probe https://localhost:{port} --proxy none --at {now}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "Lab Issuing CA"],
    },
];

#[test]
fn replaced() {
    go_through(ROWS);
}
