"""As much of the CUDA driver API as it takes to run one kernel of somebody's PTX, on any libcuda.so.1."""
import contextlib
import ctypes

ERROR_LOG_BUFFER, ERROR_LOG_BYTES = 5, 6  # CUjit_option
LOG_BYTES = 4096


class DriverError(Exception):
    pass


class Driver:
    """One device with its primary context, which is current in this thread."""

    def __init__(self, library):
        self.library = ctypes.CDLL(str(library))
        device, self.context = ctypes.c_int(), ctypes.c_void_p()
        self.call("cuInit", 0)
        self.call("cuDeviceGet", ctypes.byref(device), 0)
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(self.context), device)
        self.call("cuCtxSetCurrent", self.context)
        self.device = device

    def call(self, name, *arguments, log=None):
        code = getattr(self.library, name)(*arguments)
        if code != 0:
            why = log.value.decode(errors="replace").strip() if log else ""
            raise DriverError(f"{name}: {self._text(code)}{': ' if why else ''}{why}")

    def _text(self, code):
        found = []
        for question in ("cuGetErrorName", "cuGetErrorString"):
            text = ctypes.c_char_p()
            getattr(self.library, question)(code, ctypes.byref(text))
            found.append((text.value or b"?").decode())
        return f"{found[0]} ({code}): {found[1]}"

    def attribute(self, number):
        value = ctypes.c_int()
        self.call("cuDeviceGetAttribute", ctypes.byref(value), number, self.device)
        return value.value

    @contextlib.contextmanager
    def memory(self, data):
        """The address of a copy of these bytes; an empty one is never asked for."""
        address = ctypes.c_uint64()
        self.call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(len(data)))
        try:
            self.call("cuMemcpyHtoD_v2", address, bytes(data), ctypes.c_size_t(len(data)))
            yield address.value
        finally:
            self.library.cuMemFree_v2(address)

    def read(self, address, count):
        data = ctypes.create_string_buffer(count)
        self.call("cuMemcpyDtoH_v2", data, ctypes.c_uint64(address), ctypes.c_size_t(count))
        return data.raw

    def kernel(self, ptx, entry):
        """The entry of a module that stays loaded."""
        module, function, log = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.create_string_buffer(LOG_BYTES)
        options = (ctypes.c_int * 2)(ERROR_LOG_BUFFER, ERROR_LOG_BYTES)
        values = (ctypes.c_void_p * 2)(ctypes.addressof(log), LOG_BYTES)
        self.call("cuModuleLoadDataEx", ctypes.byref(module), ptx + b"\0", 2, options, values, log=log)
        self.call("cuModuleGetFunction", ctypes.byref(function), module, entry.encode())
        return function

    def launch(self, function, grid, block, parameters, shared_bytes=0):
        """Runs it to its end. Parameters are ctypes' numbers, of the kernel's sizes."""
        addresses = (ctypes.c_void_p * len(parameters))(*map(ctypes.addressof, parameters))
        self.call("cuLaunchKernel", function, *grid, *block, shared_bytes, None, addresses, None)
        self.call("cuCtxSynchronize")
