"""Ask a small local model for answers to every task, as the shipped samples were made.

Runs in an environment of its own, with nothing but `xllamacpp` in it; see `docs/demo/samples/README.md`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import urllib.request
from pathlib import Path

MAX_TOKENS = 512
SAMPLES_PER_TASK = 3
TEMPERATURE = 0.8
TOP_P = 0.95
REQUEST = (
    "Solve the following problem with one self-contained Python script. "
    "Put the whole script into a single markdown code block.\n```python\n{prompt}\n```\n"
)


def start_server(model: Path) -> tuple[object, str]:
    """Load the model with one slot and one thread, so that a seed decides the answer.

    Args:
        model: The model's GGUF file.

    Returns:
        The server, which lives as long as it is referenced, and its base URL.
    """
    xllamacpp = importlib.import_module("xllamacpp")  # not a dependency of the toolkit
    settings = xllamacpp.CommonParams()
    settings.model.path = str(model)
    settings.hostnames = ["127.0.0.1"]
    settings.port = 0
    settings.n_ctx = 4096
    settings.n_parallel = 1
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.offline = True
    server = xllamacpp.Server(settings)
    return server, server.listening_address


def ask(base_url: str, prompt: str, seed: int) -> str:
    """Return the model's whole answer to one prompt, as it gave it."""
    body = {
        "messages": [{"role": "user", "content": REQUEST.format(prompt=prompt.rstrip())}],
        "max_tokens": MAX_TOKENS,
        "temperature": TEMPERATURE,
        "top_p": TOP_P,
        "seed": seed,
    }
    request = urllib.request.Request(  # noqa: S310 - the address is our own server's
        f"{base_url}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:  # noqa: S310 - the same
        answer: str = json.load(response)["choices"][0]["message"]["content"]
    return answer


def main() -> None:
    """Read exported tasks, write one line per answer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file")
    parser.add_argument("--tasks", type=Path, required=True, help="JSONL written by `bcb export`")
    parser.add_argument("--to", type=Path, required=True, help="samples to write")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.tasks.read_text(encoding="utf-8").splitlines()]
    _server, base_url = start_server(options.model)
    with options.to.open("w", encoding="utf-8") as samples:
        for row in rows:
            for seed in range(SAMPLES_PER_TASK):
                answer = ask(base_url, row["complete_prompt"], seed)
                sample = {"task_id": row["task_id"], "solution": answer, "raw_solution": answer}
                samples.write(json.dumps(sample, ensure_ascii=False) + "\n")
            sys.stderr.write(f"{row['task_id']}\n")


if __name__ == "__main__":
    main()
