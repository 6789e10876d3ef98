//! `explain`: everything known about one record. No network, and nothing is written.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64};

use jiff::Timestamp;

use super::typed::Typed;
use super::verify::{run_folder, ticket_link};
use super::{CommandError, Context, intake, terms};
use crate::cli::ExplainArgs;
use crate::config::Config;
use crate::exit::ExitCode;
use crate::ledger::{LedgerError, LedgerView, MessageRow, TicketRow};
use crate::mapping::{AgentDirectory, Identity, MappedTicket, TicketStatus, map};
use crate::model::conversation::{Conversation, Message, Side};
use crate::model::key::{ConversationKey, MessageKey};
use crate::model::time::now;
use crate::report::{
    Explanation, FindingFacts, Layout, MappedFacts, MessageFacts, Registered, RequestFacts, TakenBackFacts,
    VerificationFacts, explanation_text, findings_about,
};
use crate::source::{self, ReadContext, RecordAt};
use crate::staging::{Found, Staging};
use crate::text;

/// Findings that are looked through where no run has listed them.
const FINDINGS_MAX: usize = 200;
/// Keys among which the nearest is looked for.
const NEAR_MAX: u32 = 50;

pub(super) fn run(context: &Context, args: &ExplainArgs) -> Result<ExitCode, CommandError> {
    let config = context.config()?;
    let view = match LedgerView::open(context.state_dir()) {
        Ok(view) => Some(view),
        Err(LedgerError::Absent { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let staging = match Staging::open(&intake::staging_path(context))? {
        Found::Whole(staging) => Some(staging),
        Found::Absent | Found::Discarded(_) => None,
    };
    if view.is_none() && staging.is_none() {
        return Err(CommandError::new(
            ExitCode::Usage,
            format!("nothing is known of {} yet: there is neither a ledger nor a staged export", args.record),
        )
        .with_next("gorgias-import run --dry-run"));
    }
    let known = Known { context, config: &config, view, staging, show_body: args.show_body };
    let explanation = known.explain(&args.record)?;
    if context.output.is_json() {
        context.output.document(&explanation)?;
    } else {
        let layout = Layout { width: context.output.width(), color: false };
        context.output.print(&explanation_text(&explanation, layout))?;
        context.output.next(&if args.show_body {
            format!("gorgias-import verify --ids {}", explanation.key)
        } else {
            format!("{} to see the texts as well", Typed::now().with("--show-body"))
        });
    }
    Ok(ExitCode::Ok)
}

/// What there is to look into.
struct Known<'a> {
    context: &'a Context,
    config: &'a Config,
    view: Option<LedgerView>,
    staging: Option<Staging>,
    show_body: bool,
}

/// A record that was found.
struct Subject {
    key: ConversationKey,
    message: Option<String>,
    row: Option<TicketRow>,
}

impl Known<'_> {
    fn explain(&self, asked: &str) -> Result<Explanation, CommandError> {
        let Some(subject) = self.find(asked)? else { return Err(self.unknown(asked)?) };
        let mut explanation = Explanation::new(asked, subject.key.as_str());
        explanation.message = subject.message;
        let conversation = match &self.staging {
            Some(staging) => staging.get(&subject.key)?,
            None => None,
        };
        let mut rows = Vec::new();
        if let (Some(view), Some(row)) = (&self.view, &subject.row) {
            rows = view.messages(row.id)?;
            self.in_ledger(view, row, &mut explanation)?;
        }
        match &conversation {
            Some(conversation) => self.in_export(conversation, &mut explanation)?,
            None => explanation.notes.push(
                if self.staging.is_some() {
                    "the export as it was read last does not have it"
                } else {
                    "the export is not staged, so the record and its mapping cannot be shown: gorgias-import run --dry-run \
                     stages it"
                }
                .to_owned(),
            ),
        }
        explanation.messages = self.messages(conversation.as_ref(), &rows);
        explanation.findings = self.findings(&explanation)?;
        Ok(explanation)
    }

    /// The record of this key, which may be that of a ticket, of a message, a former one, or a bare number.
    fn find(&self, asked: &str) -> Result<Option<Subject>, CommandError> {
        let of_row = |row: TicketRow, message| Subject { key: row.key.clone(), message, row: Some(row) };
        if let Some(view) = &self.view {
            if let Some(row) = view.ticket_named(asked)? {
                return Ok(Some(of_row(row, None)));
            }
            if let Ok(key) = MessageKey::parse(asked)
                && let Some(row) = view.ticket_of_message(&key)?
            {
                return Ok(Some(of_row(row, Some(asked.to_owned()))));
            }
            if !asked.contains(':')
                && let [one] = &view.keys_with_id(asked)?[..]
                && let Some(row) = view.ticket_named(one)?
            {
                return Ok(Some(of_row(row, None)));
            }
        }
        let Some(staging) = &self.staging else { return Ok(None) };
        if let Ok(key) = ConversationKey::parse(asked)
            && staging.get(&key)?.is_some()
        {
            return Ok(Some(Subject { key, message: None, row: None }));
        }
        let mut found = None;
        // Without a row there is nothing that says where a message is.
        if self.view.is_none() && asked.contains(':') {
            staging.for_each(|staged| {
                let conversation = staged.conversation;
                if conversation.messages.iter().any(|message| message.key.as_str() == asked) {
                    found =
                        Some(Subject { key: conversation.key, message: Some(asked.to_owned()), row: None });
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(found)
    }

    /// Names the nearest key that there is.
    fn unknown(&self, asked: &str) -> Result<CommandError, CommandError> {
        let mut near = Vec::new();
        if let Some(view) = &self.view {
            near = view.keys_with_id(asked.rsplit(':').next().unwrap_or(asked))?;
            near.extend(view.keys_near(asked, NEAR_MAX)?);
        }
        let nearest =
            text::nearest(asked, near.iter().map(String::as_str)).or(near.first().map(String::as_str));
        let error = CommandError::new(ExitCode::Usage, format!("no record is known as `{asked}`"));
        Ok(match nearest {
            Some(nearest) => error.with_next(format!("did you mean gorgias-import explain {nearest}")),
            None => error.with_next("name a ticket or a message, such as zendesk:ticket:48213"),
        })
    }

    fn in_ledger(
        &self,
        view: &LedgerView,
        row: &TicketRow,
        explanation: &mut Explanation,
    ) -> Result<(), CommandError> {
        explanation.aliases = view.aliases(row.id)?;
        let base = self.config.account().ok().map(|account| account.base_url.to_string());
        let link = |id: i64| base.as_ref().map(|base| ticket_link(base, id.cast_unsigned()));
        explanation.ledger = Some(Registered {
            state: row.state.as_str(),
            gorgias_id: row.gorgias_id,
            link: row.gorgias_id.and_then(link),
            mapped_to: row.mapped_to,
            last_activity: (row.last_activity_ms != 0).then(|| instant(row.last_activity_ms)),
            code: row.code.clone(),
            note: row.note.clone(),
            updated: instant(row.updated_ms),
            taken_back: (view.taken_back(row.id)?.into_iter())
                .map(|one| TakenBackFacts {
                    gorgias_id: one.gorgias_id,
                    link: link(one.gorgias_id).filter(|_| !one.purged),
                    at: instant(one.at_ms),
                    purged: one.purged,
                })
                .collect(),
        });
        explanation.requests = (view.requests(row.id)?.into_iter())
            .map(|request| RequestFacts {
                run: request.run,
                kind: request.kind.into_owned(),
                at: instant(request.at_ms),
                status: request.status,
                request_id: request.request_id,
                milliseconds: request.ms,
            })
            .collect();
        explanation.verification = view.verified(row.id)?.map(|verified| VerificationFacts {
            at: format!("{:.0}", verified.at),
            class: verified.class,
            differences: verified.differences,
        });
        Ok(())
    }

    fn in_export(
        &self,
        conversation: &Conversation,
        explanation: &mut Explanation,
    ) -> Result<(), CommandError> {
        explanation.place = Some(conversation.place.clone());
        match map(conversation, &terms::rules(self.config)?, &AgentDirectory::offline()) {
            Ok(mapped) => explanation.mapped = Some(mapped_facts(&mapped.ticket, self.show_body)),
            Err(finding) => explanation.findings.push(FindingFacts::from(&finding)),
        }
        match self.record(conversation) {
            Ok(Some(RecordAt::Object(record))) => explanation.show_record(record, self.show_body),
            Ok(Some(RecordAt::Row(cells))) => {
                let record = cells.into_iter().map(|(name, cell)| (name, cell.into())).collect();
                explanation.show_record(serde_json::Value::Object(record), self.show_body);
            }
            Ok(Some(RecordAt::Text(text))) if self.show_body => {
                explanation.show_record(text.into(), true);
            }
            Ok(Some(RecordAt::Text(_))) => {
                explanation.notes.push("the record is no JSON and no row; --show-body shows it".to_owned());
            }
            Ok(None) => explanation.notes.push("the record is no longer where it was read".to_owned()),
            Err(error) => explanation.notes.push(format!("the record cannot be shown: {error}")),
        }
        Ok(())
    }

    fn record(&self, conversation: &Conversation) -> Result<Option<RecordAt>, CommandError> {
        let temp = tempfile::tempdir()?;
        let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        let reading = ReadContext {
            now: now(),
            bytes_done: &bytes_done,
            stop: &stop,
            temp_dir: temp.path(),
            may_start_over: false,
            joining: None,
            needs_text: None,
        };
        Ok(source::record_at(&self.config.sources, &conversation.place, &reading)?)
    }

    fn messages(&self, conversation: Option<&Conversation>, rows: &[MessageRow]) -> Vec<MessageFacts> {
        let mut by_key: HashMap<&str, &MessageRow> = rows.iter().map(|row| (row.key.as_str(), row)).collect();
        let staged = conversation.iter().flat_map(|conversation| &conversation.messages);
        let mut messages: Vec<MessageFacts> =
            staged.map(|message| self.message(message, by_key.remove(message.key.as_str()))).collect();
        let only_known = rows.iter().filter(|row| by_key.contains_key(row.key.as_str()));
        messages.extend(only_known.map(|row| MessageFacts {
            key: row.key.to_string(),
            state: Some(row.state.as_str()),
            gorgias_id: row.gorgias_id,
            ..MessageFacts::default()
        }));
        messages
    }

    fn message(&self, message: &Message, row: Option<&MessageRow>) -> MessageFacts {
        let count = |text: Option<&str>| text.map_or(0, |text| text.chars().count() as u64);
        let html = message.body.html().map(crate::model::body::Html::as_str);
        let text = message.body.text().or(html);
        MessageFacts {
            key: message.key.to_string(),
            side: Some(match message.side {
                Side::Customer => "customer",
                Side::Agent => "agent",
                Side::Note => "note",
            }),
            channel: Some(message.channel.as_str()),
            sent: Some(message.sent_at.timestamp().to_string()),
            text_characters: count(message.body.text()),
            html_characters: count(html),
            attachments: message.attachments.len() as u64,
            text: text.filter(|_| self.show_body).map(str::to_owned),
            state: row.map(|row| row.state.as_str()),
            gorgias_id: row.and_then(|row| row.gorgias_id),
            in_export: true,
        }
    }

    /// What the last run listed, or where there is no list what reading the export found.
    fn findings(&self, explanation: &Explanation) -> Result<Vec<FindingFacts>, CommandError> {
        let mut findings = explanation.findings.clone();
        let mut keys: Vec<&str> = vec![&explanation.key];
        keys.extend(explanation.aliases.iter().map(String::as_str));
        keys.extend(explanation.messages.iter().map(|message| message.key.as_str()));
        let last = match &self.view {
            Some(view) => view.last_run()?,
            None => None,
        };
        let listed = last
            .map(|run| run_folder(self.context.state_dir(), run.id).join("findings.csv"))
            .filter(|path| path.exists());
        let mut add = |finding: FindingFacts| {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        };
        match (listed, &self.staging) {
            (Some(path), _) => findings_about(&path, &keys)?.into_iter().for_each(&mut add),
            (None, Some(staging)) => {
                let mut left = FINDINGS_MAX;
                staging.for_each_finding(|finding| {
                    if finding.key.as_deref().is_some_and(|key| keys.contains(&key)) {
                        add(FindingFacts::from(&finding));
                        left -= 1;
                    }
                    if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })?;
            }
            (None, None) => {}
        }
        Ok(findings)
    }
}

fn mapped_facts(ticket: &MappedTicket, show_body: bool) -> MappedFacts {
    let (customer_by, customer) = match &ticket.customer {
        Identity::Email(email) => ("email", email.as_str().to_owned()),
        Identity::Phone(number) => ("phone", number.clone()),
        Identity::Bare(key) => ("id", key.to_string()),
    };
    let subject = ticket.subject.as_deref();
    MappedFacts {
        subject: subject.map(|subject| {
            if show_body {
                subject.to_owned()
            } else {
                text::count(subject.chars().count() as u64, "character")
            }
        }),
        channel: ticket.channel.as_str(),
        status: match ticket.status {
            TicketStatus::Open => "open",
            TicketStatus::Closed => "closed",
        },
        customer_by,
        customer: show_body.then_some(customer),
        tags: ticket.tags.clone(),
        fields: ticket.custom_fields.iter().map(|(id, _)| *id).collect(),
        language: ticket.language.clone(),
        created: ticket.created.to_string(),
        closed: ticket.closed.map(|closed| closed.to_string()),
    }
}

fn instant(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or_default().to_string()
}
