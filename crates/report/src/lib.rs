//! A report as data, and its renderers.
//!
//! A [`Document`] says what there is to read: a verdict and its reason, trees,
//! findings, steps, listings, tables. It knows nothing of certificates, of
//! terminals or of files. A renderer turns it into one output format; here
//! that is plain or coloured text ([`render_text`]).
//!
//! Every string in a document may come from a hostile certificate, so the
//! model keeps strings as they are and each renderer makes them harmless at
//! its boundary, in the way of its own format. For text that is [`escape`].
//!
//! ```
//! use certlens_report::{Document, Headline, Node, Note, Step, TextOptions, Tone, Tree, render_text};
//!
//! let target = Node::new("CN=www.example.com")
//!     .label("target")
//!     .label("server.pem")
//!     .detail("2023-01-01 to 2025-01-01")
//!     .note(Note::error("expired", "not after 2025-01-01T00:00:00Z").citation("RFC 5280 §6.1.3 (a)(2)"));
//! let anchor = Node::new("CN=Test Anchor CA").label("trust anchor").label("anchors.pem");
//!
//! let mut document = Document::new(Headline::new(Tone::Bad, "UNTRUSTED").reason("The target expired."));
//! document
//!     .heading("Path, trust anchor first")
//!     .push(Tree::path([anchor, target]))
//!     .heading("What to do")
//!     .push(vec![Step::new("Renew the certificate.").command("certlens inspect server.pem")]);
//!
//! let mut text = String::new();
//! render_text(&document, &TextOptions::default(), &mut text)?;
//! assert_eq!(
//!     text,
//!     "\
//! UNTRUSTED
//! The target expired.
//!
//! Path, trust anchor first
//!   CN=Test Anchor CA       trust anchor · anchors.pem
//!   └─ CN=www.example.com   target · server.pem
//!         2023-01-01 to 2025-01-01
//!         error: expired: not after 2025-01-01T00:00:00Z (RFC 5280 §6.1.3 (a)(2))
//!
//! What to do
//!   1. Renew the certificate.
//!        certlens inspect server.pem
//! "
//! );
//! # Ok::<(), std::fmt::Error>(())
//! ```

mod escape;
mod model;
mod text;

pub use escape::escape;
pub use model::{
    Align, Block, Column, Document, Emphasis, Field, Fields, Headline, Level, Node, Note, Span, Step, Table, Text,
    Tone, Tree, Value,
};
pub use text::{Charset, Colour, MAX_WIDTH, MIN_WIDTH, TextOptions, UNBROKEN_MAX, render_text};
