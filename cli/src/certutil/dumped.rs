//! Certificates and PFX files in the shapes of `certutil -dump`; of `-dumpPFX`,
//! whose shape is not documented, the structure in the same manner.

use certlens_core::path::IssuerKey;
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer;

use super::constants::{self, ASN1_BADTAG, FILE_NOT_FOUND, INVALID_PASSWORD};
use super::lines::Lines;
use super::{describe, ending};
use crate::error::Failure;
use crate::facts::pfx::{PfxCertificateFacts, PfxFacts, PfxKeyFacts, ProviderKind};

/// Most keys of a file that are shown with their certificates: of 64 keys with 4,096
/// certificates each has every other.
const MAX_SHOWN_KEYS: usize = 1_000;

/// A dump that is being written.
pub(crate) struct Dump {
    lines: Lines,
    verb: &'static str,
    /// Certificates so far: certutil counts them.
    count: usize,
    /// Keys shown so far.
    keys: usize,
    has_file: bool,
}

impl Dump {
    /// One for `-dump`.
    pub(crate) fn new() -> Dump {
        let mut dump = Dump { lines: Lines::default(), verb: "dump", count: 0, keys: 0, has_file: false };
        header(&mut dump.lines);
        dump
    }

    /// Starts a file; `name` when there are several.
    pub(crate) fn file(&mut self, name: Option<&str>) {
        if std::mem::replace(&mut self.has_file, true) {
            self.lines.blank();
        }
        if let Some(name) = name {
            self.lines.line(format!("File: {name}"));
        }
        (self.count, self.keys) = (0, 0);
    }

    /// What a PFX is to Windows, above its certificates.
    pub(crate) fn pfx(&mut self, facts: &PfxFacts) {
        self.lines.line(format!("  certlens: {}: {}", facts.answer, facts.explanation));
        let alone = facts.keys.iter().filter(|key| key.certificates.is_empty());
        for key in alone {
            self.lines.line(format!("  certlens: key {}: no certificate is known to be its own", key.number));
            self::key(&mut self.lines, key, "  ");
        }
    }

    /// A certificate, with its key where it came out of a PFX.
    pub(crate) fn certificate(&mut self, certificate: &Certificate, of: Option<(&PfxFacts, &PfxCertificateFacts)>) {
        let lines = &mut self.lines;
        lines.line(format!("================ Certificate {} ================", self.count));
        lines.line("================ Begin Nesting Level 1 ================");
        lines.line(format!("Element {}:", self.count));
        lines.line(format!("Serial Number: {}", describe::serial(certificate)));
        lines.line(format!("Issuer: {}", describe::name(&certificate.issuer())));
        lines.line(format!(" NotBefore: {}", certificate.not_before().time));
        lines.line(format!(" NotAfter: {}", certificate.not_after().time));
        lines.line(format!("Subject: {}", describe::name(&certificate.subject())));
        if let Some(names) = describe::alternative_names(certificate) {
            lines.line(format!("SubjectAltName: {names}"));
        }
        if let Some(template) = describe::template(certificate) {
            lines.line(format!("Template: {template}"));
        }
        if certificate.is_self_issued() {
            match IssuerKey::of(Issuer::Certificate(certificate)).verify(certificate) {
                Ok(()) => lines.line("Signature matches Public Key"),
                Err(error) => {
                    lines.line(format!("  certlens: the signature is not by the certificate's own key: {error}"))
                }
            }
            lines.line("Root Certificate: Subject matches Issuer");
        } else {
            lines.line("Non-root Certificate");
        }
        lines.line(format!("Cert Hash(sha1): {}", describe::sha1(certificate.der())));
        lines.line(format!("Cert Hash(sha256): {}", certificate.id()));
        lines.line("----------------  End Nesting Level 1  ----------------");
        let keys = of.map(|(facts, one)| facts.keys.iter().filter(|key| one.keys.contains(&key.number)));
        let (mut any, mut left) = (false, 0_usize);
        for key in keys.into_iter().flatten() {
            any = true;
            if self.keys == MAX_SHOWN_KEYS {
                left += 1;
                continue;
            }
            self.keys += 1;
            self::key(lines, key, "  ");
            let is_same = of.is_some_and(|(_, one)| key.same_public_key.contains(&one.number));
            let how = match (is_same, key.decrypted) {
                (true, _) => "the private key is that of the certificate: it has the same public key",
                (false, true) => {
                    "the private key was not compared with the certificate; it is the certificate's by its localKeyID"
                }
                (false, false) => "the private key was not decrypted; it is the certificate's by its localKeyID",
            };
            lines.line(format!("  certlens: {how}"));
        }
        if left > 0 {
            lines
                .line(format!("  certlens: {left} keys of it are not shown, beyond MAX_SHOWN_KEYS ({MAX_SHOWN_KEYS})"));
        }
        if !any && of.is_some() {
            lines.line("No key provider information");
            lines.line("Cannot find the certificate and private key for decryption.");
        }
        self.count += 1;
    }

    /// Something that is not dumped.
    pub(crate) fn note(&mut self, text: &str) {
        self.lines.line(format!("  certlens: {text}"));
    }

    /// The last lines; with what decided, when it did not end well.
    pub(crate) fn finish(mut self, failures: &[Failure], wrong_password: bool) -> String {
        finish(&mut self.lines, self.verb, failures, wrong_password);
        self.lines.into_text()
    }
}

fn header(lines: &mut Lines) {
    lines.line(format!(
        "computed by certlens {} (not Windows' own answer); times are in UTC",
        env!("CARGO_PKG_VERSION")
    ));
}

/// The last lines; with what decided, when it did not end well.
pub(super) fn finish(lines: &mut Lines, verb: &str, failures: &[Failure], wrong_password: bool) {
    let Some(failure) = failures.first() else {
        return lines.line(format!("CertUtil: -{verb} command completed successfully."));
    };
    let hresult = match wrong_password {
        true => INVALID_PASSWORD,
        false if failure.message.ends_with("there is no such file") => FILE_NOT_FOUND,
        false => ASN1_BADTAG,
    };
    lines.line(format!("  certlens: {}", failure.message));
    let text = constants::text(hresult).unwrap_or_default();
    ending::failed(lines, verb, hresult, text);
}

/// What a file says of a key, in the lines that certutil has for one.
fn key(lines: &mut Lines, key: &PfxKeyFacts, indent: &str) {
    if let Some(container) = &key.container {
        lines.line(format!("{indent}Key Container = {container}"));
    }
    match &key.provider.name {
        Some(name) => lines.line(format!("{indent}Provider = {name}")),
        None => lines.line(format!("{indent}certlens: the file names no provider; the importer chooses")),
    }
    match (key.provider.kind, key.provider.provider_type) {
        // As certutil -v has it, in hexadecimal.
        (Some(ProviderKind::Csp), Some(number)) => lines.line(format!("{indent}ProviderType = {number:x}")),
        (Some(ProviderKind::Ksp), _) => lines.line(format!("{indent}ProviderType = 0")),
        _ => {}
    }
    if key.machine_keyset {
        lines.line(format!("{indent}Flags = 20 (32)"));
        lines.line(format!("{indent}  CRYPT_MACHINE_KEYSET -- 20 (32)"));
    }
    lines.line(match &key.key_spec {
        Some(spec) => format!("{indent}certlens: key spec after the import: {spec}"),
        None => format!("{indent}certlens: the key spec stands inside the encrypted key"),
    });
}

/// A PFX as `-dumpPFX` shows it.
pub(crate) fn pfx_structure(files: &[PfxFacts], failures: &[Failure]) -> String {
    let mut lines = Lines::default();
    header(&mut lines);
    for facts in files {
        lines.line(format!("PFX: {}", facts.input));
        lines.line(format!("  certlens: {}: {}", facts.answer, facts.explanation));
        lines.line(format!("  Stored as: {}, {}", facts.armor, facts.encoding));
        let holds = if facts.opening.mac_holds { "holds" } else { "not verified" };
        match &facts.mac {
            Some(mac) => lines.line(format!("  MAC: {mac}: {holds}")),
            None => lines.line("  MAC: none"),
        }
        for safe in &facts.safes {
            lines.line(format!("  Safe {}: {}", safe.number, safe.encryption));
            if safe.bags.is_none() {
                lines.line("    certlens: not decrypted");
            }
            for (bag, what) in bags(facts, safe.number) {
                lines.line(format!("    Bag {}: {}", bag.unwrap_or(0), what.title()));
                what.lines(&mut lines);
            }
        }
        lines.blank();
    }
    let wrong_password = files.iter().any(|facts| facts.opening.wrong_password);
    finish(&mut lines, "dumpPFX", failures, wrong_password);
    lines.into_text()
}

/// A bag of any kind.
enum AnyBag<'a> {
    Key(&'a PfxKeyFacts),
    Certificate(&'a PfxCertificateFacts),
    Other(&'a str),
}

/// The bags of a safe, in their order.
fn bags(facts: &PfxFacts, safe: usize) -> Vec<(Option<usize>, AnyBag<'_>)> {
    let keys = facts.keys.iter().filter(|key| key.safe == safe).map(|key| (key.bag, AnyBag::Key(key)));
    let certificates = facts.certificates.iter().filter(|one| one.safe == safe);
    let certificates = certificates.map(|one| (one.bag, AnyBag::Certificate(one)));
    let others = facts.others.iter().filter(|one| one.safe == safe);
    let others = others.map(|one| (one.bag, AnyBag::Other(&one.kind)));
    let mut all: Vec<(Option<usize>, AnyBag<'_>)> = keys.chain(certificates).chain(others).collect();
    all.sort_by_key(|(bag, _)| *bag);
    all
}

impl AnyBag<'_> {
    fn title(&self) -> String {
        match self {
            AnyBag::Key(key) => format!("private key, {}, {}", key.algorithm, key.encryption),
            AnyBag::Certificate(_) => "certificate".to_owned(),
            AnyBag::Other(kind) => (*kind).to_owned(),
        }
    }

    fn lines(&self, lines: &mut Lines) {
        const INDENT: &str = "      ";
        let id = match self {
            AnyBag::Key(key) => {
                self::key(lines, key, INDENT);
                key.local_key_id.as_ref()
            }
            AnyBag::Certificate(one) => {
                match (&one.certificate, &one.error) {
                    (Some(certificate), _) => {
                        lines.line(format!("{INDENT}Subject: {}", certificate.subject.rfc4514));
                        lines.line(format!("{INDENT}Cert Hash(sha1): {}", certificate.fingerprints.sha1));
                    }
                    (None, error) => lines.line(format!("{INDENT}certlens: {}", error.clone().unwrap_or_default())),
                }
                if let Some(name) = &one.friendly_name {
                    lines.line(format!("{INDENT}Friendly Name: {name}"));
                }
                one.local_key_id.as_ref()
            }
            AnyBag::Other(_) => None,
        };
        if let Some(id) = id {
            lines.line(format!("{INDENT}localKeyID: {id}"));
        }
    }
}
