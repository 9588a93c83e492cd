"""Stand-in of vLLM: the functions that its plugin replaces, with their real signatures. The loader of plugins comes
from the folder that FP4JIT_TEST_VLLM_LOADER names: the one beside this, or that of an unpacked wheel of vLLM.
"""

import os

__path__.append(os.environ["FP4JIT_TEST_VLLM_LOADER"])
