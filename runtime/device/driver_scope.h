// What: two settings of the calling thread, changed for a scope: its capture mode and its context.
// Threads: each object belongs to the thread that made it.
#pragma once

#include "device/device.h"

namespace fp4jit {

// Lets this thread load code while another thread captures a stream in global mode.
class RelaxedCapture {
 public:
  explicit RelaxedCapture(const DriverApi& api) : api_(api) {
    exchanged_ = api_.thread_exchange_stream_capture_mode(&mode_) == CUDA_SUCCESS;
  }
  ~RelaxedCapture() {
    if (exchanged_) api_.thread_exchange_stream_capture_mode(&mode_);
  }
  RelaxedCapture(const RelaxedCapture&) = delete;
  RelaxedCapture& operator=(const RelaxedCapture&) = delete;

 private:
  const DriverApi& api_;
  CUstreamCaptureMode mode_ = CU_STREAM_CAPTURE_MODE_RELAXED;
  bool exchanged_ = false;
};

// Makes the device's primary context current; what was current before is so again afterwards.
class PrimaryContext {
 public:
  explicit PrimaryContext(const Device& device)
      : api_(*device.api), result_(api_.ctx_push_current(device.primary_context)) {}
  ~PrimaryContext() {
    CUcontext popped = nullptr;
    if (result_ == CUDA_SUCCESS) api_.ctx_pop_current(&popped);
  }
  PrimaryContext(const PrimaryContext&) = delete;
  PrimaryContext& operator=(const PrimaryContext&) = delete;

  CUresult result() const { return result_; }

 private:
  const DriverApi& api_;
  CUresult result_;
};

}  // namespace fp4jit
