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
fn plots_say_what_their_axes_count_and_the_first_screen_fits() {
    let (_folder, page) = validation_report();
    let mut browser = Browser::start();
    let mut tab = browser.tab(1440, 900, Scheme::Light);
    tab.open(&format!("file://{}", page.display()));
    let letters =
        tab.eval("[...document.querySelectorAll('svg.plot.wide text')].map(e => e.textContent).join('|')");
    for unit in ["tickets", "messages", "a bar is a", "calls a second", "calls done"] {
        assert!(letters.as_str().unwrap().contains(unit), "{unit}: {letters}");
    }
    let unnamed = "[...document.querySelectorAll('svg.plot')].filter(e => !e.querySelector('title') || !e.querySelector('desc')).length";
    assert_eq!(tab.eval(unnamed), 0, "every plot has a title and a description");
    // Verdict and the three answers are seen without scrolling.
    let bottom = tab.eval("document.querySelector('.tiles').getBoundingClientRect().bottom");
    assert!(bottom.as_f64().unwrap() < 900.0, "{bottom}");
}

#[test]
fn on_paper_it_is_light_and_whole() {
    let (_folder, page) = validation_report();
    let mut browser = Browser::start();
    let mut tab = browser.tab(794, 1123, Scheme::Dark);
    tab.open(&format!("file://{}", page.display()));
    tab.as_paper();
    assert_eq!(tab.eval("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
    assert_eq!(shown(&mut tab, "nav"), 0);
    assert_eq!(shown(&mut tab, "svg.plot"), 4);
    assert!(!tab.overflows());
    let pdf = tab.printed();
    assert!(pdf.starts_with(b"%PDF") && pdf.len() < 2_000_000, "{} bytes", pdf.len());
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
