//! Reports as people read them in a terminal: plain columns that mean the same without colour.

use owo_colors::{OwoColorize, Style};

use super::document::{FindingGroup, Sides, SourceReport, ValidationDocument};
use super::words::{columns, count, cut_start, duration, fitting, plain, plural, table, wrap};
use crate::model::finding::Severity;
use crate::text::size;

/// How wide to write, and whether with colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns of the terminal; 80 where there is none.
    pub width: usize,
    /// Whether escape sequences for colour may be used.
    pub color: bool,
}

/// Narrower than this no layout is tried: lines then wrap in the terminal.
const WIDTH_MIN: usize = 40;

/// Wider lines are hard to read; the rest of a wide terminal stays empty.
const WIDTH_MAX: usize = 110;

/// Where the values of `label  value` lines start.
const LABEL_WIDTH: usize = 10;

impl Layout {
    pub(super) fn text_width(self) -> usize {
        self.width.clamp(WIDTH_MIN, WIDTH_MAX)
    }

    pub(super) fn paint(self, text: &str, style: Style) -> String {
        if self.color { text.style(style).to_string() } else { text.to_owned() }
    }
}

/// The report of `validate`: the verdict, the sources, the findings, the cost, and what to do next.
pub fn validation_text(document: &ValidationDocument, layout: Layout) -> String {
    let mut lines = source_lines(&document.sources, layout);
    if document.totals.messages > 0 {
        lines.push(String::new());
        lines.extend(labelled("sides", &sides_text(&document.sources), layout));
        lines.extend(labelled("channels", &channels_text(&document.sources), layout));
    }
    if !document.findings.is_empty() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(all_findings(document, layout));
    }
    lines.push(String::new());
    if let Some(compared) = &document.ledger {
        lines.extend(labelled("ledger", &compared.text(), layout));
    }
    if document.totals.tickets > 0 {
        lines.extend(files_text(document).iter().flat_map(|text| labelled("files", text, layout)));
        if let Some(needs) = document.needs.and_then(|needs| needs.text()) {
            lines.extend(labelled("needs", &needs, layout));
        }
        lines.extend(labelled("calls", &calls_text(document), layout));
        lines.extend(labelled("time", &time_text(document), layout));
        lines.push(String::new());
    }
    // The verdict comes last: on a terminal that is where one looks.
    let verdict = wrap(&validation_verdict(document), layout.text_width(), 0);
    lines.extend(verdict.iter().map(|line| layout.paint(line, Style::new().bold())));
    lines.extend(wrap(&next_step(document), layout.text_width(), "next: ".len()));
    lines.push(String::new());
    lines.join("\n")
}

/// What calls for somebody with an example and a remedy; what is only worth knowing a line each, at the end.
fn all_findings(document: &ValidationDocument, layout: Layout) -> Vec<String> {
    let counts = document.findings.iter().map(|group| count(group.count).len());
    let wide = counts.max().unwrap_or_default();
    // Where nothing can be imported, what is worth knowing is the reason.
    let is_brief = document.totals.tickets > 0;
    let is_info = |group: &&FindingGroup| is_brief && group.severity == Severity::Info;
    let (info, grave): (Vec<_>, Vec<_>) = document.findings.iter().partition(is_info);
    let mut lines = Vec::new();
    if !grave.is_empty() {
        lines.push("findings, with the number of records and one example each".to_owned());
        lines.extend(grave.iter().flat_map(|group| finding_lines(group, wide, layout)));
    }
    if !info.is_empty() {
        if !grave.is_empty() {
            lines.push(String::new());
        }
        let heading = "for your information; --report report.html has examples and what to do";
        lines.extend(wrap(heading, layout.text_width(), 0));
        lines.extend(info.iter().flat_map(|group| finding_head(group, wide, layout).0));
    }
    lines
}

/// What can be imported and what cannot, as one sentence.
pub fn validation_verdict(document: &ValidationDocument) -> String {
    let totals = &document.totals;
    let mut parts = vec![if totals.tickets == 0 {
        "No ticket can be imported".to_owned()
    } else {
        let tickets = plural(totals.tickets, "ticket", "tickets");
        format!("{tickets} with {} can be imported", plural(totals.messages, "message", "messages"))
    }];
    let mut also = |number: u64, one: &str, many: &str| {
        if number > 0 {
            parts.push(plural(number, one, many));
        }
    };
    also(totals.rejected, "record is blocked", "records are blocked");
    also(totals.rejected_messages, "further message is blocked", "further messages are blocked");
    also(totals.left_out, "record was left out on purpose", "records were left out on purpose");
    also(totals.unreadable, "line could not be read", "lines could not be read");
    also(totals.not_selected, "record is outside of the selection", "records are outside of the selection");
    parts.join("; ") + "."
}

/// The command to go on with.
pub fn next_step(document: &ValidationDocument) -> String {
    let blocking: u64 = blocking_count(document);
    match (document.totals.tickets, blocking) {
        (0, _) => "next: check the paths and the findings, then run gorgias-import validate again".to_owned(),
        (_, 0) => {
            "next: gorgias-import rehearse (the whole run against a stand-in; nothing leaves this machine)"
                .to_owned()
        }
        (_, blocking) => format!(
            "next: correct the {} and validate again, or go on without: gorgias-import rehearse",
            plural(blocking, "blocked record", "blocked records"),
        ),
    }
}

fn blocking_count(document: &ValidationDocument) -> u64 {
    let groups = document.findings.iter().filter(|group| group.severity == Severity::Block);
    groups.map(|group| group.count).sum()
}

fn source_lines(sources: &[SourceReport], layout: Layout) -> Vec<String> {
    let header = ["source", "tickets", "messages", "rejected", "left out", "unreadable"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for source in sources {
        let figures = [source.tickets, source.messages, source.rejected, source.left_out, source.unreadable];
        rows.push([source.name.to_string()].into_iter().chain(figures.map(count)).collect());
    }
    let mut lines = table(&rows).into_iter();
    let mut out: Vec<String> = lines.next().filter(|_| !sources.is_empty()).into_iter().collect();
    for (line, source) in lines.zip(sources) {
        out.push(line);
        out.push(format!("  {}", fitting(&source_facts(source), ", ", layout.text_width() - 2)));
    }
    out
}

/// What is known of a source beside its counts, the most telling first.
pub(super) fn source_facts(source: &SourceReport) -> Vec<String> {
    let mut facts = vec![format!("{} ({})", plural(source.files, "file", "files"), size(source.bytes))];
    if let (Some(first), Some(last)) = (source.first, source.last) {
        let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d").to_string();
        facts.push(format!("{} to {}", day(first), day(last)));
    }
    facts.push(plural(source.people, "person", "people"));
    facts.push(plural(source.attachments, "attachment", "attachments"));
    facts
}

/// Messages by side over all sources.
pub(super) fn sides_text(sources: &[SourceReport]) -> String {
    let sum = |side: fn(&Sides) -> u64| count(sources.iter().map(|source| side(&source.sides)).sum());
    format!("customer {}, agent {}, note {}", sum(|s| s.customer), sum(|s| s.agent), sum(|s| s.note))
}

/// Messages by channel over all sources, the most frequent first.
pub(super) fn channels_text(sources: &[SourceReport]) -> String {
    let mut sums = std::collections::BTreeMap::<&str, u64>::new();
    for (channel, number) in sources.iter().flat_map(|source| &source.channels) {
        *sums.entry(channel).or_default() += number;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    sums.iter()
        .map(|(channel, number)| format!("{channel} {}", count(*number)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn labelled(label: &str, text: &str, layout: Layout) -> Vec<String> {
    wrap(&format!("{label} {text}"), layout.text_width() - LABEL_WIDTH, 0)
        .iter()
        .enumerate()
        .map(|(at, line)| match at {
            0 => format!("{label:LABEL_WIDTH$}{}", line[label.len()..].trim_start()),
            _ => format!("{:LABEL_WIDTH$}{line}", ""),
        })
        .collect()
}

/// Severity, code, how often and what happened; one place; what to do.
fn finding_lines(group: &FindingGroup, count_width: usize, layout: Layout) -> Vec<String> {
    let (mut lines, indent) = finding_head(group, count_width, layout);
    let width = layout.text_width() - indent;
    let mut below = group.examples.first().map(|example| example_lines(example, width)).unwrap_or_default();
    below.extend(wrap(&format!("do: {}", group.remedy), width, 4));
    lines.extend(below.into_iter().map(|line| format!("{:indent$}{line}", "")));
    lines
}

/// Severity, code, how often and what happened; and the column in which codes begin.
fn finding_head(group: &FindingGroup, count_width: usize, layout: Layout) -> (Vec<String>, usize) {
    let (word, style) = match group.severity {
        Severity::Block => ("BLOCK", Style::new().red().bold()),
        Severity::Warn => ("WARN ", Style::new().yellow()),
        Severity::Info => ("INFO ", Style::new().dimmed()),
    };
    let head = format!("{word}  {}  {:>count_width$}  ", group.code, count(group.count));
    let mut text = wrap(&group.summary, layout.text_width() - head.len(), 0).into_iter();
    let first = text.next().unwrap_or_default();
    let mut lines = vec![format!("{}{}{first}", layout.paint(word, style), &head[word.len()..])];
    lines.extend(text.map(|line| format!("{:width$}{line}", "", width = head.len())));
    (lines, word.len() + 2)
}

fn example_lines(example: &super::document::Example, width: usize) -> Vec<String> {
    let key = example.key.as_deref().map(plain);
    let mut lines = match (key, example.place().as_deref().map(plain)) {
        (Some(key), Some(place)) if columns(&key) + columns(&place) + 6 <= width => {
            vec![format!("at: {key}, {place}")]
        }
        (Some(key), Some(place)) => {
            vec![format!("at: {key},"), format!("    {}", cut_start(&place, width - 4))]
        }
        (Some(only), None) | (None, Some(only)) => vec![format!("at: {}", cut_start(&only, width - 4))],
        (None, None) => Vec::new(),
    };
    if let Some(detail) = &example.detail {
        lines.extend(wrap(&plain(detail), width - 4, 0).into_iter().map(|line| format!("    {line}")));
    }
    lines
}

/// The files to bring to Gorgias; nothing where there are none.
pub(in crate::report) fn files_text(document: &ValidationDocument) -> Option<String> {
    let files = document.files.filter(|files| files.to_fetch + files.in_export + files.links > 0)?;
    let mut known = vec![size(files.bytes)];
    if files.unknown_size > 0 {
        known.push(format!("{} of unknown size", count(files.unknown_size)));
    }
    let mut parts = vec![format!("{} to fetch", count(files.to_fetch))];
    for (number, what) in [(files.in_export, "in the export"), (files.links, "stay links")] {
        if number > 0 {
            parts.push(format!("{} {what}", count(number)));
        }
    }
    let uploads = match files.upload_seconds {
        0 => String::new(),
        seconds => format!("; uploading them takes about {} of the time below", duration(seconds)),
    };
    Some(format!("{} ({}){uploads}", parts.join(", "), known.join(", ")))
}

/// The plan of calls beside the naive one.
pub(super) fn calls_text(document: &ValidationDocument) -> String {
    let calls = &document.calls;
    let kinds: Vec<String> = calls
        .by_kind
        .named()
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(kind, number)| plural(number, kind, &format!("{kind}s")))
        .collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    let naive = if calls.naive > calls.planned {
        format!("; one call per record would be {}", count(calls.naive))
    } else {
        String::new()
    };
    format!("{} planned{kinds}{naive}", count(calls.planned))
}

/// How long the calls take at the account's pace.
pub(super) fn time_text(document: &ValidationDocument) -> String {
    format!("about {} at the account's rate limit", duration(document.eta_seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    fn text(width: usize) -> String {
        validation_text(&examples::document(), Layout { width, color: false })
    }

    #[test]
    fn at_60_columns() {
        insta::assert_snapshot!(text(60), @"
    source   tickets  messages  rejected  left out  unreadable
    zendesk    1,200     3,600         0         1           1
      2 files (81.2 MB), 2021-01-04 to 2021-01-04, 38 people
    aircall        1         1         1         0           0
      1 file (812 B), 2021-01-04 to 2021-01-04, 2 people

    sides     customer 1,201, agent 1,200, note 1,200
    channels  email 2,400, internal-note 1,200, phone 1

    findings, with the number of records and one example each
    BLOCK  GI-A003  1  a call has no readable start time
           at: aircall:call:2700000001,
               exports/zendesk/tickets.zip!export_1.json, line 9
               `12:0x`
           do: correct the row's date, or export it again
    BLOCK  GI-M002  1  a message has no readable time
           at: zendesk:comment:9,
               …ets.zip!export_1.json, line 77, field created_at
           do: export it again; a time is never guessed
    WARN   GI-Z002  3  a ticket has no comment in these files
                       and is imported with its description
                       alone
           at: zendesk:ticket:400,
               …orts/zendesk/tickets.zip!export_1.json, line 400
           do: if it had more messages, export its comments as
               well
    WARN   GI-I001  1  a line is not valid JSON and was left out
           at: exports/zendesk/tickets.zip!export_1.json, line 5
           do: look at the line; if the file was cut off while
               downloading, download it again
    WARN   GI-G005  1  an agent has no Gorgias user; a stand-in
                       sends, the name stays in the message
           at: aircall:user:7,
               exports/zendesk/tickets.zip!export_1.json, line 1
               agent no. 7
           do: create the user in Gorgias, or set unknown_agent

    for your information; --report report.html has examples and
    what to do
    INFO   GI-Z001  1  a deleted ticket was left out

    calls     1,216 planned (1,201 tickets, 5 customers, 7
              tags, 3 lookups); one call per record would be
              6,010
    time      about 10 min at the account's rate limit

    1,201 tickets with 3,601 messages can be imported; 1 record
    is blocked; 1 further message is blocked; 1 record was left
    out on purpose; 1 line could not be read.
    next: correct the 2 blocked records and validate again, or
          go on without: gorgias-import rehearse
    ");
    }

    #[test]
    fn at_100_columns() {
        insta::assert_snapshot!(text(100), @"
    source   tickets  messages  rejected  left out  unreadable
    zendesk    1,200     3,600         0         1           1
      2 files (81.2 MB), 2021-01-04 to 2021-01-04, 38 people, 0 attachments
    aircall        1         1         1         0           0
      1 file (812 B), 2021-01-04 to 2021-01-04, 2 people, 0 attachments

    sides     customer 1,201, agent 1,200, note 1,200
    channels  email 2,400, internal-note 1,200, phone 1

    findings, with the number of records and one example each
    BLOCK  GI-A003  1  a call has no readable start time
           at: aircall:call:2700000001, exports/zendesk/tickets.zip!export_1.json, line 9
               `12:0x`
           do: correct the row's date, or export it again
    BLOCK  GI-M002  1  a message has no readable time
           at: zendesk:comment:9, exports/zendesk/tickets.zip!export_1.json, line 77, field created_at
           do: export it again; a time is never guessed
    WARN   GI-Z002  3  a ticket has no comment in these files and is imported with its description alone
           at: zendesk:ticket:400, exports/zendesk/tickets.zip!export_1.json, line 400
           do: if it had more messages, export its comments as well
    WARN   GI-I001  1  a line is not valid JSON and was left out
           at: exports/zendesk/tickets.zip!export_1.json, line 5
           do: look at the line; if the file was cut off while downloading, download it again
    WARN   GI-G005  1  an agent has no Gorgias user; a stand-in sends, the name stays in the message
           at: aircall:user:7, exports/zendesk/tickets.zip!export_1.json, line 1
               agent no. 7
           do: create the user in Gorgias, or set unknown_agent

    for your information; --report report.html has examples and what to do
    INFO   GI-Z001  1  a deleted ticket was left out

    calls     1,216 planned (1,201 tickets, 5 customers, 7 tags, 3 lookups); one call per record
              would be 6,010
    time      about 10 min at the account's rate limit

    1,201 tickets with 3,601 messages can be imported; 1 record is blocked; 1 further message is
    blocked; 1 record was left out on purpose; 1 line could not be read.
    next: correct the 2 blocked records and validate again, or go on without: gorgias-import rehearse
    ");
    }

    #[test]
    fn at_200_columns_lines_stay_readable() {
        insta::assert_snapshot!(text(200), @"
    source   tickets  messages  rejected  left out  unreadable
    zendesk    1,200     3,600         0         1           1
      2 files (81.2 MB), 2021-01-04 to 2021-01-04, 38 people, 0 attachments
    aircall        1         1         1         0           0
      1 file (812 B), 2021-01-04 to 2021-01-04, 2 people, 0 attachments

    sides     customer 1,201, agent 1,200, note 1,200
    channels  email 2,400, internal-note 1,200, phone 1

    findings, with the number of records and one example each
    BLOCK  GI-A003  1  a call has no readable start time
           at: aircall:call:2700000001, exports/zendesk/tickets.zip!export_1.json, line 9
               `12:0x`
           do: correct the row's date, or export it again
    BLOCK  GI-M002  1  a message has no readable time
           at: zendesk:comment:9, exports/zendesk/tickets.zip!export_1.json, line 77, field created_at
           do: export it again; a time is never guessed
    WARN   GI-Z002  3  a ticket has no comment in these files and is imported with its description alone
           at: zendesk:ticket:400, exports/zendesk/tickets.zip!export_1.json, line 400
           do: if it had more messages, export its comments as well
    WARN   GI-I001  1  a line is not valid JSON and was left out
           at: exports/zendesk/tickets.zip!export_1.json, line 5
           do: look at the line; if the file was cut off while downloading, download it again
    WARN   GI-G005  1  an agent has no Gorgias user; a stand-in sends, the name stays in the message
           at: aircall:user:7, exports/zendesk/tickets.zip!export_1.json, line 1
               agent no. 7
           do: create the user in Gorgias, or set unknown_agent

    for your information; --report report.html has examples and what to do
    INFO   GI-Z001  1  a deleted ticket was left out

    calls     1,216 planned (1,201 tickets, 5 customers, 7 tags, 3 lookups); one call per record would be
              6,010
    time      about 10 min at the account's rate limit

    1,201 tickets with 3,601 messages can be imported; 1 record is blocked; 1 further message is blocked; 1 record
    was left out on purpose; 1 line could not be read.
    next: correct the 2 blocked records and validate again, or go on without: gorgias-import rehearse
    ");
    }

    #[test]
    fn nothing_to_import_is_said() {
        let document = examples::empty_document();
        insta::assert_snapshot!(validation_text(&document, Layout { width: 80, color: false }), @"
        findings, with the number of records and one example each
        INFO   GI-I012  1  nothing that could be imported was found
               do: check the paths in migration.toml

        No ticket can be imported.
        next: check the paths and the findings, then run gorgias-import validate again
        ");
    }

    #[test]
    fn colour_only_adds_escapes_and_no_line_is_too_wide() {
        for width in [40, 60, 72, 80, 100, 200] {
            let plain = text(width);
            let coloured = validation_text(&examples::document(), Layout { width, color: true });
            assert_ne!(plain, coloured);
            assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
            for line in plain.lines() {
                assert!(columns(line) <= width.max(60), "{width}: {line}");
            }
        }
    }
}
