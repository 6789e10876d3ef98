//! Pictures of a page by a browser without a window.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Fault;

/// A page is drawn within a second; a browser that hangs must not stop the pictures for ever.
const PATIENCE: Duration = Duration::from_mins(2);

/// Windows narrower than this are not made; a narrow page is shown in a frame.
const WINDOW_MIN: u32 = 500;

/// What the reader prefers.
#[derive(Clone, Copy)]
pub(super) enum Scheme {
    Light,
    Dark,
}

/// The browser of this machine.
pub(super) fn find() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let known = ["chromium", "chromium-browser", "google-chrome"];
    named.or_else(|| {
        let candidates = known.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        candidates.into_iter().find(|candidate| candidate.is_file())
    })
}

/// Puts what is seen of `page` in a window of this size into `out`.
pub(super) fn picture(
    browser: &Path,
    page: &Path,
    scheme: Scheme,
    (width, height): (u32, u32),
    out: &Path,
) -> Result<(), Fault> {
    let folder = tempfile::tempdir()?;
    // The frame keeps the page's width where the window is wider, and hides its scroll bar.
    let frame = folder.path().join("frame.html");
    fs::write(
        &frame,
        format!(
            "<meta charset=utf-8><meta name=color-scheme content='light dark'><body style='margin:0;overflow:hidden;background:#aab3bf'>\
             <iframe src='file://{}' style='width:{width}px;height:9000px;border:0;display:block;margin:0 auto'></iframe>",
            page.display()
        ),
    )?;
    let address = format!("file://{}", frame.display());
    take(browser, &folder, scheme, (width.max(WINDOW_MIN), height), &address, out)
}

/// The same of an address.
pub(super) fn picture_of_address(
    browser: &Path,
    address: &str,
    size: (u32, u32),
    out: &Path,
) -> Result<(), Fault> {
    take(browser, &tempfile::tempdir()?, Scheme::Light, size, address, out)
}

fn take(
    browser: &Path,
    folder: &TempDir,
    scheme: Scheme,
    (width, height): (u32, u32),
    address: &str,
    out: &Path,
) -> Result<(), Fault> {
    let preferred = match scheme {
        Scheme::Dark => 0,
        Scheme::Light => 1,
    };
    let mut child = Command::new(browser)
        .args(["--headless", "--disable-gpu", "--no-sandbox", "--no-first-run", "--hide-scrollbars"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        // The link of a rehearsal leads on by itself; without this the picture may be of the page before.
        .arg("--virtual-time-budget=4000")
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--blink-settings=preferredColorScheme={preferred}"))
        .arg(format!("--window-size={width},{height}"))
        .arg(format!("--screenshot={}", out.display()))
        .arg(address)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let begun = Instant::now();
    while child.try_wait()?.is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill()?;
            return Err("the browser did not end".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    if out.is_file() { Ok(()) } else { Err(format!("the browser did not write {}", out.display()).into()) }
}
