use super::*;

/// Design section 10: under 100 bytes a message at rest, the journal and who was given what included. Ids are as long as
/// real ones.
#[test]
fn a_message_takes_less_than_ninety_bytes() {
    const TICKETS: u32 = 10_000;
    const MESSAGES: u32 = 4;
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let mut seed = fastrand::Rng::with_seed(7);
    let registrations = (0..TICKETS).map(|number| {
        let mut given = registration(100_000 + number, 1_600_000_000_000 + i64::from(number) * 60_000, 0);
        given.fingerprint = Fingerprint(seed.u128(..).to_le_bytes());
        given.messages = (0..MESSAGES)
            .map(|n| RegisteredMessage {
                key: MessageKey::parse(&format!(
                    "zendesk:comment:{}",
                    36_000_000_000_u64 + u64::from(number * MESSAGES + n)
                ))
                .unwrap(),
                fingerprint: MessagePrint(seed.u64(..).to_le_bytes()),
                synthetic: false,
                trace: trace(number * MESSAGES + n),
            })
            .collect();
        given
    });
    ledger.register(registrations).unwrap();
    // As a run does it: newest first, in windows, with a row of the journal for each.
    let mut gorgias_id = 900_000_000_i64;
    let open: Vec<TicketRow> =
        ledger.view().tickets(&Selection::default(), Which::Open).unwrap().collect::<Result<_, _>>().unwrap();
    for window in open.chunks(256) {
        let intents: Vec<_> = window.iter().map(|row| (row.id, PlanHash([3; 16]))).collect();
        ledger.intend_tickets(&intents).wait().unwrap();
        for row in window {
            let messages: Vec<_> = (0..MESSAGES).map(|n| (n, gorgias_id * 4 + i64::from(n))).collect();
            drop(ledger.ticket_created(row.id, gorgias_id, &messages, true));
            let user = Some(519_543_243);
            drop(ledger.in_charge_given(row.id, InCharge { user, team: None }));
            drop(ledger.senders_given(row.id, vec![(1, 519_543_243), (3, 519_543_244)]));
            drop(ledger.journal(RequestRow {
                run: 1,
                ticket: Some(row.id),
                kind: "ticket".into(),
                at_ms: 1_700_000_000_000,
                status: Some(201),
                request_id: Some(format!("{:032x}", seed.u128(..))),
                ms: 170,
                attempt: 1,
            }));
            gorgias_id += 1;
        }
    }
    ledger.flush().wait().unwrap();
    assert_eq!(
        ledger.view().counts(&Selection::default()).unwrap().tickets(TicketState::Done),
        u64::from(TICKETS)
    );
    drop(ledger);
    let each = || {
        let bytes = std::fs::metadata(folder.path().join(database::NAME)).unwrap().len();
        bytes / u64::from(TICKETS * MESSAGES)
    };
    let loose = each();
    let ledger = super::open(folder.path());
    ledger.tidy_when_closed();
    let before = ledger.view().fingerprint().unwrap();
    drop(ledger);
    let packed = each();
    println!("{loose} bytes a message, packed {packed}");
    assert!(loose < 100 && packed < 90, "{loose} and {packed} bytes a message");
    assert!(packed > 30, "{packed} bytes a message: something is missing");
    assert_eq!(super::open(folder.path()).view().fingerprint().unwrap(), before, "and all is there");
}
