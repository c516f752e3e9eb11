//! What Windows and .NET say when an endpoint is not reached, or its certificate is not
//! trusted. The numbers are those of Winsock and WinHTTP.

use super::Symptom;

const PROBE: &str = "certlens probe TARGET";
const PROXIED: &str = "certlens probe https://HOST --proxy http://PROXY:PORT";
const VERIFY: &str = "certlens verify https://HOST";
const INTERCEPT: &str = "certlens intercept HOST --proxy http://PROXY:PORT";

/// All of them.
pub(super) const SYMPTOMS: &[Symptom] = &[
    Symptom {
        hresult: 0,
        name: "TrustFailure",
        others: &["12175", "ERROR_WINHTTP_SECURE_FAILURE"],
        says: "Could not establish trust relationship for the SSL/TLS secure channel; the remote certificate is invalid according to the validation procedure (.NET)",
        meaning: "The server's certificate is not trusted here, and there are two causes that look alike: its root is missing in this machine's trust store, or a proxy on the way replaced the certificate by its own. It may also be expired or for another name.",
        demands: &[],
        hint: "Have the certificate verified: it is said which root is missing, and where its issuer publishes it. Where it was replaced, intercept names the proxy, proves it, and has both cures: to trust the proxy's root, or to have the host exempted there.",
        commands: &[VERIFY, INTERCEPT, "certlens roots has NAME"],
    },
    Symptom {
        hresult: 0,
        name: "WSAECONNREFUSED",
        others: &["10061", "12029"],
        says: "No connection could be made because the target machine actively refused it (TCP error 10061)",
        meaning: "The host is there, and nothing listens at this port: the service is stopped, or listens at another port or address; or a firewall refuses in the host's place.",
        demands: &[],
        hint: "See that the service runs and listens at the port. For the nodes of an integration runtime it is 8060.",
        commands: &[PROBE, "certlens probe net.tcp://NODE:8060"],
    },
    Symptom {
        hresult: 0,
        name: "WSAHOST_NOT_FOUND",
        others: &["11001", "12007", "NameResolutionFailure"],
        says: "No such host is known; the remote name could not be resolved; no DNS entries exist for host",
        meaning: "The name has no address that this machine knows of.",
        demands: &[],
        hint: "Check the spelling and the DNS servers. Between nodes, put them into one domain or add lines to the hosts file; in a network that is left by a proxy alone, give the proxy.",
        commands: &[PROBE, PROXIED],
    },
    Symptom {
        hresult: 0,
        name: "WSAETIMEDOUT",
        others: &["10060", "12002"],
        says: "A connection attempt failed because the connected party did not properly respond after a period of time; the operation has timed out",
        meaning: "Nothing came back: a firewall drops what is sent, or there is no such host at this address.",
        demands: &[],
        hint: "Have the port opened on the way, in both directions. What the time was lost in is said stage by stage.",
        commands: &[PROBE, PROXIED],
    },
    Symptom {
        hresult: 0,
        name: "WSAECONNRESET",
        others: &["10054", "12030"],
        says: "An existing connection was forcibly closed by the remote host",
        meaning: "The connection was reset: by the server, or by a firewall on the way that objects to the host's name (SNI), to a version of TLS, or to the server's certificate.",
        demands: &[],
        hint: "After a reset certlens tries without the name and with other versions, and says which of them gets through.",
        commands: &[PROBE],
    },
    Symptom {
        hresult: 0,
        name: "ProxyAuthenticationRequired",
        others: &["407", "12015"],
        says: "The remote server returned an error: (407) Proxy Authentication Required",
        meaning: "The proxy lets nobody through without a login.",
        demands: &[],
        hint: "Give user name and password. Where the proxy takes Windows accounts alone (NTLM, Negotiate), the service has to run under an account that may pass.",
        commands: &[
            "certlens probe https://HOST --proxy http://PROXY:PORT --proxy-user NAME --proxy-password-file FILE",
        ],
    },
];
