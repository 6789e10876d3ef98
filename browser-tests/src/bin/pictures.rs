//! Takes pictures of the pages: `pictures FOLDER LINK PATH...`, each in light and dark, wide and narrow. A path may be a
//! whole address, as of a report: `file:///...`. Says how long each answer took.

use std::path::Path;

use browser::{Browser, Scheme};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, link, paths @ ..] = arguments.as_slice() else {
        panic!("pictures FOLDER LINK PATH...");
    };
    let base = link.split("/enter/").next().expect("a link");
    let mut browser = Browser::start();
    browser.tab(800, 600, Scheme::Light).open(link);
    for (scheme, name) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
        for (width, height) in [(1440, 900), (390, 844)] {
            let mut tab = browser.tab(width, height, scheme);
            for path in paths {
                let whole = path.contains("://");
                tab.open(&if whole { path.clone() } else { format!("{base}{path}") });
                let took = tab.eval(
                    "(e => Math.round(e.responseEnd - e.requestStart))(performance.getEntriesByType('navigation')[0])",
                );
                eprintln!("{took} ms  {path}");
                let file: String =
                    path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
                let file = format!("{}-{width}-{name}.png", file.trim_matches('-'));
                tab.picture(&Path::new(folder).join(file), true);
                if tab.overflows() {
                    eprintln!("{path} is wider than {width}");
                }
            }
        }
    }
}
