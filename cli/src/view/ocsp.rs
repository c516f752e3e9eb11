//! The text of `certlens ocsp`.

use certlens_report::{Document, Emphasis, Field, Fields, Headline, Note, Text, Tone, Value};

use crate::facts::judged::DemandFacts;
use crate::facts::ocsp::{
    BasicFacts, CertIdFacts, EmbeddedFacts, JudgedResponseFacts, OcspExtensionFacts, OcspExtensionReading,
    OcspExtensionValueFacts, OcspOutcomeFacts, OcspReport, OcspRequestFacts, ResponderFacts, ResponseFacts,
    SingleFacts,
};
use crate::view::crl::distance;
use crate::view::inspect::{extension, key, name};
use crate::view::judged::{self, Answer};

/// The most statuses that are shown: some responders send thousands at once.
const MAX_SHOWN: usize = 20;

pub(crate) fn documents(report: &OcspReport) -> Vec<Document> {
    let several = report.messages.len() + report.not_read.len() > 1;
    let each = report.messages.iter().map(|message| match message {
        OcspOutcomeFacts::Response(response) => document(response, &report.request, several),
        OcspOutcomeFacts::Request(request) => request_document(request, several),
        OcspOutcomeFacts::Refused(refused) => judged::unreadable("OCSP MESSAGE", refused),
    });
    let mut documents: Vec<_> = each.collect();
    judged::push_beside(&mut documents, &report.findings);
    documents
}

fn of(origin: &str, several: bool) -> String {
    if several { format!("{origin}: ") } else { String::new() }
}

fn document(judged: &JudgedResponseFacts, demand: &DemandFacts, several: bool) -> Document {
    let response = &judged.response;
    let answer = Answer {
        what: "OCSP RESPONSE",
        good: "OCSP RESPONSE IN ORDER",
        of: of(&response.origin.text, several),
        sentence: sentence(response, Some(demand)),
    };
    let mut document = Document::new(judged::headline(answer, &judged.judgement));
    judged::push_checks(&mut document, &judged.judgement);
    push_response(&mut document, response);
    judged::push_findings(&mut document, &judged.judgement, &response.deviations, response.deviation_count);
    judged::push_demand(&mut document, demand);
    document
}

/// The response in one sentence.
fn sentence(response: &ResponseFacts, demand: Option<&DemandFacts>) -> String {
    let Some(basic) = &response.basic else {
        return format!("The responder answered {}.", response.response_status);
    };
    let in_question = basic.responses.iter().filter(|single| single.cert_id.is_certificate == Some(true));
    let all: Vec<&SingleFacts> = match in_question.collect::<Vec<_>>() {
        none if none.is_empty() => basic.responses.iter().collect(),
        some => some,
    };
    let responder = responder(&basic.responder);
    match all.as_slice() {
        [] => format!("A response of {responder} about no certificate."),
        [single] => {
            let next = match &single.next_update {
                Some(next) => format!("the next one due on {}{}", next.time, distance(next, demand)),
                None => "without a date for the next one".to_owned(),
            };
            format!(
                "{responder} said on {} of serial number {}: {}; {next}.",
                single.this_update.time,
                single.cert_id.serial.hex,
                status(single)
            )
        }
        several => format!("A response of {responder} about {} certificates.", several.len()),
    }
}

fn responder(responder: &ResponderFacts) -> String {
    match responder {
        ResponderFacts::Name(name) => name::shown(name).to_owned(),
        ResponderFacts::Key(hash) => format!("The key with the SHA-1 {hash}"),
    }
}

fn status(single: &SingleFacts) -> String {
    match &single.revocation {
        Some(revocation) => revocation.sentence(),
        None => single.status.to_owned(),
    }
}

/// A response that nothing was asked about.
pub(crate) fn inspected(response: &ResponseFacts) -> Document {
    let tone = if response.deviations.is_empty() { Tone::Neutral } else { Tone::Bad };
    let reason = format!("{} `certlens ocsp` checks it.", sentence(response, None));
    let mut document = Document::new(Headline::new(tone, "OCSP RESPONSE").reason(reason));
    push_response(&mut document, response);
    judged::push_findings(&mut document, &Default::default(), &response.deviations, response.deviation_count);
    document
}

/// A request that nothing was asked about.
pub(crate) fn inspected_request(request: &OcspRequestFacts) -> Document {
    request_document(request, false)
}

/// Everything that a response says.
fn push_response(document: &mut Document, response: &ResponseFacts) {
    let mut fields = vec![Field::new("Answer", response.response_status.clone())];
    if let Some(kind) = &response.response_type {
        fields.push(Field::new("Type", name::oid_in_full(kind)));
    }
    if let Some(basic) = &response.basic {
        fields.push(match &basic.responder {
            ResponderFacts::Name(name) => name::field("Responder", name),
            ResponderFacts::Key(hash) => {
                Field::new("Responder", Text::from("key with the SHA-1 ").with(Emphasis::Literal, hash.to_string()))
            }
        });
        fields.push(Field::new("Signed on", Text::literal(basic.produced_at.time.clone())));
        fields.push(version(basic.version));
    }
    fields.push(Field::new("Size", format!("{} octets", response.length)));
    fields.push(Field::new("Read from", response.origin.text.clone()));
    document.heading("Response").push(Fields::new(fields));
    if let Some(basic) = &response.basic {
        push_basic(document, basic);
    }
    let mut fields = response
        .basic
        .iter()
        .flat_map(|basic| key::algorithm("Signature algorithm", &basic.signature_algorithm))
        .collect::<Vec<_>>();
    fields.push(Field::new("SHA-256", Text::literal(response.sha256.to_string())));
    fields.push(Field::new("SHA-1", Text::literal(response.sha1.to_string())));
    document.heading("Signature and fingerprints").push(Fields::new(fields));
}

fn version(version: Option<u64>) -> Field {
    match version {
        Some(1) => Field::new("Version", "1"),
        Some(version) => Field::new("Version", format!("{version}, which does not exist")),
        None => Field::new("Version", "a number beyond 32 bits, which does not exist"),
    }
}

fn push_basic(document: &mut Document, basic: &BasicFacts) {
    let count = basic.responses.len();
    // The one in question first, wherever it stands.
    let mut shown: Vec<&SingleFacts> = basic.responses.iter().collect();
    shown.sort_by_key(|single| single.cert_id.is_certificate != Some(true));
    shown.truncate(MAX_SHOWN);
    let heading = if count > shown.len() {
        format!("{} of {count} statuses (--format json has all)", shown.len())
    } else if count == 1 {
        "Status".to_owned()
    } else {
        "Statuses".to_owned()
    };
    document.heading(heading).push(Fields::new(shown.into_iter().map(single_field)));
    push_extensions(document, "Extensions of the response", &basic.extensions);
    if !basic.certificates.is_empty() {
        document.heading("Certificates in the response").push(Fields::new(basic.certificates.iter().map(embedded)));
    }
}

fn push_extensions(document: &mut Document, heading: &str, extensions: &[OcspExtensionFacts]) {
    if !extensions.is_empty() {
        document.heading(heading).push(Fields::new(extensions.iter().map(extension_field)));
    }
}

fn cert_id_field(id: &CertIdFacts) -> Field {
    let serial = Text::literal(id.serial.hex.clone());
    let serial = match id.is_certificate {
        Some(true) => serial.with(Emphasis::Plain, " (the certificate given)"),
        Some(false) | None => serial,
    };
    let hash = name::oid_short(&id.hash);
    Field::new("Serial number", serial)
        .child(Field::new(format!("Issuer's name, {hash}"), Text::literal(id.issuer_name_hash.to_string())))
        .child(Field::new(format!("Issuer's key, {hash}"), Text::literal(id.issuer_key_hash.to_string())))
}

fn single_field(single: &SingleFacts) -> Field {
    let mut field = cert_id_field(&single.cert_id)
        .child(Field::new("Status", status(single)))
        .child(Field::new("As of", Text::literal(single.this_update.time.clone())));
    field = field.child(match &single.next_update {
        Some(next) => Field::new("Next one due", Text::literal(next.time.clone())),
        None => Field::new("Next one due", "not said: newer information is always there"),
    });
    single.extensions.iter().map(extension_field).fold(field, Field::child)
}

fn extension_field(one: &OcspExtensionFacts) -> Field {
    use OcspExtensionValueFacts as V;
    let mark = if one.critical { " (critical)" } else { "" };
    let label = |text: &str| format!("{text}{mark}");
    let value = match &one.reading {
        OcspExtensionReading::Value(value) => value,
        OcspExtensionReading::Error(broken) => {
            let note = Note::error("", broken.error.message.clone()).location(format!("byte {}", broken.error.offset));
            return Field::new(label(name::oid_short(&one.id)), "cannot be decoded")
                .note(note)
                .child(Field::hex("Octets", broken.octets.0.clone()));
        }
    };
    match value {
        V::Nonce { octets } => Field::hex(label("Nonce"), octets.0.clone()),
        V::CrlId { url, number, time } => {
            let mut field = Field::group(label("Taken from the CRL"));
            field.values.extend(url.iter().map(|url| Value::Text(Text::literal(url.clone()))));
            field.values.extend(number.iter().map(|number| Value::Text(format!("number {}", number.hex).into())));
            field.values.extend(time.iter().map(|time| Value::Text(format!("of {time}").into())));
            field
        }
        V::AcceptableResponses { types } => {
            types.iter().fold(Field::group(label("Accepted types")), |field, kind| field.value(name::oid_in_full(kind)))
        }
        V::ArchiveCutoff { time } => Field::new(label("Remembers back to"), Text::literal(time.clone())),
        V::ServiceLocator { issuer, locator } => locator
            .iter()
            .map(|access| extension::access_field(access, false, ""))
            .fold(name::field(&label("To be forwarded for"), issuer), Field::child),
        V::ExtendedRevoke => Field::new(label("Extended revoke"), "certificates never issued are answered as revoked"),
        V::SctList { timestamps } => {
            Field::new(label("Certificate transparency"), format!("{} timestamps", timestamps.len()))
        }
        V::Reason { code, name } => {
            Field::new(label("Reason"), name.map_or_else(|| format!("{code} (not defined)"), str::to_owned))
        }
        V::InvalidityDate { time } => Field::new(label("Invalid since"), Text::literal(time.clone())),
        V::CertificateIssuer { names } => extension::names_field(&label("Certificate issuer"), names),
        V::Unknown { octets } => Field::hex(label(&name::oid_in_full(&one.id)), octets.0.clone()),
    }
}

fn embedded(embedded: &EmbeddedFacts) -> Field {
    let certificate = match embedded {
        EmbeddedFacts::Read(certificate) => certificate,
        EmbeddedFacts::Error(error) => {
            let note = Note::error("", error.message.clone()).location(format!("byte {}", error.offset));
            return Field::new("Certificate", "cannot be read").note(note);
        }
    };
    let purposes = match &certificate.purposes {
        None => "not restricted".to_owned(),
        Some(purposes) if purposes.is_empty() => "none".to_owned(),
        Some(purposes) => purposes.iter().map(name::oid_short).collect::<Vec<_>>().join(", "),
    };
    let no_check = if certificate.ocsp_no_check { "need not be checked (ocsp-nocheck)" } else { "to be checked" };
    name::field("Certificate", &certificate.subject)
        .child(name::field("Issuer", &certificate.issuer))
        .child(Field::new("Serial number", Text::literal(certificate.serial.hex.clone())))
        .child(Field::new("Valid", format!("{} to {}", certificate.not_before, certificate.not_after)))
        .child(Field::new("Extended key usage", purposes))
        .child(Field::new("Its revocation", no_check))
        .child(Field::new("SHA-256", Text::literal(certificate.sha256.clone())))
}

fn request_document(request: &OcspRequestFacts, several: bool) -> Document {
    let of = of(&request.origin.text, several);
    let asked = match request.requests.as_slice() {
        [] => "It asks about no certificate.".to_owned(),
        [one] => format!("It asks about the serial number {}.", one.cert_id.serial.hex),
        all => format!("It asks about {} certificates.", all.len()),
    };
    let mut document = Document::new(Headline::new(Tone::Neutral, format!("{of}OCSP REQUEST")).reason(asked));
    let mut fields = vec![version(request.version)];
    if let Some(requestor) = &request.requestor {
        fields.push(Field::new("Requestor", name::general_name(requestor)));
    }
    fields.push(match &request.signature_algorithm {
        Some(algorithm) => Field::new("Signature", format!("{} (not verified)", algorithm.description)),
        None => Field::new("Signature", "none"),
    });
    fields.push(Field::new("Size", format!("{} octets", request.length)));
    fields.push(Field::new("Read from", request.origin.text.clone()));
    fields.push(Field::new("SHA-256", Text::literal(request.sha256.to_string())));
    document.heading("Request").push(Fields::new(fields));
    let shown = request.requests.iter().take(MAX_SHOWN);
    let asked =
        shown.map(|one| one.extensions.iter().map(extension_field).fold(cert_id_field(&one.cert_id), Field::child));
    document.heading("Certificates asked about").push(Fields::new(asked));
    push_extensions(&mut document, "Extensions", &request.extensions);
    judged::push_findings(&mut document, &Default::default(), &request.deviations, request.deviation_count);
    document
}
