//! What can be decoded, and lists of it.

use std::fmt;

use super::cursor::Cursor;
use super::error::DerError;
use super::tag::Tag;
use super::value::Tlv;

/// Something that is read from a cursor.
pub trait Decode<'a>: Sized {
    /// Reads one value.
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError>;
}

/// A SEQUENCE OF whose elements were all read once and are decoded again on
/// demand, so that a list costs no memory.
pub struct SequenceOf<'a, T> {
    content: Cursor<'a>,
    element: std::marker::PhantomData<fn() -> T>,
}

impl<'a, T: Decode<'a>> SequenceOf<'a, T> {
    /// Reads a SEQUENCE and every element in it.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let tlv = cursor.expect(Tag::SEQUENCE)?;
        Self::from_content(&tlv)
    }

    /// Reads the elements of an implicitly tagged SEQUENCE OF.
    pub fn from_content(tlv: &Tlv<'a>) -> Result<Self, DerError> {
        if !tlv.is_again() {
            let mut walk = tlv.cursor();
            while !walk.is_empty() {
                T::decode(&mut walk)?;
            }
        }
        Ok(SequenceOf { content: tlv.cursor().read_before(), element: std::marker::PhantomData })
    }

    /// Takes what is left of a cursor for elements that were read before.
    pub(crate) fn from_rest(cursor: Cursor<'a>) -> Self {
        SequenceOf { content: cursor.read_before(), element: std::marker::PhantomData }
    }

    /// The elements.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'a, T> {
        let mut walk = self.content;
        std::iter::from_fn(move || if walk.is_empty() { None } else { T::decode(&mut walk).ok() })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// The octets of all elements.
    pub fn raw(&self) -> &'a [u8] {
        self.content.rest()
    }
}

impl<T> Clone for SequenceOf<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SequenceOf<'_, T> {}

impl<T> fmt::Debug for SequenceOf<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SequenceOf({:?})", self.content)
    }
}
