//! The objects of Zendesk's API and of its "Full JSON export", key by key as its documentation has them.

use serde_json::{Value, json};

use super::history::{
    Call, Comment, FIELDS, File, GROUPS, History, LINE, MAILBOX, ORGANIZATIONS, Person, SUBDOMAIN, Ticket,
    Way, digits, iso,
};

/// An address of the account.
pub(crate) fn address(path: &str) -> String {
    format!("https://{SUBDOMAIN}.zendesk.com/{path}")
}

/// An address of its API.
pub(crate) fn api(path: &str) -> String {
    address(&format!("api/v2/{path}.json"))
}

impl Way {
    /// The `via` object.
    pub(crate) fn via(&self) -> Value {
        let source = |from: Value, to: Value, rel: Value| json!({"from": from, "to": to, "rel": rel});
        let bare =
            |channel: &str| json!({"channel": channel, "source": source(json!({}), json!({}), Value::Null)});
        match self {
            Self::Mail(name, from, copies) => {
                let from = if copies.is_empty() {
                    json!({"address": from, "name": name})
                } else {
                    let all: Vec<&str> = copies.iter().copied().chain([MAILBOX]).collect();
                    json!({"address": from, "name": name, "original_recipients": all})
                };
                let to = json!({"name": "Acme", "address": MAILBOX, "email_ccs": copies});
                json!({"channel": "email", "source": source(from, to, Value::Null)})
            }
            Self::Web => bare("web"),
            Self::HelpCenter => bare("help_center"),
            Self::Chat => bare("chat"),
            Self::Api => bare("api"),
            Self::Rule => {
                json!({"channel": "rule", "source": source(json!({"id": 11, "title": "A trigger"}), json!({}), json!("trigger"))})
            }
            Self::Voice(rel, customer) => {
                let customer = json!({"formatted_phone": customer, "phone": digits(customer), "name": format!("Caller {customer}")});
                let line =
                    json!({"formatted_phone": LINE.0, "phone": LINE.1, "name": "Acme", "brand_id": 77});
                let (from, to) = if *rel == "outbound" { (line, customer) } else { (customer, line) };
                json!({"channel": "voice", "source": source(from, to, json!(rel))})
            }
            Self::FollowUp(of, subject) => {
                let from = json!({"ticket_id": of, "subject": subject});
                json!({"channel": "web", "source": source(from, json!({}), json!("follow_up"))})
            }
            Self::Merge(tickets) => {
                json!({"channel": "web", "source": source(json!({"ticket_ids": tickets}), json!({}), json!("merge"))})
            }
        }
    }

    /// The number of the same, as XML and voice data have it.
    pub(crate) fn id(&self) -> i64 {
        match self {
            Self::Web => 0,
            Self::Mail(..) => 4,
            Self::Api => 5,
            Self::Rule => 8,
            Self::Merge(_) => 19,
            Self::FollowUp(..) => 27,
            Self::Chat => 29,
            Self::Voice("voicemail", _) => 33,
            Self::Voice("inbound", _) => 34,
            Self::Voice(..) => 35,
            Self::HelpCenter => 50,
        }
    }

    /// The words of the same, as ticket events have it.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Web => "Web form",
            Self::Mail(..) => "Mail",
            Self::Api => "Web service",
            Self::Rule => "Rule",
            Self::Merge(_) => "Merge",
            Self::FollowUp(..) => "Closed ticket",
            Self::Chat => "Chat",
            Self::Voice("voicemail", _) => "Voicemail",
            Self::Voice("inbound", _) => "Phone call (inbound)",
            Self::Voice(..) => "Phone call (outbound)",
            Self::HelpCenter => "Help center",
        }
    }
}

impl Call {
    fn ends(&self, via: i64) -> (String, String) {
        let (customer, line) = (self.customer.to_owned(), LINE.0.to_owned());
        if via == 35 { (line, customer) } else { (customer, line) }
    }

    fn recording(&self, via: i64) -> String {
        let folder = if via == 33 { "voicemail/" } else { "" };
        address(&format!("api/v2/channels/voice/calls/CA{:032x}/twilio/{folder}recording", self.id))
    }

    fn data(&self, via: i64, public: bool, at: i64) -> Value {
        let (from, to) = self.ends(via);
        json!({
            "from": digits(&from), "to": digits(&to), "recording_url": self.recording(via),
            "recording_type": if via == 33 { json!("voicemail") } else { Value::Null }, "recorded": true,
            "recording_consent_action": null, "call_id": self.id, "call_duration": self.seconds,
            "answered_by_id": self.agent.map(|(id, _)| id), "answered_by_name": self.agent.map_or("Unknown", |(_, name)| name),
            "transcription_text": self.transcription, "transcription_status": "completed", "started_at": iso(at),
            "location": "Ohio, United States", "author_id": null, "public": public, "brand_id": 77, "via_id": via,
            "line_type": "phone",
        })
    }

    /// The text that Zendesk makes of a call.
    pub(crate) fn text(&self, via: i64, at: i64) -> String {
        let (from, to) = self.ends(via);
        let (title, by) = match via {
            33 => (format!("Voicemail from {from}"), "Answered by"),
            34 => (format!("Inbound call from {from}"), "Answered by"),
            _ => (format!("Outbound call to {to}"), "Called by"),
        };
        let (agent, started) =
            (self.agent.map_or("Unknown", |(_, name)| name), iso(at).replace('T', " ").replace('Z', " UTC"));
        let said = if self.transcription.is_empty() {
            String::new()
        } else {
            format!("\nTranscription:\n\n{}\n", self.transcription)
        };
        format!(
            "{title}\n\nCall Details:\n\nCall from: {from}\nCall to: {to}\nTime of call: {started}\nLocation: Ohio, United States\n\
             {by}: {agent}\nLength of phone call: {} seconds\nListen to the recording: {}\n{said}",
            self.seconds,
            self.recording(via),
        )
    }
}

impl File {
    /// Where its bytes are.
    pub(crate) fn url(&self) -> String {
        address(&format!("attachments/token/t{}/?name={}", self.id, self.name.replace(' ', "+")))
    }

    fn object(&self) -> Value {
        json!({
            "url": api(&format!("attachments/{}", self.id)), "id": self.id, "file_name": self.name, "content_url": self.url(),
            "mapped_content_url": self.url(), "content_type": self.content_type, "size": self.size, "width": null, "height": null,
            "inline": false, "deleted": false, "malware_access_override": false, "malware_scan_result": "malware_not_found",
            "thumbnails": [],
        })
    }
}

impl Comment {
    /// The source text.
    pub(crate) fn body(&self) -> String {
        self.call.as_ref().map_or_else(|| self.text.clone(), |call| call.text(self.way.id(), self.at))
    }

    /// Its kind in Zendesk's words.
    pub(crate) fn kind(&self) -> &'static str {
        if self.call.is_some() { "VoiceComment" } else { "Comment" }
    }

    fn metadata(&self) -> Value {
        let mut system =
            json!({"client": "Mail/1.0", "ip_address": "203.0.113.9", "location": "Ohio, United States"});
        if let Some(id) = &self.message_id {
            system["message_id"] = json!(id);
            system["raw_email_identifier"] = json!("77/x.eml");
        }
        let options: Value = self
            .flags
            .iter()
            .map(|flag| (flag.to_string(), json!({"trusted": false})))
            .collect::<serde_json::Map<_, _>>()
            .into();
        json!({"system": system, "custom": {}, "flags": self.flags, "flags_options": options, "trusted": false})
    }

    /// What the comment has in every JSON format.
    fn said(&self, public: bool) -> Value {
        let files: Vec<Value> = self.files.iter().map(File::object).collect();
        let html = format!("<div class=\"zd-comment\" dir=\"auto\">{}</div>", self.html);
        let mut object = json!({
            "id": self.id, "type": self.kind(), "author_id": self.author, "body": self.body(), "html_body": html,
            "public": public, "attachments": files, "audit_id": self.audit_id(),
        });
        if let Some(call) = &self.call {
            let via = self.way.id();
            let (from, to) = call.ends(via);
            object["html_body"] = json!(format!(
                "<div class=\"zd-comment\" dir=\"auto\"><p>{}</p></div>",
                self.body().replace('\n', "<br>")
            ));
            object["data"] = call.data(via, public, self.at);
            object["formatted_from"] = json!(from);
            object["formatted_to"] = json!(to);
            object["transcription_visible"] = json!(!call.transcription.is_empty());
        } else {
            // Made from the HTML, with its stray spaces.
            object["plain_body"] = json!(self.text.replace("\n\n", " \n\n "));
        }
        object
    }

    /// The audit that carried it.
    pub(crate) fn audit_id(&self) -> u64 {
        self.id + 1
    }

    /// A comment of the API and of the account's export: it does not name its ticket.
    pub(crate) fn object(&self) -> Value {
        let mut object = self.said(self.public);
        object["via"] = self.way.via();
        object["created_at"] = json!(iso(self.at));
        object["metadata"] = self.metadata();
        object
    }

    /// The audit of the ticket in which it was written, and a later one where its privacy was changed. Comments in it
    /// have neither time nor way of their own; calls have a time.
    pub(crate) fn audits(&self, ticket: &Ticket, is_first: bool) -> Vec<Value> {
        let mut event = self.said(self.public_at_first.unwrap_or(self.public));
        event["audit_id"] = json!(self.audit_id());
        if self.call.is_some() {
            event["created_at"] = json!(iso(self.at));
        }
        let mut events = vec![event];
        if is_first {
            events.push(json!({"id": self.id + 4_001, "type": "Create", "field_name": "subject", "value": ticket.subject}));
            events.push(json!({"id": self.id + 4_003, "type": "Create", "field_name": "requester_id", "value": ticket.requester.to_string()}));
        }
        events.push(json!({
            "id": self.id + 4_005, "type": "Notification", "via": {"channel": "rule", "source": {"from": {"id": 11, "title": "Notify"}, "rel": "trigger"}},
            "subject": "[Acme] {{ticket.title}}", "body": "{{ticket.comments_formatted}}", "recipients": [ticket.requester],
        }));
        let author = self.entered_by.unwrap_or(self.author);
        let audit = |id: u64, at: i64, events: Vec<Value>| {
            json!({"id": id, "ticket_id": ticket.number, "created_at": iso(at), "author_id": author,
                "metadata": self.metadata(), "via": self.way.via(), "events": events})
        };
        let mut audits = vec![audit(self.audit_id(), self.at, events)];
        if self.public_at_first.is_some() {
            let change = json!({"id": self.id + 4_007, "type": "CommentPrivacyChange", "comment_id": self.id, "public": self.public});
            audits.push(audit(self.id + 5_001, self.at + 3_000, vec![change]));
        }
        audits
    }

    /// The row of ticket events in which it was written. The way is words; connectors that fetch comments see the
    /// comment's own as an object.
    pub(crate) fn event(&self, ticket: &Ticket, via_as_words: bool) -> Value {
        let mut child = self.said(self.public);
        child["event_type"] = json!("Comment");
        child["created_at"] = json!(iso(self.at));
        child["via_reference_id"] = Value::Null;
        child["metadata"] = self.metadata();
        child["via"] = if via_as_words { json!(self.way.words()) } else { self.way.via() };
        let status = json!({"id": self.id + 4_001, "event_type": "Change", "via": "Rule", "status": ticket.status, "previous_value": "new"});
        json!({
            "id": self.audit_id(), "ticket_id": ticket.number, "timestamp": self.at, "created_at": iso(self.at),
            "updater_id": self.entered_by.unwrap_or(self.author), "via": self.way.words(), "via_reference_id": null,
            "system": {"client": "Mail/1.0", "location": "Ohio, United States", "ip_address": "203.0.113.9"},
            "metadata": self.metadata(), "event_type": "Audit", "child_events": [child, status],
        })
    }
}

impl Ticket {
    /// A ticket of the API, which never has comments.
    pub(crate) fn object(&self) -> Value {
        let fields: Vec<Value> = FIELDS
            .iter()
            .map(|(id, ..)| json!({"id": id, "value": self.fields.iter().find(|field| field.0 == *id).map(|field| &field.1)}))
            .collect();
        let mut rating = json!({"score": "unoffered"});
        if let Some((score, said)) = self.satisfaction {
            rating = json!({"id": self.number + 70, "score": score, "comment": said});
        }
        json!({
            "url": api(&format!("tickets/{}", self.number)), "id": self.number, "external_id": self.external_id, "via": self.way.via(),
            "created_at": iso(self.created), "updated_at": iso(self.updated), "type": self.kind, "subject": self.subject,
            "raw_subject": self.subject, "description": self.comments.first().map(|first| format!("{}\n", first.body())),
            "priority": self.priority, "status": self.status, "recipient": self.recipient(), "requester_id": self.requester,
            "submitter_id": self.submitter(), "assignee_id": self.assignee, "organization_id": self.organization,
            "group_id": self.group, "collaborator_ids": [], "follower_ids": [], "email_cc_ids": [], "forum_topic_id": null,
            "problem_id": null, "has_incidents": false, "is_public": true, "due_at": null, "tags": self.tags,
            "custom_fields": fields, "satisfaction_rating": rating, "sharing_agreement_ids": [], "custom_status_id": 402,
            "fields": fields, "followup_ids": [], "ticket_form_id": 501, "brand_id": 77, "allow_channelback": false,
            "allow_attachments": true, "from_messaging_channel": false,
        })
    }

    /// When the newest copy was made, in the account's own and in incremental exports.
    pub(crate) fn generated(&self) -> i64 {
        self.updated + 10_000
    }

    /// The comments as the API has them.
    pub(crate) fn comment_objects(&self) -> Vec<Value> {
        self.comments.iter().map(Comment::object).collect()
    }

    /// A line of the account's export.
    pub(crate) fn export_line(&self, history: &History) -> Value {
        let brief = |id: Option<u64>| {
            id.and_then(|id| history.user(id)).map_or(
                Value::Null,
                |person| json!({"id": person.id, "name": person.name, "email": person.email}),
            )
        };
        let named = |list: &[(u64, &str)], id: Option<u64>| {
            list.iter()
                .find(|one| Some(one.0) == id)
                .map_or(Value::Null, |(id, name)| json!({"id": id, "name": name}))
        };
        let mut line = self.object();
        line["generated_timestamp"] = json!(self.generated());
        line["comments"] = json!(self.comment_objects());
        line["requester"] = brief(Some(self.requester));
        line["submitter"] = brief(u64::try_from(self.submitter()).ok());
        line["assignee"] = brief(self.assignee);
        line["organization"] = named(&ORGANIZATIONS, self.organization);
        line["group"] = named(&GROUPS, self.group);
        line["metric_set"] = self.metrics();
        line
    }

    /// Its figures, as they are embedded, side-loaded and listed.
    pub(crate) fn metrics(&self) -> Value {
        json!({"ticket_id": self.number, "reopens": 0, "created_at": iso(self.created), "solved_at": self.solved.map(iso)})
    }
}

impl Person {
    /// A user.
    pub(crate) fn object(&self) -> Value {
        json!({
            "id": self.id, "url": api(&format!("users/{}", self.id)), "name": self.name, "email": self.email,
            "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z", "time_zone": "UTC", "iana_time_zone": "Etc/UTC",
            "phone": self.phone, "shared_phone_number": null, "photo": null, "locale_id": 1, "locale": "en-US", "organization_id": null,
            "role": self.role, "verified": true, "external_id": null, "tags": [], "alias": "", "active": self.active, "shared": false,
            "shared_agent": false, "last_login_at": null, "two_factor_auth_enabled": null, "signature": null, "details": "", "notes": "",
            "role_type": null, "custom_role_id": null, "moderator": false, "ticket_restriction": null, "only_private_comments": false,
            "restricted_agent": false, "suspended": false, "default_group_id": null, "report_csv": false, "user_fields": {},
        })
    }
}

impl History {
    /// All users.
    pub(crate) fn user_objects(&self) -> Vec<Value> {
        self.users().map(Person::object).collect()
    }

    /// All lines of the account's ticket export.
    pub(crate) fn export_lines(&self) -> Vec<Value> {
        self.tickets.iter().map(|ticket| ticket.export_line(self)).collect()
    }
}

/// All organizations.
pub(crate) fn organization_objects() -> Vec<Value> {
    let all = ORGANIZATIONS.iter();
    all.map(|(id, name)| json!({"url": api(&format!("organizations/{id}")), "id": id, "name": name, "shared_tickets": false, "domain_names": [], "tags": [], "organization_fields": {}})).collect()
}

/// All groups.
pub(crate) fn group_objects() -> Vec<Value> {
    let all = GROUPS.iter();
    all.map(|(id, name)| json!({"url": api(&format!("groups/{id}")), "id": id, "name": name, "is_public": true, "default": false, "deleted": false})).collect()
}

/// The definitions of all fields.
pub(crate) fn field_objects() -> Vec<Value> {
    let all = FIELDS.iter();
    all.map(|(id, kind, title)| json!({"url": api(&format!("ticket_fields/{id}")), "id": id, "type": kind, "title": title, "raw_title": title, "active": true})).collect()
}
