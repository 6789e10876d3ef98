//! Whether what came is the file, and what kind of file it is. Servers and exports are wrong about types (Zendesk was seen
//! to call a README a Genesis ROM), so the bytes decide where they can.

use std::path::Path;

use super::Reason;
use crate::model::conversation::{Attachment, FileKind};

/// Beginnings of formats that are worth knowing: offset, bytes, media type.
const BEGINNINGS: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"\0\0\x01\0", "image/x-icon"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
];

/// Types by the end of a name, where the beginning tells nothing or too little.
const ENDS: &[(&str, &str)] = &[
    ("txt", "text/plain"),
    ("log", "text/plain"),
    ("csv", "text/csv"),
    ("md", "text/markdown"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("xml", "application/xml"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("eml", "message/rfc822"),
    ("zip", "application/zip"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("ics", "text/calendar"),
    ("vcf", "text/vcard"),
];

/// Ends of names of images that the table of beginnings knows.
const IMAGES: &[&str] =
    &["png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "ico", "webp", "heic", "heif", "avif"];

/// What a file without a known type is called.
const UNKNOWN: &str = "application/octet-stream";

/// How pages begin.
const PAGES: &[&[u8]] = &[b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<title"];

/// Whether `head`, the beginning of `size` bytes that a server called `told`, can be the file.
pub(super) fn judge(file: &Attachment, told: Option<&str>, head: &[u8], size: u64) -> Result<(), Reason> {
    if size == 0 {
        return Err(Reason::Empty);
    }
    let says = |word: &str| {
        file.content_type.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().contains(word))
    };
    let end = end(&file.name);
    let told_page = told.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"));
    let may_be_page = says("html") || says("xml") || matches!(end.as_str(), "htm" | "html" | "xhtml" | "mht");
    if !may_be_page && (is_page(head) || told_page) {
        return Err(Reason::WebPage);
    }
    let told_json = told.is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
    if told_json && !says("json") && end != "json" {
        return Err(Reason::WebPage);
    }
    let is_image = file.kind == FileKind::InlineImage || says("image/") || IMAGES.contains(&end.as_str());
    let is_sound = file.kind == FileKind::Recording;
    let may_be_text = end == "svg" || says("svg") || head.windows(4).any(|four| four == b"<svg");
    if (is_image || is_sound) && beginning(head).is_none() && is_text(head) && !may_be_text {
        return Err(Reason::WebPage);
    }
    // Less than the export says: cut off on the way. More was seen where a file was packed anew.
    if file.size.is_some_and(|whole| size < whole) {
        return Err(Reason::CutOff);
    }
    Ok(())
}

/// The media type by which Gorgias is to know the file.
pub(super) fn content_type(name: &str, told: Option<&str>, head: &[u8]) -> String {
    if let Some(kind) = beginning(head) {
        return kind.to_owned();
    }
    let end = end(name);
    if let Some((_, kind)) = ENDS.iter().find(|(known, _)| *known == end) {
        return (*kind).to_owned();
    }
    let plain = |kind: &&str| {
        let right = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-._".contains(&byte);
        kind.split('/').count() == 2 && kind.len() <= 127 && kind.bytes().all(right)
    };
    told.map(|kind| kind.split(';').next().unwrap_or_default().trim())
        .filter(plain)
        .unwrap_or(UNKNOWN)
        .to_owned()
}

/// An end for the name of a file of this type: `.png`. Empty where none fits.
pub fn extension(content_type: &str) -> &'static str {
    let by_end = ENDS.iter().find(|(_, kind)| *kind == content_type).map(|(end, _)| *end);
    match (content_type, by_end) {
        (_, Some(end)) => end,
        ("image/png", _) => "png",
        ("image/jpeg", _) => "jpg",
        ("image/gif", _) => "gif",
        ("image/webp", _) => "webp",
        ("image/heic", _) => "heic",
        ("image/bmp", _) => "bmp",
        ("image/tiff", _) => "tiff",
        ("application/pdf", _) => "pdf",
        ("audio/mpeg", _) => "mp3",
        ("audio/wav", _) => "wav",
        ("audio/ogg", _) => "ogg",
        ("audio/mp4", _) => "m4a",
        ("video/mp4", _) => "mp4",
        ("video/quicktime", _) => "mov",
        _ => "",
    }
}

fn beginning(head: &[u8]) -> Option<&'static str> {
    let fits =
        |(at, bytes, _): &&(usize, &[u8], &str)| head.get(*at..).is_some_and(|rest| rest.starts_with(bytes));
    BEGINNINGS.iter().find(fits).map(|(.., kind)| *kind)
}

fn is_page(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    PAGES.iter().any(|page| head.len() >= page.len() && head[..page.len()].eq_ignore_ascii_case(page))
}

fn is_text(head: &[u8]) -> bool {
    // The head may end in the middle of a character.
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && text.chars().all(|c| !c.is_control() || c.is_whitespace())
}

fn end(name: &str) -> String {
    Path::new(name).extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    fn file(name: &str, kind: FileKind) -> Attachment {
        Attachment {
            url: String::new(),
            name: name.into(),
            content_type: None,
            size: None,
            kind,
            local: None,
        }
    }

    #[test]
    fn a_page_is_no_picture() {
        let picture = file("a.png", FileKind::InlineImage);
        let judge =
            |file: &Attachment, told: &str, head: &[u8]| judge(file, Some(told), head, head.len() as u64);
        assert_eq!(judge(&picture, "image/png", PNG), Ok(()));
        // The bytes decide, not what the server says.
        assert_eq!(judge(&picture, "application/octet-stream", PNG), Ok(()));
        for page in
            ["<!DOCTYPE html><title>Sign in</title>", " \n<HTML>", "\u{feff}<html>", "Please sign in."]
        {
            assert_eq!(judge(&picture, "image/png", page.as_bytes()), Err(Reason::WebPage), "{page}");
        }
        assert_eq!(judge(&picture, "image/png", b""), Err(Reason::Empty));
        assert_eq!(judge(&file("a.svg", FileKind::InlineImage), "image/svg+xml", b"<svg/>"), Ok(()));
        assert_eq!(judge(&file("", FileKind::InlineImage), "", b"<?xml version='1.0'?><svg/>"), Ok(()));
        let document = file("a.pdf", FileKind::Attachment);
        assert_eq!(judge(&document, "text/html; charset=utf-8", b"<div>"), Err(Reason::WebPage));
        assert_eq!(judge(&document, "application/json", b"{}"), Err(Reason::WebPage));
        let page = file("a.html", FileKind::Attachment);
        assert_eq!(judge(&page, "text/html", b"<!doctype html>"), Ok(()));
        assert_eq!(judge(&file("notes.txt", FileKind::Attachment), "text/plain", b"Hello"), Ok(()));
        assert_eq!(
            judge(&file("r.mp3", FileKind::Recording), "audio/mpeg", b"Not found"),
            Err(Reason::WebPage)
        );
    }

    #[test]
    fn less_than_the_export_says_was_cut_off() {
        let file = Attachment { size: Some(100), ..file("a.png", FileKind::Attachment) };
        assert_eq!(judge(&file, None, PNG, 99), Err(Reason::CutOff));
        assert_eq!(judge(&file, None, PNG, 100), Ok(()));
        assert_eq!(judge(&file, None, PNG, 101), Ok(()));
    }

    #[test]
    fn types_by_bytes_then_name_then_word() {
        assert_eq!(content_type("README.md", Some("application/x-genesis-rom"), b"# x"), "text/markdown");
        assert_eq!(content_type("a.txt", Some("text/plain"), PNG), "image/png");
        assert_eq!(content_type("a.xyz", Some("application/x-thing; a=b"), b"??"), "application/x-thing");
        for told in ["text", "a/b/c", "text/html\r\nX: y", ""] {
            assert_eq!(content_type("a", Some(told), b"??"), UNKNOWN, "{told}");
        }
        assert_eq!(extension("image/png"), "png");
        assert_eq!(extension("text/plain"), "txt");
        assert_eq!(extension("x/y"), "");
    }
}
