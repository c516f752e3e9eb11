//! Attributes of bags that are written (RFC 7292 §4.2).

use certlens_core::encoding::der::{Tag, encode};

use super::error::{NameProblem, WriteError};
use crate::oid;
use crate::pfx::OtherAttribute;
use crate::pfx::ber_to_der::to_der;

/// The attributes of a bag, all but localKeyID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BagAttributes {
    /// 1.3.6.1.4.1.311.17.1: of a key, the provider (CSP or KSP) that Windows is to
    /// put it into.
    pub provider: Option<String>,
    /// 1.3.6.1.4.1.311.17.2: of a key, that it belongs to the computer, not to a user.
    pub machine_keyset: bool,
    /// friendlyName: of a key the name of its container, of a certificate its
    /// display name. Java takes a key's as its alias.
    pub friendly_name: Option<String>,
    /// All others, Microsoft's extended properties among them.
    pub others: Vec<OtherAttribute>,
}

impl BagAttributes {
    /// bagAttributes, or nothing when there are none.
    ///
    /// # Errors
    /// A name that no attribute can have.
    pub(super) fn to_der(&self, local_key_id: Option<&[u8]>) -> Result<Vec<u8>, WriteError> {
        let mut all: Vec<Vec<u8>> = self.others.iter().map(|other| to_der(&other.octets).to_vec()).collect();
        if let Some(id) = local_key_id {
            all.push(attribute(oid::LOCAL_KEY_ID, &encode(Tag::OCTET_STRING, &[id])));
        }
        if let Some(name) = &self.provider {
            all.push(attribute(oid::MS_PROVIDER_NAME, &bmp("the provider's name", name)?));
        }
        if let Some(name) = &self.friendly_name {
            all.push(attribute(oid::FRIENDLY_NAME, &bmp("the friendly name", name)?));
        }
        if self.machine_keyset {
            // Windows and OpenSSL write a set of no values; presence counts.
            all.push(attribute(oid::MS_LOCAL_MACHINE_KEYSET, &[]));
        }
        if all.is_empty() {
            return Ok(Vec::new());
        }
        // A SET OF stands in ascending order (X.690 §11.6).
        all.sort();
        Ok(encode(Tag::SET, &all.iter().map(Vec::as_slice).collect::<Vec<_>>()))
    }

    /// How many there will be.
    pub(super) fn count(&self) -> usize {
        let own = usize::from(self.provider.is_some()) + usize::from(self.friendly_name.is_some());
        // One more may be localKeyID.
        self.others.len() + own + usize::from(self.machine_keyset) + 1
    }
}

fn attribute(oid: &[u8], value: &[u8]) -> Vec<u8> {
    encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[oid]), &encode(Tag::SET, &[value])])
}

/// A BMPString; characters beyond 16 bits as two, which all programs that read
/// such names accept.
fn bmp(what: &'static str, name: &str) -> Result<Vec<u8>, WriteError> {
    let problem = if name.is_empty() {
        Some(NameProblem::Empty)
    } else if name.contains('\0') {
        Some(NameProblem::Nul)
    } else {
        None
    };
    if let Some(problem) = problem {
        return Err(WriteError::Name { what, problem });
    }
    let octets: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    Ok(encode(Tag::BMP_STRING, &[&octets]))
}
