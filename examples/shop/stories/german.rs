//! Stories in German.

use super::Story;
use super::Voice::{Agent, Customer, Note};

pub(super) const STORIES: &[Story] = &[
    Story {
        lang: "de",
        subject: "Bestellung {order} noch nicht angekommen",
        tags: &["shipping", "wismo"],
        turns: &[
            (
                Customer,
                "Guten Tag,\n\nmeine Bestellung {order} ({product}) sollte am Dienstag da sein. Die Sendungsverfolgung zeigt seit vier Tagen \"in Zustellung\". Können Sie bitte nachsehen?\n\nViele Grüße\n{name}",
            ),
            (
                Agent,
                "Guten Tag {name},\n\ndas tut uns leid. Wir haben beim Paketdienst nachgefragt: Die Sendung {tracking} liegt im Zustelldepot und wird heute zugestellt.\n\nFreundliche Grüße\n{agent}",
            ),
            (
                Customer,
                "Ist da, herzlichen Dank! Übrigens: Der Karton war völlig durchnässt, der Inhalt zum Glück nicht.",
            ),
            (Note, "Nässeschaden an Verpackung beim Paketdienst melden."),
        ],
    },
    Story {
        lang: "de",
        subject: "Umtausch Größe, {product}",
        tags: &["return", "sizing"],
        turns: &[
            (
                Customer,
                "Hallo,\n\nkönnte ich die {product} eine Nummer größer bekommen? Etikett ist noch dran.\n\n{name}",
            ),
            (
                Agent,
                "Hallo {name},\n\nkein Problem. Das Rücksendeetikett finden Sie im Anhang, die größere Größe haben wir für Sie zurückgelegt.\n\nSchöne Grüße aus dem Lager\n{agent}",
            ),
            (Customer, "Super Service, vielen Dank! 👍"),
        ],
    },
    Story {
        lang: "de",
        subject: "Reklamation: Gestänge gebrochen",
        tags: &["warranty"],
        turns: &[
            (
                Customer,
                "Beim Aufbau ist das Gestänge des {product} gebrochen, und zwar an der Hülse. Gekauft im Mai, Bestellnummer {order}. Fotos kann ich gern schicken.",
            ),
            (Agent, "Guten Tag {name},\n\nja bitte, ein Foto der Bruchstelle würde uns helfen.\n\n{agent}"),
            (Customer, "Hier das Foto. Man sieht den Riss längs der Hülse."),
            (Note, "Materialfehler, Ersatzgestänge Nr. 4711 liegt in Regal C. Versand ohne Rückforderung."),
            (
                Agent,
                "Vielen Dank. Das ist ein Materialfehler, ein neues Gestänge ist unterwegs: {tracking}. Das alte dürfen Sie entsorgen.\n\n{agent}",
            ),
        ],
    },
    Story {
        lang: "de",
        subject: "Rechnung {order} mit Umsatzsteuer-Id",
        tags: &["invoice"],
        turns: &[
            (
                Customer,
                "Sehr geehrte Damen und Herren,\n\nbitte stellen Sie die Rechnung zu {order} auf unsere Firma aus.\n\nMit freundlichen Grüßen\n{name}",
            ),
            (
                Agent,
                "Guten Tag {name},\n\ndie berichtigte Rechnung über {amount} liegt bei.\n\nMit freundlichen Grüßen\n{agent}",
            ),
        ],
    },
    Story {
        lang: "de",
        subject: "Frage zum Kocher: passt jede Kartusche?",
        tags: &["presales", "how-to"],
        turns: &[
            (
                Customer,
                "Hi, passt auf den Cinder auch eine Stechkartusche? Und wie laut ist er – auf der Hütte schlafen nämlich alle schon um neun.",
            ),
            (
                Agent,
                "Hallo {name},\n\nnein, nur Schraubkartuschen nach EN 417. Lautstärke: ein leises Fauchen, niemand wird wach.\n\n{agent}",
            ),
            (Customer, "Prima, ist bestellt."),
        ],
    },
    Story {
        lang: "de",
        subject: "Widerruf meiner Bestellung",
        tags: &["cancellation"],
        turns: &[
            (Customer, "Hiermit widerrufe ich den Kauf {order}. Bitte bestätigen Sie den Eingang."),
            (Note, "Paket noch nicht gepackt, storniert."),
            (
                Agent,
                "Guten Tag {name},\n\nwir bestätigen den Widerruf. Der Betrag von {amount} wird innerhalb von drei Werktagen erstattet.\n\n{agent}",
            ),
            (Customer, "Danke für die schnelle Antwort."),
        ],
    },
];
