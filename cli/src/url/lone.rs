//! A URL by itself: what is there, without a certificate to judge it by.

use certlens_core::encoding::input;
use certlens_core::time::Time;
use certlens_core::x509::ocsp::OcspResponse;
use certlens_core::x509::{Certificate, Crl};
use certlens_fetch::Retrieved;

use crate::exit::Exit;
use crate::retrieve::Content;

/// A URL that was asked by itself.
pub(crate) struct Lone {
    pub(crate) retrieved: Retrieved,
    /// What is there, or why it is not known.
    pub(crate) content: Result<Content, String>,
}

impl From<Retrieved> for Lone {
    fn from(retrieved: Retrieved) -> Lone {
        let content = match &retrieved.outcome {
            Ok(octets) => read(octets),
            Err(failure) => Err(format!("{}: {}", failure.stage.word(), failure.message)),
        };
        Lone { retrieved, content }
    }
}

fn read(octets: &[u8]) -> Result<Content, String> {
    if let Ok(crl) = Crl::from_der(octets) {
        return Ok(Content::Crl(crl));
    }
    if let Ok(response) = OcspResponse::from_der(octets) {
        return Ok(Content::Ocsp { response, nonce: None });
    }
    let input = input::read(octets).map_err(|error| format!("what came is {error}"))?;
    let certificates: Vec<Certificate> =
        input.certificates().filter_map(|object| Certificate::from_der(&object.der).ok()).collect();
    if !certificates.is_empty() {
        return Ok(Content::Certificates(certificates));
    }
    let crl = input.objects.iter().find_map(|object| Crl::from_der(&object.der).ok());
    crl.map(Content::Crl).ok_or_else(|| "what came is neither a certificate nor a CRL; a responder has to be asked about a certificate, by certlens verify --fetch".to_owned())
}

impl Lone {
    /// Since when what is there is out of date, if it is.
    pub(crate) fn expired(&self, time: Time) -> Option<Time> {
        let end = match self.content.as_ref().ok()? {
            Content::Crl(crl) => crl.next_update()?.time,
            Content::Certificates(certificates) => certificates.iter().map(|one| one.not_after().time).max()?,
            Content::Ocsp { .. } => return None,
        };
        (end < time).then_some(end)
    }

    pub(crate) fn exit(&self, time: Time) -> Exit {
        match (&self.content, &self.retrieved.outcome) {
            (Ok(_), _) if self.expired(time).is_none() => Exit::Success,
            (Err(_), Err(failure)) if failure.cannot_tell => Exit::Indeterminate,
            _ => Exit::Failed,
        }
    }
}
