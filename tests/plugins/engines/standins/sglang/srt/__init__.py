"""Stand-in of SGLang: the functions that its plugin hooks, with their real signatures. The loader of plugins comes
from the folder that FP4JIT_TEST_SGLANG_LOADER names: the one beside this, or that of an unpacked wheel of SGLang.
"""

import os

__path__.append(os.path.join(os.environ["FP4JIT_TEST_SGLANG_LOADER"], "srt"))
