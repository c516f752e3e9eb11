//! Reports against the published schemas: as much of JSON Schema as these use, and
//! stricter, because a field that a schema does not have is refused.

use std::fs;

use serde_json::Value;

pub(crate) fn check(name: &str, report: &Value) {
    let path = format!("{}/../docs/schema/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    if let Err(why) = matches(&schema, &schema, report, "", false) {
        panic!("{name}: {why}");
    }
}

/// `is_open`: fields that the schema does not have belong to another one beside it.
fn matches(root: &Value, schema: &Value, value: &Value, at: &str, is_open: bool) -> Result<(), String> {
    let beside = ["oneOf", "$ref"].iter().any(|beside| schema.get(beside).is_some());
    let is_open = is_open || (schema.get("properties").is_some() && beside);
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        matches(root, root.pointer(reference.trim_start_matches('#')).unwrap(), value, at, is_open)?;
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(all) = schema.get(choice).and_then(Value::as_array) {
            let failed: Vec<String> =
                all.iter().filter_map(|one| matches(root, one, value, at, is_open).err()).collect();
            if failed.len() == all.len() {
                return Err(failed.join(" / "));
            }
        }
    }
    if let Some(wanted) = schema.get("const") {
        return if wanted == value { Ok(()) } else { Err(format!("{at}: {value} is not {wanted}")) };
    }
    if let Some(all) = schema.get("enum").and_then(Value::as_array) {
        return if all.contains(value) { Ok(()) } else { Err(format!("{at}: {value} is none of {all:?}")) };
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |kind: &&str| match *kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    };
    if !types.is_empty() && !types.iter().any(is) {
        return Err(format!("{at}: {value} is no {types:?}"));
    }
    if let (Some(items), Some(all)) = (schema.get("items"), value.as_array()) {
        for (index, one) in all.iter().enumerate() {
            matches(root, items, one, &format!("{at}/{index}"), false)?;
        }
    }
    let (Some(fields), Some(properties)) = (value.as_object(), schema.get("properties").and_then(Value::as_object))
    else {
        return Ok(());
    };
    for required in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        if !fields.contains_key(required.as_str().unwrap()) {
            return Err(format!("{at}: {required} is missing"));
        }
    }
    for (name, field) in fields {
        match properties.get(name) {
            Some(schema) => matches(root, schema, field, &format!("{at}/{name}"), false)?,
            None if is_open => {}
            None => return Err(format!("{at}/{name}: is not in the schema")),
        }
    }
    Ok(())
}
