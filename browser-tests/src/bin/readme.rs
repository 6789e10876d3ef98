//! The pictures of pages in the README, from the real program into the folder that is named: the report of the fixtures,
//! light, dark and as a telephone shows it, and the inbox of their rehearsal. A picture is taken once the page shows what
//! it is for, however slow the machine is.

use std::path::Path;

use browser::{Browser, Program, Scheme, Tab, validation_report};

fn main() {
    let folder = std::env::args_os().nth(1).expect("readme FOLDER");
    let folder = Path::new(&folder);
    let mut browser = Browser::start();
    let (_kept, page) = validation_report();
    for (name, scheme, (width, height)) in [
        ("report-light.png", Scheme::Light, (1180, 1500)),
        ("report-dark.png", Scheme::Dark, (1180, 1500)),
        ("report-phone.png", Scheme::Light, (390, 844)),
    ] {
        let mut tab = browser.tab(width, height, scheme);
        tab.open(&format!("file://{}", page.display()));
        tab.until("document.querySelector('h1').innerText.startsWith('You can go ahead')");
        tab.until("[...document.querySelectorAll('svg.plot')].filter(e => e.checkVisibility()).length === 4");
        take(&mut tab, &folder.join(name));
    }
    let program = Program::rehearse(&[]);
    let mut tab = browser.tab(1180, 860, Scheme::Light);
    tab.open(program.link());
    tab.until("location.pathname === '/' && document.readyState === 'complete'");
    tab.until("document.querySelectorAll('.rows > li').length === 50 && document.querySelector('.tiles .good') !== null");
    take(&mut tab, &folder.join("inbox.png"));
}

/// What the window shows, without its scroll bar, with the letters of the page's own fonts.
fn take(tab: &mut Tab<'_>, file: &Path) {
    tab.eval("document.documentElement.style.scrollbarWidth = 'none'; document.fonts.ready.then(() => true)");
    tab.picture(file, false);
}
