//! The messages of a server's flight (RFC 5246 §7.4, RFC 8422 §5, RFC 6066 §8).

use super::{KeyExchange, ServerHello};
use crate::limits::{MAX_CA_NAMES, MAX_CHAIN};
use crate::tls::names::{Exchange, Group, Scheme, Suite, Version};
use crate::tls::reader::{Reader, Unreadable};

const ALPN: u16 = 16;
const SCT: u16 = 18;

pub(super) fn server_hello(body: &[u8]) -> Result<ServerHello, Unreadable> {
    let mut reader = Reader::new(body);
    let version = reader.u16("a version")?;
    if !(0x0300..=0x0303).contains(&version) {
        return Err(Unreadable { offset: 0, expected: "a version of SSL 3.0 to TLS 1.2" });
    }
    let mut random = [0; 32];
    random.copy_from_slice(reader.take(32, "a random value of 32 octets")?);
    let session = reader.vector(1, "a session identifier")?;
    if session.octets().len() > 32 {
        return Err(Unreadable { offset: session.offset(), expected: "a session identifier of at most 32 octets" });
    }
    let suite = Suite(reader.u16("a cipher suite")?);
    let compression = reader.offset();
    if reader.octet("a compression method")? != 0 {
        return Err(Unreadable { offset: compression, expected: "no compression, as was offered" });
    }
    let mut hello = ServerHello { version: Version(version), random, suite, alpn: None, scts: None };
    // Servers from before RFC 4366 send no extensions at all.
    if reader.is_empty() {
        return Ok(hello);
    }
    let mut extensions = reader.vector(2, "a list of extensions")?;
    reader.end("the end of the message")?;
    while !extensions.is_empty() {
        let number = extensions.u16("the number of an extension")?;
        let mut content = extensions.vector(2, "an extension")?;
        match number {
            ALPN => {
                let mut list = content.vector(2, "a list of protocols (RFC 7301 §3.1)")?;
                let chosen = list.vector(1, "the chosen protocol (RFC 7301 §3.1)")?;
                list.end("no more than one protocol (RFC 7301 §3.1)")?;
                hello.alpn = Some(chosen.octets().to_vec());
            }
            SCT => hello.scts = Some(content.octets().to_vec()),
            _ => {}
        }
    }
    Ok(hello)
}

/// The chain, and how many certificates more there are than are kept.
pub(super) fn certificate(body: &[u8]) -> Result<(Vec<Vec<u8>>, usize), Unreadable> {
    let mut reader = Reader::new(body);
    let mut list = reader.vector(3, "a list of certificates")?;
    reader.end("the end of the message")?;
    let (mut chain, mut omitted) = (Vec::new(), 0);
    while !list.is_empty() {
        let certificate = list.vector(3, "a certificate")?;
        if chain.len() < MAX_CHAIN {
            chain.push(certificate.octets().to_vec());
        } else {
            omitted += 1;
        }
    }
    Ok((chain, omitted))
}

pub(super) fn certificate_status(body: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut reader = Reader::new(body);
    if reader.octet("a type of status")? != 1 {
        return Err(Unreadable { offset: 0, expected: "the type of OCSP, 1 (RFC 6066 §8)" });
    }
    let response = reader.vector(3, "an OCSP response")?;
    reader.end("the end of the message")?;
    Ok(response.octets().to_vec())
}

pub(super) fn server_key_exchange(
    body: &[u8],
    exchange: Exchange,
    version: Version,
) -> Result<KeyExchange, Unreadable> {
    let mut reader = Reader::new(body);
    let group = match exchange {
        Exchange::Ecdhe => {
            // Curves written out (RFC 4492 §5.4) are no longer in use and not read further.
            if reader.octet("a type of curve")? != 3 {
                return Ok(KeyExchange { group: None, signed: None });
            }
            let group = Group::Named(reader.u16("a group")?);
            reader.vector(1, "a point")?;
            group
        }
        Exchange::Dhe => {
            let prime = reader.vector(2, "a prime")?;
            reader.vector(2, "a generator")?;
            reader.vector(2, "a public value")?;
            Group::Prime(bits(prime.octets()))
        }
        // Export and temporary RSA keys, and suites that were not offered.
        Exchange::Rsa | Exchange::Unknown => return Ok(KeyExchange { group: None, signed: None }),
    };
    let parameters = body.get(..reader.offset()).unwrap_or_default().to_vec();
    let scheme = if version >= Version::TLS_1_2 { Some(Scheme(reader.u16("a signature algorithm")?)) } else { None };
    let signature = reader.vector(2, "a signature")?;
    reader.end("the end of the message")?;
    Ok(KeyExchange { group: Some(group), signed: Some((parameters, scheme, signature.octets().to_vec())) })
}

fn bits(magnitude: &[u8]) -> usize {
    let zeros = magnitude.iter().take_while(|octet| **octet == 0).count();
    let significant = magnitude.get(zeros..).unwrap_or_default();
    significant.first().map_or(0, |first| significant.len() * 8 - first.leading_zeros() as usize)
}

/// CA names and schemes.
pub(super) fn certificate_request(body: &[u8], version: Version) -> Result<(Vec<Vec<u8>>, Vec<Scheme>), Unreadable> {
    let mut reader = Reader::new(body);
    reader.vector(1, "the types of certificates")?;
    let mut schemes = Vec::new();
    if version >= Version::TLS_1_2 {
        let mut list = reader.vector(2, "a list of signature algorithms")?;
        while !list.is_empty() {
            let scheme = Scheme(list.u16("a signature algorithm")?);
            // The registry has below a hundred.
            if schemes.len() < 256 {
                schemes.push(scheme);
            }
        }
    }
    let mut list = reader.vector(2, "a list of CA names")?;
    reader.end("the end of the message")?;
    let mut names = Vec::new();
    while !list.is_empty() {
        let name = list.vector(2, "the name of a CA")?;
        if names.len() < MAX_CA_NAMES {
            names.push(name.octets().to_vec());
        }
    }
    Ok((names, schemes))
}
