//! Certificate policies and their mappings (RFC 5280 §4.2.1.4, §4.2.1.5).

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, SequenceOf, Tag, Tlv};
use crate::x509::oid::{Oid, oids};
use crate::x509::string::StringValue;

/// One policy with its qualifiers.
#[derive(Clone, Copy, Debug)]
pub struct PolicyInformation<'a> {
    /// The policy.
    pub policy: Oid<'a>,
    /// Its qualifiers, when given.
    pub qualifiers: Option<SequenceOf<'a, PolicyQualifier<'a>>>,
}

impl<'a> Decode<'a> for PolicyInformation<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let policy = Oid::decode(&mut content).in_field("policyIdentifier")?;
        let qualifiers = if content.is_empty() {
            None
        } else {
            let offset = content.offset();
            let list: SequenceOf<'_, PolicyQualifier<'_>> =
                SequenceOf::read(&mut content).in_field("policyQualifiers")?;
            if list.is_empty() {
                let what = "the list of policy qualifiers is empty, but must have an element";
                return Err(DerError::new(offset, DerErrorKind::Invalid(what)));
            }
            Some(list)
        };
        content.finish();
        Ok(PolicyInformation { policy, qualifiers })
    }
}

/// A policy qualifier.
#[derive(Clone, Copy, Debug)]
pub enum PolicyQualifier<'a> {
    /// Where the certification practice statement is published.
    Cps(StringValue<'a>),
    /// A notice to be shown.
    UserNotice(UserNotice<'a>),
    /// Another kind, undecoded.
    Other(Oid<'a>, Tlv<'a>),
}

impl<'a> Decode<'a> for PolicyQualifier<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let oid = Oid::decode(&mut content).in_field("policyQualifierId")?;
        let qualifier = match oid {
            oids::QUALIFIER_CPS => {
                let tlv = content.expect(Tag::IA5_STRING).in_field("cPSuri")?;
                PolicyQualifier::Cps(StringValue::read(&tlv))
            }
            oids::QUALIFIER_USER_NOTICE => {
                PolicyQualifier::UserNotice(UserNotice::decode(&mut content).in_field("userNotice")?)
            }
            _ => PolicyQualifier::Other(oid, content.read().in_field("qualifier")?),
        };
        content.finish();
        Ok(qualifier)
    }
}

/// A user notice.
#[derive(Clone, Copy, Debug)]
pub struct UserNotice<'a> {
    /// The organization of a notice reference.
    pub organization: Option<StringValue<'a>>,
    /// The notice numbers of a notice reference, encoded INTEGERs.
    pub numbers: Option<SequenceOf<'a, NoticeNumber>>,
    /// Text to be shown.
    pub explicit_text: Option<StringValue<'a>>,
}

/// A notice number; `None` when negative or beyond 32 bits.
#[derive(Clone, Copy, Debug)]
pub struct NoticeNumber(pub Option<u32>);

impl<'a> Decode<'a> for NoticeNumber {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        Ok(NoticeNumber(cursor.integer()?.to_u32()))
    }
}

impl<'a> Decode<'a> for UserNotice<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let (mut organization, mut numbers) = (None, None);
        if let Some(reference) = content.optional(Tag::SEQUENCE)? {
            let mut inside = reference.cursor();
            organization = Some(StringValue::read(&inside.read().in_field("noticeRef.organization")?));
            numbers = Some(SequenceOf::read(&mut inside).in_field("noticeRef.noticeNumbers")?);
            inside.finish();
        }
        let explicit_text = if content.is_empty() { None } else { Some(StringValue::read(&content.read()?)) };
        content.finish();
        Ok(UserNotice { organization, numbers, explicit_text })
    }
}

/// A mapping from a policy of the issuer's domain to one of the subject's.
#[derive(Clone, Copy, Debug)]
pub struct PolicyMapping<'a> {
    /// The issuer's policy.
    pub issuer_domain: Oid<'a>,
    /// The subject's policy.
    pub subject_domain: Oid<'a>,
}

impl<'a> Decode<'a> for PolicyMapping<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let mapping = PolicyMapping {
            issuer_domain: Oid::decode(&mut content).in_field("issuerDomainPolicy")?,
            subject_domain: Oid::decode(&mut content).in_field("subjectDomainPolicy")?,
        };
        content.finish();
        Ok(mapping)
    }
}
