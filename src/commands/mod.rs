//! One file per command: each reads like the user's story and calls the parts below.
//!
//! This file has what they share: the [`Context`], the way from arguments to a command, and the way from what became of
//! it to an exit code. Nothing below it decides how the process ends.

mod clean;
mod completions;
mod connect;
mod error;
mod explain;
mod fetch;
mod files;
mod fix_links;
mod init;
mod intake;
mod listen;
mod man;
mod near;
mod output;
mod panic;
mod reading;
mod rebuild;
mod rehearse;
mod report;
mod run;
mod sandbox;
mod schema;
mod select;
mod signals;
mod stand_in;
mod status;
mod terms;
mod typed;
mod undo;
mod usage;
mod validate;
mod verify;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use clap::Parser as _;

pub use error::{CommandError, ErrorDocument};
pub use output::Output;

use crate::cli::{Cli, Command, Globals, SelectionArgs};
use crate::config::secret::Credentials;
use crate::config::selection::Selection;
use crate::config::{Account, Config};
use crate::exit::ExitCode;

/// What every command gets.
#[derive(Clone, Debug)]
pub struct Context {
    /// Flags that every command takes.
    pub globals: Globals,
    /// Where to write.
    pub output: Output,
}

impl Context {
    /// Folder for the ledger, reports and logs. It need not exist.
    pub fn state_dir(&self) -> &Path {
        &self.globals.state_dir
    }

    /// Reads and checks the config.
    pub fn config(&self) -> Result<Config, CommandError> {
        Ok(Config::load(&self.globals.config)?)
    }

    /// The selection that the flags mean under a config.
    pub fn selection(&self, flags: &SelectionArgs, config: &Config) -> Result<Selection, CommandError> {
        Ok(Selection::resolve(flags.request(), &config.sources)?)
    }

    /// Where the account's credentials come from; `credentials.origin().read(environment)` reads the secret.
    pub fn credentials(&self, account: &Account) -> Result<Credentials, CommandError> {
        Ok(account.credentials.resolve(environment)?)
    }

    /// Asks for a yes before something is written. `--yes` gives it; where nobody can be asked the error names the
    /// flag.
    pub fn confirm(&self, question: &str) -> Result<(), CommandError> {
        if self.globals.yes {
            return Ok(());
        }
        if self.globals.no_input || !self.output.can_ask() {
            let message = "this needs a confirmation, and there is no terminal to ask on";
            return Err(
                CommandError::new(ExitCode::Usage, message).with_next(typed::Typed::now().with("--yes"))
            );
        }
        match self.output.ask(question) {
            Ok(true) => Ok(()),
            Ok(false) => Err(CommandError::new(ExitCode::Usage, "not confirmed; nothing was written")),
            Err(error) => Err(CommandError::new(ExitCode::Usage, format!("cannot ask: {error}"))
                .with_next(typed::Typed::now().with("--yes"))),
        }
    }
}

/// Looks up an environment variable; one that is not UTF-8 counts as absent.
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The whole program: arguments in, exit code out.
pub fn main(arguments: &[OsString]) -> ExitCode {
    let early = usage::guess_output(arguments);
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage::tell(&error, arguments, early),
    };
    let context = Context { output: Output::new(&cli.globals), globals: cli.globals };
    panic::install(context.output, context.state_dir());
    match catch_unwind(AssertUnwindSafe(|| dispatch(cli.command, &context))) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            if error.code() != ExitCode::Ok {
                context.output.error(&error);
            }
            error.code()
        }
        Err(_) => ExitCode::Internal,
    }
}

fn dispatch(command: Command, context: &Context) -> Result<ExitCode, CommandError> {
    match command {
        Command::Init(args) => init::run(context, &args),
        Command::Validate(args) => validate::run(context, &args),
        Command::Rehearse(args) => rehearse::run(context, &args),
        Command::Fetch => fetch::run(context),
        Command::Run(args) => run::run(context, &args),
        Command::Undo(args) => undo::run(context, &args),
        Command::FixLinks(args) => fix_links::run(context, &args),
        Command::Rebuild => rebuild::run(context),
        Command::Status(args) => status::run(context, &args),
        Command::Verify(args) => verify::run(context, &args),
        Command::Explain(args) => explain::run(context, &args),
        Command::Report(args) => report::run(context, &args),
        Command::Clean => clean::run(context),
        Command::Sandbox(args) => sandbox::run(context, &args),
        Command::Completions(args) => completions::run(context, &args),
        Command::Man(args) => man::run(context, &args),
        Command::Schema(args) => schema::run(context, &args),
    }
}
