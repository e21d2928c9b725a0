"""Looking at workflows that run: live counts by step and edge, and one person's way in words."""

from journeys_house import House

from memory.enums import DeliveryState, EventType
from memory.workflows import Workflow
from tools.automating.graph import Decide, EventHappened, MessageAnswered, SendEmail, Span, Tag, Wait
from tools.journeys.counts import counts_now
from tools.journeys.explaining import explain

DAY = Span(amount=1, unit="day")


def offer(house: House) -> tuple[int, list[int]]:
    text = house.text("Offer", "An offer")
    workflow = house.workflow(
        "Offer", EventHappened(event=EventType.SIGNED_UP), SendEmail(id="mail", content="Offer", template_id=text),
        Wait(id="wait", span=DAY), Decide(id="opened", question=MessageAnswered(deed="opened")),
        Tag(id="yes", tag="reader"), Wait(id="later", span=DAY),
        edges=[("start", "next", "mail"), ("mail", "next", "wait"), ("wait", "next", "opened"),
               ("opened", "yes", "yes"), ("opened", "no", "later")],
    )  # fmt: skip
    leads = [house.lead(name) for name in ("ann", "bob", "cy")]
    for lead in leads:
        house.event(lead, EventType.SIGNED_UP)
    house.run(seconds=1)
    house.event(leads[0], EventType.OPENED, email_campaign_id=house.mails()[0].email_campaign_id)
    house.run(days=1)
    return workflow, leads


def test_counts_by_step_and_edge(house: House) -> None:
    workflow, _ = offer(house)
    with house.database.session() as session:
        now = counts_now(session, session.get_one(Workflow, workflow))
    assert (now.entered, now.under_way, now.completed, now.converted) == (3, 2, 1, 0)
    steps = {step.id: step for step in now.steps}
    assert {id: (step.taken, step.waiting) for id, step in steps.items()} == {
        "mail": (3, 0), "wait": (3, 0), "opened": (3, 0), "yes": (1, 0), "later": (0, 2)
    }  # fmt: skip
    assert (steps["mail"].messages, steps["mail"].opened) == ({"pending": 3}, 1)
    assert steps["opened"].by_port == {"yes": 1, "no": 2}
    assert [(edge.source, edge.port, edge.people) for edge in now.edges] == [
        ("start", "next", 3), ("mail", "next", 3), ("wait", "next", 3), ("opened", "yes", 1), ("opened", "no", 2)
    ]  # fmt: skip


def test_a_way_is_explained_step_by_step(house: House) -> None:
    workflow, (ann, bob, _) = offer(house)
    with house.database.session() as session:
        record = session.get_one(Workflow, workflow)
        (anns,) = explain(session, record, ann, house.clock.now())
        (bobs,) = explain(session, record, bob, house.clock.now())
        assert explain(session, record, 999, house.clock.now()) == ()
    assert [(step.number, step.port) for step in anns.steps] == [(1, "next"), (2, "next"), (3, "yes"), (4, "next")]
    assert anns.steps[0].message == DeliveryState.PENDING
    assert anns.steps[0].said.endswith("it waits in the outbox")
    assert anns.now.startswith("Went all the way")
    assert bobs.steps[-1].said.endswith(": no")
    assert bobs.now == "“wait 1 day” comes next, on Wed 18 March 2026, 10:00."
