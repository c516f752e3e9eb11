//! Deviant certificates: one good certificate, one change each.
//!
//! The certificate is held in pieces, so that a change deep inside leaves every
//! length around it right, and only what the name says is wrong.

/// What certlens has to say about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Read without complaint (what is wrong is for validation to say).
    Accepts,
    /// Read, with a complaint.
    Deviates,
    /// Not read.
    Refuses,
}

/// One case.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) expected: Expected,
    pub(crate) der: Vec<u8>,
}

/// The pieces of the good certificate.
#[derive(Clone)]
struct Parts {
    version: Vec<u8>,
    serial: Vec<u8>,
    inner_algorithm: Vec<u8>,
    issuer: Vec<u8>,
    not_before: Vec<u8>,
    not_after: Vec<u8>,
    subject: Vec<u8>,
    spki: Vec<u8>,
    unique_ids: Vec<u8>,
    /// Each a whole Extension; `None` leaves the field out.
    extensions: Option<Vec<Vec<u8>>>,
    outer_algorithm: Vec<u8>,
    signature: Vec<u8>,
}

const ED25519: [u8; 7] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
const RSA: [u8; 13] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const P256_KEY: [u8; 21] = [
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
    0x01, 0x07,
];

/// Identifier, shortest length, content.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut value = vec![tag];
    match content.len() {
        0..0x80 => value.push(content.len() as u8),
        0x80..0x100 => value.extend([0x81, content.len() as u8]),
        _ => value.extend([0x82, (content.len() >> 8) as u8, content.len() as u8]),
    }
    value.extend(content);
    value
}

fn attribute(number: u8, tag: u8, text: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&[0x06, 0x03, 0x55, 0x04, number], &tlv(tag, &[text])])
}

fn common_name(tag: u8, text: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x31, &[&attribute(3, tag, text)])])
}

/// An extension of id-ce (2.5.29).
fn extension(number: u8, critical: &[u8], value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&[0x06, 0x03, 0x55, 0x1d, number], critical, &tlv(0x04, &[value])])
}

const CRITICAL: &[u8] = &[0x01, 0x01, 0xff];

impl Parts {
    /// Version 3, Ed25519, five extensions.
    fn good() -> Parts {
        let point = [0x5a; 32];
        Parts {
            version: vec![0xa0, 0x03, 0x02, 0x01, 0x02],
            serial: vec![0x02, 0x02, 0x12, 0x34],
            inner_algorithm: ED25519.to_vec(),
            issuer: common_name(0x0c, b"Test CA"),
            not_before: tlv(0x17, &[b"260101000000Z"]),
            not_after: tlv(0x17, &[b"270101000000Z"]),
            subject: common_name(0x0c, b"Test"),
            spki: tlv(0x30, &[&ED25519, &tlv(0x03, &[&[0], &point])]),
            unique_ids: Vec::new(),
            extensions: Some(vec![
                extension(19, CRITICAL, &tlv(0x30, &[])),
                extension(15, CRITICAL, &[0x03, 0x02, 0x07, 0x80]),
                extension(37, &[], &tlv(0x30, &[&[0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01]])),
                extension(17, &[], &tlv(0x30, &[&tlv(0x82, &[b"www.example.com"])])),
                extension(35, &[], &tlv(0x30, &[&tlv(0x80, &[&[7; 20]])])),
            ]),
            outer_algorithm: ED25519.to_vec(),
            signature: tlv(0x03, &[&[0], &[0xab; 64]]),
        }
    }

    fn tbs_content(&self) -> Vec<u8> {
        let validity = tlv(0x30, &[&self.not_before, &self.not_after]);
        let extensions = self.extensions.as_ref().map(|list| tlv(0xa3, &[&tlv(0x30, &[&list.concat()])]));
        [
            self.version.as_slice(),
            &self.serial,
            &self.inner_algorithm,
            &self.issuer,
            &validity,
            &self.subject,
            &self.spki,
            &self.unique_ids,
            &extensions.unwrap_or_default(),
        ]
        .concat()
    }

    fn content(&self) -> Vec<u8> {
        [tlv(0x30, &[&self.tbs_content()]), self.outer_algorithm.clone(), self.signature.clone()].concat()
    }

    fn der(&self) -> Vec<u8> {
        tlv(0x30, &[&self.content()])
    }

    /// With the extension of this number replaced (its value only), or added.
    fn with_value(mut self, number: u8, critical: &[u8], value: &[u8]) -> Parts {
        let new = extension(number, critical, value);
        let list = self.extensions.get_or_insert_default();
        match list.iter_mut().find(|one| one.get(6) == Some(&number)) {
            Some(one) => *one = new,
            None => list.push(new),
        }
        self
    }
}

/// All cases, the good one first.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |name, expected, der| cases.push(Case { name, expected, der });
    add("good", Expected::Accepts, Parts::good().der());
    frame(&mut add);
    fields(&mut add);
    names(&mut add);
    keys(&mut add);
    extensions(&mut add);
    values(&mut add);
    cases
}

type Add<'a> = &'a mut dyn FnMut(&'static str, Expected, Vec<u8>);

/// The outermost structure.
fn frame(add: Add<'_>) {
    use Expected::{Deviates, Refuses};
    let good = Parts::good();
    let content = good.content();
    let length = content.len();
    let (high, low) = ((length >> 8) as u8, length as u8);
    add("empty", Refuses, Vec::new());
    add("tag-only", Refuses, vec![0x30]);
    add("cut-short", Refuses, good.der().split_last().unwrap().1.to_vec());
    add("cut-in-half", Refuses, good.der()[..length / 2].to_vec());
    add("trailing-octet", Deviates, [good.der(), vec![0]].concat());
    add("trailing-line-feed", Deviates, [good.der(), b"\n".to_vec()].concat());
    add("twice", Deviates, [good.der(), good.der()].concat());
    add("length-leading-zero", Deviates, [vec![0x30, 0x83, 0, high, low], content.clone()].concat());
    add("length-eight-octets", Deviates, [vec![0x30, 0x88, 0, 0, 0, 0, 0, 0, high, low], content.clone()].concat());
    add("length-indefinite", Deviates, [vec![0x30, 0x80], content.clone(), vec![0, 0]].concat());
    add("length-indefinite-open", Refuses, [vec![0x30, 0x80], content.clone()].concat());
    add("length-huge", Refuses, [vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff], content.clone()].concat());
    add("length-five-octets", Refuses, [vec![0x30, 0x85, 1, 0, 0, high, low], content.clone()].concat());
    add("length-reserved", Refuses, [vec![0x30, 0xff], content.clone()].concat());
    add("set-for-sequence", Refuses, tlv(0x31, &[&content]));
    add("primitive-sequence", Refuses, tlv(0x10, &[&content]));
    add("octets-after-signature", Deviates, tlv(0x30, &[&content, &[0x05, 0x00]]));
    let tbs = good.tbs_content();
    let rest = [good.outer_algorithm.clone(), good.signature.clone()].concat();
    let around = |tbs: &[u8]| tlv(0x30, &[tbs, &rest]);
    add("tbs-indefinite", Deviates, around(&[vec![0x30, 0x80], tbs.clone(), vec![0, 0]].concat()));
    add("tbs-trailing", Refuses, around(&tlv(0x30, &[&tbs, &[0x05, 0x00]])));
    let tbs_length = tbs.len();
    let long = [vec![0x30, 0x83, 0, (tbs_length >> 8) as u8, tbs_length as u8], tbs.clone()].concat();
    add("tbs-length-leading-zero", Deviates, around(&long));
    add("no-signature", Refuses, tlv(0x30, &[&tlv(0x30, &[&tbs]), &good.outer_algorithm]));
    add("no-outer-algorithm", Refuses, tlv(0x30, &[&tlv(0x30, &[&tbs]), &good.signature]));
    add("only-tbs", Refuses, tlv(0x30, &[&tlv(0x30, &[&tbs])]));
    let wrong_order = [tlv(0x30, &[&tbs]), good.signature.clone(), good.outer_algorithm.clone()].concat();
    add("signature-before-algorithm", Refuses, tlv(0x30, &[&wrong_order]));
}

/// The fields of tbsCertificate but names and key.
fn fields(add: Add<'_>) {
    use Expected::{Accepts, Deviates, Refuses};
    let with = |change: &dyn Fn(&mut Parts)| {
        let mut parts = Parts::good();
        change(&mut parts);
        parts.der()
    };
    add("version-1", Accepts, with(&|parts| (parts.version, parts.extensions) = (vec![], None)));
    let written_out = vec![0xa0, 0x03, 0x02, 0x01, 0x00];
    add(
        "version-1-written-out",
        Deviates,
        with(&|parts| (parts.version, parts.extensions) = (written_out.clone(), None)),
    );
    add("version-1-with-extensions", Accepts, with(&|parts| parts.version.clear()));
    let version = |number: &[u8]| tlv(0xa0, &[&tlv(0x02, &[number])]);
    add("version-2-with-extensions", Accepts, with(&|parts| parts.version = version(&[1])));
    add("version-4", Accepts, with(&|parts| parts.version = version(&[3])));
    add("version-negative", Accepts, with(&|parts| parts.version = version(&[0xff])));
    add("version-padded", Deviates, with(&|parts| parts.version = version(&[0, 2])));
    add("version-huge", Accepts, with(&|parts| parts.version = version(&[0x7f; 9])));
    add("version-not-explicit", Refuses, with(&|parts| parts.version = vec![0x80, 0x01, 0x02]));
    let serial = |content: &[u8]| {
        let content = content.to_vec();
        with(&move |parts| parts.serial = tlv(0x02, &[&content]))
    };
    add("serial-zero", Accepts, serial(&[0]));
    add("serial-negative", Accepts, serial(&[0x80]));
    add("serial-padded", Deviates, serial(&[0, 1]));
    add("serial-negative-padded", Deviates, serial(&[0xff, 0x80]));
    add("serial-empty", Refuses, serial(&[]));
    add("serial-21-octets", Accepts, serial(&[0x7f; 21]));
    add("serial-100-octets", Accepts, serial(&[0x7f; 100]));
    add("serial-missing", Refuses, with(&|parts| parts.serial.clear()));
    add("serial-twice", Refuses, with(&|parts| parts.serial = [0x02, 0x01, 0x01, 0x02, 0x01, 0x01].to_vec()));
    let time = |tag: u8, text: &str| {
        let text = text.to_owned();
        with(&move |parts| parts.not_after = tlv(tag, &[text.as_bytes()]))
    };
    add("time-without-seconds", Deviates, time(0x17, "2701010000Z"));
    add("time-with-offset", Deviates, time(0x17, "270101000000+0100"));
    add("time-local", Refuses, time(0x17, "270101000000"));
    add("time-with-fraction", Deviates, time(0x18, "20270101000000.5Z"));
    add("time-generalized-early", Accepts, time(0x18, "20270101000000Z"));
    add("time-generalized-year-0", Accepts, time(0x18, "00000101000000Z"));
    add("time-february-30", Refuses, time(0x17, "270230000000Z"));
    add("time-hour-24", Refuses, time(0x17, "270101240000Z"));
    add("time-leap-second", Refuses, time(0x17, "261231235960Z"));
    add("time-letters", Refuses, time(0x17, "2701010000AAZ"));
    add("time-1950", Accepts, time(0x17, "500101000000Z"));
    add("time-9999", Accepts, time(0x18, "99991231235959Z"));
    add("time-utf8", Refuses, time(0x0c, "270101000000Z"));
    add("time-order-reversed", Accepts, with(&|parts| std::mem::swap(&mut parts.not_before, &mut parts.not_after)));
    add("validity-one-time", Refuses, with(&|parts| parts.not_after.clear()));
    add("validity-three-times", Deviates, with(&|parts| parts.not_after = parts.not_after.repeat(2)));
    add("algorithms-differ", Accepts, with(&|parts| parts.outer_algorithm = ALGORITHM_RSA_SHA256.to_vec()));
    let trailing = [0x30, 0x09, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x05, 0x00, 0x05, 0x00];
    add("algorithm-with-trailing", Deviates, with(&|parts| parts.inner_algorithm = trailing.to_vec()));
    add("algorithm-empty", Refuses, with(&|parts| parts.inner_algorithm = vec![0x30, 0x00]));
    add(
        "algorithm-oid-open",
        Refuses,
        with(&|parts| parts.inner_algorithm = vec![0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0xf0]),
    );
    add(
        "algorithm-oid-padded",
        Deviates,
        with(&|parts| parts.inner_algorithm = vec![0x30, 0x06, 0x06, 0x04, 0x2b, 0x80, 0x65, 0x70]),
    );
    add("unique-ids", Accepts, with(&|parts| parts.unique_ids = vec![0x81, 0x02, 0x00, 0x01, 0x82, 0x02, 0x00, 0x02]));
    add("unique-ids-constructed", Refuses, with(&|parts| parts.unique_ids = vec![0xa1, 0x04, 0x03, 0x02, 0x00, 0x01]));
    add("signature-unused-bits", Deviates, with(&|parts| parts.signature = tlv(0x03, &[&[3], &[0xff; 64]])));
    add("signature-eight-unused-bits", Refuses, with(&|parts| parts.signature = tlv(0x03, &[&[8], &[0; 64]])));
    add("signature-empty", Accepts, with(&|parts| parts.signature = vec![0x03, 0x01, 0x00]));
    add("signature-without-count", Refuses, with(&|parts| parts.signature = vec![0x03, 0x00]));
    add("signature-octet-string", Refuses, with(&|parts| parts.signature = tlv(0x04, &[&[0xab; 64]])));
    let fragment = tlv(0x03, &[&[0], &[0xab; 64]]);
    add("signature-constructed", Refuses, with(&|parts| parts.signature = tlv(0x23, &[&fragment])));
}

const ALGORITHM_RSA_SHA256: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00];

/// The subject.
fn names(add: Add<'_>) {
    use Expected::{Accepts, Deviates, Refuses};
    let subject = |name: Vec<u8>| Parts { subject: name, ..Parts::good() }.der();
    add("subject-empty", Accepts, subject(tlv(0x30, &[])));
    add("subject-empty-rdn", Deviates, subject(tlv(0x30, &[&tlv(0x31, &[])])));
    let (a, b) = (attribute(3, 0x0c, b"a"), attribute(10, 0x0c, b"b"));
    add("subject-set-sorted", Accepts, subject(tlv(0x30, &[&tlv(0x31, &[&a, &b])])));
    add("subject-set-unsorted", Deviates, subject(tlv(0x30, &[&tlv(0x31, &[&b, &a])])));
    add("subject-set-twice-the-same", Accepts, subject(tlv(0x30, &[&tlv(0x31, &[&a, &a])])));
    add("subject-sequence-for-set", Refuses, subject(tlv(0x30, &[&tlv(0x30, &[&a])])));
    add("subject-printable-star", Deviates, subject(common_name(0x13, b"*.example.com")));
    add("subject-ia5-high", Deviates, subject(common_name(0x16, b"caf\xe9")));
    add("subject-numeric-letter", Deviates, subject(common_name(0x12, b"12a")));
    add("subject-utf8-malformed", Deviates, subject(common_name(0x0c, b"\xc3\x28")));
    add("subject-bmp-odd", Deviates, subject(common_name(0x1e, b"\0A\0")));
    add("subject-bmp-surrogate", Deviates, subject(common_name(0x1e, b"\xd8\0")));
    add("subject-teletex", Accepts, subject(common_name(0x14, b"caf\xe9")));
    add("subject-universal", Accepts, subject(common_name(0x1c, b"\0\0\0A")));
    add("subject-integer-value", Accepts, subject(common_name(0x02, b"\x05")));
    add("subject-constructed-string", Deviates, subject(common_name(0x2c, &tlv(0x0c, &[b"Test"]))));
    let without_value = tlv(0x30, &[&tlv(0x31, &[&tlv(0x30, &[&[0x06, 0x03, 0x55, 0x04, 0x03]])])]);
    add("subject-attribute-without-value", Refuses, subject(without_value));
    let trailing = tlv(0x30, &[&[0x06, 0x03, 0x55, 0x04, 0x03], &tlv(0x0c, &[b"a"]), &[0x05, 0x00]]);
    add("subject-attribute-trailing", Deviates, subject(tlv(0x30, &[&tlv(0x31, &[&trailing])])));
    let long = tlv(0x30, &[&[0x06, 0x03, 0x55, 0x04, 0x03], &[0x0c, 0x81, 0x01, b'a']]);
    add("subject-value-length-long", Deviates, subject(tlv(0x30, &[&tlv(0x31, &[&long])])));
    add("subject-missing", Refuses, subject(Vec::new()));
}

/// subjectPublicKeyInfo.
fn keys(add: Add<'_>) {
    use Expected::{Accepts, Deviates, Refuses};
    let spki = |parts: &[&[u8]]| Parts { spki: tlv(0x30, parts), ..Parts::good() }.der();
    let bits = |octets: &[u8]| tlv(0x03, &[&[0], octets]);
    add("key-ed25519-short", Deviates, spki(&[&ED25519, &bits(&[1; 31])]));
    let null = [0x30, 0x07, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x05, 0x00];
    add("key-ed25519-null-parameters", Deviates, spki(&[&null, &bits(&[1; 32])]));
    add("key-empty", Deviates, spki(&[&ED25519, &bits(&[])]));
    add("key-unused-bits", Deviates, spki(&[&ED25519, &tlv(0x03, &[&[4], &[0x10; 32]])]));
    add("key-trailing", Deviates, spki(&[&ED25519, &bits(&[1; 32]), &[0x05, 0x00]]));
    add("key-octet-string", Refuses, spki(&[&ED25519, &tlv(0x04, &[&[1; 32]])]));
    let rsa = tlv(0x30, &[&RSA]);
    let modulus = tlv(0x02, &[&[0], &[0xc5; 256]]);
    let exponent = [0x02, 0x03, 0x01, 0x00, 0x01];
    add("key-rsa", Accepts, spki(&[&rsa, &bits(&tlv(0x30, &[&modulus, &exponent]))]));
    let absent = tlv(0x30, &[&RSA[..11]]);
    add("key-rsa-without-null", Deviates, spki(&[&absent, &bits(&tlv(0x30, &[&modulus, &exponent]))]));
    let negative = tlv(0x02, &[&[0xc5; 256]]);
    add("key-rsa-negative-modulus", Accepts, spki(&[&rsa, &bits(&tlv(0x30, &[&negative, &exponent]))]));
    add("key-rsa-one-number", Deviates, spki(&[&rsa, &bits(&tlv(0x30, &[&modulus]))]));
    add("key-rsa-three-numbers", Deviates, spki(&[&rsa, &bits(&tlv(0x30, &[&modulus, &exponent, &exponent]))]));
    add("key-rsa-no-sequence", Deviates, spki(&[&rsa, &bits(&[0xc5; 256])]));
    add("key-p256", Accepts, spki(&[&P256_KEY, &bits(&[&[4][..], &[7; 64]].concat())]));
    add("key-p256-short-point", Deviates, spki(&[&P256_KEY, &bits(&[4, 1, 2])]));
    add("key-ec-without-curve", Deviates, spki(&[&tlv(0x30, &[&P256_KEY[2..11]]), &bits(&[4; 65])]));
    add("key-ec-implicit-curve", Accepts, spki(&[&tlv(0x30, &[&P256_KEY[2..11], &[0x05, 0x00]]), &bits(&[4; 65])]));
}

/// The list of extensions.
fn extensions(add: Add<'_>) {
    use Expected::{Accepts, Deviates, Refuses};
    let good = Parts::good();
    let list = good.extensions.clone().unwrap();
    let with = |list: Vec<Vec<u8>>| Parts { extensions: Some(list), ..Parts::good() }.der();
    add("extensions-empty-list", Deviates, with(Vec::new()));
    add("extensions-absent", Accepts, Parts { extensions: None, ..Parts::good() }.der());
    add("extension-twice", Accepts, with([list.clone(), vec![list[0].clone()]].concat()));
    add("extension-unknown-critical", Accepts, good.clone().with_value(99, CRITICAL, &[0x05, 0x00]).der());
    add("extension-unknown-not-der", Accepts, good.clone().with_value(99, &[], &[0xff, 0xff]).der());
    add(
        "extension-critical-ber-true",
        Deviates,
        good.clone().with_value(19, &[0x01, 0x01, 0x01], &tlv(0x30, &[])).der(),
    );
    add(
        "extension-critical-written-out",
        Deviates,
        good.clone().with_value(19, &[0x01, 0x01, 0x00], &tlv(0x30, &[])).der(),
    );
    add(
        "extension-critical-two-octets",
        Refuses,
        good.clone().with_value(19, &[0x01, 0x02, 0xff, 0xff], &tlv(0x30, &[])).der(),
    );
    add("extension-critical-integer", Refuses, good.clone().with_value(19, &[0x02, 0x01, 0x01], &tlv(0x30, &[])).der());
    let without_value = tlv(0x30, &[&[0x06, 0x03, 0x55, 0x1d, 0x13]]);
    add("extension-without-value", Refuses, with(vec![without_value]));
    let trailing = tlv(0x30, &[&[0x06, 0x03, 0x55, 0x1d, 99], &tlv(0x04, &[&[5, 0]]), &[0x05, 0x00]]);
    add("extension-trailing", Deviates, with(vec![trailing]));
    let fragment = tlv(0x04, &[&[0x30, 0x00]]);
    let constructed = tlv(0x30, &[&[0x06, 0x03, 0x55, 0x1d, 0x13], &tlv(0x24, &[&fragment])]);
    add("extension-value-constructed", Refuses, with(vec![constructed]));
    let bit_string = tlv(0x30, &[&[0x06, 0x03, 0x55, 0x1d, 0x13], &tlv(0x03, &[&[0x00, 0x30, 0x00]])]);
    add("extension-value-bit-string", Refuses, with(vec![bit_string]));
    let empty_oid = tlv(0x30, &[&[0x06, 0x00], &tlv(0x04, &[&[5, 0]])]);
    add("extension-oid-empty", Refuses, with(vec![empty_oid]));
    let many = (0..=255).map(|number| extension(number & 0x7f, &[], &[0x05, 0x00])).collect::<Vec<_>>();
    add("extensions-257", Refuses, with([many.clone(), vec![extension(99, &[], &[0x05, 0x00])]].concat()));
    let mut implicit = Parts::good();
    implicit.unique_ids = tlv(0x83, &[&tlv(0x30, &[&list.concat()])]);
    implicit.extensions = None;
    add("extensions-primitive-tag", Refuses, implicit.der());
    let mut before = Parts::good();
    before.unique_ids = [tlv(0xa3, &[&tlv(0x30, &[&list.concat()])]), vec![0x81, 0x02, 0x00, 0x01]].concat();
    before.extensions = None;
    add("extensions-before-unique-id", Refuses, before.der());
}

/// What stands inside extensions.
fn values(add: Add<'_>) {
    use Expected::{Accepts, Deviates};
    let value = |number: u8, octets: &[u8]| Parts::good().with_value(number, &[], octets).der();
    add("basic-constraints-ber-true", Deviates, value(19, &[0x30, 0x03, 0x01, 0x01, 0x01]));
    add("basic-constraints-ca-written-out", Deviates, value(19, &[0x30, 0x03, 0x01, 0x01, 0x00]));
    add("basic-constraints-path-negative", Deviates, value(19, &[0x30, 0x06, 0x01, 0x01, 0xff, 0x02, 0x01, 0xff]));
    add("basic-constraints-path-padded", Deviates, value(19, &[0x30, 0x07, 0x01, 0x01, 0xff, 0x02, 0x02, 0, 1]));
    let huge = tlv(0x30, &[&[0x01, 0x01, 0xff], &tlv(0x02, &[&[0x7f; 9]])]);
    add("basic-constraints-path-huge", Accepts, value(19, &huge));
    add("basic-constraints-order", Deviates, value(19, &[0x30, 0x06, 0x02, 0x01, 0x00, 0x01, 0x01, 0xff]));
    add("basic-constraints-trailing", Deviates, value(19, &[0x30, 0x00, 0x05, 0x00]));
    add("basic-constraints-empty-octets", Deviates, value(19, &[]));
    add("basic-constraints-length-long", Deviates, value(19, &[0x30, 0x81, 0x00]));
    add("basic-constraints-indefinite", Deviates, value(19, &[0x30, 0x80, 0x00, 0x00]));
    add("basic-constraints-integer", Deviates, value(19, &[0x02, 0x01, 0x01]));
    add("key-usage-no-bit", Deviates, value(15, &[0x03, 0x01, 0x00]));
    add("key-usage-all-zero", Deviates, value(15, &[0x03, 0x02, 0x00, 0x00]));
    add("key-usage-trailing-zero-bits", Deviates, value(15, &[0x03, 0x02, 0x00, 0x80]));
    add("key-usage-padding", Deviates, value(15, &[0x03, 0x02, 0x07, 0x81]));
    add("key-usage-three-octets", Accepts, value(15, &[0x03, 0x04, 0x00, 0x80, 0x00, 0x01]));
    add("key-usage-octet-string", Deviates, value(15, &[0x04, 0x02, 0x07, 0x80]));
    add("key-purposes-empty", Deviates, value(37, &[0x30, 0x00]));
    add("key-purposes-open-oid", Deviates, value(37, &[0x30, 0x04, 0x06, 0x02, 0x2b, 0x86]));
    add("key-purposes-string", Deviates, value(37, &[0x30, 0x04, 0x0c, 0x02, b'a', b'b']));
    add("alt-name-empty-list", Deviates, value(17, &[0x30, 0x00]));
    add("alt-name-empty-dns", Accepts, value(17, &[0x30, 0x02, 0x82, 0x00]));
    add("alt-name-dns-high", Deviates, value(17, &[0x30, 0x03, 0x82, 0x01, 0xfc]));
    add("alt-name-dns-nul", Accepts, value(17, &[0x30, 0x05, 0x82, 0x03, b'a', 0, b'b']));
    add("alt-name-dns-constructed", Deviates, value(17, &[0x30, 0x05, 0xa2, 0x03, 0x16, 0x01, b'a']));
    add("alt-name-ip-five-octets", Accepts, value(17, &[0x30, 0x07, 0x87, 0x05, 1, 2, 3, 4, 5]));
    add("alt-name-unknown-tag", Deviates, value(17, &[0x30, 0x03, 0x89, 0x01, b'a']));
    add("alt-name-directory-implicit", Deviates, value(17, &tlv(0x30, &[&tlv(0xa4, &[&tlv(0x31, &[])])])));
    add("alt-name-set", Deviates, value(17, &tlv(0x31, &[&tlv(0x82, &[b"a"])])));
    add("authority-key-empty", Accepts, value(35, &[0x30, 0x00]));
    add("authority-key-order", Deviates, value(35, &[0x30, 0x06, 0x82, 0x01, 0x01, 0x80, 0x01, 0x02]));
    add("subject-key-empty", Accepts, value(14, &[0x04, 0x00]));
    add("subject-key-bare", Deviates, value(14, &[7; 20]));
    add("policies-empty", Deviates, value(32, &[0x30, 0x00]));
    let policy = [0x06, 0x02, 0x2a, 0x03];
    add("policies-empty-qualifiers", Deviates, value(32, &tlv(0x30, &[&tlv(0x30, &[&policy, &[0x30, 0x00]])])));
    let twice = tlv(0x30, &[&policy]).repeat(2);
    add("policies-twice-the-same", Accepts, value(32, &tlv(0x30, &[&twice])));
    add("policy-constraints-empty", Deviates, value(36, &[0x30, 0x00]));
    add("policy-constraints-negative", Deviates, value(36, &[0x30, 0x03, 0x80, 0x01, 0xff]));
    add("inhibit-any-negative", Deviates, value(54, &[0x02, 0x01, 0xff]));
    add("name-constraints-empty", Deviates, value(30, &[0x30, 0x00]));
    add("name-constraints-empty-subtrees", Deviates, value(30, &[0x30, 0x02, 0xa0, 0x00]));
    let minimum = tlv(0x30, &[&tlv(0x82, &[b"a"]), &[0x80, 0x01, 0x01]]);
    add("name-constraints-minimum", Accepts, value(30, &tlv(0x30, &[&tlv(0xa0, &[&minimum])])));
    let written_out = tlv(0x30, &[&tlv(0x82, &[b"a"]), &[0x80, 0x01, 0x00]]);
    add("name-constraints-minimum-written-out", Deviates, value(30, &tlv(0x30, &[&tlv(0xa0, &[&written_out])])));
    add("distribution-points-empty", Deviates, value(31, &[0x30, 0x00]));
    add("distribution-point-empty", Deviates, value(31, &[0x30, 0x02, 0x30, 0x00]));
    let reasons = tlv(0x30, &[&[0x81, 0x02, 0x01, 0x02]]);
    add("distribution-point-reasons-alone", Deviates, value(31, &tlv(0x30, &[&reasons])));
}
