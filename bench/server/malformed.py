"""20,000 requests that nobody should send, to a real service process: crashes, 5xx, errors of another shape.

    python3 dev.py bench server/malformed [--requests 20000] [--schema 0.1] [--seed 1] [--engines own]

Most are of our own strategies (tests/backend/malformed.py); a part schemathesis makes of /openapi.json, which takes it
longer than the service needs to answer. The engines are the tests' scripted ones, so that what is accepted by chance is
soon made; with `--engines own` Take One's own, with accounts and a ComfyUI at fakes. The service knows a second user.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.backend import malformed, malformed_requests  # noqa: E402
from tests.backend.service_process import Service  # noqa: E402

ROUND = 250  # requests between two looks at the service


def _users(folder: Path) -> Path:
    file = folder / "users"
    file.touch(mode=0o600)
    file.write_text(f"anna {malformed_requests.ANNA}\n", encoding="utf-8")
    return file


def _own(home: Path, ends: contextlib.ExitStack) -> Service:
    """A service of our own engines, whose accounts and whose ComfyUI are fakes."""
    from backend.engines.comfy import shelf
    from tests.backend.comfy.fake import FakeComfy
    from tests.backend.hosted.conftest import connected
    from tests.backend.hosted.fakes.every import FAKES

    fakes = {name: kind() for name, (kind, _) in FAKES.items()}
    service, comfy = connected(home, fakes), FakeComfy()
    for fake in (*fakes.values(), comfy):
        ends.callback(fake.close)
    accounts = json.loads((home / "accounts.json").read_text())
    accounts["comfyui"] = {"address": comfy.url, "kept": "none"}
    (home / "accounts.json").write_text(json.dumps(accounts))
    (home / shelf.FOLDER).mkdir()
    for name in ("Grain", "Side by Side"):
        shutil.copy(shelf.DELIVERED / f"{name}.json", home / shelf.FOLDER)
    return service


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--schema", type=float, default=0.1, help="the part that schemathesis makes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", choices=("scripted", "own"), default="scripted")
    arguments = parser.parse_args()
    tallies = {name: malformed.Tally() for name in ("ours", "schema")}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as fakes:
        home = Path(folder) / "home"
        service = _own(home, fakes) if arguments.engines == "own" else Service(home)
        service.options = ("--tokens", str(_users(Path(folder))))
        service.start()
        began = time.monotonic()
        try:
            job = service.submit(malformed_requests.PICTURE, size="16x16", seconds="0.1").json()["id"]
            service.wait(job, seconds=300)  # the first take of the draft engine compiles
            pid, number = service.process.pid, arguments.seed
            while (sent := sum(tally.statuses.total() for tally in tallies.values())) < arguments.requests:
                count = min(ROUND, arguments.requests - sent)
                ours = tallies["schema"].statuses.total() >= arguments.schema * (sent + count)
                send = malformed.send_ours if ours else malformed.send_by_schema
                send(service, job, count, number, tallies["ours" if ours else "schema"])
                number += 1
                print(f"\r{sent + count} of {arguments.requests}", end="", file=sys.stderr, flush=True)
                assert service.process.poll() is None and service.process.pid == pid, service.log()
                assert service.http.get("/v1/videos").status_code == 200
        except KeyboardInterrupt:
            print("\nInterrupted: what was sent until then.", file=sys.stderr)
        finally:
            seconds = time.monotonic() - began
            service.end()
    print(file=sys.stderr)
    failed = 0
    for name, tally in tallies.items():
        besides = tally.statuses - Counter({503: tally.busy})
        statuses = ", ".join(f"{count} x {status}" for status, count in sorted(besides.items()))
        print(f"{name}: {tally.statuses.total()} requests: {statuses}")
        print(f"  and {tally.busy} x 503 busy of /guide, as documented")
        for wrong in tally.wrong[:20]:
            print(f"  {wrong}")
        failed += sum(count for status, count in besides.items() if status >= 500)
    wrong = sum(len(tally.wrong) for tally in tallies.values())
    print(f"{failed} answers of 500 or more besides the busy ones")
    print(f"{wrong} answers that must not be, 0 crashes, {seconds:.0f} s, seed {arguments.seed}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
