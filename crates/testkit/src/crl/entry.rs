//! One entry of a CRL.

use crate::der;
use crate::extension::Extension;
use crate::name::Name;
use crate::time;

/// One entry of a CRL (RFC 5280 §5.1.2.6, §5.3).
#[derive(Clone, Debug)]
pub struct CrlEntry {
    /// Content octets of the serial number.
    pub serial: Vec<u8>,
    /// revocationDate in seconds since 1970.
    pub date: i64,
    /// reasonCode.
    pub reason: Option<u8>,
    /// invalidityDate in seconds since 1970.
    pub invalidity_date: Option<i64>,
    /// certificateIssuer.
    pub certificate_issuer: Option<Name>,
    /// Further extensions.
    pub extensions: Vec<Extension>,
}

impl CrlEntry {
    /// An entry without extensions, revoked at [`time::REVOKED`].
    pub fn new(serial: &[u8]) -> CrlEntry {
        CrlEntry {
            serial: serial.to_vec(),
            date: time::REVOKED,
            reason: None,
            invalidity_date: None,
            certificate_issuer: None,
            extensions: Vec::new(),
        }
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        let known = [
            self.reason.map(Extension::crl_reason),
            self.invalidity_date.map(Extension::invalidity_date),
            self.certificate_issuer.as_ref().map(Extension::certificate_issuer),
        ];
        let mut extensions: Vec<Vec<u8>> = known.iter().flatten().map(Extension::to_der).collect();
        extensions.extend(self.extensions.iter().map(Extension::to_der));
        let extensions = if extensions.is_empty() { Vec::new() } else { der::sequence(extensions) };
        der::sequence([der::integer_octets(&self.serial), time::encode(self.date), extensions])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::fields;

    #[test]
    fn entries_have_the_extensions_asked_for() {
        let entry = CrlEntry {
            reason: Some(1),
            invalidity_date: Some(0),
            certificate_issuer: Some(Name::cn("B")),
            extensions: vec![Extension::new("1.2.3", true, der::null())],
            ..CrlEntry::new(&[1])
        };
        let parts = fields(&entry.to_der());
        assert_eq!(fields(&parts[2]).len(), 4);
        assert_eq!(fields(&CrlEntry::new(&[1]).to_der()).len(), 2);
    }
}
