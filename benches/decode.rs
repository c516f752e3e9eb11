//! Decoding a public web certificate, all its extensions included, against
//! hashing it with SHA-256 and against two other readers.
//!
//! Target: at most [`TARGET`] times SHA-256 of the same octets.

use std::hint::black_box;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use certlens_core::encoding::pem;
use certlens_core::encoding::text::Text;
use certlens_core::x509::Certificate;

use harness::{Subject, measure};

mod harness;

/// How many times the cost of SHA-256 decoding may have: it happens once for
/// each certificate that is also hashed once, for its identity.
const TARGET: f64 = 1.5;

/// The certificate that the target is stated for: ten extensions, of median size.
const TYPICAL: &str = "facebook.com";

const CERTIFICATES: [&str; 4] = ["cloudflare.com", "apple.com", TYPICAL, "s3.amazonaws.com"];

fn main() -> io::Result<()> {
    let (rounds, repeats) = if harness::is_bench() { (401, 500) } else { (1, 1) };
    let mut out = io::stdout().lock();
    writeln!(out, "decoding a certificate and the value of every extension; times are medians of {rounds} rounds\n")?;
    writeln!(
        out,
        "{:<18} {:>6}  {:<12} {:>7} {:>9}  {:<16} {:>7} {:>9}",
        "certificate", "octets", "", "µs", "× SHA-256", "(quartiles)", "best µs", "× SHA-256"
    )?;
    let mut typical = f64::NAN;
    for name in CERTIFICATES {
        let der = read(name)?;
        let subjects = vec![
            Subject::new("SHA-256", || aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, black_box(&der))),
            Subject::new("certlens", || certlens(black_box(&der))),
            Subject::new("x509-parser", || x509_parser(black_box(&der))),
            Subject::new("x509-cert", || rustcrypto::decode(black_box(&der))),
        ];
        for measured in measure(subjects, rounds, repeats) {
            let (from, to) = measured.spread;
            let micro = |time: Duration| time.as_secs_f64() * 1e6;
            writeln!(
                out,
                "{name:<18} {:>6}  {:<12} {:>7.3} {:>9.2}  {:<16} {:>7.3} {:>9.2}",
                der.len(),
                measured.name,
                micro(measured.median),
                measured.ratio,
                format!("({from:.2} to {to:.2})"),
                micro(measured.best),
                measured.best_ratio,
            )?;
            if name == TYPICAL && measured.name == "certlens" {
                typical = measured.ratio;
            }
        }
    }
    let met = if typical <= TARGET { "met" } else { "MISSED" };
    writeln!(out, "\ntarget: certlens at most {TARGET} × SHA-256 for {TYPICAL}: {typical:.2}, {met}")
}

fn read(name: &str) -> io::Result<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../testdata/bench/{name}.pem"));
    let file = std::fs::read(&path)?;
    let text = Text::detect(&file);
    let block = text.as_ref().and_then(|text| pem::blocks(text).next()).and_then(Result::ok);
    block.map(|block| block.der.clone()).ok_or_else(|| io::Error::other(format!("{} is no PEM", path.display())))
}

fn certlens(der: &[u8]) -> Option<Certificate> {
    let certificate = Certificate::from_der(der).ok()?;
    for extension in certificate.extensions() {
        black_box(extension.value().ok()?);
    }
    Some(certificate)
}

fn x509_parser(der: &[u8]) -> Option<x509_parser::prelude::X509Certificate<'_>> {
    use x509_parser::prelude::FromDer;
    // Extensions are decoded along with the certificate.
    let (_, certificate) = x509_parser::prelude::X509Certificate::from_der(der).ok()?;
    for extension in certificate.extensions() {
        black_box(extension.parsed_extension());
    }
    black_box(certificate.public_key().parsed().ok()?);
    Some(certificate)
}

mod rustcrypto {
    use std::hint::black_box;

    use x509_cert::Certificate;
    use x509_cert::der::oid::AssociatedOid;
    use x509_cert::der::{Decode, Error};
    use x509_cert::ext::pkix::name::GeneralNames;
    use x509_cert::ext::pkix::{
        AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
        CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, SubjectAltName, SubjectKeyIdentifier,
    };

    /// Decodes the extensions that web certificates have, but for the
    /// timestamps, which this reader has behind a feature.
    pub(super) fn decode(der: &[u8]) -> Option<Certificate> {
        let certificate = Certificate::from_der(der).ok()?;
        for extension in certificate.tbs_certificate().extensions().into_iter().flatten() {
            let value = extension.extn_value.as_bytes();
            match extension.extn_id {
                AuthorityKeyIdentifier::OID => touch::<AuthorityKeyIdentifier>(value),
                SubjectKeyIdentifier::OID => touch::<SubjectKeyIdentifier>(value),
                SubjectAltName::OID => touch::<GeneralNames>(value),
                CertificatePolicies::OID => touch::<CertificatePolicies>(value),
                KeyUsage::OID => touch::<KeyUsage>(value),
                ExtendedKeyUsage::OID => touch::<ExtendedKeyUsage>(value),
                CrlDistributionPoints::OID => touch::<CrlDistributionPoints>(value),
                AuthorityInfoAccessSyntax::OID => touch::<AuthorityInfoAccessSyntax>(value),
                BasicConstraints::OID => touch::<BasicConstraints>(value),
                _ => Some(()),
            }?;
        }
        Some(certificate)
    }

    fn touch<'a, T: Decode<'a, Error = Error>>(value: &'a [u8]) -> Option<()> {
        black_box(T::from_der(value).ok()?);
        Some(())
    }
}
