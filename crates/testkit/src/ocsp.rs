//! The builder of OCSP responses: sound ones unless told otherwise.

mod single;

use crate::der;
use crate::extension::{Extension, ExtensionList};
use crate::issuer::Issuer;
use crate::key::Signing;
use crate::name::Name;
use crate::signed::Seal;
use crate::time;

pub use single::{OcspHash, OcspSingle};

/// id-pkix-ocsp-basic (RFC 6960 §4.2.1).
const BASIC: &str = "1.3.6.1.5.5.7.48.1.1";

/// responseStatus (RFC 6960 §4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of RFC 6960 §4.2.1")]
pub enum OcspStatus {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

fn explicit_list(number: u8, extensions: &ExtensionList) -> Vec<u8> {
    match extensions.encoded() {
        [] => Vec::new(),
        all => der::explicit(number, &der::sequence(all)),
    }
}

enum Responder {
    Name(Option<Name>),
    Key(Option<Vec<u8>>),
    Raw(Vec<u8>),
}

/// Builds one OCSP response (RFC 6960 §4.2).
///
/// Without further words it is successful, names its responder by key, was made
/// at [`time::THIS_UPDATE`], says nothing about any certificate, and has neither
/// extensions nor certificates.
pub struct OcspBuilder {
    status: Vec<u8>,
    response_type: Vec<u8>,
    version: Vec<u8>,
    responder: Responder,
    produced_at: Vec<u8>,
    singles: Vec<Vec<u8>>,
    extensions: ExtensionList,
    certificates: Vec<u8>,
    seal: Seal,
}

impl Default for OcspBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl OcspBuilder {
    /// A successful response.
    pub fn new() -> Self {
        OcspBuilder {
            status: der::enumerated(OcspStatus::Successful as i64),
            response_type: der::oid(BASIC),
            version: Vec::new(),
            responder: Responder::Key(None),
            produced_at: time::encode_generalized(time::THIS_UPDATE),
            singles: Vec::new(),
            extensions: ExtensionList::default(),
            certificates: Vec::new(),
            seal: Seal::default(),
        }
    }

    /// A response that has nothing but its status, which is usual for all but
    /// the successful ones.
    pub fn bare(status: OcspStatus) -> Vec<u8> {
        der::sequence([der::enumerated(status as i64)])
    }

    /// The responseStatus as it stands.
    #[must_use]
    pub fn status_raw(mut self, der: Vec<u8>) -> Self {
        self.status = der;
        self
    }

    /// A response type other than id-pkix-ocsp-basic.
    #[must_use]
    pub fn response_type(mut self, oid: &str) -> Self {
        self.response_type = der::oid(oid);
        self
    }

    /// The version field as it stands; empty, as by default, for version 1.
    #[must_use]
    pub fn version_raw(mut self, field: Vec<u8>) -> Self {
        self.version = field;
        self
    }

    /// Names the responder by the name of the issuer that signs.
    #[must_use]
    pub fn by_name(mut self) -> Self {
        self.responder = Responder::Name(None);
        self
    }

    /// Names the responder by this name.
    #[must_use]
    pub fn by_name_of(mut self, name: Name) -> Self {
        self.responder = Responder::Name(Some(name));
        self
    }

    /// Names the responder by these octets in the place of the key hash.
    #[must_use]
    pub fn by_key_hash(mut self, hash: &[u8]) -> Self {
        self.responder = Responder::Key(Some(hash.to_vec()));
        self
    }

    /// The ResponderID as it stands.
    #[must_use]
    pub fn responder_raw(mut self, der: Vec<u8>) -> Self {
        self.responder = Responder::Raw(der);
        self
    }

    /// producedAt in seconds since 1970.
    #[must_use]
    pub fn produced_at(self, unix: i64) -> Self {
        self.produced_at_raw(time::encode_generalized(unix))
    }

    /// producedAt, encoded.
    #[must_use]
    pub fn produced_at_raw(mut self, der: Vec<u8>) -> Self {
        self.produced_at = der;
        self
    }

    /// Adds what is said about one certificate.
    #[must_use]
    pub fn single(self, single: OcspSingle) -> Self {
        self.single_raw(single.to_der())
    }

    /// Adds a SingleResponse that is this encoding, whatever it is.
    #[must_use]
    pub fn single_raw(mut self, der: Vec<u8>) -> Self {
        self.singles.push(der);
        self
    }

    /// Sets a response extension; one with the same identifier is replaced.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.set(&extension);
        self
    }

    /// Adds a response extension even when there is one with the same identifier.
    #[must_use]
    pub fn append_extension(mut self, extension: Extension) -> Self {
        self.extensions.append(&extension);
        self
    }

    /// Answers with this nonce.
    #[must_use]
    pub fn nonce(self, nonce: &[u8]) -> Self {
        self.extension(Extension::ocsp_nonce(nonce))
    }

    /// Puts a certificate into the response.
    #[must_use]
    pub fn certificate(mut self, der: &[u8]) -> Self {
        self.certificates.extend(der);
        self
    }

    /// Signs in this way, not in the default way of the issuer's key.
    #[must_use]
    pub fn signing(mut self, signing: Signing) -> Self {
        self.seal.signing = Some(signing);
        self
    }

    /// The algorithm identifier, encoded; it is not part of what is signed.
    #[must_use]
    pub fn algorithm(mut self, identifier: Vec<u8>) -> Self {
        self.seal.outer_algorithm = Some(identifier);
        self
    }

    /// Changes the encoded tbsResponseData before it is signed.
    #[must_use]
    pub fn edit_tbs(mut self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        self.seal.edit_tbs = Some(Box::new(edit));
        self
    }

    /// Changes the encoded signature (a BIT STRING).
    #[must_use]
    pub fn edit_signature(mut self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        self.seal.edit_signature = Some(Box::new(edit));
        self
    }

    /// Flips the last bit of the signature.
    #[must_use]
    pub fn corrupt_signature(mut self) -> Self {
        self.seal.corrupt_signature();
        self
    }

    /// Changes the encoded response, last of all.
    #[must_use]
    pub fn edit_response(mut self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        self.seal.edit_whole = Some(Box::new(edit));
        self
    }

    /// The response, signed by the CA itself or by a delegated responder.
    pub fn signed_by(&self, issuer: impl AsRef<Issuer>) -> Vec<u8> {
        let issuer = issuer.as_ref();
        let certificates = match self.certificates.as_slice() {
            [] => Vec::new(),
            all => der::explicit(0, &der::sequence([all])),
        };
        let basic = self.seal.sign(issuer.key, self.response_data(issuer), &certificates);
        let response = der::sequence([self.response_type.clone(), der::octet_string(&basic)]);
        self.seal.finish(der::sequence([self.status.clone(), der::explicit(0, &response)]))
    }

    fn response_data(&self, issuer: &Issuer) -> Vec<u8> {
        let responder = match &self.responder {
            Responder::Name(name) => der::explicit(1, &name.as_ref().unwrap_or(&issuer.name).to_der()),
            Responder::Key(hash) => {
                let hash = hash.clone().unwrap_or_else(|| issuer.key.key_identifier());
                der::explicit(2, &der::octet_string(&hash))
            }
            Responder::Raw(der) => der.clone(),
        };
        der::sequence([
            self.version.clone(),
            responder,
            self.produced_at.clone(),
            der::sequence(&self.singles),
            explicit_list(1, &self.extensions),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::fields;
    use crate::key::Key;

    fn issuer() -> Issuer {
        Issuer::new("CA", Key::ed25519(0))
    }

    fn basic(response: &[u8]) -> Vec<Vec<u8>> {
        let response_bytes = fields(&fields(&fields(response)[1])[0]);
        assert_eq!(response_bytes[0], der::oid(BASIC));
        fields(der::open(&response_bytes[1]).0)
    }

    #[test]
    fn shape_of_a_response() {
        let response = OcspBuilder::new()
            .single(OcspSingle::good(&[5], issuer()))
            .single(OcspSingle::revoked(&[6], issuer(), 0, Some(1)).next_update(None))
            .single(OcspSingle::unknown(&[7], issuer()).extension(Extension::ocsp_archive_cutoff(0)))
            .nonce(&[1])
            .certificate(&der::null())
            .signed_by(issuer());
        assert_eq!(fields(&response)[0], [10, 1, 0]);
        let basic = basic(&response);
        assert_eq!(basic[1], Signing::Ed25519.identifier());
        assert_eq!(basic[3], der::explicit(0, &der::sequence([der::null()])));
        let data = fields(&basic[0]);
        assert_eq!(data[0], der::explicit(2, &der::octet_string(&issuer().key_identifier)));
        let counts: Vec<usize> = fields(&data[2]).iter().map(|single| fields(single).len()).collect();
        assert_eq!(counts, [4, 3, 5]);
        let revoked = fields(&fields(&data[2])[1]);
        assert_eq!(revoked[1], b"\xa1\x16\x18\x0f19700101000000Z\xa0\x03\x0a\x01\x01");
        assert_eq!(fields(&data[3]).len(), 1);
    }

    #[test]
    fn responders_and_bare_statuses() {
        let by_name = basic(&OcspBuilder::new().by_name().signed_by(issuer()));
        assert_eq!(fields(&by_name[0])[0], der::explicit(1, &issuer().name.to_der()));
        assert_eq!(by_name.len(), 3);
        assert_eq!(OcspBuilder::bare(OcspStatus::TryLater), [0x30, 3, 10, 1, 3]);
    }
}
