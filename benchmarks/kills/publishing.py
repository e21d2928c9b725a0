"""Workers that publish posts to a platform on this machine, killed while they do."""

from collections import Counter

from sqlalchemy import func, select

from benchmarks.kills.hunting import LEASE, Place, Told, compared, hunt
from memory.enums import Platform
from memory.posts import PublishState, SocialPost
from memory.publishing import unknown_posts
from tests.publishing.publishing_fixtures import Answer, FakePlatform, Request, house_in, mastodon_account
from tests.publishing.publishing_worker import publish
from tests.support.processes import Process

#: Posts of each round.
EACH = 12
SETTLED = (PublishState.PUBLISHED, PublishState.UNKNOWN)


def run(place: Place, kills: int) -> Told:
    fake, came_out = FakePlatform(), Counter[str]()
    house = house_in(place.url, place.folder, fake)
    mastodon_account(house, fake)

    def take(asked: Request) -> Answer:
        came_out[asked.json["status"]] += 1
        return Answer(200, {"id": f"id-{asked.json['status']}"})

    fake.routes["POST", "/api/v1/statuses"] = take
    hosts = {one.value: fake.url for one in Platform}
    posts: list[str] = []

    def start(name: str) -> Process:
        return Process(publish, place.url, place.folder / "keys", hosts, name, LEASE)

    def plant(number: int) -> None:
        fresh = [f"post {number}-{one}" for one in range(EACH)]
        posts.extend(fresh)
        for content in fresh:
            house.post(Platform.MASTODON, content)

    def settled() -> bool:
        with house.database.session() as session:
            found = select(func.count()).where(SocialPost.publish_state.in_(SETTLED))
            return session.scalar(found) == len(posts)

    try:
        hunt(place, kills, start, plant, came_out.total, EACH, settled)
        with house.database.session() as session:
            done = select(SocialPost.content).where(SocialPost.publish_state == PublishState.PUBLISHED)
            published = session.scalars(done).all()
            unknown = [one.content for one in unknown_posts(session, limit=len(posts))]
    finally:
        house.publisher.close()
        house.accounts.close()
        house.database.close()
        fake.close()
    return compared("publishing", kills, came_out, all=posts, done=published, unknown=unknown)
