//! The certificates: where they come from and what each is called.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use certlens_core::encoding::pem;
use certlens_core::encoding::text::Text;

use crate::deviant;

/// One certificate to be read.
pub(crate) struct Specimen {
    /// `source:name`, stable between runs.
    pub(crate) id: String,
    pub(crate) der: Vec<u8>,
}

/// All certificates, each once, and the sources that are not there.
pub(crate) struct Corpus {
    pub(crate) specimens: Vec<Specimen>,
    pub(crate) missing: Vec<&'static str>,
    known: HashSet<[u8; 32]>,
}

/// The repository's root.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder of the conformance suites: `CERTLENS_SUITES`, or beside the repository.
pub(crate) fn suites() -> PathBuf {
    match std::env::var_os("CERTLENS_SUITES") {
        Some(folder) => PathBuf::from(folder),
        None => repository().join("../shared/conformance"),
    }
}

impl Corpus {
    /// Reads every source.
    pub(crate) fn collect() -> Corpus {
        let mut corpus = Corpus { specimens: Vec::new(), missing: Vec::new(), known: HashSet::new() };
        for case in deviant::cases() {
            corpus.add(format!("deviant:{}", case.name), case.der);
        }
        corpus.testdata(&repository().join("testdata"));
        for der in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
            corpus.add(format!("mozilla:{}", short_id(der)), der.to_vec());
        }
        corpus.pkits(&suites().join("pkits/certs"));
        corpus.limbo(&suites().join("limbo/limbo.json"));
        corpus
    }

    /// The same octets are read once, under the name they had first.
    fn add(&mut self, id: String, der: Vec<u8>) {
        if self.known.insert(sha256(&der)) {
            self.specimens.push(Specimen { id, der });
        }
    }

    fn testdata(&mut self, root: &Path) {
        let mut files = Vec::new();
        walk(root, &mut files);
        for path in files {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            let octets = fs::read(&path).unwrap();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("pem") => {
                    for (index, der) in certificates_in(&octets).into_iter().enumerate() {
                        self.add(format!("testdata:{name}#{index}"), der);
                    }
                }
                Some("der") => self.add(format!("testdata:{name}"), octets),
                _ => {}
            }
        }
    }

    fn pkits(&mut self, folder: &Path) {
        let mut files = Vec::new();
        walk(folder, &mut files);
        if files.is_empty() {
            self.missing.push("pkits");
        }
        for path in files {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            self.add(format!("pkits:{name}"), fs::read(&path).unwrap());
        }
    }

    fn limbo(&mut self, path: &Path) {
        let Ok(text) = fs::read(path) else {
            self.missing.push("limbo");
            return;
        };
        let suite: serde_json::Value = serde_json::from_slice(&text).unwrap();
        for case in suite["testcases"].as_array().unwrap() {
            let lists = ["trusted_certs", "untrusted_intermediates"].map(|list| case[list].as_array().unwrap());
            for pem in lists.into_iter().flatten().chain([&case["peer_certificate"]]) {
                for der in certificates_in(pem.as_str().unwrap().as_bytes()) {
                    self.add(format!("limbo:{}", short_id(&der)), der);
                }
            }
        }
    }
}

/// All files below a folder in a fixed order; none when it is not there.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

fn certificates_in(text: &[u8]) -> Vec<Vec<u8>> {
    let Some(text) = Text::detect(text) else { return Vec::new() };
    let blocks = pem::blocks(&text).filter_map(Result::ok);
    blocks.filter(|block| block.label == "CERTIFICATE").map(|block| block.der.clone()).collect()
}

fn sha256(octets: &[u8]) -> [u8; 32] {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets).as_ref().try_into().unwrap()
}

/// The first 48 bits of the SHA-256: enough for some thousands.
fn short_id(der: &[u8]) -> String {
    sha256(der)[..6].iter().map(|octet| format!("{octet:02x}")).collect()
}
