//! How a command has the files of an export: from where, who may be asked, with which login.

use std::collections::BTreeSet;

use reqwest::header::HeaderValue;

use super::intake::Intake;
use super::{CommandError, Context, environment};
use crate::attachments::{Account, Broken, Hosts, Keeper, Listed, Login, Product, Settings, Store};
use crate::config::secret::SecretError;
use crate::config::{AttachmentMode, Config};
use crate::exit::ExitCode;
use crate::ledger::{Ledger, LedgerError, LedgerView};
use crate::model::key::SourceName;
use crate::source::SourceKind;

/// Folder of kept files, below the state folder.
const FOLDER: &str = "files";

/// Gives the login of a source's account.
pub(super) type LoginOf<'l> = dyn Fn(&SourceName, Product) -> Result<Option<HeaderValue>, CommandError> + 'l;

/// Files for a run: from the dump, from what was kept, from the web. Nothing where they are not to be uploaded.
pub(super) fn keeper(
    context: &Context,
    config: &Config,
    ledger: &Ledger,
    intake: &Intake,
) -> Result<Option<Keeper>, CommandError> {
    if config.attachments.mode != AttachmentMode::Upload {
        return Ok(None);
    }
    let logins = |source: &SourceName, product| login(config, source, product);
    let hosts = hosts(config, intake.facts.origins(), &logins)?;
    let store = store(context);
    Ok(Some(Keeper::new(ledger.clone(), store, hosts, settings(config, true))?))
}

/// Files for a rehearsal: what the dump has and what `fetch` or a run of the real import kept. Nobody is asked.
pub(super) fn at_hand(
    real: &Context,
    scratch: &Context,
    config: &Config,
    ledger: &Ledger,
    intake: &Intake,
) -> Result<Option<Keeper>, CommandError> {
    if config.attachments.mode != AttachmentMode::Upload {
        return Ok(None);
    }
    let hosts = hosts(config, intake.facts.origins(), &|_, _| Ok(None))?;
    let keeper = Keeper::new(ledger.clone(), store(scratch), hosts, settings(config, false))?;
    let view = match LedgerView::open(real.state_dir()) {
        Ok(view) => view,
        // Before the first fetch or run nothing was kept; what an older version kept is for a newer one to read.
        Err(LedgerError::Absent { .. } | LedgerError::OlderVersion { .. }) => return Ok(Some(keeper)),
        Err(error) => return Err(error.into()),
    };
    Ok(Some(match view.hasher()? {
        Some(hasher) => keeper.with_earlier(view, hasher, store(real)),
        None => keeper,
    }))
}

/// The hosts that may be asked, given the accounts that the exports show. `login` gives the login of a source.
pub(super) fn hosts<'o>(
    config: &Config,
    origins: impl Iterator<Item = (&'o str, &'o BTreeSet<String>)>,
    login: &LoginOf<'_>,
) -> Result<Hosts, CommandError> {
    let mut accounts = Vec::new();
    for (name, names) in origins {
        let Some(spec) = config.sources.iter().find(|spec| spec.name.as_str() == name) else { continue };
        let product = match spec.kind {
            SourceKind::Zendesk => Product::Zendesk,
            SourceKind::Aircall => Product::Aircall,
        };
        let login = login(&spec.name, product)?;
        accounts.push(Account { source: spec.name.clone(), product, names: names.clone(), login });
    }
    let listed = config.attachments.hosts.iter().filter_map(|host| Listed::parse(host)).collect();
    Ok(Hosts::new(accounts, listed))
}

/// The login of a source's account, if the config names one. Reads the secret.
fn login(
    config: &Config,
    source: &SourceName,
    product: Product,
) -> Result<Option<HeaderValue>, CommandError> {
    let Some(login) = config.logins.get(source) else { return Ok(None) };
    let unread = |error: SecretError| match &error {
        SecretError::Exposed { .. } => CommandError::from(error),
        other => CommandError::from_error(ExitCode::Auth, other)
            .with_next(format!("correct api_token_file or api_token_command of the [[source]] {source}")),
    };
    let secret = login.token.read(environment).map_err(unread)?;
    let header = Login { user: login.user.clone(), secret }.header(product);
    let unfit = || {
        let message = format!("the api_user and token of source {source} make no login");
        CommandError::new(ExitCode::Usage, message)
            .with_next("correct api_user and the token in the [[source]]")
    };
    header.map(Some).ok_or_else(unfit)
}

fn settings(config: &Config, web: bool) -> Settings {
    let attachments = &config.attachments;
    Settings { max_bytes: attachments.max_bytes, silence: attachments.timeout, web }
}

fn store(context: &Context) -> Store {
    Store::new(context.state_dir().join(FOLDER))
}

impl From<Broken> for CommandError {
    fn from(broken: Broken) -> Self {
        Self::from_error(ExitCode::Temporary, &broken)
    }
}
