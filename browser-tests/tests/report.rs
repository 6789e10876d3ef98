//! The report of `validate`, in a browser.

use std::collections::BTreeSet;

use browser::{Browser, Scheme, faults, strangers, validation_report};

#[test]
fn the_report_stands_alone_and_is_readable_in_both_schemes_on_wide_and_narrow_screens() {
    let (_folder, file) = validation_report();
    let address = format!("file://{}", file.display());
    let mut browser = Browser::start();
    let mut wrong = Vec::new();
    for (width, height) in [(1440, 900), (390, 844)] {
        for scheme in [Scheme::Light, Scheme::Dark] {
            let mut tab = browser.tab(width, height, scheme);
            tab.open(&address);
            let named = "[...document.querySelectorAll('svg')].filter(e => e.checkVisibility()).every(e => \
                         e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.querySelector('title') || e.getAttribute('aria-hidden'))";
            assert_eq!(tab.eval(named), true, "every plot has a text alternative");
            assert!(tab.count("svg") > 0, "plots are drawn");
            if tab.overflows() {
                wrong.push(format!("{width}: wider than the screen"));
            }
            let grave = faults(&mut tab)
                .into_iter()
                .filter(|fault| fault.starts_with("serious") || fault.starts_with("critical"));
            wrong.extend(grave.map(|fault| format!("{width}, {scheme:?}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(strangers(&browser.close()), BTreeSet::new());
}
