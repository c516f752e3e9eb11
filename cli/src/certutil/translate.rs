//! The words of a command line of certutil, sorted.

use clap::CommandFactory;

use crate::args::Cli;
use crate::error::Failure;

/// One verb of certutil that certlens has.
pub(super) struct Verb {
    /// The name without its hyphen, in lower case.
    pub(super) name: &'static str,
    /// The name as certutil writes it.
    pub(super) spelling: &'static str,
    /// The words that call the command of certlens it stands for.
    pub(super) command: &'static [&'static str],
    /// Its arguments, a line each form.
    pub(super) usage: &'static [&'static str],
    pub(super) options: &'static [Opt],
    /// Makes a command line of certlens of it.
    pub(super) translate: fn(&Words) -> Result<Translation, Failure>,
}

/// An option of a verb.
pub(super) struct Opt {
    /// The name without its hyphen, in lower case.
    pub(super) name: &'static str,
    /// What its value is called, when it takes one.
    pub(super) value: Option<&'static str>,
    pub(super) meaning: &'static str,
}

/// The same for certlens; there may be a password in it, so it has no `Debug`.
#[derive(Default)]
pub(super) struct Translation {
    /// A command line of certlens.
    pub(super) words: Vec<String>,
    /// What is to be said about it.
    pub(super) notes: Vec<String>,
}

/// The name behind a hyphen or a slash.
pub(super) fn switch(word: &str) -> Option<String> {
    let name = word.strip_prefix('-').or_else(|| word.strip_prefix('/'))?;
    (!name.is_empty() && !name.starts_with('-')).then(|| name.to_ascii_lowercase())
}

/// What was typed for a verb.
pub(super) struct Words {
    /// Options by name, in lower case, with their values.
    pub(super) options: Vec<(&'static str, Option<String>)>,
    /// Files, lists, modifiers.
    pub(super) positional: Vec<String>,
    /// Options of certlens itself, to be passed on.
    pub(super) passed: Vec<String>,
}

impl Words {
    /// Sorts the words of a command line of this verb.
    ///
    /// # Errors
    ///
    /// When an option is unknown, its value missing, or given twice.
    pub(super) fn read(verb: &Verb, words: &[String], is_verb: impl Fn(&str) -> bool) -> Result<Words, Failure> {
        let mut sorted = Words { options: Vec::new(), positional: Vec::new(), passed: Vec::new() };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if is_verb(word) {
                continue;
            }
            if word.starts_with("--") {
                sorted.passed.push(word.clone());
                if takes_value(verb.command, word)? {
                    sorted.passed.push(value(word, &mut words)?);
                }
                continue;
            }
            let name = switch(word);
            let option = verb.options.iter().find(|option| Some(option.name) == name.as_deref());
            match option {
                Some(option) => {
                    let value = match option.value {
                        Some(_) => Some(value(word, &mut words)?),
                        None => None,
                    };
                    // certutil takes one of them; which one, nobody should have to know.
                    if value.is_some() && sorted.has(option.name) {
                        return Err(
                            Failure::unusable(format!("-{}: is given twice", option.name)).advice("give it once")
                        );
                    }
                    sorted.options.push((option.name, value));
                }
                // A single hyphen stands for a list that is left out, a slash may begin a path.
                None if word == "-" || !word.starts_with('-') && unspoken(word) == word => {
                    sorted.positional.push(word.clone())
                }
                None if unspoken(word) != word => {
                    return Err(Failure::unusable(format!("-p…: is not an option of -{}", verb.spelling))
                        .advice("a password is a word of its own: -p PASSWORD"));
                }
                None => {
                    return Err(Failure::unusable(format!("{word}: is not an option of -{}", verb.spelling)).advice(
                        format!("`certlens -{} -?` lists them; write a file of this name as ./{word}", verb.spelling),
                    ));
                }
            }
        }
        Ok(sorted)
    }

    /// The value of an option.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(known, _)| *known == name)?.1.as_deref()
    }

    /// The option of certlens for `-p`; `*` has a terminal asked, as no option does.
    pub(super) fn password(&self) -> Option<String> {
        let password = self.value("p").filter(|password| *password != "*")?;
        // In one word with its name, it may begin with a hyphen.
        Some(format!("--password={password}"))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(known, _)| *known == name)
    }
}

/// A word as it may be repeated: what stands directly behind `-p` may be a password.
pub(super) fn unspoken(word: &str) -> &str {
    let is_p = |switch: &str| {
        word.strip_prefix(switch).is_some_and(|rest| rest.starts_with(['p', 'P']) && rest.chars().nth(1).is_some())
    };
    // `/p…` is a path as a rule.
    let with_colon = word.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("/p:"));
    if is_p("-") || with_colon { "-p…" } else { word }
}

fn value<'w>(option: &str, words: &mut impl Iterator<Item = &'w String>) -> Result<String, Failure> {
    words.next().cloned().ok_or_else(|| Failure::unusable(format!("{option}: needs a value")))
}

/// Whether an option of certlens is followed by its value.
fn takes_value(command: &[&str], word: &str) -> Result<bool, Failure> {
    let name = word.trim_start_matches('-');
    let (name, has_value) = name.split_once('=').map_or((name, false), |(name, _)| (name, true));
    let cli = Cli::command();
    let found = command.iter().try_fold(&cli, |command, word| command.find_subcommand(word));
    let option = found.and_then(|command| {
        command.get_arguments().find(|option| {
            option.get_long() == Some(name)
                || option.get_visible_aliases().is_some_and(|aliases| aliases.contains(&name))
        })
    });
    match option {
        Some(option) => Ok(!has_value && option.get_action().takes_values()),
        None => {
            let command = command.join(" ");
            Err(Failure::unusable(format!("{word}: is not an option of certlens {command}"))
                .advice(format!("`certlens {command} --help` lists them")))
        }
    }
}
