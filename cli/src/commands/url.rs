//! `certlens url`.

use certlens_core::encoding::input;
use certlens_core::x509::{Certificate, Crl};

use crate::args::{NetworkArgs, RevocationArg, RevocationArgs, UrlArgs, VerifyArgs};
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::url::UrlReport;
use crate::retrieve::{Lone, Retriever};
use crate::url::{Answer, Reached, Rule, Status, reach};
use crate::verification::{NotRead, Request, Verified};
use crate::{load, output, say, view};

pub(crate) fn run(args: &UrlArgs) -> Result<Exit, Failure> {
    let rule = if args.every_url { Rule::Every } else { Rule::OneOfEach };
    let (urls, files): (Vec<&String>, Vec<&String>) = args.targets.iter().partition(|target| target.contains("://"));
    let request = Request::new(&verification(args, &files))?;
    let mut retriever = match &request.retriever {
        Some(retriever) => retriever.borrow_mut(),
        None => unreachable!("retrieval was asked for"),
    };
    let mut reached = Vec::new();
    let mut not_read = Vec::new();
    for argument in files {
        match load::argument(argument) {
            Ok(read) => {
                not_read.extend(read.not_read.into_iter().map(|(argument, failure)| NotRead { argument, failure }));
                for source in &read.sources {
                    // The chain is built with what certificates say about their issuers.
                    drop(retriever);
                    let verified = Verified::new(source, &request);
                    retriever = match &request.retriever {
                        Some(retriever) => retriever.borrow_mut(),
                        None => unreachable!("retrieval was asked for"),
                    };
                    match verified {
                        Ok(verified) => reached.push(reach(verified, &request, &mut retriever, rule)),
                        Err(_) if !source.named && !source.is_damaged() && source.is_without_certificate() => {}
                        Err(failure) => not_read.push(NotRead { argument: source.name.clone(), failure }),
                    }
                }
            }
            Err(failure) => not_read.push(NotRead { argument: argument.clone(), failure }),
        }
    }
    let lone: Vec<Lone> = urls.into_iter().map(|url| lone(url, &retriever)).collect();
    if let Some(note) = retriever.cache_note.take() {
        say(&format!("note: what was retrieved could not be kept: {note}"));
    }
    drop(retriever);
    let asked = reached.iter().flat_map(|one| &one.rows).map(|row| row.url.as_str());
    if let Some(note) =
        crate::account::unused(&args.network, asked.chain(lone.iter().map(|one| one.retrieved.request.url.as_str())))
    {
        say(&format!("note: {note}"));
    }
    let exits = reached.iter().map(exit).chain(lone.iter().map(|one| one.exit(request.time)));
    let exit = exits.chain(not_read.iter().map(|one| one.failure.exit)).max().unwrap_or(Exit::Success);
    output::write(
        &args.output,
        args.targets.iter().chain(&args.anchors).chain(&args.intermediates),
        || UrlReport::new(&request, &reached, &lone, &not_read, exit),
        || {
            let chains = reached.iter().map(|one| view::url::document(one, &request));
            chains.chain(lone.iter().map(|one| view::url::lone(one, request.time))).collect()
        },
    )?;
    for one in &not_read {
        say(&one.failure);
    }
    Ok(exit)
}

pub(crate) fn exit(reached: &Reached) -> Exit {
    if reached.rows.iter().any(|row| row.status == Status::Revoked) {
        return Exit::Failed;
    }
    match reached.reach.answer {
        Answer::Works | Answer::NotApplicable => Exit::Success,
        Answer::CannotTell => Exit::Indeterminate,
        Answer::Fails => Exit::Failed,
    }
}

/// The verification that builds the chain: revocation is judged URL by URL afterwards.
fn verification(args: &UrlArgs, files: &[&String]) -> VerifyArgs {
    VerifyArgs {
        targets: files.iter().map(|file| (*file).clone()).collect(),
        anchors: args.anchors.clone(),
        trust: args.trust,
        intermediates: args.intermediates.clone(),
        at: args.at.clone(),
        allow_weak: args.allow_weak.clone(),
        fetch: true,
        network: NetworkArgs { ..args.network.clone() },
        revocation: RevocationArgs { revocation: Some(RevocationArg::None), ..RevocationArgs::default() },
        ..VerifyArgs::default()
    }
}

/// A URL by itself: what is there, without a certificate to judge it by.
fn lone(url: &str, retriever: &Retriever) -> Lone {
    let retrieved = retriever.ask_alone(url);
    let content = match &retrieved.outcome {
        Ok(octets) => match Crl::from_der(octets) {
            Ok(crl) => Ok(crate::retrieve::Content::Crl(crl)),
            Err(_) => match input::read(octets) {
                Ok(input) => {
                    let certificates: Vec<Certificate> =
                        input.certificates().filter_map(|object| Certificate::from_der(&object.der).ok()).collect();
                    let crl = input.objects.iter().find_map(|object| Crl::from_der(&object.der).ok());
                    match (crl, certificates.is_empty()) {
                        (Some(crl), true) => Ok(crate::retrieve::Content::Crl(crl)),
                        (_, false) => Ok(crate::retrieve::Content::Certificates(certificates)),
                        (None, true) => Err("what came is neither a certificate nor a CRL".to_owned()),
                    }
                }
                Err(error) => Err(format!("what came is {error}")),
            },
        },
        Err(failure) => Err(format!("{}: {}", failure.stage.word(), failure.message)),
    };
    Lone { retrieved, content }
}
