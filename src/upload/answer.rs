//! What a failed call means for the work that made it.

use crate::gorgias::CallFailure;

use super::job::{Fault, Stop};

/// A failed call, as far as the work cares.
pub(super) enum Answered {
    /// Certainly not processed.
    NotSent(Fault),
    /// Perhaps processed.
    Lost(Fault),
    /// Refused for good, in these words.
    Refused(String),
    /// Exists already.
    Conflict(String),
    /// Larger than Gorgias takes.
    TooLarge(String),
    /// What it refers to is not there.
    NotFound(String),
    /// The run has to stop.
    Stop(Stop),
}

/// What `failure` means.
pub(super) fn classify(failure: &CallFailure) -> Answered {
    let words = failure.to_string();
    let fault = |retry_after| Fault { words: words.clone(), retry_after };
    match failure {
        CallFailure::NotSent { .. } => Answered::NotSent(fault(None)),
        CallFailure::Throttled { retry_after } => Answered::NotSent(fault(*retry_after)),
        CallFailure::Lost { .. } => Answered::Lost(fault(None)),
        CallFailure::Refused { message, fields, .. } => Answered::Refused(in_words(message, fields)),
        CallFailure::Conflict { .. } => Answered::Conflict(words),
        CallFailure::TooLarge => Answered::TooLarge(words),
        CallFailure::NotFound => Answered::NotFound(words),
        CallFailure::Unauthorized { message } => {
            Answered::Stop(Stop::Unauthorized { words: message.clone() })
        }
        CallFailure::Forbidden { message, .. } => Answered::Stop(Stop::Forbidden { words: message.clone() }),
        CallFailure::Gate(refusal) if refusal.is_about_a_clock() => {
            Answered::Stop(Stop::Clock { words: refusal.to_string() })
        }
        CallFailure::Gate(refusal) => Answered::Stop(Stop::Gate { words: refusal.to_string() }),
    }
}

/// Whether Gorgias refuses the field `imported`, which not every account knows.
pub(super) fn refuses_imported(failure: &CallFailure) -> bool {
    let CallFailure::Refused { message, fields, .. } = failure else { return false };
    let field = |name: &str| name.split('.').any(|part| part == "imported");
    let names =
        |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "imported");
    fields.iter().any(|(name, words)| field(name) || names(words)) || names(message)
}

/// Complaints named in one sentence; a ticket can have hundreds.
const COMPLAINTS_NAMED: usize = 5;

/// Gorgias's own words with the fields that they are about.
fn in_words(message: &str, fields: &[(String, String)]) -> String {
    let named: Vec<_> =
        fields.iter().take(COMPLAINTS_NAMED).map(|(field, words)| format!("{field}: {words}")).collect();
    match named.len() {
        0 => message.to_owned(),
        _ => format!("{message} ({})", named.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_fields_in_gorgias_words() {
        let fields = vec![("messages.3.sender".to_owned(), "Missing data for required field.".to_owned())];
        let failure = CallFailure::Refused {
            status: 400,
            message: "Failed to create ticket".to_owned(),
            fields,
            request_id: None,
        };
        let Answered::Refused(words) = classify(&failure) else { panic!("refused") };
        assert_eq!(words, "Failed to create ticket (messages.3.sender: Missing data for required field.)");
    }
}
