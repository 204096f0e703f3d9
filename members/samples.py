"""Sample people for trying the house on one's own machine."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from members.models import Membership, Operator, Plan, User
from members.sample_members import enrol
from spaces.models import Space


@dataclass(frozen=True)
class Account:
    """A sample account, with the password that is printed for it."""

    user: User
    password: str
    role: str


# Family name, given name, their readings. Invented people.
OPERATORS = {
    "garage-labs": ("佐藤", "健", "さとう", "けん"),
    "dorinoki": ("高橋", "恵", "たかはし", "めぐみ"),
    "koharubiyori": ("工藤", "春", "くどう", "はる"),
    "cafe-36": ("三浦", "六花", "みうら", "りっか"),
}
MEMBER = ("伊藤", "愛子", "いとう", "あいこ")
MEMBER_EMAIL = "member@example.jp"
MEMBER_FOR = timedelta(days=100)
COWORKER = ("中村", "明", "なかむら", "あきら")
VISITORS = [
    ("小林", "直美", "こばやし", "なおみ"),
    ("渡辺", "翔", "わたなべ", "しょう"),
    ("加藤", "千恵", "かとう", "ちえ"),
    ("吉田", "拓", "よしだ", "たく"),
    ("山本", "葵", "やまもと", "あおい"),
    ("佐々木", "亮", "ささき", "りょう"),
    ("松本", "奈々", "まつもと", "なな"),
    ("井上", "修", "いのうえ", "おさむ"),
    ("木村", "舞", "きむら", "まい"),
    ("林", "大輔", "はやし", "だいすけ"),
    ("斎藤", "結衣", "さいとう", "ゆい"),
    ("清水", "誠", "しみず", "まこと"),
]


def load_people() -> list[Account]:
    """The sample people; those who are there already are left as they are."""
    accounts = []
    for space in Space.objects.filter(slug__in=OPERATORS):
        # Who runs a small space alone is its owner, and closes its months.
        operator = _account(f"operator@{space.slug}.example", OPERATORS[space.slug], _("Owner of %s") % space.name)
        Operator.objects.get_or_create(user=operator.user, space=space, defaults={"role": Operator.Role.OWNER})
        accounts.append(operator)
    member = _account(MEMBER_EMAIL, MEMBER, _("Member of Garage labs, by its free plan"))
    plan = Plan.objects.filter(space__slug="garage-labs", kind=Plan.Kind.FREE).first()
    if plan and not Membership.objects.filter(user=member.user, space=plan.space).exists():
        enrol(member.user, plan, timezone.localdate() - MEMBER_FOR)
    return [*accounts, member, _account("coworker@example.jp", COWORKER, _("Coworker without a plan"))]


def load_visitors() -> list[User]:
    """People who fill the sample days; nobody signs in as them."""
    return [
        _person(f"visitor{number}@example.jp", names, password=None) for number, names in enumerate(VISITORS, start=1)
    ]


def _account(email: str, names: tuple[str, str, str, str], role: str) -> Account:
    # The same at each start, and another on each machine: it follows from the machine's own secret.
    password = salted_hmac("coworking.samples", email).hexdigest()[:10]
    return Account(_person(email, names, password), password, role)


def _person(email: str, names: tuple[str, str, str, str], password: str | None) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        fields = dict(zip(("family_name", "given_name", "family_reading", "given_reading"), names, strict=True))
        user = User.objects.create_user(email, password, **fields)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
