//! What is said of every way in which it can stand.

use super::*;

fn about() -> About {
    let started = "2026-03-01T10:00:00Z".parse().unwrap();
    About { account: "acme".to_owned(), started, run: Some(3), ledger: "l1".to_owned() }
}

fn document() -> VerificationDocument {
    let mut document = VerificationDocument::new(about());
    document.complete();
    let spaces = Difference::new(Aspect::Html, MatchClass::Normalised, "", "the same to whoever reads it");
    document.count(MatchClass::Identical, &[]);
    document.count(MatchClass::Normalised, &[spaces.clone(), spaces.clone()]);
    document
}

#[test]
fn a_good_end_says_what_normalised_means() {
    let mut document = document();
    assert_eq!(document.normalised_by[&Aspect::Html], 1, "tickets are counted, not messages");
    insta::assert_snapshot!(verification_verdict(&document), @"All 2 tickets checked are in Gorgias as sent: 1 identical, 1 equal after normalisation.");
    document.sample = Some(SampleProof {
        population: 50_214,
        size: 459,
        seed: 7,
        confidence_percent: 99.0,
        at_most: 498,
        at_most_percent: 0.9917,
    });
    insta::assert_snapshot!(verification_verdict(&document), @"All 2 tickets checked are in Gorgias as sent: 1 identical, 1 equal after normalisation. With 99 % confidence at most 0.99 % of the 50,214 tickets differ (498 of them).");
}

#[test]
fn a_bad_end_names_every_class_and_the_first_differences() {
    let mut document = document();
    document.count(MatchClass::Missing, &[]);
    document.count(MatchClass::Extra, &[]);
    document.not_checked.rejected = 2;
    document.differences_csv = Some("runs/0003/differences.csv".to_owned());
    document.differences.push(DifferentTicket {
        key: "zendesk:ticket:7".to_owned(),
        gorgias_id: 82,
        link: "https://acme.gorgias.com/app/ticket/82".to_owned(),
        class: MatchClass::Missing,
        details: vec![
            Difference::new(Aspect::Message, MatchClass::Missing, "there", "not there")
                .of("zendesk:comment:1"),
        ],
    });
    document.verdict = verification_verdict(&document);
    insta::assert_snapshot!(verification_text(&document));
}

#[test]
fn nothing_checked_is_no_success() {
    let mut none = VerificationDocument::new(about());
    none.complete();
    assert!(verification_verdict(&none).starts_with("Nothing was checked"));
    assert_eq!(none.outcome(), Outcome::Differs);
}

#[test]
fn cells_of_the_list_cannot_run_in_a_spreadsheet() {
    let mut out = Vec::new();
    let mut csv = DifferencesCsv::new(&mut out).unwrap();
    csv.ticket(&DifferentTicket {
        key: "zendesk:ticket:7".to_owned(),
        gorgias_id: 82,
        link: "x".to_owned(),
        class: MatchClass::Differs,
        details: vec![Difference::new(Aspect::Tags, MatchClass::Differs, "=1+1", "others")],
    })
    .unwrap();
    csv.finish().unwrap();
    drop(csv);
    let text = String::from_utf8(out).unwrap();
    assert!(text.ends_with("differs,zendesk:ticket:7,82,x,tags,,'=1+1,others\n"), "{text}");
}

#[test]
fn whatever_was_planned_and_is_not_there_is_said_and_no_success() {
    let after = |change: &dyn Fn(&mut VerificationDocument)| {
        let mut document = document();
        change(&mut document);
        (document.outcome(), verification_verdict(&document))
    };
    assert_eq!(after(&|_| {}).0, Outcome::AsSent);
    let (outcome, said) = after(&|it| {
        (it.not_checked.pending, it.not_checked.unknown, it.not_checked.gone) = (7, 1, 2);
    });
    assert_eq!(outcome, Outcome::Differs);
    insta::assert_snapshot!(said, @"Not all of the selection is in Gorgias: 2 deleted or merged there since, 1 with an unknown outcome, 7 not sent yet. All 2 tickets checked are in Gorgias as sent: 1 identical, 1 equal after normalisation.");
    let (outcome, said) = after(&|it| it.not_checked.rejected = 3);
    assert_eq!(outcome, Outcome::ButRejected);
    assert!(said.starts_with("Not all of the selection is in Gorgias: 3 rejected. All 2"), "{said}");
    let (outcome, said) = after(&|it| it.lacking = Lacking { tickets: 1, waiting: 4, ..Lacking::default() });
    assert_eq!(outcome, Outcome::Differs);
    assert!(said.starts_with("1 ticket lacks messages: 4 not sent yet. All 2"), "{said}");
    for on_purpose in [
        &(|it: &mut VerificationDocument| it.not_checked.left_out = 3) as &dyn Fn(&mut VerificationDocument),
        &|it| it.not_checked.undone = 3,
        &|it| it.not_checked.not_sampled = 3,
    ] {
        assert_eq!(after(on_purpose).0, Outcome::AsSent);
    }
}

#[test]
fn files_that_could_not_be_had_are_known_gaps() {
    let mut document = document();
    document.files = FileCounts { compared: 8, hashed: 8, gaps: 3, links: 1, tickets: 2 };
    insta::assert_snapshot!(verification_verdict(&document), @"All 2 tickets checked are in Gorgias as sent: 1 identical, 1 equal after normalisation. Known gaps in 2 tickets: of their files 3 could not be had when their message was sent, which names them, 1 stayed links to where they were. 8 of 8 files were read back, with the content that was sent.");
}

#[test]
fn what_was_stopped_is_no_verdict() {
    let mut document = document();
    (document.state, document.ended) = ("partial", false);
    document.not_checked.not_reached = 38;
    assert_eq!(document.outcome(), Outcome::Differs);
    assert!(verification_verdict(&document).starts_with("It was stopped after 2 of 40 tickets"));
}

#[test]
fn what_could_not_be_read_is_named_and_keeps_a_verification_from_being_complete() {
    let mut document = document();
    document.state = "partial";
    document.not_checked.not_reached = 1;
    document.complete();
    assert_eq!((document.is_partial(), document.outcome()), (true, Outcome::Differs));
    let verdict = verification_verdict(&document);
    assert!(
        verdict.starts_with("1 of 3 tickets could not be read, so this says nothing of it."),
        "{verdict}"
    );
}
