//! Ratings: one call a rated ticket, after everything else of it is there, with an intent of its own.
//!
//! Gorgias keeps one survey a ticket (its schema, 2026-06). A survey is looked up before a second one could be sent, and
//! one that is there with another score is somebody else's: it stays.

use serde_json::json;

use crate::gorgias::{CallFailure, wire};
use crate::mapping::Rating;
use crate::model::finding::{Code, Finding};
use crate::model::time::{SentAt, now};

use super::Shared;
use super::answer::{Answered, classify};
use super::append::gone;
use super::job::{Append, Fault, Job, Stop, Task, Worked, Write};
use super::retry::is_last_lookup;
use super::send::ledger_stop;
use super::settle::unanswered;

/// Whether the ticket may have a survey already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It was created a moment ago and has none.
    No,
    /// Look first.
    First,
}

/// Sends the ticket's rating, if it has one that was not sent. On a failure, says how to go on. A refusal costs the
/// rating and not the ticket.
pub(super) async fn bring(
    shared: &Shared,
    job: &Job,
    to: Append,
    customer: Option<u64>,
    look: Look,
) -> Result<(), Worked> {
    let Some(rating) = job.ticket.rating.as_ref().filter(|_| job.rating_due()) else { return Ok(()) };
    if (look == Look::First || to.survey_unknown) && looked_up(shared, job, to, rating).await? {
        return Ok(());
    }
    let to = Append { survey_unknown: false, ..to };
    let Some(customer) = customer.or_else(|| job.customer(shared.digest(&job.ticket.customer))) else {
        refused(shared, job, "its customer is not known");
        return Ok(());
    };
    if job.ticket.messages.is_empty() {
        refused(shared, job, "Gorgias refused its messages");
        return Ok(());
    }
    shared.intend_survey(job.row).await.map_err(ledger_stop)?;
    match shared.client.create_satisfaction_survey(&survey(job, rating, to, customer)).await {
        Ok(survey) => shared.survey_made(job.row, survey.id, true),
        Err(failure) => return not_taken(shared, job, to, rating, &failure).await,
    }
    Ok(())
}

/// Looks for the ticket's survey. True if there is nothing left to do.
async fn looked_up(shared: &Shared, job: &Job, to: Append, rating: &Rating) -> Result<bool, Worked> {
    match shared.client.find_satisfaction_survey(to.gorgias_id).await {
        Ok(Some(survey)) => {
            found(shared, job, rating, &survey);
            Ok(true)
        }
        Ok(None) if !to.survey_unknown => Ok(false),
        // It may still commit; only at the end of the window may it be sent again.
        Ok(None) if !is_last_lookup(job.lookups.saturating_sub(1)) => Err(Worked::NotYet),
        Ok(None) => {
            shared.survey_not_there(job.row);
            if job.failures.give_up(Write::Survey) {
                return Err(Worked::Left(job.left_to_next_run()));
            }
            Ok(false)
        }
        Err(failure) => match classify(&failure) {
            Answered::Stop(Stop::Forbidden { words }) if !to.survey_unknown => {
                refused(shared, job, &words);
                Ok(true)
            }
            Answered::NotFound(_) => Err(gone(job, to)),
            other => Err(unanswered(other, job, Task::Append(to))),
        },
    }
}

/// What a survey that was not taken means for its ticket.
async fn not_taken(
    shared: &Shared,
    job: &Job,
    to: Append,
    rating: &Rating,
    failure: &CallFailure,
) -> Result<(), Worked> {
    let unknown =
        |fault| Worked::Unknown { fault, then: Task::Append(Append { survey_unknown: true, ..to }) };
    match classify(failure) {
        // A login that may not write surveys can import without them; a quota stops the next ticket.
        Answered::Refused(words) | Answered::TooLarge(words) | Answered::Stop(Stop::Forbidden { words }) => {
            refused(shared, job, &words);
            Ok(())
        }
        Answered::Lost(fault) => Err(unknown(fault)),
        Answered::NotSent(fault) => {
            shared.survey_not_there(job.row);
            Err(Worked::NotSent { fault, then: Task::Append(to) })
        }
        Answered::Stop(stop) => {
            // Whoever is not let in has changed nothing.
            shared.survey_not_there(job.row);
            Err(Worked::Stop(stop))
        }
        Answered::NotFound(_) => {
            shared.survey_not_there(job.row);
            Err(gone(job, to))
        }
        Answered::Conflict(words) => match shared.client.find_satisfaction_survey(to.gorgias_id).await {
            Ok(Some(survey)) => {
                found(shared, job, rating, &survey);
                Ok(())
            }
            // The answer and the list contradict each other; time will tell.
            _ => Err(unknown(Fault { words, retry_after: None })),
        },
    }
}

/// The ticket has a survey: ours, or another one.
fn found(shared: &Shared, job: &Job, rating: &Rating, survey: &wire::SatisfactionSurvey) {
    if survey.score == Some(rating.score) {
        shared.survey_made(job.row, survey.id, false);
    } else {
        shared.survey_refused(job.row);
        shared.note(&Finding::new(Code::RatingThere, &job.ticket.key, &job.place));
    }
}

fn refused(shared: &Shared, job: &Job, words: &str) {
    shared.survey_refused(job.row);
    shared.note(&Finding::new(Code::RatingRefused, &job.ticket.key, &job.place).with_detail(words));
}

/// The survey as it was answered in the old help desk. Where the export does not say when, the last message's time
/// stands in: Gorgias must see that it was sent long ago.
fn survey(job: &Job, rating: &Rating, to: Append, customer: u64) -> wire::CreateSatisfactionSurvey {
    let last = job.ticket.messages.iter().map(|message| message.sent_at).max();
    let rated = rating.at.and_then(|at| SentAt::new(at, now()).ok());
    let sent = rated.or(last).expect("a ticket has at least one message");
    let mut survey = wire::CreateSatisfactionSurvey::new(to.gorgias_id, customer, sent);
    survey.score = Some(rating.score);
    survey.body_text.clone_from(&rating.remark);
    survey.created_datetime = Some(sent.timestamp());
    survey.scored_datetime = Some(sent.timestamp());
    survey.meta = Some(json!({"external_id": job.ticket.key.as_str()}));
    survey
}
