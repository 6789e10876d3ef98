//! HTML without what runs, asks or watches: scripts, frames, forms, event handlers, addresses that are programs, and
//! images that nobody can see.
//!
//! The body is streamed and never made a tree of: nesting that hangs a tree builder passes in linear time. What has none
//! of it, which is nearly every mail, is only looked over, and stays as it was to the byte.

use std::cell::RefCell;

use lol_html::html_content::{ContentType, Element};
use lol_html::{HtmlRewriter, MemorySettings, Settings, element};

/// Memory for one body. An element's start tag has to fit into it; the largest mails are a hundredth of it.
const MEMORY_MAX: usize = 16 << 20;

/// Elements that go with everything in them: they have no content, or browsers do not show it.
const WHOLE: &[&str] = &["script", "iframe", "embed", "base", "input"];
/// Elements that go while their content stays: it may be all that the mail says, and what nobody closes would take the
/// rest of the mail along.
const WRAPPERS: &[&str] = &[
    "form",
    "button",
    "textarea",
    "select",
    "object",
    "applet",
    "frame",
    "frameset",
    "noscript",
    "svg",
    "math",
    "animate",
    "set",
    "animatemotion",
    "animatetransform",
];
/// Inputs that show their value to people.
const SHOWN_INPUTS: &[&str] =
    &["text", "search", "email", "tel", "url", "number", "date", "submit", "button", "reset"];
/// Most times that what came out is looked through again: text in a `textarea` becomes markup when that goes.
const PASSES_MAX: u32 = 8;
/// Attributes that hold an address.
const ADDRESSES: &[&str] =
    &["href", "src", "action", "formaction", "xlink:href", "background", "poster", "data"];
/// Schemes of addresses that are programs.
const PROGRAMS: &[&str] = &["javascript:", "vbscript:", "livescript:", "data:text/html", "data:image/svg"];
/// Longest name of a tag that is looked for, and one letter more.
const TAG_CHARS: usize = 17;
/// Longest beginning of an address that says what it is.
const SCHEME_CHARS: usize = 24;

/// What was taken out, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Removed {
    scripts: u32,
    frames: u32,
    forms: u32,
    handlers: u32,
    addresses: u32,
    pixels: u32,
}

impl Removed {
    pub(super) fn is_nothing(self) -> bool {
        self == Self::default()
    }

    pub(super) fn add(&mut self, other: Self) {
        self.scripts += other.scripts;
        self.frames += other.frames;
        self.forms += other.forms;
        self.handlers += other.handlers;
        self.addresses += other.addresses;
        self.pixels += other.pixels;
    }

    /// `script: 2, tracking pixel: 1`.
    pub(super) fn words(self) -> String {
        let mut words = String::new();
        for (count, name) in [
            (self.scripts, "script"),
            (self.frames, "frame"),
            (self.forms, "part of a form"),
            (self.handlers, "event handler"),
            (self.addresses, "address that is a program"),
            (self.pixels, "tracking pixel"),
        ] {
            if count > 0 {
                words.push_str(if words.is_empty() { "" } else { ", " });
                words.push_str(name);
                words.push_str(": ");
                words.push_str(&count.to_string());
            }
        }
        words
    }
}

/// The body without it, and what that was; nothing where there is none of it.
pub(super) fn sanitised(html: &str) -> Option<(String, Removed)> {
    let (mut out, mut removed) = once(html)?;
    for _ in 1..PASSES_MAX {
        let Some((again, more)) = once(&out) else { return Some((out, removed)) };
        out = again;
        removed.add(more);
    }
    Some((as_text(html), removed))
}

/// What cannot be looked through, shown as the text that it is.
fn as_text(html: &str) -> String {
    crate::model::body::Html::from_text(html).as_str().to_owned()
}

fn once(html: &str) -> Option<(String, Removed)> {
    if !is_suspicious(html.as_bytes()) {
        return None;
    }
    let removed = RefCell::new(Removed::default());
    let mut out = Vec::with_capacity(html.len());
    let handler = element!("*", |element: &mut Element<'_, '_>| {
        clean(element, &mut removed.borrow_mut());
        Ok(())
    });
    let memory = MemorySettings::new().with_max_allowed_memory_usage(MEMORY_MAX);
    let settings = Settings::new()
        .append_element_content_handler(handler)
        .with_memory_settings(memory)
        .with_adjust_charset_on_meta_tag(false)
        .with_strict(false);
    let mut rewriter = HtmlRewriter::new(settings, |part: &[u8]| out.extend_from_slice(part));
    let whole = rewriter.write(html.as_bytes()).is_ok() && rewriter.end().is_ok();
    let removed = *removed.borrow();
    match String::from_utf8(out) {
        Ok(_) if whole && removed.is_nothing() => None,
        Ok(out) if whole => Some((out, removed)),
        _ => Some((as_text(html), Removed { scripts: 1, ..removed })),
    }
}

fn clean(element: &mut Element<'_, '_>, removed: &mut Removed) {
    let name = element.tag_name();
    if WHOLE.contains(&name.as_str()) {
        match name.as_str() {
            "script" => removed.scripts += 1,
            "input" => removed.forms += 1,
            _ => removed.frames += 1,
        }
        match shown(element) {
            Some(value) => element.replace(&value, ContentType::Html),
            None => element.remove(),
        }
        return;
    }
    if WRAPPERS.contains(&name.as_str()) {
        match name.as_str() {
            "object" | "applet" | "frame" | "frameset" => removed.frames += 1,
            // Where a drawing ends, browsers and parsers disagree, and what stands behind may be markup to one of them.
            "noscript" | "svg" | "math" | "animate" | "set" | "animatemotion" | "animatetransform" => {
                removed.scripts += 1;
            }
            _ => removed.forms += 1,
        }
        element.remove_and_keep_content();
        return;
    }
    if name == "img" && is_pixel(element) {
        removed.pixels += 1;
        element.remove();
        return;
    }
    if name == "meta" && element.get_attribute("http-equiv").is_some_and(|what| is_word(&what, "refresh")) {
        removed.addresses += 1;
        element.remove();
        return;
    }
    let names: Vec<String> =
        element.attributes().iter().map(lol_html::html_content::Attribute::name).collect();
    for name in names {
        if is_handler(name.as_bytes()) {
            removed.handlers += 1;
            element.remove_attribute(&name);
        } else if ADDRESSES.contains(&name.as_str())
            && element.get_attribute(&name).is_some_and(|value| is_program(&value))
        {
            removed.addresses += 1;
            element.remove_attribute(&name);
        } else if name == "srcdoc" {
            removed.frames += 1;
            element.remove_attribute(&name);
        }
    }
}

/// What people see of an input, as HTML.
fn shown(element: &Element<'_, '_>) -> Option<String> {
    if element.tag_name() != "input" {
        return None;
    }
    let kind = element.get_attribute("type").unwrap_or_else(|| "text".to_owned());
    let is_shown = SHOWN_INPUTS.iter().any(|known| is_word(&kind, known));
    let value = element.get_attribute("value").filter(|value| is_shown && !value.trim().is_empty())?;
    // Character references stand in it as they stand in text; only brackets mean something else there.
    Some(value.replace('<', "&lt;").replace('>', "&gt;"))
}

fn is_word(text: &str, word: &str) -> bool {
    text.trim().eq_ignore_ascii_case(word)
}

/// `onclick`, `onerror`: `on` and letters.
fn is_handler(name: &[u8]) -> bool {
    name.len() > 3 && name[..2].eq_ignore_ascii_case(b"on") && name[2..].iter().all(u8::is_ascii_alphabetic)
}

/// An image of a point or less from the web, or one that is not shown.
fn is_pixel(element: &Element<'_, '_>) -> bool {
    let source = element.get_attribute("src").unwrap_or_default();
    let source = source.trim_start().get(..5).unwrap_or_default().to_ascii_lowercase();
    if !source.starts_with("http") && !source.starts_with("//") {
        return false;
    }
    let point = |value: &str| {
        let digits = value.trim().trim_end_matches(|c: char| !c.is_ascii_digit());
        matches!(digits, "0" | "1")
    };
    let style = element.get_attribute("style").unwrap_or_default().to_ascii_lowercase();
    let style_of = |name: &str| {
        style
            .split(';')
            .filter_map(|rule| rule.split_once(':'))
            .find(|(what, _)| what.trim() == name)
            .map(|(_, value)| value.trim().to_owned())
    };
    let side = |name: &str| {
        let written = element.get_attribute(name).is_some_and(|value| point(&value));
        written || style_of(name).is_some_and(|value| point(value.trim_end_matches("!important")))
    };
    side("width") && side("height") || style_of("display").is_some_and(|value| value.starts_with("none"))
}

/// Whether an address runs when it is followed. Browsers leave out control characters and spaces and read character
/// references in it.
fn is_program(value: &str) -> bool {
    let mut plain = String::new();
    let mut rest = value;
    while let Some(first) = rest.chars().next() {
        let (c, length) = if first == '&' { reference(rest) } else { (Some(first), first.len_utf8()) };
        rest = &rest[length..];
        plain.extend(c.filter(|c| !c.is_whitespace() && !c.is_control()).map(|c| c.to_ascii_lowercase()));
        if plain.len() >= SCHEME_CHARS {
            break;
        }
    }
    PROGRAMS.iter().any(|scheme| plain.starts_with(scheme))
}

/// The character that a reference at the start of `text` stands for, and how long it is.
fn reference(text: &str) -> (Option<char>, usize) {
    for (name, c) in [("&colon;", ':'), ("&Tab;", '\t'), ("&NewLine;", '\n')] {
        if text.starts_with(name) {
            return (Some(c), name.len());
        }
    }
    let Some(digits) = text.strip_prefix("&#") else { return (Some('&'), 1) };
    let (digits, radix, head) = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16, 3),
        None => (digits, 10, 2),
    };
    let length = digits.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let end = head + length + usize::from(digits[length..].starts_with(';'));
    match u32::from_str_radix(&digits[..length], radix) {
        Ok(code) => (char::from_u32(code), end),
        Err(_) if length > 0 => (None, end),
        Err(_) => (Some('&'), 1),
    }
}

/// True if `html` may have something that [`map`](super::map) takes out. It is wrong in one way only: HTML that it passes
/// has nothing of it. It may be asked about HTML as it is, and about HTML in the escapes of a JSON string, except those by
/// number: then backslashes stand before quotes and instead of line ends.
pub fn may_be_cleaned(html: &str) -> bool {
    is_suspicious(html.as_bytes())
}

fn is_suspicious(html: &[u8]) -> bool {
    memchr::memchr2_iter(b'<', b'=', html).any(|at| {
        let rest = &html[at + 1..];
        if html[at] == b'<' { is_suspicious_tag(rest) } else { is_suspicious_attribute(&html[..at], rest) }
    })
}

fn is_suspicious_tag(tag: &[u8]) -> bool {
    let Some(first) = tag.first().map(u8::to_ascii_lowercase) else { return false };
    if !matches!(first, b's' | b'i' | b'f' | b'o' | b'e' | b'a' | b'b' | b't' | b'm' | b'n') {
        return false;
    }
    let length = tag.iter().take(TAG_CHARS).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let name = &tag[..length];
    let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
    if is("img") {
        let end = memchr::memchr(b'>', tag).unwrap_or(tag.len());
        return tag[..end].windows(2).any(|two| {
            // A side of a point or none, or a style that hides.
            matches!(two, [b'"' | b'\'' | b'=' | b':' | b' ', b'0' | b'1']) || two.eq_ignore_ascii_case(b"no")
        });
    }
    is("meta") || WHOLE.iter().chain(WRAPPERS).any(|known| is(known))
}

fn is_suspicious_attribute(before: &[u8], value: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let length = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (before, name) = before.split_at(before.len() - length);
    let is_name = |name: &[u8]| is_handler(name) || name.eq_ignore_ascii_case(b"srcdoc");
    // Behind a backslash the first letter may be that of an escape: a line end, in front of the name or instead of it.
    let escaped = before.ends_with(br"\") && length > 0;
    if is_name(name) || (escaped && (length == 1 || is_name(&name[1..]))) {
        return true;
    }
    let Some(value) = behind_quote(value) else { return false };
    let is = |head: &[u8]| value.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head));
    // Line ends, escapes and character references may stand between the letters.
    let is_odd = |length: usize| value.iter().take(length).any(|byte| !byte.is_ascii_alphabetic());
    match value[0] {
        b'j' | b'J' => is(b"ja") || is_odd(2),
        b'v' | b'V' => is(b"vb") || is_odd(2),
        b'l' | b'L' => is(b"liv") || is_odd(3),
        b'd' | b'D' => is(b"dat") || is_odd(3),
        b'&' | b'\\' => true,
        byte => !(b' '..0x80).contains(&byte),
    }
}

/// An attribute's value without quotes, space and their escapes in front; nothing if nothing else follows.
fn behind_quote(mut value: &[u8]) -> Option<&[u8]> {
    loop {
        value = match value {
            [b'"' | b'\'' | b' ' | b'\t' | b'\n' | b'\r', rest @ ..]
            | [b'\\', b'"' | b't' | b'n' | b'r', rest @ ..] => rest,
            [] => return None,
            _ => return Some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clean(html: &str) -> (String, String) {
        let (out, removed) = sanitised(html).unwrap_or_else(|| panic!("{html} was left as it was"));
        (out, removed.words())
    }

    #[test]
    fn what_runs_asks_or_watches_goes_and_is_counted() {
        for (html, out, words) in [
            ("<p>a<script>x('<p>')</script>b</p>", "<p>ab</p>", "script: 1"),
            ("a<SCRIPT src=x>", "a", "script: 1"),
            ("<p onclick=\"x()\" class=\"c\">a</p>", "<p class=\"c\">a</p>", "event handler: 1"),
            ("<svg/onload=x()>a</svg>", "a", "script: 1"),
            ("<a href=\"javascript:x()\">a</a>", "<a>a</a>", "address that is a program: 1"),
            ("<a href=' \u{1}JaVa\tscript:x()'>a</a>", "<a>a</a>", "address that is a program: 1"),
            ("<a href=\"&#106;avascript&colon;x()\">a</a>", "<a>a</a>", "address that is a program: 1"),
            ("<a href=\"j\n&Tab;avascript:x()\">a</a>", "<a>a</a>", "address that is a program: 1"),
            ("<a href='l&#10;ivescript:x()'>a</a>", "<a>a</a>", "address that is a program: 1"),
            ("<a href=\"jav&#x09;ascript:x()\">a</a>", "<a>a</a>", "address that is a program: 1"),
            ("<img src=\"data:text/html,x\">", "<img>", "address that is a program: 1"),
            (
                "<form action=\"/x\"><p>Hi</p><input name=q><button>Go</button></form>",
                "<p>Hi</p>Go",
                "part of a form: 3",
            ),
            ("a<iframe src=x>b</iframe>c", "ac", "frame: 1"),
            (
                "<div><svg></div><style><a title=\"</style><img src=x onerror=y()>\"></a>",
                "<div><style><a title=\"</style><img src=x>\"></a>",
                "script: 1, event handler: 1",
            ),
            ("<svg><animate attributeName=href values=javascript:x></svg>a", "a", "script: 2"),
            ("<noscript><p onclick=x()>a</p></noscript>", "<p>a</p>", "script: 1, event handler: 1"),
            ("a<object data=http://x/y><p>b</p></object>c", "a<p>b</p>c", "frame: 1"),
            ("a<embed src=x><p>b</p>", "a<p>b</p>", "frame: 1"),
            (
                "<select name=s><option>Red<option>Blue</select>c",
                "<option>Red<option>Bluec",
                "part of a form: 1",
            ),
            (
                "<input type=submit value='Go &amp; <b>'><input type=HIDDEN value=x><input value=' '>",
                "Go &amp; &lt;b&gt;",
                "part of a form: 3",
            ),
            ("<textarea><script>x</script>y</textarea>", "y", "script: 1, part of a form: 1"),
            (
                "<textarea><textarea><img src=y onerror=x></textarea>",
                "<img src=y>",
                "part of a form: 2, event handler: 1",
            ),
            ("a<img src=\"https://t.example/p.gif\" width=\"1\" height=\"1\">", "a", "tracking pixel: 1"),
            ("a<img width=0 height=0 src=//t.example/p>", "a", "tracking pixel: 1"),
            (
                "a<img style=\"width:1px;height:1px !important\" src=http://t.example/p>",
                "a",
                "tracking pixel: 1",
            ),
            ("a<img style='display: none' src=http://t.example/p>", "a", "tracking pixel: 1"),
        ] {
            assert_eq!(clean(html), (out.to_owned(), words.to_owned()), "{html}");
        }
        let both = clean("<script>a</script><img onerror=x src=y><script>b</script>");
        assert_eq!(both.1, "script: 2, event handler: 1");
    }

    #[test]
    fn what_nobody_closes_takes_nothing_along() {
        for name in WRAPPERS {
            let (out, _) =
                clean(&format!("<p>Before</p><{name} data=\"http://x/y\"><p>IMPORTANT order 123</p>"));
            assert_eq!(out, "<p>Before</p><p>IMPORTANT order 123</p>", "{name}");
        }
        for name in ["embed", "base", "input"] {
            let (out, _) = clean(&format!("<p>Before</p><{name}><p>IMPORTANT</p>"));
            assert_eq!(out, "<p>Before</p><p>IMPORTANT</p>", "{name}");
        }
        let deep = format!("{}<script>x", "<textarea>".repeat(50));
        assert!(!clean(&deep).0.contains('<'), "what never comes to an end is shown as text");
    }

    #[test]
    fn ordinary_mails_stay_as_they_are() {
        for html in [
            "<div><p>Hello <b>Kim</b>, 1 = 1 &amp; 2 &lt; 3</p><br></div>",
            "<a href=\"https://shop.example/?on=1&amp;javascript=2\" target=\"_blank\">on=off</a>",
            "<img src=\"https://shop.example/a.png\" width=\"100\" height=\"11\" alt=\"No\">",
            "<img src=\"cid:image001.png\" width=\"1\" height=\"1\"><img src=\"data:image/png;base64,AAAA\">",
            "<table width=\"100%\" cellspacing=\"0\"><tr><td style=\"display:none\">preview</td></tr></table>",
            "<style>p { color: red }</style><meta charset=\"utf-8\"><p lang=\"fr\">café = \u{1f642}</p>",
            "condition=fine, <iconic>, a < b, <p",
        ] {
            assert!(sanitised(html).is_none(), "{html}: {:?}", sanitised(html));
        }
    }

    #[test]
    fn nesting_of_any_depth_passes() {
        for depth in [5_000, 100_000] {
            let html = format!("{}<script>x</script>y{}", "<div>".repeat(depth), "</div>".repeat(depth));
            let (out, removed) = sanitised(&html).unwrap();
            assert_eq!((out.len(), removed.scripts), (html.len() - "<script>x</script>".len(), 1));
        }
    }

    proptest! {
        #[test]
        fn nothing_that_runs_is_left(html in "(<(script|p|img|form|a|textarea|object|select|input value='<script>')( on[a-z]{3,5}=x| href=.?javascript:x| src=y)?>?|</(script|textarea)>|[a-z<>&\"'= ]){0,20}") {
            let once = sanitised(&html).map_or(html.clone(), |(out, _)| out);
            prop_assert!(sanitised(&once).is_none_or(|(again, _)| sanitised(&again).is_none()), "{once}");
        }

        #[test]
        fn what_is_cleaned_is_seen_in_json_too(html in "(<(script|p|img|svg|a|x)|[ \n\t\\\\/]|on[a-z]{3,5}|href|src|srcdoc|=|'|\"|ja|j|avascript:|v|l|ivescript:|data:text/html|&#10;|>|width|0|1|no){0,20}") {
            let json = serde_json::to_string(&html).unwrap();
            prop_assume!(!json.contains("\\u"));
            prop_assert!(sanitised(&html).is_none() || may_be_cleaned(&json), "{json}");
        }

        #[test]
        fn anything_is_read(html in "[<>/a-d&#;x0-9 \"'=!\\-]{0,80}|\\PC{0,80}") {
            sanitised(&html);
        }
    }
}
