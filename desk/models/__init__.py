from desk.models.used_link import UsedLink

__all__ = ["UsedLink"]
