//! The validation report, in a browser: both schemes, wide and narrow, with the accessibility checker.

use browser::{Browser, Scheme, Tab, faults, validation_report};

fn shown(tab: &mut Tab<'_>, selector: &str) -> u64 {
    let count =
        format!("[...document.querySelectorAll('{selector}')].filter(e => e.checkVisibility()).length");
    tab.eval(&count).as_u64().expect("a number")
}

#[test]
fn the_report_is_sound_in_every_scheme_and_width() {
    let (_folder, page) = validation_report();
    let mut browser = Browser::start();
    for scheme in [Scheme::Light, Scheme::Dark] {
        for (width, height) in [(1440, 900), (390, 844)] {
            let mut tab = browser.tab(width, height, scheme);
            tab.open(&format!("file://{}", page.display()));
            assert!(tab.text("h1").contains("You can go ahead"), "{}", tab.text("h1"));
            assert_eq!(shown(&mut tab, "svg.plot"), 4, "tickets, messages, calls, budget");
            assert_eq!(shown(&mut tab, ".tile"), 3);
            assert!(!tab.overflows(), "wider than {width}");
            // What is folded is looked at as well.
            tab.eval("document.querySelectorAll('details').forEach(d => d.open = true); true");
            let grave: Vec<String> = faults(&mut tab)
                .into_iter()
                .filter(|fault| fault.starts_with("serious") || fault.starts_with("critical"))
                .collect();
            assert!(grave.is_empty(), "{scheme:?} at {width}:\n{}", grave.join("\n"));
            assert!(!tab.overflows(), "wider than {width} with everything open");
        }
    }
    let page = format!("file://{}", page.display());
    let tab = browser.tab(800, 600, Scheme::Light);
    let others: Vec<String> = tab.requested().into_iter().filter(|url| *url != page).collect();
    assert!(others.is_empty(), "the page loads nothing: {others:?}");
}

#[test]
fn plots_are_coloured_by_the_scheme_and_codes_lead_to_their_findings() {
    let (_folder, page) = validation_report();
    let mut browser = Browser::start();
    let mut colours = Vec::new();
    for scheme in [Scheme::Light, Scheme::Dark] {
        let mut tab = browser.tab(1440, 900, scheme);
        tab.open(&format!("file://{}", page.display()));
        let fill = "getComputedStyle(document.querySelector('svg.plot.wide .t-customer')).fill";
        colours.push(tab.eval(fill));
        // A page that scrolls smoothly is not where the mouse was meant to go.
        tab.eval("document.documentElement.style.scrollBehavior = 'auto'; true");
        tab.click("#threads a");
        tab.until("location.hash.startsWith('#GI-')");
        assert_eq!(tab.eval("document.querySelector(location.hash).matches('article.finding')"), true);
    }
    assert_ne!(colours[0], colours[1]);
}
