//! Stories in Spanish and Portuguese.

use super::Story;
use super::Voice::{Agent, Customer, Note};

pub(super) const STORIES: &[Story] = &[
    Story {
        lang: "es",
        subject: "¿Dónde está mi pedido {order}?",
        tags: &["shipping", "wismo"],
        turns: &[
            (
                Customer,
                "Hola, buenas tardes:\n\nEl seguimiento de mi pedido {order} no se mueve desde hace una semana. ¿Podrían decirme qué pasa?\n\nUn saludo,\n{name}",
            ),
            (
                Agent,
                "Hola, {name}:\n\nEl paquete volvió al almacén por un error en el código postal. Ya salió de nuevo con el número {tracking}. Disculpa las molestias.\n\n{agent}",
            ),
            (Customer, "¡Muchísimas gracias! Llegó esta mañana."),
        ],
    },
    Story {
        lang: "pt",
        subject: "Troca de tamanho, pedido {order}",
        tags: &["return", "sizing"],
        turns: &[
            (
                Customer,
                "Olá,\n\na jaqueta ficou pequena. Posso trocar por um número maior? Ainda está com a etiqueta.\n\nObrigada,\n{name}",
            ),
            (
                Agent,
                "Olá, {name}!\n\nClaro que sim. A etiqueta de devolução segue em anexo e a peça maior já está reservada.\n\n{agent}",
            ),
            (Customer, "Que atendimento rápido! Obrigada 🙏"),
        ],
    },
    Story {
        lang: "es",
        subject: "La tienda llegó sin piquetas",
        tags: &["missing-part"],
        turns: &[
            (
                Customer,
                "Acabo de abrir la {product} y faltan las piquetas. ¿Me las pueden enviar antes del sábado?",
            ),
            (Note, "Falta en el lote 22. Enviar juego de 12 por mensajería."),
            (Agent, "Hola, {name}: salen hoy por mensajería, mañana las tienes en casa. Número {tracking}."),
            (Customer, "Perfecto. Así da gusto."),
        ],
    },
    Story {
        lang: "pt",
        subject: "Reembolso ainda não caiu",
        tags: &["refund"],
        turns: &[
            (
                Customer,
                "Bom dia, devolvi a lanterna há três semanas e o reembolso de {amount} ainda não apareceu na fatura.",
            ),
            (
                Agent,
                "Bom dia, {name}.\n\nO estorno foi feito no dia 12. Alguns bancos só mostram na fatura seguinte; em anexo vai o comprovante.\n\n{agent}",
            ),
        ],
    },
    Story {
        lang: "es",
        subject: "Garantía del saco de dormir",
        tags: &["warranty"],
        turns: &[
            (
                Customer,
                "Mi saco pierde plumas por las costuras después de tres noches. Pedido {order}, adjunto fotos.",
            ),
            (
                Agent,
                "Hola, {name}:\n\nEso entra en la garantía. Te mandamos uno nuevo; el viejo nos lo llevamos nosotros.\n\nSaludos,\n{agent}",
            ),
            (Customer, "Gracias. ¿Vale cualquier bolsa para devolverlo?"),
            (Agent, "Sí, cualquiera que cierre bien (las plumas vuelan)."),
        ],
    },
    Story {
        lang: "pt",
        subject: "Dúvida sobre o fogareiro",
        tags: &["presales"],
        turns: &[
            (Customer, "Oi! O fogareiro Cinder funciona acima de 4.000 metros?"),
            (
                Agent,
                "Oi, {name}! Funciona, mas leve uma capa para o cartucho: abaixo de -5 °C a pressão cai bastante.",
            ),
        ],
    },
];
