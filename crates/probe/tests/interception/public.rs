//! No false alarm: the roots of Mozilla's set, and public chains.

use std::path::Path;

use certlens_core::encoding::input;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer;
use certlens_probe::interception::observation::{Anchor, End, KeyProof, Looked, is_issued_by};
use certlens_probe::interception::{Assessment, Observation, Question, Reached, TrustFacts, assess, products};

use super::harness::{direct, evidence, mitmproxy, private, proxied, proxy, public, read, short};

fn roots() -> Vec<Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|der| read(der)).collect()
}

/// The certificates of a file below testdata.
fn file(name: &str) -> Vec<Certificate> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name);
    let read_file = std::fs::read(&path).expect("a file of testdata");
    input::read(&read_file).expect("certificates").certificates().map(|object| read(&object.der)).collect()
}

fn shown(chain: Vec<Certificate>, anchor: Option<Certificate>) -> Reached {
    Reached {
        chain,
        possession: KeyProof::Proven,
        tls_scts: Looked::NotLookedFor,
        staple_scts: Looked::NotLookedFor,
        trust: TrustFacts {
            trusted_here: anchor.is_some(),
            anchor_in_mozilla: anchor.is_some(),
            for_host: true,
            beside: Vec::new(),
            anchors_given: false,
            anchor: anchor.map(Anchor::Certificate),
            why_not: None,
        },
        proxy_headers: Vec::new(),
    }
}

fn ask(host: &str, observations: &[Observation]) -> Assessment {
    let now = Time::parse_rfc3339("2026-03-01T00:00:00Z").expect("a time");
    assess(&Question { host, observations, references: &[], pins: &[], now })
}

#[test]
fn no_root_of_mozilla_replaces_anything() {
    for root in roots() {
        let host = "www.example.com";
        let seen = || shown(vec![root.clone()], Some(root.clone()));
        let alone = ask(host, &[proxied(seen())]);
        assert_eq!(short(&alone), "not-replaced: public-ca", "{}", root.subject());
        let both = ask(host, &[direct(public(host, 10)), proxied(seen())]);
        assert_eq!(short(&both), "not-replaced: two-certificates-in-service", "{}", root.subject());
        assert!(!evidence(&both, &proxy()).iter().any(|signal| signal.starts_with('+')), "{}", root.subject());
    }
}

/// On a system without them, their roots are unknown: still not a product's.
#[test]
fn roots_that_are_not_known_here_are_no_products() {
    for root in roots() {
        let seen = shown(vec![root.clone()], None);
        assert_eq!(seen.end(), End::OwnRoot, "{}", root.subject());
        let assessment = ask("www.example.com", &[proxied(seen)]);
        assert_eq!(assessment.verdict.word(), "cannot-tell", "{}", root.subject());
        assert!(!evidence(&assessment, &proxy()).contains(&"+product-name".to_owned()), "{}", root.subject());
    }
}

#[test]
fn a_public_chain_is_public_whole_or_not() {
    let host = "www.amazon.com";
    let chain = file("public/chain.pem");
    let last = chain.last().unwrap();
    let anchor = roots().into_iter().find(|root| is_issued_by(last, Issuer::Certificate(root))).unwrap();
    let whole = shown(chain.clone(), Some(anchor.clone()));
    assert_eq!(whole.path().len(), chain.len() + 1);
    assert_eq!(short(&ask(host, &[proxied(whole.clone())])), "not-replaced: public-ca");
    assert_eq!(short(&ask(host, &[direct(whole.clone()), proxied(whole.clone())])), "not-replaced: same-certificate");

    let cut = shown(chain[..1].to_vec(), None);
    assert_eq!(short(&ask(host, &[proxied(cut)])), "cannot-tell: incomplete-chain");
    let no_anchor = shown(chain.clone(), None);
    assert_eq!(short(&ask(host, &[proxied(no_anchor)])), "cannot-tell: incomplete-chain");
    // Out of order, and with what does not belong.
    let mut mixed = chain.clone();
    mixed.insert(1, roots().remove(0));
    assert_eq!(shown(mixed, Some(anchor)).path(), whole.path());

    // And the same host through a proxy that replaces its certificate.
    let replaced = private(host, 11, &mitmproxy(), false);
    assert_eq!(short(&ask(host, &[direct(whole), proxied(replaced)])), "replaced-untrusted: mitmproxy");
}

#[test]
fn public_certificates_alone_are_not_called_replaced() {
    for name in ["apple.com", "cloudflare.com", "facebook.com", "s3.amazonaws.com"] {
        let chain = file(&format!("bench/{name}.pem"));
        for certificate in &chain {
            assert_eq!(products::find(&certificate.issuer()), None, "{name}");
        }
        let assessment = ask(name, &[proxied(shown(chain, None))]);
        assert_eq!(assessment.verdict.word(), "cannot-tell", "{name}");
        let signals = evidence(&assessment, &proxy());
        assert!(signals.contains(&"-scts".to_owned()) && !signals.contains(&"+no-addresses".to_owned()), "{signals:?}");
    }
}
