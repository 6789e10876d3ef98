//! People of an export of any size: each is made from its number alone, so none is kept.

use std::io;

use fastrand::Rng;

use crate::shop::cast::{NAMES, TEAM};
use crate::shop::wire::User;

/// Where the ids of customers begin.
const FIRST_ID: u64 = 36_200_000_000_000;
/// Tickets to a customer, on average.
pub(crate) const TICKETS_EACH: u64 = 2;

/// A customer.
pub(crate) struct Customer {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) lang: &'static str,
    locale: &'static str,
}

/// How many customers there are once there are so many tickets.
pub(crate) fn customers(tickets: u64) -> u64 {
    tickets / TICKETS_EACH + 1
}

/// The customer with this number.
pub(crate) fn customer(seed: u64, number: u64) -> Customer {
    let mut rng = Rng::with_seed(seed.wrapping_mul(31).wrapping_add(number ^ 0x00C0_FFEE));
    // Most customers write English.
    let names = if rng.u8(0..10) < 6 { &NAMES[0] } else { &NAMES[rng.usize(0..NAMES.len())] };
    let first = rng.usize(0..names.first.len());
    let family = names.family[rng.usize(0..names.family.len())];
    let has_email = number % 20 != 19;
    let phone = format!("+1202555{:04}", 100 + number % 100);
    Customer {
        id: FIRST_ID + number * 17,
        name: format!("{} {family}", names.first[first]),
        email: has_email.then(|| format!("{}.{number}@example.com", names.ascii[first])),
        phone: (!has_email || rng.u8(0..8) == 0).then_some(phone),
        lang: names.lang,
        locale: names.locale,
    }
}

/// Hands over the team and so many customers. Returns how many people that is.
pub(crate) fn each(
    seed: u64,
    customers: u64,
    take: &mut dyn FnMut(&User) -> io::Result<()>,
) -> io::Result<u64> {
    let since = || "2018-12-03T08:00:00Z".to_owned();
    let mut people = 0;
    for member in TEAM.iter().filter(|member| member.in_export) {
        let email = Some(format!("{}@acme-outdoor.example", member.mailbox));
        let mut user = User::customer(member.id, member.name.to_owned(), email, since())
            .into_team(member.role, member.role_type);
        user.active = member.active;
        take(&user)?;
        people += 1;
    }
    for number in 0..customers {
        let person = customer(seed, number);
        let mut user = User::customer(person.id, person.name, person.email, since());
        user.phone = person.phone;
        user.locale = person.locale;
        take(&user)?;
        people += 1;
    }
    Ok(people)
}
