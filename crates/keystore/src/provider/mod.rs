//! Where Windows puts the key of a PFX file: providers by name, and what each
//! importer makes of what the file says.
//!
//! Nothing here is computed by Windows. Every statement has its foundation with
//! it ([`Stated`]), and where nobody knows, the answer is that it is unknown.

pub mod command;
mod facts;
mod headline;
mod importer;
mod kind;
mod landing;
pub mod names;
mod predict;
pub mod releases;
mod statement;
mod table;

pub use facts::{CngUsage, ImpliedSpec, KeyFacts, KeySpec, NamedProvider, UsageAttribute, UsageBits};
pub use headline::headline;
pub use importer::{Certutil, CertutilExport, ImportFlags, Importer};
pub use kind::KeyKind;
pub use landing::{Landing, landing};
pub use names::{Class, KnownProvider, Provider, ProviderType};
pub use predict::{Exportability, Prediction, Scope, SpecAfterImport, predict};
pub use statement::{Confidence, Stated};
