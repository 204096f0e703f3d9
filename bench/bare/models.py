"""Two tables, made and filled by tables.sql."""

from django.db import models


class Place(models.Model):
    """Something with a number of seats."""

    capacity = models.PositiveSmallIntegerField()

    class Meta:
        managed = False
        db_table = "place"

    def __str__(self) -> str:
        return str(self.pk)


class Hold(models.Model):
    """Somebody's seat at a place for a stretch of time."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    person = models.CharField(max_length=254)

    class Meta:
        managed = False
        db_table = "hold"

    def __str__(self) -> str:
        return str(self.pk)
