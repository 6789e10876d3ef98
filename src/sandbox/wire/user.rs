//! Users as `/api/users` shows them (recorded 2026-08). Their `uri` is absolute, unlike all others.

use serde::Serialize;
use serde_json::{Value, json};

use crate::sandbox::account::split_name;
use crate::sandbox::clock::Moment;
use crate::sandbox::seed::SeedUser;

/// When everything of the seed says it was made.
pub(crate) fn founded() -> Moment {
    Moment::from_micros(1_735_689_600_143_793)
}

/// A user.
#[derive(Debug, Serialize)]
pub(crate) struct UserOut {
    id: i64,
    active: bool,
    bio: Option<String>,
    created_datetime: Moment,
    country: Option<String>,
    deactivated_datetime: Option<Moment>,
    email: String,
    external_id: Option<String>,
    firstname: String,
    has_password: bool,
    has_2fa_enabled: bool,
    lastname: String,
    language: Option<String>,
    meta: Value,
    name: String,
    role: Value,
    timezone: Option<String>,
    updated_datetime: Moment,
    client_id: Option<String>,
    uri: String,
}

impl UserOut {
    pub(crate) fn new(user: &SeedUser, base_url: &str) -> Self {
        let (firstname, lastname) = split_name(Some(&user.name));
        let bot = user.role == "bot";
        Self {
            id: user.id,
            active: user.active,
            bio: None,
            created_datetime: founded(),
            country: None,
            deactivated_datetime: (!user.active).then(founded),
            email: user.email.clone(),
            external_id: None,
            firstname,
            has_password: !bot,
            has_2fa_enabled: false,
            lastname,
            language: None,
            meta: if bot { json!({}) } else { json!({"profile_picture_url": null, "sso": null}) },
            name: user.name.clone(),
            role: json!({"name": user.role}),
            timezone: (!bot).then(|| "Europe/London".to_owned()),
            updated_datetime: founded(),
            client_id: None,
            uri: format!("{base_url}/api/users/{}/", user.id),
        }
    }
}
