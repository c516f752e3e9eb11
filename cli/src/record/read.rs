//! Repeating a run.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certlens_core::finding::{Code, Finding, Severity};
use certlens_fetch::limits::MAX_CRL_OCTETS;
use certlens_fetch::{Failure as FetchFailure, Request, Retrieved, Source, Stage, shown};
use serde::Deserialize;

use super::arguments;
use super::files::{place, verify};
use super::format::{
    FailureRecord, FindingRecord, MAX_RECORD_FILES, MAX_RECORD_OCTETS, NotReadRecord, OutcomeRecord, RECORD_FILE,
    Record, SetRecord, TargetRecord,
};
use crate::args::{OutputArgs, VerifyArgs};
use crate::error::Failure;
use crate::retrieve::{Question, RecordedAnswers, Wanted, what};
use crate::trust::{self, KeptSet, Trust};
use crate::verification::Recorded;

/// A record that is being replayed.
pub(crate) struct Replay {
    directory: PathBuf,
    /// The name of `record.json` for messages.
    shown: String,
    record: Record,
    answers: HashMap<Asked, Answers>,
}

/// What a URL was asked; a nonce is another one in each run.
#[derive(PartialEq, Eq, Hash)]
struct Asked {
    wanted: Wanted,
    url: String,
    cert_id: Option<Vec<u8>>,
}

/// The answers to one question, in the order in which they came.
#[derive(Default)]
struct Answers {
    all: Vec<Answer>,
    next: Cell<usize>,
}

struct Answer {
    nonce: Option<Vec<u8>>,
    retrieved: Retrieved,
    /// Read when it is asked for.
    object: Option<PathBuf>,
}

/// What says which format the rest has.
#[derive(Deserialize)]
struct Head {
    schema: String,
}

impl Replay {
    /// Reads a record and verifies its files.
    ///
    /// # Errors
    ///
    /// When it is none of this version, or not what was recorded.
    pub(crate) fn open(directory: &Path) -> Result<Replay, Failure> {
        let path = directory.join(RECORD_FILE);
        let shown = path.display().to_string();
        let octets = read(directory, &path)?;
        let not_json = |error: serde_json::Error| {
            Failure::unusable(format!("{shown}: is no record of certlens: {error}"))
                .advice("give the directory that --record made; have it sent again if it was changed")
        };
        let head: Head = serde_json::from_slice(&octets).map_err(not_json)?;
        if head.schema != Record::SCHEMA {
            return Err(Failure::unusable(format!(
                "{shown}: is of the version {:?}; this certlens reads {}",
                head.schema,
                Record::SCHEMA
            ))
            .advice("use the version of certlens that recorded it, or a newer one"));
        }
        let record: Record = serde_json::from_slice(&octets).map_err(not_json)?;
        if record.files.len() > MAX_RECORD_FILES {
            let message = format!("{shown}: has more than {MAX_RECORD_FILES} files (MAX_RECORD_FILES)");
            return Err(Failure::unusable(message).advice("no certlens records so many"));
        }
        for (name, file) in &record.files {
            verify(directory, name, file)?;
        }
        let mut replay = Replay { directory: directory.to_owned(), shown, record, answers: HashMap::new() };
        replay.answers = replay.answers()?;
        Ok(replay)
    }

    /// Which version recorded it.
    pub(crate) fn version(&self) -> &str {
        &self.record.version
    }

    pub(crate) fn targets(&self) -> &[TargetRecord] {
        &self.record.targets
    }

    pub(crate) fn not_read(&self) -> &[NotReadRecord] {
        &self.record.not_read
    }

    /// The arguments of the recorded run, with files of the record in the place of
    /// those they named.
    ///
    /// # Errors
    ///
    /// When they are not arguments of this version.
    pub(crate) fn arguments(&self, output: &OutputArgs) -> Result<VerifyArgs, Failure> {
        let record = &self.record;
        let mut args =
            arguments::read(&record.arguments, output).map_err(|reason| arguments::unusable(&self.shown, &reason))?;
        args.path.at = Some(record.time.clone());
        for target in &record.targets {
            args.targets.push(self.file(&target.file)?);
        }
        for file in record.trust.iter().filter(|set| set.set == SetRecord::File).filter_map(|set| set.file.as_ref()) {
            args.path.anchors.push(self.file(file)?);
        }
        for (names, arguments) in [
            (record.intermediates.as_slice(), &mut args.path.intermediates),
            (&record.crls, &mut args.revocation.crl),
            (&record.ocsp, &mut args.revocation.ocsp),
        ] {
            for name in names {
                arguments.push(self.file(name)?);
            }
        }
        Ok(args)
    }

    /// The trust anchors of the recorded run.
    ///
    /// # Errors
    ///
    /// When their files cannot be read.
    fn trust(&self) -> Result<Trust, Failure> {
        let mut sets = Vec::new();
        for set in &self.record.trust {
            let file = set.file.as_deref().map(|name| self.file(name)).transpose()?;
            sets.push(match set.set {
                SetRecord::File => KeptSet::File(file),
                SetRecord::System => KeptSet::System(file),
                SetRecord::Mozilla => KeptSet::Mozilla,
            });
        }
        let mut trust = trust::of_record(sets)?;
        for (recorded, (name, count)) in self.record.trust.iter().zip(&trust.sets) {
            if recorded.anchors != *count {
                crate::say(&format!("note: {name} has {count} anchors here, and had {} then", recorded.anchors));
            }
        }
        trust.findings = self.read_findings(&self.record.trust_findings)?;
        Ok(trust)
    }

    /// What was found out about intermediates, CRLs and responses.
    ///
    /// # Errors
    ///
    /// When a code is not known here.
    fn findings(&self) -> Result<Vec<Finding>, Failure> {
        self.read_findings(&self.record.findings)
    }

    pub(crate) fn read_findings(&self, findings: &[FindingRecord]) -> Result<Vec<Finding>, Failure> {
        let read = |finding: &FindingRecord| {
            let severities = [Severity::Info, Severity::Warning, Severity::Error];
            let severity = severities.into_iter().find(|one| one.word() == finding.severity);
            let (Some(code), Some(severity)) = (Code::by_name(&finding.code), severity) else {
                return Err(self.unknown("finding", &format!("{} ({})", finding.code, finding.severity)));
            };
            let read = Finding::new(code, severity, finding.message.clone());
            Ok(match &finding.hint {
                Some(hint) => read.hint(hint.clone()),
                None => read,
            })
        };
        findings.iter().map(read).collect()
    }

    fn unknown(&self, what: &str, word: &str) -> Failure {
        Failure::unusable(format!("{}: the {what} {word:?} is not known to this version", self.shown))
            .advice("use the version of certlens that recorded it, or a newer one")
    }

    /// A file of the record as an argument; only those whose digest was verified count.
    fn file(&self, name: &str) -> Result<String, Failure> {
        let path = place(&self.directory, name).filter(|_| self.record.files.contains_key(name));
        let path = path.ok_or_else(|| {
            Failure::unusable(format!("{}: {name:?} is not among the files of the record", self.shown))
                .advice("the record is damaged or was changed; have it sent again, or recorded again")
        })?;
        path.into_os_string().into_string().map_err(|path| {
            Failure::unusable(format!("{}: the name is not in UTF-8", path.display()))
                .advice("give the directory another name")
        })
    }

    fn answers(&self) -> Result<HashMap<Asked, Answers>, Failure> {
        let mut answers: HashMap<Asked, Answers> = HashMap::new();
        let decode = |text: &Option<String>| {
            let octets = text.as_ref().map(|text| STANDARD.decode(text)).transpose();
            octets.map_err(|_| self.unknown("base64", text.as_deref().unwrap_or_default()))
        };
        for one in &self.record.retrievals {
            let cert_id = decode(&one.cert_id)?;
            let nonce = decode(&one.nonce)?;
            let (outcome, object) = match &one.outcome {
                OutcomeRecord::Object(name) => (Err(not_recorded()), Some(PathBuf::from(self.file(name)?))),
                OutcomeRecord::Failure(failure) => (Err(self.failure(failure)?), None),
            };
            let address = one.address.as_ref().map(|address| address.parse()).transpose();
            let retrieved = Retrieved {
                // Replaced by the question.
                request: Request { url: one.url.clone(), what: certlens_fetch::What::Crl },
                outcome,
                source: one.cached.map_or(Source::Network, |stored| Source::Cache { stored }),
                elapsed: Duration::from_millis(one.milliseconds),
                peer: address.map_err(|_| self.unknown("address", one.address.as_deref().unwrap_or_default()))?,
                proxy: one.proxy.clone(),
                redirects: one.redirects.clone(),
                status: one.status,
                headers: one.headers.clone(),
            };
            let asked = Asked { wanted: one.wanted, url: one.url.clone(), cert_id };
            answers.entry(asked).or_default().all.push(Answer { nonce, retrieved, object });
        }
        Ok(answers)
    }

    fn failure(&self, failure: &FailureRecord) -> Result<FetchFailure, Failure> {
        let mut causes = certlens_fetch::CAUSES.into_iter();
        Ok(FetchFailure {
            stage: Stage::from_word(&failure.stage).ok_or_else(|| self.unknown("stage", &failure.stage))?,
            cause: causes.find(|cause| *cause == failure.cause).ok_or_else(|| self.unknown("cause", &failure.cause))?,
            message: failure.message.clone(),
            hint: failure.hint.clone(),
            winhttp: failure.winhttp,
            cannot_tell: failure.cannot_tell,
        })
    }

    /// What the run had of the network and of its machine.
    ///
    /// # Errors
    ///
    /// When the record cannot be read.
    pub(crate) fn recorded(self: &Rc<Self>) -> Result<Recorded, Failure> {
        Ok(Recorded {
            trust: self.trust()?,
            findings: self.findings()?,
            time_is_clock: self.record.time_is_clock,
            answers: Rc::clone(self) as Rc<dyn RecordedAnswers>,
        })
    }
}

impl RecordedAnswers for Replay {
    fn answer(&self, question: &Question) -> (Retrieved, Option<Vec<u8>>) {
        let asked = Asked {
            wanted: question.wanted,
            url: shown(&question.url),
            cert_id: question.id.as_ref().map(|id| id.der().to_vec()),
        };
        let answer = self.answers.get(&asked).and_then(|answers| {
            let next = answers.next.get();
            answers.next.set(next + 1);
            answers.all.get(next).or(answers.all.last())
        });
        let nonce = answer.and_then(|answer| answer.nonce.clone());
        let request = Request { url: question.url.clone(), what: what(question, nonce.as_deref()) };
        let Some(answer) = answer else {
            let retrieved = Retrieved {
                request,
                outcome: Err(not_recorded()),
                source: Source::Network,
                elapsed: Duration::ZERO,
                peer: None,
                proxy: None,
                redirects: Vec::new(),
                status: None,
                headers: Vec::new(),
            };
            return (retrieved, None);
        };
        let mut retrieved = Retrieved { request, ..answer.retrieved.clone() };
        if let Some(octets) = answer.object.as_deref().and_then(object) {
            retrieved.outcome = Ok(octets);
        }
        (retrieved, nonce)
    }
}

fn not_recorded() -> FetchFailure {
    FetchFailure {
        stage: Stage::Url,
        cause: "not-recorded",
        message: "the URL is not in the record".to_owned(),
        hint: "Record the run again with this version of certlens: another one asks for other URLs.".to_owned(),
        winhttp: None,
        cannot_tell: true,
    }
}

/// What a URL gave; no answer is larger than the largest that is retrieved.
fn object(path: &Path) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    File::open(path).ok()?.take(MAX_CRL_OCTETS as u64 + 1).read_to_end(&mut octets).ok()?;
    (octets.len() <= MAX_CRL_OCTETS).then_some(octets)
}

fn read(directory: &Path, path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        _ if !directory.is_dir() => {
            return Err(Failure::unusable(format!("--replay {}: there is no such directory", directory.display()))
                .advice("give the directory that --record made"));
        }
        _ => {
            return Err(Failure::unusable(format!("{shown}: is not there; the directory is no record"))
                .advice("give the directory that --record made; where recording broke off, there is no record"));
        }
    }
    let mut octets = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_RECORD_OCTETS + 1).read_to_end(&mut octets));
    read.map_err(|error| Failure::unusable(format!("{shown}: cannot be read: {error}")))?;
    if octets.len() as u64 > MAX_RECORD_OCTETS {
        return Err(Failure::unusable(format!(
            "{shown}: has more than {MAX_RECORD_OCTETS} octets (MAX_RECORD_OCTETS)"
        ))
        .advice("no certlens writes such a record"));
    }
    Ok(octets)
}
