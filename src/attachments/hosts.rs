//! Who may be asked for a file, and who may be given a login.

use std::collections::BTreeSet;

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::model::key::SourceName;

/// The product of a source account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Zendesk: `NAME.zendesk.com`.
    Zendesk,
    /// Aircall, which has the same hosts for every company.
    Aircall,
}

/// The account that an export comes from.
#[derive(Clone, Debug)]
pub struct Account {
    /// The source's name in the config.
    pub source: SourceName,
    /// Its product.
    pub product: Product,
    /// Names of the account as the export shows them; for Zendesk the subdomains.
    pub names: BTreeSet<String>,
    /// The login for it, as the value of an `Authorization` header.
    pub login: Option<HeaderValue>,
}

/// A host that the user listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    host: String,
    port: Option<u16>,
}

impl Listed {
    /// Reads `HOST` or `HOST:PORT`.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(&format!("http://{text}/")).ok()?;
        let plain = url.path() == "/" && url.username().is_empty() && url.password().is_none();
        let host = url.host_str()?.to_owned();
        // `:80` is the scheme's own port, which the parser leaves out.
        let port = url.port().or_else(|| text.ends_with(":80").then_some(80));
        plain.then_some(Self { host, port })
    }

    /// Without a port the usual ones are meant.
    fn fits(&self, url: &Url) -> bool {
        let port = url.port_or_known_default();
        url.host_str() == Some(self.host.as_str())
            && if self.port.is_some() { self.port == port } else { matches!(port, Some(80 | 443)) }
    }
}

/// An address that may be asked, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Allowed<'a> {
    /// The user listed its host: plain http and private addresses are what the user wants.
    pub(super) listed: bool,
    /// It belongs to a source account, which may be given its login.
    pub(super) login: Option<&'a HeaderValue>,
}

/// Where a Zendesk account has its attachments, whatever its host is called.
const ZENDESK_PATH: &str = "/attachments/token/";
/// Hosts that Zendesk's attachments are led to.
const ZENDESK_STORAGE: &str = ".zdusercontent.com";
/// Hosts that Aircall's recordings are led to: signed addresses of S3 (reference 2.7), which refuses a login beside them.
const AIRCALL_STORAGE: &str = ".amazonaws.com";
/// The port of https, without which nothing is asked that the user did not list.
const HTTPS: u16 = 443;

/// Who may be asked.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    accounts: Vec<Account>,
    listed: Vec<Listed>,
}

impl Hosts {
    /// The accounts of the export, and what the user listed.
    pub fn new(accounts: Vec<Account>, listed: Vec<Listed>) -> Self {
        Self { accounts, listed }
    }

    /// Whether the file at this address of a message of `source` may be asked for.
    pub fn allows(&self, source: &str, address: &str) -> bool {
        Url::parse(address).is_ok_and(|url| self.judge(source, &url, false).is_some())
    }

    /// Whether and how `url` may be asked, which a message of `source` names or, if `led`, another address led to.
    pub(super) fn judge(&self, source: &str, url: &Url, led: bool) -> Option<Allowed<'_>> {
        let host = url.host_str()?.trim_end_matches('.');
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some()
        {
            return None;
        }
        let own = self.own(source, url, host);
        if self.listed.iter().any(|listed| listed.fits(url)) {
            // Listed or not, over https an account's own host is its own.
            return Some(Allowed { listed: true, login: own.and_then(|account| account.login.as_ref()) });
        }
        if let Some(account) = own {
            return Some(Allowed { listed: false, login: account.login.as_ref() });
        }
        let secure = url.scheme() == "https" && url.port_or_known_default() == Some(HTTPS);
        let stores = |account: &Account| match account.product {
            Product::Zendesk => host.ends_with(ZENDESK_STORAGE),
            // S3 is everybody's; as a first address only what is Aircall's by name.
            Product::Aircall => host.ends_with(AIRCALL_STORAGE) && (led || host.starts_with("aircall")),
        };
        (secure && self.of(source).any(stores)).then_some(Allowed { listed: false, login: None })
    }

    /// Whether the source is of Aircall.
    pub(super) fn is_of_aircall(&self, source: &str) -> bool {
        self.of(source).any(|account| account.product == Product::Aircall)
    }

    /// The login for Aircall's API of the source's account.
    pub(super) fn aircall_login(&self, source: &str) -> Option<&HeaderValue> {
        let mut accounts = self.of(source).filter(|account| account.product == Product::Aircall);
        accounts.find_map(|account| account.login.as_ref())
    }

    /// The host of `url` where it is the source account's own. A listed host that has Zendesk's attachments is one: that of
    /// an account with a domain of its own. It gets no login for that.
    pub(super) fn own_host(&self, source: &str, url: &Url) -> Option<String> {
        let host = url.host_str()?.trim_end_matches('.');
        let is_mapped = || {
            url.path().starts_with(ZENDESK_PATH)
                && self.of(source).any(|account| account.product == Product::Zendesk)
                && self.listed.iter().any(|listed| listed.fits(url))
        };
        let is_own = self.own(source, url, host).is_some() || is_mapped();
        is_own.then(|| url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    }

    fn of(&self, source: &str) -> impl Iterator<Item = &Account> {
        self.accounts.iter().filter(move |account| account.source.as_str() == source)
    }

    /// The source's account, if `host` is its own.
    fn own(&self, source: &str, url: &Url, host: &str) -> Option<&Account> {
        let secure = url.scheme() == "https" && url.port_or_known_default() == Some(HTTPS);
        let owner = self.of(source).find(|account| match account.product {
            Product::Zendesk => {
                secure
                    && host
                        .strip_suffix(".zendesk.com")
                        .is_some_and(|name| account.names.iter().any(|own| own.eq_ignore_ascii_case(name)))
            }
            Product::Aircall => secure && host.ends_with(".aircall.io"),
        });
        #[cfg(test)]
        let owner = owner.or_else(|| {
            // Tests have no https; a name with a port is an own host of theirs.
            let authority = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
            self.of(source).find(|account| account.names.contains(&authority))
        });
        owner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(listed: &[&str]) -> Hosts {
        let account = |source: &str, product, names: &[&str]| Account {
            source: SourceName::new(source).unwrap(),
            product,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            login: Some(HeaderValue::from_static("Basic x")),
        };
        let accounts =
            vec![account("zendesk", Product::Zendesk, &["acme"]), account("calls", Product::Aircall, &[])];
        Hosts::new(accounts, listed.iter().map(|text| Listed::parse(text).unwrap()).collect())
    }

    fn judge(hosts: &Hosts, source: &str, address: &str, led: bool) -> &'static str {
        match hosts.judge(source, &Url::parse(address).unwrap(), led) {
            None => "stranger",
            Some(Allowed { listed: true, login: None }) => "listed",
            Some(Allowed { listed: true, login: Some(_) }) => "listed and own",
            Some(Allowed { listed: false, login: Some(_) }) => "own",
            Some(Allowed { listed: false, login: None }) => "storage",
        }
    }

    #[test]
    fn only_the_accounts_own_hosts_are_asked() {
        let hosts = hosts(&[]);
        for (source, address, led, standing) in [
            ("zendesk", "https://acme.zendesk.com/attachments/token/x/?name=a.png", false, "own"),
            ("zendesk", "https://ACME.zendesk.com/a", false, "own"),
            ("zendesk", "https://acme.zendesk.com./a", false, "own"),
            // Another account, another source, another scheme, another port, a login in the address.
            ("zendesk", "https://evil.zendesk.com/a", false, "stranger"),
            ("zendesk", "https://acme.zendesk.com.evil.example/a", false, "stranger"),
            ("zendesk", "https://x.acme.zendesk.com/a", false, "stranger"),
            ("calls", "https://acme.zendesk.com/a", false, "stranger"),
            ("other", "https://acme.zendesk.com/a", false, "stranger"),
            ("zendesk", "http://acme.zendesk.com/a", false, "stranger"),
            ("zendesk", "https://acme.zendesk.com:8443/a", false, "stranger"),
            ("zendesk", "https://kim:x@acme.zendesk.com/a", false, "stranger"),
            ("zendesk", "ftp://acme.zendesk.com/a", false, "stranger"),
            ("zendesk", "https://p14.zdusercontent.com/attachment/1/x", true, "storage"),
            ("zendesk", "https://zdusercontent.com.evil.example/x", true, "stranger"),
            ("zendesk", "https://bucket.s3.amazonaws.com/x", true, "stranger"),
            ("calls", "https://assets.aircall.io/calls/1/recording", false, "own"),
            ("calls", "https://bucket.s3.eu-west-1.amazonaws.com/x", true, "storage"),
            ("calls", "https://bucket.s3.eu-west-1.amazonaws.com/x", false, "stranger"),
            ("calls", "https://notaircall.io/x", false, "stranger"),
        ] {
            assert_eq!(judge(&hosts, source, address, led), standing, "{source} {address}");
        }
    }

    #[test]
    fn a_listed_host_is_asked_at_the_port_that_was_listed() {
        let hosts =
            hosts(&["127.0.0.1:8080", "files.example", "acme.zendesk.com", "[::1]:99", "plain.example:80"]);
        for (address, standing) in [
            ("http://127.0.0.1:8080/a", "listed"),
            ("http://127.0.0.1:8081/a", "stranger"),
            ("http://127.0.0.1/a", "stranger"),
            ("https://files.example/a", "listed"),
            ("http://files.example/a", "listed"),
            ("http://files.example:8080/a", "stranger"),
            ("http://FILES.example/a", "listed"),
            ("http://[::1]:99/a", "listed"),
            ("http://plain.example/a", "listed"),
            ("https://plain.example/a", "stranger"),
            // Without https a login would be read by everybody on the way.
            ("http://acme.zendesk.com/a", "listed"),
            ("https://acme.zendesk.com/a", "listed and own"),
        ] {
            assert_eq!(judge(&hosts, "zendesk", address, false), standing, "{address}");
        }
        for text in ["", "a/b", "kim@host", "host:port", "a b"] {
            assert_eq!(Listed::parse(text), None, "{text}");
        }
    }
}
