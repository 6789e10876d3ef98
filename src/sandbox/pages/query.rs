//! The inbox's address: what it asks for, and the addresses of its links. What is not understood is ignored, as an
//! address is easily cut off.

use super::words::escaped;
use crate::sandbox::browse::{Agent, Cursor, Sort, Status, Wanted};
use crate::sandbox::paging::Params;

/// Characters of a search that count.
const WORDS_MAX: usize = 200;

/// What an address asks for.
pub(super) fn wanted(params: &Params) -> Wanted {
    let text = |key: &str| params.get(key).map(str::trim).filter(|value| !value.is_empty());
    let number = |key: &str| text(key).and_then(|value| value.parse().ok());
    Wanted {
        words: text("q").unwrap_or_default().chars().take(WORDS_MAX).collect(),
        channel: text("channel").map(str::to_owned),
        status: match text("status") {
            Some("open") => Status::Open,
            Some("closed") => Status::Closed,
            Some("trash") => Status::Trash,
            _ => Status::Any,
        },
        agent: match text("agent") {
            Some("none") => Agent::Nobody,
            _ => number("agent").map_or(Agent::Any, Agent::User),
        },
        tag: number("tag"),
        remark: text("finding").map(str::to_owned),
        sort: match text("sort") {
            Some("oldest") => Sort::Oldest,
            Some("ugliest") => Sort::Odd,
            _ => Sort::Newest,
        },
        cursor: text("at").and_then(cursor),
    }
}

fn cursor(text: &str) -> Option<Cursor> {
    let mut parts = text.split('.');
    let forward = match parts.next()? {
        "a" => true,
        "b" => false,
        _ => return None,
    };
    Some(Cursor { forward, at: parts.next()?.parse().ok()?, id: parts.next()?.parse().ok()? })
}

/// The parameters of a filter, without a place in the list.
pub(super) fn pairs(wanted: &Wanted) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    if !wanted.words.is_empty() {
        pairs.push(("q", wanted.words.clone()));
    }
    pairs.extend(wanted.channel.clone().map(|channel| ("channel", channel)));
    match wanted.status {
        Status::Any => {}
        Status::Open => pairs.push(("status", "open".to_owned())),
        Status::Closed => pairs.push(("status", "closed".to_owned())),
        Status::Trash => pairs.push(("status", "trash".to_owned())),
    }
    match wanted.agent {
        Agent::Any => {}
        Agent::Nobody => pairs.push(("agent", "none".to_owned())),
        Agent::User(id) => pairs.push(("agent", id.to_string())),
    }
    pairs.extend(wanted.tag.map(|tag| ("tag", tag.to_string())));
    pairs.extend(wanted.remark.clone().map(|code| ("finding", code)));
    match wanted.sort {
        Sort::Newest => {}
        Sort::Oldest => pairs.push(("sort", "oldest".to_owned())),
        Sort::Odd => pairs.push(("sort", "ugliest".to_owned())),
    }
    pairs
}

/// The address of a list.
pub(super) fn address(wanted: &Wanted) -> String {
    let mut pairs = pairs(wanted);
    if let Some(Cursor { forward, at, id }) = wanted.cursor {
        pairs.push(("at", format!("{}.{at}.{id}", if forward { "a" } else { "b" })));
    }
    let query: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={}", escaped(value))).collect();
    if query.is_empty() { "/".to_owned() } else { format!("/?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_it_asks_for() {
        let wanted = Wanted {
            words: "lost & found".into(),
            channel: Some("email".into()),
            status: Status::Closed,
            agent: Agent::Nobody,
            tag: Some(7),
            remark: Some("GI-W001".into()),
            sort: Sort::Oldest,
            cursor: Some(Cursor { forward: false, at: -5, id: 9 }),
        };
        let address = address(&wanted);
        assert_eq!(
            address,
            "/?q=lost%20%26%20found&channel=email&status=closed&agent=none&tag=7&finding=GI-W001&sort=oldest&at=b.-5.9"
        );
        assert_eq!(super::address(&self::wanted(&Params::of(&address[2..]))), address);
    }

    #[test]
    fn what_is_not_understood_is_ignored() {
        let wanted = wanted(&Params::of("tag=x&agent=&at=c.1.2&sort=up&status=new&page=9"));
        assert!(!wanted.is_narrowed() && wanted.cursor.is_none());
        assert_eq!(address(&wanted), "/");
    }
}
