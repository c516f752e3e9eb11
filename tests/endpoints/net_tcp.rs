//! net.tcp, the protocol between nodes: with the right server, and with others.

use certlens_testkit::program::SServer;
use certlens_testkit::server::Server;
use certlens_testkit::server::net_tcp::{Framing, fault_record};

use crate::connection::closed;
use crate::lab::Lab;
use crate::row::{Row, Served, go_through};

/// A service with TLS, at this path.
fn encrypted(lab: &Lab, path: &str) -> Option<Served> {
    let behind = lab.site("good")?.address();
    Served::server(Framing::new(path).encrypted(behind).start())
}

fn node(lab: &Lab) -> Option<Served> {
    encrypted(lab, "/ExternalService.svc/")
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "a node with TLS",
        start: node,
        arguments: "probe net.tcp://{at}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED net.tcp://{at}", "the server agreed"],
    },
    Row {
        name: "verify of a node with TLS",
        start: node,
        arguments: "verify net.tcp://{at}",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED", "Lab Issuing CA"],
    },
    Row {
        name: "an endpoint by its path",
        start: |lab| encrypted(lab, "/Other.svc/"),
        arguments: "probe net.tcp://{at}/Other.svc/",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED"],
    },
    Row {
        name: "an endpoint by another address",
        start: |lab| encrypted(lab, "/Other.svc/"),
        arguments: "probe net.tcp://{at} --via net.tcp://node.corp.test:8060/Other.svc/",
        exit: 0,
        failure: "",
        findings: &[],
        text: &["TRUSTED"],
    },
    Row {
        name: "an endpoint that the service has not",
        start: |lab| encrypted(lab, "/Other.svc/"),
        arguments: "verify net.tcp://{at}",
        exit: 1,
        failure: "upgrade/endpoint-not-found",
        findings: &[],
        text: &["EndpointNotFound", "net.tcp://{at}/ExternalService.svc/", "--via"],
    },
    Row {
        name: "a node without TLS",
        start: |_| Served::server(Framing::new("/ExternalService.svc/").start()),
        arguments: "verify net.tcp://{at}",
        exit: 1,
        failure: "upgrade/upgrade-not-offered",
        findings: &[],
        text: &["UpgradeInvalid", "switch the encryption between nodes on"],
    },
    Row {
        name: "a node that is busy",
        start: |_| Served::server(Server::answering(fault_record("ServerTooBusy"))),
        arguments: "verify net.tcp://{at}",
        exit: 1,
        failure: "upgrade/upgrade-refused",
        findings: &[],
        text: &["ServerTooBusy", "try again later"],
    },
    Row {
        name: "plain TLS where net.tcp should be",
        start: |lab| {
            let server = SServer::start(&lab.pki.good(), &[]);
            Some(Served::at(server.address()).keep(server))
        },
        arguments: "verify net.tcp://{at}",
        exit: 1,
        failure: "upgrade/upgrade-plain-tls",
        findings: &[],
        text: &["TLS", "tls://{at}"],
    },
    Row {
        name: "HTTPS where net.tcp should be",
        start: |lab| lab.site("good"),
        arguments: "verify net.tcp://{at}",
        exit: 1,
        // nginx says in plain HTTP that it expected TLS.
        failure: "upgrade/upgrade-plain-http",
        findings: &[],
        text: &["is a web server", "probe https://{at}/"],
    },
    Row {
        name: "plain HTTP where net.tcp should be",
        start: |lab| lab.site("http"),
        arguments: "verify net.tcp://{at}",
        exit: 1,
        failure: "upgrade/upgrade-plain-http",
        findings: &[],
        text: &["is a web server", "Check the port"],
    },
    Row {
        name: "plain TCP that closes where net.tcp should be",
        start: |_| Served::server(Server::answering("")),
        arguments: "verify net.tcp://{at}",
        exit: 1,
        failure: "upgrade/upgrade-closed",
        findings: &[],
        text: &[
            "closed the connection without a word",
            "Check that a net.tcp (.NET Message Framing) server listens on this port",
        ],
    },
    Row {
        name: "plain TCP that says nothing where net.tcp should be",
        start: |_| Served::server(Server::silent()),
        arguments: "verify net.tcp://{at} --timeout 1",
        exit: 1,
        failure: "upgrade/upgrade-silent",
        findings: &[],
        text: &["sent nothing within 1 s", "firewall"],
    },
    Row {
        name: "nothing where net.tcp should be",
        start: |_| Some(closed()),
        arguments: "verify net.tcp://{at}",
        exit: 3,
        failure: "connect/connection-refused",
        findings: &[],
        text: &["refused the connection", "Check that the service runs"],
    },
    Row {
        name: "net.tcp where TLS should be",
        start: node,
        arguments: "probe https://{at}",
        exit: 1,
        failure: "tls/other-protocol",
        findings: &[],
        text: &["does not begin with TLS, but speaks net.tcp", "probe it by net.tcp://{at}"],
    },
];

#[test]
fn net_tcp() {
    go_through(ROWS);
}
