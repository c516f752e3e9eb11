use super::*;

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/data/input/", $name))
    };
}

fn key(encrypted: bool, form: KeyForm) -> ObjectKind {
    ObjectKind::PrivateKey { encrypted, form }
}

fn objects() -> Vec<(&'static [u8], ObjectKind)> {
    vec![
        (data!("ca.der"), ObjectKind::Certificate),
        (data!("version1.der"), ObjectKind::Certificate),
        (data!("crl.der"), ObjectKind::Crl),
        (data!("crl-version1.der"), ObjectKind::Crl),
        (data!("request.der"), ObjectKind::CertificateRequest),
        (data!("bag.p7b"), ObjectKind::Pkcs7),
        (data!("enveloped.p7m"), ObjectKind::Pkcs7),
        (data!("bag.pfx"), ObjectKind::Pfx),
        (data!("ocsp.der"), ObjectKind::OcspResponse),
        (data!("ocsp-request.der"), ObjectKind::OcspRequest),
        (data!("public.der"), ObjectKind::PublicKey),
        (data!("public-pkcs1.der"), ObjectKind::PublicKey),
        (data!("key-pkcs8.der"), key(false, KeyForm::Pkcs8)),
        (data!("key-pkcs8-encrypted.der"), key(true, KeyForm::Pkcs8)),
        (data!("key-pkcs1.der"), key(false, KeyForm::Pkcs1)),
        (data!("key-sec1.der"), key(false, KeyForm::Sec1)),
        (data!("key-dsa.der"), key(false, KeyForm::Dsa)),
        (data!("curve.der"), ObjectKind::UnknownDer),
    ]
}

#[test]
fn knows_objects_by_their_structure() {
    for (bytes, kind) in objects() {
        assert_eq!(sniff_der(bytes), kind);
        assert_eq!(sniff(bytes), kind);
    }
}

#[test]
fn knows_small_structures() {
    let table: &[(&[u8], ObjectKind)] = &[
        // OCSP errors have a status only.
        (&[0x30, 3, 0x0a, 1, 6], ObjectKind::OcspResponse),
        // version, holder, [0] issuer
        (&[0x30, 9, 0x30, 7, 2, 1, 1, 0x30, 0, 0xa0, 0], ObjectKind::AttributeCertificate),
        (&[0x30, 0], ObjectKind::UnknownDer),
        (&[0x30], ObjectKind::Unknown),
        (&[0x31, 0], ObjectKind::Unknown),
        // PFX with indefinite lengths
        (&[0x30, 0x80, 2, 1, 3, 0x30, 0x80, 6, 1, 42], ObjectKind::Pfx),
        // TimeStampResp: a status, then a ContentInfo
        (&[0x30, 10, 0x30, 3, 2, 1, 0, 0x30, 3, 6, 1, 42], ObjectKind::UnknownDer),
    ];
    for (bytes, kind) in table {
        assert_eq!(sniff_der(bytes), *kind, "{bytes:02x?}");
    }
    let trust_list = [
        &[0x30, 40, 6, 9][..],
        pkcs7::SIGNED_DATA,
        &[0xa0, 23, 0x30, 21, 2, 1, 1, 0x31, 0, 0x30, 14, 6, 9],
        pkcs7::MICROSOFT_TRUST_LIST,
        &[0xa0, 1, 0],
    ]
    .concat();
    assert_eq!(sniff_der(&trust_list), ObjectKind::TrustList);
}

#[test]
fn an_ocsp_request_may_start_with_a_version_and_a_name() {
    let request = data!("ocsp-request.der");
    // Both lengths are one octet: the tbsRequest starts at 2.
    for head in [&[0xa0, 3, 2, 1, 0][..], &[0xa1, 4, 0xa4, 2, 0x30, 0], &[0xa0, 3, 2, 1, 0, 0xa1, 2, 0x82, 0]] {
        let added = head.len() as u8;
        let whole = [&[0x30, request[1] + added, 0x30, request[3] + added], head, &request[4..]].concat();
        assert_eq!(sniff_der(&whole), ObjectKind::OcspRequest, "{head:02x?}");
    }
    // signature, issuer and thisUpdate of a CRL come before any such nesting.
    assert_eq!(sniff_der(data!("crl-version1.der")), ObjectKind::Crl);
}

#[test]
fn a_damaged_certificate_is_still_one() {
    let whole = data!("ca.der");
    for length in 20..whole.len() {
        assert_eq!(sniff_der(&whole[..length]), ObjectKind::Certificate, "cut at {length}");
    }
    let mut bytes = whole.to_vec();
    for at in 60..bytes.len() {
        bytes[at] ^= 0x55;
        assert_eq!(sniff_der(&bytes), ObjectKind::Certificate, "octet {at}");
        bytes[at] ^= 0x55;
    }
}

#[test]
fn knows_other_files() {
    let table: &[(&[u8], ObjectKind)] = &[
        (b"", ObjectKind::Empty),
        (b" \r\n", ObjectKind::Empty),
        (&[0; 99], ObjectKind::AllZeros),
        (b"\xfe\xed\xfe\xed\0\0\0\x02", ObjectKind::JavaKeyStore),
        (b"\xce\xce\xce\xce\0\0\0\x02", ObjectKind::JavaKeyStore),
        (b"\0\0\0\0CERT\x20\0\0\0", ObjectKind::SerializedStore),
        (b"PK\x03\x04....", ObjectKind::Zip),
        (b"\n<!DOCTYPE HTML><title>Blocked</title>", ObjectKind::Html),
        (b"<?xml version=\"1.0\"?>\n<HTML>", ObjectKind::Html),
        (b"<?xml version=\"1.0\"?><Error/>", ObjectKind::Foreign("an XML document")),
        (b"{\"error\": 404}", ObjectKind::Foreign("a JSON document")),
        (b"\xff\xd8\xff\xe0....JFIF", ObjectKind::Foreign("a JPEG image")),
        (b"ssh-ed25519 AAAAC3NzaC1 me@host", ObjectKind::SshKey),
        (b"PuTTY-User-Key-File-3: ssh-rsa", key(false, KeyForm::Putty)),
        (b"openssh-key-v1\0\0\0\0\x04none", key(false, KeyForm::OpenSsh)),
        (b"openssh-key-v1\0\0\0\0\x0aaes256-ctr", key(true, KeyForm::OpenSsh)),
        (b"\x01\x02\x03", ObjectKind::Unknown),
    ];
    for (bytes, kind) in table {
        assert_eq!(sniff(bytes), *kind, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn changed_octets_never_panic() {
    for (bytes, _) in objects() {
        let mut bytes = bytes.to_vec();
        for at in 0..bytes.len() {
            let kept = bytes[at];
            for octet in [0, 1, 0x30, 0x7f, 0x80, 0x84, 0xff, kept ^ 1] {
                bytes[at] = octet;
                assert!(!sniff(&bytes).describe().is_empty());
            }
            bytes[at] = kept;
            sniff_der(&bytes[..at]);
        }
    }
}
