//! The text of `certlens ha`: are the nodes ready, what decides it, check by check and
//! node by node, what to do, and what is left to the nodes.

use certlens_report::{Column, Document, Field, Fields, Headline, Note, Table, Text};

use crate::facts::check::AnswerFacts;
use crate::facts::demand::{DemandFacts, OutcomeFacts};
use crate::facts::ha::{AnswersFacts, AskedFacts, HaReport, NodeFacts, ServiceFacts};
use crate::read::shown;
use crate::view::check::{decisive, elsewhere, given, is_warning, notes, steps, tone, verdict, word};
use crate::view::inspect::finding_note;

pub(crate) fn document(report: &HaReport) -> Document {
    let headline = Headline::new(tone(report.answer), title(report.answer, &report.names, &answers(report)));
    let mut document = Document::new(headline.reason(reason(report)));
    if !report.nodes.is_empty() {
        let short = short(&report.nodes);
        document.heading("Nodes").push(nodes(&report.nodes, &short));
        document.heading("Checks").push(matrix(&report.nodes, &short));
        let notes = notes_by_node(report, &short);
        if !notes.is_empty() {
            document.heading("Why").push(notes);
        }
        let beside = beside(report);
        if !beside.is_empty() {
            document.heading("Beside that").push(beside);
        }
    }
    let all = || report.nodes.iter().flat_map(|node| &node.demands);
    let to_do = steps(&report.conversions, all());
    if !to_do.is_empty() {
        document.heading("What to do").push(to_do);
    }
    let converts = !report.conversions.is_empty();
    let left = elsewhere(all(), OutcomeFacts::OnNode, converts);
    if !left.is_empty() {
        document.heading("What only the nodes can tell").push(left);
    }
    let unasked = elsewhere(all(), OutcomeFacts::NotAsked, converts);
    if !unasked.is_empty() {
        document.heading("What was not asked").push(unasked);
    }
    if !report.asked.is_empty() {
        document.heading("URLs that were asked from here").push(asked(&report.asked));
    }
    if report.nodes.iter().any(|node| node.service.is_some()) {
        document
            .heading("Services that were connected to from here")
            .push(services(&report.nodes, &short(&report.nodes)));
    }
    document.heading("Checked with").push(Fields::new(checked_with(report)));
    document
}

/// What comes of each node; nothing where their certificates differ, as then none of them
/// is ready whatever comes of it alone.
fn answers(report: &HaReport) -> Vec<(&str, AnswerFacts)> {
    let differs = |demand: &DemandFacts| demand.code == "same-certificate" && demand.outcome == OutcomeFacts::Fail;
    if report.nodes.iter().any(|node| node.demands.iter().any(differs)) {
        return Vec::new();
    }
    report.nodes.iter().map(|node| (node.name.as_str(), node.answer)).collect()
}

/// What comes of all together where that is what comes of each; otherwise the nodes by
/// what comes of them, those first that decide.
fn title(answer: AnswerFacts, names: &[String], nodes: &[(&str, AnswerFacts)]) -> String {
    let all = [AnswerFacts::NotReady, AnswerFacts::CannotKnow, AnswerFacts::NothingAgainst, AnswerFacts::Ready];
    let of = |wanted: AnswerFacts| -> Vec<&str> {
        nodes.iter().filter(|(_, own)| *own == wanted).map(|(name, _)| *name).collect()
    };
    if of(answer).is_empty() {
        return format!("{}: {}", word(answer), names.join(", "));
    }
    let groups = all.into_iter().map(|one| (one, of(one))).filter(|(_, names)| !names.is_empty());
    groups.map(|(one, names)| format!("{}: {}", word(one), names.join(", "))).collect::<Vec<_>>().join("; ")
}

/// Whose keys were not looked at.
fn unseen(nodes: &[(&str, bool)]) -> String {
    let names: Vec<&str> = nodes.iter().filter(|(_, was_seen)| !was_seen).map(|(name, _)| *name).collect();
    match names.as_slice() {
        [] => String::new(),
        _ if names.len() == nodes.len() => "Keys were not looked at, as certificates alone were given. ".to_owned(),
        [one] => format!("The key of {one} was not looked at, as its certificate alone was given. "),
        _ => format!("The keys of {} were not looked at, as certificates alone were given. ", names.join(", ")),
    }
}

fn reason(report: &HaReport) -> String {
    let found = report.decisive.as_ref().and_then(|decisive| {
        let node = report.nodes.iter().find(|node| node.name == decisive.node)?;
        let demand = node.demands.iter().find(|demand| demand.code == decisive.code)?;
        Some((node, demand))
    });
    match found {
        Some((_, demand)) if report.nodes.len() == 1 => decisive(demand),
        Some((node, demand)) => format!("{}, {}", node.name, decisive(demand)),
        None => ready(report),
    }
}

fn ready(report: &HaReport) -> String {
    let codes = |wanted: &dyn Fn(&DemandFacts) -> bool| -> usize {
        let first = report.nodes.first().map(|node| node.demands.len()).unwrap_or_default();
        let any = |at: &usize| report.nodes.iter().any(|node| node.demands.get(*at).is_some_and(wanted));
        (0..first).filter(any).count()
    };
    let left = codes(&|demand| demand.outcome == OutcomeFacts::OnNode);
    let unasked = codes(&|demand| demand.outcome == OutcomeFacts::NotAsked);
    let warned = codes(&is_warning);
    let nodes = report.nodes.iter().map(|node| (node.name.as_str(), node.key_was_looked_at));
    let unseen = match report.answer {
        AnswerFacts::NothingAgainst => unseen(&nodes.collect::<Vec<_>>()),
        _ => String::new(),
    };
    let mut reason = format!("{unseen}Every check that can be made from here passes");
    if warned > 0 {
        reason.push_str(&format!(", {warned} with a warning"));
    }
    match left {
        0 => {}
        1 => reason.push_str("; one is left to the nodes"),
        left => reason.push_str(&format!("; {left} are left to the nodes")),
    }
    match unasked {
        0 => {}
        1 => reason.push_str("; one was not asked"),
        unasked => reason.push_str(&format!("; {unasked} were not asked")),
    }
    reason.push('.');
    reason
}

/// Names of nodes without the domain that all of them have.
fn short(nodes: &[NodeFacts]) -> Vec<String> {
    let domain = |name: &str| name.split_once('.').map(|(_, domain)| domain.to_owned());
    let first = nodes.first().and_then(|node| domain(&node.name));
    let is_common = nodes.len() > 1 && first.is_some() && nodes.iter().all(|node| domain(&node.name) == first);
    let label = |node: &NodeFacts| match node.name.split_once('.') {
        Some((label, _)) if is_common => label.to_owned(),
        _ => node.name.clone(),
    };
    nodes.iter().map(label).collect()
}

fn nodes(nodes: &[NodeFacts], short: &[String]) -> Table {
    let columns = ["Node", "File", "Certificate", "Valid to", "Thumbprint"].map(Column::left);
    nodes.iter().zip(short).fold(Table::new(columns), |table, (node, name)| {
        let certificate = node.certificate.as_ref();
        let subject = certificate.map_or_else(|| "not read".to_owned(), |one| one.subject.clone());
        let date = certificate.and_then(|one| one.not_after.get(..10)).unwrap_or_default();
        table.row([
            // Not to be broken.
            Text::literal(name.clone()),
            Text::from(shown(&node.file)),
            Text::from(subject),
            Text::from(date),
            Text::literal(certificate.map(|one| one.sha1.clone()).unwrap_or_default()),
        ])
    })
}

fn matrix(nodes: &[NodeFacts], short: &[String]) -> Table {
    let columns = std::iter::once(Column::left("Check")).chain(short.iter().map(|name| Column::left(name.clone())));
    let Some(first) = nodes.first() else { return Table::default() };
    first.demands.iter().enumerate().fold(Table::new(columns), |table, (at, demand)| {
        let cells = nodes.iter().map(|node| node.demands.get(at).map_or("", verdict));
        table.row(std::iter::once(demand.code).chain(cells))
    })
}

/// Why checks do not pass, those of several nodes with the same reason together.
fn notes_by_node(report: &HaReport, short: &[String]) -> Vec<Note> {
    let mut found: Vec<(usize, &DemandFacts, Vec<&str>)> = Vec::new();
    for (node, name) in report.nodes.iter().zip(short) {
        for (at, demand) in node.demands.iter().enumerate() {
            let is_alike = |(place, known, _): &&mut (usize, &DemandFacts, Vec<&str>)| {
                *place == at && known.reason == demand.reason && known.outcome == demand.outcome
            };
            match found.iter_mut().find(is_alike) {
                Some((_, _, names)) => names.push(name),
                None => found.push((at, demand, vec![name])),
            }
        }
    }
    found.sort_by_key(|(at, ..)| *at);
    let is_one = report.nodes.len() == 1;
    notes(found.into_iter().map(|(_, demand, names)| (demand, (!is_one).then(|| names.join(", ")))))
}

fn asked(asked: &[AskedFacts]) -> Table {
    let columns = ["Kind", "Result", "URL"].map(Column::left);
    asked.iter().fold(Table::new(columns), |table, one| {
        let words = |word: &str| Text::from(word.replace('_', " "));
        table.row([words(one.kind), words(one.status), Text::literal(one.url.clone())])
    })
}

fn services(nodes: &[NodeFacts], short: &[String]) -> Table {
    let columns = ["Node", "Connected to", "Answer", "Certificate"].map(Column::left);
    nodes.iter().zip(short).fold(Table::new(columns), |table, (node, name)| {
        let service = node.service.as_ref();
        let address = service.and_then(|service| service.endpoint.connected.clone());
        let presented = service.and_then(|service| service.presented.as_ref()).map(|one| one.sha1.clone());
        table.row([
            Text::literal(name.clone()),
            Text::from(address.unwrap_or_else(|| "nothing".to_owned())),
            Text::from(service.map(answer_of).unwrap_or_default()),
            Text::literal(presented.unwrap_or_default()),
        ])
    })
}

fn answer_of(service: &ServiceFacts) -> String {
    let failure = || {
        let Some(failure) = &service.endpoint.failure else { return String::new() };
        let codes = failure.codes();
        let codes = if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
        format!("{}: {}{codes}", failure.stage, failure.cause)
    };
    match service.answers {
        AnswersFacts::Tls => "net.tcp, TLS on".to_owned(),
        AnswersFacts::NoTls => "net.tcp, TLS not yet on".to_owned(),
        AnswersFacts::OtherService => format!("net.tcp; {}", failure()),
        AnswersFacts::NotAsked | AnswersFacts::Nothing => failure(),
    }
}

/// What is to be said of each file, of trust anchors and of intermediates.
fn beside(report: &HaReport) -> Vec<Note> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for node in &report.nodes {
        for remark in &node.remarks {
            if !seen.contains(&(node.file.as_str(), remark.as_str())) {
                seen.push((&node.file, remark));
            }
        }
    }
    let remarks = seen.into_iter().map(|(file, remark)| Note::warning("", format!("{}: {remark}", shown(file))));
    remarks.chain(report.findings.iter().map(finding_note)).collect()
}

fn checked_with(report: &HaReport) -> Vec<Field> {
    let mut fields = given(&report.given);
    let anchors: Vec<String> = report
        .anchors
        .iter()
        .map(|one| {
            format!(
                "{} ({})",
                one.set,
                if one.count == 1 { "1 anchor".to_owned() } else { format!("{} anchors", one.count) }
            )
        })
        .collect();
    fields.push(Field::new(
        "Trust anchors",
        if anchors.is_empty() { "none given".to_owned() } else { anchors.join(", ") },
    ));
    let asked = match (report.fetched, report.probed) {
        (true, true) => {
            "the URLs in the certificates were asked, and the nodes' services connected to, from here, which is not from the nodes"
        }
        (true, false) => "the URLs in the certificates were asked from here, which is not from the nodes",
        (false, true) => "the nodes' services were connected to from here, which is not from the other nodes",
        (false, false) => "not asked",
    };
    fields.push(Field::new("Network", asked));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_node_is_told_what_comes_of_it() {
        use AnswerFacts::{CannotKnow, NotReady, NothingAgainst, Ready};
        let names = ["a".to_owned(), "b".to_owned()];
        for (all, one, other, expected) in [
            (Ready, Ready, Ready, "READY: a, b"),
            (NothingAgainst, Ready, NothingAgainst, "NOTHING AGAINST IT: b; READY: a"),
            (NotReady, NotReady, CannotKnow, "NOT READY: a; CANNOT KNOW: b"),
            (NotReady, NotReady, NotReady, "NOT READY: a, b"),
        ] {
            assert_eq!(title(all, &names, &[("a", one), ("b", other)]), expected);
        }
        assert_eq!(title(CannotKnow, &names, &[]), "CANNOT KNOW: a, b");
    }

    #[test]
    fn keys_that_were_not_looked_at_are_named() {
        assert_eq!(unseen(&[("a", true), ("b", true)]), "");
        assert!(unseen(&[("a", false), ("b", false)]).starts_with("Keys were not looked at"));
        assert!(unseen(&[("a", true), ("b", false)]).starts_with("The key of b was not"));
        assert!(unseen(&[("a", true), ("b", false), ("c", false)]).starts_with("The keys of b, c were not"));
    }
}
