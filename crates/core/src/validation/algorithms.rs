//! May the algorithms be accepted? Whether a signature is correct is another
//! question (see `basic`).

use crate::crypto::acceptance::{Acceptance, RefusalReason, WeakKind, WeakKinds};
use crate::crypto::algorithm::SignatureAlgorithm;
use crate::crypto::dsa::resolve_dsa;
use crate::encoding::der::DeviationSink;
use crate::encoding::deviation::Deviation;
use crate::finding::{Code, Fact, Finding, Severity};
use crate::validation::state::State;
use crate::x509::Certificate;
use crate::x509::spki::{PublicKey, SubjectPublicKeyInfo};

/// Judges how the certificate was signed.
pub(super) fn check_signature(state: &mut State<'_>, certificate: &Certificate) {
    let sink = DeviationSink::new();
    let algorithm = SignatureAlgorithm::from_identifier(&certificate.signature_algorithm_noting(&sink));
    let Ok(algorithm) = algorithm else {
        let message = "the parameters of the signature algorithm cannot be decoded";
        let finding = state.finding(Code::SignatureAlgorithmRefused, message).part("signatureAlgorithm");
        state.push(finding);
        return;
    };
    let acceptance = state.algorithms.judge_signature(&algorithm);
    if acceptance != Acceptance::Accepted {
        let name = algorithm.describe();
        report(state, acceptance, &name, "signatureAlgorithm", &format!("signed with {name}"));
    }
    if let Some(Deviation { offset, kind }) = sink.into_deviations().first() {
        let finding = state.finding(Code::NotDer, format!("byte {offset}: {kind}")).part("signatureAlgorithm");
        state.push_form(finding);
    }
}

/// Judges the subject's key.
pub(super) fn check_key(state: &mut State<'_>, certificate: &Certificate) {
    // A key that cannot be decoded is reported elsewhere.
    let Ok(key) = certificate.spki().public_key() else { return };
    if state.alone && matches!(key, PublicKey::Dsa { parameters: None, .. }) {
        // Whoever stands above has them.
        return;
    }
    judge_key(state, key);
}

/// Judges the key of a trust anchor of which only name and key count.
pub(super) fn check_named_key(state: &mut State<'_>, spki: &SubjectPublicKeyInfo<'_>) {
    match spki.public_key() {
        Ok(key) => judge_key(state, key),
        Err(error) => {
            let finding = state
                .finding(Code::KeyMalformed, format!("the public key cannot be decoded: {error}"))
                .part("subjectPublicKeyInfo");
            state.push(finding);
        }
    }
}

fn judge_key(state: &mut State<'_>, key: PublicKey<'_>) {
    let key = match key {
        PublicKey::Dsa { parameters: None, .. } => {
            resolve_dsa(key, state.issuer.and_then(|issuer| issuer.parameters()))
        }
        key => key,
    };
    let acceptance = state.algorithms.judge_key(&key);
    if acceptance != Acceptance::Accepted {
        let name = key.describe();
        report(state, acceptance, &name, "subjectPublicKeyInfo", &format!("the key is {name}"));
    }
}

fn report(state: &mut State<'_>, acceptance: Acceptance, name: &str, part: &'static str, what: &str) {
    match acceptance {
        Acceptance::Accepted => {}
        Acceptance::Weak { kinds, allowed } => {
            for kind in kinds.iter() {
                let mut message = format!("{what}: {} is not acceptable", kind.describe());
                if allowed {
                    message = format!("{what}: {} is weak, and was allowed", kind.describe());
                }
                let mut finding = found(state, weak_code(kind), message, part, name);
                if allowed {
                    finding.severity = Severity::Warning;
                }
                state.push(finding);
            }
        }
        Acceptance::Refused(reason) => {
            for code in refusal_codes(reason, part) {
                let mut finding = found(state, code, format!("{what}: {reason}"), part, name);
                if matches!(reason, RefusalReason::RsaTooShort { .. } | RefusalReason::DsaTooShort { .. }) {
                    finding = finding.hint("Make a new key of at least 2048 bits; nothing allows one this small.");
                }
                state.push(finding);
            }
        }
    }
}

fn found(state: &State<'_>, code: Code, message: String, part: &'static str, name: &str) -> Finding {
    state.finding(code, message).part(part).found(Fact::Text(name.to_owned()))
}

const fn weak_code(kind: WeakKind) -> Code {
    match kind {
        WeakKind::Sha1 => Code::SignatureSha1,
        WeakKind::Md5 => Code::SignatureMd5,
        WeakKind::Rsa1024 => Code::KeyRsaTooSmall,
        WeakKind::Dsa => Code::KeyDsa,
    }
}

fn refusal_codes(reason: RefusalReason, part: &str) -> Vec<Code> {
    match reason {
        RefusalReason::WeakForWeb(kinds) => WeakKinds::iter(kinds).map(weak_code).collect(),
        RefusalReason::RsaTooShort { .. } => vec![Code::KeyRsaTooSmall],
        RefusalReason::DsaTooShort { .. } => vec![Code::KeyDsa],
        _ if part == "signatureAlgorithm" => vec![Code::SignatureAlgorithmRefused],
        _ => vec![Code::KeyRefused],
    }
}
