//! Extensions as fields, each in the section where a person looks for it.

use certlens_core::x509::oid::{Oid, oids};
use certlens_report::{Emphasis, Field, Note, Text, Value};

use super::name::{general_name, location, oid_in_full, oid_short};
use crate::facts::certificate::CertificateFacts;
use crate::facts::extension::access::{AccessFacts, DistributionPointFacts};
use crate::facts::extension::policies::{PolicyFacts, PolicyMappingFacts, QualifierFacts};
use crate::facts::extension::qualified::{QcInfoFacts, QcStatementFacts};
use crate::facts::extension::transparency::SctFacts;
use crate::facts::extension::{
    BrokenExtension, ExtensionFacts, ExtensionReading, ExtensionValueFacts, PolicyConstraintsFacts, SubtreeFacts,
};
use crate::facts::general_name::GeneralNameFacts;
use crate::facts::time::TimeFacts;
use crate::facts::{Hex, OidFacts};

/// A group of extensions that answer one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// For which names; stands among the first fields.
    Names,
    /// For what.
    Usage,
    /// What a CA imposes on those below it.
    Constraints,
    /// Identifiers of keys and issuers.
    Identifiers,
    /// Where issuers, CRLs and responders are.
    Access,
    /// Under which policies.
    Policies,
    /// Certificate transparency.
    Transparency,
    /// Qualified certificates.
    Qualified,
    /// Microsoft's certificate services.
    Microsoft,
    /// The rest.
    Other,
}

impl Section {
    /// Those with a heading of their own, in reading order.
    pub(super) const ALL: [Section; 9] = [
        Section::Usage,
        Section::Constraints,
        Section::Identifiers,
        Section::Access,
        Section::Policies,
        Section::Transparency,
        Section::Qualified,
        Section::Microsoft,
        Section::Other,
    ];

    pub(super) const fn heading(self) -> &'static str {
        match self {
            Section::Names => "Names",
            Section::Usage => "Usage",
            Section::Constraints => "Constraints on certificates below",
            Section::Identifiers => "Identifiers",
            Section::Access => "Issuer and revocation",
            Section::Policies => "Policies",
            Section::Transparency => "Certificate transparency",
            Section::Qualified => "Qualified certificate",
            Section::Microsoft => "Microsoft certificate services",
            Section::Other => "Other extensions",
        }
    }

    /// Where an extension that cannot be decoded would have stood.
    fn of_broken(oid: &str) -> Section {
        let known = [
            (oids::SUBJECT_ALT_NAME, Section::Names),
            (oids::BASIC_CONSTRAINTS, Section::Usage),
            (oids::KEY_USAGE, Section::Usage),
            (oids::EXTENDED_KEY_USAGE, Section::Usage),
            (oids::NAME_CONSTRAINTS, Section::Constraints),
            (oids::CERTIFICATE_POLICIES, Section::Policies),
            (oids::CRL_DISTRIBUTION_POINTS, Section::Access),
            (oids::AUTHORITY_INFO_ACCESS, Section::Access),
        ];
        known.iter().find(|(known, _)| known.to_string() == oid).map_or(Section::Other, |(_, section)| *section)
    }
}

/// Extensions that come first in their section, in this order, and what is said
/// where there is none: a limit that is not set says as much as one that is.
const FIRST: [(Oid<'static>, Section, &str, Option<&str>); 5] = [
    (oids::SUBJECT_ALT_NAME, Section::Names, "Names", Some("none (there is no subjectAltName extension)")),
    (
        oids::BASIC_CONSTRAINTS,
        Section::Usage,
        "Certificate authority",
        Some("no (there is no basicConstraints extension)"),
    ),
    (oids::KEY_USAGE, Section::Usage, "Key usage", Some("not restricted (there is no keyUsage extension)")),
    (
        oids::EXTENDED_KEY_USAGE,
        Section::Usage,
        "Extended key usage",
        Some("not restricted (there is no extKeyUsage extension)"),
    ),
    (oids::SUBJECT_KEY_IDENTIFIER, Section::Identifiers, "Subject key identifier", None),
];

/// Every extension's fields with their section: first those that are always
/// looked for, then the others in encoded order.
pub(super) fn fields(facts: &CertificateFacts) -> Vec<(Section, Field)> {
    let first: Vec<String> = FIRST.iter().map(|(oid, ..)| oid.to_string()).collect();
    let rank_of = |id: &OidFacts| first.iter().position(|oid| *oid == id.oid).unwrap_or(FIRST.len());
    let mut ranked: Vec<(usize, Section, Field)> = Vec::new();
    let mut present = [false; FIRST.len()];
    for extension in &facts.extensions {
        let rank = rank_of(&extension.id);
        if let Some(seen) = present.get_mut(rank) {
            *seen = true;
        }
        let (section, fields) = match &extension.reading {
            ExtensionReading::Value(value) => {
                let mark = if extension.critical { " (critical)" } else { "" };
                read(value, extension, facts, mark)
            }
            ExtensionReading::Error(error) => (Section::of_broken(&extension.id.oid), vec![broken(extension, error)]),
        };
        ranked.extend(fields.into_iter().map(|field| (rank, section, field)));
    }
    for (rank, ((_, section, label, absent), present)) in FIRST.into_iter().zip(present).enumerate() {
        // A CA needs no alternative name.
        let is_expected = section != Section::Names || !is_ca(facts);
        if let Some(text) = absent
            && !present
            && is_expected
        {
            ranked.push((rank, section, Field::new(label, text)));
        }
    }
    ranked.sort_by_key(|(rank, ..)| *rank);
    ranked.into_iter().map(|(_, section, field)| (section, field)).collect()
}

/// Takes the fields of a section out.
pub(super) fn take(placed: &mut Vec<(Section, Field)>, section: Section) -> Vec<Field> {
    placed.extract_if(.., |(place, _)| *place == section).map(|(_, field)| field).collect()
}

/// Whether basicConstraints says so.
pub(super) fn is_ca(facts: &CertificateFacts) -> bool {
    let mut values = facts.extensions.iter().filter_map(ExtensionFacts::value);
    values.any(|value| matches!(value, ExtensionValueFacts::BasicConstraints { ca: true, .. }))
}

/// The section of a value and its fields; `mark` says whether it is critical.
fn read(
    value: &ExtensionValueFacts,
    extension: &ExtensionFacts,
    facts: &CertificateFacts,
    mark: &str,
) -> (Section, Vec<Field>) {
    use ExtensionValueFacts as V;
    let label = |text: &str| format!("{text}{mark}");
    let one = |text: &str, value: String| vec![Field::new(label(text), value)];
    match value {
        V::SubjectAltName { names } => (Section::Names, vec![names_field(&label("Names"), names)]),
        V::BasicConstraints { ca, path_length } => {
            (Section::Usage, one("Certificate authority", certificate_authority(*ca, *path_length)))
        }
        V::KeyUsage { usages } => (Section::Usage, one("Key usage", usages.join(", "))),
        V::ExtendedKeyUsage { purposes } => (Section::Usage, vec![oid_list(&label("Extended key usage"), purposes)]),
        V::MsApplicationPolicies { policies } => {
            (Section::Usage, policies_fields(&label("Application policy"), policies))
        }
        V::TlsFeature { features } => {
            let names = features
                .iter()
                .map(|feature| feature.name.clone().unwrap_or_else(|| format!("extension {}", feature.number)));
            (Section::Usage, one("TLS features", or_none(names.collect::<Vec<_>>().join(", "))))
        }
        V::NetscapeCertType { types } => (Section::Usage, one("Netscape certificate type", or_none(types.join(", ")))),
        V::PrivateKeyUsagePeriod { not_before, not_after } => {
            (Section::Usage, one("Private key usage period", period(not_before.as_ref(), not_after.as_ref())))
        }
        V::OcspNoCheck => (Section::Usage, one("OCSP no check", "a responder's own revocation is not checked".into())),
        V::NameConstraints { permitted, excluded } => (
            Section::Constraints,
            [("Permitted names", permitted), ("Excluded names", excluded)]
                .into_iter()
                .filter_map(|(text, list)| Some(subtrees_field(&label(text), list.as_ref()?)))
                .collect(),
        ),
        V::PolicyConstraints(constraints) => (Section::Constraints, policy_constraints("Policy", constraints, mark)),
        V::MsApplicationPolicyConstraints(constraints) => {
            (Section::Constraints, policy_constraints("Application policy", constraints, mark))
        }
        V::InhibitAnyPolicy { skip_certificates } => {
            (Section::Constraints, one("anyPolicy inhibited", after(*skip_certificates)))
        }
        V::PolicyMappings { mappings } => {
            (Section::Constraints, vec![mappings_field(&label("Policy mappings"), mappings)])
        }
        V::MsApplicationPolicyMappings { mappings } => {
            (Section::Constraints, vec![mappings_field(&label("Application policy mappings"), mappings)])
        }
        V::SubjectKeyIdentifier { key_identifier } => {
            let remark = if *key_identifier == facts.fingerprints.key_sha1 { " (SHA-1 of the key bits)" } else { "" };
            let text = Text::literal(key_identifier.to_string()).with(Emphasis::Quiet, remark);
            (Section::Identifiers, vec![Field::new(label("Subject key identifier"), text)])
        }
        V::AuthorityKeyIdentifier { key_identifier, issuer, serial } => {
            let mut field = Field::group(label("Authority key identifier"));
            field.values.extend(key_identifier.as_ref().map(|octets| Value::Text(Text::literal(octets.to_string()))));
            field.values.extend(issuer.iter().map(|name| Value::Text(general_name(name).into())));
            field
                .values
                .extend(serial.as_ref().map(|serial| Value::Text(format!("serial number {}", serial.hex).into())));
            (Section::Identifiers, vec![or_empty(field)])
        }
        V::IssuerAltName { names } => {
            (Section::Identifiers, vec![names_field(&label("Issuer alternative names"), names)])
        }
        V::OrganizationIdentifier(organization) => {
            let place: Vec<String> = std::iter::once(&organization.country)
                .chain(&organization.state)
                .map(|value| value.to_text())
                .collect();
            let (scheme, reference) = (organization.scheme.to_text(), organization.reference.to_text());
            (Section::Identifiers, one("Organization identifier", format!("{scheme} {} {reference}", place.join("+"))))
        }
        V::SubjectDirectoryAttributes { attributes } => {
            let field =
                attributes.iter().fold(Field::group(label("Subject directory attributes")), |field, attribute| {
                    let values: Vec<String> = attribute.values.iter().map(|value| value.to_text()).collect();
                    field.child(Field::new(oid_short(&attribute.kind), or_none(values.join(", "))))
                });
            (Section::Identifiers, vec![field])
        }
        V::AuthorityInfoAccess { descriptions } | V::SubjectInfoAccess { descriptions } => {
            let of_subject = matches!(value, V::SubjectInfoAccess { .. });
            let row = |access| access_field(access, of_subject, mark);
            (Section::Access, descriptions.iter().map(row).collect())
        }
        V::CrlDistributionPoints { points } => (Section::Access, points_fields(&label("CRL"), points)),
        V::FreshestCrl { points } => (Section::Access, points_fields(&label("Delta CRL"), points)),
        V::CertificatePolicies { policies } => (Section::Policies, policies_fields(&label("Policy"), policies)),
        V::SctList { timestamps } => {
            (Section::Transparency, timestamps.iter().map(|sct| sct_field(sct, mark)).collect())
        }
        V::CtPoison => {
            let text = "this is a precertificate, made for logs and never to be used";
            (Section::Transparency, one("Poison", text.into()))
        }
        V::QcStatements { statements } => {
            let fields = statements.iter().map(|statement| qc_field(statement, mark)).collect();
            (Section::Qualified, fields)
        }
        V::MsTemplateName { template } => (Section::Microsoft, one("Template name", template.to_text())),
        V::MsTemplate { template, major, minor } => (
            Section::Microsoft,
            one("Template", format!("{}{}", oid_in_full(template), template_version(*major, *minor))),
        ),
        V::MsCaVersion { certificate_index, key_index } => (
            Section::Microsoft,
            one(
                "CA version",
                format!(
                    "V{certificate_index}.{key_index} (certificate {certificate_index}, key {key_index}, counted from 0)"
                ),
            ),
        ),
        V::MsPreviousCaHash { sha1 } => {
            (Section::Microsoft, vec![octets_field(&label("Previous CA certificate, SHA-1"), sha1)])
        }
        V::MsNtdsSecurity { sid } => (Section::Microsoft, one("Account's security identifier", sid.clone())),
        V::NetscapeComment { comment } => (Section::Other, one("Netscape comment", comment.to_text())),
        V::SmimeCapabilities { capabilities } => {
            let mut field = Field::group(label("S/MIME capabilities"));
            field.values.extend(capabilities.iter().map(|capability| {
                let parameters = capability.parameters.as_ref().map(|octets| format!(", parameters #{octets}"));
                Value::Text(format!("{}{}", oid_in_full(&capability.algorithm), parameters.unwrap_or_default()).into())
            }));
            (Section::Other, vec![or_empty(field)])
        }
        V::Unknown { octets } => {
            (Section::Other, vec![Field::hex(label(&oid_in_full(&extension.id)), octets.0.clone())])
        }
    }
}

fn broken(extension: &ExtensionFacts, broken: &BrokenExtension) -> Field {
    let mark = if extension.critical { " (critical)" } else { "" };
    let note = Note::error("", broken.error.message.clone()).location(format!("byte {}", broken.error.offset));
    let field = Field::new(format!("{}{mark}", oid_short(&extension.id)), "cannot be decoded").note(note);
    let field = field.child(Field::hex("Octets", broken.octets.0.clone()));
    match &broken.second_reading {
        Some(text) => field.child(Field::new("x509-parser reads, leniently", text.clone())),
        None => field,
    }
}

fn or_none(text: String) -> String {
    if text.is_empty() { "(none)".to_owned() } else { text }
}

fn or_empty(field: Field) -> Field {
    if field.values.is_empty() { field.value("(empty)") } else { field }
}

fn octets_field(label: &str, octets: &Hex) -> Field {
    Field::new(label, Text::literal(octets.to_string()))
}

pub(in crate::view) fn names_field(label: &str, names: &[GeneralNameFacts]) -> Field {
    or_empty(names.iter().fold(Field::group(label), |field, name| field.value(general_name(name))))
}

fn oid_list(label: &str, list: &[OidFacts]) -> Field {
    or_empty(list.iter().fold(Field::group(label), |field, oid| field.value(oid_in_full(oid))))
}

fn certificate_authority(ca: bool, path_length: Option<u32>) -> String {
    match (ca, path_length) {
        (true, None) => "yes, without path length constraint".to_owned(),
        (true, Some(0)) => "yes, path length 0: it issues end-entity certificates alone".to_owned(),
        (true, Some(u32::MAX)) => "yes, with a path length that no path reaches".to_owned(),
        (true, Some(1)) => "yes, path length 1: at most one CA below".to_owned(),
        (true, Some(length)) => format!("yes, path length {length}: at most {length} CAs below"),
        (false, None) => "no".to_owned(),
        (false, Some(length)) => format!("no, but with path length {length}, which only CAs may have"),
    }
}

fn period(not_before: Option<&TimeFacts>, not_after: Option<&TimeFacts>) -> String {
    let from = not_before.map(|time| format!("from {}", time.time));
    let until = not_after.map(|time| format!("until {}", time.time));
    or_none([from, until].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn subtrees_field(label: &str, subtrees: &[SubtreeFacts]) -> Field {
    or_empty(subtrees.iter().fold(Field::group(label), |field, subtree| {
        let mut text = general_name(&subtree.base);
        if subtree.minimum != 0 {
            text.push_str(&format!(", minimum {}", subtree.minimum));
        }
        if subtree.has_maximum {
            text.push_str(", with a maximum");
        }
        field.value(text)
    }))
}

fn policy_constraints(what: &str, constraints: &PolicyConstraintsFacts, mark: &str) -> Vec<Field> {
    [
        (format!("{what} required{mark}"), constraints.require_explicit_policy),
        (format!("{what} mapping inhibited{mark}"), constraints.inhibit_policy_mapping),
    ]
    .into_iter()
    .filter_map(|(label, skip)| Some(Field::new(label, after(skip?))))
    .collect()
}

/// When a constraint begins, counted in certificates (RFC 5280 §4.2.1.11).
fn after(skip: u32) -> String {
    match skip {
        0 => "from here on".to_owned(),
        1 => "after 1 more certificate".to_owned(),
        u32::MAX => "after more certificates than any path has".to_owned(),
        more => format!("after {more} more certificates"),
    }
}

fn mappings_field(label: &str, mappings: &[PolicyMappingFacts]) -> Field {
    or_empty(mappings.iter().fold(Field::group(label), |field, mapping| {
        let (from, to) = (oid_in_full(&mapping.issuer_domain), oid_in_full(&mapping.subject_domain));
        field.value(format!("{from} counts as {to}"))
    }))
}

pub(in crate::view) fn access_field(access: &AccessFacts, of_subject: bool, mark: &str) -> Field {
    let label = match access.method.name.as_deref() {
        Some("ocsp") => "OCSP responder",
        Some("caIssuers") => "Issuer's certificate",
        Some("caRepository") => "CA repository",
        Some("adTimeStamping") => "Time stamping service",
        _ => access.method.oid.as_str(),
    };
    let whose = if of_subject { "Subject's " } else { "" };
    Field::new(format!("{whose}{label}{mark}"), location(&access.location))
}

pub(in crate::view) fn points_fields(label: &str, points: &[DistributionPointFacts]) -> Vec<Field> {
    points
        .iter()
        .map(|point| {
            let mut field = Field::group(label);
            field.values.extend(point.full_name.iter().map(|name| Value::Text(location(name))));
            field.values.extend(
                point
                    .relative_name
                    .iter()
                    .map(|rdn| Value::Text(format!("{} (relative to the CRL issuer's name)", rdn.rfc4514).into())),
            );
            let reasons = point.reasons.iter().map(|reasons| Field::new("Reasons", or_none(reasons.join(", "))));
            let issuers = point.crl_issuer.iter().map(|name| Field::new("CRL issuer", general_name(name)));
            field.children.extend(reasons.chain(issuers));
            field
        })
        .collect()
}

fn policies_fields(label: &str, policies: &[PolicyFacts]) -> Vec<Field> {
    policies
        .iter()
        .map(|policy| {
            let mut field = Field::new(label, oid_in_full(&policy.policy));
            for qualifier in &policy.qualifiers {
                field.children.extend(qualifier_fields(qualifier));
            }
            field
        })
        .collect()
}

fn qualifier_fields(qualifier: &QualifierFacts) -> Vec<Field> {
    match qualifier {
        QualifierFacts::Cps { uri } => vec![Field::new("Practice statement", Text::literal(uri.to_text()))],
        QualifierFacts::UserNotice { organization, numbers, text } => {
            let number = |number: &Option<u32>| number.map_or_else(|| "(beyond 32 bits)".to_owned(), |n| n.to_string());
            let reference = organization.as_ref().map(|organization| {
                let numbers: Vec<String> = numbers.iter().map(number).collect();
                Field::new(
                    "Notice reference",
                    format!("{}, number {}", organization.to_text(), or_none(numbers.join(", "))),
                )
            });
            let text = text.as_ref().map(|text| Field::new("Notice", text.to_text()));
            reference.into_iter().chain(text).collect()
        }
        QualifierFacts::Other { qualifier, octets } => vec![Field::hex(oid_in_full(qualifier), octets.0.clone())],
    }
}

fn sct_field(sct: &SctFacts, mark: &str) -> Field {
    match sct {
        SctFacts::V1(sct) => {
            let time = sct.timestamp.clone().unwrap_or_else(|| format!("{} ms after 1970", sct.timestamp_ms));
            let mut field = Field::new(format!("Timestamp{mark}"), Text::literal(time))
                .child(Field::new("Log", Text::literal(sct.log_id_base64.clone())))
                .child(Field::new("Signed with", format!("{} with {}", sct.signature_algorithm, sct.hash_algorithm)));
            if let Some(index) = sct.leaf_index {
                field = field.child(Field::new("Index in log", index.to_string()));
            } else if !sct.extensions.0.is_empty() {
                field = field.child(Field::hex("Extensions", sct.extensions.0.clone()));
            }
            field
        }
        SctFacts::Other { version, octets } => {
            Field::hex(format!("Timestamp of unknown version {version}{mark}"), octets.0.clone())
        }
    }
}

fn qc_field(statement: &QcStatementFacts, mark: &str) -> Field {
    let number =
        |number: Option<u32>| number.map_or_else(|| "(beyond 32 bits)".to_owned(), |number| number.to_string());
    let field = Field::group(format!("{}{mark}", oid_short(&statement.statement)));
    match &statement.info {
        QcInfoFacts::None => field.value("stated"),
        QcInfoFacts::LimitValue { currency, amount, exponent } => {
            field.value(format!("transactions up to {} × 10^{} {currency}", number(*amount), number(*exponent)))
        }
        QcInfoFacts::RetentionPeriod { years } => field.value(format!("{} years", number(*years))),
        QcInfoFacts::Disclosure { locations } => or_empty(locations.iter().fold(field, |field, place| {
            let url = Text::literal(place.url.to_text());
            field.value(url.with(Emphasis::Plain, format!(" ({})", place.language.to_text())))
        })),
        QcInfoFacts::Types { types } => {
            or_empty(types.iter().fold(field, |field, kind| field.value(oid_in_full(kind))))
        }
        QcInfoFacts::Legislation { countries } => {
            let countries: Vec<String> = countries.iter().map(|country| country.to_text()).collect();
            field.value(or_none(countries.join(", ")))
        }
        QcInfoFacts::Other { octets } => Field { values: vec![Value::Hex(octets.0.clone())], ..field },
    }
}

fn template_version(major: Option<u32>, minor: Option<u32>) -> String {
    match (major, minor) {
        (Some(major), Some(minor)) => format!(", version {major}.{minor}"),
        (Some(major), None) => format!(", version {major}"),
        (None, _) => String::new(),
    }
}
