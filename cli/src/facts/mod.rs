//! What is known about inputs, as plain data: JSON serialises these types and
//! the views read them, so that text and JSON cannot disagree.
//!
//! Nothing here is judged. Octets are lower-case hexadecimal, times are
//! RFC 3339, object identifiers are dotted with the name certlens knows.

pub(crate) mod cache;
pub(crate) mod certificate;
pub(crate) mod check;
pub(crate) mod crl;
pub(crate) mod demand;
pub(crate) mod endpoint;
pub(crate) mod explain;
pub(crate) mod extension;
pub(crate) mod finding;
pub(crate) mod general_name;
pub(crate) mod ha;
pub(crate) mod inspect;
pub(crate) mod intercept;
pub(crate) mod judged;
pub(crate) mod key;
pub(crate) mod name;
pub(crate) mod not_read;
pub(crate) mod ocsp;
pub(crate) mod octets;
pub(crate) mod origin;
pub(crate) mod pfx;
pub(crate) mod probe;
pub(crate) mod revocation;
pub(crate) mod roots;
pub(crate) mod second_reader;
pub(crate) mod time;
pub(crate) mod url;
pub(crate) mod verify;

use certlens_core::encoding::der::DerError;
use certlens_core::x509::oid::Oid;
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use octets::Hex;

/// An object identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OidFacts {
    /// Dotted form.
    pub(crate) oid: String,
    /// The name of its defining document, when certlens knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

impl OidFacts {
    pub(crate) fn new(oid: Oid<'_>) -> Self {
        OidFacts { oid: oid.to_string(), name: oid.name().map(str::to_owned) }
    }
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ErrorFacts {
    /// Offset in the certificate of the octet that could not be read.
    pub(crate) offset: usize,
    /// What is wrong with it.
    pub(crate) message: String,
}

impl ErrorFacts {
    pub(crate) fn new(error: &DerError) -> Self {
        // The offset has a field of its own.
        let text = error.to_string();
        let message = text.strip_prefix(&format!("byte {}: ", error.offset)).map(str::to_owned);
        ErrorFacts { offset: error.offset, message: message.unwrap_or(text) }
    }
}

#[cfg(test)]
mod tests {
    use super::cache::CacheReport;
    use super::check::CheckReport;
    use super::crl::CrlReport;
    use super::explain::ExplainReport;
    use super::ha::HaReport;
    use super::inspect::InspectReport;
    use super::intercept::InterceptReport;
    use super::ocsp::OcspReport;
    use super::pfx::{PfxReport, PredictionReport, ProvidersReport, WrittenReport};
    use super::probe::ProbeReport;
    use super::roots::RootsReport;
    use super::url::UrlReport;
    use super::verify::VerifyReport;
    use crate::record::Record;
    use schemars::JsonSchema;
    use schemars::generate::SchemaSettings;

    fn schema<T: JsonSchema>(id: &str) -> String {
        let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
        schema.insert("$id".to_owned(), id.into());
        // The version stands in every report, so that a reader can refuse what it does not know.
        if let Some(field) = schema.pointer_mut("/properties/schema").and_then(serde_json::Value::as_object_mut) {
            field.insert("const".to_owned(), id.into());
        }
        serde_json::to_string_pretty(&schema).unwrap() + "\n"
    }

    #[test]
    fn the_published_schemas_are_those_of_the_types() {
        for (id, schema) in [
            (UrlReport::SCHEMA, schema::<UrlReport>(UrlReport::SCHEMA)),
            (VerifyReport::SCHEMA, schema::<VerifyReport>(VerifyReport::SCHEMA)),
            (InspectReport::SCHEMA, schema::<InspectReport>(InspectReport::SCHEMA)),
            (CrlReport::SCHEMA, schema::<CrlReport>(CrlReport::SCHEMA)),
            (OcspReport::SCHEMA, schema::<OcspReport>(OcspReport::SCHEMA)),
            (ExplainReport::SCHEMA, schema::<ExplainReport>(ExplainReport::SCHEMA)),
            (Record::SCHEMA, schema::<Record>(Record::SCHEMA)),
            (PfxReport::SCHEMA, schema::<PfxReport>(PfxReport::SCHEMA)),
            (ProvidersReport::SCHEMA, schema::<ProvidersReport>(ProvidersReport::SCHEMA)),
            (CheckReport::SCHEMA, schema::<CheckReport>(CheckReport::SCHEMA)),
            (HaReport::SCHEMA, schema::<HaReport>(HaReport::SCHEMA)),
            (WrittenReport::SCHEMA, schema::<WrittenReport>(WrittenReport::SCHEMA)),
            (PredictionReport::SCHEMA, schema::<PredictionReport>(PredictionReport::SCHEMA)),
            (CacheReport::SCHEMA, schema::<CacheReport>(CacheReport::SCHEMA)),
            (InterceptReport::SCHEMA, schema::<InterceptReport>(InterceptReport::SCHEMA)),
            (ProbeReport::SCHEMA, schema::<ProbeReport>(ProbeReport::SCHEMA)),
            (RootsReport::SCHEMA, schema::<RootsReport>(RootsReport::SCHEMA)),
        ] {
            let file = id.trim_start_matches("certlens/").replace('/', "-");
            let path = format!("{}/../docs/schema/{file}.json", env!("CARGO_MANIFEST_DIR"));
            if std::env::var_os("CERTLENS_UPDATE").is_some() {
                std::fs::write(&path, &schema).unwrap();
            }
            let published = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(published == schema, "{path} is stale; CERTLENS_UPDATE=1 cargo test --workspace rewrites it");
        }
    }
}
