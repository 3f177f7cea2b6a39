"""The mails in Spanish."""

from submissions.mail.rules.words.catalogue import Catalogue, Message, Words

SPANISH = Catalogue(
    messages={
        Message.RECEIVED: Words(
            subject="Tenemos tu participación — {reference}",
            title="Tenemos tu participación.",
            before="Gracias por participar en «{campaign}». "
            "Te escribiremos en cuanto haya novedades.",
        ),
        Message.RECEIVED_REVIEW: Words(
            subject="Tenemos tu participación — {reference}",
            title="Tenemos tu participación.",
            before="Gracias por participar en «{campaign}». "
            "La revisaremos antes del final del {day} y te escribiremos de nuevo.",
            after="Hasta entonces no tienes que hacer nada. "
            "Guarda el recibo, por si te pedimos otra foto.",
        ),
        Message.RECEIVED_COUNTS: Words(
            subject="Tu participación cuenta — {reference}",
            title="Tu participación cuenta.",
            before="Gracias por participar en «{campaign}». Ya estás dentro "
            "y no tienes que hacer nada más.",
        ),
        Message.RECEIVED_AGAIN: Words(
            subject="Tenemos tu nueva foto — {reference}",
            title="Tenemos tu nueva foto.",
            before="Gracias. La revisaremos antes del final del {day} y te escribiremos de nuevo. "
            "Tu participación en «{campaign}» conserva su hora y su referencia.",
        ),
        Message.APPROVED: Words(
            subject="Tu participación cuenta — {reference}",
            title="Tu participación cuenta.",
            before="Hemos revisado tu participación en «{campaign}» y todo está bien.",
            after="No tienes que hacer nada más. ¡Mucha suerte!",
        ),
        Message.REJECTED: Words(
            subject="No hemos podido aceptar tu participación — {reference}",
            title="No hemos podido aceptar tu participación.",
            before="Hemos revisado tu participación en «{campaign}». No puede contar por esto:",
            after="Si crees que nos equivocamos, responde a este correo.",
        ),
        Message.ASKED_AGAIN: Words(
            subject="Otra foto, por favor: hasta el {day}",
            title="Otra foto, por favor.",
            before="Hemos revisado tu participación en «{campaign}». Necesita una foto mejor:",
            after="Envíala antes del {deadline}. Tu participación conserva su hora y su referencia.",
            button="Enviar la foto",
        ),
        Message.REMINDER: Words(
            subject="Todavía falta tu foto: envíala hasta el {day}",
            title="Todavía falta tu foto.",
            before="Te pedimos una foto mejor para tu participación en «{campaign}»:",
            after="Envíala antes del {deadline}. Después, tu participación no podrá contar.",
            button="Enviar la foto",
        ),
    },
    hello="Hola, {name}:",
    hello_nobody="Hola:",
    button="Ver tu participación",
    reference="Tu referencia",
    help="¿Preguntas? Responde a este correo o escribe a {email}.",
    help_phone="¿Preguntas? Responde a este correo, escribe a {email} o llama al {phone}.",
    why="Recibes este correo porque se dio esta dirección para participar en «{campaign}» de {client}.",
    test="Test: ",
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    day="{number} de {month}",
    months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
