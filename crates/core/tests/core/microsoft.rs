//! Trust lists and serialized stores.

use certlens_core::microsoft::serialized_store::{self, StoreErrorKind};
use certlens_core::microsoft::trust_list::{self, Identified, Meaning, TrustListError};
use certlens_core::x509::Certificate;
use certlens_core::x509::oid::oids;
use certlens_testkit::der::{sequence, tag, tlv};
use certlens_testkit::microsoft::{
    Properties, element, file_time, friendly_name, oid, serialized_store as store, signed_data, trust_list as list,
};
use certlens_testkit::{Ca, Key};

const SERVER_AUTH: &[u8] = b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";

fn root() -> Ca {
    Ca::anchor("Root of the List", Key::p256(1))
}

fn sha1(octets: &[u8]) -> Vec<u8> {
    use certlens_core::crypto::algorithm::HashAlgorithm;
    certlens_core::crypto::digest(HashAlgorithm::Sha1, octets).expect("SHA-1 is in every build")
}

fn entry(identifier: Vec<u8>, properties: Properties) -> Vec<(Vec<u8>, Properties)> {
    vec![(identifier, properties)]
}

#[test]
fn a_list_of_roots_says_what_is_trusted_for_what() {
    let root = root();
    let properties = vec![
        friendly_name("Wurzel ä"),
        (9, SERVER_AUTH.to_vec()),
        (98, vec![7; 32]),
        (104, file_time(1_505_433_600)),
        (126, file_time(1_700_000_000)),
        (127, SERVER_AUTH.to_vec()),
        (20, vec![1; 20]),
    ];
    let octets = list(oid::ROOTS, oid::SHA1, &entry(sha1(root.der()), properties));
    let read = trust_list::read(&octets).expect("it is one");
    assert_eq!(read.meaning(), Meaning::Roots);
    assert_eq!(read.this_update.to_string(), "2026-09-01T00:00:00Z");
    assert_eq!((read.next_update, read.problems.len()), (None, 0));
    let entry = read.entries.first().expect("there is one entry");
    assert_eq!(octets.get(entry.offset), Some(&0x30), "the offset is that of the entry in the file");
    let properties = &entry.properties;
    assert_eq!(properties.friendly_name.as_deref(), Some("Wurzel ä"));
    assert_eq!(properties.purposes.as_deref(), Some(&[oids::SERVER_AUTH][..]));
    assert_eq!(properties.sha256, Some(&[7; 32][..]));
    let since = |restriction: Option<certlens_core::microsoft::Restriction>| {
        restriction.and_then(|restriction| restriction.since).map(|time| time.to_string())
    };
    assert_eq!(since(properties.disallowed).as_deref(), Some("2017-09-15T00:00:00Z"));
    assert_eq!(since(properties.not_before).as_deref(), Some("2023-11-14T22:13:20Z"));
    assert_eq!(properties.not_before_purposes, [oids::SERVER_AUTH]);
    assert_eq!(properties.others, 1);

    let certificate = Certificate::from_der(root.der()).expect("it is a certificate");
    assert_eq!(read.identified.identifier(&certificate, 20).as_deref(), Some(entry.identifier));
    assert_eq!(read.identified.identifier(&certificate, 32), None, "the list is by SHA-1");
}

#[test]
fn a_list_of_refused_certificates_is_by_the_hash_of_the_signed_part() {
    let root = root();
    let certificate = Certificate::from_der(root.der()).expect("it is a certificate");
    let octets = list(oid::DISALLOWED, oid::SIGNATURE_HASH, &entry(sha1(certificate.tbs()), Vec::new()));
    let read = trust_list::read(&octets).expect("it is one");
    assert_eq!(read.meaning(), Meaning::Disallowed);
    assert_eq!(read.identified, Identified::SignedPart);
    let lengths =
        [16, 20, 32, 48, 64].map(|length| read.identified.identifier(&certificate, length).map(|id| id.len()));
    let md5 = cfg!(feature = "legacy").then_some(16);
    let known = [md5, Some(20), Some(32), Some(48), Some(64)];
    assert_eq!(lengths, known, "MD5, SHA-1 and SHA-2 are told by their length");
    assert_eq!(read.identified.identifier(&certificate, 20), Some(sha1(certificate.tbs())));
    assert_eq!(read.identified.identifier(&certificate, 21), None);
}

#[test]
fn a_broken_property_leaves_the_rest_readable() {
    for (number, value) in [
        (9, b"\x30\x03\x02\x01\x05".to_vec()),
        (11, b"odd".to_vec()),
        (98, vec![7; 31]),
        (104, vec![1; 7]),
        (11, vec![b'x'; 2_050]),
    ] {
        let octets = list(oid::ROOTS, oid::SHA1, &entry(vec![1; 20], vec![(number, value), friendly_name("Next")]));
        let read = trust_list::read(&octets).expect("the list can be read");
        assert_eq!(read.problems.len(), 1, "property {number}");
        let problem = read.problems.first().expect("there is one");
        assert!(problem.offset > 20 && problem.offset < octets.len(), "{problem}");
        let friendly = read.entries.first().and_then(|entry| entry.properties.friendly_name.as_deref());
        assert_eq!(friendly, Some("Next"), "property {number}");
    }
}

#[test]
fn what_is_no_trust_list_is_refused_where_it_is_wrong() {
    // id-data in a SignedData.
    let data = signed_data(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", &tlv(tag::OCTET_STRING, b"x"));
    let error = trust_list::read(&data).expect_err("it is another content");
    assert!(matches!(error, TrustListError::Content { .. }), "{error}");
    assert!(error.to_string().contains("1.2.840.113549.1.7.1"), "{error}");

    let good = list(oid::ROOTS, oid::SHA1, &entry(vec![1; 20], vec![friendly_name("R")]));
    for end in 0..good.len() {
        let cut = good.get(..end).unwrap_or_default();
        let error = trust_list::read(cut).expect_err("a part is no list");
        if let TrustListError::Structure(error) = error {
            assert!(error.offset <= end, "{error} of {end}");
        }
    }
    let long = list(oid::ROOTS, oid::SHA1, &entry(vec![1; 65], Vec::new()));
    let error = trust_list::read(&long).expect_err("no hash has 65 octets").to_string();
    assert!(error.contains("1 to 64 octets") && error.contains("trustedSubjects"), "{error}");
    // CMS has an OCTET STRING around the content.
    let content = sequence([sequence([oid::ROOTS]), tlv(tag::UTC_TIME, b"260901000000Z"), sequence([oid::SHA1])]);
    let wrapped = signed_data(b"\x06\x09\x2b\x06\x01\x04\x01\x82\x37\x0a\x01", &tlv(tag::OCTET_STRING, &content));
    assert_eq!(trust_list::read(&wrapped).map(|list| list.entries.len()), Ok(0));
}

#[test]
fn a_store_has_certificates_with_their_properties() {
    let (one, two) = (root(), Ca::anchor("Second", Key::p256(2)));
    let octets = store(&[
        (one.der().to_vec(), vec![friendly_name("One"), (3, vec![0; 20]), (104, Vec::new())]),
        (two.der().to_vec(), Vec::new()),
    ]);
    let read = serialized_store::read(&octets).expect("it is one");
    assert_eq!(read.broken, None);
    let ders: Vec<&[u8]> = read.certificates.iter().map(|element| element.raw).collect();
    assert_eq!(ders, [one.der(), two.der()]);
    for element in &read.certificates {
        assert!(octets.get(element.offset..).is_some_and(|rest| rest.starts_with(element.raw)));
    }
    let properties: Vec<_> = read.certificates.iter().map(|element| &element.properties).collect();
    let [first, second] = properties.as_slice() else { panic!("there are two") };
    assert_eq!((first.friendly_name.as_deref(), first.others), (Some("One"), 1));
    assert_eq!(first.disallowed.map(|disallowed| disallowed.since), Some(None), "disallowed always");
    assert_eq!(**second, certlens_core::microsoft::Properties::default(), "properties are of one certificate");
}

#[test]
fn a_broken_store_says_where_and_keeps_what_came_before() {
    let root = root();
    let good = store(&[(root.der().to_vec(), Vec::new())]);
    let end = good.len() - 12;
    let body = good.get(..end).expect("it is longer");
    let with = |tail: &[u8]| [body, tail].concat();
    let mut encoding = element(32, b"x");
    if let Some(octet) = encoding.get_mut(4) {
        *octet = 2;
    }
    let longer = [&32_u32.to_le_bytes()[..], &1_u32.to_le_bytes(), &9_u32.to_le_bytes(), b"x"].concat();
    let behind = [&[0; 12][..], b"xyz"].concat();
    let hanging = [element(11, b"x\0"), vec![0; 12]].concat();
    let cases = [
        (with(b""), end, StoreErrorKind::ElementTruncated { available: 0 }),
        (with(b"short"), end, StoreErrorKind::ElementTruncated { available: 5 }),
        (with(&encoding), end, StoreErrorKind::Encoding { found: 2 }),
        (with(&longer), end, StoreErrorKind::ContentTruncated { announced: 9, available: 1 }),
        (with(&behind), end + 12, StoreErrorKind::Trailing { octets: 3 }),
        (with(&hanging), end + 14, StoreErrorKind::End),
    ];
    for (octets, offset, kind) in cases {
        let read = serialized_store::read(&octets).expect("it starts as one");
        assert_eq!(read.certificates.len(), 1, "{kind:?}");
        let broken = read.broken.expect("something is wrong");
        assert_eq!((broken.offset, broken.kind), (offset, kind));
        assert!(broken.to_string().starts_with(&format!("byte {offset}: ")));
    }
    let error = serialized_store::read(b"\0\0\0\0CERX").expect_err("it is none");
    assert_eq!((error.offset, error.kind), (0, StoreErrorKind::Header));
}
