//! The facts of `certlens intercept`.

mod compared;

use certlens_core::finding::Severity;
use certlens_probe::interception::cure::{Cures, cures};
use certlens_probe::interception::judge::{Assessment, Judgement, Verdict};
use certlens_probe::interception::products::Match;
use certlens_probe::interception::signals::{Bearing, Evidence};
use certlens_probe::interception::{Question, Way};
use certlens_probe::target::Target;
use schemars::JsonSchema;
use serde::Serialize;

use compared::{PairFacts, pairs};

use crate::endpoint::Endpoint;
use crate::examine::Examined;
use crate::exit::Exit;
use crate::facts::endpoint::EndpointFacts;
use crate::intercept::{Referred, Shown, ShownReference};
use crate::intercept::{is_trusted_here, shown_pin};
use crate::verification::Verified;

/// The report of `certlens intercept`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct InterceptReport {
    /// Always `certlens/intercept/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// The exit code of the run.
    exit_code: u8,
    /// The endpoint, as a URL.
    pub(crate) target: String,
    /// What kind of name its host has; public CAs issue for `public` ones alone.
    pub(crate) host_kind: &'static str,
    /// Over all ways: `not-replaced`, `replaced-trusted`, `replaced-untrusted` or `cannot-tell`.
    pub(crate) verdict: &'static str,
    /// Why, as a sentence.
    pub(crate) why: String,
    /// What replaced the certificate, when its name is known.
    pub(crate) product: Option<ProductFacts>,
    /// Whether the way without a proxy is intercepted as well as one with a proxy.
    pub(crate) direct_too: bool,
    /// Whether every certificate that was seen is trusted here, and nothing else keeps a client from the server.
    pub(crate) trusted_here: bool,
    /// Whether trust anchors were given in the place of this system's: “here” is then this run.
    pub(crate) anchors_given: bool,
    /// What each way shows, and the verdict on it.
    pub(crate) ways: Vec<WayFacts>,
    /// Hosts that have nothing to do with the endpoint, by each way.
    pub(crate) references: Vec<ReferenceFacts>,
    #[serde(skip)]
    exit: Option<Exit>,
}

/// A product that replaces certificates.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ProductFacts {
    /// Its name.
    pub(crate) name: &'static str,
    /// Who makes it.
    vendor: &'static str,
    /// What kind it is.
    kind: &'static str,
    /// By what it was known, as `CN=mitmproxy`.
    pub(crate) seen: String,
}

/// What one way shows.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WayFacts {
    /// `direct`, or `through URL` with the proxy's.
    pub(crate) way: String,
    /// The verdict on it.
    pub(crate) verdict: &'static str,
    /// Why, in a word.
    reason: Option<&'static str>,
    /// Why, as a sentence.
    pub(crate) why: String,
    /// The way that it was compared with.
    pub(crate) compared_with: Option<String>,
    /// How the chains differ, certificate by certificate; null when they were not compared.
    pub(crate) differences: Option<Vec<PairFacts>>,
    /// What speaks for and against a replacement, the weightiest first.
    pub(crate) evidence: Vec<EvidenceFacts>,
    /// Where the chain ends.
    pub(crate) end: Option<&'static str>,
    /// SHA-256 of the server's certificate.
    certificate: Option<String>,
    /// The pin of its key, `sha256/BASE64`, as `--pin` takes it.
    pub(crate) pin: Option<String>,
    /// Why a client gets no further in this way, or what else is wrong with what was presented.
    pub(crate) problem: Option<String>,
    /// What would make it surer.
    pub(crate) next_step: Option<&'static str>,
    /// What to do about a replacement.
    pub(crate) cures: Option<CureFacts>,
    /// Whether the certificate is trusted here, and nothing else keeps a client from the server; null without one.
    pub(crate) trusted_here: Option<bool>,
    /// Who issued the server's certificate.
    pub(crate) issuer: Option<String>,
    /// How it was reached, and what it presented.
    pub(crate) endpoint: Option<EndpointFacts>,
    /// Whether the certificate alone is trusted here.
    #[serde(skip)]
    pub(crate) is_certificate_trusted: Option<bool>,
    /// Why the certificate is not trusted here, as a sentence.
    #[serde(skip)]
    pub(crate) why_not: Option<String>,
    /// Whether a server answered, if not as a client needs it.
    #[serde(skip)]
    pub(crate) was_answered: bool,
}

/// Something that speaks for or against a replacement.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EvidenceFacts {
    /// Stable name in kebab case.
    pub(crate) signal: &'static str,
    /// `for` a replacement or `against` it.
    pub(crate) bearing: &'static str,
    /// `decisive`, `strong`, `medium` or `weak`.
    pub(crate) weight: &'static str,
    /// As a sentence.
    pub(crate) sentence: String,
}

/// What to do about a replacement.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CureFacts {
    /// The name of the root to trust, or of the issuer that is missing.
    pub(crate) root: String,
    /// Its SHA-256, where it is at hand.
    pub(crate) root_sha256: Option<String>,
    /// Whether it is among the trust anchors of this run.
    pub(crate) known_here: bool,
    /// Whether installing it on this system may be what is missing.
    pub(crate) is_to_be_installed: bool,
    /// The address at which the product gives its root to those who ask through it.
    pub(crate) root_url: Option<&'static str>,
    /// Trusting the root, as a sentence.
    pub(crate) trust: String,
    /// Exempting the host, as a sentence.
    pub(crate) exempt: String,
    /// Whom the letter is for.
    pub(crate) addressee: &'static str,
    /// What to send to them, line by line.
    pub(crate) letter: Vec<String>,
}

/// A host that has nothing to do with the endpoint.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReferenceFacts {
    /// Its name.
    pub(crate) host: String,
    /// Why it says nothing, or not in every way.
    pub(crate) notes: Vec<String>,
    /// What each way shows of it, in the order of the ways; null where it was not reached.
    ways: Vec<Option<EndpointFacts>>,
}

impl InterceptReport {
    pub(crate) const SCHEMA: &'static str = "certlens/intercept/1";

    pub(crate) fn new(
        target: &Target,
        question: &Question<'_>,
        assessment: &Assessment,
        shown: &[Shown],
        referred: &[Referred],
        anchors_given: bool,
    ) -> InterceptReport {
        let ways: Vec<WayFacts> = assessment
            .judgements
            .iter()
            .map(|judgement| {
                let cures = cures(question, assessment, target.port, &judgement.way);
                let observation = question.observations.iter().find(|one| one.way == judgement.way);
                let why_not = observation.and_then(|one| one.reached()?.trust.why_not.clone());
                WayFacts { why_not, ..WayFacts::new(judgement, shown, cures) }
            })
            .collect();
        let trusted_here = ways.iter().all(|way| way.trusted_here != Some(false));
        let exit = match &assessment.verdict {
            verdict if verdict.is_replaced() => Exit::Failed,
            Verdict::CannotTell { .. } => Exit::Indeterminate,
            _ if !trusted_here => Exit::Failed,
            _ => Exit::Success,
        };
        let exit = exit.max(failed(&ways, shown));
        let reference = |(at, referred): (usize, &Referred)| ReferenceFacts {
            host: referred.reference.host.clone(),
            notes: referred.notes.clone(),
            ways: shown
                .iter()
                .map(|shown| match shown.references.get(at)? {
                    ShownReference::Asked(examined) => examined.as_ref()?.endpoint().map(EndpointFacts::from),
                    ShownReference::Elsewhere(_) => None,
                })
                .collect(),
        };
        let references = referred.iter().enumerate().map(reference).collect();
        InterceptReport {
            schema: Self::SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            exit_code: exit.code(),
            target: target.to_string(),
            host_kind: assessment.host.word(),
            verdict: assessment.verdict.word(),
            why: why(&assessment.verdict),
            product: assessment.verdict.product().map(ProductFacts::from),
            direct_too: assessment.direct_too,
            trusted_here,
            anchors_given,
            ways,
            references,
            exit: Some(exit),
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit.unwrap_or(Exit::Internal)
    }
}

/// Whether a server answered otherwise than a client needs it, as by the exit code of
/// `certlens probe`. A direct way that leads nowhere is no news beside proxies.
fn failed(ways: &[WayFacts], shown: &[Shown]) -> Exit {
    let is_judged = |way: &WayFacts| way.trusted_here.is_some();
    let has_other = |way: &WayFacts| ways.iter().any(|other| other.way != way.way && is_judged(other));
    let fails = ways.iter().zip(shown).any(|(way, shown)| {
        let failed = shown.endpoint.as_ref().and_then(Examined::endpoint).map(Endpoint::exit) == Some(Exit::Failed);
        failed && (is_judged(way) || shown.way != Way::Direct || !has_other(way))
    });
    if fails { Exit::Failed } else { Exit::Success }
}

fn why(verdict: &Verdict) -> String {
    match verdict {
        Verdict::NotReplaced { why } => why.to_string(),
        Verdict::CannotTell { why } => why.to_string(),
        Verdict::ReplacedTrusted { product } | Verdict::ReplacedUntrusted { product } => {
            let by = product.as_ref().map_or_else(
                || "a proxy or filter that does not name itself".to_owned(),
                |found| format!("{} ({found})", found.product.name),
            );
            format!("the certificate was replaced by {by}")
        }
    }
}

impl From<&Match> for ProductFacts {
    fn from(found: &Match) -> Self {
        ProductFacts {
            name: found.product.name,
            vendor: found.product.vendor,
            kind: found.product.kind.word(),
            seen: found.to_string(),
        }
    }
}

impl WayFacts {
    fn new(judgement: &Judgement, shown: &[Shown], cures: Option<Cures>) -> WayFacts {
        let seen = shown.iter().find(|shown| shown.way == judgement.way);
        let examined = seen.and_then(|shown| shown.endpoint.as_ref());
        let endpoint = examined.and_then(Examined::endpoint);
        // What is shown only when the server is asked in another way is not judged.
        let verified = examined.and_then(Examined::verified).filter(|_| judgement.certificate.is_some());
        let certificate = verified.map(|verified| &verified.target.certificate);
        WayFacts {
            way: judgement.way.to_string(),
            verdict: judgement.verdict.word(),
            reason: match &judgement.verdict {
                Verdict::NotReplaced { why } => Some(why.word()),
                Verdict::CannotTell { why } => Some(why.word()),
                Verdict::ReplacedTrusted { .. } | Verdict::ReplacedUntrusted { .. } => None,
            },
            why: why(&judgement.verdict),
            compared_with: judgement.compared_with.as_ref().map(Way::to_string),
            differences: judgement.difference.as_ref().map(pairs),
            evidence: judgement.evidence.iter().map(EvidenceFacts::from).collect(),
            end: judgement.end.map(|end| end.word()),
            certificate: judgement.certificate.map(|id| id.to_string()),
            next_step: judgement.next_step,
            cures: cures.map(CureFacts::from),
            pin: certificate.map(|certificate| shown_pin(&certificate.spki_digest())),
            problem: endpoint.and_then(problem),
            trusted_here: verified.map(is_trusted_here),
            issuer: certificate.map(|certificate| certificate.issuer().brief()),
            endpoint: endpoint.map(EndpointFacts::from),
            is_certificate_trusted: verified.map(Verified::is_trusted),
            why_not: None,
            was_answered: endpoint.is_some_and(|endpoint| endpoint.exit() == Exit::Failed),
        }
    }
}

/// What is wrong with an endpoint beside what the verdict on its certificate says.
fn problem(endpoint: &Endpoint) -> Option<String> {
    let error = endpoint.findings.iter().find(|finding| finding.severity == Severity::Error);
    let failure = endpoint.probe.failure.as_ref().map(|failure| &failure.message);
    failure.or(error.map(|finding| &finding.message)).cloned()
}

impl From<&Evidence> for EvidenceFacts {
    fn from(evidence: &Evidence) -> Self {
        EvidenceFacts {
            signal: evidence.signal.word(),
            bearing: match evidence.bearing {
                Bearing::For => "for",
                Bearing::Against => "against",
            },
            weight: evidence.weight.word(),
            sentence: evidence.sentence.clone(),
        }
    }
}

impl From<Cures> for CureFacts {
    fn from(cures: Cures) -> Self {
        CureFacts {
            root: cures.trust.name,
            root_sha256: cures.trust.sha256,
            known_here: cures.trust.known_here,
            is_to_be_installed: cures.trust.is_to_be_installed,
            root_url: cures.trust.where_to_get_it.and_then(|place| place.url),
            addressee: cures.exempt.addressee,
            trust: cures.trust.sentence,
            exempt: cures.exempt.sentence,
            letter: cures.exempt.letter,
        }
    }
}
