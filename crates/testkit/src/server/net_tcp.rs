//! A server of .NET Message Framing as far as TLS (MC-NMF §3.2), as WCF's is.

use std::net::SocketAddr;

use super::{Connection, Server};

/// The namespace of WCF's faults.
pub const FAULTS: &str = "http://schemas.microsoft.com/ws/2006/05/framing/faults/";

/// How a service is set up.
#[derive(Clone, Debug)]
pub struct Framing {
    path: String,
    upgrade: Option<SocketAddr>,
}

impl Framing {
    /// A service with one endpoint at this path, whose binding has no TLS.
    pub fn new(path: &str) -> Framing {
        Framing { path: path.to_owned(), upgrade: None }
    }

    /// With TLS, which this server does.
    #[must_use]
    pub fn encrypted(self, behind: SocketAddr) -> Framing {
        Framing { upgrade: Some(behind), ..self }
    }

    /// Starts it.
    pub fn start(self) -> Server {
        self.start_at(0)
    }

    /// Starts it at this port.
    pub fn start_at(self, port: u16) -> Server {
        Server::start_at(port, move |connection| {
            self.treat(connection);
        })
    }

    fn treat(&self, mut connection: Connection) -> Option<()> {
        if connection.take(3)? != [0, 1, 0] {
            return fault(&mut connection, "UnsupportedVersion");
        }
        // Duplex.
        if connection.take(2)? != [1, 2] {
            return fault(&mut connection, "UnsupportedMode");
        }
        if connection.take(1)? != [2] {
            return None;
        }
        let via = text(&mut connection)?;
        // Host and port are what the client connected to, as far as WCF cares by default.
        let path = via.strip_prefix("net.tcp://").and_then(|rest| rest.find('/').and_then(|slash| rest.get(slash..)));
        if path != Some(&self.path) {
            return fault(&mut connection, "EndpointNotFound");
        }
        // Binary with sessions.
        if connection.take(2)? != [3, 8] {
            return fault(&mut connection, "ContentTypeInvalid");
        }
        let record = connection.take(1)?;
        if record != [9] {
            // The preamble's end, which a binding without TLS acknowledges.
            if record == [12] && self.upgrade.is_none() {
                connection.send(&[11]);
                connection.wait();
            }
            return None;
        }
        let upgrade = text(&mut connection)?;
        match self.upgrade {
            Some(behind) if upgrade == "application/ssl-tls" => {
                connection.send(&[10]);
                connection.splice(behind);
                Some(())
            }
            _ => fault(&mut connection, "UpgradeInvalid"),
        }
    }
}

/// A length in groups of seven bits, the low ones first (MC-NMF §2.2.2), and a text.
fn text(connection: &mut Connection) -> Option<String> {
    let mut length = 0;
    for place in 0..3 {
        let octet = *connection.take(1)?.first()?;
        length |= usize::from(octet & 0x7f) << (7 * place);
        if octet < 0x80 {
            return String::from_utf8(connection.take(length)?).ok();
        }
    }
    None
}

/// A fault record of this name.
pub fn fault_record(name: &str) -> Vec<u8> {
    let text = format!("{FAULTS}{name}");
    // WCF's have 60 to 85 octets.
    [&[8, text.len() as u8], text.as_bytes()].concat()
}

fn fault(connection: &mut Connection, name: &str) -> Option<()> {
    connection.send(&fault_record(name));
    // WCF keeps the connection until the client has read the fault.
    connection.wait();
    None
}
