//! A warehouse's tables as CSV, with the names that Fivetran gives them. Times have no zone and are UTC.

use std::io;
use std::path::Path;

use super::Output;
use crate::shop::wire::{Ticket, User};
use crate::sink::{Form, Pack, Sink};

const TICKET: &str = "id,_fivetran_synced,allow_channelback,assignee_id,brand_id,created_at,description,external_id,group_id,\
    has_incidents,is_public,organization_id,priority,recipient,requester_id,status,subject,submitter_id,type,updated_at,url,\
    via_channel,via_source_from_address,via_source_rel\n";
const COMMENT: &str =
    "id,_fivetran_synced,body,created,facebook_comment,public,ticket_id,tweet,user_id,voice_comment\n";
const USER: &str =
    "id,_fivetran_synced,active,created_at,email,locale,name,phone,role,suspended,time_zone,updated_at,url\n";
const TAG: &str = "tag,ticket_id,_fivetran_synced\n";
const SYNCED: &str = "2026-02-01 00:00:00.000000";

/// The tables.
pub(super) struct Tables {
    tickets: Sink,
    comments: Sink,
    users: Sink,
    tags: Sink,
}

impl Tables {
    /// Opens the files.
    pub(super) fn create(folder: &Path, pack: Pack) -> io::Result<Self> {
        let open = |what: &str, head: &str| {
            Sink::of(folder, what, pack, Form { ending: "csv", head: head.to_owned(), foot: "" })
        };
        Ok(Self {
            tickets: open("ticket", TICKET)?,
            comments: open("ticket_comment", COMMENT)?,
            users: open("user", USER)?,
            tags: open("ticket_tag", TAG)?,
        })
    }
}

impl Output for Tables {
    fn ticket(&mut self, ticket: Ticket) -> io::Result<u64> {
        let number = ticket.id.to_string();
        let from = ticket.via.source.from["address"].as_str().unwrap_or_default();
        let mut bytes = row(
            &mut self.tickets,
            &[
                &number,
                SYNCED,
                flag(ticket.allow_channelback),
                &id(ticket.assignee_id),
                &ticket.brand_id.to_string(),
                &time(&ticket.created_at),
                ticket.description.as_deref().unwrap_or_default(),
                ticket.external_id.as_deref().unwrap_or_default(),
                &id(ticket.group_id),
                flag(ticket.has_incidents),
                flag(ticket.is_public),
                &id(ticket.organization_id),
                ticket.priority.unwrap_or_default(),
                ticket.recipient.as_deref().unwrap_or_default(),
                &ticket.requester_id.to_string(),
                ticket.status,
                ticket.subject.as_deref().unwrap_or_default(),
                &ticket.submitter_id.to_string(),
                ticket.kind.unwrap_or_default(),
                &time(&ticket.updated_at),
                &ticket.url,
                ticket.via.channel.as_str().unwrap_or_default(),
                from,
                ticket.via.source.rel.as_str().unwrap_or_default(),
            ],
        )?;
        for comment in ticket.comments.iter().flatten() {
            let (voice, author) = (comment.voice.is_some(), comment.author_id.to_string());
            let created = time(&comment.created_at);
            let id = comment.id.to_string();
            bytes += row(
                &mut self.comments,
                &[
                    &id,
                    SYNCED,
                    &comment.body,
                    &created,
                    "FALSE",
                    flag(comment.public),
                    &number,
                    "FALSE",
                    &author,
                    flag(voice),
                ],
            )?;
        }
        for tag in ticket.tags.iter().flatten() {
            row(&mut self.tags, &[tag, &number, SYNCED])?;
        }
        Ok(bytes)
    }

    fn user(&mut self, user: &User) -> io::Result<()> {
        let cells = [
            &user.id.to_string(),
            SYNCED,
            flag(user.active),
            &time(&user.created_at),
            user.email.as_deref().unwrap_or_default(),
            user.locale,
            &user.name,
            user.phone.as_deref().unwrap_or_default(),
            user.role,
            flag(user.suspended),
            user.time_zone,
            &time(&user.updated_at),
            &user.url,
        ];
        row(&mut self.users, &cells).map(drop)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        [self.tickets, self.comments, self.users, self.tags].into_iter().try_for_each(Sink::finish)
    }
}

fn row(sink: &mut Sink, cells: &[&str]) -> io::Result<u64> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    sink.text(&writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// `2024-03-05T10:11:12Z` as warehouses write it.
fn time(text: &str) -> String {
    text.trim_end_matches('Z').replace('T', " ")
}

fn flag(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

fn id(value: Option<u64>) -> String {
    value.map_or_else(String::new, |id| id.to_string())
}
