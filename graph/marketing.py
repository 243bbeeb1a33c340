"""Marketing: what a party agreed to, whether it may be contacted, and what reaches it."""

from graph import consents
from graph.statements import Expression, Pattern

CONSENTS = Pattern("marketing.consents", "MATCH (THIS)-[:GAVE]->(NODE:Consent)")
CURRENT_CONSENTS = Pattern(
    "marketing.current_consents",
    "MATCH (THIS)-[gave:GAVE]->(NODE:Consent) WHERE " + consents.current("THIS") + " WITH NODE",
)
EFFECTIVE_CONSENT = Pattern(
    "marketing.effective_consent",
    "MATCH (giver:Person {id: THIS}) WITH purpose, channel, "
    + consents.decisions("giver")
    + """ AS decisions
    WITH [each IN decisions WHERE each.purpose = purpose AND each.channel IN [channel, 'ANY']]
      AS told
    WITH """
    + consents.STANDING
    + " AS standing WITH "
    + consents.COUNTS
    + """ AS counts
    MATCH (NODE:Consent {id: counts.id}) WITH NODE
    """,
)
"""The decision of the person THIS, an id, that counts for `purpose` over `channel` or any."""
CAMPAIGNS = Pattern(
    "marketing.campaigns",
    """
    MATCH (THIS)-[membership:MEMBER_OF*0..1]->()<-[:TARGETS]-(NODE:Campaign)
    WHERE all(each IN membership WHERE each.to IS NULL OR each.to >= toString(datetime()))
    WITH NODE
    """,
    distinct=True,
)

# The reasons in the order in which they decide: what forbids a contact altogether, then the latest
# decision about the purpose on the channel (or on any), then whether there is a way to reach the
# party. Of decisions at the same moment the withdrawal counts.
CONTACT_POLICY = Expression(
    "marketing.contact_policy",
    """COLLECT {
      WITH """
    + consents.decisions("THIS")
    + """ AS decisions,
        EXISTS {
          MATCH (THIS)<-[:ABOUT]-(request:PrivacyRequest)
          WHERE request.right IN ['OBJECTION', 'RESTRICTION', 'ERASURE']
            AND request.state IN ['APPROVED', 'DONE']
        } AS objected,
        THIS.maxContactsPerMonth <= COUNT {
          MATCH (THIS)-[:PARTICIPATED_IN]->(touch:Interaction {direction: 'OUTBOUND'})
          WHERE touch.at >= toString(datetime() - duration('P30D')) AND (touch)-[:OF_CAMPAIGN]->()
        } AS enough
      UNWIND ['MARKETING', 'NEWSLETTER', 'SURVEY'] AS purpose
      UNWIND ['EMAIL', 'PHONE', 'SMS', 'POST', 'CHAT'] AS channel
      WITH objected, enough, purpose, channel,
        [each IN decisions WHERE each.purpose = purpose AND each.channel IN [channel, 'ANY']]
          AS told,
        CASE channel
          WHEN 'EMAIL' THEN THIS.email IS NOT NULL
          WHEN 'POST' THEN THIS.street IS NOT NULL
          WHEN 'CHAT' THEN true
          ELSE THIS.phone IS NOT NULL
        END AS reachable
      WITH objected, enough, purpose, channel, reachable, """
    + consents.STANDING
    + """ AS standing
      WITH objected, enough, purpose, channel, reachable, """
    + consents.COUNTS
    + """ AS latest
      WITH purpose, channel, latest, CASE
          WHEN THIS.archivedAt IS NOT NULL THEN 'ARCHIVED'
          WHEN objected THEN 'OBJECTED'
          WHEN THIS.preferredChannel = 'NONE' THEN 'DO_NOT_CONTACT'
          WHEN latest.status = 'WITHDRAWN' THEN 'WITHDRAWN'
          WHEN latest.expiresAt <= toString(datetime()) THEN 'EXPIRED'
          WHEN NOT reachable THEN 'NO_ADDRESS'
          WHEN latest IS NULL THEN 'NEVER_ASKED'
          WHEN enough THEN 'LIMIT_REACHED'
          ELSE 'GRANTED'
        END AS because
      RETURN {
        purpose: purpose, channel: channel, because: because,
        allowed: CASE because
          WHEN 'GRANTED' THEN 'YES' WHEN 'NEVER_ASKED' THEN 'UNKNOWN' ELSE 'NO'
        END,
        decidedAt: latest.at, expiresAt: latest.expiresAt
      }
    }""",
)
