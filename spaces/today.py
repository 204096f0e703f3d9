"""The calendar day at each space, as the database works it out: for conditions on rows of several spaces."""

from datetime import datetime

from django.db.models import DateField, DateTimeField, F, Func, Value
from django.db.models.functions import Cast


def today_at(zone: str, moment: datetime) -> Cast:
    """The day that `moment` falls on in the time zone that a field names. `Space.today` asks one space the same."""
    local = Func(F(zone), Value(moment, DateTimeField()), function="timezone", output_field=DateTimeField())
    return Cast(local, DateField())
