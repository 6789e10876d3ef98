//! Folders with one file a ticket, and with the files of messages beside them.

use std::io::Write;

use super::*;

const TICKET: &str = r#"{"id":501,"requester_id":9001,"subject":"s","via":{"channel":"email"},"status":"open","created_at":"2024-01-01T00:00:00Z"}"#;
const COMMENT: &str = r#"{"id":88001,"type":"Comment","author_id":9001,"body":"See here","public":true,"created_at":"2024-01-01T00:00:00Z","attachments":[
    {"id":3,"file_name":"a.png","content_url":"https://acme.zendesk.com/attachments/token/x/?name=a.png"},
    {"id":4,"file_name":"only here.pdf"},{"id":5,"file_name":"c.txt","content_url":"https://acme.zendesk.com/attachments/5"},{"id":6,"file_name":"nowhere"}]}"#;
const CALL: &str = r#"{"id":88002,"type":"VoiceComment","author_id":9001,"body":"Call","public":false,"created_at":"2024-01-02T00:00:00Z",
    "data":{"from":"+12025550100","to":"+12025550101","call_id":9,"via_id":34,"recording_url":"https://acme.zendesk.com/calls/9"}}"#;

/// The layout of one folder a comment, as a list of files.
fn layout() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("data/users.json", USERS.into()),
        ("data/tickets/501/ticket.json", TICKET.into()),
        ("data/tickets/501/88001/comment.json", COMMENT.into()),
        ("data/tickets/501/88001/attachments/3/a.png", b"\x89PNG picture".to_vec()),
        // Attachments can be exports, archives, or nothing at all, and still are no records.
        ("data/tickets/501/88001/attachments/4/only here.pdf", TICKET.replace("501", "666").into()),
        ("data/tickets/501/88001/attachments/7/x.zip", b"PK\x03\x04 broken".to_vec()),
        ("data/tickets/501/88001/attachments/8/empty.txt", Vec::new()),
        ("data/tickets/501/88002/comment.json", CALL.into()),
        ("data/tickets/501/88002/recordings/9.mp3", b"ID3 sound".to_vec()),
    ]
}

fn files_of(export: &Export) -> Vec<(String, String, Option<String>)> {
    let messages = export.ticket(501).messages.iter();
    messages
        .flat_map(|message| &message.attachments)
        .map(|file| (file.name.clone(), file.url.clone(), file.local.clone()))
        .collect()
}

fn assert_read(export: &Export, local: impl Fn(&str) -> String) {
    assert_eq!(export.conversations.len(), 1);
    assert_eq!((&export.unreadable, &export.remarks, &export.left_out), (&vec![], &vec![], &vec![]));
    let owned =
        |name: &str, url: &str, path: Option<&str>| (name.to_owned(), url.to_owned(), path.map(&local));
    assert_eq!(
        files_of(export),
        [
            owned(
                "a.png",
                "https://acme.zendesk.com/attachments/token/x/?name=a.png",
                Some("data/tickets/501/88001/attachments/3/a.png")
            ),
            owned("only here.pdf", "", Some("data/tickets/501/88001/attachments/4/only here.pdf")),
            owned("c.txt", "https://acme.zendesk.com/attachments/5", None),
            owned("nowhere", "", None),
            owned(
                "recording-9.mp3",
                "https://acme.zendesk.com/calls/9",
                Some("data/tickets/501/88002/recordings/9.mp3")
            ),
        ]
    );
}

#[test]
fn files_beside_their_comments_are_used_and_never_read_as_records() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in layout() {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    assert_read(&read(folder.path()), |path| folder.path().join(path).to_string_lossy().into_owned());
}

#[test]
fn the_same_in_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("export.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&archive).unwrap());
    for (name, bytes) in layout() {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap();
    assert_read(&read(folder.path()), |path| format!("{}!{path}", archive.display()));
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_of_the_export_are_not_followed_to_files() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let comment = folder.path().join("tickets/501");
    std::fs::create_dir_all(comment.join("attachments/3")).unwrap();
    std::fs::write(comment.join("ticket.json"), TICKET).unwrap();
    std::fs::write(comment.join("comments.json"), COMMENT).unwrap();
    std::os::unix::fs::symlink(secret.path(), comment.join("attachments/3/a.png")).unwrap();
    let export = read(folder.path());
    assert!(files_of(&export).iter().all(|(_, _, local)| local.is_none()));
    assert_eq!(export.remarks, []);
}

#[test]
fn an_export_in_a_folder_named_attachments_is_an_export() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("attachments/12");
    std::fs::create_dir_all(&root).unwrap();
    std::fs::write(
        root.join("ticket.json"),
        TICKET.replace("\"status\"", "\"description\":\"x\",\"status\""),
    )
    .unwrap();
    assert_eq!(read(&root).conversations.len(), 1);
    assert_eq!(read(&root.join("ticket.json")).conversations.len(), 1);
}
