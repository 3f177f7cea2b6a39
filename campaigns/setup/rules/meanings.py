"""What an answer can mean to us, as staff read it wherever it is named."""

from ingest_lambda.contract import Meaning

MEANINGS: dict[str, str] = {
    Meaning.GIVEN_NAME: "First name",
    Meaning.FAMILY_NAME: "Last name",
    Meaning.EMAIL: "E-mail address",
    Meaning.PHONE: "Phone number",
    Meaning.ADDRESS: "Address",
    Meaning.POSTCODE: "Postcode",
    Meaning.REGION: "State or region",
    Meaning.BIRTH_DATE: "Date of birth",
    Meaning.PURCHASE_DATE: "Day of purchase",
    Meaning.STORE: "Store",
    Meaning.RECEIPT_NUMBER: "Receipt number",
    Meaning.TOTAL: "Total paid",
    Meaning.QUANTITY: "Quantity bought",
}
"""What an answer is about; limits, mails and checks read it, whatever the label says."""
