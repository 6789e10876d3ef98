//! Values of flags that need more than a number or a word.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::ValueEnum;

use crate::config::rate::RateLimit;
use crate::model::key::ConversationKey;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR or TERM=dumb says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How unreliable the stand-in is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FaultLevel {
    /// Reliable.
    #[default]
    None,
    /// As a service is on a bad day: some 429, some 5xx, slow answers.
    Light,
    /// As bad as it gets: resets and hangs after the write, HTML errors, tickets that lists see late.
    Nasty,
}

/// The rate limit of the stand-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SandboxRate {
    /// None.
    Unlimited,
    /// A leaky bucket.
    Limited(RateLimit),
}

impl FromStr for SandboxRate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "unlimited" {
            return Ok(Self::Unlimited);
        }
        text.parse().map(Self::Limited).map_err(|error| format!("{error}, or unlimited"))
    }
}

/// How many rejected records a run may have before it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorBudget {
    /// So many.
    Count(u64),
    /// So many of a hundred thousand records tried; 1 % is 1000.
    PerHundredThousand(u32),
}

impl ErrorBudget {
    /// Whether `rejected` of `tried` records is more than the budget.
    pub fn is_exceeded(self, rejected: u64, tried: u64) -> bool {
        match self {
            Self::Count(most) => rejected > most,
            Self::PerHundredThousand(share) => {
                u128::from(rejected) * 100_000 > u128::from(tried) * u128::from(share)
            }
        }
    }
}

impl FromStr for ErrorBudget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected a number such as 50, or a share such as 1% or 0.5%".to_owned();
        let Some(share) = text.strip_suffix('%') else {
            return text.parse().map(Self::Count).map_err(|_| wrong());
        };
        let (whole, decimals) = share.split_once('.').unwrap_or((share, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 3 || decimals.len() > 3 || !digits(whole) || !digits(decimals) {
            return Err(wrong());
        }
        let thousandths: u32 = format!("{whole}{decimals:0<3}").parse().map_err(|_| wrong())?;
        if thousandths > 100_000 { Err(wrong()) } else { Ok(Self::PerHundredThousand(thousandths)) }
    }
}

/// How sure a sample is to make, as a share between a half and one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence(pub f64);

impl FromStr for Confidence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected a confidence of 50% or more and less than 100%, such as 99%".to_owned();
        let number = text.strip_suffix('%').ok_or_else(wrong)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(wrong());
        }
        let percent: f64 = number.parse().map_err(|_| wrong())?;
        if (50.0..=99.9999).contains(&percent) { Ok(Self(percent / 100.0)) } else { Err(wrong()) }
    }
}

/// Reads a length of time: `90m`, `7h30m`, `2h 15m`, `45s`.
pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a length of time such as 45s, 90m or 7h30m".to_owned();
    let span: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(span).ok().filter(|length| !length.is_zero()).ok_or_else(wrong)
}

/// Reads a time of day: `07:30`.
pub(super) fn parse_time_of_day(text: &str) -> Result<jiff::civil::Time, String> {
    let wrong = || "expected a time of day such as 07:30".to_owned();
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|digit| digit.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return Err(wrong());
    }
    let (hour, minute) = (hour.parse().map_err(|_| wrong())?, minute.parse().map_err(|_| wrong())?);
    jiff::civil::Time::new(hour, minute, 0, 0).map_err(|_| wrong())
}

/// Checks that a key has the form of one.
pub(super) fn parse_key(text: &str) -> Result<String, String> {
    ConversationKey::parse(text)
        .map(String::from)
        .map_err(|_| "expected a key such as zendesk:ticket:48213".to_owned())
}

/// Checks that a report has a name of a known kind.
pub(super) fn parse_report(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let kind = path.extension().and_then(|kind| kind.to_str()).map(str::to_ascii_lowercase);
    match kind.as_deref() {
        Some("html" | "csv" | "json") => Ok(path),
        _ => Err("the name must end in .html, .csv or .json".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_budgets_are_counts_or_shares() {
        assert_eq!("50".parse(), Ok(ErrorBudget::Count(50)));
        assert_eq!("1%".parse(), Ok(ErrorBudget::PerHundredThousand(1000)));
        assert_eq!("0.5%".parse(), Ok(ErrorBudget::PerHundredThousand(500)));
        assert_eq!("100%".parse(), Ok(ErrorBudget::PerHundredThousand(100_000)));
        for bad in ["", "%", "-1", "101%", "1.2345%", "1,5%", "x", "+1%", ".5%"] {
            assert!(bad.parse::<ErrorBudget>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_confidence_is_below_certainty() {
        assert_eq!("99%".parse(), Ok(Confidence(0.99)));
        assert_eq!("99.9%".parse::<Confidence>().map(|it| (it.0 * 1000.0).round()), Ok(999.0));
        for bad in ["99", "100%", "49%", "%", "-99%", "9e1%", "x%", "1.2.3%"] {
            assert!(bad.parse::<Confidence>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_budget_is_exceeded_by_one_more() {
        assert!(!ErrorBudget::Count(2).is_exceeded(2, 100));
        assert!(ErrorBudget::Count(2).is_exceeded(3, 100));
        let one_percent = ErrorBudget::PerHundredThousand(1000);
        assert!(!one_percent.is_exceeded(10, 1000) && one_percent.is_exceeded(11, 1000));
        assert!(!one_percent.is_exceeded(0, 0));
    }

    #[test]
    fn lengths_of_time_are_positive() {
        assert_eq!(parse_duration("7h30m"), Ok(Duration::from_mins(450)));
        assert_eq!(parse_duration("90m"), Ok(Duration::from_mins(90)));
        for bad in ["", "0s", "-5m", "90", "soon", "1 month"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_of_day_have_two_digits_each() {
        assert_eq!(parse_time_of_day("07:30"), Ok(jiff::civil::time(7, 30, 0, 0)));
        for bad in ["7:30", "24:00", "07:60", "07", "0730", "", "-1:30", "07:30:00"] {
            assert!(parse_time_of_day(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_stand_in_may_have_no_limit() {
        assert_eq!("unlimited".parse(), Ok(SandboxRate::Unlimited));
        assert_eq!("40/20s".parse(), Ok(SandboxRate::Limited(RateLimit { calls: 40, seconds: 20 })));
        assert!("0/20s".parse::<SandboxRate>().is_err());
    }

    #[test]
    fn reports_are_named_by_kind() {
        assert!(parse_report("a/Report.HTML").is_ok());
        assert!(parse_report("report.pdf").is_err() && parse_report("html").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_value_or_not_without_panic(text in "\\PC{0,12}") {
            drop((parse_time_of_day(&text), parse_duration(&text), text.parse::<ErrorBudget>(), text.parse::<SandboxRate>()));
        }
    }
}
