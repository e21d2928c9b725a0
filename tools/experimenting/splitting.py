"""Dividing the people of a mailing when it is laid out for sending."""

from datetime import datetime

from sqlalchemy.orm import Session

from memory.ab_tests import leads_waiting, running_test, split_deliveries
from tools.experimenting.assigning import variant_for


def split(session: Session, email_campaign_id: int, now: datetime) -> bool:
    """Give the waiting messages of a mailing with a running test their variants, and hold the others back.

    False where no test is running. Single addresses that are no leads belong to the rest: nothing is known of what they
    do. To be done once, in the transaction that lays the mailing out.
    """
    test = running_test(session, email_campaign_id)
    if test is None:
        return False
    variants = len(test.variants)
    chosen = {
        lead_id: variant_for(test.id, lead_id, variants, test.test_share)
        for lead_id in leads_waiting(session, email_campaign_id)
    }
    split_deliveries(session, test, chosen, now)
    return True
