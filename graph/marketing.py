"""Marketing: what a party agreed to, whether it may be contacted, and what reaches it."""

from graph.statements import Expression, Pattern

CONSENTS = Pattern("marketing.consents", "MATCH (THIS)-[:GAVE]->(NODE:Consent)")
CURRENT_CONSENTS = Pattern(
    "marketing.current_consents",
    """
    MATCH (THIS)-[:GAVE]->(NODE:Consent)
    WHERE NOT EXISTS {
      MATCH (THIS)-[:GAVE]->(later:Consent)
      WHERE later.purpose = NODE.purpose AND later.channel = NODE.channel
        AND (later.at > NODE.at OR (later.at = NODE.at AND (
          later.status > NODE.status OR (later.status = NODE.status AND later.id > NODE.id))))
    }
    WITH NODE
    """,
)
EFFECTIVE_CONSENT = Pattern(
    "marketing.effective_consent",
    """
    MATCH (giver:Person {id: THIS})-[:GAVE]->(NODE:Consent)
    WHERE NODE.purpose = purpose AND NODE.channel IN [channel, 'ANY']
    WITH NODE ORDER BY NODE.at DESC, NODE.status DESC, NODE.id DESC LIMIT 1
    """,
)
"""The latest decision of the person THIS, an id, about `purpose` over `channel` or any channel.

Of decisions at the same moment the withdrawal counts, as in the contact policy.
"""
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
      WITH COLLECT {
          MATCH (THIS)-[:GAVE]->(consent:Consent)
          RETURN consent ORDER BY consent.at DESC, consent.status DESC
        } AS decisions,
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
        head([each IN decisions WHERE each.purpose = purpose AND each.channel IN [channel, 'ANY']])
          AS latest,
        CASE channel
          WHEN 'EMAIL' THEN THIS.email IS NOT NULL
          WHEN 'POST' THEN THIS.street IS NOT NULL
          WHEN 'CHAT' THEN true
          ELSE THIS.phone IS NOT NULL
        END AS reachable
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
