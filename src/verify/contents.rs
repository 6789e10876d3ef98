//! The files of tickets read back and hashed, where that was asked for: each content once, whatever tickets have it.

use std::collections::BTreeMap;

use futures::StreamExt as _;

use super::{Checked, Step, Verification, VerifyError};
use crate::gorgias::{CallFailure, patiently};
use crate::ledger::ContentHash;
use crate::model::verification::{Aspect, Difference, MatchClass, class_of};

/// A file that Gorgias keeps, by what the ledger says.
#[derive(Clone, Debug)]
pub struct KeptFile {
    /// Hash of the bytes that were sent.
    pub content: Option<ContentHash>,
    /// Where Gorgias keeps it.
    pub url: String,
}

/// What reading a file back showed.
enum Read {
    Same,
    Other {
        bytes: u64,
    },
    Gone,
    /// Its address is none that Gorgias's API gives out.
    Elsewhere,
}

/// Reads the files of `held` tickets back and tells the tickets.
pub(super) async fn read(
    verification: &Verification<'_>,
    held: Vec<Checked>,
    take: &mut dyn FnMut(Step),
) -> Result<(), VerifyError> {
    let mut wanted: BTreeMap<ContentHash, String> = BTreeMap::new();
    for file in held.iter().flat_map(|checked| &checked.kept) {
        if let Some(content) = file.content {
            wanted.entry(content).or_insert_with(|| file.url.clone());
        }
    }
    take(Step::Files(wanted.len() as u64));
    let (client, patience) = (verification.client, verification.patience);
    let mut reads = futures::stream::iter(wanted)
        .map(|(content, url)| async move {
            let bytes = patiently(patience, async || client.file(&url).await).await;
            (content, bytes)
        })
        .buffer_unordered(verification.together.max(1));
    let mut known: BTreeMap<ContentHash, Read> = BTreeMap::new();
    while let Some((content, bytes)) = reads.next().await {
        let read = match bytes {
            Ok(Some(bytes)) if blake3::hash(&bytes) == blake3::Hash::from_bytes(content.0) => Read::Same,
            Ok(Some(bytes)) => Read::Other { bytes: bytes.len() as u64 },
            Ok(None) => Read::Elsewhere,
            Err(CallFailure::NotFound) => Read::Gone,
            Err(failure) => return Err(failure.into()),
        };
        known.insert(content, read);
        take(Step::File);
    }
    for mut checked in held {
        judge(&mut checked, &known);
        take(Step::Checked(Box::new(checked)));
    }
    Ok(())
}

fn judge(checked: &mut Checked, known: &BTreeMap<ContentHash, Read>) {
    for file in &checked.kept {
        let found = match file.content.and_then(|content| known.get(&content)) {
            Some(Read::Same) => {
                checked.hashed += 1;
                continue;
            }
            Some(Read::Other { bytes }) => format!("another content, of {bytes} bytes"),
            Some(Read::Gone) => "not to be had from Gorgias any more".to_owned(),
            Some(Read::Elsewhere) | None => continue,
        };
        let should = "the file that was sent";
        checked.differences.push(Difference::new(Aspect::Attachments, MatchClass::Differs, should, found));
    }
    checked.class = class_of(&checked.differences);
}
