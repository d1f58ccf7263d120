"""The streams that Salesforce has for us: objects by their API names. What others point at comes first."""

STREAMS = (
    "User",
    "Account",
    "Contact",
    "Lead",
    "Campaign",
    "CampaignMember",
    "Task",
    "Event",
    "EventRelation",
    "Opportunity",
    "OpportunityHistory",
    "OpportunityLineItem",
    "OpportunityContactRole",
)

# No streams: objects whose fields the mapping reads by way of a stream. They are described together with the streams.
LOOKED_INTO = ("Product2",)
