//! Where the account is.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// The root of one account's API: `https://{account}.gorgias.com`, or plain http to this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    root: Url,
    account: String,
}

/// The address cannot be used. Texts never repeat it: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBaseUrl {
    /// Not a subdomain.
    #[error("an account name has letters, digits and hyphens only, as in `acme` for acme.gorgias.com")]
    Account,
    /// Not a URL.
    #[error("this is not a URL such as https://acme.gorgias.com")]
    NotAUrl,
    /// Plain http to another machine, which would show the key to the network.
    #[error("plain http is allowed to this machine only; use https")]
    PlainHttp,
    /// Neither http nor https.
    #[error("the URL must begin with https://")]
    Scheme,
    /// A name or password in it.
    #[error("the URL must not hold a user name or a password")]
    Credentials,
    /// More than scheme, host and port.
    #[error("the URL must end after the host; `/api` is added by itself")]
    Path,
}

/// Longest label of a host name (RFC 1035).
const ACCOUNT_CHARS_MAX: usize = 63;

impl BaseUrl {
    /// The account's own address, from its subdomain.
    pub fn for_account(account: &str) -> Result<Self, BadBaseUrl> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let sized = (1..=ACCOUNT_CHARS_MAX).contains(&account.len());
        if !sized || !account.bytes().all(plain) || account.starts_with('-') || account.ends_with('-') {
            return Err(BadBaseUrl::Account);
        }
        let account = account.to_ascii_lowercase();
        let root = format!("https://{account}.gorgias.com/").parse().map_err(|_| BadBaseUrl::Account)?;
        Ok(Self { root, account })
    }

    /// An address as it is written in `base_url`.
    pub fn parse(text: &str) -> Result<Self, BadBaseUrl> {
        let root: Url = text.trim().parse().map_err(|_| BadBaseUrl::NotAUrl)?;
        if !matches!(root.scheme(), "http" | "https") {
            return Err(BadBaseUrl::Scheme);
        }
        if !root.username().is_empty() || root.password().is_some() {
            return Err(BadBaseUrl::Credentials);
        }
        let host = root.host_str().ok_or(BadBaseUrl::NotAUrl)?;
        if root.path() != "/" || root.query().is_some() || root.fragment().is_some() {
            return Err(BadBaseUrl::Path);
        }
        if root.scheme() == "http" && !is_loopback(host) {
            return Err(BadBaseUrl::PlainHttp);
        }
        let account = root.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self { root, account })
    }

    /// What `--confirm` wants: the subdomain, or host and port of a `base_url`.
    pub fn account_name(&self) -> &str {
        &self.account
    }

    /// Whether this is the machine itself.
    pub fn is_loopback(&self) -> bool {
        self.root.host_str().is_some_and(is_loopback)
    }

    /// The URL of a path and an encoded query, if both stay what they are inside a URL.
    pub(super) fn join(&self, path: &str, query: Option<&str>) -> Option<Url> {
        let mut url = self.root.clone();
        url.set_path(path);
        url.set_query(query);
        (url.path() == path && url.host_str() == self.root.host_str()).then_some(url)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root.as_str().trim_end_matches('/'))
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_subdomains() {
        let base = BaseUrl::for_account("Acme-2").unwrap();
        assert_eq!(
            (base.to_string().as_str(), base.account_name()),
            ("https://acme-2.gorgias.com", "acme-2")
        );
        let long = "a".repeat(64);
        for bad in ["", "a.b", "a/b", "a@b", "-a", "a-", "a b", "ä", "a:1", "a#", long.as_str()] {
            assert_eq!(BaseUrl::for_account(bad), Err(BadBaseUrl::Account), "{bad}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        for good in ["http://127.0.0.1:8080", "http://localhost:1/", "http://[::1]:9", "https://x.example"] {
            assert!(BaseUrl::parse(good).is_ok(), "{good}");
        }
        assert_eq!(BaseUrl::parse("http://127.0.0.1:8080").unwrap().account_name(), "127.0.0.1:8080");
        for (bad, why) in [
            ("http://acme.gorgias.com", BadBaseUrl::PlainHttp),
            ("http://localhost.example", BadBaseUrl::PlainHttp),
            ("http://127.0.0.1.example", BadBaseUrl::PlainHttp),
            ("http://10.0.0.1", BadBaseUrl::PlainHttp),
            ("https://me:secret@acme.gorgias.com", BadBaseUrl::Credentials),
            ("https://me@acme.gorgias.com", BadBaseUrl::Credentials),
            ("https://acme.gorgias.com/api", BadBaseUrl::Path),
            ("https://acme.gorgias.com/?x", BadBaseUrl::Path),
            ("ftp://acme.gorgias.com", BadBaseUrl::Scheme),
            ("acme.gorgias.com", BadBaseUrl::NotAUrl),
        ] {
            assert_eq!(BaseUrl::parse(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_path_cannot_leave_the_account() {
        let base = BaseUrl::for_account("acme").unwrap();
        let url = base.join("/api/tickets", Some("external_id=a%3Ab")).unwrap();
        assert_eq!(url.as_str(), "https://acme.gorgias.com/api/tickets?external_id=a%3Ab");
        for odd in ["/api/../x", "/api/./x", "/api/a?b", "/api/a b"] {
            assert!(base.join(odd, None).is_none(), "{odd}");
        }
    }
}
