//! Servers that come to TLS by each protocol's own request, as they should.
//!
//! Each is a function that treats one connection and hands it on to `behind` when TLS
//! begins. A client that says something else than it should is hung up on.

use std::net::SocketAddr;

use super::Connection;

/// SMTP (RFC 3207), with a greeting and capabilities of several lines.
pub fn smtp(mut connection: Connection, behind: SocketAddr) {
    connection.send(b"220-mail.example.test ESMTP\r\n220 ready\r\n");
    if !connection.line().is_some_and(|line| line.starts_with("EHLO ")) {
        return;
    }
    connection.send(b"250-mail.example.test\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-STARTTLS\r\n250 HELP\r\n");
    if connection.line().as_deref() == Some("STARTTLS") {
        connection.send(b"220 2.0.0 go ahead\r\n");
        connection.splice(behind);
    }
}

/// IMAP (RFC 9051).
pub fn imap(mut connection: Connection, behind: SocketAddr) {
    connection.send(b"* OK [ALERT] IMAP4rev2 ready\r\n");
    while let Some(line) = connection.line() {
        let Some((tag, command)) = line.split_once(' ') else { return };
        match command {
            "CAPABILITY" => {
                let capabilities = "* CAPABILITY IMAP4rev1 IMAP4rev2 STARTTLS LOGINDISABLED\r\n* 3 EXISTS";
                connection.send(format!("{capabilities}\r\n{tag} OK done\r\n").as_bytes());
            }
            "STARTTLS" => {
                connection.send(format!("{tag} OK begin TLS now\r\n").as_bytes());
                return connection.splice(behind);
            }
            _ => return,
        }
    }
}

/// POP3 (RFC 2595).
pub fn pop3(mut connection: Connection, behind: SocketAddr) {
    connection.send(b"+OK POP3 ready <1.2@example.test>\r\n");
    while let Some(command) = connection.line() {
        match command.as_str() {
            "CAPA" => {
                connection.send(b"+OK list follows\r\nTOP\r\nUIDL\r\nSTLS\r\n.\r\n");
            }
            "STLS" => {
                connection.send(b"+OK begin TLS\r\n");
                return connection.splice(behind);
            }
            _ => return,
        }
    }
}

/// FTP (RFC 4217), with free text inside its greeting.
pub fn ftp(mut connection: Connection, behind: SocketAddr) {
    connection.send(b"120 in a moment\r\n220-FTP server\r\n  welcome\r\n220 ready\r\n");
    if connection.line().as_deref() == Some("AUTH TLS") {
        connection.send(b"234 AUTH TLS successful\r\n");
        connection.splice(behind);
    }
}

/// LDAP (RFC 4511 §4.14), its lengths written as Active Directory does.
pub fn ldap(mut connection: Connection, behind: SocketAddr) {
    let request = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
    if connection.take(request.len()).as_deref() == Some(request) {
        connection.send(b"\x30\x84\0\0\0\x10\x02\x01\x01\x78\x84\0\0\0\x07\x0a\x01\x00\x04\x00\x04\x00");
        connection.splice(behind);
    }
}

/// XMPP (RFC 6120 §5.4).
pub fn xmpp(mut connection: Connection, behind: SocketAddr) {
    let opened = connection.take_until(b"version='1.0'>").unwrap_or_default();
    let opened = String::from_utf8_lossy(&opened).into_owned();
    if !opened.contains("xmlns='jabber:client'") && !opened.contains("xmlns='jabber:server'") {
        return;
    }
    connection.send(
        b"<?xml version=\"1.0\"?>\n<stream:stream from=\"example.test\" id=\"1\" xmlns=\"jabber:client\" \
          xmlns:stream=\"http://etherx.jabber.org/streams\" version=\"1.0\"><stream:features>\
          <mechanisms xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\"><mechanism>PLAIN</mechanism></mechanisms>\
          <starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\"><required/></starttls></stream:features>",
    );
    let asked = connection.take_until(b"/>").unwrap_or_default();
    if asked == b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" {
        connection.send(b"<proceed xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\"/>");
        connection.splice(behind);
    }
}

/// PostgreSQL.
pub fn postgres(mut connection: Connection, behind: SocketAddr) {
    if connection.take(8).as_deref() == Some(&[0, 0, 0, 8, 4, 210, 22, 47]) {
        connection.send(b"S");
        connection.splice(behind);
    }
}

/// The greeting of MySQL 8, with these lower capabilities.
pub fn mysql_greeting(capabilities: u16) -> Vec<u8> {
    let mut packet = b"\x0a8.0.36\0\x07\0\0\0abcdefgh\0".to_vec();
    packet.extend_from_slice(&capabilities.to_le_bytes());
    packet.extend_from_slice(b"\xff\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0caching_sha2_password\0");
    [&[packet.len() as u8, 0, 0, 0], packet.as_slice()].concat()
}

/// MySQL.
pub fn mysql(mut connection: Connection, behind: SocketAddr) {
    connection.send(&mysql_greeting(0xffff));
    let Some(request) = connection.take(36) else { return };
    // Packet 1 of 32 octets, with CLIENT_SSL and CLIENT_PROTOCOL_41.
    if matches!(*request.as_slice(), [32, 0, 0, 1, _, flags, ..] if flags & 0x0a == 0x0a) {
        connection.splice(behind);
    }
}

/// RDP that chooses network level authentication (MS-RDPBCGR §2.2.1.2.1).
pub fn rdp(mut connection: Connection, behind: SocketAddr) {
    let Some(request) = connection.take(19) else { return };
    if matches!(*request.as_slice(), [3, 0, 0, 19, 14, 0xe0, .., 1, 0, 8, 0, protocols, 0, 0, 0] if protocols & 3 == 3)
    {
        connection.send(&[3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0, 2, 0x1f, 8, 0, 2, 0, 0, 0]);
        connection.splice(behind);
    }
}
