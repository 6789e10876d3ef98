//! `schema`: the JSON that scripts may rely on, as JSON Schema. Additive changes only.

#[cfg(test)]
mod fits;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::{CommandError, Context};
use crate::cli::SchemaArgs;
use crate::exit::ExitCode;

/// The documents by name, in the order in which a script meets them.
const DOCUMENTS: &[(&str, &str)] = &[
    ("init", include_str!("init.json")),
    ("validation", include_str!("validation.json")),
    ("status", include_str!("status.json")),
    ("undo", include_str!("undo.json")),
    ("rebuild", include_str!("rebuild.json")),
    ("verification", include_str!("verification.json")),
    ("explanation", include_str!("explanation.json")),
    ("certificate", include_str!("certificate.json")),
    ("clean", include_str!("clean.json")),
    ("fix-links", include_str!("fix-links.json")),
    ("fetch", include_str!("fetch.json")),
    ("event", include_str!("event.json")),
    ("summary", include_str!("summary.json")),
    ("error", include_str!("error.json")),
];

pub(super) fn run(context: &Context, args: &SchemaArgs) -> Result<ExitCode, CommandError> {
    let text = match &args.name {
        Some(name) => document(name).unwrap_or_default().to_owned(),
        None => all(),
    };
    context.output.print(&text)?;
    Ok(ExitCode::Ok)
}

fn document(name: &str) -> Option<&'static str> {
    DOCUMENTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// One object with every document under its name.
fn all() -> String {
    let by_name: Map<String, Value> = DOCUMENTS
        .iter()
        .map(|(name, text)| ((*name).to_owned(), serde_json::from_str(text).unwrap_or_default()))
        .collect();
    format!("{:#}\n", Value::Object(by_name))
}
