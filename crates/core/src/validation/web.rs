//! The CA/Browser Forum's rules for the certificates of TLS servers (BR §7.1.2.7,
//! §7.1.4), as far as a verifier can see them broken.

use std::net::IpAddr;

use crate::finding::{Code, Fact};
use crate::identity::{Presented, presented};
use crate::policy::{Profile, Purpose};
use crate::validation::prepare;
use crate::validation::state::State;
use crate::x509::Certificate;
use crate::x509::extension::ExtensionValue;
use crate::x509::oid::{Oid, oids};

/// The most common names that are looked at.
const MAX_COMMON_NAMES: usize = 8;

/// What the target of a TLS server must satisfy.
pub(super) fn check_target(state: &mut State<'_>, certificate: &Certificate) {
    let serves_tls = state.policy.purposes.iter().any(|purpose| *purpose == Purpose::server_auth());
    if state.policy.profile != Profile::Web || !serves_tls {
        return;
    }
    if prepare::is_marked_ca(certificate) {
        let message = "the target is a CA; the certificate of a TLS server must not be";
        let finding = state.finding(Code::WebTargetIsCa, message).part("basicConstraints");
        state.push(finding);
    }
    purposes(state, certificate);
    names(state, certificate);
}

/// A self-signed anchor: BR §7.1.2.1.2.
pub(super) fn check_anchor(state: &mut State<'_>, certificate: &Certificate) {
    if state.policy.profile != Profile::Web || !certificate.is_self_issued() {
        return;
    }
    if let Some(extension) = certificate.extension(oids::EXTENDED_KEY_USAGE) {
        let message = "a root certificate has extKeyUsage, which it must not";
        let finding = state.finding(Code::WebEkuForbidden, message).part("extKeyUsage").bytes(extension.span());
        state.push_rule(finding);
    }
}

/// BR §7.1.2.7.10.
fn purposes(state: &mut State<'_>, certificate: &Certificate) {
    let Some(extension) = certificate.extension(oids::EXTENDED_KEY_USAGE) else {
        let finding = state.finding(Code::WebEkuMissing, "the certificate has no extKeyUsage").part("extKeyUsage");
        state.push(finding);
        return;
    };
    if extension.is_critical() {
        let message = "extKeyUsage is critical, but must not be (CA/B Forum BR §7.1.2.7.6)";
        let finding = state.finding(Code::ExtensionCriticality, message).part("extKeyUsage").bytes(extension.span());
        state.push(finding);
    }
    let Ok(ExtensionValue::ExtendedKeyUsage(listed)) = extension.value() else { return };
    let forbidden: Vec<String> =
        listed.iter().filter(|oid| is_forbidden(*oid)).map(|oid| oid.name_or_dotted()).collect();
    if !forbidden.is_empty() {
        let message = format!("extKeyUsage of a TLS server must not list {}", forbidden.join(", "));
        let finding = state.finding(Code::WebEkuForbidden, message).part("extKeyUsage").found(Fact::list(forbidden));
        state.push(finding);
    }
}

fn is_forbidden(purpose: Oid<'_>) -> bool {
    matches!(
        purpose,
        oids::ANY_EXTENDED_KEY_USAGE
            | oids::CODE_SIGNING
            | oids::EMAIL_PROTECTION
            | oids::TIME_STAMPING
            | oids::OCSP_SIGNING
    )
}

/// BR §7.1.2.7.12 and §7.1.4.3.
fn names(state: &mut State<'_>, certificate: &Certificate) {
    if certificate.extension(oids::SUBJECT_ALT_NAME).is_none() {
        let finding =
            state.finding(Code::WebSanMissing, "the certificate has no subjectAltName").part("subjectAltName");
        state.push(finding);
        return;
    }
    let names = presented(certificate);
    let list = |test: &dyn Fn(&Presented) -> bool| -> Vec<String> {
        names.iter().filter(|name| test(name)).map(Presented::describe_with_kind).collect()
    };
    let malformed = list(&|name| match name {
        Presented::Malformed { kind: "dns" | "ip", .. } => true,
        // RFC 5280 §4.2.1.6: an address is an iPAddress.
        Presented::Dns(name) => name.parse::<IpAddr>().is_ok(),
        _ => false,
    });
    let internal = list(&|name| match name {
        Presented::Dns(name) => !name.contains('.') || name.contains('_'),
        Presented::Ip(IpAddr::V4(address)) => address.is_private() || address.is_loopback() || address.is_link_local(),
        Presented::Ip(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        _ => false,
    });
    let wide = list(&|name| matches!(name, Presented::Dns(name) if is_top_level_wildcard(name)));
    let foreign = list(&|name| {
        matches!(name, Presented::Other(_) | Presented::Email { .. } | Presented::Malformed { kind: "email", .. })
    });
    for (code, message, found) in [
        (Code::WebSanMalformed, "a name in subjectAltName is not well-formed", malformed),
        (Code::WebWildcard, "a wildcard stands directly below a top-level domain", wide),
        (Code::WebInternalName, "a name in subjectAltName is none that a public CA may certify", internal),
        (Code::WebSanKind, "subjectAltName has names that are neither DNS names nor addresses", foreign),
    ] {
        if !found.is_empty() {
            let message = match found.as_slice() {
                [one] => format!("{message}: {one}"),
                [one, more @ ..] => format!("{message}: {one} and {} more", more.len()),
                [] => message.to_owned(),
            };
            let finding = state.finding(code, message).part("subjectAltName").found(Fact::list(found));
            state.push(finding);
        }
    }
    common_names(state, certificate, &names);
}

fn is_top_level_wildcard(name: &str) -> bool {
    name.strip_prefix("*.").is_some_and(|base| !base.contains('.'))
}

/// BR §7.1.4.3: a common name is one of the alternative names, character for
/// character; an address as RFC 3986 and RFC 5952 write it.
fn common_names(state: &mut State<'_>, certificate: &Certificate, names: &[Presented]) {
    let Some(Ok(ExtensionValue::SubjectAltName(alternatives))) =
        certificate.extension(oids::SUBJECT_ALT_NAME).map(|extension| extension.value())
    else {
        return;
    };
    let subject = certificate.subject();
    let common = subject.rdns().flat_map(|rdn| rdn.attributes()).filter(|attribute| attribute.oid == oids::COMMON_NAME);
    // One is allowed; a hostile subject has thousands.
    let common = common.take(MAX_COMMON_NAMES);
    let missing: Vec<String> = common
        .map(|attribute| attribute.value.to_text().into_owned())
        .filter(|text| {
            let as_dns = alternatives.iter().any(|name| name.is_dns(text.as_bytes()));
            let as_address =
                names.iter().any(|name| matches!(name, Presented::Ip(address) if address.to_string() == *text));
            !as_dns && !as_address
        })
        .collect();
    if let Some(first) = missing.first() {
        let message = format!("the common name {first} is not a name in subjectAltName, as written there");
        let finding = state.finding(Code::WebCommonName, message).part("subject").found(Fact::list(missing.clone()));
        state.push(finding);
    }
}
