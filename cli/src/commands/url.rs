//! `certlens url`.

use crate::args::{RevocationArg, RevocationArgs, UrlArgs, VerifyArgs};
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::url::UrlReport;
use crate::password::Passwords;
use crate::url::{Answer, Lone, Reached, Rule, reach};
use crate::verification::{NotRead, Request, Verified};
use crate::{load, output, say, view};

pub(crate) fn run(args: &UrlArgs) -> Result<Exit, Failure> {
    let rule = if args.every_url { Rule::Every } else { Rule::OneOfEach };
    let (urls, files): (Vec<&String>, Vec<&String>) = args.targets.iter().partition(|target| target.contains("://"));
    let password_files = args.password.files().chain(args.network.password_files());
    output::keep_passwords(args.output.output.as_deref(), password_files)?;
    let passwords = Passwords::new(&args.password)?;
    let request = Request::new(&verification(args, &files))?;
    let retriever = match &request.retriever {
        Some(retriever) => retriever,
        None => unreachable!("retrieval was asked for"),
    };
    retriever.borrow_mut().ask_the_network();
    let mut reached = Vec::new();
    let mut not_read = Vec::new();
    for argument in files {
        match load::argument_opened(argument, &passwords) {
            Ok(read) => {
                not_read.extend(read.not_read.into_iter().map(|(argument, failure)| NotRead { argument, failure }));
                for source in &read.sources {
                    // The chain is built with what certificates say about their issuers.
                    match Verified::new(source, &request) {
                        Ok(verified) => reached.push(reach(verified, &request, &mut retriever.borrow_mut(), rule)),
                        Err(_) if !source.named && !source.is_damaged() && source.is_without_certificate() => {}
                        Err(failure) => not_read.push(NotRead { argument: source.name.clone(), failure }),
                    }
                }
            }
            Err(failure) => not_read.push(NotRead { argument: argument.clone(), failure }),
        }
    }
    let mut retriever = retriever.borrow_mut();
    retriever.begin();
    let lone: Vec<Lone> = retriever.ask_alone(&urls).into_iter().map(Lone::from).collect();
    if let Some(note) = retriever.cache_note.take() {
        say(&format!("note: what was retrieved could not be kept: {note}"));
    }
    drop(retriever);
    let asked = reached.iter().flat_map(|one| &one.rows).map(|row| row.url.as_deref().unwrap_or_default());
    if let Some(note) =
        crate::account::unused(&args.network, asked.chain(lone.iter().map(|one| one.retrieved.request.url.as_str())))
    {
        say(&format!("note: {note}"));
    }
    let exits = reached.iter().map(exit).chain(lone.iter().map(|one| one.exit(request.time)));
    let exit = exits.chain(not_read.iter().map(|one| one.failure.exit)).max().unwrap_or(Exit::Success);
    output::write(
        &args.output,
        args.targets.iter().chain(&args.path.anchors).chain(&args.path.intermediates),
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
    if !reached.revoked.is_empty() {
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
        path: args.path.clone(),
        allow_weak: args.allow_weak.clone(),
        fetch: true,
        network: args.network.clone(),
        revocation: RevocationArgs { revocation: Some(RevocationArg::None), ..RevocationArgs::default() },
        ..VerifyArgs::default()
    }
}
