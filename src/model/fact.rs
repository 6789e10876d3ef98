//! Names of facts in a conversation's meta data that mean something beyond the source: the source writes them, the
//! mapping reads them. Every other fact is only kept.

/// The customer's rating, in the source's word: `good`, `bad`.
pub const RATING: &str = "satisfaction";
/// What the customer added to the rating.
pub const RATING_COMMENT: &str = "satisfaction_comment";
/// The reason that the customer chose for the rating.
pub const RATING_REASON: &str = "satisfaction_reason";
/// When the customer rated, RFC 3339, where the export says so.
pub const RATING_AT: &str = "satisfaction_at";
/// ISO 639-1 code of the language, where the export says one.
pub const LANGUAGE: &str = "language";
/// Name of the group of agents in charge.
pub const GROUP: &str = "group";
/// Name of the organization to which the customer belonged.
pub const ORGANIZATION: &str = "organization";
/// Address of the record in the old help desk's API, whose host is that of its links.
pub const ZENDESK_URL: &str = "zendesk_url";
