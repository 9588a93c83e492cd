// What: the header of a .npy file (NumPy's format, versions 1 to 3), both ways, for 2-D arrays in C
// order.
// Threads: pure.
// Errors: kInvalidArgument saying what the header is and what is taken: a magic, version or
// dictionary that is none, Fortran order, another number of axes. Takes any bytes; numbers that no
// file can hold are errors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace fp4jit::cli {

struct NpyHeader {
  std::string descr;  // the element type as NumPy spells it: "<f4"
  int64_t rows = 0;
  int64_t columns = 0;
  size_t header_bytes = 0;  // everything before the data

  // Of the data: rows * columns * element_bytes; kInvalidArgument where that is beyond any file.
  Result<uint64_t> data_bytes(int element_bytes) const;
};

// Enough of a file's beginning for every header that is taken.
inline constexpr size_t kMostNpyHeaderBytes = 1 << 16;

// `start` is the beginning of the file: all of it, or at least kMostNpyHeaderBytes.
Result<NpyHeader> parse_npy_header(std::string_view start);

// Version 1.0, padded so that the data is aligned to 64 bytes, as NumPy writes it.
std::string npy_header(std::string_view descr, int64_t rows, int64_t columns);

}  // namespace fp4jit::cli
