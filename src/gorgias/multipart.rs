//! The one multipart body there is: an upload of one file.

use bytes::{BufMut, Bytes, BytesMut};

/// A body and its content type.
pub(super) struct Multipart {
    pub(super) content_type: String,
    pub(super) body: Bytes,
}

/// The form's field. Clients that are known to work call it so (reference, section 8).
const FIELD: &str = "file";

/// Builds the body. The boundary is a hash of the content, which the content cannot hold except by finding a
/// preimage, so that the same file makes the same bytes.
pub(super) fn file(name: &str, content_type: &str, content: &[u8]) -> Multipart {
    let boundary = format!("gi-{}", blake3::hash(content).to_hex());
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{FIELD}\"; filename=\"{}\"\r\n\
         Content-Type: {}\r\n\r\n",
        escape(name),
        media_type(content_type),
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let mut body = BytesMut::with_capacity(head.len() + content.len() + tail.len());
    body.put_slice(head.as_bytes());
    body.put_slice(content);
    body.put_slice(tail.as_bytes());
    Multipart { content_type: format!("multipart/form-data; boundary={boundary}"), body: body.freeze() }
}

/// As browsers do it (HTML standard, multipart form data).
fn escape(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' => out.push_str("%22"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// What is not plainly a media type becomes bytes without meaning, and cannot add a header.
fn media_type(text: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-._; =".contains(&byte);
    if text.contains('/') && text.bytes().all(plain) { text } else { "application/octet-stream" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_one_part() {
        let made = file("a \"b\"\r\nX: y.png", "image/png", b"\x89PNG--");
        let boundary = made.content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        let text = String::from_utf8_lossy(&made.body).into_owned();
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22%0D%0AX: y.png\"\r\n\
             Content-Type: image/png\r\n\r\n\u{fffd}PNG--\r\n--{boundary}--\r\n"
        );
        assert_eq!(text, expected);
        let odd = file("x", "text/html\r\nX-Evil: 1", b"");
        assert!(String::from_utf8_lossy(&odd.body).contains("Content-Type: application/octet-stream\r\n"));
    }
}
