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

/// Ten times the rate of an API key, so that the recording is short.
const LIMIT: (u32, Duration) = (400, Duration::from_secs(20));

/// What the fixtures' config has beside: the canary waits a second instead of ten.
const QUICK: &str = "\n[safety]\ncanary_seconds = 1\n";

/// What a recording is for: a bar of tickets and of files, the verdict, and the next command.
const TO_BE_SEEN: [&str; 4] = ["tickets   ", "bucket ", "No request that could send mail was made", "next: "];

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
    fs::write(&config, text + QUICK)?;
    let recorded = recording::record(built, folder, &["gorgias-import run --yes", "gorgias-import status"])?;
    runtime.block_on(stand_in.stop());
    if let Some(missing) = TO_BE_SEEN.iter().find(|words| !recorded.shows(words)) {
        return Err(format!("the recording does not show `{missing}`:\n{}", recorded.text()).into());
    }
    fs::write(out.join("run.cast"), recorded.cast()?)?;
    fs::write(out.join("run.svg"), svg::animated(&recorded))?;
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
