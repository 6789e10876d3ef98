//! HTML and loose values, for fuzzing.

use super::html;
use super::loose::Integer;
use crate::model::body::{Body, Html};

/// HTML of comments: text out of it, images in it; and numbers in any writing.
pub(crate) fn html(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    assert!(text.contains(html::unwrap(text)), "unwrapping invents");
    let plain = html::to_text(text);
    // A reference of four characters is one of at most four bytes; blocks add a line end for at least three bytes.
    assert!(plain.len() <= 2 * text.len() + 4, "text that is longer than its HTML");
    assert!(!plain.contains("\n\n\n"), "blank lines are not brought together");
    assert!(html::images(text).len() <= text.len() / 4, "more images than there is room for");
    if let Some(body) = Body::new(Some(plain), Some(Html::from_export(text.to_owned()))) {
        assert!(body.bytes() > 0, "a body without a byte");
    }
    let escaped = Html::from_text(text);
    assert!(!escaped.as_str().replace("<br>", "").contains(['<', '>']), "text became markup");
    if let Integer::Known(number) = Integer::parse(text) {
        assert_eq!(Integer::parse(&number.to_string()), Integer::Known(number), "a number changes");
    }
}
