use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::encoding::der::{DerErrorKind, MAX_NESTING};
use crate::encoding::pem::{Base64Error, Base64Note};

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/data/input/", $name)).as_slice()
    };
}

const CA: &[u8] = data!("ca.der");
const VERSION1: &[u8] = data!("version1.der");
const CRL: &[u8] = data!("crl.der");
const BAG: &[u8] = data!("bag.p7b");

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn kinds(input: &Input) -> Vec<ObjectKind> {
    input.objects.iter().map(|object| object.kind).collect()
}

fn problems(input: &Input) -> Vec<ProblemKind> {
    input.problems.iter().map(|problem| problem.kind.clone()).collect()
}

fn label(label: &str) -> Armor {
    Armor::Pem { label: label.to_owned() }
}

/// One definite-length value, with this content.
fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84][..], &length, content].concat()
}

/// The same values with indefinite lengths in the outermost `depth` levels.
fn indefinite(der: &[u8], depth: usize) -> Vec<u8> {
    let mut reader = Reader::new(der);
    let mut out = Vec::new();
    while let Some(value) = reader.value().unwrap() {
        if value.header.tag.is_constructed() && depth > 0 {
            out.extend([value.header.tag.first_octet(), 0x80]);
            out.extend(indefinite(value.content, depth - 1));
            out.extend([0, 0]);
        } else {
            out.extend(value.raw);
        }
    }
    out
}

#[test]
fn der() {
    let input = read(CA).unwrap();
    let expected = InputObject {
        kind: ObjectKind::Certificate,
        der: CA.to_vec(),
        index: 0,
        offset: 0,
        armor: Armor::Binary,
        pkcs7_offset: None,
    };
    assert_eq!(
        input,
        Input { objects: vec![expected], problems: vec![], problems_omitted: 0, first_damage: None, text: None }
    );
}

#[test]
fn der_one_after_the_other() {
    let input = read(&[CA, VERSION1, CRL, b"\n\0"].concat()).unwrap();
    assert_eq!(kinds(&input), [ObjectKind::Certificate, ObjectKind::Certificate, ObjectKind::Crl]);
    assert_eq!(input.objects[1].der, VERSION1);
    assert_eq!(input.objects[1].offset, CA.len());
    assert_eq!(input.objects[2].index, 2);
    assert_eq!(problems(&input), [ProblemKind::TrailingData { octets: 2, blank: true }]);
    assert!(input.problems[0].kind.is_note());

    let input = read(&[CA, b"junk"].concat()).unwrap();
    assert_eq!(problems(&input), [ProblemKind::TrailingData { octets: 4, blank: false }]);
    assert_eq!(input.problems[0].offset, CA.len());

    let input = read(&[CA, &VERSION1[..100]].concat()).unwrap();
    assert_eq!(kinds(&input), [ObjectKind::Certificate]);
    assert!(matches!(problems(&input)[..], [ProblemKind::Damaged { kind: ObjectKind::Certificate, .. }]));
}

#[test]
fn truncated_der_says_what_is_missing() {
    let error = read(&CA[..200]).unwrap_err();
    let InputError::Damaged { problems, .. } = &error else { panic!("{error:?}") };
    let missing = DerErrorKind::Truncated { announced: CA.len() - 4, available: 196 };
    assert!(matches!(&problems[0].kind, ProblemKind::Damaged { error, .. } if error.kind == missing));
    assert_eq!(
        error.to_string(),
        "nothing in the file can be read: byte 1: an X.509 certificate is damaged: \
         length 371 announced, but only 196 octets are left"
    );
    assert!(error.advice().contains("incomplete"));
}

#[test]
fn pem_in_every_text_encoding() {
    let text = format!("subject=CN = \u{20ac}\n{}", pem("CERTIFICATE", CA));
    let utf16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let start = text.find("-----").unwrap();
    let table = [
        (text.clone().into_bytes(), TextEncoding::Utf8 { bom: false }, start),
        ([&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(), TextEncoding::Utf8 { bom: true }, start + 3),
        ([&[0xff, 0xfe][..], &utf16(u16::to_le_bytes)].concat(), TextEncoding::Utf16Le { bom: true }, 2 * start - 2),
        ([&[0xfe, 0xff][..], &utf16(u16::to_be_bytes)].concat(), TextEncoding::Utf16Be { bom: true }, 2 * start - 2),
        (utf16(u16::to_le_bytes), TextEncoding::Utf16Le { bom: false }, 2 * start - 4),
        (utf16(u16::to_be_bytes), TextEncoding::Utf16Be { bom: false }, 2 * start - 4),
        ([b"\x80\n", pem("CERTIFICATE", CA).as_bytes()].concat(), TextEncoding::EightBit, 2),
    ];
    for (file, encoding, offset) in table {
        let input = read(&file).unwrap();
        assert_eq!(input.text, Some(encoding));
        assert_eq!(input.objects[0].der, CA);
        assert_eq!(input.objects[0].offset, offset, "{encoding}");
        assert_eq!(input.objects[0].armor, label("CERTIFICATE"));
        assert_eq!(input.problems, []);
    }
}

#[test]
fn labels() {
    let key = |encrypted, form| ObjectKind::PrivateKey { encrypted, form };
    let table = [
        ("CERTIFICATE", CA, ObjectKind::Certificate),
        ("X509 CERTIFICATE", CA, ObjectKind::Certificate),
        ("TRUSTED CERTIFICATE", CA, ObjectKind::Certificate),
        ("X509 CRL", CRL, ObjectKind::Crl),
        ("CERTIFICATE REQUEST", data!("request.der"), ObjectKind::CertificateRequest),
        ("NEW CERTIFICATE REQUEST", data!("request.der"), ObjectKind::CertificateRequest),
        ("PRIVATE KEY", data!("key-pkcs8.der"), key(false, KeyForm::Pkcs8)),
        ("ENCRYPTED PRIVATE KEY", data!("key-pkcs8-encrypted.der"), key(true, KeyForm::Pkcs8)),
        ("RSA PRIVATE KEY", data!("key-pkcs1.der"), key(false, KeyForm::Pkcs1)),
        ("EC PRIVATE KEY", data!("key-sec1.der"), key(false, KeyForm::Sec1)),
        ("DSA PRIVATE KEY", data!("key-dsa.der"), key(false, KeyForm::Dsa)),
        ("OPENSSH PRIVATE KEY", b"openssh-key-v1\0\0\0\0\x04none", key(false, KeyForm::OpenSsh)),
        ("ANY PRIVATE KEY", b"not ASN.1 at all", key(false, KeyForm::Unknown)),
        ("PUBLIC KEY", data!("public.der"), ObjectKind::PublicKey),
        ("EC PARAMETERS", data!("curve.der"), ObjectKind::Parameters),
        ("EC PARAMETERS", &[6, 8, 42, 134, 72, 206, 61, 3, 1, 7], ObjectKind::Parameters),
        ("DH PARAMETERS", &[0x30, 6, 2, 1, 23, 2, 1, 5], ObjectKind::Parameters),
        ("PGP PUBLIC KEY BLOCK", b"whatever", ObjectKind::Pgp),
        ("NEVER SEEN", CA, ObjectKind::Certificate),
    ];
    for (label, der, kind) in table {
        let input = read(pem(label, der).as_bytes()).unwrap();
        assert_eq!(kinds(&input), [kind], "{label}");
        assert_eq!(input.problems, [], "{label}");
        let kept = !matches!(kind, ObjectKind::PrivateKey { .. } | ObjectKind::Pgp);
        assert_eq!(input.objects[0].der, if kept { der } else { &[] }, "{label}");
    }
}

#[test]
fn content_wins_over_the_label() {
    let contradicts = |label: &str, found| ProblemKind::LabelContradicts { label: label.to_owned(), found };
    let table = [
        ("CERTIFICATE REQUEST", CA, ObjectKind::Certificate),
        ("CERTIFICATE", CRL, ObjectKind::Crl),
        ("CERTIFICATE", data!("bag.pfx"), ObjectKind::Pfx),
        ("CERTIFICATE", data!("key-pkcs8.der"), ObjectKind::PrivateKey { encrypted: false, form: KeyForm::Pkcs8 }),
        ("PRIVATE KEY", CA, ObjectKind::Certificate),
    ];
    for (label, der, found) in table {
        let input = read(pem(label, der).as_bytes()).unwrap();
        assert_eq!(kinds(&input), [found], "{label}");
        assert_eq!(problems(&input), [contradicts(label, found)]);
    }
    let input = read(pem("CERTIFICATE", BAG).as_bytes()).unwrap();
    assert_eq!(input.certificates().count(), 2);
    assert_eq!(problems(&input), [contradicts("CERTIFICATE", ObjectKind::Pkcs7)]);
}

#[test]
fn a_declared_certificate_that_is_none_is_left_to_its_parser() {
    let input = read(pem("CERTIFICATE", &[0x30, 2, 5, 0]).as_bytes()).unwrap();
    assert_eq!(kinds(&input), [ObjectKind::Certificate]);
    let error = read(pem("CERTIFICATE", b"<html>Blocked</html>").as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "nothing in the file can be read: byte 0 (line 1), decoded byte 0: the content is a web page (HTML)"
    );
}

#[test]
fn key_and_certificate_together() {
    let key = data!("key-pkcs8.der");
    let text = format!("{}{}", pem("PRIVATE KEY", key), pem("CERTIFICATE", CA));
    let input = read(text.as_bytes()).unwrap();
    assert_eq!(input.objects[0].kind, ObjectKind::PrivateKey { encrypted: false, form: KeyForm::Pkcs8 });
    assert_eq!(input.objects[0].der, []);
    assert_eq!(input.require_certificates().unwrap()[0].index, 1);

    let input = read(data!("bag-attributes.pem")).unwrap();
    let key = ObjectKind::PrivateKey { encrypted: true, form: KeyForm::Pkcs8 };
    assert_eq!(kinds(&input), [ObjectKind::Certificate, key]);
    assert_eq!(input.objects[0].der, CA);

    let input = read(data!("key-proc-type.pem")).unwrap();
    assert_eq!(kinds(&input), [ObjectKind::PrivateKey { encrypted: true, form: KeyForm::Pkcs1 }]);
    let error = input.require_certificates().unwrap_err();
    assert_eq!(error.to_string(), "expected a certificate, found an RSA private key (PKCS#1)");
    assert!(error.advice().starts_with("give the certificate"));

    let input = read(&[data!("key-sec1.der"), CA].concat()).unwrap();
    assert_eq!(input.objects[0].der, [], "a key in DER is not kept either");
    assert_eq!(input.objects[1].der, CA);
}

#[test]
fn openssl_trust_settings_are_left_out() {
    let input = read(data!("trusted.pem")).unwrap();
    assert_eq!(input.objects[0].der, CA);
    assert!(matches!(problems(&input)[..], [ProblemKind::TrustSettings { octets: 1.. }]));
    assert_eq!(input.problems[0].inner, Some(CA.len()));
}

#[test]
fn bad_blocks_do_not_hide_good_ones() {
    let good = pem("CERTIFICATE", CA);
    let text = good.replacen("MII", "M!I", 1) + &good + &good[..300];
    let input = read(text.as_bytes()).unwrap();
    assert_eq!(kinds(&input), [ObjectKind::Certificate]);
    assert_eq!(input.objects[0].offset, good.len());
    let shown: Vec<_> = input.problems.iter().map(ToString::to_string).collect();
    assert_eq!(shown[0], "byte 29 (line 2): PEM block \"CERTIFICATE\": expected a base64 character, found '!'");
    let end = text.len();
    assert!(shown[1].starts_with(&format!("byte {end} (line ")), "{}", shown[1]);
    assert!(shown[1].ends_with("found the end of the file: it is truncated"), "{}", shown[1]);
    assert!(matches!(read(&good.as_bytes()[..300]), Err(InputError::Damaged { .. })));
}

#[test]
fn base64_without_boundaries() {
    let body = STANDARD.encode(CA);
    let lines = body.as_bytes().chunks(76).collect::<Vec<_>>().join(b"\r\n".as_slice());
    for text in [body.clone().into_bytes(), lines.clone(), [b"\n ", &lines[..], b"\r\n"].concat()] {
        let input = read(&text).unwrap();
        assert_eq!(input.objects[0].der, CA);
        assert_eq!(input.objects[0].armor, Armor::Base64);
        assert_eq!(input.problems, []);
    }
    let input = read(body.trim_end_matches('=').as_bytes()).unwrap();
    assert_eq!(problems(&input), [], "375 octets need no padding");
    let input = read(STANDARD.encode(VERSION1).trim_end_matches('=').as_bytes()).unwrap();
    assert_eq!(problems(&input), [ProblemKind::Unusual(Base64Note::Padding)]);
    assert_eq!(read(STANDARD.encode(BAG).as_bytes()).unwrap().certificates().count(), 2);

    let mut bad = lines;
    bad[100] = b'*';
    let error = read(&bad).unwrap_err();
    let InputError::Damaged { problems, .. } = error else { panic!("{error:?}") };
    assert_eq!((problems[0].offset, problems[0].line), (100, Some(2)));
    assert_eq!(problems[0].kind, ProblemKind::Base64(Base64Error::IllegalCharacter('*')));
}

#[test]
fn other_files_are_named() {
    let table: &[(&[u8], ObjectKind)] = &[
        (b"", ObjectKind::Empty),
        (b"\xef\xbb\xbf", ObjectKind::Empty),
        (b"\r\n", ObjectKind::Empty),
        (&[0; 1000], ObjectKind::AllZeros),
        (b"<html><body>Access denied</body></html>", ObjectKind::Html),
        (b"Just some words.", ObjectKind::TextWithoutPem),
        (b"0 s:CN=openssl s_client", ObjectKind::TextWithoutPem),
        (b"word", ObjectKind::TextWithoutPem),
        (b"PK\x03\x04\x14\0\0\0", ObjectKind::Zip),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", ObjectKind::Foreign("a JPEG image")),
        (b"ssh-rsa AAAAB3NzaC1yc2E= me", ObjectKind::SshKey),
        (&[0x30, 0], ObjectKind::UnknownDer),
        (b"\x01\x02\x03", ObjectKind::Unknown),
    ];
    for (file, kind) in table {
        assert_eq!(read(file), Err(InputError::Unrecognised { kind: *kind }), "{}", String::from_utf8_lossy(file));
    }
    let twice = STANDARD.encode(pem("CERTIFICATE", CA));
    let error = read(twice.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("Kubernetes secret"), "{error}");
    let error = read(pem("CERTIFICATE", CA).replace("-----", "----").as_bytes()).unwrap_err();
    assert!(error.to_string().contains("byte 4 (line 1): expected -----BEGIN"), "{error}");
}

#[test]
fn pkcs7_is_taken_apart() {
    let offset = |needle: &[u8], hay: &[u8]| hay.windows(needle.len()).position(|part| part == needle).unwrap();
    for (label_text, file, armor) in [
        ("DER", BAG.to_vec(), Armor::Binary),
        ("PKCS7", pem("PKCS7", BAG).into_bytes(), label("PKCS7")),
        ("CMS", pem("CMS", BAG).into_bytes(), label("CMS")),
    ] {
        let input = read(&file).unwrap();
        assert_eq!(kinds(&input), [ObjectKind::Certificate, ObjectKind::Certificate, ObjectKind::Crl]);
        for (object, der) in input.objects.iter().zip([CA, VERSION1, CRL]) {
            assert_eq!(object.der, der);
            assert_eq!(object.armor, armor);
            assert_eq!(object.pkcs7_offset, Some(offset(der, BAG)));
            assert_eq!(object.offset, if armor == Armor::Binary { offset(der, BAG) } else { 0 }, "{label_text}");
        }
        assert_eq!(input.problems, []);
    }
}

#[test]
fn pkcs7_of_indefinite_lengths() {
    for depth in 1..=4 {
        let ber = indefinite(BAG, depth);
        let input = read(&ber).unwrap();
        let der: Vec<_> = input.objects.iter().map(|object| object.der.as_slice()).collect();
        assert_eq!(der, [CA, VERSION1, CRL], "depth {depth}");
        assert_eq!(input.problems, []);
    }
    // Deeper, the certificates are BER themselves and stay as they stand.
    let ber = indefinite(BAG, 5);
    let input = read(&[&ber[..], CA].concat()).unwrap();
    assert_eq!(input.objects[0].der, indefinite(CA, 1));
    assert_eq!(input.objects[3].der, CA, "what follows is read too");
}

/// A ContentInfo with SignedData that has these certificates, CRLs and signers.
fn signed_data(certificates: &[u8], crls: &[u8], signers: &[u8]) -> Vec<u8> {
    let data = [&[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07][..], &[1]].concat();
    let parts = [
        &[0x02, 1, 1, 0x31, 0][..],
        &value(0x30, &data),
        &value(0xa0, certificates),
        &value(0xa1, crls),
        &value(0x31, signers),
    ];
    let oid = value(0x06, pkcs7::SIGNED_DATA);
    value(0x30, &[oid, value(0xa0, &value(0x30, &parts.concat()))].concat())
}

#[test]
fn pkcs7_with_other_content() {
    let input = read(data!("signed.p7m")).unwrap();
    assert_eq!(input.objects[0].der, CA);
    assert_eq!(problems(&input), [ProblemKind::Pkcs7Signed]);

    let error = read(data!("enveloped.p7m")).unwrap_err();
    let expected = "the PKCS#7 content type is 1.2.840.113549.1.7.3, envelopedData (encrypted); expected signedData";
    assert!(error.to_string().contains(expected), "{error}");
    assert!(error.advice().contains("P7B"));

    let others = [CA, &value(0xa0, b""), &value(0xa1, b""), &value(0xa2, b""), &value(0xa3, b"")].concat();
    let input = read(&signed_data(&others, &value(0xa1, b""), b"")).unwrap();
    assert_eq!(kinds(&input), [ObjectKind::Certificate]);
    let names: Vec<_> = problems(&input)
        .into_iter()
        .map(|problem| if let ProblemKind::Pkcs7Other(name) = problem { name } else { panic!("{problem:?}") })
        .collect();
    assert_eq!(
        names,
        [
            "a PKCS#6 extended certificate",
            "a version 1 attribute certificate",
            "an attribute certificate",
            "a certificate of another format",
            "revocation information of another format",
        ]
    );

    let error = read(&signed_data(b"", b"", b"")).unwrap_err();
    assert!(matches!(error, InputError::Damaged { problems, .. } if problems[0].kind == ProblemKind::Pkcs7Empty));
}

#[test]
fn pkcs7_broken_behind_a_certificate_keeps_it() {
    let file = signed_data(&[CA, &VERSION1[..100]].concat(), b"", b"");
    let input = read(&file).unwrap();
    assert_eq!(input.objects[0].der, CA);
    assert_eq!(input.objects.len(), 1);
    let [InputProblem { offset, kind: ProblemKind::Pkcs7(Pkcs7Error::Structure(error)), .. }] = &input.problems[..]
    else {
        panic!("{:?}", input.problems)
    };
    assert_eq!(error.kind, DerErrorKind::Truncated { announced: VERSION1.len() - 4, available: 96 });
    assert_eq!(*offset, input.objects[0].offset + CA.len() + 1);
}

#[test]
fn limits() {
    let zeros = vec![0; 100_000_000];
    let error = read(&zeros).unwrap_err();
    assert_eq!(error, InputError::TooLarge { octets: 100_000_000 });
    assert!(error.to_string().contains("67108864 (MAX_INPUT_OCTETS)"));

    // The smallest thing that passes for a certificate.
    let tiny = [0x30, 7, 0x30, 5, 0xa0, 3, 2, 1, 2];
    let expected = [ProblemKind::TooManyObjects];
    let input = read(&tiny.repeat(MAX_OBJECTS + 1)).unwrap();
    assert_eq!((input.objects.len(), problems(&input)), (MAX_OBJECTS, expected.to_vec()));
    let input = read(&signed_data(&tiny.repeat(MAX_OBJECTS + 1), b"", b"")).unwrap();
    assert_eq!((input.objects.len(), problems(&input)), (MAX_OBJECTS, expected.to_vec()));
    let input = read(pem("CERTIFICATE", &tiny).repeat(MAX_OBJECTS + 1).as_bytes()).unwrap();
    assert_eq!((input.objects.len(), problems(&input)), (MAX_OBJECTS, expected.to_vec()));
    assert!(read(&tiny.repeat(MAX_OBJECTS)).unwrap().problems.is_empty());

    let text = "-----BEGIN X\n".repeat(MAX_PROBLEMS + 7) + &pem("CERTIFICATE", CA);
    let input = read(text.as_bytes()).unwrap();
    assert_eq!((input.problems.len(), input.problems_omitted), (MAX_PROBLEMS, 7));
}

#[test]
fn hostile_input_of_the_largest_size_is_answered() {
    let fill = |pattern: &[u8]| {
        let mut file = pattern.repeat(MAX_INPUT_OCTETS / pattern.len());
        file.resize(MAX_INPUT_OCTETS, b'\n');
        file
    };
    let begin =
        |rest: &[u8]| [b"-----BEGIN X-----", &fill(rest)[..MAX_INPUT_OCTETS - 34], b"\n-----END X-----\n"].concat();
    let nested = signed_data(&[0x30, 0x80].repeat(1_000_000), b"", b"");
    let table = [
        ("zeros", fill(b"\0")),
        ("dashes", fill(b"-")),
        ("boundaries", fill(b"-----BEGIN ")),
        ("boundaries with labels", fill(b"-----BEGIN X-----")),
        ("ends", begin(b"-----END ")),
        ("dashes in a block", begin(b"-")),
        ("headers", begin(b"\na: b")),
        ("escapes", begin(b"\\n")),
        ("one long line", begin(b"QUJD")),
        ("letters", fill(b"M")),
        ("BEGIN without dashes", fill(b"BEGIN ")),
        ("nested indefinite lengths", fill(&[0x30, 0x80])),
        ("nested definite lengths", fill(&[0x30, 0x84, 3, 0xff, 0xff, 0])),
        ("nested in PKCS#7", nested),
        ("UTF-16", fill(b"A\0")),
    ];
    for (name, file) in table {
        let result = read(&file);
        assert!(result.is_err(), "{name}: {:?}", result.map(|input| input.objects.len()));
    }
}

#[test]
fn nesting_is_bounded_and_named() {
    let deep = |depth: usize| [0x30, 0x80].repeat(depth).into_iter().chain([0, 0].repeat(depth)).collect::<Vec<u8>>();
    let file = |depth: usize| signed_data(&deep(depth), b"", b"");
    // ContentInfo, [0], SignedData and [0] are open already.
    assert_eq!(read(&file(MAX_NESTING - 4)).unwrap().objects.len(), 1);
    let error = read(&file(MAX_NESTING - 3)).unwrap_err();
    assert!(error.to_string().contains("deeper than 32 levels"), "{error}");
}

#[test]
fn changed_or_cut_files_never_panic() {
    let pem = [pem("CERTIFICATE", CA), pem("PKCS7", BAG)].concat().into_bytes();
    let utf16: Vec<u8> = pem.iter().flat_map(|&octet| [octet, 0]).collect();
    let ber = indefinite(BAG, 4);
    for file in [CA, BAG, &ber, &pem, &utf16, data!("trusted.pem"), data!("signed.p7m")] {
        let shown = |file: &[u8]| match read(file) {
            Ok(input) => {
                assert!(!input.objects.is_empty());
                input.problems.iter().map(ToString::to_string).collect()
            }
            Err(error) => format!("{error} {}", error.advice()),
        };
        let mut changed = file.to_vec();
        for at in 0..file.len() {
            shown(&file[..at]);
            for octet in [0, 0x80, 0xff, b'-', file[at] ^ 1, file[at] ^ 0x20] {
                changed[at] = octet;
                shown(&changed);
            }
            changed[at] = file[at];
        }
    }
}
