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
        if UNLISTED_KEYS.iter().any(|key| conversation["customer"]["key"] == *key) {
            conversation["customer"]["name"] = Value::Null;
            conversation["customer"]["email"] = Value::Null;
        }
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

/// The account's XML export.
pub(crate) const XML: &[Lack] = &[
    COMMENT_IDS,
    MARKUP,
    ALL_ROUTES,
    MESSAGE_IDS,
    FIELD_TITLES,
    TICKET_FACTS,
    INLINE,
    CALLS,
    FLAGS,
    LANGUAGE,
    UNLISTED,
];
/// A warehouse's tables.
pub(crate) const WAREHOUSE: &[Lack] = &[
    SOLVED,
    MARKUP,
    ALL_ROUTES,
    MESSAGE_IDS,
    FIELDS,
    TICKET_FACTS,
    TAG_ORDER,
    FILES,
    CALLS,
    FLAGS,
    UNLISTED,
];

const COMMENT_IDS: Lack = Lack {
    what: "ids of comments",
    why: "comments have none; keys are made of the ticket and the place in it",
    remove: |conversation| {
        for (at, message) in conversation["messages"].as_array_mut().unwrap().iter_mut().enumerate() {
            message["key"] = at.into();
            message["synthetic_key"] = Value::Null;
        }
    },
};

const MARKUP: Lack = Lack {
    what: "HTML, and the text that Zendesk makes of it",
    why: "there is one body, the source text, without stray spaces",
    remove: |conversation| {
        each_message(conversation, |message| {
            let text = message["body"]["text"].as_str().unwrap_or_default();
            message["body"] = text.split_whitespace().collect::<Vec<_>>().join(" ").into();
        });
    },
};

const ALL_ROUTES: Lack = Lack {
    what: "addresses of mails and numbers of calls",
    why: "the way is a number or a word",
    remove: |conversation| each_message(conversation, |message| message["route"] = Value::Null),
};

const MESSAGE_IDS: Lack = Lack {
    what: "the Message-ID of mails",
    why: "there is no metadata of comments",
    remove: |conversation| each_message(conversation, |message| message["message_id"] = Value::Null),
};

const FIELD_TITLES: Lack = Lack {
    what: "titles and types of custom fields",
    why: "values are texts, and their definitions are not in the export",
    remove: |conversation| {
        for field in conversation["fields"].as_array_mut().unwrap() {
            field["title"] = Value::Null;
            field["value"] = Value::Null;
        }
    },
};

const FIELDS: Lack = Lack {
    what: "custom fields",
    why: "each is a column that the account's own tables name",
    remove: |conversation| conversation["fields"] = Value::Null,
};

const TICKET_FACTS: Lack = Lack {
    what: "ratings, brands, addresses and relations of tickets",
    why: "there are no such elements or columns",
    remove: |conversation| {
        let meta = conversation["meta"].as_object_mut().unwrap();
        for fact in
            ["satisfaction", "satisfaction_comment", "brand_id", "zendesk_url", "follow_up_of", "merged_from"]
        {
            meta.remove(fact);
        }
    },
};

const LANGUAGE: Lack = Lack {
    what: "the language of people",
    why: "there is the number of a locale only, and no list of locales",
    remove: |conversation| {
        conversation["language"] = Value::Null;
        conversation["meta"].as_object_mut().unwrap().remove("language");
    },
};

const INLINE: Lack = Lack {
    what: "images in the text",
    why: "there is no HTML to show them",
    remove: |conversation| {
        each_message(conversation, |message| {
            message["attachments"].as_array_mut().unwrap().retain(|file| file["kind"] != "inline-image");
        });
    },
};

const FILES: Lack = Lack {
    what: "files, and with them what is nothing but a file",
    why: "the table of comments has no such column",
    remove: |conversation| {
        if conversation["key"] == "zendesk:ticket:27" {
            *conversation = Value::Null;
            return;
        }
        each_message(conversation, |message| message["attachments"] = Value::Null);
    },
};

const TAG_ORDER: Lack = Lack {
    what: "the order of tags",
    why: "each is a row, and rows have none",
    remove: |conversation| {
        conversation["tags"].as_array_mut().unwrap().sort_by_key(ToString::to_string);
    },
};

const CALLS: Lack = Lack {
    what: "the data of calls",
    why: "there is the generated text only",
    remove: |conversation| {
        conversation["meta"].as_object_mut().unwrap().remove("calls");
        each_message(conversation, |message| {
            message["attachments"]
                .as_array_mut()
                .into_iter()
                .for_each(|files| files.retain(|file| file["kind"] != "recording"));
            let text = message["body"].as_str().or(message["body"]["text"].as_str()).unwrap_or_default();
            let is_call = ["Voicemail from", "Inbound call from", "Outbound call to"]
                .iter()
                .any(|title| text.starts_with(title));
            if is_call {
                message["body"] = Value::Null;
            }
        });
    },
};

const FLAGS: Lack = Lack {
    what: "that a private comment is a customer's",
    why: "there are no flags of comments",
    remove: |conversation| {
        if conversation["key"] == "zendesk:ticket:19" {
            conversation["messages"][1]["side"] = Value::Null;
            conversation["messages"][1]["channel"] = Value::Null;
        }
    },
};

fn each_message(conversation: &mut Value, change: impl Fn(&mut Value)) {
    conversation["messages"].as_array_mut().unwrap().iter_mut().for_each(change);
}
