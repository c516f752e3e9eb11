//! The OCSP vectors of the Python package `cryptography_vectors`: all of them
//! are read, and `ocsp_vectors.ledger` says as what.
//!
//! They are looked for in the folder that `CERTLENS_OCSP_VECTORS` names, or else
//! where `.ci/venv cryptography_vectors==50.0.2` puts them.
//!
//! `CERTLENS_UPDATE=1 cargo test --test ocsp_vectors` rewrites the ledger, but
//! for its last column, which is written by hand.

#![expect(clippy::unwrap_used, reason = "a harness that finds its data broken has to stop")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use certlens_core::anchors::TrustAnchor;
use certlens_core::crypto::algorithm::SignatureAlgorithm;
use certlens_core::crypto::verify::verify;
use certlens_core::encoding::deviation::Deviation;
use certlens_core::encoding::input;
use certlens_core::encoding::sniff::{ObjectKind, sniff_der};
use certlens_core::origin::Origin;
use certlens_core::path::{CandidatePath, PathEnd, Verifier, VerifyCache};
use certlens_core::policy::{Profile, RevocationMode, ValidationPolicy};
use certlens_core::pool::{CertPool, Sourced};
use certlens_core::revocation::{Checker, Evidence, EvidenceOcsp, RevocationStatus, SourceResult};
use certlens_core::time::Time;
use certlens_core::validation::validate;
use certlens_core::x509::Certificate;
use certlens_core::x509::certificate::Version;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::ocsp::{
    BasicResponse, CertIdHash, CertIdMatcher, CertIdRef, CertStatus, OcspExtensions, OcspRequest, OcspResponse,
    ResponderId,
};
use certlens_core::x509::oid::oids;

/// Files in version 50.0.2 of the package.
const VECTORS: usize = 28;

const HEADER: &str = "\
# The OCSP vectors of cryptography_vectors 50.0.2 (x509/ocsp), as certlens reads them.
# Written by `CERTLENS_UPDATE=1 cargo test -p certlens --test ocsp_vectors`, the last column by hand.
# file | read as | response status | statuses of certificates | what else it has | judged | why
";

/// What stands where a person has to write the last column.
const NO_NOTE: &str = "TO BE WRITTEN";

#[test]
fn every_vector_is_read_as_the_ledger_says() {
    let Some(folder) = vectors() else { return };
    let pairs = pairs(&folder);
    let read: BTreeMap<String, String> = files(&folder)
        .iter()
        .map(|(name, der)| (name.clone(), format!("{} | {}", describe(der), judge(der, &pairs))))
        .collect();
    assert!(read.len() >= VECTORS, "{} vectors of {VECTORS} in {}", read.len(), folder.display());

    let path = repository().join("tests/ocsp_vectors.ledger");
    let ledger = fs::read_to_string(&path).unwrap_or_default();
    let lines = ledger.lines().filter(|line| !line.starts_with('#'));
    let lines: BTreeMap<&str, (&str, &str)> = lines
        .map(|line| {
            let (name, rest) = line.split_once(" | ").unwrap();
            let (said, note) = rest.rsplit_once(" | ").unwrap();
            (name, (said, note))
        })
        .collect();
    if std::env::var_os("CERTLENS_UPDATE").is_some() {
        let note = |name: &str| lines.get(name).map_or(NO_NOTE, |line| line.1);
        let text: String = read.iter().map(|(name, said)| format!("{name} | {said} | {}\n", note(name))).collect();
        return fs::write(path, format!("{HEADER}{text}")).unwrap();
    }
    let mut complaints: Vec<String> = read
        .iter()
        .filter(|(name, said)| lines.get(name.as_str()).map(|line| line.0) != Some(said))
        .map(|(name, said)| format!("{name} is read as: {said}"))
        .collect();
    let vanished = lines.keys().filter(|name| !read.contains_key(**name));
    complaints.extend(vanished.map(|name| format!("{name} is in the ledger, but not in the package")));
    let unwritten = lines.iter().filter(|(_, line)| line.1 == NO_NOTE || line.1.is_empty());
    complaints.extend(unwritten.map(|(name, _)| format!("{name} has no note")));
    let unread = lines.iter().filter(|(_, line)| line.0.starts_with("unreadable"));
    complaints.extend(unread.map(|(name, line)| format!("{name} is {}", line.0)));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn requests_find_what_a_response_answers_them() {
    let Some(folder) = vectors() else { return };
    let files = files(&folder);
    let response = OcspResponse::from_der(files.get("ocsp-army.deps.mil-resp.der").unwrap()).unwrap();
    let answers = |request: &str| {
        let request = OcspRequest::from_der(files.get(request).unwrap()).unwrap();
        let id = request.requests().next().unwrap().cert_id;
        let mut singles = response.basic().unwrap().responses();
        singles.find(|single| single.cert_id.raw == id.raw).map(|single| single.status)
    };
    assert_eq!(answers("ocsp-army.valid-req.der"), Some(CertStatus::Good));
    assert!(matches!(answers("ocsp-army.revoked-req.der"), Some(CertStatus::Revoked { .. })));
    assert_eq!(answers("ocsp-army.inapplicable-req.der"), None);
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder of the vectors; `None`, said aloud, when they are not there.
///
/// Where tests are run without anybody looking (`CI=true`), that fails: nobody
/// would notice the line.
fn vectors() -> Option<PathBuf> {
    let found = match std::env::var_os("CERTLENS_OCSP_VECTORS") {
        Some(folder) => Some(PathBuf::from(folder)),
        None => installed(),
    };
    if let Some(folder) = found.filter(|folder| folder.is_dir()) {
        return Some(folder);
    }
    let message = format!(
        "SKIPPED: {VECTORS} OCSP vectors: run `.ci/venv cryptography_vectors==50.0.2`, or set CERTLENS_OCSP_VECTORS"
    );
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
    // Past the harness, which shows nothing of a test that passes.
    std::io::stderr().write_all(format!("{message}\n").as_bytes()).unwrap();
    None
}

/// Where the package is in the environment that `.ci/venv` makes.
fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir(repository().join("target/ci-venv/lib")).ok()?;
    versions
        .filter_map(|version| Some(version.ok()?.path().join("site-packages/cryptography_vectors/x509/ocsp")))
        .find(|folder| folder.is_dir())
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "der"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect()
}

/// Certificates of the package, each with a certificate of its issuer.
fn pairs(folder: &Path) -> Vec<(Certificate, Certificate)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder.join("..")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_pem = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "pem");
    let mut certificates: Vec<Certificate> = Vec::new();
    for path in paths.iter().filter(is_pem) {
        let Ok(input) = input::read(&fs::read(path).unwrap()) else { continue };
        for object in input.certificates() {
            match Certificate::from_der(&object.der) {
                Ok(certificate) if !certificates.contains(&certificate) => certificates.push(certificate),
                _ => {}
            }
        }
    }
    let issuers = |child: &Certificate| {
        let child = child.clone();
        let is_issuer = move |one: &&Certificate| Issuer::Certificate(one).is_named_by(&child) && **one != child;
        certificates.iter().filter(is_issuer).cloned().collect::<Vec<_>>()
    };
    certificates.iter().flat_map(|child| issuers(child).into_iter().map(|issuer| (child.clone(), issuer))).collect()
}

/// What a response comes to for the certificate that it is about.
fn judge(der: &[u8], pairs: &[(Certificate, Certificate)]) -> String {
    let Ok(response) = OcspResponse::from_der(der) else { return "-".to_owned() };
    let Some(basic) = response.basic() else {
        // It names no certificate: it is no answer about any.
        let (certificate, issuer) = pairs.first().unwrap();
        return judge_for(&response, certificate, issuer, certificate.not_before().time);
    };
    for (certificate, issuer) in pairs {
        let matcher = CertIdMatcher::for_certificate(certificate, Issuer::Certificate(issuer));
        if let Some(single) = basic.responses_for(&matcher).next() {
            let time = single.this_update.time;
            let about = format!("{} at {time}", certificate.subject().last_value(oids::COMMON_NAME).unwrap());
            return format!("{} for {about}", judge_for(&response, certificate, issuer, time));
        }
    }
    "no certificate in the package to judge against".to_owned()
}

fn judge_for(response: &OcspResponse, certificate: &Certificate, issuer: &Certificate, time: Time) -> String {
    let mut evidence = Evidence::new();
    evidence.add_response(EvidenceOcsp {
        response: response.clone(),
        origin: Origin::Memory,
        nonce: None,
        asked_for: None,
    });
    let mut policy = ValidationPolicy::new(Profile::Rfc5280);
    policy.revocation.mode = RevocationMode::Require;
    let sourced = |certificate: &Certificate| Sourced { certificate: certificate.clone(), origin: Origin::Memory };
    let path = CandidatePath {
        certificates: vec![sourced(certificate)],
        end: PathEnd::Anchor(TrustAnchor::from_certificate(issuer.clone(), Origin::Memory)),
    };
    // Whatever else there is to say about the certificate: one is a precertificate.
    let cache = VerifyCache::new();
    let mut verifier = Verifier::new(&cache);
    let mut outcome = validate(path, &policy, time, &mut verifier);
    Checker::new(&policy, time, &evidence, &CertPool::new()).check(&mut outcome, &mut verifier);
    let found = outcome.revocation.first().unwrap();
    match (&found.status, found.sources.first().map(|source| &source.result)) {
        (RevocationStatus::Good, _) => "good".to_owned(),
        (RevocationStatus::Revoked(_), _) => "revoked".to_owned(),
        (_, Some(SourceResult::NotUsed(finding))) => finding.code.to_string(),
        (status, _) => format!("{status:?}"),
    }
}

/// The columns of a vector about what it is.
fn describe(der: &[u8]) -> String {
    match sniff_der(der) {
        ObjectKind::OcspRequest => OcspRequest::from_der(der).map(|request| describe_request(&request)),
        ObjectKind::OcspResponse => OcspResponse::from_der(der).map(|response| describe_response(&response)),
        other => return format!("unreadable, {}", other.describe()),
    }
    .unwrap_or_else(|error| format!("unreadable, {error}"))
}

fn describe_request(request: &OcspRequest) -> String {
    let mut facts = vec![format!("asks about {}", request.requests().count())];
    facts.extend(version(request.version()));
    request.requests().for_each(|single| facts.extend(odd_hash(&single.cert_id)));
    facts.extend(extensions("request", &request.extensions()));
    facts.extend(deviations(request.deviations()));
    format!("request | - | - | {}", facts.join("; "))
}

fn describe_response(response: &OcspResponse) -> String {
    let mut facts = Vec::new();
    let mut statuses: BTreeMap<String, usize> = BTreeMap::new();
    if let Some(basic) = response.basic() {
        for single in basic.responses() {
            *statuses.entry(status(&single.status)).or_default() += 1;
            facts.extend(odd_hash(&single.cert_id));
            facts.extend(single.next_update.is_none().then(|| "no nextUpdate".to_owned()));
            facts.extend(extensions("single", &single.extensions));
        }
        facts.extend(version(basic.version()));
        facts.push(signer(&basic));
        facts.extend(extensions("response", &basic.extensions()));
    } else if let Some(oid) = response.response_type() {
        facts.push(format!("response type {oid}"));
    } else {
        facts.push("nothing inside".to_owned());
    }
    facts.extend(deviations(response.deviations()));
    let statuses: Vec<String> = statuses.iter().map(|(status, count)| format!("{count} {status}")).collect();
    let statuses = if statuses.is_empty() { "-".to_owned() } else { statuses.join(", ") };
    format!("response | {} | {statuses} | {}", response.status(), facts.join("; "))
}

fn status(status: &CertStatus) -> String {
    match status {
        CertStatus::Good => "good".to_owned(),
        CertStatus::Revoked { reason: None, .. } => "revoked".to_owned(),
        CertStatus::Revoked { reason: Some(reason), .. } => format!("revoked ({reason})"),
        CertStatus::Unknown => "unknown".to_owned(),
    }
}

fn version(version: Version) -> Option<String> {
    (version != Version::V1).then(|| format!("version {version}"))
}

fn odd_hash(id: &CertIdRef<'_>) -> Option<String> {
    match id.hash() {
        Some(CertIdHash::Sha1) => None,
        Some(hash) => Some(format!("hash {hash:?}")),
        None => Some(format!("hash {}", id.algorithm.oid)),
    }
}

/// How the responder is named, and whether the signature is that of a
/// certificate in the response.
fn signer(basic: &BasicResponse<'_>) -> String {
    let id = basic.responder_id();
    let by = match id {
        ResponderId::ByName(_) => "name",
        ResponderId::ByKey(_) => "key",
    };
    let certificates: Vec<Certificate> =
        basic.certificates().map(|(_, der)| Certificate::from_der(der).unwrap()).collect();
    let signed = match certificates.iter().find(|certificate| id.is(Issuer::Certificate(certificate))) {
        None if certificates.is_empty() => "no certificate in it".to_owned(),
        None => "its certificate is not in it".to_owned(),
        Some(certificate) => {
            let identifier = basic.signature_algorithm();
            let algorithm = SignatureAlgorithm::from_identifier(&identifier).unwrap();
            let key = certificate.spki().public_key().unwrap();
            let signature = basic.signature().octets().unwrap();
            match verify(&algorithm, &key, basic.tbs_response_data(), signature) {
                Ok(()) => "the signature is that of its certificate in it".to_owned(),
                Err(error) => format!("the signature is not that of its certificate in it: {error}"),
            }
        }
    };
    format!("responder by {by}, {}, {signed}", basic.signature_algorithm().oid.name_or_dotted())
}

fn extensions(of: &str, extensions: &OcspExtensions<'_>) -> Vec<String> {
    let mut facts: Vec<String> = extensions
        .iter()
        .map(|extension| {
            let critical = if extension.critical { ", critical" } else { "" };
            let broken = extension.value.err().map(|error| format!(", broken: {error}")).unwrap_or_default();
            format!("{of} extension {}{critical}{broken}", extension.oid.name_or_dotted())
        })
        .collect();
    facts.extend(extensions.duplicate().map(|extension| format!("{} stands twice", extension.oid.name_or_dotted())));
    facts
}

fn deviations(deviations: &[Deviation]) -> Vec<String> {
    deviations.iter().map(|deviation| format!("byte {}: {}", deviation.offset, deviation.kind)).collect()
}
