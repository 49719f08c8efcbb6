"""Reads a submission, multipart or JSON, into fields and files; commits it as a job."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from client.protocol import EngineInfo, TakeRequest
from client.protocol.request import DEPTH, DEPTH_OF, LAST_FRAME, MAX_REFERENCES, MAX_VIEWS, REFERENCE, STILL, VIEW

from ..engines.engine import EngineError
from ..home import sync_folder
from ..jobs.inspection.inspector import Inspector
from ..jobs.pool import Pool
from ..jobs.request import PARTS, Wanted, check, invalid, parse, parse_binding, parse_json
from ..jobs.size import fitting_size
from ..jobs.store.row import StoredJob
from ..jobs.store.store import Store
from .guard import MAX_TEXT_BODY
from .questions import engine_named

FURTHER_FILE = re.compile(re.escape(VIEW) + r"[1-9][0-9]?(" + re.escape(DEPTH_OF) + ")?")
NESTED = re.compile(r"extra_params\[(\w+)\]")  # how some clients send a part of extra_params in a form
PICTURE_URL = re.compile(r"(\w+)\[(image_)?url\]")
REFERENCE_FILE = re.compile(re.escape(REFERENCE) + "([1-9]|10)")
MAX_FILES = 2 * MAX_VIEWS + MAX_REFERENCES
REFERENCES = (
    "image_reference",
    "reference_url",
)  # how clients of other servers send the still, as a data URL
MAX_FIELDS = 100
MAX_FIELD = 16 << 20  # a data URL in a text field
MAX_KEY = 200


@dataclass
class Submission:
    """What was sent. `files` are open for reading, by form field."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, BinaryIO] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """Of all that was sent: the same for the same request sent again."""
        digest = hashlib.sha256(json.dumps(self.fields, sort_keys=True, default=str).encode())
        for name in sorted(self.files):
            digest.update(name.encode() + b"\0" + _sha256(self.files[name]))
        return digest.hexdigest()

    def close(self) -> None:
        for file in self.files.values():
            file.close()


async def read(request: Request) -> Submission:
    """The submission of `request`. Fields that nobody knows are kept here and ignored later, but for nested ones: who
    sends those means a part of something that we have.

    Raises:
        EngineError: `invalid_request`, `too_large`.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return await asyncio.to_thread(_from_json, await request.body())
    if kind == "multipart/form-data":
        parser: FormParser | MultiPartParser = _Form(request)
    elif kind == "application/x-www-form-urlencoded":
        parser = FormParser(request.headers, request.stream(), max_fields=MAX_FIELDS, max_part_size=MAX_FIELD)
    else:
        raise invalid("Send multipart/form-data, or application/json.", "Content-Type")
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise invalid(f"The form can't be read. {error.message}", None) from error
    except (ValueError, LookupError) as error:  # what a malformed body makes of the parser
        raise invalid("The form can't be read.", None) from error
    submission = Submission()
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            submission.fields[name] = value
        elif _is_file(name):
            submission.files[name] = value.file
        else:
            value.file.close()
            if "[" in name:
                raise _unread(name)
    return await asyncio.to_thread(_with_references, _unnested(submission))


class _Form(MultiPartParser):
    """A multipart form whose text, which is held in memory, is bounded as a whole."""

    def __init__(self, request: Request) -> None:
        limits = {"max_files": MAX_FILES, "max_fields": MAX_FIELDS, "max_part_size": MAX_FIELD}
        super().__init__(request.headers, request.stream(), **limits)
        self._text = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is None:
            self._text += end - start
            if self._text > MAX_TEXT_BODY:
                raise EngineError("too_large", f"The form has more than {MAX_TEXT_BODY >> 20} MiB of text.")
        super().on_part_data(data, start, end)


def _unnested(submission: Submission) -> Submission:
    """Puts the fields extra_params[name] into extra_params. All else that is nested is refused, since it would be lost.

    OpenAI's client sends the still as an object this way: input_reference[image_url].
    """
    fields = submission.fields
    sent, parts = {*fields, *submission.files}, {}
    for name in [name for name in fields if "[" in name]:
        part, picture = NESTED.fullmatch(name), PICTURE_URL.fullmatch(name)
        if part and part[1] in PARTS and "extra_params" not in sent:
            parts[part[1]] = fields.pop(name)
        elif picture and (_is_file(picture[1]) or picture[1] in REFERENCES) and picture[1] not in sent:
            sent.add(picture[1])
            fields[picture[1]] = {"image_url": fields.pop(name)}
        else:
            raise _unread(name)
    if parts:
        fields["extra_params"] = parts
    return submission


def _unread(name: str) -> EngineError:
    """A nested field that is none of ours, or says again what another field says."""
    message = (
        f"The field {name} can't be read. Send extra_params as one field that holds JSON, and each other field once."
    )
    return invalid(message, name)


def _from_json(body: bytes) -> Submission:
    data = parse_json(body, "body")
    if not isinstance(data, dict):
        raise invalid("The body must be a JSON object.", "body")
    return _with_references(Submission(fields=data))


def _with_references(submission: Submission) -> Submission:
    """Turns pictures that came as data URLs into files. A path or an address is never followed."""
    for name in (*filter(_is_file, tuple(submission.fields)), *REFERENCES):
        value = submission.fields.pop(name, None)
        if isinstance(value, str) and value.lstrip().startswith("{"):
            value = parse_json(value, name)
        if isinstance(value, Mapping):
            value = value.get("image_url") or value.get("url")
        if value in (None, ""):
            continue
        submission.files[STILL if name in REFERENCES else name] = _data_url(value, name)
    return submission


def _is_file(name: str) -> bool:
    """Whether a field of this name is a file of a request (see `client.protocol.request`)."""
    named = name in (STILL, DEPTH, LAST_FRAME, LAST_FRAME + DEPTH_OF)
    return named or FURTHER_FILE.fullmatch(name) is not None or REFERENCE_FILE.fullmatch(name) is not None


def _data_url(value: Any, param: str) -> BinaryIO:
    import io

    head, comma, data = value.partition(",") if isinstance(value, str) else ("", "", "")
    if not (comma and head.lower().startswith("data:") and head.lower().endswith(";base64")):
        raise invalid(f"Send {param} as a file or as a base64 data URL: paths and addresses are not read.", param)
    try:
        return io.BytesIO(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        raise invalid(f"{param} is not valid base64.", param) from None


def _sha256(file: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    file.seek(0)
    return digest.digest()


@dataclass(frozen=True)
class Intake:
    """Where submissions go."""

    store: Store
    pool: Pool
    inspector: Inspector
    default_model: str

    def take(self, submission: Submission, key: str | None, owner: str) -> StoredJob:
        """Commits a submission of `owner`: when this returns, the job and its uploads are on the disk.

        The same key of the same owner gives the same job, also to two requests at once; with another request it is an
        error.

        Raises:
            EngineError: what is wrong with it, `idempotency_conflict`, `disk_full`, `queue_full`.
        """
        fingerprint = submission.fingerprint()
        if key is not None and (job := self.store.with_key(key, owner)):
            return _same(job, fingerprint)
        wanted = parse(submission.fields, self.default_model)
        job_id = f"video_{secrets.token_hex(12)}"
        folder = self.store.job_folder(job_id)
        try:
            folder.mkdir()
            binding = parse_binding(submission.fields)
            engine = engine_named(self.pool, wanted.engine)
            request = self.store_files(wanted, submission, folder, engine)
            notes = check(request, engine)
            job = self.store.add(
                job_id,
                request,
                engine.lane,
                owner=owner,
                key=key,
                fingerprint=fingerprint,
                binding=binding,
                notes=notes,
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if job.id != job_id:
            shutil.rmtree(folder, ignore_errors=True)
            return _same(job, fingerprint)
        self.pool.wake()
        return job

    def store_files(self, wanted: Wanted, submission: Submission, folder: Path, engine: EngineInfo) -> TakeRequest:
        """The request, its files named relative to `folder`, where they lie synced."""
        files: dict[str, Path] = {}
        still_size = None
        for name, source in submission.files.items():
            suffix, width, height = self._save(source, folder, name)
            files[name] = Path(name + suffix)
            if name == STILL:
                still_size = width, height
        request = wanted.request(fitting_size(wanted.size, still_size, engine), files)
        sync_folder(folder)
        sync_folder(folder.parent)
        return request

    def _save(self, source: BinaryIO, folder: Path, name: str) -> tuple[str, int, int]:
        """Writes an upload under a name of ours. Its own name and type do not count."""
        aside = folder / f"{name}.part"
        with aside.open("xb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
        found = self.inspector.check("depth" if name.endswith(DEPTH) else "picture", aside, name)
        aside.replace(folder / (name + found[0]))
        return found


def idempotency_key(request: Request) -> str | None:
    """The header Idempotency-Key.

    Raises:
        EngineError: it is too long to be one.
    """
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= MAX_KEY:
        raise invalid(f"An Idempotency-Key has 1 to {MAX_KEY} characters.", "Idempotency-Key")
    return key


def _same(job: StoredJob, fingerprint: str) -> StoredJob:
    if job.fingerprint != fingerprint:
        raise EngineError(
            "idempotency_conflict",
            "This Idempotency-Key was used for another request. Use a new one.",
            "",
            "Idempotency-Key",
        )
    return job
