//! One message of a ticket.

use maud::{Markup, html};

use super::frame::{Framed, own_path};
use super::plain;
use super::words::{self, count, initials, size};
use crate::sandbox::check::message::{Attachment, Party, Source};
use crate::sandbox::store::messages::Message;

/// Characters from which a text scrolls in a box of its own.
const LONG: usize = 6_000;
/// Addresses shown of a message's recipients.
const RECIPIENTS_SHOWN: usize = 6;

/// Whose side a message is on, as a class and in words.
fn side(message: &Message) -> (&'static str, &'static str) {
    match (message.doc.public, message.doc.from_agent) {
        (false, _) => ("note", "Internal note"),
        (true, true) => ("agent", "Agent"),
        (true, false) => ("customer", "Customer"),
    }
}

/// A message as an agent sees it. `number` is its place in the ticket, from 1.
pub(super) fn message(number: usize, sender: &str, message: &Message) -> Markup {
    let doc = &message.doc;
    let (class, side) = side(message);
    html! {
        article class={ "message " (class) } id={ "m" (message.id) } aria-labelledby={ "h" (message.id) } {
            header {
                span class="face" aria-hidden="true" { (initials(sender)) }
                div {
                    h3 id={ "h" (message.id) } { (sender) " " span class={ "side " (class) } { (side) } }
                    p class="meta" {
                        @let at = doc.sent.unwrap_or(doc.created);
                        time datetime=(at.written()) { (words::minute(at)) }
                        @if doc.public { span { (words::channel(&doc.channel)) } }
                        @if let Some(to) = recipients(doc.source.as_ref()) { span class="to" { "to " (to) } }
                    }
                }
                span class="number" { "#" (number) }
            }
            (body(number, message))
            @if !doc.attachments.is_empty() {
                ul class="files" aria-label="Files" { @for file in &doc.attachments { li { (attachment(file)) } } }
            }
            @if doc.failed.is_some() { p class="bad" { "Sending it has failed." } }
            @if let Some(key) = &doc.external_id { p class="key" { (key) } }
        }
    }
}

fn recipients(source: Option<&Source>) -> Option<String> {
    let source = source?;
    let parties = |list: &Option<Vec<Party>>| -> Vec<String> {
        let address = |party: &Party| party.address.clone().or_else(|| party.name.clone());
        list.iter().flatten().filter_map(address).collect()
    };
    let mut all = parties(&source.to);
    all.extend(parties(&source.cc).into_iter().map(|address| format!("cc {address}")));
    all.extend(parties(&source.bcc).into_iter().map(|address| format!("bcc {address}")));
    let more = all.len().saturating_sub(RECIPIENTS_SHOWN);
    all.truncate(RECIPIENTS_SHOWN);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    (!all.is_empty()).then(|| all.join(", "))
}

fn body(number: usize, message: &Message) -> Markup {
    let doc = &message.doc;
    let filled = |text: &'_ Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    if let Some(markup) = filled(&doc.body_html) {
        if let Some(text) = plain::text(&markup) {
            return words_of(number, &text);
        }
        let framed = Framed::new(&markup);
        return html! {
            (framed.markup(&format!("Text of message {number}")))
            @if framed.remote_images > 0 || framed.scripts > 0 {
                p class="withheld" {
                    @if framed.remote_images > 0 { span { (count(framed.remote_images as u64, "remote image")) " not loaded" } }
                    @if framed.scripts > 0 { span { (count(framed.scripts as u64, "script")) " taken out" } }
                }
            }
            @if let Some(text) = filled(&doc.body_text) {
                details class="as-text" { summary { "As plain text" } (words_of(number, &text)) }
            }
        };
    }
    html! {
        @if let Some(text) = filled(&doc.body_text) { (words_of(number, &text)) } @else { p class="soft" { "No text." } }
    }
}

fn words_of(number: usize, text: &str) -> Markup {
    if text.len() > LONG {
        html! {
            div class="text long" tabindex="0" role="region" aria-label={ "Text of message " (number) } { (text) }
        }
    } else {
        html! { div class="text" { (text) } }
    }
}

fn attachment(file: &Attachment) -> Markup {
    let bytes = file.size.and_then(|bytes| u64::try_from(bytes).ok());
    let facts = html! {
        span class="soft" { (file.content_type) @if let Some(bytes) = bytes { ", " (size(bytes)) } }
    };
    let Some(path) = own_path(&file.url) else {
        let host = file
            .url
            .split_once("//")
            .and_then(|(_, rest)| rest.split(['/', '?']).next())
            .unwrap_or("elsewhere");
        return html! { span class="name" { (file.name) } (facts) span class="soft" { "linked at " (host) } };
    };
    html! {
        @if file.content_type.starts_with("image/") {
            img class="thumb" src=(path) alt={ "Attached image " (file.name) } loading="lazy";
        }
        a class="name" href=(path) { (file.name) }
        (facts)
    }
}
