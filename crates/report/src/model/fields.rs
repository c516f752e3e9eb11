//! Listings of names and values.

use super::{Note, Text};

/// A listing of names and values, nested where a value has parts.
///
/// The writer bounds the depth, as for [`Tree`](super::Tree).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// The fields of the first level.
    pub fields: Vec<Field>,
}

impl Fields {
    /// A listing of these fields.
    pub fn new(fields: impl IntoIterator<Item = Field>) -> Self {
        Fields { fields: fields.into_iter().collect() }
    }
}

/// A name with its values, its parts, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: Text,
    /// The values, each starting a line.
    pub values: Vec<Value>,
    /// Findings about it.
    pub notes: Vec<Note>,
    /// Its parts.
    pub children: Vec<Field>,
}

/// A value of a [`Field`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Words.
    Text(Text),
    /// Octets, shown in hexadecimal: on one line when they fit, otherwise in
    /// lines that start with the offset of their first octet.
    Hex(Vec<u8>),
}

impl Field {
    /// A name without a value, for fields that have parts.
    pub fn group(name: impl Into<Text>) -> Self {
        Field { name: name.into(), ..Field::default() }
    }

    /// A name with one value.
    pub fn new(name: impl Into<Text>, value: impl Into<Text>) -> Self {
        Field::group(name).value(value)
    }

    /// A name with octets as its value.
    pub fn hex(name: impl Into<Text>, octets: impl Into<Vec<u8>>) -> Self {
        Field { values: vec![Value::Hex(octets.into())], ..Field::group(name) }
    }

    /// Adds a value.
    pub fn value(mut self, value: impl Into<Text>) -> Self {
        self.values.push(Value::Text(value.into()));
        self
    }

    /// Adds a finding.
    pub fn note(mut self, note: Note) -> Self {
        self.notes.push(note);
        self
    }

    /// Adds a part.
    pub fn child(mut self, child: Field) -> Self {
        self.children.push(child);
        self
    }
}
