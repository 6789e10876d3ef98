//! The pages of the stand-in, in a browser.

use browser::{Browser, Program, Scheme, Tab, faults, strangers};
use serde_json::json;

const WIDE: (u32, u32) = (1440, 900);
const NARROW: (u32, u32) = (390, 844);

/// Opens the link and waits for the inbox that it leads to.
fn enter(tab: &mut Tab<'_>, program: &Program) {
    tab.open(program.link());
    tab.until("location.pathname === '/' && document.readyState === 'complete'");
}

/// A tab of this width and height that shows the inbox.
fn inside<'a>(browser: &'a mut Browser, program: &Program, size: (u32, u32), scheme: Scheme) -> Tab<'a> {
    let mut tab = browser.tab(size.0, size.1, scheme);
    enter(&mut tab, program);
    tab
}

/// The pages that there are, one of each kind. `ticket` is the path of the ticket to show.
fn kinds(ticket: &str, customer: &str) -> Vec<String> {
    let pages = [
        "/",
        "/?sort=ugliest",
        "/?q=tent&channel=email",
        "/?q=nothinglikethis",
        "/requests",
        "/requests?show=problems",
    ];
    let mut all: Vec<String> = pages.map(str::to_owned).to_vec();
    all.extend(["/outbox", "/no-such-page", ticket, customer].map(str::to_owned));
    all
}

/// The source record lies below up to fifty messages there.
#[test]
fn on_a_telephone_a_link_leads_to_the_source_record() {
    let program = Program::rehearse(&[]);
    let mut browser = Browser::start();
    let mut tab = inside(&mut browser, &program, NARROW, Scheme::Light);
    tab.type_into("#q", "standing order hut");
    tab.enter();
    tab.follow(".rows h3 a");
    let top = "document.querySelector('#source').getBoundingClientRect().top";
    assert!(tab.eval(top).as_f64().unwrap() > 5_000.0, "it is far below");
    tab.eval("document.querySelector(\".jumps a[href='#source']\").focus()");
    tab.press("Enter");
    tab.until(&format!("{top} > -1 && {top} < {}", NARROW.1));
    assert_eq!(tab.eval("document.activeElement.id"), "source", "the keyboard goes on from there");
    tab.click(".source .up a");
    tab.until("document.querySelector('#subject').getBoundingClientRect().top > -1");
}

#[test]
fn a_reader_gets_from_the_inbox_to_the_source_record_and_back() {
    let program = Program::rehearse(&[]);
    let mut browser = Browser::start();
    let mut tab = inside(&mut browser, &program, WIDE, Scheme::Light);
    assert!(tab.text(".tiles").contains("355"), "{}", tab.text(".tiles"));
    assert_eq!(tab.count(".rows > li"), 50);
    assert!(tab.text(".tiles .good").contains("Nobody would have been written to"));

    tab.follow(".pager a[rel=next]");
    assert_eq!(tab.count(".rows > li"), 50);
    tab.follow(".pager a[rel=prev]");

    tab.type_into("#q", "standing order hut");
    tab.enter();
    assert!(tab.address().contains("q=standing"), "{}", tab.address());
    assert_eq!(tab.count(".rows > li"), 1, "{}", tab.text("main"));

    tab.follow(".rows h3 a");
    assert!(tab.text("h1").contains("Standing order"));
    assert_eq!(tab.count("article.message"), 50, "620 messages come in parts");
    tab.follow(".pager a[rel=next]");
    assert!(tab.text("article.message .number").contains("#51"));
    let record = tab.text(".source pre");
    assert!(record.contains("\"ticket\": {"), "the record as it stands in the export");
    assert!(tab.text(".source .facts").contains("_tickets"), "{}", tab.text(".source .facts"));
    tab.click(".source details:last-of-type summary");
    assert!(tab.text(".source details:last-of-type pre").contains("zendesk:comment:"));

    let codes =
        tab.eval("[...document.querySelectorAll('.findings > li > p > .chip')].map(e => e.innerText)");
    let codes: Vec<&str> = codes.as_array().unwrap().iter().filter_map(|code| code.as_str()).collect();
    let unlike: std::collections::BTreeSet<&&str> = codes.iter().collect();
    assert!(!codes.is_empty() && unlike.len() == codes.len(), "a code is told once: {codes:?}");

    tab.follow("aside .facts a");
    assert!(tab.address().contains("/customers/"));
    assert!(tab.text("aside").contains("@"), "how to reach them");
    assert_eq!(tab.count(".rows > li"), 1);

    tab.follow("header nav a[href='/requests']");
    assert!(tab.text(".tiles").contains("The bucket never ran over"));
    assert_eq!(
        tab.eval("[...document.querySelectorAll('svg.plot')].filter(e => e.checkVisibility()).length"),
        2
    );
    assert_eq!(tab.eval("document.querySelector('svg.plot.wide path, svg.plot.wide polyline, svg.plot.wide polygon') !== null"), true);
    let axes =
        tab.eval("[...document.querySelectorAll('svg.plot.wide text')].map(e => e.textContent).join('|')");
    for name in ["seconds after the first request", "requests in the bucket", "requests a second"] {
        assert!(axes.as_str().unwrap().contains(name), "{name}: {axes}");
    }
    assert_eq!(tab.count("table.log tbody tr"), 100);
    tab.follow("nav[aria-label='Pages of the log'] a[rel=next]");
    assert_eq!(tab.count("table.log tbody tr"), 100);

    tab.follow("header nav a[href='/outbox']");
    assert!(tab.text(".proud").contains("Nobody would have been written to."));
}

#[test]
fn filters_narrow_the_list() {
    let program = Program::rehearse(&[]);
    let mut browser = Browser::start();
    let mut tab = inside(&mut browser, &program, WIDE, Scheme::Dark);
    let choose = |tab: &mut Tab<'_>, name: &str, value: &str| {
        tab.follow(".brand");
        tab.eval(&format!("document.querySelector('select[name={name}]').value = '{value}'"));
        tab.follow("button[type=submit]");
        assert_eq!(tab.eval(&format!("document.querySelector('select[name={name}]').value")), value);
    };
    choose(&mut tab, "channel", "chat");
    let channels =
        tab.eval("[...document.querySelectorAll('.rows .meta')].every(e => e.innerText.includes('Chat'))");
    assert!(channels == true && tab.count(".rows > li") > 0);
    choose(&mut tab, "status", "open");
    assert_eq!(tab.count(".rows .status.open"), tab.count(".rows > li"));
    for name in ["agent", "tag", "finding"] {
        tab.follow(".brand");
        let value =
            tab.eval(&format!("document.querySelector('select[name={name}] option:nth-child(2)').value"));
        let label =
            tab.eval(&format!("document.querySelector('select[name={name}] option:nth-child(2)').innerText"));
        choose(&mut tab, name, value.as_str().unwrap());
        let counted = label.as_str().unwrap().rsplit_once('(').unwrap().1.trim_end_matches(')').to_owned();
        assert!(
            tab.text(".list-head .soft").starts_with(&format!("{counted} ticket")),
            "{label}: {}",
            tab.text(".list-head")
        );
    }
    choose(&mut tab, "sort", "ugliest");
    assert_eq!((tab.count(".rows > li"), tab.text(".rows .why").contains("620 messages")), (20, true));
}

#[test]
fn the_link_opens_once() {
    let program = Program::rehearse(&["--limit", "5"]);
    let mut browser = Browser::start();
    let mut tab = browser.tab(WIDE.0, WIDE.1, Scheme::Light);
    tab.open(program.base());
    assert!(tab.text("h1").contains("open with a link"));
    enter(&mut tab, &program);
    tab.open(program.link());
    tab.until("location.pathname === '/'");
    let mut other = Browser::start();
    let mut tab = other.tab(WIDE.0, WIDE.1, Scheme::Light);
    tab.open(program.link());
    assert!(tab.text("h1").contains("open with a link"));
    tab.open(&format!("{}/requests", program.base()));
    assert!(tab.text("h1").contains("open with a link"));
}

/// What a message may try: to run, to load, to look a name up, to lead away, to hide itself.
const HOSTILE: &str = "<div><style>body{display:none} p{background:url(https://style.tracker.example/a)}</style>\
    <link rel=preconnect href=https://preconnect.tracker.example><link rel=dns-prefetch href=https://dns.tracker.example>\
    <meta http-equiv=refresh content='0;url=https://refresh.tracker.example/'><base href='https://base.tracker.example/'>\
    <script>top.document.title='ran'</script><img src=x onerror=\"top.document.title='ran'\">\
    <img src=https://image.tracker.example/p.png alt=A><img srcset='https://set.tracker.example/p.png 1x'>\
    <svg onload=\"top.document.title='ran'\"><image href=https://svg.tracker.example/a /></svg>\
    <video src=https://video.tracker.example/a autoplay poster=https://poster.tracker.example/a></video>\
    <iframe src=https://frame.tracker.example/></iframe><object data=https://object.tracker.example/></object>\
    <form action=https://form.tracker.example/><button>go</button></form>\
    <p>Words that must be seen</p><a href=https://link.tracker.example/ ping=https://ping.tracker.example/>a link</a></div>";

fn hostile_ticket(program: &Program) -> u64 {
    program.ticket(&json!({
        "channel": "email", "via": "api", "subject": "Hostile <script>document.title='ran'</script>", "status": "closed",
        "created_datetime": "2024-03-05T10:00:00Z", "customer": {"email": "joan@customer.example", "name": "<img src=https://name.tracker.example/>"},
        "messages": [{
            "channel": "email", "via": "api", "from_agent": false, "sender": {"email": "joan@customer.example"}, "body_html": HOSTILE,
            "body_text": "Words that must be seen", "source": {"type": "email", "from": {"address": "joan@customer.example"}, "to": [{"address": "support@acme.example"}]},
            "created_datetime": "2024-03-05T10:00:00Z", "sent_datetime": "2024-03-05T10:00:00Z",
            "attachments": [{"url": "https://file.tracker.example/a.png", "name": "a.png", "size": 3, "content_type": "image/png"}],
        }],
    }))
}

#[test]
fn a_script_in_a_message_does_not_run_and_nothing_is_fetched() {
    let program = Program::sandbox();
    let id = hostile_ticket(&program);
    let mut browser = Browser::start();
    let mut tab = inside(&mut browser, &program, WIDE, Scheme::Light);
    tab.open(&format!("{}/tickets/{id}", program.base()));
    let seen = tab.eval(
        "document.querySelector('iframe').getAttribute('sandbox') === '' && document.scripts.length === 0",
    );
    assert_eq!(seen, true);
    assert!(tab.text(".withheld").contains("script taken out"), "{}", tab.text(".withheld"));
    // The outer wall alone: what the inner one takes out is put back.
    let back = format!(
        "document.querySelector('iframe').srcdoc += {}; new Promise(done => setTimeout(() => done(true), 1500))",
        json!(HOSTILE)
    );
    tab.eval(&back);
    tab.click("iframe");
    assert!(!tab.eval("document.title").as_str().unwrap().starts_with("ran"));
    assert!(tab.address().ends_with(&format!("/tickets/{id}")), "{}", tab.address());
    let elsewhere: Vec<String> = tab
        .requested()
        .into_iter()
        .filter(|url| !url.starts_with(program.base()) && !url.starts_with("data:") && url != "about:srcdoc")
        .collect();
    let blocked = |url: &&String| !url.contains("tracker.example");
    assert!(elsewhere.iter().filter(blocked).count() == 0, "{elsewhere:?}");
}

#[test]
fn the_inner_wall_lets_no_name_be_looked_up() {
    let program = Program::sandbox();
    let id = hostile_ticket(&program);
    let mut browser = Browser::start();
    let mut tab = inside(&mut browser, &program, WIDE, Scheme::Light);
    for page in ["/".to_owned(), format!("/tickets/{id}")] {
        tab.open(&format!("{}{page}", program.base()));
        tab.eval("new Promise(done => setTimeout(() => done(true), 1500))");
    }
    let shown = tab.eval("document.querySelector('iframe').srcdoc");
    assert!(shown.as_str().unwrap().contains("Words that must be seen"));
    let asked: Vec<String> =
        tab.requested().into_iter().filter(|url| url.contains("tracker.example")).collect();
    assert!(asked.is_empty(), "{asked:?}");
    let log = browser.close();
    assert!(log.contains("127.0.0.1"), "the log has something in it");
    assert_eq!(strangers(&log), std::collections::BTreeSet::new());
}

#[test]
fn every_page_is_readable_in_both_schemes_on_wide_and_narrow_screens() {
    let program = Program::rehearse(&["--faults", "light"]);
    let mut browser = Browser::start();
    let mut tab = inside(&mut browser, &program, WIDE, Scheme::Light);
    tab.open(&format!("{}/?sort=ugliest", program.base()));
    let path = |tab: &mut Tab<'_>, selector: &str| {
        tab.eval(&format!("document.querySelector({}).getAttribute('href')", json!(selector)))
            .as_str()
            .unwrap()
            .to_owned()
    };
    let ticket = path(&mut tab, ".rows li:nth-child(4) h3 a");
    tab.open(&format!("{}{ticket}", program.base()));
    let customer = path(&mut tab, "aside .facts a");
    let mut wrong = Vec::new();
    for (width, height) in [WIDE, NARROW] {
        for scheme in [Scheme::Light, Scheme::Dark] {
            let mut tab = browser.tab(width, height, scheme);
            for page in kinds(&ticket, &customer) {
                tab.open(&format!("{}{page}", program.base()));
                let ground = tab.eval("getComputedStyle(document.body).backgroundColor");
                let is_dark = ground.as_str().unwrap().starts_with("rgb(14");
                assert_eq!(is_dark, scheme == Scheme::Dark, "{page}: {ground}");
                if tab.overflows() {
                    wrong.push(format!("{page} at {width}: wider than the screen"));
                }
                // Every fault that axe knows, grave or not.
                wrong.extend(
                    faults(&mut tab)
                        .into_iter()
                        .map(|fault| format!("{page} at {width}, {scheme:?}: {fault}")),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let log = browser.close();
    assert_eq!(strangers(&log), std::collections::BTreeSet::new());
}

#[test]
fn on_a_telephone_the_log_shows_every_answer_without_scrolling() {
    let program = Program::rehearse(&["--limit", "20"]);
    let mut browser = Browser::start();
    let mut tab = inside(&mut browser, &program, NARROW, Scheme::Light);
    tab.open(&format!("{}/requests", program.base()));
    let hidden = "[...document.querySelectorAll('table.log tbody td')].filter(e => e.getBoundingClientRect().right > innerWidth).length";
    assert_eq!((tab.eval(hidden), tab.count("table.log .answer") > 0), (0.into(), true));
}

#[test]
fn the_keyboard_is_enough() {
    let program = Program::rehearse(&["--limit", "60"]);
    let mut browser = Browser::start();
    let mut tab = inside(&mut browser, &program, NARROW, Scheme::Light);
    tab.press("Tab");
    assert_eq!(tab.eval("document.activeElement.innerText"), "Skip to content");
    assert_eq!(
        tab.eval("document.activeElement.getBoundingClientRect().top >= 0"),
        true,
        "it is seen once it has the focus"
    );
    tab.press("Enter");
    tab.until("document.activeElement.id === 'main'");
    tab.press("Tab");
    assert_eq!(tab.eval("document.activeElement.id"), "q");
    tab.press("Tab");
    assert_eq!(tab.eval("document.activeElement.id"), "more", "the filters can be unfolded");
    for _ in 0..12 {
        tab.press("Tab");
        if tab.eval("document.activeElement.closest('.rows') !== null") == true {
            break;
        }
    }
    let outlined = "getComputedStyle(document.activeElement.closest('li')).outlineStyle === 'solid'";
    assert_eq!(tab.eval(outlined), true, "the row with the focus is marked");
    tab.enter();
    assert!(tab.address().contains("/tickets/"), "{}", tab.address());
}
