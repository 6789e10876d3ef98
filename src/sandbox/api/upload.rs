//! `POST /api/upload`: several files per request, one per form field; and the files by their links.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Multipart, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::sandbox::account::Caller;
use crate::sandbox::app::App;
use crate::sandbox::check::enums;
use crate::sandbox::paging::Params;
use crate::sandbox::reply::{ApiError, Reply};
use crate::sandbox::store::{context_id, files};
use crate::sandbox::wire::other::FileOut;

/// Files one request may carry. No limit is published.
const FILES_MAX: usize = 100;
/// The account's part of a file's link.
const DOMAIN_HASH: &str = "SandboxPG09N6gdb";

struct Part {
    name: String,
    content_type: String,
    content: axum::body::Bytes,
}

/// `POST /api/upload`.
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    params: Params,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Reply, ApiError> {
    params.allow(&["type"])?;
    let kind = params.get("type").unwrap_or("attachment").to_owned();
    if !enums::UPLOAD_KINDS.contains(&kind.as_str()) {
        let text = format!("Must be one of: {}.", enums::UPLOAD_KINDS.join(", "));
        return Err(ApiError::field("Invalid query parameters.", "type", &text));
    }
    let form = form.map_err(|_| ApiError::bad_request("The request must be multipart/form-data."))?;
    let parts = read_parts(form).await?;
    let base_url = app.base_url.clone();
    app.write(caller, move |work| {
        let mut stored = Vec::with_capacity(parts.len());
        for part in parts {
            let resource = resource_name(&part.name);
            files::insert(work.db, &kind, &resource, &part.name, &part.content_type, &part.content)?;
            stored.push(FileOut {
                url: format!("{base_url}/uploads/{kind}/{DOMAIN_HASH}/{resource}"),
                name: part.name,
                size: part.content.len(),
                content_type: part.content_type,
            });
        }
        Reply::json(StatusCode::CREATED, &stored)
    })
    .await
}

async fn read_parts(mut form: Multipart) -> Result<Vec<Part>, ApiError> {
    let unreadable = |_| ApiError::bad_request("The multipart body cannot be read.");
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        // Whether the field's name or the file's wins is not recorded; clients send a file name, and expect it back.
        let name = field.file_name().or(field.name()).unwrap_or("file").to_owned();
        let content_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let content = field.bytes().await.map_err(unreadable)?;
        parts.push(Part { name, content_type, content });
        if parts.len() > FILES_MAX {
            return Err(ApiError::too_large());
        }
    }
    if parts.is_empty() {
        return Err(ApiError::bad_request("No file was sent."));
    }
    Ok(parts)
}

/// `{name}-{uuid}.{ext}`, as links of uploaded files were seen to end; only letters that need no escaping.
fn resource_name(name: &str) -> String {
    let plain = |text: &str| -> String {
        let kept =
            text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' });
        kept.take(80).collect()
    };
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => {
            format!("{}-{}.{}", plain(stem), context_id(), plain(extension))
        }
        _ => format!("{}-{}", plain(name), context_id()),
    }
}

/// A file by its link, or through `GET /api/{kind}/download/{hash}/{resource}`.
pub(super) async fn download(
    State(app): State<Arc<App>>,
    Path((kind, hash, resource)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    if hash != DOMAIN_HASH {
        return Err(ApiError::not_found());
    }
    let file =
        app.read(move |db, _| files::get(db, &kind, &resource)?.ok_or_else(ApiError::not_found)).await?;
    // A file is somebody's: never run in the page's name.
    let headers = [
        (header::CONTENT_TYPE, file.content_type),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, file.content).into_response())
}

#[cfg(test)]
mod tests {
    use super::resource_name;

    #[test]
    fn resource_names_need_no_escaping() {
        let name = resource_name("Rechnung März (2).pdf");
        assert!(name.starts_with("Rechnung_M_rz__2_-") && name.ends_with('f'), "{name}");
        assert!(resource_name("../../etc/passwd").starts_with('_'));
        assert!(!resource_name("a/b").contains('/'));
    }
}
