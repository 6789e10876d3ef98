//! The addresses of mails and the files of comments, cleaned.

use std::collections::HashSet;
use std::sync::Arc;

use super::attached::Attached;
use super::comment::{AttachmentRecord, Comment, Party, Via};
use super::html;
use super::loose::{Any, Loose, Many};
use super::message::Context;
use crate::model::conversation::{Attachment, FileKind, Route, Side};
use crate::model::person::Address;

/// Longest file name kept, in characters; file systems take 255 bytes.
const NAME_MAX: usize = 120;

/// The addresses between which a mail went. `mailbox` is the company's address of the ticket (`recipient`), used for
/// the company's end where the mail itself does not show one.
pub(super) fn of_mail(
    via: Option<&Via<'_>>,
    mailbox: Option<&str>,
    side: Side,
    context: &Context<'_>,
) -> Route {
    let from = via.and_then(Via::from).and_then(address);
    let to = via.and_then(Via::to).and_then(address);
    let company = mailbox.filter(|mailbox| is_address(mailbox));
    let company = company.map(|mailbox| Address { name: None, address: mailbox.trim().into() });
    let (from, to) = if side == Side::Agent { (from.or(company), to) } else { (from, to.or(company)) };
    let lists = [
        via.and_then(Via::to).map(|party| &party.email_ccs),
        via.and_then(Via::from).map(|party| &party.original_recipients),
    ];
    let listed: Vec<String> =
        lists.into_iter().flatten().flat_map(|list| recipients(list, context)).collect();
    let mut cc = Vec::new();
    if !listed.is_empty() {
        let ends = [&from, &to].into_iter().flatten();
        let mut seen: HashSet<String> = ends.map(|one| one.address.to_lowercase()).collect();
        let listed = listed.into_iter().filter(|one| seen.insert(one.to_lowercase()));
        cc.extend(listed.map(|one| Address { name: None, address: one.into() }));
    }
    Route { from, to: to.into_iter().collect(), cc }
}

fn address(party: &Party<'_>) -> Option<Address> {
    let address = party.address.filled().filter(|text| is_address(text))?;
    Some(Address { name: party.name.filled().map(Arc::from), address: address.trim().into() })
}

fn is_address(text: &str) -> bool {
    text.contains('@')
}

/// Addresses of a list of recipients, which are texts, objects or ids of users.
fn recipients(list: &Any<'_>, context: &Context<'_>) -> Vec<String> {
    match list {
        Any::Text(text) if is_address(text) => vec![text.trim().to_owned()],
        #[expect(clippy::cast_possible_truncation, reason = "an id that does not fit is in no table")]
        Any::Number(id) => context.profile(*id as i64).email().map(str::to_owned).into_iter().collect(),
        Any::List(list) => list.iter().flat_map(|one| recipients(one, context)).collect(),
        _ => Vec::new(),
    }
}

/// The files of a list; of those that are deleted, or neither on the web nor in the export, the name.
pub(super) fn listed(list: &Many<Loose<AttachmentRecord<'_>>>, attached: &Attached) -> Vec<Attachment> {
    let mut files: Vec<Attachment> = Vec::new();
    for file in list.objects() {
        let deleted = file.deleted.is_set();
        let url = if deleted { None } else { address_of(file) };
        let local = attached.attachment(file.id.known()).filter(|_| !deleted);
        let kind = match (deleted, url.is_some() || local.is_some()) {
            (true, _) => FileKind::Deleted,
            (false, false) => FileKind::Absent,
            (false, true) if file.inline.is_set() => FileKind::InlineImage,
            (false, true) => FileKind::Attachment,
        };
        let id = file.id.known().map(|id| id.to_string()).unwrap_or_default();
        let written = file.file_name.filled();
        if kind.is_gone() && id.is_empty() && written.is_none() && file.content_url.filled().is_none() {
            // It says nothing of any file.
            continue;
        }
        files.push(Attachment {
            url: url.unwrap_or_default(),
            name: file_name(written.unwrap_or_default(), &id),
            content_type: file.content_type.filled().map(str::to_owned),
            size: file.size.known().and_then(|size| u64::try_from(size).ok()),
            kind,
            local,
        });
    }
    files
}

fn address_of(file: &AttachmentRecord<'_>) -> Option<String> {
    [&file.content_url, &file.mapped_content_url].into_iter().find_map(|url| web_url(url.filled()))
}

/// The files of a comment: those listed, and images of the body that are not listed.
pub(super) fn files(comment: &Comment<'_>, attached: &Attached) -> Vec<Attachment> {
    let mut files = listed(&comment.attachments, attached);
    // Inline images are left out of `attachments` unless whoever fetched them asked for them (reference 5).
    // As it stands in the export an image's tag looks the same, so that most texts need not be decoded for this.
    let may_show = comment.html_body.written().is_none_or(html::may_have_image);
    let html = if may_show { comment.html_body.filled() } else { None };
    let shown = html.map(html::images).unwrap_or_default();
    // A picture that was deleted is no other file because the body still shows where it was.
    let is_deleted = |url: &str| {
        let mut deleted = comment.attachments.objects().filter(|file| file.deleted.is_set());
        deleted.any(|file| address_of(file).as_deref() == Some(url))
    };
    for url in shown.iter().filter_map(|url| web_url(Some(url))).filter(|url| url.contains("/attachments/")) {
        if files.iter().all(|file| file.url != url) && !is_deleted(&url) {
            let name = file_name(&name_in_url(&url), "image");
            let kind = FileKind::InlineImage;
            files.push(Attachment { url, name, content_type: None, size: None, kind, local: None });
        }
    }
    files
}

/// An address on the web, if it is one.
pub(super) fn web_url(url: Option<&str>) -> Option<String> {
    let url = url?.trim();
    let is_web =
        (url.starts_with("https://") || url.starts_with("http://")) && !url.contains(char::is_control);
    is_web.then(|| url.to_owned())
}

/// `a.png` of `…/attachments/token/x/?name=a.png`, with its escapes resolved.
fn name_in_url(url: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let name = query.split('&').find_map(|pair| pair.strip_prefix("name=")).unwrap_or_default();
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
        rest = tail;
        match (*first, hex(tail.first()), hex(tail.get(1))) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high << 4 | low));
                rest = &tail[2..];
            }
            (b'+', ..) => bytes.push(b' '),
            (byte, ..) => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `a.png` of `https://files.example/x/a.png?size=3`.
pub(super) fn name_in_path(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A file name that is only a name: no folders, no control or direction characters, never empty.
pub(super) fn file_name(written: &str, id: &str) -> String {
    let is_bad = |c: char| {
        c.is_control()
            || "/\\:*?\"<>|".contains(c)
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let cleaned: String = written.chars().map(|c| if is_bad(c) { '_' } else { c }).collect();
    let cleaned = cleaned.trim().trim_start_matches('.');
    if cleaned.is_empty() {
        return format!("attachment-{id}");
    }
    // The end is kept: it says what kind of file it is.
    let excess = cleaned.chars().count().saturating_sub(NAME_MAX);
    cleaned.chars().skip(excess).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::index::Index;
    use super::*;
    use crate::model::key::SourceName;

    fn comment(json: &str) -> Comment<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn routes_of_mails() {
        let comment = comment(
            r#"{"via":{"channel":"email","source":{"from":{"address":"kim@example.com","name":"Kim",
            "original_recipients":["help@acme.example","KIM@example.com","lee@example.com"]},
            "to":{"address":"help@acme.example","name":"Acme","email_ccs":["pat@example.com",{"address":"lee@example.com"},7]}}}}"#,
        );
        let (source, mut index) = (SourceName::new("zendesk").unwrap(), Index::default());
        index.people.describe(&super::super::people::Description::new(
            7,
            super::super::people::Origin::Record,
            None,
            Some("seven@example.com"),
            None,
        ));
        let context = Context::new(&source, Timestamp::UNIX_EPOCH, &index);
        let route = of_mail(comment.via.get(), Some("other@acme.example"), Side::Customer, &context);
        assert_eq!(&*route.from.unwrap().address, "kim@example.com");
        assert_eq!(&*route.to[0].address, "help@acme.example");
        let cc: Vec<&str> = route.cc.iter().map(|one| &*one.address).collect();
        assert_eq!(cc, ["pat@example.com", "lee@example.com", "seven@example.com"]);
        let answer = of_mail(None, Some("help@acme.example"), Side::Agent, &context);
        assert_eq!(&*answer.from.unwrap().address, "help@acme.example");
    }

    #[test]
    fn files_are_cleaned() {
        let comment = comment(
            r#"{"attachments":[{"id":1,"file_name":"../a\u202e/b.png","content_url":"https://x/attachments/1","size":3},
            {"id":2,"file_name":"gone","content_url":"https://x/attachments/2","deleted":true},{"id":3,"content_url":"javascript:1"},{},
            {"id":4,"mapped_content_url":"https://x/4","size":"12"}],
            "html_body":"<img src=\"https://x/attachments/1\"><img src=\"https://x/attachments/token/t/?name=b%20c.png\"><img src=\"https://tracker.example/p.gif\"><img src=\"https://x/attachments/2\">"}"#,
        );
        let files: Vec<(String, FileKind, Option<u64>)> = files(&comment, &Attached::default())
            .into_iter()
            .map(|file| (file.name, file.kind, file.size))
            .collect();
        assert_eq!(
            files,
            [
                ("_a__b.png".to_owned(), FileKind::Attachment, Some(3)),
                ("gone".to_owned(), FileKind::Deleted, None),
                ("attachment-3".to_owned(), FileKind::Absent, None),
                ("attachment-4".to_owned(), FileKind::Attachment, Some(12)),
                ("b c.png".to_owned(), FileKind::InlineImage, None)
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn names_stay_names(written in "\\PC{0,200}|[./\\\\\u{0}a]{0,20}") {
            let name = file_name(&written, "1");
            proptest::prop_assert!(!name.is_empty() && name.chars().count() <= NAME_MAX);
            proptest::prop_assert!(!name.contains(['/', '\\', '\0']));
            proptest::prop_assert!(name != "..");
        }
    }
}
