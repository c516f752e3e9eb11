//! What WCF's framing answers when it does not go on.

use certlens_probe::Failure;
use certlens_probe::upgrade::{Asked, Protocol, upgrade};
use certlens_testkit::server::Server;
use certlens_testkit::server::net_tcp::{Framing, fault_record};

use crate::support::connect;

async fn fails(server: &Server, via: Option<&str>) -> Failure {
    let asked = Asked { via, ..Asked::new("127.0.0.1", server.port()) };
    upgrade(Protocol::NetTcp, connect(server.port()).await, &asked).await.unwrap_err()
}

#[tokio::test]
async fn another_endpoint() {
    let server = Framing::new("/Other.svc/").start();
    let failure = fails(&server, None).await;
    assert_eq!(failure.cause, "endpoint-not-found");
    let via = format!("net.tcp://127.0.0.1:{}/ExternalService.svc/", server.port());
    assert!(failure.message.contains(&format!("for {via} with the fault EndpointNotFound")), "{failure:?}");
    assert!(failure.hint.contains("--via"), "{failure:?}");
}

#[tokio::test]
async fn a_binding_without_tls() {
    let server = Framing::new("/ExternalService.svc/").start();
    let failure = fails(&server, None).await;
    assert_eq!(failure.cause, "upgrade-not-offered");
    assert!(failure.message.ends_with("with the fault UpgradeInvalid"), "{failure:?}");
    assert!(failure.hint.contains("switch the encryption between nodes on"), "{failure:?}");
}

#[tokio::test]
async fn every_fault_of_wcf_has_its_cure() {
    for (name, cause, hint) in [
        ("EndpointNotFound", "endpoint-not-found", "--via"),
        ("EndpointUnavailable", "endpoint-unavailable", "start the service"),
        ("ConnectionDispatchFailed", "endpoint-unavailable", "event log"),
        ("ServiceActivationFailed", "endpoint-unavailable", "event log"),
        ("ServerTooBusy", "upgrade-refused", "try again"),
        ("UpgradeInvalid", "upgrade-not-offered", "application/negotiate"),
        ("ContentTypeInvalid", "upgrade-refused", "encoding"),
        ("UnsupportedMode", "upgrade-refused", "streamed"),
        ("UnsupportedVersion", "upgrade-refused", "version"),
        ("ViaTooLong", "upgrade-refused", "too long"),
        ("ContentTypeTooLong", "upgrade-refused", "limits"),
        ("MaxMessageSizeExceededFault", "upgrade-refused", "limits"),
        ("SomethingNew", "upgrade-refused", "log"),
    ] {
        let server = Server::answering(fault_record(name));
        let failure = fails(&server, None).await;
        assert_eq!(failure.cause, cause, "{failure:?}");
        assert!(failure.message.contains(&format!("the fault {name}")) && failure.hint.contains(hint), "{failure:?}");
    }
    let failure = fails(&Server::answering(b"\x08\x07my\nown\xff".as_slice()), None).await;
    assert!(failure.message.contains("the fault “my own\u{fffd}”"), "{failure:?}");
}

#[tokio::test]
async fn records_that_are_none() {
    for (octets, at, says) in [
        (&b"\x0b"[..], 0, "not yet the end of the preamble"),
        (b"\x0a\x0a", 1, "nothing more before TLS begins"),
        (b"\x06\x01", 0, "an upgrade response, 0a, or a fault, 08"),
        (b"\x08\x80\x80\x80\x80\x80\x80", 1, "at most five octets"),
    ] {
        let failure = fails(&Server::answering(octets), None).await;
        assert_eq!(failure.cause, "upgrade-unexpected");
        assert!(failure.message.contains(&format!("at octet {at} of what it sent ")), "{failure:?}");
        assert!(failure.message.contains(says), "{failure:?}");
    }
    let failure = fails(&Server::answering(b"\x08\xff\xff\x03".as_slice()), None).await;
    assert_eq!(failure.cause, "upgrade-too-long");
    assert!(failure.message.contains("from octet 1 on more than 1024"), "{failure:?}");
}
