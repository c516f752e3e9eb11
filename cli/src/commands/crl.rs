//! `certlens crl`.

use certlens_core::encoding::input::InputObject;
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::finding::{Code, Fact, Finding, Severity};
use certlens_core::origin::Origin;
use certlens_core::pool::Sourced;
use certlens_core::revocation::{Evidence, Revocation, SourceResult, single};
use certlens_core::x509::Crl;

use crate::args::CrlArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::crl::{CrlFacts, CrlOutcomeFacts, CrlReport, JudgedCrlFacts, LookupFacts, MAX_ENTRIES};
use crate::facts::finding::FindingFacts;
use crate::facts::judged::{
    CheckResult, DemandFacts, JudgementFacts, RefusedObjectFacts, RevocationFacts, StatusFacts,
};
use crate::facts::not_read::NotReadFacts;
use crate::objects::{self, Demand};
use crate::{load, output, say, view};

const EXPECTED: &str = "a CRL";

/// What to do when the CRL is of none of the issuers given.
const OTHER_ISSUER: &str =
    "Give the certificate of the CRL's issuer with --issuer; it may be another one than that of the CA.";

/// What an input gave.
enum Found {
    Read { crl: Crl, origin: Origin },
    Refused(RefusedObjectFacts),
}

pub(crate) fn run(args: &CrlArgs) -> Result<Exit, Failure> {
    let demand = Demand::new(&args.judge, &args.files)?;
    let mut serials = Vec::new();
    for text in &args.serial {
        serials.push(objects::parse_serial(text).ok_or_else(|| {
            Failure::unusable(format!("--serial {text}: is not a serial number in hexadecimal"))
                .advice("write it as certlens and openssl show it, as 0a1b2c or 0A:1B:2C")
        })?);
    }
    let mut exit = Exit::Success;
    let mut found = Vec::new();
    let mut failures = Vec::new();
    let mut findings: Vec<FindingFacts> = FindingFacts::all(&demand.findings);
    for name in &args.files {
        if let Err(failure) = read(name, &mut found, &mut findings, &mut exit) {
            exit = exit.max(failure.exit);
            failures.push((name, failure));
        }
    }
    // Delta CRLs count together with the complete ones that were given.
    let mut evidence = Evidence::new();
    for one in &found {
        if let Found::Read { crl, origin } = one {
            evidence.add_crl(crl.clone(), origin.clone());
        }
    }
    let most_entries = if args.all { usize::MAX } else { MAX_ENTRIES };
    let mut crls = Vec::new();
    for one in found {
        crls.push(match one {
            Found::Read { crl, origin } => {
                let lookups: Vec<_> = serials.iter().map(|serial| LookupFacts::new(&crl, serial)).collect();
                let judgement = judge(&crl, &lookups, &evidence, &demand);
                exit = exit.max(judgement.exit());
                let status = judgement.status();
                let crl = CrlFacts::new(&crl, &origin, most_entries);
                CrlOutcomeFacts::Read(Box::new(JudgedCrlFacts { status, crl, lookups, judgement }))
            }
            Found::Refused(refused) => CrlOutcomeFacts::Refused(refused),
        });
    }
    let report = CrlReport {
        schema: CrlReport::SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        exit_code: exit.code(),
        request: DemandFacts::from(&demand),
        crls,
        not_read: failures.iter().map(|(name, failure)| NotReadFacts::new(name, failure)).collect(),
        findings,
    };
    let inputs = args.files.iter().chain(&args.judge.issuer).chain(&args.judge.cert);
    output::write(&args.output, inputs, || &report, || view::crl::documents(&report))?;
    for (_, failure) in &failures {
        say(failure);
    }
    Ok(exit)
}

/// The CRLs of one input.
fn read(name: &str, found: &mut Vec<Found>, findings: &mut Vec<FindingFacts>, exit: &mut Exit) -> Result<(), Failure> {
    let source = load::one(name, EXPECTED)?;
    let of_source = objects::wanted(&source, &[ObjectKind::Crl], EXPECTED)?;
    findings.extend(source.problems().map(|finding| FindingFacts::new(&finding)));
    if source.is_damaged() {
        *exit = (*exit).max(Exit::Unusable);
    }
    for object in of_source {
        let one = read_one(object, source.origin(object.index));
        if matches!(one, Found::Refused(_)) {
            *exit = (*exit).max(Exit::Unusable);
        }
        found.push(one);
    }
    Ok(())
}

fn read_one(object: &InputObject, origin: Origin) -> Found {
    match Crl::from_der(&object.der) {
        Ok(crl) => Found::Read { crl, origin },
        Err(error) => Found::Refused(RefusedObjectFacts {
            origin: origin.to_string(),
            message: format!("the CRL cannot be read: {error}{}", objects::place(object)),
        }),
    }
}

/// All checks of one CRL.
fn judge(crl: &Crl, lookups: &[LookupFacts], evidence: &Evidence, demand: &Demand) -> JudgementFacts {
    let mut judgement = JudgementFacts::default();
    judgement.note("form", single::crl_form(crl), || {
        "in DER, without contradictions, every critical extension is processed".to_owned()
    });
    judgement.note("freshness", single::crl_freshness(crl, demand.time), || format!("counts at {}", demand.time));
    signature(crl, demand, &mut judgement);
    for lookup in lookups {
        serial(lookup, &mut judgement);
    }
    if let Some(certificate) = &demand.certificate {
        judgement.certificate = Some(status(crl, certificate, evidence, demand, &mut judgement));
    }
    judgement
}

/// Those who may have signed the CRL: whom the user vouches for, and the issuer
/// of the certificate, whose key signed that.
fn signers(crl: &Crl, demand: &Demand) -> Vec<Sourced> {
    let of_certificate = demand.issuer.iter().filter(|one| {
        let is_given = demand.issuers.iter().any(|given| given.certificate.id() == one.certificate.id());
        // Found in the certificate's own file, it need not have to do with this CRL.
        !is_given && one.certificate.subject_digest() == crl.issuer_digest()
    });
    demand.issuers.iter().chain(of_certificate).cloned().collect()
}

fn signature(crl: &Crl, demand: &Demand, judgement: &mut JudgementFacts) {
    let signers = signers(crl, demand);
    if signers.is_empty() {
        judgement.skip("signature", "not checked (give the issuer's certificate with --issuer)");
        return;
    }
    match single::crl_signer(crl, &signers, &demand.policy, demand.time) {
        Ok(signer) => {
            let name = signer.certificate.subject().brief();
            judgement.pass("signature", format!("made by {name} ({})", signer.origin));
        }
        Err(finding) => {
            let is_other = matches!(finding.code, Code::CrlIssuerNotFound | Code::CrlWrongIssuer);
            let finding = if is_other { finding.hint(OTHER_ISSUER) } else { *finding };
            judgement.find("signature", CheckResult::Failed, &finding);
        }
    }
}

fn serial(lookup: &LookupFacts, judgement: &mut JudgementFacts) {
    let number = &lookup.serial;
    if !lookup.readable {
        let message = format!("the entries with the serial number {number} cannot be read");
        judgement.find("serial", CheckResult::Failed, &Finding::new(Code::CrlUnreadable, Severity::Error, message));
        return;
    }
    // removeFromCRL says that a certificate is not revoked any more.
    let Some(entry) = lookup.entries.iter().find(|entry| entry.reason != Some("removeFromCRL")) else {
        let what = if lookup.entries.is_empty() { "is not listed" } else { "is listed as removed from the CRL" };
        judgement.pass("serial", format!("{number} {what}"));
        return;
    };
    let reason = entry.reason.unwrap_or("not given");
    let message = format!("revoked on {}, reason {reason}: serial number {number}", entry.revocation_date);
    judgement.find("serial", CheckResult::Failed, &Finding::new(Code::Revoked, Severity::Error, message));
}

/// Whether the CRL covers the certificate, and what it says about it.
fn status(
    crl: &Crl,
    certificate: &Sourced,
    evidence: &Evidence,
    demand: &Demand,
    judgement: &mut JudgementFacts,
) -> StatusFacts {
    const CHECK: &str = "certificate";
    let unknown = StatusFacts { status: "unknown", verified: false, revocation: None };
    let partial = match single::crl_coverage(crl, &certificate.certificate) {
        Ok(partial) => partial,
        Err(finding) => {
            judgement.find(CHECK, CheckResult::Failed, &finding);
            return unknown;
        }
    };
    let Some(issuer) = &demand.issuer else {
        let mut finding = demand.no_issuer(certificate);
        let listed = single::crl_listing(crl, &certificate.certificate, demand.time).ok().flatten();
        finding.message.push_str(match listed {
            Some(_) => "; the CRL lists its serial number, unverified",
            None => "; the CRL does not list its serial number, unverified",
        });
        judgement.find(CHECK, CheckResult::Indeterminate, &finding);
        let revocation = listed.as_ref().map(RevocationFacts::new);
        return StatusFacts { revocation, ..unknown };
    };
    let pair = (&certificate.certificate, &issuer.certificate);
    let signers = signers(crl, demand);
    let outcome = single::judge_crl_alone(crl, evidence, pair, &signers, &demand.policy, demand.time);
    match outcome.map(|outcome| outcome.result) {
        Some(SourceResult::Revoked(revocation)) => revoked(&revocation, certificate, demand, judgement),
        Some(SourceResult::Good) => {
            let Some(reasons) = partial else {
                judgement.pass(CHECK, "covered and not revoked");
                return StatusFacts { status: "not_revoked", verified: true, revocation: None };
            };
            let message = format!("not revoked, but the CRL covers only the reasons {}", reasons.names().join(", "));
            let finding = Finding::new(Code::CrlReasonsPartial, Severity::Error, message);
            judgement.find(CHECK, CheckResult::Indeterminate, &finding);
            unknown
        }
        Some(SourceResult::NotUsed(finding)) => {
            let finding = Finding { severity: Severity::Error, ..*finding };
            judgement.find(CHECK, CheckResult::Indeterminate, &finding);
            unknown
        }
        None => unknown,
    }
}

/// The certificate was revoked, by the word of one who may say so.
pub(super) fn revoked(
    revocation: &Revocation,
    certificate: &Sourced,
    demand: &Demand,
    judgement: &mut JudgementFacts,
) -> StatusFacts {
    let facts = RevocationFacts::new(revocation);
    let is_later = revocation.time > demand.time;
    let (code, severity) =
        if is_later { (Code::RevokedLater, Severity::Warning) } else { (Code::Revoked, Severity::Error) };
    let finding = Finding::new(code, severity, facts.sentence())
        .found(Fact::Time(revocation.time))
        .at(None, certificate.certificate.id());
    let result = if is_later { CheckResult::Passed } else { CheckResult::Failed };
    judgement.find("certificate", result, &finding);
    let status = if is_later { "revoked_later" } else { "revoked" };
    StatusFacts { status, verified: true, revocation: Some(facts) }
}
