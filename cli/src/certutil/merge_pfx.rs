//! `-MergePFX`, as a command line of `certlens pfx merge`.

use super::translate::{Opt, Translation, Verb, Words};
use crate::error::Failure;

pub(super) const VERB: Verb = Verb {
    name: "mergepfx",
    spelling: "MergePFX",
    command: &["pfx", "merge"],
    usage: &["PFXInFileList PFXOutFile [Modifiers]"],
    options: &[
        Opt {
            name: "p",
            value: Some("PASSWORDS"),
            meaning: "those of the files, separated by commas, and last that of the new file; * asks for it",
        },
        Opt { name: "f", value: None, meaning: "overwrite the file if it exists" },
        Opt { name: "split", value: None, meaning: "refused: a file is written for each key" },
        Opt { name: "user", value: None, meaning: "accepted, without effect" },
        Opt { name: "silent", value: None, meaning: "accepted, without effect" },
        Opt { name: "v", value: None, meaning: "accepted, without effect" },
        Opt { name: "csp", value: Some("PROVIDER"), meaning: "the provider that the new file names for its keys" },
    ],
    translate,
};

fn translate(words: &Words) -> Result<Translation, Failure> {
    let (list, output, modifiers) = match words.positional.as_slice() {
        [list, output] => (list, output, ""),
        [list, output, modifiers] => (list, output, modifiers.as_str()),
        _ => {
            return Err(Failure::unusable(
                "-MergePFX: takes the files to merge, separated by commas, and the new file",
            )
            .advice("`certlens -MergePFX a.pfx,b.pfx both.pfx`"));
        }
    };
    if words.has("split") {
        return Err(Failure::unusable("-split: a file for each key is not written here"));
    }
    let mut translation = Translation::default();
    let mut made: Vec<String> = ["certlens", "pfx", "merge"].map(str::to_owned).to_vec();
    let files: Vec<&str> = list.split(',').filter(|file| !file.is_empty()).collect();
    let is_new_told = words.passed.iter().any(|option| {
        option.starts_with("--new-password") || option == "--empty-password" || option == "--ask-new-password"
    });
    made.extend(passwords(words.value("p"), files.len(), is_new_told)?);
    for modifier in modifiers.split(',').filter(|modifier| !modifier.is_empty()) {
        match modifier.to_ascii_lowercase().as_str() {
            // Everything that is in the files is kept.
            "extendedproperties" => {}
            "encryptcert" => made.push("--encrypt-certificates".to_owned()),
            "noencryptcert" => made.push("--plain-certificates".to_owned()),
            _ => {
                return Err(Failure::unusable(format!("{modifier}: is not a modifier of -MergePFX"))
                    .advice("ExtendedProperties, NoEncryptCert and EncryptCert are"));
            }
        }
    }
    if let Some(provider) = words.value("csp") {
        made.push(format!("--csp={provider}"));
    }
    if words.has("f") {
        made.push("--force".to_owned());
    }
    made.push(format!("--output={output}"));
    made.extend(words.passed.iter().cloned());
    made.push("--".to_owned());
    made.extend(files.into_iter().map(str::to_owned));
    translation.words = made;
    Ok(translation)
}

/// certutil's list: the passwords of the files, and last that of the new file, which
/// the terminal is asked for when there is one alone or it is `*`, unless an option of
/// certlens tells it.
fn passwords(list: Option<&str>, files: usize, is_new_told: bool) -> Result<Vec<String>, Failure> {
    let asked = || (!is_new_told).then(|| "--ask-new-password".to_owned());
    let Some(list) = list.filter(|list| *list != "*") else { return Ok(asked().into_iter().collect()) };
    let all: Vec<&str> = list.split(',').collect();
    let (old, new) = match all.as_slice() {
        [one] => (vec![*one], "*"),
        [old @ .., new] => (old.to_vec(), *new),
        [] => (Vec::new(), "*"),
    };
    if old.len() != 1 && old.len() != files {
        return Err(Failure::unusable(format!("-p: has {} passwords for {files} files", old.len()))
            .advice("give one for all of them, or one for each in their order, then that of the new file"));
    }
    let mut options: Vec<String> = old.into_iter().map(|password| format!("--password={password}")).collect();
    options.extend(match new {
        "*" => asked(),
        new => Some(format!("--new-password={new}")),
    });
    Ok(options)
}
