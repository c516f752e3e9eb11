//! Client certificates.

use certlens_testkit::program::SServer;

use crate::lab::Lab;
use crate::row::{Row, Served, go_through};

/// A server that goes on with certificates of the clients' CA alone.
pub(crate) fn demands(lab: &Lab) -> Option<Served> {
    let clients = lab.folder().join("clients.pem").display().to_string();
    let server = SServer::start(&lab.pki.good(), &["-Verify", "2", "-verify_return_error", "-CAfile", &clients]);
    Some(Served::at(server.address()).keep(server))
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "a client certificate is demanded",
        start: demands,
        arguments: "probe https://host.test --connect {at}",
        exit: 1,
        failure: "tls/client-certificate-demanded",
        findings: &[],
        text: &[
            "demands a client certificate",
            "it names one CA",
            "Clients Root",
            "12044",
            "Give a client certificate",
        ],
    },
    Row {
        name: "the client certificate is given in PEM",
        start: demands,
        arguments: "probe https://host.test --connect {at} --client-cert client.pem --client-key client.key",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "asked for, of one CA; given; TLS went on, and the server may still refuse"],
    },
    Row {
        name: "the client certificate is given as PFX",
        start: demands,
        arguments: "probe https://host.test --connect {at} --client-cert client.pfx --client-password-file password",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "asked for, of one CA; given; TLS went on, and the server may still refuse"],
    },
    Row {
        name: "a client certificate of another CA",
        start: demands,
        arguments: "probe https://host.test --connect {at} --client-cert outsider.pem --client-key outsider.key",
        exit: 1,
        failure: "tls/client-certificate-refused",
        findings: &[],
        text: &["refuses the client certificate", "Compare its issuer with the CAs that the server names"],
    },
    Row {
        name: "a client certificate is asked for, and nothing said without one",
        start: |lab| lab.site("clients-optional"),
        arguments: "probe https://host.test --connect {at}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "asked for, of one CA; none given; TLS went on, and the server may still refuse"],
    },
    Row {
        name: "a client certificate is missed only by the web server's answer",
        start: |lab| lab.site("clients-wanted"),
        arguments: "probe https://host.test --connect {at}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "asked for, of one CA; none given; TLS went on, and the server may still refuse"],
    },
];

#[test]
fn client_certificates() {
    go_through(ROWS);
}
