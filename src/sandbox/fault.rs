//! Faults on request: which ones, how often, and the dice that decide.
//!
//! The dice are thrown from the seed, the request itself and how often that same request has come, not from a shared
//! sequence: two runs with the same requests see the same faults, whatever the order of their workers. A request that
//! comes again and again is let through after [`FaultPlan::in_a_row_max`] faults, so that every run can end.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

/// What can go wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// 429 although the bucket has room (another program filled it).
    Throttle,
    /// 500 with Gorgias's error body; nothing is written.
    ServerError,
    /// 502 with an HTML page, as a proxy answers; nothing is written.
    BadGateway,
    /// The connection is reset before anything is written.
    ResetBefore,
    /// The connection is reset after the write is durable.
    ResetAfter,
    /// The write is durable, then nothing is answered for `hang_ms`, then the connection is reset.
    HangAfter,
    /// The connection is reset at once, and the write is done `late_ms` later.
    LateWrite,
    /// The write is durable, then comes a 502 with an HTML page.
    BadGatewayAfter,
    /// The write is durable, then comes a 2xx whose body is cut off.
    Unreadable,
    /// The answer takes `slow_ms` longer.
    Slow,
    /// A new ticket is not in lists for a while.
    LateInList,
    /// 403, messaging quota exceeded; nothing is written. In no preset: an importer must stop on it.
    Quota,
}

/// A fault at an exact place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scripted {
    /// The how-manieth matching request, from 1.
    pub nth: u64,
    /// Which requests count: `POST /api/tickets`, with `{id}` for any number. All writes where left out.
    #[serde(default)]
    pub on: Option<String>,
    /// What happens to it.
    pub fault: Fault,
}

/// Which faults to inject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultPlan {
    /// What the dice are thrown from.
    pub seed: u64,
    /// Probability of each fault, from 0 to 1. Faults after a write befall writes only.
    pub rates: BTreeMap<Fault, f64>,
    /// Faults at exact places; they come before the dice and count neither towards nor against `in_a_row_max`.
    pub script: Vec<Scripted>,
    /// The same request is never hit more often than this in a row.
    pub in_a_row_max: u32,
    /// How long [`Fault::HangAfter`] hangs.
    pub hang_ms: u64,
    /// How much [`Fault::Slow`] adds.
    pub slow_ms: u64,
    /// How long after the reset [`Fault::LateWrite`] writes.
    pub late_ms: u64,
    /// How long [`Fault::LateInList`] hides a ticket.
    pub hidden_ms: u64,
    /// Where set, [`Fault::LateInList`] hides a ticket from so many lists that would have shown it, instead.
    pub hidden_lists: Option<u32>,
}

impl Default for FaultPlan {
    fn default() -> Self {
        Self {
            seed: 1,
            rates: BTreeMap::new(),
            script: Vec::new(),
            in_a_row_max: 2,
            hang_ms: 3000,
            slow_ms: 400,
            late_ms: 300,
            hidden_ms: 1500,
            hidden_lists: None,
        }
    }
}

impl FaultPlan {
    /// No faults.
    pub fn none() -> Self {
        Self::default()
    }

    /// Now and then something, as on a bad day.
    pub fn light(seed: u64) -> Self {
        let rates = [
            (Fault::Throttle, 0.01),
            (Fault::ServerError, 0.005),
            (Fault::BadGateway, 0.01),
            (Fault::ResetBefore, 0.005),
            (Fault::ResetAfter, 0.01),
            (Fault::Slow, 0.01),
        ];
        Self { seed, rates: BTreeMap::from(rates), slow_ms: 150, ..Self::default() }
    }

    /// Everything at once, worse than it ever is.
    pub fn nasty(seed: u64) -> Self {
        let rates = [
            (Fault::Throttle, 0.04),
            (Fault::ServerError, 0.03),
            (Fault::BadGateway, 0.03),
            (Fault::ResetBefore, 0.03),
            (Fault::ResetAfter, 0.05),
            (Fault::HangAfter, 0.01),
            (Fault::LateWrite, 0.02),
            (Fault::BadGatewayAfter, 0.02),
            (Fault::Unreadable, 0.02),
            (Fault::Slow, 0.03),
            (Fault::LateInList, 0.10),
        ];
        Self { seed, rates: BTreeMap::from(rates), slow_ms: 150, ..Self::default() }
    }

    /// A preset by name: `none`, `light` or `nasty`.
    pub fn preset(name: &str, seed: u64) -> Option<Self> {
        match name {
            "none" => Some(Self::none()),
            "light" => Some(Self::light(seed)),
            "nasty" => Some(Self::nasty(seed)),
            _ => None,
        }
    }

    /// One fault at each of the given writes, counted from 1.
    pub fn at_writes(faults: impl IntoIterator<Item = (u64, Fault)>) -> Self {
        let script = faults.into_iter().map(|(nth, fault)| Scripted { nth, on: None, fault }).collect();
        Self { script, ..Self::default() }
    }
}

/// A request as the dice see it.
#[derive(Clone, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) method: &'a str,
    /// The path without a slash at the end.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
}

impl Target<'_> {
    fn is_write(&self) -> bool {
        !matches!(self.method, "GET" | "HEAD")
    }

    fn identity(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.method, self.path, self.query, self.body).hash(&mut hasher);
        hasher.finish()
    }

    /// `POST /api/tickets/{id}/messages`.
    pub(crate) fn shape(&self) -> String {
        let segments = self.path.split('/').map(|part| {
            if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) { "{id}" } else { part }
        });
        format!("{} {}", self.method, segments.collect::<Vec<_>>().join("/"))
    }

    fn can_have(&self, fault: Fault) -> bool {
        let creates_ticket = self.method == "POST" && self.path == "/api/tickets";
        match fault {
            Fault::Throttle | Fault::ServerError | Fault::BadGateway | Fault::ResetBefore | Fault::Slow => {
                true
            }
            Fault::LateInList => creates_ticket,
            Fault::Quota => self.method == "POST",
            Fault::ResetAfter
            | Fault::HangAfter
            | Fault::LateWrite
            | Fault::BadGatewayAfter
            | Fault::Unreadable => self.is_write(),
        }
    }
}

/// How one request has fared.
#[derive(Debug, Default)]
struct Fate {
    came: u64,
    in_a_row: u32,
}

/// Decides, and remembers what it needs for that.
#[derive(Debug, Default)]
pub(crate) struct FaultDesk {
    plan: FaultPlan,
    fates: HashMap<u64, Fate>,
    writes: u64,
    by_shape: HashMap<String, u64>,
    injected: BTreeMap<Fault, u64>,
}

impl FaultDesk {
    pub(crate) fn new(plan: FaultPlan) -> Self {
        Self { plan, ..Self::default() }
    }

    /// Starts afresh with another plan; what was injected so far still counts.
    pub(crate) fn replace(&mut self, plan: FaultPlan) {
        *self = Self { plan, injected: std::mem::take(&mut self.injected), ..Self::default() };
    }

    pub(crate) fn plan(&self) -> &FaultPlan {
        &self.plan
    }

    /// How often each fault was injected.
    pub(crate) fn injected(&self) -> &BTreeMap<Fault, u64> {
        &self.injected
    }

    /// The fault that befalls this request, if one does.
    pub(crate) fn choose(&mut self, target: &Target) -> Option<Fault> {
        let fault = self.scripted(target).or_else(|| self.rolled(target))?;
        *self.injected.entry(fault).or_default() += 1;
        Some(fault)
    }

    fn scripted(&mut self, target: &Target) -> Option<Fault> {
        if self.plan.script.is_empty() {
            return None;
        }
        let shape = target.shape();
        self.writes += u64::from(target.is_write());
        let seen = self.by_shape.entry(shape.clone()).or_default();
        *seen += 1;
        let (seen, writes) = (*seen, self.writes);
        let hits = |one: &&Scripted| match &one.on {
            Some(on) => *on == shape && one.nth == seen,
            None => target.is_write() && one.nth == writes,
        };
        self.plan.script.iter().find(hits).map(|one| one.fault)
    }

    fn rolled(&mut self, target: &Target) -> Option<Fault> {
        if self.plan.rates.is_empty() {
            return None;
        }
        let identity = target.identity();
        let fate = self.fates.entry(identity).or_default();
        fate.came += 1;
        let mut dice = fastrand::Rng::with_seed(self.plan.seed ^ identity.rotate_left(17) ^ fate.came);
        let mut roll = dice.f64();
        let fault =
            self.plan.rates.iter().filter(|(fault, _)| target.can_have(**fault)).find_map(|(fault, rate)| {
                roll -= rate;
                (roll < 0.0).then_some(*fault)
            });
        match fault {
            Some(fault) if fate.in_a_row < self.plan.in_a_row_max => {
                fate.in_a_row += 1;
                Some(fault)
            }
            _ => {
                fate.in_a_row = 0;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(body: &'static [u8]) -> Target<'static> {
        Target { method: "POST", path: "/api/tickets", query: "", body }
    }

    #[test]
    fn the_script_hits_the_nth_write_and_the_nth_of_a_shape() {
        let mut plan = FaultPlan::at_writes([(2, Fault::ResetAfter)]);
        let on = Some("GET /api/tickets/{id}".to_owned());
        plan.script.push(Scripted { nth: 1, on, fault: Fault::BadGateway });
        let mut desk = FaultDesk::new(plan);
        let get = Target { method: "GET", path: "/api/tickets/17", query: "", body: b"" };
        assert_eq!(desk.choose(&post(b"a")), None);
        assert_eq!(desk.choose(&get), Some(Fault::BadGateway));
        assert_eq!(desk.choose(&get), None);
        assert_eq!(desk.choose(&post(b"a")), Some(Fault::ResetAfter));
        assert_eq!(desk.choose(&post(b"a")), None);
        assert_eq!(desk.injected()[&Fault::ResetAfter], 1);
    }

    #[test]
    fn no_request_is_hit_for_ever() {
        let plan = FaultPlan { rates: BTreeMap::from([(Fault::ServerError, 1.0)]), ..FaultPlan::default() };
        let mut desk = FaultDesk::new(plan);
        let fates: Vec<bool> = (0..6).map(|_| desk.choose(&post(b"x")).is_some()).collect();
        assert_eq!(fates, [true, true, false, true, true, false]);
    }

    #[test]
    fn the_same_requests_see_the_same_faults_in_any_order() {
        let bodies: Vec<Vec<u8>> = (0..200_u32).map(|n| n.to_string().into_bytes()).collect();
        let fates = |order: Vec<&Vec<u8>>| {
            let mut desk = FaultDesk::new(FaultPlan::nasty(7));
            let mut fates: Vec<(Vec<u8>, Option<Fault>)> = order
                .into_iter()
                .map(|body| {
                    let target = Target { method: "POST", path: "/api/tickets", query: "", body };
                    (body.clone(), desk.choose(&target))
                })
                .collect();
            fates.sort();
            fates
        };
        let forwards = fates(bodies.iter().collect());
        assert_eq!(forwards, fates(bodies.iter().rev().collect()));
        assert!(forwards.iter().filter(|(_, fault)| fault.is_some()).count() > 20);
    }

    #[test]
    fn reads_are_never_hit_by_what_follows_a_write() {
        let rates = BTreeMap::from([(Fault::ResetAfter, 1.0), (Fault::LateInList, 1.0), (Fault::Quota, 1.0)]);
        let mut desk = FaultDesk::new(FaultPlan { rates, ..FaultPlan::default() });
        let get = Target { method: "GET", path: "/api/tickets", query: "", body: b"" };
        assert_eq!(desk.choose(&get), None);
    }

    #[test]
    fn presets_and_their_json() {
        assert_eq!(FaultPlan::preset("none", 1), Some(FaultPlan::none()));
        assert!(FaultPlan::preset("worse", 1).is_none());
        let nasty = FaultPlan::nasty(3);
        let text = serde_json::to_string(&nasty).unwrap();
        assert_eq!(serde_json::from_str::<FaultPlan>(&text).unwrap(), nasty);
        assert!(!nasty.rates.contains_key(&Fault::Quota));
        assert!(nasty.rates.values().sum::<f64>() < 0.5);
    }
}
