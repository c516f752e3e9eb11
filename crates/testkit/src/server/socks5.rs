//! A SOCKS5 proxy (RFC 1928, RFC 1929) that connects.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};

use super::{Connection, Server};

/// How a proxy is set up.
#[derive(Clone, Debug, Default)]
pub struct Socks5 {
    login: Option<(String, String)>,
    resolves: bool,
    bound_by_name: bool,
    reply: Option<u8>,
}

impl Socks5 {
    /// One that asks for no login, and resolves names.
    pub fn new() -> Socks5 {
        Socks5 { resolves: true, ..Socks5::default() }
    }

    /// One that takes this user alone.
    #[must_use]
    pub fn login(self, user: &str, password: &str) -> Socks5 {
        Socks5 { login: Some((user.to_owned(), password.to_owned())), ..self }
    }

    /// One that takes addresses alone.
    #[must_use]
    pub fn without_names(self) -> Socks5 {
        Socks5 { resolves: false, ..self }
    }

    /// One that says by a name where it connects from.
    #[must_use]
    pub fn bound_by_name(self) -> Socks5 {
        Socks5 { bound_by_name: true, ..self }
    }

    /// One that answers each request with this code.
    #[must_use]
    pub fn replying(self, code: u8) -> Socks5 {
        Socks5 { reply: Some(code), ..self }
    }

    /// Starts it.
    pub fn start(self) -> Server {
        Server::start(move |connection| {
            self.treat(connection);
        })
    }

    fn treat(&self, mut connection: Connection) -> Option<()> {
        let [5, count] = *connection.take(2)?.as_slice() else { return None };
        let methods = connection.take(count.into())?;
        let wanted = if self.login.is_some() { 2 } else { 0 };
        if !methods.contains(&wanted) {
            connection.send(&[5, 0xff]);
            connection.wait();
            return None;
        }
        connection.send(&[5, wanted]);
        if let Some((user, password)) = &self.login {
            if connection.take(1)? != [1] {
                return None;
            }
            let given = (text(&mut connection)?, text(&mut connection)?);
            let is_right = given == (user.as_bytes().to_vec(), password.as_bytes().to_vec());
            connection.send(&[1, u8::from(!is_right)]);
            if !is_right {
                return None;
            }
        }
        let [5, 1, 0, kind] = *connection.take(4)?.as_slice() else { return None };
        let host = match kind {
            1 => IpAddr::from(<[u8; 4]>::try_from(connection.take(4)?).ok()?).to_string(),
            4 => IpAddr::from(<[u8; 16]>::try_from(connection.take(16)?).ok()?).to_string(),
            3 => String::from_utf8(text(&mut connection)?).ok()?,
            _ => return self.refuse(connection, 8),
        };
        let port = u16::from_be_bytes(connection.take(2)?.try_into().ok()?);
        if let Some(code) = self.reply {
            return self.refuse(connection, code);
        }
        if kind == 3 && !self.resolves {
            return self.refuse(connection, 8);
        }
        let Some(address) = address(&host, port) else { return self.refuse(connection, 4) };
        // Otherwise a client would be told of a success that is not there.
        if std::net::TcpStream::connect(address).is_err() {
            return self.refuse(connection, 5);
        }
        connection.send(&self.reply(0));
        connection.splice(address);
        Some(())
    }

    fn reply(&self, code: u8) -> Vec<u8> {
        let bound: &[u8] = if self.bound_by_name { b"\x03\x09localhost" } else { b"\x01\x7f\0\0\x01" };
        [&[5, code, 0], bound, &[0x1f, 0x90]].concat()
    }

    fn refuse(&self, mut connection: Connection, code: u8) -> Option<()> {
        connection.send(&self.reply(code));
        None
    }
}

fn text(connection: &mut Connection) -> Option<Vec<u8>> {
    let length = *connection.take(1)?.first()?;
    connection.take(length.into())
}

/// What the proxy resolves: names of tests are this machine.
fn address(host: &str, port: u16) -> Option<SocketAddr> {
    if host.ends_with(".test") {
        return Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    if host.ends_with(".invalid") {
        return None;
    }
    let addresses = (host, port).to_socket_addrs().ok()?;
    addresses.into_iter().find(|address| address.ip().is_loopback() || address.ip() == Ipv6Addr::LOCALHOST)
}
