"""Countries and currencies as staff read them: ISO 3166-1 and ISO 4217, by Unicode's names."""

from babel import Locale

_ENGLISH = Locale.parse("en")
_NO_COUNTRY = frozenset(
    ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"]
)
"""Two letters that Unicode names and ISO 3166-1 does not assign."""

COUNTRIES: dict[str, str] = dict(
    sorted(
        (
            (code, name)
            for code, name in _ENGLISH.territories.items()
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
        ),
        key=lambda pair: pair[1],
    )
)
"""Code → name, by name."""

_RUN_IN = """
AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY
KRW MAD MXN MYR NOK NZD PEN PHP PLN RON RSD SAR SEK SGD THB TND TRY TWD UAH USD UYU VND
ZAR
"""
CURRENCIES: dict[str, str] = {code: _ENGLISH.currencies[code] for code in _RUN_IN.split()}
"""Code → name; those in which promotions are run."""
