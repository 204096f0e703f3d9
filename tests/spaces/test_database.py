"""The database itself: made so that Japanese can be found in it (design rule 15)."""

import pytest
from django.db import connection

from spaces.models import Space
from tests.factories import make_space


@pytest.fixture
def ask(db):
    def ask(sql, *values):
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()[0]

    return ask


def test_letters_are_classed_as_unicode_says(ask):
    assert ask("SELECT datctype FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
    assert ask("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()") == "UTF8"


def test_trigrams_find_a_japanese_word(ask):
    assert ask("SELECT cardinality(show_trgm(%s))", "小春日和") > 0
    assert ask("SELECT similarity(%s, %s) > 0.3", "小春日和", "小春日")
    assert ask("SELECT word_similarity(%s, %s) > 0.5", "小春日和", "コワーキングスペース 小春日和")


def test_space_is_found_by_a_part_of_its_japanese_name(db):
    make_space("koharubiyori", name_ja="小春日和")
    make_space("dorinoki", name_ja="ドリノキ")

    found = Space.objects.filter(name_ja__trigram_similar="小春日")

    assert [space.slug for space in found] == ["koharubiyori"]


def test_case_of_full_width_letters_is_known(ask):
    assert ask("SELECT lower(%s)", "ＶＩＳＡ") == "ｖｉｓａ"
