"""Stand-ins that write down what they were given."""

from __future__ import annotations

import pytest


@pytest.fixture
def calls():
    return []


@pytest.fixture
def watch(monkeypatch, calls):
    """Stand-ins that write down what they were given, each with its answer; an exception is raised."""

    def watch(where, **answers):
        for name, answer in answers.items():

            def stand_in(*given, _name=name, _answer=answer, **more):
                calls.append((_name, *given, more) if more else (_name, *given))
                if isinstance(_answer, BaseException):
                    raise _answer
                return _answer(*given) if callable(_answer) else _answer

            monkeypatch.setattr(where, name, stand_in)

    return watch
