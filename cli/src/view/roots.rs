//! The text of `certlens roots`.

use certlens_report::{Column, Document, Field, Fields, Headline, Note, Table, Text, Tone};

use super::inspect::finding_note;
use super::roots_cure::steps;
use crate::facts::OidFacts;
use crate::facts::finding::FindingFacts;
use crate::facts::roots::{
    AnswerFacts, DifferenceFacts, FoundFacts, KindFacts, LikenessFacts, MemberFacts, RelationFacts, RestrictionFacts,
    RootsReport, SetFacts, VerdictFacts,
};

pub(crate) fn documents(report: &RootsReport) -> Vec<Document> {
    let mut documents = match report.command {
        "has" => report.answers.iter().map(|answer| answered(answer, report)).collect(),
        "diff" => vec![differences(report)],
        "show" => vec![shown(report)],
        _ => vec![listed(report)],
    };
    if let Some(last) = documents.last_mut() {
        notes(last, &report.findings);
        let lists =
            report.sets.iter().filter(|set| matches!(set.kind, KindFacts::TrustList | KindFacts::DisallowedList));
        for list in lists {
            last.push(Text::from(format!("The signature of the trust list is not verified: {}", list.name)));
        }
    }
    documents
}

fn notes(document: &mut Document, findings: &[FindingFacts]) {
    if !findings.is_empty() {
        let notes: Vec<Note> = findings.iter().map(finding_note).collect();
        document.heading("What could not be read").push(notes);
    }
}

/// What a set is called in a sentence.
fn called(set: &SetFacts) -> String {
    match set.kind {
        KindFacts::System => "the trust store of this system".to_owned(),
        KindFacts::Mozilla => "the Mozilla set".to_owned(),
        _ => set.name.clone(),
    }
}

/// The same, by its name.
fn called_by(report: &RootsReport, name: &str) -> String {
    report.sets.iter().find(|set| set.name == name).map_or_else(|| name.to_owned(), called)
}

fn roots(count: usize) -> String {
    format!("{count} {}", if count == 1 { "root" } else { "roots" })
}

fn label(member: &MemberFacts) -> String {
    let hash = || member.identifier.clone().unwrap_or_default();
    member.name.clone().unwrap_or_else(hash)
}

fn thumbprint(member: &MemberFacts) -> String {
    member.sha1.clone().or_else(|| member.identifier.clone()).unwrap_or_default()
}

/// What a list says beside the certificate, in few words.
fn remarks(member: &MemberFacts) -> String {
    let mut remarks = Vec::new();
    if let Some(disallowed) = &member.disallowed {
        remarks.push(format!("disabled{}", since(disallowed)));
    }
    if let Some(after) = &member.not_trusted_after {
        remarks.push(format!("not for certificates issued later than{}", since(after).replacen(" since", "", 1)));
    }
    if let Some(purposes) = &member.purposes
        && !purposes.iter().any(|purpose| purpose.name.as_deref() == Some("serverAuth"))
    {
        remarks.push("not for TLS servers".to_owned());
    }
    remarks.join("; ")
}

fn since(restriction: &RestrictionFacts) -> String {
    let mut text = restriction.since.as_deref().map(|since| format!(" since {since}")).unwrap_or_default();
    if !restriction.purposes.is_empty() {
        text.push_str(" for ");
        text.push_str(&purposes(&restriction.purposes));
    }
    text
}

fn purposes(purposes: &[OidFacts]) -> String {
    let names = purposes.iter().map(|purpose| purpose.name.as_deref().unwrap_or(&purpose.oid));
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn listed(report: &RootsReport) -> Document {
    let counts = report.sets.iter().map(|set| format!("{} in {}", roots(set.count), called(set)));
    let headline = Headline::new(Tone::Neutral, format!("ROOTS: {}", counts.collect::<Vec<_>>().join(", ")));
    let updates = report.sets.iter().filter_map(|set| {
        let next = set.next_update.as_deref().map(|next| format!(", the next one due by {next}")).unwrap_or_default();
        set.this_update.as_deref().map(|this| format!("{} is of {this}{next}.", set.name))
    });
    let updates = updates.collect::<Vec<_>>().join(" ");
    let mut document = Document::new(if updates.is_empty() { headline } else { headline.reason(updates) });
    let several = report.sets.len() > 1;
    let has_remarks = report.roots.iter().any(|root| !remarks(root).is_empty());
    let mut columns =
        vec![Column::left("Root"), Column::left("Key"), Column::left("Valid until"), Column::left("Thumbprint")];
    if several {
        columns.push(Column::left("Set"));
    }
    if has_remarks {
        columns.push(Column::left("Remarks"));
    }
    let table = report.roots.iter().fold(Table::new(columns), |table, root| {
        let date = root.not_after.as_deref().and_then(|time| time.get(..10)).unwrap_or_default();
        let mut row = vec![
            Text::from(root.name.clone().unwrap_or_default()),
            Text::from(root.key.clone().unwrap_or_default()),
            Text::from(date),
            Text::literal(thumbprint(root)),
        ];
        if several {
            row.push(Text::from(root.set.clone()));
        }
        if has_remarks {
            row.push(Text::from(remarks(root)));
        }
        table.row(row)
    });
    if !report.roots.is_empty() {
        document.push(table);
    }
    document
}

fn shown(report: &RootsReport) -> Document {
    let count = report.roots.len();
    let sets: Vec<String> = report.sets.iter().map(called).collect();
    let tone = if count == 0 { Tone::Bad } else { Tone::Neutral };
    let mut document = Document::new(
        Headline::new(tone, if count == 0 { "NO SUCH ROOT".to_owned() } else { roots(count).to_uppercase() })
            .reason(format!("Looked for in {}.", sets.join(", "))),
    );
    for root in &report.roots {
        document.heading(label(root)).push(Fields::new(fields(root)));
    }
    document
}

fn fields(root: &MemberFacts) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut field = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            fields.push(Field::new(name, value));
        }
    };
    field("Subject", root.subject.clone());
    field("Friendly name", root.friendly_name.clone());
    field("Thumbprint (SHA-1)", root.sha1.clone());
    field("SHA-256", root.sha256.clone());
    field("Hash in the list", root.identifier.clone());
    field("Key", root.key.clone());
    field("SHA-256 of the key", root.spki_sha256.clone());
    let validity = root.not_before.as_ref().zip(root.not_after.as_ref());
    field("Valid", validity.map(|(from, to)| format!("{from} to {to}")));
    field("Purposes", root.purposes.as_deref().map(purposes));
    field("Remarks", Some(remarks(root)).filter(|remarks| !remarks.is_empty()));
    field("Published at", root.download.map(str::to_owned));
    field("Where", Some(root.origin.clone()).filter(|_| !root.set.is_empty()));
    fields
}

/// `HERE`, or the sets where others than the system's were asked.
fn place(report: &RootsReport) -> String {
    match report.sets.iter().any(|set| matches!(set.kind, KindFacts::System)) {
        true => "HERE".to_owned(),
        false => {
            let names = report.sets.iter().filter(|set| set.kind != KindFacts::DisallowedList);
            format!("BY {}", names.map(|set| set.name.as_str()).collect::<Vec<_>>().join(", "))
        }
    }
}

fn answered(answer: &AnswerFacts, report: &RootsReport) -> Document {
    let (tone, said) = match answer.verdict {
        VerdictFacts::Trusted => {
            let excluded = answer.found.iter().any(|found| found.not_for_servers);
            (
                Tone::Good,
                format!("TRUSTED {}{}", place(report), if excluded { ", BUT NOT FOR TLS SERVERS" } else { "" }),
            )
        }
        VerdictFacts::OutOfDate => (Tone::Bad, format!("OUT OF DATE {}", place(report))),
        VerdictFacts::NotTrusted => (Tone::Bad, format!("NOT TRUSTED {}", place(report))),
        VerdictFacts::NoRoot => (Tone::Bad, "NO ROOT".to_owned()),
        VerdictFacts::Disallowed => (Tone::Bad, "DISALLOWED".to_owned()),
        VerdictFacts::EmptyStore => (Tone::Unclear, "NO ROOTS AT ALL".to_owned()),
    };
    let headline = Headline::new(tone, format!("{said}: {}", answer.name)).reason(reason(answer, report));
    let mut document = Document::new(headline);
    if let Some(wanted) = &answer.wanted {
        let heading = if answer.verdict == VerdictFacts::NoRoot { "The certificate" } else { "The root" };
        document.heading(heading).push(Fields::new(fields(wanted)));
    }
    for found in
        answer.found.iter().filter(|found| found.likeness != LikenessFacts::SameCertificate || found.disallowed)
    {
        document
            .heading(format!("In {}: {}", called_by(report, &found.root.set), likeness(found.likeness)))
            .push(Fields::new(fields(&found.root)));
    }
    let steps = steps(answer, report);
    if !steps.is_empty() {
        document.heading("What to do").push(steps);
    }
    document
}

const fn likeness(likeness: LikenessFacts) -> &'static str {
    match likeness {
        LikenessFacts::SameCertificate => "the same certificate",
        LikenessFacts::SameKey => "the same key, another certificate",
        LikenessFacts::SameName => "a root of this name",
        LikenessFacts::OtherKey => "the same name, another key",
        LikenessFacts::OtherName => "the same key, another name",
    }
}

fn reason(answer: &AnswerFacts, report: &RootsReport) -> Text {
    let of = |found: &FoundFacts| called_by(report, &found.root.set);
    let mut sentences = Vec::new();
    if let Some(found) = answer.found.iter().find(|found| found.disallowed) {
        let listed = report.sets.iter().any(|set| set.name == found.root.set && set.kind == KindFacts::DisallowedList);
        sentences.push(match listed {
            true => format!("It is in {}, a list of what Windows refuses.", of(found)),
            false => format!("{} has it {}.", of(found), remarks(&found.root)),
        });
    }
    for found in answer.found.iter().filter(|found| !found.disallowed) {
        let set = of(found);
        sentences.push(match found.likeness {
            LikenessFacts::SameCertificate => format!("{set} has this very certificate."),
            LikenessFacts::SameKey if found.out_of_date => {
                format!("{set} has its name and key in another certificate, which has expired or is not valid yet.")
            }
            LikenessFacts::SameKey => {
                format!("{set} has its name and key in another certificate, which serves as well.")
            }
            LikenessFacts::SameName => {
                format!("{set} has a root of this name; whether its key is the right one cannot be told from the name.")
            }
            LikenessFacts::OtherKey => {
                format!("{set} has a root of the same name with ANOTHER KEY, which is not this root.")
            }
            LikenessFacts::OtherName => format!("{set} has its key under another name, which does not help."),
        });
    }
    if answer.verdict != VerdictFacts::EmptyStore {
        sentences.extend(answer.missing_in.iter().map(|name| format!("{} does not have it.", called_by(report, name))));
    }
    match answer.verdict {
        VerdictFacts::NotTrusted
            if answer.in_mozilla && !report.sets.iter().any(|set| set.kind == KindFacts::Mozilla) =>
        {
            sentences.push("Mozilla trusts it.".to_owned());
        }
        VerdictFacts::NotTrusted if answer.wanted.is_none() && answer.found.is_empty() => {
            sentences.push("Mozilla has no root that is called so, either.".to_owned());
        }
        VerdictFacts::NoRoot => {
            let what = match answer.is_ca {
                Some(false) => "a certificate of an end entity",
                _ => "an intermediate",
            };
            let issuer = answer.issuer.as_deref().unwrap_or_default();
            sentences.push(format!(
                "It is {what}, issued by {issuer}: trust stores have roots, and what stands below a root is sent by servers."
            ));
            if let Some(set) = &answer.issuer_in {
                sentences.push(format!("Whoever issued it is a root in {}.", called_by(report, set)));
            }
            if answer.root_of_it.is_some() {
                sentences.push("Mozilla trusts a root of the same name and key.".to_owned());
            }
        }
        VerdictFacts::NotTrusted if answer.is_ca == Some(false) => {
            sentences
                .push("It says of itself that it is no CA: as a root it makes one server trusted alone.".to_owned());
        }
        VerdictFacts::OutOfDate => {
            sentences.push("It has expired, or is not valid yet: no path may end in it (RFC 5937).".to_owned());
        }
        VerdictFacts::EmptyStore => sentences.push("No root was found in the trust store.".to_owned()),
        _ => {}
    }
    let mut text = String::new();
    for sentence in sentences {
        if !text.is_empty() {
            text.push(' ');
        }
        let mut characters = sentence.chars();
        // A file's name is left as it is.
        match sentence.starts_with("the ") {
            true => {
                text.extend(characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters))
            }
            false => text.push_str(&sentence),
        }
    }
    Text::from(text)
}

fn differences(report: &RootsReport) -> Document {
    let of = |relation| report.differences.iter().filter(|row| row.relation == relation).collect::<Vec<_>>();
    let [left, right] = report.sets.as_slice() else { return Document::default() };
    let (refused, same) =
        (report.sets.iter().any(|set| set.kind == KindFacts::DisallowedList), report.same.unwrap_or_default());
    let count = |relation| of(relation).len();
    let parts = [
        format!("{same} the same"),
        format!("{} with the same key in another certificate", count(RelationFacts::SameKey)),
        format!("{} with the same name and another key", count(RelationFacts::OtherKey)),
        format!("{} only in {}", count(RelationFacts::OnlyLeft), called(left)),
        format!("{} only in {}", count(RelationFacts::OnlyRight), called(right)),
    ];
    let (tone, said) = match (refused, same, report.differences.is_empty()) {
        (true, 0, _) => (Tone::Good, "NONE IS DISALLOWED"),
        (true, ..) => (Tone::Bad, "DISALLOWED ROOTS"),
        (false, _, true) => (Tone::Good, "THE SAME"),
        _ => (Tone::Neutral, "DIFFERENT"),
    };
    let headline = Headline::new(tone, format!("{said}: {} and {}", left.name, right.name));
    let mut document = Document::new(headline.reason(format!("{}.", parts.join(", "))));
    if report.by_hash == Some(true) {
        document.push(Text::from(
            "One of them has hashes of certificates alone: another certificate of the same key counts as different.",
        ));
    }
    let sections: &[(RelationFacts, String)] = &[
        (RelationFacts::Same, "In both".to_owned()),
        (RelationFacts::OtherKey, "The same name, ANOTHER KEY".to_owned()),
        (RelationFacts::SameKey, "The same key, another certificate".to_owned()),
        (RelationFacts::OnlyLeft, format!("Only in {}", called(left))),
        (RelationFacts::OnlyRight, format!("Only in {}", called(right))),
    ];
    for (relation, heading) in sections {
        let rows = of(*relation);
        // What else there is in a list of what is refused is nobody's concern.
        let is_shown = !refused || *relation == RelationFacts::Same;
        if !rows.is_empty() && is_shown {
            document.heading(heading.as_str()).push(rows_of(&rows, left, right));
        }
    }
    document
}

fn rows_of(rows: &[&DifferenceFacts], left: &SetFacts, right: &SetFacts) -> Table {
    let both = rows.iter().any(|row| row.left.is_some() && row.right.is_some());
    let mut columns = vec![Column::left("Root")];
    match both {
        true => columns.extend([&left.name, &right.name].map(|name| Column::left(format!("Thumbprint in {name}")))),
        false => columns.push(Column::left("Thumbprint")),
    }
    rows.iter().fold(Table::new(columns), |table, row| {
        let sides = [&row.left, &row.right];
        let name = sides.into_iter().flatten().find_map(|side| side.name.clone()).unwrap_or_default();
        let thumbprints = sides.map(|side| side.as_ref().map(thumbprint).unwrap_or_default());
        match both {
            true => table.row(std::iter::once(Text::from(name)).chain(thumbprints.map(Text::literal))),
            false => table.row([Text::from(name), Text::literal(thumbprints.concat())]),
        }
    })
}
