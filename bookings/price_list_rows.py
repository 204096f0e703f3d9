"""The rows of price lists: plans, terms of hosts, memberships and visas in one statement, each as one JSON text.

See spaces/rows.py for why as text, and notices/prepared.py for why the one for a single space is prepared.
"""

from django.db import connection

from notices.prepared import Prepared
from visas.holding import FROM_VISAS, HELD_VISA

# How the rows of the one query are told apart.
PLAN, TERMS, HELD, VISA = range(4)

# Each plan with the keys of the resources that it opens, as one JSON text (see spaces/rows.py for why).
_PLANS = """
SELECT 0 AS sort, position, id, jsonb_build_object(
    'plan', to_jsonb(plan),
    'opens', (SELECT coalesce(jsonb_agg(resource_id ORDER BY resource_id), '[]')
              FROM members_plan_resources opened WHERE opened.plan_id = plan.id)
)::text AS text FROM members_plan plan WHERE space_id {at}
"""

# What hosts give by Coworking VISA.
_TERMS = """
UNION ALL SELECT 1, 0, id, to_jsonb(terms)::text FROM visas_terms terms
WHERE space_id {at} AND replaced_at IS NULL
"""

# Beside them the memberships that the viewer holds, or shares as the companion of a booth, with all that holds when.
_HELD = """
UNION ALL SELECT 2, 0, id, jsonb_build_object(
    'membership', to_jsonb(membership),
    'agreed', (SELECT jsonb_agg(to_jsonb(agreed) ORDER BY starts_on)
               FROM members_agreedplan agreed WHERE membership_id = membership.id),
    'pauses', (SELECT coalesce(jsonb_agg(jsonb_build_array(starts_on, ends_on) ORDER BY starts_on), '[]')
               FROM members_pause WHERE membership_id = membership.id)
)::text FROM members_membership membership
WHERE space_id {at} AND status IN ('active', 'paused') AND (user_id = {who} OR id IN (
    SELECT membership_id FROM members_companion WHERE user_id = {who} AND accepted_at IS NOT NULL AND left_at IS NULL
))
"""

# And the visas, whatever their home.
_VISAS = f"""
UNION ALL SELECT 3, 0, visa.id, {HELD_VISA} {FROM_VISAS}
WHERE membership.user_id = {{who}} AND membership.status IN ('active', 'paused')
"""
_SORTED = "SELECT sort, text FROM ({rows}) found ORDER BY sort, position, id"
_OF_VISITOR = _SORTED.replace("{rows}", _PLANS + _TERMS)
_OF_PERSON = _SORTED.replace("{rows}", _PLANS + _TERMS + _HELD + _VISAS)

# Most pages ask for one space.
_ONE_OF_VISITOR = Prepared("price_list_of_visitor", _OF_VISITOR.format(at="= $1"), ["bigint"])
_ONE_OF_PERSON = Prepared("price_list_of_person", _OF_PERSON.format(at="= $1", who="$2"), ["bigint", "bigint"])


def price_list_rows(keys: list[int], person: int | None) -> list[tuple[int, str]]:
    """What sort each row is of, and its text, for the spaces with these keys and a person with this one, or nobody."""
    if len(keys) == 1:
        return _ONE_OF_PERSON.rows(keys[0], person) if person else _ONE_OF_VISITOR.rows(keys[0])
    with connection.cursor() as cursor:
        if person:
            cursor.execute(_OF_PERSON.format(at="= ANY(%(at)s)", who="%(who)s"), {"at": keys, "who": person})
        else:
            cursor.execute(_OF_VISITOR.format(at="= ANY(%(at)s)"), {"at": keys})
        return cursor.fetchall()
