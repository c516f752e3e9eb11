//! Retrieval for a verification: what the engine needs, asked for, read, and given
//! back to it.

mod attempt;
mod blocked;
mod content;
mod progress;
mod wanted;

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use certlens_core::x509::ocsp::CertIdHash;
use certlens_fetch::cache::{self, Cache};
use certlens_fetch::ldap::{Bind, Password, Security};
use certlens_fetch::{
    Allowance, Client, Config, Fetcher, From as Source, PrivateAddresses, Request, Retrieved, What, limits,
};

pub(crate) use attempt::{Attempt, Key, Question, helped, is_from, lists, questions, supply, what};
pub(crate) use blocked::to_open;
pub(crate) use content::{Content, read};
pub(crate) use wanted::Wanted;

use attempt::{Answer, Kept};
use content::not_retrieved;
use progress::Progress;

use crate::args::{NetworkArgs, OcspHashArg};
use crate::clock::this_moment;
use crate::error::Failure;
use crate::proxies::{self, Proxies};

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
    /// What came in this run: what many certificates name is asked for once.
    known: HashMap<Key, Rc<Answer>>,
    /// Octets of the answers in `known`.
    known_octets: usize,
    pub(crate) cache_note: Option<String>,
}

/// Who answers.
enum Answers {
    Network(Box<Network>),
    Record(Rc<dyn RecordedAnswers>),
}

/// What URLs gave in a run that was kept.
pub(crate) trait RecordedAnswers {
    /// What a URL gave then, and the nonce that was sent. Asked for the second time, it is
    /// what came the second time.
    fn answer(&self, question: &Question) -> (Retrieved, Option<Vec<u8>>);
}

struct Network {
    fetcher: Fetcher,
    from: Source,
    allowance: Allowance,
}

impl Network {
    fn ask(&self, requests: &[Request]) -> Vec<Retrieved> {
        let progress = Progress::new(requests.len());
        let now = this_moment().unix();
        let answers =
            self.fetcher.fetch_within(requests, &self.allowance, self.from, now, &|event| progress.show(event));
        progress.clear();
        answers
    }
}

impl Retriever {
    /// Through proxies that are there already, so that a password is asked for once.
    ///
    /// # Errors
    ///
    /// When an argument cannot be used.
    pub(crate) fn new(proxies: &Proxies, args: &NetworkArgs) -> Result<Retriever, Failure> {
        let private = if args.public_only { PrivateAddresses::Refused } else { PrivateAddresses::Allowed };
        let (proxy, login) = proxies.for_retrieval()?;
        let mut config = Config::new(private, proxy).with_timeout(args.seconds()?);
        config.proxy_login = login;
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
        let client = Client::new(config).map_err(|error| proxies::refuse(&error))?;
        let cache = if args.no_cache { None } else { cache_config(args.cache_dir.as_deref()).map(Cache::open) };
        let fetcher = Fetcher::new(client, cache);
        let allowance = fetcher.allowance();
        let network = Network { fetcher, from: Source::CacheOrNetwork, allowance };
        Ok(Retriever::with(Answers::Network(Box::new(network)), args))
    }

    /// One that asks a record in the place of the network.
    pub(crate) fn of_record(args: &NetworkArgs, record: Rc<dyn RecordedAnswers>) -> Retriever {
        Retriever::with(Answers::Record(record), args)
    }

    fn with(answers: Answers, args: &NetworkArgs) -> Retriever {
        let (known, known_octets) = (HashMap::new(), 0);
        Retriever { answers, hash: hash(args), nonce: args.ocsp_nonce, known, known_octets, cache_note: None }
    }

    /// From now on the network is asked even for what the cache has.
    pub(crate) fn ask_the_network(&mut self) {
        if let Answers::Network(network) = &mut self.answers {
            network.from = Source::Network;
        }
    }

    /// From now on as many octets and as much time may be spent as for a new
    /// verification.
    pub(crate) fn begin(&mut self) {
        if let Answers::Network(network) = &mut self.answers {
            network.allowance = network.allowance.renewed();
        }
    }

    /// Asks all questions that were not asked before in this run, at the same time,
    /// and reads the answers.
    pub(crate) fn ask(&mut self, questions: Vec<Question>) -> Vec<Attempt> {
        let mut new: HashMap<Key, usize> = HashMap::new();
        let mut asked: Vec<&Question> = Vec::new();
        for question in &questions {
            if !self.known.contains_key(&question.key()) {
                new.entry(question.key()).or_insert_with(|| {
                    asked.push(question);
                    asked.len() - 1
                });
            }
        }
        let answers: Vec<(Retrieved, Option<Vec<u8>>)> = match &self.answers {
            Answers::Network(network) => self.ask_network(network, &asked),
            Answers::Record(record) => asked.iter().map(|question| record.answer(question)).collect(),
        };
        let read_one = |(question, (retrieved, nonce)): (&&Question, (Retrieved, Option<Vec<u8>>))| {
            let content = match &retrieved.outcome {
                Ok(octets) => read(question.wanted, octets, nonce),
                Err(failure) => Err(not_retrieved(failure)),
            };
            Rc::new(Answer { retrieved, content, kept: Cell::new(None) })
        };
        let read: Vec<Rc<Answer>> = asked.iter().zip(answers).map(read_one).collect();
        let attempts = questions.into_iter().filter_map(|question| {
            let key = question.key();
            let answer = new.get(&key).and_then(|place| read.get(*place)).or_else(|| self.known.get(&key))?;
            let answer = Rc::clone(answer);
            Some(Attempt { wanted: question.wanted, certificate: question.certificate, answer, place: None })
        });
        let attempts = attempts.collect();
        for (key, place) in new {
            if let Some(answer) = read.get(place) {
                self.remember(key, answer);
            }
        }
        attempts
    }

    fn remember(&mut self, key: Key, answer: &Rc<Answer>) {
        let octets = match &answer.retrieved.outcome {
            // The next verification may spend anew.
            Err(failure) if failure.is_of_allowance() => return,
            Err(_) => 0,
            Ok(octets) => octets.len(),
        };
        if self.known_octets.saturating_add(octets) > limits::MAX_TOTAL_OCTETS {
            self.known.clear();
            self.known_octets = 0;
        }
        self.known_octets += octets;
        self.known.insert(key, Rc::clone(answer));
    }

    /// The answers with the nonces that were sent.
    fn ask_network(&self, network: &Network, questions: &[&Question]) -> Vec<(Retrieved, Option<Vec<u8>>)> {
        let nonces: Vec<Option<Vec<u8>>> = questions
            .iter()
            .map(|question| (question.wanted == Wanted::Ocsp && self.nonce).then(random_nonce).flatten())
            .collect();
        let requests: Vec<Request> = questions
            .iter()
            .zip(&nonces)
            .map(|(question, nonce)| Request { url: question.url.clone(), what: what(question, nonce.as_deref()) })
            .collect();
        network.ask(&requests).into_iter().zip(nonces).collect()
    }

    /// Asks URLs for whatever is there, all at the same time.
    pub(crate) fn ask_alone(&self, urls: &[&String]) -> Vec<Retrieved> {
        let of_url = |url: &&String| Request { url: (*url).clone(), what: What::Crl };
        let requests: Vec<Request> = urls.iter().map(of_url).collect();
        match &self.answers {
            Answers::Network(network) => network.ask(&requests),
            Answers::Record(_) => unreachable!("a record holds runs of verify alone"),
        }
    }

    /// Keeps what helped until it is out of date, and anything else for seconds.
    pub(crate) fn keep(&mut self, attempt: &Attempt, helped: bool) {
        let Answers::Network(network) = &self.answers else { return };
        // A request with a nonce is never made again.
        if attempt.wanted == Wanted::Ocsp && self.nonce {
            return;
        }
        let Answer { retrieved, content, kept } = attempt.answer.as_ref();
        let (keep, fresh_until) = match content {
            Ok(content) if helped => (Kept::WhileFresh, content.fresh_until()),
            _ => (Kept::ForSeconds, Some(this_moment().unix() + USELESS_SECONDS)),
        };
        // What did not help one certificate may have helped another.
        if kept.get() >= Some(keep) {
            return;
        }
        kept.set(Some(keep));
        if let Err(error) = network.fetcher.keep(retrieved, fresh_until, this_moment().unix()) {
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
