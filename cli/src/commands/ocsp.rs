//! `certlens ocsp`.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use certlens_core::encoding::input::InputObject;
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::origin::Origin;
use certlens_core::pool::Sourced;
use certlens_core::revocation::{EvidenceOcsp, SourceResult, single};
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::ocsp::{
    CertIdHash, CertIdMatcher, CertIdOwned, Nonce, OcspRequest, OcspResponse, ResponseStatus, SingleResponse,
    encode_request,
};

use crate::args::{HashArg, OcspArgs};
use crate::commands::crl::revoked;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::finding::FindingFacts;
use crate::facts::judged::{CheckResult, DemandFacts, JudgementFacts, RefusedObjectFacts, StatusFacts};
use crate::facts::not_read::NotReadFacts;
use crate::facts::ocsp::{JudgedResponseFacts, OcspOutcomeFacts, OcspReport, OcspRequestFacts, ResponseFacts};
use crate::objects::{self, Demand};
use crate::{load, output, say, view};

const EXPECTED: &str = "an OCSP response or request";

/// What RFC 9654 §2.1 tells clients to use.
const NONCE_OCTETS: usize = 32;

pub(crate) fn run(args: &OcspArgs) -> Result<Exit, Failure> {
    let demand = Demand::new(&args.judge, &args.files)?;
    let inputs = || args.files.iter().chain(&args.judge.issuer).chain(&args.judge.cert);
    if args.request {
        let request = request(args, &demand)?;
        output::write_octets(&args.output, inputs(), &request)?;
        return Ok(Exit::Success);
    }
    let mut exit = Exit::Success;
    let mut messages = Vec::new();
    let mut failures = Vec::new();
    let mut findings: Vec<FindingFacts> = FindingFacts::all(&demand.findings);
    for name in &args.files {
        if let Err(failure) = read(name, &demand, &mut messages, &mut findings, &mut exit) {
            exit = exit.max(failure.exit);
            failures.push((name, failure));
        }
    }
    let report = OcspReport {
        schema: OcspReport::SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        exit_code: exit.code(),
        request: DemandFacts::from(&demand),
        messages,
        not_read: failures.iter().map(|(name, failure)| NotReadFacts::new(name, failure)).collect(),
        findings,
    };
    output::write(&args.output, inputs(), || &report, || view::ocsp::documents(&report))?;
    for (_, failure) in &failures {
        say(failure);
    }
    Ok(exit)
}

/// The messages of one input.
fn read(
    name: &str,
    demand: &Demand,
    messages: &mut Vec<OcspOutcomeFacts>,
    findings: &mut Vec<FindingFacts>,
    exit: &mut Exit,
) -> Result<(), Failure> {
    let source = load::one(name, EXPECTED)?;
    let kinds = [ObjectKind::OcspResponse, ObjectKind::OcspRequest];
    let of_source = objects::wanted(&source, &kinds, EXPECTED)?;
    findings.extend(source.problems().map(|finding| FindingFacts::new(&finding)));
    if source.is_damaged() {
        *exit = (*exit).max(Exit::Unusable);
    }
    let pair = demand.certificate.as_ref().zip(demand.issuer.as_ref());
    let matcher = pair.map(|(certificate, issuer)| {
        CertIdMatcher::for_certificate(&certificate.certificate, Issuer::Certificate(&issuer.certificate))
    });
    for object in of_source {
        let origin = source.origin(object.index);
        messages.push(match read_one(object, &origin, demand, matcher.as_ref()) {
            Ok((message, of_message)) => {
                *exit = (*exit).max(of_message);
                message
            }
            Err(refused) => {
                *exit = (*exit).max(Exit::Unusable);
                OcspOutcomeFacts::Refused(refused)
            }
        });
    }
    Ok(())
}

fn read_one(
    object: &InputObject,
    origin: &Origin,
    demand: &Demand,
    matcher: Option<&CertIdMatcher<'_>>,
) -> Result<(OcspOutcomeFacts, Exit), RefusedObjectFacts> {
    let refused = |what: &str, error| RefusedObjectFacts {
        origin: origin.to_string(),
        message: format!("the OCSP {what} cannot be read: {error}{}", objects::place(object)),
    };
    if object.kind == ObjectKind::OcspRequest {
        let request = OcspRequest::from_der(&object.der).map_err(|error| refused("request", error))?;
        let facts = OcspRequestFacts::new(&request, origin, matcher);
        return Ok((OcspOutcomeFacts::Request(Box::new(facts)), Exit::Success));
    }
    let response = OcspResponse::from_der(&object.der).map_err(|error| refused("response", error))?;
    let judgement = judge(&response, origin, demand, matcher);
    let exit = judgement.exit();
    let facts = JudgedResponseFacts {
        status: judgement.status(),
        response: ResponseFacts::new(&response, origin, matcher),
        judgement,
    };
    Ok((OcspOutcomeFacts::Response(Box::new(facts)), exit))
}

/// All checks of one response.
fn judge(
    response: &OcspResponse,
    origin: &Origin,
    demand: &Demand,
    matcher: Option<&CertIdMatcher<'_>>,
) -> JudgementFacts {
    let mut judgement = JudgementFacts::default();
    judgement.note("form", single::response_form(response), || {
        "a successful response in DER, every critical extension is processed".to_owned()
    });
    if response.status() == ResponseStatus::Successful && response.basic().is_some() {
        freshness(response, demand, matcher, &mut judgement);
        signature(response, demand, &mut judgement);
    }
    if let Some(certificate) = &demand.certificate {
        judgement.certificate = Some(status(response, origin, certificate, demand, &mut judgement));
    }
    judgement
}

/// Of the certificate in question if that is known, otherwise of all that are
/// spoken about.
fn freshness(
    response: &OcspResponse,
    demand: &Demand,
    matcher: Option<&CertIdMatcher<'_>>,
    judgement: &mut JudgementFacts,
) {
    let singles: Vec<SingleResponse<'_>> = response
        .basic()
        .into_iter()
        .flat_map(|basic| basic.responses())
        .filter(|single| matcher.is_none_or(|matcher| matcher.matches(&single.cert_id)))
        .collect();
    if singles.is_empty() {
        let what = if matcher.is_some() { "the certificate" } else { "any certificate" };
        judgement.skip("freshness", format!("the response says nothing about {what}"));
        return;
    }
    // Of several about one certificate the newest counts.
    let stale = |single: &&SingleResponse<'_>| single::response_freshness(single, demand.time).is_err();
    let deciding = match matcher {
        Some(_) => singles.iter().max_by_key(|single| single.this_update.time),
        None => singles.iter().find(stale).or_else(|| singles.first()),
    };
    let fresh = deciding.map_or(Ok(()), |single| single::response_freshness(single, demand.time));
    judgement.note("freshness", fresh, || format!("counts at {}", demand.time));
}

fn signature(response: &OcspResponse, demand: &Demand, judgement: &mut JudgementFacts) {
    let issuers: Vec<&Sourced> = match &demand.issuer {
        Some(issuer) => vec![issuer],
        None => demand.issuers.iter().collect(),
    };
    let mut wrong: Option<Box<Finding>> = None;
    for issuer in &issuers {
        match single::response_signer(response, &issuer.certificate, &demand.policy, demand.time) {
            Ok(()) => {
                let name = issuer.certificate.subject().brief();
                judgement.pass("signature", format!("made by {name} or a responder that it authorised"));
                return;
            }
            // That another issuer did not authorise the responder says less.
            Err(finding) => {
                if wrong.as_ref().is_none_or(|one| one.code == Code::OcspNotAuthorised) {
                    wrong = Some(finding);
                }
            }
        }
    }
    match wrong {
        Some(finding) => judgement.find("signature", CheckResult::Failed, &finding),
        None => {
            judgement.skip("signature", "not checked (give the certificate of the certificates' issuer with --issuer)");
        }
    }
}

/// What the response says about the certificate.
fn status(
    response: &OcspResponse,
    origin: &Origin,
    certificate: &Sourced,
    demand: &Demand,
    judgement: &mut JudgementFacts,
) -> StatusFacts {
    const CHECK: &str = "certificate";
    let unknown = StatusFacts { status: "unknown", verified: false, revocation: None };
    let Some(issuer) = &demand.issuer else {
        judgement.find(CHECK, CheckResult::Indeterminate, &demand.no_issuer(certificate));
        return unknown;
    };
    let evidence = EvidenceOcsp { response: response.clone(), origin: origin.clone(), nonce: None, asked_for: None };
    let pair = (&certificate.certificate, &issuer.certificate);
    match single::judge_response_alone(&evidence, pair, &demand.policy, demand.time).result {
        SourceResult::Revoked(revocation) => revoked(&revocation, certificate, demand, judgement),
        SourceResult::Good => {
            judgement.pass(CHECK, "not revoked (good)");
            StatusFacts { status: "not_revoked", verified: true, revocation: None }
        }
        SourceResult::NotUsed(finding) => {
            let result = match finding.code {
                Code::OcspDoesNotCover => CheckResult::Failed,
                _ => CheckResult::Indeterminate,
            };
            let finding = Finding { severity: Severity::Error, ..*finding };
            judgement.find(CHECK, result, &finding);
            unknown
        }
    }
}

/// A request for the certificate in question.
fn request(args: &OcspArgs, demand: &Demand) -> Result<Vec<u8>, Failure> {
    let Some(certificate) = &demand.certificate else {
        return Err(Failure::unusable("--request: give the certificate with --cert"));
    };
    let Some(issuer) = &demand.issuer else {
        return Err(Failure::unusable(format!("--request: {}", demand.no_issuer(certificate).message))
            .advice("give the certificate of its issuer with --issuer"));
    };
    let hash = match args.hash {
        HashArg::Sha1 => CertIdHash::Sha1,
        HashArg::Sha256 => CertIdHash::Sha256,
    };
    let issuer = Issuer::Certificate(&issuer.certificate);
    let id = CertIdOwned::for_certificate(&certificate.certificate, issuer, hash);
    let mut octets = [0; NONCE_OCTETS];
    if args.nonce {
        SystemRandom::new()
            .fill(&mut octets)
            .map_err(|_| Failure::unusable("--nonce: this system gives no random numbers"))?;
    }
    let nonce = if args.nonce { Nonce::new(&octets) } else { None };
    Ok(encode_request(&[id], nonce))
}
