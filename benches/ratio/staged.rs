//! The first tickets of an export, staged and registered as a run would do it, for uploads within this process.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};

use gorgias_import::ledger::{Ledger, NewRun, Registration};
use gorgias_import::mapping::{Mailbox, Rules};
use gorgias_import::model::person::Email;
use gorgias_import::model::time::now;
use gorgias_import::source::{self, ReadContext, Record};
use gorgias_import::staging::{Found, Staging};
use tempfile::TempDir;

use crate::data;
use crate::sink::Pack;
use crate::small::spec;

/// Longer tickets are left out: what does not fit into the first call is appended one after the other, so that their
/// latency would be measured instead of the uploader.
const MESSAGES_MAX: usize = 500;

/// Staged conversations.
pub(crate) struct Staged {
    folder: TempDir,
}

impl Staged {
    /// The first `tickets` of the generated export.
    pub(crate) fn new(tickets: usize) -> Self {
        let folder = tempfile::tempdir_in(data::folder()).unwrap();
        let staged = Self { folder };
        let export = data::export(data::megabytes(), Pack::Plain);
        let head = staged.folder.path().join("export");
        fs::create_dir(&head).unwrap();
        for file in data::files(&export) {
            let users = file.to_string_lossy().contains("users");
            copy_lines(
                &file,
                &head.join(file.file_name().unwrap()),
                if users { usize::MAX } else { tickets },
            );
        }
        let mut filling = Staging::fill(&staged.path()).unwrap();
        let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        let context = ReadContext {
            now: now(),
            bytes_done: &bytes_done,
            stop: &stop,
            temp_dir: staged.folder.path(),
            may_start_over: false,
            joining: None,
            needs_text: None,
        };
        source::read(&spec(head), &context, &mut |record| {
            if let Record::Conversation { conversation, .. } = record
                && conversation.messages.len() <= MESSAGES_MAX
            {
                filling.insert(&conversation).unwrap();
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        filling.finish("bench", &()).unwrap();
        staged
    }

    /// The staging file.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("staging.sqlite")
    }

    /// A new ledger that knows all of it, in a folder of its own, and the number of its run.
    pub(crate) fn ledger(&self) -> (TempDir, Ledger, u64) {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let ledger = Ledger::open(folder.path(), now()).unwrap();
        let Found::Whole(staging) = Staging::open(&self.path()).unwrap() else { panic!("not staged") };
        let mut registrar = ledger.registrar();
        staging
            .for_each(|staged| {
                registrar.add(Registration::of(&staged.conversation)).unwrap();
                ControlFlow::Continue(())
            })
            .unwrap();
        registrar.finish(Some("bench")).unwrap();
        let run = NewRun {
            command: "run".to_owned(),
            export_fingerprint: None,
            config_hash: None,
            started: now(),
            after: 0,
        };
        let run = ledger.start_run(run).wait().unwrap();
        (folder, ledger, run)
    }
}

/// The rules of a config that names a mailbox.
pub(crate) fn rules() -> Rules {
    let mailbox = Email::parse("support@acme-outdoor.example").unwrap();
    Rules { mailbox: Mailbox::Address(mailbox), ..Rules::default() }
}

fn copy_lines(from: &Path, to: &Path, lines: usize) {
    let mut reader = BufReader::new(File::open(from).unwrap());
    let mut writer = std::io::BufWriter::new(File::create(to).unwrap());
    let mut line = Vec::new();
    for _ in 0..lines {
        line.clear();
        if reader.read_until(b'\n', &mut line).unwrap() == 0 {
            break;
        }
        writer.write_all(&line).unwrap();
    }
    writer.flush().unwrap();
}
