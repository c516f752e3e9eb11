//! Keeping a run.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certlens_core::encoding::input::MAX_INPUT_OCTETS;
use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::origin::{Origin, TrustSet};
use certlens_core::x509::Certificate;
use certlens_core::x509::ocsp::OcspRequest;
use certlens_fetch::{Failure as FetchFailure, Source as AnswerSource, What, shown};

use super::files::Files;
use super::format::{
    FailureRecord, FindingRecord, MAX_RECORD_OCTETS, NotReadRecord, OutcomeRecord, RECORD_FILE, Record,
    RetrievalRecord, SetRecord, TargetRecord, TrustRecord,
};
use crate::args::VerifyArgs;
use crate::armor;
use crate::error::Failure;
use crate::exit::Exit;
use crate::load::{Loaded, Source};
use crate::retrieve::{Attempt, Wanted};
use crate::verification::{NotRead, Request, Verified};

/// A run that is being kept.
pub(crate) struct Recorder {
    files: Files,
    targets: Vec<TargetRecord>,
}

impl Recorder {
    /// Makes the directory.
    ///
    /// # Errors
    ///
    /// When it exists and is not empty, or cannot be made.
    pub(crate) fn create(directory: &Path) -> Result<Recorder, Failure> {
        Ok(Recorder { files: Files::create(directory)?, targets: Vec::new() })
    }

    /// Keeps a target: the certificates of its file and nothing else that is there.
    ///
    /// # Errors
    ///
    /// When the directory cannot be written.
    pub(crate) fn target(&mut self, source: &Source, verified: &Verified) -> Result<(), Failure> {
        let mut text = certificate(&verified.target.certificate);
        let mut findings: Vec<Finding> = source.problems().collect();
        for loaded in source.certificates() {
            match loaded {
                Loaded::Read(other) if other.origin == verified.target.origin => {}
                Loaded::Read(other) => text.push_str(&certificate(&other.certificate)),
                Loaded::Refused { origin, message, .. } => {
                    let message = format!("{origin}: {message}");
                    findings.push(Finding::new(Code::CertificateUnreadable, Severity::Warning, message));
                }
            }
        }
        let name = format!("target-{:03}.pem", self.targets.len() + 1);
        let file = self.readable(name, text)?;
        self.targets.push(TargetRecord {
            origin: verified.target.origin.to_string(),
            file,
            findings: findings.iter().map(finding).collect(),
        });
        Ok(())
    }

    /// Keeps the rest, `record.json` last.
    ///
    /// # Errors
    ///
    /// When the directory cannot be written.
    pub(crate) fn finish(
        mut self,
        args: &VerifyArgs,
        request: &Request,
        verified: &[Verified],
        not_read: &[NotRead],
    ) -> Result<(), Failure> {
        let trust = self.trust(request)?;
        let intermediates: String =
            request.intermediates.iter().map(|sourced| certificate(&sourced.certificate)).collect();
        let intermediates = match intermediates.is_empty() {
            true => None,
            false => Some(self.readable("intermediates.pem".to_owned(), intermediates)?),
        };
        let crls = self.crls(request)?;
        let mut ocsp = Vec::new();
        for one in request.given.evidence.responses() {
            ocsp.push(self.files.put(format!("ocsp-{:03}.der", ocsp.len() + 1), one.response.der())?);
        }
        let mut retrievals = Vec::new();
        for attempt in verified.iter().flat_map(|one| &one.attempts) {
            retrievals.push(self.retrieval(attempt)?);
        }
        let record = Record {
            schema: Record::SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time: request.time.to_string(),
            time_is_clock: request.time_is_clock,
            arguments: super::arguments::kept(args),
            targets: self.targets,
            not_read: not_read.iter().map(unread).collect(),
            trust,
            trust_findings: request.trust.findings.iter().map(finding).collect(),
            intermediates,
            crls,
            ocsp,
            findings: request.findings.iter().map(finding).collect(),
            retrievals,
            files: std::mem::take(&mut self.files.written),
        };
        let mut json = serde_json::to_string_pretty(&record).map_err(|error| Failure {
            exit: Exit::Internal,
            message: format!("the record cannot be made: {error}"),
            advice: None,
        })?;
        json.push('\n');
        if json.len() as u64 > MAX_RECORD_OCTETS {
            return Err(too_large(RECORD_FILE, json.len(), "MAX_RECORD_OCTETS", MAX_RECORD_OCTETS));
        }
        self.files.finish(RECORD_FILE, json.as_bytes())
    }

    /// The sets have their anchors one behind the other, each as many as it added.
    fn trust(&mut self, request: &Request) -> Result<Vec<TrustRecord>, Failure> {
        let mut anchors = request.trust.anchors.iter();
        let mut records: Vec<TrustRecord> = Vec::new();
        for (name, count) in &request.trust.sets {
            let of_set: Vec<_> = anchors.by_ref().take(*count).collect();
            let set = match of_set.first().map(|anchor| &anchor.origin) {
                Some(Origin::TrustSet(TrustSet::System)) => SetRecord::System,
                Some(Origin::TrustSet(TrustSet::Mozilla)) => SetRecord::Mozilla,
                None if name == TrustSet::System.name() => SetRecord::System,
                None if name == TrustSet::Mozilla.name() => SetRecord::Mozilla,
                _ => SetRecord::File,
            };
            let text: String = of_set.iter().filter_map(|anchor| anchor.certificate()).map(certificate).collect();
            let file = match set {
                SetRecord::Mozilla => None,
                _ if text.is_empty() => None,
                SetRecord::System => Some(self.readable("anchors-system.pem".to_owned(), text)?),
                SetRecord::File => Some(self.readable(format!("anchors-{:03}.pem", records.len() + 1), text)?),
            };
            records.push(TrustRecord { set, name: name.clone(), anchors: *count, file });
        }
        Ok(records)
    }

    fn crls(&mut self, request: &Request) -> Result<Vec<String>, Failure> {
        let mut names: Vec<String> = Vec::new();
        for one in request.given.evidence.crls() {
            let Some(der) = one.crl.der() else { continue };
            // In PEM it is read whole again, whatever its size.
            let name = format!("crl-{:03}.pem", names.len() + 1);
            names.push(self.readable(name, armor::block("X509 CRL", der))?);
        }
        for path in request.given.large() {
            let name = format!("crl-{:03}.crl", names.len() + 1);
            let failed =
                |error: std::io::Error| Failure::unusable(format!("{}: cannot be read: {error}", path.display()));
            let mut file = File::open(path).map_err(failed)?;
            let mut start = Vec::new();
            (&mut file).take(DER_HEADER_OCTETS).read_to_end(&mut start).map_err(failed)?;
            // Whatever stands behind the CRL is none of it, and may be a key.
            let rest = der_octets(&start).map_or(0, |octets| octets.saturating_sub(start.len() as u64));
            names.push(self.files.copy(name, &mut start.as_slice().chain(file.take(rest)))?);
        }
        Ok(names)
    }

    fn retrieval(&mut self, attempt: &Attempt) -> Result<RetrievalRecord, Failure> {
        let retrieved = attempt.retrieved();
        let (cert_id, nonce) = match &retrieved.request.what {
            What::Ocsp(encoded) => asked(encoded),
            What::Certificates | What::Crl => (None, None),
        };
        let ending = match attempt.wanted {
            Wanted::Issuer => "crt",
            Wanted::Ocsp => "ocsp",
            Wanted::Crl | Wanted::DeltaCrl => "crl",
        };
        Ok(RetrievalRecord {
            wanted: attempt.wanted,
            url: shown(&retrieved.request.url),
            certificate: attempt.certificate.id().to_string(),
            cert_id,
            nonce,
            cached: match retrieved.source {
                AnswerSource::Network => None,
                AnswerSource::Cache { stored } => Some(stored),
            },
            milliseconds: u64::try_from(retrieved.elapsed.as_millis()).unwrap_or(u64::MAX),
            address: retrieved.peer.map(|peer| peer.to_string()),
            proxy: retrieved.proxy.as_deref().map(shown),
            redirects: retrieved.redirects.iter().map(|url| shown(url)).collect(),
            status: retrieved.status,
            headers: retrieved.headers.clone(),
            outcome: match &retrieved.outcome {
                Ok(octets) => OutcomeRecord::Object(self.files.object(octets, ending)?),
                Err(failure) => OutcomeRecord::Failure(self::failure(failure)),
            },
        })
    }

    /// Writes a text that is going to be read as an input is.
    fn readable(&mut self, name: String, text: String) -> Result<String, Failure> {
        if text.len() > MAX_INPUT_OCTETS {
            return Err(too_large(&name, text.len(), "MAX_INPUT_OCTETS", MAX_INPUT_OCTETS as u64));
        }
        self.files.put(name, text.as_bytes())
    }
}

/// Octets that say how long a large DER value is.
const DER_HEADER_OCTETS: u64 = 10;

/// The length of a DER value with its header, by the header's octets.
fn der_octets(start: &[u8]) -> Option<u64> {
    let (&[_, first], rest) = start.split_first_chunk()?;
    if first < 0x80 {
        return Some(2 + u64::from(first));
    }
    let count = usize::from(first & 0x7f);
    let length = rest.get(..count).filter(|_| (1..=7).contains(&count))?;
    let length = length.iter().fold(0, |length: u64, octet| length << 8 | u64::from(*octet));
    Some(2 + count as u64 + length)
}

fn too_large(name: &str, octets: usize, limit: &str, most: u64) -> Failure {
    Failure::unusable(format!("the record's {name} would have {octets} octets; the limit {limit} is {most}"))
        .advice("record fewer targets at a time")
}

/// CertID and nonce of an OCSP request.
fn asked(encoded: &[u8]) -> (Option<String>, Option<String>) {
    let Ok(request) = OcspRequest::from_der(encoded) else { return (None, None) };
    let id = request.requests().next().map(|single| STANDARD.encode(single.cert_id.raw));
    (id, request.nonce().map(|nonce| STANDARD.encode(nonce)))
}

fn finding(finding: &Finding) -> FindingRecord {
    FindingRecord {
        code: finding.code.name().to_owned(),
        severity: finding.severity.word().to_owned(),
        message: finding.message.clone(),
        hint: finding.hint.clone(),
    }
}

fn unread(one: &NotRead) -> NotReadRecord {
    NotReadRecord {
        target: one.argument.clone(),
        message: one.failure.message.clone(),
        hint: one.failure.advice.clone(),
    }
}

fn failure(failure: &FetchFailure) -> FailureRecord {
    FailureRecord {
        stage: failure.stage.word().to_owned(),
        cause: failure.cause.to_owned(),
        message: failure.message.clone(),
        hint: failure.hint.clone(),
        winhttp: failure.winhttp,
        cannot_tell: failure.cannot_tell,
    }
}

fn certificate(certificate: &Certificate) -> String {
    armor::block("CERTIFICATE", certificate.der())
}

#[cfg(test)]
mod tests {
    use super::der_octets;

    #[test]
    fn lengths_of_der() {
        for (start, octets) in [
            (&[0x30, 0x03][..], Some(5)),
            (&[0x30, 0x82, 0x01, 0x00, 0xff], Some(260)),
            (&[0x30, 0x83, 0x10, 0x00, 0x00], Some(0x10_0005)),
            (&[0x30, 0x80], None),
            (&[0x30, 0x82, 0x01], None),
            (&[0x30, 0x88, 1, 1, 1, 1, 1, 1, 1, 1], None),
            (&[0x30], None),
        ] {
            assert_eq!(der_octets(start), octets, "{start:02x?}");
        }
    }
}
