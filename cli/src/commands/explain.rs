//! `certlens explain`.

use certlens_core::finding::Code;

use crate::args::ExplainArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::explain::ExplainReport;
use crate::{causes, output, view};

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let mut codes = Vec::new();
    let mut causes = Vec::new();
    for name in &args.codes {
        let by_windows = by_windows_name(name);
        if !by_windows.is_empty() {
            codes.extend(by_windows);
            continue;
        }
        if let Some(cause) = causes::by_name(&name.to_ascii_lowercase()) {
            causes.push(cause);
            continue;
        }
        let code = Code::by_name(&name.to_ascii_lowercase()).ok_or_else(|| {
            let failure = Failure::unusable(format!(
                "{name}: is neither the code of a finding nor the cause of a failed retrieval"
            ));
            match nearest(name) {
                Some(near) => failure.advice(format!("did you mean {near}?")),
                None => failure.advice("`certlens explain` without a code lists them all"),
            }
        })?;
        codes.push(code);
    }
    let all = args.codes.is_empty();
    if all {
        codes.extend(Code::all());
        causes.extend(causes::CAUSES);
    }
    let document = || vec![view::explain::document(&codes, &causes, all)];
    output::write(&args.output, [], || ExplainReport::new(&codes, &causes), document)?;
    Ok(Exit::Success)
}

fn nearest(name: &str) -> Option<&'static str> {
    let names = Code::all().map(Code::name).chain(causes::CAUSES.iter().map(|cause| cause.name));
    let near = names.map(|known| (crate::load::edits(name, known), known)).min()?;
    (near.0 <= 3).then_some(near.1)
}

/// The codes that Windows reports under this name or number.
fn by_windows_name(name: &str) -> Vec<Code> {
    let number = name.strip_prefix("0x").or_else(|| name.strip_prefix("0X"));
    let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok()).filter(|number| *number != 0);
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
