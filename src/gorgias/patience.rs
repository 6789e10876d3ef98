//! When a call is made again that the account did not answer. What is certainly harmless to repeat, a read or a call whose
//! end state is the same however often it is made, goes on for as long as patience lasts.

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

/// Makes `call` until it is answered, for as long as `patience` lasts.
pub async fn patiently<T>(
    patience: Duration,
    mut call: impl AsyncFnMut() -> Result<T, CallFailure>,
) -> Result<T, CallFailure> {
    let begun = Instant::now();
    let mut failures = 0;
    loop {
        let failure = match call().await {
            Err(
                failure @ (CallFailure::NotSent { .. }
                | CallFailure::Throttled { .. }
                | CallFailure::Lost { .. }),
            ) => failure,
            answered => return answered,
        };
        failures += 1;
        if begun.elapsed() >= patience {
            return Err(failure);
        }
        tokio::time::sleep(back_off(failures, fastrand::f64())).await;
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
}
