"""A chapter of a published edition against a view that returns a constant of the same size.

Both are served by uvicorn in a process of its own, through all of the site's middleware, in the
same run and in turns; requests come over kept-open connections from this process. Prints requests
per second as ratios to the constant: a warm chapter (bound: at least 0.5), the same packed, one
that the reader has already (at least 0.9), and the recommendation's page, which is not kept.
Run it with `python -m bench.review.reading`.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

ROUNDS, SECONDS, CONNECTIONS, WARM_UP = 4, 1.2, 8, 40
CONSTANT = "/bench/constant/"


# --- the server -------------------------------------------------------------------------------


def _urlpatterns() -> list[Any]:
    from django.http import HttpRequest, HttpResponse
    from django.urls import include, path

    body = b"x" * int(os.environ.get("BENCH_SIZE", "0"))

    def constant(request: HttpRequest) -> HttpResponse:
        return HttpResponse(body)

    return [
        path(CONSTANT.strip("/") + "/", constant),
        path("", include("folkmoot.config.urls")),
    ]


if __name__ == "bench.review.reading":
    urlpatterns = _urlpatterns()


def serve(port: int) -> None:
    """The site with one more address."""
    import uvicorn
    from django.conf import settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "folkmoot.config.settings"
    settings.ROOT_URLCONF = "bench.review.reading"
    from folkmoot.config.asgi import application

    uvicorn.run(application, host="127.0.0.1", port=port, log_level="error", access_log=False)


# --- the readers ------------------------------------------------------------------------------


def request(path: str, **headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


async def _once(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes
) -> tuple[int, dict[str, str], bytes]:
    writer.write(sent)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.strip().split("\r\n")
    headers = {n.lower(): v for n, v in (line.split(": ", 1) for line in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return int(first.split()[1]), headers, body


async def fetch(port: int, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """One answer: status, headers, body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await _once(reader, writer, sent)
    finally:
        writer.close()


async def rate(port: int, sent: bytes, status: int, seconds: float = SECONDS) -> float:
    """Answers per second over a few connections."""
    until = time.perf_counter() + seconds
    count = 0

    async def ask() -> None:
        nonlocal count
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            found, _, _ = await _once(reader, writer, sent)
            if found != status:
                raise RuntimeError(f"The server answered {found}, not {status}.")
            count += 1
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(CONNECTIONS)))
    return count / (time.perf_counter() - started)


async def measure(port: int, size: int, chapter: str, hub: str) -> None:
    _, headers, body = await fetch(port, request(chapter))
    packed = await fetch(port, request(chapter, Accept_Encoding="gzip"))
    constant = await fetch(port, request(CONSTANT))
    if not len(body) == len(constant[2]) == size:
        raise RuntimeError("The constant is not as long as the chapter.")
    cases = {
        "constant": (request(CONSTANT), 200),
        "chapter": (request(chapter), 200),
        "chapter, packed": (request(chapter, Accept_Encoding="gzip"), 200),
        "chapter, conditional": (request(chapter, If_None_Match=headers["etag"]), 304),
        "recommendation": (request(hub), 200),
    }
    for sent, _ in cases.values():
        for _ in range(WARM_UP):
            await fetch(port, sent)
    rates: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, (sent, status) in cases.items():
            rates[name].append(await rate(port, sent, status))
    print(f"chapter of {size:,} bytes, {len(packed[2]):,} packed; {CONNECTIONS} connections")
    for name, found in rates.items():
        ratios = [one / other for one, other in zip(found, rates["constant"], strict=True)]
        bound = {"chapter": "  (at least 0.5)", "chapter, conditional": "  (at least 0.9)"}
        print(
            f"  {name:<22} {statistics.median(ratios):5.2f} of the constant"
            f"   {statistics.median(found):7.0f} a second{bound.get(name, '')}"
        )


def main() -> None:
    from tests.servers import free_port

    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "FOLKMOOT_DEMO": "yes",
            "FOLKMOOT_DATA_DIR": folder,
        }
        for arguments in (
            ["migrate", "-v0"],
            ["demo", "load"],
            ["collectstatic", "--noinput", "-v0"],
        ):
            subprocess.run(
                [sys.executable, "-m", "folkmoot", *arguments],
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        found = subprocess.run(
            [sys.executable, "-c", _FIND],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        chapter, size, hub = found.stdout.split()
        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "bench.review.reading", "--serve", str(port)],
            env=environment | {"BENCH_SIZE": size},
            cwd=ROOT,
        )
        try:
            _wait_for(port)
            asyncio.run(measure(port, int(size), chapter, hub))
        finally:
            server.terminate()
            server.wait(10)


_FIND = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "folkmoot.config.settings"
import django
django.setup()
from django.test import Client
from folkmoot.review.layout import layout_of
from folkmoot.review.models import Edition
book = layout_of(Edition.objects.first())
longest = max(book.chapters, key=lambda chapter: chapter.words)
address = book.address("chapter", longest.slug)
page = Client(headers={"host": "localhost"}).get(address)
hub = f"/reviews/{book.slug}/recommendations/{book.recommendations[0].id}/"
print(address, len(page.content), hub)
"""


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            asyncio.run(fetch(port, request("/healthz")))
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not start.")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]))
    else:
        main()
