"""The Coworking VISA in the admin: terms of hosts, visas, requests, and the balance between spaces."""
