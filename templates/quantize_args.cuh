// What: the parameter of the quantize kernels, one struct for host and device.
#pragma once

namespace fp4jit {

struct QuantizeArgs {
  const void* input;          // [m, k] elements, rows contiguous, 16-byte aligned
  const float* global_scale;  // one float; null for MX
  unsigned char* data;        // [m, k_out/2] bytes (mxfp8: k_out)
  unsigned char* sf;          // scale factors, padded as the layout asks
  long long m;                // rows
  // m * k / sf_vec_size, for the flat mapping: a 64-bit product costs a thread three instructions.
  long long blocks;
  unsigned int k, k_out;  // for run-time K; constants of the kernel otherwise
};

}  // namespace fp4jit
