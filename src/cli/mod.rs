//! The command line, declared once: help, man pages and completions come from here.
//!
//! Purpose: what was typed, in types. It must not know what commands do, read files, or look at the terminal. No flag
//! takes a secret. Every flag that is common to all commands has a form in the environment.

mod examples;
mod flags;
mod values;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory as _, Parser, Subcommand, ValueHint};

pub use flags::SelectionArgs;
pub use values::{Colour, Confidence, ErrorBudget, FaultLevel, SandboxRate};

/// Flags that every command takes.
const GLOBAL: &str = "Global options";

/// Columns that what a command does gets at least, however narrow the terminal is.
const ABOUT_MIN: usize = 20;

/// Examples stand before everything but the name: they are what most people came for.
const TEMPLATE: &str = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// Moves the history of a help desk (Zendesk, Aircall) into Gorgias
#[derive(Debug, Parser)]
#[command(
    name = "gorgias-import",
    version,
    before_help = examples::TOP,
    help_template = TEMPLATE,
    subcommand_required = true,
    disable_help_subcommand = false,
    max_term_width = 110
)]
pub struct Cli {
    /// Flags that every command takes.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that every command takes.
#[derive(Args, Clone, Debug)]
pub struct Globals {
    /// The config file
    #[arg(
        short,
        long,
        global = true,
        value_name = "FILE",
        default_value = "migration.toml",
        env = "GORGIAS_IMPORT_CONFIG",
        hide_env_values = true,
        value_hint = ValueHint::FilePath,
        help_heading = GLOBAL
    )]
    pub config: PathBuf,

    /// Folder for the ledger, reports and logs
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        default_value = ".gorgias-import",
        env = "GORGIAS_IMPORT_STATE_DIR",
        hide_env_values = true,
        value_hint = ValueHint::DirPath,
        help_heading = GLOBAL
    )]
    pub state_dir: PathBuf,

    /// Machine-readable output on stdout, errors as a last JSON object on stderr
    #[arg(long, global = true, env = "GORGIAS_IMPORT_JSON", hide_env_values = true, help_heading = GLOBAL)]
    pub json: bool,

    /// Say only what went wrong
    #[arg(
        short,
        long,
        global = true,
        env = "GORGIAS_IMPORT_QUIET",
        hide_env_values = true,
        conflicts_with = "verbose",
        help_heading = GLOBAL
    )]
    pub quiet: bool,

    /// Say more; twice for everything
    #[arg(
        short,
        long,
        global = true,
        action = ArgAction::Count,
        env = "GORGIAS_IMPORT_VERBOSE",
        hide_env_values = true,
        help_heading = GLOBAL
    )]
    pub verbose: u8,

    /// When to use colour
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value_t = Colour::Auto,
        env = "GORGIAS_IMPORT_COLOR",
        hide_env_values = true,
        help_heading = GLOBAL
    )]
    pub color: Colour,

    /// Answer yes to the question that `run` asks
    #[arg(short, long, global = true, env = "GORGIAS_IMPORT_YES", hide_env_values = true, help_heading = GLOBAL)]
    pub yes: bool,

    /// Never ask; end with code 2 where an answer would be needed
    #[arg(long, global = true, env = "GORGIAS_IMPORT_NO_INPUT", hide_env_values = true, help_heading = GLOBAL)]
    pub no_input: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look at exports and write migration.toml with what was found
    #[command(before_help = examples::INIT, help_template = TEMPLATE)]
    Init(InitArgs),
    /// What would be imported, what would be lost, how long it takes (no network)
    #[command(before_help = examples::VALIDATE, help_template = TEMPLATE)]
    Validate(ValidateArgs),
    /// The real uploader against a stand-in of Gorgias, to browse (this machine only)
    #[command(before_help = examples::REHEARSE, help_template = TEMPLATE)]
    Rehearse(RehearseArgs),
    /// Download attachments and recordings ahead of the run, links that expire first
    #[command(before_help = examples::FETCH, help_template = TEMPLATE)]
    Fetch,
    /// Upload to Gorgias; run it again to resume
    #[command(before_help = examples::RUN, help_template = TEMPLATE)]
    Run(RunArgs),
    /// Take back what this tool created, to the trash first (a preview unless --execute)
    #[command(before_help = examples::UNDO, help_template = TEMPLATE)]
    Undo(UndoArgs),
    /// Second pass over links between old tickets (a preview unless --execute)
    #[command(before_help = examples::FIX_LINKS, help_template = TEMPLATE)]
    FixLinks(FixLinksArgs),
    /// Make the ledger anew from the account, by look-up; writes nothing to Gorgias
    #[command(before_help = examples::REBUILD, help_template = TEMPLATE)]
    Rebuild,
    /// Where the current or last run stands, from another terminal too
    #[command(before_help = examples::STATUS, help_template = TEMPLATE)]
    Status(StatusArgs),
    /// Read back from Gorgias and compare; writes nothing to Gorgias
    #[command(before_help = examples::VERIFY, help_template = TEMPLATE)]
    Verify(VerifyArgs),
    /// Everything known about one record: where it stands, what was sent, what came of it
    #[command(before_help = examples::EXPLAIN, help_template = TEMPLATE)]
    Explain(ExplainArgs),
    /// Write the certificate of a run again, with a runbook for the cutover
    #[command(before_help = examples::REPORT, help_template = TEMPLATE)]
    Report(ReportArgs),
    /// Delete staging, files and reports that hold personal data; the ledger stays
    #[command(before_help = examples::CLEAN, help_template = TEMPLATE)]
    Clean,
    /// Serve the stand-in of Gorgias alone (this machine only)
    #[command(before_help = examples::SANDBOX, help_template = TEMPLATE)]
    Sandbox(SandboxArgs),
    /// Print shell completions
    #[command(before_help = examples::COMPLETIONS, help_template = TEMPLATE)]
    Completions(CompletionsArgs),
    /// Write the man pages
    #[command(before_help = examples::MAN, help_template = TEMPLATE)]
    Man(ManArgs),
    /// Print the JSON Schema of what `--json` prints
    #[command(before_help = examples::SCHEMA, help_template = TEMPLATE)]
    Schema(SchemaArgs),
}

/// `init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    /// Exports: files and folders
    #[arg(required = true, value_name = "EXPORT", value_hint = ValueHint::AnyPath)]
    pub exports: Vec<PathBuf>,
    /// Where to write the config [default: the file of --config]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Overwrite the config and the tables beside it if they exist
    #[arg(long)]
    pub force: bool,
}

/// `validate`.
#[derive(Args, Debug)]
pub struct ValidateArgs {
    /// Which records.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Also write a report; the kind follows the name: .html, .csv or .json (repeatable)
    #[arg(long, value_name = "FILE", value_parser = values::parse_report, value_hint = ValueHint::FilePath)]
    pub report: Vec<PathBuf>,
}

/// `rehearse`.
#[derive(Args, Debug)]
pub struct RehearseArgs {
    /// Which records.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// How unreliable the stand-in is
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FaultLevel::None)]
    pub faults: FaultLevel,
    /// Seed of the faults, so that a rehearsal can be repeated
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Serve the result as web pages until Ctrl-C, without a terminal too
    #[arg(long, conflicts_with = "no_browse")]
    pub browse: bool,
    /// End at once, on a terminal too
    #[arg(long)]
    pub no_browse: bool,
}

/// `run`.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// Which records.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Read from Gorgias, write nothing: what would be created and what is there already
    #[arg(long)]
    pub dry_run: bool,
    /// Stop after this long, such as 90m or 7h30m; run again to go on
    #[arg(long, value_name = "TIME", value_parser = values::parse_duration)]
    pub max_duration: Option<std::time::Duration>,
    /// Stop at this time of day on this machine's clock, such as 07:30; run again to go on
    #[arg(long, value_name = "HH:MM", value_parser = values::parse_time_of_day)]
    pub stop_at: Option<jiff::civil::Time>,
    /// Send nothing as long as this file exists; make it to pause, remove it to go on
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub pause_file: Option<PathBuf>,
    /// Stop after so many rejected records: a number, or a share such as 1%
    #[arg(long, value_name = "N|N%")]
    pub max_errors: Option<ErrorBudget>,
}

/// `fix-links`.
#[derive(Args, Debug)]
pub struct FixLinksArgs {
    /// Do it, instead of saying what would be done
    #[arg(long)]
    pub execute: bool,
    /// The account's name, as the config or its base_url has it
    #[arg(long, value_name = "ACCOUNT", requires = "execute")]
    pub confirm: Option<String>,
}

/// `undo`.
#[derive(Args, Debug)]
pub struct UndoArgs {
    /// Which records.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Do it, instead of saying what would be done
    #[arg(long)]
    pub execute: bool,
    /// The account's name, as the config or its base_url has it
    #[arg(long, value_name = "ACCOUNT", requires = "execute")]
    pub confirm: Option<String>,
    /// Delete from the trash, for good, what was moved there, and the customers and tags of the import that nothing else uses
    #[arg(long)]
    pub purge: bool,
}

/// `status`.
#[derive(Args, Debug)]
pub struct StatusArgs {
    /// Keep showing it until the run ends
    #[arg(long)]
    pub watch: bool,
}

/// `verify`.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// Which records.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Check so many tickets, drawn at random, and say what that proves
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub sample: Option<u64>,
    /// How sure a sample is to make, such as 99%; without --sample as many tickets are drawn as prove that at most 1% differ
    #[arg(long, value_name = "PERCENT")]
    pub confidence: Option<Confidence>,
    /// Seed of the sample, so that the same tickets can be drawn again
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Read files back as well and compare their contents by hash: a call for each file; without it their name, address and
    /// size are compared
    #[arg(long)]
    pub files: bool,
}

/// `explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// Key of a ticket or a message, such as zendesk:ticket:48213
    #[arg(value_name = "KEY")]
    pub record: String,
    /// Show texts, names and addresses as well
    #[arg(long)]
    pub show_body: bool,
}

/// `report`.
#[derive(Args, Debug)]
pub struct ReportArgs {
    /// Write it to this file; the kind follows the name: .html, .csv or .json (repeatable)
    #[arg(long, value_name = "FILE", value_parser = values::parse_report, value_hint = ValueHint::FilePath)]
    pub report: Vec<PathBuf>,
    /// Of this run [default: the last one]
    #[arg(long, value_name = "N")]
    pub run: Option<u64>,
    /// Without the names of the account and of sources
    #[arg(long)]
    pub redacted: bool,
    /// When Gorgias is to take over, by this machine's clock, such as 2026-12-01T08:00: the runbook says by when to begin
    #[arg(long, value_name = "TIME")]
    pub cutover: Option<jiff::civil::DateTime>,
}

/// `sandbox`.
#[derive(Args, Debug)]
pub struct SandboxArgs {
    /// Port on this machine; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 8080)]
    pub port: u16,
    /// Keep the stand-in's account in this folder, so that it outlives the process
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub store: Option<PathBuf>,
    /// JSON file that describes the account: users, rules, settings
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub account: Option<PathBuf>,
    /// Rate limit, such as 40/20s, or unlimited
    #[arg(long, value_name = "RATE", default_value = "40/20s")]
    pub limit: SandboxRate,
    /// How unreliable it is
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FaultLevel::None)]
    pub faults: FaultLevel,
    /// Seed of the faults
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// `completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Args, Debug)]
pub struct ManArgs {
    /// Folder to write the pages into, one for each command; without it the main page goes to stdout
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}

/// `schema`.
#[derive(Args, Debug)]
pub struct SchemaArgs {
    /// Only this one
    #[arg(value_parser = ["init", "validation", "fetch", "summary", "status", "verification", "undo", "fix-links", "rebuild", "explanation", "certificate", "clean", "event", "error"])]
    pub name: Option<String>,
}

/// What a person sees who types only the name: examples and commands, and where the rest is. No line is wider than
/// `width`, where that is not very narrow.
pub fn short_help(width: usize) -> String {
    let command = Cli::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    let column = names.map(str::len).max().unwrap_or_default() + 4;
    let mut lines = vec![
        command.get_about().map(ToString::to_string).unwrap_or_default(),
        String::new(),
        examples::TOP.to_owned(),
        String::new(),
        "Commands:".to_owned(),
    ];
    for sub in command.get_subcommands() {
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        let mut name = format!("  {}", sub.get_name());
        for line in crate::text::broken(&about, width.saturating_sub(column).max(ABOUT_MIN)) {
            lines.push(format!("{name:column$}{line}"));
            name.clear();
        }
    }
    lines.extend([String::new(), "More: gorgias-import COMMAND --help".to_owned()]);
    lines.join("\n")
}
