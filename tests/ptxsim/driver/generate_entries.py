"""Writes what the driver API declares as C++: stubs and table of its entries, its per-thread variants, its errors.

    generate_entries.py INCLUDE_FOLDER OUTPUT_FOLDER

cuda.h says which symbols there are, cudaTypedefs.h from which version on each has its signature. Every symbol gets
a weak definition that answers CUDA_ERROR_NOT_SUPPORTED; what this folder models is a strong one.
"""
import pathlib
import re
import sys

TYPEDEF = re.compile(r"typedef\s+CUresult\s+\(CUDAAPI \*PFN_(cu\w+?)_v(\d+)(_ptsz|_ptds)?\)\((.*?)\);")
DECLARED = re.compile(r"CUDAAPI\s+(cu[A-Z]\w*)\s*\(")
RENAMED = re.compile(r"#\s*define\s+cu[A-Z]\w*\s+(?:__CUDA_API_PT[DS][SZ]\()?(cu[A-Z]\w*)")
ERROR = re.compile(r"/\*\*((?:[^*]|\*(?!/))*)\*/\s*(CUDA_\w+)\s*=\s*(\d+)")

# Entries of a name that went on under another one, which the typedefs don't say.
CONTINUED = {
    "cuGetProcAddress": (12000, "cuGetProcAddress_v2"),
    "cuGraphInstantiate": (12000, "cuGraphInstantiateWithFlags"),
}
UNKNOWN_VERSION = 2000


def declared_symbols(header):
    code = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    symbols = set(DECLARED.findall(code)) | set(RENAMED.findall(code))
    return {symbol for symbol in symbols if not re.search(r"_pt[sd][sz]$", symbol)}


def entries_of(typedefs, symbols):
    """{(name, version): symbol}: the n-th signature of a name has the symbol name_vn."""
    versions = {}
    for name, version, suffix, _ in typedefs:
        if not suffix:
            versions.setdefault(name, set()).add(int(version))
    entries = {}
    for name, numbers in versions.items():
        for rank, version in enumerate(sorted(numbers), 1):
            entries[name, version] = name if rank == 1 else f"{name}_v{rank}"
    for name, (version, symbol) in CONTINUED.items():
        entries[name, version] = symbol
    for symbol in sorted(symbols - set(entries.values())):
        name = re.sub(r"_v\d+$", "", symbol)
        if name not in versions:
            entries[name, UNKNOWN_VERSION] = symbol
    return entries


def per_thread_variants(typedefs, entries, symbols):
    """{symbol: (its variant, parameters)} for each that cuda.h declares with the signature of the variant."""
    found = {}
    for name, version, suffix, parameters in typedefs:
        fitting = [v for n, v in entries if n == name and v <= int(version)]
        symbol = entries.get((name, max(fitting, default=0)))
        if suffix and symbol in symbols:
            found[symbol] = (symbol + suffix, parameters)
    return found


def stubs_text(entries, variants, symbols):
    """Without cuda.h, whose signatures the stubs don't have."""
    names = sorted(symbols | set(entries.values()))
    lines = ['#include "tests/ptxsim/driver/entry_table.h"', "", 'extern "C" {']
    lines += [f"int {variant}();" for variant, _ in sorted(variants.values())]
    for name in names:
        lines.append(f'__attribute__((weak, visibility("default"))) int {name}() {{')
        lines.append(f'  return ptxsim::not_modelled("{name}");\n}}')
    lines += ["}", "", "namespace ptxsim {", "", "const std::vector<EntryPoint>& entry_points() {"]
    lines.append("  static const std::vector<EntryPoint> entries = {")
    for (name, version), symbol in sorted(entries.items()):
        variant = variants[symbol][0] if symbol in variants else "nullptr"
        lines.append(f'      {{"{name}", {version}, {symbol}, {variant}}},')
    return "\n".join([*lines, "  };", "  return entries;", "}", "", "}  // namespace ptxsim", ""])


def variants_text(variants):
    """The null stream of a program built for per-thread default streams is CU_STREAM_PER_THREAD."""
    lines = ["#include <cudaTypedefs.h>", "", 'extern "C" {']
    for symbol, (variant, parameters) in sorted(variants.items()):
        # An old signature, too, is called by the name that its symbol has.
        lines += [f"#undef {symbol}", f"CUresult {symbol}({parameters});"]
        arguments = []
        for parameter in parameters.split(","):
            name = re.search(r"(\w+)(\[\])?\s*$", parameter).group(1)
            is_stream = re.match(r"\s*CUstream\s+\w+\s*$", parameter)
            arguments.append(f"{name} != nullptr ? {name} : CU_STREAM_PER_THREAD" if is_stream else name)
        lines.append(f'__attribute__((weak, visibility("default"))) CUresult {variant}({parameters}) {{')
        lines.append(f"  return {symbol}({', '.join(arguments)});\n}}")
    return "\n".join([*lines, "}", ""])


def errors_text(header):
    enumeration = header[header.index("typedef enum cudaError_enum {") : header.index("} CUresult;")]
    lines = []
    for comment, name, code in ERROR.findall(enumeration):
        text = " ".join(re.sub(r"^\s*\*", "", comment, flags=re.MULTILINE).replace("::", "").split())
        text = re.sub(r"\\(deprecated|p) ", "", text).replace('"', '\\"')
        sentence = re.split(r"(?<=[.])\s", text)[0]
        lines.append(f'{{static_cast<CUresult>({code}), "{name}", "{sentence}"}},')
    return "\n".join([*lines, ""])


def main(include, output):
    header = (include / "cuda.h").read_text()
    typedef_text = "".join((include / name).read_text() for name in ("cudaTypedefs.h", "cudaProfilerTypedefs.h"))
    typedefs = TYPEDEF.findall(typedef_text)
    # The profiler's entries are declared in a header that not every package of cuda.h has.
    symbols = declared_symbols(header) | {name for name, *_ in typedefs if name.startswith("cuProfiler")}
    entries = entries_of(typedefs, symbols)
    variants = per_thread_variants(typedefs, entries, symbols)
    (output / "entry_stubs.cc").write_text(stubs_text(entries, variants, symbols))
    (output / "per_thread_entries.cc").write_text(variants_text(variants))
    (output / "errors.inc").write_text(errors_text(header))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
