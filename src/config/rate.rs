//! How rates and shares are written: `40/20s`, `10%`.

use std::fmt;
use std::str::FromStr;

/// A number of calls in a number of seconds: the size of the account's leaky bucket and the time in which it drains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls, at least 1.
    pub calls: u32,
    /// Seconds in which they drain, at least 1.
    pub seconds: u32,
}

/// The text is not a rate.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a rate: write calls and seconds, such as 40/20s")]
pub struct NotARate(String);

impl RateLimit {
    /// Most calls that are believed; a thousand times the largest plan of Gorgias.
    const CALLS_MAX: u32 = 100_000;
    /// Longest drain time that is believed, in seconds.
    const SECONDS_MAX: u32 = 3600;
}

impl FromStr for RateLimit {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let parse = || {
            let (calls, time) = text.trim().split_once('/')?;
            let (number, factor) = match time.trim().strip_suffix('s') {
                Some(number) => (number, 1),
                None => (time.trim().strip_suffix('m')?, 60),
            };
            let number: u32 = if number.is_empty() { 1 } else { number.trim().parse().ok()? };
            Some(Self { calls: calls.trim().parse().ok()?, seconds: number.checked_mul(factor)? })
        };
        parse()
            .filter(|rate| (1..=Self::CALLS_MAX).contains(&rate.calls))
            .filter(|rate| (1..=Self::SECONDS_MAX).contains(&rate.seconds))
            .ok_or_else(|| NotARate(text.to_owned()))
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}s", self.calls, self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::timetable::parse_share;

    #[test]
    fn rates_are_read_as_they_are_printed() {
        assert_eq!("40/20s".parse(), Ok(RateLimit { calls: 40, seconds: 20 }));
        assert_eq!(" 120 / 1m ".parse(), Ok(RateLimit { calls: 120, seconds: 60 }));
        assert_eq!("2/s".parse(), Ok(RateLimit { calls: 2, seconds: 1 }));
        assert_eq!(
            RateLimit { calls: 80, seconds: 20 }.to_string().parse(),
            Ok(RateLimit { calls: 80, seconds: 20 })
        );
        for bad in [
            "",
            "40",
            "40/20",
            "0/20s",
            "40/0s",
            "-1/20s",
            "40/20h",
            "1/4000s",
            "4294967296/1s",
            "1/4294967295m",
        ] {
            assert_eq!(bad.parse::<RateLimit>(), Err(NotARate(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn shares_have_a_sign_and_a_limit() {
        assert_eq!(parse_share("0%"), Some(0));
        assert_eq!(parse_share(" 30 %"), Some(30));
        for bad in ["30", "96%", "-1%", "1.5%", "%", ""] {
            assert_eq!(parse_share(bad), None, "{bad}");
        }
    }
}
