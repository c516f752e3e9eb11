//! Trust lists and serialized stores as Windows writes them, from the structures
//! of wincrypt.h.

use crate::der::{concat, sequence, tag, tlv};

/// Encoded object identifiers of trust lists, with tag and length.
pub mod oid {
    /// szOID_ROOT_LIST_SIGNER: a list of trusted roots.
    pub const ROOTS: &[u8] = b"\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x09";
    /// szOID_DISALLOWED_LIST: a list of what is refused.
    pub const DISALLOWED: &[u8] = b"\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x1e";
    /// SHA-1 of the certificate identifies it.
    pub const SHA1: &[u8] = b"\x06\x05\x2b\x0e\x03\x02\x1a";
    /// szOID_DISALLOWED_HASH: a hash of the signed part identifies it.
    pub const SIGNATURE_HASH: &[u8] = b"\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b\x0f";
}

/// Properties by their number, with their octets as the store has them.
pub type Properties = Vec<(u8, Vec<u8>)>;

/// The property 11, a friendly name.
pub fn friendly_name(text: &str) -> (u8, Vec<u8>) {
    (11, text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect())
}

/// The octets of a FILETIME for a time in seconds since 1970.
pub fn file_time(unix: u64) -> Vec<u8> {
    ((unix + 11_644_473_600) * 10_000_000).to_le_bytes().to_vec()
}

/// A trust list of these entries, a hash and its properties each, without a signer.
pub fn trust_list(usage: &[u8], algorithm: &[u8], entries: &[(Vec<u8>, Properties)]) -> Vec<u8> {
    let entries = entries.iter().map(|(identifier, properties)| {
        let attributes = properties.iter().map(|(number, value)| attribute(*number, value));
        sequence([tlv(tag::OCTET_STRING, identifier), tlv(tag::SET, &concat(attributes))])
    });
    let list = sequence([
        sequence([usage]),
        tlv(tag::INTEGER, &[1]),
        tlv(tag::UTC_TIME, b"260901000000Z"),
        sequence([algorithm, &[5, 0]]),
        sequence(entries),
    ]);
    signed_data(b"\x06\x09\x2b\x06\x01\x04\x01\x82\x37\x0a\x01", &list)
}

/// A SignedData without signers around a content of this type.
pub fn signed_data(content_type: &[u8], content: &[u8]) -> Vec<u8> {
    let data = sequence([
        tlv(tag::INTEGER, &[1]),
        tlv(tag::SET, &[]),
        sequence([content_type.to_vec(), tlv(0xa0, content)]),
        tlv(tag::SET, &[]),
    ]);
    sequence([b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02".to_vec(), tlv(0xa0, &data)])
}

/// An attribute 1.3.6.1.4.1.311.10.11.`number` with a value in an OCTET STRING.
pub fn attribute(number: u8, value: &[u8]) -> Vec<u8> {
    let arc = if number < 0x80 { vec![number] } else { vec![0x81, number & 0x7f] };
    let oid = concat([b"\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b".to_vec(), arc]);
    sequence([tlv(tag::OID, &oid), tlv(tag::SET, &tlv(tag::OCTET_STRING, value))])
}

/// One element of a serialized store: what it is, encoding 1, length, content.
pub fn element(number: u32, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    concat([&number.to_le_bytes()[..], &1_u32.to_le_bytes(), &length.to_le_bytes(), content])
}

/// A serialized store of these certificates, each with its properties.
pub fn serialized_store(certificates: &[(Vec<u8>, Properties)]) -> Vec<u8> {
    let mut store = b"\0\0\0\0CERT".to_vec();
    for (certificate, properties) in certificates {
        for (number, value) in properties {
            store.extend(element(u32::from(*number), value));
        }
        store.extend(element(32, certificate));
    }
    store.extend([0; 12]);
    store
}
