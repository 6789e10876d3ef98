//! What layouts of calls do not say: the only differences that they may make, each with the reason. Where the API lacks
//! what a layout has, the row takes that out of the layout.

use serde_json::{Value, json};

/// Something that a layout, or the API, lacks.
#[derive(Clone, Copy)]
pub(crate) struct Lack {
    /// What.
    pub(crate) what: &'static str,
    /// Why, by the description of the layout.
    #[expect(dead_code, reason = "for readers of the table")]
    pub(crate) why: &'static str,
    /// Takes it out of a conversation.
    pub(crate) remove: fn(&mut Value),
}

/// The current Call History.
pub(super) const CURRENT: &[Lack] =
    &[MORE_FACTS, MORE_WORDS, CONTACTS, ADDRESSES, COMMENTS, AI_TEXTS, TRANSFERS];
/// The same after a spreadsheet.
pub(super) const DAMAGED: &[Lack] =
    &[MORE_FACTS, MORE_WORDS, CONTACTS, ADDRESSES, COMMENTS, AI_TEXTS, TRANSFERS, SECONDS];
/// The layout without ids.
pub(super) const SECOND: &[Lack] =
    &[MORE_FACTS, CONTACTS, ADDRESSES, COMMENTS, AI_TEXTS, TRANSFERS, IDS, TEAMS];
/// The one before it.
pub(super) const FIRST: &[Lack] =
    &[MORE_FACTS, CONTACTS, ADDRESSES, COMMENTS, AI_TEXTS, TRANSFERS, IDS, TEAMS, IVR];
/// Analytics' drill-down.
pub(super) const LOOKER: &[Lack] =
    &[MORE_FACTS, CONTACTS, ADDRESSES, NO_COMMENTS, AI_TEXTS, TRANSFERS, TEAMS, IVR, OUTCOMES, SOUNDS, SIDS];
/// The columns that somebody chose.
pub(super) const OWN: &[Lack] =
    &[MORE_FACTS, CONTACTS, ADDRESSES, COMMENTS, AI_TEXTS, TRANSFERS, TEAMS, IVR, SIDS];
/// Both: the API's facts win.
pub(super) const BESIDE_A_REPORT: &[Lack] = &[];

/// What a call is known by where there are no ids.
pub(super) fn name_of(conversation: &Value) -> String {
    let first = &conversation["messages"][0];
    format!("{} {} {}", first["sent_at"], first["side"], conversation["customer"]["key"])
}

const MORE_FACTS: Lack = Lack {
    what: "facts for the record",
    why: "each layout has columns or fields that the other has not",
    remove: |conversation| {
        let facts = conversation["meta"]["aircall"].as_object_mut().unwrap();
        for fact in ["more", "call_type", "time_in_ivr", "disconnected_by"] {
            facts.remove(fact);
        }
    },
};

const MORE_WORDS: Lack = Lack {
    what: "the time in the IVR and who hung up",
    why: "the API's calls have neither",
    remove: |conversation| {
        edit_text(conversation, |line| match line.split_once(" (IVR ") {
            Some((start, rest)) => format!("{start}{}", rest.split_once(')').unwrap().1),
            None => line.to_owned(),
        });
        edit_text(conversation, |line| line.trim_end_matches(", ended by customer").to_owned());
    },
};

const CONTACTS: Lack = Lack {
    what: "names and addresses of customers",
    why: "rows have numbers only",
    remove: |conversation| {
        if conversation["customer"]["name"] == "Jane Roe" {
            let subject = conversation["subject"].as_str().unwrap();
            conversation["subject"] = subject.replace("Jane Roe", "+33639980001").into();
        }
        nameless(&mut conversation["customer"]);
        for message in conversation["messages"].as_array_mut().unwrap() {
            if message["side"] == "customer" {
                nameless(&mut message["author"]);
                message["route"]["from"]["name"] = Value::Null;
            }
        }
        edit_text(conversation, |line| line.replace(" (Jane Roe)", ""));
    },
};

const ADDRESSES: Lack = Lack {
    what: "addresses of agents",
    why: "rows have the name that is shown",
    remove: |conversation| {
        for person in people(conversation) {
            if person["role"] == "agent" {
                person["email"] = Value::Null;
            }
        }
    },
};

const COMMENTS: Lack = Lack {
    what: "when comments were written, by whom, and where one ends",
    why: "there is one cell for all of them",
    remove: |conversation| {
        let notes = take_notes(conversation, ":comment");
        let texts: Vec<&str> = notes.iter().filter_map(|note| note["body"]["text"].as_str()).collect();
        conversation["notes"] = texts.join("\n").into();
    },
};

const NO_COMMENTS: Lack = Lack {
    what: "comments, and tags",
    why: "there are no such columns",
    remove: |conversation| {
        drop(take_notes(conversation, ":comment"));
        conversation["tags"].as_array_mut().unwrap().retain(|tag| {
            let tag = tag.as_str().unwrap();
            tag == "aircall" || tag.starts_with("call-")
        });
    },
};

const AI_TEXTS: Lack = Lack {
    what: "what the AI wrote",
    why: "there is no such column",
    remove: |conversation| drop(take_notes(conversation, ":summary")),
};

const TRANSFERS: Lack = Lack {
    what: "transfers",
    why: "there is no such column",
    remove: |conversation| keep_lines(conversation, |line| !line.starts_with("Transferred by ")),
};

const SECONDS: Lack = Lack {
    what: "the second of a start",
    why: "the spreadsheet shows none; of the story one call has one",
    remove: |conversation| {
        if conversation["key"] == "aircall:call:5000000001" {
            conversation["times"] = Value::Null;
            conversation["messages"][0]["sent_at"] = Value::Null;
            for fact in ["answered_at", "ended_at"] {
                conversation["meta"]["aircall"][fact] = Value::Null;
            }
            keep_lines(conversation, |line| !line.starts_with("Started "));
        }
    },
};

const IDS: Lack = Lack {
    what: "ids of calls",
    why: "there are no such columns; keys are made of the facts",
    remove: |conversation| {
        conversation["key"] = Value::Null;
        for message in conversation["messages"].as_array_mut().unwrap() {
            message["key"] = Value::Null;
            message["synthetic_key"] = Value::Null;
        }
        without_facts(conversation, &["call_id", "sid"]);
        keep_lines(conversation, |line| !line.starts_with("Aircall call "));
    },
};

const SIDS: Lack = Lack {
    what: "the provider's ids",
    why: "there is no such column",
    remove: |conversation| without_facts(conversation, &["sid"]),
};

const TEAMS: Lack = Lack {
    what: "teams",
    why: "there is no such column",
    remove: |conversation| {
        without_facts(conversation, &["team"]);
        edit_text(conversation, |line| match line.split_once("Team: ") {
            Some((agent, _)) => agent.trim_end().to_owned(),
            None => line.to_owned(),
        });
        keep_lines(conversation, |line| !line.is_empty());
    },
};

const IVR: Lack = Lack {
    what: "choices in the IVR",
    why: "there is no such column",
    remove: |conversation| {
        without_facts(conversation, &["ivr"]);
        keep_lines(conversation, |line| !line.starts_with("IVR: "));
    },
};

const OUTCOMES: Lack = Lack {
    what: "why nobody answered",
    why: "there is whether somebody did",
    remove: |conversation| {
        without_facts(conversation, &["missed_call_reason"]);
        if conversation["meta"]["aircall"]["answered"] == false {
            conversation["tags"].as_array_mut().unwrap().retain(|tag| {
                let tag = tag.as_str().unwrap();
                ["call-inbound", "call-outbound"].contains(&tag) || !tag.starts_with("call-")
            });
            keep_lines(conversation, |line| !line.starts_with("Inbound call - "));
        }
    },
};

const SOUNDS: Lack = Lack {
    what: "recordings and voicemails",
    why: "there are no such columns",
    remove: |conversation| {
        without_facts(conversation, &["recording", "voicemail"]);
        conversation["messages"][0]["attachments"] = json!([]);
        keep_lines(conversation, |line| !line.starts_with("Recording: ") && !line.starts_with("Voicemail: "));
    },
};

fn nameless(person: &mut Value) {
    if person["key"] != "aircall:caller:anonymous" {
        person["name"] = Value::Null;
        person["email"] = Value::Null;
    }
}

/// Everyone in a conversation.
fn people(conversation: &mut Value) -> Vec<&mut Value> {
    let mut found = Vec::new();
    for (name, part) in conversation.as_object_mut().unwrap() {
        match name.as_str() {
            "assignee" | "customer" if part.is_object() => found.push(part),
            "messages" => {
                found.extend(part.as_array_mut().unwrap().iter_mut().map(|message| &mut message["author"]));
            }
            _ => {}
        }
    }
    found
}

/// Takes the notes out whose keys hold `part`.
fn take_notes(conversation: &mut Value, part: &str) -> Vec<Value> {
    let messages = conversation["messages"].as_array_mut().unwrap();
    let is_it = |message: &Value| message["key"].as_str().is_some_and(|key| key.contains(part));
    let notes = messages.iter().filter(|message| is_it(message)).cloned().collect();
    messages.retain(|message| !is_it(message));
    notes
}

fn without_facts(conversation: &mut Value, names: &[&str]) {
    let facts = conversation["meta"]["aircall"].as_object_mut().unwrap();
    for name in names {
        drop(facts.remove(*name));
    }
}

/// Changes the lines of the call's own message.
fn edit_text(conversation: &mut Value, change: impl Fn(&str) -> String) {
    let body = &mut conversation["messages"][0]["body"];
    let text = body["text"].as_str().unwrap();
    *body = json!({"text": text.lines().map(change).collect::<Vec<_>>().join("\n")});
}

fn keep_lines(conversation: &mut Value, keep: impl Fn(&str) -> bool) {
    let body = &mut conversation["messages"][0]["body"];
    let text = body["text"].as_str().unwrap();
    *body = json!({"text": text.lines().filter(|line| keep(line)).collect::<Vec<_>>().join("\n")});
}
