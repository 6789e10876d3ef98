//! Recordings and voicemails as files of their call's message: on Aircall's page, or in the export if somebody put them
//! there.
//!
//! Names of downloaded files (reference 2.7): `<call id>.mp3`, `<call id>-voicemail.mp3`, and as Aircall's storage names
//! them, `call-<id>-<hex>-voicemail.mp3`.

use std::collections::HashMap;
use std::path::Path;

use super::call::{Audio, Call, CallId};
use crate::model::conversation::{Attachment, FileKind};
use crate::source::input::InputFile;

/// Ends of the names of sounds.
const ENDS: &[&str] = &["mp3", "wav", "m4a", "ogg"];
/// Aircall's pages of calls.
const PAGES: &str = "https://assets.aircall.io/calls/";

/// Which sound of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sound {
    Recording,
    Voicemail,
}

/// The sounds that the export has as files, by call.
#[derive(Debug, Default)]
pub(super) struct Sounds(HashMap<(u64, Sound), String>);

impl Sounds {
    /// Takes the sounds out of `files`: they are no records.
    pub(super) fn take(files: Vec<InputFile>) -> (Self, Vec<InputFile>) {
        let (mut sounds, mut records) = (Self::default(), Vec::new());
        for file in files {
            match of(&file.path) {
                // Of two copies the first by name, so that the order of reading decides nothing.
                Some(of) => {
                    let path = file.path.to_string_lossy().into_owned();
                    let known = sounds.0.entry(of).or_insert_with(|| path.clone());
                    if path < *known {
                        *known = path;
                    }
                }
                None => records.push(file),
            }
        }
        (sounds, records)
    }

    /// The files of a call.
    pub(super) fn of(&self, call: &Call) -> Vec<Attachment> {
        let sounds =
            [(Sound::Recording, call.recording.as_ref()), (Sound::Voicemail, call.voicemail.as_ref())];
        sounds.into_iter().filter_map(|(sound, audio)| self.file(&call.id, sound, audio)).collect()
    }

    fn file(&self, id: &CallId, sound: Sound, audio: Option<&Audio>) -> Option<Attachment> {
        let id = match id {
            CallId::Internal(id) => Some(*id),
            CallId::Sid(_) | CallId::Facts(_) => None,
        };
        let local = id.and_then(|id| self.0.get(&(id, sound)).cloned());
        let page = if sound == Sound::Voicemail { "voicemail" } else { "recording" };
        let url = match (audio, id) {
            (Some(Audio::Link(link)), _) => link.clone(),
            (Some(Audio::Kept), Some(id)) => format!("{PAGES}{id}/{page}"),
            (Some(Audio::Kept), None) | (None, _) => String::new(),
        };
        if url.is_empty() && local.is_none() {
            return None;
        }
        let stem = id.map_or_else(|| "aircall".to_owned(), |id| format!("aircall-{id}"));
        let end = local.as_deref().and_then(end).unwrap_or_else(|| "mp3".to_owned());
        let mark = if sound == Sound::Voicemail { "-voicemail" } else { "" };
        Some(Attachment {
            url,
            name: format!("{stem}{mark}.{end}"),
            content_type: Some("audio/mpeg".to_owned()),
            size: None,
            kind: FileKind::Recording,
            local,
        })
    }
}

fn end(path: &str) -> Option<String> {
    let end = Path::new(path).extension()?.to_string_lossy().to_ascii_lowercase();
    ENDS.contains(&end.as_str()).then_some(end)
}

/// Which sound of which call a file is, by its name.
fn of(path: &Path) -> Option<(u64, Sound)> {
    end(&path.to_string_lossy())?;
    let stem = path.file_stem()?.to_string_lossy().to_ascii_lowercase();
    let rest = stem.strip_prefix("aircall-").or_else(|| stem.strip_prefix("call-")).unwrap_or(&stem);
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (id, mark) = rest.split_at(digits);
    let sound = match mark {
        "" => Sound::Recording,
        mark if !mark.starts_with(['-', '_']) => return None,
        mark if mark.ends_with("voicemail") => Sound::Voicemail,
        mark if stem.starts_with("call-") || mark.ends_with("recording") => Sound::Recording,
        _ => return None,
    };
    Some((id.parse().ok()?, sound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_by_their_names() {
        use Sound::{Recording, Voicemail};
        for (name, sound) in [
            ("calls/2700000001.mp3", Some((2_700_000_001, Recording))),
            ("2700000001-voicemail.MP3", Some((2_700_000_001, Voicemail))),
            ("call-27-0a1b2c-voicemail.mp3", Some((27, Voicemail))),
            ("call-27-0a1b2c.wav", Some((27, Recording))),
            ("aircall-27-recording.mp3", Some((27, Recording))),
            ("27.csv", None),
            ("27 May.mp3", None),
            ("27-hold-music.mp3", None),
            ("music.mp3", None),
            ("-voicemail.mp3", None),
            ("99999999999999999999999.mp3", None),
        ] {
            assert_eq!(of(Path::new(name)), sound, "{name}");
        }
    }
}
