//! Who answered, and whom a Gorgias user will be found for.

use maud::{Markup, html};

use super::table;
use crate::model::finding::Code;
use crate::report::document::ValidationDocument;
use crate::report::overview::{Agents, Match};
use crate::report::words::{count, plural};

pub(super) fn section(document: &ValidationDocument) -> Option<Markup> {
    let agents = &document.overview.agents;
    let of = |code| document.findings.iter().find(|group| group.code == code).map_or(0, |group| group.count);
    let (missing, guessed) = (of(Code::PersonMissing), of(Code::SideGuessed));
    if agents.count + missing + guessed == 0 {
        return None;
    }
    Some(html! {
        @if agents.count > 0 {
            p { (sentence(agents)) }
            @if !agents.unmatched.is_empty() { (unmatched(agents)) }
        }
        @if missing > 0 {
            p { (plural(missing, "message has an author", "messages have authors"))
                " whom no users file describes (" a href="#GI-Z007" { code { "GI-Z007" } } ")." }
        }
        @if guessed > 0 {
            p { "The side of " (plural(guessed, "author", "authors")) " was inferred ("
                a href="#GI-Z006" { code { "GI-Z006" } } ")." }
        }
        p.soft { "Whether they exist in Gorgias is looked up when " code { "run" } " begins; who has no user there keeps the name in the message, and a stand-in sends." }
    })
}

/// `12 agents wrote: 9 will be looked for by their address, …`
fn sentence(agents: &Agents) -> String {
    let parts: Vec<String> = [
        (agents.by_table, "in your table of people"),
        (agents.by_address, "to be found by their address"),
        (agents.by_name, "by their name alone"),
        (agents.by_nothing, "known by an id only, so that nobody can be found"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{} {what}", count(number)))
    .collect();
    format!("{} answered: {}.", plural(agents.count, "agent", "agents"), parts.join(", "))
}

fn unmatched(agents: &Agents) -> Markup {
    let all = agents.by_name + agents.by_nothing;
    html! {
        (table("rows", &[("Agents without an address", false), ("Key", false), ("Messages", true), ("Looked for by", false)], html! {
            @for agent in &agents.unmatched { tr {
                th scope="row" { (agent.name.as_deref().unwrap_or("not named in the export")) }
                td { code { (agent.key) } }
                td.n data-label="Messages" { (count(agent.messages)) }
                td data-label="Looked for by" { (if agent.by == Match::Name { "name" } else { "nothing" }) }
            } }
        }))
        @if all > agents.unmatched.len() as u64 {
            p.soft { "and " (count(all - agents.unmatched.len() as u64)) " more; " code { "init" } " lists all of them in people.csv" }
        }
    }
}
