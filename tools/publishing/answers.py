"""What a platform answers: it was published, it certainly was not, or nobody knows."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Published:
    """The post is out: the platform's own id of it, and where it is seen (None where the platform does not say)."""

    id: str
    url: str | None = None


class PublishingError(Exception):
    """`sentence` tells a marketer what happened and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Refused(PublishingError):
    """Nothing was published, for certain. A person has to change something."""


class Later(Refused):
    """Nothing was published, for certain, and the very same may be tried again; after `wait`, where the platform said."""

    def __init__(self, sentence: str, wait: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.wait = wait


class TokenRefused(Refused):
    """The platform does not take the account's token (any more). Nothing was published."""


class InDoubt(PublishingError):
    """The platform was asked to publish and gave no answer that says what came of it. Never to be repeated."""
