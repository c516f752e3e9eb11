//! What a CRL says of itself and of its entries.

use certlens_testkit::{DistributionPointSpec, attributes, der, time};

use super::*;
use crate::encoding::der::DerErrorKind;
use crate::encoding::deviation::DeviationKind;
use crate::time::Time;
use crate::x509::extension::DistributionPointName;
use crate::x509::general_name::GeneralName as Read;
use crate::x509::validity::TimeForm;

/// Read in each way.
fn both(der: &[u8]) -> [Crl; 2] {
    [Crl::from_der(der).unwrap(), read(der, matches(&[&[5]])).unwrap()]
}

#[test]
fn fields_of_a_crl() {
    let der = CrlBuilder::new().number(300).entry(&[5]).signed_by(issuer());
    for crl in both(&der) {
        assert_eq!((crl.version(), crl.count(), crl.octets()), (Some(1), 1, der.len()));
        assert_eq!(crl.issuer_raw(), issuer().name.to_der());
        assert_eq!(crl.issuer().to_string(), "CN=CA");
        assert_eq!(crl.issuer_digest(), crl.issuer().digest());
        assert_eq!(crl.this_update().time, Time::from_unix(time::THIS_UPDATE));
        assert_eq!(crl.next_update().unwrap().time, Time::from_unix(time::NEXT_UPDATE));
        assert_eq!(crl.this_update().form, TimeForm::Utc);
        assert_eq!(der[crl.this_update().offset], 0x17);
        assert_eq!(crl.signature_algorithm().raw, crl.signed_algorithm().raw);
        assert_eq!(der[crl.signature_algorithm().offset..][..2], crl.signed_algorithm().raw[..2]);
        assert_eq!(der[crl.signature().offset], 0);
        assert_eq!(crl.signature().bytes, &der[crl.signature().offset + 1..]);
        assert_eq!(crl.number().unwrap().as_bytes(), [1, 44]);
        assert_eq!(crl.authority_key_identifier(), Some(issuer().key_identifier.as_slice()));
        assert_eq!(crl.extensions().len(), 2);
        assert!(!crl.is_delta() && crl.base_number().is_none());
        assert!(crl.issuing_distribution_point().unwrap().is_none());
        assert!(crl.unprocessed_entry().is_none() && !crl.has_certificate_issuer());
        assert!(crl.deviations().is_empty());
        assert_eq!(format!("{crl:?}"), "Crl(CN=CA, 1 entries)");
    }
    let [whole, matched] = both(&der);
    assert_eq!(whole.der(), Some(der.as_slice()));
    assert_eq!(whole.digest(), Some(sha256(&der)));
    assert!(matched.der().is_none() && matched.digest().is_none());
    assert!(matches!(whole.signed(), Message::Octets(octets) if octets == der::fields(&der)[0]));
    assert!(matches!(matched.signed(), Message::Hashed(_)));
    assert!(whole == Crl::from_der(&der).unwrap() && whole == whole.clone());
    assert!(matched == matched.clone() && matched != read(&der, matches(&[&[5]])).unwrap());
}

#[test]
fn version_1_and_no_entries() {
    for crl in both(&CrlBuilder::new().version_1().next_update(None).signed_by(issuer())) {
        assert_eq!((crl.version(), crl.count(), crl.extensions().len()), (None, 0, 0));
        assert!(crl.next_update().is_none() && crl.number().is_none() && crl.authority_key_identifier().is_none());
        assert_eq!(crl.lookup(&[5]), Lookup::Entries(Vec::new()));
        assert!(crl.deviations().is_empty());
        crl.make_index();
        assert_eq!(crl.lookup(&[5]), Lookup::Entries(Vec::new()));
    }
    let listed = CrlBuilder::new().version_1().entry(&[5]).signed_by(issuer());
    assert!(both(&listed).iter().all(|crl| entries(crl.lookup(&[5])).len() == 1));
    // RFC 5280 §5.1.2.6: absent, not empty.
    let empty = CrlBuilder::new().revoked_certificates_raw(der::sequence([[0; 0]])).signed_by(issuer());
    for crl in both(&empty) {
        assert_eq!(crl.count(), 0);
        let deviation = crl.deviations()[0];
        assert_eq!(deviation.kind, DeviationKind::EmptySequence);
        assert_eq!(empty[deviation.offset..][..2], [0x30, 0]);
    }
}

#[test]
fn versions() {
    let with = |number: i64| CrlBuilder::new().version_raw(der::integer(number)).signed_by(issuer());
    for (number, read) in [(0, 0), (2, 2), (-1, u32::MAX), (1 << 40, u32::MAX)] {
        assert!(both(&with(number)).iter().all(|crl| crl.version() == Some(read)), "{number}");
    }
}

#[test]
fn entries_say_what_they_say() {
    let (der, serials) = rich();
    let kept = Crl::from_der(&der).unwrap();
    let all: Vec<RevokedEntry> = kept.entries().collect();
    assert_eq!(all.len(), 7);
    assert_eq!((all[0].reason, all[1].reason, all[2].reason), (None, Some(4), Some(1)));
    assert_eq!(all[2].invalidity_date, Some(Time::from_unix(1_700_000_000)));
    assert!(all.iter().all(|entry| entry.revocation_date.time == Time::from_unix(time::REVOKED)));
    for entry in &all {
        assert_eq!(der[entry.offset], 0x30);
        assert_eq!(der[entry.revocation_date.offset], 0x17);
        assert_eq!(der[entry.offset + 4..][..entry.serial.len()], *entry.serial);
    }
    // certificateIssuer counts until the next one.
    let names: Vec<Option<String>> = all
        .iter()
        .map(|entry| match entry.certificate_issuer_names()?.iter().next()? {
            Read::Directory(name) => Some(name.to_string()),
            _ => None,
        })
        .collect();
    let [b, ca] = ["CN=B", "CN=CA"].map(|name| Some(name.to_owned()));
    assert_eq!(names, [None, None, b.clone(), b.clone(), b, ca.clone(), ca]);
    assert!(kept.has_certificate_issuer());
    let (oid, at) = kept.unprocessed_entry().unwrap();
    assert_eq!((oid.to_string().as_str(), at), ("1.2.3", all[6].offset));
    let matched = read(&der, matches(&serials)).unwrap();
    assert_eq!(matched.entries().collect::<Vec<_>>(), all);
    assert_eq!(said(&matched, &serials), said(&kept, &serials));
}

#[test]
fn an_entry_has_an_extension_once() {
    for extension in
        [Extension::crl_reason(1), Extension::invalidity_date(0), Extension::certificate_issuer(&Name::cn("B"))]
    {
        let entry = CrlEntry { extensions: vec![extension.clone(), extension], ..CrlEntry::new(&[5]) };
        let der = CrlBuilder::new().entry_full(entry).signed_by(issuer());
        for error in [Crl::from_der(&der).unwrap_err(), read(&der, matches(&[&[9]])).unwrap_err()] {
            assert!(error.to_string().contains("twice"), "{error}");
            assert_eq!(der[error.offset], 0x30);
        }
    }
}

#[test]
fn reasons_beyond_those_known() {
    let with = |value: Vec<u8>| CrlEntry {
        extensions: vec![Extension::new("2.5.29.21", false, value)],
        ..CrlEntry::new(&[5])
    };
    for (value, reason) in
        [(der::enumerated(10), 10), (der::enumerated(7), 7), (der::enumerated(-1), 255), (der::enumerated(300), 255)]
    {
        let crl = CrlBuilder::new().entry_full(with(value)).signed_by(issuer());
        for crl in both(&crl) {
            assert_eq!(entries(crl.lookup(&[5]))[0].reason, Some(reason));
        }
    }
    let not_a_number = CrlBuilder::new().entry_full(with(der::null())).signed_by(issuer());
    assert!(Crl::from_der(&not_a_number).is_err() && read(&not_a_number, matches(&[&[9]])).is_err());
}

#[test]
fn extensions_of_a_crl() {
    let relative = vec![(attributes::COMMON_NAME, der::utf8_string("point"))];
    let idp = IdpSpec { relative_name: relative, only_user: true, reasons: Some(vec![1, 8]), ..IdpSpec::default() };
    let der = CrlBuilder::new()
        .delta(3)
        .issuing_distribution_point(&idp)
        .extension(Extension::freshest_crl(&[DistributionPointSpec::uri("http://delta/")]))
        .extension(Extension::authority_info_access(&["http://ca/"], &[]))
        .extension(Extension::issuer_alt_name([GeneralName::dns("ca.example")]))
        .extension(Extension::new("1.2.3", true, der::null()))
        .signed_by(issuer());
    for crl in both(&der) {
        assert!(crl.is_delta());
        assert_eq!(crl.base_number().unwrap().as_bytes(), [3]);
        let point = crl.issuing_distribution_point().unwrap().unwrap();
        assert!(matches!(point.name, Some(DistributionPointName::Relative(_))));
        assert!(point.only_user_certs && !point.only_ca_certs && !point.indirect && !point.only_attribute_certs);
        assert_eq!(point.only_some_reasons.unwrap().names().len(), 2);
        let kinds: Vec<String> = crl.extensions().map(|extension| kind(&extension)).collect();
        assert_eq!(kinds, ["number", "delta", "point", "freshest", "access", "names", "unknown 0500", "identifier"]);
        assert_eq!(crl.extensions().filter(CrlExtension::is_critical).count(), 3);
    }
}

fn kind(extension: &CrlExtension<'_>) -> String {
    use CrlExtensionValue as V;
    match extension.value().unwrap() {
        V::AuthorityKeyIdentifier(_) => "identifier".into(),
        V::IssuerAltName(_) => "names".into(),
        V::CrlNumber(_) => "number".into(),
        V::DeltaCrlIndicator(_) => "delta".into(),
        V::IssuingDistributionPoint(_) => "point".into(),
        V::FreshestCrl(_) => "freshest".into(),
        V::AuthorityInfoAccess(_) => "access".into(),
        V::Unknown(octets) => {
            format!("unknown {octets:02x?}").replace(['[', ']', ',', ' '], "").replace("unknown", "unknown ")
        }
    }
}

/// One broken extension spoils no other, and the octet is told in either way.
#[test]
fn broken_extensions() {
    let der = CrlBuilder::new()
        .entry(&[5])
        .extension(Extension::new("2.5.29.20", false, vec![4, 1, 0x2a]))
        .extension(Extension::new("2.5.29.28", true, der::sequence([der::implicit(6, &[0x2b])])))
        .signed_by(issuer());
    for crl in both(&der) {
        let error = crl.extension(oids::CRL_NUMBER).unwrap().value().unwrap_err();
        assert_eq!((error.offset, crl.number()), (place_of(&[4, 1, 0x2a], &der), None));
        let error = crl.issuing_distribution_point().unwrap_err();
        assert_eq!((error.offset, error.kind), (place_of(&[0x86, 1, 0x2b], &der), DerErrorKind::TrailingData));
        assert!(crl.authority_key_identifier().is_some());
    }
    let broken = CrlBuilder::new().extension(Extension::new("2.5.29.27", true, der::null())).signed_by(issuer());
    assert!(both(&broken).iter().all(|crl| crl.is_delta() && crl.base_number().is_none()));
}
