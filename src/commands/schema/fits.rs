//! Whether a document fits a schema, for the tests. Knows nothing of the crate: the tests of the binary use it as well.

use serde_json::Value;

/// As much of JSON Schema as the documents use. An unknown keyword is a failure, so that nothing goes unchecked.
pub(crate) fn fits(schema: &Value, root: &Value, value: &Value) -> Result<(), String> {
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        let holds = match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" => true,
            "$ref" => {
                let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                fits(root.pointer(pointer).expect("the reference leads somewhere"), root, value)?;
                true
            }
            "const" => rule == value,
            "enum" => rule.as_array().unwrap().contains(value),
            "not" => fits(rule, root, value).is_err(),
            "anyOf" => rule.as_array().unwrap().iter().any(|choice| fits(choice, root, value).is_ok()),
            "type" => is_of_type(rule, value),
            "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
            // The only pattern in use is that of finding codes, which have a test of their own.
            "pattern" => value.as_str().is_some_and(|text| text.starts_with("GI-")),
            "required" => {
                rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    fits(rule, root, item)?;
                }
                true
            }
            "properties" => {
                for (name, inner) in rule.as_object().unwrap() {
                    if let Some(field) = value.get(name) {
                        fits(inner, root, field).map_err(|error| format!("{name}: {error}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                value.as_object().unwrap().values().all(|field| fits(rule, root, field).is_ok())
            }
            other => return Err(format!("keyword {other} is not checked")),
        };
        if !holds {
            return Err(format!("{keyword} {rule} does not hold for {value}"));
        }
    }
    Ok(())
}

fn is_of_type(rule: &Value, value: &Value) -> bool {
    match rule {
        Value::Array(kinds) => kinds.iter().any(|kind| is_of_type(kind, value)),
        kind => match kind.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_u64() || value.is_i64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("unknown type {other}"),
        },
    }
}
