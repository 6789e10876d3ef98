//! Where tickets are taken back from: the account of the config, or the stand-in of a rehearsal.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::config::{Account, Config};
use crate::gorgias::{Client, Credentials, Own, TakeBackStep};
use crate::ledger::Ledger;
use crate::model::event::{Event, Wait};
use crate::upload::Traffic;

use crate::commands::connect::{self, Access};
use crate::commands::rehearse;
use crate::commands::stand_in::StandIn;
use crate::commands::{CommandError, Context, Output};

/// An account, and how it is reached.
pub(super) struct Target {
    account: Account,
    login: Option<Credentials>,
    /// Which credential is used, in words.
    pub(super) credential: String,
    /// The observer of its calls.
    pub(super) traffic: Arc<Traffic>,
    /// Kept running as long as this lives.
    _stand_in: Option<StandIn>,
}

/// The account that the ledger belongs to.
pub(super) fn find(
    context: &Context,
    config: &Config,
    account: &Account,
    ledger: &Ledger,
) -> Result<Target, CommandError> {
    let (events, heard) = mpsc::unbounded_channel();
    tell_waits(context.output, heard);
    let traffic = Arc::new(Traffic::new(events));
    if is_rehearsal(ledger)? {
        let stand_in = StandIn::of_rehearsal(context.state_dir(), config)?;
        let (account, login) = stand_in.account()?;
        let credential = "stand-in's key".to_owned();
        return Ok(Target { account, login: Some(login), credential, traffic, _stand_in: Some(stand_in) });
    }
    let credentials = context.credentials(account)?;
    let login = connect::login(&credentials)?;
    let credential = credentials.describe();
    Ok(Target { account: account.clone(), login: Some(login), credential, traffic, _stand_in: None })
}

/// Says why and how long the calls wait. The thread ends with the calls.
fn tell_waits(output: Output, mut heard: mpsc::UnboundedReceiver<Event>) {
    std::thread::spawn(move || {
        while let Some(event) = heard.blocking_recv() {
            if let Event::Waiting { wait, seconds } = event {
                let why = match wait {
                    Wait::Throttled => "Gorgias asked for a pause (429)",
                    _ => "the account's budget is used up",
                };
                output.say(&format!("waiting {seconds} s: {why}"));
            }
        }
    });
}

/// Whether the ledger is a rehearsal's.
pub(super) fn is_rehearsal(ledger: &Ledger) -> Result<bool, CommandError> {
    Ok(ledger.view().account()?.is_some_and(|(name, _)| name == rehearse::ACCOUNT))
}

impl Target {
    /// The account's name, as `--confirm` wants it.
    pub(super) fn name(&self) -> &str {
        &self.account.name
    }

    /// A client that may do `step` to `own` and nothing else.
    pub(super) fn client(
        &mut self,
        config: &Config,
        own: Own,
        step: TakeBackStep,
    ) -> Result<Client, CommandError> {
        let access = Access::TakeBack(own, step);
        let login = self.login.take().expect("a target makes one client");
        connect::client(config, &self.account, login, &self.traffic, access)
    }
}
