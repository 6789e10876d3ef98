//! Changes of tickets and messages that are in Gorgias. An update says what should be, so it is simply made again where
//! its answer was lost; nothing can come of it twice.

use tokio::time::Instant;

use crate::gorgias::{CallFailure, back_off, wire};
use crate::model::time::{SentAt, now};

use super::answer::{Answered, classify};
use super::job::{Fault, Stop};
use super::{PUT_ATTEMPTS, Shared};

/// Why a ticket or message was not changed.
#[derive(Debug)]
pub(super) enum NotAmended {
    /// Gorgias refused, in these words; or it must not be sent.
    Refused(String),
    /// It is not there any more.
    Gone,
    /// The account does not answer; as it stood before.
    Faulted(Fault),
    /// Everything has to stop.
    Stop(Stop),
}

/// What is changed of a message; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Amended {
    /// Its sender, a user.
    pub sender: Option<u64>,
    /// Its text.
    pub text: Option<String>,
    /// Its HTML.
    pub html: Option<String>,
    /// All its files.
    pub attachments: Option<Vec<wire::KeptAttachment>>,
}

impl Amended {
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads a ticket with its messages, until it is answered.
pub(super) async fn read(shared: &Shared, ticket: u64) -> Result<wire::Ticket, NotAmended> {
    until_answered(shared, async || shared.client.get_ticket(ticket).await).await
}

/// Changes a ticket.
pub(super) async fn ticket(
    shared: &Shared,
    ticket: u64,
    update: &wire::UpdateTicket,
) -> Result<(), NotAmended> {
    until_answered(shared, async || shared.client.update_ticket(ticket, update).await).await.map(drop)
}

/// Changes a message that is `known` to be in a ticket. What Gorgias says of its channel, side and sent time is said
/// again: an update of an agent's message without a sent time would be sent to the customer.
pub(super) async fn message(
    shared: &Shared,
    ticket: u64,
    known: &wire::Message,
    amended: &Amended,
) -> Result<(), NotAmended> {
    let refused = |words: &str| NotAmended::Refused(words.to_owned());
    let channel = known.channel.clone().ok_or_else(|| refused("its channel is not known"))?;
    let by_agent = known.from_agent.ok_or_else(|| refused("its side is not known"))?;
    let sent = known.sent_datetime.ok_or_else(|| refused("it has no sent time"))?;
    let sent = SentAt::new(sent, now()).map_err(|_| refused("its sent time is not past"))?;
    let mut update = wire::UpdateMessage::new(channel, by_agent, sent);
    update.sender = amended.sender.map(wire::Participant::id);
    update.body_text.clone_from(&amended.text);
    update.body_html.clone_from(&amended.html);
    update.attachments.clone_from(&amended.attachments);
    let call = async || shared.client.update_message(ticket, known.id, &update, None).await;
    until_answered(shared, call).await.map(drop)
}

/// Reads a customer, until it is answered.
pub(super) async fn customer(shared: &Shared, id: u64) -> Result<wire::Customer, NotAmended> {
    until_answered(shared, async || shared.client.get_customer(id).await).await
}

/// Replaces the `data` of a customer.
pub(super) async fn customer_data(
    shared: &Shared,
    id: u64,
    data: &wire::CustomerData,
) -> Result<(), NotAmended> {
    until_answered(shared, async || shared.client.set_customer_data(id, data).await).await
}

async fn until_answered<T>(
    shared: &Shared,
    mut call: impl AsyncFnMut() -> Result<T, CallFailure>,
) -> Result<T, NotAmended> {
    let (begun, stood) = (Instant::now(), shared.stood_still());
    let mut faults = 0;
    loop {
        let failure = match call().await {
            Ok(answered) => return Ok(answered),
            Err(failure) => failure,
        };
        match classify(&failure) {
            Answered::Lost(fault) | Answered::NotSent(fault) => {
                faults += 1;
                // The user's pause says nothing about the account.
                let away = begun.elapsed().saturating_sub(shared.stood_still().saturating_sub(stood));
                let is_over = faults >= PUT_ATTEMPTS || away >= shared.options.patience;
                if is_over || shared.is_halted() {
                    return Err(NotAmended::Faulted(fault));
                }
                shared.rest(back_off(faults, fastrand::f64())).await;
            }
            Answered::Stop(stop) => return Err(NotAmended::Stop(stop)),
            Answered::NotFound(_) => return Err(NotAmended::Gone),
            Answered::Refused(words) | Answered::TooLarge(words) | Answered::Conflict(words) => {
                return Err(NotAmended::Refused(words));
            }
        }
    }
}
