//! The text of `certlens probe`.

use certlens_core::finding::{Code, Severity};
use certlens_core::verdict::Status;
use certlens_report::{Column, Document, Headline, Step, Table, Text, Tone};

use crate::args::VerifyArgs;
use crate::endpoint::Endpoint;
use crate::examine::Examined;
use crate::exit::Exit;
use crate::reason;
use crate::verification::Request;
use crate::view::{endpoint, revocation, verify};

/// The report about one endpoint.
pub(crate) fn document(examined: &Examined, request: &Request, args: &VerifyArgs) -> Document {
    match examined {
        Examined::Verified(verified) => verify::of_endpoint(verified, request, args, verify::Detail::Whole),
        Examined::Unseen(endpoint) => unseen(endpoint, args),
    }
}

/// The report about an endpoint that presented no certificate.
pub(crate) fn unseen(unseen: &Endpoint, args: &VerifyArgs) -> Document {
    let mut document = Document::new(endpoint::headline_unseen(unseen));
    endpoint::stages(&mut document, unseen);
    endpoint::presented(&mut document, unseen);
    let steps = endpoint::steps(unseen, None, args);
    if !steps.is_empty() {
        document.heading("What to do").push(steps);
    }
    document
}

/// One of many endpoints, in a line.
pub(crate) struct Row {
    pub(crate) exit: Exit,
    cells: [String; 4],
}

impl Row {
    pub(crate) fn new(examined: &Examined, request: &Request) -> Row {
        let name = examined.endpoint().map(|one| one.name()).unwrap_or_default();
        let (word, until, why) = match examined {
            Examined::Unseen(unseen) => {
                let why = unseen.probe.failure.as_ref().map(|failure| failure.message.clone());
                (endpoint::failed(unseen).to_owned(), String::new(), why.unwrap_or_default())
            }
            Examined::Verified(verified) => {
                let endpoint = verified.endpoint.as_deref();
                let word = endpoint.map(|one| endpoint::standing(one, verified).1).unwrap_or_default();
                let failure = endpoint.and_then(|one| one.probe.failure.as_ref());
                let errors = endpoint.iter().flat_map(|one| &one.findings);
                let wrong = errors.clone().find(|finding| finding.severity == Severity::Error);
                let why = match (verified.verdict.status, wrong, failure) {
                    (Status::Trusted, Some(finding), _) => finding.message.clone(),
                    (Status::Trusted, None, Some(failure)) => failure.message.clone(),
                    (Status::Trusted, None, None) => {
                        let replaced = errors.clone().find(|finding| finding.code == Code::ServerReplaced);
                        replaced.map_or_else(|| revocation::in_brackets(verified), |finding| finding.message.clone())
                    }
                    _ => reason::verify::reason(verified, request),
                };
                (word.to_owned(), verified.target.certificate.not_after().time.to_string(), why)
            }
        };
        Row { exit: examined.exit(), cells: [name, word, until, why] }
    }
}

/// The report about many, which have these names: one line each, in their order.
pub(crate) fn many(names: &[String], rows: &[Option<Row>], interrupted: bool, args: &VerifyArgs) -> Document {
    let count = |exit: Exit| rows.iter().flatten().filter(|row| row.exit == exit).count();
    let missing = rows.iter().filter(|row| row.is_none()).count();
    let parts: Vec<String> = [
        (count(Exit::Failed), "failed"),
        (count(Exit::Indeterminate), "not reached or indeterminate"),
        (count(Exit::Success), "trusted"),
        (missing, "not probed"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| format!("{number} {word}"))
    .collect();
    let tone = match () {
        () if count(Exit::Failed) > 0 => Tone::Bad,
        () if count(Exit::Indeterminate) > 0 || missing > 0 => Tone::Unclear,
        () => Tone::Good,
    };
    let mut headline = Headline::new(tone, format!("{} ENDPOINTS: {}", rows.len(), parts.join(", ")));
    if interrupted {
        headline = headline.reason("It was interrupted; what had come until then is shown.");
    }
    let mut document = Document::new(headline);
    let columns = [Column::left("Endpoint"), Column::left("Verdict"), Column::left("Valid to"), Column::left("Reason")];
    let table = names.iter().zip(rows).fold(Table::new(columns), |table, (name, row)| match row {
        Some(row) => table.row(row.cells.clone()),
        None => table.row([name.as_str(), "NOT PROBED", "", ""]),
    });
    if rows.iter().any(Option::is_some) {
        document.heading("Endpoints").push(table);
    }
    let failed: Vec<&Row> = rows.iter().flatten().filter(|row| row.exit != Exit::Success).collect();
    if let Some(first) = failed.first() {
        let [name, ..] = &first.cells;
        let text = "Probe one by itself to see each stage, what it presents, and what to do:";
        document.heading("What to do").push(vec![Step::new(text).command(endpoint::probe_again(name, args))]);
    } else if missing == 0 {
        document.push(Text::from("Every endpoint was reached, and its certificate is trusted."));
    }
    document
}
