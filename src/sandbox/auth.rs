//! Who is calling: Basic with email and key, or a bearer token. Wrong or missing gives 401, a role that may not
//! write gives 403.

use axum::http::{HeaderMap, Method, header::AUTHORIZATION};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::account::{Account, Caller};
use super::reply::ApiError;

/// The caller, or the answer that refuses him.
pub(crate) fn authenticate(account: &Account, headers: &HeaderMap) -> Result<Caller, ApiError> {
    headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| credentials(account, value))
        .ok_or_else(ApiError::unauthorized)
}

/// Whether the caller's role may use the method. Observers read only; the exact table of roles is not documented.
pub(crate) fn authorize(caller: &Caller, method: &Method) -> Result<(), ApiError> {
    let reads = method == Method::GET || method == Method::HEAD;
    if reads || caller.role != "observer-agent" { Ok(()) } else { Err(ApiError::forbidden("")) }
}

fn credentials(account: &Account, value: &str) -> Option<Caller> {
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return account.by_token(rest.trim());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (email, key) = decoded.split_once(':')?;
    account.by_key(email, key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::AccountSeed;

    fn with(value: &str) -> Result<Caller, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        authenticate(&Account::new(AccountSeed::default()).unwrap(), &headers)
    }

    #[test]
    fn basic_and_bearer() {
        let good = STANDARD.encode("ops@example.com:sandbox");
        assert!(with(&format!("Basic {good}")).is_ok());
        assert!(with("Bearer sandbox-token").is_ok());
        let bad = STANDARD.encode("ops@example.com:other");
        for refused in
            [format!("Basic {bad}"), "Basic ???".into(), "Bearer x".into(), "Digest x".into(), "x".into()]
        {
            assert!(with(&refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn observers_only_read() {
        let observer = Caller { user_id: 1, role: "observer-agent".into(), bearer: false };
        assert!(authorize(&observer, &Method::GET).is_ok());
        assert!(authorize(&observer, &Method::POST).is_err());
    }
}
