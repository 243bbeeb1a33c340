"""Orders and what follows from them: invoices, credit notes, contracts, things in use."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from graph.demo.accounts import Account
from graph.demo.documents import Line, document, lines, tax_on
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Human, Ref, World
from graph.model.orders import (
    BECAME,
    CONTRACT,
    CORRECTS,
    CREDIT_NOTE,
    INVOICE,
    ORDER,
    SOLD_BY,
)
from graph.model.products import OWNS

MOST = 120


def trade(world: World, sheet: Sheet, account: Account) -> None:
    """Place the customer's ordinary orders, those without a quote."""
    for _ in range(_count(account)):
        if account.firm:
            at = world.calendar.office(account.rng, account.country, account.since)
        else:
            at = world.calendar.leisure(account.rng, account.country, account.since)
        place(world, sheet, account, at, lines(world, account))


def _count(account: Account) -> int:
    """How many orders: a few customers place most of them."""
    rng = account.rng
    if account.firm is None:
        share = 0.85 if account.contacts[0].twin is None else 1.6
        return int(rng.expovariate(share))
    if account.firm.role == "PROSPECT":
        return 0
    return min(int(rng.paretovariate(1.15) * 2.4), MOST)


def place(
    world: World, sheet: Sheet, account: Account, at: datetime, rows: list[Line],
    quote: Ref | None = None,
) -> Ref:  # fmt: skip
    """Place one order and let follow what follows by today."""
    rng = account.rng
    shipped = world.calendar.later(rng, at, (1, 6), account.country)
    arrived = world.calendar.later(rng, shipped, (1, 4), account.country) if shipped else None
    luck = rng.random() if quote is None else 1.0
    values: Values = {"channel": _channel(account, quote), "customerReference": _reference(account)}
    if luck < 0.03:
        cancelled = world.calendar.later(rng, at, (0.1, 2), account.country)
        shipped = arrived = None
        values |= {"status": "CANCELLED" if cancelled else "PLACED", "cancelledAt": cancelled}
    else:
        settled = "RETURNED" if luck < 0.05 else "DELIVERED"
        confirmed = "CONFIRMED" if (world.calendar.now - at).days > 1 else "PLACED"
        values["status"] = settled if arrived else "SHIPPED" if shipped else confirmed
        values |= {"shippedAt": shipped, "deliveredAt": arrived}
    contact = account.contact()
    order = document(sheet, ORDER, account, "SO", at, rows, values, contact)
    account.topics.append((order, at))
    if account.partner and values["channel"] == "PARTNER":
        sheet.link(SOLD_BY, order, account.partner.ref)
    if quote:
        sheet.link(BECAME, quote, order)
    if values["status"] == "CANCELLED" and values["channel"] == "WEB":
        _credit(world, sheet, account, order, rows, values["cancelledAt"], "CANCELLATION")
    if shipped:
        _bill(world, sheet, account, order, rows, shipped, values["status"], contact)
    if arrived and values["status"] == "DELIVERED":
        _use(sheet, account, order, rows, arrived)
        _subscribe(world, sheet, account, order, rows, arrived)
    return order


def _channel(account: Account, quote: Ref | None) -> str:
    rng = account.rng
    if account.firm is None:
        return rng.choices(("WEB", "SHOP", "PHONE"), (8, 1, 1))[0]
    if account.partner and rng.random() < 0.5:
        return "PARTNER"
    return "SALES" if quote else rng.choices(("WEB", "SALES", "PHONE"), (5, 4, 1))[0]


def _reference(account: Account) -> str | None:
    if account.firm and account.rng.random() < 0.5:
        return f"PO {account.rng.randrange(10_000, 99_999)}"
    return None


def _bill(
    world: World, sheet: Sheet, account: Account, order: Ref, rows: list[Line], at: datetime,
    status: str, contact: Human,
) -> None:  # fmt: skip
    """Invoice an order that left, and take back what came back."""
    rng = account.rng
    due = at.date() + timedelta(30 if account.firm else 0)
    slow = 45 if rng.random() < 0.12 else 24
    paid = world.calendar.later(rng, at, (3, slow), account.country) if account.firm else at
    if account.firm and rng.random() < 0.02:
        paid = None
    net = sum(row.amount for row in rows)
    unpaid = "OVERDUE" if due < world.plan.today else "OPEN"
    values: Values = {
        "status": "PAID" if paid else unpaid, "dueOn": due, "paidAt": paid,
        "balance": 0 if paid else net + tax_on(net, account.country, at),
    }  # fmt: skip
    invoice = document(sheet, INVOICE, account, "IN", at, rows, values, contact)
    sheet.link(BECAME, order, invoice)
    account.topics.append((invoice, at))
    if account.partner and rng.random() < 0.1:
        sheet.link(SOLD_BY, invoice, account.partner.ref)
    back = world.calendar.later(rng, at, (5, 25), account.country)
    if status == "RETURNED" and back:
        part = rows[: rng.randint(1, len(rows))]
        _credit(world, sheet, account, invoice, part, back, "RETURN")
    elif back and rng.random() < 0.02:
        reason = rng.choice(("DISCOUNT", "CORRECTION", "COMPLAINT"))
        part = [replace(rows[0], quantity=1, discount=rng.choice((50, 80)))]
        _credit(world, sheet, account, invoice, part, back, reason)


def _credit(
    world: World, sheet: Sheet, account: Account, of: Ref, rows: list[Line], at: datetime,
    reason: str,
) -> None:  # fmt: skip
    refunded = world.calendar.later(account.rng, at, (1, 10), account.country)
    values: Values = {"reason": reason, "refundedAt": refunded}
    credit = document(sheet, CREDIT_NOTE, account, "CN", at, rows, values)
    sheet.link(CORRECTS, credit, of)


def _use(sheet: Sheet, account: Account, order: Ref, rows: list[Line], at: datetime) -> None:
    """What was delivered is in use, some of it no longer."""
    for row in rows[:1]:
        if row.item.kind in {"GOODS", "BUNDLE"}:
            gone = account.rng.random() < 0.06
            until = at.date() + timedelta(account.rng.randint(20, 400))
            values: Values = {
                "serial": f"{row.item.ref.key[1]}/{order.key[1]}", "from": at.date(),
                "quantity": float(row.quantity), "to": until if gone else None,
            }  # fmt: skip
            sheet.link(OWNS, account.ref, row.item.ref, values)


def _subscribe(
    world: World, sheet: Sheet, account: Account, order: Ref, rows: list[Line], at: datetime
) -> None:  # fmt: skip
    """What is paid by the month becomes a contract by the year, renewed until today or ended."""
    lasting = [
        replace(row, unit=row.unit * 12, description=f"{row.item.name}, 12 months")
        for row in rows
        if row.item.lasting
    ]
    if not lasting or account.firm is None:
        return
    former, begin, rng = order, at.date(), account.rng
    while begin < world.plan.today:
        end = _year_after(begin)
        leaves = rng.random() < 0.18
        over = end < world.plan.today
        ended = "TERMINATED" if leaves else "EXPIRED"
        values: Values = {
            "status": ended if over else "ACTIVE", "startsOn": begin, "endsOn": end,
            "renewsOn": None if leaves else end + timedelta(1), "autoRenew": not leaves,
            "noticeDays": rng.choice((30, 60, 90)), "annualValue": sum(r.amount for r in lasting),
        }  # fmt: skip
        signed = datetime.combine(begin, at.timetz())
        contract = document(sheet, CONTRACT, account, "CT", signed, lasting, values)
        sheet.link(BECAME, former, contract)
        account.topics.append((contract, signed))
        if leaves:
            return
        former, begin = contract, end + timedelta(1)


def _year_after(begin: date) -> date:
    """The last day of the year that begins on a day."""
    return begin + timedelta(364)
