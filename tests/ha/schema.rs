//! Whether JSON keeps to its schema, as far as certlens' schemas go: types, required
//! and known properties, constants, choices, references.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// Checks a report against the schema that it names.
pub(crate) fn check(report: &Value) {
    let id = report["schema"].as_str().unwrap();
    let file = format!("{}.json", id.trim_start_matches("certlens/").replace('/', "-"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema").join(file);
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(schema["$id"], id);
    if let Err(error) = keeps(report, &schema, &schema) {
        panic!("{error}\n{report:#}");
    }
}

fn keeps(value: &Value, rule: &Value, schema: &Value) -> Result<(), String> {
    if let Some(reference) = rule["$ref"].as_str() {
        let target = schema.pointer(reference.trim_start_matches('#')).ok_or(format!("no {reference}"))?;
        return keeps(value, target, schema);
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(rules) = rule[choice].as_array() {
            let fits = rules.iter().any(|rule| keeps(value, rule, schema).is_ok());
            return if fits { Ok(()) } else { Err(format!("{value} is none of {rule}")) };
        }
    }
    if let Some(constant) = rule.get("const")
        && constant != value
    {
        return Err(format!("{value} is not {constant}"));
    }
    if let Some(values) = rule["enum"].as_array()
        && !values.contains(value)
    {
        return Err(format!("{value} is none of {values:?}"));
    }
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let has_type = match &rule["type"] {
        Value::Array(names) => names.iter().any(|one| one == name),
        Value::String(one) => one == name,
        _ => true,
    };
    if !has_type {
        return Err(format!("{value} is a {name}, expected {}", rule["type"]));
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| keeps(item, &rule["items"], schema)),
        Value::Object(fields) => {
            for required in rule["required"].as_array().into_iter().flatten() {
                if !fields.contains_key(required.as_str().unwrap()) {
                    return Err(format!("{required} is missing"));
                }
            }
            fields.iter().try_for_each(|(name, value)| match rule["properties"].get(name) {
                Some(rule) => keeps(value, rule, schema).map_err(|error| format!("{name}: {error}")),
                None => Err(format!("{name} is not in the schema")),
            })
        }
        _ => Ok(()),
    }
}
