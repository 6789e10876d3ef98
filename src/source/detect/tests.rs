use std::io::Write as _;

use super::marks::recognise;
use super::*;

const TICKET: &str =
    "{\"url\":\"https://acme.zendesk.com/api/v2/tickets/1.json\",\"id\":1,\"requester_id\":2}\n";
const CALLS: &str = "line,datetime (TZ offset incl.),number timezone,direction\nSales,x,y,inbound\n";

fn kind(text: &str) -> Option<SourceKind> {
    recognise(text.as_bytes()).map(|sighting| sighting.kind)
}

#[test]
fn files_are_recognised_by_their_beginning() {
    for zendesk in [
        TICKET,
        "{\"ticket\": {\"id\": 1}}",
        "\u{feff}{\n  \"audits\": [\n    {\"ticket_id\": 1}]}",
        "[{\"id\":1,\"role\":\"end-user\"}]",
        "{\"deleted_tickets\": [{\"id\": 1, \"previous_state\": \"open\"}]}",
        "{\"events\":[{\"id\":\"01H\",\"reference\":\"zen:sunco:message:1\",\"author\":{}}]}",
        "<?xml version=\"1.0\"?>\n<tickets type=\"array\">",
        "Summation column,Id,Requester,Requester id",
        "\"ID\";\"Requester\";\"Subject\"",
        "ID,Name,Email,Suspended,Date created,Last updated,Last sign-in",
        "id,_fivetran_synced,body,created,facebook_comment,public,ticket_id,tweet,user_id,voice_comment",
        "id,_fivetran_synced,active,email,name,only_private_comments,role,ticket_restriction",
        "\u{feff}<accounts type=\"array\"><account>",
    ] {
        assert_eq!(kind(zendesk), Some(SourceKind::Zendesk), "{zendesk}");
    }
    for aircall in [
        CALLS,
        "{\"calls\":[{\"id\":1,\"direct_link\":\"https://api.aircall.io/v1/calls/1\"}]}",
        "{ \"resource\": \"call\", \"event\": \"call.ended\" }",
        "call_id;was_answered_yes__no",
        "2024-01-02T10:00:00Z INFO webhook {\"resource\":\"call\",\"event\":\"call.ended\"}",
        "[2024-01-02 10:00:00] webhook.INFO: {\"resource\":\"message\"} []",
        r#"{"stream":"stdout","log":"{\"resource\":\"call\",\"event\":\"call.ended\"}\n"}"#,
    ] {
        assert_eq!(kind(aircall), Some(SourceKind::Aircall), "{aircall}");
    }
    for other in
        ["", "\n\n", "a,b\n1,2\n", "{\"a\":1}", "<html>", "\u{0}\u{1}", "{", "INFO {\"requester_id\":1}"]
    {
        assert_eq!(kind(other), None, "{other}");
    }
}

#[test]
fn a_zendesk_ticket_about_a_call_is_a_zendesk_ticket() {
    let text =
        format!("{}{}", &TICKET[..TICKET.len() - 2], ",\"recording\":\"https://assets.aircall.io/1\"}");
    assert_eq!(kind(&text), Some(SourceKind::Zendesk));
}

#[test]
fn the_account_is_read_from_its_own_addresses_only() {
    let origin = |text: &str| recognise(text.as_bytes()).and_then(|sighting| sighting.origin);
    assert_eq!(origin(TICKET).as_deref(), Some("acme"));
    assert_eq!(origin("{\"requester_id\":1,\"body\":\"see https://other.zendesk.com/hc/1\"}"), None);
    assert_eq!(origin("{\"requester_id\":1,\"url\":\"https://a b.zendesk.com/api/v2/\"}"), None);
}

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn a_folder_of_one_product_is_named_whole_and_a_mixed_one_by_its_parts() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "zendesk/tickets-1.json", TICKET);
    put(root, "zendesk/tickets-2.json", TICKET);
    put(root, "zendesk/.DS_Store", "x");
    put(root, "calls.csv", CALLS);
    put(root, "notes.txt", "nothing");
    let detection = detect(&[root.to_owned()]).unwrap();
    let short: Vec<_> = detection.found.iter().map(|f| (f.kind, f.paths.clone(), f.files)).collect();
    assert_eq!(
        short,
        [
            (SourceKind::Aircall, vec![root.join("calls.csv")], 1),
            (SourceKind::Zendesk, vec![root.join("zendesk")], 2),
        ]
    );
    assert_eq!(detection.unknown, [root.join("notes.txt")]);
    assert_eq!(detection.found[1].bytes, 2 * TICKET.len() as u64);
    let only = detect(&[root.join("zendesk")]).unwrap();
    assert_eq!(only.found[0].paths, [root.join("zendesk")]);
}

#[test]
fn two_accounts_are_two_exports() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "a/tickets.json", TICKET);
    put(root, "b/tickets.json", &TICKET.replace("acme", "other"));
    put(root, "a/members.csv", "ID,Name,Last sign-in\n");
    let detection = detect(&[root.to_owned()]).unwrap();
    let short: Vec<_> =
        detection.found.iter().map(|f| (f.origin.as_deref(), f.paths.clone(), f.files)).collect();
    assert_eq!(short, [(Some("acme"), vec![root.join("a")], 2), (Some("other"), vec![root.join("b")], 1)]);
}

#[test]
fn archives_are_looked_into() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut archive = zip::ZipWriter::new(fs::File::create(root.join("export.zip")).unwrap());
    archive.start_file("export_1.json", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(TICKET.as_bytes()).unwrap();
    archive.finish().unwrap();
    let mut packed = flate2::write::GzEncoder::new(
        fs::File::create(root.join("calls.csv.gz")).unwrap(),
        flate2::Compression::fast(),
    );
    packed.write_all(CALLS.as_bytes()).unwrap();
    packed.finish().unwrap();
    put(root, "broken.zip", "PK\u{3}\u{4}nonsense");
    let whole = fs::read(root.join("export.zip")).unwrap();
    let mut outer = zip::ZipWriter::new(fs::File::create(root.join("outer.zip")).unwrap());
    for picture in 0..100 {
        outer.start_file(format!("{picture}.jpg"), zip::write::SimpleFileOptions::default()).unwrap();
        outer.write_all(b"\xff\xd8\xff").unwrap();
    }
    outer.start_file("export.zip", zip::write::SimpleFileOptions::default()).unwrap();
    outer.write_all(&whole).unwrap();
    outer.finish().unwrap();
    let directory = whole.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    fs::write(root.join("cut.zip"), &whole[..directory]).unwrap();
    for name in ["outer.zip", "cut.zip"] {
        let detection = detect(&[root.join(name)]).unwrap();
        assert_eq!(detection.found.len(), 1, "{name}");
        assert_eq!(detection.found[0].origin.as_deref(), Some("acme"), "{name}");
    }
    let detection =
        detect(&[root.join("export.zip"), root.join("calls.csv.gz"), root.join("broken.zip")]).unwrap();
    let kinds: Vec<_> = detection.found.iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [SourceKind::Aircall, SourceKind::Zendesk]);
    assert_eq!(detection.unknown, [root.join("broken.zip")]);
}

#[test]
fn a_page_of_suspended_tickets_is_zendesks() {
    let folder = tempfile::tempdir().unwrap();
    put(
        folder.path(),
        "suspended.json",
        r#"{"suspended_tickets": [{"id": 1, "cause": "Detected as spam"}], "count": 1}"#,
    );
    let detection = detect(&[folder.path().to_owned()]).unwrap();
    assert_eq!(detection.found[0].kind, SourceKind::Zendesk);
}

#[test]
fn what_is_not_there_is_told() {
    let error = detect(&["no-such-export".into()]).unwrap_err();
    assert_eq!(error.to_string(), "there is no `no-such-export`");
}

#[test]
fn the_samples_are_recognised() {
    let Some(samples) = std::env::var_os("SAMPLES_DIR").map(PathBuf::from) else {
        println!("skipped: SAMPLES_DIR is not set");
        return;
    };
    for (name, kind) in [("zendesk", SourceKind::Zendesk), ("aircall", SourceKind::Aircall)] {
        let detection = detect(&[samples.join(name)]).unwrap();
        assert!(detection.unknown.is_empty(), "{:?}", detection.unknown);
        assert!(detection.found.iter().all(|found| found.kind == kind), "{name}");
        assert!(!detection.found.is_empty());
    }
}

proptest::proptest! {
    #[test]
    fn any_beginning_is_recognised_or_not_without_panic(head in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        drop(recognise(&head));
    }
}

#[test]
fn utf16_is_recognised_wherever_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let units = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let big: Vec<u8> = format!("\u{feff}{CALLS}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    fs::write(root.join("calls.csv"), big).unwrap();
    fs::write(root.join("tickets.json"), units(TICKET)).unwrap();
    let mut packed = flate2::write::GzEncoder::new(
        fs::File::create(root.join("t.gz")).unwrap(),
        flate2::Compression::fast(),
    );
    packed.write_all(&units(&format!("\u{feff}{TICKET}"))).unwrap();
    packed.finish().unwrap();
    let detection = detect(&[root.to_owned()]).unwrap();
    let short: Vec<_> = detection.found.iter().map(|f| (f.kind, f.origin.as_deref(), f.files)).collect();
    assert_eq!(short, [(SourceKind::Aircall, None, 1), (SourceKind::Zendesk, Some("acme"), 2)]);
    assert!(detection.unknown.is_empty(), "{:?}", detection.unknown);
}

/// A pipe that is opened waits for ever; a link to a folder above leads in circles.
#[cfg(unix)]
#[test]
fn pipes_and_circles_of_links_are_not_entered() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "tickets.json", TICKET);
    let pipe = root.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for name in ["a", "b", "c"] {
        std::os::unix::fs::symlink(root, root.join(name)).unwrap();
    }
    std::os::unix::fs::symlink(root.join("gone"), root.join("leads nowhere")).unwrap();
    put(root, "half.json.crdownload", TICKET);
    let (send, receive) = std::sync::mpsc::channel();
    let exports = [root.to_owned(), pipe.clone()];
    // On its own thread, so that a wait fails the test.
    std::thread::spawn(move || send.send(detect(&exports)));
    let detection = receive.recv_timeout(std::time::Duration::from_secs(20)).unwrap().unwrap();
    assert_eq!((detection.found.len(), detection.found[0].files), (1, 1));
    let unknown: Vec<_> = ["a", "b", "c", "leads nowhere", "pipe"]
        .map(|name| root.join(name))
        .into_iter()
        .chain([pipe])
        .collect();
    assert_eq!(detection.unknown, unknown);
    assert_eq!(detect(&[root.join("a")]).unwrap().found.len(), 1);
}
