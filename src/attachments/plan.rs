//! How many files there are to have, before any is had.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::hosts::Hosts;
use super::place;
use crate::model::conversation::Attachment;

/// Files by where they are. Each place counts once, however many messages name it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilePlan {
    /// In the dump.
    pub local: u64,
    /// On hosts that may be asked.
    pub to_fetch: u64,
    /// Bytes of all these, as far as the export says.
    pub bytes: u64,
    /// Files of unknown size among these.
    pub unknown_size: u64,
    /// On other hosts: they stay links.
    pub links: u64,
}

impl FilePlan {
    /// Files that will be uploaded, if all can be had and no two are the same.
    pub fn uploads(&self) -> u64 {
        self.local + self.to_fetch
    }
}

#[derive(Debug, Default)]
struct Count {
    files: u64,
    bytes: u64,
    unknown_size: u64,
}

/// Counts files as they come. Who may be asked is known when the export was read to its end.
#[derive(Debug, Default)]
pub struct FilePlanner {
    /// Hashes of places, so that millions stay small.
    seen: HashSet<u64>,
    hasher: RandomState,
    local: Count,
    /// By source and the beginning of the address.
    web: BTreeMap<(String, String), Count>,
}

impl FilePlanner {
    /// Takes a file of a message of `source` into account.
    pub fn add(&mut self, source: &str, file: &Attachment) {
        if !self.seen.insert(self.hasher.hash_one(place(file))) {
            return;
        }
        let count = if file.local.is_some() {
            &mut self.local
        } else {
            self.web.entry((source.to_owned(), origin(&file.url).to_owned())).or_default()
        };
        count.files += 1;
        count.bytes += file.size.unwrap_or_default();
        count.unknown_size += u64::from(file.size.is_none());
    }

    /// The plan, where these hosts may be asked.
    pub fn finish(&self, hosts: &Hosts) -> FilePlan {
        let mut plan = FilePlan {
            local: self.local.files,
            bytes: self.local.bytes,
            unknown_size: self.local.unknown_size,
            ..FilePlan::default()
        };
        for ((source, origin), count) in &self.web {
            if hosts.allows(source, origin) {
                plan.to_fetch += count.files;
                plan.bytes += count.bytes;
                plan.unknown_size += count.unknown_size;
            } else {
                plan.links += count.files;
            }
        }
        plan
    }
}

/// `https://host:port/` of an address, with a login if it has one.
fn origin(url: &str) -> &str {
    let from = url.find("://").map_or(0, |at| at + 3);
    let end = url[from..].find(['/', '?', '#', '\\']).map_or(url.len(), |at| from + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attachments::{Account, Listed, Product};
    use crate::model::conversation::FileKind;
    use crate::model::key::SourceName;

    #[test]
    fn each_place_counts_once_and_by_who_may_be_asked() {
        let file = |url: &str, size, local: Option<&str>| Attachment {
            url: url.into(),
            name: "a".into(),
            content_type: None,
            size,
            kind: FileKind::Attachment,
            local: local.map(str::to_owned),
        };
        let mut planner = FilePlanner::default();
        for _ in 0..2 {
            planner.add(
                "zendesk",
                &file("https://acme.zendesk.com/attachments/token/a/?name=x", Some(10), None),
            );
            planner.add("zendesk", &file("https://acme.zendesk.com?b", None, None));
            planner.add("zendesk", &file("https://evil.example/acme.zendesk.com", Some(5), None));
            planner.add("zendesk", &file("", Some(7), Some("dump/a")));
            planner.add("zendesk", &file("https://gone.example/x", Some(3), Some("dump/b")));
        }
        planner.add("zendesk", &file("http://127.0.0.1:8080/a", Some(2), None));
        let account = Account {
            source: SourceName::new("zendesk").unwrap(),
            product: Product::Zendesk,
            names: ["acme".to_owned()].into(),
            login: None,
        };
        let hosts = Hosts::new(vec![account], vec![Listed::parse("127.0.0.1:8080").unwrap()]);
        let plan = planner.finish(&hosts);
        assert_eq!(plan, FilePlan { local: 2, to_fetch: 3, bytes: 22, unknown_size: 1, links: 1 });
        assert_eq!(plan.uploads(), 5);
    }
}
