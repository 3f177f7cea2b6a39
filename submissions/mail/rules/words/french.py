"""The mails in French."""

from submissions.mail.rules.words.catalogue import Catalogue, Message, Words

FRENCH = Catalogue(
    messages={
        Message.RECEIVED: Words(
            subject="Nous avons votre participation — {reference}",
            title="Nous avons votre participation.",
            before="Merci de participer à « {campaign} ». "
            "Nous vous écrirons dès qu’il y aura du nouveau.",
        ),
        Message.RECEIVED_REVIEW: Words(
            subject="Nous avons votre participation — {reference}",
            title="Nous avons votre participation.",
            before="Merci de participer à « {campaign} ». "
            "Nous la regarderons d’ici le {day} et vous écrirons de nouveau.",
            after="Vous n’avez rien à faire d’ici là. "
            "Gardez votre ticket, au cas où il nous faudrait une autre photo.",
        ),
        Message.RECEIVED_COUNTS: Words(
            subject="Votre participation compte — {reference}",
            title="Votre participation compte.",
            before="Merci de participer à « {campaign} ». C’est fait, "
            "vous n’avez rien d’autre à faire.",
        ),
        Message.RECEIVED_AGAIN: Words(
            subject="Nous avons votre nouvelle photo — {reference}",
            title="Nous avons votre nouvelle photo.",
            before="Merci. Nous la regarderons d’ici le {day} et vous écrirons de nouveau. "
            "Votre participation à « {campaign} » garde son heure et sa référence.",
        ),
        Message.APPROVED: Words(
            subject="Votre participation compte — {reference}",
            title="Votre participation compte.",
            before="Nous avons regardé votre participation à « {campaign} » et tout est en ordre.",
            after="Vous n’avez rien d’autre à faire. Bonne chance !",
        ),
        Message.REJECTED: Words(
            subject="Nous n’avons pas pu accepter votre participation — {reference}",
            title="Nous n’avons pas pu accepter votre participation.",
            before="Nous avons regardé votre participation à « {campaign} ». "
            "Voici pourquoi elle ne peut pas compter :",
            after="Si vous pensez que nous faisons erreur, répondez simplement à ce message.",
        ),
        Message.ASKED_AGAIN: Words(
            subject="Encore une photo, s’il vous plaît — d’ici le {day}",
            title="Encore une photo, s’il vous plaît.",
            before="Nous avons regardé votre participation à « {campaign} ». "
            "Il nous faut une meilleure photo :",
            after="Envoyez-la avant le {deadline}. "
            "Votre participation garde son heure et sa référence.",
            button="Envoyer la photo",
        ),
        Message.REMINDER: Words(
            subject="Votre photo nous manque encore — à envoyer d’ici le {day}",
            title="Votre photo nous manque encore.",
            before="Nous vous avons demandé une meilleure photo pour votre participation "
            "à « {campaign} » :",
            after="Envoyez-la avant le {deadline}. "
            "Après cela, votre participation ne pourra plus compter.",
            button="Envoyer la photo",
        ),
    },
    hello="Bonjour {name},",
    hello_nobody="Bonjour,",
    button="Voir votre participation",
    reference="Votre référence",
    help="Une question ? Répondez à ce message ou écrivez à {email}.",
    help_phone="Une question ? Répondez à ce message, écrivez à {email} ou appelez le {phone}.",
    why="Vous recevez ce message parce que cette adresse a été donnée pour une participation "
    "à « {campaign} » de {client}.",
    test="Test: ",
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    day="{number} {month}",
    months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)
