"""Invitations: colleagues who are to act for the same company, and friends who may become ours.

An invitation is proved by a code in the message that was sent. The service that registers accounts
gives it back with the account's name at its issuer; only then is there an account.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graph.access.partners import PROLOGUE as PARTNER_PROLOGUE
from graph.actions.stating import apply
from graph.audiences import CUSTOMERS, EVERYONE, Audience
from graph.errors import NOT_THERE
from graph.model.declare import string
from graph.model.organisation import ACTS_FOR, IS_PERSON, USER
from graph.model.parties import COMPANY, PERSON, REFERRED, WORKS_AT
from graph.model.selfservice import BECAME_USER, INVITATION, INVITED_BY, INVITES_TO
from graph.selfservice.codes import SECRET
from graph.selfservice.messages import QUEUED, invitation_code
from graph.selfservice.standing import as_customer, person_of, principal
from graph.statements import Kind, Statement
from graph.write import Batch, Expected, LinkRow, Links, NodeRow, Nodes, formats
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Given,
    Guard,
    Link,
    Named,
    Procedure,
    Ref,
    Return,
    Update,
    Work,
)
from graph.write.formats import moment
from graph.write.secret import secret
from graph.write.unit import new_id

DAYS = 14
"""For how many days an invitation holds."""
MOST = 20
"""How many invitations a company may have open, and friends a person may name on one day."""
_WIDER = {"OWN": 0, "COMPANY": 1, "SUBTREE": 2}

_COMPANY = Ref("company", (COMPANY,), "For which company the colleague is to act.")
_INVITATION = Ref("invitation", (INVITATION,), "The invitation.")
_RETURNS = (Return("invitation", "invitation", "Invitation"),)

HOST = as_customer(
    "host",
    """MATCH (company:Company {id: $company}) WHERE company IN whole
WITH me, company, EXISTS {
  MATCH (me)-[acts:ACTS_FOR {scope: 'SUBTREE'}]->(top:Company)
  WHERE coalesce(acts.from, today) <= today AND coalesce(acts.to, today) >= today
    AND (top = company OR EXISTS { (company)-[:SUBSIDIARY_OF*1..8]->(top) })
} AS wide
RETURN me.id, CASE WHEN wide THEN 'SUBTREE' ELSE 'COMPANY' END""",
)
"""Who invites, and how far he acts for the company himself."""

PARTNER_HOST = Statement(
    "selfservice.partner_host",
    Kind.READ,
    PARTNER_PROLOGUE + " WITH me, viewer WHERE viewer.id = $company RETURN me.id, "
    "head([(me)-[acts:ACTS_FOR]->(viewer) | coalesce(acts.scope, 'OWN')])",
)
"""The same of a partner's user, who invites to that partner."""

_INVITED = Action(
    "colleagueInvite",
    "Invites somebody to act for a company.",
    refs=(_COMPANY, Ref("host", (USER,), "Who invites.")),
    creates=(Create("invitation", INVITATION),),
    links=(Link("invitation", INVITED_BY, "host"), Link("invitation", INVITES_TO, "company")),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "This address has an invitation already; take it back first.",
            "EXISTS { MATCH (company)<-[:INVITES_TO]-(i:Invitation {state: 'SENT'}) "
            "WHERE i.email = r.creates.invitation.email AND i.expiresAt > r.now }",
            ("email",),
        ),
        Guard(
            "LIMIT_REACHED",
            f"There are {MOST} open invitations; wait for answers, or take some back.",
            "COUNT { MATCH (company)<-[:INVITES_TO]-(i:Invitation {state: 'SENT'}) "
            "WHERE i.expiresAt > r.now } >= r.values.most",
        ),
    ),
    extra=QUEUED,
    returns=_RETURNS,
)


async def _invite(work: Work, draft: Draft) -> None:
    company = draft.one("company")
    asked = company.id if company else ""
    host_of = PARTNER_HOST if draft.viewer.audience is Audience.PARTNER else HOST
    rows = await work.read(host_of, **principal(work), company=asked)
    if not rows or company is None:
        draft.refuse("NOT_FOUND", NOT_THERE, "companyId")
        return
    host, own = rows[0]
    scope = str(draft.given["scope"])
    if _WIDER[scope] > _WIDER[own]:
        message = f"This account acts with {own}; it cannot grant more."
        draft.refuse("NOT_ALLOWED", message, "scope")
        return
    draft.take(await _sent(work.trusted(), draft, company, host))


async def _sent(inside: Work, draft: Draft, company: Named, host: str) -> Any:
    inner = inside.sketch(_INVITED, {"company": company, "host": Named(host, "User")}, {})
    ends = datetime.fromisoformat(draft.now) + timedelta(days=DAYS)
    inner.props["invitation"] = {
        **{name: draft.given[name] for name in ("name", "email", "scope")},
        "state": "SENT", "at": draft.now, "expiresAt": moment(ends),
    }  # fmt: skip
    inner.values |= {"most": MOST, "job": new_id(), "about": inner.ids["invitation"]}
    return await inside.perform(_INVITED, inner)


COLLEAGUE_INVITE = Procedure(
    "colleagueInvite",
    "Invites somebody to act for a company for which the account that asks acts, no further than "
    f"that itself. The message holds for {DAYS} days.",
    refs=(_COMPANY,),
    given=(
        *(
            Given(INVITATION.properties[name], required=True, owner="Invitation")
            for name in ("name", "email", "scope")
        ),
    ),
    returns=_RETURNS,
    run=_invite,
    audiences=EVERYONE,
    staff=False,
)


def _withdraw(draft: Draft) -> None:
    draft.props["invitation"]["state"] = "WITHDRAWN"


INVITATION_WITHDRAW = Action(
    "invitationWithdraw",
    "Takes an invitation back that nobody has accepted.",
    refs=(_INVITATION,),
    updates=(Update("invitation"),),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "It is {} already.",
            "invitation.state <> 'SENT'",
            ("invitationId",),
            detail="invitation.state",
        ),
    ),
    prepare=_withdraw,
    returns=_RETURNS,
    audiences=EVERYONE,
)

SENT = Statement(
    "selfservice.invitation",
    Kind.READ,
    """MATCH (i:Invitation {id: $id})-[:INVITES_TO]->(c:Company)
OPTIONAL MATCH (i)-[:INVITED_BY]->(host:User)
RETURN i.version, i.state, i.expiresAt, i.name, i.email, i.scope, c.id, host.kind,
  EXISTS { (:User {issuer: $issuer, subject: $subject}) },
  head(COLLECT { MATCH (p:Person)-[:HAS_IDENTIFIER]->(:Identifier {kind: 'EMAIL', value: i.email})
    WHERE EXISTS { (p)-[:WORKS_AT]->(c) } RETURN p.id ORDER BY p.id LIMIT 1 })
LIMIT 1""",
)
"""An invitation, whether an account of a name exists, and who of the company has the address."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """An invitation as it was read."""

    version: int
    state: str
    expires_at: str
    name: str
    email: str
    scope: str
    company: str
    kind: str | None
    taken: bool
    person: str | None


async def _accept(work: Work, draft: Draft) -> None:
    named = draft.one("invitation")
    id_ = named.id if named else ""
    account = {name: str(draft.given[name]).strip() for name in ("issuer", "subject")}
    rows = await work.read(SENT, id=id_, **account)
    if not rows:
        draft.refuse("NOT_FOUND", NOT_THERE, "invitationId")
        return
    sent = _Sent(*rows[0])
    key = await secret(work.graph, SECRET)
    if not hmac.compare_digest(
        invitation_code(key, id_).encode(), str(draft.given["code"]).strip().encode()
    ):
        draft.refuse("WRONG_CODE", "This is not the code of the invitation.", "code")
    elif sent.state != "SENT":
        draft.refuse("NOT_ALLOWED", f"It is {sent.state} already.", "invitationId")
    elif sent.expires_at <= draft.now:
        draft.refuse("EXPIRED", "The invitation has ended; ask for a new one.", "invitationId")
    elif sent.taken or not all(account.values()):
        message = "issuer and subject must name an account that is not known yet."
        draft.refuse("CONFLICT", message, "subject")
    else:
        await apply(work, draft, _account(draft, id_, sent, account), "invitationId")


def _account(draft: Draft, id_: str, sent: _Sent, account: dict[str, str]) -> Batch:
    """The account, its person, and for whom it acts; the person is made if nobody fits."""
    user = (account["issuer"], account["subject"])
    person = (sent.person or new_id(),)
    today = draft.now[:10]
    values = {"kind": sent.kind or "CUSTOMER", "name": sent.name, "email": sent.email,
              "active": True}  # fmt: skip
    parts: list[Nodes | Links] = [
        Nodes(USER, [NodeRow(user, values)]),
        Nodes(INVITATION, [NodeRow((id_,), {"state": "ACCEPTED"})]),
    ]
    if sent.person is None:
        parts.append(Nodes(PERSON, [NodeRow(person, {"name": sent.name, "email": sent.email})]))
        job = LinkRow(person, (sent.company,), {"from": today})
        parts.append(Links(WORKS_AT, PERSON, COMPANY, [job]))
    acts = LinkRow(user, (sent.company,), {"scope": sent.scope, "from": today})
    parts += [
        Links(IS_PERSON, USER, PERSON, [LinkRow(user, person, {})]),
        Links(ACTS_FOR, USER, COMPANY, [acts]),
        Links(BECAME_USER, INVITATION, USER, [LinkRow((id_,), user, {})]),
    ]
    return Batch(
        parts,
        expected=[Expected(INVITATION, id_, sent.version)],
        named={"invitation": (INVITATION, (id_,)), "user": (USER, user)},
    )


INVITATION_ACCEPT = Procedure(
    "invitationAccept",
    "Makes the account of somebody who was invited, by the code of the message; for the service "
    "that registers accounts.",
    refs=(_INVITATION,),
    given=(
        Given(string("code", "What the message holds."), required=True),
        Given(USER.properties["issuer"], required=True),
        Given(USER.properties["subject"], required=True),
    ),
    returns=(*_RETURNS, Return("user", "user", "User")),
    run=_accept,
)

FRIEND = as_customer(
    "friend",
    """RETURN head(COLLECT { MATCH (p:Person)-[:HAS_IDENTIFIER]->(i:Identifier)
    WHERE i.kind = 'EMAIL' AND i.value = $email AND NOT coalesce(i.shared, false)
    RETURN p.id ORDER BY p.id LIMIT 1 }),
  EXISTS { (self)-[:HAS_IDENTIFIER]->(:Identifier {kind: 'EMAIL', value: $email}) },
  COUNT { MATCH (self)-[x:REFERRED]->() WHERE x.on = today }""",
)
"""Who has an address, whether it is the own one, and how many friends were named today."""


async def _refer(work: Work, draft: Draft) -> None:
    mine = await person_of(work, draft)
    name = str(draft.given["name"]).strip()
    try:
        email = formats.email(str(draft.given["email"]))
    except ValueError as error:
        draft.refuse("NOT_AN_EMAIL", f"email {error}.", "email")
        return
    if not 0 < len(name) <= 200:
        draft.refuse("TOO_LONG", "name must be one line of 1 to 200 characters.", "name")
    if mine is None or mine.person is None or draft.refusals:
        return
    known, own, today = (await work.read(FRIEND, **principal(work), email=email))[0]
    if own:
        draft.refuse("NOT_ALLOWED", "This is your own address; name a friend's.", "email")
    elif today >= MOST:
        message = f"You named {MOST} friends today; go on tomorrow."
        draft.refuse("LIMIT_REACHED", message)
    else:
        await _referred(work, draft, mine.person, known, {"name": name, "email": email})


async def _referred(
    work: Work, draft: Draft, person: Named, known: str | None, said: dict[str, str]
) -> None:
    """Note who named whom. The answer is the same whether or not the friend is known already."""
    friend = (known or new_id(),)
    note = str(draft.given.get("note") or "").strip()[:1_000]
    link: dict[str, Any] = {"on": draft.now[:10]} | ({"note": note} if note else {})
    parts: list[Nodes | Links] = []
    if known is None:
        parts.append(Nodes(PERSON, [NodeRow(friend, {**said, "lifecycle": "PROSPECT"})]))
    parts.append(Links(REFERRED, PERSON, PERSON, [LinkRow((person.id,), friend, link)]))
    batch = Batch(
        parts,
        expected=[Expected(PERSON, person.id)],
        named={"referrer": (PERSON, (person.id,))},
    )
    await apply(work, draft, batch)


FRIEND_REFER = Procedure(
    "friendRefer",
    "Names a friend who may want to hear of us. Nothing is sent to the friend, and the answer does "
    "not tell whether the friend is known already.",
    given=(
        Given(string("name", "The friend's name."), required=True),
        Given(string("email", "The friend's e-mail address."), required=True),
        Given(string("note", "What we should know; at most 1,000 characters.")),
    ),
    run=_refer,
    audiences=CUSTOMERS,
    staff=False,
)

ACTIONS = (COLLEAGUE_INVITE, INVITATION_WITHDRAW, INVITATION_ACCEPT, FRIEND_REFER)
