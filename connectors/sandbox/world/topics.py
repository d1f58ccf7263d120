"""What the vendor of the banks' world talks about, and the words in which it does."""

from __future__ import annotations

from connectors.sandbox.world.trade import Topic

TOPICS = (
    Topic(
        "Fraud detection",
        "fraud",
        (
            "Fraud brief: check fraud is back",
            "Fraud brief: mules in new accounts",
            "BSA exam season: what changed",
            "Fraud brief: fewer false positives",
            "AML alerts your analysts can finish",
            "Fraud brief: real-time payments",
        ),
        (
            "Stopping check fraud at the teller line",
            "AML monitoring without the backlog",
            "Fraud in real-time payments",
        ),
        ("Suspicious activity: a field guide", "The cost of fraud at mid-size banks"),
        "Fraud and the examiner",
        "Fraud losses 2026",
        ("Fraud platform", "AML monitoring", "Check fraud detection"),
        ("false positives in fraud alerts", "the fraud desk's backlog", "BSA exam findings"),
    ),
    Topic(
        "Digital lending",
        "lending",
        (
            "Lending letter: small-business loans in a day",
            "Lending letter: where applications die",
            "Mortgage operations in a slow year",
            "Lending letter: credit decisions you can explain",
            "Loan pricing for community banks",
            "Lending letter: farm season",
        ),
        ("Small-business loans in one day", "Mortgage pipelines that close", "Explainable credit decisions"),
        ("Digital lending: a buyer's guide", "Loan origination benchmarks"),
        "Lending after the rate turn",
        "Lending operations 2026",
        ("Digital lending", "Loan origination", "Mortgage workflow"),
        ("time to yes on small loans", "the loan origination backlog", "mortgage pull-through"),
    ),
    Topic(
        "Treasury analytics",
        "treasury",
        (
            "Treasury note: deposits that stay",
            "Liquidity stress, explained to boards",
            "Treasury note: betas and margins",
            "Interest rate risk before the exam",
            "Treasury note: funding plans",
            "Liquidity dashboards that get read",
        ),
        ("Liquidity planning for mid-size banks", "Interest rate risk in practice", "Treasury metrics for the board"),
        ("Liquidity stress testing handbook", "Treasury analytics: ten questions"),
        "Liquidity and the board",
        "Treasury practices 2026",
        ("Treasury analytics", "Liquidity planning", "Interest rate risk reporting"),
        ("liquidity reports for the board", "interest rate scenarios", "treasury spreadsheets"),
    ),
)

NEWSLETTER = "Community banking letter"
PLAIN_PRODUCTS = ("New business", "Core integration", "Expansion", "Platform evaluation", "Multi-year agreement")
PLAIN_ASKS = ("next steps", "your calendar", "the board meeting", "introductions", "a quick question")
