"""Every record, imported once: what migrations compare with, and the place to look when asking what is stored."""

from memory.ab_tests import AbTest, AbVariant
from memory.audit import AuditEntry
from memory.base import Base
from memory.calls import Call
from memory.campaigns import Campaign
from memory.changes import Change
from memory.conversations import Conversation, Turn
from memory.cursors import TriggerCursor
from memory.deliveries import Delivery
from memory.drafts import Draft
from memory.enrolments import StepCount
from memory.events import LeadEvent
from memory.house import HouseFact
from memory.idempotency import IdempotentRequest
from memory.index.entries import IndexEntry, IndexSource
from memory.knowledge import KnowledgeItem
from memory.lead_sources import LeadLink, LeadSource
from memory.leads import Lead, LeadConsent, LeadField, LeadTag, LeadWord
from memory.mail_hits import MailHit
from memory.mail_returns import MailboxPlace, MailReturn
from memory.mailings import EmailCampaign
from memory.metrics import MetricPoint
from memory.notices import Notice
from memory.own_examples import OwnExample
from memory.plans import Plan
from memory.posts import SocialPost
from memory.preferences import MailPreference
from memory.reports import Report
from memory.second_looks import SecondLook
from memory.segment_members import SegmentMember
from memory.segments import Segment
from memory.send_rates import SendBucket, SendDay
from memory.signups import Signup, SignupForm
from memory.social_accounts import PendingConnection, SocialAccount
from memory.suppression import Suppression
from memory.templates import Template
from memory.tokens import ApiToken
from memory.tracking import TrackedLink, TrackingKey
from memory.unchanged import EventChange
from memory.workers import WorkerBeat
from memory.workflows import Enrolment, EnrolmentStep, Workflow, WorkflowVersion

__all__ = [
    "AbTest",
    "AbVariant",
    "ApiToken",
    "AuditEntry",
    "Base",
    "Call",
    "Campaign",
    "Change",
    "Conversation",
    "Delivery",
    "Draft",
    "EmailCampaign",
    "Enrolment",
    "EnrolmentStep",
    "EventChange",
    "HouseFact",
    "IdempotentRequest",
    "IndexEntry",
    "IndexSource",
    "KnowledgeItem",
    "Lead",
    "LeadConsent",
    "LeadEvent",
    "LeadField",
    "LeadLink",
    "LeadSource",
    "LeadTag",
    "LeadWord",
    "MailHit",
    "MailPreference",
    "MailReturn",
    "MailboxPlace",
    "MetricPoint",
    "Notice",
    "OwnExample",
    "PendingConnection",
    "Plan",
    "Report",
    "SecondLook",
    "Segment",
    "SegmentMember",
    "SendBucket",
    "SendDay",
    "Signup",
    "SignupForm",
    "SocialAccount",
    "SocialPost",
    "StepCount",
    "Suppression",
    "Template",
    "TrackedLink",
    "TrackingKey",
    "TriggerCursor",
    "Turn",
    "WorkerBeat",
    "Workflow",
    "WorkflowVersion",
]
