//! OCSP: the octets as a response and as a request, and everything that can be
//! asked of either.

#![no_main]

use std::fmt::Write;

use certlens_core::encoding::der::DerError;
use certlens_core::encoding::deviation::Deviation;
use certlens_core::encoding::sniff::{ObjectKind, sniff_der};
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::ocsp::{
    CertIdMatcher, CertIdRef, MAX_OCSP_CERTIFICATES, MAX_OCSP_EXTENSIONS, OcspExtensionValue, OcspExtensions,
    OcspRequest, OcspResponse, ResponderId, ResponseStatus,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    response(data);
    request(data);
});

fn response(data: &[u8]) {
    let Some(response) = read(data, OcspResponse::from_der(data)) else { return };
    assert_eq!(response.der(), data);
    let said = Said::response(&response);
    let Ok(again) = OcspResponse::from_der(data) else { panic!("what was read cannot be read again") };
    assert!(again == response && said == Said::response(&again), "two readings of the same octets differ");
    if response.deviations().is_empty() && !matches!(response.status(), ResponseStatus::Other(_)) {
        assert_eq!(sniff_der(data), ObjectKind::OcspResponse);
    }
}

fn request(data: &[u8]) {
    let Some(request) = read(data, OcspRequest::from_der(data)) else { return };
    assert_eq!(request.der(), data);
    let said = Said::request(&request);
    let Ok(again) = OcspRequest::from_der(data) else { panic!("what was read cannot be read again") };
    assert!(again == request && said == Said::request(&again), "two readings of the same octets differ");
    if request.deviations().is_empty() && request.requests().next().is_some() {
        assert_eq!(sniff_der(data), ObjectKind::OcspRequest);
    }
}

fn read<T>(data: &[u8], result: Result<T, DerError>) -> Option<T> {
    if let Err(error) = &result {
        assert!(error.offset <= data.len(), "{error}");
    }
    result.ok()
}

/// What was said, so that two readings can be compared.
struct Said<'a> {
    der: &'a [u8],
    text: String,
}

impl<'a> Said<'a> {
    fn response(response: &'a OcspResponse) -> String {
        let mut said = Said { der: response.der(), text: String::new() };
        said.say((response, response.status().to_string(), response.response_type()));
        said.deviations(response.deviations());
        let Some(basic) = response.basic() else { return said.text };
        assert_eq!(response.status(), ResponseStatus::Successful);
        said.part(basic.tbs_response_data());
        said.say((basic, basic.version(), basic.produced_at(), basic.nonce()));
        said.part(basic.signature_algorithm().raw);
        said.part(basic.signature().bytes);
        let mut certificates = Vec::new();
        for (offset, der) in basic.certificates() {
            assert!(said.der.get(offset..).is_some_and(|rest| rest.starts_with(der)));
            certificates.extend(Certificate::from_der(der));
        }
        assert!(certificates.len() <= MAX_OCSP_CERTIFICATES);
        let responder = basic.responder_id();
        match responder {
            ResponderId::ByName(name) => said.part(name.raw()),
            ResponderId::ByKey(hash) => said.part(hash),
        }
        let issuers: Vec<Issuer<'_>> = certificates.iter().map(Issuer::Certificate).collect();
        let matchers: Vec<CertIdMatcher<'_>> = certificates
            .iter()
            .flat_map(|child| issuers.iter().map(|issuer| CertIdMatcher::for_certificate(child, *issuer)))
            .take(64)
            .collect();
        issuers.iter().for_each(|issuer| said.say(responder.is(*issuer)));
        for single in basic.responses() {
            said.say((single.status, single.this_update, single.next_update));
            assert!(single.span.start < single.span.end && single.span.end as usize <= said.der.len());
            said.cert_id(&single.cert_id, &matchers);
            said.extensions(&single.extensions);
        }
        for matcher in &matchers {
            said.say(basic.responses_for(matcher).count());
        }
        said.extensions(&basic.extensions());
        said.text
    }

    fn request(request: &'a OcspRequest) -> String {
        let mut said = Said { der: request.der(), text: String::new() };
        said.say((request, request.version(), request.nonce(), request.requestor_name()));
        said.deviations(request.deviations());
        if let Some(algorithm) = request.signature_algorithm() {
            said.part(algorithm.raw);
        }
        for single in request.requests() {
            said.cert_id(&single.cert_id, &[]);
            said.extensions(&single.extensions);
        }
        said.extensions(&request.extensions());
        said.text
    }

    fn say(&mut self, what: impl std::fmt::Debug) {
        let _ = writeln!(self.text, "{what:?}");
    }

    /// A slice that must be a part of the message.
    fn part(&mut self, octets: &[u8]) {
        let (whole, part) = (self.der.as_ptr_range(), octets.as_ptr_range());
        assert!(octets.is_empty() || (whole.start <= part.start && part.end <= whole.end), "a part lies outside");
        self.say(octets.len());
    }

    fn deviations(&mut self, deviations: &[Deviation]) {
        for deviation in deviations {
            assert!(deviation.offset <= self.der.len());
            self.say(deviation.kind.to_string());
        }
    }

    fn cert_id(&mut self, id: &CertIdRef<'_>, matchers: &[CertIdMatcher<'_>]) {
        self.part(id.raw);
        self.part(id.issuer_name_hash);
        self.part(id.issuer_key_hash);
        self.part(id.serial.as_bytes());
        self.say((id.hash(), id.algorithm.oid));
        for matcher in matchers {
            assert!(!matcher.matches(id) || id.hash().is_some());
        }
    }

    fn extensions(&mut self, extensions: &OcspExtensions<'_>) {
        let mut count = 0;
        for extension in extensions.iter() {
            count += 1;
            self.part(extension.oid.as_bytes());
            self.part(extension.octets);
            assert!(extension.span.start < extension.span.end && extension.span.end as usize <= self.der.len());
            self.say((extension.oid.name_or_dotted(), extension.critical));
            assert!(extensions.get(extension.oid).is_some());
            match extension.value {
                Ok(value) => self.value(&value),
                Err(error) => {
                    assert!(error.offset <= self.der.len());
                    self.say(error.to_string());
                }
            }
        }
        assert!(count <= MAX_OCSP_EXTENSIONS && extensions.is_empty() == (count == 0));
        self.say(extensions.duplicate().map(|extension| extension.span));
    }

    fn value(&mut self, value: &OcspExtensionValue<'_>) {
        use OcspExtensionValue as V;
        match value {
            V::Nonce(octets) | V::Unknown(octets) => self.part(octets),
            V::CrlId(id) => self.say((id.url, id.number, id.time)),
            V::AcceptableResponses(types) => types.iter().for_each(|oid| self.say(oid)),
            V::ArchiveCutoff(time) | V::InvalidityDate(time) => self.say(time),
            V::ServiceLocator(locator) => {
                self.say(locator.issuer.to_string());
                locator.locator.iter().flat_map(|list| list.iter()).for_each(|place| self.say(place.method));
            }
            V::ExtendedRevoke => {}
            V::SctList(list) => list.iter().for_each(|timestamp| self.say(timestamp.timestamp)),
            V::Reason(reason) => self.say(reason.to_string()),
            V::CertificateIssuer(names) => names.iter().for_each(|name| self.say(name.kind())),
        }
    }
}
