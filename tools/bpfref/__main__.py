"""`python -m bpfref`."""

from bpfref.cli import main

raise SystemExit(main())
