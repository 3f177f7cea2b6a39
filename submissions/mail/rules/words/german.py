"""The mails in German."""

from submissions.mail.rules.words.catalogue import Catalogue, Message, Words

GERMAN = Catalogue(
    messages={
        Message.RECEIVED: Words(
            subject="Wir haben deine Teilnahme — {reference}",
            title="Wir haben deine Teilnahme.",
            before="Danke, dass du bei „{campaign}“ mitmachst. "
            "Wir schreiben dir, sobald es etwas Neues gibt.",
        ),
        Message.RECEIVED_REVIEW: Words(
            subject="Wir haben deine Teilnahme — {reference}",
            title="Wir haben deine Teilnahme.",
            before="Danke, dass du bei „{campaign}“ mitmachst. "
            "Wir sehen sie uns bis {day} an und schreiben dir dann wieder.",
            after="Bis dahin musst du nichts tun. "
            "Bitte heb deinen Bon auf, falls wir noch ein Foto brauchen.",
        ),
        Message.RECEIVED_COUNTS: Words(
            subject="Deine Teilnahme zählt — {reference}",
            title="Deine Teilnahme zählt.",
            before="Danke, dass du bei „{campaign}“ mitmachst. Du bist dabei "
            "und musst nichts weiter tun.",
        ),
        Message.RECEIVED_AGAIN: Words(
            subject="Wir haben dein neues Foto — {reference}",
            title="Wir haben dein neues Foto.",
            before="Danke. Wir sehen es uns bis {day} an und schreiben dir dann wieder. "
            "Deine Teilnahme an „{campaign}“ behält ihre Zeit und ihre Referenz.",
        ),
        Message.APPROVED: Words(
            subject="Deine Teilnahme zählt — {reference}",
            title="Deine Teilnahme zählt.",
            before="Wir haben uns deine Teilnahme an „{campaign}“ angesehen, und alles ist in Ordnung.",
            after="Du musst nichts weiter tun. Viel Glück!",
        ),
        Message.REJECTED: Words(
            subject="Wir konnten deine Teilnahme nicht annehmen — {reference}",
            title="Wir konnten deine Teilnahme nicht annehmen.",
            before="Wir haben uns deine Teilnahme an „{campaign}“ angesehen. "
            "Aus diesem Grund kann sie nicht zählen:",
            after="Wenn du glaubst, dass wir uns irren, antworte einfach auf diese Mail.",
        ),
        Message.ASKED_AGAIN: Words(
            subject="Noch ein Foto, bitte — bis {day}",
            title="Noch ein Foto, bitte.",
            before="Wir haben uns deine Teilnahme an „{campaign}“ angesehen. "
            "Sie braucht ein besseres Foto:",
            after="Bitte schick es bis {deadline}. "
            "Deine Teilnahme behält ihre Zeit und ihre Referenz.",
            button="Foto schicken",
        ),
        Message.REMINDER: Words(
            subject="Dein Foto fehlt noch — bitte schick es bis {day}",
            title="Dein Foto fehlt noch.",
            before="Wir haben dich um ein besseres Foto für deine Teilnahme an „{campaign}“ gebeten:",
            after="Bitte schick es bis {deadline}. Danach kann deine Teilnahme nicht mehr zählen.",
            button="Foto schicken",
        ),
    },
    hello="Hallo {name},",
    hello_nobody="Hallo,",
    button="Deine Teilnahme ansehen",
    reference="Deine Referenz",
    help="Fragen? Antworte auf diese Mail oder schreib an {email}.",
    help_phone="Fragen? Antworte auf diese Mail, schreib an {email} oder ruf an: {phone}.",
    why="Du bekommst diese Mail, weil diese Adresse für eine Teilnahme an „{campaign}“ "
    "von {client} angegeben wurde.",
    test="Test: ",
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    day="{number}. {month}",
    months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
)
