"""Tables of the houses, cut by topic."""

from spaces.models.opening import Closure, OpeningHours
from spaces.models.resource import Resource
from spaces.models.space import Amenity, Space, SpaceQuerySet

__all__ = ["Amenity", "Closure", "OpeningHours", "Resource", "Space", "SpaceQuerySet"]
