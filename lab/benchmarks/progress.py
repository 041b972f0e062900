"""Says every two seconds how far the loads are, and how long the rest will take."""

import time


class Progress:
    """Counts steps of equal length, of a known number."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._started = self._said = time.monotonic()

    def add(self, what: str) -> None:
        """Counts one more step, which was `what`."""
        self._done += 1
        now = time.monotonic()
        if now - self._said >= 2:
            self._said = now
            seconds = now - self._started
            left = seconds / self._done * (self._total - self._done)
            print(f"    {what}: {seconds:.0f} s, about {left:.0f} s left", flush=True)
