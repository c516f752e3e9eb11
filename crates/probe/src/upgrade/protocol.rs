//! Which protocols there are.

use std::fmt;

/// A protocol that begins without TLS and has a request for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Mail between servers, and from clients: STARTTLS (RFC 3207).
    Smtp,
    /// Mailboxes: STARTTLS (RFC 9051 §6.2.1).
    Imap,
    /// Mailboxes: STLS (RFC 2595 §4).
    Pop3,
    /// Files: AUTH TLS (RFC 4217 §4).
    Ftp,
    /// Directories: StartTLS (RFC 4511 §4.14).
    Ldap,
    /// Messages between client and server: `<starttls/>` (RFC 6120 §5).
    XmppClient,
    /// The same between servers.
    XmppServer,
    /// PostgreSQL: SSLRequest (PostgreSQL documentation, "SSL Session Encryption").
    Postgres,
    /// MySQL and MariaDB: SSLRequest (MySQL internals, "Protocol::SSLRequest").
    Mysql,
    /// SQL Server before TDS 8.0: PRELOGIN (MS-TDS §2.2.6.5).
    Tds,
    /// Remote Desktop: RDP negotiation in X.224 (MS-RDPBCGR §2.2.1.1.1).
    Rdp,
    /// .NET Message Framing of WCF: UpgradeRequest (MC-NMF §2.2.3.5).
    NetTcp,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: [Protocol; 12] = [
        Protocol::Smtp,
        Protocol::Imap,
        Protocol::Pop3,
        Protocol::Ftp,
        Protocol::Ldap,
        Protocol::XmppClient,
        Protocol::XmppServer,
        Protocol::Postgres,
        Protocol::Mysql,
        Protocol::Tds,
        Protocol::Rdp,
        Protocol::NetTcp,
    ];

    /// How people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Protocol::Smtp => "SMTP",
            Protocol::Imap => "IMAP",
            Protocol::Pop3 => "POP3",
            Protocol::Ftp => "FTP",
            Protocol::Ldap => "LDAP",
            Protocol::XmppClient => "XMPP",
            Protocol::XmppServer => "XMPP between servers",
            Protocol::Postgres => "PostgreSQL",
            Protocol::Mysql => "MySQL",
            Protocol::Tds => "SQL Server (TDS)",
            Protocol::Rdp => "RDP",
            Protocol::NetTcp => "net.tcp (.NET Message Framing)",
        }
    }

    /// The scheme of its URLs, of several the first.
    pub const fn scheme(self) -> &'static str {
        match self {
            Protocol::Smtp => "smtp",
            Protocol::Imap => "imap",
            Protocol::Pop3 => "pop3",
            Protocol::Ftp => "ftp",
            Protocol::Ldap => "ldap",
            Protocol::XmppClient => "xmpp",
            Protocol::XmppServer => "xmpp-server",
            Protocol::Postgres => "postgres",
            Protocol::Mysql => "mysql",
            Protocol::Tds => "mssql",
            Protocol::Rdp => "rdp",
            Protocol::NetTcp => "net.tcp",
        }
    }

    /// The protocol of a URL's scheme, in any case.
    pub fn from_scheme(scheme: &str) -> Option<Protocol> {
        let lower = scheme.to_ascii_lowercase();
        let known = match lower.as_str() {
            "submission" => "smtp",
            "pop" => "pop3",
            "xmpp-client" => "xmpp",
            "postgresql" => "postgres",
            "mariadb" => "mysql",
            "tds" | "sqlserver" => "mssql",
            "ms-rd" => "rdp",
            other => other,
        };
        Protocol::ALL.into_iter().find(|protocol| protocol.scheme() == known)
    }

    /// Whether the server speaks first, by a greeting.
    pub const fn server_begins(self) -> bool {
        matches!(self, Protocol::Smtp | Protocol::Imap | Protocol::Pop3 | Protocol::Ftp | Protocol::Mysql)
    }

    /// The port that is meant when none is given.
    pub const fn default_port(self) -> u16 {
        match self {
            Protocol::Smtp => 25,
            Protocol::Imap => 143,
            Protocol::Pop3 => 110,
            Protocol::Ftp => 21,
            Protocol::Ldap => 389,
            Protocol::XmppClient => 5222,
            Protocol::XmppServer => 5269,
            Protocol::Postgres => 5432,
            Protocol::Mysql => 3306,
            Protocol::Tds => 1433,
            Protocol::Rdp => 3389,
            Protocol::NetTcp => 808,
        }
    }

    /// The port where the same protocol is usually found under TLS from the beginning.
    pub const fn tls_port(self) -> Option<u16> {
        match self {
            Protocol::Smtp => Some(465),
            Protocol::Imap => Some(993),
            Protocol::Pop3 => Some(995),
            Protocol::Ftp => Some(990),
            Protocol::Ldap => Some(636),
            Protocol::XmppClient => Some(5223),
            Protocol::XmppServer => Some(5270),
            _ => None,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_lead_to_protocols() {
        for protocol in Protocol::ALL {
            assert_eq!(Protocol::from_scheme(&protocol.scheme().to_uppercase()), Some(protocol));
        }
        assert_eq!(Protocol::from_scheme("PostgreSQL"), Some(Protocol::Postgres));
        assert_eq!(Protocol::from_scheme("https"), None);
    }
}
