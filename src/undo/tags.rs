//! Tags that this tool created and nothing names: deleted for good.

use std::collections::HashMap;

use serde_json::Value;

use super::parts::{delete_unless, tag_line, to_the_end};
use super::traces::Traces;
use super::{Fate, Line, Reason, Tell, Undo, UndoError, failed, tell_noted};
use crate::gorgias::{CallFailure, patiently, wire};
use crate::ledger::MadeTag;

/// Calls for one tag that is deleted: the tag, the deletion.
pub const CALLS: u64 = 2;

/// What in the account names tags: rules, active or not, and saved views. Nothing where the login may not see them.
type Names = Option<Vec<Value>>;

/// Deletes those of `made` that nothing names.
pub(super) async fn delete(
    undo: &Undo,
    traces: &Traces,
    made: &[MadeTag],
    tell: Tell<'_>,
) -> Result<(), UndoError> {
    if made.is_empty() {
        return Ok(());
    }
    let listed = patiently(undo.patience, async || undo.client.tags().await).await;
    let listed: HashMap<u64, wire::Tag> =
        listed.map_err(failed("list the tags"))?.into_iter().map(|tag| (tag.id, tag)).collect();
    let names = names(undo).await?;
    let (names, listed) = (&names, &listed);
    let work = made.iter().map(|one| async move {
        let fate = match listed.get(&one.gorgias_id) {
            None => Fate::Gone,
            // Most of those that stay are seen by the list.
            Some(tag) if tag.usage.is_some_and(|tickets| tickets > 0) => Fate::Spared(vec![Reason::Carried]),
            Some(_) => delete_one(undo, traces, names, one).await?,
        };
        if matches!(fate, Fate::Purged | Fate::Gone) {
            drop(undo.ledger.tag_gone(&one.name));
        }
        Ok::<Line, UndoError>(tag_line(one, fate))
    });
    let (lines, stopped) = to_the_end(undo, work).await;
    let noted = tell_noted(undo, lines, tell).await;
    stopped.and(noted)
}

async fn names(undo: &Undo) -> Result<Names, UndoError> {
    let may_be_hidden = |failure: &CallFailure| {
        matches!(failure, CallFailure::Forbidden { .. } | CallFailure::NotFound | CallFailure::Refused { .. })
    };
    let mut all = match patiently(undo.patience, async || undo.client.rules().await).await {
        Ok(rules) => rules.into_iter().map(|rule| rule.raw).collect::<Vec<_>>(),
        Err(failure) if may_be_hidden(&failure) => return Ok(None),
        Err(failure) => return Err(failed("read the rules")(failure)),
    };
    match patiently(undo.patience, async || undo.client.views().await).await {
        Ok(views) => all.extend(views),
        Err(failure) if may_be_hidden(&failure) => return Ok(None),
        Err(failure) => return Err(failed("read the saved views")(failure)),
    }
    Ok(Some(all))
}

async fn delete_one(undo: &Undo, traces: &Traces, names: &Names, made: &MadeTag) -> Result<Fate, UndoError> {
    let id = made.gorgias_id;
    let look = async || {
        let there = match patiently(undo.patience, async || undo.client.get_tag(id).await).await {
            Ok(there) => there,
            Err(CallFailure::NotFound) => return Ok(None),
            Err(failure) => return Err(failed("read a tag")(failure)),
        };
        let mut reasons = judge(&there, made, names);
        reasons.extend(traces.edited_tag(undo, id).await?.then_some(Reason::Edited));
        Ok(Some(reasons))
    };
    let delete = async || {
        let _doomed = undo.own.tag(id);
        undo.client.delete_tag(id).await
    };
    delete_unless(undo, "delete a tag", look, delete).await
}

/// Why a tag has to stay, as far as it and the account's rules and views tell.
fn judge(there: &wire::Tag, made: &MadeTag, names: &Names) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match there.usage {
        None => reasons.push(Reason::NotTold),
        Some(0) => {}
        Some(_) => reasons.push(Reason::Carried),
    }
    let described = there.description.as_deref().is_some_and(|text| !text.trim().is_empty());
    if described || there.name.as_deref() != Some(&made.name) {
        reasons.push(Reason::Edited);
    }
    match names {
        None if !reasons.contains(&Reason::NotTold) => reasons.push(Reason::NotTold),
        Some(all) if all.iter().any(|value| mentions(value, &made.name)) => reasons.push(Reason::Named),
        _ => {}
    }
    reasons
}

/// Whether any text in a value has this name as a word of its own.
fn mentions(value: &Value, name: &str) -> bool {
    match value {
        Value::String(text) => text.match_indices(name).any(|(at, found)| {
            let apart = |neighbour: Option<char>| !neighbour.is_some_and(char::is_alphanumeric);
            apart(text[..at].chars().next_back()) && apart(text[at + found.len()..].chars().next())
        }),
        Value::Array(list) => list.iter().any(|value| mentions(value, name)),
        Value::Object(map) => map.values().any(|value| mentions(value, name)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_tag_that_nothing_names_and_nobody_changed_goes() {
        let made = MadeTag { gorgias_id: 3, name: "vip".into() };
        let names =
            Some(vec![json!({"code": "if (containsAny(ticket.tags.name, ['gold'])) {}", "n": [1, "vips"]})]);
        let tag = |name: &str, usage: Option<u64>, description: Option<&str>| -> wire::Tag {
            let tag = json!({"id": 3, "name": name, "usage": usage, "description": description});
            serde_json::from_value(tag).unwrap()
        };
        assert_eq!(judge(&tag("vip", Some(0), None), &made, &names), []);
        for (there, reason) in [
            (tag("vip", Some(1), None), Reason::Carried),
            (tag("vip", None, None), Reason::NotTold),
            (tag("VIP", Some(0), None), Reason::Edited),
            (tag("vip", Some(0), Some("the best")), Reason::Edited),
        ] {
            assert_eq!(judge(&there, &made, &names), [reason]);
        }
        let free = tag("vip", Some(0), None);
        assert_eq!(judge(&free, &made, &None), [Reason::NotTold]);
        for text in ["Action('addTags', {tags: 'vip'})", "vip", "containsAll(ticket.tags.name, [\"vip\"])"] {
            assert_eq!(judge(&free, &made, &Some(vec![json!({"filters": text})])), [Reason::Named], "{text}");
        }
    }
}
