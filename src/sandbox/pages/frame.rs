//! A stranger's HTML, shown without letting it do anything.
//!
//! The outer wall is the frame: `sandbox=""` and a content policy, so nothing runs, submits, navigates or loads. The
//! inner wall takes out beforehand what could try: scripts, frames, forms' targets, handlers, links to go to, and whatever
//! opens a connection that no policy holds (`<link rel=preconnect>`). Remote images are named instead of loaded.

use std::cell::Cell;

use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, element, rewrite_str};
use maud::{Markup, PreEscaped, html};

/// Larger HTML is shown as the text that it is made of: a browser would be busy with it for long.
const BYTES_MAX: usize = 2 * 1024 * 1024;
/// Characters in a line of a frame, roughly, on a wide and on a narrow screen.
const COLUMNS: [usize; 2] = [88, 38];
/// Lines that a frame shows without scrolling.
const LINES: std::ops::RangeInclusive<usize> = 2..=28;
/// Lines of an image whose size nobody knows.
const IMAGE_LINES: usize = 8;
/// Longer names are of no tag that is known here.
const TAG_MAX: usize = 12;

/// What a frame's document begins with. A message's own style cannot hide it. It states its colours: a frame does not inherit those of the page, and mails are
/// written for white paper.
const HEAD: &str = "<!doctype html><html lang=\"\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" \
    content=\"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:\"><style>:root{color-scheme:light}\
    body{font:15px/1.5 system-ui,sans-serif;margin:0;padding:.6rem .8rem;color:#1c2733;background:#fff;overflow-wrap:anywhere}\
    img{max-width:100%}pre{white-space:pre-wrap}a,[data-to]{color:#1d4fc4;text-decoration:underline}\
    .not-loaded{display:inline-block;border:1px dashed #8a97a4;border-radius:4px;padding:0 .4rem;color:#4a5763;font-size:.85em}\
    </style></head><body style=\"display:block!important;visibility:visible!important;opacity:1!important\">";

/// Elements that go with all they hold.
const REMOVED: &str = "script, iframe, frame, frameset, object, embed, applet, link, meta, base, title, template, portal, \
    source, track";

/// A message's HTML, ready to be shown.
pub(super) struct Framed {
    document: String,
    /// Lines it takes on a wide and on a narrow screen, guessed: without scripts a frame cannot fit itself.
    lines: [usize; 2],
    /// Images that stay where they are.
    pub(super) remote_images: usize,
    /// Scripts that were taken out.
    pub(super) scripts: usize,
}

impl Framed {
    /// Takes apart the HTML of a message.
    pub(super) fn new(markup: &str) -> Self {
        let (remote_images, scripts) = (Cell::new(0), Cell::new(0));
        let settings = RewriteStrSettings::new()
            .append_element_content_handler(element!(REMOVED, |element| {
                scripts.set(scripts.get() + usize::from(element.tag_name() == "script"));
                element.remove();
                Ok(())
            }))
            .append_element_content_handler(element!("img", |element| {
                remote_images.set(remote_images.get() + usize::from(!keep_image(element)));
                Ok(())
            }))
            .append_element_content_handler(element!("*", |element| {
                disarm(element);
                Ok(())
            }));
        let rewritten = (markup.len() <= BYTES_MAX).then(|| rewrite_str(markup, settings).ok()).flatten();
        let body = rewritten.unwrap_or_else(|| {
            let raw = html! { p { em { "This HTML is too large or too tangled to be shown; here it is as text." } } pre { (markup) } };
            raw.into_string()
        });
        let lines = COLUMNS.map(|columns| lines(&body, columns));
        Self {
            document: format!("{HEAD}{body}"),
            lines,
            remote_images: remote_images.get(),
            scripts: scripts.get(),
        }
    }

    /// The frame.
    pub(super) fn markup(&self, title: &str) -> Markup {
        let [wide, narrow] = self.lines.map(|lines| lines.clamp(*LINES.start(), *LINES.end()));
        // The names of the properties are the style sheet's.
        let style = format!("--wide:{wide};--narrow:{narrow}");
        html! { iframe class="body" sandbox="" loading="lazy" title=(title) style=(style) srcdoc=(self.document) {} }
    }
}

/// Points an image to the file as this server has it; names it where it is elsewhere. Whether it will be seen.
fn keep_image(element: &mut Element) -> bool {
    let source = element.get_attribute("src").unwrap_or_default();
    element.remove_attribute("srcset");
    if let Some(path) = own_path(&source) {
        if element.set_attribute("src", path).is_err() {
            element.remove();
        }
        return true;
    }
    if source.trim_start().to_ascii_lowercase().starts_with("data:image/") {
        return true;
    }
    let tiny =
        |name: &str| element.get_attribute(name).is_some_and(|value| matches!(value.trim(), "0" | "1"));
    if tiny("width") || tiny("height") {
        element.remove();
        return false;
    }
    let host = source
        .split_once("//")
        .map_or("an unknown place", |(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
    let said = element.get_attribute("alt").filter(|alt| !alt.trim().is_empty());
    let words = said.map_or_else(
        || format!("image at {host}, not loaded"),
        |alt| format!("image at {host}, not loaded: {alt}"),
    );
    // As HTML, so that what was escaped in the attributes stays so.
    element.replace(
        &html! { span class="not-loaded" { (PreEscaped(unquoted(&words))) } }.into_string(),
        ContentType::Html,
    );
    false
}

/// Text out of an attribute, whose entities are still there, made safe between tags.
fn unquoted(text: &str) -> String {
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// The path of a file that this server, or its forerunner on another port, was given.
pub(super) fn own_path(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://")?;
    let slash = rest.find('/')?;
    let (host, path) = rest.split_at(slash);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let own = matches!(name, "127.0.0.1" | "localhost" | "[::1]");
    (own && path.starts_with("/uploads/")).then_some(path)
}

/// Takes from an element what could act or lead somewhere; a link keeps its address as words.
fn disarm(element: &mut Element) {
    let keys: Vec<String> =
        element.attributes().iter().map(lol_html::html_content::Attribute::name).collect();
    for name in keys {
        let acts = name.starts_with("on")
            || matches!(
                name.as_str(),
                "ping"
                    | "srcdoc"
                    | "action"
                    | "formaction"
                    | "background"
                    | "poster"
                    | "autofocus"
                    | "accesskey"
                    | "target"
            );
        if acts {
            element.remove_attribute(&name);
        }
    }
    if let Some(href) = element.get_attribute("href").or_else(|| element.get_attribute("xlink:href")) {
        element.remove_attribute("href");
        element.remove_attribute("xlink:href");
        let named =
            element.set_attribute("title", &href).is_ok() && element.set_attribute("data-to", "").is_ok();
        if !named {
            element.remove();
        }
    }
}

/// Lines that HTML takes at a width, roughly.
fn lines(markup: &str, columns: usize) -> usize {
    let mut taken = Taken { lines: 0, column: 0, gap: false };
    let mut rest = markup;
    while let Some(c) = rest.chars().next() {
        if c == '<' {
            let name = rest[1..].trim_start_matches('/');
            let tag: String = name.chars().take_while(char::is_ascii_alphanumeric).take(TAG_MAX).collect();
            let tag = tag.to_ascii_lowercase();
            match tag.as_str() {
                "br" => taken.new_line(),
                "div" | "li" | "tr" | "table" => taken.block(),
                "p" | "blockquote" | "h1" | "h2" | "h3" | "ul" | "ol" | "pre" | "hr" => taken.apart(),
                "img" => taken.lines += IMAGE_LINES,
                _ => {}
            }
            rest = if tag == "style" {
                after_style(rest)
            } else {
                rest.find('>').map_or("", |end| &rest[end + 1..])
            };
            continue;
        }
        // White space between blocks takes no room.
        if taken.column > 0 || !c.is_whitespace() {
            taken.letter(columns);
        }
        rest = &rest[c.len_utf8()..];
    }
    taken.block();
    taken.lines
}

/// How far a text has come down a frame.
struct Taken {
    lines: usize,
    column: usize,
    /// Whether the last line is an empty one: margins fall together.
    gap: bool,
}

impl Taken {
    fn letter(&mut self, columns: usize) {
        if self.column == columns {
            self.new_line();
        }
        (self.column, self.gap) = (self.column + 1, false);
    }

    fn new_line(&mut self) {
        (self.lines, self.column) = (self.lines + 1, 0);
    }

    /// Begins or ends a block: a new line, unless one has just begun.
    fn block(&mut self) {
        if self.column > 0 {
            self.new_line();
        }
    }

    /// The same of a block with a margin.
    fn apart(&mut self) {
        self.block();
        if !self.gap {
            (self.lines, self.gap) = (self.lines + 1, true);
        }
    }
}

fn after_style(rest: &str) -> &str {
    rest.find("</")
        .and_then(|end| rest[end..].find('>').map(|close| &rest[end + close + 1..]))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(markup: &str) -> String {
        Framed::new(markup).document[HEAD.len()..].to_owned()
    }

    #[test]
    fn what_acts_or_fetches_is_taken_out() {
        let hostile = "<link rel=preconnect href=https://t.example><meta http-equiv=refresh content='0;url=https://t.example'>\
            <script>alert(1)</script><iframe srcdoc='<script>1</script>'></iframe><base href='https://t.example/'>\
            <p onclick=\"x()\" style=\"color:red\">Hi</p><form action='https://t.example'><button formaction='x'>go</button></form>\
            <object data=x></object><svg><a xlink:href='javascript:1'>y</a></svg>";
        let shown = body(hostile);
        for gone in [
            "<script",
            "preconnect",
            "refresh",
            "iframe",
            "base",
            "onclick",
            "action",
            "object",
            " href",
            "xlink:href",
        ] {
            assert!(!shown.contains(gone), "{gone}: {shown}");
        }
        assert!(shown.contains("<p style=\"color:red\">Hi</p>"), "{shown}");
        assert_eq!(Framed::new(hostile).scripts, 1);
    }

    #[test]
    fn images_are_shown_from_here_and_named_from_elsewhere() {
        let shown = body(
            "<img src=\"http://127.0.0.1:9/uploads/attachment/h/a.png\"><img src='data:image/gif;base64,R0'>",
        );
        assert!(
            shown.contains("src=\"/uploads/attachment/h/a.png\"") && shown.contains("data:image/gif"),
            "{shown}"
        );
        let remote = Framed::new(
            "<img src=https://t.example/p.gif width=1><img src=\"https://acme.zendesk.example/x?a=1\" alt=\"A &lt;b&gt; \">",
        );
        assert_eq!(remote.remote_images, 2);
        let shown = &remote.document[HEAD.len()..];
        assert!(!shown.contains("<img") && !shown.contains("t.example"), "{shown}");
        assert!(shown.contains("image at acme.zendesk.example, not loaded: A &lt;b&gt;"), "{shown}");
    }

    #[test]
    fn a_frame_is_about_as_high_as_its_text() {
        for (markup, wide) in [
            ("Yes please", 1),
            ("one<br>two<br>three", 3),
            ("<div><div>one</div>\n<div>two</div></div>", 2),
            ("<p>one</p>\n<p>two</p>", 5),
            ("<p>Yes</p><blockquote><p>one</p><p>two</p></blockquote>", 7),
            ("<table><tr><td>one</td></tr><tr><td>two</td></tr></table>", 2),
        ] {
            assert_eq!(lines(markup, 88), wide, "{markup}");
        }
        assert_eq!(lines(&"letters ".repeat(22), 88), 2);
        assert_eq!(lines(&"letters ".repeat(22), 38), 5);
    }

    #[test]
    fn links_keep_their_address_as_words() {
        assert_eq!(
            body("<a href=\"https://a.example/?b&amp;c\">x</a>"),
            "<a title=\"https://a.example/?b&amp;c\" data-to=\"\">x</a>"
        );
    }

    #[test]
    fn only_files_of_this_server_are_its_own() {
        assert_eq!(own_path("http://localhost:1/uploads/a"), Some("/uploads/a"));
        for other in [
            "https://127.0.0.1/uploads/a",
            "http://evil.example/uploads/a",
            "http://127.0.0.1:1/x",
            "/uploads/a",
            "http://127.0.0.1.evil.example/uploads/a",
        ] {
            assert_eq!(own_path(other), None, "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_markup_breaks_out_or_panics(markup in "[<>a-z\"'= /!&;-]{0,60}") {
            let frame = Framed::new(&markup).markup("message").into_string();
            proptest::prop_assert_eq!(frame.matches('<').count(), 2, "{}", frame);
        }
    }
}
