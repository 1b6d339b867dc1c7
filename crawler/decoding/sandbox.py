"""What a decoding child takes from itself before it sees the first stranger's byte.

Order matters: everything is imported first, then privileges are dropped, then the kernel is told to refuse. After
that the process can compute, talk over the one socket it was given, and read memory that it is handed; nothing else.
"""

import contextlib
import ctypes
import errno
import fcntl
import os
import platform
import resource
import signal
import sys
from types import ModuleType
from typing import Any, Final

MEMORY_BYTES: Final = 2048 * 2**20
"""Address space. 64 megapixels: 256 MiB in Pillow, 192 as an array, 512 in the fingerprint's two planes."""
CPU_SECONDS: Final = 30
"""For one picture; the parent's deadline is shorter in real time."""
OPEN_FILES: Final = 32
MOST_THREADS: Final = 4096
"""Of the user, where threads are allowed at all: a bomb of them ends there, and the deadline ends it."""
_NOBODY: Final = 65534
_THREAD: Final = 0x3D0F00
"""``clone`` for a thread of this very process, as the C library asks for it: all memory, files and signals in common
(clone(2): VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID)."""
_DETACHED: Final = 0x400000
"""Means nothing to the kernel; musl says it."""

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38

_ALLOWED: Final = (
    "read", "readv", "write", "writev", "recvmsg", "recvfrom", "sendmsg", "sendto", "pread64", "lseek", "close",
    "fstat", "newfstatat", "dup", "mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "futex", "futex_time64",
     "sched_yield", "sched_getaffinity", "rt_sigreturn", "rt_sigaction", "rt_sigprocmask",
    "sigaltstack", "restart_syscall", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep",
    "gettimeofday", "getrandom", "getpid", "gettid", "poll", "ppoll", "getrusage", "setrlimit", "getrlimit",
    "set_robust_list", "rseq", "exit", "exit_group",
)  # fmt: skip
_DESCRIPTOR_ORDERS: Final = (fcntl.F_DUPFD, fcntl.F_DUPFD_CLOEXEC, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL)
"""Of ``fcntl``. By others (F_SETOWN, F_SETSIG) a socket sends any signal to any process of the same user."""


def die_with_parent() -> None:
    """The kernel kills this process when its parent ends, however that ends. Called first."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:
        sys.exit(0)  # it ended before we asked


def limit_resources(threads: bool = False) -> None:
    """No core file, no file written, no further process, few descriptors, bounded memory."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, _allowed(resource.RLIMIT_NPROC, MOST_THREADS) if threads else 0),
        (resource.RLIMIT_AS, MEMORY_BYTES),
    ):
        resource.setrlimit(what, (most, most))


def _allowed(what: int, wanted: int) -> int:
    hard = resource.getrlimit(what)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def give_processor_time(seconds: int = CPU_SECONDS) -> None:
    """So many more seconds from now on; one more than that and the kernel ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def drop_privileges() -> None:
    """Root becomes nobody; then no way back, and nobody may read this memory."""
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):  # inside some containers root may not
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    _prctl(_PR_SET_DUMPABLE, 0)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def load_filter() -> ModuleType | None:
    """The library that talks to the kernel's filter, loaded while files can still be opened; ``None``: not there."""
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError, AttributeError):
        return None
    return pyseccomp  # type: ignore[no-any-return]


def filter_calls(library: ModuleType | None, threads: bool = False) -> str | None:
    """Lets the kernel refuse every system call that decoding does not need.

    No other process can be told anything: signals and limits reach this one alone. ``threads``: it may start threads
    of its own, which the filter holds too, and still no process.

    Returns:
        ``None`` when the filter stands; else why there is none, for ``doctor``: the limits above still hold.
    """
    if library is None:
        return "no system call filter; install libseccomp2 and pyseccomp"
    try:
        refuse = library.SyscallFilter(library.ERRNO(errno.EPERM))
        for name in _ALLOWED:
            with contextlib.suppress(RuntimeError, ValueError, OSError):  # not every machine has every call
                refuse.add_rule(library.ALLOW, name)
        refuse.add_rule(library.ALLOW, "tgkill", library.Arg(0, library.EQ, os.getpid()))
        refuse.add_rule(library.ALLOW, "prlimit64", library.Arg(0, library.EQ, 0))
        for order in _DESCRIPTOR_ORDERS:
            refuse.add_rule(library.ALLOW, "fcntl", library.Arg(1, library.EQ, order))
        if threads:
            _allow_threads(refuse, library)
        refuse.load()
    except (OSError, RuntimeError, AttributeError) as wrong:
        return f"no system call filter ({type(wrong).__name__}): this kernel does not allow one"
    return None


def _allow_threads(refuse: Any, library: ModuleType) -> None:
    # clone3 hides its flags from the filter; told that there is none, the C library falls back to clone, which shows
    # them first (but on s390 and CRIS: there threads stay refused).
    refuse.add_rule(library.ERRNO(errno.ENOSYS), "clone3")
    if platform.machine() not in ("s390x", "cris"):
        for flags in (_THREAD, _THREAD | _DETACHED):
            refuse.add_rule(library.ALLOW, "clone", library.Arg(0, library.EQ, flags))


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
