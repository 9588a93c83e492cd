"""Kill -9 at fifty random points of a prewarm, each in an empty store: every rerun completes."""
import random
import shutil
import time

from kills import KilledPrewarm


def test_every_rerun_completes(fp4jit, tmp_path):
    prewarm = KilledPrewarm(fp4jit, tmp_path)
    started = time.monotonic()
    prewarm.complete()
    whole = time.monotonic() - started
    generator = random.Random(100)
    points = []
    for _ in range(50):
        shutil.rmtree(fp4jit.cache)
        prewarm.kill_after(generator.uniform(0.0, whole))
        points.append(prewarm.complete())
    assert len(set(points)) > 10, f"the kills came at too few different points: {points}"
