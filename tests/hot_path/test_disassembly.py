"""The look-ups of libfp4jit.so call nothing and lock nothing, by their machine code."""
import os
import pathlib
import platform

import disassembly
import pytest

LIBRARY = pathlib.Path(os.environ["FP4JIT_BUILD_DIR"], "runtime", "libfp4jit.so")
FIND = "fp4jit::Registry::find(fp4jit::PackedSpec, int) const"
KERNEL = "fp4jit::Registry::kernel(unsigned int) const"

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64", reason=f"this test reads x86-64 instructions; the machine is {platform.machine()}"
)


@pytest.fixture(scope="module")
def functions():
    return disassembly.functions(LIBRARY)


@pytest.mark.parametrize("name", [FIND, KERNEL])
def test_a_look_up_calls_nothing_and_locks_nothing(functions, name):
    assert name in functions, "it is no function of its own in the library: nothing can be checked"
    instructions = functions[name]
    print(f"{name}: {len(instructions)} instructions")
    assert any(text.startswith("ret") for text in instructions)
    assert disassembly.findings(name, instructions) == []


def test_the_same_check_finds_what_calls_and_what_locks(functions):
    load = disassembly.findings("fp4jit_load", functions["fp4jit_load"])
    assert any(text.startswith("call") for text in load)
    everything = [text for name, body in functions.items() for text in disassembly.findings(name, body)]
    assert any(text.startswith("lock") for text in everything)


@pytest.mark.parametrize(
    "text",
    [
        "call   b3be1 <malloc@plt>",
        "call   *0x18(%rax)",
        "lock cmpxchg %ecx,(%rdi)",
        "xchg   %eax,(%rdi)",
        "syscall",
        "rdtsc",
        "jmp    b3be1 <other>",
        "jmp    *%rax",
        "notrack jmp *%rax",
        "bnd call 10 <other>",
    ],
)
def test_each_forbidden_instruction_is_found(text):
    assert disassembly.findings("f", ["mov    (%rsi),%rdx", text]) == [text]


@pytest.mark.parametrize("text", ["jmp    b3be1 <f+0x71>", "jne    b3be1 <f>", "xchg   %ax,%ax", "ret", "nopw   (%rax)"])
def test_others_are_not(text):
    assert disassembly.findings("f", [text]) == []
