//! Basic certificate processing (RFC 5280 §6.1.3).

use crate::crypto::error::VerifyError;
use crate::encoding::hex;
use crate::finding::{Code, Fact};
use crate::path::{MAX_PATH_CERTIFICATES, MissingIssuer, NearIssuerKind, PathEnd, Verifier};
use crate::time::describe_duration;
use crate::validation::state::State;
use crate::validation::{algorithms, prepare};
use crate::x509::Certificate;

/// RFC 5280 §6.1.3 (a)(1) and (a)(4), or what is known when there is no issuer.
pub(super) fn check_issued(state: &mut State<'_>, certificate: &Certificate, verifier: &mut Verifier<'_>) {
    let Some(issuer) = state.issuer else {
        match &state.path.end {
            // The signature on an anchor is never judged, and so is that on a
            // certificate which lacks nothing but being one.
            PathEnd::TargetIsAnchor(_) | PathEnd::Anchor(_) => {}
            PathEnd::SelfSigned => not_anchored(state),
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
            state.push(finding.part("signatureValue"));
        }
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

fn not_anchored(state: &mut State<'_>) {
    let finding = if state.depth() == 0 {
        state.finding(Code::SelfSignedNotAnchored, "self-signed, and not among the trust anchors")
    } else {
        state.finding(
            Code::AnchorNotTrusted,
            "the path ends in this self-signed certificate, which is not among the trust anchors",
        )
    };
    state.push(finding);
}

fn no_issuer(state: &mut State<'_>, certificate: &Certificate, missing: &MissingIssuer) {
    let key = |identifier: &Option<Vec<u8>>| match identifier {
        Some(identifier) => format!(", key identifier {}", hex::brief(identifier)),
        None => String::new(),
    };
    let wanted = format!("{}{}", missing.name, key(&missing.key_identifier));
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
        let near = missing.near.iter().map(|near| {
            let how = match near.kind {
                NearIssuerKind::SameNameOtherKey => "the same name, but another key",
                NearIssuerKind::SameKeyOtherName => "the same key identifier, but another name",
                NearIssuerKind::SimilarName => "a similar name",
            };
            format!("{} ({how}{}; {})", near.subject, key(&near.key_identifier), near.origin)
        });
        finding = finding.found(Fact::list(near));
    }
    if let Some(url) = missing.web_url().or(missing.urls.first().map(String::as_str)) {
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
