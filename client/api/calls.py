"""The calls of the `/v1/videos` protocol, one method each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import quote

import requests
from requests import exceptions

from ..protocol import Camera, Direction, EngineInfo, Job, Price, TakeRequest, Unfit, WordsPath
from ..protocol.codec import from_json
from ..target import is_loopback
from . import answers, form
from .answers import Health
from .deadline import Deadline
from .errors import ApiError, not_a_server, too_large, unreachable, untrusted
from .transfer import Body, Going

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0
MOST_ID = 200  # characters of a job's id
MOST_CLIP = 8 << 30  # bytes


class Api:
    """One connection to one server, for one thread. `server` is the name under which jobs are kept for it ("local", or
    its address). Every method raises ApiError. A redirect is never followed, so the token goes nowhere else."""

    def __init__(self, url: str, token: str = "", server: str = "") -> None:
        self.url = url.rstrip("/")
        self.server = server or self.url
        self._token = token
        self._deadline = Deadline(ANSWER_SECONDS)
        self._http = requests.Session()
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, self._deadline)
        self._http.auth = _Bearer(token)
        self._http.headers["Accept-Encoding"] = "identity"  # what comes packed can't be bounded
        self._http.trust_env = not is_loopback(url)  # a proxy must not be asked for this machine

    def another(self) -> Api:
        """A connection of its own to the same server, for another thread."""
        return Api(self.url, self._token, self.server)

    def close(self) -> None:
        self._http.close()

    def health(self, seconds: float = CONNECT_SECONDS) -> Health:
        return answers.health(self._content("GET", "/health", seconds=seconds))

    def engines(self) -> tuple[EngineInfo, ...]:
        return answers.engines(self._object("GET", "/v1/models"))

    def compose_prompt(self, engine: str, direction: Direction, options: Mapping[str, Any]) -> str:
        """What the engine's model would be given for this direction; the prompt itself from a server that can't say."""
        extra = form.prompt_params(direction, options)
        body = {"model": engine, "prompt": direction.prompt, "extra_params": extra}
        try:
            prompt = self._object("POST", "/v1/prompt", json=body).get("prompt")
        except ApiError as error:
            if error.status not in (404, 405):  # another kind of server: it takes the prompt as it is
                raise
            return direction.prompt
        return prompt if isinstance(prompt, str) else direction.prompt

    def words_path(
        self,
        engine: str,
        direction: Direction,
        camera: Camera | None,
        seconds: float,
        seed: int,
        whole: bool = True,
    ) -> WordsPath | None:
        """The camera path that the direction's words mean, seen from a still's `camera`: the whole of it, or what a
        take of that one still goes for. None where the engine or the server makes none."""
        try:
            data = self._object(
                "POST", "/v1/path", json=form.path_fields(engine, direction, camera, seconds, seed, whole)
            )
        except ApiError as error:
            if error.status not in (404, 405):  # another kind of server
                raise
            return None
        if data.get("path") is None:
            return None
        try:
            return from_json(WordsPath, data)
        except Unfit:
            raise not_a_server(self.url) from None

    def estimate(self, fields: Mapping[str, Any]) -> Price | None:
        """What a take of this submission would cost; None where it is not known, or the server can't say."""
        try:
            return answers.price(self._object("POST", "/v1/estimate", json=dict(fields)))
        except ApiError as error:
            if error.code == "unreachable":
                raise
            return None

    def spending(self, film: str, since: float) -> tuple[dict[str, float], dict[str, float]]:
        """What was spent, by currency: on a film, and since a time. Nothing at a server that does not count."""
        try:
            data = self._object("GET", "/v1/spending", params={"film": film, "since": since})
        except ApiError as error:
            if error.code == "unreachable":
                raise
            return {}, {}
        return answers.sums(data.get("film")), answers.sums(data.get("since"))

    def retry(self, job_id: str, send_again: bool) -> None:
        self._content("POST", _path(job_id) + "/retry", json={"send_again": send_again})

    def submit(self, key: str, request: TakeRequest, going: Going | None = None) -> Job:
        """Send a request; the same key gives the same job. Raises also OSError where a file can't be read, and
        Stopped."""
        body, content_type = form.encode(request)
        headers = {"Content-Type": content_type, "Idempotency-Key": key}
        data = self._object("POST", "/v1/videos", data=Body(body, going or Going()), headers=headers)
        job_id = data.get("id")
        if not isinstance(job_id, str) or not 0 < len(job_id) <= MOST_ID or not job_id.strip("."):
            raise not_a_server(self.url)
        return answers.job(data, job_id)

    def job(self, job_id: str) -> Job:
        """Some servers answer a failed job with an error status and the job as body."""
        try:
            with self._deadline.within(ANSWER_SECONDS):
                response = self._send("GET", _path(job_id))
                body = answers.content(response, self.url, ANSWER_SECONDS)
        except TimeoutError as error:
            raise unreachable(self.url, error) from error
        if response.status_code == 404 and _object(body) is None:  # a page: nobody looked for the job
            raise not_a_server(self.url, 404)
        if response.status_code >= 400 and not _is_job(body):
            raise self._refusal(response, body)
        return answers.job(answers.an_object(body, self.url, response.status_code), job_id)

    def cancel(self, job_id: str) -> Job:
        return answers.job(self._object("POST", _path(job_id) + "/cancel"), job_id)

    def delete(self, job_id: str) -> None:
        self._content("DELETE", _path(job_id))

    def move(self, job_id: str, before: str | None) -> None:
        self._content("POST", _path(job_id) + "/move", json={"before": before})

    def events(self, job_id: str, quiet_seconds: float = ANSWER_SECONDS) -> Iterator[tuple[str, dict[str, Any]]]:
        """(event, data) as they come: "progress", and last "end" with the job. Raises ApiError "unreachable" where
        nothing came for `quiet_seconds`."""
        response = self._call(
            "GET",
            _path(job_id) + "/events",
            timeout=(CONNECT_SECONDS, quiet_seconds),
            headers={"Accept": "text/event-stream"},
        )
        yield from answers.events(response, self.url)

    def sidecar(self, job_id: str) -> bytes:
        """The JSON of what a take was made from."""
        body = self._content("GET", _path(job_id) + "/content", params={"variant": "sidecar"})
        answers.an_object(body, self.url)
        return body

    def download(self, job_id: str, file: BinaryIO, going: Going) -> None:
        """Write a job's clip to `file`. Raises also OSError, and Stopped."""
        response = self._call("GET", _path(job_id) + "/content", params={"variant": "video"})
        with response:
            if response.headers.get("Content-Type", "").lower().startswith("text/html"):  # somebody else's page
                raise not_a_server(self.url)
            for piece in answers.pieces(response, self.url):
                going.check()
                file.write(piece)
                if file.tell() > MOST_CLIP:
                    raise too_large(self.url, MOST_CLIP)

    def _object(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        return answers.an_object(self._content(method, path, **options), self.url)

    def _content(self, method: str, path: str, seconds: float = ANSWER_SECONDS, **options: Any) -> bytes:
        try:
            with self._deadline.within(seconds):
                response = self._call(method, path, timeout=(CONNECT_SECONDS, seconds), **options)
                return answers.content(response, self.url, seconds)
        except TimeoutError as error:
            raise unreachable(self.url, error) from error

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self._send(method, path, **options)
        if response.status_code >= 400:
            raise self._refusal(response, answers.content(response, self.url, ANSWER_SECONDS))
        return response

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer, of which only the head was read."""
        options.setdefault("timeout", (CONNECT_SECONDS, ANSWER_SECONDS))
        try:
            response = self._http.request(method, self.url + path, allow_redirects=False, stream=True, **options)
        except exceptions.SSLError as error:
            raise untrusted(self.url, error) from error
        except (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema) as error:
            message = f"{self.url!r} is not a server's address. It looks like http://192.168.1.20:8000."
            raise ApiError("bad_address", message, "connect") from error
        except requests.RequestException as error:
            raise unreachable(self.url, error) from error
        except TimeoutError:
            raise  # of the deadline
        except OSError as error:  # a file of certificates that is named and not there
            raise untrusted(self.url, error) from error
        if 300 <= response.status_code < 400:
            response.close()
            there = response.headers.get("Location", "another address")[:300]
            raise ApiError(
                "redirected", f"{self.url} points on to {there}: use that address.", "connect", response.status_code
            )
        return response

    def _refusal(self, response: requests.Response, body: bytes) -> ApiError:
        """What the server said, whichever kind of server it is."""
        status = response.status_code
        try:
            data = answers.parsed(body)
        except ValueError:
            data = {}
        data = data if isinstance(data, dict) else {}
        if isinstance(data.get("error"), dict) and (said := answers.problem(data["error"])) is not None:
            code = said.code if data["error"].get("code") else f"http_{status}"
            fix = said.fix or ("connect" if status in (401, 403) else "")
            return ApiError(code, said.message, fix, status, said.param)
        if status in (401, 403):
            return ApiError("unauthorized", f"{self.url} refused the token.", "connect", status)
        detail = data.get("detail")
        text = detail if isinstance(detail, str) else json.dumps(detail) if detail else str(response.reason)
        return ApiError(
            f"http_{status}",
            f"{self.url} answered {status}: {text[: answers.MOST_MESSAGE]}",
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


def _path(job_id: str) -> str:
    return f"/v1/videos/{quote(job_id, safe='')}"


def _object(body: bytes) -> dict[str, Any] | None:
    """What an answer says, if that is an object."""
    try:
        found = answers.parsed(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _is_job(body: bytes) -> bool:
    return {"status", "id"} <= (_object(body) or {}).keys()
