//! The upload: staged conversations to the account, each exactly once, at the account's pace.

pub mod breaker;
pub mod resources;
pub mod retry;
