use super::*;

fn civil(cell: &str, order: Option<DateOrder>) -> Result<String, ClockFault> {
    Written::read(cell).ok_or(ClockFault::Unreadable)?.civil(order).map(|at| at.to_string())
}

#[test]
fn dates_and_their_orders() {
    const DMY: Option<DateOrder> = Some(DateOrder::Dmy);
    const MDY: Option<DateOrder> = Some(DateOrder::Mdy);
    let rows = [
        ("2025-12-04 07:57:14.083", None, "2025-12-04T07:57:14.083"),
        ("2025-12-04T07:57:14Z", None, "2025-12-04T07:57:14"),
        ("2025/12/04 7:57", DMY, "2025-12-04T07:57:00"),
        ("04/12/2025 07:57", DMY, "2025-12-04T07:57:00"),
        ("04/12/2025 07:57", MDY, "2025-04-12T07:57:00"),
        ("4.12.2025 07:57:09", DMY, "2025-12-04T07:57:09"),
        ("12/4/25 7:57", MDY, "2025-12-04T07:57:00"),
        ("12/4/2025 12:57:00 AM", MDY, "2025-12-04T00:57:00"),
        ("12/4/2025 7:57 pm", MDY, "2025-12-04T19:57:00"),
        ("05/05/2025 07:57", None, "2025-05-05T07:57:00"),
        ("  2025-12-04   07:57:14 ", None, "2025-12-04T07:57:14"),
    ];
    for (cell, order, expected) in rows {
        assert_eq!(civil(cell, order).as_deref(), Ok(expected), "{cell}");
    }
    assert_eq!(civil("04/12/2025 07:57", None), Err(ClockFault::Ambiguous));
    let unreadable = [
        "",
        "2025-12-04",
        "07:57",
        "2025-13-04 07:57",
        "2025-02-30 07:57",
        "31/02/2025 07:57",
        "45995.33",
        "2025-12-04 24:00:00",
        "2025-12-04 07:60",
        "2025-12-04 07:57:60",
        "2025-12-04 -7:57",
        "13/13/2025 07:57",
        "2025-12-04 13:57 PM",
        "2025-12-04 0:57 AM",
        "04/12/125 07:57",
        "2025-12-04 07:57:14.0123456789",
        "#### 7:57",
        "2025-12-04 07:57 Paris",
        "0/1/2025 07:57",
        "2025-12-04-01 07:57",
    ];
    for cell in unreadable {
        assert_eq!(civil(cell, DMY), Err(ClockFault::Unreadable), "{cell}");
    }
}

#[test]
fn two_cells_are_read_as_one_clock() {
    let at = |date, time| Written::read_two(date, time).unwrap().civil(None).unwrap().to_string();
    assert_eq!(at("2021-03-04", "10:22:01"), "2021-03-04T10:22:01");
    assert_eq!(at("2021-03-04 00:00:00", "10:22:01"), "2021-03-04T10:22:01");
    assert!(Written::read_two("", "10:22:01").is_none() && Written::read_two("2021-03-04", "").is_none());
}

#[test]
fn offsets_are_kept() {
    let offset = |cell| Written::read(cell).unwrap().offset().map(Offset::seconds);
    assert_eq!(offset("2025-06-02 11:15:00 +02:00"), Some(7200));
    assert_eq!(offset("2025-06-02 11:15:00-0530"), Some(-19_800));
    assert_eq!(offset("2025-06-02 11:15:00 UTC"), Some(0));
    assert_eq!(offset("2025-06-02 11:15:00"), None);
}

#[test]
fn the_order_is_decided_by_the_file_then_by_the_config() {
    let order = |cells: &[&str], configured| {
        let mut evidence = DateEvidence::default();
        for cell in cells {
            evidence.see(&Written::read(cell).unwrap());
        }
        evidence.order(configured)
    };
    assert_eq!(order(&["4/12/2025 1:00", "25/12/2025 1:00"], None), Some(DateOrder::Dmy));
    assert_eq!(order(&["12/25/2025 1:00"], Some(DateOrder::Dmy)), Some(DateOrder::Mdy));
    assert_eq!(order(&["4/12/2025 1:00"], None), None);
    assert_eq!(order(&["4/12/2025 1:00"], Some(DateOrder::Dmy)), Some(DateOrder::Dmy));
    assert_eq!(order(&["25/12/2025 1:00", "12/25/2025 1:00"], Some(DateOrder::Dmy)), None);
}

#[test]
fn zones_change_their_clocks() {
    let paris = TimeZone::get("Europe/Paris").unwrap();
    let at = |text: &str| instant(text.parse().unwrap(), &paris);
    let timestamp = |text: &str| text.parse::<Timestamp>().unwrap();
    let plain = Instant { at: timestamp("2025-06-02T09:15:00Z"), repeated: false };
    assert_eq!(at("2025-06-02T11:15:00"), Some(plain));
    // The hour that the clocks skip in March, and the one they show twice in October.
    assert_eq!(at("2025-03-30T02:30:00"), None);
    let twice = Instant { at: timestamp("2025-10-26T00:30:00Z"), repeated: true };
    assert_eq!(at("2025-10-26T02:30:00"), Some(twice));
}

#[test]
fn durations() {
    let rows =
        [("95", 95), ("95.0", 95), ("95,0", 95), ("00:01:35", 95), ("01:35", 95), ("0:01:35", 95), ("0", 0)];
    for (cell, expected) in rows {
        assert_eq!(seconds(cell), Some(expected), "{cell}");
    }
    for cell in ["", "-5", "x", "1:2:3:4", "9999999999", "604801", "1E+3", "1.x", ":"] {
        assert_eq!(seconds(cell), None, "{cell}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_panic(cell in ".{0,40}", clock in "[-0-9/:. TZ+APM]{0,30}") {
        for text in [&cell, &clock] {
            if let Some(written) = Written::read(text) {
                for order in [None, Some(DateOrder::Dmy), Some(DateOrder::Mdy)] {
                    if let Ok(civil) = written.civil(order) {
                        proptest::prop_assert!(civil.year() >= 0);
                    }
                }
            }
            proptest::prop_assert!(seconds(text).is_none_or(|s| s <= DURATION_SECONDS_MAX));
        }
    }

    #[test]
    fn what_aircall_writes_we_read(unix in 1_400_000_000_i64..4_000_000_000, millis in 0_i32..1000) {
        let at = Timestamp::new(unix, millis * 1_000_000).unwrap();
        let cell = at.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string();
        let civil = Written::read(&cell).unwrap().civil(None).unwrap();
        proptest::prop_assert_eq!(instant(civil, &TimeZone::UTC), Some(Instant { at, repeated: false }));
    }
}
