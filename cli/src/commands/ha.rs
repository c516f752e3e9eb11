//! `certlens ha`.

use certlens_core::identity::ReferenceName;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::permissions::Acl;
use certlens_keystore::profile::{CertificateFacts, PrivateKeyFacts, Profile};

use crate::args::HaArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::check::{AnswerFacts, BriefFacts, key, remarks};
use crate::facts::demand::{DemandFacts, OutcomeFacts, RemedyFacts};
use crate::facts::finding::FindingFacts;
use crate::facts::ha::{AnchorsFacts, HaReport, NodeFacts};
use crate::facts::not_read::NotReadFacts;
use crate::ha::{Chains, Content, Held, JUDGED_HERE, Layout, Material, Node, PROFILE, Services, same_certificate};
use crate::password::Passwords;
use crate::pfx::PfxFile;
use crate::situation::{self, Judged, Situation};
use crate::{account, output, say, view};

pub(crate) fn run(args: &HaArgs) -> Result<Exit, Failure> {
    let Some(profile) = Profile::by_name(PROFILE) else { unreachable!("the profile is a constant") };
    output::refuse_certutil(args.output.format)?;
    let layout = Layout::new(args)?;
    let services = args.probe.then(|| Services::new(args, &layout)).transpose()?;
    let password_files = args.password.files().chain(args.network.password_files());
    output::keep_passwords(args.output.output.as_deref(), password_files)?;
    let situation = Situation::new(&args.demand)?;
    let passwords = Passwords::of_each(&args.password, layout.files.len())?;
    let acls = permissions(&layout)?;
    let hosts = layout.hosts();
    let named = hosts.iter().map(ToString::to_string).collect();
    let mut report = HaReport::new(situation.given(profile, named), args.fetch, args.probe);
    report.names = layout.nodes.iter().map(|node| node.name.clone()).collect();
    let mut failures = Vec::new();

    let contents: Vec<Result<Content, Failure>> =
        layout.files.iter().zip(&passwords).map(|(name, passwords)| Content::read(name, passwords)).collect();
    let inventories: Vec<Option<Inventory<'_>>> = contents
        .iter()
        .map(|content| content.as_ref().ok().and_then(Content::pfx).map(|file| Inventory::of(&file.pfx)))
        .collect();
    let mut materials: Vec<Material<'_>> = Vec::new();
    for ((name, content), inventory) in layout.files.iter().zip(&contents).zip(&inventories) {
        let material = match content {
            Ok(content) => {
                failures.extend(content.pfx().and_then(|file| file.failure()));
                Material::new(content, inventory.as_ref())
            }
            Err(failure) => Err(failure.clone()),
        };
        materials.push(material.unwrap_or_else(|failure| {
            report.not_read.push(NotReadFacts::new(name, &failure));
            let mut material = Material::unknown(&failure);
            if let Some(unread) = &mut material.unread {
                unread.advice = of_file(name, &unread.advice);
            }
            failures.push(failure);
            material
        }));
    }

    let mut chains = Chains::new(args);
    for node in &layout.nodes {
        let file = (materials.get(node.file), layout.files.get(node.file));
        let (Some(material), Some(name)) = file else { unreachable!("every node has a file") };
        let pfx = contents.get(node.file).and_then(|content| content.as_ref().ok()?.pfx());
        let password = situation::password_options_of(&args.password, node.file);
        let password = match pfx {
            Some(file) => file.password_for_next(password),
            None => password,
        };
        let judged = Judged {
            name,
            unread: material.unread.as_ref(),
            suits_windows: pfx.is_none_or(PfxFile::suits_windows),
            password: &password,
            hosts: &hosts,
            acl: node.acl.as_ref().and_then(|file| Some(&acls.iter().find(|(name, _)| *name == file)?.1)),
        };
        let (mut demands, conversion) = situation.judge(profile, &material.entity, judged);
        require_hosts(&mut demands, &layout.nodes, &hosts);
        let place = demands.iter().position(|demand| demand.code == JUDGED_HERE).unwrap_or(demands.len());
        let judged = chains.judge(&node.anchors, node.file, material)?;
        demands.splice(place..(place + 1).min(demands.len()), judged);
        report.conversions.extend(conversion.filter(|one| !report.conversions.contains(one)));
        let of_file = inventories.get(node.file).and_then(Option::as_ref);
        report.nodes.push(NodeFacts {
            name: node.name.clone(),
            file: name.clone(),
            answer: AnswerFacts::CannotKnow,
            certificate: material.entity.certificate.read().map(BriefFacts::new),
            key: key(material.entity.key),
            key_was_looked_at: !matches!(material.entity.key, PrivateKeyFacts::Elsewhere),
            demands,
            remarks: pfx.zip(of_file).map(|(file, inventory)| remarks(file, inventory)).unwrap_or_default(),
            service: None,
        });
    }
    compare(&layout, &materials, &mut report);
    if let Some(services) = services {
        let certificates: Vec<_> = layout
            .nodes
            .iter()
            .map(|node| materials.get(node.file).map_or(CertificateFacts::Unread, |one| one.entity.certificate))
            .collect();
        services.judge(&certificates, &mut report)?;
    }
    for request in chains.requests() {
        for (set, count) in &request.trust.sets {
            let anchors = AnchorsFacts { set: set.clone(), count: *count };
            if !report.anchors.contains(&anchors) {
                report.anchors.push(anchors);
            }
        }
        for finding in FindingFacts::all(request.trust.findings.iter().chain(&request.findings)) {
            if !report.findings.contains(&finding) {
                report.findings.push(finding);
            }
        }
        if let Some(note) = request.retriever.as_ref().and_then(|one| one.borrow_mut().cache_note.take()) {
            say(&format!("note: what was retrieved could not be kept: {note}"));
        }
    }
    for asked in chains.asked() {
        if !report.asked.contains(asked) {
            report.asked.push(asked.clone());
        }
    }
    let exit = failures.iter().map(|failure| failure.exit).fold(report.decide(), Exit::max);
    report.exit_code = exit.code();
    output::write(&args.output, layout.inputs(args), || &report, || vec![view::ha::document(&report)])?;
    failures.iter().for_each(|failure| say(failure));
    if let Some(note) = account::unused(&args.network, chains.asked().map(|asked| asked.url.as_str())) {
        say(&format!("note: {note}"));
    }
    Ok(exit)
}

/// What is to be done about one of several files.
fn of_file(name: &str, advice: &str) -> String {
    format!("for {}: {advice}", crate::read::shown(name))
}

/// The permissions of keys by their files, each file read once.
fn permissions(layout: &Layout) -> Result<Vec<(&String, Acl)>, Failure> {
    let mut known: Vec<(&String, Acl)> = Vec::new();
    for file in layout.nodes.iter().filter_map(|node| node.acl.as_ref()) {
        if !known.iter().any(|(name, _)| *name == file) {
            known.push((file, situation::acl(file)?));
        }
    }
    Ok(known)
}

/// That the certificate has the name of every node is the question: it is not left
/// open because a node's name was not given.
fn require_hosts(demands: &mut [DemandFacts], nodes: &[Node], hosts: &[ReferenceName]) {
    let unnamed: Vec<&str> = nodes.iter().filter(|node| node.host.is_none()).map(|node| node.name.as_str()).collect();
    if unnamed.is_empty() {
        return;
    }
    for demand in demands.iter_mut().filter(|demand| demand.code == "names" && demand.outcome != OutcomeFacts::Fail) {
        (demand.outcome, demand.counts) = (OutcomeFacts::CannotKnow, true);
        let rest = if hosts.is_empty() { "" } else { "the other nodes' names are there, but " };
        demand.reason = format!("{rest}the host name is not given of: {}", unnamed.join(", "));
        let what = "give the full host name of each node, as HOST=FILE or with --node";
        demand.remedy = Some(RemedyFacts::words(what));
    }
}

/// Adds to each node whether its certificate is that of the others, as soon as there is
/// one.
fn compare(layout: &Layout, materials: &[Material<'_>], report: &mut HaReport) {
    let held: Vec<Held<'_>> = layout
        .nodes
        .iter()
        .filter_map(|node| Some(Held { node: &node.name, certificate: materials.get(node.file)?.entity.certificate }))
        .collect();
    let rows = same_certificate(&held, layout.files.len() == 1);
    for (node, row) in report.nodes.iter_mut().zip(rows) {
        let place = node.demands.iter().position(|demand| demand.code == "certificate").map_or(0, |at| at + 1);
        node.demands.insert(place, row);
    }
}
