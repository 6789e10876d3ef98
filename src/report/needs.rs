//! What an import needs of the account beside its tickets, and what each of it costs.

use serde::{Deserialize, Serialize};

use super::calls::Pace;
use super::words::{count, duration, plural};
use crate::text::size;

/// One kind of what is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// How many.
    pub count: u64,
    /// Messages or tickets that are concerned, where that is another number.
    pub records: u64,
    /// Calls that they cost.
    pub calls: u64,
    /// Seconds that these calls take.
    pub seconds: u64,
}

impl Need {
    /// A need that costs these calls at this pace, once the account's bucket is full.
    pub fn new(count: u64, records: u64, calls: u64, pace: Pace) -> Self {
        let seconds = if calls == 0 { 0 } else { pace.seconds(calls + pace.burst) };
        Self { count, records, calls, seconds }
    }
}

/// What an import needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// Whether the account was asked what it has. Where it was not, everything counts as missing that no table decides.
    pub account_read: bool,
    /// Agents without a Gorgias user, and their messages.
    pub people: Need,
    /// Customers to create; those with an email address ride along in their first ticket.
    pub customers: Need,
    /// Tags to create.
    pub tags: Need,
    /// Custom fields without a Gorgias field, and the tickets that have a value of one.
    pub fields: Need,
    /// Files to bring, where they are uploaded.
    pub files: Need,
    /// Bytes of these files, as far as the export says.
    pub file_bytes: u64,
    /// Those of unknown size.
    pub files_of_unknown_size: u64,
    /// Ratings to add.
    pub ratings: Need,
}

impl Needs {
    /// What there is, each with its cost.
    fn parts(&self) -> Vec<String> {
        let cost = |need: &Need| match need.calls {
            0 => "no call".to_owned(),
            calls => format!("{}, {}", plural(calls, "call", "calls"), duration(need.seconds)),
        };
        let mut parts = Vec::new();
        let people = plural(self.people.count, "agent", "agents");
        let of = plural(self.people.records, "message", "messages");
        let (who, what) = if self.account_read {
            ("without a Gorgias user", "without a Gorgias field of their name")
        } else {
            ("to find among the Gorgias users", "to find among the Gorgias fields")
        };
        if self.people.count > 0 {
            parts.push(format!("{people} {who}, with {of} (no call)"));
        }
        if self.customers.count > 0 {
            let new = plural(self.customers.count, "new customer", "new customers");
            parts.push(format!("{new} ({})", cost(&self.customers)));
        }
        if self.tags.count > 0 {
            parts.push(format!("{} ({})", plural(self.tags.count, "new tag", "new tags"), cost(&self.tags)));
        }
        if self.fields.count > 0 {
            let fields = plural(self.fields.count, "custom field", "custom fields");
            let of = plural(self.fields.records, "ticket", "tickets");
            parts.push(format!("{fields} {what}, on {of} (no call)"));
        }
        if self.files.count > 0 {
            let mut bytes = size(self.file_bytes);
            if self.files_of_unknown_size > 0 {
                bytes = format!("{bytes}, {} of unknown size", count(self.files_of_unknown_size));
            }
            let files = plural(self.files.count, "file", "files");
            parts.push(format!("{files} of {bytes} ({})", cost(&self.files)));
        }
        if self.ratings.count > 0 {
            parts.push(format!(
                "{} ({})",
                plural(self.ratings.count, "rating", "ratings"),
                cost(&self.ratings)
            ));
        }
        parts
    }

    /// In one sentence; nothing where nothing is needed.
    pub fn text(&self) -> Option<String> {
        let parts = self.parts();
        let told = if self.account_read { "" } else { "; as if the account had none: run --dry-run asks it" };
        (!parts.is_empty()).then(|| format!("{}{told}", parts.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_need_is_told_with_what_it_costs() {
        let pace = Pace::default();
        let needs = Needs {
            people: Need::new(2, 511, 0, pace),
            customers: Need::new(317, 0, 230, pace),
            tags: Need::new(1, 0, 1, pace),
            fields: Need::new(3, 169, 0, pace),
            files: Need::new(85, 0, 85, pace),
            file_bytes: 12_000_000,
            files_of_unknown_size: 4,
            ratings: Need::new(0, 0, 0, pace),
            account_read: false,
        };
        insta::assert_snapshot!(needs.text().unwrap(), @"");
        let read = Needs { account_read: true, people: needs.people, ..Needs::default() };
        insta::assert_snapshot!(read.text().unwrap(), @"");
        assert_eq!(Needs::default().text(), None);
    }
}
