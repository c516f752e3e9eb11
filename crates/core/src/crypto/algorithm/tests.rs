use super::*;
use crate::crypto::vectors::{context, null, oid, sequence, uint};
use crate::encoding::der::DeviationSink;

type Read = Result<(String, Vec<DeviationKind>), DerErrorKind>;

fn read(der: &[u8]) -> Read {
    let sink = DeviationSink::new();
    let identifier = AlgorithmIdentifier::decode(&mut Cursor::new(der, &sink)).map_err(|error| error.kind)?;
    let described = SignatureAlgorithm::from_identifier(&identifier).map_err(|error| error.kind)?.describe();
    Ok((described, sink.into_deviations().into_iter().map(|deviation| deviation.kind).collect()))
}

fn identifier(algorithm: Oid<'_>, parameters: &[u8]) -> Vec<u8> {
    sequence(&[&oid(algorithm), parameters])
}

#[test]
fn names_and_parameters_of_every_identifier() {
    let boolean = [0x01, 0x01, 0xff];
    for (known, algorithm, wanted) in KNOWN {
        let name = algorithm.describe();
        let absent = read(&identifier(*known, &[]));
        assert_eq!(absent, Ok((name.clone(), vec![])), "{known}");
        let (with_null, with_boolean) = (read(&identifier(*known, &null())), read(&identifier(*known, &boolean)));
        let noted = |text| Ok((name.clone(), vec![DeviationKind::AlgorithmParameters(text)]));
        match wanted {
            Parameters::NullOrAbsent => {
                assert_eq!(with_null, absent);
                assert_eq!(with_boolean, noted(NOT_NULL));
                // A NULL with content.
                assert_eq!(read(&identifier(*known, &[0x05, 0x01, 0x00])), noted(NOT_NULL));
            }
            Parameters::Absent(text) => {
                assert_eq!(with_null, noted(text));
                assert_eq!(with_boolean, noted(text));
            }
        }
    }
}

#[test]
fn descriptions() {
    for (known, text) in [
        (oids::SHA256_WITH_RSA, "SHA-256 with RSA"),
        (oids::OIW_SHA1_WITH_RSA, "SHA-1 with RSA"),
        (oids::OIW_MD5_WITH_RSA, "MD5 with RSA"),
        (oids::MD2_WITH_RSA, "MD2 with RSA"),
        (oids::MD4_WITH_RSA, "MD4 with RSA"),
        (oids::ECDSA_WITH_SHA384, "ECDSA with SHA-384"),
        (oids::OIW_SHA1_WITH_DSA, "DSA with SHA-1"),
        (oids::DSA_WITH_SHA256, "DSA with SHA-256"),
        (oids::ED448, "Ed448"),
        (oids::ML_DSA_65, "ML-DSA-65"),
        (oids::SM2_WITH_SM3, "sm2-with-sm3"),
    ] {
        assert_eq!(read(&identifier(known, &[])), Ok((text.to_string(), vec![])));
    }
}

fn hash(algorithm: Oid<'_>) -> Vec<u8> {
    identifier(algorithm, &null())
}

fn mgf1(algorithm: Oid<'_>) -> Vec<u8> {
    identifier(oids::MGF1, &hash(algorithm))
}

fn pss(fields: &[&[u8]]) -> Read {
    read(&identifier(oids::RSASSA_PSS, &sequence(fields)))
}

#[test]
fn pss_defaults_and_usual_parameters() {
    assert_eq!(pss(&[]), Ok(("RSA-PSS with SHA-1, salt 20".to_string(), vec![])));
    let usual: [&[u8]; 3] =
        [&context(0, &hash(oids::SHA256)), &context(1, &mgf1(oids::SHA256)), &context(2, &uint(&[32]))];
    assert_eq!(pss(&usual), Ok(("RSA-PSS with SHA-256, salt 32".to_string(), vec![])));
    assert_eq!(
        pss(&[&context(0, &hash(oids::SHA512)), &context(2, &uint(&[0]))]),
        Ok(("RSA-PSS with SHA-512, MGF1 with SHA-1, salt 0".to_string(), vec![]))
    );
    // RFC 4055 §2.1: absent parameters of the hash mean the same as NULL.
    assert_eq!(
        pss(&[&context(0, &identifier(oids::SHA384, &[]))]),
        Ok(("RSA-PSS with SHA-384, MGF1 with SHA-1, salt 20".to_string(), vec![]))
    );
    assert_eq!(
        pss(&[&context(0, &identifier(oids::SHA1, &[]))]),
        Ok(("RSA-PSS with SHA-1, salt 20".to_string(), vec![]))
    );
}

#[test]
fn pss_defaults_written_out_are_noted() {
    let fields: [&[u8]; 4] = [
        &context(0, &hash(oids::SHA1)),
        &context(1, &mgf1(oids::SHA1)),
        &context(2, &uint(&[20])),
        &context(3, &uint(&[1])),
    ];
    for field in fields {
        let expected = Ok(("RSA-PSS with SHA-1, salt 20".to_string(), vec![DeviationKind::DefaultEncoded]));
        assert_eq!(pss(&[field]), expected);
    }
    assert_eq!(pss(&fields).unwrap().1.len(), 4);
    let odd_hash = identifier(oids::SHA256, &[0x01, 0x01, 0xff]);
    let (_, noted) = pss(&[&context(0, &odd_hash)]).unwrap();
    assert!(matches!(noted[..], [DeviationKind::AlgorithmParameters(_)]), "{noted:?}");
}

#[test]
fn pss_with_a_hash_not_known_is_named() {
    for field in [context(0, &hash(oids::SHA3_256)), context(1, &mgf1(oids::SHA3_256))] {
        assert_eq!(pss(&[&field]), Ok(("RSA-PSS with sha3-256".to_string(), vec![])));
    }
}

#[test]
fn pss_parameters_that_mean_nothing_are_errors() {
    for missing in [vec![], null()] {
        assert!(read(&identifier(oids::RSASSA_PSS, &missing)).is_err());
    }
    let cases: &[(&str, Vec<Vec<u8>>)] = &[
        ("another mask generator", vec![context(1, &hash(oids::SHA256))]),
        ("MGF1 without a hash", vec![context(1, &identifier(oids::MGF1, &[]))]),
        ("MGF1 with NULL", vec![context(1, &identifier(oids::MGF1, &null()))]),
        ("trailer 2", vec![context(3, &uint(&[2]))]),
        ("negative trailer", vec![context(3, &[0x02, 0x01, 0xff])]),
        ("negative salt", vec![context(2, &[0x02, 0x01, 0xff])]),
        ("salt of 33 bits", vec![context(2, &uint(&[1, 0, 0, 0, 0]))]),
        ("out of order", vec![context(2, &uint(&[32])), context(0, &hash(oids::SHA256))]),
        ("twice", vec![context(2, &uint(&[32])), context(2, &uint(&[32]))]),
        ("fifth field", vec![context(4, &uint(&[1]))]),
        ("two values in one wrapper", vec![context(2, &[uint(&[32]), uint(&[32])].concat())]),
        ("empty wrapper", vec![context(0, &[])]),
        ("not wrapped", vec![hash(oids::SHA256)]),
    ];
    for (what, fields) in cases {
        let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
        assert!(pss(&fields).is_err(), "{what}");
    }
}
