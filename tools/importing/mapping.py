"""Which column is which field of a lead: guessed by its name in several languages, and by what stands in it."""

import re
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz, process

from tools.core.errors import BadInput
from tools.leading.checks import valid_email
from tools.segmenting.tree import CUSTOM

#: Names of columns for each field, compared without case, accents and signs. Fields ending in _at are moments.
NAMES: dict[str, tuple[str, ...]] = {
    "email": ("email", "e mail", "email address", "e mail address", "mail", "mail address", "mailadresse", "emailadresse",
              "e mail adresse", "adresse email", "courriel", "correo", "correo electronico", "contact email", "work email"),
    "name": ("name", "full name", "fullname", "contact", "contact name", "display name", "vollstandiger name", "nom complet",
             "nombre completo", "ansprechpartner", "lead name", "customer name"),
    "first_name": ("first name", "firstname", "given name", "forename", "vorname", "prenom", "nombre", "fname"),
    "last_name": ("last name", "lastname", "surname", "family name", "nachname", "familienname", "nom", "apellido",
                  "apellidos", "lname"),
    "company": ("company", "company name", "organisation", "organization", "account", "account name", "firma", "unternehmen",
                "firmenname", "societe", "entreprise", "empresa", "employer", "business"),
    "job_title": ("job title", "title", "position", "role", "function", "beruf", "funktion", "poste", "cargo", "job"),
    "phone": ("phone", "phone number", "telephone", "tel", "mobile", "mobile phone", "telefon", "telefonnummer", "handy",
              "telefono", "cell"),
    "city": ("city", "town", "ort", "stadt", "wohnort", "ville", "ciudad", "citta", "location"),
    "country": ("country", "land", "pays", "pais", "country code", "nation"),
    "language": ("language", "lang", "locale", "sprache", "langue", "idioma"),
    "time_zone": ("time zone", "timezone", "zeitzone", "tz"),
    "source": ("source", "lead source", "origin", "quelle", "herkunft", "utm source", "channel", "origine", "origen"),
    "status": ("status", "lead status", "stage", "lifecycle stage", "state of lead", "phase", "statut", "estado"),
    "tags": ("tags", "tag", "labels", "label", "lists", "groups", "schlagworte", "etiquetas"),
    "visits": ("visits", "site visits", "page views", "sessions", "besuche", "website visits"),
    "opens": ("opens", "email opens", "opened", "offnungen", "emails opened"),
    "clicks": ("clicks", "email clicks", "klicks", "emails clicked", "link clicks"),
    "orders": ("orders", "order count", "orders count", "purchases", "bestellungen", "number of orders", "total orders",
               "commandes", "pedidos"),
    "revenue": ("revenue", "total spent", "turnover", "lifetime value", "umsatz", "amount spent", "total revenue", "ltv"),
    "last_order_at": ("last order", "last order date", "last order at", "last purchase", "letzte bestellung",
                      "last purchase date"),
    "last_visit_at": ("last visit", "last seen", "last visit at", "letzter besuch", "last visited"),
    "last_open_at": ("last open", "last opened", "last open at"),
    "last_click_at": ("last click", "last clicked", "last click at"),
    "created_at": ("created", "created at", "creation date", "date created", "signup date", "signed up", "added",
                   "registered", "registered at", "angelegt", "erstellt", "date added", "create date", "signup at"),
    "consent_email": ("newsletter", "consent", "opt in", "optin", "email consent", "marketing consent", "accepts marketing",
                      "subscribed", "newsletter consent", "einwilligung", "consent email", "email opt in", "gdpr consent"),
    "consent_sms": ("sms consent", "sms opt in", "consent sms", "accepts sms"),
    "consent_phone": ("phone consent", "consent phone", "calls allowed"),
    "unsubscribed": ("unsubscribed", "opt out", "optout", "email opt out", "do not email", "abgemeldet"),
    "consent_at": ("consent date", "opt in date", "consent at", "opt in at", "subscribed at", "opted in at"),
}  # fmt: skip
_ACCENTS = str.maketrans("äöüéèêëáàâíìîóòôúùûñç", "aoueeeeaaaiiiooouuunc")
#: Columns of other systems that say nothing about a person.
IGNORED = frozenset({"id", "uuid", "updated at", "updated", "modified", "deleted at", "password", "encrypted password"})
_NEAR = 90


def folded(column: str) -> str:
    """A column's name as it is compared: "E-Mail_Adresse" is "e mail adresse", "firstName" is "first name"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", spaced.casefold().translate(_ACCENTS)).split())


def guess_mapping(
    columns: Sequence[str], sample: Sequence[Mapping[str, str]], *, ignore_keys: bool = False
) -> dict[str, str]:
    """{column: field} for every column that has a place; what is no field of a lead becomes a custom field.

    Two columns never fill one field: the better match wins. ignore_keys: leave out ids and timestamps of a database.
    """
    ranked: list[tuple[float, int, str, str]] = []
    for place, column in enumerate(columns):
        for field, names in NAMES.items():
            found = process.extractOne(folded(column), names, scorer=fuzz.ratio, score_cutoff=_NEAR)
            if found:
                # Of equally near ones the name that stands first among a field's names is the usual one.
                ranked.append((found[1] - names.index(found[0]) * 0.01, -place, column, field))
    mapping: dict[str, str] = {}
    for _, _, column, field in sorted(ranked, reverse=True):
        if column not in mapping and field not in mapping.values():
            mapping[column] = field
    if "email" not in mapping.values():
        _by_contents(columns, sample, mapping)
    for column in columns:
        name = folded(column)
        if column not in mapping and name and not (ignore_keys and (name in IGNORED or name.endswith(" id"))):
            mapping[column] = CUSTOM + name.replace(" ", "_")[:60]
    return {column: mapping[column] for column in columns if column in mapping}


def check_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    """A person's matching, without the columns that are left out. Raises BadInput for a field that does not exist or
    is filled by two columns."""
    chosen = {column: field.strip() for column, field in mapping.items() if field.strip()}
    filled: dict[str, str] = {}
    for column, field in chosen.items():
        own = field.startswith(CUSTOM) and 0 < len(field.removeprefix(CUSTOM)) <= 64
        if field not in NAMES and not own:
            raise BadInput(f"“{field[:60]}” is no field of a lead.", "mapping")
        if field in filled:
            raise BadInput(
                f"The columns “{filled[field][:60]}” and “{column[:60]}” would both fill {field.replace('_', ' ')}. "
                "Choose one of them.",
                "mapping",
            )
        filled[field] = column
    return chosen


def _by_contents(columns: Sequence[str], sample: Sequence[Mapping[str, str]], mapping: dict[str, str]) -> None:
    """The column most of whose values are addresses is the email column, whatever it is called."""
    for column in columns:
        values = [row[column] for row in sample if row.get(column, "").strip()]
        if values and sum(valid_email(value) is not None for value in values) * 2 > len(values):
            mapping[column] = "email"
            return
