//! The shell of every HTML page: head, colours, the line above, sections, the foot. No scripts, nothing loaded from
//! anywhere, light or dark as the reader has it, on a screen, a telephone or paper.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Colours are defined here alone; the plots have class names.
const STYLE: &str = include_str!("page.css");

/// What a page puts into the shell.
pub(super) struct Shell<'p> {
    /// The browser's title.
    pub(super) title: &'p str,
    /// What kind of page it is.
    pub(super) what: &'static str,
    /// When it was made, in words.
    pub(super) when: Option<String>,
    /// What is seen without scrolling.
    pub(super) screen: Markup,
    /// The parts after it, in the order in which people ask.
    pub(super) sections: Vec<Section>,
    /// How it was made and for whom it is, a paragraph each.
    pub(super) foot: Markup,
}

/// A part of a page.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// Longer than a sheet of paper, maybe.
    pub(super) is_long: bool,
    pub(super) content: Markup,
}

/// Whether to go ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    Go,
    Care,
    Stop,
}

impl Signal {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Care => "care",
            Self::Stop => "stop",
        }
    }

    /// A tick, an exclamation mark, a cross; the words beside it say the same.
    pub(super) fn icon(self) -> Markup {
        let mark = match self {
            Self::Go => "<path d=\"M9 16.5l5 5 9-10.5\"/>",
            Self::Care => "<path d=\"M16 9v9M16 22.6v.2\"/>",
            Self::Stop => "<path d=\"M11 11l10 10M21 11L11 21\"/>",
        };
        html! {
            svg viewBox="0 0 32 32" aria-hidden="true" { circle cx="16" cy="16" r="13.5" {} (PreEscaped(mark)) }
        }
    }
}

impl Shell<'_> {
    /// The page.
    pub(super) fn page(&self) -> String {
        let whole = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="referrer" content="no-referrer";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header.top {
                        span { strong { "gorgias-import" } " · " (self.what) }
                        @if let Some(when) = &self.when { span { (when) } }
                    }
                    main {
                        (self.screen)
                        nav aria-label="Sections" {
                            @for section in &self.sections { a href=(format!("#{}", section.id)) { (section.title) } }
                        }
                        @for section in &self.sections {
                            section.card.long[section.is_long] id=(section.id) {
                                h2 { (section.title) }
                                (section.content)
                            }
                        }
                    }
                    footer { (self.foot) }
                }
            }
        };
        whole.into_string()
    }
}

/// A table that wide content does not break: it scrolls in its own frame, with the keyboard too.
#[expect(clippy::needless_pass_by_value, reason = "rows are made where they are given")]
pub(super) fn table(class: &str, heads: &[(&str, bool)], rows: Markup) -> Markup {
    let name = heads.first().map_or("", |(head, _)| *head);
    html! {
        div.wide-table tabindex="0" role="group" aria-label=(name) { table class=(class) {
            thead { tr { @for (head, is_number) in heads { th.n[*is_number] scope="col" { (head) } } } }
            tbody { (rows) }
        } }
    }
}
