//! The three examples that open each help.

pub(super) const TOP: &str = "\
Examples:
  gorgias-import init exports/        look at the exports and write migration.toml
  gorgias-import validate             what would be imported, what would be lost (no network)
  gorgias-import run --limit 20       upload a few tickets first; the same command without --limit goes on";

pub(super) const INIT: &str = "\
Examples:
  gorgias-import init exports/                          look at everything in a folder
  gorgias-import init zendesk.zip calls.csv             two exports, a [[source]] each
  gorgias-import init exports/ --out acme.toml          another name for the config";

pub(super) const VALIDATE: &str = "\
Examples:
  gorgias-import validate                               everything in migration.toml
  gorgias-import validate --report report.html          and a report to read and to share
  gorgias-import validate --since 2023-01-01 --json     only what was active since then, for a script";

pub(super) const REHEARSE: &str = "\
Examples:
  gorgias-import rehearse                               everything, against a stand-in of Gorgias
  gorgias-import rehearse --limit 100                   the hundred newest tickets
  gorgias-import rehearse --faults nasty --seed 7       with time-outs, resets and refusals on purpose";

pub(super) const RUN: &str = "\
Examples:
  gorgias-import run --dry-run                          read from Gorgias, write nothing
  gorgias-import run --limit 20                         a pilot with the 20 newest tickets
  gorgias-import run --yes --max-duration 7h30m         unattended over night; run again to go on";

pub(super) const STATUS: &str = "\
Examples:
  gorgias-import status                                 where the current or last run stands
  gorgias-import status --watch                         keep showing it
  gorgias-import status --json                          for a script";

pub(super) const SANDBOX: &str = "\
Examples:
  gorgias-import sandbox                                on port 8080 of this machine, in memory
  gorgias-import sandbox --store sandbox/ --port 9000   kept on disk
  gorgias-import sandbox --limit unlimited              without a rate limit";

pub(super) const COMPLETIONS: &str = "\
Examples:
  gorgias-import completions bash > ~/.local/share/bash-completion/completions/gorgias-import
  gorgias-import completions zsh > ~/.zfunc/_gorgias-import
  gorgias-import completions fish > ~/.config/fish/completions/gorgias-import.fish";

pub(super) const MAN: &str = "\
Examples:
  gorgias-import man --out man/                         a page for each command, and one for codes and keys
  gorgias-import man | man -l -                         read the main page now
  gorgias-import man --out ~/.local/share/man/man1      where man finds them";

pub(super) const SCHEMA: &str = "\
Examples:
  gorgias-import schema                                 all of them, by name
  gorgias-import schema validation                      what validate --json prints
  gorgias-import schema error                           the last object on stderr when something fails";
