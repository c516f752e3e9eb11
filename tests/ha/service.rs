//! `certlens ha --probe`: what comes of connecting to the nodes' service.

use std::net::{Ipv4Addr, TcpListener};

use certlens_testkit::Key;
use certlens_testkit::program::{Isolated, NO_ANSWER, NO_PERMISSION, NO_ROUTE, Presented, SServer};
use certlens_testkit::server::Server;
use certlens_testkit::server::net_tcp::{Framing, fault_record};
use serde_json::Value;

use crate::lab::{AT, Lab, outcome};

const PATH: &str = "/ExternalService.svc/";
const FIRST: &str = "node1.example.com=good.pfx";

/// One node whose service is at this port of loopback.
fn at(lab: &Lab, port: u16, more: &[&str]) -> (i32, String, Value) {
    let connect = format!("node1.example.com=127.0.0.1:{port}");
    lab.ha(&[FIRST], &[&["--probe", "--connect", &connect, "--timeout", "2"], more].concat())
}

/// What presents the certificate `NAME.pem` of the folder, whose key this is.
fn tls(lab: &Lab, name: &str, key: u32) -> SServer {
    let (pem, der) = (format!("{name}.pem"), format!("{name}.der"));
    lab.openssl(&["x509", "-in", &pem, "-outform", "DER", "-out", &der]);
    let certificate = std::fs::read(lab.path().join(der)).unwrap();
    SServer::start(&Presented::new(Key::rsa2048(key), [certificate]), &[])
}

/// A port of 127.0.0.1 where nothing listens.
fn closed_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn demand<'a>(json: &'a Value, node: usize, code: &str) -> &'a Value {
    let all = json["nodes"][node]["demands"].as_array().unwrap();
    all.iter().find(|demand| demand["code"] == code).unwrap_or(&Value::Null)
}

fn service(json: &Value) -> &Value {
    &json["nodes"][0]["service"]
}

#[test]
fn nothing_is_connected_to_unless_it_is_asked_for() {
    let lab = Lab::with_good();
    let (exit, text, json) = lab.ha(&[FIRST], &[]);
    assert_eq!((exit, outcome(&json["nodes"][0]["demands"], "port")), (0, "on_node"), "{text}");
    assert_eq!((&json["probed"], service(&json)), (&false.into(), &Value::Null));
    assert!(text.contains("`certlens ha --probe` connects to all from here"), "{text}");
}

#[test]
fn a_service_with_tls_and_the_certificate_of_the_file() {
    let lab = Lab::with_good();
    let tls = tls(&lab, "good", 0);
    let server = Framing::new(PATH).encrypted(tls.address()).start();
    let (exit, text, json) = at(&lab, server.port(), &[]);
    assert_eq!((exit, demand(&json, 0, "port")["outcome"].as_str()), (0, Some("pass")), "{text}");
    let presented = demand(&json, 0, "presented");
    assert_eq!((&presented["outcome"], &presented["weight"]), (&"pass".into(), &"should".into()), "{text}");
    assert_eq!(service(&json)["answers"], "tls");
    assert_eq!(service(&json)["presented"]["sha1"], json["nodes"][0]["certificate"]["sha1"]);
    assert!(text.contains("net.tcp, TLS on") && text.contains("which is not from the other nodes"), "{text}");
    // It was asked for by the node's name, whatever was connected to.
    let heard = String::from_utf8_lossy(&server.heard()).into_owned();
    assert!(heard.contains("net.tcp://node1.example.com:8060/ExternalService.svc/"), "{heard}");
}

#[test]
fn a_service_with_another_certificate() {
    let lab = Lab::with_good();
    lab.certificate("renewed", Key::rsa2048(1), |plain| plain);
    let tls = tls(&lab, "renewed", 1);
    let server = Framing::new(PATH).encrypted(tls.address()).start();
    let (exit, text, json) = at(&lab, server.port(), &[]);
    assert_eq!((exit, &json["answer"]), (0, &"ready".into()), "it should, and need not: {text}");
    let presented = demand(&json, 0, "presented");
    assert_eq!(presented["outcome"], "fail", "{text}");
    for thumbprint in [&service(&json)["presented"]["sha1"], &json["nodes"][0]["certificate"]["sha1"]] {
        assert!(presented["reason"].as_str().unwrap().contains(thumbprint.as_str().unwrap()), "{presented}");
    }
    assert!(text.contains("presented warning") && text.contains("Choose the certificate of the file"), "{text}");
}

#[test]
fn a_service_before_encryption_is_switched_on() {
    let lab = Lab::with_good();
    let plain = Framing::new(PATH).start();
    let (exit, text, json) = at(&lab, plain.port(), &[]);
    assert_eq!((exit, demand(&json, 0, "port")["outcome"].as_str()), (0, Some("pass")), "{text}");
    assert!(demand(&json, 0, "port")["reason"].as_str().unwrap().contains("TLS is not yet on"), "{text}");
    assert_eq!((service(&json)["answers"].as_str(), demand(&json, 0, "presented")), (Some("no_tls"), &Value::Null));
    // Where one node has it already, the others have the same rows.
    let tls = tls(&lab, "good", 0);
    let server = Framing::new(PATH).encrypted(tls.address()).start();
    let connect = [
        format!("node1.example.com=127.0.0.1:{}", plain.port()),
        format!("node2.example.com=127.0.0.1:{}", server.port()),
    ];
    let more = ["--probe", "--connect", &connect[0], "--connect", &connect[1]];
    let (exit, text, json) = lab.ha(&[FIRST, "node2.example.com=good.pfx"], &more);
    assert_eq!((exit, &demand(&json, 0, "presented")["outcome"]), (0, &"on_node".into()), "{text}");
    assert_eq!(demand(&json, 1, "presented")["outcome"], "pass");
    assert!(text.contains("node1 127.0.0.1:") && text.contains("presented on node pass"), "{text}");
}

/// S5 of the guide: "TCP error 10061".
#[test]
fn a_port_where_nothing_listens() {
    let lab = Lab::with_good();
    let port = closed_port();
    let (exit, text, json) = at(&lab, port, &[]);
    assert_eq!((exit, &json["decisive"]["code"]), (1, &"port".into()), "{text}");
    let reason = demand(&json, 0, "port")["reason"].as_str().unwrap();
    assert!(reason.starts_with("from this machine, at stage connect: ") && reason.contains("10061"), "{reason}");
    assert_eq!(service(&json)["endpoint"]["failure"]["cause"], "connection-refused");
    let ours =
        format!("certlens probe net.tcp://node1.example.com:8060/ExternalService.svc/ --connect 127.0.0.1:{port}");
    let theirs = "The same from another node: Test-NetConnection node1.example.com -Port 8060";
    assert!(text.contains(&ours) && text.contains(theirs), "{text}");
    assert!(text.contains("remote access from the intranet is switched on"), "{text}");
    // What was printed runs, and says the same.
    let again = lab.certlens(&ours.split(' ').skip(1).collect::<Vec<_>>());
    assert!(String::from_utf8_lossy(&again.stdout).contains("connection-refused"), "{again:?}");
    // The port is that which was given.
    let (_, text, _) = at(&lab, port, &["--port", "9060"]);
    assert!(text.contains("Test-NetConnection node1.example.com -Port 9060"), "{text}");
}

#[test]
fn what_answers_and_is_not_the_service() {
    let lab = Lab::with_good();
    let hangs_up = Server::closing();
    for (server, exit, answers, stage, cause) in [
        (Server::silent(), 1, "nothing", "upgrade", "upgrade-silent"),
        (Server::resetting(), 1, "nothing", "upgrade", "upgrade-reset"),
        (Server::answering("HTTP/1.1 400 Bad Request\r\n\r\n"), 1, "nothing", "upgrade", "upgrade-plain-http"),
        (Server::answering(fault_record("EndpointUnavailable")), 1, "nothing", "upgrade", "endpoint-unavailable"),
        (Server::answering(fault_record("ServerTooBusy")), 3, "other_service", "upgrade", "upgrade-refused"),
        (Framing::new("/Other.svc/").start(), 3, "other_service", "upgrade", "endpoint-not-found"),
        (Framing::new(PATH).encrypted(hangs_up.address()).start(), 1, "nothing", "tls", "closed-after-hello"),
    ] {
        let (found, text, json) = at(&lab, server.port(), &[]);
        assert_eq!((found, &json["decisive"]["code"]), (exit, &"port".into()), "{cause}: {text}");
        let failure = &service(&json)["endpoint"]["failure"];
        assert_eq!((&failure["stage"], &failure["cause"]), (&stage.into(), &cause.into()), "{text}");
        assert_eq!(service(&json)["answers"], answers, "{cause}");
        assert!(text.contains(&format!("at stage {stage}: ")) && text.contains(cause), "{text}");
    }
    // An address that no service has is not the service's fault.
    let (exit, text, json) = at(&lab, hangs_up.port(), &["--via", "/a b"]);
    assert_eq!((exit, service(&json)["answers"].as_str()), (3, Some("not_asked")), "{text}");
    // The address that the service has.
    let server = Framing::new("/Other.svc/").start();
    let (exit, text, _) = at(&lab, server.port(), &["--via", "/Other.svc/"]);
    assert_eq!(exit, 0, "{text}");
}

#[test]
fn a_node_whose_host_is_not_known() {
    let lab = Lab::with_good();
    let (exit, text, json) = lab.ha(&["good.pfx"], &["--probe"]);
    assert_eq!((exit, demand(&json, 0, "port")["outcome"].as_str()), (3, Some("on_node")), "{text}");
    assert_eq!(service(&json), &Value::Null);
}

/// Each outcome of names and networks, and what localhost is beside it.
#[test]
fn names_networks_and_localhost() {
    let lab = Lab::with_good();
    let own = "127.0.0.1 localhost\n";
    let node = |address: &str| format!("{own}{address} node1.example.com\n");
    let without = "127.0.0.1 node1.example.com\n".to_owned();
    for (hosts, dns, exit, stage, cause, localhost) in [
        (node("127.0.0.1"), false, 1, "connect", "connection-refused", None),
        (node(NO_ANSWER), false, 1, "connect", "connection-timed-out", None),
        (node(NO_ROUTE), false, 1, "connect", "host-unreachable", None),
        // Of which this machine is the cause.
        (node(NO_PERMISSION), false, 3, "connect", "connection-forbidden", None),
        (own.to_owned(), true, 3, "name", "name-servers-silent", None),
        (own.to_owned(), false, 1, "name", "name-not-resolved", None),
        (
            format!("192.0.2.1 localhost\n{without}"),
            false,
            1,
            "connect",
            "connection-refused",
            Some("localhost-elsewhere"),
        ),
        (without, false, 1, "connect", "connection-refused", Some("localhost-unresolved")),
    ] {
        let Some(network) = Isolated::new(&hosts, dns) else { return };
        let words = ["ha", FIRST, "--anchors", "root.pem", "--at", AT, "--password-file", "pw", "--probe"];
        let words = [&words[..], &["--timeout", "1"]].concat();
        let output = lab.isolated(&network, &[&words[..], &["--format", "json"]].concat());
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        crate::schema::check("ha-1", &json);
        assert_eq!(output.status.code(), Some(exit), "{hosts}: {json:#}");
        let failure = &service(&json)["endpoint"]["failure"];
        assert_eq!((&failure["stage"], &failure["cause"]), (&stage.into(), &cause.into()), "{hosts}");
        assert_eq!(json["findings"][0]["code"].as_str(), localhost, "{hosts}");
        let Some(code) = localhost else { continue };
        let output = lab.isolated(&network, &words);
        let text = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(code) && text.contains("`127.0.0.1 localhost`"), "{text}");
    }
}

/// S6 of the guide: "a non-recoverable error occurred during a database lookup".
#[test]
fn localhost_of_an_endpoint() {
    let lab = Lab::with_good();
    for (hosts, target, code) in [
        ("", "localhost:8060", Some("localhost-unresolved")),
        ("192.0.2.1 localhost\n", "a.localhost:8060", Some("localhost-elsewhere")),
        ("127.0.0.1 localhost\n", "localhost:8060", None),
        ("", "127.0.0.1:8060", None),
    ] {
        let Some(network) = Isolated::new(hosts, false) else { return };
        let arguments = ["probe", target, "--connect", "127.0.0.1", "--format", "json"];
        let output = lab.isolated(&network, &arguments);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        assert_eq!(json["endpoint"]["findings"][0]["code"].as_str(), code, "{hosts}: {json:#}");
        let text = lab.isolated(&network, &arguments[..4]);
        let text = String::from_utf8_lossy(&text.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(text.contains("`127.0.0.1 localhost`"), code.is_some(), "{text}");
    }
    for code in ["localhost-unresolved", "localhost-elsewhere", "presented", "port", "11003"] {
        let output = lab.certlens(&["explain", code]);
        assert!(output.status.success(), "{code}: {output:?}");
    }
}

#[test]
fn what_is_refused() {
    let lab = Lab::with_good();
    for (more, word) in [
        (&["--port", "9060"][..], "--probe"),
        (&["--via", "/a"], "--probe"),
        (&["--connect", "node1.example.com=127.0.0.1"], "--probe"),
        (&["--probe", "--port", "0"], "1..=65535"),
        (&["--probe", "--connect", "127.0.0.1"], "there is no = in it"),
        (&["--probe", "--connect", "node9.example.com=127.0.0.1"], "there is no node node9.example.com"),
        (&["--probe", "--connect", "node1.example.com=127.0.0.1:x"], "at octet"),
        (
            &["--probe", "--connect", "node1.example.com=127.0.0.1", "--connect", "NODE1.example.com=127.0.0.2"],
            "has two addresses",
        ),
        (&["--probe", "--proxy", "http://127.0.0.1:1"], "--proxy: does nothing without --fetch"),
        (&["--probe", "--timeout", "never"], "is not a number of seconds"),
    ] {
        let output = lab.certlens(&[&["ha", FIRST, "--password-file", "pw"], more].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {errors}");
        assert!(errors.contains(word), "{more:?}: {errors}");
    }
}
