//! Which colour each part has.

use anstyle::{AnsiColor, Style};

use crate::model::{Emphasis, Level, Tone};

/// What a piece of the output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Words.
    Plain,
    /// Important words.
    Strong,
    /// Words that may be skipped.
    Quiet,
    /// Something to copy.
    Literal,
    /// A section's title, a column's heading.
    Heading,
    /// The lines of a tree.
    Guide,
    /// A verdict.
    Tone(Tone),
    /// The word that opens a note.
    Level(Level),
}

impl Role {
    /// The role of a span inside text of role `self`.
    pub(super) fn with(self, emphasis: Emphasis) -> Role {
        match emphasis {
            Emphasis::Plain => self,
            Emphasis::Strong => Role::Strong,
            Emphasis::Quiet => Role::Quiet,
            Emphasis::Literal => Role::Literal,
        }
    }

    /// Only the sixteen colours that the user's own theme defines, so that
    /// they can be read on its background; no black and no white.
    pub(super) fn style(self) -> Style {
        match self {
            Role::Plain => Style::new(),
            Role::Strong | Role::Heading | Role::Tone(Tone::Neutral) => Style::new().bold(),
            Role::Quiet | Role::Guide => Style::new().dimmed(),
            Role::Literal => AnsiColor::Cyan.on_default(),
            Role::Tone(Tone::Good) => AnsiColor::Green.on_default().bold(),
            Role::Tone(Tone::Bad) | Role::Level(Level::Error) => AnsiColor::Red.on_default().bold(),
            Role::Tone(Tone::Unclear) | Role::Level(Level::Warning) => AnsiColor::Yellow.on_default().bold(),
            Role::Level(Level::Info) => AnsiColor::Blue.on_default().bold(),
        }
    }
}
