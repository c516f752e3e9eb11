//! Every certificate of the embedded Mozilla set and of the system's trust
//! store is read without a finding that is not explained here; and `certlens roots`.

#[path = "roots/command.rs"]
mod command;

use certlens_core::x509::Certificate;
use certlens_core::x509::certificate::Version;

/// Serial numbers that are not positive. RFC 5280 §4.1.2.2 asks CAs for a
/// positive number and users to handle others gracefully.
const SERIAL_NOT_POSITIVE: &str = "serial number zero or negative";
/// Serial numbers of more than 20 octets (RFC 5280 §4.1.2.2).
const SERIAL_LONG: &str = "serial number longer than 20 octets";
/// GeneralizedTime before 2050, where RFC 5280 §4.1.2.5 demands UTCTime.
const TIME_EARLY: &str = "early GeneralizedTime";
/// Certificates from before version 3 (RFC 5280 §4.1.2.1).
const VERSION_OLD: &str = "version 1";

/// keyUsage with trailing zero bits (X.690 §11.2.2), which change no meaning.
const KEY_USAGE_ZERO_BITS: &str = "the named-bit list keeps trailing zero bits (X.690 §11.2.2)";

/// What is tolerated, and in which certificate (SHA-256). The form of an anchor
/// is not what trust in it rests on (RFC 5280 §6.1.1 (d) takes its name and key
/// alone), and none of these findings leaves a doubt about what is meant.
/// Certificates that stand in one store only remain listed for that store.
const TOLERATED: &[(&str, &str)] = &[
    // Starfield Class 2 Certification Authority
    ("1465fa205397b876faa6f0a9958e5590e40fcc7faa4fb7c2c8677521fb5fb658", SERIAL_NOT_POSITIVE),
    // Starfield Root Certificate Authority - G2
    ("2ce1cb0bf9d2f9e102993fbe215152c3b2dd0cabde1c68e5319b839154dbb7f5", SERIAL_NOT_POSITIVE),
    // Hellenic Academic and Research Institutions ECC RootCA 2015
    ("44b545aa8a25e65a73ca15dc27fc36d24c1cb9953a066539b11582dc487b4833", SERIAL_NOT_POSITIVE),
    // Go Daddy Root Certificate Authority - G2
    ("45140b3247eb9cc8c5b4f0d7b53091f73292089e6e5a63e2749dd3aca9198eda", SERIAL_NOT_POSITIVE),
    // Security Communication RootCA2
    ("513b2cecb810d4cde5dd85391adfc6c2dd60d87bb736d2b521484aa47a0ebef6", SERIAL_NOT_POSITIVE),
    // Trustwave Global ECC P384 Certification Authority
    ("55903859c8c0c3ebb8759ece4e2557225ff5758bbd38ebd48276601e1bd58097", KEY_USAGE_ZERO_BITS),
    // Starfield Services Root Certificate Authority - G2
    ("568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5", SERIAL_NOT_POSITIVE),
    // Trustwave Global ECC P256 Certification Authority
    ("945bbc825ea554f489d1fd51a73ddf2ea624ac7019a05205225c22a78ccfa8b4", KEY_USAGE_ZERO_BITS),
    // Hellenic Academic and Research Institutions RootCA 2015
    ("a040929a02ce53b4acf4f2ffc6981ce4496f755e6d45fe0b2a692bcd52523f36", SERIAL_NOT_POSITIVE),
    // Certum Trusted Network CA 2
    ("b676f2eddae8775cd36cb0f63cd1d4603961f49e6265ba013a2f0307b6d0b804", TIME_EARLY),
    // Go Daddy Class 2 Certification Authority
    ("c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4", SERIAL_NOT_POSITIVE),
    // Security Communication RootCA1
    ("e75e72ed9f560eec6eb4800073a43fc3ad19195a392282017895974a99026b6c", SERIAL_NOT_POSITIVE),
];

/// Findings about one certificate; empty for a flawless one.
fn findings(der: &[u8]) -> Vec<String> {
    let certificate = match Certificate::from_der(der) {
        Ok(certificate) => certificate,
        Err(error) => return vec![format!("cannot be read: {error}")],
    };
    let mut findings: Vec<String> =
        certificate.deviations().iter().map(|deviation| deviation.kind.to_string()).collect();
    findings.extend(certificate.key_error().map(|error| format!("key: {error}")));
    for extension in certificate.extensions() {
        findings.extend(extension.value().err().map(|error| format!("extension {}: {error}", extension.oid())));
    }
    let serial = certificate.serial();
    let times = [certificate.not_before(), certificate.not_after()];
    let tolerances = [
        (SERIAL_NOT_POSITIVE, serial.is_zero() || serial.is_negative()),
        (SERIAL_LONG, serial.as_bytes().len() > 20),
        (TIME_EARLY, times.iter().any(|time| time.is_early_generalized())),
        (VERSION_OLD, certificate.version() == Version::V1),
    ];
    findings.extend(tolerances.into_iter().filter(|(_, found)| *found).map(|(name, _)| name.to_owned()));
    findings
}

fn sha256(der: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der);
    digest.as_ref().iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Reads a set; returns what is wrong with it or with the list above, and how
/// many findings that list explains.
fn judge<'a>(set: impl Iterator<Item = &'a [u8]>) -> (Vec<String>, usize) {
    let (mut wrong, mut explained) = (Vec::new(), 0);
    for der in set {
        let id = sha256(der);
        let subject = Certificate::from_der(der).map_or("?".into(), |certificate| certificate.subject().to_string());
        let mut found = findings(der);
        found.dedup();
        for (_, tolerated) in TOLERATED.iter().filter(|(known, _)| *known == id) {
            match found.iter().position(|finding| finding == tolerated) {
                Some(index) => {
                    found.remove(index);
                    explained += 1;
                }
                None => wrong.push(format!("{id} {subject} is listed for: {tolerated}, which is not found")),
            }
        }
        wrong.extend(found.into_iter().map(|finding| format!("{id} {subject}: {finding}")));
    }
    (wrong, explained)
}

#[test]
fn mozilla_set_is_read_without_an_unexplained_finding() {
    let set = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
    assert!(set.len() > 100, "the embedded set has {} certificates", set.len());
    let (wrong, explained) = judge(set.iter().map(AsRef::as_ref));
    println!("{} certificates in the Mozilla set, {explained} tolerated findings", set.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn system_store_is_read_without_an_unexplained_finding() {
    let store = rustls_native_certs::load_native_certs();
    if store.certs.is_empty() {
        println!("SKIPPED: the system's trust store is empty: {:?}", store.errors);
        assert!(
            std::env::var_os("CI").is_none(),
            "under CI the system's trust store must not be empty (Debian: apt-get install ca-certificates): {:?}",
            store.errors
        );
        return;
    }
    let (wrong, explained) = judge(store.certs.iter().map(AsRef::as_ref));
    println!("{} certificates in the system's trust store, {explained} tolerated findings", store.certs.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
