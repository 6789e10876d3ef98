//! What of a piece of markup people see: its text, its links and its images, in order.
//!
//! Two bodies that agree in this are the same to whoever reads them, whatever a server did to their markup: scripts,
//! styles, comments and attributes taken out, entities spelled otherwise, tags closed or reordered. Nothing says what
//! Gorgias does to markup on its way in, so anything beyond this is told as a difference.

/// Elements whose content nobody sees.
const UNSEEN: [&str; 5] = ["script", "style", "head", "title", "template"];
/// Elements within a line; every other one begins a new one.
const INLINE: [&str; 24] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark",
    "q", "s", "small", "span", "strike", "strong", "sub", "sup", "u",
];
/// Entities by name that help desks write; numbers are read as numbers, and others stay as they are.
const ENTITIES: [(&str, char); 30] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("hellip", '…'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("bull", '•'),
    ("middot", '·'),
    ("euro", '€'),
    ("pound", '£'),
    ("deg", '°'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("szlig", 'ß'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("agrave", 'à'),
];
/// Longest entity that is looked for.
const ENTITY_BYTES_MAX: usize = 12;

/// What people see of `html`, to be compared and not to be shown.
pub(super) fn seen(html: &str) -> String {
    let mut out = Seen::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.text(&rest[..at]);
        rest = &rest[at..];
        if let Some((tag, after)) = tag(rest) {
            rest = out.tag(&tag, after);
        } else {
            // A lone sign that begins nothing.
            out.text("<");
            rest = &rest[1..];
        }
    }
    out.text(rest);
    out.finish()
}

#[derive(Default)]
struct Seen {
    text: String,
    /// Links and images in order, with the place in the text where they stand.
    addresses: Vec<String>,
    space: bool,
}

impl Seen {
    fn text(&mut self, raw: &str) {
        for c in decoded(raw).chars() {
            if is_space(c) {
                self.space = true;
            } else {
                if self.space && !self.text.is_empty() {
                    self.text.push(' ');
                }
                self.space = false;
                self.text.push(c);
            }
        }
    }

    /// Takes a tag and gives what comes after it, unseen content left out.
    fn tag<'a>(&mut self, tag: &Tag, after: &'a str) -> &'a str {
        let name = tag.name.as_str();
        if !INLINE.contains(&name) && name != "img" {
            self.space = true;
        }
        let address = match name {
            "a" => tag.value("href"),
            "img" => tag.value("src"),
            _ => None,
        };
        if let Some(address) = address.filter(|_| !tag.closes) {
            self.addresses.push(format!("{name} {}", decoded(&address).trim()));
        }
        if !tag.closes && UNSEEN.contains(&name) && !tag.is_empty() {
            let end = format!("</{name}");
            return find_ignoring_case(after, &end).map_or("", |at| &after[at..]);
        }
        after
    }

    fn finish(self) -> String {
        let mut all = self.text;
        for address in self.addresses {
            all.push('\n');
            all.push_str(&address);
        }
        all
    }
}

/// Spaces of every width, and signs without any.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' | '\u{ad}')
}

/// `text` with every run of spaces as one and none at the ends.
pub(super) fn collapsed(text: &str) -> String {
    let mut out = Seen::default();
    for c in text.chars() {
        if is_space(c) {
            out.space = true;
        } else {
            if out.space && !out.text.is_empty() {
                out.text.push(' ');
            }
            out.space = false;
            out.text.push(c);
        }
    }
    out.text
}

struct Tag {
    name: String,
    closes: bool,
    attributes: String,
}

impl Tag {
    fn is_empty(&self) -> bool {
        self.attributes.trim_end().ends_with('/')
    }

    /// The value of an attribute, with quotes or without.
    fn value(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes.as_str();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
            let (is, after) = rest.split_at(end.max(rest.chars().next().map_or(0, char::len_utf8)));
            let after = after.trim_start();
            let Some(after) = after.strip_prefix('=') else {
                rest = after;
                continue;
            };
            let after = after.trim_start();
            let (value, next) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let inner = &after[1..];
                    let end = inner.find(quote).unwrap_or(inner.len());
                    (&inner[..end], inner.get(end + 1..).unwrap_or(""))
                }
                _ => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
            };
            if is.eq_ignore_ascii_case(name) {
                return Some(value.to_owned());
            }
            rest = next;
        }
    }
}

/// The tag at the beginning of `rest`, which begins with `<`, and what follows it. Comments and declarations are tags
/// without a name.
fn tag(rest: &str) -> Option<(Tag, &str)> {
    let bare =
        |after| Some((Tag { name: "span".to_owned(), closes: true, attributes: String::new() }, after));
    if let Some(comment) = rest.strip_prefix("<!--") {
        return bare(comment.find("-->").map_or("", |end| &comment[end + 3..]));
    }
    if rest.starts_with("<!") || rest.starts_with("<?") {
        return bare(rest.find('>').map_or("", |end| &rest[end + 1..]));
    }
    let inner = &rest[1..];
    let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != ':').unwrap_or(inner.len());
    let (name, behind) = inner.split_at(end);
    let close = end_of_tag(behind)?;
    let tag = Tag { name: name.to_ascii_lowercase(), closes, attributes: behind[..close].to_owned() };
    Some((tag, &behind[close + 1..]))
}

/// Where the tag ends: the first `>` that is not in quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    // Quotes that never end are none.
    text.find('>')
}

fn find_ignoring_case(text: &str, lower: &str) -> Option<usize> {
    let (text, lower) = (text.as_bytes(), lower.as_bytes());
    text.windows(lower.len()).position(|window| window.eq_ignore_ascii_case(lower))
}

fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((c, length)) = entity(rest) {
            out.push(c);
            rest = &rest[length..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out + rest
}

/// The character that `rest`, which begins with `&`, spells, and the length of its spelling.
fn entity(rest: &str) -> Option<(char, usize)> {
    let end = rest.bytes().take(ENTITY_BYTES_MAX).position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    let c = match name.strip_prefix('#') {
        None => ENTITIES.iter().find(|(known, _)| *known == name)?.1,
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_that_people_do_not_see_counts_for_nothing() {
        let plain = seen("<p>Hello &amp; <b>welcome</b></p><p>Bye</p>");
        assert_eq!(plain, "Hello & welcome Bye");
        for same in [
            "<div class=\"x\">Hello &#38; <strong style='a'>welcome</strong></div>\r\n<P>Bye</P>",
            "<!-- a --><style>p{}</style><p onclick=\"x>y\">Hello&nbsp;&amp; welcome<br/>Bye",
            "<html><head><title>t</title></head><body><script>1<2</SCRIPT>Hello &amp; welcome<br>Bye\u{200b}",
        ] {
            assert_eq!(seen(same), plain, "{same}");
        }
    }

    #[test]
    fn words_links_and_images_count() {
        let one = seen(
            "<p>See <a href=\"https://a.example/?x=1&amp;y\">here</a><img src=https://a.example/i.png></p>",
        );
        assert_eq!(one, "See here\na https://a.example/?x=1&y\nimg https://a.example/i.png");
        for other in [
            "<p>See <a href=\"https://b.example/?x=1&amp;y\">here</a><img src=https://a.example/i.png></p>",
            "<p>See <a href=\"https://a.example/?x=1&amp;y\">there</a><img src=https://a.example/i.png></p>",
            "<p>See <a href=\"https://a.example/?x=1&amp;y\">here</a></p>",
        ] {
            assert_ne!(seen(other), one);
        }
        assert_ne!(seen("12"), seen("1 2"), "a space that is new is a change");
    }

    #[test]
    fn what_is_no_markup_is_text() {
        assert_eq!(seen("1 < 2 & 3 > 2 &unknown; &#xZZ;"), "1 < 2 & 3 > 2 &unknown; &#xZZ;");
        assert_eq!(seen("a <3 b <"), "a <3 b <");
        assert_eq!(seen("<a"), "<a");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "[<>/!&;'\"=a-c \\-é#x0-9]{0,60}") {
            seen(&text);
            collapsed(&text);
        }

        #[test]
        fn plain_text_and_its_escaped_twin_are_the_same(text in "[ -~é\\n]{0,40}") {
            let html = crate::model::body::Html::from_text(&text);
            proptest::prop_assert_eq!(seen(html.as_str()), collapsed(&text));
        }
    }
}
