//! How far one request has come, so that a failure can be placed.
//!
//! The HTTP client tells of a timeout, but not of what was waited for. It lets
//! its resolver, its connector and its TLS configuration be watched, though.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use tower_layer::Layer;
use tower_service::Service;

use crate::address::Refusal;

/// What is being waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing yet: a turn, or the client itself.
    #[default]
    Start,
    /// Addresses for a name.
    Resolving,
    /// A TCP connection, and the proxy's consent.
    Connecting,
    /// The TLS handshake.
    Handshaking,
    /// The head of the answer.
    Waiting,
    /// The rest of the answer.
    Receiving,
}

/// What is known of one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) phase: Phase,
    /// What the host's name resolved to.
    pub(crate) addresses: Vec<SocketAddr>,
    /// An address that may not be asked, when there was no other.
    pub(crate) refused: Option<(IpAddr, Refusal)>,
    /// Why the name was not resolved, in the system's words.
    pub(crate) unresolved: Option<String>,
    /// Who issued the certificate that the TLS server presented.
    pub(crate) issuer: Option<String>,
    /// Octets of the body so far.
    pub(crate) octets: usize,
}

/// What is known of one request, shared with those who find it out.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Seen>);

impl Watch {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn seen(&self) -> Seen {
        self.lock().clone()
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.lock().phase = phase;
    }

    pub(crate) fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.lock());
    }
}

/// Put around the connector: notes when it begins and when the connection stands.
#[derive(Clone, Debug)]
pub(crate) struct WatchLayer(pub(crate) Arc<Watch>);

/// A connector that is watched.
#[derive(Clone, Debug)]
pub(crate) struct Watched<S> {
    inner: S,
    watch: Arc<Watch>,
}

impl<S> Layer<S> for WatchLayer {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched { inner, watch: Arc::clone(&self.0) }
    }
}

impl<S, R> Service<R> for Watched<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, destination: R) -> Self::Future {
        self.watch.enter(Phase::Connecting);
        let connecting = self.inner.call(destination);
        let watch = Arc::clone(&self.watch);
        Box::pin(async move {
            let connection = connecting.await;
            if connection.is_ok() {
                watch.enter(Phase::Waiting);
            }
            connection
        })
    }
}

/// A TLS client asks its session store first of all, when the TCP connection
/// stands. There are no sessions in it: each connection is made once.
impl ClientSessionStore for Watch {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.enter(Phase::Handshaking);
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {}

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        None
    }
}
