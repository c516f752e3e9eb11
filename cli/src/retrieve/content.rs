//! What came from a URL, read as what was asked for.

use certlens_core::encoding::input;
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::finding::Code;
use certlens_core::x509::ocsp::OcspResponse;
use certlens_core::x509::{Certificate, Crl};
use certlens_fetch::Failure;

use super::wanted::Wanted;

/// Why octets are not what was asked for.
pub(crate) struct Unread {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// What a URL gave.
pub(crate) enum Content {
    Certificates(Vec<Certificate>),
    Crl(Crl),
    Ocsp { response: OcspResponse, nonce: Option<Vec<u8>> },
}

impl Content {
    /// Until when it counts, by itself.
    pub(super) fn fresh_until(&self) -> Option<i64> {
        match self {
            Content::Certificates(_) => None,
            Content::Crl(crl) => crl.next_update().map(|time| time.time.unix()),
            Content::Ocsp { response, .. } => {
                let basic = response.basic()?;
                basic.responses().filter_map(|single| single.next_update).map(|time| time.time.unix()).min()
            }
        }
    }
}

/// Reads what came as what was asked for.
pub(crate) fn read(wanted: Wanted, octets: &[u8], nonce: Option<Vec<u8>>) -> Result<Content, Unread> {
    match wanted {
        Wanted::Ocsp => match OcspResponse::from_der(octets) {
            Ok(response) => Ok(Content::Ocsp { response, nonce }),
            Err(error) => Err(unread(Code::OcspUnreadable, format!("the answer is no OCSP response: {error}"))),
        },
        Wanted::Issuer => {
            let input = input::read(octets).map_err(|error| {
                unread(Code::SourceNotRetrieved, format!("the answer holds no certificate: {error}"))
            })?;
            let certificates: Vec<Certificate> =
                input.certificates().filter_map(|object| Certificate::from_der(&object.der).ok()).collect();
            if certificates.is_empty() {
                return Err(unread(
                    Code::SourceNotRetrieved,
                    "the answer holds no certificate that can be read".to_owned(),
                ));
            }
            Ok(Content::Certificates(certificates))
        }
        Wanted::Crl | Wanted::DeltaCrl => {
            // RFC 5280 §4.2.1.13 has DER alone; many servers send PEM.
            let crl = match Crl::from_der(octets) {
                Ok(crl) => Ok(crl),
                Err(error) if octets.first() == Some(&0x30) => Err(error.to_string()),
                Err(error) => match input::read(octets)
                    .ok()
                    .and_then(|input| input.objects.into_iter().find(|object| object.kind == ObjectKind::Crl))
                {
                    Some(object) => Crl::from_der(&object.der).map_err(|error| error.to_string()),
                    None => Err(error.to_string()),
                },
            };
            crl.map(Content::Crl).map_err(|error| unread(Code::CrlUnreadable, format!("the answer is no CRL: {error}")))
        }
    }
}

fn unread(code: Code, message: String) -> Unread {
    Unread { code, message, hint: code.entry().hint.to_owned() }
}

pub(super) fn not_retrieved(failure: &Failure) -> Unread {
    let message = format!("not retrieved, at stage {}: {}", failure.stage.word(), failure.message);
    Unread { code: Code::SourceNotRetrieved, message, hint: failure.hint.clone() }
}
