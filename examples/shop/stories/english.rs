//! Stories in English.

use super::Story;
use super::Voice::{Agent, Customer, Note};

pub(super) const STORIES: &[Story] = &[
    Story {
        lang: "en",
        subject: "Where is my order {order}?",
        tags: &["shipping", "wismo"],
        turns: &[
            (
                Customer,
                "Hi there,\n\nI ordered the {product} ten days ago (order {order}) and the tracking page still says \"label created\". We leave for the Cairngorms on Friday, so I am getting a little nervous.\n\nCould you check where it is?\n\nThanks,\n{name}",
            ),
            (Note, "Carrier says the parcel was never scanned. Asked the warehouse to look at the bench."),
            (
                Agent,
                "Hello {name},\n\nI am sorry about the wait. The parcel was packed but missed the collection. It left our warehouse this morning by express, at our cost. The new number is {tracking}.\n\nIt should be with you tomorrow before noon.\n\nKind regards,\n{agent}",
            ),
            (Customer, "That was quick, thank you! I will let you know when it is here."),
            (Customer, "Arrived! 🏕️ Already pitched it in the garden, the cat approves."),
            (Agent, "Wonderful. Have a great trip, and give our regards to the cat.\n\n{agent}"),
        ],
    },
    Story {
        lang: "en",
        subject: "Zip broken on {product}",
        tags: &["warranty", "repair"],
        turns: &[
            (
                Customer,
                "Hello,\n\nthe main zip of my {product} split on the second outing. I have been gentle with it. Order number {order}. What are my options?\n\n{name}",
            ),
            (
                Agent,
                "Hi {name},\n\nthat should not happen. Could you send us two photos: one of the slider, one of the whole zip?\n\nBest,\n{agent}",
            ),
            (Customer, "Photos attached. You can see that one tooth is bent near the bottom."),
            (
                Note,
                "Known fault of the spring batch, slider too tight. Repair kit does not help, exchange it.",
            ),
            (
                Agent,
                "Thank you, the photos make it clear. We will send a new one today and a label for the old one. You do not have to wait for each other: send it back when the new one has arrived.\n\n{agent}",
            ),
        ],
    },
    Story {
        lang: "en",
        subject: "Refund for {order} not received",
        tags: &["refund", "payment"],
        turns: &[
            (
                Customer,
                "I returned the {product} three weeks ago and have not seen the {amount} yet. The return was signed for by someone called \"Dock 3\". Please help.",
            ),
            (
                Note,
                "Return is booked in, but the refund ran into an expired card. Finance can do a bank transfer.",
            ),
            (
                Agent,
                "Dear {name},\n\nwe did receive it. The refund of {amount} was rejected by your bank because the card has expired. May I ask you to call us with your account details? Please do not send them by email.\n\nRegards,\n{agent}",
            ),
            (Customer, "I called and spoke to a very nice person. All sorted, thanks."),
        ],
    },
    Story {
        lang: "en",
        subject: "Which size for the {product}?",
        tags: &["presales", "sizing"],
        turns: &[
            (Customer, "Hi! I am 1.83 m with a long back. Would you take the M or the L of the {product}?"),
            (
                Agent,
                "Hi {name},\n\nwith a back length of over 51 cm we would take the L. If you measure from the bump at your neck to the top of your hip bones, I can tell you for sure.\n\n{agent}",
            ),
            (Customer, "52.5 cm. L it is then :)"),
            (Agent, "A good choice. Returns are free for 60 days, should it pinch anywhere."),
        ],
    },
    Story {
        lang: "en",
        subject: "Wrong item in parcel {order}",
        tags: &["shipping", "wrong-item"],
        turns: &[
            (
                Customer,
                "You sent me a dog bed. I ordered a {product}. The dog is thrilled, I am less so.\n\nOrder {order}.",
            ),
            (
                Agent,
                "Oh dear, {name}! Please tell the dog that the bed stays. Your {product} goes out today, number {tracking}.\n\n{agent}",
            ),
            (Note, "Pick error, shelf B-14 and B-41 swapped. Told the warehouse."),
            (Customer, "Ha, thank you. The dog sends a wag."),
        ],
    },
    Story {
        lang: "en",
        subject: "Change of delivery address, order {order}",
        tags: &["address-change"],
        turns: &[
            (
                Customer,
                "Hi, I moved house yesterday (bad planning, I know). Can order {order} go to my new address?\n\n12 Example Street\nSpringfield",
            ),
            (
                Agent,
                "Hi {name},\n\ncaught it just in time: the label has been printed again with the new address.\n\nEnjoy the new place,\n{agent}",
            ),
        ],
    },
    Story {
        lang: "en",
        subject: "Question about proofing spray & care of {product}",
        tags: &["care", "how-to"],
        turns: &[
            (
                Customer,
                "How often should I re-proof the {product}? Water < 5 minutes beads, after that it soaks through. And is it true that you may tumble-dry it at > 40°?",
            ),
            (
                Agent,
                "Hello {name},\n\nonce a season is enough for most people. Wash it, spray it wet, then tumble-dry it for 20 minutes at low heat (40° at most). Heat brings the coating back.\n\nThe care guide: https://help.example.com/care\n\n{agent}",
            ),
            (Customer, "Worked like a charm."),
        ],
    },
    Story {
        lang: "en",
        subject: "Complaint: leaking {product}",
        tags: &["complaint", "warranty", "escalated"],
        turns: &[
            (
                Customer,
                "I spent the wettest night of my life in the rain because of your {product}. It leaked along every seam. I expect a full refund AND an apology.",
            ),
            (
                Note,
                "Very upset, second complaint about seams this month. Please handle with care. @team leads",
            ),
            (
                Agent,
                "Dear {name},\n\nI am truly sorry. Nobody should have to go through such a night with something we sold. I have refunded {amount} just now, and I would like to understand what happened: our workshop will examine it if you let us collect it.\n\nWith apologies,\n{agent}",
            ),
            (Customer, "Thank you for taking this seriously. You can collect it on Tuesday."),
            (Note, "Workshop: seam tape missing on one panel. Reported to the maker."),
            (
                Agent,
                "Dear {name},\n\nthe workshop found a panel without seam tape. It was our fault. A checked one is on its way as a gift.\n\n{agent}",
            ),
            (Customer, "I did not expect that. You have won me back."),
        ],
    },
    Story {
        lang: "en",
        subject: "Invoice for order {order}",
        tags: &["invoice"],
        turns: &[
            (
                Customer,
                "Could you please send me an invoice with our company's name for order {order}? Accounting will not take the receipt.",
            ),
            (Agent, "Hi {name},\n\nhere it is, attached as PDF.\n\n{agent}"),
            (Customer, "Perfect, thanks."),
        ],
    },
    Story {
        lang: "en",
        subject: "Gift card does not work",
        tags: &["gift-card", "payment"],
        turns: &[
            (Customer, "The gift card from my aunt says \"already redeemed\". I swear I have not used it."),
            (Agent, "Hi {name}, could you tell me the last four characters of the code?"),
            (Customer, "It ends in 7QX2"),
            (Note, "Redeemed against order {order}, same household. The aunt's son, it seems."),
            (
                Agent,
                "Thank you. The card was used in March for an order to the same street. I must not say by whom, but you may want to ask around at the next family dinner. As a gesture we have put {amount} on a new card for you.",
            ),
            (Customer, "Oh no. I know exactly who. 😂 Thank you!!"),
        ],
    },
    Story {
        lang: "en",
        subject: "Stock of {product}",
        tags: &["presales", "stock"],
        turns: &[
            (Customer, "When will the {product} be back in stock in green?"),
            (Agent, "Hello {name},\n\nwe expect it in calendar week 19. Shall I put you on the list?"),
            (Customer, "Yes please"),
        ],
    },
    Story {
        lang: "en",
        subject: "Return label for {order}",
        tags: &["return"],
        turns: &[
            (
                Customer,
                "Hi, I would like to send back the {product} (too heavy for me). Could I have a label?",
            ),
            (
                Agent,
                "Of course, {name}. The label is attached, the drop-off point nearest to you is open until 8 pm. The refund of {amount} follows within three days of arrival.\n\n{agent}",
            ),
        ],
    },
];
