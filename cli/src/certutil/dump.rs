//! `-dump` and `-dumpPFX`, as command lines of `certlens inspect` and
//! `certlens pfx inspect`.

use super::translate::{Opt, Translation, Verb, Words};
use crate::error::Failure;

pub(super) const DUMP: Verb =
    Verb { name: "dump", spelling: "dump", command: &["inspect"], usage: &["File"], options: OPTIONS, translate: dump };

pub(super) const DUMP_PFX: Verb = Verb {
    name: "dumppfx",
    spelling: "dumpPFX",
    command: &["pfx", "inspect"],
    usage: &["File"],
    options: OPTIONS,
    translate: dump_pfx,
};

const OPTIONS: &[Opt] = &[
    Opt { name: "p", value: Some("PASSWORD"), meaning: "the password of a PFX file; * asks for it" },
    Opt { name: "f", value: None, meaning: "accepted; forces nothing" },
    Opt { name: "user", value: None, meaning: "accepted, without effect" },
    Opt { name: "silent", value: None, meaning: "accepted, without effect" },
    Opt { name: "split", value: None, meaning: "accepted; nothing is saved" },
    Opt { name: "gmt", value: None, meaning: "accepted; times are in UTC anyway" },
    Opt { name: "seconds", value: None, meaning: "accepted; times have seconds anyway" },
    Opt { name: "v", value: None, meaning: "accepted, without effect" },
    Opt { name: "t", value: Some("MILLISECONDS"), meaning: "accepted; no URL is asked" },
    Opt { name: "csp", value: Some("PROVIDER"), meaning: "accepted; nothing is imported" },
];

fn dump(words: &Words) -> Result<Translation, Failure> {
    let [file] = words.positional.as_slice() else {
        return Err(match words.positional.len() {
            0 => Failure::unusable("-dump: no file was given; without one certutil shows the configuration of a CA")
                .advice("give a certificate or a PFX file"),
            _ => Failure::unusable("-dump: takes one file"),
        });
    };
    Ok(translation(&["inspect"], words, file))
}

fn dump_pfx(words: &Words) -> Result<Translation, Failure> {
    let [file] = words.positional.as_slice() else { return Err(Failure::unusable("-dumpPFX: takes one file")) };
    Ok(translation(&["pfx", "inspect"], words, file))
}

fn translation(command: &[&str], words: &Words, file: &str) -> Translation {
    let mut translation = Translation::default();
    translation.words.push("certlens".to_owned());
    translation.words.extend(command.iter().map(|word| (*word).to_owned()));
    translation.words.extend(["--format", "certutil"].map(str::to_owned));
    translation.words.extend(words.password());
    translation.words.extend(words.passed.iter().cloned());
    translation.words.extend(["--".to_owned(), file.to_owned()]);
    if words.has("split") {
        translation.notes.push("-split: has no effect: nothing is saved to files".to_owned());
    }
    translation
}
