//! Arguments of endpoints.

use clap::{Args, ValueEnum};

/// How endpoints are reached.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Endpoints")]
pub(crate) struct EndpointArgs {
    /// Ask the server for this name (SNI) in the place of the host's
    #[arg(long, value_name = "NAME", conflicts_with = "no_sni")]
    pub(crate) sni: Option<String>,
    /// Ask the server for no name
    #[arg(long)]
    pub(crate) no_sni: bool,
    /// Connect to this host or address, HOST or HOST:PORT, in the place of the target's; what is asked for and expected
    /// stays the target's
    #[arg(long, value_name = "ADDR")]
    pub(crate) connect: Option<String>,
    /// Offer this application protocol (ALPN), as h2; may be given several times
    #[arg(long, value_name = "PROTOCOL")]
    pub(crate) alpn: Vec<String>,
    /// Offer this version of TLS alone
    #[arg(long, value_enum, value_name = "VERSION")]
    pub(crate) tls: Option<TlsArg>,
    /// For net.tcp: the address that the service is asked for, in the place of the target's URL
    #[arg(long, value_name = "URI")]
    pub(crate) via: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TlsArg {
    /// TLS 1.2
    #[value(name = "1.2")]
    V1_2,
    /// TLS 1.3
    #[value(name = "1.3")]
    V1_3,
}

impl EndpointArgs {
    /// The first option that was given: without an endpoint it would do nothing.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        let given = [
            (self.sni.is_some(), "--sni"),
            (self.no_sni, "--no-sni"),
            (self.connect.is_some(), "--connect"),
            (!self.alpn.is_empty(), "--alpn"),
            (self.tls.is_some(), "--tls"),
            (self.via.is_some(), "--via"),
        ];
        given.into_iter().find(|(given, _)| *given).map(|(_, name)| name)
    }
}
