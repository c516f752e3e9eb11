//! Is the certificate well made? (RFC 5280 §4.1, §4.2)

use crate::encoding::der::{DerError, Span};
use crate::encoding::deviation::Deviation;
use crate::finding::{Code, Fact, Finding};
use crate::validation::state::State;
use crate::x509::Certificate;
use crate::x509::certificate::Version;
use crate::x509::extension::Extension;
use crate::x509::oid::oids;

/// Everything that can be said about one certificate without its issuer.
///
/// Most have nothing to be said about; that is remembered with the certificate,
/// so that a CA which stands in many paths is looked at once.
pub(super) fn check(state: &mut State<'_>, certificate: &Certificate) {
    // An intermediate and a target differ in what an empty subject means.
    let is_plain = !certificate.subject().is_empty();
    if is_plain && certificate.is_known_to_be_well_formed() {
        return;
    }
    let before = state.count();
    check_anew(state, certificate);
    if is_plain && state.count() == before {
        certificate.remember_well_formed();
    }
}

fn check_anew(state: &mut State<'_>, certificate: &Certificate) {
    encoding(state, certificate);
    serial(state, certificate);
    version(state, certificate);
    names(state, certificate);
    extensions(state, certificate);

    for (field, time) in [("notBefore", certificate.not_before()), ("notAfter", certificate.not_after())] {
        if time.is_early_generalized() {
            let message = format!("{field} {} is written as GeneralizedTime", time.time);
            let at = Span { start: time.offset as u32, end: time.offset as u32 + 1 };
            let finding = state.finding(Code::GeneralizedTimeEarly, message).part(field).bytes(at);
            state.push_form(finding);
        }
    }
    if certificate.not_after().time < certificate.not_before().time {
        let finding = state
            .finding(Code::ValidityEmpty, "the end of validity is before its start")
            .part("validity")
            .expected(Fact::Time(certificate.not_before().time))
            .found(Fact::Time(certificate.not_after().time));
        state.push(finding);
    }
    // RFC 5280 §4.1.1.2: the two fields MUST contain the same algorithm identifier.
    let (inner, outer) = (certificate.signed_algorithm(), certificate.signature_algorithm());
    if inner.raw != outer.raw {
        let finding = state
            .finding(Code::SignatureAlgorithmMismatch, "the signature algorithms inside and outside differ")
            .part("signatureAlgorithm")
            .expected(Fact::Text(inner.oid.name_or_dotted()))
            .found(Fact::Text(outer.oid.name_or_dotted()));
        state.push_form(finding);
    }
    if let Some(error) = certificate.key_error() {
        let finding = state
            .finding(Code::KeyMalformed, format!("the public key cannot be decoded: {error}"))
            .part("subjectPublicKeyInfo")
            .bytes(place(&error));
        state.push(finding);
    }
}

fn place(error: &DerError) -> Span {
    Span { start: error.offset as u32, end: error.offset as u32 + 1 }
}

fn encoding(state: &mut State<'_>, certificate: &Certificate) {
    // One finding names the first place and the number of the others: a broken
    // encoder repeats itself.
    let Some(Deviation { offset, kind }) = certificate.deviations().first() else { return };
    let others = certificate.deviations().len() - 1;
    let more = match others {
        0 => String::new(),
        1 => ", and one more departure".to_owned(),
        _ => format!(", and {others} more departures"),
    };
    let code = if state.at_anchor { Code::NotDerTolerated } else { Code::NotDer };
    let at = Span { start: *offset as u32, end: *offset as u32 + 1 };
    let finding = state.finding(code, format!("byte {offset}: {kind}{more}")).bytes(at);
    state.push_form(finding);
}

/// RFC 5280 §4.1.2.2: positive and at most 20 octets.
fn serial(state: &mut State<'_>, certificate: &Certificate) {
    let serial = certificate.serial();
    if serial.is_negative() || serial.is_zero() {
        let what = if serial.is_zero() { "zero" } else { "negative" };
        let finding = state
            .finding(Code::SerialNotPositive, format!("the serial number is {what}"))
            .part("serialNumber")
            .bytes(certificate.serial_span());
        state.push_form(finding);
    }
    if serial.as_bytes().len() > 20 {
        let finding = state
            .finding(Code::SerialTooLong, format!("the serial number has {} octets", serial.as_bytes().len()))
            .part("serialNumber")
            .bytes(certificate.serial_span())
            .expected(Fact::Number(20))
            .found(Fact::Number(serial.as_bytes().len() as i64));
        state.push_form(finding);
    }
}

/// RFC 5280 §4.1.2.1, §4.1.2.8, §4.1.2.9: what each version may have.
fn version(state: &mut State<'_>, certificate: &Certificate) {
    let has_extensions = certificate.extensions_offset() != 0;
    let has_unique_ids = certificate.issuer_unique_id().is_some() || certificate.subject_unique_id().is_some();
    let message = match certificate.version() {
        Version::Other(_) => format!("the version is {}", certificate.version()),
        Version::V1 | Version::V2 if has_extensions => {
            format!("the certificate has extensions, but is version {}, not 3", certificate.version())
        }
        Version::V1 if has_unique_ids => "the certificate has unique identifiers, but is version 1".to_owned(),
        _ => return,
    };
    let finding = state.finding(Code::VersionInvalid, message).part("version");
    state.push_form(finding);
}

fn names(state: &mut State<'_>, certificate: &Certificate) {
    if certificate.issuer().is_empty() {
        let finding = state.finding(Code::IssuerEmpty, "the issuer's name is empty").part("issuer");
        state.push_form(finding);
    }
    if certificate.subject().is_empty() {
        // RFC 5280 §4.1.2.6: only an end entity may, and then subjectAltName must be critical.
        let critical_names = certificate.extension(oids::SUBJECT_ALT_NAME).is_some_and(|names| names.is_critical());
        if state.depth() > 0 || !critical_names {
            let message = if state.depth() > 0 {
                "the subject's name is empty, though it is an issuer"
            } else {
                "the subject's name is empty and there is no critical subjectAltName"
            };
            let finding = state.finding(Code::SubjectEmpty, message).part("subject");
            // An issuer without a name is none, whoever vouches for it.
            if state.depth() > 0 { state.push(finding) } else { state.push_form(finding) }
        }
    }
}

/// Form is not judged on an anchor, but what narrows it must not get lost with it.
fn push(state: &mut State<'_>, finding: Finding, extension: &Extension<'_>) {
    let narrows = matches!(
        extension.oid(),
        oids::KEY_USAGE
            | oids::EXTENDED_KEY_USAGE
            | oids::BASIC_CONSTRAINTS
            | oids::NAME_CONSTRAINTS
            | oids::CERTIFICATE_POLICIES
            | oids::POLICY_CONSTRAINTS
            | oids::INHIBIT_ANY_POLICY
    );
    // Constraints imposed on an anchor are about its names, too, when it is the target.
    let names_target = state.depth() == 0 && extension.oid() == oids::SUBJECT_ALT_NAME;
    if narrows || names_target || extension.is_critical() {
        state.push(finding);
    } else {
        state.push_form(finding);
    }
}

fn extensions(state: &mut State<'_>, certificate: &Certificate) {
    let mut seen: Vec<&[u8]> = Vec::with_capacity(certificate.extensions().len());
    for extension in certificate.extensions() {
        let oid = extension.oid();
        if seen.contains(&oid.as_bytes()) {
            let name = oid.name_or_dotted();
            let finding = state
                .finding(Code::ExtensionDuplicate, format!("{name} stands more than once"))
                .part(name)
                .bytes(extension.span());
            push(state, finding, &extension);
        }
        seen.push(oid.as_bytes());
        if let Some(error) = extension.error() {
            let name = oid.name_or_dotted();
            let finding = state
                .finding(Code::ExtensionMalformed, format!("{name} cannot be decoded: {error}"))
                .part(name)
                .bytes(place(&error));
            push(state, finding, &extension);
        } else if oid == oids::CT_POISON {
            let message = "this is a precertificate for transparency logs, not a certificate";
            let finding =
                state.finding(Code::Precertificate, message).part(oid.name_or_dotted()).bytes(extension.span());
            state.push(finding);
        }
    }
}
