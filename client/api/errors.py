"""Why a call failed, as a sentence for people."""

from __future__ import annotations

from ..protocol import ProblemError


class ApiError(ProblemError):
    """A call that failed. The code is "unreachable" where no server answered; `status` is the HTTP status, 0 where
    there was none."""

    def __init__(self, code: str, message: str, fix: str = "", status: int = 0, param: str | None = None) -> None:
        super().__init__(code, message, fix, param)
        self.status = status


class Stopped(Exception):
    """A transfer was given up because the caller asked for it."""


def unreachable(url: str, error: BaseException) -> ApiError:
    return ApiError("unreachable", f"No answer from {url}: {inner_reason(error)}", "retry")


def not_a_server(url: str, status: int = 0) -> ApiError:
    return ApiError(
        "not_a_server",
        f"{url} answers, but it is not a Take One server (nor another that speaks /v1/videos). Check the address.",
        "connect",
        status,
    )


def too_large(url: str, most: int) -> ApiError:
    return ApiError(
        "too_large", f"{url} answers with more than {most >> 20} MB, which is no answer of ours.", "connect"
    )


def inner_reason(error: BaseException) -> str:
    """The plain cause inside requests' nested errors, such as "Connection refused"."""
    cause = error
    for _ in range(20):
        reason = getattr(cause, "reason", None)
        inner = (
            reason
            if isinstance(reason, BaseException)
            else cause.__cause__ or next((arg for arg in cause.args if isinstance(arg, BaseException)), None)
        )
        if inner is None or inner is cause:
            break
        cause = inner
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    text = str(cause)[:500]
    return text.split(">: ", 1)[-1] if ">: " in text else text or type(cause).__name__
