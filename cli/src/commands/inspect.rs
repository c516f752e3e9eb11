//! `certlens inspect`.

use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::policy::{Profile, ValidationPolicy};
use certlens_core::validation::check_form;

use crate::args::InspectArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::certificate::CertificateFacts;
use crate::facts::finding::FindingFacts;
use crate::facts::inspect::{InspectReport, InspectedFacts, NotReadFacts, OtherObjectFacts, RefusedFacts};
use crate::load::{self, Loaded, Source};
use crate::second_reader::{self, SecondReadingFacts};
use crate::{output, say, view};

pub(crate) fn run(args: &InspectArgs) -> Result<Exit, Failure> {
    let mut report = InspectReport::new();
    let mut documents = Vec::new();
    let mut exit = Exit::Success;
    let mut failures = Vec::new();
    for argument in &args.files {
        match load::argument(argument) {
            Ok(read) => {
                failures.extend(read.not_read);
                for source in &read.sources {
                    if let Err(failure) = inspect(source, &mut report, &mut documents, &mut exit) {
                        failures.push((source.name.clone(), failure));
                    }
                }
            }
            Err(failure) => failures.push((argument.clone(), failure)),
        }
    }
    for (name, failure) in &failures {
        exit = exit.max(failure.exit);
        report.not_read.push(NotReadFacts::new(name, failure));
    }
    report.exit_code = exit.code();
    output::write(&args.output, &args.files, || report, || documents)?;
    for (_, failure) in &failures {
        say(failure);
    }
    Ok(exit)
}

fn inspect(
    source: &Source,
    report: &mut InspectReport,
    documents: &mut Vec<certlens_report::Document>,
    exit: &mut Exit,
) -> Result<(), Failure> {
    report.findings.extend(source.problems().map(|finding| FindingFacts::new(&finding)));
    let mut notes: Vec<_> = source.problems().collect();
    for object in source.input.objects.iter().filter(|object| object.kind != ObjectKind::Certificate) {
        report.others.push(OtherObjectFacts::new(source, object));
    }
    if source.is_damaged() {
        *exit = (*exit).max(Exit::Unusable);
    }
    if let Err(error) = source.input.require_certificates() {
        // A directory may hold other things than certificates.
        let passed_over = !source.named && !source.is_damaged();
        return if passed_over { Ok(()) } else { Err(load::refuse(&source.name, &error)) };
    }
    for loaded in source.certificates() {
        match loaded {
            Loaded::Read(sourced) => {
                let policy = ValidationPolicy::new(Profile::Rfc5280);
                let mut facts = CertificateFacts::new(&sourced.certificate, &sourced.origin);
                facts.findings = FindingFacts::all(&check_form(&sourced.certificate, &policy));
                facts.reader_differences = second_reader::disagreements(&sourced.certificate);
                let mut document = view::inspect::document(&facts);
                if !notes.is_empty() {
                    let beside: Vec<_> = notes
                        .drain(..)
                        .map(|finding| view::inspect::finding_note(&FindingFacts::new(&finding)))
                        .collect();
                    document.heading("Beside the certificate").push(beside);
                }
                documents.push(document);
                report.certificates.push(InspectedFacts::Read(Box::new(facts)));
            }
            Loaded::Refused { origin, der, error, message } => {
                *exit = (*exit).max(Exit::Unusable);
                let second = SecondReadingFacts::new(&der, &error, &origin);
                documents.push(match &second {
                    Some(facts) => view::inspect::second_document(facts),
                    None => view::inspect::unreadable(&origin.to_string(), &message),
                });
                report.certificates.push(InspectedFacts::Refused(Box::new(RefusedFacts {
                    origin: origin.to_string(),
                    message,
                    second_reading: second,
                })));
            }
        }
    }
    if let (Some(document), false) = (documents.last_mut(), notes.is_empty()) {
        let beside: Vec<_> =
            notes.iter().map(|finding| view::inspect::finding_note(&FindingFacts::new(finding))).collect();
        document.heading("Beside the certificate").push(beside);
    }
    Ok(())
}
