//! What the causes mean for which a URL is not retrieved, or an endpoint not reached:
//! `cause` in JSON.

mod endpoint;

/// A cause in general words.
#[derive(Debug)]
pub(crate) struct Cause {
    /// The stable name.
    pub(crate) name: &'static str,
    /// What it means.
    pub(crate) meaning: &'static str,
    /// What to do in general.
    pub(crate) hint: &'static str,
}

const fn cause(name: &'static str, meaning: &'static str, hint: &'static str) -> Cause {
    Cause { name, meaning, hint }
}

/// The cause of this name.
pub(crate) fn by_name(name: &str) -> Option<&'static Cause> {
    all().find(|cause| cause.name == name)
}

/// All causes.
pub(crate) fn all() -> impl Iterator<Item = &'static Cause> {
    RETRIEVAL.iter().chain(endpoint::CAUSES)
}

/// Those of retrieval, by name.
const RETRIEVAL: &[Cause] = &[
    cause(
        "address-refused",
        "The host is at an address that is never asked: of this machine's link, or of a cloud's metadata service.",
        "Look at who issued the certificate, and whether the name resolves as it should.",
    ),
    cause(
        "captive-portal",
        "It seems that a guest network's or proxy's own page answered in the place of the server.",
        "Open the URL in a browser on this machine and accept the terms there, or have the machine exempted.",
    ),
    cause(
        "client-certificate-wanted",
        "The server wants a certificate of whoever asks.",
        "Its operator must not ask for client certificates where CRLs and issuers are published.",
    ),
    cause(
        "client-failed",
        "The HTTP client failed in a way that is not known more closely.",
        "Try again; if it stays, report it with the URL.",
    ),
    cause(
        "connection-refused",
        "The host is there, and refuses connections at the port.",
        "Check that the server runs, and that no firewall refuses for it.",
    ),
    cause(
        "connection-reset",
        "The connection was broken off before the answer was there.",
        "Try again; look at firewalls and proxies on the way, which break off what they do not like.",
    ),
    cause(
        "content-encoding-broken",
        "The answer says that it is compressed, and cannot be decompressed.",
        "Tell the server's operator, or look at the proxy on the way.",
    ),
    cause(
        "content-encoding-unknown",
        "The answer is compressed in a way that was not asked for.",
        "Tell the server's operator.",
    ),
    cause("empty-body", "The server answered with nothing.", "Look at what is published under the URL; tell the CA."),
    cause(
        "html-page",
        "A web page came in the place of the file.",
        "Open the URL in a browser on this machine: it is an error page of the server, or of a proxy.",
    ),
    cause(
        "http-status",
        "The server answered with an HTTP status that means no.",
        "Look whether the file is published under this URL; the status is named.",
    ),
    cause(
        "ldap-attribute-unknown",
        "The LDAP URL asks for an attribute that holds nothing that is read.",
        "Give the certificates with --intermediates.",
    ),
    cause(
        "ldap-bind-refused",
        "The LDAP server does not accept the account that was given.",
        "Look whether name and password are right.",
    ),
    cause(
        "ldap-bind-required",
        "The LDAP server answers nobody who does not say who he is.",
        "Give an account with --ldap-bind, or check from a computer in the domain.",
    ),
    cause(
        "ldap-bind-unsafe",
        "The account was not sent, because the server's certificate could not be verified against its name.",
        "Name the server as its certificate does.",
    ),
    cause("ldap-disconnected", "The LDAP server hung up.", "Ask who runs the directory what its log says."),
    cause(
        "ldap-extension-unknown",
        "The LDAP URL demands an extension that is not known.",
        "The certificate's issuer has to correct the URL.",
    ),
    cause(
        "ldap-for-ocsp",
        "The URL of an OCSP responder is one of LDAP, by which they are not asked.",
        "The certificate's issuer has to correct the URL.",
    ),
    cause(
        "ldap-host-missing",
        "The LDAP URL names no server, as Active Directory writes it.",
        "Name a domain controller with --ldap-host.",
    ),
    cause("ldap-host-unusable", "What --ldap-host gave is no host.", "Write it as HOST or HOST:PORT."),
    cause(
        "ldap-no-attribute",
        "The entry of the directory does not show the attribute.",
        "Look whether the CA publishes it there, and whether anonymous readers may see it.",
    ),
    cause(
        "ldap-no-entry",
        "The search found no entry.",
        "Look whether the CA publishes it there, and whether anonymous readers may see it.",
    ),
    cause(
        "ldap-no-such-object",
        "The directory has no such entry.",
        "Look whether the CA publishes it there, and whether anonymous readers may see it.",
    ),
    cause(
        "ldap-password-empty",
        "The account for the directory lacks its name or its password.",
        "Give both, or none.",
    ),
    cause(
        "ldap-referral",
        "The LDAP server refers to another one, and referrals are not followed.",
        "Ask that one, with --ldap-host.",
    ),
    cause("ldap-result", "The LDAP server answered with an error.", "Ask who runs the directory what its log says."),
    cause(
        "ldap-start-tls-refused",
        "The LDAP server does not go on under TLS, and an account is sent under TLS alone.",
        "Have it take StartTLS, or use LDAPS.",
    ),
    cause("ldap-value-empty", "The attribute is there, and has nothing in it.", "Have the CA publish again."),
    cause(
        "login-page",
        "A page that asks for a password came in the place of the file.",
        "These files must be readable without login; if the page is of the proxy, have this machine exempted.",
    ),
    cause(
        "malformed-answer",
        "What came is not of the protocol that the URL names.",
        "Look whether the port is the right one, and what answers there.",
    ),
    cause(
        "name-not-resolved",
        "The host's name is not known to this machine's DNS servers.",
        "Check the name and the DNS servers; names of an internal network are known only inside it.",
    ),
    cause(
        "not-asked",
        "The URL was not asked, because another one of the same host had just failed.",
        "See what is said of that one.",
    ),
    cause("not-recorded", "The URL is not in the record that is replayed.", "Record the run again with this version."),
    cause(
        "private-address-refused",
        "The host is at a private address, and --public-only was given.",
        "Leave it out where the certificate is of your own PKI.",
    ),
    cause(
        "proxy-authentication-required",
        "The proxy wants a user name and a password.",
        "Give them in the proxy's URL: http://USER:PASSWORD@HOST:PORT.",
    ),
    cause(
        "proxy-refused",
        "The proxy does not let this request pass.",
        "Ask its administrator to allow the host, or exempt it with NO_PROXY.",
    ),
    cause("proxy-unreachable", "The proxy cannot be reached.", "Check its host and port; --proxy none does without."),
    cause("redirect-loop", "The redirects lead round in a circle.", "Tell the server's operator."),
    cause("redirect-without-target", "The server redirects without saying where to.", "Tell the server's operator."),
    cause(
        "scheme-refused",
        "The URL is of a scheme that is never asked, only http:, https: and ldap: are.",
        "Give the file itself with --crl, --ocsp or --intermediates.",
    ),
    cause(
        "timed-out",
        "There was no answer in time; the stage says how far it came.",
        "At stage connect, open the firewall; else look at the server, or wait longer with --timeout.",
    ),
    cause(
        "tls-certificate-invalid",
        "The server's TLS certificate cannot be accepted.",
        "Look at it with certlens probe HOST:PORT.",
    ),
    cause(
        "tls-expired",
        "The server's TLS certificate has expired.",
        "Its operator must renew it; check this machine's clock.",
    ),
    cause(
        "tls-handshake-failed",
        "Client and server do not come to an agreement about TLS.",
        "Look at what the server speaks with certlens probe HOST:PORT.",
    ),
    cause("tls-not-yet-valid", "The server's TLS certificate is not valid yet.", "Check this machine's clock."),
    cause("tls-revoked", "The server's TLS certificate is revoked.", "Its operator must replace it."),
    cause(
        "tls-untrusted",
        "The server's TLS certificate leads to no trust anchor of this machine.",
        "If a proxy inspects TLS, put its CA into the trust store; else the server must send its intermediates.",
    ),
    cause("tls-unusable", "TLS cannot be set up on this machine.", "Mend the machine's trust store."),
    cause(
        "tls-wrong-name",
        "The server's TLS certificate is for another name.",
        "The name leads to another server than it should; tell its operator.",
    ),
    cause(
        "tls-wrong-purpose",
        "The server's TLS certificate is not for TLS servers.",
        "Its operator must use one with the purpose serverAuth.",
    ),
    cause(
        "too-large",
        "The answer has more octets than are taken.",
        "Download it by other means and give it as a file.",
    ),
    cause("too-many-redirects", "The server redirects more often than is followed.", "Tell the server's operator."),
    cause(
        "total-time-spent",
        "Other URLs had used up the time for all together.",
        "See what is wrong with those, or wait longer with --timeout.",
    ),
    cause(
        "total-too-large",
        "All answers together have more octets than are taken.",
        "Verify fewer certificates at once, or give CRLs as files.",
    ),
    cause(
        "unreachable",
        "There is no way to the host.",
        "Check that the server runs, and open the firewall for host and port.",
    ),
    cause("url-malformed", "The URL cannot be read.", "The certificate's issuer has to correct it."),
    cause(
        "url-too-long",
        "The URL is longer than is taken.",
        "Give the file itself with --crl, --ocsp or --intermediates.",
    ),
    cause(
        "wrong-content",
        "What came is something else than the certificate says.",
        "Look at what the URL serves; a proxy may have answered.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_explained() {
        // A record that is replayed has one more.
        let known: Vec<&str> =
            RETRIEVAL.iter().map(|cause| cause.name).filter(|name| *name != "not-recorded").collect();
        assert_eq!(known, certlens_fetch::CAUSES);
        for name in certlens_probe::CAUSES {
            assert!(by_name(name).is_some(), "{name} is not explained");
        }
        let names: Vec<&str> = all().map(|cause| cause.name).collect();
        let each: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(each.len(), names.len(), "one is there twice");
        let is_known = |name: &&str| certlens_probe::CAUSES.contains(name);
        assert!(endpoint::CAUSES.iter().map(|cause| cause.name).all(|name| is_known(&name)));
    }
}
