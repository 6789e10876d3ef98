//! One tab: go somewhere, look, click, type.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::base64;
use crate::chromium::Browser;

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A tab.
pub struct Tab<'b> {
    browser: &'b mut Browser,
    session: String,
    width: u32,
    height: u32,
}

impl<'b> Tab<'b> {
    pub(crate) fn new(
        browser: &'b mut Browser,
        session: String,
        width: u32,
        height: u32,
        scheme: Scheme,
    ) -> Self {
        let mut tab = Self { browser, session, width, height };
        for domain in ["Page", "Network", "Runtime", "Log"] {
            tab.call(&format!("{domain}.enable"), json!({}));
        }
        let narrow = width < 600;
        tab.call(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": narrow }),
        );
        let value = if scheme == Scheme::Dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        tab.call("Emulation.setEmulatedMedia", json!({ "features": features }));
        tab
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.browser.call(Some(&self.session), method, params)
    }

    /// Goes to an address and waits until the page is there.
    pub fn open(&mut self, url: &str) {
        self.browser.forget(&self.session, "Page.loadEventFired");
        let gone = self.call("Page.navigate", json!({ "url": url }));
        assert!(gone.get("errorText").is_none(), "{url}: {gone}");
        self.browser.wait_for(&self.session, "Page.loadEventFired");
    }

    /// What an expression gives. One that was asked while a page made room for the next is asked again.
    pub fn eval(&mut self, expression: &str) -> Value {
        let end = Instant::now() + PATIENCE;
        let answer = loop {
            let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
            match self.browser.try_call(Some(&self.session), "Runtime.evaluate", params) {
                Ok(answer) => break answer,
                Err(error) => {
                    let leaves = ["navigated", "context"].iter().any(|word| error.to_string().contains(word));
                    assert!(leaves && Instant::now() < end, "{expression}: {error}");
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
        };
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// The text of the first element that a selector finds.
    pub fn text(&mut self, selector: &str) -> String {
        let found = self.eval(&format!("document.querySelector({})?.innerText ?? null", json!(selector)));
        found.as_str().unwrap_or_else(|| panic!("nothing is {selector} at {}", self.address())).to_owned()
    }

    /// How many elements a selector finds.
    pub fn count(&mut self, selector: &str) -> u64 {
        self.eval(&format!("document.querySelectorAll({}).length", json!(selector)))
            .as_u64()
            .expect("a number")
    }

    /// Where the tab is.
    pub fn address(&mut self) -> String {
        self.eval("location.href").as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    pub fn until(&mut self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        while self.eval(expression) != true {
            assert!(Instant::now() < end, "{expression} never came true at {}", self.address());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Clicks, as the mouse does, in the middle of the first element that a selector finds, and waits for the page that
    /// this opens.
    pub fn follow(&mut self, selector: &str) {
        self.browser.forget(&self.session, "Page.loadEventFired");
        self.click(selector);
        self.browser.wait_for(&self.session, "Page.loadEventFired");
    }

    /// Clicks without waiting for anything.
    pub fn click(&mut self, selector: &str) {
        let middle = format!(
            "(() => {{ const e = document.querySelector({}); if (!e) return null; e.scrollIntoView({{block: 'center'}}); \
             const r = e.getClientRects()[0]; return [r.x + r.width / 2, r.y + r.height / 2]; }})()",
            json!(selector)
        );
        let middle = self.eval(&middle);
        let (x, y) = (middle[0].as_f64(), middle[1].as_f64());
        let (Some(x), Some(y)) = (x, y) else { panic!("nothing is {selector} at {}", self.address()) };
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", params);
        }
    }

    /// Puts the cursor into a field and types.
    pub fn type_into(&mut self, selector: &str, text: &str) {
        self.eval(&format!("document.querySelector({}).focus()", json!(selector)));
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Presses a key: `Enter` or `Tab`.
    pub fn press(&mut self, key: &str) {
        let (code, text) = if key == "Enter" { (13, "\r") } else { (9, "") };
        for kind in ["keyDown", "keyUp"] {
            let mut params = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                params["text"] = text.into();
            }
            self.call("Input.dispatchKeyEvent", params);
        }
    }

    /// Presses Enter and waits for the page that this opens.
    pub fn enter(&mut self) {
        self.browser.forget(&self.session, "Page.loadEventFired");
        self.press("Enter");
        self.browser.wait_for(&self.session, "Page.loadEventFired");
    }

    /// Takes a picture: of what the window shows, or of the whole page.
    pub fn picture(&mut self, file: &Path, whole: bool) {
        let mut params = json!({ "format": "png", "captureBeyondViewport": whole });
        if whole {
            let size = self.call("Page.getLayoutMetrics", json!({}))["cssContentSize"].clone();
            let height = size["height"].as_f64().unwrap_or_default().clamp(1.0, 12_000.0);
            params["clip"] = json!({ "x": 0, "y": 0, "width": self.width, "height": height, "scale": 1 });
        }
        let picture = self.call("Page.captureScreenshot", params);
        let bytes = base64::decode(picture["data"].as_str().expect("a picture"));
        std::fs::write(file, bytes).expect("the picture can be written");
    }

    /// Shows the page as paper does.
    pub fn as_paper(&mut self) {
        self.call("Emulation.setEmulatedMedia", json!({ "media": "print", "features": [] }));
    }

    /// The page as a PDF.
    pub fn printed(&mut self) -> Vec<u8> {
        let pdf = self.call("Page.printToPDF", json!({ "preferCSSPageSize": true }));
        base64::decode(pdf["data"].as_str().expect("a PDF"))
    }

    /// Whether the page is wider than the window.
    pub fn overflows(&mut self) -> bool {
        self.eval("document.documentElement.scrollWidth > document.documentElement.clientWidth") == true
    }

    /// The addresses that were asked for so far, by this browser.
    pub fn requested(&self) -> Vec<String> {
        let events = self.browser.events("Network.requestWillBeSent");
        events
            .iter()
            .filter_map(|event| event["params"]["request"]["url"].as_str().map(str::to_owned))
            .collect()
    }

    /// The height of the window.
    pub fn height(&self) -> u32 {
        self.height
    }
}
