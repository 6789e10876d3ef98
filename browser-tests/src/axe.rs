//! The accessibility checker `axe-core`, injected into a page.

use std::path::PathBuf;

use serde_json::Value;

use crate::program::repository;
use crate::tab::Tab;

/// Where `make browser` puts it, or the file that `AXE` names.
fn script() -> String {
    let fetched = || repository().join("browser-tests/target/npm/node_modules/axe-core/axe.min.js");
    let path = std::env::var_os("AXE").map_or_else(fetched, PathBuf::from);
    std::fs::read_to_string(&path)
        .unwrap_or_else(|_| panic!("{} is there (make browser fetches it)", path.display()))
}

/// What axe finds wrong with the page, a line each: how grave, which rule, where.
pub fn faults(tab: &mut Tab<'_>) -> Vec<String> {
    tab.eval(&format!("{}; true", script()));
    // Frames of messages may run nothing, so axe cannot look into them either.
    let found = tab.eval(
        "axe.run(document, {resultTypes: ['violations'], iframes: false}).then(r => r.violations.map(v => \
         ({impact: v.impact, id: v.id, help: v.help, nodes: v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? ''))})))",
    );
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |fault: &Value| {
        let nodes: Vec<String> = fault["nodes"].as_array().into_iter().flatten().take(5).map(text).collect();
        format!(
            "{} {}: {} [{}]",
            text(&fault["impact"]),
            text(&fault["id"]),
            text(&fault["help"]),
            nodes.join(" | ")
        )
    };
    found.as_array().into_iter().flatten().map(line).collect()
}
