"""The order in which records of one batch are written that refer to each other."""

from graph.write.batch import NodeRow


def waves(rows: list[NodeRow]) -> list[list[NodeRow]]:
    """Order rows so that each comes in a later wave than the row that its `of_party` names."""
    waiting = {row.key: row for row in rows}
    done: list[list[NodeRow]] = []
    while waiting:
        wave = [row for row in waiting.values() if row.of_party not in waiting]
        wave = wave or list(waiting.values())  # a circle: none of them has a party to refer to
        for row in wave:
            del waiting[row.key]
        done.append(wave)
    return done
