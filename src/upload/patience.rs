//! Reads that are made again when the account does not answer. A read changes nothing, so that is always safe.

use std::time::Duration;

use tokio::time::Instant;

use crate::gorgias::CallFailure;

use super::retry::back_off;

/// Longest that the first reads of a run go on without an answer: somebody may be sitting in front of it.
const FIRST_READS_MAX: Duration = Duration::from_mins(1);

/// Makes `call` until it is answered, for as long as `patience` (a minute at most) lasts.
pub(crate) async fn patiently<T>(
    patience: Duration,
    mut call: impl AsyncFnMut() -> Result<T, CallFailure>,
) -> Result<T, CallFailure> {
    let begun = Instant::now();
    let mut faults = 0;
    loop {
        let failure = match call().await {
            Err(
                failure @ (CallFailure::NotSent { .. }
                | CallFailure::Throttled { .. }
                | CallFailure::Lost { .. }),
            ) => failure,
            answered => return answered,
        };
        faults += 1;
        if begun.elapsed() >= patience.min(FIRST_READS_MAX) {
            return Err(failure);
        }
        tokio::time::sleep(back_off(faults, fastrand::f64())).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gorgias::LostKind;

    fn lost() -> CallFailure {
        CallFailure::Lost { kind: LostKind::Timeout, detail: String::new() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_made_again_until_patience_ends() {
        let mut calls = 0;
        let answer = patiently(Duration::from_mins(15), async || {
            calls += 1;
            if calls < 4 { Err(lost()) } else { Ok(calls) }
        });
        assert_eq!(answer.await, Ok(4));
        let begun = Instant::now();
        let never = patiently(Duration::from_mins(15), async || Err::<(), _>(lost()));
        assert_eq!(never.await, Err(lost()));
        assert!((60..180).contains(&begun.elapsed().as_secs()));
        let refused = patiently(Duration::from_mins(15), async || Err::<(), _>(CallFailure::NotFound));
        assert_eq!(refused.await, Err(CallFailure::NotFound));
    }
}
