//! The second pass: every row ends as exactly one record.

use std::collections::HashSet;
use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::call::{Agent, Call, CallId};
use super::contact_day::{Days, Group};
use super::copies::Rank;
use super::gathered::Gathered;
use super::held::Held;
use super::history::{self, Line, Other, Outcome};
use super::log;
use super::nameless::{Nameless, Verdict};
use super::number::Number;
use super::payloads::Aside;
use super::row::{Row, RowContext};
use super::sms::TextMessage;
use super::sounds::Sounds;
use super::survey::Survey;
use super::ticket::Tickets;
use crate::model::fact;
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::{MessageKey, PersonKey};
use crate::model::note::PersonNote;
use crate::model::time::is_doubtful;
use crate::source::{Grouping, ReadContext, Record, SourceError, SourceSpec, tell_note};

const COMMENTS: &str = "comments";

/// Turns rows into records.
pub(super) struct Teller<'a> {
    spec: &'a SourceSpec,
    survey: &'a Survey,
    sink: &'a mut dyn FnMut(Record) -> ControlFlow<()>,
    timezone: Option<TimeZone>,
    tickets: Tickets,
    days: Option<Days>,
    nameless: Option<Nameless>,
    held: Option<Held>,
    /// Calls without an id that were told, so that a second copy is not told again. Sixteen bytes a call, and only in
    /// the old layouts.
    told: HashSet<[u8; 16]>,
    /// How many files were told.
    file: u32,
}

impl<'a> Teller<'a> {
    /// Tells the calls of `spec` to `sink`.
    pub(super) fn new(
        spec: &'a SourceSpec,
        context: &ReadContext<'_>,
        survey: &'a Survey,
        sounds: Sounds,
        sink: &'a mut dyn FnMut(Record) -> ControlFlow<()>,
    ) -> Result<Self, SourceError> {
        let days = match spec.grouping {
            Grouping::Call => None,
            Grouping::ContactDay => Some(Days::new(context.temp_dir)?),
        };
        Ok(Self {
            spec,
            survey,
            sink,
            // A zone that does not exist is refused when the config is read.
            timezone: spec.timezone.as_deref().and_then(|name| TimeZone::get(name).ok()),
            tickets: Tickets::new(&spec.name, context.now).with(sounds).of_agents(survey.shared_names()),
            days,
            nameless: survey.mixed.then(|| Nameless::new(context.temp_dir)).transpose()?,
            held: survey.holds_rows().then(|| Held::new(context.temp_dir)).transpose()?,
            told: HashSet::new(),
            file: 0,
        })
    }

    /// Distinct people so far.
    pub(super) fn people(&self) -> u64 {
        self.tickets.people.len()
    }

    /// Says what is wrong with a file.
    pub(super) fn problem(&mut self, finding: Finding) -> ControlFlow<()> {
        let spreadsheet = finding.code == Code::UnsupportedFile;
        let detail = format!("{}; save it as CSV UTF-8 in the program that wrote it", finding.detail);
        let finding = if spreadsheet { finding.with_detail(detail) } else { finding };
        (self.sink)(Record::Remark(finding))
    }

    /// Tells one file.
    pub(super) fn tell(
        &mut self,
        name: &Arc<str>,
        reader: &mut dyn BufRead,
    ) -> Result<ControlFlow<()>, SourceError> {
        let file = self.file;
        self.file += 1;
        let order = self.survey.order(file, self.spec.date_order);
        let has_both_orders = self.survey.has_both_orders(file);
        let head = log::head(reader).map_err(|error| SourceError::Io { file: name.to_string(), error })?;
        if log::is_log(&head) {
            // The first pass brought its calls together; they are told at the end.
            return Ok(ControlFlow::Continue(()));
        }
        let reader: &mut dyn BufRead = &mut head.chain(reader);
        let mut failed = None;
        let mut assumed = false;
        let outcome = history::rows(reader, &self.spec.columns, &mut |line| {
            Ok(match line {
                Line::Titles(lines) => {
                    let finding = Finding::at(Code::TitlesPassed, &Place::file(name));
                    (self.sink)(Record::Remark(
                        finding.with_detail(format!("lines above the header: {lines}")),
                    ))
                }
                Line::Misfit { line, byte, why } => {
                    let finding = Finding::at(Code::UnreadableRow, &Place::new(name, line, byte));
                    (self.sink)(Record::Unreadable(finding.with_detail(why)))
                }
                Line::Row { row, number, line, byte, assumed_encoding } => {
                    let place = Place::new(name, line, byte);
                    if assumed_encoding && !std::mem::replace(&mut assumed, true) {
                        let finding = Finding::at(Code::AssumedEncoding, &place);
                        if (self.sink)(Record::Remark(finding)).is_break() {
                            return Ok(ControlFlow::Break(()));
                        }
                    }
                    let timezone = self.timezone.clone();
                    let context = RowContext {
                        source: &self.spec.name,
                        order,
                        has_both_orders,
                        timezone: timezone.as_ref(),
                    };
                    let rank = self.survey.rank(file, number);
                    self.row(row, rank, &context, &place).unwrap_or_else(|error| {
                        failed = Some(error);
                        ControlFlow::Break(())
                    })
                }
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        match outcome.map_err(|error: io::Error| SourceError::Io { file: name.to_string(), error })? {
            Outcome::Calls(flow) => Ok(flow),
            // As those of a log.
            Outcome::Other(Other::Json) => Ok(ControlFlow::Continue(())),
            Outcome::Other(other) => Ok((self.sink)(Record::Remark(remark(other, name)))),
        }
    }

    fn row(
        &mut self,
        row: Row<'_>,
        rank: Rank,
        context: &RowContext<'_>,
        place: &Place,
    ) -> Result<ControlFlow<()>, SourceError> {
        if rank == Rank::Surplus {
            let id = row.id();
            // The better copy is told after all rows, where it is of JSON or this row says something else.
            if let (Some(held), Some(id)) = (&self.held, &id) {
                let words = row.words();
                if !words.is_empty() {
                    held.keep(id, &words)?;
                }
            }
            let key = id.map(|id| id.conversation_key(&self.spec.name).to_string());
            let finding = Finding { key, ..Finding::at(Code::DuplicateCall, place) };
            return Ok((self.sink)(Record::Remark(finding)));
        }
        let (call, findings) = match row.read(context, place) {
            Ok(read) => read,
            Err(finding) => return Ok((self.sink)(Record::Rejected(finding))),
        };
        if let (Rank::Differing, Some(held)) = (rank, &self.held) {
            held.wait(&call, &findings)?;
            return Ok(ControlFlow::Continue(()));
        }
        self.call(call, findings)
    }

    /// One call, once its facts are known; what every format comes to.
    fn call(&mut self, call: Call, mut findings: Vec<Finding>) -> Result<ControlFlow<()>, SourceError> {
        let call = &self.named(call, &mut findings)?;
        let key = call.id.conversation_key(&self.spec.name);
        if matches!(call.id, CallId::Facts(_)) && !self.told.insert(call.id.digest()) {
            return Ok((self.sink)(Record::Remark(Finding::new(Code::DuplicateCall, &key, &call.place))));
        }
        if let Some(nameless) = &self.nameless {
            if call.id.is_synthetic() {
                nameless.wait(call, &findings)?;
                return Ok(ControlFlow::Continue(()));
            }
            nameless.know(call)?;
        }
        if is_doubtful(call.started) {
            findings.push(Finding::new(Code::OldSentTime, &key, &call.place));
        }
        if call.customer.known().is_some_and(|number| self.survey.is_own_line(number)) {
            let finding = Finding::new(Code::InternalCall, &key, &call.place);
            if !self.spec.include_internal {
                return Ok((self.sink)(Record::LeftOut(finding)));
            }
            findings.push(finding);
        }
        match &mut self.days {
            // Callers without a number are never taken for one another.
            Some(days) if call.customer.known().is_some() => {
                days.add(call, &findings)?;
                Ok(ControlFlow::Continue(()))
            }
            _ => Ok(self.alone(call, findings)),
        }
    }

    /// A call of JSON payloads, of which `copies` were whole objects of the API.
    fn folded(&mut self, mut call: Call, copies: usize) -> Result<ControlFlow<()>, SourceError> {
        let key = call.id.conversation_key(&self.spec.name);
        for _ in 1..copies {
            if (self.sink)(Record::Remark(Finding::new(Code::DuplicateCall, &key, &call.place))).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let bad = |field: &String| Finding::new(Code::BadCell, &key, &call.place.at_field(field));
        let mut findings: Vec<Finding> = call.unread.iter().map(bad).collect();
        let has_timeless = call.comments.iter().any(|comment| comment.at.is_none());
        if has_timeless && !call.unread.iter().any(|field| field == COMMENTS) {
            findings.push(Finding::new(Code::CommentTimeMissing, &key, &call.place.at_field(COMMENTS)));
        }
        if call.ended.is_none() {
            let running = Finding::new(Code::RunningCall, &key, &call.place);
            let said = findings.into_iter().map(Record::Remark).chain([Record::LeftOut(running)]);
            return Ok(said.into_iter().try_for_each(|record| (self.sink)(record)));
        }
        findings.extend(judged(&call.customer, &key, &call.place.at_field("raw_digits")));
        if let Some(held) = &self.held {
            held.complete(&mut call)?;
        }
        self.call(call, findings)
    }

    fn alone(&mut self, call: &Call, findings: Vec<Finding>) -> ControlFlow<()> {
        (self.sink)(match self.tickets.of_call(call) {
            Ok((conversation, rejected_messages)) => {
                Record::Conversation { conversation: Box::new(conversation), findings, rejected_messages }
            }
            Err(finding) => Record::Rejected(finding),
        })
    }

    /// A call with what other files know of its people, its line and its contents.
    fn named(&self, mut call: Call, findings: &mut Vec<Finding>) -> Result<Call, SourceError> {
        let Some(gathered) = &self.survey.gathered else { return Ok(call) };
        let directory = &gathered.directory;
        directory.name_line(&mut call.line);
        directory.name_customer(&call.customer, &mut call.customer_name, &mut call.customer_email)?;
        let mut agents: Vec<&mut Option<Agent>> = vec![&mut call.agent];
        agents.extend(call.comments.iter_mut().map(|comment| &mut comment.author));
        let mut unclear = false;
        for agent in agents {
            *agent = directory.roster.named(agent.take());
            unclear |= agent.as_ref().is_some_and(|agent| directory.roster.is_unclear(agent));
        }
        // A call that waited for the others comes by here twice.
        if unclear && !findings.iter().any(|finding| finding.code == Code::AgentUnclear) {
            let key = call.id.conversation_key(&self.spec.name);
            findings.push(Finding::new(Code::AgentUnclear, &key, &call.place));
        }
        if let CallId::Internal(id) = call.id {
            let (note, language) = gathered.insights.note(id, &call, directory)?.unzip();
            call.ai_note = note;
            call.extra.extend(language.flatten().map(|language| (fact::LANGUAGE.to_owned(), language)));
        }
        Ok(call)
    }

    /// Tells what could only be told after the last file.
    pub(super) fn finish(&mut self) -> Result<(), SourceError> {
        if let Some(held) = self.held.take() {
            let mut flow = ControlFlow::Continue(());
            held.settle(&mut |call, findings| {
                flow = self.call(call, findings)?;
                Ok(flow.is_continue())
            })?;
            self.held = Some(held);
            if flow.is_break() {
                return Ok(());
            }
        }
        if let Some(gathered) = &self.survey.gathered
            && self.finish_gathered(gathered)?.is_break()
        {
            return Ok(());
        }
        if let Some(nameless) = self.nameless.take()
            && self.finish_nameless(&nameless)?.is_break()
        {
            return Ok(());
        }
        let Some(days) = self.days.take() else { return Ok(()) };
        days.for_each(&mut |group, findings| match group {
            Group::Alone(call) => self.alone(&call, findings),
            Group::Day(calls) => self.day(&calls, findings),
        })
    }

    /// Tells the calls without ids that stand nowhere with one.
    fn finish_nameless(&mut self, nameless: &Nameless) -> Result<ControlFlow<()>, SourceError> {
        let mut flow = ControlFlow::Continue(());
        // Those that waited were seen once already.
        self.told.clear();
        nameless.settle(&mut |call, findings, verdict| {
            let key = call.id.conversation_key(&self.spec.name);
            let said = |code| Finding::new(code, &key, &call.place);
            flow = match verdict {
                Verdict::Another => self.call(call, findings)?,
                Verdict::Told(known) => {
                    let lacking = nameless.lacks(known, &call)?.then(|| said(Code::WordsLeftOut));
                    let all = [said(Code::DuplicateCall)].into_iter().chain(lacking);
                    all.map(Record::Remark).try_for_each(|record| (self.sink)(record))
                }
                Verdict::Unclear => (self.sink)(Record::Rejected(said(Code::CallsNotTold))),
            };
            Ok(flow.is_continue())
        })?;
        Ok(flow)
    }

    fn finish_gathered(&mut self, gathered: &Gathered) -> Result<ControlFlow<()>, SourceError> {
        let sink = &mut self.sink;
        let said = gathered.payloads.asides(&mut |what, finding| {
            sink(match what {
                Aside::Rejected => Record::Rejected(finding),
                Aside::LeftOut => Record::LeftOut(finding),
                Aside::Unreadable => Record::Unreadable(finding),
                Aside::Remark => Record::Remark(finding),
            })
        })?;
        if said.is_break()
            || gathered.payloads.for_each(&mut |call, copies| self.folded(call, copies))?.is_break()
            || gathered.threads.for_each(&mut |thread| self.thread(thread))?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        let noted = gathered.directory.each_note(&mut |number, rank, text| {
            let person = PersonKey::new(&self.spec.name, "tel", number);
            tell_note(PersonNote::new(person, rank, Some(text), None), self.sink)
        })?;
        if noted.is_break() {
            return Ok(noted);
        }
        gathered.insights.unused(&mut |call, place| {
            let finding = Finding::at(Code::OrphanAiText, &place);
            let key = Some(CallId::Internal(call).conversation_key(&self.spec.name).to_string());
            (self.sink)(Record::LeftOut(Finding { key, ..finding }))
        })
    }

    /// Text messages between a line and a number.
    fn thread(&mut self, mut thread: Vec<TextMessage>) -> Result<ControlFlow<()>, SourceError> {
        let key = |text: &TextMessage| MessageKey::new(&self.spec.name, "message", &text.id);
        let mut findings = Vec::new();
        for text in &thread {
            let doubtful =
                is_doubtful(text.at).then(|| Finding::new(Code::OldSentTime, key(text), &text.place));
            findings.extend(doubtful);
            let lost = || Finding::new(Code::BadCell, key(text), &text.place.at_field("media_url"));
            findings.extend(text.lost_files.then(lost));
        }
        if let Some(first) = thread.first() {
            findings.extend(judged(&first.customer, key(first), &first.place.at_field("external_number")));
        }
        if let Some(first) = thread.first()
            && first.customer.known().is_some_and(|number| self.survey.is_own_line(number))
        {
            if !self.spec.include_internal {
                let left_out =
                    thread.iter().map(|text| Finding::new(Code::InternalCall, key(text), &text.place));
                let left_out: Vec<Finding> = left_out.collect();
                return Ok(self.each(left_out, Record::LeftOut));
            }
            findings.push(Finding::new(Code::InternalCall, key(first), &first.place));
        }
        if let Some(Gathered { directory, .. }) = &self.survey.gathered {
            for text in &mut thread {
                directory.name_line(&mut text.line);
                directory.name_customer(&text.customer, &mut text.customer_name, &mut text.customer_email)?;
                text.agent = directory.roster.named(text.agent.take());
                if text.agent.as_ref().is_some_and(|agent| directory.roster.is_unclear(agent)) {
                    findings.push(Finding::new(Code::AgentUnclear, key(text), &text.place));
                }
            }
        }
        let (conversation, rejected_messages) = self.tickets.of_thread(&thread);
        Ok(match conversation {
            Some(conversation) => (self.sink)(Record::Conversation {
                conversation: Box::new(conversation),
                findings,
                rejected_messages,
            }),
            None => self.each(rejected_messages, Record::Rejected),
        })
    }

    fn each(&mut self, findings: Vec<Finding>, record: fn(Finding) -> Record) -> ControlFlow<()> {
        findings.into_iter().try_for_each(|finding| (self.sink)(record(finding)))
    }

    fn day(&mut self, calls: &[Call], findings: Vec<Finding>) -> ControlFlow<()> {
        let (conversation, blocked) = self.tickets.of_day(calls);
        for finding in blocked {
            if (self.sink)(Record::Rejected(finding)).is_break() {
                return ControlFlow::Break(());
            }
        }
        let Some((conversation, rejected_messages)) = conversation else { return ControlFlow::Continue(()) };
        let conversation = Box::new(conversation);
        (self.sink)(Record::Conversation { conversation, findings, rejected_messages })
    }
}

/// What there is to say about the number of a customer.
fn judged(number: &Number, key: impl std::fmt::Display, place: &Place) -> Option<Finding> {
    match number {
        Number::Unreadable => Some(Finding::new(Code::BadCell, key, place)),
        Number::Destroyed => Some(Finding::new(Code::NumberDestroyed, key, place)),
        Number::Known(_) | Number::Hidden => None,
    }
}

/// What there is to say about a file without calls.
fn remark(other: Other, name: &Arc<str>) -> Finding {
    let place = Place::file(name);
    match other {
        Other::Blank => Finding::at(Code::EmptyFile, &place),
        Other::Json | Other::Binary => Finding::at(Code::UnknownFile, &place).with_detail("it is not text"),
        Other::UnknownLayout(why) => Finding::at(Code::UnknownLayout, &place).with_detail(why),
    }
}
