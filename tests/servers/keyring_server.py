"""A keyring for the `keyring` library, filled by the environment: `TEST_KEYRING="service/name=secret"`."""

from __future__ import annotations

import os

from keyring.backend import KeyringBackend


class Ring(KeyringBackend):
    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        place, _, secret = os.environ.get("TEST_KEYRING", "").partition("=")
        return secret if place == f"{service}/{username}" else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError
