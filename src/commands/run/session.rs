//! One run from the account's first answer to the summary.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::mpsc;

use crate::attachments::Keeper;
use crate::config::selection::Selection;
use crate::config::{self, Config};
use crate::exit::ExitCode;
use crate::gorgias::Client;
use crate::ledger::{self, Ledger, NewRun, RunState, StateCounts, TicketState, Which};
use crate::mapping::{AgentDirectory, Rules, TicketStatus};
use crate::model::event::{Event, Figures, MessageCounts, TicketCounts};
use crate::model::finding::{Code, Finding};
use crate::model::time::now;
use crate::report::RunSummary;
use crate::text;
use crate::upload::account::{self, Account};
use crate::upload::{self, Ended, Existing, ExistingError, Files, Moves, Plan, Preflight, Shared, Traffic};

use super::files_ahead::files_ahead;
use super::folder::{self, RunFolder};
use super::question::{self, Asked};
use super::{Wishes, block_on, config_hash, dry_run, fitness, needs, stops, verdict};
use crate::commands::intake::Intake;
use crate::commands::signals::Signals;
use crate::commands::{CommandError, Context, connect, select, terms};

/// Name of the ledger's fact that the user was asked about history that is there by other means.
const EXISTING_ASKED: &str = "existing-asked";

/// Whom a run talks to.
pub(in crate::commands) struct Target {
    /// The account's name.
    pub(in crate::commands) name: String,
    /// Which credential is used, in words.
    pub(in crate::commands) credential: String,
    /// The client.
    pub(in crate::commands) client: Client,
    /// Its observer.
    pub(in crate::commands) traffic: Arc<Traffic>,
}

/// Everything that a run needs, gathered.
pub(in crate::commands) struct Session<'a> {
    pub(in crate::commands) context: &'a Context,
    pub(in crate::commands) command: &'static str,
    pub(in crate::commands) config: &'a Config,
    pub(in crate::commands) selection: &'a Selection,
    pub(in crate::commands) ledger: Ledger,
    pub(in crate::commands) intake: Intake,
    pub(in crate::commands) target: Target,
    /// How files are had, where they are to be uploaded.
    pub(in crate::commands) keeper: Option<Keeper>,
    /// How many messages a stand-in says it would have sent; the real Gorgias does not tell.
    pub(in crate::commands) outbox: Option<Box<dyn Fn() -> u64 + Send + Sync>>,
}

/// What the first calls told.
struct Met {
    account: Account,
    /// Names the state of the account's automations.
    automations: String,
    /// What is there already by other means; nothing where nobody needs to be asked.
    existing: Option<Existing>,
}

impl Session<'_> {
    /// Reads the account, asks, uploads, and tells what became of it.
    pub(in crate::commands) fn run(
        self,
        wishes: Wishes,
        signals: &Signals,
        events: mpsc::UnboundedSender<Event>,
        heard: mpsc::UnboundedReceiver<Event>,
    ) -> Result<ExitCode, CommandError> {
        let mut started = Instant::now();
        let selection = select::in_ledger(self.selection, self.ledger.view(), &self.intake.staging)?;
        let rules = terms::rules(self.config)?;
        self.context.output.say(&format!("reading the account {} …", self.target.name));
        let met = block_on(self.meet(&rules, signals, &selection))??;
        let Some(met) = met else { return Err(interrupted(signals)) };
        if self.selection.keys().is_some() {
            // Whoever names rejected records wants them tried again.
            self.ledger.retry_rejected(&selection).wait()?;
        }
        if !wishes.dry_run {
            // Running the plan again is asking for what was taken back.
            self.ledger.retry_undone(&selection).wait()?;
        }
        let counts = self.ledger.view().counts(&selection)?;
        let mut figures = self.figures(&counts);
        if self.keeper.is_some() {
            let document = &self.intake.facts.document;
            let already = figures.tickets.already;
            figures.files = files_ahead(self.ledger.view(), document, self.selection, already)?;
        }
        let moves = self.moves(&selection, &rules, &met.account)?;
        if wishes.dry_run {
            let needs = needs::needs(&self, &selection, &rules, &met.account)?;
            let existing = met.existing.clone();
            let foreseen = dry_run::Foreseen { moves, gaps: self.gaps()?, needs, existing };
            return dry_run::tell(&self, &met.account, &figures, &foreseen, started);
        }
        let messages = [TicketState::Pending, TicketState::Appending, TicketState::Sending];
        let messages = messages.into_iter().map(|state| counts.messages(state)).sum();
        let asked = Asked {
            account: &self.target.name,
            figures: &figures,
            messages,
            open: self.open_tickets(&selection)?,
            existing: met.existing.as_ref(),
            moves,
            gaps: self.gaps()?,
        };
        if let Some(question) = asked.question() {
            if let Some(existing) = &met.existing
                && self.context.globals.yes
            {
                // A yes that was given before the numbers were known says nothing about them.
                return Err(question::there_already(existing));
            }
            let thinking = Instant::now();
            self.context.confirm(&question)?;
            // How long somebody thought about it is no time of the run.
            started += thinking.elapsed();
            if self.context.globals.yes {
                asked.announcements().iter().for_each(|line| self.context.output.paragraph(line));
            }
            self.ledger.set_fact(EXISTING_ASKED, "true").wait()?;
        }
        self.upload(met, rules, selection, figures, wishes, signals, (events, heard), started)
    }

    /// Files that are missing in messages in Gorgias and are tried again, where files are uploaded at all.
    fn gaps(&self) -> Result<u64, CommandError> {
        let uploads = self.config.attachments.mode == config::AttachmentMode::Upload;
        Ok(if uploads { self.ledger.view().open_gaps()? } else { 0 })
    }

    /// What is in Gorgias and is to be given to other users.
    fn moves(
        &self,
        selection: &ledger::Selection,
        rules: &Rules,
        account: &Account,
    ) -> Result<Moves, CommandError> {
        let plan = self.plan(selection.clone(), rules.clone(), account.directory.clone());
        upload::moves(&plan).map_err(|words| CommandError::new(ExitCode::Temporary, words))
    }

    /// The first calls: who is there, whose ledger this is, and whether the tickets are there already.
    async fn meet(
        &self,
        rules: &Rules,
        signals: &Signals,
        selection: &ledger::Selection,
    ) -> Result<Option<Met>, CommandError> {
        let meeting = async {
            let digest = |identity: &_| upload::digest(&self.ledger, identity);
            let account = account::read(&self.target.client, rules, terms::first_reads(self.config), &digest)
                .await
                .map_err(|error| connect::account_failed(&error, &self.target.credential))?;
            self.ledger.bind_account(&self.target.name, account.id.as_deref()).await?;
            fitness::check_role(account.role.as_deref())?;
            self.check_tickets(rules).await?;
            if let Some(warning) =
                self.target.client.server_now().and_then(|theirs| fitness::clock(theirs, now()))
            {
                self.context.output.warn(&warning);
            }
            let preflight = self.preflight(&account).await?;
            if is_new(&self.ledger)? {
                self.probe(selection).await?;
            }
            let existing = self.existing(rules, selection, &account).await?;
            Ok(Met { account, automations: preflight.state(), existing })
        };
        tokio::select! {
            biased;
            () = signals.control.drain.cancelled() => Ok(None),
            met = meeting => met.map(Some),
        }
    }

    /// The tickets that the tickets table names are there.
    async fn check_tickets(&self, rules: &Rules) -> Result<(), CommandError> {
        let patience = terms::first_reads(self.config);
        account::check_tickets(&self.target.client, self.ledger.view(), rules, patience)
            .await
            .map_err(|error| connect::account_failed(&error, &self.target.credential))
    }

    /// Refuses to go on while something in the account could act on imported tickets and is not acknowledged.
    async fn preflight(&self, account: &Account) -> Result<Preflight, CommandError> {
        let safety = &self.config.safety;
        let patience = terms::first_reads(self.config);
        let found = upload::preflight(&self.target.client, &account.integrations, &safety.accept, patience)
            .await
            .map_err(|failure| {
                connect::call_failed(
                    "cannot read what is automated in the account",
                    &failure,
                    &self.target.credential,
                )
            })?;
        for warning in &found.warnings {
            self.context.output.warn(warning);
        }
        if found.open.is_empty() { Ok(found) } else { Err(stops::refusal(&found.open)) }
    }

    /// History that is there by other means, once for a ledger.
    async fn existing(
        &self,
        rules: &Rules,
        selection: &ledger::Selection,
        account: &Account,
    ) -> Result<Option<Existing>, CommandError> {
        let asks = self.config.safety.existing == config::Existing::Ask;
        if !asks || self.ledger.view().fact(EXISTING_ASKED)?.is_some() {
            return Ok(None);
        }
        let found = upload::existing(
            &self.target.client,
            &self.ledger,
            &self.intake.staging,
            selection,
            rules,
            &account.resources,
            terms::first_reads(self.config),
        )
        .await
        .map_err(|error| match error {
            ExistingError::Call(failure) => {
                connect::call_failed("cannot look for history", &failure, &self.target.credential)
            }
            ExistingError::Ledger(error) => error.into(),
            ExistingError::Staging(error) => error.into(),
        })?;
        Ok((found.there > 0).then_some(found))
    }

    /// Tickets of the selection that will be open in Gorgias and are still to be sent.
    fn open_tickets(&self, selection: &ledger::Selection) -> Result<u64, CommandError> {
        let status = &self.config.mapping.status;
        let mut open = 0;
        for row in self.ledger.view().tickets(selection, Which::Open)? {
            let row = row?;
            let is_open = row.status.is_some_and(|old| status.get(&old) == Some(&TicketStatus::Open));
            open += u64::from(is_open && row.state == TicketState::Pending);
        }
        Ok(open)
    }

    async fn probe(&self, selection: &ledger::Selection) -> Result<(), CommandError> {
        let probed = upload::probe(
            &self.target.client,
            self.ledger.view(),
            selection,
            terms::first_reads(self.config),
        )
        .await;
        match probed {
            Ok(None) => Ok(()),
            Ok(Some(key)) => Err(CommandError::new(
                ExitCode::Safety,
                format!("{key} is in Gorgias already, and this ledger knows nothing of it: another ledger was here"),
            )
            .with_next("find that ledger, or make it anew with gorgias-import rebuild; nothing was written")),
            Err(upload::ProbeError::Call(failure)) => {
                Err(connect::call_failed("cannot look up tickets", &failure, &self.target.credential))
            }
            Err(upload::ProbeError::Ledger(error)) => Err(error.into()),
        }
    }

    /// Where things stand before this run.
    fn figures(&self, counts: &StateCounts) -> Figures {
        let (left_out, _) = counts.left_out();
        let tickets = TicketCounts {
            already: counts.tickets(TicketState::Done) + counts.tickets(TicketState::Gone),
            rejected: counts.tickets(TicketState::Rejected) - left_out
                + self.intake.facts.without_key(self.selection),
            left_out,
            unknown: counts.tickets(TicketState::Sending),
            // A run makes anew what was taken back.
            pending: counts.tickets(TicketState::Pending)
                + counts.tickets(TicketState::Appending)
                + counts.tickets(TicketState::Undone),
            ..TicketCounts::default()
        };
        let messages = MessageCounts {
            already: counts.messages_there(),
            rejected: counts.messages_rejected() + self.intake.facts.rejected_messages,
            ..MessageCounts::default()
        };
        Figures { tickets, messages, ..Figures::default() }
    }

    #[expect(clippy::too_many_arguments, reason = "the last step of a story told in order")]
    fn upload(
        mut self,
        met: Met,
        rules: Rules,
        selection: ledger::Selection,
        figures: Figures,
        wishes: Wishes,
        signals: &Signals,
        (events, heard): (mpsc::UnboundedSender<Event>, mpsc::UnboundedReceiver<Event>),
        started: Instant,
    ) -> Result<ExitCode, CommandError> {
        let run = self.start_run()?;
        let folder = RunFolder::create(self.context.state_dir(), run, &self.intake)?;
        self.target.traffic.keep_journal(self.ledger.clone(), run);
        drop(events.send(Event::RunStarted {
            run,
            account: self.target.name.clone(),
            figures,
            resumed: figures.tickets.already + figures.tickets.unknown > 0,
        }));
        self.tell_registered(&events, &folder);
        let listener = self.context.listen(self.command, heard, &folder.log())?;
        let Met { account, automations, .. } = met;
        let options = terms::options(self.config, run, automations, wishes);
        let (ended, mut figures) = {
            let notes = folder.notes();
            let mut shared = Shared::new(
                self.target.client.clone(),
                self.ledger.clone(),
                options,
                Arc::clone(&self.target.traffic),
                notes,
            );
            if let Some(keeper) = self.keeper.take() {
                shared = shared.with_files(Files::new(keeper).after(figures.files.done));
            }
            let plan = self.plan(selection, rules, account.directory);
            let control = signals.control.clone();
            block_on(upload::upload(shared, plan, account.resources, figures, control, events))?
        };
        let Session { context, command, ledger, intake, target, outbox, .. } = self;
        target.traffic.fall_silent();
        figures.could_have_sent += outbox.map_or(0, |outbox| outbox());
        listener.join();
        let code = stops::exit_code(&ended, &figures, &folder, signals);
        let left = figures.tickets.pending + figures.tickets.unknown;
        let is_done = ended == Ended::Finished && left == 0 && !folder.is_left();
        let state = if is_done { RunState::Done } else { RunState::Interrupted };
        let mut summary =
            RunSummary::new(command, run, code.number(), &figures, started.elapsed().as_secs_f64());
        // What cannot be written at the end must not keep the verdict from being told.
        let mut failures: Vec<CommandError> = folder.finish(&summary, &intake).err().into_iter().collect();
        let code = verdict::beside(code, &failures);
        let finished = ledger.finish_run(run, state, code.number(), now(), &figures).wait();
        failures.extend(finished.err().map(CommandError::from));
        let code = verdict::beside(code, &failures);
        summary.exit_code = code.number();
        Ok(verdict::tell(context, &summary, &ended, code, &folder, failures))
    }

    fn start_run(&self) -> Result<u64, CommandError> {
        Ok(self
            .ledger
            .start_run(NewRun {
                command: self.command.to_owned(),
                export_fingerprint: Some(self.intake.fingerprint.clone()),
                config_hash: Some(config_hash(self.config)?),
                started: now(),
                after: folder::last(self.context.state_dir()),
            })
            .wait()?)
    }

    fn plan(&self, selection: ledger::Selection, rules: Rules, directory: AgentDirectory) -> Plan {
        Plan {
            view: self.ledger.view().clone(),
            staging: self.intake.staging.path().to_owned(),
            selection,
            rules,
            directory,
        }
    }

    /// What registering found out about an export that has changed under a ledger.
    fn tell_registered(&self, events: &mpsc::UnboundedSender<Event>, folder: &RunFolder) {
        let Some(report) = &self.intake.registered else { return };
        for changed in &report.changed {
            let finding = Finding {
                code: Code::ChangedInSource,
                key: Some(changed.message.to_string()),
                place: None,
                detail: format!("in {}", changed.conversation),
            };
            folder.note(&finding);
        }
        for exposed in &report.exposed {
            let ticket = exposed.gorgias_id.map(|id| format!(", Gorgias ticket {id}")).unwrap_or_default();
            folder.note(&Finding {
                code: Code::PublicInGorgias,
                key: Some(exposed.message.to_string()),
                place: None,
                detail: format!("in {}{ticket}", exposed.conversation),
            });
        }
        for missing in &report.missing {
            folder.note(&Finding {
                code: Code::MissingInSource,
                key: Some(missing.message.to_string()),
                place: None,
                detail: format!("in {}", missing.conversation),
            });
        }
        for known in &report.elsewhere {
            folder.note(&Finding {
                code: Code::InOtherThread,
                key: Some(known.message.to_string()),
                place: None,
                detail: format!("in {}", known.conversation),
            });
        }
        for unjoined in &report.unjoined {
            folder.note(&Finding {
                code: unjoined.code,
                key: Some(unjoined.conversation.to_string()),
                place: None,
                detail: if unjoined.messages > 0 { not_added(unjoined.messages) } else { String::new() },
            });
        }
        let known = report.total() - report.new;
        if known > 0 {
            let message = compared(report);
            drop(events.send(Event::Notice { message }));
        }
    }
}

/// A ledger from which nothing was ever sent.
fn is_new(ledger: &Ledger) -> Result<bool, CommandError> {
    let counts = ledger.view().counts(&ledger::Selection::default())?;
    let sent = [
        TicketState::Sending,
        TicketState::Appending,
        TicketState::Done,
        TicketState::Gone,
        TicketState::Undone,
    ];
    Ok(sent.into_iter().all(|state| counts.tickets(state) == 0))
}

fn interrupted(signals: &Signals) -> CommandError {
    CommandError::new(signals.exit_code(), "interrupted before anything was sent")
        .with_next("run the same command again")
}

/// Findings that several threads note.
pub(super) type SharedLists = Arc<Mutex<crate::report::FindingLists>>;

/// Notes one finding; the first error is kept by whoever finishes the lists.
pub(super) fn note(lists: &SharedLists, finding: &Finding) -> std::io::Result<()> {
    use crate::report::FindingSink as _;
    lists.lock().unwrap_or_else(PoisonError::into_inner).finding(finding)
}

/// How many messages of a ticket are not added.
pub(in crate::commands) fn not_added(messages: u64) -> String {
    format!("{} not added", text::count(messages, "message"))
}

/// What of the export is new to the ledger and what is not, in words.
fn compared(report: &ledger::RegisterReport) -> String {
    let parts = [
        (report.new, "new"),
        (report.appended, "with further messages"),
        (report.updated, "with another status, assignee or other tags"),
        (report.replaced, "replaced before they were sent"),
        (report.unchanged, "unchanged"),
        (report.reopened, "rejected before and tried again"),
        (report.rejected, "rejected"),
        (report.joined, "known under other keys"),
        (report.unjoined_count, "that cannot be told apart from what is there, so nothing of them is added"),
        (report.exposed_count, "messages public in Gorgias and private in the export"),
        (report.elsewhere_count, "messages in the ticket of another thread"),
        (report.changed_count, "messages changed"),
        (report.missing_count, "messages missing in the source"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", text::thousands(number)))
        .collect();
    format!("compared with the ledger: {}", parts.join(", "))
}
