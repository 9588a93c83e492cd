"""No include of ours points upward in the map."""
import layering
import pytest
import tree


def test_every_include_follows_an_arrow():
    assert layering.violations(tree.read(tree.CXX)) == []


def test_the_tree_has_every_layer_that_the_map_names():
    missing = {layer for layer, arrows in layering.ARROWS.items()} - {
        layering.layer_of(path) for path in tree.read(tree.CXX)
    }
    assert missing <= {"plugins"}, f"layers without a file: {missing}"


# The files that the cases below include.
WORLD = {
    "runtime/base/status.h": "",
    "runtime/spec/spec.h": "",
    "runtime/codegen/source.h": "",
    "runtime/compile/compiler.h": "",
    "runtime/device/kernel.h": "",
    "runtime/registry/registry.h": "",
    "runtime/host/quantize.h": "",
    "runtime/include/fp4jit/fp4jit.h": "",
    "runtime/capi_translate.h": "",
    "cache/record.h": "",
    "tools/model/plan.h": "",
    "templates/quantize.cuh": "",
    "templates/quantize_args.cuh": "",
    "templates/device/types.cuh": "",
}


@pytest.mark.parametrize(
    "path, line",
    [
        ("runtime/base/a.cc", '#include "spec/spec.h"'),
        ("runtime/base/a.cc", "#include <fp4jit/fp4jit.h>"),
        ("cache/a.cc", '#include "spec/spec.h"'),
        ("cache/a.cc", '#include "../runtime/spec/spec.h"'),
        ("runtime/spec/a.cc", '#include "cache/record.h"'),
        ("runtime/spec/a.cc", '#include "templates/quantize_args.cuh"'),
        ("runtime/codegen/a.cc", '  #  include "compile/compiler.h"'),
        ("runtime/compile/a.cc", '#include "device/kernel.h"'),
        ("runtime/device/a.cc", '#include "compile/compiler.h"'),
        ("runtime/device/a.cc", '#include "templates/quantize.cuh"'),
        ("runtime/host/a.cc", '#include "device/kernel.h"'),
        ("runtime/host/a.cc", '#include "templates/quantize_args.cuh"'),
        ("runtime/registry/a.cc", '#include "host/quantize.h"'),
        ("runtime/capi.cc", '#include "tools/model/plan.h"'),
        ("tools/cli/a.cc", '#include "fp4jit/fp4jit.h"'),
        ("tools/bench/a.cc", '#include "capi_translate.h"'),
        ("cache/a.cc", '#include "templates/generated.h"'),
        ("plugins/torch/a.cc", '#include "spec/spec.h"'),
        ("templates/quantize.cuh", "#include <cstdint>"),
        ("templates/device/a.cuh", '#include "quantize.cuh"'),
        ("templates/device/a.cuh", '#include "quantize_args.cuh"'),
        ("runtime/compile/compiler.cc", "#include <nvrtc.h>"),
        ("runtime/registry/a.cc", "#include <cuda.h>"),
        ("tools/cli/a.cc", "#include <cuda_runtime.h>"),
        ("cache/record.cc", "#include <sqlite3.h>"),
        ("tools/cli/a.cc", "#include <fmt/core.h>"),
        ("runtime/host/a.cc", 'extern "C" int f();'),
        ("templates/quantize.cuh", "#ifdef __CUDA_ARCH__"),
    ],
)
def test_an_arrow_against_the_map_is_found(path, line):
    assert len(layering.violations({**WORLD, path: f"// a comment\n{line}\n"})) == 1


@pytest.mark.parametrize(
    "path, line",
    [
        ("runtime/spec/a.cc", '#include "base/status.h"'),
        ("runtime/registry/a.cc", '#include "spec/spec.h"'),
        ("runtime/device/a.cc", '#include "templates/quantize_args.cuh"'),
        ("runtime/capi.cc", '#include "fp4jit/fp4jit.h"'),
        ("runtime/compile/nvrtc_library.cc", "#include <nvrtc.h>"),
        ("runtime/device/driver.h", "#include <cuda.h>"),
        ("tools/cli/a.cc", '#include "model/plan.h"'),
        ("tools/cli/a.cc", '#include "codegen/source.h"'),
        ("tools/bench/a.cc", '#include "fp4jit/fp4jit.h"\n#include "registry/registry.h"'),
        ("templates/quantize.cuh", '#include "device/types.cuh"\n#include "quantize_args.cuh"'),
        ("runtime/codegen/a.cc", '#include "templates/generated.h"'),
        ("runtime/host/a.cc", "#include <cmath>"),
    ],
)
def test_an_arrow_of_the_map_is_not(path, line):
    assert layering.violations({**WORLD, path: line}) == []
