//! A headless Chromium, and the program that serves what it looks at.
//!
//! The browser is driven in the Chrome DevTools Protocol over `--remote-debugging-pipe`: JSON ended by a zero byte on the
//! file handles 3 and 4. Two named pipes stand for those, so no unsafe code and no web socket is needed.

mod axe;
mod base64;
mod chromium;
mod network;
mod program;
mod tab;

pub use axe::faults;
pub use chromium::Browser;
pub use network::strangers;
pub use program::{Program, program, repository, validation_report};
pub use tab::{Scheme, Tab};
