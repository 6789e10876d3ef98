//! Which of a comment's three bodies counts, and what is wrong with it.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::comment::Comment;
use super::html;
use crate::model::body::{Body, Html};
use crate::source::NeedsText;

/// Characters at which Zendesk cuts off bodies (64 KB, silently; reference 3.2).
const CUT_AT_CHARS: usize = 65_536;

/// What Zendesk puts in the place of redacted text.
pub(super) const REDACTED: char = '▇';

/// A comment's text and what there is to say about it.
#[derive(Debug)]
pub(super) struct Chosen {
    /// The body, unless everything is blank.
    pub(super) body: Option<Body>,
    /// A body has exactly the length at which Zendesk cuts.
    pub(super) maybe_cut: bool,
    /// Text was redacted.
    pub(super) redacted: bool,
}

/// Chooses the body of `comment`: the plain form from `plain_body`, else `body`, else the HTML; the HTML form from
/// `html_body` without its wrapper, else the escaped text (reference 3.2).
pub(super) fn choose(comment: &Comment<'_>) -> Chosen {
    let html = comment.html_body.filled().map(html::unwrap).filter(|html| !html.is_empty());
    let plain = comment.plain_body.filled().or(comment.body.filled());
    let written = if comment.body.is_below(CUT_AT_CHARS) { None } else { comment.body.get() };
    let forms = [written, comment.plain_body.get(), comment.html_body.get()];
    Chosen {
        body: body(plain, html),
        maybe_cut: forms.into_iter().flatten().any(is_cut_length),
        redacted: [plain, html].into_iter().flatten().any(is_redacted),
    }
}

/// True if a comment certainly says something, of which there is nothing to be said: the body that [`choose`] would give
/// is not blank, neither cut nor redacted, and needs not be read. False does not say the contrary.
pub(super) fn is_ordinary(comment: &Comment<'_>, needs_text: NeedsText) -> bool {
    let plain = if comment.plain_body.is_absent() { &comment.body } else { &comment.plain_body };
    let ordinary = |text: &str| text.len() < CUT_AT_CHARS && !is_redacted(text);
    let says_something = |text: &str| text.starts_with(|first: char| first != '\\' && !first.is_whitespace());
    plain.written().is_some_and(|text| says_something(text) && ordinary(text))
        && (comment.body.is_absent() || comment.body.is_below(CUT_AT_CHARS))
        && (comment.html_body.is_absent()
            || comment.html_body.written().is_some_and(|html| ordinary(html) && !needs_text(html)))
}

fn body(plain: Option<&str>, html: Option<&str>) -> Option<Body> {
    match (plain, html) {
        (Some(plain), None) => Body::from_text(plain.to_owned()),
        (Some(plain), Some(html)) => Body::shared(Some(plain.into()), Some(Html::from_export(html))),
        (None, Some(html)) => {
            let text = html::to_text(html);
            // Markup around nothing is blank, unless it shows an image.
            let shows = !text.trim().is_empty() || memchr::memmem::find(html.as_bytes(), b"<img").is_some();
            shows.then(|| Body::new(Some(text), Some(Html::from_export(html)))).flatten()
        }
        (None, None) => None,
    }
}

fn is_cut_length(text: &str) -> bool {
    text.len() >= CUT_AT_CHARS && text.chars().count() == CUT_AT_CHARS
}

/// True if `text` has the mark of redaction.
pub(super) fn is_redacted(text: &str) -> bool {
    static MARK: LazyLock<Finder<'static>> =
        LazyLock::new(|| Finder::new(REDACTED.encode_utf8(&mut [0; 4]).as_bytes()).into_owned());
    MARK.find(text.as_bytes()).is_some()
}

/// How many marks of redaction stand in `text`; each stands for a character.
pub(super) fn redactions(text: &str) -> usize {
    if is_redacted(text) { text.chars().filter(|one| *one == REDACTED).count() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(json: &str) -> Chosen {
        choose(&serde_json::from_str(json).unwrap())
    }

    fn forms(json: &str) -> Option<(Option<String>, Option<String>)> {
        let body = chosen(json).body?;
        Some((body.text().map(str::to_owned), body.html().map(|html| html.as_str().to_owned())))
    }

    #[test]
    fn the_first_form_that_is_not_blank_counts() {
        let all =
            r#"{"plain_body":"plain","body":"md","html_body":"<div class=\"zd-comment\"><b>h</b></div>"}"#;
        assert_eq!(forms(all), Some((Some("plain".into()), Some("<b>h</b>".into()))));
        assert_eq!(
            forms(r#"{"plain_body":" ","body":"a<b","html_body":""}"#),
            Some((Some("a<b".into()), Some("a&lt;b".into())))
        );
        assert_eq!(
            forms(r#"{"html_body":"<p>only</p>"}"#),
            Some((Some("only".into()), Some("<p>only</p>".into())))
        );
        assert_eq!(
            forms(r#"{"html_body":"<p><img src=\"x\"></p>"}"#),
            Some((None, Some("<p><img src=\"x\"></p>".into())))
        );
        for blank in
            [r#"{"body":" \n","html_body":"<div class=\"zd-comment\"><br></div>","plain_body":null}"#, "{}"]
        {
            assert_eq!(forms(blank), None, "{blank}");
        }
    }

    #[test]
    fn cut_and_redacted_bodies_are_noticed() {
        let cut = format!(r#"{{"body":"{}"}}"#, "ä".repeat(65_536));
        assert!(chosen(&cut).maybe_cut);
        assert!(!chosen(&format!(r#"{{"body":"{}"}}"#, "ä".repeat(65_535))).maybe_cut);
        assert!(chosen(r#"{"body":"card ▇▇▇▇"}"#).redacted);
    }
}
