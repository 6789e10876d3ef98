//! Limits as they are configured and learned, and the pace that follows from them.

use std::str::FromStr;
use std::time::Duration;

/// The limit of an API key, used until a header says otherwise.
const FIRST_LIMIT: u32 = 40;

/// More than any account has; keeps the arithmetic in range.
const LIMIT_MAX: u32 = 100_000_000;

/// `[rate] limit`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limit {
    /// Starts at 40 in 20 s and is learned from the answers' header.
    #[default]
    Auto,
    /// Never more than this.
    Fixed {
        /// Requests,
        requests: u32,
        /// in this time.
        window: Duration,
    },
}

/// `[rate] limit` cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a limit is `auto` or requests per seconds, such as `40/20s`")]
pub struct BadLimit;

impl FromStr for Limit {
    type Err = BadLimit;

    fn from_str(text: &str) -> Result<Self, BadLimit> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let (requests, seconds) =
            text.strip_suffix('s').and_then(|text| text.split_once('/')).ok_or(BadLimit)?;
        let requests: u32 = requests.parse().map_err(|_| BadLimit)?;
        let seconds: u32 = seconds.parse().map_err(|_| BadLimit)?;
        let sized = (1..=LIMIT_MAX).contains(&requests) && (1..=86_400).contains(&seconds);
        if sized {
            Ok(Self::Fixed { requests, window: Duration::from_secs(seconds.into()) })
        } else {
            Err(BadLimit)
        }
    }
}

/// The share of the budget that is left to other programs, from 0 to below 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reserve(f64);

impl Reserve {
    /// A share between 0 and 0.99; anything else is brought into that range, because a limiter that lets nothing
    /// through would wait for ever.
    pub fn new(share: f64) -> Self {
        if share.is_nan() { Self::default() } else { Self(share.clamp(0.0, 0.99)) }
    }

    /// The share.
    pub fn share(self) -> f64 {
        self.0
    }
}

/// How fast and how much at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace {
    /// Time in which one request drains.
    pub(super) unit_ns: u64,
    /// What the bucket holds.
    pub(super) limit: u32,
    /// What may be sent at once.
    pub(super) burst: u32,
}

impl Pace {
    fn new(per_second: f64, limit: f64) -> Self {
        // In range: limits are at most 100 million in at least a second, shares at least a hundredth.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked ranges")]
        let (unit_ns, limit, burst) =
            ((1e9 / per_second).ceil().max(1.0) as u64, limit.max(1.0) as u32, (limit * 0.9).max(1.0) as u32);
        Self { unit_ns, limit, burst }
    }

    /// Requests in a second.
    #[expect(clippy::cast_precision_loss, reason = "shown, not computed with")]
    pub(super) fn per_second(self) -> f64 {
        1e9 / self.unit_ns as f64
    }
}

impl Limit {
    /// The pace of the account's own bucket, which drains in `window`: what the header says, else what is configured, else
    /// an API key's.
    pub(super) fn account_pace(self, learned: Option<u32>, window: Duration) -> Pace {
        let learned = learned.map(|limit| f64::from(limit.min(LIMIT_MAX)));
        let by_header = |limit: f64| limit / window.as_secs_f64();
        match self {
            Self::Auto => {
                let limit = learned.unwrap_or_else(|| FIRST_LIMIT.into());
                Pace::new(by_header(limit), limit)
            }
            // The header does not tell the window. A configured rate above the header's over 20 s is one of an account
            // with 10 s.
            Self::Fixed { requests, window } => {
                let rate = f64::from(requests) / window.as_secs_f64();
                let limit = learned.unwrap_or_else(|| requests.into());
                Pace::new(learned.map_or(rate, |limit| by_header(limit).max(rate)), limit)
            }
        }
    }

    /// The pace of our share, if that is less than all.
    pub(super) fn share_pace(self, learned: Option<u32>, window: Duration, reserve: Reserve) -> Option<Pace> {
        let ours = 1.0 - reserve.share();
        let account = self.account_pace(learned, window);
        let limit = f64::from(account.limit);
        match self {
            Self::Auto if reserve.share() <= 0.0 => None,
            Self::Auto => Some(Pace::new(account.per_second() * ours, limit * ours)),
            Self::Fixed { requests, window } => {
                let rate = f64::from(requests) / window.as_secs_f64();
                Some(Pace::new(rate * ours, limit.min(requests.into()) * ours))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gorgias::limiter::window::SLOW;

    #[test]
    fn limits_are_read() {
        assert_eq!("auto".parse(), Ok(Limit::Auto));
        assert_eq!("40/20s".parse(), Ok(Limit::Fixed { requests: 40, window: Duration::from_secs(20) }));
        for bad in
            ["", "40", "40/20", "40/20 s", "0/20s", "40/0s", "-1/20s", "40/20m", "Auto", "999999999/1s"]
        {
            assert_eq!(bad.parse::<Limit>(), Err(BadLimit), "{bad}");
        }
    }

    #[test]
    fn a_limit_of_40_allows_36_at_once_and_two_a_second() {
        let pace = Limit::Auto.account_pace(None, SLOW);
        assert_eq!((pace.burst, pace.limit, pace.unit_ns), (36, 40, 500_000_000));
        let pace = Limit::Auto.account_pace(Some(80), SLOW);
        assert_eq!((pace.burst, pace.limit, pace.unit_ns), (72, 80, 250_000_000));
        assert_eq!(Limit::Auto.account_pace(Some(4000), SLOW).unit_ns, 5_000_000);
        assert_eq!(Limit::Auto.account_pace(Some(u32::MAX), SLOW).unit_ns, 200);
        assert_eq!(Limit::Auto.account_pace(Some(1), SLOW).burst, 1);
    }

    #[test]
    fn a_fixed_limit_bounds_our_share_and_not_the_account() {
        let slow: Limit = "10/20s".parse().unwrap();
        assert_eq!(slow.account_pace(Some(80), SLOW).unit_ns, 250_000_000);
        let share = slow.share_pace(Some(80), SLOW, Reserve::default()).unwrap();
        assert_eq!((share.unit_ns, share.burst), (2_000_000_000, 9));
        let enterprise: Limit = "40/10s".parse().unwrap();
        assert_eq!(enterprise.account_pace(Some(40), SLOW).unit_ns, 250_000_000);
        assert_eq!(Limit::Auto.share_pace(Some(80), SLOW, Reserve::default()), None);
        let half = Limit::Auto.share_pace(Some(80), SLOW, Reserve::new(0.5)).unwrap();
        assert_eq!((half.unit_ns, half.burst), (500_000_000, 36));
    }
}
