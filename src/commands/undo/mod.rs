//! `undo`: takes back what this ledger created. A preview unless `--execute`.
//!
//! Exit codes: 0 for a preview and where everything was taken back, 3 where some tickets were spared, 7 where automations
//! would react or the account moves nothing to the trash, 10 where outcomes are unknown, 2 for a wrong `--confirm`.

mod meet;
mod price;
mod tally;
mod target;

use std::time::{Duration, Instant};

use crate::cli::UndoArgs;
use crate::config::Config;
use crate::config::selection::Selection;
use crate::exit::ExitCode;
use crate::gorgias::{Own, TakeBackStep, UnreadInARow};
use crate::ledger::{self, Ledger, LedgerError, LedgerView, NewRun, RunState};
use crate::model::key::{ConversationKey, MessageKey};
use crate::model::time::now;
use crate::report::UndoDocument;
use crate::text;
use crate::undo::{Line, Mode, Undo, UndoError, What};
use crate::upload::Watch;

use super::run::{beside, block_on, config_hash, last_folder, tell_last};
use super::signals::Signals;
use super::{CommandError, Context, rehearse, select, status, terms};
use price::Price;
use tally::Tally;
use target::Target;

/// How often it is told how far it is.
const TOLD_EVERY: Duration = Duration::from_secs(5);

/// What is to be done.
struct Order<'a> {
    context: &'a Context,
    config: &'a Config,
    step: TakeBackStep,
    mode: Mode,
    selection: ledger::Selection,
}

pub(super) fn run(context: &Context, args: &UndoArgs) -> Result<ExitCode, CommandError> {
    let mut config = context.config()?;
    let flags = context.selection(&args.selection, &config)?;
    let ledger = open(context)?;
    if target::is_rehearsal(&ledger)? {
        rehearse::compress(&mut config);
    }
    let target = target::find(context, &config, config.account()?, &ledger)?;
    let mode = confirmed(args, target.name())?;
    ledger.bind_account(target.name(), None).wait()?;
    let order = Order {
        context,
        config: &config,
        step: if args.purge { TakeBackStep::Purge } else { TakeBackStep::Trash },
        mode,
        selection: in_ledger(context, &flags, ledger.view())?,
    };
    order.carry_out(&ledger, target)
}

/// The ledger that is there; none is made, because without one there is nothing to take back.
fn open(context: &Context) -> Result<Ledger, CommandError> {
    LedgerView::open(context.state_dir()).map(drop).or_else(|error| match error {
        LedgerError::Absent { .. } => Err(CommandError::from(error)),
        _ => Ok(()),
    })?;
    Ok(Ledger::open(context.state_dir(), now())?)
}

/// Whether it is to be done; the account has to be named as it is.
fn confirmed(args: &UndoArgs, account: &str) -> Result<Mode, CommandError> {
    if !args.execute {
        return Ok(Mode::Preview);
    }
    match args.confirm.as_deref() {
        Some(named) if named == account => Ok(Mode::Execute),
        named => {
            let said = match named {
                Some(_) => "--confirm names another account than the ledger's; nothing was done",
                None => "--execute needs --confirm with the account's name; nothing was done",
            };
            Err(CommandError::new(ExitCode::Usage, said)
                .with_next(format!("gorgias-import undo --execute --confirm {account}")))
        }
    }
}

/// What the flags select, by the ledger alone. Keys of messages stand for their conversations.
fn in_ledger(
    context: &Context,
    flags: &Selection,
    view: &LedgerView,
) -> Result<ledger::Selection, CommandError> {
    let mut selection = select::without_keys(flags);
    let Some(keys) = flags.keys() else { return Ok(selection) };
    let mut found = Vec::new();
    for key in keys {
        let conversation = match ConversationKey::parse(key) {
            Ok(key) if view.ticket(&key)?.is_some() => Some(key),
            _ => match MessageKey::parse(key) {
                Ok(message) => view.conversation_of(&message)?,
                Err(_) => None,
            },
        };
        match conversation {
            Some(conversation) => found.push(conversation),
            None => context.output.warn(&format!("{key} is not in the ledger")),
        }
    }
    selection.keys = Some(found);
    Ok(selection)
}

impl Order<'_> {
    fn carry_out(self, ledger: &Ledger, mut target: Target) -> Result<ExitCode, CommandError> {
        let signals = Signals::listen()?;
        let own = Own::default();
        let client = target.client(self.config, own.clone(), self.step)?;
        let mut document = UndoDocument::new(target.name(), step_name(self.step), self.mode == Mode::Execute);
        let candidates = Price::of(&self, ledger)?;
        candidates.say(&self);
        let met = block_on(meet::meet(&self, &client, ledger, &target, &signals))??;
        let undo = Undo {
            client,
            own,
            ledger: ledger.clone(),
            hands: met,
            concurrency: self.config.upload.concurrency,
            patience: self.config.upload.patience,
            unread: UnreadInARow::default(),
            settle: self.config.upload.settle,
            // What the account's automations stop is not what the user stops.
            drain: signals.control.drain.child_token(),
            watch: Watch {
                accept: self.config.safety.accept.clone(),
                reread_every: self.config.safety.recheck,
                ..Watch::default()
            },
        };
        if self.mode == Mode::Execute {
            document.run = Some(self.start_run(ledger)?);
            if let Some(run) = document.run {
                target.traffic.keep_journal(ledger.clone(), run);
            }
        }
        let mut tally = Tally::begin(self.context, document, candidates.tickets)?;
        let done = block_on(self.work(&undo, &signals, &mut |lines: &[Line]| tally.add(lines)))?;
        // What cannot be read or written at the end must not keep the verdict from being told.
        let mut failures: Vec<CommandError> = Vec::new();
        match ledger.view().made_by_us() {
            Ok((customers, tags)) => tally.document.stays = crate::report::Stays { customers, tags },
            Err(error) => failures.push(error.into()),
        }
        let (calls, ..) = target.traffic.counts();
        let document = &mut tally.document;
        let planned = candidates.planned(document);
        document.calls = crate::report::UndoCalls { planned, made: calls };
        document.eta_seconds = terms::pace(self.config).seconds(planned);
        let failed = done.err().map(|error| meet::in_words(&error, &target));
        let code = beside(tally.exit_code(failed.as_ref(), &signals), &failures);
        if let Some(run) = tally.document.run {
            let is_whole = failed.is_none() && failures.is_empty() && tally.document.open() == 0;
            let state = if is_whole { RunState::Done } else { RunState::Interrupted };
            failures.extend(finish_run(ledger, run, state, code, calls).err());
        }
        let code = beside(code, &failures);
        failures.extend(tally.write_down(code));
        let code = beside(code, &failures);
        failures.extend(tally.tell(self.context, code, failures.is_empty()));
        tell_last(self.context, failed, failures, code);
        Ok(code)
    }

    fn start_run(&self, ledger: &Ledger) -> Result<u64, CommandError> {
        let run = NewRun {
            command: "undo".to_owned(),
            export_fingerprint: None,
            config_hash: Some(config_hash(self.config)?),
            started: now(),
            after: last_folder(self.context.state_dir()),
        };
        Ok(ledger.start_run(run).wait()?)
    }

    async fn work(
        &self,
        undo: &Undo,
        signals: &Signals,
        tally: &mut dyn FnMut(&[Line]),
    ) -> Result<(), UndoError> {
        let mut told = Instant::now();
        let mut seen = 0;
        let mut tell = |lines: &[Line]| {
            tally(lines);
            seen += lines.len() as u64;
            if told.elapsed() >= TOLD_EVERY {
                told = Instant::now();
                self.context.output.say(&so_far(seen, lines));
            }
        };
        let working = async {
            match self.step {
                TakeBackStep::Trash => undo.to_trash(&self.selection, self.mode, &mut tell).await,
                TakeBackStep::Purge => undo.purge(&self.selection, self.mode, &mut tell).await,
            }
        };
        tokio::select! {
            biased;
            // The second signal: what is under way is settled by the next command.
            () = signals.control.abort.cancelled() => Ok(()),
            done = working => done,
        }
    }
}

/// How many there were, by what they are.
fn so_far(seen: u64, lines: &[Line]) -> String {
    let tickets = lines.iter().all(|line| matches!(line.what, What::Ticket(_)));
    let (one, many) = if tickets {
        ("ticket", "tickets")
    } else {
        ("ticket, customer or tag", "tickets, customers and tags")
    };
    format!("{} so far", text::count_of(seen, one, many))
}

fn finish_run(
    ledger: &Ledger,
    run: u64,
    state: RunState,
    code: ExitCode,
    calls: u64,
) -> Result<(), CommandError> {
    let figures = status::figures(ledger.view(), calls)?;
    Ok(ledger.finish_run(run, state, code.number(), now(), &figures).wait()?)
}

fn step_name(step: TakeBackStep) -> &'static str {
    match step {
        TakeBackStep::Trash => "trash",
        TakeBackStep::Purge => "purge",
    }
}
