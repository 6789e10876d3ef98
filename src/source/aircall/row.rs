//! One row of a Call History file to the facts of one call.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use csv::StringRecord;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::call::{Agent, Call, CallId, Comment, Direction, Line};
use super::clock::{self, ClockFault, DateEvidence, Written};
use super::layout::{Column, Columns};
use super::number::{self, Number};
use super::words::Words;
use super::{outcome, text};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::SourceName;
use crate::source::DateOrder;

/// Columns that have no part in a conversation but are kept in its meta data.
const KEPT: &[Column] = &[
    Column::Country,
    Column::EntryNumber,
    Column::Quality,
    Column::Via,
    Column::TimeToAnswer,
    Column::IvrWidget,
    Column::CallbackDetails,
    Column::CallbackFailure,
    Column::CallbackPending,
    Column::AiTime,
    Column::AiBranch,
    Column::NumberTimezone,
];

const SKIPPED: &str = "the clocks were set forward and skipped this time";

const EITHER_ORDER: &str = "it can be read day first or month first; another clock of the row is used";

/// Most cells of unknown columns that are kept of a row.
const EXTRA_MAX: usize = 64;

/// A row whose cells are found by what they mean.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    cells: &'a StringRecord,
    columns: &'a Columns,
}

/// What reading a row needs to know of its file and of the config.
pub(super) struct RowContext<'a> {
    /// Prefix of keys.
    pub(super) source: &'a SourceName,
    /// Order of day and month in this file.
    pub(super) order: Option<DateOrder>,
    /// The file's dates prove both orders, so that it has none.
    pub(super) has_both_orders: bool,
    /// The config's zone, for times without one.
    pub(super) timezone: Option<&'a TimeZone>,
}

impl<'a> Row<'a> {
    /// A row of a file with these columns.
    pub(super) fn new(cells: &'a StringRecord, columns: &'a Columns) -> Self {
        Self { cells, columns }
    }

    /// The cell of `column`, without spaces around it; empty where there is none.
    pub(super) fn get(&self, column: Column) -> &'a str {
        self.columns.at(column).and_then(|index| self.cells.get(index)).unwrap_or_default().trim()
    }

    /// Whether the header stands here again, as in files that were put one behind the other.
    pub(super) fn is_header(&self) -> bool {
        self.get(Column::Direction).eq_ignore_ascii_case(&self.columns.direction_header)
    }

    /// The call's id, as far as the row has one; ids that a spreadsheet rounded are found in the row's links.
    pub(super) fn id(&self) -> Option<CallId> {
        let sid = self.get(Column::Sid);
        let links = [Column::Timeline, Column::Recording, Column::Voicemail];
        let internal = text::id(self.get(Column::Id))
            .or_else(|| links.iter().find_map(|link| text::id_in_link(self.get(*link))))
            .or_else(|| text::id(sid));
        internal.map(CallId::Internal).or_else(|| self.sid().map(CallId::Sid))
    }

    fn sid(&self) -> Option<String> {
        let sid = self.get(Column::Sid);
        let fits = (8..=64).contains(&sid.len())
            && sid.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && sid.bytes().any(|b| b.is_ascii_alphabetic());
        fits.then(|| sid.to_owned())
    }

    /// What people said of the call.
    pub(super) fn words(&self) -> Words {
        let comments = text::comment(self.get(Column::Comments)).into_iter().collect();
        Words { tags: text::tags(self.get(Column::Tags)), comments }
    }

    /// A print of what people said of the call, by which rows that say the same are told from others; zeros for nothing.
    pub(super) fn words_print(&self) -> [u8; 4] {
        let cells = [self.get(Column::Comments), self.get(Column::Tags)];
        if cells.iter().all(|cell| cell.is_empty()) {
            return [0; 4];
        }
        let mut hasher = DefaultHasher::new();
        cells.hash(&mut hasher);
        let [a, b, c, d, ..] = hasher.finish().to_be_bytes();
        [a | 1, b, c, d]
    }

    /// Who called whom.
    pub(super) fn direction(&self) -> Option<Direction> {
        let typed = self.get(Column::DirectionType);
        let words = [self.get(Column::Direction), typed.split('-').next().unwrap_or_default().trim()];
        words.iter().find_map(|word| match word.to_ascii_lowercase().as_str() {
            "inbound" => Some(Direction::Inbound),
            "outbound" => Some(Direction::Outbound),
            _ => None,
        })
    }

    /// The customer's number. The column that survives spreadsheets comes first.
    pub(super) fn customer(&self, direction: Direction) -> Number {
        let digits = match direction {
            Direction::Inbound => Column::From,
            Direction::Outbound => Column::To,
        };
        Number::first(&[self.get(Column::CustomerNumber), self.get(digits)])
    }

    /// The company's line, and its number.
    pub(super) fn line(&self, direction: Direction) -> (Option<String>, Number) {
        let digits = match direction {
            Direction::Inbound => Column::To,
            Direction::Outbound => Column::From,
        };
        let (named, number) = number::line_and_number(self.get(Column::AircallNumber));
        let name = text::name(self.get(Column::Line)).or_else(|| named.and_then(text::name));
        let number = match (number, Number::read(self.get(digits))) {
            (number @ Number::Known(_), _) => number,
            (Number::Destroyed, other) if other.known().is_none() => Number::Destroyed,
            (_, other) => other,
        };
        (name, number)
    }

    /// Every clock of the row, for finding out the file's order of day and month.
    pub(super) fn see_dates(&self, evidence: &mut DateEvidence) {
        for column in [Column::StartUtc, Column::StartLocal, Column::ReportStart, Column::ReportEnd] {
            if let Some(written) = Written::read(self.get(column)) {
                evidence.see(&written);
            }
        }
        if let Some(written) = self.two_cells() {
            evidence.see(&written);
        }
    }

    fn two_cells(&self) -> Option<Written> {
        Written::read_two(self.get(Column::DateLocal), self.get(Column::TimeLocal))
    }

    /// How good a copy of its call the row is: one that can be imported before one that cannot, then the one with more
    /// in it, then the one that no spreadsheet has rewritten.
    pub(super) fn score(&self) -> u16 {
        let starts = [Column::StartUtc, Column::StartLocal, Column::ReportStart];
        let written = starts.iter().find_map(|c| Written::read(self.get(*c))).or_else(|| self.two_cells());
        let usable = written.is_some() && self.direction().is_some();
        let filled = self.cells.iter().filter(|cell| !cell.trim().is_empty()).count().min(0x0fff);
        let intact = written.is_some_and(|w| !w.is_slashed())
            && [Column::From, Column::To].iter().all(|c| Number::read(self.get(*c)) != Number::Destroyed);
        let filled = u16::try_from(filled).unwrap_or(0x0fff);
        u16::from(usable) << 15 | filled << 1 | u16::from(intact)
    }

    /// Whether every cell stands in a column that it fits. Of a row with a blank cell too many this tells a delimiter at
    /// the end from a comma in a text without quotes, which shifts all that follows.
    pub(super) fn is_in_place(&self) -> bool {
        let all = |columns: &[Column], fits: &dyn Fn(&str) -> bool| {
            columns.iter().map(|column| self.get(*column)).all(|cell| cell.is_empty() || fits(cell))
        };
        let clocks = [Column::StartUtc, Column::StartLocal, Column::ReportStart, Column::ReportEnd];
        let durations = [
            Column::Total,
            Column::Talk,
            Column::TalkClock,
            Column::Waiting,
            Column::TimeToAnswer,
            Column::TimeInIvr,
        ];
        let numbers = [Column::From, Column::To, Column::CustomerNumber];
        all(&clocks, &|cell| Written::read(cell).is_some())
            && all(&durations, &|cell| clock::seconds(cell).is_some())
            && all(&numbers, &|cell| Number::read(cell) != Number::Unreadable)
            && all(&[Column::Id], &|cell| text::id(cell).is_some())
    }

    /// The facts of the call, and what there is to say about them; or the finding that blocks it.
    pub(super) fn read(
        &self,
        context: &RowContext<'_>,
        place: &Place,
    ) -> Result<(Call, Vec<Finding>), Finding> {
        let mut reading = Reading { row: *self, context, complaints: Vec::new() };
        let call = reading.call(place).map_err(|refusal| {
            let finding = refusal.finding(place);
            match self.id() {
                Some(id) => Finding { key: Some(id.conversation_key(context.source).to_string()), ..finding },
                None => finding,
            }
        })?;
        let key = call.id.conversation_key(context.source).to_string();
        let keyed = |complaint: Complaint| Finding { key: Some(key.clone()), ..complaint.finding(place) };
        Ok((call, reading.complaints.into_iter().map(keyed).collect()))
    }
}

/// Something about a cell.
struct Complaint {
    code: Code,
    column: Option<Column>,
    detail: &'static str,
}

impl Complaint {
    fn finding(&self, place: &Place) -> Finding {
        let place = self.column.map_or_else(|| place.clone(), |column| place.at_field(column.name()));
        Finding::at(self.code, &place).with_detail(self.detail)
    }
}

/// A row being read.
struct Reading<'a> {
    row: Row<'a>,
    context: &'a RowContext<'a>,
    complaints: Vec<Complaint>,
}

/// Yes or no, in the languages of dashboards.
fn is_yes(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "oui" | "sí" | "si" | "sì" | "ja" => Some(true),
        "no" | "n" | "false" | "0" | "non" | "nein" | "nee" => Some(false),
        _ => None,
    }
}

/// The start of a call.
struct Start {
    at: Timestamp,
    local_date: Date,
}

impl Reading<'_> {
    fn call(&mut self, place: &Place) -> Result<Call, Complaint> {
        let row = self.row;
        let refusal = Complaint { code: Code::BadDirection, column: Some(Column::Direction), detail: "" };
        let direction = row.direction().ok_or(refusal)?;
        let start = self.start()?;
        let (line_name, line_number) = row.line(direction);
        let customer = row.customer(direction);
        self.judge_number(&customer, Column::CustomerNumber, "the customer's number");
        self.judge_number(&line_number, Column::AircallNumber, "the number of the line");
        let total_seconds = self.seconds(&[Column::Total]);
        let talk_seconds = self.seconds(&[Column::Talk, Column::TalkClock]);
        let waiting = self.seconds(&[Column::Waiting]);
        let kind = self.kind();
        let answered = self.answered(kind.as_deref(), talk_seconds);
        let waited =
            waiting.or_else(|| total_seconds.zip(talk_seconds).and_then(|(all, talk)| all.checked_sub(talk)));
        let lasted = total_seconds.or_else(|| self.lasted());
        let line = Line { name: line_name, number: line_number.known().map(str::to_owned) };
        let id = self.id(direction, start.at, &customer, &line, total_seconds);
        let call = Call {
            id,
            sid: row.sid(),
            direction,
            started: start.at,
            answered_at: waited.filter(|_| answered).and_then(|seconds| clock::after(start.at, seconds)),
            ended: lasted.and_then(|seconds| clock::after(start.at, seconds)),
            local_date: start.local_date,
            total_seconds: lasted,
            talk_seconds,
            ivr_seconds: self.seconds(&[Column::TimeInIvr]),
            answered,
            tells_outcome: self.tells_outcome(kind.as_deref(), talk_seconds),
            missed_reason: text::name(row.get(Column::MissedReason)),
            kind,
            customer,
            customer_name: None,
            customer_email: None,
            line,
            agent: text::agent_name(row.get(Column::Agent)).map(|name| Agent { name, email: None, id: None }),
            team: text::name(row.get(Column::Team)),
            tags: text::tags(row.get(Column::Tags)),
            comments: self.comments(),
            ai_note: None,
            ivr: text::name(row.get(Column::IvrBranch)).into_iter().collect(),
            transferred: None,
            recording: text::audio(row.get(Column::Recording)),
            voicemail: text::audio(row.get(Column::Voicemail)),
            ended_by: text::name(row.get(Column::DisconnectedBy)),
            extra: self.extra(),
            // Of a row they are complaints.
            unread: Vec::new(),
            place: place.clone(),
        };
        if outcome::of(&call).is_none() {
            self.complain(Code::OutcomeNotSaid, Column::Answered, "");
        }
        Ok(call)
    }

    fn complain(&mut self, code: Code, column: Column, detail: &'static str) {
        self.complaints.push(Complaint { code, column: Some(column), detail });
    }

    /// When the call began: the UTC cell, else the local clock in the number's zone, else a clock in the config's.
    fn start(&mut self) -> Result<Start, Complaint> {
        let number_zone = self.number_zone();
        let configured = self.context.timezone.cloned();
        let local_zone = number_zone.clone().or_else(|| configured.clone());
        let local = Written::read(self.row.get(Column::StartLocal)).or_else(|| self.row.two_cells());
        let local_column = match self.row.get(Column::TimeLocal) {
            "" => Column::StartLocal,
            _ => Column::TimeLocal,
        };
        let report = Written::read(self.row.get(Column::ReportStart));
        let clocks = [
            (Column::StartUtc, Written::read(self.row.get(Column::StartUtc)), Some(TimeZone::UTC)),
            (local_column, local, local_zone.clone()),
            (Column::ReportStart, report, configured),
        ];
        let mut ambiguous = None;
        let (mut skipped, mut zoneless) = (None, None);
        for (column, written, zone) in clocks {
            let Some(zone) = written.and_then(|w| w.offset()).map(TimeZone::fixed).or(zone) else {
                zoneless = zoneless.or(written.map(|_| column));
                continue;
            };
            match written.ok_or(ClockFault::Unreadable).and_then(|w| w.civil(self.context.order)) {
                Ok(civil) => {
                    if let Some(instant) = clock::instant(civil, &zone) {
                        if instant.repeated {
                            self.complain(Code::RepeatedHour, column, "");
                        }
                        let place = local_zone.unwrap_or(zone);
                        return Ok(Start { at: instant.at, local_date: instant.at.to_zoned(place).date() });
                    }
                    skipped = skipped.or(Some(column));
                    self.complain(Code::BadCell, column, SKIPPED);
                }
                Err(ClockFault::Ambiguous) => {
                    ambiguous = ambiguous.or(Some(column));
                    self.complain(Code::BadCell, column, EITHER_ORDER);
                }
                Err(ClockFault::Unreadable) if self.row.get(column).is_empty() => {}
                Err(ClockFault::Unreadable) => self.complain(Code::BadCell, column, "no date and time"),
            }
        }
        let starts = [Column::StartUtc, local_column, Column::ReportStart];
        let there = starts.into_iter().find(|column| self.row.columns.at(*column).is_some());
        let (code, column, detail) = match (ambiguous, zoneless, skipped) {
            (Some(column), ..) if self.context.has_both_orders => (Code::BothDateOrders, Some(column), ""),
            (Some(column), ..) => (Code::AmbiguousDates, Some(column), ""),
            (.., Some(column)) => (Code::BadClock, Some(column), SKIPPED),
            (_, Some(column), _) => (Code::CallZoneMissing, Some(column), ""),
            _ => (Code::BadClock, there, ""),
        };
        Err(Complaint { code, column, detail })
    }

    fn number_zone(&mut self) -> Option<TimeZone> {
        let name = self.row.get(Column::NumberTimezone);
        let zone = TimeZone::get(name).ok();
        if zone.is_none() && !name.is_empty() {
            self.complain(Code::BadCell, Column::NumberTimezone, "no time zone has this name");
        }
        zone
    }

    fn judge_number(&mut self, number: &Number, column: Column, what: &'static str) {
        match number {
            Number::Destroyed => self.complain(Code::NumberDestroyed, column, what),
            Number::Unreadable => self.complain(Code::BadCell, column, what),
            Number::Known(_) | Number::Hidden => {}
        }
    }

    /// The first of `columns` that holds a duration.
    fn seconds(&mut self, columns: &[Column]) -> Option<u32> {
        let mut bad = None;
        for column in columns {
            match self.row.get(*column) {
                "" => {}
                cell => match clock::seconds(cell) {
                    Some(seconds) => return Some(seconds),
                    None => bad = Some(*column),
                },
            }
        }
        if let Some(column) = bad {
            self.complain(Code::BadCell, column, "no duration");
        }
        None
    }

    /// The time between the report's two clocks. Its zone is not known, and the difference does not need it.
    fn lasted(&self) -> Option<u32> {
        let civil = |column| Written::read(self.row.get(column))?.civil(self.context.order).ok();
        let (start, end) = (civil(Column::ReportStart)?, civil(Column::ReportEnd)?);
        let seconds = end.duration_since(start).as_secs();
        u32::try_from(seconds).ok().and_then(|seconds| clock::seconds(&seconds.to_string()))
    }

    fn kind(&self) -> Option<String> {
        let typed = self.row.get(Column::DirectionType).split_once('-').map(|(_, kind)| kind);
        text::name(self.row.get(Column::CallType)).or_else(|| typed.and_then(text::name))
    }

    fn answered(&mut self, kind: Option<&str>, talk_seconds: Option<u32>) -> bool {
        let cell = self.row.get(Column::Answered);
        if let Some(answered) = is_yes(cell) {
            return answered;
        }
        if !cell.is_empty() {
            self.complain(Code::BadCell, Column::Answered, "neither Yes nor No");
        }
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("answered")) || talk_seconds.is_some_and(|s| s > 0)
    }

    /// Whether any cell says if somebody picked up. Aircall leaves the talk of an unanswered call blank.
    fn tells_outcome(&self, kind: Option<&str>, talk_seconds: Option<u32>) -> bool {
        let row = self.row;
        let says_answered = is_yes(row.get(Column::Answered)).is_some();
        let direction = ["inbound", "outbound"];
        let says_kind = kind.is_some_and(|kind| !direction.contains(&kind.to_ascii_lowercase().as_str()));
        let talk = [Column::Talk, Column::TalkClock];
        let has_talk = talk.iter().any(|column| row.columns.at(*column).is_some());
        let no_talk = has_talk && talk.iter().all(|column| row.get(*column).is_empty());
        says_answered || says_kind || no_talk || talk_seconds.is_some()
    }

    fn comments(&self) -> Vec<Comment> {
        // The export does not say where one comment ends, who wrote it or when: the cell is one note.
        let text = text::comment(self.row.get(Column::Comments));
        text.map(|text| Comment { id: None, text, author: None, at: None }).into_iter().collect()
    }

    /// The id in the row, else a hash of what makes one call another.
    fn id(
        &mut self,
        direction: Direction,
        started: Timestamp,
        customer: &Number,
        line: &Line,
        total_seconds: Option<u32>,
    ) -> CallId {
        let id = self.row.id();
        if !self.row.get(Column::Id).is_empty() && !matches!(id, Some(CallId::Internal(_))) {
            self.complain(
                Code::BadCell,
                Column::Id,
                "the id was destroyed by a spreadsheet; another key is used",
            );
        }
        if let Some(id) = id {
            return id;
        }
        self.complaints.push(Complaint { code: Code::NoCallId, column: None, detail: "" });
        let facts = [
            started.as_second().to_string(),
            direction.word().to_owned(),
            customer.known().unwrap_or_default().to_owned(),
            line.number.clone().unwrap_or_default(),
            line.name.clone().unwrap_or_default().to_lowercase(),
            total_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
        ];
        CallId::Facts(blake3::hash(facts.join("\n").as_bytes()).to_hex()[..24].to_owned())
    }

    fn extra(&self) -> BTreeMap<String, String> {
        let kept = KEPT.iter().map(|column| (column.name().to_owned(), self.row.get(*column)));
        let unknown = self.row.columns.extra.iter().take(EXTRA_MAX);
        let unknown =
            unknown.map(|(index, name)| (name.clone(), self.row.cells.get(*index).unwrap_or_default()));
        kept.chain(unknown).filter_map(|(name, cell)| Some((name, text::fact(cell)?))).collect()
    }
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
