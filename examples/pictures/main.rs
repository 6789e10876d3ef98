//! `make pictures`: the pictures of the README, taken from the real program, so that they stay true.
//!
//! A run against the stand-in is recorded on a terminal of its own (with `script`, which util-linux has): `run.cast` for
//! asciinema, `run.svg` for the README. The validation report of the fixtures is shown to Chromium, light and dark. What
//! the machine lacks is said and left out. No account, and nothing leaves this machine.

mod browser;
mod recording;
mod svg;

use std::error::Error;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use gorgias_import::sandbox::{self, BucketLimit, SandboxOptions};

/// Largest picture: README pages are read on telephones, too.
const PICTURE_MAX: u64 = 200_000;

/// Ten times the rate of an API key, so that the recording is short.
const LIMIT: (u32, Duration) = (400, Duration::from_secs(20));

/// What the fixtures' config has beside: the canary waits a second instead of ten.
const QUICK: &str = "\n[safety]\ncanary_seconds = 1\n";

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
    report(&built, folder.path(), &out)?;
    inbox(&built, folder.path(), &out)?;
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

/// The report of the fixtures, light and dark, and as a telephone shows it.
fn report(built: &Path, folder: &Path, out: &Path) -> Result<(), Fault> {
    let status = Command::new(built.join("gorgias-import"))
        .args(["validate", "-q", "--report", "report.html"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("validate ended with {status}").into());
    }
    let Some(browser) = browser::find() else {
        say("no Chromium here: the pictures of the report stay as they are");
        return Ok(());
    };
    let page = folder.join("report.html");
    for (name, scheme, size) in [
        ("report-light.png", browser::Scheme::Light, (1180, 1500)),
        ("report-dark.png", browser::Scheme::Dark, (1180, 1500)),
        ("report-phone.png", browser::Scheme::Light, (390, 844)),
    ] {
        browser::picture(&browser, &page, scheme, size, &out.join(name))?;
    }
    Ok(())
}

/// The inbox of a rehearsal, as the link that is good for once shows it.
fn inbox(built: &Path, folder: &Path, out: &Path) -> Result<(), Fault> {
    let Some(browser) = browser::find() else { return Ok(()) };
    let mut rehearsal = Command::new(built.join("gorgias-import"))
        .args(["rehearse", "--browse"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let said = rehearsal.stderr.take().ok_or("the rehearsal says nothing")?;
    let mut lines = BufReader::new(said).lines();
    let link = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split_whitespace().find(|word| word.contains("/enter/")).map(str::to_owned));
    let taken = link
        .ok_or_else(|| Fault::from("the rehearsal printed no link"))
        .and_then(|link| browser::picture_of_address(&browser, &link, (1180, 860), &out.join("inbox.png")));
    rehearsal.kill()?;
    rehearsal.wait()?;
    taken
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
