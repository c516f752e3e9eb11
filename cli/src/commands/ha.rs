//! `certlens ha`.

use certlens_core::identity::ReferenceName;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::profile::Profile;

use crate::args::HaArgs;
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::check::{AnswerFacts, BriefFacts, GivenFacts, decide, key, remarks};
use crate::facts::demand::{DemandFacts, OutcomeFacts, RemedyFacts};
use crate::facts::finding::FindingFacts;
use crate::facts::ha::{AnchorsFacts, HaReport, NodeFacts};
use crate::facts::inspect::NotReadFacts;
use crate::ha::{Chains, Content, Held, JUDGED_HERE, Layout, Material, Node, PROFILE, same_certificate};
use crate::password::Passwords;
use crate::pfx::PfxFile;
use crate::situation::{self, Judged, Situation};
use crate::{account, output, say, view};

pub(crate) fn run(args: &HaArgs) -> Result<Exit, Failure> {
    let Some(profile) = Profile::by_name(PROFILE) else { unreachable!("the profile is a constant") };
    let layout = Layout::new(args)?;
    if layout.inputs(args).filter(|name| *name == "-").count() > 1 {
        return Err(Failure::unusable("-: standard input can be read once, but is given several times"));
    }
    let situation = Situation::new(&args.demand, &args.password)?;
    let passwords = Passwords::new(&args.password)?;
    let hosts = layout.hosts();
    let named = hosts.iter().map(ToString::to_string).collect();
    let mut report = HaReport::new(GivenFacts::new(&situation, profile, named), args.fetch);
    report.names = layout.nodes.iter().map(|node| node.name.clone()).collect();
    let mut failures = Vec::new();

    let contents: Vec<Result<Content, Failure>> =
        layout.files.iter().map(|name| Content::read(name, &passwords)).collect();
    let inventories: Vec<Option<Inventory<'_>>> = contents
        .iter()
        .map(|content| content.as_ref().ok().and_then(Content::pfx).map(|file| Inventory::of(&file.pfx)))
        .collect();
    let mut materials: Vec<Option<Material<'_>>> = Vec::new();
    for ((name, content), inventory) in layout.files.iter().zip(&contents).zip(&inventories) {
        let material = match content {
            Ok(content) => {
                failures.extend(content.pfx().and_then(|file| file.failure()));
                Material::new(content, inventory.as_ref())
            }
            Err(failure) => Err(failure.clone()),
        };
        materials.push(match material {
            Ok(material) => Some(material),
            Err(failure) => {
                report.not_read.push(NotReadFacts::new(name, &failure));
                failures.push(failure);
                None
            }
        });
    }

    let mut chains = Chains::new(args);
    for node in &layout.nodes {
        let file = (materials.get(node.file), layout.files.get(node.file));
        let (Some(Some(material)), Some(name)) = file else { continue };
        let acl = node.acl.as_deref().map(situation::acl).transpose()?;
        let pfx = contents.get(node.file).and_then(|content| content.as_ref().ok()?.pfx());
        let key_to_it = pfx.and_then(situation::key_to);
        let suits_windows = pfx.is_none_or(PfxFile::suits_windows);
        let judged = Judged { name, key_to_it, suits_windows, hosts: &hosts, acl: acl.as_ref() };
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
            certificate: material.entity.certificate.map(BriefFacts::new),
            key: key(material.entity.key),
            demands,
            remarks: pfx.zip(of_file).map(|(file, inventory)| remarks(file, inventory)).unwrap_or_default(),
        });
    }
    compare(&layout, &materials, &mut report);
    for node in &mut report.nodes {
        node.answer = decide(node.demands.iter(), situation.strict).0.into();
    }
    for request in chains.requests() {
        let anchors = request.trust.sets.iter().map(|(set, count)| AnchorsFacts { set: set.clone(), count: *count });
        report.anchors.extend(anchors);
        report.findings.extend(FindingFacts::all(request.trust.findings.iter().chain(&request.findings)));
        if let Some(note) = request.retriever.as_ref().and_then(|one| one.borrow_mut().cache_note.take()) {
            say(&format!("note: what was retrieved could not be kept: {note}"));
        }
    }
    report.anchors.dedup();
    let exit = failures.iter().map(|failure| failure.exit).fold(report.decide(), Exit::max);
    report.exit_code = exit.code();
    output::write(&args.output, layout.inputs(args), || &report, || vec![view::ha::document(&report)])?;
    failures.iter().for_each(|failure| say(failure));
    if let Some(note) = account::unused(&args.network, chains.asked()) {
        say(&format!("note: {note}"));
    }
    Ok(exit)
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

/// Adds to each node whether its certificate is that of the others, first of all.
fn compare(layout: &Layout, materials: &[Option<Material<'_>>], report: &mut HaReport) {
    let mut held = Vec::new();
    for node in &layout.nodes {
        if let Some(Some(material)) = materials.get(node.file) {
            held.push(Held { node: &node.name, file: node.file, certificate: material.entity.certificate });
        }
    }
    for (node, row) in report.nodes.iter_mut().zip(same_certificate(&held)) {
        node.demands.insert(0, row);
    }
}
