//! `certlens pfx providers`.

use crate::args::ProvidersArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::pfx::ProvidersReport;
use crate::{output, view};

pub(crate) fn run(args: &ProvidersArgs) -> Result<Exit, Failure> {
    let report = ProvidersReport::new();
    output::write(&args.output, &[], || &report, || vec![view::pfx::providers(&report)])?;
    Ok(Exit::Success)
}
