//! The login of a source account, as a header.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use super::Product;

/// How a source account lets one in.
pub struct Login {
    /// Zendesk: the address of an agent. Aircall: the API id. Absent where the secret is a token of its own (OAuth).
    pub user: Option<String>,
    /// The API token.
    pub secret: SecretString,
}

impl Login {
    /// The value of the `Authorization` header, marked as one that is not to be shown. Nothing where it cannot be one.
    ///
    /// Zendesk takes `ADDRESS/token` and the token, Aircall its id and token (their API documentation).
    pub fn header(&self, product: Product) -> Option<HeaderValue> {
        let secret = self.secret.expose_secret();
        let text = match (&self.user, product) {
            (None, _) => format!("Bearer {secret}"),
            (Some(user), Product::Zendesk) => basic(&format!("{user}/token"), secret),
            (Some(user), Product::Aircall) => basic(user, secret),
        };
        let mut header = HeaderValue::try_from(text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

fn basic(user: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{secret}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_as_the_products_want_them() {
        let login =
            |user: Option<&str>| Login { user: user.map(str::to_owned), secret: SecretString::from("s") };
        let header = login(Some("ops@example.com")).header(Product::Zendesk).unwrap();
        assert_eq!(header, format!("Basic {}", BASE64_STANDARD.encode("ops@example.com/token:s")));
        assert!(header.is_sensitive() && !format!("{header:?}").contains("Basic"));
        let header = login(Some("id")).header(Product::Aircall).unwrap();
        assert_eq!(header, format!("Basic {}", BASE64_STANDARD.encode("id:s")));
        assert_eq!(login(None).header(Product::Zendesk).unwrap(), "Bearer s");
    }
}
