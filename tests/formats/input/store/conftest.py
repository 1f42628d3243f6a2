"""No name of a real machine in the reports of pytest."""

import platform

platform.node = lambda: "runner"
