"""The structs and enumerations of fp4jit.h, each once.

A test reads the header and compares. A struct is a table of (field, type code of `struct`); from it come both a ctypes
class, for calls that may block, and a packer, for the calls that must not cost anything.
"""

import ctypes
import struct

ABI_VERSION = (0, 1)

STATUSES = {
    "OK": 0,
    "INVALID_ARGUMENT": 100,
    "ABI_MISMATCH": 101,
    "INVALID_SPEC": 110,
    "UNSUPPORTED": 111,
    "NOT_PREPARED": 200,
    "SEALED": 210,
    "NOT_PREPARED_IN_CAPTURE": 211,
    "NO_DRIVER": 300,
    "DRIVER": 301,
    "FORKED": 302,
    "NO_NVRTC": 400,
    "COMPILE": 401,
    "CANCELLED": 402,
    "IO": 500,
    "CORRUPT": 501,
    "OUT_OF_MEMORY": 600,
    "INTERNAL": 900,
}

OPS = {"quantize": 0}
FORMATS = {"nvfp4": 0, "mxfp4": 1, "mxfp8": 2}
DTYPES = {"f16": 0, "bf16": 1, "e4m3": 2, "f32": 3}
SF_LAYOUTS = {"linear": 0, "128x4": 1, "8x4": 2}
SCALES = {"default": 0, "tensor": 1, "inverse": 2, "row": 3}
NUMERICS = {"trtllm": 0, "exact": 1, "torchao": 2}
UE8M0_MODES = {"rceil": 0, "floor": 1, "ceil": 2, "even": 3}
ON_MISS = {"build": 1, "generic": 2}
SEAL_MODES = {"off": 0, "soft": 1, "hard": 2}
ARTIFACTS = {"cubin": 1, "ptx": 2}
STORE_STATES = {"read-write": 0, "read-only": 1, "memory-only": 2}

_CTYPES = {
    "i": ctypes.c_int32,
    "I": ctypes.c_uint32,
    "q": ctypes.c_int64,
    "Q": ctypes.c_uint64,
    "N": ctypes.c_size_t,
    "P": ctypes.c_void_p,
    "z": ctypes.c_char_p,
    "d": ctypes.c_double,
}

SPEC_FIELDS = (
    ("struct_size", "I"),
    ("op", "i"),
    ("format", "i"),
    ("k", "I"),
    ("k_out", "I"),
    ("in", "i"),
    ("sf_layout", "i"),
    ("scale", "i"),
    ("numerics", "i"),
    ("ue8m0", "i"),
    ("grouping", "i"),
    ("pdl", "i"),
    ("target_sm", "i"),
    ("target_suffix", "i"),
    ("target_is_ptx", "i"),
)

OUTPUT_SHAPE_FIELDS = (
    ("struct_size", "I"),
    ("sf_vec_size", "i"),
    ("data_rows", "q"),
    ("data_columns", "q"),
    ("sf_rows", "q"),
    ("sf_columns", "q"),
    ("data_bytes", "q"),
    ("sf_bytes", "q"),
    ("input_bytes", "q"),
)

LAUNCH_ARGS_FIELDS = (
    ("struct_size", "I"),
    ("host_threads", "i"),
    ("m", "q"),
    ("k", "q"),
    ("k_out", "q"),
    ("input", "P"),
    ("global_scale", "P"),
    ("data", "P"),
    ("sf", "P"),
    ("input_bytes", "q"),
    ("data_bytes", "q"),
    ("sf_bytes", "q"),
    ("stream", "P"),
)

CONFIG_FIELDS = (
    ("struct_size", "I"),
    ("artifact", "i"),
    ("cache_dir", "z"),
    ("nvrtc_path", "z"),
    ("driver_path", "z"),
    ("log", "P"),
    ("log_user", "P"),
    ("log_level", "i"),
    ("on_miss", "i"),
    ("record_path", "z"),
)

PREPARE_ARGS_FIELDS = (
    ("struct_size", "I"),
    ("jobs", "i"),
    ("specs", "P"),
    ("spec_count", "N"),
    ("devices", "P"),
    ("device_count", "N"),
    ("progress", "P"),
    ("progress_user", "P"),
    ("cancel", "P"),
)

COUNTERS_FIELDS = (
    ("struct_size", "I"),
    ("store_state", "i"),
    ("compiler_opened", "i"),
    ("driver_opened", "i"),
    ("find_misses", "Q"),
    ("kernels", "Q"),
    ("loads", "Q"),
    ("load_failures", "Q"),
    ("memory_hits", "Q"),
    ("store_hits", "Q"),
    ("compiles", "Q"),
    ("compile_failures", "Q"),
    ("io_ops", "Q"),
    ("quarantined", "Q"),
    ("write_failures", "Q"),
    ("too_new", "Q"),
    ("look_ups", "Q"),
    ("hits", "Q"),
    ("launches", "Q"),
    ("launch_misses", "Q"),
    ("built_misses", "Q"),
    ("generic_misses", "Q"),
    ("capture_misses", "Q"),
    ("sealed_misses", "Q"),
    ("waits", "Q"),
    ("background_builds", "Q"),
    ("background_failures", "Q"),
    ("recorded", "Q"),
    ("compile_seconds", "d"),
    ("load_seconds", "d"),
)


def _struct_class(name: str, fields) -> type:
    """The ctypes class of a struct; `sized()` makes one whose struct_size is set."""
    cls = type(name, (ctypes.Structure,), {"_fields_": [(f, _CTYPES[t]) for f, t in fields]})
    cls.sized = classmethod(lambda cls, **values: cls(struct_size=ctypes.sizeof(cls), **values))
    return cls


Spec = _struct_class("fp4jit_spec", SPEC_FIELDS)
OutputShape = _struct_class("fp4jit_output_shape", OUTPUT_SHAPE_FIELDS)
LaunchArgs = _struct_class("fp4jit_launch_args", LAUNCH_ARGS_FIELDS)
Config = _struct_class("fp4jit_config", CONFIG_FIELDS)
PrepareArgs = _struct_class("fp4jit_prepare_args", PREPARE_ARGS_FIELDS)
Counters = _struct_class("fp4jit_counters", COUNTERS_FIELDS)

# fp4jit_launch_args as bytes: a tenth of the time of a ctypes object, immutable, so of no thread.
pack_launch_args = struct.Struct("@" + "".join(t for _, t in LAUNCH_ARGS_FIELDS)).pack
LAUNCH_ARGS_SIZE = ctypes.sizeof(LaunchArgs)


_status = ctypes.c_int32
_pointer = ctypes.c_void_p
_packed = ctypes.c_char_p  # a struct as bytes, or as a byref
_Spec = ctypes.POINTER(Spec)

# Arguments and result of the functions that this package calls.
PROTOTYPES = {
    "fp4jit_abi_version": ((), ctypes.c_uint32),
    "fp4jit_version_string": ((), ctypes.c_char_p),
    "fp4jit_last_error": ((), ctypes.c_char_p),
    "fp4jit_spec_from_text": ((ctypes.c_char_p, _Spec), _status),
    "fp4jit_spec_to_text": ((_Spec, ctypes.c_char_p, ctypes.POINTER(ctypes.c_size_t)), _status),
    "fp4jit_spec_validate": ((_Spec,), _status),
    "fp4jit_infer_outputs": (
        (_Spec, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.POINTER(OutputShape)),
        _status,
    ),
    "fp4jit_runtime_create": ((ctypes.POINTER(Config), ctypes.POINTER(ctypes.c_void_p)), _status),
    "fp4jit_runtime_release": ((_pointer,), _status),
    "fp4jit_prepare": ((_pointer, ctypes.POINTER(PrepareArgs)), _status),
    "fp4jit_seal": ((_pointer, ctypes.c_int32), _status),
    "fp4jit_drain": ((_pointer,), _status),
    "fp4jit_stats": ((_pointer, ctypes.POINTER(Counters)), _status),
    "fp4jit_host_quantize": ((_packed, _packed), _status),
    "fp4jit_launch_spec": ((_pointer, _packed, ctypes.c_int32, _packed), _status),
}
