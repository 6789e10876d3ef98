//! Folders: a hundred thousand empty files, links, pipes, and files that change.

use super::{Export, codes, finding, ticket};

#[test]
fn a_hundred_thousand_empty_files_are_one_sentence() {
    let export = Export::new("zendesk");
    for folder in 0..100 {
        let folder = export.path().join(format!("{folder:02}"));
        std::fs::create_dir(&folder).unwrap();
        for file in 0..1_000 {
            std::fs::File::create(folder.join(format!("{file:03}.json"))).unwrap();
        }
    }
    export.put("tickets.json", ticket(1, "x"));
    let validated = export.validate();
    let document = validated.document(1);
    assert_eq!(document["totals"]["tickets"], 1);
    let empty = finding(&document, "GI-I005");
    assert_eq!(empty["count"], 100_000);
    assert_eq!(empty["examples"].as_array().unwrap().len(), 10);
    assert!(validated.stdout.len() < 20_000, "{} bytes", validated.stdout.len());
}

#[cfg(unix)]
#[test]
fn links_pipes_and_devices_are_told_and_never_waited_for() {
    let export = Export::new("zendesk");
    export.put("tickets.json", ticket(1, "x"));
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, export.path().join(name)).unwrap();
    link(".", "loop");
    link("nowhere.json", "dangling.json");
    link("/dev/zero", "zero.json");
    assert!(std::process::Command::new("mkfifo").arg(export.path().join("pipe")).status().unwrap().success());
    let document = export.validate().document(1);
    let told = finding(&document, "GI-I013");
    assert_eq!((&told["count"], &told["severity"]), (&4.into(), &"warn".into()));
}

#[cfg(unix)]
#[test]
fn a_pipe_as_the_export_is_refused_at_once() {
    let export = Export::new("zendesk");
    std::fs::remove_dir(export.path()).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(export.path()).status().unwrap().success());
    let message = export.validate().error(2);
    assert!(message.contains("neither a file nor a folder"), "{message}");
}

#[test]
fn nothing_at_all_is_said_to_be_nothing() {
    let export = Export::new("zendesk");
    assert_eq!(codes(&export.validate().document(0)), ["GI-I012:1"]);
    export.put("a.json", "");
    assert_eq!(codes(&export.validate().document(0)), ["GI-I005:1", "GI-I012:1"]);
}

#[test]
fn what_is_no_export_is_named_file_by_file() {
    let export = Export::new("zendesk");
    export.put("tickets.json", ticket(1, "x"));
    export.put(
        "refused.json",
        r#"{"error":{"title":"Forbidden","message":"You do not have access to this page."}}"#,
    );
    export
        .put("articles.json", r#"{"articles":[{"id":1,"title":"a"},{"id":2,"title":"b"}],"next_page":null}"#);
    export.put("sign-in.html", "<!doctype html><html><body>Please sign in</body></html>");
    export.put("photo.jpg", [0xff, 0xd8, 0xff, 0xe0, 0, 0, 1]);
    export.put("readme.txt", "hello there\n");
    export.put("number.json", "42");
    export.put("list.json", "[1,2]");
    export.put("wanderer.csv", "a,b\n1,2\n3,4\n");
    let document = export.validate().document(7);
    assert_eq!(document["totals"]["tickets"], 1);
    let codes: Vec<String> = codes(&document).into_iter().filter(|code| code.starts_with("GI-I")).collect();
    assert_eq!(codes, ["GI-I001:2", "GI-I004:3", "GI-I006:1", "GI-I007:4"]);
}
