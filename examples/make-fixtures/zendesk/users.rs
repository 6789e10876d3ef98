//! The users export and the organizations export.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::output::{Artefact, GenerateError};
use crate::shop::cast::{TEAM, names};
use crate::shop::wire::{Organization, User, address};

/// Organizations of customers: id, name, domain.
pub(super) const ORGANIZATIONS: &[(u64, &str, &str)] = &[
    (36_148_700_001_001, "Hut Association of the North", "huts.example.org"),
    (36_148_700_001_018, "Scouts \"Silver Fir\" e. V.", "scouts.example.net"),
    (36_148_700_001_035, "山岳ガイド協会", "guides.example.com"),
];

/// Everybody but those who were deleted for good.
pub(super) fn users(desk: &mut Desk) -> Result<Artefact, GenerateError> {
    let mut lines = Vec::new();
    for member in TEAM.iter().filter(|member| member.in_export) {
        let email = Some(format!("{}@acme-outdoor.example", member.mailbox));
        let user =
            User::customer(member.id, member.name.to_owned(), email, "2018-12-03T08:00:00Z".to_owned());
        let mut user = user.into_team(member.role, member.role_type);
        user.active = member.active;
        user.last_login_at = member.active.then(|| "2026-01-30T07:58:12Z".to_owned());
        lines.push(serde_json::to_string(&user)?);
    }
    let customers = desk.customers.clone();
    for (index, person) in customers.iter().filter(|person| person.in_export).enumerate() {
        let mut user = User::customer(
            person.id,
            person.name.clone(),
            person.email.clone(),
            "2019-01-10T10:10:10Z".to_owned(),
        );
        let tongue = names(person.lang);
        user.locale = tongue.locale;
        user.time_zone = tongue.time_zone;
        user.iana_time_zone = tongue.time_zone;
        user.phone = person
            .phone
            .clone()
            .or_else(|| (index % 9 == 4).then(|| format!("1-202-555-01{:02}", index % 100)));
        user.organization_id = person.organization;
        user.active = index % 41 != 40;
        user.suspended = index % 53 == 52;
        if index % 17 == 3 {
            user.tags = vec!["vip".to_owned(), "newsletter".to_owned()];
            user.notes = Some("Prefers to be called in the evening.".to_owned());
            user.photo = photo(desk.id());
            user.user_fields = json!({"loyalty_points": 340, "member_since": "2019-01-10T00:00:00+00:00"});
        }
        lines.push(serde_json::to_string(&user)?);
    }
    desk.rng.shuffle(&mut lines);
    Ok(zip("export_2026_02_01_8wq20", "users", lines))
}

fn photo(id: u64) -> Value {
    let place = address(&format!("system/photos/{id}/profile.png"));
    json!({"id": id, "url": address(&format!("api/v2/attachments/{id}.json")), "file_name": "profile.png",
        "content_url": place, "mapped_content_url": place, "content_type": "image/png", "size": 10_157, "width": 80,
        "height": 80, "inline": false, "deleted": false, "thumbnails": []})
}

/// All organizations, one of them deleted.
pub(super) fn organizations() -> Result<Artefact, GenerateError> {
    let mut lines = Vec::new();
    for (id, name, domain) in ORGANIZATIONS {
        lines.push(serde_json::to_string(&Organization {
            url: address(&format!("api/v2/organizations/{id}.json")),
            id: *id,
            name: (*name).to_owned(),
            shared_tickets: false,
            shared_comments: false,
            external_id: None,
            created_at: "2019-01-08T09:00:00Z".to_owned(),
            updated_at: "2024-06-01T09:00:00Z".to_owned(),
            domain_names: vec![(*domain).to_owned()],
            details: Some(String::new()),
            notes: None,
            group_id: None,
            tags: vec!["reseller".to_owned()],
            organization_fields: json!({"discount": "12"}),
        })?);
    }
    let id = 36_148_700_001_052_u64;
    let url = address(&format!("api/v2/organizations/{id}.json"));
    lines.push(serde_json::to_string(&json!({"id": id, "url": url, "deleted_at": "2023-04-05T06:07:08Z"}))?);
    Ok(zip("export_2026_02_01_8wr44", "organizations", lines))
}

fn zip(export: &str, what: &str, lines: Vec<String>) -> Artefact {
    let text: String = lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect();
    Artefact::zip(
        &format!("zendesk/{export}_{what}.zip"),
        vec![(format!("{export}_1.json"), text.into_bytes())],
    )
}
