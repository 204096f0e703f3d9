"""Registration numbers of qualified issuers, as an operator may type them."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum.jp import cn

from billing.models import Issuer
from billing.models.issuer import is_registration_number
from tests.billing.acts import make_issuer
from tests.properties import examples

digits = st.text("0123456789", min_size=12, max_size=12)


def is_accepted(number):
    try:
        is_registration_number(number)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "number",
    [
        "T7000012050002",  # the tax office's own corporate number
        "T5835678256246",
        "T1810000000000",  # of the form that individuals' numbers have
    ],
)
def test_number_with_its_check_digit_is_accepted(number):
    assert is_accepted(number)


@pytest.mark.parametrize(
    "number",
    [
        "7000012050002",
        "t7000012050002",
        "T8000012050002",
        "T700001205000",
        "T70000120500020",
        "T 7000012050002",
        "T7000012050002 ",
        "T7000012050002\n",
        "T7-0000-1205-0002",
        "T７000012050002",
        "Ｔ7000012050002",
        "TT7000012050002",
        "T700001205000X",
        "T",
        "",
        "T0000000000000",
    ],
)
def test_whatever_is_not_the_number_itself_is_refused(number):
    assert not is_accepted(number)


@given(rest=digits)
@examples(200)
def test_one_first_digit_fits_to_twelve_others(rest):
    fitting = [first for first in "0123456789" if is_accepted(f"T{first}{rest}")]

    assert fitting == [cn.calc_check_digit(rest)]


@given(rest=digits, place=st.integers(1, 12), digit=st.sampled_from("0123456789"))
@examples(200)
def test_one_wrong_digit_is_seen_unless_it_is_nine_for_nought(rest, place, digit):
    """The sum is taken modulo nine, so 0 and 9 are told apart by nobody."""
    right = f"T{cn.calc_check_digit(rest)}{rest}"
    wrong = right[: place + 1] + digit + right[place + 2 :]

    alike = wrong == right or {right[place + 1], digit} == {"0", "9"}
    assert is_accepted(wrong) == alike


def test_operator_is_told_what_is_wrong(space):
    issuer = make_issuer(space)
    issuer.registration_number = "T8000012050002"

    with pytest.raises(ValidationError) as caught:
        issuer.full_clean()

    assert [(field, [each.code for each in errors]) for field, errors in caught.value.error_dict.items()] == [
        ("registration_number", ["number"])
    ]


def test_issuer_without_a_number_is_a_plain_one(space):
    make_issuer(space).full_clean()

    assert str(Issuer.objects.get()) == "合同会社どこか"
