//! Calls of one spring, told once in neutral form: each has something that layouts tell differently.

/// 2025-06-02T09:00:00Z.
const FROM: i64 = 1_748_854_800;

/// A line of the company.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    /// As Aircall shows it.
    pub(crate) number: &'static str,
    pub(crate) zone: &'static str,
    pub(crate) country: &'static str,
}

/// Someone who works there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agent {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
}

/// A comment on a call.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) text: &'static str,
    pub(crate) at: i64,
    pub(crate) by: Option<Agent>,
}

/// A call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) id: u64,
    pub(crate) inbound: bool,
    pub(crate) start: i64,
    /// Seconds until somebody answered, or until the end.
    pub(crate) waited: i64,
    /// Seconds of the waiting that passed in the IVR.
    pub(crate) in_ivr: i64,
    /// Seconds of talk; none where nobody answered.
    pub(crate) talk: Option<i64>,
    pub(crate) line: Line,
    /// As Aircall shows it; nothing where the caller hid it.
    pub(crate) customer: Option<&'static str>,
    /// First name, last name, address.
    pub(crate) contact: Option<(&'static str, &'static str, &'static str)>,
    pub(crate) agent: Option<Agent>,
    pub(crate) team: Option<&'static str>,
    pub(crate) reason: Option<&'static str>,
    /// Aircall's call type, which the API does not have.
    pub(crate) kind: &'static str,
    pub(crate) voicemail: bool,
    pub(crate) recorded: bool,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) ivr: Option<&'static str>,
    pub(crate) transfer: Option<(Agent, Agent)>,
    pub(crate) summary: Option<&'static str>,
    /// What the conversation has to say first.
    pub(crate) outcome: &'static str,
}

impl Call {
    pub(crate) fn total(&self) -> i64 {
        self.waited + self.talk.unwrap_or_default()
    }

    pub(crate) fn end(&self) -> i64 {
        self.start + self.total()
    }

    pub(crate) fn sid(&self) -> String {
        format!("CA{:032x}", self.id)
    }

    /// The page of its sound, behind Aircall's login.
    pub(crate) fn asset(&self) -> Option<String> {
        let what = if self.voicemail { "voicemail" } else { "recording" };
        let is_there = self.voicemail || self.recorded;
        is_there.then(|| format!("https://assets.aircall.io/calls/{}/{what}", self.id))
    }
}

pub(crate) const SALES: Line =
    Line { id: 41, name: "Sales", number: "+33 1 99 00 00 01", zone: "Europe/Paris", country: "FR" };
pub(crate) const SUPPORT: Line = Line {
    id: 42,
    name: "Línea España (VIP)",
    number: "+34 910 500 001",
    zone: "Europe/Madrid",
    country: "ES",
};
const SOUTH: Line =
    Line { id: 43, name: "South", number: "+61 3 5550 4772", zone: "Australia/Melbourne", country: "AU" };
pub(crate) const ANA: Agent = Agent { id: 301, name: "Ana Perez", email: "ana@acme.example" };
pub(crate) const ZOE: Agent = Agent { id: 302, name: "Zoë Müller", email: "zoe@acme.example" };

pub(crate) const LINES: [Line; 3] = [SALES, SUPPORT, SOUTH];
pub(crate) const AGENTS: [Agent; 2] = [ANA, ZOE];

const JANE: &str = "+33 6 39 98 00 01";
const OMAR: &str = "+44 7700 900999";
const MIA: &str = "+61 491 570 006";

/// A call that somebody answered, `minute` minutes after the start of the story.
fn call(number: u64, minute: i64, customer: &'static str) -> Call {
    Call {
        // Beyond 32 bits.
        id: 5_000_000_000 + number,
        inbound: true,
        start: FROM + minute * 60,
        waited: 15,
        in_ivr: 0,
        talk: Some(80),
        line: SALES,
        customer: Some(customer),
        contact: None,
        agent: Some(ANA),
        team: None,
        reason: None,
        kind: "Answered",
        voicemail: false,
        recorded: false,
        tags: Vec::new(),
        comments: Vec::new(),
        ivr: None,
        transfer: None,
        summary: None,
        outcome: "Inbound call - answered",
    }
}

/// A call that nobody answered.
fn missed(
    number: u64,
    minute: i64,
    reason: Option<&'static str>,
    kind: &'static str,
    outcome: &'static str,
) -> Call {
    Call { waited: 20, talk: None, agent: None, reason, kind, outcome, ..call(number, minute, OMAR) }
}

fn comment(id: u64, text: &'static str, at: i64, by: Option<Agent>) -> Comment {
    Comment { id, text, at, by }
}

/// All calls, in the order of their starts.
pub(crate) fn calls() -> Vec<Call> {
    let mut calls = answered();
    calls.extend(unanswered());
    calls.extend(odd());
    calls.sort_by_key(|call| call.start);
    calls
}

fn answered() -> Vec<Call> {
    let outbound = "Outbound call - answered";
    vec![
        Call {
            start: FROM + 37,
            in_ivr: 5,
            contact: Some(("Jane", "Roe", "jane@example.com")),
            team: Some("Support"),
            recorded: true,
            tags: vec!["Refund", "Sales/New; hot"],
            ivr: Some("Orders"),
            summary: Some("Wants her money back."),
            ..call(1, 0, JANE)
        },
        Call {
            inbound: false,
            kind: "Outbound",
            recorded: true,
            agent: Some(ZOE),
            line: SUPPORT,
            comments: vec![comment(71, "Called her back, \"all well\"; done", FROM + 90_000, Some(ZOE))],
            outcome: outbound,
            ..call(2, 10, JANE)
        },
        Call {
            comments: vec![
                comment(72, "First of two.", FROM + 3_000, Some(ANA)),
                comment(73, "Second,\nin two lines, weeks later.", FROM + 2_000_000, None),
            ],
            ..call(3, 20, OMAR)
        },
        Call { customer: None, tags: vec!["hidden"], ..call(4, 30, OMAR) },
        // Over midnight where the line is, and over the end of the day in UTC.
        Call { line: SOUTH, talk: Some(7_200), ..call(5, 880, MIA) },
        // The last minute before clocks go back in Paris, told in UTC as 00:59.
        Call { start: 1_761_440_340, ..call(6, 0, OMAR) },
        Call {
            waited: 0,
            talk: Some(1),
            inbound: false,
            kind: "Outbound",
            outcome: outbound,
            ..call(7, 41, MIA)
        },
    ]
}

fn unanswered() -> Vec<Call> {
    let missed_by = |number, minute, reason, outcome| missed(number, minute, Some(reason), "Missed", outcome);
    vec![
        missed_by(11, 100, "no_available_agent", "Inbound call - missed (no agent available)"),
        missed_by(12, 101, "agents_did_not_answer", "Inbound call - missed (agents did not answer)"),
        missed(
            13,
            102,
            Some("out_of_opening_hours"),
            "Out of business hours",
            "Inbound call - outside business hours",
        ),
        missed(14, 103, Some("short_abandoned"), "Abandoned", "Inbound call - hung up within seconds"),
        missed(15, 104, Some("abandoned_in_ivr"), "Abandoned", "Inbound call - abandoned in IVR"),
        missed(16, 105, Some("abandoned_in_classic"), "Abandoned", "Inbound call - abandoned while waiting"),
        Call {
            voicemail: true,
            team: Some("Support"),
            comments: vec![comment(74, "Please call back.", FROM + 7_000, Some(ANA))],
            ..missed(17, 106, Some("no_available_agent"), "Voicemail", "Inbound call - voicemail left")
        },
        Call {
            tags: vec!["Callback Request"],
            ..missed(18, 107, None, "Missed", "Inbound call - callback requested")
        },
        Call {
            inbound: false,
            agent: Some(ANA),
            customer: Some(MIA),
            ..missed(19, 108, None, "Outbound", "Outbound call - not answered")
        },
        Call {
            customer: None,
            ..missed(20, 109, Some("short_abandoned"), "Abandoned", "Inbound call - hung up within seconds")
        },
    ]
}

fn odd() -> Vec<Call> {
    vec![
        // Two own lines: two records of one conversation.
        Call {
            inbound: false,
            kind: "Outbound",
            outcome: "Outbound call - answered",
            ..call(21, 200, SUPPORT.number)
        },
        Call { line: SUPPORT, agent: Some(ZOE), ..call(22, 200, SALES.number) },
        // A transfer to another line: two records, which stay two.
        Call { transfer: Some((ANA, ZOE)), recorded: true, ..call(23, 210, MIA) },
        Call {
            line: SUPPORT,
            start: FROM + 210 * 60 + 60,
            agent: Some(ZOE),
            recorded: true,
            ..call(24, 210, MIA)
        },
    ]
}
