//! `certlens inspect`.

use std::path::Path;

use certlens_core::encoding::der::DerError;
use certlens_core::encoding::input::InputObject;
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::origin::Origin;
use certlens_core::policy::{Profile, ValidationPolicy};
use certlens_core::validation::check_form;
use certlens_core::x509::Crl;
use certlens_core::x509::ocsp::{OcspRequest, OcspResponse};
use certlens_keystore::inventory::Inventory;
use certlens_report::Document;

use crate::args::{Format, InspectArgs};
use crate::certutil::Dump;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::certificate::CertificateFacts;
use crate::facts::crl::{CrlFacts, MAX_ENTRIES};
use crate::facts::finding::FindingFacts;
use crate::facts::inspect::{InspectReport, InspectedFacts, OtherObjectFacts, RefusedFacts};
use crate::facts::judged::RefusedObjectFacts;
use crate::facts::not_read::NotReadFacts;
use crate::facts::ocsp::{OcspRequestFacts, ResponseFacts};
use crate::facts::pfx::PfxFacts;
use crate::facts::second_reader::{self, SecondReadingFacts};
use crate::load::{self, Loaded, Source};
use crate::password::Passwords;
use crate::{objects, output, say, view};

pub(crate) fn run(args: &InspectArgs) -> Result<Exit, Failure> {
    if args.output.format == Format::Certutil {
        return dump(args);
    }
    let mut report = InspectReport::new();
    let mut documents = Vec::new();
    let mut exit = Exit::Success;
    let mut failures = Vec::new();
    output::keep_passwords(args.output.output.as_deref(), args.password.files())?;
    let passwords = Passwords::new(&args.password)?;
    for argument in &args.files {
        match load::argument_opened(argument, &passwords) {
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

/// In the shapes of `certutil -dump`.
fn dump(args: &InspectArgs) -> Result<Exit, Failure> {
    output::keep_passwords(args.output.output.as_deref(), args.password.files())?;
    let passwords = Passwords::new(&args.password)?;
    let (mut dump, mut failures, mut wrong_password) = (Dump::new(), Vec::new(), false);
    let several = args.files.len() > 1 || args.files.iter().any(|name| Path::new(name).is_dir());
    for argument in &args.files {
        match load::argument_opened(argument, &passwords) {
            Ok(read) => {
                failures.extend(read.not_read.into_iter().map(|(_, failure)| failure));
                for source in &read.sources {
                    wrong_password |= dump_one(source, several, &mut dump, &mut failures);
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    let exit = failures.iter().map(|failure| failure.exit).max().unwrap_or(Exit::Success);
    output::write_with(&args.output, &args.files, || Ok(dump.finish(&failures, wrong_password)))?;
    failures.iter().for_each(|failure| say(failure));
    Ok(exit)
}

/// Returns whether the password is what is wrong.
fn dump_one(source: &Source, several: bool, dump: &mut Dump, failures: &mut Vec<Failure>) -> bool {
    dump.file(several.then_some(source.name.as_str()));
    let facts = source.pfx.as_ref().map(|pfx| PfxFacts::new(&pfx.file, &Inventory::of(&pfx.file.pfx)));
    if let Some(facts) = &facts {
        dump.pfx(facts);
    }
    // The certificates of a PFX stand behind what else the file has.
    let certificates: Vec<Loaded> = source.certificates().collect();
    let of_pfx = facts.as_ref().map_or(0, |facts| facts.certificates.len());
    let before = certificates.len().saturating_sub(of_pfx);
    for (at, loaded) in certificates.into_iter().enumerate() {
        match loaded {
            Loaded::Read(sourced) => {
                let of =
                    facts.as_ref().and_then(|facts| Some((facts, facts.certificates.get(at.checked_sub(before)?)?)));
                dump.certificate(&sourced.certificate, of);
            }
            Loaded::Refused { origin, message, .. } => {
                failures.push(Failure::unusable(format!("{origin}: {message}")));
            }
        }
    }
    for object in source.input.objects.iter() {
        if !matches!(object.kind, ObjectKind::Certificate | ObjectKind::Pfx) {
            let name = crate::shell::quote(&source.name);
            dump.note(&format!("{}, which is not dumped: `certlens inspect {name}` shows it", object.kind.describe()));
        }
    }
    if let Err(failure) = source.require_certificates()
        && (source.named || source.is_damaged())
    {
        // Keys alone are what a PFX may have, and it was dumped.
        let is_dumped = |pfx: &load::Unpacked| !pfx.file.pfx.is_locked() && pfx.file.failure().is_none();
        if source.pfx.as_ref().is_some_and(is_dumped) && source.is_without_certificate() {
            return false;
        }
        failures.push(failure);
        return source.pfx.as_ref().is_some_and(|pfx| pfx.file.is_password_wrong());
    }
    false
}

fn inspect(
    source: &Source,
    report: &mut InspectReport,
    documents: &mut Vec<Document>,
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
    let is_shown = |kind| matches!(kind, ObjectKind::Crl | ObjectKind::OcspResponse | ObjectKind::OcspRequest);
    if let Some(pfx) = &source.pfx {
        let facts = PfxFacts::new(&pfx.file, &Inventory::of(&pfx.file.pfx));
        documents.push(view::pfx::summary(&facts));
    }
    if let Err(failure) = source.require_certificates()
        && !source.input.objects.iter().any(|object| is_shown(object.kind))
    {
        // A directory may hold other things than certificates.
        let passed_over = !source.named && !source.is_damaged();
        return if passed_over { Ok(()) } else { Err(failure) };
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
    for object in source.input.objects.iter().filter(|object| is_shown(object.kind)) {
        documents.push(revocation(object, &source.origin(object.index), report, exit));
    }
    if let (Some(document), false) = (documents.last_mut(), notes.is_empty()) {
        let beside: Vec<_> =
            notes.iter().map(|finding| view::inspect::finding_note(&FindingFacts::new(finding))).collect();
        document.heading("Beside the certificate").push(beside);
    }
    Ok(())
}

/// A CRL, or an OCSP message, unjudged.
fn revocation(object: &InputObject, origin: &Origin, report: &mut InspectReport, exit: &mut Exit) -> Document {
    let read: Result<Document, (&str, Code, DerError)> = match object.kind {
        ObjectKind::Crl => match Crl::from_der(&object.der) {
            Ok(crl) => {
                let facts = CrlFacts::new(&crl, origin, MAX_ENTRIES);
                let document = view::crl::inspected(&facts);
                report.crls.push(facts);
                Ok(document)
            }
            Err(error) => Err(("CRL", Code::CrlUnreadable, error)),
        },
        ObjectKind::OcspRequest => match OcspRequest::from_der(&object.der) {
            Ok(request) => {
                let facts = OcspRequestFacts::new(&request, origin, None);
                let document = view::ocsp::inspected_request(&facts);
                report.ocsp_requests.push(facts);
                Ok(document)
            }
            Err(error) => Err(("OCSP request", Code::OcspUnreadable, error)),
        },
        _ => match OcspResponse::from_der(&object.der) {
            Ok(response) => {
                let facts = ResponseFacts::new(&response, origin, None);
                let document = view::ocsp::inspected(&facts);
                report.ocsp_responses.push(facts);
                Ok(document)
            }
            Err(error) => Err(("OCSP response", Code::OcspUnreadable, error)),
        },
    };
    read.unwrap_or_else(|(what, code, error)| {
        *exit = (*exit).max(Exit::Unusable);
        let message = format!("the {what} cannot be read: {error}{}", objects::place(object));
        let finding = Finding::new(code, Severity::Warning, format!("{origin}: {message}"));
        report.findings.push(FindingFacts::new(&finding));
        let refused = RefusedObjectFacts { origin: origin.to_string(), message };
        view::unreadable(&what.to_uppercase(), &refused)
    })
}
