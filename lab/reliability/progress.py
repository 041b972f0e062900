"""Says every two seconds how far a form is."""

import time


class Progress:
    """Counts what is done of a known number."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._started = self._said = time.monotonic()

    def add(self, more: int = 1) -> None:
        """Counts more, and says so when the last time was two seconds ago."""
        self._done += more
        if time.monotonic() - self._said >= 2:
            self._said = time.monotonic()
            seconds = round(self._said - self._started)
            print(f"    {self._what}: {self._done:,} of {self._total:,} in {seconds} s", flush=True)
