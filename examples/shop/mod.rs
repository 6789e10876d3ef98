//! Acme Outdoor, an invented shop for outdoor gear: what people write to it, and how Zendesk would export that.
//!
//! Shared by `make-fixtures` and `generate-export`. Knows the wire shapes of the export, and nothing of the crate:
//! what is made here judges the crate's readers, so it must not be made by them.

pub(crate) mod cast;
pub(crate) mod markup;
pub(crate) mod stories;
pub(crate) mod wire;
