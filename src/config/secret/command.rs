//! A secret that a command prints: any keyring or password manager.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::{SECRET_BYTES_MAX, SecretError, SecretOrigin};

/// How long a command may take. Long enough for a person to unlock a keyring, short enough for a script to notice.
const PATIENCE: Duration = Duration::from_mins(2);
/// How often the end of the command is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Runs `command` in `folder` and takes what it prints. Its questions and complaints go to the terminal, where a
/// person can answer them.
pub(super) fn read(key: &'static str, command: &str, folder: &Path) -> Result<SecretString, SecretError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(command)
        .current_dir(folder)
        .stdin(Stdio::inherit())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|error| SecretError::Run { key, error })?;
    let output = child.stdout.take();
    let reader = thread::spawn(move || -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if let Some(output) = output {
            output.take(SECRET_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    });
    let status = wait(&mut child, key)?;
    if !status.success() {
        return Err(SecretError::Failed { key, status });
    }
    let bytes = match reader.join() {
        Ok(read) => read.map_err(|error| SecretError::Run { key, error })?,
        Err(_) => Vec::new(),
    };
    String::from_utf8(bytes).map(SecretString::from).map_err(|_| {
        let (command, folder) = (command.to_owned(), folder.to_owned());
        SecretError::Malformed(SecretOrigin::Command { key, command, folder })
    })
}

fn wait(child: &mut Child, key: &'static str) -> Result<ExitStatus, SecretError> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if started.elapsed() < PATIENCE => thread::sleep(LOOK_EVERY),
            Ok(None) => {
                // It may have ended by itself just now; either way it is not waited for any longer.
                drop(child.kill());
                return Err(SecretError::Slow { key, seconds: PATIENCE.as_secs() });
            }
            Err(error) => return Err(SecretError::Run { key, error }),
        }
    }
}
