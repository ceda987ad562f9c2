"""moto's server on a free port of loopback; says its address and serves until it is ended."""

import os

# moto names these for whoever asks; nobody signs in to anything.
os.environ["MOTO_ACCOUNT_ID"] = "123456789012"

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

# One request after the other: moto checks If-None-Match and stores in two steps, and does not promise more.
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
print(f"http://127.0.0.1:{server.port}", flush=True)
server.serve_forever()
