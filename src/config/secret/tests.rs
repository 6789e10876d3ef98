use std::fs;

use super::*;

fn nothing(_: &str) -> Option<String> {
    None
}

fn settings() -> CredentialSettings {
    CredentialSettings { email: Some("ops@example.com".into()), ..CredentialSettings::default() }
}

fn command(text: &str) -> SecretOrigin {
    SecretOrigin::Command { key: "api_key_command", command: text.to_owned(), folder: PathBuf::new() }
}

#[test]
fn a_file_goes_before_a_command_before_the_environment() {
    let environment = |name: &str| (name == API_KEY_VARIABLE).then(|| "from-environment".to_owned());
    let mut settings = settings();
    let origin = |settings: &CredentialSettings| settings.resolve(environment).unwrap().origin().clone();
    assert_eq!(origin(&settings), SecretOrigin::Environment(API_KEY_VARIABLE));
    settings.api_key_command = Some("pass show gorgias".into());
    assert!(matches!(origin(&settings), SecretOrigin::Command { key: "api_key_command", .. }));
    settings.api_key_file = Some("key.txt".into());
    assert_eq!(origin(&settings), SecretOrigin::File("key.txt".into()));
}

#[test]
fn a_token_of_the_file_goes_before_a_key_of_the_environment() {
    let environment = |name: &str| (name == API_KEY_VARIABLE).then(|| "key".to_owned());
    let settings = CredentialSettings { access_token_file: Some("token".into()), ..settings() };
    assert!(matches!(settings.resolve(environment), Ok(Credentials::AccessToken { .. })));
}

#[test]
fn in_the_environment_an_address_speaks_for_the_key() {
    let both = |_: &str| Some("secret".to_owned());
    assert!(matches!(settings().resolve(both), Ok(Credentials::ApiKey { .. })));
    assert!(matches!(CredentialSettings::default().resolve(both), Ok(Credentials::AccessToken { .. })));
}

#[test]
fn what_is_missing_is_named() {
    assert!(matches!(settings().resolve(nothing), Err(SecretError::Absent)));
    assert!(matches!(settings().resolve(|_| Some(String::new())), Err(SecretError::Absent)));
    let only_key = |name: &str| (name == API_KEY_VARIABLE).then(|| "key".to_owned());
    assert!(matches!(CredentialSettings::default().resolve(only_key), Err(SecretError::NoEmail)));
}

#[test]
fn a_refusal_can_name_the_origin_without_the_secret() {
    let environment = |name: &str| (name == API_KEY_VARIABLE).then(|| "hunter2".to_owned());
    let credentials = settings().resolve(environment).unwrap();
    assert_eq!(credentials.describe(), "key from GORGIAS_API_KEY");
    let secret = credentials.origin().read(environment).unwrap();
    assert_eq!(secret.expose_secret(), "hunter2");
    assert!(!format!("{credentials:?} {secret:?}").contains("hunter2"));
}

#[cfg(unix)]
#[test]
fn a_file_is_read_again_each_time_and_only_if_it_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let origin = SecretOrigin::File(path.clone());
    assert!(matches!(origin.read(nothing), Err(SecretError::Read { .. })));
    fs::write(&path, "one\n").unwrap();
    for mode in [0o644, 0o640, 0o604, 0o620] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = origin.read(nothing).unwrap_err();
        assert!(matches!(error, SecretError::Exposed { mode: seen, .. } if seen == mode), "{mode:o}");
        assert!(error.next_step().starts_with("run `chmod 600 "));
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(origin.read(nothing).unwrap().expose_secret(), "one");
    fs::write(&path, "two\r\n").unwrap();
    assert_eq!(origin.read(nothing).unwrap().expose_secret(), "two");
}

#[test]
fn what_could_forge_a_header_is_refused_without_being_shown() {
    for bad in
        ["printf 'a\\nX-Header: b'", "printf 'clé'", "printf '\\377'", "head -c 20000 /dev/zero | tr '\\0' a"]
    {
        let error = command(bad).read(nothing).unwrap_err();
        assert!(matches!(error, SecretError::Malformed(_)), "{bad}: {error}");
        assert!(!error.to_string().contains("X-Header"));
    }
    assert!(matches!(command("true").read(nothing), Err(SecretError::Empty(_))));
}

#[test]
fn a_command_is_believed_only_if_it_succeeds() {
    assert_eq!(command("echo key").read(nothing).unwrap().expose_secret(), "key");
    let error = command("echo key; exit 3").read(nothing).unwrap_err();
    assert!(matches!(error, SecretError::Failed { status, .. } if status.code() == Some(3)));
}

#[test]
fn a_command_runs_in_the_folder_of_the_config() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("key"), "inside").unwrap();
    let origin = SecretOrigin::Command {
        key: "api_key_command",
        command: "cat key".into(),
        folder: folder.path().to_owned(),
    };
    assert_eq!(origin.read(nothing).unwrap().expose_secret(), "inside");
}
