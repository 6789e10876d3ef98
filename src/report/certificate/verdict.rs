//! How a certificate stands in one word, and why. Pure.

use serde::Serialize;

use super::Pledge;

/// How a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every promise that figures can prove was kept.
    Kept,
    /// None was broken, but something is not proven.
    NotProven,
    /// One was broken.
    Broken,
}

impl Verdict {
    pub(super) fn of(promises: &[Pledge]) -> Self {
        if promises.iter().any(|it| it.holds == Some(false)) {
            Self::Broken
        } else if promises.iter().any(|it| it.decides && it.holds.is_none()) {
            Self::NotProven
        } else {
            Self::Kept
        }
    }

    /// The verdict in a sentence.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Kept => "Every promise was kept",
            Self::NotProven => "No promise was broken, but not all is proven",
            Self::Broken => "Not everything is as promised",
        }
    }

    /// What is broken, or else what nothing proves yet.
    pub(super) fn reasons(self, promises: &[Pledge]) -> Vec<String> {
        let told = |it: &&Pledge| match self {
            Self::Kept => false,
            Self::NotProven => it.decides && it.holds.is_none(),
            Self::Broken => it.holds == Some(false),
        };
        promises
            .iter()
            .filter(told)
            .map(|it| format!("{}: {}.", first_large(it.promise), it.measured))
            .collect()
    }
}

/// What stands in the place of `kept` where nothing shows it: for some promises no figure ever could.
pub(super) fn no_proof(promise: &Pledge) -> &'static str {
    if promise.decides { "no proof" } else { "figures" }
}

/// The first letter made a capital.
fn first_large(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
