//! `-verify`, as a command line of `certlens verify`.

use std::net::IpAddr;
use std::path::Path;

use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::policy::Purpose;
use certlens_core::x509::oid;

use super::translate::{Opt, Translation, Verb, Words};
use crate::error::Failure;
use crate::load;
use crate::shell::quote;

pub(super) const VERB: Verb = Verb {
    name: "verify",
    spelling: "verify",
    command: &["verify"],
    usage: &["CertFile [ApplicationPolicyList | - [IssuancePolicyList]] [Modifiers]", "CertFile [CACertFile]"],
    options: &[
        Opt { name: "urlfetch", value: None, meaning: "retrieve issuers, CRLs and OCSP responses, and require them" },
        Opt { name: "t", value: Some("MILLISECONDS"), meaning: "how long one URL may take, with -urlfetch" },
        Opt { name: "sslpolicy", value: Some("SERVERNAME"), meaning: "verify for a TLS server of this name" },
        Opt { name: "f", value: None, meaning: "with -urlfetch, pass by the cache; weakens no check" },
        Opt { name: "enterprise", value: None, meaning: "accepted, without effect" },
        Opt { name: "user", value: None, meaning: "accepted, without effect" },
        Opt { name: "silent", value: None, meaning: "accepted, without effect" },
        Opt { name: "split", value: None, meaning: "accepted, without effect" },
        Opt { name: "gmt", value: None, meaning: "accepted; times are in UTC anyway" },
        Opt { name: "seconds", value: None, meaning: "accepted; times have seconds anyway" },
        Opt { name: "v", value: None, meaning: "accepted, without effect" },
        Opt { name: "p", value: Some("PASSWORD"), meaning: "the password of a PFX file; * asks for it" },
    ],
    translate,
};

/// What has no meaning here, and why.
const WITHOUT_EFFECT: &[(&str, &str)] = &[
    ("enterprise", "the store of this system is one; there is none of an enterprise beside it"),
    ("user", "the store of this system is one, for all users"),
    ("silent", "certlens never asks anything"),
    ("split", "nothing is saved to files"),
    ("v", "everything is shown anyway"),
];

/// The shortest time that a URL is given, in milliseconds; shorter ones reach nothing.
const MIN_TIMEOUT: u64 = 100;

/// The longest, as `--timeout` has it.
const MAX_TIMEOUT: u64 = 3_600_000;

/// Modifiers that ask for a check of Windows that certlens does not have.
const REFUSED_MODIFIERS: [&str; 4] = ["msroot", "mstestroot", "approot", "ev"];

fn translate(words: &Words) -> Result<Translation, Failure> {
    let Some((file, further)) = words.positional.split_first() else {
        return Err(Failure::unusable("-verify: no file was given").advice("give the certificate to verify"));
    };
    if is_crl(file) {
        return Err(crl_form(file, further));
    }
    let mut translation = Translation::default();
    translation.words.extend(["certlens", "verify", "--format", "certutil"].map(str::to_owned));
    options(words, &mut translation)?;
    translation.words.extend(words.password());
    arguments(further, &mut translation)?;
    translation.words.extend(words.passed.iter().cloned());
    translation.words.extend(["--".to_owned(), file.clone()]);
    Ok(translation)
}

fn options(words: &Words, to: &mut Translation) -> Result<(), Failure> {
    let fetch = words.has("urlfetch");
    if fetch {
        to.words.push("--fetch".to_owned());
    }
    if let Some(text) = words.value("t") {
        let asked: u64 = text.parse().map_err(|_| {
            Failure::unusable(format!("-t {text}: is not a number of milliseconds")).advice("as -t 15000")
        })?;
        if asked > MAX_TIMEOUT {
            return Err(Failure::unusable(format!("-t {asked}: is more than an hour, {MAX_TIMEOUT} milliseconds"))
                .advice("-t is in milliseconds, as in -t 15000 for 15 seconds"));
        }
        let least = asked.max(MIN_TIMEOUT);
        match (fetch, least == asked) {
            (false, _) => to.notes.push("-t: has no effect without -urlfetch: no URL is asked".to_owned()),
            (true, false) => {
                to.notes.push(format!("-t {asked}: each URL is given {MIN_TIMEOUT} milliseconds at least"))
            }
            (true, true) => {}
        }
        if fetch {
            to.words.extend(["--timeout".to_owned(), format!("{}.{:03}", least / 1000, least % 1000)]);
        }
    }
    if let Some(name) = words.value("sslpolicy") {
        // A name of digits and dots alone is an address.
        let name = if name.parse::<IpAddr>().is_ok() { format!("ip:{name}") } else { format!("dns:{name}") };
        to.words.extend(["--name".to_owned(), name, "--purpose".to_owned(), "server-auth".to_owned()]);
    }
    if words.has("f") {
        let cache = if fetch { "; the cache is passed by" } else { "" };
        to.notes.push(format!("-f: weakens no check here, where certutil would{cache}"));
        if fetch {
            to.words.push("--no-cache".to_owned());
        }
    }
    for (option, why) in WITHOUT_EFFECT {
        if words.has(option) {
            to.notes.push(format!("-{option}: has no effect: {why}"));
        }
    }
    Ok(())
}

/// What stands behind the file: lists of policies and modifiers, or a CA's certificate.
fn arguments(further: &[String], to: &mut Translation) -> Result<(), Failure> {
    let mut lists = 0;
    let mut arguments = further.iter().peekable();
    if let Some(first) = arguments.peek()
        && is_file(first)
    {
        let ca = first.as_str();
        if let Some(crossed) = further.get(1) {
            return Err(Failure::unusable(format!(
                "-verify: certlens does not compare a CA's certificate with one crossed ({crossed})"
            ))
            .advice(format!("`certlens inspect {} {}` shows both", quote(ca), quote(crossed))));
        }
        to.words.extend(["--anchors", ca, "--max-path-length", "0"].map(str::to_owned));
        to.notes
            .push(format!("{ca}: is the only trust anchor of this run, and must itself have issued the certificate"));
        return Ok(());
    }
    for argument in arguments {
        if let Some(modifiers) = modifiers(argument) {
            for modifier in modifiers {
                if REFUSED_MODIFIERS.contains(&modifier.as_str()) {
                    return Err(Failure::unusable(format!("{modifier}: asks for a check that certlens does not have"))
                        .advice("leave it out, or verify on Windows; to trust certain roots alone give --anchors"));
                }
                to.notes.push(format!("{modifier}: weak signatures are refused anyway"));
            }
            continue;
        }
        lists += 1;
        match lists {
            1 => application_policies(argument, to)?,
            2 => issuance_policies(argument, to)?,
            _ => return Err(Failure::unusable(format!("{argument}: is one argument too many for -verify"))),
        }
    }
    Ok(())
}

fn modifiers(argument: &str) -> Option<Vec<String>> {
    let words: Vec<String> = argument.split(',').map(|word| word.trim().to_ascii_lowercase()).collect();
    let known = |word: &String| word == "strong" || REFUSED_MODIFIERS.contains(&word.as_str());
    words.iter().all(known).then_some(words)
}

fn application_policies(list: &str, to: &mut Translation) -> Result<(), Failure> {
    for policy in listed(list) {
        if Purpose::parse(policy).is_none() {
            return Err(Failure::unusable(format!(
                "{policy}: is neither a file, nor a modifier, nor an application policy"
            ))
            .advice("write policies as 1.3.6.1.5.5.7.3.1,1.3.6.1.5.5.7.3.2, and - for none"));
        }
        to.words.extend(["--purpose".to_owned(), policy.to_owned()]);
    }
    Ok(())
}

fn issuance_policies(list: &str, to: &mut Translation) -> Result<(), Failure> {
    let policies: Vec<&str> = listed(list).collect();
    if let Some(policy) = policies.iter().find(|policy| oid::encode_dotted(policy).is_none()) {
        return Err(Failure::unusable(format!("{policy}: is not an issuance policy"))
            .advice("write it as an object identifier, as 2.23.140.1.2.2"));
    }
    // All of the list must hold in certutil, any of it in RFC 5280.
    if policies.len() > 1 {
        return Err(Failure::unusable("-verify: several issuance policies cannot be required at once")
            .advice("verify once for each"));
    }
    for policy in policies {
        to.words.extend(["--initial-policy".to_owned(), policy.to_owned(), "--require-explicit-policy".to_owned()]);
    }
    Ok(())
}

fn listed(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty() && *word != "-")
}

fn is_file(argument: &str) -> bool {
    argument != "-" && Path::new(argument).is_file()
}

/// Whether the file holds a CRL and no certificate. What cannot be read is said
/// when it is verified.
fn is_crl(file: &str) -> bool {
    // Standard input can be read once.
    let Ok(read) = (if file == "-" { return false } else { load::argument(file) }) else { return false };
    let mut kinds = read.sources.iter().flat_map(|source| source.input.objects.iter().map(|object| object.kind));
    let mut any = false;
    kinds.all(|kind| {
        any |= kind == ObjectKind::Crl;
        kind != ObjectKind::Certificate
    }) && any
}

/// `CRLFile CACertFile [IssuedCertFile]` and `CRLFile CACertFile [DeltaCRLFile]`.
fn crl_form(file: &str, further: &[String]) -> Failure {
    let ca = further.first().map_or_else(|| "CA".to_owned(), |ca| quote(ca));
    let third = match further.get(1) {
        Some(delta) if is_crl(delta) => format!(" {}", quote(delta)),
        Some(issued) => format!(" --cert {}", quote(issued)),
        None => String::new(),
    };
    Failure::unusable(format!("{file}: is a CRL, and -verify takes certificates"))
        .advice(format!("give `certlens crl {} --issuer {ca}{third}`", quote(file)))
}
