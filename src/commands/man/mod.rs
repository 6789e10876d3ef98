//! `man`: a page for each command from the declaration of the command line, and one of codes and keys from their tables.

mod reference;

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory as _;

use super::{CommandError, Context};
use crate::cli::{Cli, ManArgs};
use crate::exit::ExitCode;
use crate::text;

pub(super) fn run(context: &Context, args: &ManArgs) -> Result<ExitCode, CommandError> {
    let pages = pages();
    let Some(folder) = &args.out else {
        let main = pages.first().map(|page| page.roff.as_str()).unwrap_or_default();
        context.output.print(main)?;
        return Ok(ExitCode::Ok);
    };
    write(folder, &pages).map_err(|error| {
        CommandError::cannot_write(folder, &error, "name a folder that can be written with --out")
    })?;
    let count = text::count(u64::try_from(pages.len()).unwrap_or(u64::MAX), "page");
    context.output.say(&format!("wrote {count} into {}", folder.display()));
    context.output.next(&format!("man -l {}", folder.join("gorgias-import.1").display()));
    Ok(ExitCode::Ok)
}

fn write(folder: &Path, pages: &[Page]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for page in pages {
        fs::write(folder.join(format!("{}.1", page.name)), &page.roff)?;
    }
    Ok(())
}

/// One page.
struct Page {
    name: String,
    roff: String,
}

/// The main page, one for each command, the reference.
fn pages() -> Vec<Page> {
    let mut top = Cli::command().disable_help_subcommand(true);
    top.build();
    let mut pages = vec![page(&top, "gorgias-import")];
    for command in top.get_subcommands() {
        pages.push(page(command, &format!("gorgias-import-{}", command.get_name())));
    }
    pages.push(Page { name: reference::NAME.to_owned(), roff: reference::page() });
    pages
}

fn page(command: &clap::Command, name: &str) -> Page {
    let examples = command.get_before_help().map(ToString::to_string).unwrap_or_default();
    let man = clap_mangen::Man::new(command.clone().name(name.to_owned()).before_help(""))
        .source(concat!("gorgias-import ", env!("CARGO_PKG_VERSION")));
    let mut roff = Vec::new();
    let rendered = man
        .render_title(&mut roff)
        .and_then(|()| man.render_name_section(&mut roff))
        .and_then(|()| man.render_synopsis_section(&mut roff))
        .and_then(|()| man.render_description_section(&mut roff))
        .and_then(|()| roff_examples(&mut roff, &examples))
        .and_then(|()| man.render_options_section(&mut roff))
        .and_then(
            |()| if command.has_subcommands() { man.render_subcommands_section(&mut roff) } else { Ok(()) },
        );
    rendered.expect("writing to memory cannot fail");
    let roff = String::from_utf8_lossy(&roff);
    let see_also = escape(reference::NAME);
    Page { name: name.to_owned(), roff: format!("{roff}.SH \"SEE ALSO\"\n\\fB{see_also}\\fR(1)\n") }
}

fn roff_examples(roff: &mut Vec<u8>, examples: &str) -> io::Result<()> {
    use io::Write as _;
    writeln!(roff, ".SH EXAMPLES\n.nf")?;
    for line in examples.lines().skip(1) {
        writeln!(roff, "{}", escape(line.trim_start()))?;
    }
    writeln!(roff, ".fi")
}

/// Text as roff shows it unchanged: backslashes, hyphens that are minus signs, and a control character at the start.
fn escape(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roff_takes_nothing_for_a_command() {
        assert_eq!(escape(".gorgias-import"), "\\&.gorgias\\-import");
        assert_eq!(escape("'a\\b"), "\\&'a\\\\b");
    }

    #[test]
    fn each_command_has_a_page_with_its_examples() {
        let pages = pages();
        assert_eq!(pages.len(), Cli::command().get_subcommands().count() + 2);
        for page in &pages {
            assert!(page.roff.contains(".TH"), "{}", page.name);
            if page.name != reference::NAME {
                assert!(page.roff.contains(".SH EXAMPLES\n.nf\ngorgias\\-import"), "{}", page.name);
            }
        }
    }
}
