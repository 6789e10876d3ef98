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
