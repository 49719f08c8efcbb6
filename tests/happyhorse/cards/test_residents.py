"""Which transformer has the GPU: with a card that is made up, so that room runs out on any machine."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
import torch

from backend.engines.happyhorse.memory.plans import Demand, Plan, Shape
from backend.engines.happyhorse.transformer.config import BASE
from backend.engines.happyhorse.transformer.loading import load_transformer
from backend.gpu import promises, residents
from backend.gpu.memory import RESERVE
from backend.gpu.residents import Residents

SHAPE = Shape(2, 4, 6, 5, 8)


@pytest.fixture
def load(tiny_folder):
    """Loads the tiny transformer, and counts how often."""

    def loaded(plan=None):
        loaded.times += 1
        given = plan.resident_bytes if plan else None
        return load_transformer(tiny_folder / "distill", BASE, "cpu", "fp32", resident_bytes=given)

    loaded.times = 0
    return loaded


@pytest.fixture
def weights(load):
    model = load()
    load.times = 0
    return sum(block.bytes for block in model.store.blocks)


def a_card(monkeypatch, size, host=1 << 50):
    """Residents on a card of `size` bytes, in a computer with `host` bytes of free memory."""
    found = Residents(torch.device("cpu"))
    monkeypatch.setattr(found, "free", lambda: size - sum(held.model.taken for held in found._held.values()))
    monkeypatch.setattr(promises.psutil, "virtual_memory", lambda: SimpleNamespace(available=host))
    return found


def a_plan(weights):
    return Plan("fp32", None, 4096, weights + RESERVE)


@dataclass(frozen=True)
class OnePlan(Demand):
    """A demand that only one plan meets, whatever room there is."""

    plan: Plan | None = None

    def choose(self, room):
        return [self.plan]


def demand(model, plan, shape=SHAPE):
    return OnePlan(model.config, shape, torch.device("cpu"), plan.eight_bit, plan=plan)


def velocity(model):
    torch.manual_seed(0)
    return model(torch.randn(1, 48, 2, 4, 6), torch.randn(1, 5, 64), torch.randn(1, 8, 96))[0]


def test_two_that_fit_stay(monkeypatch, load, weights):
    found = a_card(monkeypatch, 2 * weights + 2 * RESERVE)
    first = found.use("distill", a_plan(weights), load)
    found.plans("540p_sr", demand(first, a_plan(weights)))
    second = found.use("540p_sr", a_plan(weights), load)
    assert [held.model.taken for held in found._held.values()] == [weights, weights]
    assert found.use("distill", a_plan(weights), load) is first
    assert load.times == 2
    assert torch.equal(velocity(first), velocity(second))


def test_one_makes_way_and_comes_back_without_being_loaded(monkeypatch, load, weights):
    found = a_card(monkeypatch, weights + RESERVE + (4 << 20))
    first = found.use("distill", a_plan(weights), load)
    before = velocity(first)
    found.plans("540p_sr", demand(first, a_plan(weights)))
    assert found._held["distill"].model.taken < weights
    found.use("540p_sr", a_plan(weights), load)
    [plan] = found.plans("distill", demand(first, a_plan(weights)))
    again = found.use("distill", plan, load)
    assert again is first
    assert load.times == 2
    assert found._held["540p_sr"].model.taken < weights
    assert torch.equal(velocity(again), before)
    assert found._held["distill"].model.taken == weights


def test_only_as_much_room_is_made_as_is_needed(monkeypatch, load, weights):
    found = a_card(monkeypatch, 2 * weights)
    for name in ("distill", "540p_sr"):
        found.use(name, a_plan(weights), load)
    found.make_room(weights // 4)
    older, newer = found._held["distill"].model, found._held["540p_sr"].model
    assert newer.taken == weights  # the one used longest ago goes first
    assert weights // 2 < older.taken < weights
    assert older.lacking == weights - older.taken
    found.make_room(2 * weights)
    assert (older.taken, newer.taken) == (0, 0)
    assert torch.equal(velocity(found.use("distill", a_plan(weights), load)), velocity(load()))


def test_without_memory_for_a_copy_it_is_loaded_again(monkeypatch, load, weights):
    found = a_card(monkeypatch, weights, host=residents.HOST_SPARE)
    found.use("distill", a_plan(weights), load)
    found.make_room(weights)
    assert "distill" not in found
    found.use("distill", a_plan(weights), load)
    assert load.times == 2


def test_a_longer_clip_may_need_another_plan(monkeypatch, load, weights):
    """A plan that has no room for the work beside it is given up for a streamed one."""
    found = a_card(monkeypatch, weights + RESERVE + (4 << 20))
    model = found.use("distill", a_plan(weights), load)
    streamed = Plan("fp32", weights // 2, 4096, weights // 2 + RESERVE)
    [plan, *_] = found.plans("distill", demand(model, streamed, Shape(64, 64, 64, 253)))
    assert plan == streamed
    small = found.use("distill", plan, lambda: load(plan))
    assert found._held["distill"].model.taken < weights
    assert torch.equal(velocity(small), velocity(load()))


def test_another_precision_is_another_plan(monkeypatch, load, weights):
    found = a_card(monkeypatch, 2 * weights + 2 * RESERVE)
    model = found.use("distill", a_plan(weights), load)
    eight_bits = demand(model, replace(a_plan(weights), eight_bit=True))
    [plan] = found.plans("distill", eight_bits)
    assert plan.eight_bit
    assert "distill" not in found
    assert found.use("distill", plan, load) is not model
    assert found.plans("distill", eight_bits) == [plan]
    assert "distill" in found


def test_what_waits_in_memory_is_counted_for_every_process_that_holds_the_same(monkeypatch, load, weights):
    found = a_card(monkeypatch, 2 * weights + RESERVE, host=40 << 30)
    found.use("distill", a_plan(weights), load)
    monkeypatch.setattr(type(found._held["distill"].model), "set_aside", property(lambda _: 3 << 30))
    assert found.host_room() == (40 << 30) - residents.HOST_LEAST + (3 << 30)
    assert found.host_room(4) == (40 << 30) - residents.HOST_LEAST + (12 << 30)


def test_once_a_take_is_made_what_it_loaded_is_not_looked_through_again(load, weights, monkeypatch):
    found = a_card(monkeypatch, 10 * weights)
    model = found.hold("a", a_plan(weights), load)
    try:
        found.settle()
        assert not any(thing is model for thing in gc.get_objects())
        gc.unfreeze()
        found.settle()  # nothing was loaded since
        assert gc.get_freeze_count() == 0
    finally:
        gc.unfreeze()


def test_what_holds_only_itself_goes_with_a_model_even_if_it_was_frozen(load, weights, monkeypatch):
    class Held:
        def __init__(self):
            self.itself = self

    found = a_card(monkeypatch, 10 * weights)
    found.hold("a", a_plan(weights), load)
    held = weakref.ref(Held())
    gc.freeze()
    try:
        found.give_way("a")
        assert held() is None
    finally:
        gc.unfreeze()
