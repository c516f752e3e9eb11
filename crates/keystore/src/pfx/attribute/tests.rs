use super::*;
use crate::pfx::place::Layer;
use certlens_core::encoding::der::encode;

const BASE: Place = Place { layer: Layer::File, offset: 100 };

fn attribute(oid: &[u8], values: &[&[u8]]) -> Vec<u8> {
    encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[oid]), &encode(Tag::SET, values)])
}

fn read_all(attributes: &[Vec<u8>]) -> Result<Attributes, PfxError> {
    let set = encode(Tag::SET, &[&attributes.concat()]);
    read(&mut Reader::new(&set), BASE, &mut 0)
}

fn bmp(text: &str) -> Vec<u8> {
    let octets: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    encode(Tag::BMP_STRING, &[&octets])
}

#[test]
fn the_first_counts() {
    let provider = |value: &[u8]| attribute(oid::MS_PROVIDER_NAME, &[value]);
    let read = read_all(&[provider(&bmp("CSP\0")), provider(&bmp("KSP"))]).unwrap();
    assert_eq!(read.provider, Some(AttributeText::Text("CSP".to_owned())));
    assert_eq!(read.problems.len(), 1);
    assert_eq!(read.problems[0].kind, AttributeProblemKind::Duplicate);
    assert_eq!(read.problems[0].to_string(), "the attribute provider name comes once more; the first counts");
    let read = read_all(&[attribute(oid::MS_PROVIDER_NAME, &[&bmp("A"), &bmp("B")])]).unwrap();
    assert_eq!(read.provider.unwrap().text(), Some("A"));
    assert_eq!(read.problems[0].kind, AttributeProblemKind::SeveralValues);
    assert_eq!(read.problems[0].place, Place { offset: 102, ..BASE });
}

#[test]
fn the_first_counts_though_it_says_nothing() {
    let provider = |values: &[&[u8]]| attribute(oid::MS_PROVIDER_NAME, values);
    for (first, expected) in [(provider(&[]), None), (provider(&[&[0x02, 1, 5]]), Some(AttributeText::Unreadable))] {
        let read = read_all(&[first, provider(&[&bmp("KSP")])]).unwrap();
        assert_eq!(read.provider, expected);
        assert_eq!(read.has_empty_provider(), expected.is_none());
        assert_eq!(read.problems[1].kind, AttributeProblemKind::Duplicate);
    }
    let id = |value: &[u8]| attribute(oid::LOCAL_KEY_ID, &[value]);
    let read = read_all(&[id(&bmp("1")), id(&[0x04, 1, 7])]).unwrap();
    assert_eq!((read.local_key_id, read.problems.len()), (None, 2));
}

#[test]
fn odd_values() {
    let table: &[(&[u8], Option<AttributeText>, AttributeProblemKind)] = &[
        (&[], None, AttributeProblemKind::NoValue),
        (&[0x1e, 0], Some(AttributeText::Text(String::new())), AttributeProblemKind::EmptyText),
        (&[0x1e, 1, 0], Some(AttributeText::Unreadable), AttributeProblemKind::OddLength { octets: 1 }),
        (&[0x1e, 2, 0xd8, 0], Some(AttributeText::Unreadable), AttributeProblemKind::MalformedText),
        (&[0x02, 1, 5], Some(AttributeText::Unreadable), AttributeProblemKind::WrongType { found: Tag::INTEGER }),
    ];
    for (value, text, problem) in table {
        let read = read_all(&[attribute(oid::MS_PROVIDER_NAME, &[value])]).unwrap();
        assert_eq!(&read.provider, text);
        assert_eq!(read.problems[0].kind, *problem);
    }
    let read = read_all(&[attribute(oid::LOCAL_KEY_ID, &[&bmp("1")])]).unwrap();
    assert_eq!(read.local_key_id, None);
    assert!(read.problems[0].to_string().ends_with("expected an OCTET STRING"));
}

#[test]
fn every_kind() {
    let property = [oid::MS_EXTENDED_PROPERTY, &[0x81, 0x05]].concat();
    let read = read_all(&[
        attribute(oid::MS_LOCAL_MACHINE_KEYSET, &[]),
        attribute(oid::LOCAL_KEY_ID, &[&[0x24, 0x80, 0x04, 1, 1, 0x04, 1, 0, 0, 0]]),
        attribute(oid::FRIENDLY_NAME, &[&encode(Tag::UTF8_STRING, &["schön".as_bytes()])]),
        attribute(&property, &[&[0x04, 1, 7]]),
        attribute(&[0x2a, 0x03], &[]),
    ])
    .unwrap();
    assert!(read.machine_keyset);
    assert_eq!(read.local_key_id, Some(vec![1, 0]));
    assert_eq!(read.friendly_name.unwrap().text(), Some("schön"));
    let octets = attribute(&property, &[&[0x04, 1, 7]]);
    assert_eq!(read.extended_properties, [ExtendedProperty { id: 133, octets }]);
    assert_eq!(read.extended_properties[0].value(), Some(vec![7]));
    let octets = attribute(&[0x2a, 0x03], &[]);
    assert_eq!(read.others, [OtherAttribute { oid: vec![0x2a, 0x03], octets }]);
    assert_eq!(read.problems, []);
}

#[test]
fn too_many() {
    let one = attribute(&[0x2a, 0x03], &[]);
    assert!(read_all(&vec![one.clone(); MAX_ATTRIBUTES]).is_ok());
    let error = read_all(&vec![one.clone(); MAX_ATTRIBUTES + 1]).unwrap_err();
    assert!(error.to_string().contains("MAX_ATTRIBUTES"), "{error}");
    let set = encode(Tag::SET, &[&one]);
    let mut total = MAX_FILE_ATTRIBUTES - 1;
    assert!(read(&mut Reader::new(&set), BASE, &mut total).is_ok());
    let error = read(&mut Reader::new(&set), BASE, &mut total).unwrap_err();
    assert!(error.to_string().contains("MAX_FILE_ATTRIBUTES"), "{error}");
}
