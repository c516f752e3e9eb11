//! Retrieval for a verification: what the engine needs, asked for, read, and given
//! back to it.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use certlens_core::encoding::input;
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::finding::Code;
use certlens_core::origin::Origin;
use certlens_core::pool::CertPool;
use certlens_core::revocation::{Evidence, EvidenceOcsp, FailedSource, Need, NeedKind, SourceKind, SourceResult};
use certlens_core::verdict::Verdict;
use certlens_core::x509::ocsp::{CertIdHash, CertIdOwned, Nonce, OcspResponse, ResponseStatus, encode_request};
use certlens_core::x509::{Certificate, Crl};
use certlens_fetch::cache::{self, Cache};
use certlens_fetch::ldap::{Bind, Password, Security};
use certlens_fetch::{
    Client, Config, ConfigError, Environment, Event, Failure as FetchFailure, Fetcher, PrivateAddresses, ProxyChoice,
    ProxyUrl, Request, Retrieved, What, shown,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::args::{NetworkArgs, OcspHashArg};
use crate::error::Failure;
use crate::evidence::unusable;
use crate::record::Replay;
use crate::verification::this_moment;

/// The most rounds of asking for one verification: five levels of issuers, OCSP, CRLs
/// and delta CRLs.
pub(crate) const MAX_FETCH_ROUNDS: usize = 8;

/// The most URLs that are asked for one verification; healthy chains name about six.
pub(crate) const MAX_FETCHES: usize = 64;

/// How long something that did not help is kept, in seconds: a mended server is seen
/// again at once.
const USELESS_SECONDS: i64 = cache::NEGATIVE_SECONDS;

/// What can be asked, and what was.
pub(crate) struct Retriever {
    answers: Answers,
    pub(crate) hash: CertIdHash,
    nonce: bool,
    pub(crate) cache_note: Option<String>,
}

/// Who answers.
enum Answers {
    Network(Fetcher),
    Record(Rc<Replay>),
}

/// What a URL was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    Issuer,
    Ocsp,
    Crl,
    DeltaCrl,
}

impl Wanted {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Wanted::Issuer => "issuer",
            Wanted::Ocsp => "ocsp",
            Wanted::Crl => "crl",
            Wanted::DeltaCrl => "delta_crl",
        }
    }

    fn source(self) -> Option<SourceKind> {
        match self {
            Wanted::Issuer => None,
            Wanted::Ocsp => Some(SourceKind::Ocsp),
            Wanted::Crl => Some(SourceKind::Crl),
            Wanted::DeltaCrl => Some(SourceKind::DeltaCrl),
        }
    }
}

/// One URL that was asked for one certificate.
pub(crate) struct Attempt {
    pub(crate) wanted: Wanted,
    /// The certificate that names the URL.
    pub(crate) certificate: Certificate,
    pub(crate) retrieved: Retrieved,
    /// What came, or why it is of no use.
    pub(crate) content: Result<Content, Unread>,
}

/// Why octets are not what was asked for.
pub(crate) struct Unread {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// What a URL gave.
pub(crate) enum Content {
    Certificates(Vec<Certificate>),
    Crl(Crl),
    Ocsp { response: OcspResponse, nonce: Option<Vec<u8>> },
}

impl Content {
    /// Until when it counts, by itself.
    fn fresh_until(&self) -> Option<i64> {
        match self {
            Content::Certificates(_) => None,
            Content::Crl(crl) => crl.next_update().map(|time| time.time.unix()),
            Content::Ocsp { response, .. } => {
                let basic = response.basic()?;
                basic.responses().filter_map(|single| single.next_update).map(|time| time.time.unix()).min()
            }
        }
    }
}

/// A question to a URL.
pub(crate) struct Question {
    pub(crate) wanted: Wanted,
    pub(crate) url: String,
    pub(crate) certificate: Certificate,
    /// What an OCSP responder is asked about.
    pub(crate) id: Option<CertIdOwned>,
}

impl Retriever {
    /// # Errors
    ///
    /// When an argument cannot be used.
    pub(crate) fn new(args: &NetworkArgs) -> Result<Retriever, Failure> {
        let private = if args.public_only { PrivateAddresses::Refused } else { PrivateAddresses::Allowed };
        let proxy = match args.proxy.as_deref() {
            None => ProxyChoice::Environment(Environment::of_process()),
            Some("none") => ProxyChoice::None,
            Some(url) => ProxyChoice::Url(ProxyUrl(url.to_owned())),
        };
        let seconds: f64 =
            args.timeout.parse().ok().filter(|seconds| (0.1..=3600.0).contains(seconds)).ok_or_else(|| {
                Failure::unusable(format!("--timeout {}: is not a number of seconds", args.timeout))
                    .advice("give a number from 0.1 to 3600")
            })?;
        let mut config = Config::new(private, proxy).with_timeout(Duration::from_secs_f64(seconds));
        if let Some(host) = &args.ldap_host {
            certlens_fetch::ldap::parse_server(host).map_err(|error| {
                Failure::unusable(format!("--ldap-host {host}: {error}")).advice("write it as HOST or HOST:PORT")
            })?;
            config.ldap_host = Some(host.clone());
        }
        if let (Some(dn), Some(host), Some(file)) = (&args.ldap_bind, &args.ldap_bind_host, &args.ldap_password_file) {
            let security = if args.ldap_start_tls { Security::StartTls } else { Security::Ldaps };
            let password = Password::new(first_line(file)?);
            let (host, port) = crate::account::server(host)?;
            config.ldap_bind = Some(Bind { dn: dn.clone(), password, host, port, security });
        }
        let client = Client::new(config).map_err(|error| {
            let advice = match &error {
                ConfigError::Proxy { .. } => "write the proxy as http://HOST:PORT",
                ConfigError::Runtime(_) | ConfigError::Tls(_) | ConfigError::Anchor(_) => {
                    "report this; it is no fault of yours"
                }
            };
            Failure::unusable(error.to_string()).advice(advice)
        })?;
        let cache = if args.no_cache { None } else { cache_config(args.cache_dir.as_deref()).map(Cache::open) };
        Ok(Retriever {
            answers: Answers::Network(Fetcher::new(client, cache)),
            hash: hash(args),
            nonce: args.ocsp_nonce,
            cache_note: None,
        })
    }

    /// One that asks a record in the place of the network.
    pub(crate) fn of_record(args: &NetworkArgs, record: Rc<Replay>) -> Retriever {
        Retriever { answers: Answers::Record(record), hash: hash(args), nonce: args.ocsp_nonce, cache_note: None }
    }

    /// Asks all questions at the same time and reads the answers.
    pub(crate) fn ask(&self, questions: Vec<Question>) -> Vec<Attempt> {
        let answers: Vec<(Retrieved, Option<Vec<u8>>)> = match &self.answers {
            Answers::Network(fetcher) => self.ask_network(fetcher, &questions),
            Answers::Record(record) => questions.iter().map(|question| record.answer(question)).collect(),
        };
        questions
            .into_iter()
            .zip(answers)
            .map(|(question, (retrieved, nonce))| {
                let content = match &retrieved.outcome {
                    Ok(octets) => read(question.wanted, octets, nonce),
                    Err(failure) => Err(not_retrieved(failure)),
                };
                Attempt { wanted: question.wanted, certificate: question.certificate, retrieved, content }
            })
            .collect()
    }

    /// The answers with the nonces that were sent.
    fn ask_network(&self, fetcher: &Fetcher, questions: &[Question]) -> Vec<(Retrieved, Option<Vec<u8>>)> {
        let nonces: Vec<Option<Vec<u8>>> = questions
            .iter()
            .map(|question| (question.wanted == Wanted::Ocsp && self.nonce).then(random_nonce).flatten())
            .collect();
        let requests: Vec<Request> = questions
            .iter()
            .zip(&nonces)
            .map(|(question, nonce)| Request { url: question.url.clone(), what: what(question, nonce.as_deref()) })
            .collect();
        let progress = Progress::new(requests.len());
        let answers = fetcher.fetch(&requests, this_moment().unix(), &|event| progress.show(event));
        progress.clear();
        answers.into_iter().zip(nonces).collect()
    }

    /// Asks a URL for whatever is there.
    pub(crate) fn ask_alone(&self, url: &str) -> Retrieved {
        let request = Request { url: url.to_owned(), what: What::Crl };
        let Answers::Network(fetcher) = &self.answers else { unreachable!("a record holds runs of verify alone") };
        let progress = Progress::new(1);
        let answers = fetcher.fetch(&[request], this_moment().unix(), &|event| progress.show(event));
        progress.clear();
        match answers.into_iter().next() {
            Some(retrieved) => retrieved,
            None => unreachable!("each request has an answer"),
        }
    }

    /// Keeps what helped until it is out of date, and anything else for seconds.
    pub(crate) fn keep(&mut self, attempt: &Attempt, helped: bool) {
        let Answers::Network(fetcher) = &self.answers else { return };
        // A request with a nonce is never made again.
        if attempt.wanted == Wanted::Ocsp && self.nonce {
            return;
        }
        let now = this_moment().unix();
        let fresh_until = match &attempt.content {
            Ok(content) if helped => content.fresh_until(),
            _ => Some(now + USELESS_SECONDS),
        };
        if let Err(error) = fetcher.keep(&attempt.retrieved, fresh_until, now) {
            self.cache_note.get_or_insert(error.to_string());
        }
    }
}

/// Where the cache is.
pub(crate) fn cache_config(directory: Option<&Path>) -> Option<cache::Config> {
    match directory {
        Some(directory) => Some(cache::Config::at(directory)),
        None => cache::Config::usual(&|name| std::env::var_os(name)),
    }
}

fn first_line(file: &Path) -> Result<Vec<u8>, Failure> {
    let octets = std::fs::read(file).map_err(|error| Failure::unusable(format!("{}: {error}", file.display())))?;
    let mut octets = octets;
    let end = octets.iter().position(|octet| matches!(octet, b'\n' | b'\r')).unwrap_or(octets.len());
    let line = octets.get(..end).unwrap_or_default().to_vec();
    octets.fill(0);
    Ok(line)
}

/// RFC 9654 §2.1: 32 octets.
fn random_nonce() -> Option<Vec<u8>> {
    let mut nonce = vec![0; 32];
    aws_lc_rs::rand::fill(&mut nonce).ok().map(|()| nonce)
}

fn hash(args: &NetworkArgs) -> CertIdHash {
    match args.ocsp_hash {
        OcspHashArg::Sha1 => CertIdHash::Sha1,
        OcspHashArg::Sha256 => CertIdHash::Sha256,
    }
}

/// What is asked for, as it is sent.
pub(crate) fn what(question: &Question, nonce: Option<&[u8]>) -> What {
    match (question.wanted, &question.id) {
        (Wanted::Ocsp, Some(id)) => What::Ocsp(encode_request(std::slice::from_ref(id), nonce.and_then(Nonce::new))),
        (Wanted::Issuer, _) => What::Certificates,
        _ => What::Crl,
    }
}

/// Reads what came as what was asked for.
pub(crate) fn read(wanted: Wanted, octets: &[u8], nonce: Option<Vec<u8>>) -> Result<Content, Unread> {
    match wanted {
        Wanted::Ocsp => match OcspResponse::from_der(octets) {
            Ok(response) => Ok(Content::Ocsp { response, nonce }),
            Err(error) => Err(unread(Code::OcspUnreadable, format!("the answer is no OCSP response: {error}"))),
        },
        Wanted::Issuer => {
            let input = input::read(octets).map_err(|error| {
                unread(Code::SourceNotRetrieved, format!("the answer holds no certificate: {error}"))
            })?;
            let certificates: Vec<Certificate> =
                input.certificates().filter_map(|object| Certificate::from_der(&object.der).ok()).collect();
            if certificates.is_empty() {
                return Err(unread(
                    Code::SourceNotRetrieved,
                    "the answer holds no certificate that can be read".to_owned(),
                ));
            }
            Ok(Content::Certificates(certificates))
        }
        Wanted::Crl | Wanted::DeltaCrl => {
            // RFC 5280 §4.2.1.13 has DER alone; many servers send PEM.
            let crl = match Crl::from_der(octets) {
                Ok(crl) => Ok(crl),
                Err(error) if octets.first() == Some(&0x30) => Err(error.to_string()),
                Err(error) => match input::read(octets)
                    .ok()
                    .and_then(|input| input.objects.into_iter().find(|object| object.kind == ObjectKind::Crl))
                {
                    Some(object) => Crl::from_der(&object.der).map_err(|error| error.to_string()),
                    None => Err(error.to_string()),
                },
            };
            crl.map(Content::Crl).map_err(|error| unread(Code::CrlUnreadable, format!("the answer is no CRL: {error}")))
        }
    }
}

fn unread(code: Code, message: String) -> Unread {
    Unread { code, message, hint: code.entry().hint.to_owned() }
}

fn not_retrieved(failure: &FetchFailure) -> Unread {
    let message = format!("not retrieved, at stage {}: {}", failure.stage.word(), failure.message);
    Unread { code: Code::SourceNotRetrieved, message, hint: failure.hint.clone() }
}

/// Turns needs into questions, each URL once, up to a number.
pub(crate) fn questions(needs: &[Need], most: usize) -> Vec<Question> {
    let mut questions = Vec::new();
    for need in needs {
        let (wanted, id) = match &need.kind {
            NeedKind::Issuer => (Wanted::Issuer, None),
            NeedKind::Ocsp(id) => (Wanted::Ocsp, Some(id.clone())),
            NeedKind::Crl => (Wanted::Crl, None),
            NeedKind::DeltaCrl => (Wanted::DeltaCrl, None),
        };
        for url in &need.urls {
            questions.push(Question {
                wanted,
                url: url.clone(),
                certificate: need.certificate.clone(),
                id: id.clone(),
            });
        }
    }
    questions.truncate(most);
    questions
}

/// Gives what came to the next step of the verification.
pub(crate) fn supply(attempts: &[Attempt], evidence: &mut Evidence, pool: &mut CertPool) {
    for attempt in attempts {
        let url = &attempt.retrieved.request.url;
        let origin = Origin::Url(shown(url));
        match attempt.wanted.source() {
            None => evidence.note_issuer_answer(url, crate::evidence::issuer_answer(attempt)),
            Some(kind) => evidence.note_asked(kind, url, attempt.certificate.id()),
        }
        match &attempt.content {
            Ok(Content::Certificates(certificates)) => {
                for certificate in certificates {
                    pool.add(certificate.clone(), origin.clone());
                }
            }
            Ok(Content::Crl(crl)) => {
                let place = evidence.add_crl(crl.clone(), origin);
                evidence.note_crl_from(url, place);
            }
            Ok(Content::Ocsp { response, nonce }) => {
                evidence.add_response(EvidenceOcsp {
                    response: response.clone(),
                    origin,
                    nonce: nonce.clone(),
                    asked_for: Some(attempt.certificate.id()),
                });
            }
            Err(unread) => {
                if let Some(kind) = attempt.wanted.source() {
                    let finding = unusable(unread.code, unread.message.clone(), Some(unread.hint.clone()));
                    evidence.note_failure(FailedSource {
                        kind,
                        url: url.clone(),
                        certificate: attempt.certificate.id(),
                        origin,
                        finding,
                    });
                }
            }
        }
    }
}

/// Whether the verdict rests on what came.
pub(crate) fn helped(attempt: &Attempt, verdict: &Verdict) -> bool {
    let origin = Origin::Url(shown(&attempt.retrieved.request.url));
    let Some(best) = &verdict.best else { return false };
    if attempt.wanted == Wanted::Issuer {
        return best.path.certificates.iter().any(|sourced| sourced.origin == origin);
    }
    // An error of the responder says nothing for longer than a moment.
    if let Ok(Content::Ocsp { response, .. }) = &attempt.content
        && response.status() != ResponseStatus::Successful
    {
        return false;
    }
    let used = best.revocation.iter().flat_map(|found| &found.sources).filter(|source| source.origin == origin);
    used.into_iter().any(|source| !matches!(source.result, SourceResult::NotUsed(_)))
        // A delta CRL shows in the source that it was combined with.
        || (attempt.wanted == Wanted::DeltaCrl && attempt.content.is_ok() && best.is_trusted())
}

/// One line on a terminal that says what is being asked.
struct Progress {
    total: usize,
    done: std::cell::Cell<usize>,
    visible: bool,
}

impl Progress {
    fn new(total: usize) -> Progress {
        Progress { total, done: std::cell::Cell::new(0), visible: std::io::stderr().is_terminal() }
    }

    fn show(&self, event: Event<'_>) {
        let url = match event {
            Event::Started(request) => shown(&request.url),
            Event::Finished(retrieved) => {
                self.done.set(self.done.get() + 1);
                shown(&retrieved.request.url)
            }
        };
        if self.visible {
            let url: String = certlens_report::escape(&url).chars().take(60).collect();
            // That standard error is gone is no reason to stop.
            let _ = write!(std::io::stderr(), "\r\x1b[2Kretrieving {} of {}: {url}", self.done.get(), self.total);
        }
    }

    fn clear(&self) {
        if self.visible {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }
}

/// A URL that was asked by itself.
pub(crate) struct Lone {
    pub(crate) retrieved: Retrieved,
    /// What is there, or why it is not known.
    pub(crate) content: Result<Content, String>,
}

impl Lone {
    /// Whether what is there is out of date, and since when.
    pub(crate) fn expired(&self, time: certlens_core::time::Time) -> Option<certlens_core::time::Time> {
        let end = match self.content.as_ref().ok()? {
            Content::Crl(crl) => crl.next_update()?.time,
            Content::Certificates(certificates) => certificates.iter().map(|one| one.not_after().time).max()?,
            Content::Ocsp { .. } => return None,
        };
        (end < time).then_some(end)
    }

    pub(crate) fn exit(&self, time: certlens_core::time::Time) -> crate::exit::Exit {
        use crate::exit::Exit;
        match (&self.content, &self.retrieved.outcome) {
            (Ok(_), _) if self.expired(time).is_none() => Exit::Success,
            (Err(_), Err(failure)) if failure.cannot_tell => Exit::Indeterminate,
            _ => Exit::Failed,
        }
    }
}
