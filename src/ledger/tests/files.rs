use super::*;

#[test]
fn a_file_is_known_by_its_place_and_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let place = |address: &str| ledger.hasher().place(address);
    let (one, other) = (place("https://a.example/1?token=x"), place("https://a.example/2"));
    let content = ContentHash([7; 32]);
    ledger.file_failed(one, "status-404").wait().unwrap();
    assert!(
        matches!(ledger.view().file(one).unwrap(), Some(FileRow::Failed { reason, .. }) if reason == "status-404")
    );
    ledger.file_had(one, content, 12).wait().unwrap();
    // What was had once stays had, whatever becomes of the address.
    ledger.file_failed(one, "status-410").wait().unwrap();
    assert_eq!(ledger.view().file(one).unwrap(), Some(FileRow::Had { content, size: 12 }));
    assert_eq!(ledger.view().file(other).unwrap(), None);
}

#[test]
fn lost_answers_of_uploads_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let content = ContentHash([7; 32]);
    assert_eq!(ledger.intend_upload(content).wait().unwrap(), 0);
    // Certainly not processed: as if it had not been sent.
    ledger.upload_not_sent(content).wait().unwrap();
    assert_eq!(ledger.intend_upload(content).wait().unwrap(), 0);
    assert_eq!(ledger.view().upload(content).unwrap().unwrap().state, PartState::Sending);
    assert_eq!(ledger.intend_upload(content).wait().unwrap(), 1, "its answer was lost");
    ledger.uploaded(content, "https://uploads.example/x.png", "image/png", 12).wait().unwrap();
    let row = ledger.view().upload(content).unwrap().unwrap();
    assert_eq!((row.state, row.sent, row.size), (PartState::Done, 2, Some(12)));
    let count = ledger.view().files().unwrap();
    assert_eq!(count, FilesCount { had: 0, failed: 0, uploaded: 1, unused: 1 });
}

#[test]
fn gaps_are_those_of_messages_in_gorgias_until_they_are_filled() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 2);
    let id = ticket(&ledger, 1).id;
    let gap = |n: u32, address: &str, reason: &str| Gap {
        n,
        place: ledger.hasher().place(address),
        reason: reason.to_owned(),
    };
    ledger.gaps_noted(id, vec![0, 1], vec![gap(0, "a", "silent"), gap(1, "b", "status-404")]).wait().unwrap();
    assert_eq!(ledger.view().gaps(id).unwrap().len(), 2);
    assert_eq!(
        (ledger.view().open_gaps().unwrap(), ledger.view().messages_with_gaps().unwrap()),
        (0, vec![])
    );
    // Made ready again before it was sent: what was noted of a message is replaced, that of others stays.
    ledger.gaps_noted(id, vec![1], vec![gap(1, "c", "too-large")]).wait().unwrap();
    ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
    ledger.ticket_created(id, 5, &[(0, 51), (1, 52)], true).wait().unwrap();
    assert_eq!(ledger.view().open_gaps().unwrap(), 2);
    let at = |n, message| GapAt { ticket: id, gorgias_id: 5, n, message };
    assert_eq!(ledger.view().messages_with_gaps().unwrap(), [at(0, 51), at(1, 52)]);
    // A ticket that is made ready again for the rest of it says nothing new of messages that are there.
    ledger.gaps_noted(id, vec![0, 1], vec![gap(0, "a", "other")]).wait().unwrap();
    assert_eq!(ledger.view().gaps(id).unwrap(), [gap(0, "a", "silent"), gap(1, "c", "too-large")]);
    ledger.gaps_filled(id, 1, vec![gap(1, "c", "").place]).wait().unwrap();
    assert_eq!(ledger.view().gaps(id).unwrap(), [gap(0, "a", "silent")]);
}
