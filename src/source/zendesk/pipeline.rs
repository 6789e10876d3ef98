//! Reading files into batches, which are parsed on several threads, with results in the order of the files.

use std::io::{BufRead, Read};
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::thread;

use super::attached::{self, Of};
use super::crew::{Crew, Sending};
use super::form::{self, Form};
use super::recognise::LISTS;
use super::spare::Spare;
use super::translate::{Rules, Translated};
use super::{tables, xml};
use crate::model::finding::{Code, Finding, Place};
use crate::source::input::records::{self, Piece, Position, TakeBlocks};
use crate::source::input::{InputFile, Opened, Pass};
use crate::source::{ReadContext, Record, SourceError};

/// Bytes of a batch: large enough to keep the cost of the queues out of sight.
const BATCH_BYTES: usize = records::BLOCK_BYTES;

/// Most things in a batch: findings have no bytes in it.
const BATCH_ITEMS: usize = 16 << 10;

/// Bytes looked at to tell tables and XML apart: more than the longest known header.
pub(super) const PROBE_BYTES: u64 = 64 << 10;

/// A run of records of one stream.
#[derive(Default)]
pub(super) struct Batch {
    /// The stream.
    pub(super) file: Arc<str>,
    /// What was read, in which records stand that are a line.
    block: Option<Arc<Vec<u8>>>,
    /// Other records, one behind the other.
    copies: Vec<u8>,
    /// What it holds, in order.
    pub(super) items: Vec<Item>,
}

/// Where the bytes of a record are in its batch.
pub(super) enum Span {
    /// In what was read.
    Block(Range<usize>),
    /// Among the copies.
    Copies(Range<usize>),
}

/// One thing in a batch.
pub(super) enum Item {
    /// A record.
    Record {
        /// Its bytes in the batch.
        range: Span,
        /// Where it stands in the stream.
        at: Position,
        /// The list of the page that it came in.
        list: Option<&'static str>,
        /// The number of that page, in the order of reading; the page itself, told after its elements, has it too.
        page: Option<u64>,
    },
    /// A file in an archive that belongs to a message and is no record.
    Attached(Of, Arc<str>),
    /// Something to be said about the stream.
    Told(Box<Finding>, Told),
}

/// What a finding of the reader counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// A record that could not be read.
    Unreadable,
    /// A record that was left out.
    LeftOut,
    /// Nothing.
    Remark,
}

impl Told {
    /// The finding as what it counts as.
    pub(super) fn record(self, finding: Finding) -> Record {
        match self {
            Self::Unreadable => Record::Unreadable(finding),
            Self::LeftOut => Record::LeftOut(finding),
            Self::Remark => Record::Remark(finding),
        }
    }
}

impl Batch {
    /// The bytes of a record of this batch.
    pub(super) fn bytes(&self, span: &Span) -> &[u8] {
        match span {
            Span::Block(range) => self.block.as_ref().map_or(&[], |block| &block[range.clone()]),
            Span::Copies(range) => &self.copies[range.clone()],
        }
    }

    /// Gives its memory back for another batch.
    pub(super) fn done_with(self, spare: &Spare) {
        spare.give(self.copies, self.block);
    }
}

/// What is read in one go.
pub(super) struct Leg<'l> {
    /// The files, and how much of the progress of each this is.
    pub(super) files: Vec<(&'l InputFile, Pass)>,
    /// Of files that are not read whole: whether the stream of this name, and what is to be said of it, belongs to it.
    pub(super) has: &'l (dyn Fn(&str) -> bool + Sync),
}

impl<'l> Leg<'l> {
    /// All of `files`.
    pub(super) fn whole(files: &'l [InputFile], pass: Pass) -> Self {
        Self { files: files.iter().map(|file| (file, pass)).collect(), has: &|_| true }
    }
}

/// Reads what is in `leg` and hands the result of `work` for every batch to `sink`, in order.
pub(super) fn run<T: Send>(
    leg: &Leg<'_>,
    context: &ReadContext<'_>,
    rules: &Rules,
    work: &(dyn Fn(&Batch) -> T + Sync),
    sink: &mut dyn FnMut(T) -> Result<ControlFlow<()>, SourceError>,
) -> Result<ControlFlow<()>, SourceError> {
    let spare = &Spare::default();
    let crew = Crew::new(spare, work);
    thread::scope(|scope| {
        for worker in crew.others {
            scope.spawn(move || worker.until_all_is_done());
        }
        let (queue, helper) = (crew.queue, crew.reader);
        let reader = scope.spawn(move || {
            let read = Reader::new(Sending { queue, helper: &helper }, rules, spare).read(leg, context);
            // With the reader its end of the queue is gone, so this ends.
            helper.until_all_is_done();
            read
        });
        let flow = crew.taker.take_all(sink);
        let read = match reader.join() {
            Ok(read) => read,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        let flow = flow?;
        read?;
        Ok(flow)
    })
}

struct Reader<'r, T> {
    sending: Sending<'r, T>,
    batch: Batch,
    /// Pages that ended so far.
    pages: u64,
    /// Elements of a page were read, and the page's end was not.
    in_page: bool,
    rules: &'r Rules,
    spare: &'r Spare,
}

impl<'r, T> Reader<'r, T> {
    fn new(sending: Sending<'r, T>, rules: &'r Rules, spare: &'r Spare) -> Self {
        Self { sending, batch: Batch::default(), pages: 0, in_page: false, rules, spare }
    }

    fn read(mut self, leg: &Leg<'_>, context: &ReadContext<'_>) -> Result<(), SourceError> {
        for (file, pass) in &leg.files {
            let has = |name: &str| *pass == Pass::Only || (leg.has)(name);
            let flow = file.for_each_stream(context, *pass, &mut |opened| match opened {
                Opened::Stream { name, .. } if !has(name) => Ok(ControlFlow::Continue(())),
                Opened::Stream { name, reader } => match attached::of_entry(name) {
                    Some((of, path)) => Ok(self.attached(of, path)),
                    None => self.stream(name, reader),
                },
                Opened::Problem(finding) => {
                    let place = finding.place.as_ref();
                    if place.is_some_and(|place| !has(&place.file)) {
                        return Ok(ControlFlow::Continue(()));
                    }
                    match place.and_then(|place| attached::of_entry(&place.file)) {
                        Some((of, path)) => Ok(self.attached(of, path)),
                        None => Ok(self.tell(finding, Told::Remark)),
                    }
                }
            })?;
            if flow.is_break() {
                return Ok(());
            }
        }
        // Whether anybody still wants the last batch makes no difference any more.
        match self.send() {
            ControlFlow::Continue(()) | ControlFlow::Break(()) => Ok(()),
        }
    }

    fn stream(&mut self, name: &Arc<str>, reader: &mut dyn BufRead) -> Result<ControlFlow<()>, SourceError> {
        if self.batch.file != *name {
            if self.send().is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.batch.file = Arc::clone(name);
        }
        self.end_page();
        let as_error = |error| SourceError::Io { file: name.to_string(), error };
        if form::is_json(reader.fill_buf().map_err(as_error)?) {
            return records::split_blocks(reader, LISTS, self).map_err(as_error);
        }
        let mut probe = Vec::new();
        reader.take(PROBE_BYTES).read_to_end(&mut probe).map_err(as_error)?;
        let form = form::of(&probe);
        let mut all = probe.chain(reader);
        match form {
            Form::Json => records::split_blocks(&mut all, LISTS, self),
            Form::Xml => xml::translate(name, &mut all, &mut |one| self.translated(one)),
            Form::Table => {
                let rules = self.rules;
                tables::translate(name, &mut all, rules, &mut |one| self.translated(one))
            }
            Form::Unknown => {
                let finding = Finding::at(Code::UnknownFile, &Place::file(name));
                Ok(self.tell(finding.with_detail("it is not JSON, XML or CSV"), Told::Remark))
            }
        }
        .map_err(as_error)
    }

    /// Takes what was translated from another form.
    fn translated(&mut self, one: Translated) -> ControlFlow<()> {
        match one {
            Translated::Object { json, at, is } => self.record(&json, at, Some(is), None),
            Translated::Told(finding, told) => self.tell(finding, told)?,
        }
        self.send_if_full()
    }

    fn record(&mut self, bytes: &[u8], at: Position, list: Option<&'static str>, page: Option<u64>) {
        if self.batch.copies.capacity() == 0 {
            self.batch.copies = self.spare.copies();
        }
        let start = self.batch.copies.len();
        self.batch.copies.extend_from_slice(bytes);
        let range = Span::Copies(start..self.batch.copies.len());
        self.batch.items.push(Item::Record { range, at, list, page });
    }

    /// The page that a record is of, which came in `list` or in none.
    fn page_of(&mut self, list: Option<&'static str>) -> Option<u64> {
        let page = (list.is_some() || self.in_page).then_some(self.pages);
        self.in_page = list.is_some();
        self.pages += u64::from(page.is_some() && list.is_none());
        page
    }

    fn send_if_full(&mut self) -> ControlFlow<()> {
        let is_full = self.batch.copies.len() >= BATCH_BYTES || self.batch.items.len() >= BATCH_ITEMS;
        if is_full { self.send() } else { ControlFlow::Continue(()) }
    }

    fn tell(&mut self, finding: Finding, told: Told) -> ControlFlow<()> {
        self.batch.items.push(Item::Told(Box::new(finding), told));
        ControlFlow::Continue(())
    }

    /// A page broke off: what follows belongs to another.
    fn end_page(&mut self) {
        self.pages += u64::from(std::mem::take(&mut self.in_page));
    }

    fn attached(&mut self, of: Of, path: &str) -> ControlFlow<()> {
        self.batch.items.push(Item::Attached(of, path.into()));
        ControlFlow::Continue(())
    }

    /// Sends the batch to the workers and begins another of the same stream.
    fn send(&mut self) -> ControlFlow<()> {
        if self.batch.items.is_empty() {
            return ControlFlow::Continue(());
        }
        let next = Batch { file: Arc::clone(&self.batch.file), ..Batch::default() };
        self.sending.add(std::mem::replace(&mut self.batch, next))
    }
}

impl<T> TakeBlocks for Reader<'_, T> {
    fn memory(&mut self) -> Vec<u8> {
        self.spare.block()
    }

    fn larger(&mut self, memory: Vec<u8>, bytes: usize) -> Vec<u8> {
        self.spare.larger(memory, bytes)
    }

    fn line(&mut self, block: &Arc<Vec<u8>>, range: Range<usize>, at: Position) -> ControlFlow<()> {
        if self.batch.block.as_ref().is_none_or(|other| !Arc::ptr_eq(other, block)) {
            // Copies of the block before may wait.
            self.send()?;
            self.batch.block = Some(Arc::clone(block));
        }
        let page = self.page_of(None);
        self.batch.items.push(Item::Record { range: Span::Block(range), at, list: None, page });
        self.send_if_full()
    }

    fn piece(&mut self, piece: Piece<'_>) -> ControlFlow<()> {
        let file = Arc::clone(&self.batch.file);
        let at = |position: Position| Place::new(&file, position.line, position.byte);
        match piece {
            Piece::Record { bytes, at, list } => {
                let page = self.page_of(list);
                self.record(bytes, at, list, page);
            }
            Piece::TooLong(position) => {
                let finding = Finding::at(Code::UnreadableLine, &at(position));
                self.tell(finding.with_detail("it is longer than 512 MiB"), Told::Unreadable)?;
            }
            Piece::Unclosed(position) => {
                self.end_page();
                let finding = Finding::at(Code::UnreadableLine, &at(position));
                self.tell(finding.with_detail("it ends too early"), Told::Unreadable)?;
            }
            Piece::Cut(position) => {
                self.end_page();
                self.tell(Finding::at(Code::TruncatedFile, &at(position)), Told::Remark)?;
            }
        }
        self.send_if_full()
    }

    fn ended(&mut self, block: Arc<Vec<u8>>) -> ControlFlow<()> {
        if self.batch.block.is_none() {
            self.spare.give(Vec::new(), Some(block));
            return ControlFlow::Continue(());
        }
        // Whoever is done with it last gives it back, which should be the worker.
        drop(block);
        self.send()
    }
}
