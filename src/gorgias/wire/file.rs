//! Uploaded files.

use serde::Deserialize;

use super::{debug_by, tolerant};

/// One file as `POST /api/upload` answers it. These four fields go into a message's attachments as they are.
#[derive(Clone, Deserialize)]
pub struct UploadedFile {
    /// Where Gorgias keeps it.
    pub url: String,
    /// The name it was given.
    pub name: Option<String>,
    /// Bytes. The documented example writes text, the schema says number.
    #[serde(default, deserialize_with = "tolerant::integer")]
    pub size: Option<u64>,
    /// Media type.
    pub content_type: Option<String>,
}

debug_by!(UploadedFile size);
