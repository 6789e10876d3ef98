//! Message bodies: text, HTML or both, never blank, and never text in the place of HTML.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Begins the words that stand in a message for a file that is not there.
pub const FILE_NOTE_OPENS: &str = "[file not available: ";

/// HTML as the export gave it, or made from text by escaping. Plain text cannot become one unescaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(Arc<str>);

impl Html {
    /// HTML that the export says is HTML.
    pub fn from_export(html: impl Into<Arc<str>>) -> Self {
        Self(html.into())
    }

    /// Text turned into HTML: special characters escaped, line ends as `<br>`.
    pub fn from_text(text: &str) -> Self {
        let mut html = String::with_capacity(text.len() + text.len() / 8);
        for c in text.chars() {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                '\n' => html.push_str("<br>"),
                '\r' => {}
                other => html.push(other),
            }
        }
        Self(html.into())
    }

    /// This HTML with `before` in front of it.
    #[must_use]
    pub fn preceded_by(self, before: &Html) -> Self {
        Self(format!("{}{}", before.0, self.0).into())
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a message says. At least one of the two forms is not blank, but where the text was left unread. Copies share
/// their text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    text: Option<Arc<str>>,
    html: Option<Html>,
}

impl Body {
    /// A body, if anything of it is not blank. Blank forms are dropped.
    pub fn new(text: Option<String>, html: Option<Html>) -> Option<Self> {
        Self::shared(text.map(Arc::from), html)
    }

    /// A body from forms that may be shared, if anything of it is not blank. Blank forms are dropped.
    pub fn shared(text: Option<Arc<str>>, html: Option<Html>) -> Option<Self> {
        let text = text.filter(|t| !t.trim().is_empty());
        let html = html.filter(|h| !h.as_str().trim().is_empty());
        (text.is_some() || html.is_some()).then_some(Self { text, html })
    }

    /// A body of plain text with its escaped twin in HTML.
    pub fn from_text(text: String) -> Option<Self> {
        let html = Html::from_text(&text);
        Self::new(Some(text), Some(html))
    }

    /// Stands for a text that nobody wants to have: there is one, and it was not read. It is never staged or sent.
    pub fn unread() -> Self {
        Self { text: None, html: None }
    }

    /// The plain form.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The HTML form.
    pub fn html(&self) -> Option<&Html> {
        self.html.as_ref()
    }

    /// Bytes in both forms.
    pub fn bytes(&self) -> usize {
        self.text.as_ref().map_or(0, |text| text.len()) + self.html.as_ref().map_or(0, |h| h.0.len())
    }

    /// The same body with a line in front of both forms; used to keep an author's name visible.
    #[must_use]
    pub fn with_first_line(self, line: &str) -> Self {
        let head = FirstLine::new(line);
        let text = self.text.map(|text| format!("{}{text}", head.text).into());
        let html = self.html.map(|html| html.preceded_by(&head.html));
        Self { text, html }
    }
}

impl Body {
    /// The same body with a line below both forms; used for what its message lacks.
    #[must_use]
    pub fn with_last_line(self, line: &str) -> Self {
        let text = self.text.map(|text| format!("{}\n\n{line}", text.trim_end()).into());
        let html =
            self.html.map(|Html(html)| Html(format!("{html}<p>{}</p>", Html::from_text(line).0).into()));
        Self { text, html }
    }

    /// The body with other HTML. Where that is blank and there is no text, an empty paragraph stands for it: a body says
    /// something.
    #[must_use]
    pub fn with_html(self, html: String) -> Self {
        let blank = html.trim().is_empty();
        let html = match (blank, &self.text) {
            (true, Some(_)) => None,
            (true, None) => Some("<p></p>".into()),
            (false, _) => Some(html.into()),
        };
        Self { html: html.map(Html), ..self }
    }

    /// The body with each form as `change` makes it; nothing where it changes none.
    pub fn changed(&self, change: &mut dyn FnMut(&str) -> Option<String>) -> Option<Self> {
        let text = self.text.as_deref().and_then(&mut *change);
        let html = self.html.as_ref().and_then(|html| change(html.as_str()));
        (text.is_some() || html.is_some()).then(|| Self {
            text: text.map_or_else(|| self.text.clone(), |text| Some(text.into())),
            html: html.map_or_else(|| self.html.clone(), |html| Some(Html(html.into()))),
        })
    }
}

/// A line in front of a body, in both forms, as [`Body::with_first_line`] writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstLine {
    text: String,
    html: Html,
}

impl FirstLine {
    /// The line.
    pub fn new(line: &str) -> Self {
        let html = Html(format!("<p><em>{}</em></p>", Html::from_text(line).0).into());
        Self { text: format!("{line}\n\n"), html }
    }

    /// `text` with the line in front, or without it; nothing where it is so already.
    pub fn put_before_text(&self, text: &str, shown: bool) -> Option<String> {
        put_before(text, &self.text, shown)
    }

    /// The same for HTML.
    pub fn put_before_html(&self, html: &str, shown: bool) -> Option<String> {
        put_before(html, self.html.as_str(), shown)
    }
}

fn put_before(body: &str, head: &str, shown: bool) -> Option<String> {
    match (body.strip_prefix(head), shown) {
        (Some(_), true) | (None, false) => None,
        (Some(rest), false) => Some(rest.to_owned()),
        (None, true) => Some(format!("{head}{body}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_bodies_cannot_be_built() {
        assert_eq!(Body::new(Some(" \n".into()), Some(Html::from_export(String::new()))), None);
        assert_eq!(Body::new(None, None), None);
    }

    #[test]
    fn text_is_escaped_on_its_way_to_html() {
        let body = Body::from_text("<script>a & b</script>\n'x'".into()).unwrap();
        assert_eq!(body.html().unwrap().as_str(), "&lt;script&gt;a &amp; b&lt;/script&gt;<br>&#39;x&#39;");
        let named = body.with_first_line("A <b> wrote:");
        assert!(named.html().unwrap().as_str().starts_with("<p><em>A &lt;b&gt; wrote:</em></p>&lt;script"));
        assert!(named.text().unwrap().starts_with("A <b> wrote:\n\n<script>"));
        let ended = Body::new(Some("Hi\n".into()), Some(Html::from_export("<b>Hi"))).unwrap();
        let ended = ended.with_last_line("a < b");
        assert_eq!(
            (ended.text(), ended.html().unwrap().as_str()),
            (Some("Hi\n\na < b"), "<b>Hi<p>a &lt; b</p>")
        );
        assert_eq!(Body::unread().with_last_line("x"), Body::unread());
    }
}
