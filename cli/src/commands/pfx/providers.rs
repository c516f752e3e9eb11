//! `certlens pfx providers`.

use crate::args::{Format, ProvidersArgs};
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::pfx::ProvidersReport;
use crate::{certutil, output, view};

pub(crate) fn run(args: &ProvidersArgs) -> Result<Exit, Failure> {
    let report = ProvidersReport::new();
    if args.output.format == Format::Certutil {
        output::write_with(&args.output, &[], || Ok(certutil::providers(&report)))?;
        return Ok(Exit::Success);
    }
    output::write(&args.output, &[], || &report, || vec![view::pfx::providers(&report)])?;
    Ok(Exit::Success)
}
