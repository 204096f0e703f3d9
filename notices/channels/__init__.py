"""The ways by which notices reach people. Mail reaches everybody, and is asked last."""

from notices.channels.channel import Channel, Refused, Unreachable
from notices.channels.mail import MailChannel
from notices.models import SentCopy

__all__ = ["Channel", "Refused", "Unreachable", "channel_to", "register"]

_channels: list[Channel] = [MailChannel()]


def register(channel: Channel) -> None:
    """Add a way that goes before mail, and before those that were added earlier; an app does so when it starts.

    Raises ValueError for a name that is too long to be kept with what was sent.
    """
    longest = SentCopy._meta.get_field("channel").max_length or 0
    if len(channel.name) > longest:
        raise ValueError(f"The name of a channel has {longest} letters at most.")
    if channel.name not in {one.name for one in _channels}:
        _channels.insert(0, channel)


def channel_to(address: str) -> Channel:
    """The first way that reaches somebody."""
    return next(channel for channel in _channels if channel.reaches(address))
