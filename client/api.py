"""The calls of the `/v1/videos` protocol, one method each. Blocking: only threads and scripts may use it."""

from __future__ import annotations

import json
import mimetypes
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3 import encode_multipart_formdata

from .request import JobRequest
from .target import is_loopback

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0
CHUNK = 1 << 16


class ApiError(Exception):
    """A call that failed. `code` is stable ("unreachable" where no server answered), `message` is for people,
    `fix` names what would help ("" for nothing known); `status` is the HTTP status, 0 where there was
    none."""

    def __init__(self, code: str, message: str, fix: str = "", status: int = 0, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.status = status
        self.param = param

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "param": self.param, "fix": self.fix}


class Stopped(Exception):
    """A transfer was given up because the caller asked for it."""


def _never() -> bool:
    return False


class Api:
    """One server, one thread.

    `stopped` is asked during uploads and downloads: where it says True, Stopped is raised.
    Every method raises ApiError.
    """

    def __init__(self, base_url: str, token: str = "", stopped: Callable[[], bool] = _never) -> None:
        self.base_url = base_url.rstrip("/")
        self._stopped = stopped
        self._http = requests.Session()
        self._http.auth = _Bearer(token)
        self._http.trust_env = not is_loopback(base_url)  # a proxy must not be asked for this machine

    def close(self) -> None:
        self._http.close()

    def health(self) -> dict[str, Any]:
        """{status, version, protocol, pid} of a Take One server; less of others, {} of some."""
        response = self._call("GET", "/health", timeout=CONNECT_SECONDS)
        try:
            answer = response.json()
        except requests.JSONDecodeError:  # other servers answer an empty body
            return {}
        return answer if isinstance(answer, dict) else {}

    def models(self) -> list[dict[str, Any]]:
        return list(self._json("GET", "/v1/models").get("data", []))

    def prompt(self, engine: str, prompt: str, extra_params: dict[str, Any]) -> str:
        """What the engine's model would be given for this direction; the prompt itself from a server that does
        not tell."""
        body = {"model": engine, "prompt": prompt, "extra_params": extra_params}
        try:
            return str(self._json("POST", "/v1/prompt", json=body).get("prompt", prompt))
        except ApiError as error:
            if error.status in (404, 405):  # another kind of server: it takes the prompt as it is
                return prompt
            raise

    def submit(self, request: JobRequest) -> dict[str, Any]:
        """Send a request; the same key gives the same job. Raises also OSError where a file can't be read."""
        fields: dict[str, Any] = {**request.form(), "extra_params": json.dumps(request.extra_params())}
        for name, path in request.uploads.items():
            kind = "image/x-exr" if path.suffix.lower() == ".exr" else mimetypes.guess_type(path.name)[0]
            fields[name] = (name + path.suffix.lower(), path.read_bytes(), kind or "application/octet-stream")
        body, content_type = encode_multipart_formdata(fields)
        headers = {"Content-Type": content_type, "Idempotency-Key": request.key}
        return self._json("POST", "/v1/videos", data=_Upload(body, self._stopped), headers=headers)

    def job(self, job_id: str) -> dict[str, Any]:
        return self._json("GET", f"/v1/videos/{job_id}")

    def jobs(self) -> list[dict[str, Any]]:
        return list(self._json("GET", "/v1/videos").get("data", []))

    def cancel(self, job_id: str) -> dict[str, Any]:
        return self._json("POST", f"/v1/videos/{job_id}/cancel")

    def delete(self, job_id: str) -> None:
        self._call("DELETE", f"/v1/videos/{job_id}")

    def move(self, job_id: str, before: str | None) -> None:
        self._call("POST", f"/v1/videos/{job_id}/move", json={"before": before})

    def events(self, job_id: str, quiet_seconds: float = ANSWER_SECONDS) -> Iterator[tuple[str, dict[str, Any]]]:
        """(event, data) as they come: "progress", and last "end" with the job. Raises ApiError "unreachable"
        where nothing came for `quiet_seconds`."""
        response = self._call(
            "GET",
            f"/v1/videos/{job_id}/events",
            timeout=(CONNECT_SECONDS, quiet_seconds),
            stream=True,
            headers={"Accept": "text/event-stream"},
        )
        name, data = "message", ""
        with response:
            try:
                for raw in response.iter_lines(chunk_size=None):
                    line = raw.decode("utf-8", "replace")
                    if line.startswith("event:"):
                        name = line[6:].strip()
                    elif line.startswith("data:"):
                        data += line[5:].strip()
                    elif not line and data:
                        yield name, json.loads(data)
                        name, data = "message", ""
            except (requests.RequestException, json.JSONDecodeError) as error:
                raise self._unreachable(error) from error

    def download(self, job_id: str, path: Path, variant: str = "video") -> Path:
        """The job's file, written aside and renamed: `path` is whole or absent. Raises also OSError."""
        response = self._call("GET", f"/v1/videos/{job_id}/content", params={"variant": variant}, stream=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        try:
            with response, part.open("wb") as file:
                self._copy(response, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path

    def _copy(self, response: requests.Response, file: Any) -> None:
        expected = response.headers.get("Content-Length")
        try:
            for chunk in response.iter_content(CHUNK):
                if self._stopped():
                    raise Stopped
                file.write(chunk)
        except requests.RequestException as error:
            raise self._unreachable(error) from error
        if expected is not None and "Content-Encoding" not in response.headers and file.tell() != int(expected):
            raise ApiError("unreachable", f"{self.base_url} broke off in the middle of a file.", "retry")

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        response = self._call(method, path, **options)
        try:
            answer = response.json()
        except requests.JSONDecodeError as error:
            raise self._not_ours(response) from error
        if not isinstance(answer, dict):
            raise self._not_ours(response)
        return answer

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("timeout", (CONNECT_SECONDS, ANSWER_SECONDS))
        try:
            response = self._http.request(method, self.base_url + path, allow_redirects=False, **options)
        except requests.exceptions.SSLError as error:
            raise ApiError(
                "certificate",
                f"The certificate of {self.base_url} is not trusted: {_inner(error)}",
                "connect",
            ) from error
        except (
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
            requests.exceptions.MissingSchema,
        ) as error:
            raise ApiError(
                "bad_address",
                f"{self.base_url!r} is not a server's address. It looks like http://192.168.1.20:8000.",
                "connect",
            ) from error
        except requests.RequestException as error:
            raise self._unreachable(error) from error
        if response.is_redirect:
            there = response.headers.get("Location", "")
            raise ApiError(
                "redirected",
                f"{self.base_url} points on to {there}: use that address.",
                "connect",
                response.status_code,
            )
        if response.status_code >= 400 and not _is_job(response):
            raise self._refusal(response)
        return response

    def _unreachable(self, error: Exception) -> ApiError:
        return ApiError("unreachable", f"No answer from {self.base_url}: {_inner(error)}", "retry")

    def _not_ours(self, response: requests.Response) -> ApiError:
        return ApiError(
            "not_a_server",
            f"{self.base_url} answers, but it is not a Take One server (nor another that "
            "speaks /v1/videos). Check the address.",
            "connect",
            response.status_code,
        )

    def _refusal(self, response: requests.Response) -> ApiError:
        """What the server said, whichever kind of server it is."""
        status = response.status_code
        try:
            body = response.json()
        except requests.JSONDecodeError:
            body = {}
        error = body.get("error") if isinstance(body, dict) else None
        if isinstance(error, dict) and error.get("message"):
            return ApiError(
                str(error.get("code") or f"http_{status}"),
                str(error["message"]),
                str(error.get("fix") or ("connect" if status in (401, 403) else "")),
                status,
                error.get("param"),
            )
        if status in (401, 403):
            return ApiError("unauthorized", f"{self.base_url} refused the token.", "connect", status)
        detail = body.get("detail") if isinstance(body, dict) else None
        said = detail if isinstance(detail, str) else json.dumps(detail) if detail else response.reason
        return ApiError(
            f"http_{status}",
            f"{self.base_url} answered {status}: {said}",
            "retry" if status >= 500 else "",
            status,
        )


class _Bearer(requests.auth.AuthBase):
    """The token, in a header only. Being set it also keeps requests from looking into ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Upload:
    """A request's body that can be given up half way."""

    def __init__(self, body: bytes, stopped: Callable[[], bool]) -> None:
        self._body = memoryview(body)
        self._at = 0
        self._stopped = stopped

    def __len__(self) -> int:
        return len(self._body)

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(CHUNK):
            yield chunk

    def read(self, size: int = -1) -> bytes:
        if self._stopped():
            raise Stopped
        end = len(self._body) if size < 0 else self._at + size
        chunk = bytes(self._body[self._at : end])
        self._at += len(chunk)
        return chunk


def _is_job(response: requests.Response) -> bool:
    """Some servers answer the GET of a failed job with an error status and the job as body."""
    if urlsplit(response.url).path.count("/") != 3 or "application/json" not in response.headers.get(
        "Content-Type", ""
    ):
        return False
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return False
    return isinstance(body, dict) and "status" in body and "id" in body


def _inner(error: Exception) -> str:
    """The plain cause inside requests' nested errors, e.g. "Connection refused"."""
    cause: BaseException = error
    while True:
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
    text = str(cause)
    return text.split(">: ", 1)[-1] if ">: " in text else text or type(cause).__name__
