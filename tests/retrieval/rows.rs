//! What each row of `certlens url` comes to: certificates, CRLs and responses that no
//! CA's tool would make, from the lab's web server.

use std::fs;
use std::sync::MutexGuard;

use certlens_testkit::{
    Ca, CertificateBuilder, CrlBuilder, CrlEntry, DistributionPointSpec, Extension, IdpSpec, Key, Name, OcspBuilder,
    OcspSingle, pem, time,
};
use serde_json::Value;

use crate::lab::{Lab, lab};
use crate::web::Answer;

const SERIAL: [u8; 2] = [0x21, 0x07];
const DAY: i64 = 86_400;

/// A CA that is the trust anchor, and the paths of the lab's web server.
struct Pki {
    lab: MutexGuard<'static, Lab>,
    ca: Ca,
    site: String,
}

impl Pki {
    fn new() -> Pki {
        let lab = lab();
        let site = format!("http://localhost:{}", lab.web.port);
        let ca = Ca::anchor("Rows CA", Key::p256(1));
        fs::write(lab.path("rows-root.pem"), pem::certificate(ca.der())).unwrap();
        Pki { lab, ca, site }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.site)
    }

    fn serve(&self, path: &str, octets: Vec<u8>) {
        self.lab.web.set(&format!("/{path}"), Answer::Octets(octets));
    }

    /// An end entity's certificate, in the file rows.pem.
    fn target(&self, extensions: impl IntoIterator<Item = Extension>) -> Vec<u8> {
        let builder = CertificateBuilder::new(Name::cn("node"), Key::p256(2)).serial(&SERIAL);
        let der = extensions.into_iter().fold(builder, CertificateBuilder::extension).issued_by(&self.ca);
        fs::write(self.lab.path("rows.pem"), pem::certificate(&der)).unwrap();
        der
    }

    fn crl_at(&self, paths: &[&str]) -> Extension {
        let urls: Vec<String> = paths.iter().map(|path| self.url(path)).collect();
        Extension::crl_distribution_points(urls.iter().map(String::as_str))
    }

    fn freshest(&self, path: &str) -> Extension {
        Extension::freshest_crl(&[DistributionPointSpec::uri(&self.url(path))])
    }

    #[track_caller]
    fn rows(&self, options: &str, exit: i32, first: &str, expected: &[&str]) -> (String, Value) {
        let arguments = format!("url rows.pem --no-cache --timeout 3 --at 2026-07-01T00:00:00Z {options}");
        let (found, text, json) = self.lab.both(&arguments);
        let rows = json["chains"][0]["urls"].as_array().unwrap();
        let word = |row: &Value| format!("{} {}", row["kind"].as_str().unwrap(), row["status"].as_str().unwrap());
        assert_eq!(rows.iter().map(word).collect::<Vec<_>>(), expected, "{text}");
        assert!(text.starts_with(first), "{text}");
        assert_eq!(found, exit, "{text}");
        (text, json)
    }

    #[track_caller]
    fn trusted(&self, exit: i32, first: &str, expected: &[&str]) -> (String, Value) {
        self.rows("--anchors rows-root.pem", exit, first, expected)
    }
}

fn base() -> CrlBuilder {
    CrlBuilder::new().number(5)
}

fn delta() -> CrlBuilder {
    CrlBuilder::new().number(6).delta(5)
}

#[test]
fn delta_crls_count_when_a_complete_one_fits_and_what_they_list_is_theirs() {
    let pki = Pki::new();
    pki.target([pki.crl_at(&["base"])]);
    // The complete CRL alone says where the delta CRL is.
    pki.serve("base", base().extension(pki.freshest("delta")).signed_by(&pki.ca));
    for (what, delta, exit, status) in [
        ("the next", delta(), 0, "verified"),
        ("of the same number, as just after a complete one", delta().number(5), 0, "verified"),
        ("with nothing new", delta().number(4).delta(3), 0, "verified"),
        ("out of date", delta().next_update(Some(time::MIDDLE - DAY)), 0, "expired"),
        ("out of date by less than clocks differ", delta().next_update(Some(time::MIDDLE - 60)), 0, "verified"),
        ("forged", delta().corrupt_signature(), 0, "bad_signature"),
        ("complete", base(), 0, "not_usable"),
        ("with an entry", delta().entry(&SERIAL), 1, "revoked"),
    ] {
        pki.serve("delta", delta.signed_by(&pki.ca));
        let first = if exit == 0 { "REACHABLE: rows.pem" } else { "REVOKED: rows.pem delta CRL http" };
        let (text, _) = pki.trusted(exit, first, &["crl verified", &format!("delta_crl {status}")]);
        let every = pki.lab.certlens("url rows.pem --no-cache --anchors rows-root.pem --at 2026-07-01 --every-url");
        assert_eq!(every.status.code(), Some(i32::from(status != "verified")), "{what}: {text}");
    }
}

#[test]
fn of_two_fitting_delta_crls_the_older_works_too() {
    let pki = Pki::new();
    let points = ["new", "old"].map(|path| DistributionPointSpec::uri(&pki.url(path)));
    pki.target([pki.crl_at(&["base"]), Extension::freshest_crl(&points)]);
    pki.serve("base", base().signed_by(&pki.ca));
    pki.serve("old", delta().signed_by(&pki.ca));
    pki.serve("new", delta().number(7).signed_by(&pki.ca));
    pki.trusted(0, "REACHABLE", &["crl verified", "delta_crl verified", "delta_crl verified"]);
}

#[test]
fn a_delta_crl_in_the_place_of_a_complete_one_is_not_enough() {
    let pki = Pki::new();
    pki.target([pki.crl_at(&["base"])]);
    pki.serve("base", delta().signed_by(&pki.ca));
    pki.trusted(1, "NOT REACHABLE: rows.pem The revocation of CN=node cannot be checked", &["crl not_usable"]);
}

#[test]
fn without_the_issuer_what_came_is_not_judged() {
    let pki = Pki::new();
    pki.target([pki.crl_at(&["base"])]);
    pki.serve("base", base().signed_by(&pki.ca));
    let (text, json) = pki.rows("--anchors other.pem", 3, "CANNOT TELL: rows.pem", &["crl not_judged"]);
    assert!(text.contains("give the issuer with --intermediates"), "{text}");
    assert!(!text.contains("Mend the caIssuers URL"), "it names none: {text}");
    assert_eq!(json["chains"][0]["reaches_anchor"], false);
    // Where it names nothing at all, what stands above is still not known.
    pki.target([]);
    let (text, _) = pki.rows("--anchors other.pem", 3, "CANNOT TELL: rows.pem The chain ends below CN=Rows CA", &[]);
    assert!(text.contains("is not known"), "{text}");
}

#[test]
fn of_a_trust_anchor_nothing_is_asked() {
    let pki = Pki::new();
    let crl = pki.crl_at(&["base"]);
    let root = Ca::self_signed(Ca::builder("Rows Root", Key::p256(3)).extension(crl));
    fs::write(pki.lab.path("rows.pem"), pem::certificate(root.der())).unwrap();
    pki.rows("--anchors rows.pem", 0, "NOTHING TO REACH: rows.pem It is a trust anchor", &[]);
    pki.rows("--anchors rows-root.pem", 0, "NOTHING TO REACH: rows.pem It is self-signed", &[]);
}

#[test]
fn sources_that_cannot_be_asked_have_a_row() {
    let pki = Pki::new();
    pki.serve("base", base().signed_by(&pki.ca));
    let paths: Vec<String> = (0..17).map(|place| format!("base/{place}")).collect();
    pki.target([pki.crl_at(&paths.iter().map(String::as_str).collect::<Vec<_>>())]);
    let expected: Vec<&str> = std::iter::repeat_n("crl verified", 16).chain(["crl not_asked"]).collect();
    let (text, json) = pki.trusted(0, "REACHABLE: rows.pem", &expected);
    assert!(text.contains("17 URLs are listed") && json["chains"][0]["urls"][16].get("url").is_none(), "{text}");
    pki.rows("--anchors rows-root.pem --every-url", 3, "CANNOT TELL: rows.pem", &expected);
    // 5 certificates with 16 URLs of their own are more than one chain may cost.
    let mut ca = pki.ca.clone();
    let mut file = String::new();
    for depth in 0..5_u32 {
        let urls: Vec<String> = (0..16).map(|place| pki.url(&format!("base/{depth}-{place}"))).collect();
        let points = Extension::crl_distribution_points(urls.iter().map(String::as_str));
        let builder = Ca::builder(&format!("Rows {depth}"), Key::p256(depth + 3)).extension(points);
        let next = Ca::issued(builder, &ca);
        file.insert_str(0, &pem::certificate(next.der()));
        ca = next;
    }
    fs::write(pki.lab.path("rows.pem"), file).unwrap();
    let (_, text, json) = pki.lab.both("url rows.pem --no-cache --anchors rows-root.pem --at 2026-07-01");
    let rows = json["chains"][0]["urls"].as_array().unwrap();
    let asked = rows.iter().filter(|row| row["status"] != "not_asked").count();
    assert_eq!((rows.len(), asked), (80, 64), "{text}");
    assert!(text.contains("limit MAX_FETCHES"), "{text}");
}

#[test]
fn revoked_afterwards_is_not_revoked() {
    let pki = Pki::new();
    pki.target([pki.crl_at(&["base"])]);
    let entry = CrlEntry { date: time::MIDDLE + DAY, ..CrlEntry::new(&SERIAL) };
    let crl = base().entry_full(entry).this_update(time::MIDDLE + 2 * DAY).signed_by(&pki.ca);
    pki.serve("base", crl);
    let (text, _) = pki.trusted(0, "REACHABLE: rows.pem", &["crl verified"]);
    assert!(text.contains("revoked afterwards, on 2026-07-02"), "{text}");
}

#[test]
fn crls_for_some_reasons_are_enough_together_only() {
    let pki = Pki::new();
    let points = ["some", "rest"].map(|path| DistributionPointSpec::uri(&pki.url(path)));
    pki.target([Extension::crl_distribution_points_of(&points)]);
    let of = |path: &str, reasons: Vec<usize>| {
        let full_name = vec![certlens_testkit::GeneralName::uri(pki.url(path))];
        let scope = IdpSpec { full_name, reasons: Some(reasons), ..IdpSpec::default() };
        base().issuing_distribution_point(&scope).signed_by(&pki.ca)
    };
    pki.serve("some", of("some", vec![1, 2]));
    pki.serve("rest", of("rest", vec![3, 4]));
    pki.trusted(1, "NOT REACHABLE", &["crl not_usable", "crl not_usable"]);
    pki.serve("rest", of("rest", (3..=8).collect()));
    pki.trusted(0, "REACHABLE", &["crl verified", "crl verified"]);
}

#[test]
fn sources_of_others_are_named() {
    let pki = Pki::new();
    let responder = Extension::authority_info_access(&[], &[&pki.url("ocsp")]);
    pki.target([pki.crl_at(&["base"]), responder]);
    let other = Ca::anchor("Other CA", Key::p256(9));
    pki.serve("base", base().signed_by(&other));
    pki.serve("ocsp", OcspBuilder::new().single(OcspSingle::good(&[0x55], &pki.ca)).signed_by(&pki.ca));
    let (text, _) = pki.trusted(1, "NOT REACHABLE", &["crl wrong_issuer", "ocsp does_not_cover"]);
    assert!(text.contains("the CRL there is of CN=Other CA, the certificate's issuer is CN=Rows CA"), "{text}");
    pki.serve("ocsp", OcspBuilder::new().single(OcspSingle::good(&SERIAL, &pki.ca)).signed_by(&pki.ca));
    pki.trusted(0, "REACHABLE", &["crl wrong_issuer", "ocsp verified"]);
}

#[test]
fn the_issuer_is_one_that_signed_and_is_in_force() {
    let pki = Pki::new();
    pki.target([Extension::authority_info_access(&[&pki.url("ca")], &[])]);
    let with = |not_before, not_after| {
        Ca::self_signed(Ca::builder("Rows CA", Key::p256(1)).validity(not_before, not_after)).der().to_vec()
    };
    let over = with(time::CA_START, time::MIDDLE - DAY);
    let early = with(time::MIDDLE + DAY, time::CA_END);
    let twin = Ca::anchor("Rows CA", Key::p256(8)).der().to_vec();
    let sound = pki.ca.der().to_vec();
    for (certificates, exit, status) in [
        (vec![&over, &sound], 0, "verified"),
        (vec![&over], 1, "expired"),
        (vec![&early], 1, "not_yet_valid"),
        (vec![&twin], 1, "wrong_issuer"),
        (vec![&twin, &sound], 0, "verified"),
    ] {
        let all: String = certificates.iter().map(|der| pem::certificate(der)).collect();
        pki.serve("ca", all.into_bytes());
        let first = if exit == 0 { "REACHABLE" } else { "NOT REACHABLE: rows.pem The issuer of CN=node" };
        let (text, _) = pki.trusted(exit, first, &[&format!("issuer {status}")]);
        assert!(text.contains("names no CRL and no OCSP responder"), "{text}");
    }
}

#[test]
fn the_cache_does_not_answer_for_the_network() {
    let pki = Pki::new();
    pki.target([pki.crl_at(&["base"])]);
    pki.serve("base", base().signed_by(&pki.ca));
    let arguments = "url rows.pem --cache-dir rows-cache --anchors rows-root.pem --at 2026-07-01 --timeout 3";
    assert_eq!(pki.lab.certlens(arguments).status.code(), Some(0));
    pki.lab.web.set("/base", Answer::Page(503, "<html></html>"));
    assert_eq!(pki.lab.certlens(arguments).status.code(), Some(1));
}

/// Certificates in one file, the target first.
fn bundle(pki: &Pki, ders: &[&[u8]]) {
    fs::write(pki.lab.path("rows.pem"), ders.iter().map(|der| pem::certificate(der)).collect::<String>()).unwrap();
}

#[test]
fn who_only_has_the_issuers_name_says_nothing() {
    let pki = Pki::new();
    let point = pki.crl_at(&["base"]);
    let issuing = Ca::intermediate("Rows Issuing", Key::p256(4), &pki.ca);
    // Without key identifiers nothing but the signature tells them apart.
    let target = || {
        let builder = CertificateBuilder::new(Name::cn("node"), Key::p256(2)).serial(&SERIAL);
        builder.extension(point.clone()).without_key_identifiers()
    };
    let node = target().issued_by(&issuing);
    let impostor = Ca::anchor("Rows Issuing", Key::p256(5));
    let forged = CertificateBuilder::ca(Name::cn("Rows Issuing"), Key::p256(5)).corrupt_signature().issued_by(&pki.ca);
    let no_ca = CertificateBuilder::new(Name::cn("Rows Issuing"), Key::p256(4)).issued_by(&pki.ca);
    let of_root = target().corrupt_signature().issued_by(&pki.ca);
    for (what, file, signer, why) in [
        (
            "a forged intermediate",
            vec![&node[..], &forged],
            &impostor,
            "does not verify with the key of CN=Rows Issuing",
        ),
        (
            "a self-signed one",
            vec![&node, impostor.der()],
            &impostor,
            "does not verify with the key of CN=Rows Issuing",
        ),
        ("one that is no CA", vec![&node, &no_ca], &issuing, "CN=Rows Issuing, which signed it, is no CA"),
        ("a forged target", vec![&of_root], &pki.ca, "does not verify with the key of CN=Rows CA"),
    ] {
        bundle(&pki, &file);
        pki.serve("base", base().signed_by(signer));
        let (text, json) = pki.trusted(3, "CANNOT TELL: rows.pem", &["crl not_judged"]);
        assert!(text.contains("The chain is broken above CN=node"), "{what}: {text}");
        assert!(text.contains(why), "{what}: {text}");
        assert_eq!(
            (&json["chains"][0]["broken"]["depth"], &json["chains"][0]["reaches_anchor"]),
            (&0.into(), &false.into())
        );
    }
    // What a stranger signed is kept for seconds, whatever it says of itself.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let now = i64::try_from(now).unwrap();
    let node = target().validity(time::START, time::CA_END).issued_by(&issuing);
    bundle(&pki, &[&node, impostor.der()]);
    pki.serve("base", base().this_update(now - DAY).next_update(Some(now + 9 * DAY)).signed_by(&impostor));
    pki.lab.certlens("url rows.pem --anchors rows-root.pem --cache-dir rows-stranger");
    let (_, _, json) = pki.lab.both("cache list --cache-dir rows-stranger");
    let entries = json["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{json}");
    let until = certlens_core::time::Time::parse_rfc3339(entries[0]["expires"].as_str().unwrap()).unwrap();
    assert!(until.unix() < now + DAY, "{json}");
}

#[test]
fn a_revocation_counts_whoever_names_its_crl() {
    let pki = Pki::new();
    let issuing = Ca::issued(Ca::builder("Rows Issuing", Key::p256(4)).serial(&[0x31]), &pki.ca);
    let target = CertificateBuilder::new(Name::cn("node"), Key::p256(2)).serial(&SERIAL);
    let target = target.extension(pki.crl_at(&["own", "other"])).issued_by(&issuing);
    bundle(&pki, &[&target, issuing.der()]);
    pki.serve("own", base().signed_by(&issuing));
    pki.serve("other", base().entry(&[0x31]).signed_by(&pki.ca));
    let (text, json) =
        pki.trusted(1, "REVOKED: rows.pem #1 CN=Rows Issuing was revoked on", &["crl verified", "crl wrong_issuer"]);
    assert_eq!(json["chains"][0]["revoked"][0]["depth"], 1, "{text}");
}

#[test]
fn those_who_sign_for_others_are_asked_about_too() {
    let pki = Pki::new();
    // A responder that the CA revoked, as the CRL says that the responder itself names.
    let responder = CertificateBuilder::new(Name::cn("responder"), Key::p256(6))
        .serial(&[0x41])
        .extension(Extension::extended_key_usage(["1.3.6.1.5.5.7.3.9"]))
        .extension(pki.crl_at(&["responders"]));
    let signer = responder.as_issuer();
    let responder = responder.issued_by(&pki.ca);
    pki.target([Extension::authority_info_access(&[], &[&pki.url("ocsp")])]);
    let response = OcspBuilder::new().single(OcspSingle::good(&SERIAL, &pki.ca)).certificate(&responder);
    pki.serve("ocsp", response.signed_by(&signer));
    let full_name = vec![certlens_testkit::GeneralName::uri(pki.url("responders"))];
    let of_responders = IdpSpec { full_name, ..IdpSpec::default() };
    let of_responders = || base().issuing_distribution_point(&of_responders);
    pki.serve("responders", of_responders().signed_by(&pki.ca));
    pki.trusted(0, "REACHABLE", &["ocsp verified"]);
    let verify = "verify rows.pem --anchors rows-root.pem --fetch --no-cache --at 2026-07-01";
    assert_eq!(pki.lab.certlens(verify).status.code(), Some(0));
    pki.serve("responders", of_responders().entry(&[0x41]).signed_by(&pki.ca));
    pki.trusted(1, "NOT REACHABLE", &["ocsp not_usable"]);
    let (exit, text, _) = pki.lab.both(verify);
    assert_eq!(exit, 3, "{text}");
    // A CRL issuer of its own, whose own CRL is elsewhere.
    let indirect = CertificateBuilder::new(Name::cn("CRLs"), Key::p256(7))
        .extension(Extension::key_usage(&[certlens_testkit::KeyUsage::CrlSign]))
        .extension(pki.crl_at(&["of-signers"]));
    let signer = indirect.as_issuer();
    let point = DistributionPointSpec {
        crl_issuer: vec![certlens_testkit::GeneralName::directory(&signer.name)],
        ..DistributionPointSpec::uri(&pki.url("indirect"))
    };
    let node = pki.target([Extension::crl_distribution_points_of(&[point])]);
    let indirect = indirect.issued_by(&pki.ca);
    bundle(&pki, &[&node, &indirect]);
    let full_name = vec![certlens_testkit::GeneralName::uri(pki.url("indirect"))];
    let scope = IdpSpec { full_name, indirect: true, ..IdpSpec::default() };
    pki.serve("indirect", base().issuing_distribution_point(&scope).signed_by(&signer));
    pki.serve("of-signers", base().signed_by(&pki.ca));
    pki.trusted(0, "REACHABLE", &["crl verified"]);
    assert_eq!(pki.lab.certlens(verify).status.code(), Some(0));
    pki.lab.web.set("/of-signers", Answer::Page(404, "<html></html>"));
    pki.trusted(3, "CANNOT TELL", &["crl cannot_tell"]);
}

#[test]
fn an_expired_complete_crl_is_mended_by_its_delta_crl() {
    let pki = Pki::new();
    pki.target([pki.crl_at(&["base"])]);
    let expired = base().next_update(Some(time::MIDDLE - DAY / 2)).extension(pki.freshest("delta"));
    pki.serve("base", expired.signed_by(&pki.ca));
    pki.serve("delta", delta().signed_by(&pki.ca));
    pki.trusted(0, "REACHABLE", &["crl verified", "delta_crl verified"]);
    let verify = "verify rows.pem --anchors rows-root.pem --fetch --no-cache --at 2026-07-01";
    assert_eq!(pki.lab.certlens(verify).status.code(), Some(0), "as url says");
}

#[test]
fn a_host_that_does_not_answer_is_waited_for_once_in_a_run() {
    let pki = Pki::new();
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/ocsp", dead.local_addr().unwrap().port());
    fs::create_dir_all(pki.lab.path("many")).unwrap();
    for number in 0..8_u8 {
        let builder = CertificateBuilder::new(Name::cn(&format!("node{number}")), Key::p256(2)).serial(&[0x50, number]);
        let der = builder.extension(Extension::authority_info_access(&[], &[&url])).issued_by(&pki.ca);
        fs::write(pki.lab.path(&format!("many/{number}.pem")), pem::certificate(&der)).unwrap();
    }
    let begun = std::time::Instant::now();
    let output = pki.lab.certlens("url many --anchors rows-root.pem --no-cache --timeout 2 --at 2026-07-01");
    assert_eq!(output.status.code(), Some(1));
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "{:?} for a timeout of 2 s", begun.elapsed());
}

#[test]
fn redirects_and_crls_in_pem_are_remarked_on() {
    let pki = Pki::new();
    pki.target([pki.crl_at(&["base"])]);
    pki.lab.web.set("/base", Answer::Redirect(pki.url("there")));
    pki.serve("there", pem::encode("X509 CRL", &base().signed_by(&pki.ca)).into_bytes());
    let (text, _) = pki.trusted(0, "REACHABLE", &["crl verified"]);
    assert!(text.contains(&format!("redirected to {}", pki.url("there"))), "{text}");
    assert!(text.contains("as PEM, where RFC 5280 §4.2.1.13 demands DER"), "{text}");
}
