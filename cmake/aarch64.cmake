# Toolchain: Arm servers, from Debian's cross compiler; what is built runs here under qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)

# Of fmt only its headers are used; Debian files the package's CMake config under the building machine's triplet.
file(GLOB fmt_DIR /usr/lib/*/cmake/fmt)
