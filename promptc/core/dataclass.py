"""Dataclass: the standard library's dataclass with slots, made without generating code.

    a class with fields -> [dataclass] -> a value: compared, hashed and shown by its fields

Python writes the methods of each dataclass as text and compiles it when the class is made: half a millisecond a class,
and a build of one tenant makes a hundred of them. Here all classes share a few methods, which ask the class for its
fields. `fields`, `replace` and `is_dataclass` are the standard library's, and mypy sees nothing else. Left out is what
nobody uses: `__post_init__`, `field(init=False)`, `KW_ONLY`, `InitVar`. An instance takes some 0.5 µs longer to make, so
that a class of which there are millions is better made by the standard library.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import MISSING, FrozenInstanceError
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, slots, frozen=False, order=False, eq=True):
        """As `dataclasses.dataclass`; `slots` must be given, so that a class reads the same under either."""
        assert slots
        templates = (_Any, *((_Frozen,) if frozen else ()), *((_Ordered,) if order else ()))
        methods = {name: method for template in templates for name, method in _methods_of(template)}
        if not eq:
            del methods["__eq__"], methods["__hash__"]

        def made(cls):
            # Of a class that says nothing, its signature would be asked and said.
            cls.__doc__ = cls.__doc__ or cls.__name__
            cls = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
            cls.__parts__ = parts = dataclasses.fields(cls)
            # Slots' own setters do what `object.__setattr__` would come to.
            cls.__setters__ = tuple(getattr(cls, part.name).__set__ for part in parts)
            cls.__defaults__ = tuple(part.default for part in parts)
            cls.__compared__ = _values_of(part.name for part in parts if part.compare)
            for name in methods.keys() - vars(cls).keys():
                setattr(cls, name, methods[name])
            return cls

        return made


class _Any:
    """What every dataclass does, and what it knows of its fields."""

    __parts__: tuple[dataclasses.Field[Any], ...]
    __setters__: tuple[Any, ...]
    __defaults__: tuple[Any, ...]
    __compared__: Any

    def __init__(self, *values: Any, **named: Any) -> None:
        setters = self.__setters__
        if named or len(values) != len(setters):
            more = self.__defaults__[len(values) :]
            values = values + more if more and not named and MISSING not in more else _filled(type(self), values, named)
        for put, value in zip(setters, values, strict=True):
            put(self, value)

    def __eq__(self, other: object) -> Any:
        return self.__compared__(self) == self.__compared__(other) if type(other) is type(self) else NotImplemented

    def __repr__(self) -> str:
        shown = ", ".join(f"{part.name}={getattr(self, part.name)!r}" for part in self.__parts__ if part.repr)
        return f"{type(self).__qualname__}({shown})"


class _Frozen(_Any):
    """What keeps an instance as it was made; pickle makes one all the same."""

    def __hash__(self) -> int:
        return hash(self.__compared__(self))

    def __setattr__(self, name: str, value: Any) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __getstate__(self) -> Any:
        return [getattr(self, part.name) for part in self.__parts__]

    def __setstate__(self, state: Any) -> None:
        for put, value in zip(self.__setters__, state, strict=True):
            put(self, value)


class _Ordered(_Any):
    def __lt__(self, other: object) -> Any:
        return self.__compared__(self) < self.__compared__(other) if type(other) is type(self) else NotImplemented

    def __le__(self, other: object) -> Any:
        return self.__compared__(self) <= self.__compared__(other) if type(other) is type(self) else NotImplemented

    def __gt__(self, other: object) -> Any:
        return self.__compared__(self) > self.__compared__(other) if type(other) is type(self) else NotImplemented

    def __ge__(self, other: object) -> Any:
        return self.__compared__(self) >= self.__compared__(other) if type(other) is type(self) else NotImplemented


def _methods_of(template: type) -> Iterator[tuple[str, Any]]:
    # A class that compares has None for `__hash__`, until a frozen one brings it back.
    return ((name, method) for name, method in vars(template).items() if callable(method) or name == "__hash__")


def _values_of(fields: Any) -> Any:
    """A function that gives the values of some fields, as a tuple."""
    names = tuple(fields)
    if len(names) > 1:
        return attrgetter(*names)
    return staticmethod(lambda self: tuple(getattr(self, name) for name in names))


def _filled(cls: Any, values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """The values of all fields: as given, by name, or by default."""
    whole = [*values]
    for part in cls.__parts__[len(values) :]:
        if part.name in named:
            whole.append(named.pop(part.name))
        elif part.default is not MISSING:
            whole.append(part.default)
        elif part.default_factory is not MISSING:
            whole.append(part.default_factory())
        else:
            raise TypeError(f"{cls.__name__} needs {part.name}")
    if named or len(whole) > len(cls.__parts__):
        raise TypeError(f"{cls.__name__} was given more than its fields, or one twice: {', '.join(named)}")
    return tuple(whole)
