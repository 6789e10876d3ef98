//! `make pictures`, the terminal's part: a run against the stand-in, recorded on a terminal of its own (with `script`, which
//! util-linux has) into `docs/pictures`: `run.cast` for asciinema, `run.svg` for the README. No account, and nothing leaves
//! this machine. The pictures of pages are `browser-tests`' part. Then the size of all pictures is looked at.

mod recording;
mod svg;

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use gorgias_import::sandbox::{self, BucketLimit, SandboxOptions};

/// Largest picture: README pages are read on telephones, too.
const PICTURE_MAX: u64 = 200_000;

/// Five times the rate of an API key, so that the recording is short.
const LIMIT: (u32, Duration) = (200, Duration::from_secs(20));

/// What the fixtures' config has beside: the canary waits a second instead of ten.
const QUICK: &str = "\n[safety]\ncanary_seconds = 1\n";

/// What is recorded: the calls of the fixtures, as their recordings can lie beside them, and files are to be seen as well.
const COMMANDS: [&str; 2] = ["gorgias-import run --yes", "gorgias-import status"];

/// What the fixtures' config says of the other export.
const OTHER_SOURCE: &str = "[[source]]\nkind  = \"zendesk\"\npaths = [\"zendesk\"]\n";

/// How the export names where a recording is.
const RECORDED_AT: &str = "https://assets.aircall.io/calls/";

/// What a recording is for: the bars of tickets and files, the level of the bucket, the verdict, and the next command.
const TO_BE_SEEN: [&str; 5] =
    ["tickets   ", "uploaded 0", "bucket ", "No request that could send mail was made", "next: "];

type Fault = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    match take() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            say(&format!("the pictures could not be taken: {fault}"));
            ExitCode::FAILURE
        }
    }
}

fn take() -> Result<(), Fault> {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    fs::create_dir_all(&out)?;
    let own = std::env::current_exe()?;
    let built = own.parent().and_then(Path::parent).ok_or("it runs from a strange place")?.to_owned();
    let folder = tempfile::tempdir()?;
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), folder.path())?;
    run(&built, folder.path(), &out)?;
    for entry in fs::read_dir(&out)? {
        let entry = entry?;
        let bytes = entry.metadata()?.len();
        if bytes > PICTURE_MAX {
            return Err(
                format!("{} has {bytes} bytes, more than {PICTURE_MAX}", entry.path().display()).into()
            );
        }
        say(&format!("{} ({} kB)", entry.path().display(), bytes.div_ceil(1000)));
    }
    Ok(())
}

/// A run against the stand-in, recorded.
fn run(built: &Path, folder: &Path, out: &Path) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let options = SandboxOptions { limit: BucketLimit::new(LIMIT.0, LIMIT.1), ..SandboxOptions::default() };
    let stand_in = runtime.block_on(sandbox::start(options))?;
    let config = folder.join("migration.toml");
    let text = fs::read_to_string(&config)?.replace("http://127.0.0.1:8080", stand_in.base_url());
    let text = text.replace(OTHER_SOURCE, "").replace("mode = \"link\"", "mode = \"upload\"");
    fs::write(&config, text + QUICK)?;
    sounds(&folder.join("aircall"))?;
    let recorded = recording::record(built, folder, &COMMANDS)?;
    runtime.block_on(stand_in.stop());
    if let Some(missing) = TO_BE_SEEN.iter().find(|words| !recorded.shows(words)) {
        return Err(format!("the recording does not show `{missing}`:\n{}", recorded.text()).into());
    }
    fs::write(out.join("run.cast"), recorded.cast()?)?;
    fs::write(out.join("run.svg"), svg::animated(&recorded))?;
    Ok(())
}

/// Lays the recordings of all calls beside the export, as somebody who downloaded them has them: so no host is asked.
fn sounds(export: &Path) -> Result<(), Fault> {
    for entry in fs::read_dir(export)?.collect::<Result<Vec<_>, _>>()? {
        let text = fs::read(entry.path())?;
        for found in String::from_utf8_lossy(&text).split(RECORDED_AT).skip(1) {
            let (call, rest) = found.split_once('/').ok_or("an address of a recording names no call")?;
            let name = if rest.starts_with("voicemail") {
                format!("{call}-voicemail.mp3")
            } else {
                format!("{call}.mp3")
            };
            // Each has something of its own, as what is the same is uploaded once.
            fs::write(export.join(name), format!("ID3\u{4}\0\0\0\0\0\0 of call {call}"))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A line for whoever takes the pictures. Nobody can be told that the terminal is gone.
fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").ok();
}
