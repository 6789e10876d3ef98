//! Who we are to Gorgias: an agent's email and key, or an OAuth token that is read again once when it is refused.

use std::fmt;
use std::sync::{Arc, RwLock};

use futures::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};

/// What is sent with each request. Cannot be displayed.
#[derive(Clone)]
pub enum Login {
    /// HTTP Basic: the key's owner and the key.
    Basic {
        /// The owner's address.
        email: String,
        /// The API key.
        key: SecretString,
    },
    /// OAuth2.
    Bearer {
        /// The access token.
        token: SecretString,
    },
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Login::Basic(..)",
            Self::Bearer { .. } => "Login::Bearer(..)",
        })
    }
}

/// Where an access token comes from: a file, a command, the environment.
pub trait TokenSource: Send + Sync {
    /// Reads it again; `None` if that is not possible.
    fn read(&self) -> BoxFuture<'_, Option<SecretString>>;
}

/// The login in use.
pub struct Credentials {
    current: RwLock<Current>,
    source: Option<Arc<dyn TokenSource>>,
    refreshing: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Current {
    generation: u64,
    login: Arc<Login>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

impl Credentials {
    /// An API key and its owner.
    pub fn basic(email: impl Into<String>, key: SecretString) -> Self {
        Self::new(Login::Basic { email: email.into(), key }, None)
    }

    /// An access token, and where to read the next one.
    pub fn bearer(token: SecretString, source: Option<Arc<dyn TokenSource>>) -> Self {
        Self::new(Login::Bearer { token }, source)
    }

    fn new(login: Login, source: Option<Arc<dyn TokenSource>>) -> Self {
        let current = RwLock::new(Current { generation: 0, login: Arc::new(login) });
        Self { current, source, refreshing: tokio::sync::Mutex::new(()) }
    }

    /// The login and its number, which [`Credentials::refresh`] wants.
    pub(super) fn current(&self) -> (Arc<Login>, u64) {
        let current = self.current.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        (Arc::clone(&current.login), current.generation)
    }

    /// Called when the login numbered `refused` was refused. Says whether there is another one to try. Calls that were
    /// refused at the same time share one reading.
    pub(super) async fn refresh(&self, refused: u64) -> bool {
        let Some(source) = &self.source else { return false };
        let _one_at_a_time = self.refreshing.lock().await;
        let (login, generation) = self.current();
        if generation != refused {
            return true;
        }
        let Some(token) = source.read().await else { return false };
        if matches!(&*login, Login::Bearer { token: old } if old.expose_secret() == token.expose_secret()) {
            return false;
        }
        let mut current = self.current.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        *current = Current { generation: generation + 1, login: Arc::new(Login::Bearer { token }) };
        true
    }
}
