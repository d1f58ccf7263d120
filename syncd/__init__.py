"""syncd keeps one signed agreement between marketing and sales true in HubSpot and Salesforce.

The way of one contact, one verb a step (see `sync`):

    pull   connectors ──pages──▶ source_record           what we saw
    match  source_record ──mapping, matching──▶ contact  who is who
    judge  group + agreement + today ──rules──▶ wish     what it means
    push   wish ──payload──▶ connectors ──receipts──▶    make the remote agree

Floors, imported downward only: cli / composition / daemon, web / doctor / wiring / in_force / settings, logs, pulse,
signals, today / sync / store, premises / tables / rules, mapping, matching / agreement / model / shipped / document,
address, collector / errors. `connectors` imports nothing of syncd, and syncd asks it through the protocols of
`connectors.base`. Only `wiring` names connectors.
"""

__version__ = "0.1.0"
