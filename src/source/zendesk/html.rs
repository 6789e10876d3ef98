//! HTML of comments: unwrapping, turning to text, finding images. Streams, never a tree: nesting that hangs a tree
//! builder passes in linear time.

use std::cell::RefCell;
use std::sync::LazyLock;

use lol_html::html_content::{Element, TextChunk, TextType};
use lol_html::{HtmlRewriter, Settings, doc_text, element};
use memchr::memmem::Finder;

/// Elements that begin on a line of their own.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "blockquote",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "section",
    "article",
    "header",
    "footer",
];

/// Named characters that occur in mail; others stay as written.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("euro", '€'),
    ("pound", '£'),
    ("hellip", '…'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bull", '•'),
    ("middot", '·'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("deg", '°'),
];

/// The inside of the `<div class="zd-comment">` that Zendesk puts around every comment; other HTML as it is.
pub(super) fn unwrap(html: &str) -> &str {
    let trimmed = html.trim();
    let Some(tag_end) =
        trimmed.starts_with("<div").then(|| memchr::memchr(b'>', trimmed.as_bytes())).flatten()
    else {
        return trimmed;
    };
    let is_wrapper = trimmed[..tag_end].contains("zd-comment");
    let inside = trimmed[tag_end + 1..].strip_suffix("</div>");
    match inside {
        Some(inside) if is_wrapper && closes_what_it_opens(inside) => inside.trim(),
        _ => trimmed,
    }
}

/// True if no `</div>` in `html` closes a division that was opened before it.
fn closes_what_it_opens(html: &str) -> bool {
    let mut open = 0_i64;
    for at in memchr::memchr_iter(b'<', html.as_bytes()) {
        let tag = &html.as_bytes()[at + 1..];
        if tag.starts_with(b"/div") {
            open -= 1;
        } else if tag.starts_with(b"div") {
            open += 1;
        }
        if open < 0 {
            return false;
        }
    }
    true
}

/// The text of `html`, with line breaks where blocks begin, and without scripts and styles.
pub(super) fn to_text(html: &str) -> String {
    let text = RefCell::new(String::with_capacity(html.len() / 2));
    let element = element!("*", |element: &mut Element<'_, '_>| {
        if BLOCKS.contains(&element.tag_name().as_str()) {
            text.borrow_mut().push('\n');
        }
        Ok(())
    });
    let chunk = doc_text!(|chunk: &mut TextChunk<'_>| {
        if matches!(chunk.text_type(), TextType::Data | TextType::RCData) {
            text.borrow_mut().push_str(chunk.as_str());
        }
        Ok(())
    });
    let settings = Settings::new()
        .append_element_content_handler(element)
        .append_document_content_handler(chunk)
        .with_strict(false);
    let whole = run(html, settings);
    let text = text.into_inner();
    tidy(&decode(if whole { &text } else { html }))
}

/// A quick look for images.
pub(super) fn may_have_image(html: &str) -> bool {
    static TAG: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"<img"));
    TAG.find(html.as_bytes()).is_some()
}

/// Addresses of images, entities decoded. Looks closer only where there is an image at all.
pub(super) fn images(html: &str) -> Vec<String> {
    if !may_have_image(html) {
        return Vec::new();
    }
    let sources = RefCell::new(Vec::new());
    let image = element!("img[src]", |element: &mut Element<'_, '_>| {
        sources.borrow_mut().extend(element.get_attribute("src").map(|source| decode(&source)));
        Ok(())
    });
    let settings = Settings::new().append_element_content_handler(image).with_strict(false);
    // What was found before an error counts. HTML has no invalid documents, so none is expected.
    run(html, settings);
    sources.into_inner()
}

/// Runs the handlers of `settings` over `html`. False if it had to end early.
fn run(html: &str, settings: Settings<'_, '_>) -> bool {
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    rewriter.write(html.as_bytes()).is_ok() && rewriter.end().is_ok()
}

/// At most one blank line in a row, no space at the ends of lines.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut blank = 2;
    for line in text.lines() {
        let line = line.trim();
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank < 2 {
            tidied.push_str(line);
            tidied.push('\n');
        }
    }
    tidied.truncate(tidied.trim_end().len());
    tidied
}

/// Replaces character references.
pub(super) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let reference = tail.bytes().take(10).position(|b| b == b';').and_then(|end| {
            let name = &tail[..end];
            Some((character(name)?, end))
        });
        if let Some((c, end)) = reference {
            out.push(c);
            rest = &tail[end + 1..];
        } else {
            out.push('&');
            rest = tail;
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return Some(code.ok().filter(|code| *code != 0).and_then(char::from_u32).unwrap_or('\u{fffd}'));
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_outer_wrapper_goes() {
        let html = "<div class=\"zd-comment\" dir=\"auto\"><p>Hi</p><div>x</div></div>";
        assert_eq!(unwrap(html), "<p>Hi</p><div>x</div>");
        for other in
            ["<p>Hi</p>", "<div class=\"zd-comment\">a</div><div>b</div>", "<div class=\"x\">a</div>", "<div"]
        {
            assert_eq!(unwrap(other), other);
        }
    }

    #[test]
    fn text_of_html() {
        let html = "<style>p{}</style><p>Hi &amp; <b>bye</b>&nbsp;&#8364;</p><p>a<br>b</p><script>x()</script>&unknown;";
        assert_eq!(to_text(html), "Hi & bye\u{a0}€\n\na\nb&unknown;".replace("\n\n", "\n"));
    }

    #[test]
    fn images_are_found() {
        let html =
            "<p><img src=\"https://a.example/attachments/token/x/?name=a.png&amp;b=1\"><IMG src='y'></p>";
        assert_eq!(images(html), ["https://a.example/attachments/token/x/?name=a.png&b=1", "y"]);
        assert!(images("no image").is_empty());
    }

    #[test]
    fn deep_nesting_passes() {
        let html = format!("{}x{}", "<ul><li>".repeat(50_000), "</li></ul>".repeat(50_000));
        assert_eq!(to_text(&html).trim(), "x");
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read(html in "[<>/a-d&#;x0-9 \"'=!\\-]{0,80}|\\PC{0,80}") {
            to_text(&html);
            images(&html);
            unwrap(&html);
        }
    }
}
