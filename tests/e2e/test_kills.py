"""Kill -9 while prewarm works: each run goes on where the one before was killed, and the last completes."""
import random

from kills import KilledPrewarm


def test_fifty_kills_cost_nothing_that_was_stored(fp4jit, tmp_path):
    prewarm = KilledPrewarm(fp4jit, tmp_path)
    generator = random.Random(50)
    points = []
    for _ in range(50):
        prewarm.kill_after(generator.uniform(0.0, 0.15))
        points.append(len(prewarm.stored()))
    while points[-1] == 0:  # a program that starts slowly, as under a sanitizer
        prewarm.kill_after(1.0)
        points.append(len(prewarm.stored()))
    prewarm.complete()
