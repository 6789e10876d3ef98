//! Stories in Japanese, Arabic, Hebrew and other scripts.

use super::Story;
use super::Voice::{Agent, Customer, Note};

pub(super) const STORIES: &[Story] = &[
    Story {
        lang: "ja",
        subject: "注文番号 {order} の配送について",
        tags: &["shipping", "wismo"],
        turns: &[
            (
                Customer,
                "お世話になっております。\n\n先週注文した商品（{order}）がまだ届いておりません。追跡番号を教えていただけますでしょうか。\n\nよろしくお願いいたします。\n{name}",
            ),
            (
                Agent,
                "{name} 様\n\nお問い合わせありがとうございます。追跡番号は {tracking} です。明日の午前中にお届け予定です。\n\n{agent}",
            ),
            (Customer, "無事に届きました。ありがとうございました。"),
        ],
    },
    Story {
        lang: "ar",
        subject: "أين طلبي رقم {order}؟",
        tags: &["shipping", "wismo"],
        turns: &[
            (
                Customer,
                "مرحبًا،\n\nطلبت خيمة قبل أسبوعين ولم تصل بعد. رقم الطلب {order}. هل يمكنكم التحقق من فضلكم؟\n\nشكرًا،\n{name}",
            ),
            (
                Agent,
                "أهلًا {name}،\n\nنعتذر عن التأخير. خرجت الشحنة اليوم ورقم التتبع هو {tracking}.\n\nمع التحية،\n{agent}",
            ),
            (Customer, "وصلت، شكرًا جزيلًا 🌙"),
        ],
    },
    Story {
        lang: "he",
        subject: "החזרת מוצר, הזמנה {order}",
        tags: &["return"],
        turns: &[
            (Customer, "שלום,\n\nהנעליים שקיבלתי קטנות מדי. איך אפשר להחליף למידה 43?\n\nתודה,\n{name}"),
            (Agent, "שלום {name},\n\nצירפנו תווית משלוח (PDF). המידה הגדולה כבר שמורה עבורך.\n\n{agent}"),
            (Customer, "מעולה, תודה רבה!"),
        ],
    },
    Story {
        lang: "ja",
        subject: "テントのポールが折れました",
        tags: &["warranty"],
        turns: &[
            (Customer, "設営中にポールが折れてしまいました。保証の対象になりますか。写真を添付します。"),
            (Note, "素材不良。交換用ポールを発送。"),
            (
                Agent,
                "{name} 様\n\nご不便をおかけして申し訳ございません。交換用のポールを本日発送いたします（{tracking}）。\n\n{agent}",
            ),
            (Customer, "早速のご対応、感謝いたします 🙇"),
        ],
    },
    Story {
        lang: "nl",
        subject: "Retour zonder bon",
        tags: &["return"],
        turns: &[
            (
                Customer,
                "Hallo, ik heb de {product} cadeau gekregen en wil hem graag ruilen. Kan dat ook zonder bon?",
            ),
            (
                Agent,
                "Hoi {name},\n\nja hoor, het bestelnummer {order} staat op de pakbon in de doos. Je krijgt een tegoedbon van {amount}.\n\nGroetjes,\n{agent}",
            ),
        ],
    },
    Story {
        lang: "pl",
        subject: "Pytanie o śpiwór",
        tags: &["presales"],
        turns: &[
            (Customer, "Dzień dobry, czy śpiwór nada się na noc w Tatrach w październiku?"),
            (
                Agent,
                "Dzień dobry, {name},\n\nprzy −8 °C komfortu zdecydowanie tak. Żółta wersja jest w magazynie.\n\n{agent}",
            ),
            (Customer, "Świetnie, zamawiam!"),
        ],
    },
];
