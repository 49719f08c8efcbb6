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


def untrusted(url: str, error: BaseException) -> ApiError:
    """What to do where no connection that can be trusted comes about."""
    reason = inner_reason(error).split("certificate verify failed: ")[-1].split(" (_ssl.c")[0].strip(" .")
    small = reason.lower()
    if "wrong version number" in small or "record layer" in small:
        text = f"{url} answers, but not by https. Enter the address that its operator names, such as one with http://."
    elif "expired" in small or "not yet valid" in small:
        text = f"The certificate of {url} does not hold today ({reason}). Have it renewed; or set this machine's clock."
    elif "mismatch" in small or "doesn't match" in small:
        text = f"The certificate of {url} is for another name ({reason}). Enter the name that it is for."
    else:
        text = (
            f"The certificate of {url} is not trusted here ({reason}). If your network has an authority of its own,"
            " name its file in the variable REQUESTS_CA_BUNDLE and start Blender again."
        )
    return ApiError("certificate", text, "connect")


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
