use super::super::call::Audio;
use super::*;

const HEADER: &[&str] = &[
    "line",
    "datetime (tz offset incl.)",
    "number timezone",
    "datetime (utc)",
    "direction",
    "from",
    "to",
    "answered",
    "user",
    "duration (total)",
    "duration (in call)",
    "recording",
    "comments",
    "tags",
    "call start time",
    "call end time",
    "aircall number",
    "customer number",
    "call id",
    "call type",
    "waiting time",
    "call id (internal)",
    "call timeline",
];

const GOOD: &[&str] = &[
    "Support FR",
    "2025-06-02 11:15:00",
    "Europe/Paris",
    "2025-06-02 09:15:00",
    "inbound",
    "33639980001",
    "33199000001",
    "Yes",
    "Ana Perez",
    "95",
    "80",
    "https://assets.aircall.io/calls/2700000001/recording",
    "",
    "Refund",
    "2025-06-02 11:15:00",
    "2025-06-02 11:16:35",
    "Support FR (+33 1 99 00 00 01)",
    "+33 6 39 98 00 01",
    "CA0123456789abcdef0123456789abcdef",
    "Answered",
    "00:00:15",
    "2700000001",
    "",
];

/// Reads the good row with some cells changed.
fn read_with(
    changes: &[(&str, &str)],
    order: Option<DateOrder>,
    zone: Option<&str>,
) -> Result<(Call, Vec<Finding>), Finding> {
    let mut cells: Vec<&str> = GOOD.to_vec();
    for (name, cell) in changes {
        cells[HEADER.iter().position(|header| header == name).unwrap()] = cell;
    }
    let columns = Columns::of(&HEADER.to_vec().into(), &BTreeMap::new()).unwrap();
    let cells = StringRecord::from(cells);
    let source = SourceName::new("aircall").unwrap();
    let zone = zone.map(|name| TimeZone::get(name).unwrap());
    let context = RowContext { source: &source, order, has_both_orders: false, timezone: zone.as_ref() };
    Row::new(&cells, &columns).read(&context, &Place::default())
}

fn call_with(changes: &[(&str, &str)]) -> (Call, Vec<(Code, String)>) {
    let (call, findings) = read_with(changes, None, None).unwrap();
    let said = findings.into_iter().map(|f| (f.code, f.place.unwrap().field.unwrap_or_default().to_string()));
    (call, said.collect())
}

#[test]
fn a_good_row_gives_the_facts_of_the_example() {
    let (call, findings) = call_with(&[]);
    let mut expected = super::super::call::tests::call();
    (expected.ivr_seconds, expected.team, expected.ended_by) = (None, None, None);
    expected.ivr = Vec::new();
    expected.extra = BTreeMap::from([("number timezone".into(), "Europe/Paris".into())]);
    assert_eq!(call, expected);
    assert!(findings.is_empty());
}

#[test]
fn the_start_is_the_best_clock_of_the_row() {
    const NO_UTC: (&str, &str) = ("datetime (utc)", "");
    const NO_LOCAL: (&str, &str) = ("datetime (tz offset incl.)", "");
    const NO_ZONE: (&str, &str) = ("number timezone", "");
    const NO_REPORT: (&str, &str) = ("call start time", "");
    let start = |changes: &[(&str, &str)], zone| {
        read_with(changes, None, zone)
            .map(|(call, _)| call.started.to_string())
            .map_err(|finding| finding.code)
    };
    let fraction = ("datetime (utc)", "2025-06-02 09:15:00.083");
    assert_eq!(start(&[fraction], None).as_deref(), Ok("2025-06-02T09:15:00.083Z"));
    assert_eq!(start(&[NO_UTC], None).as_deref(), Ok("2025-06-02T09:15:00Z"));
    assert_eq!(start(&[("datetime (utc)", "#####")], None).as_deref(), Ok("2025-06-02T09:15:00Z"));
    assert_eq!(start(&[NO_UTC, NO_LOCAL], Some("Europe/Paris")).as_deref(), Ok("2025-06-02T09:15:00Z"));
    assert_eq!(start(&[NO_UTC, NO_ZONE], Some("Asia/Tokyo")).as_deref(), Ok("2025-06-02T02:15:00Z"));
    let offset = ("datetime (tz offset incl.)", "2025-06-02 11:15:00 +0300");
    assert_eq!(start(&[NO_UTC, offset], None).as_deref(), Ok("2025-06-02T08:15:00Z"));
    assert_eq!(start(&[NO_UTC, NO_ZONE], None), Err(Code::CallZoneMissing));
    assert_eq!(start(&[NO_UTC, NO_LOCAL], None), Err(Code::CallZoneMissing));
    assert_eq!(start(&[NO_UTC, NO_LOCAL, NO_REPORT], None), Err(Code::BadClock));
    // The night on which Paris skips 02:30.
    let skipped = ("datetime (tz offset incl.)", "2025-03-30 02:30:00");
    assert_eq!(start(&[NO_UTC, skipped], None), Err(Code::BadClock));
    // The day of a line is its own, not that of UTC.
    let late = ("datetime (utc)", "2025-06-02 23:15:00");
    assert_eq!(read_with(&[late], None, None).unwrap().0.local_date.to_string(), "2025-06-03");
}

#[test]
fn slashed_dates_need_an_order() {
    let slashed =
        [("datetime (utc)", "02/06/2025 09:15"), ("datetime (tz offset incl.)", "02/06/2025 11:15")];
    let refused = read_with(&slashed, None, None).unwrap_err();
    assert_eq!(
        (refused.code, refused.key.as_deref()),
        (Code::AmbiguousDates, Some("aircall:call:2700000001"))
    );
    let day_first = read_with(&slashed, Some(DateOrder::Dmy), None).unwrap().0;
    assert_eq!(day_first.started.to_string(), "2025-06-02T09:15:00Z");
    let month_first = read_with(&slashed, Some(DateOrder::Mdy), None).unwrap().0;
    assert_eq!(month_first.started.to_string(), "2025-02-06T09:15:00Z");
    let rescued = read_with(&slashed[..1], None, None).unwrap().0;
    assert_eq!(rescued.started.to_string(), "2025-06-02T09:15:00Z", "the local clock was not rewritten");
}

#[test]
fn ids_come_from_the_id_the_links_the_sid_and_the_facts() {
    const LOST: (&str, &str) = ("call id (internal)", "2.7E+09");
    const NO_LINK: (&str, &str) = ("recording", "");
    const NO_SID: (&str, &str) = ("call id", "");
    let id = |changes: &[(&str, &str)]| {
        let (call, said) = call_with(changes);
        (call.id.to_string(), said)
    };
    assert_eq!(id(&[("call id (internal)", "2700000001.0")]).0, "2700000001");
    assert_eq!(id(&[LOST]), ("2700000001".into(), vec![]));
    let timeline = ("call timeline", "https://dashboard.aircall.io/calls/2700000001/timeline");
    assert_eq!(id(&[("call id (internal)", ""), NO_LINK, timeline]), ("2700000001".into(), vec![]));
    let (provider, said) = id(&[LOST, NO_LINK]);
    assert_eq!(provider, "CA0123456789abcdef0123456789abcdef");
    assert_eq!(said, [(Code::BadCell, "call id (internal)".into())]);
    let none = [("call id (internal)", ""), NO_LINK, NO_SID];
    let (facts, said) = id(&none);
    assert!(facts.starts_with("facts-") && facts.len() == 30, "{facts}");
    assert_eq!(said, [(Code::NoCallId, String::new())]);
    assert_eq!(facts, id(&[none[0], none[1], none[2], ("from", "+33 6 39 98 00 01")]).0);
    assert_ne!(facts, id(&[none[0], none[1], none[2], ("duration (total)", "96")]).0);
}

#[test]
fn numbers_are_recovered_or_told_to_be_lost() {
    let (call, said) = call_with(&[("from", "3.3639E+10"), ("to", "3,3E+10")]);
    assert_eq!(call.customer.known(), Some("+33639980001"));
    assert_eq!(call.line.number.as_deref(), Some("+33199000001"));
    assert!(said.is_empty());
    let (call, said) = call_with(&[("from", "3.3639E+10"), ("customer number", "")]);
    assert_eq!(call.customer, Number::Destroyed);
    assert_eq!(said, [(Code::NumberDestroyed, "customer number".into())]);
    let (call, said) = call_with(&[("to", "3,3E+10"), ("aircall number", "")]);
    assert_eq!((call.line.number, call.line.name.as_deref()), (None, Some("Support FR")));
    assert_eq!(said, [(Code::NumberDestroyed, "aircall number".into())]);
    let (call, said) = call_with(&[("from", "anonymous"), ("customer number", "")]);
    assert_eq!((call.customer, said.len()), (Number::Hidden, 0));
    let (call, _) = call_with(&[("direction", "Outbound"), ("customer number", ""), ("aircall number", "")]);
    assert_eq!(
        (call.customer.known(), call.line.number.as_deref()),
        (Some("+33199000001"), Some("+33639980001"))
    );
}

#[test]
fn bad_cells_are_told_and_passed_over() {
    let changes = [
        ("duration (total)", "long"),
        ("answered", "maybe"),
        ("waiting time", "x"),
        ("number timezone", "Mars/Base"),
        ("call end time", "2025-06-02 11:10:00"),
    ];
    let (call, said) = call_with(&changes);
    assert!(call.answered, "the type says so");
    assert_eq!((call.ended, call.answered_at, call.total_seconds), (None, None, None));
    let fields: Vec<&str> = said.iter().map(|(_, field)| field.as_str()).collect();
    assert_eq!(fields, ["number timezone", "duration (total)", "waiting time", "answered"]);
    assert!(said.iter().all(|(code, _)| *code == Code::BadCell));
    let refused = read_with(&[("direction", "sideways")], None, None).unwrap_err();
    assert_eq!(refused.code, Code::BadDirection);
}

#[test]
fn the_end_is_known_from_the_report_where_the_duration_is_missing() {
    let (call, _) = call_with(&[("duration (total)", "")]);
    assert_eq!(call.ended.unwrap().to_string(), "2025-06-02T09:16:35Z");
    assert_eq!(call.total_seconds, Some(95));
}

#[test]
fn texts_and_links() {
    let (call, _) =
        call_with(&[("comments", "one\r\ntwo"), ("tags", "a, b/c ,a"), ("user", "[No associated user]")]);
    assert_eq!(call.comments[0].text, "one\ntwo");
    assert_eq!(call.tags, ["a", "b/c"]);
    assert_eq!(call.agent, None);
    let (call, _) = call_with(&[("recording", "https://bucket.s3.example/x.mp3?X-Amz-Expires=600")]);
    assert_eq!(call.recording, Some(Audio::Kept));
}

#[test]
fn better_copies_score_higher() {
    let columns = Columns::of(&HEADER.to_vec().into(), &BTreeMap::new()).unwrap();
    let score = |changes: &[(usize, &str)]| {
        let mut cells = GOOD.to_vec();
        for (at, cell) in changes {
            cells[*at] = cell;
        }
        Row::new(&StringRecord::from(cells), &columns).score()
    };
    let whole = score(&[]);
    assert!(score(&[(12, "a comment")]) > whole);
    assert!(whole > score(&[(5, "3.3E+10")]), "a destroyed number");
    assert!(whole > score(&[(3, "2/6/2025 9:15"), (1, "")]), "a rewritten date");
    assert!(whole > score(&[(3, "x"), (1, "x"), (14, "x"), (12, "a comment")]), "no start at all");
}

proptest::proptest! {
    #[test]
    fn any_cells_are_read_or_refused_without_panic(
        cells in proptest::collection::vec(".{0,30}", HEADER.len()),
        hostile in proptest::collection::vec("[-=+@#0-9E/:., ]{0,24}", HEADER.len()),
        direction in "inbound|outbound",
    ) {
        let columns = Columns::of(&HEADER.to_vec().into(), &BTreeMap::new()).unwrap();
        let source = SourceName::new("aircall").unwrap();
        let context = RowContext { source: &source, order: Some(DateOrder::Dmy), has_both_orders: false, timezone: Some(&TimeZone::UTC) };
        for mut cells in [cells, hostile] {
            cells[4].clone_from(&direction);
            for good in [false, true] {
                if good {
                    cells[3] = "2025-06-02 09:15:00".into();
                }
                let record = StringRecord::from(cells.clone());
                let row = Row::new(&record, &columns);
                row.score();
                match row.read(&context, &Place::default()) {
                    Ok((call, findings)) => {
                        let key = call.id.conversation_key(&source);
                        proptest::prop_assert!(key.as_str().len() < 100);
                        proptest::prop_assert!(findings.iter().all(|f| f.key.as_deref() == Some(key.as_str())));
                        if good {
                            proptest::prop_assert_eq!(call.started.to_string(), "2025-06-02T09:15:00Z");
                        }
                    }
                    Err(finding) => proptest::prop_assert!(!good, "{:?}", finding),
                }
            }
        }
    }
}
