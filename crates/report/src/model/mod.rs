//! What a report says, independent of how it is shown.

mod fields;
mod inline;
mod note;
mod table;
mod tree;

pub use fields::{Field, Fields, Value};
pub use inline::{Emphasis, Span, Text};
pub use note::{Level, Note};
pub use table::{Align, Column, Table};
pub use tree::{Node, Tree};

/// One report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The verdict, where the report has one.
    pub headline: Option<Headline>,
    /// The body, in reading order.
    pub blocks: Vec<Block>,
}

impl Document {
    /// A document that opens with this verdict; [`Document::default`] is one without.
    pub fn new(headline: Headline) -> Self {
        Document { headline: Some(headline), blocks: Vec::new() }
    }

    /// Starts a section.
    pub fn heading(&mut self, text: impl Into<String>) -> &mut Self {
        self.push(Block::Heading(text.into()))
    }

    /// Appends a block.
    pub fn push(&mut self, block: impl Into<Block>) -> &mut Self {
        self.blocks.push(block.into());
        self
    }
}

/// The verdict, and the one sentence that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// How good the news is. It only chooses a colour: `text` must say it too.
    pub tone: Tone,
    /// The verdict in words.
    pub text: String,
    /// Why.
    pub reason: Option<Text>,
}

impl Headline {
    /// A verdict without a reason.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Headline { tone, text: text.into(), reason: None }
    }

    /// Sets the reason.
    pub fn reason(mut self, reason: impl Into<Text>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// How good the news of a [`Headline`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Everything asked for was found in order.
    Good,
    /// Something was found wrong.
    Bad,
    /// The evidence does not suffice either way.
    Unclear,
    /// No judgement was asked for.
    Neutral,
}

/// A part of a document's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The title of the section made of the blocks up to the next heading.
    Heading(String),
    /// Running text.
    Paragraph(Text),
    /// A hierarchy, such as a path.
    Tree(Tree),
    /// Findings.
    Notes(Vec<Note>),
    /// What to do, numbered from 1.
    Steps(Vec<Step>),
    /// Names with their values.
    Fields(Fields),
    /// Rows under columns.
    Table(Table),
}

impl From<Text> for Block {
    fn from(text: Text) -> Self {
        Block::Paragraph(text)
    }
}

impl From<Tree> for Block {
    fn from(tree: Tree) -> Self {
        Block::Tree(tree)
    }
}

impl From<Vec<Note>> for Block {
    fn from(notes: Vec<Note>) -> Self {
        Block::Notes(notes)
    }
}

impl From<Vec<Step>> for Block {
    fn from(steps: Vec<Step>) -> Self {
        Block::Steps(steps)
    }
}

impl From<Fields> for Block {
    fn from(fields: Fields) -> Self {
        Block::Fields(fields)
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Block::Table(table)
    }
}

/// One thing to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The instruction.
    pub text: Text,
    /// Commands that do it, each on a line of its own that is never wrapped,
    /// so that it can be copied. Quoting for the shell is the writer's part.
    pub commands: Vec<String>,
}

impl Step {
    /// A step without commands.
    pub fn new(text: impl Into<Text>) -> Self {
        Step { text: text.into(), commands: Vec::new() }
    }

    /// Adds a command.
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.commands.push(command.into());
        self
    }
}
