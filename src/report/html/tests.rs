//! The page: what it answers first, that it loads nothing, that it stays short.

use jiff::tz::TimeZone;

use super::*;
use crate::model::finding::Code;
use crate::report::calls::{CallPlan, Pace};
use crate::report::compared::Compared;
use crate::report::examples;
use crate::report::schedule::Budget;

fn page(document: &ValidationDocument) -> String {
    validation_page(
        document,
        Page { zone: &TimeZone::UTC, findings_csv: Some("all findings.csv"), next: None },
    )
}

fn scheduled() -> ValidationDocument {
    let budget = Budget { pace: Pace::default(), reserve_percent: 0, reserve_times: None };
    examples::document().with_schedule("2026-03-01T23:55:00Z".parse().unwrap(), &budget)
}

#[test]
fn the_first_screen_answers_the_four_questions() {
    let page = page(&scheduled());
    let first = &page[page.find("<main>").unwrap()..page.find("<nav").unwrap()];
    for answer in [
        "Not all of it yet: 2 records are blocked",
        "1,201 tickets",
        "3,601 messages</span>",
        "10 min",
        "Started now, it would end on Mon 2 Mar between 00:04 and 00:05",
        "3 records",
        "2 blocked",
        "1 left out on purpose",
    ] {
        assert!(first.contains(answer), "{answer}\n{first}");
    }
}

#[test]
fn what_is_complete_is_a_yes_and_what_lacks_something_is_not() {
    let mut document = examples::document();
    document.findings.clear();
    document.totals.unreadable = 0;
    document.overview.missing.clear();
    assert!(page(&document).contains("Yes, you can go ahead"));
    document.overview.missing.push("comments for 1,203 tickets are not in these files".into());
    let text = page(&document);
    assert!(text.contains("You can go ahead, but something is missing"));
    assert!(text.contains("<li>comments for 1,203 tickets are not in these files</li>"));
    assert!(page(&examples::empty_document()).contains("There is nothing to import yet"));
}

#[test]
fn the_page_has_every_section_and_loads_nothing() {
    let page = page(&scheduled());
    for text in [
        "GI-A003",
        "correct the row",
        "aircall:call:2700000001",
        "plot-tickets-wide",
        "plot-messages-narrow",
        "plot-calls-wide",
        "plot-budget-wide",
        "zendesk:ticket:400",
        "prefers-color-scheme:dark",
    ] {
        assert!(page.contains(text), "{text}");
    }
    for forbidden in ["<script", "http://", "https://", "src=", "url(", "@import"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let links = page.match_indices("href=\"").map(|(at, word)| &page[at + word.len()..]);
    assert!(links.into_iter().all(|link| link.starts_with('#') || link.starts_with("./")));
}

/// Every plot has words for those who do not see it, and ids are told once.
#[test]
fn plots_have_titles_and_ids_are_unique() {
    let page = page(&scheduled());
    let ids: Vec<&str> = page
        .match_indices(" id=\"")
        .map(|(at, word)| page[at + word.len()..].split('"').next().unwrap())
        .collect();
    let distinct: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "{ids:?}");
    assert_eq!(page.matches("role=\"img\"").count(), 8);
    for (at, word) in page.match_indices("aria-labelledby=\"") {
        let named = page[at + word.len()..].split('"').next().unwrap();
        assert!(named.split(' ').all(|id| ids.contains(&id)), "{named}");
    }
    assert_eq!(
        page.matches("fill=\"").count() + page.matches("stroke=\"").count(),
        0,
        "a colour was written"
    );
}

#[test]
fn what_a_run_would_do_with_a_later_export_is_on_the_page() {
    assert!(!page(&examples::document()).contains("What a run would do now"));
    let mut document = examples::document();
    document.ledger = Some(Compared { create: 5, append: 3, update: 2, unchanged: 1_190, conflict: 1 });
    let page = page(&document);
    let section = &page[page.find("id=\"ledger\"").unwrap()..page.find("id=\"lost\"").unwrap()];
    for words in ["Create", "Append", "Update", "Unchanged", "1,190", "told and not carried out"] {
        assert!(section.contains(words), "{words}: {section}");
    }
}

#[test]
fn texts_of_the_export_are_escaped() {
    let mut document = scheduled();
    let example = &mut document.findings[0].examples[0];
    example.detail = Some("<script>alert(1)</script>".to_owned());
    example.file = Some("<img src=x onerror=y>".to_owned());
    document.overview.longest[0].key = "<b>".into();
    let page = page(&document);
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"));
    assert!(page.contains("&lt;script&gt;alert(1)"));
}

/// 100,000 findings of every code are told by a page that a telephone can open, with a way to all of them.
#[test]
fn many_findings_make_no_long_page() {
    let mut document = scheduled();
    let example = document.findings[0].examples[0].clone();
    document.findings = Code::ALL
        .iter()
        .map(|code| crate::report::FindingGroup {
            code: *code,
            severity: code.severity(),
            count: 100_000,
            summary: code.summary().into(),
            remedy: code.remedy().into(),
            examples: vec![example.clone(); 10],
        })
        .collect();
    let page = page(&document);
    assert!(page.len() < 600_000, "{}", page.len());
    assert!(page.contains("<a href=\"./all%20findings.csv\">all findings.csv</a>"));
    assert!(page.contains("and 99,990 more in <a"));
}

#[test]
fn an_empty_export_has_a_page_too() {
    let mut validation = crate::report::Validation::new();
    let document = validation.finish(&CallPlan::default(), Pace::default()).unwrap();
    let page = page(&document);
    assert!(!page.contains("<figure") && page.contains("GI-I012"));
}
