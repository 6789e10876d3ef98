//! One call of its payloads. Each may lack something or have it damaged; what any of them has readable counts, and only
//! what none of them has readable is told.

use super::call::{Agent, Call, Comment};
use super::payloads::API_RANK;

/// One call of its payloads with their ranks, the newest first: the newest tells the facts and the tags, older ones what
/// it lacks (an event about a comment may come without the recording), and comments are united by their ids. Says as
/// well how many of them were whole objects of the API.
pub(super) fn fold(group: Vec<(i64, Call)>) -> Option<(Call, usize)> {
    let copies = group.iter().filter(|(rank, _)| *rank == API_RANK).count();
    let was_damaged = group.len() > 1 && group.iter().any(|(_, call)| !call.unread.is_empty());
    let mut payloads = group.into_iter().map(|(_, call)| call);
    let mut newest = payloads.next()?;
    for older in payloads {
        take_end(&mut newest, &older);
        newest.total_seconds = newest.total_seconds.or(older.total_seconds);
        newest.talk_seconds = newest.talk_seconds.or(older.talk_seconds);
        newest.answered |= older.answered;
        newest.tells_outcome |= older.tells_outcome;
        newest.answered_at = newest.answered_at.or(older.answered_at);
        newest.missed_reason = newest.missed_reason.or(older.missed_reason);
        newest.recording = newest.recording.or(older.recording);
        newest.voicemail = newest.voicemail.or(older.voicemail);
        newest.agent = named(newest.agent, older.agent);
        newest.customer_name = newest.customer_name.or(older.customer_name);
        newest.customer_email = newest.customer_email.or(older.customer_email);
        newest.team = newest.team.or(older.team);
        newest.transferred = newest.transferred.or(older.transferred);
        newest.line.name = newest.line.name.or(older.line.name);
        newest.line.number = newest.line.number.or(older.line.number);
        if newest.customer.known().is_none() {
            newest.customer = older.customer;
        }
        take_comments(&mut newest.comments, older.comments);
        let unread = older.unread.into_iter().filter(|field| field != ENDED);
        for field in unread {
            if !newest.unread.contains(&field) {
                newest.unread.push(field);
            }
        }
    }
    if was_damaged {
        settle_damage(&mut newest);
    }
    Some((newest, copies))
}

const ENDED: &str = "ended_at";

/// Takes the end of an older payload, if the newer has none. An end that was reckoned from the length of the call,
/// because it could not be read, gives way to one that could.
fn take_end(newest: &mut Call, older: &Call) {
    let is_read = |call: &Call| call.ended.is_some() && !call.unread.iter().any(|field| field == ENDED);
    if is_read(newest) {
        return;
    }
    if is_read(older) {
        newest.unread.retain(|field| field != ENDED);
        newest.total_seconds = older.total_seconds.or(newest.total_seconds);
        newest.ended = older.ended;
        return;
    }
    newest.ended = newest.ended.or(older.ended);
    if older.unread.iter().any(|field| field == ENDED) && !newest.unread.iter().any(|field| field == ENDED) {
        newest.unread.push(ENDED.to_owned());
    }
}

/// Forgets the damage that other payloads made good.
fn settle_damage(call: &mut Call) {
    let (answer, number) = (call.answered_at.is_none(), call.line.number.is_none());
    let comments = call.comments.iter().any(|comment| comment.id.is_none() || comment.at.is_none());
    call.unread.retain(|field| match field.as_str() {
        "answered_at" => answer,
        "number" => number,
        "comments" => comments,
        _ => true,
    });
    // No payload may have had both ends of the talk.
    let talked = call.answered_at.zip(call.ended).map(|(from, to)| to.duration_since(from).as_secs());
    call.talk_seconds = talked.and_then(|seconds| u32::try_from(seconds).ok()).or(call.talk_seconds);
}

/// The agent whose name is known, else the newer.
fn named(newer: Option<Agent>, older: Option<Agent>) -> Option<Agent> {
    let is_named = |agent: &Option<Agent>| agent.as_ref().is_some_and(|agent| !agent.name.is_empty());
    if is_named(&older) && !is_named(&newer) { older } else { newer.or(older) }
}

/// Takes the comments of an older payload, each once. Where an id was lost, a comment is the one with its words.
fn take_comments(newer: &mut Vec<Comment>, mut older: Vec<Comment>) {
    forget(newer, &older);
    forget(&mut older, newer);
    for comment in older {
        let Some(known) = newer.iter_mut().find(|known| known.id == comment.id) else {
            newer.push(comment);
            continue;
        };
        known.at = known.at.or(comment.at);
        known.author = known.author.take().or(comment.author);
        // Those without ids share one note, whose newer copy mostly holds the older.
        if known.id.is_none() && !known.text.contains(&comment.text) {
            known.text = format!("{}\n\n{}", comment.text, known.text);
        }
    }
}

/// Takes out of the note of those without ids the comments that another payload knows by their ids.
fn forget(comments: &mut Vec<Comment>, known: &[Comment]) {
    let Some(at) = comments.iter().position(|comment| comment.id.is_none()) else { return };
    let note = &mut comments[at];
    for known in known.iter().filter(|known| known.id.is_some()) {
        let is_then = note.at.is_none() || known.at.is_none() || note.at == known.at;
        if note.text == known.text && is_then {
            comments.remove(at);
            return;
        }
        let (before, behind) = (format!("{}\n\n", known.text), format!("\n\n{}", known.text));
        if let Some(rest) = note.text.strip_prefix(&before).or_else(|| note.text.strip_suffix(&behind)) {
            note.text = rest.to_owned();
        } else {
            note.text = note.text.replacen(&format!("{behind}\n\n"), "\n\n", 1);
        }
    }
}
