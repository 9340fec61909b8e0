"""C into programs: clang for BPF, with the headers and the `vmlinux.h` that a program asks for.

`Compiler(cache=…).compile(Source(path))` gives the object, or CompileError in clang's own words.
"""

from __future__ import annotations

from bpfref.loader.compile.compiler import Compiler
from bpfref.loader.compile.messages import CompileError, Message
from bpfref.loader.compile.source import Compiled, Source, UserSource

__all__ = ["CompileError", "Compiled", "Compiler", "Message", "Source", "UserSource"]
