"""The machine that functions run on: which Python, which processor, which C library."""

import platform
import re
import sys
from dataclasses import dataclass

MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
"""How wheels call the architectures of Lambda."""

ELF_MACHINES = {"arm64": 0xB7, "x86_64": 0x3E}
"""``e_machine`` of an object's header, by architecture."""

_OLDEST_GLIBC = 17
"""manylinux2014, which every wheel of today may ask for."""

_GLIBC_WANTED = re.compile(rb"\x00GLIBC_2\.(\d+)(?:\.\d+)?(?=\x00)")


@dataclass(frozen=True)
class Target:
    """One runtime of Lambda on one architecture."""

    python: str = "3.13"
    architecture: str = "arm64"
    glibc: int = 34
    """The minor version of the C library: Amazon Linux 2023's, on which Python 3.12 and later run.

    On Amazon Linux 2, under 3.11 and before, it is 2.26: older than today's wheels of Pillow want.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """

    @classmethod
    def here(cls) -> "Target":
        """Return the target that this interpreter can run: what the emulator starts."""
        machine = platform.machine()
        architecture = "arm64" if machine in ("arm64", "aarch64") else "x86_64"
        _, _, minor = platform.libc_ver()[1].partition(".")
        python = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return cls(python, architecture, int(minor) if minor.isdigit() else cls.glibc)

    @property
    def runtime(self) -> str:
        """The name of the runtime in a template."""
        return f"python{self.python}"

    @property
    def machine(self) -> str:
        """The processor, as wheels and objects name it."""
        return MACHINES[self.architecture]

    @property
    def platforms(self) -> list[str]:
        """The platform tags of wheels that run there, the newest first."""
        tags = [f"manylinux_2_{minor}" for minor in range(self.glibc, _OLDEST_GLIBC - 1, -1)]
        return [f"{tag}_{self.machine}" for tag in (*tags, "manylinux2014")]

    @property
    def markers(self) -> dict[str, str]:
        """What differs from this interpreter in the conditions of a requirement."""
        return {
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "platform_machine": self.machine,
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "extra": "",
        }

    def misfit(self, name: str, content: bytes) -> str:
        """Say why an object can't be loaded there; nothing where it can, or is none.

        Read from the file: the processor in its header, the symbols of the C
        library that it wants, and the Python that its name says it was built for.
        """
        if content[:4] != b"\x7fELF":
            return ""
        machine = int.from_bytes(content[18:20], "little")
        if machine != ELF_MACHINES[self.architecture]:
            return f"{name} is for another processor ({machine:#x})"
        wanted = max((int(minor) for minor in _GLIBC_WANTED.findall(content)), default=0)
        if wanted > self.glibc:
            return f"{name} wants glibc 2.{wanted}, the runtime has 2.{self.glibc}"
        built = re.search(r"\.cpython-(\d)(\d+)-", name)
        if built and f"{built[1]}.{built[2]}" != self.python:
            return f"{name} is for Python {built[1]}.{built[2]}"
        return ""
