//! The three bodies of a comment as Zendesk makes them: source text, HTML in its wrapper, text made from the HTML.

/// An earlier message, as a mail program quotes it.
pub(crate) struct Quote {
    /// `On …, … wrote:`.
    pub(crate) intro: String,
    /// Its text.
    pub(crate) text: String,
}

/// Text with the characters escaped that HTML gives a meaning.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text as Zendesk's paragraphs: a blank line separates them, a line end is a `<br>` after the line end.
pub(crate) fn paragraphs(text: &str) -> String {
    let blocks = text.split("\n\n").map(|block| {
        let lines = escape(block).replace('\n', "\n<br>");
        format!("<p dir=\"auto\">{lines}</p>")
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}

/// `inner` in the wrapper that every HTML body of Zendesk has.
pub(crate) fn wrapped(inner: &str) -> String {
    format!("<div class=\"zd-comment\" dir=\"auto\">{inner}</div>")
}

/// The text that Zendesk makes from the HTML, stray spaces included.
pub(crate) fn plain(text: &str) -> String {
    text.replace("\n\n", "\u{e000}").replace('\n', "\n\n ").replace('\u{e000}', " \n\n ")
}

/// An agent's signature as the agent interface appends it.
pub(crate) fn signature(agent: &str) -> String {
    let agent = escape(agent);
    format!(
        "<div class=\"signature\"><p dir=\"ltr\">--<br>{agent}<br>Acme Outdoor · Customer Care<br>\
         <a href=\"https://www.acme-outdoor.example\" target=\"_blank\" rel=\"nofollow noreferrer\">\
         www.acme-outdoor.example</a></p></div>"
    )
}

/// Earlier messages, newest first, each quoting the ones before it, as mail programs nest them.
pub(crate) fn quoted_html(history: &[Quote]) -> String {
    let mut html = String::new();
    for quote in history.iter().rev() {
        html = format!(
            "<div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">{}<br></div>\
             <blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid \
             rgb(204,204,204);padding-left:1ex\">{}{html}</blockquote></div>",
            escape(&quote.intro),
            paragraphs(&quote.text),
        );
    }
    html
}

/// Earlier messages as `>` lines, newest first.
pub(crate) fn quoted_text(history: &[Quote]) -> String {
    let mut text = String::new();
    for (depth, quote) in history.iter().enumerate() {
        let mark = ">".repeat(depth);
        let space = if depth == 0 { "" } else { " " };
        text.extend(["\n\n", &mark, space, &quote.intro, "\n"]);
        let deeper = ">".repeat(depth + 1);
        text.extend(quote.text.lines().flat_map(|line| ["\n", &deeper, " ", line].map(str::to_owned)));
    }
    text
}

/// The file that a text speaks of, if it speaks of one: (name, media type).
pub(crate) fn file_meant(text: &str) -> Option<(&'static str, &'static str)> {
    let photo = ["hotos attached", "das Foto", "la photo", "fotos", "写真"];
    let paper = ["attached", "Anhang", "liegt bei", "pièce jointe", "en anexo", "em anexo", "(PDF)"];
    if photo.iter().any(|word| text.contains(word)) {
        Some(("IMG_2041.jpeg", "image/jpeg"))
    } else if paper.iter().any(|word| text.contains(word)) {
        Some(("document.pdf", "application/pdf"))
    } else {
        None
    }
}
