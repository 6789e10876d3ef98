use super::*;
use crate::mapping::{AgentDirectory, Rules, map};
use crate::model::conversation::{Channel, Conversation, Message};
use crate::model::key::{PersonKey, SourceName};
use crate::model::person::{Email, Person, Role};
use crate::model::sample;
use std::sync::Arc;

fn digest(identity: &Identity) -> AddressDigest {
    let mut digest = [0; 16];
    digest.copy_from_slice(&blake3::hash(identity.canonical().as_bytes()).as_bytes()[..16]);
    AddressDigest::from_bytes(digest)
}

fn person(id: u64, email: Option<&str>) -> Arc<Person> {
    let key = PersonKey::new(&SourceName::new("zendesk").unwrap(), "user", id);
    Arc::new(Person { email: email.and_then(Email::parse), ..Person::unknown(key, Role::Customer) })
}

/// A ticket of `customer` with a message by each of `authors`.
fn ticket(customer: &Arc<Person>, authors: &[&Arc<Person>], tags: &[&str]) -> MappedTicket {
    let source = SourceName::new("zendesk").unwrap();
    let created = "2024-01-01T00:00:00Z".parse().unwrap();
    let messages = (0..)
        .zip(authors)
        .map(|(n, author)| Message { channel: Channel::Api, ..sample::message(&source, n, author, created) });
    let conversation = Conversation {
        channel: Channel::Api,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..sample::conversation(&source, 1, customer, created, messages.collect())
    };
    map(&conversation, &Rules::default(), &AgentDirectory::offline()).unwrap().ticket
}

#[test]
fn the_first_ticket_carries_its_customer_and_the_others_wait() {
    let kim = person(1, Some("kim@example.com"));
    let kim_again = person(2, Some("KIM@example.com"));
    let mut resources = Resources::default();
    let first = ticket(&kim, &[&kim], &[]);
    let id = digest(&first.customer);
    assert_eq!(resources.readiness(&first, false, &digest), Readiness::Ready { rides: Some(id) });
    let second = ticket(&kim_again, &[&kim_again], &[]);
    assert_eq!(resources.readiness(&second, false, &digest), Readiness::Wait(Need::Customer(id)));
    resources.made(Need::Customer(id), 77);
    assert_eq!(resources.readiness(&second, false, &digest), Readiness::Ready { rides: None });
    assert_eq!(resources.customer(id), Some(77));
}

#[test]
fn when_the_carrier_falls_the_next_one_carries() {
    let kim = person(1, Some("kim@example.com"));
    let mut resources = Resources::default();
    let first = ticket(&kim, &[&kim], &[]);
    let id = digest(&first.customer);
    resources.readiness(&first, false, &digest);
    resources.failed(&Need::Customer(id));
    assert_eq!(resources.readiness(&first, false, &digest), Readiness::Ready { rides: Some(id) });
}

#[test]
fn others_who_write_and_people_without_email_are_made_apart() {
    let kim = person(1, Some("kim@example.com"));
    let lee = person(2, Some("lee@example.com"));
    let caller = person(3, None);
    let mut resources = Resources::default();
    let joint = ticket(&kim, &[&kim, &lee], &[]);
    let Readiness::CreateCustomer(new) = resources.readiness(&joint, false, &digest) else {
        panic!("lee first")
    };
    assert_eq!(new.identity, Identity::Email(Email::parse("lee@example.com").unwrap()));
    assert_eq!(resources.readiness(&joint, false, &digest), Readiness::Wait(Need::Customer(new.digest)));
    resources.made(Need::Customer(new.digest), 5);
    assert!(matches!(resources.readiness(&joint, false, &digest), Readiness::Ready { rides: Some(_) }));
    let call = ticket(&caller, &[&caller], &[]);
    assert!(matches!(resources.readiness(&call, false, &digest), Readiness::CreateCustomer(_)));
    // Nobody can ride to a ticket that exists already.
    let late = ticket(&person(4, Some("new@example.com")), &[], &[]);
    assert!(matches!(resources.readiness(&late, true, &digest), Readiness::CreateCustomer(_)));
}

#[test]
fn each_tag_is_made_once() {
    let kim = person(1, Some("kim@example.com"));
    let mut resources = Resources::default();
    let tagged = ticket(&kim, &[&kim], &["vip", "VIP"]);
    assert_eq!(resources.readiness(&tagged, false, &digest), Readiness::CreateTag("vip".into()));
    assert_eq!(resources.readiness(&tagged, false, &digest), Readiness::Wait(Need::Tag("vip".into())));
    resources.made(Need::Tag("vip".into()), 1);
    assert_eq!(resources.readiness(&tagged, false, &digest), Readiness::CreateTag("VIP".into()));
    resources.made(Need::Tag("VIP".into()), 2);
    assert!(matches!(resources.readiness(&tagged, false, &digest), Readiness::Ready { .. }));
}
