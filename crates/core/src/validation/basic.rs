//! Basic certificate processing (RFC 5280 §6.1.3).

use crate::crypto::error::VerifyError;
use crate::encoding::hex;
use crate::finding::{Code, Fact};
use crate::path::{MAX_PATH_CERTIFICATES, MissingIssuer, NearIssuer, NearIssuerKind, PathEnd, Verifier};
use crate::time::describe_duration;
use crate::validation::state::State;
use crate::validation::{algorithms, prepare};
use crate::x509::Certificate;
use crate::x509::extension::ExtensionValue;
use crate::x509::issuer::Issuer;
use crate::x509::oid::oids;
use crate::x509::sources::without_credentials;

/// RFC 5280 §6.1.3 (a)(1) and (a)(4), or what is known when there is no issuer.
pub(super) fn check_issued(state: &mut State<'_>, certificate: &Certificate, verifier: &mut Verifier<'_>) {
    let Some(issuer) = state.issuer else {
        match &state.path.end {
            // The signature on an anchor is never judged, and so is that on a
            // certificate which lacks nothing but being one.
            PathEnd::TargetIsAnchor(_) | PathEnd::Anchor(_) => {}
            PathEnd::SelfSigned(near) => not_anchored(state, near),
            PathEnd::NoIssuer(missing) => {
                no_issuer(state, certificate, missing);
                algorithms::check_signature(state, certificate);
            }
            PathEnd::Loop(issuer) => {
                let message =
                    format!("its issuer, {issuer}, stands below it already, and no trust anchor issued either");
                let finding = state.finding(Code::PathLoop, message).part("issuer");
                state.push(finding);
                algorithms::check_signature(state, certificate);
            }
            PathEnd::NotFollowed(issuer) => {
                let message =
                    format!("its issuer, {issuer}, would be certificate {} of the path", MAX_PATH_CERTIFICATES + 1);
                let finding = state.finding(Code::PathTooLong, message).part("issuer");
                state.push(finding);
                algorithms::check_signature(state, certificate);
            }
        }
        return;
    };
    if !issuer.issuer.is_named_by(certificate) {
        let finding = state
            .finding(Code::NameNotChained, "the issuer's name is not the subject's name of the certificate above")
            .part("issuer")
            .expected(Fact::Text(issuer.issuer.name().brief()))
            .found(Fact::Text(certificate.issuer().brief()));
        state.push(finding);
    }
    algorithms::check_signature(state, certificate);
    let identifiers = (certificate.authority_key_identifier(), issuer.issuer.key_identifier());
    match verifier.verify(&issuer, certificate) {
        Ok(()) => {
            if let (Some(wanted), Some(found)) = identifiers
                && wanted != found
            {
                let finding = state
                    .finding(
                        Code::KeyIdentifierMismatch,
                        "the authority key identifier is not the issuer's subject key identifier",
                    )
                    .part("authorityKeyIdentifier")
                    .expected(Fact::Text(hex::brief(found)))
                    .found(Fact::Text(hex::brief(wanted)));
                state.push(finding);
            }
            other_certificate(state, certificate, issuer.issuer);
        }
        Err(error) => {
            let by = issuer.issuer.name().brief();
            let finding = match &error {
                VerifyError::Invalid | VerifyError::KeyMismatch { .. } => state.finding(
                    Code::SignatureInvalid,
                    format!("the signature does not verify with the key of {by}: {error}"),
                ),
                _ => state.finding(
                    Code::SignatureNotVerifiable,
                    format!("the signature by {by} cannot be verified: {error}"),
                ),
            };
            let finding = finding.part("signatureValue");
            state.push(match (&error, identifiers) {
                (VerifyError::Invalid, (Some(wanted), Some(found))) if wanted == found => finding.hint(
                    "The key identifiers agree, so that the key is the right one: the certificate was altered or damaged; get it again from its CA.",
                ),
                _ => finding,
            });
        }
    }
}

/// RFC 5280 §4.2.1.1: an authority key identifier may name the issuer's very
/// certificate, and then programs may insist on that one.
fn other_certificate(state: &mut State<'_>, certificate: &Certificate, issuer: Issuer<'_>) {
    let Some(Ok(ExtensionValue::AuthorityKeyIdentifier(identifier))) =
        certificate.extension(oids::AUTHORITY_KEY_IDENTIFIER).map(|extension| extension.value())
    else {
        return;
    };
    let (Some(wanted), Issuer::Certificate(issuer)) = (identifier.serial, issuer) else { return };
    let found = issuer.serial();
    if wanted.as_bytes() != found.as_bytes() {
        let message = "the authority key identifier names another certificate of the issuer by its serial number";
        let finding = state
            .finding(Code::KeyIdentifierMismatch, message)
            .part("authorityKeyIdentifier")
            .expected(Fact::Text(format!("serial {}", hex::brief(found.as_bytes()))))
            .found(Fact::Text(format!("serial {}", hex::brief(wanted.as_bytes()))));
        state.push(finding);
    }
}

/// RFC 5280 §6.1.3 (a)(2), both ends included (§4.1.2.5).
pub(super) fn check_validity(state: &mut State<'_>, certificate: &Certificate) {
    let (start, end) = (certificate.not_before().time, certificate.not_after().time);
    if state.time < start {
        let away = describe_duration(start.since(state.time));
        let finding = state
            .finding(Code::NotYetValid, format!("valid only from {start}, {away} after the verification time"))
            .part("validity.notBefore")
            .expected(Fact::Time(start))
            .found(Fact::Time(state.time));
        state.push(finding);
    }
    if state.time > end {
        let ago = describe_duration(state.time.since(end));
        let finding = state
            .finding(Code::Expired, format!("expired on {end}, {ago} before the verification time"))
            .part("validity.notAfter")
            .expected(Fact::Time(end))
            .found(Fact::Time(state.time));
        let finding = match (state.depth(), state.at_anchor) {
            (0, _) => finding,
            (_, true) => finding.hint(
                "Update the trust anchors: the CA has a newer certificate, or the target has to be issued anew by another CA.",
            ),
            (_, false) => finding.hint(
                "Put the CA's current certificate in the place of this one, in the chain that the server sends too; if there is none, have the target issued anew.",
            ),
        };
        state.push(finding);
    }
}

fn not_anchored(state: &mut State<'_>, near: &[NearIssuer]) {
    let mut finding = if state.depth() == 0 {
        state.finding(Code::SelfSignedNotAnchored, "self-signed, and not among the trust anchors")
    } else {
        state.finding(
            Code::AnchorNotTrusted,
            "the path ends in this self-signed certificate, which is not among the trust anchors",
        )
    };
    if let Some(one) = near.first() {
        finding.message.push_str(&format!("; {} has the same name, but another key", one.origin));
        finding = finding.found(Fact::list(near.iter().map(describe_near))).hint(
            "Another key under a trusted name is either a renewed CA or an impostor: ask the CA which of its certificates is right, by their fingerprints, before you trust this one; if it is the old one, have the target issued anew.",
        );
    }
    state.push(finding);
}

fn describe_near(near: &NearIssuer) -> String {
    let how = match near.kind {
        NearIssuerKind::SameNameOtherKey => "the same name, but another key",
        NearIssuerKind::SameKeyOtherName => "the same key identifier, but another name",
        NearIssuerKind::SimilarName => "a similar name",
    };
    format!("{} ({how}{}; {})", near.subject, describe_key(&near.key_identifier), near.origin)
}

fn describe_key(identifier: &Option<Vec<u8>>) -> String {
    match identifier {
        Some(identifier) => format!(", key identifier {}", hex::brief(identifier)),
        None => String::new(),
    }
}

fn no_issuer(state: &mut State<'_>, certificate: &Certificate, missing: &MissingIssuer) {
    let wanted = format!("{}{}", missing.name, describe_key(&missing.key_identifier));
    let near = match missing.near.len() {
        0 => "",
        1 => "; one certificate comes near",
        _ => "; some come near",
    };
    let mut finding = state
        .finding(
            Code::IssuerNotFound,
            format!("the issuer's certificate, {}, is not among those given{near}", missing.name),
        )
        .part("issuer")
        .expected(Fact::Text(wanted));
    if !missing.near.is_empty() {
        let near = missing.near.iter().map(describe_near);
        finding = finding.found(Fact::list(near));
    }
    if let Some(url) = missing.web_url().or(missing.urls.first().map(String::as_str)) {
        let url = without_credentials(url);
        finding = finding.hint(format!(
            "Get the issuer's certificate from {url} (the certificate's caIssuers address), give it with --intermediates, and have the server send it."
        ));
    } else if missing.near.iter().any(|near| near.kind == NearIssuerKind::SameNameOtherKey) {
        finding = finding.hint(
            "The CA has another certificate with another key than the one given, as after a renewal: get the one with the key identifier above.",
        );
    }
    // Above a CA stands another one, or the trust anchor.
    if finding.hint.is_none() && prepare::is_marked_ca(certificate) {
        finding = finding.hint(
            "Get the issuer's certificate: if it is a trust anchor that you trust, give it with --anchors or add it to the trust store; otherwise give it with --intermediates, and have the server send it.",
        );
    }
    state.push(finding);
}
