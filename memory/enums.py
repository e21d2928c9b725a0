"""The closed vocabularies of the hub: every enum that a record or a tool argument may hold, once."""

from enum import StrEnum


class CampaignType(StrEnum):
    EMAIL = "email"
    SOCIAL = "social"
    ADS = "ads"
    MULTI_CHANNEL = "multi-channel"


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"


class Channel(StrEnum):
    EMAIL = "email"
    SOCIAL = "social"
    ADS = "ads"
    SMS = "sms"
    PHONE = "phone"


class Platform(StrEnum):
    FACEBOOK = "facebook"
    LINKEDIN = "linkedin"
    TWITTER = "twitter"
    INSTAGRAM = "instagram"
    TIKTOK = "tiktok"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"


class AdPlatform(StrEnum):
    GOOGLE = "google"
    FACEBOOK = "facebook"
    LINKEDIN = "linkedin"
    TWITTER = "twitter"
    INSTAGRAM = "instagram"
    TIKTOK = "tiktok"


class Goal(StrEnum):
    LEAD_GENERATION = "lead_generation"
    SALES = "sales"
    BRAND_AWARENESS = "brand_awareness"
    RETENTION = "retention"
    PRODUCT_LAUNCH = "product_launch"
    EVENT = "event"


class EmailStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


class PostStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    FAILED = "failed"
    CANCELLED = "cancelled"


class WorkflowStatus(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"


class LeadStatus(StrEnum):
    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    CUSTOMER = "customer"
    LOST = "lost"


class Metric(StrEnum):
    LEADS = "leads"
    CONVERSIONS = "conversions"
    REVENUE = "revenue"
    OPENS = "opens"
    CLICKS = "clicks"
    UNSUBSCRIBES = "unsubscribes"
    ENGAGEMENT = "engagement"
    SPEND = "spend"


class AttributionModel(StrEnum):
    FIRST_TOUCH = "first_touch"
    LAST_TOUCH = "last_touch"
    LINEAR = "linear"
    TIME_DECAY = "time_decay"
    POSITION_BASED = "position_based"


class ReportFormat(StrEnum):
    HTML = "html"
    PDF = "pdf"
    MARKDOWN = "markdown"


class AbElement(StrEnum):
    SUBJECT = "subject"
    CONTENT = "content"
    SEND_TIME = "send_time"


class AbMetric(StrEnum):
    OPENS = "opens"
    CLICKS = "clicks"
    CONVERSIONS = "conversions"


class AbStatus(StrEnum):
    RUNNING = "running"
    DECIDED = "decided"
    STOPPED = "stopped"


class TemplateKind(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    SOCIAL = "social"
    AD = "ad"
    CALL_SCRIPT = "call_script"


class KnowledgeKind(StrEnum):
    ARTICLE = "article"
    TICKET = "ticket"
    CAMPAIGN = "campaign"


class EventType(StrEnum):
    """What happened between the house and a lead. `OTHER` is told apart by the event's name."""

    SENT = "sent"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    VISITED = "visited"
    SUBMITTED_FORM = "submitted_form"
    SIGNED_UP = "signed_up"
    ORDERED = "ordered"
    CONVERTED = "converted"
    CALLED = "called"
    MET = "met"
    CREATED = "created"
    STATUS_CHANGED = "status_changed"
    TAGGED = "tagged"
    CONSENTED = "consented"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OTHER = "other"


class ConsentState(StrEnum):
    """Pending: asked for (double opt-in), not confirmed yet."""

    PENDING = "pending"
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


class DeliveryState(StrEnum):
    """A message to one recipient. `SENDING` is stored before the server is given it; what a crash leaves there becomes
    `UNKNOWN`, which is listed and never repeated."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"


class SuppressionReason(StrEnum):
    """Why an address is never written to again."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    BLOCKED = "blocked"
