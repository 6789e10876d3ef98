//! The layouts of Call History files, as tables: which header means what.
//!
//! Headers are compared without case, punctuation and spaces at the ends, and by name, never by position. A further
//! layout is a row of [`LAYOUTS`] and the names it adds to [`NAMES`].

use std::collections::BTreeMap;

use csv::StringRecord;

/// Most columns of a file that are looked at; the current layout has 41.
const COLUMNS_MAX: usize = 512;

macro_rules! columns {
    ($( $column:ident $doc:literal $($name:literal),+; )*) => {
        /// What a column means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Column { $( #[doc = $doc] $column, )* }

        impl Column {
            /// How many there are.
            const COUNT: usize = [$( Self::$column ),*].len();

            /// The column's first name: what messages call it.
            pub(super) fn name(self) -> &'static str {
                match self { $( Self::$column => [$($name),+][0], )* }
            }
        }

        /// Every header known, in every layout, by its words in lower case.
        const NAMES: &[(&str, Column)] = &[ $( $( ($name, Column::$column), )+ )* ];
    };
}

columns! {
    Id "Aircall's id of the call; beyond 32 bits." "call id (internal)";
    Sid "The provider's id, `CA` and 32 hex digits; in the Looker layout the call's own id." "call id";
    StartUtc "Start, UTC: the only instant of the file." "datetime (utc)";
    StartLocal "Start, in the zone of the number." "datetime (tz offset incl.)";
    DateLocal "Date of the start, in the zone of the number." "date (tz offset incl.)";
    TimeLocal "Time of the start, in the zone of the number." "time (tz offset incl.)";
    NumberTimezone "IANA name of the number's zone." "number timezone";
    ReportStart "Start, in the zone of the report, which the file does not name." "call start time", "created time";
    ReportEnd "End, in the zone of the report." "call end time", "ended time";
    Direction "`inbound` or `outbound`." "direction";
    From "Digits of the caller." "from";
    To "Digits of the called." "to";
    CustomerNumber "The customer's number with plus and spaces." "customer number";
    AircallNumber "Name and number of the line." "aircall number";
    EntryNumber "The first line that the caller reached." "entry number";
    Line "Name of the line or of its IVR branch." "line", "number name";
    Country "ISO 3166-1 code; whose is not known." "country_code", "country";
    Answered "`Yes` or `No`." "answered", "was answered (yes / no)", "was answered";
    MissedReason "Why nobody answered." "missed_call_reason", "unanswered call reason";
    CallType "`Answered`, `Missed`, `Voicemail` …" "call type";
    DirectionType "`Inbound - Answered`." "call direction - type";
    Agent "Display name of the agent." "user", "full name", "user name";
    Team "Name of the team." "team";
    Total "Ringing, IVR and talk." "duration (total)", "duration in seconds";
    Talk "Talk." "duration (in call)";
    TalkClock "Talk, as a clock." "in-call duration";
    Waiting "From the start to the answer." "waiting time";
    TimeToAnswer "Ringing and queue." "time to answer";
    TimeInIvr "In the IVR." "time in ivr";
    Voicemail "Link to the voicemail." "voicemail";
    Recording "Link to the recording." "recording";
    Comments "The comments in one text." "comments";
    Tags "Names, with commas between." "tags";
    Quality "Call quality." "call quality";
    DisconnectedBy "`agent` or `external`." "disconnected by";
    IvrBranch "The choice made in the IVR." "ivr branch";
    IvrWidget "Name of the IVR." "ivr widget";
    Timeline "Link to the call's timeline." "call timeline";
    Via "How the call was made (oldest layouts)." "via";
    CallbackDetails "Of the callback." "callback details";
    CallbackFailure "Of the callback." "callback failure";
    CallbackPending "Of the callback." "automatic callback pending time";
    AiTime "Talk with the AI voice agent." "time with ai voice agent";
    AiBranch "Where the AI voice agent sent the call." "ai voice agent transfer branch";
}

/// Headers by which the layouts of Aircall's are known: a file is one of calls if all headers of one of these groups are
/// there. Seen in public parsers and test data.
const LAYOUTS: &[&[&str]] = &[
    // Call History of today.
    &["call id (internal)"],
    &["datetime (tz offset incl.)"],
    // Call History before it, with and without an IVR branch.
    &["date (tz offset incl.)", "time (tz offset incl.)"],
    // Drill-downs of the Looker years.
    &["was answered (yes / no)"],
    &["was answered"],
    &["created time"],
];

/// Where the columns of one file are.
#[derive(Debug)]
pub(super) struct Columns {
    /// Number of cells that a row must have.
    pub(super) width: usize,
    /// What the file calls the direction.
    pub(super) direction_header: String,
    at: [Option<usize>; Column::COUNT],
    /// Columns that have no meaning here, with their headers; kept in the meta data.
    pub(super) extra: Vec<(usize, String)>,
}

/// Why a file is no Call History.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotCalls {
    /// What is missing, in words.
    pub(super) missing: String,
}

impl Columns {
    /// Where `column` is.
    pub(super) fn at(&self, column: Column) -> Option<usize> {
        self.at[column as usize]
    }

    /// Recognises a header. `own` are the config's `columns`: our name to theirs.
    pub(super) fn of(header: &StringRecord, own: &BTreeMap<String, String>) -> Result<Self, NotCalls> {
        let words: Vec<String> = header.iter().take(COLUMNS_MAX).map(words_of).collect();
        let mut columns = Self {
            width: header.len(),
            direction_header: String::new(),
            at: [None; Column::COUNT],
            extra: Vec::new(),
        };
        for (index, header) in words.iter().enumerate() {
            let mapped = own.iter().find(|(_, theirs)| words_of(theirs) == *header);
            let column =
                mapped.map_or_else(|| column_named(header), |(ours, _)| column_named(&words_of(ours)));
            match column {
                // A mapped column wins over one that merely has the usual name, else the first of two.
                Some(column) if mapped.is_some() || columns.at(column).is_none() => {
                    columns.at[column as usize] = Some(index);
                }
                _ if header.is_empty() => {}
                _ => columns.extra.push((index, header.clone())),
            }
        }
        let known = |name: &&str| words.contains(&words_of(name));
        // The config may name the columns of any other file.
        if own.is_empty() && !LAYOUTS.iter().any(|headers| headers.iter().all(known)) {
            return Err(NotCalls { missing: "none of the known layouts has these columns".into() });
        }
        columns.check()?;
        let direction = columns.at(Column::Direction).and_then(|index| header.get(index));
        direction.unwrap_or_default().trim().clone_into(&mut columns.direction_header);
        Ok(columns)
    }

    /// The least that a call needs: an instant, a direction, a number.
    fn check(&self) -> Result<(), NotCalls> {
        let has = |column| self.at(column).is_some();
        let instant = has(Column::StartUtc)
            || has(Column::StartLocal)
            || has(Column::DateLocal) && has(Column::TimeLocal)
            || has(Column::ReportStart);
        let number = has(Column::CustomerNumber) || has(Column::From) && has(Column::To);
        let needs = [
            (instant, "a start time"),
            (has(Column::Direction), "a direction"),
            (number, "a customer number, or from and to"),
        ];
        let missing: Vec<&str> = needs.iter().filter(|need| !need.0).map(|need| need.1).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(NotCalls { missing: format!("the columns for {} are missing", missing.join(" and for ")) })
    }
}

/// Whether `name` may stand on the left side of an entry of `columns` in the config.
pub fn is_column_name(name: &str) -> bool {
    column_named(&words_of(name)).is_some()
}

fn column_named(words: &str) -> Option<Column> {
    NAMES.iter().find(|(name, _)| words_of(name) == words).map(|(_, column)| *column)
}

/// A header as it is compared: its words in lower case, without punctuation. Warehouses write `call_id` for `call id`.
fn words_of(header: &str) -> String {
    let lower = header.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str) -> Result<Columns, NotCalls> {
        Columns::of(&header.split(',').collect::<Vec<_>>().into(), &BTreeMap::new())
    }

    #[test]
    fn layouts_are_known_by_their_headers() {
        for header in [
            "Datetime (UTC), Call  ID (Internal) ,direction,FROM,to",
            "datetime (tz offset incl.),number timezone,direction,customer number",
            "date (TZ offset incl.),time (TZ offset incl.),direction,from,to,IVR Branch",
            "date (TZ offset incl.),time (TZ offset incl.),direction,from,to,via",
            "call_id,direction,from,to,created_time,was_answered_yes__no",
        ] {
            assert!(columns(header).is_ok(), "{header}");
        }
        assert!(columns("date (TZ offset incl.),start time,direction,from,to").is_err());
    }

    #[test]
    fn columns_are_found_by_name_and_the_unknown_kept() {
        let columns =
            columns("x y,Customer Number,datetime (utc),,direction,call id (internal),direction").unwrap();
        assert_eq!(columns.at(Column::CustomerNumber), Some(1));
        assert_eq!(columns.at(Column::Direction), Some(4));
        assert_eq!(columns.at(Column::From), None);
        assert_eq!(columns.extra, [(0, "x y".to_owned()), (6, "direction".to_owned())]);
        assert_eq!(columns.width, 7);
    }

    #[test]
    fn what_is_no_call_list_is_refused() {
        assert!(columns("user,calls answered,calls missed").is_err());
        let missing = columns("call id (internal),from,to").unwrap_err().missing;
        assert_eq!(missing, "the columns for a start time and for a direction are missing");
    }

    #[test]
    fn own_columns_are_mapped_by_name() {
        let own =
            [("datetime (utc)", "Beginn (UTC)"), ("direction", "Richtung"), ("customer number", "Kunde")];
        let own = own.iter().map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned())).collect();
        let header = StringRecord::from(vec!["Kunde", "beginn (utc)", "RICHTUNG", "Zeile"]);
        let columns = Columns::of(&header, &own).unwrap();
        assert_eq!(columns.at(Column::StartUtc), Some(1));
        assert!(is_column_name("Datetime (UTC)") && !is_column_name("beginn"));
    }

    #[test]
    fn every_name_is_given_once() {
        for (index, (name, _)) in NAMES.iter().enumerate() {
            assert!(NAMES[..index].iter().all(|(other, _)| words_of(other) != words_of(name)), "{name}");
        }
    }
}
