//! Tickets and messages whose user is another one by now: the table of people was changed, or a user was made in
//! Gorgias. They are changed in place, after everything else of the run.
//!
//! The ledger knows which user each was given, so nothing is asked of Gorgias to see what there is to do. What somebody
//! changed in Gorgias since then stays as it is.

use std::collections::HashMap;
use std::path::PathBuf;

use tokio::sync::mpsc;

use crate::gorgias::wire;
use crate::ledger::{InCharge, LedgerView, Selection, TicketRow, Which};
use crate::mapping::{AgentDirectory, MappedMessage, Rules, Sender, map};
use crate::model::body::FirstLine;
use crate::model::event::{Event, Figures};
use crate::model::finding::Code;
use crate::staging::Staging;

use super::amend::{self, Amended};
use super::answer::{Answered, classify};
use super::job::Stop;
use super::pass::{self, Driven, Outcome};
use super::update::{self, Tells, Untold, tells_fact};
use super::{Control, Ended, Plan, Shared};

/// Name of the ledger's fact that says by which people and users everything in Gorgias was given.
const GIVEN_BY: &str = "given-by";

/// What is to be given to other users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Tickets of which anything is.
    pub tickets: u64,
    /// Tickets whose user or team in charge is another one.
    pub in_charge: u64,
    /// Messages whose sender is another user.
    pub messages: u64,
}

impl Moves {
    /// The calls that they cost: each ticket is read, each change is a call, and before somebody else is put in charge it
    /// is read whether people have worked at the ticket.
    pub fn calls(&self) -> u64 {
        self.tickets + 2 * self.in_charge + self.messages
    }
}

/// Counts what the next run would give to other users. Reads the ledger and the staging, not Gorgias.
pub fn moves(plan: &Plan) -> Result<Moves, String> {
    let pass = Pass::of(plan);
    let mut moves = Moves::default();
    if pass.is_settled() || pass.is_untouched() {
        return Ok(moves);
    }
    pass.each(&mut |ticket| {
        moves.tickets += 1;
        moves.in_charge += u64::from(ticket.assignee.is_some() || ticket.team.is_some());
        moves.messages += ticket.messages.len() as u64;
    })?;
    Ok(moves)
}

/// A change of the user in charge: from whom, to whom.
type NewAssignee = (Option<u64>, Option<u64>);
/// A change of the team in charge. None is taken away: an export need not tell groups.
type NewTeam = (Option<u64>, u64);

/// A message that gets another sender.
#[derive(Clone, Debug)]
struct NewSender {
    n: u32,
    message: u64,
    from: u64,
    to: u64,
    byline: Option<FirstLine>,
    shows_byline: bool,
}

/// What is to be changed of a ticket.
#[derive(Clone, Debug)]
struct Reassigned {
    row: TicketRow,
    gorgias_id: u64,
    assignee: Option<NewAssignee>,
    team: Option<NewTeam>,
    messages: Vec<NewSender>,
}

/// The pass after an upload.
pub(super) struct Pass {
    view: LedgerView,
    staging: PathBuf,
    selection: Selection,
    rules: Rules,
    directory: AgentDirectory,
}

impl Pass {
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            view: plan.view.clone(),
            staging: plan.staging.clone(),
            selection: plan.selection.clone(),
            rules: plan.rules.clone(),
            directory: plan.directory.clone(),
        }
    }

    /// Where nothing was given yet, everything will be by what holds now.
    pub(super) fn begin(&self, shared: &Shared) {
        if self.is_untouched() {
            self.settled(shared);
        }
    }

    fn fingerprint(&self) -> String {
        self.directory.fingerprint(&self.rules)
    }

    fn settled(&self, shared: &Shared) {
        drop(shared.ledger.set_fact(GIVEN_BY, &self.fingerprint()));
    }

    /// Whether nobody was ever given anything.
    fn is_untouched(&self) -> bool {
        self.view.is_anything_given().is_ok_and(|given| !given)
    }

    /// Whether everything in Gorgias was given by what holds now.
    fn is_settled(&self) -> bool {
        // A fact that cannot be read is found out anew.
        self.view.fact(GIVEN_BY).is_ok_and(|fact| fact == Some(self.fingerprint()))
    }

    /// Changes what is to be changed.
    pub(super) async fn run(
        &self,
        shared: &Shared,
        control: &Control,
        events: &mpsc::UnboundedSender<Event>,
        mut figures: Figures,
    ) -> (Ended, Figures) {
        if self.is_settled() {
            return (Ended::Finished, figures);
        }
        let mut tickets = Vec::new();
        if let Err(words) = self.each(&mut |ticket| tickets.push(ticket)) {
            return (Ended::Stopped(Stop::Ledger { words }), figures);
        }
        let work = tickets.into_iter().map(|ticket| (Some(ticket.row.id), change(shared, ticket)));
        let Driven { ended, changed, left } =
            pass::drive(shared, control, shared.options.concurrency, work).await;
        figures.reassigned += changed;
        if ended == Ended::Finished && left == 0 && self.selection == Selection::default() {
            self.settled(shared);
        }
        if figures.reassigned > 0 {
            let message =
                format!("tickets given to other users, or messages in them: {}", figures.reassigned);
            drop(events.send(Event::Notice { message }));
        }
        (ended, figures)
    }

    /// Hands every ticket of which something is to be changed to `take`.
    fn each(&self, take: &mut dyn FnMut(Reassigned)) -> Result<(), String> {
        let words = |error: &dyn std::fmt::Display| error.to_string();
        let staging = Staging::again(&self.staging).map_err(|error| words(&error))?;
        let rows = self.view.tickets(&self.selection, Which::InGorgias).map_err(|error| words(&error))?;
        for row in rows {
            let row = row.map_err(|error| words(&error))?;
            if let Some(ticket) = self.of_row(&staging, row)? {
                take(ticket);
            }
        }
        Ok(())
    }

    /// What is to be changed of a ticket, if anything.
    fn of_row(&self, staging: &Staging, row: TicketRow) -> Result<Option<Reassigned>, String> {
        let words = |error: &dyn std::fmt::Display| error.to_string();
        let Some(gorgias_id) = row.gorgias_id.map(i64::cast_unsigned) else { return Ok(None) };
        let Some(given) = self.view.given(row.id).map_err(|error| words(&error))? else { return Ok(None) };
        let Some(conversation) = staging.get(&row.key).map_err(|error| words(&error))? else {
            return Ok(None);
        };
        let Ok(mapped) = map(&conversation, &self.rules, &self.directory) else { return Ok(None) };
        let ticket = mapped.ticket;
        // A ticket that was there before the import is not ours to give away; of one of which it was not noted nobody knows
        // whether it was given away since.
        let in_charge = given.in_charge.filter(|_| row.mapped_to.is_none());
        // An export that tells of no assignee anywhere says nothing of this one's.
        let told = self.view.fact(&tells_fact(row.key.source())).map_err(|error| words(&error))?;
        let tells = Tells::parse(told.as_deref());
        let assignee = in_charge
            .filter(|given| tells.assignees && given.user != ticket.assignee)
            .map(|given| (given.user, ticket.assignee));
        let team = in_charge.zip(ticket.team).filter(|(given, team)| given.team != Some(*team));
        let team = team.map(|(given, to)| (given.team, to));
        let planned: HashMap<&str, &MappedMessage> =
            ticket.messages.iter().map(|message| (message.key.as_str(), message)).collect();
        let mut messages = Vec::new();
        for known in self.view.messages(row.id).map_err(|error| words(&error))? {
            let from = given.senders.get(&known.n);
            let (Some(from), Some(message), Some(planned)) =
                (from, known.gorgias_id, planned.get(known.key.as_str()))
            else {
                continue;
            };
            match planned.sender {
                Sender::Agent { user: Some(to) } if to != *from => messages.push(NewSender {
                    n: known.n,
                    message: message.cast_unsigned(),
                    from: *from,
                    to,
                    byline: planned.byline.as_deref().map(FirstLine::new),
                    shows_byline: planned.shows_byline,
                }),
                _ => {}
            }
        }
        let is_concerned = assignee.is_some() || team.is_some() || !messages.is_empty();
        Ok(is_concerned.then_some(Reassigned { row, gorgias_id, assignee, team, messages }))
    }
}

/// Changes a ticket: first its messages, then who is in charge. Noted is what holds in Gorgias then, and nothing else: what
/// was refused, or is somebody else's doing, is looked at again when the people or users change once more.
async fn change(shared: &Shared, ticket: Reassigned) -> Outcome {
    let key = ticket.row.key.as_str();
    let held = match amend::read(shared, ticket.gorgias_id).await {
        Ok(held) => held,
        Err(failure) => return pass::not_amended(shared, key, failure),
    };
    if held.trashed_datetime.is_some() {
        return Outcome::Nothing;
    }
    let mut changed = false;
    for new in &ticket.messages {
        let Some(message) = held.messages.iter().find(|message| message.id == new.message) else { continue };
        match message.sender.as_ref().map(|sender| sender.id) {
            Some(is) if is == new.to => {}
            Some(is) if is == new.from => {
                let amended = amended(new, message);
                if let Err(failure) = amend::message(shared, ticket.gorgias_id, message, &amended).await {
                    match pass::not_amended(shared, key, failure) {
                        Outcome::Nothing => continue,
                        other => return other,
                    }
                }
                changed = true;
            }
            _ => {
                pass::note(shared, key, Code::ChangedByHand, "a message");
                continue;
            }
        }
        shared.senders_given(ticket.row.id, vec![(new.n, new.to)]);
    }
    match in_charge(shared, &ticket, &held).await {
        Ok(false) if !changed => Outcome::Nothing,
        Ok(_) => Outcome::Done(1),
        Err(outcome) => outcome,
    }
}

/// Puts another user or team in charge, unless people have changed that in Gorgias or have worked at the ticket. Gives back
/// whether anything was changed.
async fn in_charge(shared: &Shared, ticket: &Reassigned, held: &wire::Ticket) -> Result<bool, Outcome> {
    let key = ticket.row.key.as_str();
    let row = ticket.row.id;
    let is = InCharge { user: held.assignee_user.as_ref().map(|user| user.id), team: held.team() };
    let assignee = ticket.assignee.filter(|(from, to)| is.user == *from || is.user == *to);
    let team = ticket.team.filter(|(from, to)| is.team == *from || is.team == Some(*to));
    if assignee != ticket.assignee {
        pass::note(shared, key, Code::ChangedByHand, "who is in charge");
    }
    if team != ticket.team {
        pass::note(shared, key, Code::ChangedByHand, "which team is in charge");
    }
    let update = wire::UpdateTicket {
        assignee_user: assignee
            .filter(|(_, to)| is.user != *to)
            .map(|(_, to)| to.map_or(wire::Change::Clear, id_ref)),
        assignee_team: team.filter(|(_, to)| is.team != Some(*to)).map(|(_, to)| id_ref(to)),
        ..wire::UpdateTicket::default()
    };
    let changes = update.assignee_user.is_some() || update.assignee_team.is_some();
    if changes && !is_put(shared, ticket, held, &update).await? {
        return Ok(false);
    }
    if let Some((_, to)) = assignee {
        shared.assignee_given(row, to);
    }
    if let Some((_, to)) = team {
        shared.team_given(row, Some(to));
    }
    Ok(changes)
}

/// Whether Gorgias took the update, after people were found not to have worked at the ticket: who worked at it decides who is
/// in charge, by the same test as before a later export's changes.
async fn is_put(
    shared: &Shared,
    ticket: &Reassigned,
    held: &wire::Ticket,
    update: &wire::UpdateTicket,
) -> Result<bool, Outcome> {
    let key = ticket.row.key.as_str();
    let why = match update::work_since(shared, ticket.row.id, ticket.gorgias_id, held).await {
        Ok(Some(work)) if work.is_untouched() => None,
        Ok(Some(work)) => Some(format!("changed in Gorgias: {}", work.words())),
        Ok(None) => Some("the account's events cannot be read".to_owned()),
        Err(Untold::Ledger(words)) => return Err(Outcome::Stop(Stop::Ledger { words })),
        Err(Untold::Call(failure)) => {
            return match classify(&failure) {
                Answered::Stop(stop) => Err(Outcome::Stop(stop)),
                Answered::NotSent(fault) | Answered::Lost(fault) => Err(Outcome::Faulted(fault.words)),
                _ => Ok(false),
            };
        }
    };
    if let Some(why) = why {
        pass::note(shared, key, Code::TouchedInGorgias, &why);
        return Ok(false);
    }
    match amend::ticket(shared, ticket.gorgias_id, update).await {
        Ok(()) => Ok(true),
        Err(failure) => match pass::not_amended(shared, key, failure) {
            Outcome::Nothing => Ok(false),
            other => Err(other),
        },
    }
}

fn id_ref(id: u64) -> wire::Change<wire::IdRef> {
    wire::Change::To(wire::IdRef { id })
}

/// The sender, and the line that names the author where somebody stands in now, or did and does not any more.
fn amended(new: &NewSender, message: &wire::Message) -> Amended {
    let line = new.byline.as_ref();
    let text = message.body_text.as_deref();
    let html = message.body_html.as_deref();
    Amended {
        sender: Some(new.to),
        attachments: None,
        text: line.zip(text).and_then(|(line, text)| line.put_before_text(text, new.shows_byline)),
        html: line.zip(html).and_then(|(line, html)| line.put_before_html(html, new.shows_byline)),
    }
}
