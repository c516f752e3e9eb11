//! `-URL`: every URL of a certificate, asked and judged.

use super::translate::{Opt, Translation, Verb, Words};
use crate::error::Failure;

pub(super) const VERB: Verb = Verb {
    name: "url",
    spelling: "URL",
    command: &["url"],
    usage: &["InFile | URL"],
    options: &[
        Opt { name: "f", value: None, meaning: "accepted; forces nothing" },
        Opt { name: "split", value: None, meaning: "accepted; nothing is saved" },
        Opt { name: "p", value: Some("PASSWORD"), meaning: "the password of a PFX file; * asks for it" },
    ],
    translate,
};

fn translate(words: &Words) -> Result<Translation, Failure> {
    let [input] = words.positional.as_slice() else {
        return Err(Failure::unusable("-URL: takes one file or URL"));
    };
    let mut translation = Translation::default();
    translation.words.extend(["certlens", "url"].map(str::to_owned));
    translation.words.extend(words.password());
    translation.words.extend(words.passed.iter().cloned());
    translation.words.extend(["--".to_owned(), input.clone()]);
    if words.has("split") {
        translation.notes.push("-split: has no effect: nothing is saved".to_owned());
    }
    Ok(translation)
}
