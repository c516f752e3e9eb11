//! What a peer speaks, told by the first octets that it sends.

use tokio::io::AsyncReadExt as _;

use crate::alert::Alert;
use crate::limits::{LOOK_TIMEOUT, MAX_LOOKED_AT};
use crate::stream::Stream;
use crate::text;

/// Characters of an answer that are shown.
const MAX_SHOWN: usize = 120;

/// Octets of one that is no text.
const MAX_HEX: usize = 16;

/// Protocols that can be told by how an answer begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Speaks {
    /// A TLS record.
    Tls,
    /// An HTTP response, or a page without one.
    Http,
    /// SSH (RFC 4253 §4.2).
    Ssh,
    /// A greeting of SMTP.
    Smtp,
    /// A greeting of FTP.
    Ftp,
    /// A greeting that SMTP and FTP have in common.
    SmtpOrFtp,
    /// A greeting of POP3.
    Pop3,
    /// A greeting of IMAP.
    Imap,
    /// XML, as XMPP has it.
    Xml,
    /// An LDAP message (RFC 4511 §4.1.1).
    Ldap,
    /// A greeting or error of MySQL or MariaDB.
    Mysql,
    /// An error of PostgreSQL.
    Postgres,
    /// A response of SQL Server.
    Tds,
    /// A TPKT header, as of RDP (RFC 1006 §6).
    Rdp,
    /// A fault of .NET Message Framing.
    NetTcp,
    /// A choice of method by a SOCKS5 proxy (RFC 1928 §3).
    Socks5,
    /// Options of telnet (RFC 854).
    Telnet,
    /// A screen by VNC (RFC 6143 §7.1.1).
    Vnc,
    /// An error of Redis.
    Redis,
}

impl Speaks {
    /// Its name, as after "answered as … does".
    pub const fn name(self) -> &'static str {
        match self {
            Speaks::Tls => "TLS",
            Speaks::Http => "a web server",
            Speaks::Ssh => "SSH",
            Speaks::Smtp => "SMTP",
            Speaks::Ftp => "FTP",
            Speaks::SmtpOrFtp => "SMTP or FTP",
            Speaks::Pop3 => "POP3",
            Speaks::Imap => "IMAP",
            Speaks::Xml => "XMPP",
            Speaks::Ldap => "LDAP",
            Speaks::Mysql => "MySQL",
            Speaks::Postgres => "PostgreSQL",
            Speaks::Tds => "SQL Server",
            Speaks::Rdp => "RDP",
            Speaks::NetTcp => "net.tcp",
            Speaks::Socks5 => "a SOCKS5 proxy",
            Speaks::Telnet => "telnet",
            Speaks::Vnc => "VNC",
            Speaks::Redis => "Redis",
        }
    }

    /// The scheme of the URL by which to probe it, if there is one.
    pub const fn scheme(self) -> Option<&'static str> {
        match self {
            Speaks::Tls => Some("tls"),
            Speaks::Smtp | Speaks::SmtpOrFtp => Some("smtp"),
            Speaks::Ftp => Some("ftp"),
            Speaks::Pop3 => Some("pop3"),
            Speaks::Imap => Some("imap"),
            Speaks::Xml => Some("xmpp"),
            Speaks::Ldap => Some("ldap"),
            Speaks::Mysql => Some("mysql"),
            Speaks::Postgres => Some("postgres"),
            Speaks::Tds => Some("mssql"),
            Speaks::Rdp => Some("rdp"),
            Speaks::NetTcp => Some("net.tcp"),
            _ => None,
        }
    }
}

/// Reads on behind `octets`, which are wrong from `at` on, so that it can be told what
/// sends them.
pub(crate) async fn look(stream: &mut Stream, octets: &mut Vec<u8>, at: usize) {
    let reading = async {
        let mut part = [0; MAX_LOOKED_AT];
        while octets.len() < MAX_LOOKED_AT && !is_told(octets, at) {
            let room = MAX_LOOKED_AT - octets.len();
            match stream.read(part.get_mut(..room).unwrap_or_default()).await {
                Ok(count) if count > 0 => octets.extend_from_slice(part.get(..count).unwrap_or_default()),
                _ => return,
            }
        }
    };
    // Whatever came until then is enough.
    let _ = tokio::time::timeout(LOOK_TIMEOUT, reading).await;
}

/// Whether nothing that follows would change what is said about it: a line is there,
/// and as many octets as are shown.
fn is_told(octets: &[u8], at: usize) -> bool {
    let wrong = octets.get(at..).unwrap_or_default();
    wrong.len() > MAX_HEX && wrong.contains(&b'\n') && speaks(octets).is_some()
}

/// What sends an answer that begins like this, if it can be told.
pub fn speaks(octets: &[u8]) -> Option<Speaks> {
    match octets {
        // Content type, version 3.x, length (RFC 8446 §5.1).
        [20..=23, 3, 0..=4, ..] => Some(Speaks::Tls),
        // Choice of a method, and nothing else.
        [5, 0 | 1 | 2 | 0xff] => Some(Speaks::Socks5),
        // A message in definite lengths that begins with an INTEGER of few octets.
        [0x30, 0..=0x7f, 2, 1..=4, ..] | [0x30, 0x81, _, 2, 1..=4, ..] | [0x30, 0x84, _, _, _, _, 2, 1..=4, ..] => {
            Some(Speaks::Ldap)
        }
        // Tabular result, end of message (MS-TDS §2.2.3.1).
        [4, 1, _, _, _, _, _, 0, ..] => Some(Speaks::Tds),
        // TPKT with a connection confirm or disconnect request of X.224.
        [3, 0, _, _, _, 0xd0 | 0x80, ..] => Some(Speaks::Rdp),
        // Packet 0 with the protocol's version, or an error.
        [_, _, 0, 0, 10 | 0xff, ..] => Some(Speaks::Mysql),
        [b'E', 0, 0, _, _, b'S' | b'C' | b'M', ..] => Some(Speaks::Postgres),
        // A fault record with the beginning of its text.
        [8, _, b'h', b't', b't', b'p', ..] => Some(Speaks::NetTcp),
        [0xff, 0xfb..=0xfe, ..] => Some(Speaks::Telnet),
        _ => speaks_text(octets),
    }
}

fn speaks_text(octets: &[u8]) -> Option<Speaks> {
    let line = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let line = line.get(..512).unwrap_or(line);
    let begins = |with: &[u8]| line.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    let has = |word: &[u8]| line.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    let of_xmpp = || octets.windows(7).take(1024).any(|part| part == b"<stream" || part == b"jabber:");
    if begins(b"HTTP/") || begins(b"<html") || begins(b"<!doctype html") {
        Some(Speaks::Http)
    } else if begins(b"SSH-") {
        Some(Speaks::Ssh)
    } else if begins(b"+OK") || begins(b"-ERR ") && !has(b"unknown command") && !has(b"wrong number") {
        Some(Speaks::Pop3)
    } else if begins(b"-ERR") || begins(b"-NOAUTH") || begins(b"-DENIED") {
        Some(Speaks::Redis)
    } else if begins(b"* OK") || begins(b"* PREAUTH") || begins(b"* BYE") {
        Some(Speaks::Imap)
    } else if begins(b"RFB 00") {
        Some(Speaks::Vnc)
    } else if begins(b"<?xml") && of_xmpp() || begins(b"<stream:") {
        Some(Speaks::Xml)
    } else if is_reply(line) {
        let mut words = line.split(|octet| !octet.is_ascii_graphic()).filter(|word| !word.contains(&b'.'));
        // Names of hosts have dots.
        let of_smtp =
            words.clone().any(|word| word.eq_ignore_ascii_case(b"SMTP") || word.eq_ignore_ascii_case(b"ESMTP"));
        let of_ftp = words.any(|word| word.windows(3).any(|part| part.eq_ignore_ascii_case(b"ftp")));
        Some(match (of_smtp, of_ftp) {
            (true, _) => Speaks::Smtp,
            (_, true) => Speaks::Ftp,
            _ => Speaks::SmtpOrFtp,
        })
    } else {
        None
    }
}

/// Three digits and a space or hyphen (RFC 5321 §4.2, RFC 959 §4.2), of the codes
/// that greet or complain.
fn is_reply(line: &[u8]) -> bool {
    matches!(line, [b'2', b'2', b'0', b' ' | b'-', ..] | [b'4' | b'5', b'0'..=b'5', b'0'..=b'9', b' ' | b'-', ..])
}

/// The answer as it may stand in a message: text in quotation marks, other octets
/// in hexadecimal, a TLS alert by its name.
pub fn shown(octets: &[u8]) -> String {
    if let [21, 3, _, _, _, _, description, ..] = octets {
        return format!("the alert {description}, {}", alert_name(*description));
    }
    let line = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let is_text = !line.is_empty() && line.iter().take(64).all(|octet| (b' '..0x7f).contains(octet) || *octet == b'\t');
    if is_text {
        format!("“{}”", text::shown(line, MAX_SHOWN))
    } else {
        format!("the octets {}", text::hex(octets, MAX_HEX))
    }
}

/// The name of a TLS alert's description.
pub fn alert_name(description: u8) -> &'static str {
    Alert { level: 2, description }.name().unwrap_or("an alert without a name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        for (octets, expected) in [
            (&b"\x15\x03\x01\x00\x02\x02\x28"[..], Speaks::Tls),
            (b"\x16\x03\x03\x00\x5a\x02", Speaks::Tls),
            (b"HTTP/1.1 400 Bad Request\r\n", Speaks::Http),
            (b"<!DOCTYPE HTML>", Speaks::Http),
            (b"SSH-2.0-OpenSSH_9.2\r\n", Speaks::Ssh),
            (b"220 mail.example.com ESMTP Postfix\r\n", Speaks::Smtp),
            (b"220 ProFTPD Server\r\n", Speaks::Ftp),
            (b"220 (vsFTPd 3.0.5)\r\n", Speaks::Ftp),
            (b"220 ftp.example.com ESMTP\r\n", Speaks::Smtp),
            (b"220 smtp.example.com FTP server\r\n", Speaks::Ftp),
            (b"220-hello\r\n", Speaks::SmtpOrFtp),
            (b"500 5.5.1 Invalid command\r\n", Speaks::SmtpOrFtp),
            (b"+OK ready\r\n", Speaks::Pop3),
            (b"-ERR unknown command `x`\r\n", Speaks::Redis),
            (b"* OK [CAPABILITY IMAP4rev1] ready\r\n", Speaks::Imap),
            (b"<?xml version='1.0'?><stream:stream xmlns='jabber:client'", Speaks::Xml),
            (b"0\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00", Speaks::Ldap),
            (b"J\0\0\0\x0a8.0.36\0", Speaks::Mysql),
            (b"E\0\0\0\x54SFATAL\0", Speaks::Postgres),
            (b"\x04\x01\0\x25\0\0\x01\0\0", Speaks::Tds),
            (b"\x03\0\0\x13\x0e\xd0\0\0", Speaks::Rdp),
            (b"\x08\x50http://schemas", Speaks::NetTcp),
            (b"\x05\xff", Speaks::Socks5),
            (b"\xff\xfd\x18\xff\xfd\x20", Speaks::Telnet),
            (b"RFB 003.008\n", Speaks::Vnc),
        ] {
            assert_eq!(speaks(octets), Some(expected), "{octets:02x?}");
        }
        for octets in [&b""[..], b"hello", b"\x15\x02", b"<?xml version='1.0'?><soap/>", b"22", b"220", b"2200 "] {
            assert_eq!(speaks(octets), None, "{octets:02x?}");
        }
    }

    #[test]
    fn answers_are_shown_by_what_they_are() {
        assert_eq!(shown(b"\x15\x03\x01\x00\x02\x02\x28"), "the alert 40, handshake_failure");
        assert_eq!(shown(b"220 a\r\n220 b"), "“220 a”");
        assert_eq!(shown(b"\x00\xff"), "the octets 00 ff");
        assert_eq!(shown(b"a\x1b[2J\n"), "the octets 61 1b 5b 32 4a 0a");
    }
}
