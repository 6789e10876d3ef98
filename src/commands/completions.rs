//! `completions`: shell completions from the same declaration as the help.

use clap::CommandFactory as _;

use super::{CommandError, Context};
use crate::cli::{Cli, CompletionsArgs};
use crate::exit::ExitCode;

pub(super) fn run(context: &Context, args: &CompletionsArgs) -> Result<ExitCode, CommandError> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    context.output.print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::Ok)
}
