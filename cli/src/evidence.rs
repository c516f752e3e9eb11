//! CRLs and OCSP responses from files.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use certlens_core::encoding::sniff::{ObjectKind, sniff};
use certlens_core::finding::Finding;
use certlens_core::origin::Origin;
use certlens_core::revocation::{Evidence, EvidenceOcsp};
use certlens_core::x509::Crl;
use certlens_core::x509::crl::{CrlReader, Keep, Serials};
use certlens_core::x509::ocsp::OcspResponse;

use crate::error::Failure;
use crate::load::{self, Source};

/// A CRL file of this size or more is not kept whole, if it is in DER: it is gone
/// through once for the serial numbers that matter.
const LARGE_CRL_OCTETS: u64 = 1 << 20;

/// What is read at a time of such a file.
const PIECE_OCTETS: usize = 128 << 10;

/// Where a piece begins in memory: at a multiple of this, as pages do. An allocation of
/// that size begins 16 octets into a page, and some processors (AMD's Zen 3 and later)
/// then copy from page to page several times slower: for 35 MB 20 ms in the place of 4.
const PIECE_ALIGNMENT: usize = 4096;

/// What `--crl` and `--ocsp` gave, as far as it does not depend on what is verified.
pub(crate) struct Given {
    pub(crate) evidence: Evidence,
    /// Files that are gone through once the serial numbers are known.
    large: Vec<PathBuf>,
    pub(crate) crls: usize,
    pub(crate) responses: usize,
    pub(crate) findings: Vec<Finding>,
}

impl Given {
    /// Reads what the arguments name.
    ///
    /// # Errors
    ///
    /// When a file that was named cannot be read, or holds nothing of its kind.
    pub(crate) fn read(crls: &[String], responses: &[String]) -> Result<Given, Failure> {
        let mut given =
            Given { evidence: Evidence::new(), large: Vec::new(), crls: 0, responses: 0, findings: Vec::new() };
        for argument in crls {
            if is_large_der_crl(Path::new(argument)) {
                given.large.push(PathBuf::from(argument));
                given.crls += 1;
                continue;
            }
            given.take(argument, ObjectKind::Crl, "CRL", "--crl")?;
        }
        for argument in responses {
            given.take(argument, ObjectKind::OcspResponse, "OCSP response", "--ocsp")?;
        }
        Ok(given)
    }

    fn take(&mut self, argument: &str, kind: ObjectKind, what: &str, option: &str) -> Result<(), Failure> {
        let article = if kind == ObjectKind::Crl { "a" } else { "an" };
        let read = load::argument_with(argument, kind, &format!("{article} {what}"))?;
        self.findings.extend(read.findings());
        let mut any = false;
        for source in &read.sources {
            let mut objects = source.input.objects.iter().filter(|object| object.kind == kind).peekable();
            if objects.peek().is_none() {
                if source.named {
                    return Err(wrong_kind(source, &format!("{article} {what}"), option));
                }
                continue;
            }
            any = true;
            for object in objects {
                self.add(&object.der, source.origin(object.index), kind).map_err(|error| {
                    Failure::unusable(format!("{}: the {what} cannot be read: {error}", source.name))
                })?;
            }
        }
        if !any {
            return Err(Failure::unusable(format!("{argument}: the directory has no file with {article} {what}"))
                .advice("subdirectories are not searched; give the directory that holds the files"));
        }
        Ok(())
    }

    fn add(
        &mut self,
        der: &[u8],
        origin: Origin,
        kind: ObjectKind,
    ) -> Result<(), certlens_core::encoding::der::DerError> {
        if kind == ObjectKind::Crl {
            self.evidence.add_crl(Crl::from_der(der)?, origin);
            self.crls += 1;
        } else {
            let response = OcspResponse::from_der(der)?;
            self.evidence.add_response(EvidenceOcsp { response, origin, nonce: None, asked_for: None });
            self.responses += 1;
        }
        Ok(())
    }

    /// The evidence with what large files say about these serial numbers.
    ///
    /// # Errors
    ///
    /// When a file cannot be read as a CRL.
    pub(crate) fn about<'s>(&self, serials: impl IntoIterator<Item = &'s [u8]>) -> Result<Evidence, Failure> {
        let mut evidence = self.evidence.clone();
        if self.large.is_empty() {
            return Ok(evidence);
        }
        let serials = Serials::new(serials);
        for path in &self.large {
            let crl = pass(path, serials.clone())?;
            let origin = Origin::File { path: path.display().to_string(), index: 0, count: 1 };
            evidence.add_crl(crl, origin);
        }
        Ok(evidence)
    }

    /// The files that are not kept whole.
    pub(crate) fn large(&self) -> &[PathBuf] {
        &self.large
    }

    /// Whether more serial numbers need another pass over a file.
    pub(crate) fn depends_on_serials(&self) -> bool {
        !self.large.is_empty()
    }
}

fn is_large_der_crl(path: &Path) -> bool {
    let is_large = fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() >= LARGE_CRL_OCTETS);
    let mut start = Vec::new();
    let read = || fs::File::open(path).and_then(|file| file.take(4096).read_to_end(&mut start));
    is_large && { read }().is_ok() && sniff(&start) == ObjectKind::Crl
}

/// Goes through a file once.
fn pass(path: &Path, serials: Serials) -> Result<Crl, Failure> {
    let shown = path.display();
    let failed = |error: std::io::Error| Failure::unusable(format!("{shown}: cannot be read: {error}"));
    let mut file = fs::File::open(path).map_err(failed)?;
    let mut reader = CrlReader::new(Keep::Matches(serials));
    let mut buffer = vec![0; PIECE_OCTETS + PIECE_ALIGNMENT];
    let start = buffer.as_ptr().align_offset(PIECE_ALIGNMENT).min(PIECE_ALIGNMENT);
    let piece = buffer.get_mut(start..start + PIECE_OCTETS).unwrap_or_default();
    let unreadable = |error| {
        Failure::unusable(format!("{shown}: the CRL cannot be read: {error}"))
            .advice("get the file again; it may break off, or be something else")
    };
    loop {
        let count = file.read(piece).map_err(failed)?;
        if count == 0 {
            return reader.finish().map_err(unreadable);
        }
        reader.update(piece.get(..count).unwrap_or_default()).map_err(unreadable)?;
    }
}

fn wrong_kind(source: &Source, what: &str, option: &str) -> Failure {
    let found = source.input.objects.first().map_or("nothing of use", |object| object.kind.describe());
    let (place, other) = match source.input.objects.first().map(|object| object.kind) {
        Some(ObjectKind::Crl) => ("give it with --crl", true),
        Some(ObjectKind::OcspResponse) => ("give it with --ocsp", true),
        Some(ObjectKind::Certificate) => ("give certificates with --intermediates or --anchors", true),
        _ => ("", false),
    };
    let failure = Failure::unusable(format!("{}: {option} takes {what}, but this is {found}", source.name));
    if other { failure.advice(place) } else { failure.advice("look at what the file holds with certlens inspect") }
}
