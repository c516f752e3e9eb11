//! Statements of qualified certificates (RFC 3739 §3.2.6, ETSI EN 319 412-5).

use crate::encoding::der::{Cursor, Decode, DerError, InField, SequenceOf, Tag, Tlv};
use crate::x509::oid::{Oid, oids};
use crate::x509::string::StringValue;

/// One statement.
#[derive(Clone, Copy, Debug)]
pub struct QcStatement<'a> {
    /// Which statement.
    pub id: Oid<'a>,
    /// What it says.
    pub info: QcStatementInfo<'a>,
}

/// The content of a statement.
#[derive(Clone, Copy, Debug)]
pub enum QcStatementInfo<'a> {
    /// Nothing beyond its presence.
    None,
    /// Transaction limit: currency code or number, amount and exponent of ten.
    LimitValue {
        /// ISO 4217 code, alphabetic (a string) or numeric (an INTEGER).
        currency: Tlv<'a>,
        /// The amount, `None` beyond 32 bits.
        amount: Option<u32>,
        /// The power of ten, `None` when negative or beyond 32 bits.
        exponent: Option<u32>,
    },
    /// Years that the registration is kept, `None` beyond 32 bits.
    RetentionYears(Option<u32>),
    /// Where the disclosure statements are, with their language.
    Disclosure(SequenceOf<'a, DisclosureLocation<'a>>),
    /// For what the certificate is meant: signature, seal, website.
    Types(SequenceOf<'a, Oid<'a>>),
    /// Countries whose law applies, ISO 3166.
    Legislation(SequenceOf<'a, CountryCode<'a>>),
    /// Another content, undecoded.
    Other(Tlv<'a>),
}

/// A location of a disclosure statement.
#[derive(Clone, Copy, Debug)]
pub struct DisclosureLocation<'a> {
    /// The URL.
    pub url: StringValue<'a>,
    /// Two-letter language code, ISO 639-1.
    pub language: StringValue<'a>,
}

impl<'a> Decode<'a> for DisclosureLocation<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let url = StringValue::read(&content.expect(Tag::IA5_STRING).in_field("PdsLocation.url")?);
        let language = StringValue::read(&content.expect(Tag::PRINTABLE_STRING).in_field("PdsLocation.language")?);
        content.finish();
        Ok(DisclosureLocation { url, language })
    }
}

/// A country code.
#[derive(Clone, Copy, Debug)]
pub struct CountryCode<'a>(pub StringValue<'a>);

impl<'a> Decode<'a> for CountryCode<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        Ok(CountryCode(StringValue::read(&cursor.expect(Tag::PRINTABLE_STRING)?)))
    }
}

impl<'a> Decode<'a> for QcStatement<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let id = Oid::decode(&mut content).in_field("statementId")?;
        if content.is_empty() {
            return Ok(QcStatement { id, info: QcStatementInfo::None });
        }
        let info = match id {
            oids::ETSI_QC_LIMIT_VALUE => {
                let mut value = content.sequence().in_field("QcLimitValue")?;
                let currency = value.read().in_field("QcLimitValue.currency")?;
                let amount = value.integer().in_field("QcLimitValue.amount")?.to_u32();
                let exponent = value.integer().in_field("QcLimitValue.exponent")?.to_u32();
                value.finish();
                QcStatementInfo::LimitValue { currency, amount, exponent }
            }
            oids::ETSI_QC_RETENTION => {
                QcStatementInfo::RetentionYears(content.integer().in_field("QcRetentionPeriod")?.to_u32())
            }
            oids::ETSI_QC_PDS => QcStatementInfo::Disclosure(SequenceOf::read(&mut content).in_field("QcPDS")?),
            oids::ETSI_QC_TYPE => QcStatementInfo::Types(SequenceOf::read(&mut content).in_field("QcType")?),
            oids::ETSI_QC_CC_LEGISLATION => {
                QcStatementInfo::Legislation(SequenceOf::read(&mut content).in_field("QcCClegislation")?)
            }
            _ => QcStatementInfo::Other(content.read().in_field("statementInfo")?),
        };
        content.finish();
        Ok(QcStatement { id, info })
    }
}
