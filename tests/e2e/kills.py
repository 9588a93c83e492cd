"""A prewarm of a hundred kernels that is killed, and what its store holds afterwards."""
import json

from program import spec_of

KERNELS = 100


class KilledPrewarm:
    def __init__(self, fp4jit, folder):
        self.fp4jit = fp4jit
        self.plan = folder / "plan.json"
        self.plan.write_text(json.dumps({"specs": [spec_of(16 * i) for i in range(1, KERNELS + 1)]}))

    def kill_after(self, seconds):
        """What stood in the store before stands there unchanged, and nothing in it is broken."""
        before = self.stored()
        self.fp4jit.run_and_kill(seconds, "prewarm", "--manifest", self.plan, "--quiet")
        assert before.items() <= self.stored().items(), "a stored record was written again"
        if self.fp4jit.cache.exists():
            assert self.fp4jit.json("verify")["bad"] == []

    def stored(self):
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in self.fp4jit.records()}

    def complete(self):
        """The next run compiles what is missing and nothing else."""
        stored = len(self.stored())
        answer = self.fp4jit.json("prewarm", "--manifest", self.plan)
        assert (answer["cached"], answer["compiled"], answer["failed"]) == (stored, KERNELS - stored, 0)
        assert self.fp4jit.json("verify", "--plan", self.plan)["good"] == KERNELS
        return stored
