//! Who appears as the sender of a message, and the line that keeps the real author's name visible.

use crate::model::conversation::{Message, Side};
use crate::model::finding::{Code, Finding, Place};
use crate::model::person::{Person, Role};

use super::identity::Identity;
use super::people::{AgentDirectory, AgentMatch};
use super::people_csv::PersonDecision;
use super::rules::{Rules, UnknownAgent};
use super::ticket::Sender;

/// The sender of a message and the line to put in front of its body.
pub(super) struct Authored {
    pub(super) sender: Sender,
    /// The line that names the author, where there is anybody to name.
    pub(super) byline: Option<String>,
    /// Whether it stands in front of the body.
    pub(super) shows_byline: bool,
    pub(super) finding: Option<Finding>,
}

/// Decides who sends `message` in Gorgias. Fails with a blocking finding where the rules say so.
///
/// Gorgias wants an existing user as sender of agent messages and notes and a customer as sender of the others
/// (enforced since 2023-02-09), so a note by a customer and a message by a former agent need somebody else as sender.
/// `customer` is who the author is as a customer, where that is known already.
pub(super) fn authored(
    message: &Message,
    customer: Option<&(Identity, Option<String>)>,
    rules: &Rules,
    directory: &AgentDirectory,
    place: &Place,
) -> Result<Authored, Finding> {
    let author = &message.author;
    if message.side == Side::Customer {
        let (identity, name) = customer.cloned().unwrap_or_else(|| customer_of(author, rules));
        let sender = Sender::Customer { identity, name };
        return Ok(Authored { sender, byline: None, shows_byline: false, finding: None });
    }
    let by_customer = author.role == Role::Customer;
    let found = agent_of(author, rules, directory);
    let decision = rules.people.decision(&author.key);
    let unmatched = unmatched_agent(author.role, found) && decision != Some(&PersonDecision::StandIn);
    let (user, named) = match found {
        AgentMatch::User(id) => (Some(id), true),
        AgentMatch::StandIn(id) => (Some(id), false),
        AgentMatch::Offline | AgentMatch::Nobody => (None, false),
    };
    if matches!(found, AgentMatch::Nobody) || (rejects(rules) && unmatched) {
        return Err(Finding::new(Code::AgentRejected, &message.key, place));
    }
    let byline = first_line(message, by_customer);
    let shows_byline = !named && found != AgentMatch::Offline;
    let finding = if by_customer && !named && !matches!(decision, Some(PersonDecision::User(_))) {
        Some(Finding::new(Code::NoteByCustomer, &message.key, place))
    } else if unmatched {
        Some(Finding::new(Code::AgentUnmatched, &message.key, place))
    } else {
        None
    };
    Ok(Authored { sender: Sender::Agent { user }, byline, shows_byline, finding })
}

/// Who a person is as a customer, and the name for one who has to be created. A stand-in keeps a name of their own.
pub(super) fn customer_of(person: &Person, rules: &Rules) -> (Identity, Option<String>) {
    match rules.people.decision(&person.key) {
        Some(PersonDecision::Customer(email)) => (Identity::Email(email.clone()), None),
        _ => (Identity::of(person, &rules.default_country), person.name.clone()),
    }
}

/// Who a person is as a customer.
pub fn customer_identity(person: &Person, rules: &Rules) -> Identity {
    customer_of(person, rules).0
}

/// Which user a person is: as the people table says, else by the account's directory.
pub(super) fn agent_of(person: &Person, rules: &Rules, directory: &AgentDirectory) -> AgentMatch {
    let usual = || if person.role == Role::Agent { directory.find(person) } else { directory.stand_in() };
    match rules.people.decision(&person.key) {
        Some(PersonDecision::User(email) | PersonDecision::Try(email)) => {
            directory.user_by_email(email).map_or_else(usual, AgentMatch::User)
        }
        Some(PersonDecision::StandIn) => directory.stand_in(),
        _ => usual(),
    }
}

fn rejects(rules: &Rules) -> bool {
    rules.unknown_agent == UnknownAgent::Reject
}

fn unmatched_agent(role: Role, found: AgentMatch) -> bool {
    role == Role::Agent && matches!(found, AgentMatch::StandIn(_) | AgentMatch::Nobody)
}

/// The line that names the author. Notices of the help desk itself need none.
fn first_line(message: &Message, by_customer: bool) -> Option<String> {
    let author = &message.author;
    // An agent of whom the export knows neither name nor address has nothing worth showing.
    let nameless = author.name.is_none() && author.email.is_none();
    match author.role {
        Role::System => None,
        Role::Agent if nameless => None,
        _ if by_customer => Some(format!("Private comment by {}:", author.display_name())),
        _ => Some(format!("{} wrote:", author.display_name())),
    }
}
