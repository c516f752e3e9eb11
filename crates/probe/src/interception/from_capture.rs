//! From what a probe captured to what is judged.

use certlens_core::x509::Certificate;
use certlens_core::x509::ocsp::OcspResponse;
use certlens_core::x509::oid::oids;

use super::observation::{KeyProof, Looked, Reached, TrustFacts};
use crate::tls::capture::{Capture, How, Possession};

impl Reached {
    /// What a probe captured. Whether SCTs were looked for follows from how it was captured:
    /// a staple is always asked for, SCTs as an extension of TLS only by a plain hello.
    ///
    /// A certificate that cannot be read is left out, and when it is the server's own,
    /// nothing is left: what comes behind it is not the server's.
    pub fn from_capture(capture: &Capture, trust: TrustFacts, proxy_headers: Vec<(String, String)>) -> Reached {
        let mut read = capture.chain.iter().map(|der| Certificate::from_der(der).ok());
        let end_entity = read.next().flatten();
        let chain = end_entity.map(|first| std::iter::once(first).chain(read.flatten()).collect()).unwrap_or_default();
        let tls_scts = match (&capture.scts, capture.how) {
            (Some(_), _) => Looked::Present,
            (None, How::PlainHello) => Looked::Absent,
            (None, How::Handshake | How::Partly) => Looked::NotLookedFor,
        };
        let staple_scts = match &capture.staple {
            Some(staple) if has_scts(staple) => Looked::Present,
            _ => Looked::Absent,
        };
        let possession = match &capture.possession {
            Possession::Proven(_) => KeyProof::Proven,
            Possession::Unproven(why) => KeyProof::Unproven(why.clone()),
            Possession::Disproven(_, why) => KeyProof::Disproven(why.clone()),
        };
        Reached { chain, possession, tls_scts, staple_scts, trust, proxy_headers }
    }
}

/// Whether an OCSP response has SCTs beside a status (RFC 6962 §3.3).
fn has_scts(staple: &[u8]) -> bool {
    let Ok(response) = OcspResponse::from_der(staple) else { return false };
    let Some(basic) = response.basic() else { return false };
    basic.responses().any(|single| single.extensions.get(oids::OCSP_SCT_LIST).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::Scheme;
    use crate::tls::capture::Sessions;
    use certlens_testkit::{Ca, CertificateBuilder, Extension, Key, Name, OcspBuilder, OcspSingle};

    fn capture(chain: Vec<Vec<u8>>, how: How) -> Capture {
        Capture {
            how,
            server_name: None,
            version: None,
            suite: None,
            group: None,
            alpn: None,
            chain,
            chain_omitted: 0,
            staple: None,
            scts: None,
            possession: Possession::Proven(Scheme(0x0403)),
            sessions: Sessions::default(),
            client_certificate: None,
            octets: 0,
        }
    }

    fn reached(capture: &Capture) -> Reached {
        Reached::from_capture(capture, TrustFacts::default(), Vec::new())
    }

    #[test]
    fn scts_are_looked_for_where_they_were_asked_for() {
        let leaf = CertificateBuilder::new(Name::cn("host.test"), Key::p256(0)).self_signed();
        let looked = |how, scts: Option<Vec<u8>>| {
            let seen = reached(&Capture { scts, ..capture(vec![leaf.clone()], how) });
            (seen.tls_scts, seen.staple_scts)
        };
        assert_eq!(looked(How::Handshake, None), (Looked::NotLookedFor, Looked::Absent));
        assert_eq!(looked(How::PlainHello, None), (Looked::Absent, Looked::Absent));
        assert_eq!(looked(How::PlainHello, Some(vec![0])), (Looked::Present, Looked::Absent));
    }

    #[test]
    fn scts_of_a_staple_are_found() {
        let ca = Ca::anchor("CA", Key::p256(1));
        let looked = |single: OcspSingle| {
            let staple = OcspBuilder::new().single(single).signed_by(&ca);
            reached(&Capture { staple: Some(staple), ..capture(Vec::new(), How::Handshake) }).staple_scts
        };
        let list = Extension::scts(&[1]).to_der();
        // The same value under the identifier for OCSP (RFC 6962 §3.3).
        let value = certlens_testkit::der::fields(&list).pop().unwrap();
        let value = certlens_testkit::der::open(&value).0.to_vec();
        let scts = Extension::new("1.3.6.1.4.1.11129.2.4.5", false, value);
        assert_eq!(looked(OcspSingle::good(&[1], &ca)), Looked::Absent);
        assert_eq!(looked(OcspSingle::good(&[1], &ca).extension(scts)), Looked::Present);
        let broken = Capture { staple: Some(vec![0x30]), ..capture(Vec::new(), How::Handshake) };
        assert_eq!(reached(&broken).staple_scts, Looked::Absent);
    }

    #[test]
    fn what_was_seen_of_the_key_is_kept() {
        let proof = |possession| reached(&Capture { possession, ..capture(Vec::new(), How::Partly) }).possession;
        assert!(proof(Possession::Proven(Scheme(0x0403))).is_proven());
        assert_eq!(proof(Possession::Unproven("a".to_owned())), KeyProof::Unproven("a".to_owned()));
        let disproven = Possession::Disproven(Scheme(0x0403), "b".to_owned());
        assert_eq!(proof(disproven), KeyProof::Disproven("b".to_owned()));
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let leaf = CertificateBuilder::new(Name::cn("host.test"), Key::p256(0)).self_signed();
        let count = |chain: Vec<Vec<u8>>| reached(&capture(chain, How::Handshake)).chain.len();
        assert_eq!(count(vec![leaf.clone(), vec![1], leaf.clone()]), 2);
        assert_eq!(count(vec![vec![1], leaf]), 0);
        assert_eq!(count(Vec::new()), 0);
    }
}
