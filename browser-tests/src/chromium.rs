//! The browser's process and the protocol.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tab::{Scheme, Tab};

/// How long the browser may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);
/// Names that a package gives the browser.
const NAMES: [&str; 4] =
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/chrome"];

/// A headless Chromium with a profile of its own, that cannot resolve any name.
pub struct Browser {
    child: Child,
    to: File,
    from: Receiver<Value>,
    events: VecDeque<Value>,
    last_id: u64,
    folder: TempDir,
}

fn executable() -> PathBuf {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return path.into();
    }
    let found = NAMES.iter().map(PathBuf::from).find(|path| path.exists());
    found.expect("Chromium is installed (apt-get install chromium), or CHROMIUM names it")
}

impl Browser {
    /// Starts the browser.
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let pipe = |name: &str| {
            let path = folder.path().join(name);
            let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
            assert!(made.success(), "a named pipe can be made");
            path
        };
        let (to, from) = (pipe("to"), pipe("from"));
        let mut command = Command::new("sh");
        command
            .args(["-c", "to=$1 from=$2; shift 2; exec \"$@\" 3<\"$to\" 4>\"$from\"", "sh"])
            .args([&to, &from])
            .arg(executable())
            .args([
                "--headless",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-default-apps",
            ])
            .args([
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--mute-audio",
                "--hide-scrollbars",
                "--lang=en",
            ])
            .arg("--disable-features=OptimizationHints,MediaRouter,Translate")
            // A name that is looked up is a request that leaves; none gets an answer.
            .arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
            .arg(format!("--log-net-log={}", folder.path().join("net.json").display()))
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn().expect("the browser starts");
        let to = File::options().write(true).open(to).expect("the pipe to the browser");
        let from = File::open(from).expect("the pipe from the browser");
        let (said, heard) = channel();
        std::thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut bytes = Vec::new();
            while from.read_until(0, &mut bytes).is_ok_and(|read| read > 0) {
                bytes.pop();
                if let Ok(message) = serde_json::from_slice(&bytes)
                    && said.send(message).is_err()
                {
                    break;
                }
                bytes.clear();
            }
        });
        Self { child, to, from: heard, events: VecDeque::new(), last_id: 0, folder }
    }

    /// Opens a tab of a size, in a colour scheme.
    pub fn tab(&mut self, width: u32, height: u32, scheme: Scheme) -> Tab<'_> {
        let target = self.call(None, "Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call(None, "Target.attachToTarget", attach)["sessionId"]
            .as_str()
            .expect("a session")
            .to_owned();
        Tab::new(self, session, width, height, scheme)
    }

    /// Calls a method and waits for its answer; what happens meanwhile is kept.
    pub(crate) fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.try_call(session, method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The same, where the browser may refuse.
    pub(crate) fn try_call(
        &mut self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, Value> {
        self.last_id += 1;
        let id = self.last_id;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = serde_json::to_vec(&message).expect("JSON");
        bytes.push(0);
        self.to.write_all(&bytes).expect("the browser listens");
        let until = Instant::now() + PATIENCE;
        loop {
            let message = self.next(until, method);
            if message["id"] == id {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].clone()),
                };
            }
            self.events.push_back(message);
        }
    }

    fn next(&mut self, until: Instant, waiting_for: &str) -> Value {
        let left = until.saturating_duration_since(Instant::now());
        self.from
            .recv_timeout(left)
            .unwrap_or_else(|_| panic!("the browser said nothing about {waiting_for}"))
    }

    /// Waits for an event of a session, one that came already counts.
    pub(crate) fn wait_for(&mut self, session: &str, method: &str) -> Value {
        let fits = |event: &Value| event["method"] == method && event["sessionId"] == session;
        if let Some(at) = self.events.iter().position(fits) {
            return self.events.remove(at).expect("it is there");
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let event = self.next(until, method);
            if fits(&event) {
                return event;
            }
            self.events.push_back(event);
        }
    }

    /// Forgets events of a kind, so that the next one is a new one.
    pub(crate) fn forget(&mut self, session: &str, method: &str) {
        self.events.retain(|event| event["method"] != method || event["sessionId"] != session);
    }

    /// The events of a kind that came so far, of all tabs.
    pub(crate) fn events(&self, method: &str) -> Vec<&Value> {
        self.events.iter().filter(|event| event["method"] == method).collect()
    }

    /// Ends the browser and gives its log of the network: everything that it looked up, connected to or asked for.
    pub fn close(mut self) -> String {
        self.call(None, "Browser.close", json!({}));
        self.child.wait().expect("the browser ends");
        std::fs::read_to_string(self.folder.path().join("net.json")).expect("the log of the network")
    }

    /// A folder that goes with the browser.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
