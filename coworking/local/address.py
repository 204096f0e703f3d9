"""The address that people type, and whether somebody answers there."""

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


def answers(listening: tuple[str, int], url: str) -> bool:
    """Whether the front page comes; a redirect, to https or to a language, will do.

    The server is asked where it listens, since SITE_URL may be the name of a proxy that is not up yet.
    """
    host, port = listening[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "::1" if ":" in host else "127.0.0.1"
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/", headers={"Host": urlsplit(url).netloc})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if status >= 400:
        raise Complaint(f"The front page answers with error {status}; the reason is in var/log/web.log.")
    return True
