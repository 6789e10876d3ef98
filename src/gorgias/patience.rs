//! When a call is made again that the account did not answer. What is certainly harmless to repeat, a read or a call whose
//! end state is the same however often it is made, goes on for as long as patience lasts.
//!
//! A record that Gorgias fails to show each time is given up sooner, if the account answers otherwise.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::error::CallFailure;

/// Longest pause between two attempts while the account does not answer.
const BACK_OFF_MAX: Duration = Duration::from_mins(1);
/// First pause.
const BACK_OFF_FIRST: Duration = Duration::from_millis(500);

/// The pause before attempt number `failures + 1`: doubling, with `jitter` (0 to 1) taking off up to a half, so
/// that programs that failed together do not come back together.
pub fn back_off(failures: u32, jitter: f64) -> Duration {
    let doubled = BACK_OFF_FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(BACK_OFF_MAX).mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
}

/// Whether the account gave no answer, or none but that it has too much to do.
fn is_silence(failure: &CallFailure) -> bool {
    matches!(failure, CallFailure::NotSent { .. } | CallFailure::Throttled { .. } | CallFailure::Lost { .. })
}

/// Makes `call` until it is answered, for as long as `patience` lasts.
pub async fn patiently<T>(
    patience: Duration,
    mut call: impl AsyncFnMut() -> Result<T, CallFailure>,
) -> Result<T, CallFailure> {
    let begun = Instant::now();
    let mut failures = 0;
    loop {
        let failure = match call().await {
            Err(failure) if is_silence(&failure) => failure,
            answered => return answered,
        };
        failures += 1;
        if begun.elapsed() >= patience {
            return Err(failure);
        }
        tokio::time::sleep(back_off(failures, fastrand::f64())).await;
    }
}

/// Times in a row that a record may not be readable, each after a longer pause: over some minutes of them. Then it is left, if
/// the account answers otherwise.
pub const UNREAD_MAX: u32 = 12;

/// Records in a row that are left because they cannot be read. Where one more cannot be, it is no matter of the records, and
/// patience decides.
pub const UNREAD_RECORDS_MAX: u32 = 8;

/// Why a record was not read.
#[derive(Debug, PartialEq, Eq)]
pub enum Unread {
    /// Gorgias failed at it each time, and answered when it was asked for something else.
    Record(CallFailure),
    /// The account is away, or what was asked for was refused.
    Call(CallFailure),
}

/// Records in a row that could not be read.
#[derive(Debug, Default)]
pub struct UnreadInARow(AtomicU32);

impl UnreadInARow {
    /// Makes `call`, the read of one record, until it is answered: for as long as `patience` lasts, or for some minutes where
    /// only few in a row could not be read. `witness` asks the account for something else, so that an account that is away
    /// costs no record.
    pub async fn read<T, U>(
        &self,
        patience: Duration,
        mut witness: impl AsyncFnMut() -> Result<U, CallFailure>,
        mut call: impl AsyncFnMut() -> Result<T, CallFailure>,
    ) -> Result<T, Unread> {
        let begun = Instant::now();
        let mut failures = 0;
        loop {
            let failure = match call().await {
                Err(failure) if is_silence(&failure) => failure,
                answered => {
                    self.readable();
                    return answered.map_err(Unread::Call);
                }
            };
            failures += 1;
            let is_over = begun.elapsed() >= patience;
            let few = self.0.load(Ordering::Relaxed) < UNREAD_RECORDS_MAX;
            // What certainly was not sent says nothing about the record.
            let may_be_left =
                matches!(failure, CallFailure::Lost { .. }) && (is_over || few && failures >= UNREAD_MAX);
            if may_be_left && !witness().await.is_err_and(|failure| is_silence(&failure)) {
                self.0.fetch_add(1, Ordering::Relaxed);
                return Err(Unread::Record(failure));
            }
            if is_over {
                return Err(Unread::Call(failure));
            }
            tokio::time::sleep(back_off(failures, fastrand::f64())).await;
        }
    }

    /// A record was read, in whatever way.
    pub fn readable(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gorgias::LostKind;

    #[test]
    fn back_off_doubles_up_to_a_minute() {
        assert_eq!(back_off(1, 0.0), Duration::from_millis(500));
        assert_eq!(back_off(3, 0.0), Duration::from_secs(2));
        assert_eq!(back_off(3, 1.0), Duration::from_secs(1));
        assert_eq!(back_off(40, 0.0), BACK_OFF_MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_is_made_again_until_patience_ends() {
        let lost = || CallFailure::Lost { kind: LostKind::Timeout, detail: String::new() };
        let mut calls = 0;
        let answer = patiently(Duration::from_mins(5), async || {
            calls += 1;
            if calls < 6 { Err(lost()) } else { Ok(calls) }
        });
        assert_eq!(answer.await, Ok(6));
        let begun = Instant::now();
        assert_eq!(patiently(Duration::from_mins(5), async || Err::<(), _>(lost())).await, Err(lost()));
        assert!((300..400).contains(&begun.elapsed().as_secs()));
        let gone = patiently(Duration::from_mins(5), async || Err::<(), _>(CallFailure::NotFound)).await;
        assert_eq!(gone, Err(CallFailure::NotFound));
    }

    fn lost() -> CallFailure {
        CallFailure::Lost { kind: LostKind::Timeout, detail: String::new() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_that_cannot_be_read_is_left_after_minutes_and_many_in_a_row_after_patience() {
        let patience = Duration::from_hours(2);
        let unread = UnreadInARow::default();
        let there = async || Ok::<_, CallFailure>(());
        let mut calls = 0;
        for left in 0..=UNREAD_RECORDS_MAX {
            let begun = Instant::now();
            let read = unread.read(patience, there, async || {
                calls += 1;
                Err::<(), _>(lost())
            });
            assert_eq!(read.await, Err(Unread::Record(lost())));
            if left < UNREAD_RECORDS_MAX {
                assert_eq!(calls, (left + 1) * UNREAD_MAX);
                assert!(begun.elapsed() < Duration::from_mins(10), "{:?}", begun.elapsed());
            } else {
                assert!(begun.elapsed() >= patience, "{:?}", begun.elapsed());
            }
        }
        // One that is read begins the row anew, and so does an answer that it is not there.
        for answer in [Ok(()), Err(CallFailure::NotFound)] {
            let read = unread.read(patience, there, async || answer.clone()).await;
            assert_eq!(read, answer.map_err(Unread::Call));
            let begun = Instant::now();
            let read = unread.read(patience, there, async || Err::<(), _>(lost())).await;
            assert_eq!(read, Err(Unread::Record(lost())));
            assert!(begun.elapsed() < Duration::from_mins(10), "{:?}", begun.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_that_is_away_costs_no_record() {
        let patience = Duration::from_hours(2);
        let unread = UnreadInARow::default();
        let away = async || Err::<(), _>(lost());
        let begun = Instant::now();
        assert_eq!(unread.read(patience, away, away).await, Err(Unread::Call(lost())));
        assert!(begun.elapsed() >= patience);
        // An hour later it is back.
        let begun = Instant::now();
        let until = Duration::from_hours(1);
        let back = async || if begun.elapsed() < until { Err(lost()) } else { Ok(()) };
        assert_eq!(unread.read(patience, back, back).await, Ok(()));
        // Any answer says that it is there.
        let refuses = async || Err::<(), _>(CallFailure::NotFound);
        assert_eq!(unread.read(Duration::ZERO, refuses, away).await, Err(Unread::Record(lost())));
        // What never left here is nobody's fault but the account's.
        let unsent = || CallFailure::Throttled { retry_after: None };
        let there = async || Ok::<_, CallFailure>(());
        let read = unread.read(patience, there, async || Err::<(), _>(unsent())).await;
        assert_eq!(read, Err(Unread::Call(unsent())));
    }
}
