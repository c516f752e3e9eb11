//! What rustls tells of a handshake, written down.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientSessionStore, ResolvesClientCert, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, NamedGroup, SignatureScheme};
use std::sync::Arc;

use super::capture::{Possession, Sessions};
use super::identity::Identity;
use super::names::{Scheme, Version};
use super::possession;
use crate::limits::{MAX_CA_NAMES, MAX_CHAIN};

/// Accepts whatever certificate a server has, and notes it. No connection on which data
/// is exchanged may be verified by this.
#[derive(Debug)]
pub(crate) struct Recorder {
    identity: Option<Identity>,
    seen: Mutex<Seen>,
}

/// What was noted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) chain_omitted: usize,
    pub(crate) staple: Option<Vec<u8>>,
    pub(crate) possession: Option<Possession>,
    pub(crate) sessions: Sessions,
    /// CA names and schemes, when a client certificate was asked for.
    pub(crate) asked_for: Option<(Vec<Vec<u8>>, Vec<Scheme>)>,
    /// A client certificate was given.
    pub(crate) given: bool,
}

impl Recorder {
    pub(crate) fn new(identity: Option<Identity>) -> Recorder {
        Recorder { identity, seen: Mutex::new(Seen::default()) }
    }

    /// What was noted until now.
    pub(crate) fn take(&self) -> Seen {
        std::mem::take(&mut *self.seen())
    }

    pub(crate) fn sessions(&self) -> Sessions {
        self.seen().sessions
    }

    pub(crate) fn was_asked(&self) -> bool {
        self.seen().asked_for.is_some()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signed(
        &self,
        version: Version,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> HandshakeSignatureValid {
        let scheme = Scheme(signed.scheme.into());
        let found = possession::check(version, scheme, certificate, message, signed.signature());
        self.seen().possession = Some(found);
        HandshakeSignatureValid::assertion()
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp_response: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let mut seen = self.seen();
        let all = std::iter::once(end_entity).chain(intermediates);
        seen.chain = all.take(MAX_CHAIN).map(|certificate| certificate.as_ref().to_vec()).collect();
        seen.chain_omitted = (1 + intermediates.len()).saturating_sub(MAX_CHAIN);
        // An empty response is how rustls says that there is none.
        seen.staple = (!ocsp_response.is_empty()).then(|| ocsp_response.to_vec());
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(self.signed(Version::TLS_1_2, message, certificate, signed))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(self.signed(Version::TLS_1_3, message, certificate, signed))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        Scheme::offered().map(|scheme| SignatureScheme::from(scheme.0)).collect()
    }
}

impl ResolvesClientCert for Recorder {
    fn resolve(&self, ca_names: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let mut seen = self.seen();
        let names = ca_names.iter().take(MAX_CA_NAMES).map(|name| name.to_vec()).collect();
        // The registry has below a hundred.
        let taken = schemes.iter().take(256).map(|scheme| Scheme((*scheme).into())).collect();
        seen.asked_for = Some((names, taken));
        seen.given = self.identity.as_ref().is_some_and(|identity| identity.0.key.choose_scheme(schemes).is_some());
        self.identity.as_ref().map(|identity| Arc::clone(&identity.0))
    }

    fn has_certs(&self) -> bool {
        self.identity.is_some()
    }
}

/// Sessions are counted and never kept: each probe is a whole handshake.
impl ClientSessionStore for Recorder {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {
        self.seen().sessions.resumable_1_2 = true;
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, ticket: Tls13ClientSessionValue) {
        let mut seen = self.seen();
        seen.sessions.tickets = seen.sessions.tickets.saturating_add(1);
        seen.sessions.early_data = seen.sessions.early_data.max(ticket.max_early_data_size());
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        None
    }
}
