"""``manage.py up``: everything in one terminal, in order; and everything ended, in order.

Up: emulator, template, database and demo, then the site, its drains, clock and
workers, and the Pipes. Down: these first, which write to the table; the Pipes,
which empty its stream; the emulator last, because it must write its state down.
"""

import fcntl
import shutil
import signal
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from campaignhub.deployment.archives import build_here
from campaignhub.local_aws import local
from campaignhub.local_aws.console import Console
from campaignhub.local_aws.deploy import Wanted, deploy, deploy_notices
from campaignhub.local_aws.keeping import Keeper
from campaignhub.local_aws.memory import memory_line
from campaignhub.local_aws.ministack import MiniStack
from campaignhub.local_aws.processes import Child, EmbeddedError, end_left_over
from campaignhub.local_aws.sender import verify_sender
from campaignhub.local_aws.services import DJANGO, Plan, once, services, status_of
from campaignhub.private_files import NotOurDirectory, make_private

ANSWER_SECONDS = 240
"""Long enough for a machine whose cores others use too; who waits is told for what."""
SAYS_SECONDS = 20
BOOTSTRAP_SECONDS = 300
SPACE_SECONDS = 60
LEAST_FREE_BYTES = 64 << 20
"""What an emulator with tens of thousands of entries writes at its end."""


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class Supervisor:
    """Runs one installation until it is told to stop."""

    def __init__(self, plan: Plan, console: Console | None = None) -> None:
        self._plan = plan
        self._console = console or Console()
        self._kept = Keeper(
            plan.var / "up.pids",
            self._console,
            before=self._before_restart,
            after=self._after_restart,
        )
        self._signals = 0
        self._state_is_old = False
        self._environment: dict[str, Any] = {}
        self._warm = threading.Event()
        self._repair: Child | None = None
        self._republish = plan.var / "republish"

    def run(self) -> None:
        """Bring everything up, keep it up, and end it when told to.

        Raises:
            EmbeddedError: it cannot come up, or runs already; worded for a person.
        """
        plan = self._plan
        try:
            make_private(plan.var)
        except NotOurDirectory as error:
            raise EmbeddedError(error.message) from error
        with (plan.var / "up.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise EmbeddedError(
                    f"CampaignHub already runs from this directory; see {plan.var / 'up.json'}."
                ) from None
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, self._on_signal)
            (plan.var / "up.json").unlink(missing_ok=True)
            try:
                self._bring_up()
                while True:
                    self._kept.watch()
                    self._pause(0.2)
            except Stopped:
                self._console.say("Stopping …")
            finally:
                self._take_down()

    def _on_signal(self, *_: object) -> None:
        self._signals += 1
        if self._signals > 1:
            # Asked twice: no more patience with whoever does not end.
            for child in self._kept.children:
                child.stop_seconds = 1

    def _pause(self, seconds: float) -> None:
        if self._signals:
            raise Stopped
        self._console.follow(self._kept.children)
        time.sleep(seconds)

    # ------------------------------------------------------------------ up

    def _bring_up(self) -> None:
        plan, console = self._plan, self._console
        for left in end_left_over(plan.var / "up.pids"):
            console.say(f"Ended what an earlier run left behind: {left}")
        for log in (plan.var / "log").glob("*.log"):
            log.unlink()
        if not plan.ministack_python.exists():
            raise EmbeddedError("The AWS emulator is not installed. Run `make install` first.")

        aws_port = self._port("aws_port", plan.aws_port)
        web_port = self._port("web_port", plan.web_port, taken=frozenset({aws_port}))
        self._web = f"http://127.0.0.1:{web_port}"
        self._ministack = MiniStack(aws_port, plan.var / "aws", plan.ministack_python)
        (plan.var / "static").mkdir(exist_ok=True)  # WhiteNoise warns of a place that is not there
        # As this process read it; `secrets_of` and the deployment write it.
        self._environment = local.read_json(plan.var / "env.json")
        self._secrets = local.secrets_of(plan.var / "env.json")
        console.say(f"Starting AWS on {self._ministack.endpoint} …")
        emulator = self._ministack.child(plan.log("aws"))
        self._state_is_old = self._ministack.note_start()
        self._kept.add([emulator])
        console.say("Packing the functions …")
        self._archives = build_here(plan.var / "build")
        self._ministack.wait(emulator)
        self._pause(0)
        self._deploy()
        children = services(plan, self._ministack, web_port)
        self._kept.add([children["pipes"]])
        # The functions' first start, so that no visitor waits for it, beside Django's.
        threading.Thread(target=self._warm_up, daemon=True).start()
        if plan.is_migrated() and not self._republish.exists():
            # Most starts: nothing to wait for, so the site comes up while the demo is looked after.
            self._kept.add([children["web"], *children.values()])
        self._bootstrap()
        self._kept.add(children.values())
        self._ministack.note_filled()
        self._wait_for_answers()
        self._announce()

    def _port(self, name: str, wanted: int, taken: frozenset[int] = frozenset()) -> int:
        fixed = name in self._plan.fixed
        return local.choose_port(wanted, fixed=fixed, name=name.upper(), taken=taken)

    def _deploy(self) -> None:
        """Bring the template into the emulator, and note what it gave in ``env.json``."""
        plan, started = self._plan, time.monotonic()
        wanted = Wanted(
            token_keys=self._secrets["TOKEN_KEYS"],
            person_secret=self._secrets["PERSON_SECRET"],
            allowed_origin=self._web,
            parameters=plan.parameters,
        )
        deployment = deploy(self._ministack, self._archives, wanted)
        outputs = {**deployment.outputs, **deploy_notices(self._ministack, plan.sender)}
        verify_sender(plan.sender, self._ministack.endpoint)
        self._console.say(f"The template is in place ({time.monotonic() - started:.1f} s).")
        before = local.read_json(plan.var / "env.json")
        now = local.environment(self._secrets, outputs, web=self._web, aws=self._ministack.endpoint)
        addresses = ("PUBLIC_API_URL", "PUBLIC_SITE_URL")
        moved = any(before.get(name) not in (None, now[name]) for name in addresses)
        if deployment.fresh or moved or self._state_is_old:
            # A table that was lost, or addresses that published pages carry, are only in Django now.
            # A file, since this run may be killed before it is done.
            self._republish.touch()
        local.write_json(plan.var / "env.json", now)
        self._pause(0)

    def _bootstrap(self) -> None:
        """Fill database, table and pages with what they must hold."""
        plan, into = self._plan, self._plan.var / "demo.json"
        self._console.say("Preparing the database and the demo …")
        unchanged = self._environment == local.read_json(plan.var / "env.json")
        if unchanged and plan.is_migrated() and not self._republish.exists():
            # Most starts. Another Django would cost seconds of the two cores that all wait for.
            plan.bootstrap(into)
            return
        command = ["bootstrap", "--into", str(into)]
        if self._republish.exists():
            command.append("--republish")
        self._run_once("bootstrap", command)
        self._republish.unlink(missing_ok=True)

    def _run_once(self, name: str, command: Sequence[str]) -> None:
        child = once(self._plan, name, command)
        child.start()
        deadline = time.monotonic() + BOOTSTRAP_SECONDS
        try:
            while child.alive():
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"{name} does not come to an end:\n{child.last_words()}")
                self._pause(0.05)
        finally:
            child.stop()
        if child.returncode != 0:
            raise EmbeddedError(f"{name} failed:\n{child.last_words(40)}")

    def _wait_for_answers(self) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        says_at = time.monotonic() + SAYS_SECONDS
        waiting: dict[str, Callable[[], bool]] = {
            "the site": lambda: status_of(f"{self._web}/readyz") == 200,
            "the API": self._warm.is_set,
            **{f"the process {name}": partial(self._is_ready, name) for name in DJANGO},
            "the Pipes": lambda: self._kept["pipes"].last_words() != "",
        }
        while waiting:
            self._kept.watch()
            waiting = {name: answers for name, answers in waiting.items() if not answers()}
            if waiting and time.monotonic() > deadline:
                raise EmbeddedError(f"No answer from {' and '.join(waiting)}; see var/log/.")
            if waiting and time.monotonic() > says_at:
                self._console.say(f"Waiting for {' and '.join(waiting)} …")
                says_at += SAYS_SECONDS
            self._pause(0.1)

    def _is_ready(self, name: str) -> bool:
        return "ready" in self._kept[name].last_words(200)

    def _warm_up(self) -> None:
        """Start each function of the public path once, and note when they answer."""
        written = local.read_json(self._plan.var / "env.json")
        api = f"{written['PUBLIC_API_URL']}/v1/campaigns/-"
        shown = f"{api}/submissions/00000000-0000-4000-8000-000000000000"
        function = f"{written['AWS_ENDPOINT_URL']}/2015-03-31/functions"
        calls = (
            ("POST", f"{api}/start", b'{"release":1,"locale":"en"}'),
            ("POST", f"{function}/{written['WRITE_FUNCTION_NAME']}/invocations", b"[]"),
            ("GET", shown, None),
        )
        for method, address, body in calls:
            # Patiently: a call given up leaves a function that starts, and the next one starts another.
            while status_of(address, method, body, seconds=ANSWER_SECONDS / 4) == 0:
                if self._signals:
                    return
                time.sleep(0.2)
        self._warm.set()

    def _announce(self) -> None:
        plan = self._plan
        demo = local.read_json(plan.var / "demo.json")
        facts: dict[str, Any] = {
            "web": self._web,
            "admin": f"{self._web}/admin/",
            "api": local.read_json(plan.var / "env.json")["PUBLIC_API_URL"],
            "accounts": demo.get("accounts", []),
            "campaigns": demo.get("campaigns", []),
        }
        local.write_json(plan.var / "up.json", facts)
        self._console.announce(facts, data=plan.var)
        self._console.say(memory_line(self._kept.children))

    # ------------------------------------------------------------------ restarts

    def _before_restart(self, child: Child) -> None:
        if child.name == "aws":
            self._ministack.clear_scratch()
            self._state_is_old = self._ministack.note_start()

    def _after_restart(self, child: Child) -> None:
        """Deploy and republish into an emulator that was killed: it kept its buckets and an older state.

        The others retry until it answers, but what reads the table must read its new name.
        """
        if child.name != "aws":
            return
        try:
            self._ministack.wait(child)
            self._deploy()
            self._bootstrap()
        except EmbeddedError as error:
            self._console.say(str(error))
            child.stop()
            return
        self._kept.renew(("web", *DJANGO))
        self._ministack.note_filled()
        self._start_repair()

    def _start_repair(self) -> None:
        """Bring to the site what the emulator wrote last and nobody read: it forgets its stream.

        Beside everything else, as it reads the whole table.
        """
        if self._repair is not None:
            self._repair.stop()
        self._repair = once(self._plan, "reconcile", ["reconcile"])
        self._repair.start()

    # ------------------------------------------------------------------ down

    def _wait_for_space(self) -> None:
        """Leave a person a minute to make room: the emulator ends by writing down all that it holds."""
        until = time.monotonic() + SPACE_SECONDS
        said = False
        while self._signals < 2 and time.monotonic() < until and not self._has_space():
            if not said:
                self._console.say(
                    f"The disk of {self._plan.var} is full. Make room within {SPACE_SECONDS} s, or what "
                    "the emulator holds is lost; press Ctrl-C again to end at once."
                )
                said = True
            time.sleep(0.2)

    def _has_space(self) -> bool:
        return shutil.disk_usage(self._plan.var).free >= LEAST_FREE_BYTES

    def _take_down(self) -> None:
        (self._plan.var / "up.json").unlink(missing_ok=True)
        if self._repair is not None:
            self._repair.stop()
        for name in ("web", *DJANGO):
            if name in self._kept:
                self._kept[name].ask_to_stop()
        for name in ("web", *DJANGO, "pipes", "aws"):
            if name not in self._kept:
                continue
            if name == "aws":
                self._wait_for_space()
            self._kept[name].stop()
            if name != "aws":  # it takes leave with a traceback
                self._console.follow([self._kept[name]])
        self._kept.forget()
        self._console.say("Everything has ended.")
