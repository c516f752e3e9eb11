//! Constraints that a CA certificate puts on the path below it
//! (RFC 5280 §4.2.1.9 to §4.2.1.11, §4.2.1.14).

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, SequenceOf, Tag, Tlv};
use crate::encoding::deviation::DeviationKind;
use crate::x509::general_name::GeneralName;

/// Basic constraints (RFC 5280 §4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether the subject is a CA.
    pub ca: bool,
    /// How many intermediates that are not self-issued may follow. A number
    /// beyond 32 bits is held as `u32::MAX`, which no path reaches.
    pub path_length: Option<u32>,
}

impl<'a> Decode<'a> for BasicConstraints {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let ca = content.boolean_default(false)?;
        let path_length = match content.optional(Tag::INTEGER)? {
            None => None,
            Some(tlv) => Some(skip_certs(Ok(tlv)).in_field("pathLenConstraint")?.unwrap_or(u32::MAX)),
        };
        end(&content)?;
        Ok(BasicConstraints { ca, path_length })
    }
}

/// One subtree of name constraints.
#[derive(Clone, Copy, Debug)]
pub struct GeneralSubtree<'a> {
    /// The base of the subtree.
    pub base: GeneralName<'a>,
    /// `minimum`, which RFC 5280 §4.2.1.10 wants to be zero; `None` beyond 32 bits.
    pub minimum: Option<u32>,
    /// Whether `maximum` is present, which RFC 5280 §4.2.1.10 forbids.
    pub has_maximum: bool,
}

impl<'a> Decode<'a> for GeneralSubtree<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let base = GeneralName::decode(&mut content)?;
        let minimum = match content.optional(Tag::context(0))? {
            None => Some(0),
            Some(tlv) => {
                let minimum = skip_certs(Ok(tlv)).in_field("minimum")?;
                if minimum == Some(0) {
                    content.note(tlv.offset(), DeviationKind::DefaultEncoded);
                }
                minimum
            }
        };
        let has_maximum = match content.optional(Tag::context(1))? {
            None => false,
            Some(tlv) => skip_certs(Ok(tlv)).in_field("maximum").map(|_| true)?,
        };
        end(&content)?;
        Ok(GeneralSubtree { base, minimum, has_maximum })
    }
}

/// Name constraints (RFC 5280 §4.2.1.10).
#[derive(Clone, Copy, Debug)]
pub struct NameConstraints<'a> {
    /// Permitted subtrees, when given.
    pub permitted: Option<SequenceOf<'a, GeneralSubtree<'a>>>,
    /// Excluded subtrees, when given.
    pub excluded: Option<SequenceOf<'a, GeneralSubtree<'a>>>,
}

impl<'a> Decode<'a> for NameConstraints<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let start = cursor.offset();
        let mut content = cursor.sequence()?;
        let mut subtrees = |number, field| -> Result<_, DerError> {
            let Some(tlv) = content.optional(Tag::context_constructed(number))? else { return Ok(None) };
            let list = SequenceOf::from_content(&tlv).in_field(field)?;
            if list.is_empty() {
                let what = "the list of subtrees is empty, but must have an element";
                return Err(DerError::new(tlv.offset(), DerErrorKind::Invalid(what))).in_field(field);
            }
            Ok(Some(list))
        };
        let permitted = subtrees(0, "permittedSubtrees")?;
        let excluded = subtrees(1, "excludedSubtrees")?;
        end(&content)?;
        if permitted.is_none() && excluded.is_none() {
            // RFC 5280 §4.2.1.10: MUST NOT be an empty sequence.
            let what = "neither permitted nor excluded subtrees are given";
            return Err(DerError::new(start, DerErrorKind::Invalid(what)));
        }
        Ok(NameConstraints { permitted, excluded })
    }
}

/// Policy constraints (RFC 5280 §4.2.1.11). The inner `None` of each value is
/// a number beyond 32 bits, which no path reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// Certificates that may follow before an explicit policy is required.
    pub require_explicit_policy: Option<Option<u32>>,
    /// Certificates that may follow before policy mapping is inhibited.
    pub inhibit_policy_mapping: Option<Option<u32>>,
}

impl<'a> Decode<'a> for PolicyConstraints {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let start = cursor.offset();
        let mut content = cursor.sequence()?;
        let mut skip = |number, field| -> Result<_, DerError> {
            content.optional(Tag::context(number))?.map(|tlv| skip_certs(Ok(tlv)).in_field(field)).transpose()
        };
        let constraints = PolicyConstraints {
            require_explicit_policy: skip(0, "requireExplicitPolicy")?,
            inhibit_policy_mapping: skip(1, "inhibitPolicyMapping")?,
        };
        end(&content)?;
        if constraints.require_explicit_policy.is_none() && constraints.inhibit_policy_mapping.is_none() {
            // RFC 5280 §4.2.1.11: MUST NOT be an empty sequence.
            return Err(DerError::new(start, DerErrorKind::Invalid("no policy constraint is given")));
        }
        Ok(constraints)
    }
}

/// An INTEGER (0..MAX): its value, or `None` beyond 32 bits.
pub(super) fn skip_certs(tlv: Result<Tlv<'_>, DerError>) -> Result<Option<u32>, DerError> {
    let tlv = tlv?;
    let integer = tlv.integer()?;
    if integer.is_negative() {
        return Err(DerError::new(tlv.offset(), DerErrorKind::Invalid("the number is negative")));
    }
    Ok(integer.to_u32())
}

/// A constraint must be understood whole: what is left over is an error here,
/// not a deviation, because it could be a constraint.
fn end(content: &Cursor<'_>) -> Result<(), DerError> {
    if content.is_empty() { Ok(()) } else { Err(DerError::new(content.offset(), DerErrorKind::TrailingData)) }
}
