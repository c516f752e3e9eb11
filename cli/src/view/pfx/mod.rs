//! The text of `certlens pfx inspect`: what the file is to Windows, then what it
//! rests on, then what to do.

mod certificate;
mod key;
mod predicted;
mod protection;
mod providers;
mod written;

use certlens_report::{Document, Field, Fields, Headline, Note, Step, Tone};

use crate::facts::finding::SeverityFacts;
use crate::facts::pfx::{OpeningState, OtherBagFacts, PfxFacts, ProblemFacts, StepFacts};
use crate::read::shown;

pub(crate) use predicted::document as predicted;
pub(crate) use providers::document as providers;
pub(crate) use written::document as written;

/// The most keys, certificates, other bags and problems that are shown each; the
/// JSON has all.
const MAX_SHOWN: usize = 20;

/// The report on one file.
pub(crate) fn document(facts: &PfxFacts) -> Document {
    let mut document = Document::new(headline(facts));
    document.push(Fields::new(protection::file(facts)));
    for one in facts.keys.iter().take(MAX_SHOWN) {
        key::push(&mut document, one);
    }
    push_rest(&mut document, "keys", facts.keys.len());
    for one in facts.certificates.iter().take(MAX_SHOWN) {
        certificate::push(&mut document, one);
    }
    push_rest(&mut document, "certificates", facts.certificates.len());
    if let Some(chains) = certificate::chains(facts) {
        document.heading("Chain").push(Fields::new(chains));
    }
    if !facts.others.is_empty() {
        let shown = facts.others.iter().take(MAX_SHOWN).map(other);
        document.heading("Beside keys and certificates").push(Fields::new(shown));
        push_rest(&mut document, "other bags", facts.others.len());
    }
    document.heading("Which Windows opens it").push(Fields::new(protection::releases(&facts.releases)));
    if !facts.problems.is_empty() {
        let shown = facts.problems.iter().take(MAX_SHOWN).map(problem).collect::<Vec<_>>();
        document.heading("Problems").push(shown);
        push_rest(&mut document, "problems", facts.problems.len());
    }
    if !facts.next.is_empty() {
        document.heading("What to do").push(facts.next.iter().map(step).collect::<Vec<_>>());
    }
    document
}

/// What the file is to Windows, above its certificates.
pub(crate) fn summary(facts: &PfxFacts) -> Document {
    let mut document = Document::new(headline(facts));
    let command = format!("certlens pfx inspect {}{}", crate::shell::quote(&facts.input), facts.password_options);
    let step = Step::new("See its keys, where Windows puts them, and what else is in it.").command(command);
    document.heading("What to do").push(vec![step]);
    document
}

/// What the file is to Windows.
fn headline(facts: &PfxFacts) -> Headline {
    let mut reason = format!("{}.", facts.explanation);
    match (facts.opening.state, &facts.opening.message) {
        (OpeningState::Locked, _) => {
            reason.push_str(" It has a password, and none was given: not everything was read.")
        }
        (_, Some(message)) => reason.push_str(&format!(" Not everything was read: {message}.")),
        (_, None) => {}
    }
    Headline::new(Tone::Neutral, format!("{}: {}", facts.answer, shown(&facts.input))).reason(reason)
}

fn push_rest(document: &mut Document, what: &str, count: usize) {
    if count > MAX_SHOWN {
        let rest = format!("{} more {what}; --format json has them all.", count - MAX_SHOWN);
        document.push(certlens_report::Text::from(rest));
    }
}

fn other(bag: &OtherBagFacts) -> Field {
    let field = Field::new(place(bag.safe, bag.bag), bag.kind.clone());
    match &bag.friendly_name {
        Some(name) => field.value(format!("friendly name {name}")),
        None => field,
    }
}

/// Where a bag is.
fn place(safe: usize, bag: Option<usize>) -> String {
    bag.map_or_else(|| format!("Safe {safe}"), |bag| format!("Safe {safe}, bag {bag}"))
}

fn problem(problem: &ProblemFacts) -> Note {
    let message = problem.message.clone();
    let note = match problem.severity {
        SeverityFacts::Error => Note::error("", message),
        SeverityFacts::Warning => Note::warning("", message),
        SeverityFacts::Info => Note::info("", message),
    };
    match &problem.hint {
        Some(hint) => note.hint(hint.clone()),
        None => note,
    }
}

fn step(step: &StepFacts) -> Step {
    step.commands.iter().fold(Step::new(step.text.clone()), |made, command| made.command(command.clone()))
}
