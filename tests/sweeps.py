"""How far the long sweeps go: thin while somebody waits for them, whole in `make soak`."""

import os

WHOLE = os.environ.get("HUBCTL_TEST_SWEEPS") == "whole"
