//! Files that were missing when their messages were sent. Every later run tries to have them again; where one comes now, its
//! message gets it: the words that named it make room, pictures stand in their place, the list of files has the rest.
//!
//! A message is changed only while it says what it was sent with and has the files that it was sent with; one that somebody
//! changed since stays as it is and is told. Whether people have worked at the ticket does not matter, as nothing of theirs
//! is changed. What could not be had again costs no call.
//!
//! A ledger that was made anew does not know where Gorgias keeps the message's other files; the message tells.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::attachments::{Fate, Reason, fate_if_known, place, rewrite};
use crate::gorgias::wire;
use crate::ledger::{Gap, GapAt, LedgerError, PlaceHash, Selection, TicketId, Which};
use crate::mapping::{MappedMessage, map};
use crate::model::body::Body;
use crate::model::conversation::Attachment;
use crate::model::event::{Event, Figures};
use crate::model::finding::{Code, Place};
use crate::model::key::ConversationKey;
use crate::staging::Staging;

use super::amend::{self, Amended};
use super::encode;
use super::files::{Asked, Files};
use super::held_files::HeldFiles;
use super::job::Stop;
use super::pass::{self, Driven, Outcome};
use super::rebuild::REBUILT;
use super::{Control, Ended, Plan, Shared};

/// Tickets whose files are tried at once. Hosts and uploads have bounds of their own.
const AT_ONCE: usize = 64;

/// The pass after an upload.
pub(super) struct Pass<'p>(&'p Plan);

/// The messages of a ticket that lack files.
struct OfTicket {
    row: TicketId,
    gorgias_id: u64,
    messages: Vec<GapAt>,
}

/// A message that lacks files.
struct Lacking {
    at: GapAt,
    planned: MappedMessage,
    /// What was missing when it was sent.
    gaps: Vec<Gap>,
    /// Links that still lead to old tickets.
    old_links: Vec<ConversationKey>,
}

/// A ticket with messages that lack files.
struct Ticket {
    row: TicketId,
    key: ConversationKey,
    place: Place,
    gorgias_id: u64,
    messages: Vec<Lacking>,
}

/// A message of which a missing file came.
struct Came<'m> {
    of: &'m Lacking,
    /// What became of its files.
    files: Vec<Became>,
    /// Where those that came are.
    places: Vec<PlaceHash>,
}

/// What became of a file.
enum Became {
    /// The same, then and now.
    Known(Fate),
    /// It was missing.
    Tried { then: Fate, now: Fate },
    /// The ledger was made anew and does not know it.
    AsHeld,
}

/// A message as it was sent and as it is to be.
struct Change {
    before: Form,
    after: Form,
}

/// What a message says, and its list of files.
struct Form {
    body: Body,
    listed: Vec<Attachment>,
}

impl<'p> Pass<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        Self(plan)
    }

    /// Tries what is missing again.
    pub(super) async fn run(
        &self,
        shared: &Shared,
        control: &Control,
        events: &mpsc::UnboundedSender<Event>,
        mut figures: Figures,
    ) -> (Ended, Figures) {
        let Some(files) = shared.files.clone() else { return (Ended::Finished, figures) };
        let stopped = |words: String| Ended::Stopped(Stop::Ledger { words });
        let work = match self.work() {
            Ok(work) if work.is_empty() => return (Ended::Finished, figures),
            Ok(work) => work,
            Err(error) => return (stopped(error.to_string()), figures),
        };
        let staging = match Staging::again(&self.0.staging) {
            Ok(staging) => Mutex::new(staging),
            Err(error) => return (stopped(error.to_string()), figures),
        };
        let messages: usize = work.iter().map(|of| of.messages.len()).sum();
        let message = format!("trying again to have missing files; messages that lack some: {messages}");
        drop(events.send(Event::Notice { message }));
        let work = work.into_iter().map(|of| (Some(of.row), self.again(shared, &staging, &files, of)));
        let Driven { ended, changed: came, .. } = pass::drive(shared, control, AT_ONCE, work).await;
        figures.files_late += came;
        if came > 0 {
            let message = format!("files that came later and are in their messages now: {came}");
            drop(events.send(Event::Notice { message }));
        }
        (ended, figures)
    }

    /// Tries what is missing of one ticket again.
    async fn again(&self, shared: &Shared, staging: &Mutex<Staging>, files: &Files, of: OfTicket) -> Outcome {
        match self.lacking(staging, of) {
            Ok(Some(lacking)) => self.fill(shared, files, &lacking).await,
            Ok(None) => Outcome::Nothing,
            Err(words) => Outcome::Stop(Stop::Ledger { words }),
        }
    }

    /// The messages that lack files, by ticket, as far as they are selected.
    fn work(&self) -> Result<Vec<OfTicket>, LedgerError> {
        let lacking = self.0.view.messages_with_gaps()?;
        let all = lacking.is_empty() || self.0.selection == Selection::default();
        let mut selected = HashSet::new();
        if !all {
            for row in self.0.view.tickets(&self.0.selection, Which::InGorgias)? {
                selected.insert(row?.id);
            }
        }
        let mut tickets: Vec<OfTicket> = Vec::new();
        for at in lacking.into_iter().filter(|at| all || selected.contains(&at.ticket)) {
            match tickets.last_mut() {
                Some(last) if last.row == at.ticket => last.messages.push(at),
                _ => tickets.push(OfTicket { row: at.ticket, gorgias_id: at.gorgias_id, messages: vec![at] }),
            }
        }
        Ok(tickets)
    }

    /// The messages with what the export makes of them; nothing where it does not have the ticket.
    fn lacking(&self, staging: &Mutex<Staging>, of: OfTicket) -> Result<Option<Ticket>, String> {
        let ledger = |error: LedgerError| error.to_string();
        let Some(row) = self.0.view.ticket_by_id(of.row).map_err(ledger)? else { return Ok(None) };
        let staged = staging.lock().unwrap_or_else(PoisonError::into_inner).get(&row.key);
        let Some(conversation) = staged.map_err(|error| error.to_string())? else { return Ok(None) };
        let Ok(mapped) = map(&conversation, &self.0.rules, &self.0.directory) else { return Ok(None) };
        let rows = self.0.view.messages_of(&row).map_err(ledger)?;
        let gaps = self.0.view.gaps(of.row).map_err(ledger)?;
        let links = self.0.view.unsettled_links(of.row).map_err(ledger)?;
        let mut planned = mapped.ticket.messages;
        let mut messages = Vec::new();
        for at in of.messages {
            let key = rows.iter().find(|row| row.n == at.n).map(|row| &row.key);
            let Some(found) = planned.iter().position(|message| Some(&message.key) == key) else { continue };
            messages.push(Lacking {
                at,
                planned: planned.swap_remove(found),
                gaps: gaps.iter().filter(|gap| gap.n == at.n).cloned().collect(),
                old_links: links.iter().filter(|(n, _)| *n == at.n).map(|(_, key)| key.clone()).collect(),
            });
        }
        let (key, place) = (row.key, conversation.place);
        Ok(Some(Ticket { row: of.row, key, place, gorgias_id: of.gorgias_id, messages }))
    }

    /// Has the files of a ticket and puts those that come into their messages.
    async fn fill(&self, shared: &Shared, files: &Files, ticket: &Ticket) -> Outcome {
        let mut all_came = Vec::new();
        for message in &ticket.messages {
            match tried(shared, files, ticket, message).await {
                Ok(tried) if tried.places.is_empty() => {}
                Ok(tried) => all_came.push(tried),
                Err(outcome) => return outcome,
            }
        }
        if all_came.is_empty() {
            return Outcome::Nothing;
        }
        let key = ticket.key.as_str();
        let held = match amend::read(shared, ticket.gorgias_id).await {
            Ok(held) if held.trashed_datetime.is_none() => held,
            Ok(_) => return Outcome::Nothing,
            Err(failure) => return pass::not_amended(shared, key, failure),
        };
        let mut came = 0;
        for Came { of, files, places } in all_came {
            let at = of.at;
            let Some(message) = held.messages.iter().find(|message| message.id == at.message) else {
                continue;
            };
            let key = of.planned.key.as_str();
            let change = change(shared, of, &files, message)
                .filter(|change| change.before.is_of(message) || change.after.is_of(message));
            let Some(change) = change else {
                pass::note(shared, key, Code::LateFileNotPut, "");
                continue;
            };
            // An earlier run may have made it and died before it could note so.
            if !change.after.is_of(message)
                && let Err(failure) =
                    amend::message(shared, ticket.gorgias_id, message, &change.after.amended()).await
            {
                match pass::not_amended(shared, key, failure) {
                    Outcome::Nothing => continue,
                    other => return other,
                }
            }
            let count = places.len() as u64;
            came += count;
            pass::note(shared, key, Code::FileCameLate, &format!("files: {count}"));
            drop(shared.ledger.gaps_filled(ticket.row, at.n, places));
        }
        Outcome::Done(came)
    }
}

/// Tries to have the missing files of a message.
async fn tried<'m>(
    shared: &Shared,
    files: &Files,
    ticket: &Ticket,
    message: &'m Lacking,
) -> Result<Came<'m>, Outcome> {
    let broken = |error: LedgerError| Outcome::Stop(Stop::Ledger { words: error.to_string() });
    let (view, hasher) = (shared.ledger.view(), shared.ledger.hasher());
    let made_anew = view.fact(REBUILT).map_err(broken)?.is_some();
    let planned = &message.planned;
    let gap = |file: &Attachment| {
        let hash = hasher.place(place(file));
        message.gaps.iter().find(|gap| gap.place == hash)
    };
    let (mut became, mut places) = (Vec::new(), Vec::new());
    for file in &planned.attachments {
        let Some(gap) = gap(file) else {
            became.push(match fate_if_known(view, hasher, file).map_err(broken)? {
                Some(fate) => Became::Known(fate),
                None if made_anew => Became::AsHeld,
                None => Became::Known(Fate::Without(Reason::NotListed)),
            });
            continue;
        };
        let then = Fate::Without(Reason::named(&gap.reason).unwrap_or(Reason::NotListed));
        let asked = Asked { key: &planned.key, place: &ticket.place, file };
        let now = match files.again(shared, &asked).await {
            Ok(there @ Fate::There { .. }) => there,
            Ok(Fate::Without(_)) => then.clone(),
            Err(outcome) => return Err(outcome),
        };
        if now != then && !places.contains(&gap.place) {
            places.push(gap.place);
        }
        became.push(Became::Tried { then, now });
    }
    Ok(Came { of: message, files: became, places })
}

/// How a message changes by the files that came; nothing where it does not tell what became of one that the ledger does not
/// know.
fn change(shared: &Shared, of: &Lacking, files: &[Became], message: &wire::Message) -> Option<Change> {
    let mut held = HeldFiles::of(message, &of.planned.attachments);
    let fates = files.iter().zip(&of.planned.attachments).map(|(became, file)| {
        Some(match became {
            Became::Known(fate) => (fate.clone(), fate.clone()),
            Became::Tried { then, now } => (then.clone(), now.clone()),
            Became::AsHeld => {
                let fate = held.fate(file)?;
                (fate.clone(), fate)
            }
        })
    });
    let (before, after): (Vec<Fate>, Vec<Fate>) = fates.collect::<Option<Vec<_>>>()?.into_iter().unzip();
    let form = |fates: &[Fate]| {
        let (body, listed) = rewrite(&of.planned.body, &of.planned.attachments, fates);
        Form { body: turned(shared, of, body), listed }
    };
    Some(Change { before: form(&before), after: form(&after) })
}

/// The body with the links that lead to new tickets by now, but for those that the message was sent with.
fn turned(shared: &Shared, message: &Lacking, body: Body) -> Body {
    let Some(links) = &shared.links else { return body };
    let source = message.planned.key.source();
    let turned =
        body.changed(&mut |text| links.turned_without(&shared.ledger, source, text, &message.old_links));
    turned.unwrap_or(body)
}

impl Form {
    fn amended(&self) -> Amended {
        Amended {
            sender: None,
            text: self.body.text().map(str::to_owned),
            html: self.body.html().map(|html| html.as_str().to_owned()),
            attachments: Some(encode::listed(&self.listed)),
        }
    }

    /// Whether a message says this and has these files, and no others.
    fn is_of(&self, message: &wire::Message) -> bool {
        let mut listed: Vec<String> = encode::listed(&self.listed).into_iter().map(|file| file.url).collect();
        let mut held: Vec<String> =
            message.attachments.iter().map(|file| file.url.clone().unwrap_or_default()).collect();
        // In which order they are shown is nobody's doing.
        listed.sort_unstable();
        held.sort_unstable();
        listed == held && says(message, &self.body)
    }
}

/// Whether a message says this: its text where there is one, else its HTML, whatever spaces Gorgias makes of them.
fn says(message: &wire::Message, body: &Body) -> bool {
    let is_same = |one: &str, other: &str| one.split_whitespace().eq(other.split_whitespace());
    match (body.text(), body.html()) {
        (Some(text), _) => message.body_text.as_deref().is_some_and(|held| is_same(held, text)),
        (None, Some(html)) => message.body_html.as_deref().is_some_and(|held| is_same(held, html.as_str())),
        (None, None) => false,
    }
}
