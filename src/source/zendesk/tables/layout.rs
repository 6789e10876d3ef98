//! A header: which table it belongs to, and what each of its columns means.

use super::super::translate::Field;
use super::shapes::{SHAPES, Shape, Special};

/// Columns of unknown tables named in the report.
const COLUMNS_TOLD: usize = 8;

/// A custom field that has a column.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CustomColumn {
    pub(super) index: usize,
    /// Its name or title.
    pub(super) id: String,
    /// Its type as the suffix says; empty if it does not.
    pub(super) suffix: String,
}

/// What a header says.
pub(super) struct Layout {
    pub(super) shape: Option<&'static Shape>,
    /// Columns of each field of the shape, the best first.
    pub(super) columns: Vec<(&'static Field, Vec<usize>)>,
    pub(super) custom: Vec<CustomColumn>,
    /// Number of columns.
    pub(super) width: usize,
    names: Vec<String>,
}

impl Layout {
    /// The layout of a header.
    pub(super) fn of(header: &[String]) -> Self {
        let names: Vec<String> = header.iter().map(|name| normalised(name)).collect();
        let shape = SHAPES.iter().find(|shape| (shape.fits)(&names));
        let columns = shape.map_or_else(Vec::new, |shape| {
            let index = |name: &&str| names.iter().position(|known| known == name);
            shape
                .fields
                .iter()
                .map(|field| (field, field.names.iter().filter_map(index).collect::<Vec<_>>()))
                .filter(|(_, indices)| !indices.is_empty())
                .collect()
        });
        let custom = match shape.map(|shape| shape.special) {
            Some(Special::CustomColumns) => custom_columns(&names),
            Some(Special::TitledColumns) => titled_columns(header),
            _ => Vec::new(),
        };
        Self { shape, columns, custom, width: header.len(), names }
    }

    pub(super) fn is_known(&self) -> bool {
        self.shape.is_some()
    }

    /// The column `name`.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The columns of an unknown table, for the report. Only plain words are shown: what was taken for a header can be
    /// a row with somebody's data.
    pub(super) fn signature(&self) -> String {
        let plain = |name: &&String| {
            (1..=32).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"_ |".contains(&byte))
        };
        let shown: Vec<&str> =
            self.names.iter().filter(plain).take(COLUMNS_TOLD).map(String::as_str).collect();
        format!("columns: {}", shown.join(", "))
    }
}

/// Lower case, one `_` where connectors write `__` or `.` between the levels of an object.
fn normalised(name: &str) -> String {
    let mut normalised = name.trim().trim_start_matches('\u{feff}').to_lowercase().replace('.', "_");
    while normalised.contains("__") {
        normalised = normalised.replace("__", "_");
    }
    normalised
}

/// `custom_order_number` of a warehouse.
fn custom_columns(names: &[String]) -> Vec<CustomColumn> {
    let custom = names.iter().enumerate().filter_map(|(index, name)| {
        let id = name.strip_prefix("custom_").filter(|id| !["fields", "status_id"].contains(id))?;
        Some(CustomColumn { index, id: id.to_owned(), suffix: String::new() })
    });
    custom.collect()
}

/// `Order number [txt]` of the tickets CSV.
fn titled_columns(header: &[String]) -> Vec<CustomColumn> {
    let custom = header.iter().enumerate().filter_map(|(index, name)| {
        let (title, suffix) = name.trim().strip_suffix(']')?.rsplit_once('[')?;
        let is_suffix =
            (1..=12).contains(&suffix.len()) && suffix.bytes().all(|byte| byte.is_ascii_lowercase());
        let title = title.trim();
        (is_suffix && !title.is_empty()).then(|| CustomColumn {
            index,
            id: title.to_owned(),
            suffix: suffix.to_owned(),
        })
    });
    custom.collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::translate;
    use super::*;

    fn is(header: &str) -> Option<(&'static str, Special)> {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        Layout::of(&header).shape.map(|shape| (shape.is, shape.special))
    }

    #[test]
    fn tables_are_known_by_their_columns() {
        for (header, expected) in [
            (
                "id,_fivetran_synced,body,created,facebook_comment,public,ticket_id,tweet,user_id,voice_comment",
                Some((translate::COMMENT, Special::CommentFlags)),
            ),
            (
                "ID,Ticket_ID,Author_ID,HTML_Body,Created_At",
                Some((translate::COMMENT, Special::CommentFlags)),
            ),
            (
                "id,subject,requester_id,status,via__channel",
                Some((translate::TICKET, Special::CustomColumns)),
            ),
            ("id,name,email,role,_fivetran_synced", Some((translate::USER, Special::None))),
            (
                "id,_fivetran_deleted,created_at,name,updated_at,url",
                Some((translate::GROUP, Special::ByAddress)),
            ),
            ("id,created_at,name,shared_tickets,url", Some((translate::ORGANIZATION, Special::None))),
            ("ticket_id,tag,_fivetran_synced", Some((translate::TICKET_ROW, Special::None))),
            ("id,ticket_id,score,comment", Some((translate::RATING, Special::None))),
            (
                "chat_id,created_at,actor_id,chat_index,message,type,url",
                Some((translate::CHAT_EVENT, Special::ChatEvent)),
            ),
            ("chat_id,channel,tags,ticket_id,user_id,visitor_id", Some((translate::CHAT, Special::None))),
            ("id,title,raw_title,type", Some((translate::FIELD, Special::None))),
            ("ticket_id,field_name,updated,value", Some((translate::TICKET_ROW, Special::Aside))),
            (
                "Summation column,Id,Requester,Requester id",
                Some((translate::TICKET_ROW, Special::TitledColumns)),
            ),
            ("ID,Subject,Requester,Requested", Some((translate::TICKET_ROW, Special::TitledColumns))),
            (
                "ID,Name,Email,Suspended,Date created,Last updated,Last sign-in",
                Some((translate::USER, Special::Agents)),
            ),
            ("id,name,subdomain,brand_url", None),
            ("ticket_id,comments", None),
            ("id,name", None),
            ("", None),
        ] {
            assert_eq!(is(header), expected, "{header}");
        }
    }

    #[test]
    fn custom_fields_have_columns() {
        let column = |index, id: &str, suffix: &str| CustomColumn {
            index,
            id: id.to_owned(),
            suffix: suffix.to_owned(),
        };
        let header = ["Id", "Subject", "Status", "Ticket Category [list]", "JIRA URL [txt]", "[x]", "a [B]"];
        let header = header.map(str::to_owned);
        let titled = Layout::of(&header).custom;
        assert_eq!(titled, [column(3, "Ticket Category", "list"), column(4, "JIRA URL", "txt")]);
        let header = ["id", "requester_id", "status", "custom_size", "custom_fields", "custom_status_id"];
        assert_eq!(Layout::of(&header.map(str::to_owned)).custom, [column(3, "size", "")]);
    }

    #[test]
    fn signatures_show_plain_names_only() {
        let header = ["a", "Kim@example.com", "b_c", "12"].map(str::to_owned);
        assert_eq!(Layout::of(&header).signature(), "columns: a, b_c");
    }
}
