"""What a provider refused, in its own words and with what would help."""

from __future__ import annotations

import re
from typing import Any

from ...engine import EngineError
from .http import Answer, Unanswered

MOST = 300  # characters of a provider's words
QUOTA = re.compile(r"balance|quota|credit|billing|arrear|exhausted|insufficient|overdue|payment", re.IGNORECASE)
BUSY = re.compile(r"\brate\b|throttl|concurren|too many|per minute|try again", re.IGNORECASE)
UNSAFE = re.compile(
    r"content.?polic|safety|moderation|sensitive|inappropriate|datainspection|infringement|prohibited|nsfw|"
    r"responsible ai|usage guidelines",
    re.IGNORECASE,
)


def refused(label: str, answer: Answer, paid: str = "") -> EngineError:
    """The error for an answer that is none of success. `paid` says, where the provider does, what of it costs."""
    said = words(answer)
    soon = answer.status == 429 and BUSY.search(said)
    if answer.status == 402 or (answer.status in (400, 403, 429) and QUOTA.search(said) and not soon):
        message = f"{label} makes nothing more on this account: {said}"
        return EngineError("quota", f"{message} Add credit there, or choose another engine.", "accounts")
    if answer.status == 429:
        return EngineError("quota", f"{label} takes no more requests now: {said} Try again later.", "retry")
    if answer.status in (401, 403) and not UNSAFE.search(said):
        return EngineError("account_refused", f"{label} does not accept the key: {said} Check the account.", "accounts")
    if UNSAFE.search(said):
        return unsafe(label, said, paid)
    return EngineError("request_refused", f"{label} does not accept this request: {said}", "")


def ticket(label: str, answer: Answer, **places: tuple[str, ...]) -> dict[str, Any]:
    """What an order is known by from now on: by name, the texts that stand at these places of the answer to it.

    Raises:
        EngineError: it was refused.
        Unanswered: a text is missing.
    """
    if not answer.good:
        raise refused(label, answer)
    found = {name: answer.get(*place) for name, place in places.items()}
    if not all(isinstance(value, str) for value in found.values()):
        raise Unanswered("its answer has no id")
    return found


def unsafe(label: str, said: str, paid: str = "") -> EngineError:
    """A prompt or a picture that the provider's filters refused."""
    change = "Change the words or the still."
    return EngineError("prompt_refused", " ".join(filter(None, (f"{label} refused it: {said}", change, paid))), "")


def expired(label: str, kept: str) -> EngineError:
    """A result that is not there any more."""
    message = f"The clip is not at {label} any more: it is kept for {kept}. Make it again."
    return EngineError("expired", message, "retry")


def uncertain(label: str, console: str, why: str, looked: str) -> EngineError:
    """An order whose answer was lost."""
    return EngineError(
        "uncertain",
        f"Whether {label} has this request is not known ({why.rstrip('.')}). {looked} It may have been paid, so it is "
        f"not sent again by itself: see {console}, then send it again or remove it.",
        "send_again",
    )


def unreached(label: str, why: str) -> EngineError:
    """There is no way to the provider."""
    message = f"{label} can't be reached ({why.rstrip('.')}). Nothing was sent. Try again."
    return EngineError("unreachable", message, "retry")


def words(answer: Answer) -> str:
    """What an answer says went wrong, as a sentence: in any of the shapes that the providers use."""
    return sentence(_find(answer.data) or f"HTTP {answer.status}")


def sentence(text: str) -> str:
    """Another's words, cut and ended."""
    plain = " ".join(text.split())
    cut = plain if len(plain) <= MOST else plain[:MOST].rstrip() + " ..."
    return cut if cut.endswith((".", "!", "?")) else cut + "."


def _find(data: Any) -> str:
    if isinstance(data, str):
        return data
    if isinstance(data, list):
        return "; ".join(filter(None, map(_find, data[:3])))
    if not isinstance(data, dict):
        return ""
    for name in ("error", "detail", "msg", "message", "failure"):
        if found := _find(data.get(name)):
            code = data.get("code") or data.get("type") or data.get("failureCode") or data.get("status")
            named = isinstance(code, str) and code not in found and not code.startswith(("value_error", "missing"))
            return f"{found} ({code})" if named else found
    return _find(data.get("output")) if "output" in data else ""
