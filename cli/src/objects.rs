//! What `crl` and `ocsp` have in common: finding the objects in files, and what
//! they are judged by.

use std::time::{SystemTime, UNIX_EPOCH};

use certlens_core::crypto::acceptance::WeakKinds;
use certlens_core::encoding::input::{Armor, InputObject};
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::policy::{Profile, Purpose, ValidationPolicy};
use certlens_core::pool::Sourced;
use certlens_core::revocation::single::issuer_of;
use certlens_core::time::Time;

use crate::args::JudgeArgs;
use crate::error::Failure;
use crate::load::{self, Loaded, Source};
use crate::shell::quote;

/// What objects are judged by.
pub(crate) struct Demand {
    pub(crate) policy: ValidationPolicy,
    pub(crate) time: Time,
    /// Whether the time is this moment and not the user's.
    pub(crate) time_is_clock: bool,
    /// What `--issuer` gave.
    pub(crate) issuers: Vec<Sourced>,
    pub(crate) certificate: Option<Sourced>,
    /// Who issued the certificate, when that is at hand.
    pub(crate) issuer: Option<Sourced>,
    /// What was found out about these files.
    pub(crate) findings: Vec<Finding>,
}

impl Demand {
    pub(crate) fn new(args: &JudgeArgs, files: &[String]) -> Result<Demand, Failure> {
        crate::read::one_standard_input(files.iter().chain(&args.issuer).chain(&args.cert))?;
        let mut policy = ValidationPolicy::new(Profile::Rfc5280);
        policy.purposes.push(Purpose::Any);
        for word in &args.allow_weak {
            let kinds: WeakKinds = word.parse().map_err(|error| Failure::unusable(format!("--allow-weak: {error}")))?;
            policy.allow_weak = policy.allow_weak.union(kinds);
        }
        let mut findings = Vec::new();
        let mut issuers = Vec::new();
        for name in &args.issuer {
            let before = issuers.len();
            certificates(name, &mut issuers, &mut findings)?;
            if issuers.len() == before {
                return Err(none_readable(name, &findings));
            }
        }
        let mut of_file = Vec::new();
        if let Some(name) = &args.cert {
            certificates(name, &mut of_file, &mut findings)?;
            if of_file.is_empty() {
                return Err(none_readable(name, &findings));
            }
        }
        let mut of_file = of_file.into_iter();
        let certificate = of_file.next();
        let companions: Vec<Sourced> = of_file.collect();
        let issuer = certificate
            .as_ref()
            .and_then(|one| issuer_of(&one.certificate, issuers.iter().chain(&companions)))
            .cloned();
        Ok(Demand {
            policy,
            time: time(args)?,
            time_is_clock: args.at.is_none(),
            issuers,
            certificate,
            issuer,
            findings,
        })
    }

    /// Why nothing can be said with authority about the certificate.
    pub(crate) fn no_issuer(&self, certificate: &Sourced) -> Finding {
        let issuer = certificate.certificate.issuer().brief();
        let message = if self.issuers.is_empty() {
            format!("the issuer of the certificate, {issuer}, was not given")
        } else {
            format!("none of the issuers given signed the certificate, whose issuer is {issuer}")
        };
        Finding::new(Code::RevocationUnknown, Severity::Error, message)
            .hint("Give the certificate of its issuer with --issuer.")
            .at(None, certificate.certificate.id())
    }
}

fn time(args: &JudgeArgs) -> Result<Time, Failure> {
    let Some(text) = &args.at else {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        return Ok(Time::from_unix(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)));
    };
    Time::parse_rfc3339(text).ok_or_else(|| {
        Failure::unusable(format!("--at {text}: is not a time in RFC 3339"))
            .advice("write it as 2026-11-23T12:00:00Z or, for midnight, 2026-11-23")
    })
}

/// The certificates of a file; one that cannot be read is a finding.
fn certificates(name: &str, certificates: &mut Vec<Sourced>, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let source = load::one(name, "a certificate")?;
    source.input.require_certificates().map_err(|error| crate::read::refuse(&source.name, &error))?;
    if certificates.is_empty()
        && let Some(lost) = source.lost_target()
    {
        return Err(Failure::unusable(lost).advice("export or copy the file again"));
    }
    findings.extend(source.problems());
    for loaded in source.certificates() {
        match loaded {
            Loaded::Read(sourced) => certificates.push(sourced),
            Loaded::Refused { origin, message, .. } if certificates.is_empty() => {
                return Err(Failure::unusable(format!("{origin}: {message}"))
                    .advice(format!("`certlens inspect {}` says more", quote(name))));
            }
            Loaded::Refused { origin, message, .. } => {
                let message = format!("{origin}: {message}");
                findings.push(Finding::new(Code::CertificateUnreadable, Severity::Warning, message));
            }
        }
    }
    Ok(())
}

fn none_readable(name: &str, findings: &[Finding]) -> Failure {
    let why = findings.last().map_or("it holds no certificate", |finding| finding.message.as_str());
    Failure::unusable(format!("{name}: no certificate in it can be read: {why}"))
}

/// The objects of these kinds in a source.
///
/// # Errors
///
/// When there is none; then it says what there is, and which command shows that.
pub(crate) fn wanted<'s>(
    source: &'s Source,
    kinds: &[ObjectKind],
    what: &str,
) -> Result<Vec<&'s InputObject>, Failure> {
    let found: Vec<_> = source.input.objects.iter().filter(|object| kinds.contains(&object.kind)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let name = if source.name == "-" { "standard input" } else { &source.name };
    let Some(other) = source.input.objects.first() else {
        return Err(Failure::unusable(format!("{name}: expected {what}, found nothing")));
    };
    let failure = Failure::unusable(format!("{name}: expected {what}, found {}", other.kind.describe()));
    let command = match other.kind {
        ObjectKind::Crl => "crl",
        ObjectKind::OcspRequest | ObjectKind::OcspResponse => "ocsp",
        ObjectKind::Certificate => "inspect",
        _ => return Err(failure.advice(format!("give a file with {what}"))),
    };
    Err(failure.advice(format!("`certlens {command} {}` shows it", quote(&source.name))))
}

/// Where in the file the octets stand that byte offsets of an object count in.
pub(crate) fn place(object: &InputObject) -> String {
    match (&object.armor, object.pkcs7_offset) {
        (Armor::Binary, None) if object.offset > 0 => format!(" (from byte {} of the file)", object.offset),
        (Armor::Binary, None) => String::new(),
        (_, None) => format!(" of the block at byte {} of the file", object.offset),
        (_, Some(inner)) => format!(" of the object at byte {inner} of the PKCS#7"),
    }
}

/// The content octets of the INTEGER that a serial number in hexadecimal is,
/// written as other programs show it: with colons, spaces or `0x`, a minus sign
/// before a negative one.
pub(crate) fn parse_serial(text: &str) -> Option<Vec<u8>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let digits = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")).unwrap_or(digits);
    let digits: Vec<u8> = digits.bytes().filter(|octet| !matches!(octet, b':' | b' ' | b'-')).collect();
    if digits.is_empty() || digits.len() > MAX_SERIAL_DIGITS {
        return None;
    }
    let mut octets = vec![0];
    let (odd, pairs) = digits.split_at(digits.len() % 2);
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    for pair in std::iter::once(odd).chain(pairs.chunks(2)) {
        if pair.is_empty() {
            continue;
        }
        let octet = pair.iter().try_fold(0_u8, |octet, digit| Some(octet << 4 | value(*digit)?))?;
        octets.push(octet);
    }
    if negative {
        let mut carry = true;
        for octet in octets.iter_mut().rev() {
            (*octet, carry) = (!*octet).overflowing_add(u8::from(carry));
        }
    }
    // The shortest form (X.690 §8.3.2).
    let sign = if negative { 0xff } else { 0 };
    while let [first, second, ..] = octets.as_slice()
        && *first == sign
        && (*second ^ sign) < 0x80
    {
        octets.remove(0);
    }
    Some(octets)
}

/// RFC 5280 §4.1.2.2 allows 20 octets; longer ones are in use.
const MAX_SERIAL_DIGITS: usize = 512;

#[cfg(test)]
mod tests {
    use super::parse_serial;

    #[test]
    fn serial_numbers_as_other_programs_show_them() {
        for (text, octets) in [
            ("0", &[0][..]),
            ("7f", &[0x7f]),
            ("80", &[0x00, 0x80]),
            ("0080", &[0x00, 0x80]),
            ("00:00:01", &[0x01]),
            ("0x1F2", &[0x01, 0xf2]),
            ("AB CD", &[0x00, 0xab, 0xcd]),
            ("-01", &[0xff]),
            ("-80", &[0x80]),
            ("-0100", &[0xff, 0x00]),
            ("-81", &[0xff, 0x7f]),
        ] {
            assert_eq!(parse_serial(text).as_deref(), Some(octets), "{text}");
        }
        for text in ["", "-", "0x", "xyz", "12g4"] {
            assert_eq!(parse_serial(text), None, "{text}");
        }
    }
}
