//! Exports to measure with: made once, from a seed, kept below `target/bench-data`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::sink::{Pack, Sink};
use crate::{ticket, user};

/// Decides everything that is left to chance.
const SEED: u64 = 7;
/// Counted up when the generator's output changes, so that old data is not mistaken for new.
const GENERATION: u32 = 3;

/// Bytes of ticket lines of the export most figures are of; `BENCH_MEGABYTES` changes it.
pub(crate) fn megabytes() -> u64 {
    std::env::var("BENCH_MEGABYTES").ok().and_then(|text| text.parse().ok()).unwrap_or(150)
}

/// Below the build folder, where `cargo clean` finds it. `BENCH_FOLDER` names another, on another disk or in memory.
pub(crate) fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("BENCH_FOLDER") {
        return folder.into();
    }
    let program = Path::new(env!("CARGO_BIN_EXE_gorgias-import"));
    program.ancestors().nth(2).unwrap().join("bench-data")
}

/// The folder of an export of this size, made if it is not there.
pub(crate) fn export(megabytes: u64, pack: Pack) -> PathBuf {
    let form = match pack {
        Pack::Plain => "plain",
        Pack::Zip => "zip",
        Pack::Gz => "gz",
    };
    made(&format!("export-{GENERATION}-{megabytes}-{form}"), pack, &|part| {
        let mut tickets = Sink::create(part, "tickets", pack).unwrap();
        let (mut bytes, mut number) = (0, 0);
        while bytes < megabytes * 1_000_000 {
            bytes += tickets.line(&ticket::make(SEED, number)).unwrap();
            number += 1;
        }
        tickets.finish().unwrap();
        number
    })
}

/// The folder of an export of this size whose comments lie in files of their own, made if it is not there.
pub(crate) fn apart(megabytes: u64) -> PathBuf {
    made(&format!("apart-{GENERATION}-{megabytes}"), Pack::Plain, &|part| {
        let mut tickets = Sink::create(part, "tickets", Pack::Plain).unwrap();
        let mut comments = Sink::create(part, "comments", Pack::Plain).unwrap();
        let (mut bytes, mut number) = (0, 0);
        while bytes < megabytes * 1_000_000 {
            let mut ticket = ticket::make(SEED, number);
            for mut comment in ticket.comments.take().unwrap_or_default() {
                comment.ticket_id = Some(ticket.id);
                bytes += comments.line(&comment).unwrap();
            }
            bytes += tickets.line(&ticket).unwrap();
            number += 1;
        }
        tickets.finish().unwrap();
        comments.finish().unwrap();
        number
    })
}

/// The folder of an export with so many people and hardly a ticket, made if it is not there.
pub(crate) fn people(people: u64) -> PathBuf {
    made(&format!("people-{GENERATION}-{people}"), Pack::Plain, &|part| {
        let mut tickets = Sink::create(part, "tickets", Pack::Plain).unwrap();
        tickets.line(&ticket::make(SEED, 0)).unwrap();
        tickets.finish().unwrap();
        people * user::TICKETS_EACH
    })
}

/// The folder `name`, filled by `fill` and with the people of as many tickets as that says, if it is not there.
fn made(name: &str, pack: Pack, fill: &dyn Fn(&Path) -> u64) -> PathBuf {
    let done = folder().join(name);
    if done.is_dir() {
        return done;
    }
    let part = done.with_extension("part");
    fs::create_dir_all(&part).unwrap();
    let tickets = fill(&part);
    let mut users = Sink::create(&part, "users", pack).unwrap();
    user::each(SEED, user::customers(tickets), &mut |user| users.line(user).map(drop)).unwrap();
    users.finish().unwrap();
    fs::rename(&part, &done).unwrap();
    done
}

/// The files of an export, in order.
pub(crate) fn files(export: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(export).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The bytes of all files of an export, as they lie on disk.
pub(crate) fn size(export: &Path) -> u64 {
    files(export).iter().map(|file| file.metadata().unwrap().len()).sum()
}

/// Reads everything once, so that what is measured is not the disk.
pub(crate) fn warm(export: &Path) {
    for file in files(export) {
        std::io::copy(&mut File::open(file).unwrap(), &mut std::io::sink()).unwrap();
    }
}
