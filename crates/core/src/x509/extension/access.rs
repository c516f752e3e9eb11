//! Where to find CRLs, issuers and responders
//! (RFC 5280 §4.2.1.13, §4.2.1.15, §4.2.2).

use crate::encoding::der::{BitString, Cursor, Decode, DerError, DerErrorKind, InField, SequenceOf, Tag};
use crate::x509::extension::usage::check_named_bits;
use crate::x509::general_name::{GeneralName, GeneralNames};
use crate::x509::name::Rdn;
use crate::x509::oid::Oid;

/// One access description.
#[derive(Clone, Copy, Debug)]
pub struct AccessDescription<'a> {
    /// What is found there.
    pub method: Oid<'a>,
    /// Where.
    pub location: GeneralName<'a>,
}

impl<'a> Decode<'a> for AccessDescription<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let method = Oid::decode(&mut content).in_field("accessMethod")?;
        let location = GeneralName::decode(&mut content).in_field("accessLocation")?;
        content.finish();
        Ok(AccessDescription { method, location })
    }
}

/// The name of a distribution point.
#[derive(Clone, Copy, Debug)]
pub enum DistributionPointName<'a> {
    /// One or more full names, which all mean the same CRL.
    Full(GeneralNames<'a>),
    /// A name relative to the CRL issuer.
    Relative(Rdn<'a>),
}

impl<'a> DistributionPointName<'a> {
    /// Reads the CHOICE inside its explicit tag.
    pub(crate) fn decode_choice(mut content: Cursor<'a>) -> Result<Self, DerError> {
        if let Some(full) = content.optional(Tag::context_constructed(0))? {
            let names = SequenceOf::from_content(&full).in_field("fullName")?;
            content.finish();
            return Ok(DistributionPointName::Full(names));
        }
        let relative = content.expect(Tag::context_constructed(1)).in_field("nameRelativeToCRLIssuer")?;
        content.finish();
        Rdn::from_content(&relative).map(DistributionPointName::Relative)
    }
}

/// Which revocation reasons a CRL covers (RFC 5280 §4.2.1.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReasonFlags(u16);

impl ReasonFlags {
    const NAMES: [&'static str; 9] = [
        "unused",
        "keyCompromise",
        "cACompromise",
        "affiliationChanged",
        "superseded",
        "cessationOfOperation",
        "certificateHold",
        "privilegeWithdrawn",
        "aACompromise",
    ];

    pub(crate) fn from_bits(cursor: &Cursor<'_>, bits: &BitString<'_>) -> Self {
        check_named_bits(cursor, bits);
        ReasonFlags((0..Self::NAMES.len()).filter(|index| bits.bit(*index)).fold(0, |flags, index| flags | 1 << index))
    }

    /// Bit n set for flag n.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The flags of these bits.
    pub const fn from_flags(bits: u16) -> ReasonFlags {
        ReasonFlags(bits)
    }

    /// The names of the set flags.
    pub fn names(self) -> Vec<&'static str> {
        Self::NAMES.iter().enumerate().filter(|(index, _)| self.0 & 1 << index != 0).map(|(_, name)| *name).collect()
    }
}

/// One distribution point.
#[derive(Clone, Copy, Debug)]
pub struct DistributionPoint<'a> {
    /// Where the CRL is.
    pub name: Option<DistributionPointName<'a>>,
    /// The reasons that the CRL there covers; all when absent.
    pub reasons: Option<ReasonFlags>,
    /// Who issues the CRL, when not the certificate's issuer.
    pub crl_issuer: Option<GeneralNames<'a>>,
}

impl<'a> Decode<'a> for DistributionPoint<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let start = cursor.offset();
        let mut content = cursor.sequence()?;
        let name = match content.optional(Tag::context_constructed(0))? {
            Some(tlv) => Some(DistributionPointName::decode_choice(tlv.cursor()).in_field("distributionPoint")?),
            None => None,
        };
        let reasons = match content.optional(Tag::context(1))? {
            Some(tlv) => Some(ReasonFlags::from_bits(&content, &tlv.bit_string().in_field("reasons")?)),
            None => None,
        };
        let crl_issuer = match content.optional(Tag::context_constructed(2))? {
            Some(tlv) => Some(SequenceOf::from_content(&tlv).in_field("cRLIssuer")?),
            None => None,
        };
        content.finish();
        if name.is_none() && crl_issuer.is_none() {
            // RFC 5280 §4.2.1.13: reasons alone say nothing.
            let what = "the distribution point has neither a name nor a CRL issuer";
            return Err(DerError::new(start, DerErrorKind::Invalid(what)));
        }
        Ok(DistributionPoint { name, reasons, crl_issuer })
    }
}
