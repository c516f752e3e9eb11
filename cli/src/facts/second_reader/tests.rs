use super::*;

const SERVER: &[u8] = include_bytes!("../../../../testdata/inspect/server.der");
const REFUSED: &[u8] = include_bytes!("../../../../testdata/inspect/refused.der");
const EVERY: &[u8] = include_bytes!("../../../../testdata/inspect/every-extension.der");
const BARE: &[u8] = include_bytes!("../../../../testdata/inspect/bare.der");

#[test]
fn what_certlens_refuses_is_read_and_says_where_certlens_stopped() {
    let refused = Certificate::from_der(REFUSED).unwrap_err();
    let facts = SecondReadingFacts::new(REFUSED, &refused, &Origin::Memory).unwrap();
    assert_eq!(facts.refused.offset, refused.offset);
    assert!(facts.refused.message.contains("expected SET, found SEQUENCE"), "{}", facts.refused.message);
    let reading = &facts.reading;
    assert_eq!(reading.subject, "C=DE, O=Example, CN=sql-a.example.com");
    assert_eq!(reading.names, ["dns:sql-a.example.com", "dns:sql-a", "ip:192.0.2.7"]);
    assert_eq!(reading.key_bits, Some(2048));
    assert_eq!(reading.key_algorithm.name.as_deref(), Some("rsaEncryption"));
    assert_eq!(reading.signature_algorithm.name.as_deref(), Some("id-RSASSA-PSS"));
    let names: Vec<&str> = reading.extensions.iter().filter_map(|extension| extension.id.name.as_deref()).collect();
    let wanted = ["subjectKeyIdentifier", "keyUsage", "extKeyUsage", "subjectAltName", "msCertificateTemplateName"];
    assert_eq!(names, wanted);
    assert_eq!(reading.extensions[1].value.as_deref(), Some("Digital Signature, Key Encipherment"));
    assert!(reading.extensions[1].critical && !reading.extensions[0].critical);
    assert_eq!(reading.extensions[4].value, None);
}

#[test]
fn both_readers_agree_on_ordinary_certificates() {
    for der in [SERVER, EVERY, BARE] {
        assert_eq!(disagreements(&Certificate::from_der(der).unwrap()), Vec::<String>::new());
    }
}

#[test]
fn a_refusal_and_a_difference_are_reported() {
    // Version number 2 (version 3) becomes negative.
    let mut der = SERVER.to_vec();
    let at = der.windows(5).position(|window| window == [0xa0, 3, 2, 1, 2]).unwrap();
    der[at + 4] = 0x82;
    let differences = disagreements(&Certificate::from_der(&der).unwrap());
    assert_eq!(differences, ["x509-parser refuses this certificate: invalid version"]);

    // The same certificate against the parse of another one: every field differs.
    let (_, other) = parse(EVERY).unwrap();
    let fields = compare(&Certificate::from_der(SERVER).unwrap(), &other);
    for field in
        ["tbsCertificate", "serialNumber", "issuer", "subject", "subjectPublicKeyInfo", "notAfter", "extensions"]
    {
        assert!(fields.iter().any(|text| text.starts_with(&format!("{field}: x509-parser reads "))), "{field}");
    }
    assert!(fields.iter().any(|text| text.starts_with("extension 2.5.29.")), "{fields:?}");
}

#[test]
fn a_panic_or_a_huge_object_in_the_second_reader_is_no_reading() {
    let panics = |_: &[u8]| -> u32 { panic!("a defect of the second reader") };
    assert_eq!(guarded(&[], panics), None);
    assert_eq!(guarded(&vec![0; MAX_OCTETS + 1], |_| 1), None);
    assert_eq!(guarded(&vec![0; MAX_OCTETS], |_| 1), Some(1));
    assert_eq!(read(&[]), None);
    assert_eq!(read(&SERVER[..SERVER.len() - 1]), None);
}

#[test]
fn octets_after_the_certificate_are_counted() {
    let mut der = SERVER.to_vec();
    der.extend([0, 0, 0]);
    assert_eq!(read(&der).unwrap().trailing_octets, 3);
}

#[test]
fn identifiers_without_an_end_have_no_dotted_form() {
    assert_eq!(oid_facts(&[0x55, 0x1d, 0x91]), OidFacts { oid: "#551d91".into(), name: None });
    assert_eq!(oid_facts(&[]), OidFacts { oid: "#".into(), name: None });
    assert_eq!(oid_name(&[0x55, 0x1d, 0x11]), "subjectAltName");
}
