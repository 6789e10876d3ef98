//! The three examples that open each help. None is wider than a small terminal.

pub(super) const TOP: &str = "\
Examples:
  gorgias-import init exports/    look at exports, write migration.toml
  gorgias-import validate         what would be imported; no network
  gorgias-import run --limit 20   a pilot; without --limit it goes on";

pub(super) const INIT: &str = "\
Examples:
  gorgias-import init exports/                   look at everything in a folder
  gorgias-import init zendesk.zip calls.csv      two exports, a [[source]] each
  gorgias-import init exports/ --out acme.toml   another name for the config";

pub(super) const VALIDATE: &str = "\
Examples:
  gorgias-import validate                             all of migration.toml
  gorgias-import validate --report report.html        and a report to read
  gorgias-import validate --since 2023-01-01 --json   newer records, as JSON";

pub(super) const REHEARSE: &str = "\
Examples:
  gorgias-import rehearse                           everything, on a stand-in
  gorgias-import rehearse --limit 100               the hundred newest tickets
  gorgias-import rehearse --faults nasty --seed 7   with time-outs and resets";

pub(super) const FETCH: &str = "\
Examples:
  gorgias-import fetch          everything that is not here yet; again to go on
  gorgias-import fetch --json   one document with the counts, for a script
  gorgias-import run            uses what was fetched";

pub(super) const RUN: &str = "\
Examples:
  gorgias-import run --dry-run                    read Gorgias, write nothing
  gorgias-import run --limit 20                   a pilot: the 20 newest tickets
  gorgias-import run --yes --max-duration 7h30m   over night; run again to go on";

pub(super) const UNDO: &str = "\
Examples:
  gorgias-import undo --limit 20                 what taking the pilot back does
  gorgias-import undo --execute --confirm acme   move all of it to the trash
  gorgias-import undo --purge                    what would be deleted for good";

pub(super) const FIX_LINKS: &str = "\
Examples:
  gorgias-import fix-links                            how many links, and calls
  gorgias-import fix-links --execute --confirm acme   change them
  gorgias-import fix-links --json                     for a script";

pub(super) const REBUILD: &str = "\
Examples:
  gorgias-import rebuild                  asks first, and says what it costs
  gorgias-import rebuild --yes --json     for a script
  gorgias-import status                   what the new ledger says";

pub(super) const STATUS: &str = "\
Examples:
  gorgias-import status           where the current or last run stands
  gorgias-import status --watch   keep showing it
  gorgias-import status --json    for a script";

pub(super) const VERIFY: &str = "\
Examples:
  gorgias-import verify                    read every ticket back and compare
  gorgias-import verify --confidence 99%   a sample, and what it proves
  gorgias-import verify --ids zendesk:ticket:48213 --json";

pub(super) const EXPLAIN: &str = "\
Examples:
  gorgias-import explain zendesk:ticket:48213       one ticket
  gorgias-import explain zendesk:comment:9001       the ticket of a message
  gorgias-import explain 48213 --show-body --json   with its texts, as JSON";

pub(super) const REPORT: &str = "\
Examples:
  gorgias-import report --report run.html                a page to keep
  gorgias-import report --redacted --report other.html   one to hand on
  gorgias-import report --cutover 2026-12-01T08:00       a runbook with times";

pub(super) const CLEAN: &str = "\
Examples:
  gorgias-import clean                asks, and says what it deletes
  gorgias-import clean --yes --json   for a script
  gorgias-import report --report certificate.html   write this before";

pub(super) const SANDBOX: &str = "\
Examples:
  gorgias-import sandbox                            on port 8080 of this machine
  gorgias-import sandbox --store box/ --port 9000   kept on disk
  gorgias-import sandbox --limit unlimited          without a rate limit";

pub(super) const COMPLETIONS: &str = "\
Examples:
  gorgias-import completions bash > /etc/bash_completion.d/gorgias-import
  gorgias-import completions zsh > ~/.zfunc/_gorgias-import
  gorgias-import completions fish > gorgias-import.fish";

pub(super) const MAN: &str = "\
Examples:
  gorgias-import man --out man/                      a page for each command
  gorgias-import man | man -l -                      read the main page now
  gorgias-import man --out ~/.local/share/man/man1   where man finds them";

pub(super) const SCHEMA: &str = "\
Examples:
  gorgias-import schema              all of them, by name
  gorgias-import schema validation   what validate --json prints
  gorgias-import schema error        the last line on stderr of a failure";
