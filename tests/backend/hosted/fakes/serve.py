"""Fakes in a process of their own, for tests whose Python can't make clips.

`python -m tests.backend.hosted.fakes.serve fal runway` prints the addresses as a line of JSON. Then each line of its
input, such as {"fal": {"lose_answers": 1}}, sets scripts, and is answered with the orders that each has taken.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from tests.backend.hosted.fakes.every import FAKES
from tests.backend.hosted.fakes.fake import Script


def main(names: list[str]) -> None:
    fakes = {name: FAKES[name][0]() for name in names}
    print(json.dumps({name: fake.url for name, fake in fakes.items()}), flush=True)
    for line in sys.stdin:
        for name, script in json.loads(line).items():
            fakes[name].script = Script(**script)
        print(json.dumps({name: [asdict(made) for made in fake.orders] for name, fake in fakes.items()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
