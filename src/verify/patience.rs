//! Reads that are made again when the account does not answer. A read changes nothing, so that is always safe.

use std::time::Duration;

use tokio::time::Instant;

use crate::gorgias::CallFailure;

/// First and longest wait between two attempts.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Makes `call` until it is answered, for as long as `patience` lasts.
pub(super) async fn patiently<T>(
    patience: Duration,
    mut call: impl AsyncFnMut() -> Result<T, CallFailure>,
) -> Result<T, CallFailure> {
    let begun = Instant::now();
    let mut wait = WAITS.0;
    loop {
        let failure = match call().await {
            Err(
                failure @ (CallFailure::NotSent { .. }
                | CallFailure::Throttled { .. }
                | CallFailure::Lost { .. }),
            ) => failure,
            answered => return answered,
        };
        if begun.elapsed() >= patience {
            return Err(failure);
        }
        // Readers that were refused together must not come again together.
        tokio::time::sleep(wait.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        wait = (wait * 2).min(WAITS.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gorgias::LostKind;

    #[tokio::test(start_paused = true)]
    async fn a_read_is_made_again_until_patience_ends() {
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
