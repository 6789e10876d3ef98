//! The browser's own log of the network: what it looked up and connected to, whoever asked for it.

use std::collections::BTreeSet;

/// What belongs to the browser itself, whatever page it shows. Nothing of it gets an answer here.
const BROWSERS_OWN: [&str; 6] =
    ["google.com", "googleapis.com", "gstatic.com", "gvt1.com", "googleusercontent.com", "chromium.org"];

/// The hosts in a log of the network that are neither this machine nor the browser's own.
pub fn strangers(log: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for scheme in ["http://", "https://", "ws://", "wss://"] {
        for (at, _) in log.match_indices(scheme) {
            let rest = &log[at + scheme.len()..];
            let host: String =
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')).collect();
            found.insert(host);
        }
    }
    found.retain(|host| {
        let own = BROWSERS_OWN.iter().any(|own| host == own || host.ends_with(&format!(".{own}")));
        !own && !matches!(host.as_str(), "" | "127.0.0.1" | "localhost")
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strangers_are_named() {
        let log = r#"{"url":"http://127.0.0.1:8/x"},{"host":"https://tracker.example:443"},{"url":"https://update.googleapis.com/"}"#;
        assert_eq!(strangers(log), BTreeSet::from(["tracker.example".to_owned()]));
    }
}
