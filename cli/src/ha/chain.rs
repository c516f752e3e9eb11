//! Whether nodes trust the certificate, and whether its chain and revocation can be
//! checked.

use std::rc::Rc;

use certlens_core::finding::{Code, Finding};
use certlens_core::path::PathEnd;
use certlens_core::pool::Sourced;
use certlens_core::verdict::Status;
use certlens_fetch::shown;
use certlens_keystore::judgement::{Judgement, Outcome};
use certlens_keystore::profile::{CertificateFacts, Standing};
use certlens_keystore::provider::Confidence;

use super::material::Material;
use crate::args::{HaArgs, NetworkArgs, PathArgs, RevocationArg, RevocationArgs, TrustArg, VerifyArgs};
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::demand::{DemandFacts, OutcomeFacts, RemedyFacts, WeightFacts};
use crate::facts::ha::AskedFacts;
use crate::load::Loaded;
use crate::proxies::Proxies;
use crate::reason;
use crate::url::{Answer, Reached, Rule, reach};
use crate::verification::{Request, Verified};

const TRUSTED: (&str, &str) = ("trusted", "the node trusts the certificate's chain");
const STRENGTH: (&str, &str) =
    ("strength", "no signature or key of the chain is of a weak kind, which Windows takes and audits do not");
const REACHABLE: (&str, &str) = (
    "reachable",
    "the chain can be built and its revocation checked, as WCF does online over net.tcp (HTTPS does not)",
);
const TUTORIAL: &str = "Microsoft: tutorial-enable-remote-access-intranet-tls-ssl-certificate";
const WEAKNESS: &str = "NIST SP 800-131A, RFC 9155 §1";
const GUIDE: &str = "Microsoft: self-hosted-integration-runtime-troubleshoot-guide";

/// Verifications with the same trust anchors, and their results file by file.
pub(crate) struct Chains<'a> {
    args: &'a HaArgs,
    /// Made once, so that a password is asked for once.
    proxies: Option<Rc<Proxies>>,
    groups: Vec<Group>,
}

struct Group {
    anchors: Vec<String>,
    request: Request,
    /// The rows of each file that was looked at, by its place.
    known: Vec<(usize, Vec<DemandFacts>)>,
    /// The URLs that were asked, each once.
    asked: Vec<AskedFacts>,
}

impl<'a> Chains<'a> {
    pub(crate) fn new(args: &'a HaArgs) -> Chains<'a> {
        Chains { args, proxies: None, groups: Vec::new() }
    }

    /// The demands about the chain of a file, on a node with these anchors.
    ///
    /// # Errors
    ///
    /// When the anchors cannot be read.
    pub(crate) fn judge(
        &mut self,
        anchors: &[String],
        file: usize,
        material: &Material<'_>,
    ) -> Result<Vec<DemandFacts>, Failure> {
        let args = self.args;
        let place = match self.groups.iter().position(|group| group.anchors == anchors) {
            Some(place) => place,
            None => {
                if args.fetch && self.proxies.is_none() {
                    self.proxies = Some(Rc::new(Proxies::new(&args.network.proxy)?));
                }
                let request = Request::through(&verification(args, anchors), self.proxies.clone())?;
                if let Some(retriever) = &request.retriever {
                    retriever.borrow_mut().ask_the_network();
                }
                self.groups.push(Group { anchors: anchors.to_vec(), request, known: Vec::new(), asked: Vec::new() });
                self.groups.len() - 1
            }
        };
        let Some(group) = self.groups.get_mut(place) else { return Ok(Vec::new()) };
        if let Some((_, rows)) = group.known.iter().find(|(known, _)| *known == file) {
            return Ok(rows.clone());
        }
        let has_anchors = !anchors.is_empty() || args.trust.is_some_and(|trust| trust != TrustArg::None);
        let rows = match &material.target {
            None => unread(args, has_anchors, material.entity.certificate),
            Some(target) => rows(target, &material.others, group, has_anchors)?,
        };
        group.known.push((file, rows.clone()));
        Ok(rows)
    }

    /// The requests, for what is to be said of trust anchors and of the network.
    pub(crate) fn requests(&self) -> impl Iterator<Item = &Request> {
        self.groups.iter().map(|group| &group.request)
    }

    /// The URLs that were asked.
    pub(crate) fn asked(&self) -> impl Iterator<Item = &AskedFacts> {
        self.groups.iter().flat_map(|group| &group.asked)
    }
}

fn verification(args: &HaArgs, anchors: &[String]) -> VerifyArgs {
    VerifyArgs {
        path: PathArgs {
            anchors: anchors.to_vec(),
            // What this machine trusts says nothing of the nodes.
            trust: args.trust.or(anchors.is_empty().then_some(TrustArg::None)),
            intermediates: args.intermediates.clone(),
            at: args.demand.at.clone(),
        },
        purpose: vec!["server-auth".to_owned()],
        // Windows takes what is weak; how weak it is, is a demand of its own.
        allow_weak: vec!["all".to_owned()],
        fetch: args.fetch,
        network: network(args),
        // Revocation is judged URL by URL.
        revocation: RevocationArgs { revocation: Some(RevocationArg::None), ..RevocationArgs::default() },
        ..VerifyArgs::default()
    }
}

/// What is given for the network, as far as it is for retrieval.
fn network(args: &HaArgs) -> NetworkArgs {
    match args.probe && !args.fetch {
        // It says how long a node's service may take.
        true => args.network.with_usual_timeout(),
        false => args.network.clone(),
    }
}

fn rows(
    target: &Sourced,
    others: &[Sourced],
    group: &mut Group,
    has_anchors: bool,
) -> Result<Vec<DemandFacts>, Failure> {
    let others = others.iter().cloned().map(Loaded::Read).collect();
    let mut verified = Verified::of(target.clone(), others, Vec::new(), &group.request)?;
    // Which certificate of the file is meant was said where the nodes are listed.
    verified.companions = 0;
    let trusted = trusted(&verified, &group.request, has_anchors);
    let strength = strength(&verified);
    let reachable = reachable(verified, &group.request, &mut group.asked);
    Ok(vec![trusted, strength, reachable])
}

/// Without the certificate: what is to be done for it is said by demands of its own.
fn unread(args: &HaArgs, has_anchors: bool, certificate: CertificateFacts<'_>) -> Vec<DemandFacts> {
    let why = match certificate {
        CertificateFacts::None => "there is no end-entity certificate in the file",
        CertificateFacts::Unread | CertificateFacts::Of(_) => "the certificate was not read",
    };
    let row = |named, source, is_judged| {
        let judgement = Judgement::new(Outcome::CannotKnow, why, Confidence::Documented, source);
        let (outcome, remedy) = match is_judged {
            true => (OutcomeFacts::CannotKnow, None),
            false => (OutcomeFacts::OnNode, Some(on_node())),
        };
        DemandFacts::own(named, outcome, judgement, remedy)
    };
    vec![
        row(TRUSTED, TUTORIAL, has_anchors),
        row(STRENGTH, WEAKNESS, true).weighing(WeightFacts::Should),
        row(REACHABLE, GUIDE, args.fetch),
    ]
}

fn on_node() -> RemedyFacts {
    RemedyFacts::windows(
        "verify the certificate on each node, as the account of the service; AIA must be Verified, and CDP or OCSP",
        "certutil -verify -urlfetch CERTIFICATE.cer",
    )
}

fn trusted(verified: &Verified, request: &Request, has_anchors: bool) -> DemandFacts {
    let row = |outcome: OutcomeFacts, known, reason: String, remedy| {
        let judgement = Judgement::new(known, reason, Confidence::Documented, TUTORIAL);
        DemandFacts::own(TRUSTED, outcome, judgement, remedy)
    };
    let end = verified.verdict.best.as_ref().map(|best| &best.path.end);
    if !has_anchors {
        let top = match end {
            Some(PathEnd::SelfSigned(_)) => {
                let top = verified.verdict.best.as_ref().and_then(|best| best.path.certificates.last());
                format!(": the chain ends in {}", top.map(|one| one.certificate.subject().brief()).unwrap_or_default())
            }
            Some(PathEnd::NoIssuer(missing)) => format!(": the chain ends below {}", missing.name),
            _ => String::new(),
        };
        let reason = format!("what the node trusts is not given (--anchors){top}");
        return row(OutcomeFacts::OnNode, Outcome::CannotKnow, reason, Some(on_node()));
    }
    // An intermediate that is not at hand may be on the node, or be retrieved there.
    let missing = match (verified.verdict.status, end) {
        (Status::Untrusted, Some(PathEnd::NoIssuer(missing))) if request.retriever.is_none() => Some(missing),
        _ => None,
    };
    if let Some(missing) = missing {
        let reason = format!("the certificate of {} is not at hand", missing.name);
        let remedy = RemedyFacts::words(
            "give the intermediate certificates with --intermediates, or --fetch to retrieve them; on the nodes, have them in the PFX file or in the store of intermediates",
        );
        return row(OutcomeFacts::CannotKnow, Outcome::CannotKnow, reason, Some(remedy));
    }
    let reason = reason::verify::reason(verified, request);
    let reason = reason.trim_end_matches('.').to_owned();
    match verified.exit() {
        Exit::Success => row(OutcomeFacts::Pass, Outcome::Pass, reason, None),
        Exit::Indeterminate => {
            let hint = verified.verdict.reason().map(|finding| RemedyFacts::words(words(finding.advice())));
            row(OutcomeFacts::CannotKnow, Outcome::CannotKnow, reason, hint)
        }
        _ => {
            let is_anchor_missing = matches!(end, Some(PathEnd::SelfSigned(_) | PathEnd::NoIssuer(_)));
            let remedy = match verified.verdict.reason() {
                _ if is_anchor_missing => RemedyFacts::windows(
                    "put the certificate of the chain's trust anchor into LocalMachine\\Root of every node",
                    "certutil -addstore Root ANCHOR.cer",
                ),
                Some(finding) => RemedyFacts::words(words(finding.advice())),
                None => on_node(),
            };
            row(OutcomeFacts::Fail, Outcome::Fail, reason, Some(remedy))
        }
    }
}

fn words(advice: &str) -> String {
    advice.trim_end_matches('.').to_owned()
}

/// Whether something of the chain is weak, and taken all the same.
fn strength(verified: &Verified) -> DemandFacts {
    let is_weak = |finding: &&Finding| {
        matches!(finding.code, Code::SignatureSha1 | Code::SignatureMd5 | Code::KeyRsaTooSmall | Code::KeyDsa)
    };
    let found: Vec<&Finding> = verified.verdict.all_findings().filter(is_weak).collect();
    let row = |known: Outcome, reason: String, source, remedy| {
        let judgement = Judgement::new(known, reason, Confidence::Documented, source);
        DemandFacts::own(STRENGTH, Standing::from(known).into(), judgement, remedy).weighing(WeightFacts::Should)
    };
    let Some(first) = found.first() else {
        return row(Outcome::Pass, "nothing of the chain is weak".to_owned(), WEAKNESS, None);
    };
    let mut reasons: Vec<&str> = Vec::new();
    for finding in &found {
        let message = finding.message.trim_end_matches('.');
        if !reasons.contains(&message) {
            reasons.push(message);
        }
    }
    let remedy = RemedyFacts::words(
        "have what is weak issued again, with SHA-256 and RSA keys of at least 2048 bits, before Windows or an audit refuses it",
    );
    row(Outcome::Fail, reasons.join("; "), first.code.entry().citation, Some(remedy))
}

fn reachable(verified: Verified, request: &Request, asked: &mut Vec<AskedFacts>) -> DemandFacts {
    let row = |outcome: OutcomeFacts, known, reason: String, remedy| {
        let judgement = Judgement::new(known, reason, Confidence::Documented, GUIDE);
        DemandFacts::own(REACHABLE, outcome, judgement, remedy)
    };
    let Some(retriever) = &request.retriever else {
        let reason = "nothing was asked (--fetch asks from here)".to_owned();
        return row(OutcomeFacts::OnNode, Outcome::CannotKnow, reason, Some(on_node()));
    };
    let reached = reach(verified, request, &mut retriever.borrow_mut(), Rule::OneOfEach);
    for row in reached.rows.iter().filter(|row| row.attempt.is_some()) {
        let facts = row.url.as_ref().map(|url| AskedFacts {
            url: shown(url),
            kind: row.wanted.name(),
            status: row.status.name(),
        });
        asked.extend(facts.filter(|facts| !asked.contains(facts)));
    }
    let reason = reason::url::reason(&reached).trim_end_matches('.').to_owned();
    let step = reason::url::steps(&reached).into_iter().next();
    let remedy = step.map(|what| RemedyFacts::words(words(&what)));
    if !reached.revoked.is_empty() {
        return row(OutcomeFacts::Fail, Outcome::Fail, reason, remedy);
    }
    // Where a certificate lists no source there is nothing to reach, and nothing to check
    // online either.
    let bare = reached.reach.members.iter().find(|member| member.revocation == Answer::NotApplicable);
    match reached.reach.answer {
        Answer::Works | Answer::NotApplicable => match bare {
            None => row(OutcomeFacts::Pass, Outcome::Pass, reason, None),
            Some(member) => {
                let whose = subject(&reached, member.depth);
                let reason = format!(
                    "{whose} names neither a CRL nor a responder; Windows may call that a failed check of revocation (CRYPT_E_NO_REVOCATION_CHECK)"
                );
                row(OutcomeFacts::CannotKnow, Outcome::CannotKnow, reason, Some(on_node()))
            }
        },
        Answer::CannotTell => row(OutcomeFacts::CannotKnow, Outcome::CannotKnow, reason, remedy.or(Some(on_node()))),
        Answer::Fails => row(OutcomeFacts::Fail, Outcome::Fail, reason, remedy),
    }
}

fn subject(reached: &Reached, depth: usize) -> String {
    let best = reached.verified.verdict.best.as_ref();
    let sourced = best.and_then(|best| best.path.certificates.get(depth));
    sourced.map(|sourced| sourced.certificate.subject().brief()).unwrap_or_default()
}
