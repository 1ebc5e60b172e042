"""Our dataclass answers as the standard library's does, in all that the project asks of one."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field
from typing import Any

import pytest

from promptc.core.dataclass import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A frozen class with an order."""

    file: str
    line: int = 0
    names: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Nothing:
    """A class without fields."""


@dataclass(frozen=True, slots=True, eq=False)
class Self:
    """A class whose instances equal themselves alone."""

    name: str


@dataclass(slots=True)
class Bag:
    """A class whose instances change."""

    name: str
    items: list[int] = field(default_factory=list)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Wide(Nothing):
    """A class that adds a field to another, and says itself how it is shown."""

    text: str

    def __repr__(self) -> str:
        return f"<{self.text}>"


def test_fields_are_given_in_order_by_name_or_by_default() -> None:
    assert Spot("a") == Spot("a", 0) == Spot(file="a", line=0) == Spot("a", names=("x",))
    assert (Spot("a", names=("x",)).line, Spot("a", names=("x",)).names) == (0, ("x",))
    one, other = Bag("a"), Bag("a")
    one.items.append(1)
    assert (one.items, other.items, one == other, one != Bag("a", [1], "")) == ([1], [], False, False)


@pytest.mark.parametrize("given", [lambda: Spot(), lambda: Spot("a", 1, (), 4), lambda: Spot("a", file="b"),
                                   lambda: Spot("a", other=1), lambda: Spot(line=1)])  # fmt: skip
def test_what_does_not_fit_is_a_type_error(given: Any) -> None:
    with pytest.raises(TypeError):
        given()


def test_values_are_compared_and_hashed_by_what_they_hold() -> None:
    assert {Spot("a", 1), Spot("a", 1, ("x",))} == {Spot("a", 1)}
    assert sorted([Spot("b"), Spot("a", 2), Spot("a", 1)]) == [Spot("a", 1), Spot("a", 2), Spot("b")]
    assert Spot("a") <= Spot("a") < Spot("b")
    assert Spot("b") > Spot("a") >= Spot("a")
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1
    assert Wide("") != Nothing()
    assert Nothing() != ()
    assert Spot("a") != ("a", 0)
    assert Self("a") != Self("a")
    assert len({one := Self("a"), one, Self("a")}) == 2
    with pytest.raises(TypeError):
        hash(Bag("a"))
    with pytest.raises(TypeError):
        _ = Bag("a") < Bag("b")  # type: ignore[operator]


def test_they_show_their_fields() -> None:
    assert repr(Spot("a", 1)) == "Spot(file='a', line=1, names=())"
    assert repr(Bag("a")) == "Bag(name='a', items=[])"
    assert (repr(Wide("a")), repr(Nothing())) == ("<a>", "Nothing()")


def test_what_is_frozen_stays_so_and_what_is_not_has_no_other_attributes() -> None:
    spot, bag = Spot("a"), Bag("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        spot.file = "b"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del spot.file  # type: ignore[misc]
    bag.name = "b"
    with pytest.raises(AttributeError):
        bag.other = 1  # type: ignore[attr-defined]


def test_the_standard_library_takes_them_for_its_own() -> None:
    assert dataclasses.is_dataclass(Spot)
    assert [part.name for part in dataclasses.fields(Spot)] == ["file", "line", "names"]
    assert dataclasses.replace(Spot("a", 1, ("x",)), line=2).names == ("x",)
    for value in (Spot("a", 1, ("x",)), Bag("a", [1]), Nothing(), Wide("a")):
        assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == copy.copy(value) == value
    match Spot("a", 3):
        case Spot(file, line):
            assert (file, line) == ("a", 3)
