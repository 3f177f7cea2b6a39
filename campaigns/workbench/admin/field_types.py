"""The kinds of form rows as staff meet them: icon, word, and which settings each one uses."""

from dataclasses import dataclass, field

from ingest_lambda.contract import FieldKind, Meaning

Words = dict[str, str]


@dataclass(frozen=True)
class Kind:
    """One kind. ``settings`` names the inputs that it uses; the others are not shown.

    ``label`` is proposed for a new row in each language, ``meanings`` are those
    that make sense for its answers, the first being proposed where ``sure``.
    """

    value: str
    word: str
    icon: str
    settings: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()
    sure: bool = False
    label: Words = field(default_factory=dict)
    name: str = ""


_TEXT_MEANINGS = (
    Meaning.GIVEN_NAME,
    Meaning.FAMILY_NAME,
    Meaning.ADDRESS,
    Meaning.REGION,
    Meaning.STORE,
    Meaning.RECEIPT_NUMBER,
)

KINDS: tuple[Kind, ...] = (
    Kind(
        FieldKind.RECEIPT_IMAGE,
        "Receipt",
        "receipt_long",
        ("max_receipts", "images_per_receipt"),
        label={
            "en": "Your receipt",
            "es": "Tu ticket",
            "de": "Dein Kassenbon",
            "fr": "Votre ticket",
        },
        name="receipt",
    ),
    Kind(
        FieldKind.EMAIL,
        "E-mail",
        "mail",
        (),
        (Meaning.EMAIL,),
        sure=True,
        label={"en": "E-mail", "es": "Correo electrónico", "de": "E-Mail", "fr": "E-mail"},
    ),
    Kind(
        FieldKind.TEXT,
        "Short text",
        "short_text",
        ("min_length", "max_length", "pattern"),
        _TEXT_MEANINGS,
    ),
    Kind(
        FieldKind.LONG_TEXT,
        "Long text",
        "notes",
        ("min_length", "max_length"),
        (Meaning.ADDRESS,),
    ),
    Kind(
        FieldKind.PHONE,
        "Phone",
        "call",
        ("countries",),
        (Meaning.PHONE,),
        sure=True,
        label={"en": "Phone number", "es": "Teléfono", "de": "Telefonnummer", "fr": "Téléphone"},
    ),
    Kind(
        FieldKind.POSTAL_CODE,
        "Postal code",
        "location_on",
        ("countries",),
        (Meaning.POSTCODE,),
        sure=True,
        label={"en": "Postcode", "es": "Código postal", "de": "Postleitzahl", "fr": "Code postal"},
    ),
    Kind(
        FieldKind.BIRTH_DATE,
        "Date of birth",
        "cake",
        ("minimum_age",),
        (Meaning.BIRTH_DATE,),
        sure=True,
        label={
            "en": "Date of birth",
            "es": "Fecha de nacimiento",
            "de": "Geburtsdatum",
            "fr": "Date de naissance",
        },
    ),
    Kind(FieldKind.DATE, "Date", "event", ("minimum", "maximum"), (Meaning.PURCHASE_DATE,)),
    Kind(
        FieldKind.NUMBER,
        "Number",
        "numbers",
        ("minimum", "maximum"),
        (Meaning.TOTAL, Meaning.QUANTITY),
    ),
    Kind(
        FieldKind.CHOICE,
        "One choice",
        "radio_button_checked",
        ("options",),
        (Meaning.STORE, Meaning.REGION),
    ),
    Kind(FieldKind.CHOICES, "Several choices", "check_box", ("options",)),
    Kind(
        "consent",
        "Consent",
        "verified_user",
        ("purpose", "party"),
        label={
            "en": "I accept the official rules.",
            "es": "Acepto las bases legales.",
            "de": "Ich nehme die Teilnahmebedingungen an.",
            "fr": "J’accepte le règlement.",
        },
        name="accept_rules",
    ),
    Kind(FieldKind.OTHER_IMAGE, "Other photo", "photo_camera", ("images_per_receipt",)),
    Kind(
        FieldKind.HIDDEN,
        "URL parameter (UTM)",
        "link",
        ("name",),
        label={"en": "utm_source"},
    ),
)
CONSENTS: dict[str, Words] = {
    "rules": next(kind.label for kind in KINDS if kind.value == "consent"),
    "age": {
        "en": "I meet the conditions on age and residence.",
        "es": "Cumplo las condiciones de edad y residencia.",
        "de": "Ich erfülle die Bedingungen zu Alter und Wohnsitz.",
        "fr": "Je remplis les conditions d’âge et de résidence.",
    },
    "privacy": {
        "en": "I agree that my data is processed as the privacy notice describes.",
        "es": "Acepto que mis datos se traten según el aviso de privacidad.",
        "de": "Ich bin einverstanden, dass meine Daten wie in der Datenschutzerklärung beschrieben verarbeitet werden.",
        "fr": "J’accepte que mes données soient traitées comme l’indique la politique de confidentialité.",
    },
    "marketing": {
        "en": "I would like to receive news and offers by e-mail.",
        "es": "Quiero recibir novedades y ofertas por correo electrónico.",
        "de": "Ich möchte Neuigkeiten und Angebote per E-Mail erhalten.",
        "fr": "Je souhaite recevoir des nouveautés et des offres par e-mail.",
    },
    "other": {"en": "", "es": "", "de": "", "fr": ""},
}
"""What a consent proposes to say, by what it is given for."""
MEANING_LABELS: dict[str, Words] = {
    Meaning.GIVEN_NAME: {"en": "First name", "es": "Nombre", "de": "Vorname", "fr": "Prénom"},
    Meaning.FAMILY_NAME: {"en": "Last name", "es": "Apellidos", "de": "Nachname", "fr": "Nom"},
    Meaning.ADDRESS: {"en": "Address", "es": "Dirección", "de": "Adresse", "fr": "Adresse"},
    Meaning.REGION: {
        "en": "State or region",
        "es": "Provincia",
        "de": "Bundesland oder Kanton",
        "fr": "Région",
    },
    Meaning.STORE: {"en": "Store", "es": "Tienda", "de": "Geschäft", "fr": "Magasin"},
    Meaning.RECEIPT_NUMBER: {
        "en": "Receipt number",
        "es": "Número del ticket",
        "de": "Bonnummer",
        "fr": "Numéro du ticket",
    },
    Meaning.PURCHASE_DATE: {
        "en": "Day of purchase",
        "es": "Fecha de compra",
        "de": "Kaufdatum",
        "fr": "Date d’achat",
    },
    Meaning.TOTAL: {
        "en": "Total paid",
        "es": "Total pagado",
        "de": "Bezahlter Betrag",
        "fr": "Montant payé",
    },
    Meaning.QUANTITY: {
        "en": "Quantity bought",
        "es": "Cantidad comprada",
        "de": "Gekaufte Menge",
        "fr": "Quantité achetée",
    },
}
"""What a row proposes to ask, by what it means, where its kind does not say so already."""
BY_VALUE: dict[str, Kind] = {str(kind.value): kind for kind in KINDS}
