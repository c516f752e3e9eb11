//! What nginx serves: one site for each way to be set up, well or badly.

use certlens_testkit::program::{Presented, Site};
use certlens_testkit::{Ca, Extension, Key, OcspBuilder, OcspSingle, pem, time};

use crate::lab::{Pki, SERVER};

const DAY: i64 = 86_400;
/// The serial number of certificates with a staple.
const SERIAL: [u8; 2] = [0x21, 0x07];
/// status_request (RFC 7633 §6).
const MUST_STAPLE: i64 = 5;

/// Every site, with its name.
pub(crate) fn all(pki: &Pki) -> Vec<(&'static str, Site)> {
    [chains(pki), certificates(pki), versions(pki), others(pki)].concat()
}

/// Whether this machine has IPv6, if only for itself.
pub(crate) fn has_ipv6() -> bool {
    std::net::TcpListener::bind("[::1]:0").is_ok()
}

/// What is sent beside the server's own certificate.
fn chains(pki: &Pki) -> Vec<(&'static str, Site)> {
    let key = Key::p256(SERVER);
    let own = Pki::own(key).issued_by(&pki.issuing);
    let (own, issuing) = (own.as_slice(), pki.issuing.der());
    let ipv6 = if has_ipv6() { "listen [::1]:{port} ssl;" } else { "" };
    let sent = |chain: &[&[u8]]| Site::presenting(Presented::new(key, chain));
    let sub = Ca::intermediate("Lab Sub CA", Key::p256(203), &pki.issuing);
    let of_sub = Pki::own(key).issued_by(&sub);
    vec![
        ("good", sent(&[own, issuing]).with("ssl_protocols TLSv1.2 TLSv1.3;").with(ipv6)),
        ("incomplete", sent(&[own])),
        ("disordered", sent(&[&of_sub, issuing, sub.der()])),
        ("duplicate", sent(&[own, issuing, issuing])),
        ("surplus", sent(&[own, issuing, pki.stranger.der()])),
        ("anchor", sent(&[own, issuing, pki.root.der()])),
    ]
}

/// Servers' certificates with something amiss.
fn certificates(pki: &Pki) -> Vec<(&'static str, Site)> {
    let key = Key::p256(SERVER);
    let issued = |change: &dyn Fn(_) -> _| Site::presenting(pki.presented(key, change));
    let elsewhere = Pki::named(key, ["other.test"]).issued_by(&pki.issuing);
    let elsewhere = Presented::new(key, [elsewhere.as_slice(), pki.issuing.der()]);
    let alone = Presented::new(key, [Pki::own(key).self_signed()]);
    let stranger = Presented::new(key, [Pki::own(key).issued_by(&pki.stranger)]);
    let staple = |single: OcspSingle| OcspBuilder::new().single(single).signed_by(&pki.issuing);
    let stapling = |name: &str, demanded: bool, single: OcspSingle| {
        issued(&|plain: certlens_testkit::CertificateBuilder| {
            let plain = plain.serial(&SERIAL);
            if demanded { plain.extension(Extension::tls_feature(&[MUST_STAPLE])) } else { plain }
        })
        .file(name, staple(single))
        .with("ssl_stapling on;")
        .with(&format!("ssl_stapling_file {{folder}}/{name};"))
    };
    let good = || OcspSingle::good(&SERIAL, &pki.issuing);
    vec![
        ("lasting", Site::presenting(pki.lasting())),
        ("expired", issued(&|plain| plain.validity(time::START - 400 * DAY, time::START - 35 * DAY))),
        ("elsewhere", Site::presenting(elsewhere.clone())),
        ("alone", Site::presenting(alone)),
        ("stranger", Site::presenting(stranger)),
        ("by-name", Site::presenting(elsewhere).name("host.test", pki.good())),
        ("staple", stapling("good.ocsp", false, good())),
        ("must-staple", stapling("must.ocsp", true, good())),
        (
            "revoked",
            stapling("revoked.ocsp", false, OcspSingle::revoked(&SERIAL, &pki.issuing, time::REVOKED, Some(1))),
        ),
        ("no-staple", issued(&|plain| plain.extension(Extension::tls_feature(&[MUST_STAPLE])))),
    ]
}

/// Versions of TLS and cipher suites.
fn versions(pki: &Pki) -> Vec<(&'static str, Site)> {
    let good = || Site::presenting(pki.good());
    let rsa = || Site::presenting(pki.presented(Key::rsa2048(0), |plain| plain));
    vec![
        ("tls-1.3", good().with("ssl_protocols TLSv1.3;")),
        ("tls-1.2", good().with("ssl_protocols TLSv1.2;")),
        ("tls-1.1", rsa().with("ssl_protocols TLSv1.1;").with("ssl_ciphers ALL@SECLEVEL=0;")),
        ("tls-1.0", rsa().with("ssl_protocols TLSv1;").with("ssl_ciphers ALL@SECLEVEL=0;")),
        ("rsa-exchange", rsa().with("ssl_protocols TLSv1.2;").with("ssl_ciphers AES128-SHA;")),
    ]
}

fn others(pki: &Pki) -> Vec<(&'static str, Site)> {
    let clients = |mode: &str| {
        Site::presenting(pki.lasting())
            .file("clients.pem", pem::certificate(pki.clients.der()))
            .with(&format!("ssl_verify_client {mode};"))
            .with("ssl_client_certificate {folder}/clients.pem;")
    };
    vec![("http", Site::plain()), ("clients-optional", clients("optional")), ("clients-wanted", clients("on"))]
}
