"""A series by another rule is another row; all those that continue one another are one line, named by its first."""

from collections.abc import Iterable

from events.models import Series


class Lines:
    """The lines of the series of some spaces: one query."""

    def __init__(self, organisers: Iterable[int]) -> None:
        split = Series.objects.filter(organiser__in=set(organisers), continues__isnull=False).order_by()
        self._before = dict(split.values_list("pk", "continues"))

    def first(self, series: int | None) -> int | None:
        """The series with which a line began: the same for all of it, and none for no series."""
        while series in self._before:
            series = self._before[series]
        return series

    def whole(self, series: int) -> set[int]:
        """All series of the line in which one is."""
        first = self.first(series)
        return {first or series, *(one for one in self._before if self.first(one) == first)}
