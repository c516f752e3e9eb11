//! Certification authorities: a name, a key and a certificate.

use crate::certificate::CertificateBuilder;
use crate::issuer::Issuer;
use crate::key::Key;
use crate::name::Name;

/// A CA with its certificate.
#[derive(Clone, Debug)]
pub struct Ca {
    issuer: Issuer,
    der: Vec<u8>,
}

impl Ca {
    /// A self-signed CA.
    pub fn anchor(common_name: &str, key: Key) -> Ca {
        Self::self_signed(Self::builder(common_name, key))
    }

    /// A CA with a certificate from another one.
    pub fn intermediate(common_name: &str, key: Key, parent: impl AsRef<Issuer>) -> Ca {
        Self::issued(Self::builder(common_name, key), parent)
    }

    /// A builder for a CA's certificate, to be changed and given to
    /// [`Ca::self_signed`] or [`Ca::issued`].
    pub fn builder(common_name: &str, key: Key) -> CertificateBuilder {
        CertificateBuilder::ca(Name::cn(common_name), key)
    }

    /// The CA with the certificate that `builder` makes, signed by itself.
    pub fn self_signed(builder: CertificateBuilder) -> Ca {
        Ca { issuer: builder.as_issuer(), der: builder.self_signed() }
    }

    /// The CA with the certificate that `builder` makes, signed by `parent`.
    pub fn issued(builder: CertificateBuilder, parent: impl AsRef<Issuer>) -> Ca {
        Ca { issuer: builder.as_issuer(), der: builder.issued_by(parent) }
    }

    /// Its certificate.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        &self.issuer.name
    }

    /// Its key.
    pub fn key(&self) -> Key {
        self.issuer.key
    }
}

impl AsRef<Issuer> for Ca {
    fn as_ref(&self) -> &Issuer {
        &self.issuer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der;

    #[test]
    fn a_chain_is_linked_by_names_and_identifiers() {
        let anchor = Ca::anchor("A", Key::ed25519(0));
        let child = Ca::intermediate("B", Key::ed25519(1), &anchor);
        let contains = |part: &[u8]| child.der().windows(part.len()).any(|window| window == part);
        assert!(contains(&anchor.name().to_der()));
        assert!(contains(&der::sequence([der::implicit(0, &anchor.key().key_identifier())])));
        assert!(!contains(&anchor.key().spki()));
    }
}
