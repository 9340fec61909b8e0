"""What apt and dpkg complain of on stderr: in our words, and what it means for us."""

from __future__ import annotations

from bpfref.errors import MachineError

# Apt's own words when nobody answered. Only then are older lists good enough: any other failure,
# above all one of a signature, rules the suite out.
_NOBODY_ANSWERED = (
    "Could not resolve",
    "Temporary failure resolving",
    "Could not connect",
    "Unable to connect",
    "Cannot initiate the connection",
    "Connection failed",
    "Connection timed out",
    "Network is unreachable",
)
_ONLY_SUMS_UP = ("Some index files failed to download",)


def refuse(what: str, stderr: str, repair: str) -> MachineError:
    """Word the error for what apt or dpkg would not do, with what it said on stderr."""
    return MachineError(f"{what}: {quote(stderr)}. To repair: {repair}")


def quote(stderr: str) -> str:
    """What apt or dpkg said on stderr, in one line."""
    return "; ".join(line.strip() for line in stderr.splitlines() if line.strip()) or "it gave no reason"


def is_offline(stderr: str) -> bool:
    """Whether all that apt complains of is that nobody answered."""
    complaints = [line for line in stderr.splitlines() if line.startswith(("E:", "W:", "Err:"))]
    real = [line for line in complaints if not any(word in line for word in _ONLY_SUMS_UP)]
    return bool(real) and all(any(word in line for word in _NOBODY_ANSWERED) for line in real)
