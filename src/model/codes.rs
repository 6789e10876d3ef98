//! The one table of finding codes. The manual is generated from it, and a code never changes its meaning.
//!
//! Letters: `I` input files, `Z` Zendesk, `A` Aircall, `M` message and conversation checks, `G` Gorgias's limits and
//! mapping, `U` what the upload met, `F` files.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::finding::Severity;

macro_rules! codes {
    ($( $name:ident $code:literal $severity:ident $summary:literal => $remedy:literal; )*) => {
        /// A stable finding code. The sentence and the remedy of each are in its row of the table.
        #[allow(rustdoc::broken_intra_doc_links, reason = "sentences name sections such as [mapping]")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code {
            $( #[doc = $summary] #[serde(rename = $code)] $name, )*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[ $( Self::$name, )* ];

            /// The stable name: `GI-…`.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$name => $code, )* }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $( Self::$name => Severity::$severity, )* }
            }

            /// What happened, as one sentence.
            pub fn summary(self) -> &'static str {
                match self { $( Self::$name => $summary, )* }
            }

            /// What to do about it.
            pub fn remedy(self) -> &'static str {
                match self { $( Self::$name => $remedy, )* }
            }
        }
    };
}

codes! {
    // Input files.
    UnreadableLine "GI-I001" Warn "a line is not valid JSON and was left out"
        => "look at the line; if the file was cut off while downloading, download it again";
    UnreadableRow "GI-I002" Warn "a CSV row does not fit its header and was left out"
        => "correct the row and run validate again";
    RepairedText "GI-I003" Info "damaged characters were replaced by the replacement character"
        => "nothing, unless the text matters: compare it with the original";
    UnknownFile "GI-I004" Warn "a file is of no known kind and was left out"
        => "remove it from the folder, or check that it is the file you meant";
    EmptyFile "GI-I005" Info "a file is empty"
        => "nothing, unless it should have had content: then export it again";
    UnsupportedFile "GI-I006" Warn "a file is of a kind that cannot be read yet and was left out"
        => "export the same data as JSON or CSV; open a spreadsheet and save it as CSV UTF-8; unpack a tar archive";
    UnknownRecord "GI-I007" Warn "a record is of no known kind and was left out"
        => "check what it is; if it should be imported, report the shape";
    RefusedArchive "GI-I008" Warn "an archive was refused because of its size, its ratio or its names"
        => "unpack it yourself and give the folder, if you trust it";
    TruncatedFile "GI-I009" Warn "a file ends in the middle of a record"
        => "download or export it again; what was whole before the cut is used";
    AssumedEncoding "GI-I010" Warn "a file is not UTF-8 and was read as Windows-1252"
        => "look at names with accents in the report; save the file as UTF-8 if they are wrong";
    MixedAccounts "GI-I011" Warn "the files come from more than one source account"
        => "give each account its own [[source]] with a name of its own, or check the folder";
    TicketOfTwoAccounts "GI-I020" Block "tickets of two source accounts have the same number; none of them was imported"
        => "give each account its own [[source]] with a name of its own";
    NothingFound "GI-I012" Info "nothing that could be imported was found"
        => "check the paths in migration.toml";
    UnreadableElement "GI-I014" Warn "an element of an XML file is not well-formed or too large and was left out"
        => "look at the element; if the file was cut off while downloading, download it again";
    TableCut "GI-I015" Info "there are more names than a starting table of init lists; the rest is left as it is"
        => "nothing, or add lines for those that should be treated otherwise";

    TitlesPassed "GI-I016" Info "lines above the header of a CSV file were passed over"
        => "nothing, if they are the title of a report";
    NotAFile "GI-I013" Warn "something in a folder is no file and was left out"
        => "if it stands for data, name what it leads to in the paths of the [[source]]";

    // Zendesk.
    DeletedTicket "GI-Z001" Info "a deleted ticket was left out"
        => "nothing: deleted tickets are not imported";
    NoComments "GI-Z002" Warn "a ticket has no comment in these files and is imported with its description alone"
        => "if it had more messages, export its comments as well";
    EmptyTicket "GI-Z003" Warn "a ticket has neither a comment that says something nor a description and was left out"
        => "export its comments if it should be imported";
    OversizeNotice "GI-Z004" Warn "the export says that a ticket was too large, its comments are missing"
        => "fetch the ticket's comments through the API and put the file beside the export";
    OlderCopy "GI-Z005" Info "the same ticket was in several files; the newest copy was used"
        => "nothing: overlapping exports are normal";
    SideGuessed "GI-Z006" Info "an author's side was inferred, because the users export does not name the author"
        => "add the users export, which says who is an agent";
    PersonMissing "GI-Z007" Info "an author is missing from the users export"
        => "add the users export; people who were deleted for good stay unknown";
    SuspendedTicket "GI-Z008" Info "a suspended ticket (spam queue) was left out"
        => "nothing: suspended tickets are not tickets";
    SystemComment "GI-Z009" Info "a notice of the help desk itself was imported as an internal note"
        => "nothing";
    BodyMaybeCut "GI-Z010" Warn "a body has exactly the length at which Zendesk cuts off, its end may be missing"
        => "nothing: Zendesk does not have the rest either";
    BadId "GI-Z011" Warn "an id was destroyed by a spreadsheet or is no number, the record was left out"
        => "export again and do not open the file in a spreadsheet";
    UnknownChannel "GI-Z012" Info "a channel is not known and was filed as api"
        => "nothing, or report the channel's name";
    SharedTicketText "GI-Z013" Info "a comment was redacted in Zendesk"
        => "nothing: the removed text is not in the export";
    OrphanComments "GI-Z014" Warn "a comment whose ticket is not known, or is in none of the files, was left out"
        => "put the tickets export beside the comments; name files of comments after their tickets: tickets/501/comments.json";
    PagesUnfinished "GI-Z015" Warn "a set of API pages has no last page, records are missing"
        => "fetch the pages that follow and put them beside these";
    WordlessComments "GI-Z016" Warn "a ticket has comments that are named without their text and were left out"
        => "fetch the ticket events again with include=comment_events, or export the comments";
    RepliesMissing "GI-Z017" Warn "a ticket has fewer public answers by agents than Zendesk counted"
        => "export the ticket's comments again and put the file beside these";
    TranscriptLeftOut "GI-Z018" Info "the transcript of a chat was left out, because its messages are imported one by one"
        => "nothing";
    SidePreviewOnly "GI-Z019" Warn "a side conversation is in the export without its messages; a note holds its preview"
        => "fetch the events of the side conversation and put the file beside the export";
    RatingInMeta "GI-Z020" Info "a customer's satisfaction rating is kept as meta data of the ticket"
        => "nothing; Gorgias does not show meta data to agents. [mapping] ratings says what becomes of good and bad";
    ChatLeftOut "GI-Z021" Warn "a chat of the Chat product names no ticket and was left out"
        => "nothing: only chats that became tickets are imported";
    TicketWithoutMessages "GI-Z022" Warn "a ticket is only in a table, which holds no messages, and was left out"
        => "export the tickets as JSON or XML, or fetch their comments through the API";
    UnknownLabel "GI-Z023" Warn "a table holds a label or a time that is not known, perhaps in another language; it is ignored"
        => "export the table again with the language of your profile set to English";
    ZoneMissing "GI-Z024" Info "a table's times have no time zone and are not used"
        => "set timezone = \"...\" in the [[source]], the time zone of the Zendesk account, if tickets lack their times";
    DestroyedReference "GI-Z025" Warn "an id in a table was destroyed by a spreadsheet and is ignored"
        => "export the table again and do not open it in a spreadsheet";
    BadMessageId "GI-Z026" Block "a comment's id or its author's was destroyed by a spreadsheet or is no number"
        => "export again and do not open the file in a spreadsheet";
    PrivacyUnknown "GI-Z027" Warn "a comment does not say readably that it is public and is imported as an internal note"
        => "look at `public` of the comments: it has to be true or false. Export it with them, and run validate again";
    PrivacyContradicted "GI-Z028" Info "a comment is public in one file and private in another and is imported as an internal note"
        => "nothing: Zendesk makes public comments private, and never the contrary";
    NoSuchComment "GI-Z030" Warn "a ticket has entries among its comments that are no comments and were left out"
        => "look at the ticket's comments in the file; export them again if something should have been there";
    DeletedButThere "GI-Z029" Warn "a ticket is in the list of deleted tickets, and the export has it all the same; it is imported"
        => "nothing, if it was restored; else delete it in Gorgias after the run if it must not be there";
    RedactedLater "GI-Z031" Warn "an audit says that a comment or its file was redacted, and the export still shows it; it was taken out"
        => "nothing, or export the ticket's comments again, which shows what is left of the text";

    // Aircall.
    UnknownLayout "GI-A001" Warn "a CSV file has no known Call History layout and was left out"
        => "export Call History again, or name its columns in [[source]] columns";
    NumberDestroyed "GI-A002" Warn "a phone number was destroyed by a spreadsheet, the call is imported without it"
        => "export the CSV again and do not open it in a spreadsheet";
    BadClock "GI-A003" Block "a call has no readable start time"
        => "correct the row's date, or export it again";
    AmbiguousDates "GI-A004" Block "a file's dates can be read day first or month first"
        => "set date_order = \"dmy\" or \"mdy\" in the [[source]]";
    BothDateOrders "GI-A024" Block "a file has dates that are only possible day first and dates that are only possible month first"
        => "bring the dates of the file to one order, or export it again and do not open it in a spreadsheet";
    InternalCall "GI-A005" Info "a call or a thread of text messages between two lines of the company"
        => "set include_internal = false to leave both out";
    DuplicateCall "GI-A006" Info "the same call was in the files more than once; the fuller copy was used"
        => "nothing: overlapping exports are normal";
    BadCell "GI-A007" Warn "a cell of a call could not be read and was ignored"
        => "compare the call with Aircall if the value matters";
    BadDirection "GI-A008" Block "a call or message is neither inbound nor outbound"
        => "correct the record's direction";
    NoCallId "GI-A009" Warn "a call has no id in this layout; its key is made from its facts"
        => "export the current Call History layout, which has ids";
    RunningCall "GI-A010" Info "a call had not ended when it was exported and was left out"
        => "export it again";
    PagesMissing "GI-A011" Warn "the API pages hold fewer calls than Aircall counted"
        => "Aircall's API stops at 10,000 calls a query without saying so; fetch the calls in shorter spans of time";
    NotACall "GI-A012" Info "a record of Aircall's that is neither a call nor a message was left out"
        => "nothing: only calls, messages and what belongs to them are imported";
    OrphanAiText "GI-A013" Warn "a transcription or other AI text is about a call that is not imported, and was left out"
        => "put the export with the call beside it";
    CallsNotTold "GI-A014" Block "a call without an id may be one of several calls with ids; it was left out"
        => "leave out the file without ids, or compare the call by hand";
    AgentUnclear "GI-A015" Warn "a call names its agent, and several users have that name; the agent stays a person apart from them"
        => "export the calls as JSON, which has the ids of users, or say in the table of [mapping] people who it is";
    BadCallId "GI-A016" Block "a call's id was destroyed by a spreadsheet or is no number"
        => "export again and do not open the file in a spreadsheet";
    LogLinesPassed "GI-A017" Info "lines of a log that hold no JSON were passed over"
        => "nothing: only events are read";
    WordsLeftOut "GI-A018" Warn "a row without an id is a call that is imported by its id; the row's comments or tags that the call lacks were left out"
        => "export the current Call History layout, which has ids: then they come with the call";
    OutcomeNotSaid "GI-A019" Info "nothing says whether a call was answered; it is imported without an outcome"
        => "name the column that says so as answered in [[source]] columns, or export the current Call History layout";
    BadTextId "GI-A020" Block "a text message's id is missing or cannot be read"
        => "take the message from another log, or correct its id";
    CallZoneMissing "GI-A021" Block "a call's start has no time zone"
        => "set timezone = \"...\" in the [[source]], the time zone of the clocks in the file";
    RepeatedHour "GI-A022" Warn "a call began in an hour that came twice, because clocks were set back; the earlier one is used"
        => "compare the call with Aircall if the hour matters, or export the layout with datetime (utc)";
    CommentTimeMissing "GI-A023" Info "a comment of a call has no time; it is put at the end of the call"
        => "nothing, unless the order of notes matters: compare the call with Aircall";

    // Messages and conversations.
    SentInFuture "GI-M001" Block "a message's time lies in the future"
        => "check the clock of this machine; correct the record";
    NoSentTime "GI-M002" Block "a message has no readable time"
        => "export it again; a time is never guessed";
    BlankBody "GI-M003" Warn "a message has no text; it is imported with a line that says so"
        => "nothing";
    BlankMessageLeftOut "GI-M004" Info "a message without text and files was left out"
        => "nothing";
    OldSentTime "GI-M005" Warn "a message's time is before 1995"
        => "check the record: help desks did not exist yet";
    KeyTwice "GI-M006" Block "a conversation has the key of another one and was left out"
        => "give each account a source of its own; if it is one account, report it";

    // Mapping and Gorgias's limits.
    SubjectTooLong "GI-G001" Warn "a subject is longer than Gorgias takes (998 characters) and is cut; the whole is in the meta data"
        => "nothing";
    ExternalIdTooLong "GI-G002" Block "a key is longer than Gorgias takes (255 characters)"
        => "use a shorter source name";
    TagTooLong "GI-G003" Warn "a tag is longer than Gorgias takes (256 characters) and is left out"
        => "give the tag a shorter name in the table of [mapping] tags, which init writes";
    TooManyMessages "GI-G004" Info "a ticket has more messages than one call takes; the rest is appended one by one"
        => "nothing: it costs one call per further message";
    AgentUnmatched "GI-G005" Warn "an agent has no Gorgias user; a stand-in sends, the name stays in the message"
        => "create the user in Gorgias, or set unknown_agent";
    CustomerWithoutAddress "GI-G006" Warn "a customer has neither an email address nor a phone number"
        => "nothing: the customer is made with a name and a key alone";
    AgentRejected "GI-G007" Block "an agent has no Gorgias user and [mapping] unknown_agent is \"reject\""
        => "create the user in Gorgias, or set unknown_agent";
    BadPhone "GI-G008" Info "a phone number could not be read; the customer is made without it, and it is kept as it is written in the meta data of the ticket"
        => "set [mapping] default_country, or correct the number";
    MailboxUnknown "GI-G009" Warn "the company's address of an email is not in the export and no mailbox is set"
        => "set [mapping] mailbox";
    NoteByCustomer "GI-G010" Info "a private comment by a customer is imported as a note; its author is named in it"
        => "nothing: Gorgias has no notes by customers";
    EmailWithoutAddress "GI-G012" Info "an email's customer has no address; the message is filed under channel api"
        => "add the users export, which has the addresses";
    FieldsInMeta "GI-G013" Info "a ticket's custom fields are kept as meta data of the ticket, not as fields"
        => "nothing; Gorgias does not show meta data to agents, so say in the table of [mapping] fields what they need to see";
    PersonSkipped "GI-G014" Info "a ticket or message was left out, because the table of people says skip for its customer or author"
        => "nothing, or change the decision in the table of [mapping] people";
    FieldUnfit "GI-G015" Warn "the value of a custom field does not fit the Gorgias field and is kept as meta data"
        => "compare the value with the field's type and choices in Gorgias";
    LineUnmet "GI-G016" Info "a line of a mapping table names nothing that is in the exports"
        => "check its spelling; nothing, if the table is meant for other exports as well";
    RatingUndated "GI-G017" Info "the time of a customer's rating is not in the export; that of the ticket's last message stands in"
        => "nothing, or add the export of satisfaction ratings, which has the times";
    HtmlCleaned "GI-G018" Info "scripts, forms, event handlers or tracking pixels were taken out of a ticket's messages"
        => "nothing; the text stays";
    GroupUnmatched "GI-G019" Info "a ticket's group has no Gorgias team of that name; it is kept as meta data"
        => "make a team of the group's name in Gorgias, or nothing";
    PeopleJoined "GI-G020" Info "several ids of the exports have the same address and become one customer"
        => "nothing; if they are different people, say in the table of [mapping] people who is who";
    PhoneNotJoined "GI-G021" Info "a caller's number is in the profile of a customer who has an email address; they stay two customers, because a number in a profile is not verified"
        => "if they are one person, give the caller the decision customer and the email address in the table of [mapping] people";
    NoteCut "GI-G022" Info "what was noted down about a customer is longer than is brought to Gorgias and is cut"
        => "nothing need be done; the whole stands in the old help desk";
    MappedTicketBad "GI-G011" Block "a row of the tickets mapping names a Gorgias ticket that cannot be used"
        => "correct the row in the tickets CSV";

    // Upload.
    RefusedByGorgias "GI-U001" Block "Gorgias refused the record"
        => "read Gorgias's words in rejects.csv, correct the record or the mapping and run again";
    ConflictInGorgias "GI-U002" Block "Gorgias holds a ticket with this key that this ledger did not make"
        => "find out who made it; nothing was written to it. Once it is deleted in Gorgias, and from its trash, the next run creates it";
    InTrash "GI-U003" Warn "a ticket with this key is in Gorgias's trash; it was not created again"
        => "empty the trash, or leave it";
    TwoInGorgias "GI-U004" Block "Gorgias holds two tickets with this key"
        => "delete one of them in Gorgias and run again";
    ChangedInSource "GI-U005" Warn "a message that is in Gorgias already has another text, author or file in this export, or became public"
        => "nothing is rewritten; correct it by hand if it matters, and see whether it is private in the source now";
    KeysNotJoined "GI-U007" Block "messages without ids in one export and with ids in another could not be told apart; nothing of the ticket was added"
        => "compare the ticket in Gorgias with the export by hand";
    CallNotJoined "GI-U008" Block "a call without an id in one export and with one in another could not be told apart; it was not imported"
        => "compare the call with those of the same time in Gorgias; import it from one export only";
    MessageRefused "GI-U009" Block "Gorgias refused a message; its ticket is imported without it"
        => "read Gorgias's words in rejects.csv, correct the record or the mapping, and send it again with run --ids-from rejects.csv";
    ThereByOtherMeans "GI-U010" Warn "a ticket of the same customer and time is in Gorgias already by other means; this one was left out"
        => "compare the two; set [safety] existing = \"import\" to import it nevertheless";
    InOtherThread "GI-U011" Info "a text message is in the ticket of another thread already; it was not added again"
        => "nothing; logs that begin or end within a thread cut it differently";
    NotInExport "GI-U012" Warn "a ticket of an earlier export is not in this one and not in Gorgias"
        => "nothing, if it was left out on purpose; else run again with an export that has it";
    RestNotInExport "GI-U013" Warn "a ticket is in Gorgias without all of it, and the rest is not in this export"
        => "run again with an export that has the ticket";
    RatingThere "GI-U014" Warn "a ticket in Gorgias has another rating than the export; the export's stays in the meta data"
        => "compare the two";
    RatingRefused "GI-U015" Warn "Gorgias refused a customer's rating; it stays in the meta data of the ticket"
        => "read Gorgias's words, or set [mapping] ratings = \"meta\"";
    ChangedByHand "GI-U016" Info "a ticket or message was to be given to another user, and somebody had changed it in Gorgias; it stays"
        => "nothing, or change it in Gorgias";
    AmendRefused "GI-U017" Warn "Gorgias refused to change a message or ticket that is there; it stays as it is"
        => "read Gorgias's words, and change it in Gorgias if it matters";
    MessageNotInExport "GI-U018" Warn "a message was still to be appended to a ticket in Gorgias, and this export does not have it any more"
        => "nothing, if it was deleted in the source; an export that has it brings it";
    MissingInSource "GI-U019" Info "a message that is in Gorgias is not in this export; it stays in Gorgias"
        => "if it was deleted in the source and must not stay, delete it in Gorgias";
    TouchedInGorgias "GI-U020" Warn "the status, assignee or tags of a ticket are others in the source than in Gorgias, where people have worked at it; it was left as it is there"
        => "compare the two and put it right in Gorgias by hand";
    FailedAgainAndAgain "GI-U021" Warn "Gorgias failed at this record again and again; it is left to the next run, which tries again"
        => "run the same command again; if it stays so, show Gorgias's support the request ids in log.ndjson";
    StatusRefused "GI-U022" Block "Gorgias refused to put the status of a ticket right after messages were appended; it may be open"
        => "read Gorgias's words, and close the ticket in Gorgias";
    EventsUnread "GI-U023" Warn "the account's events cannot be read, so what rules and others did to imported tickets is known only as far as the tickets themselves show it"
        => "use the key of a user who may read events, and look at some of the first tickets in Gorgias: whether anything reacted to them";
    ChangeLeft "GI-U024" Block "Gorgias failed again and again at a change of a message, ticket or customer that is there; it is left to the next run"
        => "run the same command again; if it stays so, show Gorgias's support the request ids in log.ndjson";
    NotReadBack "GI-U025" Warn "a ticket that was sent ahead or drawn by lot could not be read back, so whether anything in the account reacted to it is not known"
        => "look at the ticket in Gorgias; if it stays unreadable, show Gorgias's support the request ids in log.ndjson";
    GoneFromGorgias "GI-U006" Warn "a ticket that was imported is no longer in Gorgias; it was not created again"
        => "nothing";

    PublicInGorgias "GI-U026" Block "a message is public in Gorgias and private in this export; it stays public"
        => "delete the message in Gorgias by hand, or bring it as an internal note there; whoever got it in the old help desk has it. Runs go on saying so until verify finds it public no longer";

    // Files.
    FileHostNotListed "GI-F001" Info "a file lies on a host that may not be asked; the message keeps the link to it"
        => "add the host to [attachments] hosts, if its files are to be uploaded";
    FileHostSilent "GI-F002" Warn "the host of a file could not be reached; the message keeps the link and says so"
        => "run gorgias-import fetch until everything is there, before the upload; every later run tries again";
    FileGone "GI-F003" Warn "a file is no longer where it was; its message says so"
        => "nothing, unless somebody has a copy of it; every later run tries again";
    FileNeedsLogin "GI-F004" Warn "a file needs a login; its message says that it is not there"
        => "set api_token_file and api_user in the [[source]] and run again";
    FileUnusable "GI-F005" Warn "what came in place of a file is empty, cut off or an error; its message says so"
        => "run again: every later run tries again";
    FileTooLarge "GI-F006" Warn "a file is larger than [attachments] max_bytes; its message says that it is not there"
        => "raise max_bytes, as far as Gorgias takes such files, and run again";
    FileLedAway "GI-F007" Warn "the address of a file leads to a host that may not be asked; its message says so"
        => "add the host to [attachments] hosts, if it is to be trusted";
    FileNotInDump "GI-F008" Warn "a file that the export names cannot be read from it; its message says so"
        => "put the file back where it was when the export was read, and run again";
    FileRefused "GI-F009" Warn "Gorgias does not take a file; its message says that it is not there"
        => "nothing, or attach it by hand";
    FileNotFetched "GI-F010" Info "a file is on the web and was not fetched; the message keeps the link to it"
        => "run gorgias-import fetch first, if the rehearsal is to show it";
    RecordingWithoutLogin "GI-F012" Info "a recording is to be had with the account's API key alone; the message keeps the link to it"
        => "set api_user and api_token_file in the [[source]], then run gorgias-import fetch";
    FileCameLate "GI-F013" Info "a file that was missing when its message was sent came later; the message has it now"
        => "nothing";
    LateFileNotPut "GI-F014" Warn "a file came after its message was sent, and the message is not as it was sent any more; it stays as it is"
        => "attach the file by hand in Gorgias; fetch keeps it below files/ in the state folder";
    FileDeleted "GI-F015" Info "files of a message were deleted in the old help desk; it names them"
        => "nothing, unless somebody has a copy of it";
    FileWithoutAddress "GI-F016" Warn "the export names files of a message and has neither them nor an address on the web; the message names them"
        => "look at the addresses of the files in the export (content_url); export it again if the files are still there";
    UploadRepeated "GI-F011" Info "the answer to an upload was lost and the file was sent again; a copy may lie in Gorgias unused"
        => "nothing";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            let name = code.as_str();
            assert!(seen.insert(name), "{name} twice");
            assert!(name.len() == 7 && name.starts_with("GI-"), "{name}");
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{name}\""));
            assert!(!code.summary().ends_with('.') && !code.remedy().ends_with('.'), "{name}");
        }
    }
}
