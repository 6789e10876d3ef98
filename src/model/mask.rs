//! Takes email addresses and phone numbers out of foreign words before they are logged, told or stored.
//!
//! Words of others quote what they refuse, and people write phone numbers in groups: `+1 555 123 4567`, `06 12 34 56 78`.
//! What readers need stays: ids of up to nine digits (Gorgias's have eight or nine), our own keys, dates and times. Where a
//! row of digits could be either, it is taken for a phone number: an id that is lost costs a search, a number that is told
//! cannot be taken back.

/// What stands in the place of an email address.
const ADDRESS: &str = "[address]";
/// What stands in the place of a phone number.
const NUMBER: &str = "[number]";
/// Digits of the shortest number that is masked, and of the longest there is (E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Digits in a row, without anything else that makes them a phone number, that are kept: an id of Gorgias's has up to nine.
const ID_DIGITS_MAX: usize = 9;
/// Digits of the shortest national number with its leading zero, which no id has.
const NATIONAL_DIGITS_MIN: usize = 8;
/// Digits in one group of a number that is written in groups.
const GROUP_MAX: usize = 4;
/// Signs between two groups of a number, as in `(0) 20 - 79`.
const BETWEEN_MAX: usize = 3;
/// Characters that are looked at; what is kept of foreign words is a few hundred.
const CHARS_MAX: usize = 65_536;
/// What our own keys call things; the number behind one of these is an id.
const KINDS: [&str; 8] = ["ticket", "comment", "call", "message", "event", "chat", "user", "contact"];

/// `text` as one line, as far as it is looked at, without addresses, phone numbers and control characters.
pub fn masked(text: &str) -> String {
    let text: String = text
        .chars()
        .take(CHARS_MAX)
        .filter(|letter| letter.is_whitespace() || !letter.is_control())
        .collect();
    let words = text.split_whitespace().map(|word| if word.contains('@') { ADDRESS } else { word });
    let line: Vec<char> = words.collect::<Vec<_>>().join(" ").chars().collect();
    let mut out = String::with_capacity(line.len());
    // At the beginning as behind a number that was masked: whatever comes there begins.
    let (mut at, mut is_behind_number) = (0, true);
    while at < line.len() {
        let begins = is_behind_number || !is_of_word(line[at - 1]);
        is_behind_number = false;
        let kept = if !begins {
            1
        } else if let Some(length) = moment(&line[at..]) {
            length
        } else if let Some(length) = phone(&line, at) {
            out.push_str(NUMBER);
            at += length;
            is_behind_number = true;
            continue;
        } else {
            digits(&line[at..]).max(1)
        };
        out.extend(&line[at..at + kept]);
        at += kept;
    }
    out
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Digits at the beginning.
fn digits(line: &[char]) -> usize {
    line.iter().take_while(|letter| letter.is_ascii_digit()).count()
}

/// The length of the phone number that begins at `at`, if one does: as many groups as it may have.
fn phone(line: &[char], at: usize) -> Option<usize> {
    let rest = &line[at..];
    let plus = rest[0] == '+';
    let bracket = rest[0] == '(' || (plus && rest.get(1) == Some(&'('));
    let mut end = usize::from(plus) + usize::from(bracket);
    let begins = match rest.get(end) {
        _ if plus => Begins::Plus,
        _ if bracket => Begins::Bracket,
        Some('0') => Begins::Zero,
        _ => Begins::Digit,
    };
    let mut number = Number { begins, hyphens: true, groups: Vec::new() };
    let mut found = None;
    loop {
        let group = digits(&rest[end..]);
        // What a plus sign begins is a number for certain until it is long enough for one.
        let may_be_moment = !number.groups.is_empty() && (!plus || found.is_some());
        if group == 0 || (may_be_moment && moment(&rest[end..]).is_some()) {
            break;
        }
        number.groups.push(group);
        end += group;
        let ends = rest.get(end).is_none_or(|next| !is_of_word(*next) && *next != ':');
        if number.is_phone() && (ends || plus) {
            found = Some(end);
        }
        let between = rest[end..].iter().take_while(|letter| is_between(**letter)).count();
        if between == 0 || between > BETWEEN_MAX {
            break;
        }
        number.hyphens &= rest[end..end + between].iter().all(|letter| is_hyphen(*letter));
        end += between;
    }
    let is_key = number.groups.len() == 1 && is_behind_kind(&line[..at]);
    found.filter(|_| !is_key)
}

/// What a number begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    Plus,
    Bracket,
    Zero,
    Digit,
}

/// A number in the making.
struct Number {
    begins: Begins,
    /// Whether nothing but hyphens stands between its groups.
    hyphens: bool,
    /// Digits of each group.
    groups: Vec<usize>,
}

impl Number {
    fn is_phone(&self) -> bool {
        let digits: usize = self.groups.iter().sum();
        if let [alone] = self.groups[..] {
            // Card numbers and the like are longer, and nobody's business either.
            return alone > ID_DIGITS_MAX
                || (self.begins == Begins::Plus && DIGITS.contains(&alone))
                || (self.begins == Begins::Zero && alone >= NATIONAL_DIGITS_MIN);
        }
        if !DIGITS.contains(&digits) {
            return false;
        }
        match self.begins {
            Begins::Plus | Begins::Bracket => return true,
            Begins::Zero if self.groups[0] > 1 => return digits >= NATIONAL_DIGITS_MIN,
            Begins::Zero | Begins::Digit => {}
        }
        let in_groups = self.groups.iter().all(|group| *group <= GROUP_MAX);
        in_groups && (self.groups.len() > 2 || (self.hyphens && self.groups == [3, 4]))
    }
}

fn is_hyphen(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}')
}

fn is_between(letter: char) -> bool {
    is_hyphen(letter) || matches!(letter, ' ' | '.' | '/' | '(' | ')')
}

/// Whether what comes next is the number of a key such as `aircall:call:2700000001`.
fn is_behind_kind(before: &[char]) -> bool {
    let Some((':', before)) = before.split_last().map(|(last, before)| (*last, before)) else { return false };
    let word = before.iter().rev().take_while(|letter| letter.is_ascii_lowercase()).count();
    let word: String = before[before.len() - word..].iter().collect();
    KINDS.contains(&word.as_str())
}

/// The length of the date or time that `line` begins with: `2024-03-05`, `5.3.2024`, `10:11`, `10:11:12.453`.
fn moment(line: &[char]) -> Option<usize> {
    time(line).or_else(|| date(line))
}

fn time(line: &[char]) -> Option<usize> {
    let hour = digits(line);
    let two = |at: usize| line.get(at) == Some(&':') && digits(&line[at + 1..]) == 2;
    if !(1..=2).contains(&hour) || !two(hour) {
        return None;
    }
    let mut end = hour + 3;
    if two(end) {
        end += 3;
        let fraction =
            line.get(end).filter(|sign| matches!(sign, '.' | ',')).map(|_| digits(&line[end + 1..]));
        end += fraction.filter(|digits| *digits > 0).map_or(0, |digits| digits + 1);
    }
    Some(end)
}

fn date(line: &[char]) -> Option<usize> {
    let first = digits(line);
    let sign = *line.get(first).filter(|sign| matches!(sign, '-' | '.' | '/'))?;
    let second = digits(&line[first + 1..]);
    let at = first + 1 + second;
    if line.get(at) != Some(&sign) {
        return None;
    }
    let third = digits(&line[at + 1..]);
    let end = at + 1 + third;
    let year = match (first, second, third) {
        (4, 1..=2, 1..=2) => &line[..4],
        (1..=2, 1..=2, 4) => &line[end - 4..end],
        _ => return None,
    };
    let is_year = matches!(year, ['1', '9', ..] | ['2', '0', ..]);
    // More of it would be no date: the groups of a number.
    let goes_on = line.get(end) == Some(&sign) && line.get(end + 1).is_some_and(char::is_ascii_digit);
    (is_year && !goes_on).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_masked_however_they_are_written() {
        for number in [
            "+1 555 123 4567",
            "+1 (555)123-4567",
            "+1 (555) 123 - 4567",
            "+33 6 39 98 00 01",
            "+33639980001",
            "+49 171/1234567",
            "+(44) 20 7946 0958",
            "33639980001",
            "5551234567",
            "555 123 4567",
            "555-123-4567",
            "555.123.4567",
            "1-800-555-0199",
            "(555) 123-4567",
            "555-0199",
            "0612345678",
            "06 12 34 56 78",
            "06.12.34.56.78",
            "020 7946 0958",
            "07911 123456",
            "030 12345678",
            "612 34 56 78",
            "+1\u{a0}555\u{a0}123\u{a0}4567",
            "+1\t555\n123 4567",
            "555\u{2011}123\u{2011}4567",
            "4111111111111111",
        ] {
            assert_eq!(masked(&format!("it is {number}, taken")), "it is [number], taken", "{number}");
            assert_eq!(masked(&format!("400, {number}")), "400, [number]", "{number}");
        }
        assert_eq!(masked("555 123 4567 at 10:11 on 2024-03-05"), "[number] at 10:11 on 2024-03-05");
        assert_eq!(masked("+1 555 123 4567 12345678"), "[number] 12345678");
        assert_eq!(masked("tel:+15551234567;phone=5551234567"), "tel:[number];phone=[number]");
    }

    #[test]
    fn what_readers_need_stays() {
        for text in [
            "ticket 123456789 of customer 98765432",
            "400 12345678",
            "12345678 12345679",
            "messages.3.sender: Missing data (2 of 500)",
            "sent at 2024-03-05T10:11:12.453Z and 2024-03-05 10:11:12 +0000",
            "5.3.2024 10:11, 05/03/2024, 2024/03/05",
            "zendesk:ticket:35436 aircall:call:2700000001 zendesk:comment:12345678901",
            "aircall:call:2700000001:comment:735",
            "error 0x00000000deadbeef, request 3f2b1234567890ab",
            "40 in 20 s, 2 requests/s, 1.95 a second",
            "127.0.0.1:8080 said 502",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn addresses_and_control_characters_go() {
        assert_eq!(masked("Kim <kim@example.com>\nis\u{7} taken "), "Kim [address] is taken");
    }

    proptest::proptest! {
        /// A number in any grouping is never told, whatever stands around it.
        #[test]
        fn no_international_number_is_told(
            digits in "[1-9][0-9]{9,12}", cuts in proptest::collection::vec(1_usize..9, 0..5), sign in "[ .-]",
            before in "[a-z ]{0,12} ", after in "( [a-z ]{0,12})?",
        ) {
            let mut number = digits.clone();
            for cut in cuts {
                if number.is_char_boundary(cut) && cut < number.len() {
                    number.insert_str(cut, &sign);
                }
            }
            let single = number.replace(&sign.repeat(2), &sign).replace(&sign.repeat(2), &sign);
            let told = masked(&format!("{before}+{single}{after}"));
            let left = told.chars().filter(char::is_ascii_digit).count();
            proptest::prop_assert_eq!(left, 0, "{}", told);
        }

        #[test]
        fn any_text_is_masked_without_panic_and_twice_is_once(text in ".{0,80}") {
            let once = masked(&text);
            proptest::prop_assert_eq!(masked(&once), once);
        }
    }
}
