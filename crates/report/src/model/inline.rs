//! Running text with the little emphasis a report needs.

/// Text made of spans. A plain string converts into one plain span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The spans, in reading order; nothing is put between them.
    pub spans: Vec<Span>,
}

/// A piece of text of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub emphasis: Emphasis,
    /// The characters, unescaped.
    pub text: String,
}

/// What kind of text a [`Span`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Emphasis {
    /// Ordinary words.
    #[default]
    Plain,
    /// Important words.
    Strong,
    /// Words that may be skipped.
    Quiet,
    /// Something to be copied as it stands, such as a fingerprint, an option
    /// or a file name: never broken across lines, not even at spaces.
    Literal,
}

impl Text {
    /// No text yet.
    pub fn new() -> Self {
        Text::default()
    }

    /// One literal span.
    pub fn literal(text: impl Into<String>) -> Self {
        Text::new().with(Emphasis::Literal, text)
    }

    /// Appends a span.
    pub fn with(mut self, emphasis: Emphasis, text: impl Into<String>) -> Self {
        self.spans.push(Span { emphasis, text: text.into() });
        self
    }

    /// Whether there is no character in it.
    pub fn is_empty(&self) -> bool {
        self.spans.iter().all(|span| span.text.is_empty())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::new().with(Emphasis::Plain, text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text::new().with(Emphasis::Plain, text)
    }
}
