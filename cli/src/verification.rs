//! One verification: what is demanded, and what came of it.

use std::cell::RefCell;
use std::rc::Rc;

use certlens_core::anchors::{AnchorSet, AnchorUse, TrustAnchor};
use certlens_core::crypto::acceptance::WeakKinds;
use certlens_core::engine::{Paths, Validation};
use certlens_core::finding::{Code, Fact, Finding, Severity};
use certlens_core::identity::ReferenceName;
use certlens_core::origin::{Origin, TrustSet};
use certlens_core::path::{NoGuide, PathEnd, Search, Verifier, VerifyCache};
use certlens_core::policy::{
    InitialPolicies, PreferredSource, Profile, Purpose, RevocationMode, RevocationPolicy, RevocationScope,
    ValidationPolicy,
};
use certlens_core::pool::{CertPool, Sourced};
use certlens_core::revocation::EvidenceOcsp;
use certlens_core::time::Time;
use certlens_core::verdict::{Status, Verdict};
use certlens_core::x509::ocsp::{CertIdHash, OcspResponse};
use certlens_core::x509::oid::{self, Oid};

use crate::address::is_endpoint;
use crate::args::{PreferArg, ProfileArg, RevocationArg, ScopeArg, VerifyArgs};
use crate::clock::this_moment;
use crate::endpoint::Endpoint;
use crate::error::Failure;
use crate::evidence::Given;
use crate::exit::Exit;
use crate::load::{self, Loaded, Source};
use crate::proxies::Proxies;
use crate::retrieve::{self, Attempt, MAX_FETCH_ROUNDS, MAX_FETCHES, RecordedAnswers, Retriever, supply};
use crate::target::{self, Chosen};
use crate::trust::{self, Trust};

/// Everything that holds for all targets of a run.
pub(crate) struct Request {
    pub(crate) policy: ValidationPolicy,
    pub(crate) paths: Paths,
    pub(crate) time: Time,
    /// Whether the time is this moment and not the user's.
    pub(crate) time_is_clock: bool,
    /// Whether a record brought the inputs.
    pub(crate) is_replay: bool,
    pub(crate) trust: Trust,
    /// What `--intermediates` gave.
    pub(crate) intermediates: CertPool,
    pub(crate) findings: Vec<Finding>,
    /// What `--crl` and `--ocsp` gave.
    pub(crate) given: Given,
    /// Through whom the network is reached, when it is.
    pub(crate) proxies: Option<Rc<Proxies>>,
    /// Who is asked, with `--fetch`.
    pub(crate) retriever: Option<RefCell<Retriever>>,
    /// Targets of one run share their intermediates.
    pub(crate) cache: VerifyCache,
}

/// One target with its verdict.
pub(crate) struct Verified {
    pub(crate) target: Sourced,
    pub(crate) verdict: Verdict,
    /// What was found out about the target's file.
    pub(crate) findings: Vec<Finding>,
    /// Certificates of the file besides the target.
    pub(crate) companions: usize,
    /// What was asked for it, in that order.
    pub(crate) attempts: Vec<Attempt>,
    /// Certificates that a path was looked for with.
    pub(crate) pool: CertPool,
    /// What was demanded: of an endpoint other things than of files.
    pub(crate) policy: ValidationPolicy,
    /// Where it was presented, when a server did.
    pub(crate) endpoint: Option<Box<Endpoint>>,
}

/// What is to be verified, and what came with it.
pub(crate) struct Material {
    pub(crate) target: Sourced,
    /// Certificates beside the target.
    pub(crate) others: Vec<Loaded>,
    /// What was found out about where they came from.
    pub(crate) findings: Vec<Finding>,
    /// The OCSP response of a handshake.
    pub(crate) staple: Option<OcspResponse>,
}

/// A run that was kept: what it had of the network and of its machine.
pub(crate) struct Recorded {
    pub(crate) trust: Trust,
    pub(crate) findings: Vec<Finding>,
    /// Whether the time was its machine's.
    pub(crate) time_is_clock: bool,
    pub(crate) answers: Rc<dyn RecordedAnswers>,
}

/// A target argument that could not be read.
pub(crate) struct NotRead {
    pub(crate) argument: String,
    pub(crate) failure: Failure,
}

impl Request {
    /// Reads what the arguments demand, trust anchors and intermediates included.
    pub(crate) fn new(args: &VerifyArgs) -> Result<Request, Failure> {
        Request::with(args, None, None)
    }

    /// As [`new`](Self::new), from a record: neither the network nor this machine's
    /// trust store is asked.
    pub(crate) fn of_record(args: &VerifyArgs, record: Recorded) -> Result<Request, Failure> {
        let (time_is_clock, findings) = (record.time_is_clock, record.findings.clone());
        Ok(Request { time_is_clock, findings, ..Request::with(args, Some(record), None)? })
    }

    /// One of several, that retrieves through proxies which are there already.
    ///
    /// # Errors
    ///
    /// As [`Request::new`].
    pub(crate) fn through(args: &VerifyArgs, proxies: Option<Rc<Proxies>>) -> Result<Request, Failure> {
        Request::with(args, None, proxies)
    }

    fn with(args: &VerifyArgs, record: Option<Recorded>, proxies: Option<Rc<Proxies>>) -> Result<Request, Failure> {
        crate::read::one_standard_input(args.inputs())?;
        let time = match &args.path.at {
            Some(text) => Time::parse_rfc3339(text).ok_or_else(|| {
                Failure::unusable(format!("--at {text}: is not a time in RFC 3339"))
                    .advice("write it as 2026-11-23T12:00:00Z or, for midnight, 2026-11-23")
            })?,
            None => this_moment(),
        };
        let mut policy = ValidationPolicy::new(match args.profile {
            ProfileArg::Rfc5280 => Profile::Rfc5280,
            ProfileArg::Web => Profile::Web,
        });
        for word in &args.allow_weak {
            let kinds: WeakKinds = word.parse().map_err(|error| Failure::unusable(format!("--allow-weak: {error}")))?;
            policy.allow_weak = policy.allow_weak.union(kinds);
        }
        if policy.profile == Profile::Web && !policy.allow_weak.is_empty() {
            return Err(Failure::unusable("--allow-weak: the profile web allows nothing weak")
                .advice("give --profile rfc5280 to accept a weak algorithm with a warning"));
        }
        if args.purpose.is_empty() {
            // The profile is about TLS servers.
            let web = policy.profile == Profile::Web;
            policy.purposes.push(if web { Purpose::server_auth() } else { Purpose::Any });
        }
        for text in &args.purpose {
            policy.purposes.push(Purpose::parse(text).ok_or_else(|| {
                let known: Vec<&str> = Purpose::NAMES.iter().map(|(name, _)| *name).collect();
                Failure::unusable(format!("--purpose {text}: is not a known purpose"))
                    .advice(format!("use one of {}, or a dotted object identifier", known.join(", ")))
            })?);
        }
        if let Some(text) = &args.name {
            let name = ReferenceName::parse(text).map_err(|error| Failure::unusable(format!("--name: {error}")))?;
            policy.name = Some(name);
        }
        policies(args, &mut policy)?;
        let has_endpoints = args.endpoints_alone || args.targets.iter().any(|target| is_endpoint(target));
        if let (false, Some(option)) = (args.fetch, args.network.first_given(has_endpoints)) {
            return Err(Failure::unusable(format!("{option}: does nothing without --fetch"))
                .advice("give --fetch to retrieve what certificates name, or leave the option out"));
        }
        let needs_proxies = record.is_none() && (args.fetch || has_endpoints);
        let proxies = match (proxies, needs_proxies) {
            (_, false) => None,
            (Some(proxies), true) => Some(proxies),
            (None, true) => Some(Rc::new(Proxies::new(&args.network.proxy)?)),
        };
        let retriever = match (args.fetch, &proxies, &record) {
            (true, Some(proxies), _) => Some(Retriever::new(proxies, &args.network)?),
            (true, None, Some(record)) => Some(Retriever::of_record(&args.network, Rc::clone(&record.answers))),
            _ => None,
        };
        let given = Given::read(&args.revocation.crl, &args.revocation.ocsp)?;
        revocation(args, retriever.as_ref(), &mut policy)?;
        let retriever = retriever.map(RefCell::new);
        let is_replay = record.is_some();
        let trust = match record {
            None => trust::gather(&args.path.anchors, args.path.trust)?,
            Some(record) => record.trust,
        };
        let mut findings = given.findings.clone();
        let mut intermediates = CertPool::new();
        for argument in &args.path.intermediates {
            let read = load::argument(argument)?;
            findings.extend(read.findings());
            for source in read.sources {
                if source.named {
                    source.input.require_certificates().map_err(|error| crate::read::refuse(&source.name, &error))?;
                }
                findings.extend(source.problems());
                for loaded in source.certificates() {
                    add(loaded, &mut intermediates, &mut findings);
                }
            }
        }
        Ok(Request {
            policy,
            paths: if args.all_paths { Paths::All } else { Paths::UntilTrusted },
            time,
            time_is_clock: args.path.at.is_none(),
            is_replay,
            trust,
            intermediates,
            findings,
            given,
            proxies,
            retriever,
            cache: VerifyCache::new(),
        })
    }
}

/// The inputs of RFC 5280 §6.1.1 (c) and (e) to (g), and how far a path may go.
fn policies(args: &VerifyArgs, policy: &mut ValidationPolicy) -> Result<(), Failure> {
    let mut wanted = Vec::new();
    for text in &args.initial_policy {
        let known = Oid::by_name(text).map(|oid| oid.as_bytes().to_vec());
        wanted.push(known.or_else(|| oid::encode_dotted(text)).ok_or_else(|| {
            Failure::unusable(format!("--initial-policy {text}: is not an object identifier"))
                .advice("write it as 2.23.140.1.2.2, or anyPolicy")
        })?);
    }
    policy.initial_policies = InitialPolicies::of(wanted.iter().map(|content| Oid::new(content)));
    policy.require_explicit_policy = args.require_explicit_policy;
    policy.inhibit_policy_mapping = args.inhibit_policy_mapping;
    policy.inhibit_any_policy = args.inhibit_any_policy;
    if let Some(text) = &args.max_path_length {
        policy.max_path_length = Some(text.parse().map_err(|_| {
            Failure::unusable(format!("--max-path-length {text}: is not a number of intermediates"))
                .advice("give 0 or more; 0 means that the trust anchor itself issued the target")
        })?);
    }
    if args.anchors_as_keys {
        policy.anchor_use = AnchorUse::NameAndKey;
    }
    Ok(())
}

/// How much must be known about revocation. `--fetch` asks for all of it, as a link
/// does that is going to be encrypted; CRLs and responses that are given count, but
/// need not be all.
fn revocation(args: &VerifyArgs, retriever: Option<&Retriever>, policy: &mut ValidationPolicy) -> Result<(), Failure> {
    let given = &args.revocation;
    let has_evidence = !given.crl.is_empty() || !given.ocsp.is_empty();
    let mode = match given.revocation {
        Some(RevocationArg::None) => RevocationMode::None,
        Some(RevocationArg::BestEffort) => RevocationMode::BestEffort,
        Some(RevocationArg::Require) => RevocationMode::Require,
        None if args.fetch => RevocationMode::Require,
        None if has_evidence => RevocationMode::BestEffort,
        None => RevocationMode::None,
    };
    if has_evidence && mode == RevocationMode::None {
        return Err(Failure::unusable(
            "--revocation none: CRLs or OCSP responses are given, and would count for nothing",
        )
        .advice("leave out --crl and --ocsp, or give --revocation best-effort"));
    }
    policy.revocation = RevocationPolicy {
        mode,
        scope: match given.revocation_scope {
            ScopeArg::EndEntity => RevocationScope::EndEntity,
            ScopeArg::Chain => RevocationScope::Chain,
        },
        prefer: match given.prefer {
            PreferArg::Ocsp => PreferredSource::Ocsp,
            PreferArg::Crl => PreferredSource::Crl,
        },
        cert_id_hash: retriever.map_or(CertIdHash::Sha1, |retriever| retriever.hash),
        ..RevocationPolicy::NONE
    };
    Ok(())
}

/// Adds what could be read; the rest is a finding, because one broken
/// intermediate must not hide what the others prove.
fn add(loaded: Loaded, pool: &mut CertPool, findings: &mut Vec<Finding>) {
    match loaded {
        Loaded::Read(sourced) => {
            pool.add(sourced.certificate, sourced.origin);
        }
        Loaded::Refused { origin, message, .. } => {
            findings.push(Finding::new(Code::CertificateUnreadable, Severity::Warning, format!("{origin}: {message}")));
        }
    }
}

impl Verified {
    /// The name of the root that is missing here, where Mozilla has it.
    pub(crate) fn missing_root(&self) -> Option<&str> {
        let finding = self.findings.iter().find(|finding| finding.code == Code::TrustedByMozilla)?;
        finding.message.strip_prefix(MISSING_HERE)
    }

    /// Verifies the target of a source.
    pub(crate) fn new(source: &Source, request: &Request) -> Result<Verified, Failure> {
        source.require_certificates()?;
        let Chosen { target, others, findings: of_choice } = target::choose(source)?;
        Verified::of(target, others, source.problems().chain(of_choice).collect(), request)
    }

    /// Verifies a certificate with those that came beside it, and with what was found
    /// out about their file.
    pub(crate) fn of(
        target: Sourced,
        others: Vec<Loaded>,
        findings: Vec<Finding>,
        request: &Request,
    ) -> Result<Verified, Failure> {
        Verified::by(Material { target, others, findings, staple: None }, request, request.policy.clone())
    }

    /// As [`of`](Self::of), by another policy than the run's.
    pub(crate) fn by(material: Material, request: &Request, policy: ValidationPolicy) -> Result<Verified, Failure> {
        let Material { target, others, mut findings, staple } = material;
        let companions = others.len();
        let mut pool = request.intermediates.clone();
        for one in others {
            add(one, &mut pool, &mut findings);
        }
        let mut attempts = Vec::new();
        let question = Question { target: &target, policy: &policy, staple };
        let (mut verdict, limit) = run(&question, &mut pool, request, &mut attempts)?;
        if let Some(limit) = &limit {
            let message = format!("retrieval ended at its limit {limit}, and not every URL was asked");
            // Behind the next URL there may have been a path that holds.
            if verdict.status == Status::Untrusted && !verdict.target_is_refused {
                verdict.status = Status::Indeterminate;
                verdict.findings.push(Finding::new(Code::BudgetExhausted, Severity::Error, message).hint(RAISE));
            } else {
                findings.push(Finding::new(Code::SourceNotRetrieved, Severity::Warning, message).hint(RAISE));
            }
        }
        findings.extend(hints(&verdict, &target, &pool, request, &policy));
        Ok(Verified { target, verdict, findings, companions, attempts, pool, policy, endpoint: None })
    }

    pub(crate) fn exit(&self) -> Exit {
        let exit = match self.verdict.status {
            Status::Trusted => Exit::Success,
            Status::Untrusted => Exit::Failed,
            Status::Indeterminate => Exit::Indeterminate,
        };
        self.endpoint.as_ref().map_or(exit, |endpoint| exit.max(endpoint.exit()))
    }

    /// Whether the certificate is trusted, whatever else is wrong with an endpoint.
    pub(crate) fn is_trusted(&self) -> bool {
        self.verdict.status == Status::Trusted
    }
}

/// What a run is about.
struct Question<'a> {
    target: &'a Sourced,
    policy: &'a ValidationPolicy,
    staple: Option<OcspResponse>,
}

/// What helps against a limit of retrieval.
const RAISE: &str = "The limit is fixed. Give the intermediates with --intermediates and CRLs with --crl.";

/// Verifies, and with `--fetch` asks for what is missing, until nothing more can be
/// asked; gives the limit that ended it, if one did.
fn run(
    question: &Question<'_>,
    pool: &mut CertPool,
    request: &Request,
    attempts: &mut Vec<Attempt>,
) -> Result<(Verdict, Option<String>), Failure> {
    let about = |pool: &CertPool| {
        let known = pool.iter().map(|sourced| &sourced.certificate).chain([&question.target.certificate]);
        let mut evidence = request.given.about(known.map(|certificate| certificate.serial().as_bytes()))?;
        if let Some(response) = &question.staple {
            let response = response.clone();
            evidence.add_response(EvidenceOcsp { response, origin: Origin::Handshake, nonce: None, asked_for: None });
        }
        Ok::<_, Failure>(evidence)
    };
    let mut evidence = about(pool)?;
    let mut rounds = 0;
    if let Some(retriever) = &request.retriever {
        retriever.borrow_mut().begin();
    }
    loop {
        let verdict = Validation {
            target: question.target,
            pool,
            anchors: &request.trust.anchors,
            policy: question.policy,
            time: request.time,
            paths: request.paths,
            evidence: &evidence,
            cache: &request.cache,
        }
        .run();
        let Some(retriever) = &request.retriever else { return Ok((verdict, None)) };
        let questions = retrieve::questions(&verdict.needs, MAX_FETCHES - attempts.len());
        let limit = match () {
            () if verdict.needs.is_empty() => None,
            () if questions.is_empty() => Some(format!("MAX_FETCHES = {MAX_FETCHES}")),
            () if rounds == MAX_FETCH_ROUNDS => Some(format!("MAX_FETCH_ROUNDS = {MAX_FETCH_ROUNDS}")),
            () => {
                rounds += 1;
                let mut new = retriever.borrow_mut().ask(questions);
                let before = pool.len();
                supply(&mut new, &mut evidence, pool);
                attempts.extend(new);
                if pool.len() > before && request.given.depends_on_serials() {
                    // A new certificate has a new serial number to look for.
                    evidence = about(pool)?;
                    supply(attempts.iter_mut(), &mut evidence, pool);
                }
                continue;
            }
        };
        let mut retriever = retriever.borrow_mut();
        for attempt in attempts.iter() {
            let helped = retrieve::helped(attempt, &verdict);
            retriever.keep(attempt, helped);
        }
        if let Some(note) = retriever.cache_note.take() {
            crate::say(&format!("note: what was retrieved could not be kept: {note}"));
        }
        return Ok((verdict, limit));
    }
}

/// What the set of trust anchors has to do with the verdict.
fn hints(
    verdict: &Verdict,
    target: &Sourced,
    pool: &CertPool,
    request: &Request,
    policy: &ValidationPolicy,
) -> Vec<Finding> {
    let mut hints = Vec::new();
    let Some(best) = &verdict.best else { return hints };
    match &best.path.end {
        PathEnd::Anchor(anchor) | PathEnd::TargetIsAnchor(anchor) => {
            let other =
                policy.purposes.iter().find(|purpose| **purpose != Purpose::Any && **purpose != Purpose::server_auth());
            if let (Origin::TrustSet(set), Some(purpose)) = (&anchor.origin, other) {
                let message = match set {
                    TrustSet::Mozilla => format!("the Mozilla set vouches for TLS servers, not for {purpose}"),
                    TrustSet::System => format!(
                        "the system trust store is made for TLS servers on many systems; that it vouches for {purpose} is not known here"
                    ),
                };
                let severity = policy.severity(Code::TrustSetPurpose);
                hints.push(Finding::new(Code::TrustSetPurpose, severity, message));
            }
        }
        PathEnd::SelfSigned(_) | PathEnd::NoIssuer(_) | PathEnd::Loop(_) if !request.trust.has_mozilla => {
            hints.extend(would_mozilla_help(target, pool));
        }
        PathEnd::SelfSigned(_) | PathEnd::NoIssuer(_) | PathEnd::Loop(_) | PathEnd::NotFollowed(_) => {}
    }
    hints
}

/// The anchor of the Mozilla set at which a path of correct signatures ends.
pub(crate) fn mozilla_anchor(target: &Sourced, pool: &CertPool) -> Option<TrustAnchor> {
    let mozilla: AnchorSet = trust::mozilla();
    let cache = VerifyCache::new();
    // A path with a wrong signature would be trusted by nobody, and is not among those found.
    let mut search = Search::new(target, pool, &mozilla, AnchorUse::Constrained);
    let path = search.next(&mut NoGuide, &mut Verifier::new(&cache))?;
    path.anchor().cloned()
}

/// What stands before the name of a root that Mozilla has.
const MISSING_HERE: &str = "trusted by Mozilla, missing here: ";

fn would_mozilla_help(target: &Sourced, pool: &CertPool) -> Option<Finding> {
    let anchor = mozilla_anchor(target, pool)?;
    let message = format!("{MISSING_HERE}{}", anchor.name().brief());
    let finding = Finding::new(Code::TrustedByMozilla, Severity::Info, message);
    Some(match anchor.id() {
        Some(id) => finding.found(Fact::Text(id.to_string())),
        None => finding,
    })
}
