//! Languages by their two letters, as Gorgias takes them: ISO 639-1, without a region.

/// All of them, in order. A code is as short as its place in here.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee \
    el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka \
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no \
    nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th \
    ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// What exports call a language by another name than ISO 639-1 does today.
const OTHER_NAMES: &[(&str, &str)] =
    &[("iw", "he"), ("in", "id"), ("ji", "yi"), ("jw", "jv"), ("fil", "tl"), ("mo", "ro")];

/// A language, in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(u8);

impl Language {
    /// The language of a locale as exports write it: `fr`, `en-US`, `pt_BR`, `zh-Hans-CN`. What is no language of the table
    /// is none, for Gorgias would refuse the whole ticket.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let name = locale.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        let name =
            OTHER_NAMES.iter().find(|(other, _)| *other == name).map_or(name.as_str(), |(_, code)| code);
        let place = CODES.split_ascii_whitespace().position(|code| code == name)?;
        u8::try_from(place).ok().map(Self)
    }

    /// Its two letters.
    pub fn code(self) -> &'static str {
        CODES.split_ascii_whitespace().nth(usize::from(self.0)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_of_exports_are_languages() {
        let code = |locale: &str| Language::of_locale(locale).map(Language::code);
        for (locale, expected) in [
            ("fr", "fr"),
            ("en-US", "en"),
            ("pt_BR", "pt"),
            (" ZH-hans-CN", "zh"),
            ("iw", "he"),
            ("fil", "tl"),
            ("aa", "aa"),
            ("zu", "zu"),
            ("en-x-pirate", "en"),
        ] {
            assert_eq!(code(locale), Some(expected), "{locale}");
        }
        for none in ["", "-", "english", "xx", "e", "aa ab", "1176"] {
            assert_eq!(code(none), None, "{none}");
        }
    }

    #[test]
    fn every_code_is_itself() {
        let codes: Vec<&str> = CODES.split_ascii_whitespace().collect();
        assert!(codes.is_sorted() && codes.len() < 256);
        for code in codes {
            assert_eq!(Language::of_locale(code).map(Language::code), Some(code));
        }
    }
}
