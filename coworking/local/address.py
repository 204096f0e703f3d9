"""The addresses that browsers ask, and whether somebody answers there."""

import http.client
import ipaddress
from urllib.parse import urlsplit

from .complaint import Complaint

PATIENCE = 5  # for one answer: the first page of all has much to load


def site_url(host: str, port: int) -> str:
    """The address for a browser on this machine, when SITE_URL names no other."""
    address = ipaddress.ip_address(host)
    if address.is_loopback or address.is_unspecified:
        return f"http://localhost:{port}"
    return f"http://[{host}]:{port}" if address.version == 6 else f"http://{host}:{port}"


def live_url(site_url: str, port: int) -> str:
    """Where browsers reach the process `live`: beside the house itself.

    Nothing where that has https, which is the work of a proxy that knows nothing of this port, and a browser would
    not speak to it without.
    """
    try:
        site = urlsplit(site_url)
    except ValueError:
        return ""  # the settings say what is wrong with it
    if site.scheme != "http" or not site.hostname:
        return ""
    host = f"[{site.hostname}]" if ":" in site.hostname else site.hostname
    return f"http://{host}:{port}"


def answers(listening: tuple[str, int], url: str) -> bool:
    """Whether the front page comes; a redirect, to https or to a language, will do.

    The server is asked where it listens, since SITE_URL may be the name of a proxy that is not up yet.
    """
    status = _status(listening, url, "/")
    if status is not None and status >= 400:
        raise Complaint(f"The front page answers with error {status}; the reason is in var/log/web.log.")
    return status is not None


def is_well(listening: tuple[str, int]) -> bool:
    """Whether the process `live` says that it is well."""
    return _status(listening, "http://localhost", "/healthz") == 200


def _status(listening: tuple[str, int], url: str, path: str) -> int | None:
    host, port = listening[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "::1" if ":" in host else "127.0.0.1"
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": urlsplit(url).netloc})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
