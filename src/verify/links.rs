//! Links between old tickets, which lead to the new ones in Gorgias. That is no difference.

use std::ops::Range;

use crate::mapping::old_links;

/// How the page of a ticket in Gorgias ends, before the ticket's id.
const PAGE: &str = "/app/ticket/";

/// What Gorgias has, with the old links in the places of new ones; nothing where the links of the two are not one for
/// one.
pub(super) fn with_old_links(should: &str, is: &str) -> Option<String> {
    let wanted = old_links(should);
    let mut there: Vec<Range<usize>> = old_links(is).into_iter().map(|link| link.range).collect();
    let new = new_links(is);
    if new.is_empty() || wanted.len() != there.len() + new.len() {
        return None;
    }
    there.extend(new);
    there.sort_by_key(|range| range.start);
    let mut out = String::with_capacity(is.len());
    let mut done = 0;
    for (range, old) in there.into_iter().zip(wanted) {
        out.push_str(is.get(done..range.start)?);
        out.push_str(&should[old.range]);
        done = range.end;
    }
    out.push_str(&is[done..]);
    Some(out)
}

/// Where addresses of tickets in Gorgias stand.
fn new_links(body: &str) -> Vec<Range<usize>> {
    let ends = body.match_indices(PAGE).filter_map(|(at, page)| {
        let digits = at + page.len();
        let length = body[digits..].bytes().take_while(u8::is_ascii_digit).count();
        let before = &body[..at];
        let start = before.rfind("https://").max(before.rfind("http://"))?;
        let host = before[start..].split_once("://")?.1;
        let plain =
            host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'));
        (length > 0 && plain && !host.is_empty()).then_some(start..digits + length)
    });
    ends.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_links_stand_for_old_ones_one_for_one() {
        let should = "a https://x.zendesk.com/agent/tickets/1 b <a href=\"/hc/requests/2\">c</a>";
        for is in [
            "a https://x.gorgias.com/app/ticket/71 b <a href=\"http://127.0.0.1:80/app/ticket/72\">c</a>",
            "a https://x.zendesk.com/agent/tickets/1 b <a href=\"https://x.gorgias.com/app/ticket/72\">c</a>",
        ] {
            assert_eq!(with_old_links(should, is).as_deref(), Some(should));
        }
        assert_eq!(with_old_links(should, "a https://x.gorgias.com/app/ticket/71 b"), None);
        assert_eq!(with_old_links(should, should), None);
        let other =
            with_old_links("a /x https://x.zendesk.com/tickets/1", "b https://x.gorgias.com/app/ticket/7");
        assert_eq!(other.as_deref(), Some("b https://x.zendesk.com/tickets/1"));
    }
}
