//! The first calls of `undo`: whose account it is, who works there, and what would react. And how failures are told.

use crate::exit::ExitCode;
use crate::gorgias::{CallFailure, Client, patiently};
use crate::ledger::Ledger;
use crate::undo::{Mode, UndoError};
use crate::upload;
use crate::upload::touched::Hands;

use super::Order;
use super::target::Target;
use crate::commands::run::{refusal, stopped};
use crate::commands::signals::Signals;
use crate::commands::terms;
use crate::commands::{CommandError, connect};

/// Who works in the account. Refuses where automations would react to tickets that are moved.
pub(super) async fn meet(
    order: &Order<'_>,
    client: &Client,
    ledger: &Ledger,
    target: &Target,
    signals: &Signals,
) -> Result<Hands, CommandError> {
    let failed = |what: &'static str| {
        move |failure: CallFailure| connect::call_failed(what, &failure, &target.credential)
    };
    let patience = terms::first_reads(order.config);
    let meeting = async {
        match patiently(patience, async || client.account().await).await {
            Ok(account) => {
                let id = account.id.map(|id| id.to_string()).or(account.domain);
                ledger.bind_account(target.name(), id.as_deref()).await?;
            }
            // A login that may not read this can still take back.
            Err(CallFailure::NotFound | CallFailure::Forbidden { .. } | CallFailure::Refused { .. }) => {}
            Err(failure) => return Err(failed("cannot read the account")(failure)),
        }
        let hands = patiently(patience, async || Hands::read(client).await).await;
        let hands = hands.map_err(failed("cannot read the account's users"))?;
        let integrations = patiently(patience, async || client.integrations().await).await;
        let integrations = integrations.map_err(failed("cannot read the account's integrations"))?;
        let accept = &order.config.safety.accept;
        let found = upload::preflight(client, &integrations, accept, patience).await;
        let found = found.map_err(failed("cannot read what is automated in the account"))?;
        if !found.open.is_empty() {
            let refused = refusal(&found.open);
            if order.mode == Mode::Execute {
                return Err(refused);
            }
            order.context.output.warn(&format!("--execute will be refused: {}", refused.message()));
        }
        Ok(hands)
    };
    tokio::select! {
        biased;
        () = signals.control.drain.cancelled() => {
            Err(CommandError::new(signals.exit_code(), "interrupted before anything was taken back"))
        }
        hands = meeting => hands,
    }
}

/// Why it could not go on, and what to do now.
pub(super) fn in_words(error: &UndoError, target: &Target) -> CommandError {
    match error {
        UndoError::Call { failure, .. } => {
            connect::call_failed(&error.to_string(), failure, &target.credential)
        }
        UndoError::NoEvents => CommandError::from_error(ExitCode::Auth, error)
            .with_next("use the key of an admin; nothing more was taken back"),
        UndoError::NoTrash { .. } => CommandError::from_error(ExitCode::Safety, error).with_next(
            "nothing more was taken back; delete the tickets in Gorgias, receipt.csv and the ledger name them",
        ),
        UndoError::Stopped(stop) => stopped(stop),
        UndoError::Ledger(error) => error.clone().into(),
    }
}
