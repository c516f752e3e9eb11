//! What the causes mean for which an endpoint is not reached or TLS fails, beside those
//! that retrieval has too.

use super::{Cause, cause};

/// These causes, by name.
pub(crate) const CAUSES: &[Cause] = &[
    cause(
        "client-certificate-demanded",
        "The server demands a client certificate, and got none.",
        "Give one with --client-cert; the report names the CAs from which the server takes them.",
    ),
    cause(
        "client-certificate-refused",
        "The server does not accept the client certificate that it got.",
        "Compare its issuer with the CAs that the report names, and its validity; the server's log says why.",
    ),
    cause(
        "closed-after-hello",
        "The connection is accepted, and closed without a word once TLS begins.",
        "The service may not speak TLS at this port, something between may end it, or a Windows server cannot use its key: look into its System log for Schannel's event 36870.",
    ),
    cause(
        "closed-in-handshake",
        "The server closed the connection in the middle of the handshake.",
        "Look into the server's log.",
    ),
    cause(
        "connection-failed",
        "The connection could not be made, in a way that is not known more closely.",
        "The report has the system's words.",
    ),
    cause(
        "connection-forbidden",
        "This machine may not connect there: a rule of its own forbids it.",
        "Look at the local firewall and at what this program is allowed.",
    ),
    cause(
        "connection-timed-out",
        "Nothing came back: a firewall drops what is sent, or there is no such host.",
        "Have the port opened on the way there, in both directions, and check the address.",
    ),
    cause(
        "endpoint-not-found",
        "The net.tcp server has no endpoint of the address that it was asked for.",
        "Give the address as the service is configured with --via: host, port and path must be the same.",
    ),
    cause(
        "endpoint-unavailable",
        "Port sharing knows the net.tcp endpoint, and its service does not answer.",
        "Start the service, and look into the event log.",
    ),
    cause(
        "handshake-silent",
        "The connection is accepted, and nothing comes back once TLS begins.",
        "A firewall may drop what looks like TLS, the service may wait for another protocol, or it hangs.",
    ),
    cause(
        "handshake-timed-out",
        "The handshake began, and did not end in time.",
        "The service is overloaded or hangs, or large packets get lost on the way.",
    ),
    cause(
        "handshake-too-large",
        "The peer sends more than a handshake can have.",
        "No sound server does so; the peer is faulty or hostile.",
    ),
    cause(
        "handshake-unusable",
        "There can be no such handshake, because of what was asked for.",
        "Change the name to ask for (SNI) or the client certificate.",
    ),
    cause(
        "host-unreachable",
        "There is no route to the host or its network.",
        "Check the routing of this machine, the VPN and the address.",
    ),
    cause(
        "name-not-wanted",
        "The server answers, but not when it is asked for this name (SNI).",
        "The server has no site of that name, or a firewall between refuses the name: have it allowed there.",
    ),
    cause(
        "name-servers-silent",
        "No name server answered.",
        "Check which DNS servers this machine asks, and that port 53 to them is open.",
    ),
    cause(
        "needs-upgrade",
        "The server waits for its protocol's own request for TLS.",
        "Write the endpoint with that protocol's scheme, as smtp://HOST or net.tcp://HOST:PORT.",
    ),
    cause("no-random-numbers", "The system gives no random numbers.", "Restart the system."),
    cause("not-tls", "What answers does not speak TLS.", "Check the port, and whether TLS is switched on there."),
    cause(
        "other-protocol",
        "What answers begins with another protocol than TLS.",
        "Write the endpoint with that protocol's scheme, so that TLS is asked for in its way.",
    ),
    cause(
        "plain-http",
        "The server speaks plain HTTP at this port.",
        "Give the port of HTTPS, have TLS switched on, or connect through a proxy by --proxy.",
    ),
    cause(
        "proxy-cannot-connect",
        "The proxy cannot reach the host.",
        "Check from the proxy's side that the host's name resolves and its port is open; tell those who run it.",
    ),
    cause(
        "proxy-closed",
        "The proxy closed the connection instead of answering.",
        "Check that it is a proxy of this kind, and look into its log.",
    ),
    cause(
        "proxy-credentials",
        "User name or password cannot be sent in the way that the proxy wants.",
        "Use another login.",
    ),
    cause(
        "proxy-credentials-refused",
        "The proxy does not accept the user name and password.",
        "Check both; after some tries accounts get locked.",
    ),
    cause(
        "proxy-declined",
        "The proxy does not open a tunnel to this host.",
        "Have host and port allowed on the proxy; the report has its words.",
    ),
    cause("proxy-destination", "The host's name cannot be asked of a proxy.", "Correct the host name."),
    cause(
        "proxy-destination-timed-out",
        "The proxy did not reach the host in time.",
        "Have the port opened between proxy and host.",
    ),
    cause(
        "proxy-forbids",
        "The proxy's rules forbid this host or port.",
        "Have it allowed on the proxy; the report names the rule, if the proxy does.",
    ),
    cause(
        "proxy-login-page",
        "The proxy, or a captive portal, wants users to log in on a page.",
        "Log in by a browser, or have this machine exempted.",
    ),
    cause(
        "proxy-malformed",
        "What the proxy answers breaks the rules of its protocol.",
        "Check that it is a proxy of this kind, and its port.",
    ),
    cause(
        "proxy-name-unresolved",
        "The proxy cannot resolve the host's name.",
        "Check the name, or have the proxy's DNS servers know it.",
    ),
    cause("proxy-not-a-proxy", "What answers is a web server, and no proxy.", "Check the proxy's host and port."),
    cause(
        "proxy-not-verified",
        "The proxy is spoken to under TLS, its certificate is not verified, and so it gets no credentials.",
        "Trust the proxy's certificate, or leave the credentials out.",
    ),
    cause(
        "proxy-other-protocol",
        "What answers is no proxy of this kind.",
        "Try another scheme: http://, https://, socks5://.",
    ),
    cause(
        "proxy-silent",
        "The proxy accepts the connection and does not answer.",
        "Check that it is a proxy of this kind; it may be overloaded.",
    ),
    cause(
        "proxy-status",
        "The proxy answered with a status that opens no tunnel.",
        "The status is named; look into the proxy's log.",
    ),
    cause(
        "proxy-timed-out",
        "The proxy did not open the tunnel in time.",
        "It may wait for the host: have the port opened between proxy and host.",
    ),
    cause(
        "proxy-tls",
        "TLS with the proxy itself failed.",
        "Check that the proxy is spoken to under TLS at this port, or write it as http://.",
    ),
    cause("proxy-too-long", "The proxy sends more than an answer can have.", "Check that it is a proxy, and its port."),
    cause(
        "reset-after-hello",
        "The connection is accepted, and reset once TLS begins.",
        "A firewall or proxy between does not want it: the report says whether the name or the version is what it objects to. Or a Windows server cannot use its key (event 36870).",
    ),
    cause(
        "reset-in-handshake",
        "The connection was reset in the middle of the handshake.",
        "Something between that reads the server's certificate may object to it; else look into the server's log.",
    ),
    cause(
        "ssl-2",
        "The server answers in SSL 2.0, which is forbidden (RFC 6176).",
        "It has to be replaced, or set up for TLS 1.2.",
    ),
    cause("tls-alert", "The server ended the handshake with an alert.", "The report says what the alert means."),
    cause(
        "tls-incompatible",
        "The server chose what current clients do not speak.",
        "Set its TLS up for TLS 1.2 or 1.3 with suites of ECDHE and AES-GCM or ChaCha20.",
    ),
    cause(
        "tls-malformed",
        "What the server sends breaks the rules of TLS.",
        "The server, or something between that takes part in the handshake, is at fault; ask its maker for an update.",
    ),
    cause(
        "tls-not-completed",
        "The server speaks TLS, and no handshake can be completed here with its key or curve.",
        "Its certificates were read all the same; other clients may get through.",
    ),
    cause(
        "tls-too-old",
        "The server speaks TLS 1.0 or 1.1, or suites that current clients do not.",
        "Switch on TLS 1.2 or 1.3 there.",
    ),
    cause(
        "upgrade-broken",
        "The connection broke while TLS was asked for.",
        "Try again; if it breaks at the same place, look into the server's log.",
    ),
    cause(
        "upgrade-closed",
        "The server closed the connection when it was asked for TLS.",
        "Look into the server's log; it may not want this client.",
    ),
    cause(
        "upgrade-not-offered",
        "The server does not offer TLS in its protocol.",
        "Switch it on there (STARTTLS and its kin), with a certificate.",
    ),
    cause(
        "upgrade-other-protocol",
        "What answers speaks another protocol than the one that was asked for.",
        "Write the endpoint with that protocol's scheme.",
    ),
    cause("upgrade-plain-http", "A web server answers where another protocol was expected.", "Check the port."),
    cause(
        "upgrade-plain-tls",
        "The server begins with TLS at once, without the protocol's own request.",
        "Write the endpoint with the scheme for that, as smtps://, imaps://, ldaps:// or tls://.",
    ),
    cause(
        "upgrade-refused",
        "The server refuses to go on with TLS.",
        "The report has its words; often its certificate or key is missing.",
    ),
    cause(
        "upgrade-reset",
        "The connection was reset when TLS was asked for.",
        "Look into the server's log, and at firewalls between.",
    ),
    cause(
        "upgrade-silent",
        "The server keeps silent where it should speak or answer.",
        "Check the port and the protocol; servers that wait for TLS say nothing first.",
    ),
    cause(
        "upgrade-timed-out",
        "The server did not come to TLS in time.",
        "It may be overloaded, or hold back its greeting.",
    ),
    cause(
        "upgrade-too-long",
        "The server says more before TLS than its protocol needs.",
        "Check that it is a server of this protocol.",
    ),
    cause(
        "upgrade-unexpected",
        "What the server says is not as its protocol has it.",
        "Check the port and the protocol.",
    ),
    cause("upgrade-via", "The address to ask a net.tcp server for cannot be sent.", "Give another one with --via."),
    cause(
        "version-not-spoken",
        "The server does not speak the version of TLS that alone was offered.",
        "Leave --tls out, or have the version switched on there.",
    ),
    cause(
        "version-not-wanted",
        "The server answers to TLS 1.2, and not when TLS 1.3 is offered.",
        "The server, or something between, has to be updated; until then limit clients to TLS 1.2.",
    ),
];
