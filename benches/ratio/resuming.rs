//! Going on after most of the work is done, with the program as people run it, against the stand-in.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use gorgias_import::sandbox::{self, BucketLimit, Observation, Phase, SandboxOptions, SeedUser};

use crate::data;
use crate::line::{Line, Want};
use crate::program::Project;

/// Messages of each ticket.
const MESSAGES: u32 = 4;
/// Tickets that are left to upload.
const LEFT: usize = 200;

/// How many tickets are done; `BENCH_RESUME_TICKETS` changes it.
fn tickets() -> usize {
    std::env::var("BENCH_RESUME_TICKETS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000)
}

/// When the account was first asked, and first written to.
#[derive(Default)]
struct Seen {
    first: Option<Instant>,
    first_write: Option<Instant>,
}

/// Time to the first request, and what the ledger weighs.
pub(crate) fn resume() -> Vec<Line> {
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let watching = Arc::clone(&seen);
    let observer = move |request: &Observation| {
        if request.phase == Phase::Received {
            let mut seen = watching.lock().unwrap();
            seen.first.get_or_insert_with(Instant::now);
            if request.method != "GET" {
                seen.first_write.get_or_insert_with(Instant::now);
            }
        }
    };
    let mut options = SandboxOptions {
        limit: BucketLimit::UNLIMITED,
        observer: Some(Arc::new(observer)),
        ..SandboxOptions::default()
    };
    let user = SeedUser {
        id: 77,
        name: "Bench".to_owned(),
        email: "bench@example.com".to_owned(),
        role: "admin".to_owned(),
        active: true,
    };
    options.account.users.push(user);
    options.account.api_keys.insert("bench@example.com".to_owned(), "bench".to_owned());
    let serving = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let account = serving.block_on(sandbox::start(options)).unwrap();
    let export = export(tickets() + LEFT);
    let project = Project::new(&export, account.base_url());
    // One ticket in earnest, so that everything is noted that a run notes.
    let prepared = project.run(&["run", "--yes", "--limit", "1"]);
    let messages = pretend(&project);
    *seen.lock().unwrap() = Seen::default();
    let started = Instant::now();
    let peak = project.peak_memory(&["run", "--yes"]);
    let taken = |at: Option<Instant>| at.expect("a request").duration_since(started).as_secs_f64();
    let (first, write) = {
        let seen = seen.lock().unwrap();
        (taken(seen.first), taken(seen.first_write))
    };
    let bytes = fs::metadata(project.state_dir().join("ledger.sqlite")).unwrap().len();
    let raw = format!(
        "{} tickets done; the first write after {write:.2} s; reading and registering all of them took {prepared:.0} s \
         (ten of which are the canary's)",
        tickets()
    );
    vec![
        Line {
            name: "resume, to the first request",
            figure: first,
            want: Want::AtMost { limit: 2.0, unit: "s" },
            raw,
        },
        Line {
            name: "memory while resuming",
            figure: peak as f64 / 1e6,
            want: Want::AtMost { limit: 150.0, unit: "MB" },
            raw: String::new(),
        },
        Line {
            name: "ledger at rest",
            figure: bytes as f64 / messages as f64,
            want: Want::AtMost { limit: 100.0, unit: "B/message" },
            raw: format!("{bytes} bytes, {messages} messages, a request of the journal for each ticket"),
        },
    ]
}

/// Makes rows of all but the last tickets as an upload leaves them; gives the number of messages. Not through the
/// ledger's own door: a million tickets would take minutes.
fn pretend(project: &Project) -> u64 {
    let path = project.state_dir().join("ledger.sqlite");
    let ledger = rusqlite::Connection::open(path).unwrap();
    let tickets: i64 = ledger.query_row("SELECT max(id) FROM ticket", [], |row| row.get(0)).unwrap();
    let done = tickets - i64::try_from(LEFT).unwrap();
    let each = MESSAGES + 1;
    ledger
        .execute_batch(&format!(
            "BEGIN;
             INSERT INTO request (run, ticket, kind, at_ms, status, request_id, ms, attempt)
             SELECT 1, id, (SELECT number FROM request_kind WHERE name = 'ticket'), 1700000000000 + id * 500, 201,
                    randomblob(16), 170, 1
             FROM ticket WHERE id <= {done} AND state = 0;
             UPDATE message SET state = 2, gorgias_id = 900001001 + ticket * {each} + n, room = NULL,
                    sender = iif(n = 1, 519543243, NULL)
             WHERE ticket <= {done} AND state = 0;
             UPDATE ticket SET state = 3, gorgias_id = 900001000 + id * {each}, room = NULL, assignee = 519543243
             WHERE id <= {done} AND state = 0;
             COMMIT;
             PRAGMA wal_checkpoint(TRUNCATE);"
        ))
        .unwrap();
    tickets.cast_unsigned() * u64::from(MESSAGES)
}

/// An export of small tickets: what counts here is how many there are.
fn export(tickets: usize) -> PathBuf {
    let done = data::folder().join(format!("resume-1-{tickets}"));
    if done.is_dir() {
        return done;
    }
    let part = done.with_extension("part");
    fs::create_dir_all(&part).unwrap();
    let mut file = BufWriter::new(File::create(part.join("tickets.json")).unwrap());
    for number in 1..=tickets {
        let minute = number % 60;
        let ticket = number + 1_000;
        write!(
            file,
            "{{\"url\":\"https://bench.zendesk.com/api/v2/tickets/{ticket}.json\",\"id\":{ticket},\"subject\":\"Order \
             {number}\",\"status\":\"closed\",\"requester_id\":{0},\"via\":{{\"channel\":\"email\"}},\
             \"created_at\":\"2022-03-01T08:{minute:02}:00Z\",\"updated_at\":\"2022-03-02T08:{minute:02}:00Z\",\
             \"comments\":[",
            9_000_000 + number % 1_000
        )
        .unwrap();
        for message in 0..MESSAGES {
            let comma = if message == 0 { "" } else { "," };
            write!(
                file,
                "{comma}{{\"id\":{},\"type\":\"Comment\",\"author_id\":{},\"public\":true,\"body\":\"Message {message} \
                 of {number}\",\"created_at\":\"2022-03-01T0{}:{minute:02}:00Z\"}}",
                50_000_000 + number * 10 + message as usize,
                9_000_000 + number % 1_000,
                8 + message.min(1)
            )
            .unwrap();
        }
        writeln!(file, "]}}").unwrap();
    }
    file.flush().unwrap();
    let mut users = File::create(part.join("users.json")).unwrap();
    for number in 0..1_000 {
        let id = 9_000_000 + number;
        writeln!(
            users,
            "{{\"id\":{id},\"url\":\"https://bench.zendesk.com/api/v2/users/{id}.json\",\"name\":\"Kim {number}\",\
             \"email\":\"kim.{number}@example.com\",\"role\":\"end-user\",\"active\":true}}"
        )
        .unwrap();
    }
    fs::rename(&part, &done).unwrap();
    done
}
