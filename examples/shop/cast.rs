//! Names for invented people, by language, and the shop's team.

/// First and family names of a language.
pub(crate) struct Names {
    /// ISO 639-1 code.
    pub(crate) lang: &'static str,
    /// Zendesk's locale.
    pub(crate) locale: &'static str,
    /// IANA time zone of most of its speakers among the customers.
    pub(crate) time_zone: &'static str,
    /// First names.
    pub(crate) first: &'static [&'static str],
    /// Family names.
    pub(crate) family: &'static [&'static str],
    /// The first names in ASCII, for addresses.
    pub(crate) ascii: &'static [&'static str],
}

/// All names.
pub(crate) const NAMES: &[Names] = &[
    Names {
        lang: "en",
        locale: "en-US",
        time_zone: "America/New_York",
        first: &["Kim", "Jordan", "Priya", "Callum", "Siân", "Dwayne", "Aoife", "Marguerite"],
        family: &["Abernathy-Vale", "O’Donnelly", "Whitlock", "Thistlewood", "Okonjo", "Penhallow"],
        ascii: &["kim", "jordan", "priya", "callum", "sian", "dwayne", "aoife", "marguerite"],
    },
    Names {
        lang: "de",
        locale: "de",
        time_zone: "Europe/Berlin",
        first: &["Jörg", "Käthe", "Lennart", "Süreyya", "Mareike", "Götz"],
        family: &["Müllerhoff", "Straßner", "Öztürk-Beck", "von Altenweg", "Weißgerber"],
        ascii: &["joerg", "kaethe", "lennart", "suereyya", "mareike", "goetz"],
    },
    Names {
        lang: "fr",
        locale: "fr",
        time_zone: "Europe/Paris",
        first: &["Élodie", "Benoît", "Maëlys", "Loïc", "Zoé"],
        family: &["Châtelineau", "d’Arvor", "Lefèbvre-Roux", "Garçonnet"],
        ascii: &["elodie", "benoit", "maelys", "loic", "zoe"],
    },
    Names {
        lang: "es",
        locale: "es",
        time_zone: "Europe/Madrid",
        first: &["Íñigo", "Marisol", "Ramón", "Begoña"],
        family: &["Peñalver Soto", "Güemes", "de la Quintana"],
        ascii: &["inigo", "marisol", "ramon", "begona"],
    },
    Names {
        lang: "pt",
        locale: "pt-br",
        time_zone: "America/Sao_Paulo",
        first: &["Conceição", "João", "Thaís"],
        family: &["Guimarães", "Falcão Neto", "Brandão"],
        ascii: &["conceicao", "joao", "thais"],
    },
    Names {
        lang: "ja",
        locale: "ja",
        time_zone: "Asia/Tokyo",
        first: &["陽菜", "健太", "さくら"],
        family: &["北原", "三日月", "渡瀬"],
        ascii: &["haruna", "kenta", "sakura"],
    },
    Names {
        lang: "ar",
        locale: "ar",
        time_zone: "Asia/Dubai",
        first: &["ليلى", "يوسف", "نور"],
        family: &["الزهراني", "بن سالم", "الكيلاني"],
        ascii: &["layla", "yusuf", "nour"],
    },
    Names {
        lang: "he",
        locale: "he",
        time_zone: "Asia/Jerusalem",
        first: &["נועה", "איתן"],
        family: &["בר-און", "שלמוני"],
        ascii: &["noa", "eitan"],
    },
    Names {
        lang: "nl",
        locale: "nl",
        time_zone: "Europe/Amsterdam",
        first: &["Sjoerd", "Annelies"],
        family: &["van der Heuvel", "IJsselstein"],
        ascii: &["sjoerd", "annelies"],
    },
    Names {
        lang: "pl",
        locale: "pl",
        time_zone: "Europe/Warsaw",
        first: &["Łukasz", "Grażyna"],
        family: &["Święcicki", "Dąbrówna"],
        ascii: &["lukasz", "grazyna"],
    },
];

/// The names of `lang`; English where there are none.
pub(crate) fn names(lang: &str) -> &'static Names {
    NAMES.iter().find(|names| names.lang == lang).unwrap_or(&NAMES[0])
}

/// Someone of the shop's team.
pub(crate) struct TeamMember {
    /// Id in Zendesk.
    pub(crate) id: u64,
    /// Name.
    pub(crate) name: &'static str,
    /// Address before `@acme-outdoor.example`.
    pub(crate) mailbox: &'static str,
    /// `admin` or `agent`.
    pub(crate) role: &'static str,
    /// Zendesk's role type: 0 custom, 1 light agent, 4 admin.
    pub(crate) role_type: u8,
    /// False once they were deleted softly.
    pub(crate) active: bool,
    /// False once they were deleted for good: comments stay, the person is in no users export.
    pub(crate) in_export: bool,
}

const fn member(id: u64, name: &'static str, mailbox: &'static str) -> TeamMember {
    TeamMember { id, name, mailbox, role: "agent", role_type: 0, active: true, in_export: true }
}

/// The team. The first six answer customers every day.
pub(crate) const TEAM: &[TeamMember] = &[
    TeamMember { role: "admin", role_type: 4, ..member(36_148_700_010_101, "Ingrid Solheim", "ingrid") },
    member(36_148_700_010_118, "Tomás Rivera", "tomas"),
    member(36_148_700_010_135, "Hannah Grünwald", "hannah"),
    member(36_148_700_010_152, "Amadou Diallo", "amadou"),
    member(36_148_700_010_169, "Mei Okabe", "mei"),
    member(36_148_700_010_186, "Rosalind \"Roz\" Peake", "roz"),
    TeamMember { role_type: 1, ..member(36_148_700_010_203, "Bertil (Warehouse)", "warehouse") },
    TeamMember { active: false, ..member(36_148_700_010_220, "Old Colleague", "old.colleague") },
    TeamMember { in_export: false, ..member(36_148_700_010_237, "Fenna Visser", "fenna") },
    TeamMember { in_export: false, ..member(36_148_700_010_254, "Gregor Lindqvist", "gregor") },
];
