//! HTML that is nothing but text in paragraphs, as text: most messages need no frame of their own.

/// Longer HTML is framed without a look.
const BYTES_MAX: usize = 200_000;

/// The text of the HTML, or nothing where it holds anything beyond paragraphs, line breaks, links and plain entities.
/// What comes out is text, to be escaped like any other.
pub(super) fn text(html: &str) -> Option<String> {
    if html.len() > BYTES_MAX {
        return None;
    }
    let mut out = Out::default();
    let mut link: Option<(String, usize)> = None;
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        out.words(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            let (c, after) = entity(rest)?;
            out.character(c);
            rest = after;
            continue;
        }
        let end = rest.find('>')?;
        let tag = Tag::read(&rest[1..end])?;
        rest = &rest[end + 1..];
        match (tag.name.as_str(), tag.closes) {
            ("br", false) => out.line(),
            ("p", _) => out.blank(),
            ("div", _) => out.block(),
            ("span", _) => {}
            ("a", false) => link = Some((tag.href.unwrap_or_default(), out.text.len())),
            ("a", true) => {
                if let Some((href, from)) = link.take() {
                    out.target(&href, from);
                }
            }
            _ => return None,
        }
    }
    out.words(rest);
    Some(out.text.trim().to_owned())
}

/// Text on its way, spaces collapsed as browsers do.
#[derive(Default)]
struct Out {
    text: String,
    space: bool,
}

impl Out {
    fn words(&mut self, part: &str) {
        for c in part.chars() {
            if c.is_ascii_whitespace() {
                self.space = true;
            } else {
                self.character(c);
            }
        }
    }

    fn character(&mut self, c: char) {
        if self.space && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
        self.space = false;
        self.text.push(c);
    }

    fn line(&mut self) {
        self.space = false;
        self.text.push('\n');
    }

    fn block(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.line();
        }
    }

    fn blank(&mut self) {
        self.block();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.line();
        }
    }

    /// Where a link leads, unless it says so itself.
    fn target(&mut self, href: &str, from: usize) {
        let shown = self.text.get(from..).unwrap_or_default().trim();
        let bare = href.strip_prefix("mailto:").or_else(|| href.strip_prefix("tel:")).unwrap_or(href);
        let plain = |text: &str| {
            let text = text.trim_end_matches('/');
            text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text).to_owned()
        };
        if !bare.is_empty() && plain(shown) != plain(bare) {
            self.text.push_str(" (");
            self.text.push_str(bare);
            self.text.push(')');
        }
    }
}

/// A tag that means nothing beyond itself.
struct Tag {
    name: String,
    closes: bool,
    href: Option<String>,
}

impl Tag {
    /// Reads the inside of a tag; nothing where an attribute could change how it looks.
    fn read(inside: &str) -> Option<Self> {
        let inside = inside.trim_end_matches('/').trim();
        let (closes, inside) = inside.strip_prefix('/').map_or((false, inside), |rest| (true, rest));
        let name: String = inside.chars().take_while(char::is_ascii_alphanumeric).collect();
        let mut rest = inside[name.len()..].trim_start();
        let mut href = None;
        while !rest.is_empty() {
            let (key, after) = rest.split_once('=')?;
            let key = key.trim().to_ascii_lowercase();
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, next) = after[1..].split_once(quote)?;
            match key.as_str() {
                "class" | "dir" | "rel" | "target" | "title" | "id" | "lang" => {}
                "href" if !value.contains('&') || value.contains("&amp;") => {
                    href = Some(value.replace("&amp;", "&"));
                }
                _ => return None,
            }
            rest = next.trim_start();
        }
        Some(Self { name: name.to_ascii_lowercase(), closes, href })
    }
}

fn entity(rest: &str) -> Option<(char, &str)> {
    let Some(end) = rest.get(..rest.len().min(10)).and_then(|head| head.find(';')) else {
        // A lone ampersand is text.
        let next = rest[1..].chars().next();
        return next.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '#').then(|| ('&', &rest[1..]));
    };
    let c = match &rest[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        numeric => {
            let digits = numeric.strip_prefix('#')?;
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(number).filter(|c| !c.is_control())?
        }
    };
    Some((c, &rest[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_become_text() {
        let html = "<div class=\"zd-comment\" dir=\"auto\"><p dir=\"auto\">Hello\n  Kim,</p><p>1 &lt; 2 &amp; <br>so&nbsp;on &#8211;</p></div>";
        assert_eq!(text(html).unwrap(), "Hello Kim,\n\n1 < 2 &\nso\u{a0}on –");
        assert_eq!(text("no tags at all & so").unwrap(), "no tags at all & so");
    }

    #[test]
    fn links_show_where_they_lead() {
        let html = "<p>See <a href=\"https://shop.example/x?a=1&amp;b=2\" rel=\"noreferrer\">this</a>, \
                    <a href=\"https://shop.example/\">shop.example</a>, <a href=\"mailto:a@b.example\">a@b.example</a></p>";
        assert_eq!(
            text(html).unwrap(),
            "See this (https://shop.example/x?a=1&b=2), shop.example, a@b.example"
        );
    }

    #[test]
    fn anything_else_goes_into_a_frame() {
        for html in [
            "<b>x</b>",
            "<script>1</script>",
            "<p style=\"color:red\">x</p>",
            "<p onclick='x'>x</p>",
            "<img src=x>",
            "<!-- x -->",
            "a &copy; b",
            "<p",
            "<div class=x>y</div>",
            "<br/x=1>",
        ] {
            assert_eq!(text(html), None, "{html}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_html_is_read_or_left_without_panic(html in "[<>a-z&;#=\"' /\\npbrdivé]{0,80}") {
            drop(text(&html));
        }
    }
}
