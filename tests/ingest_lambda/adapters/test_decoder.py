"""The decoder's process: what a file may cost there, and what becomes of the next one."""

import io
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest_lambda.adapters.decoder import Decoder, DecoderFault
from ingest_lambda.contract import ImageRefusal
from ingest_lambda.contract.photos import Kind
from ingest_lambda.errors import TryAgain
from ingest_lambda.pictures import NoPicture, Picture
from ingest_lambda.pictures.child import allowed_seconds
from ingest_lambda.pictures.limits import (
    CPU_SECONDS,
    JPEG_2000_CPU_SECONDS,
    MEMORY_BYTES,
    MOST_SCANS,
    WALL_SECONDS,
)
from ingest_lambda.pictures.protocol import READY, read_answer, read_frame, write_frame
from tests.support.bombs import huge_png, many_scans, nested_pdf
from tests.support.receipts import receipt_bytes

LARGEST = 15_000_000
ODD = "tests.ingest_lambda.adapters.odd_decoder"


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder(cpu_seconds=1)
    yield decoder
    decoder.close()


@pytest.fixture
def odd() -> Iterator[Decoder]:
    decoder = Decoder(program=ODD)
    yield decoder
    decoder.close()


def look(decoder: Decoder, content: bytes) -> Picture | ImageRefusal:
    try:
        return decoder.look(content)
    except NoPicture as refused:
        return refused.why


def assert_it_still_reads(decoder: Decoder) -> None:
    assert isinstance(look(decoder, receipt_bytes(1, width=60, height=90)), Picture)


def test_files_follow_one_another_in_one_process(decoder: Decoder):
    assert_it_still_reads(decoder)
    pid = decoder.pid
    assert look(decoder, b"<html></html>") is ImageRefusal.NOT_AN_IMAGE
    assert_it_still_reads(decoder)
    assert decoder.pid == pid


def test_a_file_that_takes_too_long_is_a_fact_and_the_next_one_is_read(decoder: Decoder):
    assert look(decoder, nested_pdf(9)) is ImageRefusal.DAMAGED
    assert_it_still_reads(decoder)
    assert look(decoder, nested_pdf(9)) is ImageRefusal.DAMAGED
    assert_it_still_reads(decoder)


def test_what_earlier_files_took_is_not_counted_against_the_next(decoder: Decoder):
    """Each gets its second, however many the process has used before."""
    content = receipt_bytes(1, width=3000, height=4500)
    while_used = [look(decoder, content) for _ in range(6)]
    assert all(isinstance(picture, Picture) for picture in while_used)


def test_a_file_that_takes_too_much_memory_is_a_fact_and_the_next_one_is_read():
    decoder = Decoder(memory_bytes=300_000_000)
    try:
        assert look(decoder, huge_png(8000, 8000)) is ImageRefusal.DAMAGED
        assert_it_still_reads(decoder)
    finally:
        decoder.close()


def test_every_kind_may_take_so_long_and_no_longer_than_the_function_waits():
    assert set(CPU_SECONDS) == set(Kind)
    assert allowed_seconds(nested_pdf(1)) == CPU_SECONDS[Kind.PDF]
    assert allowed_seconds(nested_pdf(1) + b"/JPXDecode") == JPEG_2000_CPU_SECONDS
    assert allowed_seconds(b"<html></html>") == 1
    assert 2 * max(*CPU_SECONDS.values(), JPEG_2000_CPU_SECONDS) <= WALL_SECONDS


def test_scans_are_counted_before_any_is_decoded(decoder: Decoder):
    assert isinstance(look(decoder, many_scans(80, 80, MOST_SCANS)), Picture)
    assert look(decoder, many_scans(80, 80, MOST_SCANS + 1)) is ImageRefusal.DAMAGED
    pid = decoder.pid
    assert look(decoder, many_scans(6000, 6000, 3000)) is ImageRefusal.DAMAGED
    assert decoder.pid == pid, "refused, not killed"


def test_a_process_that_was_killed_between_two_files_costs_neither(decoder: Decoder):
    assert_it_still_reads(decoder)
    assert decoder.pid is not None
    os.kill(decoder.pid, signal.SIGKILL)
    os.waitid(os.P_PID, decoder.pid, os.WEXITED | os.WNOWAIT)
    assert_it_still_reads(decoder)


@pytest.mark.parametrize("words", [b"die", b"die within an answer"])
def test_a_process_that_dies_of_a_file_says_that_it_cannot_be_read(odd: Decoder, words: bytes):
    assert look(odd, words) is ImageRefusal.DAMAGED
    assert look(odd, b'{"refusal": "encrypted"}') is ImageRefusal.ENCRYPTED


def test_a_process_that_is_ended_with_its_machine_says_nothing_about_the_file(odd: Decoder):
    with pytest.raises(TryAgain):
        odd.look(b"be asked to end")
    assert look(odd, b'{"refusal": "encrypted"}') is ImageRefusal.ENCRYPTED


def test_a_process_that_hangs_is_killed():
    odd = Decoder(program=ODD, wall_seconds=0.2)
    try:
        assert look(odd, b"hang") is ImageRefusal.DAMAGED
        assert look(odd, b"hang") is ImageRefusal.DAMAGED
    finally:
        odd.close()


@pytest.mark.parametrize(
    "words",
    [
        b"fault",
        b"too much",
        b"no JSON",
        b"[]",
        b"{}",
        b'{"refusal": "unheard of"}',
        b'{"picture": {}}',
        b'{"picture": {"copies": [[1]]}}',
        b'{"picture": 1}',
    ],
)
def test_a_mistake_of_ours_is_no_fact_about_a_file(odd: Decoder, words: bytes):
    with pytest.raises(DecoderFault):
        odd.look(words)
    assert look(odd, b'{"refusal": "encrypted"}') is ImageRefusal.ENCRYPTED


def test_a_decoder_that_does_not_start_is_a_mistake_of_ours():
    missing = Decoder(program="ingest_lambda.pictures.nowhere")
    with pytest.raises(DecoderFault):
        missing.look(b"any")
    with pytest.raises(DecoderFault):
        Decoder(program="platform").look(b"any")


def test_a_file_whose_caller_has_no_time_left_is_no_fact():
    odd = Decoder(program=ODD)
    try:
        with pytest.raises(TryAgain):
            odd.look(b"hang", seconds=0.1)
        assert look(odd, b"die") is ImageRefusal.DAMAGED
    finally:
        odd.close()


def test_two_threads_get_each_its_own_picture(decoder: Decoder):
    sizes = [(60 + number, 90) for number in range(12)]
    files = [receipt_bytes(1, "PNG", width=width, height=height) for width, height in sizes]
    with ThreadPoolExecutor(4) as threads:
        pictures = list(threads.map(lambda content: look(decoder, content), files))
    assert [(p.width, p.height) for p in pictures if isinstance(p, Picture)] == sizes


def test_the_process_has_its_limits_and_no_secret(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    monkeypatch.setenv("TOKEN_KEYS", "hidden")
    decoder = Decoder()
    try:
        decoder.prepare()
        assert_it_still_reads(decoder)
        assert decoder.pid is not None
        limits = [
            resource.prlimit(decoder.pid, kind)
            for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
        ]
        environment = Path(f"/proc/{decoder.pid}/environ").read_bytes()
    finally:
        decoder.close()
    assert limits == [(MEMORY_BYTES, MEMORY_BYTES), (0, 0), (0, 0)]
    assert b"hidden" not in environment


def test_a_decoder_answers_until_its_pipe_ends():
    requests = io.BytesIO()
    write_frame(requests, receipt_bytes(1, width=60, height=90))
    write_frame(requests, b"<svg/>")
    program = [sys.executable, "-m", "ingest_lambda.pictures.child", "8", str(MEMORY_BYTES)]
    ended = subprocess.run(program, input=requests.getvalue(), stdout=subprocess.PIPE, check=True)
    answers = io.BytesIO(ended.stdout)
    assert read_frame(answers, most=10) == READY
    assert read_answer(answers, most=LARGEST).width == 60
    with pytest.raises(NoPicture):
        read_answer(answers, most=LARGEST)
    assert not answers.read()
