//! `-importPFX`, as a command line of `certlens pfx predict`.

use std::path::Path;

use super::translate::{Opt, Translation, Verb, Words};
use crate::error::Failure;

pub(super) const VERB: Verb = Verb {
    name: "importpfx",
    spelling: "importPFX",
    command: &["pfx", "predict"],
    usage: &["[CertificateStoreName] PFXFile [Modifiers]"],
    options: &[
        Opt { name: "p", value: Some("PASSWORD"), meaning: "the password of the file; * asks for it" },
        Opt { name: "csp", value: Some("PROVIDER"), meaning: "the provider, or KSP, TPM, NGC, SC for short" },
        Opt { name: "user", value: None, meaning: "the user's stores in the place of the machine's" },
        Opt {
            name: "out",
            value: Some("FILE"),
            meaning: "not certutil's but ours: write a file that is ready to be imported so",
        },
        Opt { name: "f", value: None, meaning: "overwrite the file of -out if it exists; nothing is imported" },
        Opt { name: "enterprise", value: None, meaning: "refused: these stores are not predicted" },
        Opt { name: "grouppolicy", value: None, meaning: "refused likewise" },
        Opt { name: "silent", value: None, meaning: "accepted, without effect" },
        Opt { name: "v", value: None, meaning: "accepted, without effect" },
    ],
    translate,
};

/// The modifiers with what becomes of each, for the help.
pub(super) fn modifiers() -> Vec<String> {
    let line = |(name, meaning): &(&str, Meaning)| match meaning {
        Meaning::Option(option) => format!("{name:<22} {option}"),
        Meaning::Named(option) => format!("{:<22} {option}=NAME", format!("{name}NAME")),
        Meaning::Nothing(why) => format!("{name:<22} accepted, without effect: {why}"),
        Meaning::Refused(why) => format!("{name:<22} refused: {why}"),
    };
    MODIFIERS.iter().map(line).collect()
}

/// What becomes of a modifier.
#[derive(Clone, Copy)]
enum Meaning {
    /// This option of certlens.
    Option(&'static str),
    /// This option with the value behind the equals sign.
    Named(&'static str),
    /// Nothing, which is said, with why.
    Nothing(&'static str),
    /// It is refused, with why.
    Refused(&'static str),
}

/// The modifiers, in certutil's order of its help.
const MODIFIERS: &[(&str, Meaning)] = &[
    ("AT_SIGNATURE", Meaning::Option("--key-spec=signature")),
    ("AT_KEYEXCHANGE", Meaning::Option("--key-spec=exchange")),
    ("NoExport", Meaning::Option("--no-export")),
    ("ExportEncrypted", Meaning::Option("--export-encrypted")),
    ("NoCert", Meaning::Option("--no-certificate")),
    ("NoChain", Meaning::Option("--no-chain")),
    ("NoRoot", Meaning::Option("--no-root")),
    ("Protect", Meaning::Option("--protect=consent")),
    ("ProtectHigh", Meaning::Option("--protect=password")),
    ("NoProtect", Meaning::Option("--protect=none")),
    ("Pkcs8", Meaning::Nothing("the keys of a PFX file are PKCS#8 anyway")),
    ("FriendlyName=", Meaning::Named("--friendly-name")),
    ("KeyFriendlyName=", Meaning::Nothing("what a provider shows of a key stands in no PFX file")),
    ("KeyDescription=", Meaning::Nothing("what a provider shows of a key stands in no PFX file")),
    ("VSM", Meaning::Refused("whether a machine isolates keys by virtualisation cannot be known from a file")),
];

fn translate(words: &Words) -> Result<Translation, Failure> {
    let (store, file, modifiers) = arguments(&words.positional)?;
    for (name, spelling) in [("enterprise", "Enterprise"), ("grouppolicy", "GroupPolicy")] {
        if words.has(name) {
            return Err(Failure::unusable(format!("-{spelling}: what is in these stores is not predicted"))
                .advice("leave it out for the machine's own stores, or give -user for the user's"));
        }
    }
    let mut translation = Translation::default();
    let mut made: Vec<String> = ["certlens", "pfx", "predict", "--format", "certutil"].map(str::to_owned).to_vec();
    if let Some(store) = store {
        made.push(format!("--store={store}"));
    }
    if words.has("user") {
        made.push("--user".to_owned());
    }
    if let Some(provider) = words.value("csp") {
        made.push(format!("--csp={provider}"));
    }
    made.extend(words.password());
    let mut specs = 0;
    for item in modifiers.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let Some((name, meaning)) = modifier(item) else { return Err(unknown(item)) };
        match meaning {
            Meaning::Option(option) => {
                specs += usize::from(name.starts_with("AT_"));
                made.push(option.to_owned());
            }
            Meaning::Named(option) => {
                let value = item.split_once('=').map(|(_, value)| value).unwrap_or_default();
                made.push(format!("{option}={value}"));
            }
            Meaning::Nothing(why) => translation.notes.push(format!("{name}: has no effect: {why}")),
            Meaning::Refused(why) => {
                return Err(Failure::unusable(format!("{name}: is not predicted: {why}")).advice("leave it out"));
            }
        }
    }
    if specs > 1 {
        return Err(Failure::unusable("AT_KEYEXCHANGE and AT_SIGNATURE: a key has one key spec").advice("give one"));
    }
    match (words.value("out"), words.has("f")) {
        (Some(output), force) => {
            made.push(format!("--output={output}"));
            if force {
                made.push("--force".to_owned());
            }
        }
        // --output may stand among what is passed on.
        (None, true) if words.passed.iter().any(|word| word.starts_with("--output")) => made.push("--force".to_owned()),
        (None, _) => {}
    }
    made.extend(words.passed.iter().cloned());
    made.extend(["--".to_owned(), file.to_owned()]);
    translation.words = made;
    Ok(translation)
}

/// Store, file and modifiers: which of two words is the file, the modifiers tell.
fn arguments(positional: &[String]) -> Result<(Option<&str>, &str, &str), Failure> {
    match positional {
        [file] => Ok((None, file, "")),
        [file, modifiers] if are_modifiers(modifiers) => Ok((None, file, modifiers)),
        [file, other] if is_file(file) && !is_file(other) => Err(unknown(other)),
        [store, file] => Ok((Some(store), file, "")),
        [store, file, modifiers] => Ok((Some(store), file, modifiers)),
        [] => Err(Failure::unusable("-importPFX: no file was given").advice(ADVICE)),
        [..] => {
            Err(Failure::unusable("-importPFX: takes a store, a file and modifiers, which commas separate")
                .advice(ADVICE))
        }
    }
}

const ADVICE: &str = "`certlens -csp \"Microsoft Enhanced RSA and AES Cryptographic Provider\" -importPFX My node1.pfx AT_KEYEXCHANGE,NoRoot`";

fn is_file(name: &str) -> bool {
    Path::new(name).is_file()
}

fn are_modifiers(list: &str) -> bool {
    let mut items = list.split(',').map(str::trim).filter(|item| !item.is_empty()).peekable();
    items.peek().is_some() && items.any(|item| modifier(item).is_some())
}

/// A modifier by its name, in any letter case.
fn modifier(item: &str) -> Option<(&'static str, Meaning)> {
    let is = |name: &str| match name.strip_suffix('=') {
        Some(_) => item.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)),
        None => item.eq_ignore_ascii_case(name),
    };
    MODIFIERS.iter().find(|(name, _)| is(name)).map(|(name, meaning)| (*name, *meaning))
}

fn unknown(item: &str) -> Failure {
    let known: Vec<&str> = MODIFIERS.iter().map(|(name, _)| *name).collect();
    Failure::unusable(format!("{item}: is not a modifier of -importPFX"))
        .advice(format!("these are: {}; commas separate them", known.join(", ")))
}
