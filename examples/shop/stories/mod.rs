//! Conversations between customers and the shop, written by hand, with blanks that a fact sheet fills.

mod english;
mod french;
mod german;
mod more;
mod spanish;

/// Who speaks in a turn of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    /// The customer.
    Customer,
    /// An agent, to the customer.
    Agent,
    /// An agent, to colleagues.
    Note,
}

/// One conversation, in one language.
pub(crate) struct Story {
    /// ISO 639-1 code.
    pub(crate) lang: &'static str,
    /// Subject line with blanks.
    pub(crate) subject: &'static str,
    /// Tags that an agent would put on it.
    pub(crate) tags: &'static [&'static str],
    /// What is said, in order. The first turn is the customer's.
    pub(crate) turns: &'static [(Voice, &'static str)],
}

/// What fills the blanks of a story.
pub(crate) struct Facts {
    /// `{name}`: the customer.
    pub(crate) name: String,
    /// `{agent}`: the agent.
    pub(crate) agent: String,
    /// `{order}`: order number.
    pub(crate) order: String,
    /// `{product}`: what was bought.
    pub(crate) product: String,
    /// `{tracking}`: parcel number.
    pub(crate) tracking: String,
    /// `{amount}`: money.
    pub(crate) amount: String,
}

/// Things the shop sells.
pub(crate) const PRODUCTS: &[&str] = &[
    "Fjellvik 2 tent",
    "Fjellvik 4 tent",
    "Nordhang 45 backpack",
    "Nordhang 65 backpack",
    "Tarnlight headlamp",
    "Skarn GTX boots",
    "Moorland rain jacket",
    "Cinder gas stove",
    "Kestrel trekking poles",
    "Hollow Moon sleeping bag",
    "Drumlin sleeping mat",
    "Brook 1.5 l water filter",
];

/// Every story, all languages mixed.
pub(crate) fn all() -> Vec<&'static Story> {
    let shelves = [english::STORIES, german::STORIES, french::STORIES, spanish::STORIES, more::STORIES];
    let longest = shelves.iter().map(|shelf| shelf.len()).max().unwrap_or_default();
    (0..longest).flat_map(|row| shelves.iter().filter_map(move |shelf| shelf.get(row))).collect()
}

/// `text` with its blanks filled.
pub(crate) fn fill(text: &str, facts: &Facts) -> String {
    text.replace("{name}", &facts.name)
        .replace("{agent}", &facts.agent)
        .replace("{order}", &facts.order)
        .replace("{product}", &facts.product)
        .replace("{tracking}", &facts.tracking)
        .replace("{amount}", &facts.amount)
}
