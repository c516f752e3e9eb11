//! The checks of one object: the answer, what was checked, what to do.

use certlens_report::{Document, Emphasis, Field, Fields, Headline, Note, Step, Text, Tone, Value};

use crate::facts::certificate::DeviationFacts;
use crate::facts::finding::{FindingFacts, SeverityFacts};
use crate::facts::judged::{CheckResult, DemandFacts, JudgementFacts, PartyFacts, RefusedObjectFacts};
use crate::view::inspect::finding_note;

/// The answer, which is the report's first line.
pub(super) struct Answer<'a> {
    /// What the object is, in capitals.
    pub(super) what: &'a str,
    /// What is said of one in which nothing is wrong.
    pub(super) good: &'a str,
    /// What stands before the answer when there are several.
    pub(super) of: String,
    /// The object in one sentence.
    pub(super) sentence: String,
}

/// What is said of an object by the code of what is wrong with it.
fn verdict(what: &str, code: &str) -> String {
    let said = match code {
        "crl-not-der" | "ocsp-not-der" => "NOT IN DER",
        "crl-malformed" | "ocsp-malformed" => "MALFORMED",
        "crl-expired" | "ocsp-expired" => "EXPIRED",
        "crl-not-yet-valid" | "ocsp-not-yet-valid" => "NOT YET VALID",
        "crl-next-update-missing" => "WITHOUT NEXT UPDATE",
        "crl-signature-invalid" | "ocsp-signature-invalid" => "SIGNATURE WRONG",
        "crl-algorithm-refused" | "ocsp-algorithm-refused" => "ALGORITHM REFUSED",
        "crl-issuer-no-crl-sign" => "ISSUER MAY NOT SIGN CRLS",
        "crl-wrong-issuer" => "OF ANOTHER ISSUER",
        "crl-issuer-not-found" => "OF ANOTHER KEY",
        "crl-issuer-status-unknown" => "ISSUER NOT KNOWN TO BE UNREVOKED",
        "crl-does-not-cover" | "crl-no-common-distribution-point" => "DOES NOT COVER THE CERTIFICATE",
        "ocsp-does-not-cover" => "NOT ABOUT THE CERTIFICATE",
        "ocsp-unsuccessful" => "UNSUCCESSFUL",
        "ocsp-responder-not-authorised" => "RESPONDER NOT AUTHORISED",
        "ocsp-responder-not-valid" => "RESPONDER NOT VALID",
        _ => "NOT USABLE",
    };
    format!("{what} {said}")
}

pub(super) fn headline(answer: Answer<'_>, judgement: &JudgementFacts) -> Headline {
    let failed =
        |name: &str| judgement.checks.iter().find(|one| one.check == name && one.result == CheckResult::Failed);
    let worthless = failed("form").or_else(|| failed("signature"));
    let revoked = judgement
        .checks
        .iter()
        .find(|check| check.result == CheckResult::Failed && check.code == Some("revoked") && worthless.is_none());
    let status = judgement.certificate.as_ref();
    let deciding = revoked.or(worthless).or_else(|| judgement.first(CheckResult::Failed));
    let (tone, mut text) = match (deciding, judgement.first(CheckResult::Indeterminate), status) {
        (Some(check), ..) if check.code == Some("revoked") => {
            (Tone::Bad, check.message.replace("revoked on", "REVOKED on"))
        }
        (Some(check), ..) => (Tone::Bad, verdict(answer.what, check.code.unwrap_or_default())),
        (None, Some(check), _) => match check.code {
            Some("ocsp-status-unknown") => (Tone::Unclear, "UNKNOWN to the responder".to_owned()),
            _ => (Tone::Unclear, "INDETERMINATE".to_owned()),
        },
        (None, None, Some(status)) => match &status.revocation {
            Some(revocation) => (Tone::Good, format!("NOT REVOKED then, but later: {}", revocation.sentence())),
            None => (Tone::Good, "NOT REVOKED".to_owned()),
        },
        (None, None, None) => (Tone::Good, answer.good.to_owned()),
    };
    if judgement.is("signature", CheckResult::NotChecked) && !text.contains("UNSUCCESSFUL") {
        text.push_str(" (signature not checked: give --issuer)");
    }
    let mut reasons = Vec::new();
    let said = deciding.or_else(|| judgement.first(CheckResult::Indeterminate));
    if let Some(check) = said.filter(|check| check.code != Some("revoked")) {
        let others = judgement.checks.iter().filter(|one| one.result == CheckResult::Failed && *one != check).count();
        let more = match others {
            0 => String::new(),
            1 => " (and one more check failed)".to_owned(),
            _ => format!(" (and {others} more checks failed)"),
        };
        reasons.push(format!("{}{more}.", capital(&check.message)));
    }
    reasons.push(answer.sentence);
    Headline::new(tone, format!("{}{text}", answer.of)).reason(reasons.join(" "))
}

/// The sentence with a capital letter in front.
pub(super) fn capital(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

pub(super) fn push_checks(document: &mut Document, judgement: &JudgementFacts) {
    let fields = judgement.checks.iter().map(|check| {
        let name = match check.check {
            "form" => "Form",
            "freshness" => "Freshness",
            "signature" => "Signature",
            "serial" => "Serial number",
            _ => "Certificate",
        };
        let word = match check.result {
            CheckResult::Passed => "passed: ",
            CheckResult::Failed => "FAILED: ",
            CheckResult::Indeterminate => "not known: ",
            CheckResult::NotChecked => "",
        };
        Field::new(name, format!("{word}{}", check.message))
    });
    document.heading("Checks").push(Fields::new(fields));
}

/// Departures from DER, findings, and what to do about them.
pub(super) fn push_findings(
    document: &mut Document,
    judgement: &JudgementFacts,
    deviations: &[DeviationFacts],
    deviation_count: usize,
) {
    if !deviations.is_empty() {
        let mut notes: Vec<_> = deviations
            .iter()
            .map(|one| Note::warning("", one.message.clone()).location(format!("byte {}", one.offset)))
            .collect();
        let rest = deviation_count.saturating_sub(deviations.len());
        if rest > 0 {
            notes.push(Note::info("", format!("{rest} more")));
        }
        document.heading("Departures from DER").push(notes);
    }
    if judgement.findings.is_empty() {
        return;
    }
    // What helps stands below, once.
    let notes = judgement.findings.iter().map(|finding| Note { hint: None, ..finding_note(finding) });
    document.heading("Findings").push(notes.collect::<Vec<_>>());
    let mut steps: Vec<Step> = Vec::new();
    let mut codes: Vec<&str> = Vec::new();
    let mut advice: Vec<&str> = Vec::new();
    for finding in judgement.findings.iter().filter(|finding| finding.severity != SeverityFacts::Info) {
        if !advice.contains(&finding.hint.as_str()) {
            advice.push(&finding.hint);
            steps.push(Step::new(finding.hint.as_str()));
        }
        if !codes.contains(&finding.code.as_str()) {
            codes.push(&finding.code);
        }
    }
    steps.push(Step::new("Read what it means:").command(format!("certlens explain {}", codes.join(" "))));
    document.heading("What to do").push(steps);
}

/// What the object was judged by.
pub(super) fn push_demand(document: &mut Document, demand: &DemandFacts) {
    let clock = if demand.time_is_clock { " (this machine's clock)" } else { "" };
    let mut fields = vec![Field::new("Time", format!("{}{clock}", demand.time))];
    let party = |party: &PartyFacts| format!("{} ({})", party.subject, party.origin);
    if !demand.issuers.is_empty() {
        let mut field = Field::group("Issuers given");
        field.values.extend(demand.issuers.iter().take(MAX_ISSUERS).map(|one| Value::Text(party(one).into())));
        let rest = demand.issuers.len().saturating_sub(MAX_ISSUERS);
        if rest > 0 {
            field = field.value(format!("and {rest} more"));
        }
        fields.push(field);
    }
    if let Some(certificate) = &demand.certificate {
        let text = Text::from(format!("{}, serial number ", party(certificate)))
            .with(Emphasis::Literal, certificate.serial.clone());
        fields.push(Field::new("Certificate", text));
        let issuer = demand.certificate_issuer.as_ref();
        fields.push(Field::new("Its issuer", issuer.map_or_else(|| "not found".to_owned(), party)));
    }
    if !demand.allow_weak.is_empty() {
        fields.push(Field::new("Weak, allowed", demand.allow_weak.join(", ")));
    }
    document.heading("Checked with").push(Fields::new(fields));
}

/// Issuers that are listed: a bundle can have hundreds.
const MAX_ISSUERS: usize = 5;

/// An object that cannot be read.
pub(crate) fn unreadable(what: &str, refused: &RefusedObjectFacts) -> Document {
    let reason = format!("{}: {}", refused.origin, refused.message);
    Document::new(Headline::new(Tone::Bad, format!("UNREADABLE {what}")).reason(reason))
}

/// Findings about the files, below the last report.
pub(super) fn push_beside(documents: &mut [Document], findings: &[FindingFacts]) {
    if let Some(document) = documents.last_mut()
        && !findings.is_empty()
    {
        document.heading("Beside it").push(findings.iter().map(finding_note).collect::<Vec<_>>());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_core::finding::{Code, Finding, Severity};

    fn answer() -> Answer<'static> {
        Answer { what: "CRL", good: "CRL GOOD", of: String::new(), sentence: "A CRL.".to_owned() }
    }

    fn failed(check: &'static str, code: Code) -> JudgementFacts {
        let mut judgement = JudgementFacts::default();
        judgement.pass("signature", "made by CN=CA");
        judgement.find(check, CheckResult::Failed, &Finding::new(code, Severity::Error, "it is so"));
        judgement
    }

    #[test]
    fn every_way_to_fail_has_a_headline_of_its_own() {
        let mut said = Vec::new();
        let of_objects = |code: &Code| {
            let name = code.name();
            let about_others = [
                "crl-number-missing",
                "crl-reasons-partial",
                "crl-issuer-not-valid",
                "ocsp-nonce-mismatch",
                "ocsp-status-unknown",
            ];
            (name.starts_with("crl-") || name.starts_with("ocsp-")) && !about_others.contains(&name)
        };
        for code in Code::all().filter(of_objects) {
            let text = headline(answer(), &failed("form", code)).text;
            let is_general = matches!(code, Code::CrlExtensionNotProcessed | Code::OcspExtensionNotProcessed)
                || code.name().ends_with("-unreadable");
            assert_eq!(text == "CRL NOT USABLE", is_general, "{}: {text}", code.name());
            said.push(text);
        }
        assert!(said.len() > 15, "{said:?}");
    }

    #[test]
    fn a_revocation_outweighs_age_but_not_a_wrong_signature() {
        let revoked =
            Finding::new(Code::Revoked, Severity::Error, "revoked on 2026-01-01T00:00:00Z, reason superseded");
        let mut old = failed("freshness", Code::CrlExpired);
        old.find("serial", CheckResult::Failed, &revoked);
        assert_eq!(headline(answer(), &old).text, "REVOKED on 2026-01-01T00:00:00Z, reason superseded");
        let mut forged = failed("signature", Code::CrlSignatureInvalid);
        forged.find("serial", CheckResult::Failed, &revoked);
        assert_eq!(headline(answer(), &forged).text, "CRL SIGNATURE WRONG");
        assert_eq!(forged.status(), "failed");
    }

    #[test]
    fn what_was_not_checked_is_said_and_changes_nothing() {
        let mut judgement = JudgementFacts::default();
        judgement.pass("form", "in DER");
        judgement.skip("signature", "not checked");
        assert_eq!(headline(answer(), &judgement).text, "CRL GOOD (signature not checked: give --issuer)");
        assert_eq!(judgement.status(), "passed");
        let unknown = Finding::new(Code::RevocationUnknown, Severity::Error, "the issuer was not given");
        judgement.find("certificate", CheckResult::Indeterminate, &unknown);
        assert_eq!(judgement.status(), "indeterminate");
        assert!(headline(answer(), &judgement).text.starts_with("INDETERMINATE"));
    }
}
