//! `certlens explain`.

use certlens_core::finding::Code;

use crate::args::ExplainArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::explain::ExplainReport;
use crate::{output, view};

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let mut codes = Vec::new();
    for name in &args.codes {
        let code = Code::by_name(name).ok_or_else(|| {
            let failure = Failure::unusable(format!("{name}: is not the code of a finding"));
            match nearest(name) {
                Some(near) => failure.advice(format!("did you mean {near}?")),
                None => failure.advice("`certlens explain` without a code lists them all"),
            }
        })?;
        codes.push(code);
    }
    if codes.is_empty() {
        codes.extend(Code::all());
    }
    let report = ExplainReport::new(&codes);
    let document = view::explain::document(&codes, args.codes.is_empty());
    output::write(&args.output, &report, &[document])?;
    Ok(Exit::Success)
}

fn nearest(name: &str) -> Option<&'static str> {
    let near = Code::all().map(|code| (crate::load::edits(name, code.name()), code.name())).min()?;
    (near.0 <= 3).then_some(near.1)
}
