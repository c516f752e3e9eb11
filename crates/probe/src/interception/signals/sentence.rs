//! Signals in words.

use certlens_core::encoding::hex;
use certlens_core::time::describe_duration;

use super::Signal;
use crate::interception::products::Source;

impl Signal {
    /// The signal as a sentence.
    pub(super) fn sentence(&self) -> String {
        match self {
            Signal::PinMatches(pin) => {
                format!("a key of the path has the pin that was given (SHA-256 {})", hex::encode(pin))
            }
            Signal::PinMismatch(1) => {
                "no key of the path has the pin that was given; unless the pin is out of date, this is not the host's certificate".to_owned()
            }
            Signal::PinMismatch(count) => format!(
                "no key of the path has one of the {count} pins that were given; unless they are out of date, this is not the host's certificate"
            ),
            Signal::PinNotFound(1) => {
                "no key that was sent has the pin that was given, but issuers are missing that may have it".to_owned()
            }
            Signal::PinNotFound(count) => format!(
                "no key that was sent has one of the {count} pins that were given, but issuers are missing that may have it"
            ),
            Signal::SameCertificate(way) => format!("the same certificate is seen {way}"),
            Signal::SameKey(way) => format!(
                "another certificate for the same key is seen {way}, and the server proved that it has the key"
            ),
            Signal::EndsInMozilla(root) => {
                format!("the chain ends in Mozilla's set, at {root}: a public CA issued the certificate")
            }
            Signal::BothEndInMozilla(way) => format!(
                "the chain seen {way} ends in Mozilla's set as well: the host has two certificates in service, as content networks, regional fronts and pairs of key types do"
            ),
            Signal::IssuedByPublicCa(way) => format!(
                "a CA of the chain seen {way}, which ends in Mozilla's set, issued this certificate too; the server merely leaves out a certificate in between"
            ),
            Signal::PrivateForPublic { other, root, public } => format!(
                "the chain ends at {root}, which is not in Mozilla's set; seen {other}, it ends in Mozilla's set, at {public}; only two servers of one name, as with names that are resolved otherwise inside a network, would be another explanation"
            ),
            Signal::PrivateBesidePublic { other, root, public } => format!(
                "the chain ends at {root}, which is not in Mozilla's set; seen {other}, it ends in Mozilla's set, at {public}: the way without a proxy is intercepted, or leads to another server of the same name, as with names that are resolved otherwise inside a network"
            ),
            Signal::PublicForAnother(subject) => format!(
                "the certificate is a public CA's, but not for this host ({subject}): block pages, captive portals and wrong servers show such ones"
            ),
            Signal::AnotherForPublic(way) => {
                format!("the certificate is not for this host, and seen {way} the host has one of its own under a public root")
            }
            Signal::OtherPrivateCa { other, ca } => {
                format!("another CA is seen {other}: {ca}; neither is known as public")
            }
            Signal::OpenForPublic(way) => format!(
                "the key is another one than seen {way}, and no way from this certificate into Mozilla's set is known"
            ),
            Signal::SamePrivateCa { other, ca } => {
                format!("the same private CA is seen {other}: {ca}")
            }
            Signal::CaKeyInEndEntity(ca) => format!(
                "the certificate has the public key of a CA above it ({ca}): whoever runs that CA answered in the host's place"
            ),
            Signal::SameKeyElsewhere(host) => {
                format!("{host}, which has nothing to do with this host, has the same key in its certificate")
            }
            Signal::SameIssuerElsewhere(host) => format!(
                "the certificate of {host}, which has nothing to do with this host, was issued with the same private CA key"
            ),
            Signal::SameIssuerNameElsewhere(host) => format!(
                "the certificate of {host}, which has nothing to do with this host, has an issuer of the same name, which is not known as a public CA"
            ),
            Signal::PrivateRootTrusted(root) => format!(
                "the root {root} is trusted here, but not in Mozilla's set; public names have their certificates from CAs that are"
            ),
            Signal::PrivateRootUntrusted(root) => {
                format!("the chain of a public name ends at {root}, which is neither trusted here nor in Mozilla's set")
            }
            Signal::Product(found) => {
                let source = match found.pattern.source {
                    Source::Chromium => "by Chromium's list",
                    Source::Tailscale => "by Tailscale's list",
                    Source::Product => "by the product itself",
                    Source::Observed(_) => "as users have seen it",
                    Source::Listed => "by the name alone",
                };
                format!("the issuer's name “{found}” is one of {} ({source})", found.product.name)
            }
            Signal::NoScts { looked_in, not_looked_in } => {
                let not = match not_looked_in.as_slice() {
                    [] => String::new(),
                    places => format!("; not looked for in {}", places.join(" and ")),
                };
                format!(
                    "no proof of logging (SCT), which browsers demand of public CAs; looked for in {}{not}",
                    looked_in.join(" and ")
                )
            }
            Signal::HasScts(place) => {
                format!("proofs of logging (SCTs) are in {place}; their signatures were not checked")
            }
            Signal::NoAddresses => {
                "the certificate says nothing of where its issuer's certificate, OCSP or CRLs are".to_owned()
            }
            Signal::NoKeyIdentifiers { authority, subject } => {
                let missing = match (authority, subject) {
                    (true, true) => "the certificate has no authority key identifier, a CA's no subject key identifier",
                    (true, false) => "the certificate has no authority key identifier",
                    (false, _) => "a CA's certificate has no subject key identifier",
                };
                format!("{missing} (RFC 5280 §4.2.1.1, §4.2.1.2); strict verifiers refuse that")
            }
            Signal::Recent { not_before, age } => format!(
                "the certificate is valid only since {not_before}, {} ago: proxies make theirs when they are needed",
                describe_duration(*age)
            ),
            Signal::LongValidity { days, most } => {
                format!("the certificate is valid for {days} days, {most} are the most that public CAs may give (CA/Browser Forum §6.3.2)")
            }
            Signal::OtherKeyType(types) => {
                format!("the key is {}, that of the other certificate {}", types.first, types.second)
            }
            Signal::ProxyHeaders(fields) => {
                let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                format!("the proxy shows itself in its answer ({})", fields.join("; "))
            }
        }
    }
}
