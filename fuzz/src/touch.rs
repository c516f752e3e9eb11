//! Asking a certificate for everything it has.

use std::fmt::Write;

use certlens_core::crypto::algorithm::SignatureAlgorithm;
use certlens_core::encoding::der::{Cursor, DeviationSink, SequenceOf};
use certlens_core::x509::Certificate;
use certlens_core::x509::extension::{
    DistributionPoint, DistributionPointName, ExtensionValue, GeneralSubtree, PolicyInformation, PolicyQualifier,
    QcStatementInfo,
};
use certlens_core::x509::general_name::{GeneralName, GeneralNames, ip_address, ip_subnet};
use certlens_core::x509::name::Name;
use certlens_core::x509::spki::AlgorithmIdentifier;
use certlens_core::x509::string::StringValue;

/// Asks a certificate for everything, checks what must hold of the answers,
/// and returns them as text, so that two readings can be compared.
pub fn touch(certificate: &Certificate) -> String {
    let mut said = Said { certificate, text: String::new() };
    said.fields();
    said.extensions();
    said.text
}

struct Said<'a> {
    certificate: &'a Certificate,
    text: String,
}

impl Said<'_> {
    fn say(&mut self, what: impl std::fmt::Debug) {
        let _ = writeln!(self.text, "{what:?}");
    }

    /// A slice that must be a part of the certificate.
    fn part(&mut self, octets: &[u8]) {
        let whole = self.certificate.der().as_ptr_range();
        let part = octets.as_ptr_range();
        // The default of an absent part is an empty slice from elsewhere.
        assert!(octets.is_empty() || (whole.start <= part.start && part.end <= whole.end), "a part lies outside");
        self.say(octets.len());
    }

    fn offset(&self, offset: usize) {
        assert!(offset <= self.certificate.der().len(), "offset {offset} lies outside");
    }

    fn fields(&mut self) {
        let certificate = self.certificate;
        self.say(certificate.version().to_string());
        self.say(certificate.id());
        self.part(certificate.tbs());
        let serial = certificate.serial();
        self.part(serial.as_bytes());
        self.say((serial.is_negative(), serial.is_zero(), serial.to_u32()));
        assert!(certificate.serial_span().end as usize <= certificate.der().len());
        self.part(certificate.issuer_raw());
        self.part(certificate.subject_raw());
        self.name(&certificate.issuer());
        self.name(&certificate.subject());
        assert_eq!(certificate.issuer().raw(), certificate.issuer_raw());
        assert_eq!(certificate.subject().raw(), certificate.subject_raw());
        for time in [certificate.not_before(), certificate.not_after()] {
            self.say((time.time.to_string(), time.is_early_generalized()));
            self.offset(time.offset);
        }
        self.part(certificate.spki_raw());
        let spki = certificate.spki();
        assert_eq!(spki.raw, certificate.spki_raw());
        self.part(spki.key.bytes);
        match spki.public_key() {
            Ok(key) => {
                assert!(certificate.key_error().is_none());
                self.say((key.bits(), key.describe()));
            }
            Err(error) => {
                assert_eq!(certificate.key_error(), Some(error));
                self.offset(error.offset);
            }
        }
        self.algorithm(&spki.algorithm);
        self.algorithm(&certificate.signature_algorithm());
        self.algorithm(&certificate.signed_algorithm());
        let sink = DeviationSink::new();
        self.algorithm(&certificate.signature_algorithm_noting(&sink));
        for deviation in sink.into_deviations() {
            self.offset(deviation.offset);
        }
        self.part(certificate.signature().bytes);
        for unique in [certificate.issuer_unique_id(), certificate.subject_unique_id()].into_iter().flatten() {
            self.part(unique);
        }
        for deviation in certificate.deviations() {
            self.offset(deviation.offset);
            self.say(deviation.kind.to_string());
        }
        self.offset(certificate.extensions_offset());
        self.say(certificate.is_self_issued());
        self.say(certificate.subject_key_identifier());
        self.say(certificate.authority_key_identifier());
        self.say(certificate);
    }

    fn algorithm(&mut self, identifier: &AlgorithmIdentifier<'_>) {
        self.part(identifier.raw);
        self.say(identifier.has_null_parameters());
        match SignatureAlgorithm::from_identifier(identifier) {
            Ok(algorithm) => self.say(algorithm.describe()),
            Err(error) => self.offset(error.offset),
        }
    }

    fn name(&mut self, name: &Name<'_>) {
        self.part(name.raw());
        let text = name.to_string();
        assert_eq!(text, name.rfc4514());
        assert!(!text.contains(['\n', '\r', '\0']), "a name does not stay on one line: {text:?}");
        assert!(name.matches(name));
        let canonical = name.canonical();
        assert_eq!(canonical.is_empty(), name.is_empty());
        self.say((text, canonical, name.is_empty()));
        for rdn in name.rdns() {
            for attribute in rdn.attributes() {
                self.part(attribute.raw());
                self.say((attribute.oid.name_or_dotted(), attribute.short_name(), name.last_value(attribute.oid)));
                self.string(&attribute.value);
            }
        }
        // What was accepted here is accepted when it stands alone.
        let raw = name.raw();
        let alone = certlens_core::encoding::der::Decode::decode(&mut Cursor::silent(raw));
        let Ok::<Name<'_>, _>(alone) = alone else { panic!("the name cannot be read alone") };
        assert!(alone.matches(name));
    }

    fn string(&mut self, value: &StringValue<'_>) {
        self.part(value.raw);
        self.say((value.text(), value.to_text()));
    }

    fn extensions(&mut self) {
        for extension in self.certificate.extensions() {
            self.part(extension.oid().as_bytes());
            self.part(extension.value_octets());
            let span = extension.span();
            assert!(span.start < span.end && span.end as usize <= self.certificate.der().len());
            self.say((extension.oid().to_string(), extension.oid().name(), extension.is_critical()));
            match extension.value() {
                Ok(value) => self.value(&value),
                Err(error) => {
                    self.offset(error.offset);
                    self.say(error.to_string());
                }
            }
            assert!(self.certificate.extension(extension.oid()).is_some());
        }
    }

    /// Every element of a list that was accepted can be read, so a list of
    /// octets has elements.
    fn list<'a, T>(&mut self, list: &SequenceOf<'a, T>, mut each: impl FnMut(&mut Self, T))
    where
        T: certlens_core::encoding::der::Decode<'a>,
    {
        self.part(list.raw());
        let mut count = 0;
        let mut walk = Cursor::silent(list.raw());
        for element in list.iter() {
            each(self, element);
            assert!(walk.read().is_ok());
            count += 1;
        }
        assert!(walk.is_empty(), "a list ends before its last element");
        assert_eq!(count == 0, list.is_empty());
    }

    fn value(&mut self, value: &ExtensionValue<'_>) {
        use ExtensionValue as V;
        match value {
            V::AuthorityKeyIdentifier(identifier) => {
                self.say((identifier.key_identifier, identifier.serial));
                if let Some(names) = &identifier.issuer {
                    self.names(names);
                }
            }
            V::SubjectKeyIdentifier(octets) | V::MsPreviousCaHash(octets) | V::Unknown(octets) => self.part(octets),
            V::KeyUsage(usage) => {
                assert!(!usage.names().is_empty());
                self.say(usage.names());
            }
            V::CertificatePolicies(policies) | V::MsApplicationPolicies(policies) => self.policies(policies),
            V::PolicyMappings(mappings) | V::MsApplicationPolicyMappings(mappings) => {
                self.list(mappings, |said, mapping| said.say((mapping.issuer_domain, mapping.subject_domain)));
            }
            V::SubjectAltName(names) | V::IssuerAltName(names) => self.names(names),
            V::SubjectDirectoryAttributes(attributes) => self.list(attributes, |said, attribute| {
                said.say(attribute.oid);
                for value in attribute.values() {
                    said.string(&value);
                }
            }),
            V::BasicConstraints(constraints) => self.say(constraints),
            V::NameConstraints(constraints) => {
                assert!(constraints.permitted.is_some() || constraints.excluded.is_some());
                for subtrees in [&constraints.permitted, &constraints.excluded].into_iter().flatten() {
                    self.list(subtrees, |said, subtree: GeneralSubtree<'_>| {
                        said.say((subtree.minimum, subtree.has_maximum));
                        said.general_name(&subtree.base);
                    });
                }
            }
            V::PolicyConstraints(constraints) | V::MsApplicationPolicyConstraints(constraints) => self.say(constraints),
            V::ExtendedKeyUsage(purposes) => self.list(purposes, |said, oid| said.say(oid.name_or_dotted())),
            V::CrlDistributionPoints(points) | V::FreshestCrl(points) => self.points(points),
            V::InhibitAnyPolicy(skip) => self.say(skip),
            V::AuthorityInfoAccess(places) | V::SubjectInfoAccess(places) => self.list(places, |said, place| {
                said.say(place.method);
                said.general_name(&place.location);
            }),
            V::PrivateKeyUsagePeriod(period) => self.say((period.not_before, period.not_after)),
            V::SctList(list) => {
                let mut count = 0;
                for timestamp in list.iter() {
                    count += 1;
                    self.part(timestamp.log_id);
                    self.part(timestamp.extensions);
                    self.part(timestamp.signature);
                    self.say((timestamp.version, timestamp.timestamp, timestamp.algorithm));
                }
                assert!(count > 0, "a list without a timestamp was accepted");
            }
            V::CtPoison | V::OcspNoCheck => {}
            V::TlsFeature(features) => self.list(features, |said, feature| said.say((feature, feature.name()))),
            V::QcStatements(statements) => self.list(statements, |said, statement| {
                said.say((statement.id, &statement.info));
                match &statement.info {
                    QcStatementInfo::Disclosure(locations) => said.list(locations, |said, location| {
                        said.string(&location.url);
                        said.string(&location.language);
                    }),
                    QcStatementInfo::Types(types) => said.list(types, |said, oid| said.say(oid)),
                    QcStatementInfo::Legislation(codes) => said.list(codes, |said, code| said.string(&code.0)),
                    QcStatementInfo::LimitValue { currency, .. } => said.part(currency.raw()),
                    _ => {}
                }
            }),
            V::SmimeCapabilities(capabilities) => self.list(capabilities, |said, capability| {
                said.say((capability.oid, capability.parameters));
            }),
            V::OrganizationIdentifier(identifier) => {
                self.string(&identifier.scheme);
                self.string(&identifier.country);
                self.string(&identifier.reference);
                if let Some(state) = &identifier.state {
                    self.string(state);
                }
            }
            V::MsTemplateName(text) | V::NetscapeComment(text) => self.string(text),
            V::MsTemplate(template) => self.say((template.id, template.major, template.minor)),
            V::MsCaVersion(version) => self.say(version),
            V::MsNtdsSecurity(security) => self.part(security.sid),
            V::NetscapeCertType(bits) => self.say(bits.names()),
        }
    }

    fn policies(&mut self, policies: &SequenceOf<'_, PolicyInformation<'_>>) {
        self.list(policies, |said, information| {
            said.say(information.policy.name_or_dotted());
            let Some(qualifiers) = &information.qualifiers else { return };
            said.list(qualifiers, |said, qualifier| match qualifier {
                PolicyQualifier::Cps(text) => said.string(&text),
                PolicyQualifier::UserNotice(notice) => {
                    for text in [&notice.organization, &notice.explicit_text].into_iter().flatten() {
                        said.string(text);
                    }
                    if let Some(numbers) = &notice.numbers {
                        said.list(numbers, |said, number| said.say(number.0));
                    }
                }
                PolicyQualifier::Other(oid, tlv) => {
                    said.say(oid);
                    said.part(tlv.raw());
                }
            });
        });
    }

    fn points(&mut self, points: &SequenceOf<'_, DistributionPoint<'_>>) {
        self.list(points, |said, point| {
            assert!(point.name.is_some() || point.crl_issuer.is_some());
            match &point.name {
                Some(DistributionPointName::Full(names)) => said.names(names),
                Some(DistributionPointName::Relative(rdn)) => {
                    for attribute in rdn.attributes() {
                        said.string(&attribute.value);
                    }
                }
                None => {}
            }
            said.say(point.reasons.map(|reasons| reasons.names()));
            if let Some(issuer) = &point.crl_issuer {
                said.names(issuer);
            }
        });
    }

    fn names(&mut self, names: &GeneralNames<'_>) {
        self.list(names, |said, name| said.general_name(&name));
    }

    fn general_name(&mut self, name: &GeneralName<'_>) {
        self.say(name.kind());
        match name {
            GeneralName::Other { oid, value } => {
                self.part(oid.as_bytes());
                self.part(value.raw());
            }
            GeneralName::Directory(name) => self.name(name),
            GeneralName::RegisteredId(oid) => self.say(oid.to_string()),
            GeneralName::Ip(octets) => self.say((ip_address(octets), ip_subnet(octets))),
            GeneralName::Rfc822(octets)
            | GeneralName::Dns(octets)
            | GeneralName::X400(octets)
            | GeneralName::EdiParty(octets)
            | GeneralName::Uri(octets) => self.part(octets),
        }
    }
}
