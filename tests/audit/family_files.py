"""A small council made up for tests: children visited as they should be, and a few planted facts.

Every text is put together from sentences that belong to one child's visit only in their details, so that no two are alike by chance.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from nlp_quality import Person, Record

START = date(2025, 1, 6)
DAYS = 168
NAMES = ("Mia", "Amir", "Ella", "Tomasz", "Zara", "Leon", "Freya", "Kofi", "Isla", "Dylan", "Nadia", "Owen")
SURNAMES = ("Taylor", "Hussain", "Kowalski", "Boateng", "Pritchard", "Novak", "Okafor", "Lindqvist", "Marsh", "Devlin")
PLACES = ("bedroom", "garden", "kitchen", "car", "school library", "park", "dining room", "hall")
THINGS = (
    "her drawing of a lighthouse", "the hamster cage", "a box of football cards", "the bunk bed", "a model railway",
    "the swimming badges", "a jar of shells", "the recorder she is learning", "an old telescope", "the snail farm",
    "a half-knitted scarf", "the skateboard ramp", "a book about volcanoes", "the tomato plants", "a broken kite",
)  # fmt: skip
VIEWS = (
    "misses going to Nan's on Sundays", "hates the bus because of the noise", "likes the new teacher",
    "wants to sleep with the landing light on", "wishes Dad would ring when he says he will", "is proud of the spelling test",
    "does not like it when people shout", "wants a dog more than anything", "is worried about moving house",
    "likes cooking pasta with the neighbour", "finds maths boring and art brilliant", "wants to see cousin Ben more",
)  # fmt: skip
MEALS = (
    "fish fingers",
    "lentil soup",
    "toast and beans",
    "a roast",
    "noodles",
    "jollof",
    "cheese sandwiches",
    "stew",
    "curry",
)
TIMES = (
    "before school",
    "after tea",
    "on Saturday morning",
    "at half past four",
    "just before six",
    "in the dinner hour",
)
MATTERS = (
    "the boiler has been out since Monday", "the school play is on Thursday", "a letter from housing had come",
    "the dentist found two small holes", "the bike needs a new chain", "the youngest had been up with a cough",
    "the curtains were down for washing", "a cousin was staying for the week", "the cat had kittens in the wardrobe",
)  # fmt: skip
CLAIM = "Ms {surname} has turned things around and her engagement with support has improved significantly."
EARLIER = "Ms {surname} has engaged with the parenting course and kept it up for {weeks} weeks."
NO_ANSWER = (
    "Statutory visit. There was no answer at the door at {time} and the curtains were drawn. {name} was not seen."
)
AGAIN = "I will ring Ms {surname} tonight and visit again on Thursday."


def records(*, children: int = 12, seed: int = 7) -> Iterator[Record]:
    """The clean children first, each seen alone about every three weeks, then those with a planted fact."""
    dice = random.Random(seed)  # noqa: S311  # a made-up council, not a secret.
    for number in range(children):
        plan = ("cla", "cp", "cin", "private_fostering")[number % 4]
        yield from _clean(f"clean-{number}", _name(dice, number), plan, dice)
    yield from _unseen(dice)
    yield from _copied(dice)
    yield from _missed(dice)
    yield from _claimed(dice)


def visit(child: str, name: tuple[str, str], plan: str, day: date, dice: random.Random, *, extra: str = "") -> Record:
    """A visit at which the child is seen alone."""
    return _record(child, name, plan, day, f"{_text(name, dice)} {extra}".strip())


def _text(name: tuple[str, str], dice: random.Random) -> str:
    first, surname = name
    things = dice.sample(THINGS, 2)
    views = dice.sample(VIEWS, 2)
    number = dice.randrange(100, 999)
    return (
        f"I saw {first} alone in the {dice.choice(PLACES)} {dice.choice(TIMES)}. {first} showed me {things[0]} and then "
        f'{things[1]}, and told me: "I have counted {number} of them." {first} said {first} {views[0]} and {views[1]}. '
        f"There was {dice.choice(MEALS)} for tea and {dice.choice(MEALS)} the day before. Ms {surname} said that "
        f"{dice.choice(MATTERS)} and that {dice.choice(MATTERS)}; bus number {number % 89} had been late {number % 7} times."
    )


def _record(child: str, name: tuple[str, str], plan: str, day: date, text: str, record_type: str = "visit") -> Record:
    first, surname = name
    return Record(
        text=text,
        id=f"{child}/{day.isoformat()}/{record_type}",
        record_type=record_type,
        people=(Person(first, "child", id=child, age=9), Person(f"Ms {surname}", "parent")),
        context={
            "child_id": child,
            "date": day.isoformat(),
            "plan": plan,
            "team": "North",
            "family_id": "f-" + child.removesuffix("-a").removesuffix("-b"),
        },
    )


def _days(dice: random.Random, *, first: date = START, last: date = START + timedelta(days=DAYS)) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=dice.randrange(16, 23))


def _name(dice: random.Random, number: int) -> tuple[str, str]:
    return NAMES[number % len(NAMES)], dice.choice(SURNAMES)


def _clean(child: str, name: tuple[str, str], plan: str, dice: random.Random) -> Iterator[Record]:
    for number, day in enumerate(_days(dice)):
        extra = ""
        if number % 3 == 1:
            extra = EARLIER.format(surname=name[1], weeks=dice.randrange(3, 9))
        if number == 5:
            extra = CLAIM.format(surname=name[1])
        if number == 3:  # not seen, something planned, and seen three days later.
            text = NO_ANSWER.format(time=dice.choice(TIMES), name=name[0]) + " " + AGAIN.format(surname=name[1])
            yield _record(child, name, plan, day, text)
        seen = day + timedelta(days=3) if number == 3 else day
        yield visit(child, name, plan, seen, dice, extra=extra)


def _unseen(dice: random.Random) -> Iterator[Record]:
    """Two children unseen for sixty days, one looked after and one on a child protection plan, with other records between."""
    for child, plan in (("unseen-cla", "cla"), ("unseen-cp", "cp")):
        name = _name(dice, 3)
        last = START + timedelta(days=50)
        for day in (*_days(dice, last=last - timedelta(days=10)), last):
            yield visit(child, name, plan, day, dice)
        note = f"Telephone call from Ms {name[1]} about the school uniform grant. She asked for the form to be posted."
        yield _record(child, name, plan, last + timedelta(days=20), note, "case_note")
        talk = f"Supervision. The worker said {name[0]} is settled. The allocation was discussed and the chronology is due."
        yield _record(child, name, plan, last + timedelta(days=30), talk, "supervision")
        for day in _days(dice, first=last + timedelta(days=60)):
            yield visit(child, name, plan, day, dice)


def _copied(dice: random.Random) -> Iterator[Record]:
    """A visit copied from the one before it, and one copied from a sister's file with the name changed."""
    surname = "Underhill"
    sister, brother = ("Poppy", surname), ("Callum", surname)
    sisters = [visit("copied-a", sister, "cin", day, dice) for day in _days(dice)]
    text = sisters[3].text.replace("alone in", "on her own in")
    day = sisters[4].context["date"]
    sisters[4] = _record("copied-a", sister, "cin", date.fromisoformat(day), text)
    yield from sisters
    brothers = [visit("copied-b", brother, "cin", day, dice) for day in _days(dice, first=START + timedelta(days=2))]
    text = sisters[6].text.replace("Poppy", "Callum").replace(" her ", " his ")
    when = date.fromisoformat(brothers[7].context["date"])
    brothers[7] = _record("copied-b", brother, "cin", when, text)
    yield from brothers


def _missed(dice: random.Random) -> Iterator[Record]:
    """A visit without an answer, and nothing in the file for three weeks."""
    name = ("Rosa", "Ferreira")
    for number, day in enumerate(_days(dice)):
        if number == 4:
            yield _record(
                "missed", name, "cp", day, NO_ANSWER.format(time="four", name="Rosa") + " The lights were off."
            )
        else:
            yield visit("missed", name, "cp", day, dice)


def _claimed(dice: random.Random) -> Iterator[Record]:
    """Improvement claimed in the sixth visit, with five before it that say nothing of change."""
    name = ("Idris", "Vaughan")
    for number, day in enumerate(_days(dice)):
        extra = CLAIM.format(surname="Vaughan") if number == 5 else ""
        yield visit("claimed", name, "cin", day, dice, extra=extra)
