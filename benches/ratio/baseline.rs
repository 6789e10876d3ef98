//! The least that reading an export can cost: a typed parse and nothing else; unpacking and nothing else.

use std::borrow::Cow;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::time::Instant;

use serde::Deserialize;

use crate::data;

const BUFFER_BYTES: usize = 1 << 20;

#[derive(Deserialize)]
#[expect(dead_code, reason = "what counts is that it is parsed")]
struct Ticket<'a> {
    id: i64,
    #[serde(borrow)]
    subject: Option<Cow<'a, str>>,
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    requester_id: Option<i64>,
    assignee_id: Option<i64>,
    #[serde(borrow)]
    created_at: Option<Cow<'a, str>>,
    #[serde(borrow)]
    updated_at: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    tags: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    comments: Vec<Comment<'a>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what counts is that it is parsed")]
struct Comment<'a> {
    id: i64,
    author_id: Option<i64>,
    public: Option<bool>,
    #[serde(borrow)]
    created_at: Option<Cow<'a, str>>,
    #[serde(borrow)]
    body: Option<Cow<'a, str>>,
    #[serde(borrow)]
    html_body: Option<Cow<'a, str>>,
    #[serde(borrow)]
    plain_body: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what counts is that it is parsed")]
struct User<'a> {
    id: i64,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    email: Option<Cow<'a, str>>,
    #[serde(borrow)]
    role: Option<Cow<'a, str>>,
}

/// Seconds that a bare typed parse of a plain export takes, borrowed structs, a line at a time, on one core.
pub(crate) fn parse(export: &Path) -> f64 {
    let started = Instant::now();
    let mut line = Vec::new();
    for file in data::files(export) {
        let is_users = file.to_string_lossy().contains("users");
        let mut reader = BufReader::with_capacity(BUFFER_BYTES, File::open(&file).unwrap());
        loop {
            line.clear();
            if reader.read_until(b'\n', &mut line).unwrap() == 0 {
                break;
            }
            if is_users {
                black_box(serde_json::from_slice::<User<'_>>(&line).unwrap());
            } else {
                black_box(serde_json::from_slice::<Ticket<'_>>(&line).unwrap());
            }
        }
    }
    started.elapsed().as_secs_f64()
}

/// Seconds that unpacking takes, on one core.
pub(crate) fn inflate(export: &Path) -> f64 {
    let started = Instant::now();
    for path in data::files(export) {
        let file = BufReader::with_capacity(BUFFER_BYTES, File::open(&path).unwrap());
        if path.extension().is_some_and(|ending| ending == "gz") {
            drain(flate2::bufread::GzDecoder::new(file));
        } else {
            let mut archive = zip::ZipArchive::new(file).unwrap();
            for entry in 0..archive.len() {
                drain(archive.by_index(entry).unwrap());
            }
        }
    }
    started.elapsed().as_secs_f64()
}

fn drain(mut reader: impl Read) {
    let mut buffer = vec![0; 256 << 10];
    while reader.read(&mut buffer).unwrap() > 0 {
        black_box(&buffer);
    }
}
