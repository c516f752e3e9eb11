//! Is this a command line of certutil, and which verb does it mean?

use std::ffi::OsString;
use std::path::Path;

use clap::Parser;

use super::elsewhere;
use super::translate::{self, Translation, Verb, switch};
use super::{csplist, dump, import_pfx, merge_pfx, url, verify};
use crate::args::{Cli, Command};
use crate::error::Failure;

/// The verbs, one row each.
pub(super) const VERBS: &[&Verb] =
    &[&verify::VERB, &url::VERB, &dump::DUMP, &dump::DUMP_PFX, &import_pfx::VERB, &merge_pfx::VERB, &csplist::VERB];

/// What a command line is.
#[derive(Debug)]
pub(crate) enum Entry {
    /// None of certutil.
    Certlens,
    /// One of certutil: what certlens does for it, and what is to be said about that.
    Command { command: Box<Command>, notes: Vec<String> },
    /// A question for help.
    Usage(String),
    /// One of certutil that cannot be done.
    Refused(Failure),
}

/// Looks at a whole command line, the program's name included.
pub(crate) fn enter(args: impl IntoIterator<Item = OsString>) -> Entry {
    let mut args = args.into_iter();
    let called_certutil = args.next().is_some_and(|program| is_certutil(&program));
    let args: Vec<OsString> = args.collect();
    let words: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let first = words.first().map(String::as_str).unwrap_or_default();
    let has_verb = words.iter().any(|word| verb(word).is_some());
    let is_ours = match () {
        // `certlens verify /verify` has a subcommand, and it comes first.
        () if has_verb => called_certutil || first.starts_with(['-', '/']),
        () if called_certutil => !(first.starts_with("--") || ["-h", "-V"].contains(&first)),
        () => looks_like_verb(first) || is_question(first),
    };
    if !is_ours {
        return Entry::Certlens;
    }
    if args.iter().any(|arg| arg.to_str().is_none()) {
        return Entry::Refused(Failure::unusable("an argument is not UTF-8").advice("rename the file"));
    }
    match read(&words) {
        Ok(entry) => entry,
        Err(failure) => Entry::Refused(failure),
    }
}

/// Whether the program was called by this name, as through a link.
fn is_certutil(program: &OsString) -> bool {
    let name = Path::new(program).file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
    name.is_some_and(|name| name.strip_suffix(".exe").unwrap_or(&name) == "certutil")
}

fn verb(word: &str) -> Option<&'static Verb> {
    let name = switch(word)?;
    VERBS.iter().find(|verb| verb.name == name).copied()
}

pub(super) fn is_question(word: &str) -> bool {
    matches!(switch(word).as_deref(), Some("?"))
}

/// `-Word`: certlens has options of one letter and options with two hyphens.
fn looks_like_verb(word: &str) -> bool {
    let name = word.strip_prefix('-').filter(|name| !name.starts_with('-'));
    let documented = || switch(word).is_some_and(|name| elsewhere::nearest(&name).is_some());
    name.is_some_and(|name| name.len() > 1 && name.chars().all(|character| character.is_ascii_alphanumeric()))
        || documented()
}

fn read(words: &[String]) -> Result<Entry, Failure> {
    let mut verbs = words.iter().filter_map(|word| verb(word));
    let Some(verb) = verbs.next() else { return without_verb(words) };
    if let Some(other) = verbs.next() {
        return Err(Failure::unusable(format!("-{} and -{}: give one verb", verb.spelling, other.spelling)));
    }
    if words.iter().any(|word| is_question(word) || word == "--help") {
        return Ok(Entry::Usage(usage(&[verb])));
    }
    translated(verb, words)
}

fn translated(verb: &Verb, words: &[String]) -> Result<Entry, Failure> {
    let words = translate::Words::read(verb, words, |word| self::verb(word).is_some())?;
    let Translation { words, notes } = (verb.translate)(&words)?;
    // Not clap's message alone: what it names was not typed.
    let cli = Cli::try_parse_from(&words).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().next().unwrap_or_default().trim_start_matches("error: ");
        Failure::unusable(format!("-{}: {reason}", verb.spelling))
            .advice(format!("`certlens -{} -?` shows what can be given", verb.spelling))
    })?;
    Ok(Entry::Command { command: Box::new(cli.command), notes })
}

fn without_verb(words: &[String]) -> Result<Entry, Failure> {
    if words.iter().any(|word| is_question(word) || switch(word).as_deref() == Some("help")) {
        return Ok(Entry::Usage(usage(VERBS)));
    }
    let named = |word: &&String| looks_like_verb(word) && !is_option(word);
    let here: Vec<String> = VERBS.iter().map(|verb| format!("-{}", verb.spelling)).collect();
    let here = format!("certlens has {}", here.join(", "));
    let Some(word) = words.iter().find(named) else {
        // Without a verb certutil dumps.
        if words.iter().any(|word| switch(word).is_none()) {
            return translated(&dump::DUMP, words);
        }
        return Err(
            Failure::unusable("no verb was given").advice(format!("{here}; `certlens -?` shows their arguments"))
        );
    };
    let nearest = switch(word).and_then(|name| elsewhere::nearest(&name));
    Err(match nearest {
        Some(nearest) => Failure::unusable(format!("{word}: certlens does not have this verb of certutil: {nearest}")),
        None => {
            Failure::unusable(format!("{}: is not a verb of certutil that is known here", translate::unspoken(word)))
        }
    }
    .advice(format!("{here}; `certlens --help` shows its other commands")))
}

fn is_option(word: &str) -> bool {
    let name = switch(word).unwrap_or_default();
    VERBS.iter().flat_map(|verb| verb.options).any(|option| option.name == name)
}

fn usage(verbs: &[&Verb]) -> String {
    let mut text = String::from(
        "certlens takes these command lines of certutil, with - or /, in any letter case, options\n\
         before or after the verb. Exit codes are those of certlens: 0 trusted, 1 untrusted,\n\
         2 wrong usage or unreadable input, 3 indeterminate, 4 internal error.\n",
    );
    for verb in verbs {
        text.push('\n');
        for form in verb.usage {
            text.push_str(&format!("  -{} [Options] {form}\n", verb.spelling));
        }
        for option in verb.options {
            let value = option.value.map_or_else(String::new, |value| format!(" {value}"));
            text.push_str(&format!("    {:<24} {}\n", format!("-{}{value}", option.name), option.meaning));
        }
        if verb.name == "verify" {
            text.push_str("    --OPTION                 any option of `certlens verify`, as --anchors and --at\n");
        }
        if verb.name == "importpfx" {
            text.push_str(&format!(
                "    Modifiers, separated by commas:\n      {}\n",
                import_pfx::modifiers().join("\n      ")
            ));
            text.push_str("    --OPTION                 any option of `certlens pfx predict`, as --compatible-with\n");
        }
    }
    text
}

#[cfg(test)]
mod tests;
