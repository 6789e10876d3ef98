//! Addresses as the ledger knows them: keyed hashes, from which no address can be had without the ledger's salt and
//! a guess.

use std::hash::{BuildHasher, RandomState};
use std::io::Read;

use rusqlite::{Connection, OptionalExtension};

use super::error::LedgerError;
use super::query::LedgerView;
use crate::model::key::PersonKey;
use crate::model::person::Email;

/// A keyed hash of a customer's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressHash(pub(super) [u8; 16]);

impl AddressHash {
    /// A hash that was made before.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// A keyed hash of where a file is: an address on the web, which may carry a token, or a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceHash(pub(crate) [u8; 16]);

/// Hashes addresses with the salt of one ledger, so that the same person has another hash in every ledger.
#[derive(Clone)]
pub struct AddressHasher {
    salt: [u8; 32],
}

impl AddressHasher {
    /// The hash of an email address, without regard to case.
    pub fn email(&self, email: &Email) -> AddressHash {
        self.hash("email", &email.identity())
    }

    /// The hash of a phone number. The caller gives it in one form for all (E.164).
    pub fn phone(&self, number: &str) -> AddressHash {
        self.hash("phone", number.trim())
    }

    /// The hash of a person who has no address and is known by the key alone.
    pub fn person(&self, key: &PersonKey) -> AddressHash {
        self.hash("key", key.as_str())
    }

    /// The hash of where a file is.
    pub fn place(&self, place: &str) -> PlaceHash {
        PlaceHash(self.hash("place", place).0)
    }

    /// A short keyed hash of what is a hash already.
    pub(super) fn short(&self, kind: &str, hash: &[u8]) -> [u8; 8] {
        let mut hasher = blake3::Hasher::new_keyed(&self.salt);
        hasher.update(kind.as_bytes());
        hasher.update(&[0]);
        hasher.update(hash);
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        bytes
    }

    fn hash(&self, kind: &str, address: &str) -> AddressHash {
        let mut hasher = blake3::Hasher::new_keyed(&self.salt);
        hasher.update(kind.as_bytes());
        hasher.update(&[0]);
        hasher.update(address.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        AddressHash(bytes)
    }
}

impl std::fmt::Debug for AddressHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AddressHasher")
    }
}

/// The hasher of this ledger; a new ledger gets its salt now.
pub(super) fn hasher(connection: &Connection) -> Result<AddressHasher, LedgerError> {
    if let Some(hasher) = existing(connection)? {
        return Ok(hasher);
    }
    let salt = fresh_salt();
    connection.execute("INSERT INTO meta (name, value) VALUES ('salt', ?1)", [salt])?;
    Ok(AddressHasher { salt })
}

fn existing(connection: &Connection) -> Result<Option<AddressHasher>, LedgerError> {
    let salt = connection.query_row("SELECT value FROM meta WHERE name = 'salt'", [], |row| row.get(0));
    Ok(salt.optional()?.map(|salt| AddressHasher { salt }))
}

impl LedgerView {
    /// Hashes as this ledger does, for whoever only reads it.
    pub fn hasher(&self) -> Result<Option<AddressHasher>, LedgerError> {
        self.read(existing)
    }
}

/// Thirty-two bytes from the kernel. Where it has no `/dev/urandom`, they are hashed from the keys with which the
/// standard library seeds its maps (which come from the system's generator as well), the process and the time.
fn fresh_salt() -> [u8; 32] {
    let mut salt = [0; 32];
    let kernel = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut salt));
    if kernel.is_ok() {
        return salt;
    }
    let mut hasher = blake3::Hasher::new();
    for number in 0..8_u32 {
        hasher.update(&RandomState::new().hash_one(number).to_le_bytes());
    }
    hasher.update(&std::process::id().to_le_bytes());
    hasher.update(&crate::model::time::now().as_nanosecond().to_le_bytes());
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_depend_on_the_ledger_the_kind_and_the_address_but_not_on_case() {
        let (one, two) = (AddressHasher { salt: fresh_salt() }, AddressHasher { salt: fresh_salt() });
        let email = |text: &str| Email::parse(text).unwrap();
        assert_eq!(one.email(&email("Kim@example.com")), one.email(&email("kim@EXAMPLE.com")));
        assert_ne!(one.email(&email("kim@example.com")), two.email(&email("kim@example.com")));
        assert_ne!(one.phone("+33639980001"), one.hash("key", "+33639980001"));
        assert_ne!(one.phone("+33639980001"), one.phone("+33639980002"));
    }
}
