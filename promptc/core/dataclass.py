"""Dataclass: the standard library's dataclass with slots, made without generating code and without loading that module.

    a class with fields -> [dataclass] -> a value: compared, hashed and shown by its fields

Python writes the methods of each dataclass as text and compiles it when the class is made: half a millisecond a class,
and a build of one tenant makes a hundred of them. Importing its module costs more than all that a service needs to be
given a prompt. Here all classes share a few methods, which ask the class for its fields. `dataclasses.fields`, `replace`
and `is_dataclass` take them for their own, and mypy sees nothing else. Left out is what nobody uses: `__post_init__`,
`field(init=False)`, `KW_ONLY`, `InitVar`. An instance takes some 0.5 µs longer to make, so that a class of which there are
millions is better made by the standard library.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

TYPE_CHECKING = False

__all__ = ["dataclass", "field", "fields", "is_dataclass", "replace"]


class Missing:
    """Stands for a default that isn't given."""


MISSING = Missing()

if TYPE_CHECKING:
    from dataclasses import dataclass, field, fields, is_dataclass, replace
    from typing import Any
else:

    class Part:
        """One field."""

        __slots__ = ("compare", "default", "default_factory", "name", "repr", "type")

        def __init__(self, default, default_factory, *, compare, shown):
            self.default = default
            self.default_factory = default_factory
            self.compare = compare
            self.repr = shown
            self.name = self.type = ""

    def field(*, default=MISSING, default_factory=MISSING, compare=True, repr=True):
        """As `dataclasses.field`."""
        return Part(default, default_factory, compare=compare, shown=repr)

    def fields(of):
        """As `dataclasses.fields`; each has a `name`."""
        return of.__parts__

    def is_dataclass(one):
        """As `dataclasses.is_dataclass`, for classes that were made here."""
        return hasattr(one, "__parts__")

    def replace(value, **changes):
        """As `dataclasses.replace`."""
        for part in value.__parts__:
            if part.name not in changes:
                changes[part.name] = getattr(value, part.name)
        return type(value)(**changes)

    def dataclass(*, slots, frozen=False, order=False, eq=True):
        """As `dataclasses.dataclass`; `slots` must be given, so that a class reads the same under either."""
        assert slots
        key = frozen, order, eq
        if key not in _METHODS:
            templates = (_Any, *((_Frozen,) if frozen else ()), *((_Ordered,) if order else ()))
            _METHODS[key] = {name: method for template in templates for name, method in _methods_of(template)}
            if not eq:
                del _METHODS[key]["__eq__"], _METHODS[key]["__hash__"]
        methods = _METHODS[key]

        def made(cls):
            parts = _parts_of(cls)
            # All at once with the class: each attribute that it is given afterwards costs as much as all of these.
            cls = _with_slots(cls, parts, {**methods, **_knowledge_of(parts, frozen)})
            # Slots' own setters do what `object.__setattr__` would come to.
            cls.__setters__ = tuple(getattr(cls, part.name).__set__ for part in parts)
            return cls

        return made

    _METHODS = {}

    def _knowledge_of(parts, frozen):
        """What a class knows of its fields."""
        return {
            "__parts__": parts,
            "__defaults__": tuple(part.default for part in parts),
            "__compared__": _values_of(part.name for part in parts if part.compare),
            "__match_args__": tuple(part.name for part in parts),
            "__dataclass_fields__": _Standard(frozen),
        }

    def _parts_of(cls):
        """The fields of a class: those of what it is made from, then its own, in order."""
        found = {part.name: part for base in cls.__mro__[-1:0:-1] for part in getattr(base, "__parts__", ())}
        for name, kind in getattr(cls, "__annotations__", {}).items():
            if str(kind).startswith(("ClassVar", "typing.ClassVar")):
                continue
            given = cls.__dict__.get(name, MISSING)
            part = given if isinstance(given, Part) else _part_of(given)
            part.name, part.type = name, kind
            found[name] = part
        return tuple(found.values())

    def _part_of(given):
        if type(given).__name__ != "Field":
            return Part(given, MISSING, compare=True, shown=True)
        # A field of the standard library's, whose own mark for a missing default is another.
        default, factory = (MISSING if type(v).__name__ == "_MISSING_TYPE" else v for v in (given.default, given.default_factory))
        return Part(default, factory, compare=given.compare, shown=given.repr)

    def _with_slots(cls, parts, more):
        """The class anew, its own fields as slots, with what else it is to have."""
        names = tuple(part.name for part in parts)
        taken = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
        body = {**more, **cls.__dict__}
        for name in ("__dict__", "__weakref__", *names):
            body.pop(name, None)
        body["__slots__"] = tuple(name for name in names if name not in taken)
        body["__qualname__"] = cls.__qualname__
        return type(cls)(cls.__name__, cls.__bases__, body)

    class _Standard:
        """The fields as the standard library has them, made when it asks."""

        def __init__(self, frozen):
            self.frozen = frozen

        def __get__(self, value, cls):
            import dataclasses

            made = {}
            for part in cls.__parts__:
                given = {}
                if part.default is not MISSING:
                    given["default"] = part.default
                if part.default_factory is not MISSING:
                    given["default_factory"] = part.default_factory
                found = dataclasses.field(compare=part.compare, repr=part.repr, **given)
                found.name, found.type, found._field_type = part.name, part.type, dataclasses._FIELD
                made[part.name] = found
            cls.__dataclass_fields__ = made
            return made


class _Any:
    """What every dataclass does, and what it knows of its fields."""

    __parts__: tuple[Any, ...]
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
        raise _frozen(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise _frozen(f"cannot delete field {name!r}")

    def __getstate__(self) -> Any:
        return [getattr(self, part.name) for part in self.__parts__]

    def __setstate__(self, state: Any) -> None:
        for put, value in zip(self.__setters__, state, strict=True):
            put(self, value)


def _frozen(what: str) -> Exception:
    from dataclasses import FrozenInstanceError

    return FrozenInstanceError(what)


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
