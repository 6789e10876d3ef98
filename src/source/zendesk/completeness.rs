//! Is everything there? What a ticket says of its own messages, against what was read.

use super::gather::Gathered;
use super::loose::Flag;
use super::message::{Notes, Scene};
use super::unite::Placed;
use crate::model::finding::{Code, Finding, Place};
use crate::model::person::Role;

/// Codes that explain why there are fewer answers than Zendesk counted, or why they cannot be counted.
const EXPLAINED: &[Code] = &[
    Code::OversizeNotice,
    Code::NoComments,
    Code::SideGuessed,
    Code::BlankMessageLeftOut,
    Code::TranscriptLeftOut,
];

/// Says what is missing of a ticket, and what of it went into the meta data.
pub(super) fn remark(
    scene: &Scene<'_, '_>,
    comments: &[&Placed<'_>],
    gathered: &Gathered<'_>,
    place: &Place,
    notes: &mut Notes,
) {
    let mut say = |code, detail: String| {
        notes.findings.push(Finding::new(code, &scene.key, place).with_detail(detail));
    };
    if gathered.missing > 0 {
        say(Code::WordlessComments, format!("{} of them", gathered.missing));
    }
    if gathered.no_comments > 0 {
        say(Code::NoSuchComment, format!("{} of them", gathered.no_comments));
    }
    let explained = gathered.missing > 0
        || !gathered.has_no_chat()
        || notes.findings.iter().any(|finding| EXPLAINED.contains(&finding.code));
    let Some(counted) = replies(scene).filter(|_| !explained) else { return };
    let by_agent = comments.iter().filter(|Placed { comment, .. }| {
        let author = comment.author_id.known().filter(|id| *id >= 0);
        let is_agent = author.is_some_and(|id| scene.context.profile(id).role() == Role::Agent);
        is_agent && comment.public != Flag::Is(false)
    });
    let read = i64::try_from(by_agent.count()).unwrap_or(i64::MAX);
    if read < counted {
        let detail = format!("{read} of {counted}");
        notes.findings.push(Finding::new(Code::RepliesMissing, &scene.key, place).with_detail(detail));
    }
}

/// Public answers by agents as Zendesk counted them: in the ticket, else in a record of its own.
fn replies(scene: &Scene<'_, '_>) -> Option<i64> {
    let own = scene.ticket.metric_set.get().and_then(|metrics| metrics.replies.known());
    own.or_else(|| scene.context.index.apart.replies(scene.ticket.id.known()?))
}
