//! A secret in a file that nobody but its owner may read.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use secrecy::SecretString;

use super::{SECRET_BYTES_MAX, SecretError};

/// Reads the file after checking its mode on the open handle, so that it cannot be exchanged in between.
pub(super) fn read(path: &Path) -> Result<SecretString, SecretError> {
    let failed = |error| SecretError::Read { path: path.to_owned(), error };
    let file = File::open(path).map_err(failed)?;
    check_mode(path, &file)?;
    let mut text = String::new();
    // One byte more than allowed shows that there is more; `tidy` then refuses it.
    let limit = SECRET_BYTES_MAX as u64 + 1;
    file.take(limit).read_to_string(&mut text).map_err(failed)?;
    Ok(SecretString::from(text))
}

#[cfg(unix)]
fn check_mode(path: &Path, file: &File) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = file.metadata().map_err(|error| SecretError::Read { path: path.to_owned(), error })?;
    let mode = metadata.permissions().mode() & 0o777;
    // A named pipe (`<(pass show …)`) is private to the process whatever its mode says.
    if metadata.is_file() && mode & 0o077 != 0 {
        return Err(SecretError::Exposed { path: path.to_owned(), mode });
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_mode(_path: &Path, _file: &File) -> Result<(), SecretError> {
    Ok(())
}
