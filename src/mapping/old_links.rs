//! Links in bodies to tickets of the old help desk. Pure text: what a link leads to in Gorgias is asked of the caller.
//!
//! Known are the forms of Zendesk's own pages: `/agent/tickets/N`, the older `/tickets/N` and `/agent/#/tickets/N`,
//! `/requests/N`, `/hc/requests/N` and `/hc/LANG/requests/N`. A body is not parsed: the address stands in it as it
//! stands in text, because nothing of it has to be escaped in HTML.

use std::ops::Range;

/// Longest address before the number; longer ones are no ticket's.
const ADDRESS_BYTES_MAX: usize = 200;
/// Longest number: ids are 64 bits.
const DIGITS_MAX: usize = 19;
/// Most links of one body that are looked at.
const LINKS_MAX: usize = 1_000;

/// A link to an old ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldLink {
    /// Where in the body it stands, from its scheme, host or path to the end of its number.
    pub range: Range<usize>,
    /// Its host in lower case; nothing for a link within the help desk.
    pub host: Option<String>,
    /// The number of the ticket.
    pub number: u64,
}

/// The links in a body, in order.
pub fn old_links(body: &str) -> Vec<OldLink> {
    let bytes = body.as_bytes();
    let ends = ["/tickets/", "/requests/"].into_iter().flat_map(|word| {
        memchr::memmem::find_iter(bytes, word.as_bytes()).map(move |at| (at, at + word.len()))
    });
    let mut found: Vec<OldLink> =
        ends.filter_map(|(word, digits)| link(body, word, digits)).take(LINKS_MAX).collect();
    found.sort_by_key(|link| link.range.start);
    found.dedup_by(|later, first| later.range.start < first.range.end);
    found
}

/// The body with the links that `new` has an address for; nothing where it has none.
pub fn with_new_links(body: &str, new: &mut dyn FnMut(&OldLink) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    for link in old_links(body) {
        if let Some(address) = new(&link) {
            out.push_str(&body[done..link.range.start]);
            out.push_str(&address);
            done = link.range.end;
        }
    }
    (done > 0).then(|| {
        out.push_str(&body[done..]);
        out
    })
}

/// The link whose path has its last word at `word` and its number at `digits`.
fn link(body: &str, word: usize, digits: usize) -> Option<OldLink> {
    let bytes = body.as_bytes();
    let length = bytes[digits..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = digits + length;
    let goes_on =
        bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !(1..=DIGITS_MAX).contains(&length) || goes_on || body[end..].starts_with(".json") {
        return None;
    }
    let number = body[digits..end].parse().ok()?;
    let before = &bytes[word.saturating_sub(ADDRESS_BYTES_MAX)..word];
    let address = before.iter().rev().take_while(|byte| is_of_address(**byte)).count();
    let start = word - address;
    let path_of = |rest: &str| rest.find('/').unwrap_or(rest.len());
    let whole = &body[start..word];
    let is_request = bytes[word + 1] == b'r';
    let (host, path) =
        if let Some(scheme) = ["https://", "http://"].iter().find(|scheme| starts_with(whole, scheme)) {
            let rest = &whole[scheme.len()..];
            rest.split_at(path_of(rest))
        } else if whole.contains("://") {
            return None;
        } else if whole.is_empty() || whole.starts_with('/') {
            // In text a path alone may be anything; in an attribute it is a link.
            let quoted = start > 0 && matches!(bytes[start - 1], b'"' | b'\'');
            let link = OldLink { range: start..end, host: None, number };
            return (quoted && is_page(whole, is_request)).then_some(link);
        } else {
            whole.split_at(path_of(whole))
        };
    let link = OldLink { range: start..end, host: Some(host.to_ascii_lowercase()), number };
    (is_host(host) && is_page(path, is_request)).then_some(link)
}

fn starts_with(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}

/// Bytes of an address up to its path; what ends it in text and in HTML is not among them.
fn is_of_address(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'/' | b':' | b'#' | b'_')
}

fn is_host(text: &str) -> bool {
    let byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    text.contains('.') && text.bytes().all(byte)
}

/// Whether a path leads to a page of tickets.
fn is_page(path: &str, is_request: bool) -> bool {
    match path {
        "" => true,
        "/agent" | "/agent/#" => !is_request,
        "/hc" => is_request,
        _ => is_request && path.strip_prefix("/hc/").is_some_and(is_language),
    }
}

/// `en`, `en-us`, `zh-hans`, `es-419`.
fn is_language(text: &str) -> bool {
    let (first, rest) = text.split_once('-').unwrap_or((text, "xx"));
    let word = |word: &str, least: usize| {
        (least..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    word(first, 2) && word(rest, 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(body: &str) -> Vec<(Option<String>, u64, &str)> {
        old_links(body).into_iter().map(|link| (link.host, link.number, &body[link.range])).collect()
    }

    #[test]
    fn every_form_of_link_is_found_whole() {
        let host = || Some("acme.zendesk.com".to_owned());
        for (body, link) in [
            ("see https://acme.zendesk.com/agent/tickets/123.", "https://acme.zendesk.com/agent/tickets/123"),
            (
                "<a href=\"https://Acme.zendesk.com/hc/requests/123\">",
                "https://Acme.zendesk.com/hc/requests/123",
            ),
            (
                "(http://acme.zendesk.com/hc/en-us/requests/123)",
                "http://acme.zendesk.com/hc/en-us/requests/123",
            ),
            ("https://acme.zendesk.com/tickets/123?col=1", "https://acme.zendesk.com/tickets/123"),
            ("https://acme.zendesk.com/requests/123#c", "https://acme.zendesk.com/requests/123"),
            ("https://acme.zendesk.com/agent/#/tickets/123", "https://acme.zendesk.com/agent/#/tickets/123"),
            ("acme.zendesk.com/agent/tickets/123", "acme.zendesk.com/agent/tickets/123"),
        ] {
            assert_eq!(found(body), [(host(), 123, link)], "{body}");
        }
        assert_eq!(found("<a href='/agent/tickets/9'>"), [(None, 9, "/agent/tickets/9")]);
        assert_eq!(found("<a href=\"/hc/fr/requests/9\">"), [(None, 9, "/hc/fr/requests/9")]);
    }

    #[test]
    fn what_is_no_page_of_a_ticket_is_left_alone() {
        for body in [
            "https://acme.zendesk.com/api/v2/tickets/123.json",
            "https://acme.zendesk.com/agent/requests/123",
            "https://acme.zendesk.com/agent/tickets/123abc",
            "https://acme.zendesk.com/agent/tickets/",
            "https://acme.zendesk.com/agent/tickets/99999999999999999999999",
            "https://acme.zendesk.com/x/tickets/1",
            "see /agent/tickets/123",
            "ftp://acme.zendesk.com/agent/tickets/123",
            "agent/tickets/123",
        ] {
            assert_eq!(found(body), [], "{body}");
        }
    }

    #[test]
    fn links_are_replaced_where_they_lead_somewhere() {
        let body = "a https://x.zendesk.com/agent/tickets/1, <a href=\"https://x.zendesk.com/agent/tickets/2\">é</a> z";
        let mut new =
            |link: &OldLink| (link.number == 2).then(|| "https://x.gorgias.com/app/ticket/7".to_owned());
        assert_eq!(
            with_new_links(body, &mut new).unwrap(),
            "a https://x.zendesk.com/agent/tickets/1, <a href=\"https://x.gorgias.com/app/ticket/7\">é</a> z"
        );
        assert_eq!(with_new_links("nothing", &mut new), None);
    }

    proptest! {
        #[test]
        fn any_text_passes(body in "(https?://|/agent|/hc/en|/tickets/|/requests/|[a-z0-9.\"' é]|[0-9]{1,22}){0,12}") {
            for link in old_links(&body) {
                prop_assert!(body.get(link.range.clone()).is_some_and(|text| text.ends_with(&link.number.to_string()) || text.ends_with(char::is_numeric)));
            }
            with_new_links(&body, &mut |_| Some(String::new()));
        }
    }
}
