"""The adapters that there are."""

from tools.publishing.adapter import Adapter
from tools.publishing.platforms.bluesky import Bluesky
from tools.publishing.platforms.facebook import Facebook
from tools.publishing.platforms.instagram import Instagram
from tools.publishing.platforms.linkedin import LinkedIn
from tools.publishing.platforms.mastodon import Mastodon
from tools.publishing.platforms.tiktok import TikTok
from tools.publishing.platforms.x import X

ADAPTERS: tuple[type[Adapter], ...] = (Facebook, LinkedIn, X, Instagram, TikTok, Mastodon, Bluesky)
