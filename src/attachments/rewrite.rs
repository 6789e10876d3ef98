//! What became of a message's files, put into the message: pictures in their place, the others in its list, and words
//! where a file is missing.

use std::cell::RefCell;

use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, element, rewrite_str};

use super::Reason;
use crate::ledger::{PartState, UploadRow};
use crate::model::body::{Body, FILE_NOTE_OPENS, Html};
use crate::model::conversation::{Attachment, FileKind};
use crate::text;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Gorgias keeps it.
    There {
        /// Where.
        url: String,
        /// Its media type.
        content_type: String,
        /// Its bytes.
        size: u64,
    },
    /// It could not be had.
    Without(Reason),
}

impl Fate {
    /// That of a content which Gorgias keeps.
    pub fn of_upload(row: &UploadRow) -> Option<Self> {
        let (PartState::Done, Some(url)) = (row.state, &row.url) else { return None };
        let content_type = row.content_type.clone().unwrap_or_default();
        Some(Self::There { url: url.clone(), content_type, size: row.size.unwrap_or_default() })
    }
}

/// The body and the files of a message whose `files` had these `fates`, one each.
pub fn rewrite(body: &Body, files: &[Attachment], fates: &[Fate]) -> (Body, Vec<Attachment>) {
    let pairs: Vec<(&Attachment, &Fate)> = files.iter().zip(fates).collect();
    let shown = RefCell::new(vec![false; pairs.len()]);
    let html = body.html().map(|html| in_html(html.as_str(), &pairs, &shown));
    let shown = shown.into_inner();
    let html = html.map(|mut html| {
        for (file, fate) in &pairs {
            if matches!(fate, Fate::There { .. }) && file.kind == FileKind::Recording {
                html = attached(&html, &file.url);
            }
        }
        for ((file, fate), shown) in pairs.iter().zip(&shown) {
            if let (Some(reason), false) = (missing(fate), shown) {
                html.extend(["<p>", &note(file, reason, Form::HTML), "</p>"]);
            }
        }
        Html::from_export(html)
    });
    let text = body.text().map(|text| in_text(text, &pairs));
    let listed =
        pairs.iter().zip(&shown).filter_map(|((file, fate), shown)| listed(file, fate, *shown)).collect();
    // Nothing was taken away that could leave it blank.
    let body = Body::shared(text.map(Into::into), html).unwrap_or_else(|| body.clone());
    (body, listed)
}

/// The reason where words have to stand in the message.
fn missing(fate: &Fate) -> Option<Reason> {
    match fate {
        Fate::Without(reason) if !reason.leaves_link() => Some(*reason),
        _ => None,
    }
}

/// The file in the message's list, if it belongs there.
fn listed(file: &Attachment, fate: &Fate, shown: bool) -> Option<Attachment> {
    let in_body = shown && file.kind == FileKind::InlineImage;
    match fate {
        Fate::There { .. } if in_body => None,
        Fate::There { url, content_type, size } => Some(Attachment {
            url: url.clone(),
            content_type: Some(content_type.clone()),
            size: Some(*size),
            // From here on it is a file like any other, shown in a body or not.
            kind: if file.kind == FileKind::InlineImage { FileKind::Attachment } else { file.kind },
            local: None,
            ..file.clone()
        }),
        Fate::Without(reason) => {
            // A recording's link stands in the text already.
            let keeps = file.kind != FileKind::Recording && (reason.leaves_link() || reason.link_may_work());
            let linked = !file.url.is_empty() && file.kind != FileKind::InlineImage;
            (keeps && linked).then(|| file.clone())
        }
    }
}

fn in_text(text: &str, pairs: &[(&Attachment, &Fate)]) -> String {
    let mut text = text.to_owned();
    for (file, fate) in pairs {
        if let Fate::There { url, .. } = fate
            && !file.url.is_empty()
        {
            if file.kind == FileKind::Recording {
                text = attached(&text, &file.url);
            }
            text = text.replace(&file.url, url);
        }
    }
    let mut notes = pairs.iter().filter_map(|(file, fate)| Some((file, missing(fate)?))).peekable();
    if notes.peek().is_some() {
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    for (file, reason) in notes {
        text.push('\n');
        text.push_str(&note(file, reason, Form::Text));
    }
    text
}

/// The text with the address of a recording, and what stands in brackets after it, replaced by a word: the text says where
/// it was and what it took to listen to it there.
fn attached(text: &str, url: &str) -> String {
    let Some(at) = text.find(url).filter(|_| !url.is_empty()) else { return text.to_owned() };
    let rest = &text[at + url.len()..];
    let brackets = rest.strip_prefix(" (").and_then(|inside| Some(inside[..inside.find(')')?].len() + 3));
    format!("{}attached{}", &text[..at], &rest[brackets.unwrap_or_default()..])
}

/// Streams: a tree would hang on deep nesting. HTML that cannot be followed stays as it is.
fn in_html(html: &str, pairs: &[(&Attachment, &Fate)], shown: &RefCell<Vec<bool>>) -> String {
    let image = element!("img[src]", |image: &mut Element<'_, '_>| {
        let source = decoded(&image.get_attribute("src").unwrap_or_default());
        let Some(at) = find(&source, pairs) else { return Ok(()) };
        match pairs[at] {
            (_, Fate::There { url, .. }) => {
                image.set_attribute("src", url)?;
                // Other sizes of the same picture would be taken before it.
                image.remove_attribute("srcset");
                shown.borrow_mut()[at] = true;
            }
            (file, Fate::Without(reason)) if !reason.leaves_link() => {
                image.replace(&note(file, *reason, Form::HTML), ContentType::Html);
                shown.borrow_mut()[at] = true;
            }
            _ => {}
        }
        Ok(())
    });
    let link = element!("a[href]", |link: &mut Element<'_, '_>| {
        let target = decoded(&link.get_attribute("href").unwrap_or_default());
        if let Some(at) = find(&target, pairs)
            && let (_, Fate::There { url, .. }) = pairs[at]
        {
            link.set_attribute("href", url)?;
        }
        Ok(())
    });
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(image)
        .append_element_content_handler(link)
        .with_strict(false);
    rewrite_str(html, settings).unwrap_or_else(|_| html.to_owned())
}

/// The file that an address in a body means: by its address, whole or below the account's host, or by the content id of
/// a mail (`cid:image001.png@01D…`), which begins with the file's name.
fn find(address: &str, pairs: &[(&Attachment, &Fate)]) -> Option<usize> {
    let address = address.trim();
    if address.is_empty() {
        return None;
    }
    if let Some(id) =
        address.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("cid:")).map(|_| &address[4..])
    {
        let name = id.split('@').next().unwrap_or_default();
        return pairs.iter().position(|(file, _)| !name.is_empty() && file.name.eq_ignore_ascii_case(name));
    }
    let whole = match address.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => address.to_owned(),
    };
    let fits = |file: &Attachment| {
        file.url == whole
            || (address.starts_with('/') && address.len() > 1 && path(&file.url) == Some(address))
    };
    pairs.iter().position(|(file, _)| !file.url.is_empty() && fits(file))
}

/// What comes after the host.
fn path(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.find('/').map(|at| &rest[at..])
}

/// Attributes with the references that writers of addresses use.
fn decoded(attribute: &str) -> String {
    if !attribute.contains('&') {
        return attribute.to_owned();
    }
    let pairs =
        [("&quot;", "\""), ("&#39;", "'"), ("&#38;", "&"), ("&#x26;", "&"), ("&#x2F;", "/"), ("&amp;", "&")];
    pairs.iter().fold(attribute.to_owned(), |text, (written, meant)| text.replace(written, meant))
}

/// In what a note is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Html {
        /// Whether the name leads to where the file was.
        links: bool,
    },
}

impl Form {
    const HTML: Self = Self::Html { links: true };

    fn without_link(self) -> Self {
        match self {
            Self::Text => self,
            Self::Html { .. } => Self::Html { links: false },
        }
    }
}

/// `[file not available: x.pdf, 123 kB: it is no longer there]`
fn note(file: &Attachment, reason: Reason, form: Form) -> String {
    let form = if reason.link_may_work() { form } else { form.without_link() };
    // No reason has a sign that would have to be escaped.
    format!("{}{reason}]", opening(file, form))
}

/// A note up to its reason.
fn opening(file: &Attachment, form: Form) -> String {
    let name: String = file.name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let size =
        file.size.filter(|size| *size > 0).map(|size| format!(", {}", text::size(size))).unwrap_or_default();
    let escaped = |text: &str| Html::from_text(text).as_str().to_owned();
    let name = match form {
        Form::Text => name,
        Form::Html { links } if links && !file.url.is_empty() => {
            format!("<a href=\"{}\">{}</a>", escaped(&file.url), escaped(&name))
        }
        Form::Html { .. } => escaped(&name),
    };
    format!("{FILE_NOTE_OPENS}{name}{size}: ")
}

/// Why a message says that a file is missing, if it says so.
pub fn reason_in(said: &str, file: &Attachment) -> Option<Reason> {
    let forms = [Form::Text, Form::HTML, Form::HTML.without_link()];
    forms.into_iter().find_map(|form| {
        let opening = opening(file, form);
        let from = said.find(&opening)? + opening.len();
        Reason::said(said[from..].split_once(']')?.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(url: &str, name: &str, kind: FileKind) -> Attachment {
        let (url, name) = (url.to_owned(), name.to_owned());
        Attachment { url, name, content_type: None, size: Some(123_000), kind, local: None }
    }

    fn there(name: &str) -> Fate {
        Fate::There { url: format!("https://u.example/{name}"), content_type: "image/png".into(), size: 9 }
    }

    fn body(html: &str) -> Body {
        Body::new(Some("See https://z.example/a/?name=1.png&b=2".into()), Some(Html::from_export(html)))
            .unwrap()
    }

    #[test]
    fn pictures_get_their_new_address_and_gaps_their_words() {
        let files = [
            file("https://z.example/a/?name=1.png&b=2", "1.png", FileKind::InlineImage),
            file("https://z.example/b", "<b>.png", FileKind::InlineImage),
            file("https://z.example/c", "3.png", FileKind::InlineImage),
            file("https://z.example/d", "image001.png", FileKind::Attachment),
            file("https://t.example/e.gif", "e.gif", FileKind::InlineImage),
        ];
        let fates = [
            there("1"),
            Fate::Without(Reason::Status(404)),
            Fate::Without(Reason::Silent),
            there("4"),
            Fate::Without(Reason::NotListed),
        ];
        let (body, listed) = rewrite(
            &body(
                "<p><IMG alt=x src='https://z.example/a/?name=1.png&amp;b=2' srcset='x'><img src=\"//z.example/b\">\
                 <img src=/c><img src=\"cid:Image001.png@01D\"><img src=https://t.example/e.gif><img src=\"cid:\"></p>\
                 <a href=\"https://z.example/a/?name=1.png&amp;b=2\">big</a>",
            ),
            &files,
            &fates,
        );
        assert_eq!(
            body.html().unwrap().as_str(),
            "<p><IMG alt=x src=\"https://u.example/1\">\
             [file not available: &lt;b&gt;.png, 123 kB: it is no longer there]\
             [file not available: <a href=\"https://z.example/c\">3.png</a>, 123 kB: the host does not answer]\
             <img src=\"https://u.example/4\"><img src=https://t.example/e.gif><img src=\"cid:\"></p>\
             <a href=\"https://u.example/1\">big</a>"
        );
        assert_eq!(
            body.text().unwrap(),
            "See https://u.example/1\n\n[file not available: <b>.png, 123 kB: it is no longer there]\n\
             [file not available: 3.png, 123 kB: the host does not answer]"
        );
        // A file that is also attached stays so; what is a picture alone is in its place.
        assert_eq!(listed.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["image001.png"]);
        assert_eq!(listed[0].url, "https://u.example/4");
    }

    #[test]
    fn files_that_no_picture_shows_are_listed_or_named_at_the_end() {
        let files = [
            file("https://z.example/1", "1.png", FileKind::InlineImage),
            file("https://z.example/2", "2.pdf", FileKind::Attachment),
            file("https://z.example/3", "3.pdf", FileKind::Attachment),
            file("https://z.example/4", "4.pdf", FileKind::Attachment),
            Attachment { size: None, ..file("", "5\n.pdf", FileKind::Attachment) },
        ];
        let fates = [
            there("1"),
            Fate::Without(Reason::WebPage),
            Fate::Without(Reason::Unreachable),
            Fate::Without(Reason::Offline),
            Fate::Without(Reason::NotInDump),
        ];
        let (body, listed) = rewrite(&Body::from_text("Hi".into()).unwrap(), &files, &fates);
        assert_eq!(
            body.html().unwrap().as_str(),
            "Hi<p>[file not available: 2.pdf, 123 kB: a web page came in its place]</p>\
             <p>[file not available: <a href=\"https://z.example/3\">3.pdf</a>, 123 kB: the host cannot be reached]</p>\
             <p>[file not available: 5 .pdf: it is not in the export]</p>"
        );
        let listed: Vec<(&str, &str)> =
            listed.iter().map(|file| (file.name.as_str(), file.url.as_str())).collect();
        assert_eq!(
            listed,
            [
                ("1.png", "https://u.example/1"),
                ("3.pdf", "https://z.example/3"),
                ("4.pdf", "https://z.example/4")
            ]
        );
    }

    #[test]
    fn a_note_is_found_again_in_text_and_markup() {
        let file = file("https://z.example/1?a&b", "a&b [1].png", FileKind::Attachment);
        let other = Attachment { name: "b [1].png".into(), ..file.clone() };
        for reason in [Reason::Status(404), Reason::Silent, Reason::Status(500), Reason::TooLarge] {
            let (body, _) =
                rewrite(&body("<p>Hi</p>"), std::slice::from_ref(&file), &[Fate::Without(reason)]);
            for said in [body.text().unwrap(), body.html().unwrap().as_str()] {
                assert_eq!(reason_in(said, &file), Some(reason), "{said}");
                assert_eq!(reason_in(said, &other), None, "{said}");
            }
        }
        assert_eq!(reason_in("[file not available: a&b [1].png, 123 kB: ask me]", &file), None);
    }

    #[test]
    fn a_recording_is_attached_where_its_link_was() {
        let url = "https://assets.example/calls/1/recording";
        let body =
            Body::from_text(format!("Call\nRecording: {url} (login required)\nAircall call 1")).unwrap();
        let (rewritten, listed) =
            rewrite(&body, &[file(url, "aircall-1.mp3", FileKind::Recording)], &[there("1")]);
        assert_eq!(rewritten.text(), Some("Call\nRecording: attached\nAircall call 1"));
        assert_eq!(rewritten.html().unwrap().as_str(), "Call<br>Recording: attached<br>Aircall call 1");
        assert_eq!(listed.len(), 1);
        let login = [Fate::Without(Reason::NoLogin)];
        let (same, listed) = rewrite(&body, &[file(url, "aircall-1.mp3", FileKind::Recording)], &login);
        assert_eq!((same, listed.len()), (body, 0));
    }

    #[test]
    fn a_body_without_markup_or_without_text_stays_what_it_is() {
        let files = [file("https://z.example/1", "1.png", FileKind::Attachment)];
        let gone = [Fate::Without(Reason::Status(410))];
        let text = Body::new(Some("Hi".into()), None).unwrap();
        let (text, _) = rewrite(&text, &files, &gone);
        assert_eq!(
            (text.text(), text.html()),
            (Some("Hi\n\n[file not available: 1.png, 123 kB: it is no longer there]"), None)
        );
        let html = Body::new(None, Some(Html::from_export("<b>Hi"))).unwrap();
        let (html, _) = rewrite(&html, &files, &gone);
        assert_eq!(html.text(), None);
    }
}
