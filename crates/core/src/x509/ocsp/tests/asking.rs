//! Naming a certificate, and asking about it.

use super::*;
use crate::encoding::der::Decode;

#[test]
fn cert_ids_mean_one_certificate() {
    let (target, anchor) = (target(), certificate(ca().der()));
    let issuer = Issuer::Certificate(&anchor);
    let matches = |cert_id: Vec<u8>| {
        let id = CertIdRef::decode(&mut Cursor::silent(&cert_id)).unwrap();
        id.matches(&target, issuer)
    };
    for hash in [OcspHash::Sha1, OcspHash::Sha224, OcspHash::Sha256, OcspHash::Sha384, OcspHash::Sha512] {
        assert!(matches(hash.cert_id(SERIAL, ca())), "{hash:?}");
        assert!(matches(hash.cert_id(&[0, 0, 5], ca())), "{hash:?}");
        assert!(!matches(hash.cert_id(&[6], ca())), "{hash:?}");
        assert!(!matches(hash.cert_id(SERIAL, Ca::anchor("CA", Key::ed25519(2)))), "{hash:?}");
        assert!(!matches(hash.cert_id(SERIAL, Ca::anchor("Other", Key::ed25519(0)))), "{hash:?}");
    }
    let with_algorithm = |algorithm| {
        let mut fields = der::fields(&OcspHash::Sha1.cert_id(SERIAL, ca()));
        fields[0] = algorithm;
        der::sequence(fields)
    };
    assert!(matches(with_algorithm(der::algorithm("1.3.14.3.2.26", &[]))));
    assert!(!matches(with_algorithm(der::algorithm("1.2.3", &[]))));
    assert!(!matches(with_algorithm(der::algorithm("2.16.840.1.101.3.4.2.1", &[]))));

    let odd = OcspSingle::good(SERIAL, ca()).cert_id_raw(with_algorithm(der::algorithm("1.3.14.3.2.26", &[4, 0])));
    assert!(matches!(kinds(&read(OcspBuilder::new().single(odd)))[..], [DeviationKind::AlgorithmParameters(_)]));

    let response = read(full());
    let matcher = CertIdMatcher::for_certificate(&target, issuer);
    assert_eq!(response.basic().unwrap().responses_for(&matcher).count(), 1);
}

#[test]
fn a_name_in_two_encodings_is_matched_in_both() {
    let printable = Name::empty().and(attributes::COMMON_NAME, der::printable_string("CA"));
    let builder = CertificateBuilder::new(Name::cn("a"), Key::ed25519(1)).serial(SERIAL);
    let target = certificate(&builder.issuer_name(printable.clone()).issued_by(ca()));
    let anchor = certificate(ca().der());
    let issuer =
        |name| certlens_testkit::Issuer { name, ..CertificateBuilder::ca(Name::empty(), ca().key()).as_issuer() };
    for name in [printable, Name::cn("CA")] {
        let cert_id = OcspHash::Sha256.cert_id(SERIAL, issuer(name));
        let id = CertIdRef::decode(&mut Cursor::silent(&cert_id)).unwrap();
        assert!(id.matches(&target, Issuer::Certificate(&anchor)));
    }
}

#[test]
fn hashes_are_computed_once_however_many_are_asked_about() {
    // As many single responses as fit, about a certificate whose issuer has a
    // long name: hashing it for each would take minutes.
    let long = Name::empty().and(attributes::COMMON_NAME, der::utf8_string(&"x".repeat(1_000_000)));
    let parent = Ca::self_signed(CertificateBuilder::ca(long, Key::ed25519(0)));
    let single = OcspHash::Sha1.cert_id(SERIAL, ca());
    let single = der::sequence([single, der::implicit(0, &[]), time::encode_generalized(0)]);
    let count = 1_000_000 / single.len();
    let builder = OcspBuilder::new().single_raw(single.repeat(count));
    let response = OcspResponse::from_der(&builder.signed_by(&parent)).unwrap();
    let (target, parent) = (target(), certificate(parent.der()));
    let matcher = CertIdMatcher::for_certificate(&target, Issuer::Certificate(&parent));
    assert_eq!(response.basic().unwrap().responses_for(&matcher).count(), count);
    assert!(count > 10_000);
}

#[test]
fn a_request_is_written_as_it_is_read() {
    let (target, anchor) = (target(), certificate(ca().der()));
    let issuer = Issuer::Certificate(&anchor);
    let ids = [(CertIdHash::Sha1, OcspHash::Sha1), (CertIdHash::Sha256, OcspHash::Sha256)].map(|(hash, theirs)| {
        let id = CertIdOwned::for_certificate(&target, issuer, hash);
        assert_eq!(id.der(), theirs.cert_id(SERIAL, ca()));
        id
    });
    let request = OcspRequest::from_der(&encode_request(&ids, Nonce::new(&[7; 32]))).unwrap();
    assert_eq!((request.deviations(), request.version()), (&[][..], Version::V1));
    assert_eq!(request.nonce(), Some(&[7; 32][..]));
    assert!(request.requestor_name().is_none() && request.signature_algorithm().is_none());
    assert_eq!(request.requests().count(), 2);
    for (single, id) in request.requests().zip(&ids) {
        assert_eq!(single.cert_id.raw, id.der());
        assert!(single.cert_id.matches(&target, issuer) && single.extensions.is_empty());
    }
    let plain = OcspRequest::from_der(&encode_request(&ids[..1], None)).unwrap();
    assert!(plain.nonce().is_none() && plain.extensions().is_empty());
    assert_eq!(plain.der(), der::sequence([der::sequence([der::sequence([der::sequence([ids[0].der()])])])]));

    assert!(Nonce::new(&[]).is_none() && Nonce::new(&[0; MAX_NONCE_OCTETS + 1]).is_none());
    assert_eq!(Nonce::new(&[0; MAX_NONCE_OCTETS]).map(|nonce| nonce.as_bytes().len()), Some(128));
}

#[test]
fn every_part_of_a_request_is_read() {
    let single = der::sequence([
        OcspHash::Sha1.cert_id(SERIAL, ca()),
        der::explicit(0, &der::sequence([Extension::new("1.2.3", true, der::null()).to_der()])),
    ]);
    let tbs = der::sequence([
        der::explicit(0, &der::integer(1)),
        der::explicit(1, GeneralName::directory(&Name::cn("client")).as_ref()),
        der::sequence([single]),
        der::explicit(2, &der::sequence([Extension::ocsp_nonce(&[1]).to_der()])),
    ]);
    let signature = der::sequence([
        der::algorithm("1.3.101.112", &[]),
        der::bit_string(0, &[1]),
        der::explicit(0, &der::sequence([ca().der()])),
    ]);
    let der = der::sequence([tbs, der::explicit(0, &signature)]);
    let request = OcspRequest::from_der(&der).unwrap();
    assert_eq!((request.version(), request.deviations()), (Version::V2, &[][..]));
    assert_eq!(request.requestor_name().map(|name| name.kind()), Some("directoryName"));
    assert_eq!(request.signature_algorithm().map(|algorithm| algorithm.oid), Some(oids::ED25519));
    assert_eq!(request.nonce(), Some(&[1][..]));
    let extension = request.requests().next().unwrap().extensions.iter().next().unwrap();
    assert_eq!((extension.oid, extension.critical), (Oid::new(&[0x2a, 3]), true));
    for length in 0..der.len() {
        assert!(OcspRequest::from_der(&der[..length]).unwrap_err().offset <= length);
    }
    for at in 0..der.len() {
        let mut altered = der.clone();
        altered[at] ^= 0xff;
        if let Ok(request) = OcspRequest::from_der(&altered) {
            let _ = (request.requests().count(), request.extensions().duplicate(), request.nonce());
            let _ = (request.requestor_name(), request.signature_algorithm(), format!("{request:?}"));
        }
    }
}

#[test]
fn a_request_has_the_octets_that_openssl_writes() {
    let target = certificate(include_bytes!("../../../../tests/data/input/version1.der"));
    let issuer = certificate(include_bytes!("../../../../tests/data/input/ca.der"));
    let id = CertIdOwned::for_certificate(&target, Issuer::Certificate(&issuer), CertIdHash::Sha1);
    let theirs = include_bytes!("../../../../tests/data/input/ocsp-request.der");
    assert_eq!(encode_request(&[id], None), theirs);
}
