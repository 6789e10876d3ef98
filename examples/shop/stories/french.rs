//! Stories in French.

use super::Story;
use super::Voice::{Agent, Customer, Note};

pub(super) const STORIES: &[Story] = &[
    Story {
        lang: "fr",
        subject: "Commande {order} : toujours rien",
        tags: &["shipping", "wismo"],
        turns: &[
            (
                Customer,
                "Bonjour,\n\nj’ai commandé un article ({product}) il y a deux semaines et je n’ai toujours rien reçu. Le suivi n’avance plus. Pouvez-vous m’aider ?\n\nMerci d’avance,\n{name}",
            ),
            (
                Agent,
                "Bonjour {name},\n\nvotre colis est resté bloqué au centre de tri. Nous l’avons réexpédié ce matin : {tracking}. Vous le recevrez demain.\n\nBien cordialement,\n{agent}",
            ),
            (Customer, "Bien reçu, merci pour votre réactivité !"),
        ],
    },
    Story {
        lang: "fr",
        subject: "Remboursement de {amount}",
        tags: &["refund"],
        turns: &[
            (
                Customer,
                "Bonjour, j’ai renvoyé mes chaussures le 3 du mois. À quelle date serai-je remboursé ?\n\n{name}",
            ),
            (Note, "Retour enregistré, remboursement à déclencher à la main (paiement en deux fois)."),
            (
                Agent,
                "Bonjour {name},\n\nle remboursement de {amount} vient d’être effectué. Comptez trois jours ouvrés.\n\n{agent}",
            ),
            (Customer, "Parfait. Bonne journée à toute l’équipe ☀️"),
        ],
    },
    Story {
        lang: "fr",
        subject: "Sac à dos : bretelle décousue",
        tags: &["warranty", "repair"],
        turns: &[
            (
                Customer,
                "La bretelle gauche de mon sac s’est décousue dès la première randonnée (commande {order}). Est-ce pris en charge par la garantie ?",
            ),
            (
                Agent,
                "Bonjour {name},\n\noui, bien sûr. Une photo nous suffit, pas besoin de nous renvoyer le sac.\n\n{agent}",
            ),
            (Customer, "Voici la photo. On voit bien la couture."),
            (
                Agent,
                "Merci ! Un sac neuf part aujourd’hui. L’ancien peut être recousu par notre atelier si vous le souhaitez, et donné à une association.",
            ),
            (Customer, "Quelle belle idée, volontiers."),
        ],
    },
    Story {
        lang: "fr",
        subject: "Question sur le filtre à eau",
        tags: &["presales", "how-to"],
        turns: &[
            (Customer, "Bonjour, le filtre Brook retient-il aussi les virus, ou seulement les bactéries ?"),
            (
                Agent,
                "Bonjour {name},\n\nseulement les bactéries et les protozoaires (0,1 µm). Pour les virus, il faut ajouter des pastilles.\n\n{agent}",
            ),
        ],
    },
    Story {
        lang: "fr",
        subject: "Facture à refaire, s’il vous plaît",
        tags: &["invoice"],
        turns: &[
            (
                Customer,
                "Bonjour,\n\nl’adresse est erronée sur la facture de la commande {order}. C’est « 4 bis » et non « 4 ».\n\n{name}",
            ),
            (Agent, "Bonjour {name},\n\nvoici la facture corrigée en pièce jointe.\n\n{agent}"),
            (Customer, "Merci bien."),
        ],
    },
    Story {
        lang: "fr",
        subject: "Annulation de la commande {order}",
        tags: &["cancellation"],
        turns: &[
            (Customer, "Je souhaite annuler ma commande, je me suis trompée de couleur."),
            (Note, "Colis déjà parti, proposer le retour gratuit."),
            (
                Agent,
                "Bonjour {name},\n\nle colis est déjà en route. Refusez-le à la livraison ou renvoyez-le gratuitement ; nous envoyons la bonne couleur dès aujourd’hui.\n\n{agent}",
            ),
        ],
    },
];
