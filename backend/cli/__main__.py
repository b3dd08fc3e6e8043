"""`python -m backend.cli`, the same as `lianxin`."""

import sys

from backend.cli import main

if __name__ == "__main__":  # a walk over all modules imports it, too
    sys.exit(main())
