"""The health check of the web server and of the process `live`: it ends with 0 when /healthz answers "ok"."""

import os
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

# Under the name of SITE_URL, since Django answers to no other.
name = urlsplit(os.environ["SITE_URL"]).hostname
connection = HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=5)
connection.request("GET", "/healthz", headers={"Host": name})
answer = connection.getresponse()
if (answer.status, answer.read()) != (200, b"ok"):
    sys.exit(f"/healthz answered {answer.status} {answer.reason}.")
