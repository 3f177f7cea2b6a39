"""What the demo's two campaigns say, in four languages."""

from typing import Any

from campaigns.setup.models.form import CONSENT
from ingest_lambda.contract import FieldKind, Meaning, ReviewMode, Route

LANGUAGES = ["en", "es", "de", "fr"]

SUMMER_RULES = {
    "en": """1. The promoter is named below. Open to residents of the United Kingdom aged 18 or over.

2. Buy two packs of Northwind iced tea between the opening and the closing date and send a photo of the receipt.

3. One entry per receipt, one per person a day and ten per person in all.

4. A person looks at every entry within three working days. If a photo can't be read, we ask for a better one.

5. After the closing date ten winners are drawn at random from all approved entries. Each wins a weekend for four by the sea.""",
    "es": """1. El organizador figura más abajo. Para mayores de 18 años residentes en el Reino Unido.

2. Compra dos paquetes de té helado Northwind entre las fechas de inicio y fin y envía una foto del ticket de compra.

3. Una participación por ticket, una al día por persona y diez por persona en total.

4. Una persona revisa cada participación en un plazo de tres días laborables. Si una foto no se lee bien, te pediremos otra.

5. Tras el cierre se eligen por sorteo diez ganadores entre todas las participaciones aprobadas. Cada uno gana un fin de semana para cuatro junto al mar.""",
    "de": """1. Der Veranstalter ist unten genannt. Teilnehmen kann, wer im Vereinigten Königreich wohnt und mindestens 18 Jahre alt ist.

2. Kauf zwischen Beginn und Ende der Aktion zwei Packungen Northwind-Eistee und schick uns ein Foto des Kassenbons.

3. Jeder Bon zählt einmal. Pro Person sind eine Teilnahme am Tag und insgesamt zehn möglich.

4. Jede Teilnahme wird innerhalb von drei Werktagen von einem Menschen geprüft. Ist ein Foto nicht lesbar, bitten wir dich um ein besseres.

5. Nach dem Ende werden unter allen gültigen Teilnahmen zehn Gewinner ausgelost. Jeder gewinnt ein Wochenende für vier am Meer.""",
    "fr": """1. L’organisateur est nommé ci-dessous. Ouvert aux personnes de 18 ans et plus résidant au Royaume-Uni.

2. Achetez deux packs de thé glacé Northwind entre la date de début et la date de fin, puis envoyez une photo du ticket.

3. Une participation par ticket, une par jour et par personne, dix par personne en tout.

4. Chaque participation est examinée par une personne sous trois jours ouvrés. Si une photo est illisible, nous en demandons une meilleure.

5. Après la clôture, dix gagnants sont tirés au sort parmi toutes les participations acceptées. Chacun gagne un week-end pour quatre à la mer.""",
}

QUICK_RULES = {
    "en": """1. The promoter is named below. Open to residents of the United Kingdom aged 18 or over. No purchase is needed.

2. Fill in the form before the closing date. After it, 50 winners are drawn at random from all entries.

3. Each winner gets a hamper of iced tea, sent to their door.""",
    "es": """1. El organizador figura más abajo. Para mayores de 18 años residentes en el Reino Unido. No hace falta comprar nada.

2. Rellena el formulario antes del cierre. Después se eligen por sorteo 50 ganadores entre todas las participaciones.

3. Cada ganador recibe en casa un lote de té helado.""",
    "de": """1. Der Veranstalter ist unten genannt. Teilnehmen kann, wer im Vereinigten Königreich wohnt und mindestens 18 Jahre alt ist. Ein Kauf ist nicht nötig.

2. Füll das Formular vor dem Ende der Aktion aus. Danach werden unter allen Teilnahmen 50 Gewinner ausgelost.

3. Jeder Gewinner bekommt einen Geschenkkorb mit Eistee nach Hause geschickt.""",
    "fr": """1. L’organisateur est nommé ci-dessous. Ouvert aux personnes de 18 ans et plus résidant au Royaume-Uni. Sans obligation d’achat.

2. Remplissez le formulaire avant la clôture. Ensuite, 50 gagnants sont tirés au sort parmi toutes les participations.

3. Chaque gagnant reçoit chez lui un coffret de thé glacé.""",
}

SUMMER_RECEIPTS: dict[str, Any] = {
    "name": "Summer receipts",
    "headline": {
        "en": "Win a weekend for four by the sea",
        "es": "Gana un fin de semana para cuatro junto al mar",
        "de": "Gewinne ein Wochenende für vier am Meer",
        "fr": "Gagnez un week-end pour quatre à la mer",
    },
    "supporting": {
        "en": "Buy two packs, send the receipt, and you're in.",
        "es": "Compra dos paquetes, envía el ticket y ya participas.",
        "de": "Zwei Packungen kaufen, Bon senden, dabei sein.",
        "fr": "Achetez deux packs, envoyez le ticket et tentez votre chance.",
    },
    "prizes": {
        "en": "10 weekends for four by the sea",
        "es": "10 fines de semana para cuatro junto al mar",
        "de": "10 Wochenenden für vier am Meer",
        "fr": "10 week-ends pour quatre à la mer",
    },
    "hero_alt": {
        "en": "A low sun over a calm bay between green hills",
        "es": "El sol bajo sobre una bahía tranquila entre colinas verdes",
        "de": "Tiefe Sonne über einer stillen Bucht zwischen grünen Hügeln",
        "fr": "Un soleil bas sur une baie calme entre des collines vertes",
    },
    "rules": SUMMER_RULES,
    "review_mode": ReviewMode.EVERY.value,
    "brand_colour": "#0f4c5c",
    "accent_colour": "#9a031e",
}
SUMMER_SEASIDE: dict[str, Any] = {
    "sky": ("#2a7f8e", "#9fd0c9", "#fbe3b4"),
    "sun": "#fff3d6",
    "sea": ("#3f97a0", "#145e6c"),
    "hills": ("#6fb0ac", "#3d8a8f"),
    "shore": ("#0f4c5c", "#0b3947"),
}

QUICK_DRAW: dict[str, Any] = {
    "name": "Quick draw",
    "headline": {
        "en": "One minute, one chance",
        "es": "Un minuto, una oportunidad",
        "de": "Eine Minute, eine Chance",
        "fr": "Une minute, une chance",
    },
    "supporting": {
        "en": "Tell us where to reach you. That's all.",
        "es": "Dinos dónde encontrarte. Nada más.",
        "de": "Sag uns, wie wir dich erreichen. Mehr nicht.",
        "fr": "Dites-nous où vous joindre. C’est tout.",
    },
    "prizes": {
        "en": "50 hampers of iced tea",
        "es": "50 lotes de té helado",
        "de": "50 Geschenkkörbe mit Eistee",
        "fr": "50 coffrets de thé glacé",
    },
    "hero_alt": {
        "en": "A violet evening over the sea",
        "es": "Un atardecer violeta sobre el mar",
        "de": "Ein violetter Abend über dem Meer",
        "fr": "Un soir violet sur la mer",
    },
    "rules": QUICK_RULES,
    "routes": [Route.FREE.value],
    "review_mode": ReviewMode.NONE.value,
    "brand_colour": "#5b2a86",
    "accent_colour": "#a3245c",
    "type_pair": "rounded",
    "radius": 14,
}
QUICK_SEASIDE: dict[str, Any] = {
    "sky": ("#4a2377", "#c46a9a", "#ffc9a3"),
    "sun": "#ffeedd",
    "sea": ("#8c4a96", "#4a2377"),
    "hills": ("#a65b98", "#7a3d8c"),
    "shore": ("#3d1b66", "#2a1247"),
}

RECEIPT_ROW: dict[str, Any] = {
    "name": "receipt",
    "kind": FieldKind.RECEIPT_IMAGE.value,
    "label": {
        "en": "Your receipt",
        "es": "Tu ticket",
        "de": "Dein Kassenbon",
        "fr": "Votre ticket",
    },
}
ROWS: tuple[dict[str, Any], ...] = (
    {
        "name": "given_name",
        "kind": FieldKind.TEXT.value,
        "meaning": Meaning.GIVEN_NAME.value,
        "label": {"en": "First name", "es": "Nombre", "de": "Vorname", "fr": "Prénom"},
        "max_length": 80,
    },
    {
        "name": "family_name",
        "kind": FieldKind.TEXT.value,
        "meaning": Meaning.FAMILY_NAME.value,
        "label": {"en": "Last name", "es": "Apellidos", "de": "Nachname", "fr": "Nom"},
        "max_length": 80,
    },
    {
        "name": "email",
        "kind": FieldKind.EMAIL.value,
        "meaning": Meaning.EMAIL.value,
        "label": {
            "en": "E-mail",
            "es": "Correo electrónico",
            "de": "E-Mail",
            "fr": "Adresse e-mail",
        },
        "help_text": {
            "en": "We write to you here about your entry.",
            "es": "Aquí te escribimos sobre tu participación.",
            "de": "Hierhin schreiben wir dir zu deiner Teilnahme.",
            "fr": "Nous vous y écrivons au sujet de votre participation.",
        },
    },
    {
        "name": "accept_rules",
        "kind": CONSENT,
        "purpose": "rules",
        "label": {
            "en": "I'm 18 or over, live in the UK and accept the official rules.",
            "es": "Soy mayor de 18 años, vivo en el Reino Unido y acepto las bases legales.",
            "de": "Ich bin mindestens 18, wohne im Vereinigten Königreich und nehme die "
            "Teilnahmebedingungen an.",
            "fr": "J’ai 18 ans ou plus, j’habite au Royaume-Uni et j’accepte le règlement.",
        },
    },
    {
        "name": "newsletter",
        "kind": CONSENT,
        "purpose": "marketing",
        "required": False,
        "label": {
            "en": "Tell me about new flavours by e-mail.",
            "es": "Quiero recibir noticias de nuevos sabores por correo.",
            "de": "Ich möchte per E-Mail von neuen Sorten erfahren.",
            "fr": "Informez-moi des nouveaux parfums par e-mail.",
        },
    },
)
EXAMPLES = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.com"}
"""A valid answer to each written row, for whoever tries the demo by hand."""
