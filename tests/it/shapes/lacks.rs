//! What formats do not say: the only differences that a shape may make, each with the reason.

use serde_json::Value;

/// Something that a format lacks.
#[derive(Clone, Copy)]
pub(crate) struct Lack {
    /// What.
    pub(crate) what: &'static str,
    /// Why, by the description of the format.
    #[expect(dead_code, reason = "for readers of the table")]
    pub(crate) why: &'static str,
    /// Takes it out of a conversation.
    pub(crate) remove: fn(&mut Value),
}

const SOLVED: Lack = Lack {
    what: "when a ticket was solved",
    why: "only the account's own export embeds `metric_set`",
    remove: |conversation| conversation["times"]["closed"] = Value::Null,
};

const ROUTES: Lack = Lack {
    what: "addresses of mails and names at the ends of calls",
    why: "the way is a word, without its ends",
    remove: |conversation| {
        each_message(conversation, |message| {
            if message["channel"] == "phone" {
                message["route"]["from"]["name"] = Value::Null;
                message["route"]["to"][0]["name"] = Value::Null;
            } else {
                message["route"] = Value::Null;
            }
        });
    },
};

const MERGED_FROM: Lack = Lack {
    what: "which tickets were merged into a ticket",
    why: "the way is a word, without the tickets",
    remove: |conversation| drop(conversation["meta"].as_object_mut().unwrap().remove("merged_from")),
};

const UNLISTED: Lack = Lack {
    what: "who the people are that no list has",
    why: "the way is a word, and only its ends named them",
    remove: |conversation| {
        each_message(conversation, |message| {
            if UNLISTED_KEYS.iter().any(|key| message["author"]["key"] == *key) {
                message["author"]["name"] = Value::Null;
                message["author"]["email"] = Value::Null;
            }
        });
    },
};

/// People deleted for good.
const UNLISTED_KEYS: [&str; 3] = ["zendesk:user:7004", "zendesk:user:9007", "zendesk:user:9008"];

const ORDER_IN_A_SECOND: Lack = Lack {
    what: "the order of comments of one second",
    why: "each comment has a folder of its own, and ids are not in the order of time",
    remove: |conversation| {
        let messages = conversation["messages"].as_array_mut().unwrap();
        messages.sort_by_key(|message| (message["sent_at"].to_string(), message["key"].to_string()));
    },
};

const FILES_AT_HAND: Lack = Lack {
    what: "files as addresses only",
    why: "the bytes were downloaded beside the comment, so that this format says more",
    remove: |conversation| {
        each_message(conversation, |message| {
            for file in message["attachments"].as_array_mut().unwrap() {
                file.as_object_mut().unwrap().remove("local");
            }
        });
    },
};

/// Everything of the API.
pub(crate) const API: &[Lack] = &[SOLVED];
/// A folder for each ticket and comment.
pub(crate) const FOLDERS: &[Lack] = &[SOLVED, ORDER_IN_A_SECOND, FILES_AT_HAND];
/// Ticket events as documented, with ways in words.
pub(crate) const EVENTS_IN_WORDS: &[Lack] = &[SOLVED, ROUTES, MERGED_FROM, UNLISTED];

fn each_message(conversation: &mut Value, change: impl Fn(&mut Value)) {
    conversation["messages"].as_array_mut().unwrap().iter_mut().for_each(change);
}
