use certlens_testkit::{
    Ca, CertificateBuilder, Extension, GeneralName, Key, Name, OcspBuilder, OcspHash, OcspSingle, OcspStatus,
    attributes, der, time,
};

use super::*;
use crate::encoding::der::DeviationSink;
use crate::time::Time;
use crate::x509::Certificate;
use crate::x509::issuer::Issuer;
use crate::x509::oid::{Oid, oids};
use crate::x509::reason::RevocationReason;

mod asking;

const SERIAL: &[u8] = &[5];

fn ca() -> Ca {
    Ca::anchor("CA", Key::ed25519(0))
}

fn certificate(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

fn target() -> Certificate {
    certificate(&CertificateBuilder::new(Name::cn("a"), Key::ed25519(1)).serial(SERIAL).issued_by(ca()))
}

/// A response with everything in it.
fn full() -> OcspBuilder {
    let good = OcspSingle::good(SERIAL, ca())
        .extension(Extension::ocsp_archive_cutoff(time::START))
        .extension(Extension::ocsp_crl_id(Some("http://crl.example/"), Some(7), Some(time::START)));
    OcspBuilder::new()
        .single(good)
        .single(OcspSingle::revoked(&[6], ca(), time::REVOKED, Some(1)).hash(OcspHash::Sha256).next_update(None))
        .single(OcspSingle::unknown(&[7], ca()).extension(Extension::crl_reason(4)))
        .nonce(&[9; 32])
        .extension(Extension::ocsp_extended_revoke())
        .extension(Extension::new("1.2.3", true, vec![1, 2, 3]))
        .certificate(ca().der())
}

fn read(builder: OcspBuilder) -> OcspResponse {
    OcspResponse::from_der(&builder.signed_by(ca())).unwrap()
}

fn kinds(response: &OcspResponse) -> Vec<DeviationKind> {
    response.deviations().iter().map(|deviation| deviation.kind).collect()
}

/// Asks for everything; what is checked are places.
fn touch(response: &OcspResponse) {
    let length = response.der().len();
    assert!(response.deviations().iter().all(|deviation| deviation.offset <= length));
    let _ = (response.status().to_string(), response.response_type(), format!("{response:?}"));
    let Some(basic) = response.basic() else { return };
    let _ = (basic.version(), basic.produced_at(), basic.nonce(), basic.signature(), format!("{basic:?}"));
    let _ = (basic.tbs_response_data(), basic.responder_id().is(Issuer::Certificate(&certificate(ca().der()))));
    let check = |extensions: &OcspExtensions<'_>| {
        let _ = (extensions.duplicate(), extensions.is_empty());
        for extension in extensions.iter() {
            assert!(extension.span.end as usize <= length);
            assert!(extension.value.err().is_none_or(|error| error.offset <= length));
        }
    };
    let (target, ca) = (target(), certificate(ca().der()));
    let matcher = CertIdMatcher::for_certificate(&target, Issuer::Certificate(&ca));
    for single in basic.responses() {
        let _ = (matcher.matches(&single.cert_id), single.cert_id.hash(), single.status);
        assert!(single.span.end as usize <= length);
        check(&single.extensions);
    }
    check(&basic.extensions());
    assert!(basic.certificates().all(|(offset, der)| response.der()[offset..].starts_with(der)));
}

#[test]
fn everything_in_a_response_is_read() {
    let response = read(full());
    assert_eq!((response.status(), kinds(&response)), (ResponseStatus::Successful, vec![]));
    assert_eq!(response.response_type(), Some(oids::OCSP_BASIC));
    let basic = response.basic().unwrap();
    assert_eq!((basic.version(), basic.nonce()), (Version::V1, Some(&[9; 32][..])));
    assert_eq!(basic.produced_at().time, Time::from_unix(time::THIS_UPDATE));
    assert_eq!(basic.tbs_response_data(), der::fields(der::open(&der::fields(&basic_octets(&response))[0]).0)[0]);
    assert_eq!(basic.signature_algorithm().oid, oids::ED25519);
    assert_eq!(basic.signature().bytes.len(), 64);
    let certificates: Vec<&[u8]> = basic.certificates().map(|(_, der)| der).collect();
    assert_eq!(certificates, [ca().der()]);

    let singles: Vec<SingleResponse<'_>> = basic.responses().collect();
    let serials: Vec<&[u8]> = singles.iter().map(|single| single.cert_id.serial.as_bytes()).collect();
    assert_eq!(serials, [&[5], &[6], &[7]]);
    assert_eq!((singles[0].status, singles[2].status), (CertStatus::Good, CertStatus::Unknown));
    let CertStatus::Revoked { time: revoked, reason } = singles[1].status else { panic!("not revoked") };
    assert_eq!((revoked.time, reason), (Time::from_unix(time::REVOKED), Some(RevocationReason(1))));
    assert_eq!(singles[0].this_update.time, Time::from_unix(time::THIS_UPDATE));
    let next: Vec<Option<Time>> = singles.iter().map(|single| single.next_update.map(|time| time.time)).collect();
    assert_eq!(next, [Some(Time::from_unix(time::NEXT_UPDATE)), None, Some(Time::from_unix(time::NEXT_UPDATE))]);

    let mut extensions = singles[0].extensions.iter().map(|extension| extension.value.unwrap());
    let start = Time::from_unix(time::START);
    assert!(matches!(extensions.next(), Some(OcspExtensionValue::ArchiveCutoff(cutoff)) if cutoff.time == start));
    let Some(OcspExtensionValue::CrlId(id)) = extensions.next() else { panic!("no CrlID") };
    assert_eq!((id.url, id.number.unwrap().to_u32()), (Some(&b"http://crl.example/"[..]), Some(7)));
    assert_eq!(id.time.map(|time| time.time), Some(start));
    let reason = singles[2].extensions.get(oids::CRL_REASON).unwrap().value.unwrap();
    assert!(matches!(reason, OcspExtensionValue::Reason(RevocationReason(4))));
    let critical: Vec<bool> = basic.extensions().iter().map(|extension| extension.critical).collect();
    assert_eq!(critical, [false, false, true]);
    assert!(basic.extensions().get(oids::OCSP_EXTENDED_REVOKE).is_some());
    assert!(singles[1].extensions.is_empty() && basic.extensions().duplicate().is_none());
    touch(&response);
}

/// The encoded OCTET STRING that holds the BasicOCSPResponse, in a SEQUENCE.
fn basic_octets(response: &OcspResponse) -> Vec<u8> {
    let bytes = der::fields(&der::fields(&der::fields(response.der())[1])[0]);
    der::sequence([&bytes[1]])
}

#[test]
fn statuses() {
    for (status, expected, text) in [
        (OcspStatus::MalformedRequest, ResponseStatus::MalformedRequest, "malformedRequest"),
        (OcspStatus::InternalError, ResponseStatus::InternalError, "internalError"),
        (OcspStatus::TryLater, ResponseStatus::TryLater, "tryLater"),
        (OcspStatus::SigRequired, ResponseStatus::SigRequired, "sigRequired"),
        (OcspStatus::Unauthorized, ResponseStatus::Unauthorized, "unauthorized"),
        (OcspStatus::Successful, ResponseStatus::Successful, "successful"),
    ] {
        let response = OcspResponse::from_der(&OcspBuilder::bare(status)).unwrap();
        assert_eq!((response.status(), response.status().to_string().as_str()), (expected, text));
        assert!(response.basic().is_none() && response.response_type().is_none());
        touch(&response);
    }
    let with_status = |status| OcspResponse::from_der(&der::sequence([der::enumerated(status)]));
    assert_eq!(with_status(4).unwrap().status(), ResponseStatus::Other(4));
    assert_eq!(with_status(300).unwrap().status().to_string(), "undefined status 300");
    assert_eq!(with_status(-1).unwrap_err().field, "responseStatus");
}

#[test]
fn only_a_successful_basic_response_says_something() {
    let error = read(full().status_raw(der::enumerated(3)));
    assert_eq!((error.status(), error.response_type()), (ResponseStatus::TryLater, Some(oids::OCSP_BASIC)));
    assert!(error.basic().is_none());
    let other = read(full().response_type("1.2.3"));
    assert_eq!(other.response_type().map(|oid| oid.to_string()).as_deref(), Some("1.2.3"));
    assert!(other.basic().is_none());
}

#[test]
fn responders_are_recognised_by_name_and_by_key() {
    let (anchor, other) = (certificate(ca().der()), certificate(Ca::anchor("Other", Key::ed25519(0)).der()));
    let stranger = certificate(Ca::anchor("CA", Key::ed25519(2)).der());
    let who = |builder: OcspBuilder| {
        let response = read(builder);
        let id = response.basic().unwrap().responder_id();
        [&anchor, &other, &stranger].map(|certificate| id.is(Issuer::Certificate(certificate)))
    };
    assert_eq!(who(OcspBuilder::new()), [true, true, false]);
    assert_eq!(who(OcspBuilder::new().by_name()), [true, false, true]);
    let printable = Name::empty().and(attributes::COMMON_NAME, der::printable_string("ca"));
    assert_eq!(who(OcspBuilder::new().by_name_of(printable)), [true, false, true]);
    assert_eq!(who(OcspBuilder::new().by_key_hash(&[])), [false, false, false]);
    let neither = OcspBuilder::new().responder_raw(der::explicit(3, &der::null())).signed_by(ca());
    assert_eq!(OcspResponse::from_der(&neither).unwrap_err().field, "responderID");
}

#[test]
fn a_broken_extension_is_reported_and_the_rest_is_read() {
    for (broken, field) in [
        (Extension::ocsp_nonce(&[1]).with_value(vec![1, 2, 3]), "nonce"),
        (Extension::ocsp_nonce(&[1]).with_value(vec![4, 1, 1, 0]), "nonce"),
        (Extension::ocsp_archive_cutoff(0).with_value(der::null()), "ArchiveCutoff"),
        (Extension::ocsp_crl_id(None, None, None).with_value(vec![0x30, 3, 0xa1, 1, 5]), "crlNum"),
        (Extension::ocsp_extended_revoke().with_value(vec![5, 1, 0]), "extendedRevoke"),
        (Extension::crl_reason(1).with_value(vec![2, 1, 1]), "reasonCode"),
        // A list whose second element is broken.
        (Extension::new("2.5.29.29", true, vec![0x30, 4, 0x82, 0, 0x8f, 0]), "certificateIssuer"),
        (Extension::new("1.3.6.1.5.5.7.48.1.4", false, vec![0x30, 2, 6, 0]), "AcceptableResponses"),
        (Extension::new("1.3.6.1.5.5.7.48.1.7", false, vec![0x30, 0]), "Name"),
    ] {
        let single = OcspSingle::good(SERIAL, ca()).extension(broken.clone());
        let response = read(full().single(single).extension(broken.clone()));
        let basic = response.basic().unwrap();
        assert_eq!(basic.responses().count(), 4);
        let singles = basic.responses().flat_map(|single| single.extensions.iter()).chain(basic.extensions().iter());
        let errors: Vec<_> = singles.filter_map(|extension| Some((extension.value.err()?, extension.span))).collect();
        assert_eq!(errors.len(), 2, "{}", broken.oid());
        for (error, span) in errors {
            assert_eq!(error.field, field);
            assert!(span.range().contains(&error.offset) || error.offset == span.end as usize, "{error}");
        }
        touch(&response);
    }
}

#[test]
fn values_of_requests_are_read_too() {
    let acceptable = der::sequence([der::oid("1.3.6.1.5.5.7.48.1.1")]);
    let locator = der::sequence([
        Name::cn("CA").to_der(),
        der::sequence([der::sequence([&der::oid("1.3.6.1.5.5.7.48.1"), GeneralName::uri("http://o/").as_ref()])]),
    ]);
    let response = read(
        OcspBuilder::new()
            .extension(Extension::new("1.3.6.1.5.5.7.48.1.4", false, acceptable))
            .extension(Extension::new("1.3.6.1.5.5.7.48.1.7", false, locator))
            .extension(Extension::certificate_issuer(&Name::cn("CA")))
            .extension(Extension::invalidity_date(time::START)),
    );
    let values: Vec<_> =
        response.basic().unwrap().extensions().iter().map(|extension| extension.value.unwrap()).collect();
    use OcspExtensionValue as V;
    let [
        V::AcceptableResponses(types),
        V::ServiceLocator(locator),
        V::CertificateIssuer(names),
        V::InvalidityDate(date),
    ] = values[..]
    else {
        panic!("{values:?}")
    };
    assert_eq!(types.iter().collect::<Vec<_>>(), [oids::OCSP_BASIC]);
    assert_eq!((locator.issuer.to_string().as_str(), locator.locator.unwrap().iter().count()), ("CN=CA", 1));
    assert_eq!((names.iter().count(), date.time), (1, Time::from_unix(time::START)));
}

#[test]
fn duplicates_are_found_and_lists_are_limited() {
    let twice = full().append_extension(Extension::ocsp_nonce(&[1]));
    assert_eq!(read(twice).basic().unwrap().extensions().duplicate().unwrap().oid, oids::OCSP_NONCE);
    let many = |count: usize| {
        let odd = |builder: OcspBuilder, number| {
            builder.extension(Extension::new(&format!("1.2.{number}"), false, der::null()))
        };
        OcspResponse::from_der(&(0..count).fold(OcspBuilder::new(), odd).signed_by(ca()))
    };
    assert!(many(MAX_OCSP_EXTENSIONS).is_ok());
    assert!(many(MAX_OCSP_EXTENSIONS + 1).unwrap_err().to_string().contains("MAX_OCSP_EXTENSIONS"));
    let many = |count| {
        let builder = (0..count).fold(OcspBuilder::new(), |builder, _| builder.certificate(&[0x30, 0]));
        OcspResponse::from_der(&builder.signed_by(ca()))
    };
    assert!(many(MAX_OCSP_CERTIFICATES).is_ok());
    assert!(many(MAX_OCSP_CERTIFICATES + 1).unwrap_err().to_string().contains("MAX_OCSP_CERTIFICATES"));
    let large = vec![0; MAX_OCSP_OCTETS + 1];
    assert!(OcspResponse::from_der(&large).unwrap_err().to_string().contains("MAX_OCSP_OCTETS"));
    assert!(OcspRequest::from_der(&large).unwrap_err().to_string().contains("MAX_OCSP_OCTETS"));
}

#[test]
fn departures_from_der_are_noted_with_their_place() {
    let single = |time: Vec<u8>| OcspBuilder::new().single(OcspSingle::good(SERIAL, ca()).this_update_raw(time));
    for (builder, kind) in [
        (single(der::generalized_time("20260630000000.5Z")), DeviationKind::TimeWithFraction),
        (single(der::generalized_time("202606300000Z")), DeviationKind::TimeWithoutSeconds),
        (single(der::generalized_time("20260630020000+0200")), DeviationKind::TimeWithOffset),
        (OcspBuilder::new().version_raw(der::explicit(0, &der::integer(0))), DeviationKind::DefaultEncoded),
        (
            OcspBuilder::new().extension(Extension::ocsp_nonce(&[1]).critical_octet(1)),
            DeviationKind::BooleanNotCanonical(1),
        ),
        (OcspBuilder::new().edit_response(|der| [der, vec![0]].concat()), DeviationKind::TrailingData(1)),
        (
            OcspBuilder::new().edit_signature(|der| der::tlv_long_length(der[0], 1, der::open(&der).0)),
            DeviationKind::LengthNotMinimal,
        ),
    ] {
        let response = read(builder);
        assert_eq!(kinds(&response), [kind]);
        assert!(response.deviations()[0].offset > 0);
        touch(&response);
    }
    for raw in [der::utc_time("260630000000Z"), der::generalized_time("20260630"), der::null()] {
        let error = OcspResponse::from_der(&single(raw).signed_by(ca())).unwrap_err();
        assert_eq!(error.field, "thisUpdate");
    }
    let version_2 = read(OcspBuilder::new().version_raw(der::explicit(0, &der::integer(1))));
    assert_eq!(version_2.basic().unwrap().version(), Version::V2);
}

#[test]
fn what_could_hide_an_extension_is_not_read_over() {
    let tail = |tbs: Vec<u8>| der::sequence([der::open(&tbs).0, &[0xa2, 0]]);
    let error = OcspResponse::from_der(&full().edit_tbs(tail).signed_by(ca())).unwrap_err();
    assert_eq!((error.kind, error.field), (DerErrorKind::TrailingData, "tbsResponseData"));
    let single = der::sequence([
        OcspHash::Sha1.cert_id(SERIAL, ca()),
        der::implicit(0, &[]),
        time::encode_generalized(0),
        der::explicit(2, &der::null()),
    ]);
    let error = OcspResponse::from_der(&OcspBuilder::new().single_raw(single).signed_by(ca())).unwrap_err();
    assert_eq!((error.kind, error.field), (DerErrorKind::TrailingData, "SingleResponse"));
    for status in [vec![0x80, 1, 0], vec![0xa0, 2, 5, 0], vec![0x82, 1, 0], vec![0x83, 0]] {
        let single = OcspSingle::good(SERIAL, ca()).status_raw(status);
        assert!(OcspResponse::from_der(&OcspBuilder::new().single(single).signed_by(ca())).is_err());
    }
}

#[test]
fn nothing_panics_however_a_response_is_cut_or_altered() {
    let whole = full().signed_by(ca());
    for length in 0..whole.len() {
        let error = OcspResponse::from_der(&whole[..length]).unwrap_err();
        assert!(error.offset <= length, "{error}");
    }
    // Cut inside, where the lengths around are right.
    let tbs = read(full()).basic().unwrap().tbs_response_data().to_vec();
    let content = der::open(&tbs).0.len();
    for length in 0..content {
        let cut = move |tbs: Vec<u8>| der::sequence([&der::open(&tbs).0[..length]]);
        let der = full().edit_tbs(cut).signed_by(ca());
        match OcspResponse::from_der(&der) {
            Ok(response) => touch(&response),
            Err(error) => assert!(error.offset <= der.len(), "{error}"),
        }
    }
    for at in 0..whole.len() {
        for mask in [0x01, 0x20, 0x80, 0xff] {
            let mut altered = whole.clone();
            altered[at] ^= mask;
            match OcspResponse::from_der(&altered) {
                Ok(response) => touch(&response),
                Err(error) => assert!(error.offset <= altered.len(), "{error}"),
            }
        }
    }
}

#[test]
fn a_message_of_openssl_is_read() {
    let response = OcspResponse::from_der(include_bytes!("../../../tests/data/input/ocsp.der")).unwrap();
    assert_eq!((response.status(), kinds(&response)), (ResponseStatus::Successful, vec![]));
    assert_eq!(response.basic().unwrap().responses().count(), 1);
    let sink = DeviationSink::new();
    let basic = response.basic().unwrap();
    assert_eq!(basic.signature_algorithm_noting(&sink).oid, basic.signature_algorithm().oid);
}
