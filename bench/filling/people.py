"""People by the thousand, and signed-in browsers for some of them."""

import random
from datetime import datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from bookings.models import FirstVisit
from members.models import User
from members.person_key import person_key
from spaces.models import Space

FAMILIES = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "Smith", "Tanaka")
GIVEN = ("葵", "蓮", "陽菜", "湊", "凛", "大翔", "結衣", "悠真", "さくら", "蒼", "Alex", "Mika")


def make_people(kind: str, count: int, draw: random.Random) -> list[User]:
    """Accounts that nobody can sign in to with a password."""
    made = []
    for number in range(count):
        user = User(
            email=f"{kind}{number}@bench.example",
            family_name=draw.choice(FAMILIES),
            given_name=draw.choice(GIVEN),
            language="ja" if number % 5 else "en",
        )
        user.password = f"!{kind}{number}"  # as set_unusable_password does, without its random text
        made.append(user)
    return User.objects.bulk_create(made, batch_size=2000)


def make_regulars(people: list[User], now: datetime) -> None:
    """Let people have had their first visit wherever one is free: so that the next one costs each of them the same."""
    spaces = Space.objects.filter(plans__first_visit_free=True).distinct()
    keys = [person_key(user.email) for user in people]
    FirstVisit.objects.bulk_create(
        (FirstVisit(space=space, person_key=key, used_at=now) for space in spaces for key in keys), batch_size=2000
    )


def signed_in(user: User) -> str:
    """The session cookie of a browser in which the person has signed in: the row that signing in would leave."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    key: str = session.session_key or ""
    return key
