//! What one capture says by itself.

use certlens_core::path::IssuerKey;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer;

use super::{Evidence, Signal};
use crate::interception::compare::{
    embedded_scts, has_authority_key_identifier, has_crl_address, has_issuer_address, has_ocsp_address,
    has_subject_key_identifier,
};
use crate::interception::observation::{End, Looked, Reached, is_self_signed};
use crate::interception::public_name::HostName;
use crate::interception::seen::Seen;

/// Up to this age a certificate is called recent; mitmproxy dates its own two days back.
const RECENT: i64 = 3 * DAY;
const DAY: i64 = 86_400;

/// The most header fields that evidence repeats.
const MAX_HEADERS: usize = 8;

/// The most days for which public CAs issue, by the time of issuing (CA/Browser Forum
/// baseline requirements §6.3.2), the latest first.
const LONGEST: [(i64, i64); 5] = [
    // 2029-03-15, 2027-03-15, 2026-03-15, 2020-09-01, 2018-03-01.
    (1_868_227_200, 47),
    (1_805_068_800, 100),
    (1_773_532_800, 200),
    (1_598_918_400, 398),
    (1_519_862_400, 825),
];

/// The signals of a capture.
pub(in crate::interception) fn of_capture(seen: &Seen<'_>, host: HostName, now: Time) -> Vec<Evidence> {
    let mut found = Vec::new();
    let mut add = |signal: Option<Signal>| found.extend(signal.map(Evidence::from));
    if seen.end == End::Mozilla {
        add(Some(Signal::EndsInMozilla(seen.root_name())));
        add(has_scts(seen).map(Signal::HasScts));
        return found;
    }
    if seen.end == End::MozillaForAnother {
        add(Some(Signal::PublicForAnother(seen.end_entity.subject().brief())));
        add(headers(seen.reached));
        return found;
    }
    if host.is_public() {
        add(match seen.end {
            End::PrivateAnchor => Some(Signal::PrivateRootTrusted(seen.root_name())),
            End::OwnRoot => Some(Signal::PrivateRootUntrusted(seen.root_name())),
            End::Mozilla | End::MozillaForAnother | End::Open => None,
        });
    }
    add(seen.product.clone().map(Signal::Product));
    add(ca_key(seen));
    match has_scts(seen) {
        Some(place) => add(Some(Signal::HasScts(place))),
        None if host.is_public() => add(Some(no_scts(seen.reached))),
        None => {}
    }
    let certificate = seen.end_entity;
    // Of a private CA, which alone issues for internal names, it is to be expected.
    if host.is_public()
        && !has_issuer_address(certificate)
        && !has_ocsp_address(certificate)
        && !has_crl_address(certificate)
    {
        add(Some(Signal::NoAddresses));
    }
    add(key_identifiers(seen));
    add(recent(certificate, now));
    if host.is_public() {
        add(long_validity(certificate));
    }
    add(headers(seen.reached));
    found
}

/// A CA with the key of the end entity's certificate: one above it, or, when none was sent,
/// the issuer by its name, if the certificate is signed with its own key.
fn ca_key(seen: &Seen<'_>) -> Option<Signal> {
    let (certificate, key) = (seen.end_entity, seen.end_entity.spki_raw());
    if let Some(ca) = seen.path.iter().skip(1).find(|ca| ca.spki_raw() == key) {
        return Some(Signal::CaKeyInEndEntity(ca.subject().brief()));
    }
    let own_key = || IssuerKey::of(Issuer::Certificate(certificate)).verify(certificate).is_ok();
    (!certificate.is_self_issued() && own_key()).then(|| Signal::CaKeyInEndEntity(certificate.issuer().brief()))
}

fn has_scts(seen: &Seen<'_>) -> Option<&'static str> {
    if embedded_scts(seen.end_entity) > 0 {
        return Some("the certificate");
    }
    let places = [(seen.reached.tls_scts, "the handshake"), (seen.reached.staple_scts, "the stapled OCSP response")];
    places.iter().find(|(looked, _)| *looked == Looked::Present).map(|(_, place)| *place)
}

fn no_scts(reached: &Reached) -> Signal {
    let mut looked_in = vec!["the certificate"];
    let mut not_looked_in = Vec::new();
    for (looked, place) in [(reached.tls_scts, "the handshake"), (reached.staple_scts, "a stapled OCSP response")] {
        if looked == Looked::NotLookedFor { not_looked_in.push(place) } else { looked_in.push(place) }
    }
    Signal::NoScts { looked_in, not_looked_in }
}

fn key_identifiers(seen: &Seen<'_>) -> Option<Signal> {
    // RFC 5280 §4.2.1.1: a self-signed certificate needs none.
    let authority = !is_self_signed(seen.end_entity) && !has_authority_key_identifier(seen.end_entity);
    let subject = seen.path.iter().skip(1).any(|ca| !has_subject_key_identifier(ca));
    (authority || subject).then_some(Signal::NoKeyIdentifiers { authority, subject })
}

fn recent(certificate: &Certificate, now: Time) -> Option<Signal> {
    let not_before = certificate.not_before().time;
    let age = now.since(not_before);
    (0..=RECENT).contains(&age).then_some(Signal::Recent { not_before, age })
}

fn long_validity(certificate: &Certificate) -> Option<Signal> {
    let (start, end) = (certificate.not_before().time, certificate.not_after().time);
    let (_, most) = LONGEST.iter().find(|(from, _)| start.unix() >= *from)?;
    // Both ends are part of the validity (RFC 5280 §4.1.2.5).
    let seconds = end.since(start).saturating_add(1);
    (seconds > most * DAY).then(|| Signal::LongValidity { days: seconds.div_euclid(DAY), most: *most })
}

fn headers(reached: &Reached) -> Option<Signal> {
    let fields: Vec<_> = reached.proxy_headers.iter().take(MAX_HEADERS).cloned().collect();
    (!fields.is_empty()).then_some(Signal::ProxyHeaders(fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_start_on_their_days() {
        let dates: Vec<String> = LONGEST.iter().map(|(from, _)| Time::from_unix(*from).date()).collect();
        assert_eq!(dates, ["2029-03-15", "2027-03-15", "2026-03-15", "2020-09-01", "2018-03-01"]);
    }
}
