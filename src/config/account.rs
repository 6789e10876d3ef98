//! `[gorgias]`: which account, under which address, with whose credentials.

use std::net::IpAddr;

use reqwest::Url;
use toml::Spanned;

use super::check::Problems;
use super::file::Gorgias;
use super::secret::CredentialSettings;
use crate::model::person::Email;

/// The account that is written to.
#[derive(Clone, Debug)]
pub struct Account {
    /// The name that confirmations ask for: `account`, or `host:port` where `base_url` is set.
    pub name: String,
    /// Root of the account's address; the API is below its `api/`. https, or http to this machine.
    pub base_url: Url,
    /// Where the credentials come from. Nothing is read before they are asked for.
    pub credentials: CredentialSettings,
}

/// Why a text cannot be the address of an account.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AddressError {
    /// Not a web address at all.
    #[error("base_url is not a web address; write one such as https://acme.gorgias.com")]
    NotAnAddress,
    /// Another scheme than http and https.
    #[error("base_url must begin with https://")]
    Scheme,
    /// A user name or password in the address.
    #[error("base_url must not hold a user name or password; the key comes from api_key_file")]
    Credentials,
    /// A path, query or fragment.
    #[error(
        "base_url must be the root of the account, with nothing after the host; the tool adds /api itself"
    )]
    NotTheRoot,
    /// Unencrypted to another machine.
    #[error(
        "base_url: plain http is only for this machine (127.0.0.1, ::1, localhost), `{0}` is another; use https"
    )]
    PlainHttp(String),
}

/// Reads the address of an account. The key travels in every request, so anything that could lead it astray is refused.
pub fn parse_base_url(text: &str) -> Result<Url, AddressError> {
    let url = Url::parse(text.trim()).map_err(|_| AddressError::NotAnAddress)?;
    let host = url.host_str().ok_or(AddressError::NotAnAddress)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => return Err(AddressError::PlainHttp(host.to_owned())),
        _ => return Err(AddressError::Scheme),
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(AddressError::NotTheRoot);
    }
    Ok(url)
}

/// Whether `host`, as a web address writes it, is this machine. Names other than `localhost` are not looked up: what
/// they mean can change between the check and the connection.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `host:port`, with the port of the scheme where none is written.
fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

pub(super) fn check(gorgias: Spanned<Gorgias>, problems: &mut Problems<'_>) -> Option<Account> {
    let span = gorgias.span();
    let gorgias = gorgias.into_inner();
    let email = gorgias.email.as_ref().map(|written| {
        if Email::parse(written.get_ref()).is_none() {
            problems.at(&written.span(), "email is not an email address");
        }
        written.get_ref().trim().to_owned()
    });
    let uses_key = gorgias.api_key_file.is_some() || gorgias.api_key_command.is_some();
    let uses_token = gorgias.access_token_file.is_some() || gorgias.access_token_command.is_some();
    if uses_key && uses_token {
        problems.at(&span, "[gorgias] names both an API key and an OAuth access token; keep one of them");
    }
    let (name, base_url) = address(&gorgias, &span, problems)?;
    Some(Account {
        name,
        base_url,
        credentials: CredentialSettings {
            email,
            api_key_file: gorgias.api_key_file.map(|path| problems.resolve(&path)),
            api_key_command: gorgias.api_key_command,
            access_token_file: gorgias.access_token_file.map(|path| problems.resolve(&path)),
            access_token_command: gorgias.access_token_command,
            folder: problems.folder().to_owned(),
        },
    })
}

fn address(
    gorgias: &Gorgias,
    span: &std::ops::Range<usize>,
    problems: &mut Problems<'_>,
) -> Option<(String, Url)> {
    if let Some(written) = &gorgias.base_url {
        return match parse_base_url(written.get_ref()) {
            Ok(url) => Some((host_and_port(&url), url)),
            Err(error) => {
                problems.at(&written.span(), error.to_string());
                None
            }
        };
    }
    let Some(written) = &gorgias.account else {
        problems
            .at(span, "[gorgias] names no account: add account = \"NAME\", as in https://NAME.gorgias.com");
        return None;
    };
    let name = written.get_ref().as_str();
    let is_label = !name.is_empty()
        && name.len() <= 63
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-');
    let url = is_label.then(|| Url::parse(&format!("https://{name}.gorgias.com/")).ok()).flatten();
    if url.is_none() {
        let message = format!(
            "account cannot be `{name}`; write only NAME of https://NAME.gorgias.com, in small letters"
        );
        problems.at(&written.span(), message);
    }
    url.map(|url| (name.to_owned(), url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for good in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:9/", "http://127.9.9.9:1"] {
            assert!(parse_base_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://acme.gorgias.com",
            "http://10.0.0.1:8080",
            "http://0.0.0.0:8080",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://[::ffff:10.0.0.1]/",
        ] {
            assert!(matches!(parse_base_url(bad), Err(AddressError::PlainHttp(_))), "{bad}");
        }
    }

    #[test]
    fn addresses_that_could_lead_the_key_astray_are_refused() {
        assert_eq!(parse_base_url("acme.gorgias.com"), Err(AddressError::NotAnAddress));
        assert_eq!(parse_base_url("ftp://acme.gorgias.com"), Err(AddressError::Scheme));
        assert_eq!(parse_base_url("https://me:key@acme.gorgias.com"), Err(AddressError::Credentials));
        assert_eq!(parse_base_url("https://acme.gorgias.com@evil.example"), Err(AddressError::Credentials));
        assert_eq!(parse_base_url("https://acme.gorgias.com/api"), Err(AddressError::NotTheRoot));
        assert_eq!(parse_base_url("https://acme.gorgias.com/?a"), Err(AddressError::NotTheRoot));
    }

    #[test]
    fn the_port_is_part_of_the_name() {
        let name = |text| host_and_port(&parse_base_url(text).unwrap());
        assert_eq!(name("http://127.0.0.1:8080/"), "127.0.0.1:8080");
        assert_eq!(name("https://acme.gorgias.com"), "acme.gorgias.com:443");
        assert_eq!(name("http://[::1]:9"), "[::1]:9");
    }
}
