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
    "OpportunityContactRole",
)
