//! A ClientHello for servers of old (RFC 5246 §7.4.1.2): TLS 1.0 to 1.2, with cipher
//! suites that nobody should use any more, among them those of RSA key exchange.

use super::names::{SUITES, Scheme, Version};

/// What the hello says.
#[derive(Clone, Copy, Debug)]
pub struct Hello<'a> {
    /// The highest version that is offered.
    pub version: Version,
    /// The random value.
    pub random: [u8; 32],
    /// The server's name (SNI), none for no such extension.
    pub server_name: Option<&'a str>,
    /// Application protocols (ALPN), none for no such extension.
    pub alpn: &'a [Vec<u8>],
}

const SERVER_NAME: u16 = 0;
const STATUS_REQUEST: u16 = 5;
const SUPPORTED_GROUPS: u16 = 10;
const EC_POINT_FORMATS: u16 = 11;
const SIGNATURE_ALGORITHMS: u16 = 13;
const ALPN: u16 = 16;
const SCT: u16 = 18;

/// Groups of elliptic curves (RFC 8422 §5.1.1).
const GROUPS: [u16; 4] = [0x001d, 0x0017, 0x0018, 0x0019];

/// No renegotiation is begun (RFC 5746 §3.3): servers demand that clients know of it.
const RENEGOTIATION_SCSV: u16 = 0x00ff;

impl Hello<'_> {
    /// The hello in one record.
    pub fn record(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(300);
        body.extend(self.version.0.to_be_bytes());
        body.extend(self.random);
        // No session to resume.
        body.push(0);
        let suites = SUITES.iter().map(|(number, _)| *number).chain([RENEGOTIATION_SCSV]);
        vector16(&mut body, |body| suites.for_each(|suite| body.extend(suite.to_be_bytes())));
        // No compression.
        body.extend([1, 0]);
        vector16(&mut body, |body| self.extensions(body));

        // A record of TLS 1.0, which every server reads (RFC 5246 §E.1).
        let mut record = vec![22, 3, 1];
        vector16(&mut record, |record| {
            record.extend([1, 0]);
            vector16(record, |record| record.extend(body));
        });
        record
    }

    fn extensions(&self, out: &mut Vec<u8>) {
        if let Some(name) = self.server_name {
            extension(out, SERVER_NAME, |out| {
                vector16(out, |out| {
                    out.push(0);
                    vector16(out, |out| out.extend(name.as_bytes()));
                });
            });
        }
        // OCSP, without responders and extensions (RFC 6066 §8).
        extension(out, STATUS_REQUEST, |out| out.extend([1, 0, 0, 0, 0]));
        extension(out, SUPPORTED_GROUPS, |out| {
            vector16(out, |out| GROUPS.iter().for_each(|group| out.extend(group.to_be_bytes())));
        });
        // Uncompressed points (RFC 8422 §5.1.2).
        extension(out, EC_POINT_FORMATS, |out| out.extend([1, 0]));
        // RFC 5246 §7.4.1.4.1: not for versions before.
        if self.version >= Version::TLS_1_2 {
            extension(out, SIGNATURE_ALGORITHMS, |out| {
                vector16(out, |out| Scheme::offered().for_each(|scheme| out.extend(scheme.0.to_be_bytes())));
            });
        }
        if !self.alpn.is_empty() {
            extension(out, ALPN, |out| {
                vector16(out, |out| {
                    for protocol in self.alpn {
                        // Names have up to 255 octets (RFC 7301 §3.1); a longer one is none.
                        if let Ok(length) = u8::try_from(protocol.len()) {
                            out.push(length);
                            out.extend(protocol);
                        }
                    }
                });
            });
        }
        extension(out, SCT, |_| {});
    }
}

fn extension(out: &mut Vec<u8>, number: u16, content: impl FnOnce(&mut Vec<u8>)) {
    out.extend(number.to_be_bytes());
    vector16(out, content);
}

/// What `content` writes, after its length in two octets. Nothing here comes near the
/// limit of two octets but a caller's ALPN, which is cut.
fn vector16(out: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    let mut inside = Vec::new();
    content(&mut inside);
    inside.truncate(usize::from(u16::MAX));
    let length = u16::try_from(inside.len()).unwrap_or(u16::MAX);
    out.extend(length.to_be_bytes());
    out.extend(inside);
}
