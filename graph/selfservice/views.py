"""What `me` shows: patterns and expressions over THIS, the account, and the viewer's variables.

`whole` holds the parties that the account acts for as a whole; see `graph.access.customers`.
"""

from graph import consents
from graph.model.orders import CONTRACT, INVOICE, ORDER, QUOTE
from graph.statements import Expression, Pattern

ME = Pattern("selfservice.me", "WITH *, me AS NODE")
"""The account that asks."""

PROFILE = Pattern("selfservice.profile", "MATCH (THIS)-[:IS_PERSON]->(NODE:Person)")
IDENTIFIERS = Pattern(
    "selfservice.identifiers",
    "MATCH (THIS)-[:IS_PERSON]->(:Person)-[EDGE:HAS_IDENTIFIER]->(NODE:Identifier)",
)
VERIFICATIONS = Pattern(
    "selfservice.verifications",
    "UNWIND whole AS holder MATCH (holder)-[:CLAIMS]->(NODE:Verification) "
    "WHERE NODE.verifiedAt IS NULL AND NODE.expiresAt > toString(datetime()) WITH NODE",
)
COMPANIES = Pattern(
    "selfservice.companies",
    "MATCH (THIS)-[EDGE:ACTS_FOR]->(NODE:Company) "
    "WHERE coalesce(EDGE.from, '') <= toString(date()) "
    "AND coalesce(EDGE.to, '9999') >= toString(date()) WITH NODE, EDGE",
)
CONSENTS = Pattern(
    "selfservice.consents", "MATCH (THIS)-[:IS_PERSON]->(:Person)-[:GAVE]->(NODE:Consent)"
)
CURRENT_CONSENTS = Pattern(
    "selfservice.current_consents",
    "MATCH (THIS)-[:IS_PERSON]->(giver:Person)-[gave:GAVE]->(NODE:Consent) WHERE "
    + consents.current("giver")
    + " WITH NODE",
)
PREFERENCES = Pattern(
    "selfservice.preferences", "MATCH (THIS)-[:IS_PERSON]->(:Person)-[:PREFERS]->(NODE:Preference)"
)
TIMELINE = Pattern(
    "selfservice.timeline",
    """
    UNWIND whole AS holder
    CALL (holder) {
      MATCH (holder)-[:PARTICIPATED_IN]->(NODE:Interaction) RETURN NODE
      UNION
      MATCH (holder)<-[:FOR]-(NODE:Document) RETURN NODE
    }
    WITH NODE
    """,
    distinct=True,
)
ORDERS = Pattern(
    "selfservice.orders",
    "UNWIND whole AS holder MATCH (holder)<-[:FOR]-(NODE:Order)",
    distinct=True,
    targets=(ORDER,),
)
QUOTES = Pattern(
    "selfservice.quotes",
    "UNWIND whole AS holder MATCH (holder)<-[:FOR]-(NODE:Quote)",
    distinct=True,
    targets=(QUOTE,),
)
INVOICES = Pattern(
    "selfservice.invoices",
    "UNWIND whole AS holder MATCH (holder)<-[:FOR]-(NODE:Invoice)",
    distinct=True,
    targets=(INVOICE,),
)
CONTRACTS = Pattern(
    "selfservice.contracts",
    "UNWIND whole AS holder MATCH (holder)<-[:FOR]-(NODE:Contract)",
    distinct=True,
    targets=(CONTRACT,),
)
CASES = Pattern(
    "selfservice.cases", "UNWIND whole AS holder MATCH (holder)<-[:FOR]-(NODE:Case)", distinct=True
)
OWNS = Pattern(
    "selfservice.owns", "UNWIND whole AS holder MATCH (holder)-[EDGE:OWNS]->(NODE:Product)"
)
ARTICLES = Pattern(
    "selfservice.articles",
    """
    UNWIND whole AS holder
    CALL (holder) {
      MATCH (holder)-[:OWNS]->(:Product)<-[:EXPLAINS]-(NODE:Article) RETURN NODE
      UNION
      MATCH (holder)<-[:FOR]-(:Case)<-[:EXPLAINS]-(NODE:Article) RETURN NODE
    }
    WITH NODE
    """,
    distinct=True,
)
FEEDBACK_REQUESTS = Pattern(
    "selfservice.feedback_requests",
    "MATCH (THIS)-[:IS_PERSON]->(:Person)<-[:ASKS]-(NODE:FeedbackRequest)",
)
PRIVACY_REQUESTS = Pattern(
    "selfservice.privacy_requests",
    "MATCH (THIS)-[:IS_PERSON]->(:Person)<-[:BY]-(NODE:PrivacyRequest)",
)
INVITATIONS = Pattern("selfservice.invitations", "MATCH (THIS)<-[:INVITED_BY]-(NODE:Invitation)")
DATA_ACCESS = Pattern(
    "selfservice.data_access", "MATCH (THIS)-[:IS_PERSON]->(:Person)<-[:SAW]-(NODE:DataAccess)"
)

# Whoever looks after the person comes before whoever looks after a company of theirs; of several an
# account manager or owner first.
RESPONSIBLE = Expression(
    "selfservice.responsible",
    """head(COLLECT {
      UNWIND range(0, size(whole) - 1) AS place
      WITH place, whole[place] AS holder WHERE place < 20
      MATCH (holder)-[charge:ASSIGNED_TO]->(one:User)
      WHERE one.kind = 'STAFF' AND coalesce(one.active, true)
      RETURN {
        name: one.name, email: one.email, jobTitle: one.jobTitle, topic: charge.topic,
        company: CASE WHEN holder:Company THEN holder.name END
      }
      ORDER BY place, NOT coalesce(charge.role, '') IN ['ACCOUNT_MANAGER', 'OWNER'],
        charge.topic IS NOT NULL, one.id LIMIT 1
    })""",
)
