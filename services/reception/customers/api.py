"""Looking for customers."""

from __future__ import annotations

import marshmallow as ma

from services.reception.customers import searching
from services.reception.customers.fields import KEPT, name_out, phone_out, plate_out
from shared.access import needs
from shared.db import reader
from shared.http import Blueprint, Limit, OutputSchema, QuerySchema, Text

blueprint = Blueprint("customers", __name__, url_prefix="/api/v1/customers", description="Customers of the group")

_EXAMPLE = {
    "customers": [
        {
            "customer_id": "019ab011-9a00-7a51-8a01-0d5f3a2b1c0c", "level": "branch", "name": "欧阳娜娜",
            "phones": ["138****5678"], "plates": ["京A12345"], "known_at": "bj-chaoyang",
        }
    ],
    "more": False,
}  # fmt: skip

class SearchQuery(QuerySchema):
    """What somebody typed: a part of a name in characters, pinyin or initials, the end of a phone or plate, or a whole
    one.
    """

    q = Text(searching.MOST_TYPED, required=True)
    limit = Limit(default=20, most=50)

class FoundOut(OutputSchema):
    """A customer; at ``level`` group (known in another branch only) the name is masked and phones are left out."""

    customer_id = ma.fields.String(required=True)
    level = ma.fields.String(required=True, metadata={"enum": [searching.OURS, searching.GROUP]})
    name = name_out(required=True, allow_none=True)
    phones = ma.fields.List(phone_out(), required=True, metadata=KEPT)
    plates = ma.fields.List(plate_out(), required=True, metadata=KEPT)
    known_at = ma.fields.String(required=True, metadata={"description": "The branch they first came to."})

class SearchOut(OutputSchema):
    """Whom it may mean; when there are ``more``, type more."""

    customers = ma.fields.List(ma.fields.Nested(FoundOut), required=True)
    more = ma.fields.Boolean(required=True)

@blueprint.route("/search", methods=["GET"])
@needs("staff")
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, SearchOut, example=_EXAMPLE)
def search(query):
    """Customers whom the branch knows, by a part; of the rest of the group, by a whole phone or plate."""
    with reader() as session:
        found, more = searching.find(session, query["q"], query["limit"])
    return {"customers": found, "more": more}
