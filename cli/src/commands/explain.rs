//! `certlens explain`.

use certlens_core::finding::Code;
use certlens_keystore::profile::Profile;

use crate::args::ExplainArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::explain::{ExplainReport, Explained, ExplainedDemandFacts, WindowsErrorFacts};
use crate::{causes, hresult, output, symptoms, view};

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let mut explained = Explained::default();
    // "error 103", as Windows says it.
    let has_more = args.codes.iter().any(|name| !is_word(name));
    // A sentence without quotation marks around it comes in words.
    let whole = args.codes.join(" ");
    let is_sentence = args.codes.len() > 1 && says(&whole, &mut explained);
    if is_sentence {
        flags(&whole, &mut explained);
    }
    let names = args.codes.iter().filter(|name| !is_sentence && (!has_more || !is_word(name)));
    for name in names {
        let is_known = explain(name, &mut explained) || explain(bare(name), &mut explained);
        let is_said = !is_known && (says(name, &mut explained) | flags(name, &mut explained));
        if !is_known && !is_said && !numbers(name, &mut explained) {
            let failure = Failure::unusable(format!(
                "{name}: is neither the code of a finding or of a demand, nor the cause of a failed retrieval or connection, nor an error or a sentence of Windows that is known here"
            ));
            return Err(match nearest(name) {
                Some(near) => failure.advice(format!("did you mean {near}?")),
                None => failure.advice("`certlens explain` without a code lists them all"),
            });
        }
    }
    let all = args.codes.is_empty();
    if all {
        explained.codes.extend(Code::all());
        explained.causes.extend(causes::all());
        explained.windows.extend(symptoms::all().map(WindowsErrorFacts::of));
        explained.demands.extend(demands().filter_map(ExplainedDemandFacts::by_code));
    }
    let document = || vec![view::explain::document(&explained, all)];
    output::write(&args.output, [], || ExplainReport::new(&explained), document)?;
    Ok(Exit::Success)
}

/// Whether a word says of a number what it is, and is no name itself.
fn is_word(name: &str) -> bool {
    ["error", "event", "code"].iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// What stands behind such words, where they are quoted together with it.
fn bare(name: &str) -> &str {
    let mut rest = name.trim();
    while let Some((first, behind)) = rest.split_once(char::is_whitespace)
        && is_word(first)
    {
        rest = behind.trim_start();
    }
    rest
}

/// Adds all that goes by a name; false when nothing does.
fn explain(name: &str, explained: &mut Explained) -> bool {
    let lower = name.to_ascii_lowercase();
    let before = explained.len();
    let by_windows = by_windows_name(name);
    let windows: Vec<WindowsErrorFacts> = symptoms::by_name(name).map(WindowsErrorFacts::of).collect();
    if windows.is_empty() && by_windows.is_empty() {
        let known = hresult::known(symptoms::hresult(name), name);
        explained.windows.extend(known.map(WindowsErrorFacts::text_alone));
    }
    explained.windows.extend(windows);
    explained.codes.extend(by_windows);
    explained.causes.extend(causes::by_name(&lower));
    explained.demands.extend(ExplainedDemandFacts::by_code(&lower));
    if explained.codes.iter().all(|code| code.name() != lower) {
        explained.codes.extend(Code::by_name(&lower));
    }
    explained.len() > before
}

/// Adds what Windows says so, in a sentence or a longer text; false when nothing does.
fn says(text: &str, explained: &mut Explained) -> bool {
    let before = explained.len();
    explained.windows.extend(symptoms::by_sentence(text).map(WindowsErrorFacts::of));
    explained.len() > before
}

/// Adds what the words of .NET for a chain's status in a sentence stand for, which say more
/// than the sentence; false when there is none.
fn flags(text: &str, explained: &mut Explained) -> bool {
    let before = explained.len();
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    for word in words {
        let known = symptoms::CHAIN_STATUS.iter().find(|(known, _)| *known == word);
        let codes = known.into_iter().flat_map(|(_, status)| by_status(*status));
        let new: Vec<Code> = codes.filter(|code| !explained.codes.contains(code)).collect();
        explained.codes.extend(new);
        let symptoms = known.into_iter().flat_map(|(name, _)| symptoms::by_name(name)).map(WindowsErrorFacts::of);
        let symptoms: Vec<_> = symptoms.filter(|one| !explained.windows.contains(one)).collect();
        explained.windows.extend(symptoms);
    }
    explained.len() > before
}

/// Adds what the numbers in a sentence stand for; false when there is none that is known.
fn numbers(text: &str, explained: &mut Explained) -> bool {
    let before = explained.len();
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    let is_number = |word: &&str| symptoms::hresult(word).is_some() || (word.len() == 5 && word.parse::<u32>().is_ok());
    for word in words.filter(is_number) {
        let mut one = Explained::default();
        explain(word, &mut one);
        one.windows.retain(|windows| !explained.windows.contains(windows));
        one.codes.retain(|code| !explained.codes.contains(code));
        explained.windows.append(&mut one.windows);
        explained.codes.append(&mut one.codes);
    }
    explained.len() > before
}

/// The codes of all demands, each once, in the order of the products.
fn demands() -> impl Iterator<Item = &'static str> {
    let mut seen = Vec::new();
    let all = Profile::all().iter().flat_map(Profile::all_demands).map(|demand| demand.code);
    all.chain(ExplainedDemandFacts::of_nodes()).filter(move |code| {
        let is_new = !seen.contains(code);
        seen.push(*code);
        is_new
    })
}

/// Octets of what may be a name that was mistyped.
const MAX_NAME: usize = 64;

fn nearest(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() || name.len() > MAX_NAME {
        return None;
    }
    let names = Code::all().map(Code::name).chain(causes::all().map(|cause| cause.name));
    let names = names.chain(demands()).chain(symptoms::all().map(|symptom| symptom.name));
    let near = names.map(|known| (crate::spelling::edits(name, known), known)).min()?;
    (near.0 <= 3).then_some(near.1)
}

/// The codes that Windows reports by this bit of a chain's status.
fn by_status(status: u32) -> impl Iterator<Item = Code> {
    Code::all().filter(move |code| code.entry().windows.is_some_and(|windows| windows.trust_status == status))
}

/// The codes that Windows reports under this name or number.
fn by_windows_name(name: &str) -> Vec<Code> {
    // A code of a finding is that finding alone.
    let is_code = Code::by_name(&name.to_ascii_lowercase()).is_some();
    let status = symptoms::CHAIN_STATUS.iter().find(|(known, _)| !is_code && known.eq_ignore_ascii_case(name));
    if let Some((_, status)) = status {
        return by_status(*status).collect();
    }
    let number = symptoms::hresult(name);
    Code::all()
        .filter(|code| {
            code.entry().windows.is_some_and(|windows| {
                let named = |known: &str| !known.is_empty() && known.eq_ignore_ascii_case(name);
                named(windows.hresult_name)
                    || named(windows.trust_status_name)
                    || number.is_some_and(|number| number == windows.hresult || number == windows.trust_status)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn words_before_a_number_are_no_part_of_it() {
        for (name, number) in [("error 103", "103"), ("Error  code 103", "103"), ("103", "103"), ("error", "error")] {
            assert_eq!(bare(name), number, "{name}");
        }
        let mut explained = Explained::default();
        assert!(explain(bare("error 103"), &mut explained));
        assert_eq!(explained.windows.len(), 1);
    }

    #[test]
    fn what_net_says_of_a_chain_leads_to_the_findings() {
        let codes = |text: &str| {
            let mut explained = Explained::default();
            let _ = explain(text, &mut explained) || says(text, &mut explained) | flags(text, &mut explained);
            explained.codes.iter().map(|code| code.name()).collect::<Vec<_>>()
        };
        assert!(codes("nottimevalid").contains(&"expired"));
        let sentence = "The remote certificate is invalid because of errors in the certificate chain: Revoked";
        assert!(codes(sentence).contains(&"revoked"));
        assert!(codes("errors in the certificate chain: UntrustedRoot, NotTimeValid").contains(&"anchor-not-trusted"));
        assert_eq!(codes("revoked"), ["revoked"], "a code is that code alone");
        for (name, status) in symptoms::CHAIN_STATUS {
            assert!(!codes(name).is_empty(), "{name} {status:#x}");
        }
    }

    #[test]
    fn numbers_in_sentences_are_found_once() {
        let found = |text: &str| {
            let mut explained = Explained::default();
            numbers(text, &mut explained);
            explained.windows.iter().map(|windows| windows.name).collect::<Vec<_>>()
        };
        assert_eq!(found("TCP error code 10061 (10061) at 10.0.0.5:8060"), ["WSAECONNREFUSED"]);
        assert_eq!(
            found("failed with 0x80090325, then (0x8009030D)."),
            ["SEC_E_UNTRUSTED_ROOT", "SEC_E_UNKNOWN_CREDENTIALS"]
        );
        assert_eq!(found("port 12345 of host 103"), [] as [&str; 0]);
    }

    #[test]
    fn sentences_are_explained_with_and_without_quotation_marks() {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report").display().to_string();
        let ends = |words: &[&str]| {
            let words = [&["certlens", "explain", "--output", &report, "--force"], words].concat();
            let crate::args::Command::Explain(args) = crate::args::Cli::try_parse_from(words).unwrap().command else {
                unreachable!("it was explain")
            };
            run(&args)
        };
        for words in [&["No such host is known"][..], &["No", "such", "host", "is", "known."], &["it ended with 10054"]]
        {
            assert!(ends(words).is_ok(), "{words:?}");
        }
        for words in [&["No such thing is known"][..], &["no", "such", "thing"], &[&"x ".repeat(10_000)]] {
            assert!(ends(words).is_err(), "{words:?}");
        }
    }
}
