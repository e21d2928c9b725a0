"""The adapters that there are."""

from tools.publishing.adapter import Adapter
from tools.publishing.platforms.mastodon import Mastodon

ADAPTERS: tuple[type[Adapter], ...] = (Mastodon,)
