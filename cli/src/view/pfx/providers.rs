//! The text of `certlens pfx providers`.

use certlens_report::{Column, Document, Headline, Table, Tone};

use crate::facts::pfx::{ProviderKind, ProvidersReport};

pub(crate) fn document(report: &ProvidersReport) -> Document {
    let is_csp = |kind| matches!(kind, ProviderKind::Csp);
    let csps = report.providers.iter().filter(|provider| is_csp(provider.kind)).count();
    let headline = format!("{csps} CSPs, {} KSPs", report.providers.len() - csps);
    let reason = "Providers that are known by name. `certutil -csplist` on a machine says which are installed there.";
    let mut document = Document::new(Headline::new(Tone::Neutral, headline).reason(reason));
    let columns = [Column::left("Kind"), Column::left("Type"), Column::left("Provider"), Column::left("Made by")];
    let table = report.providers.iter().fold(Table::new(columns), |table, provider| {
        let number = provider.provider_type.map_or_else(String::new, |number| number.to_string());
        let kind = if is_csp(provider.kind) { "CSP" } else { "KSP" };
        table.row([kind.to_owned(), number, provider.name.to_owned(), provider.vendor.to_owned()])
    });
    document.push(table);
    document
}
