# cuda.h and nvrtc.h, for types and enumerators alone: neither library is linked. They come from the CUDA
# toolkit, or from the folder of wheels that tools/setup fills.
find_path(FP4JIT_CUDA_INCLUDE cuda.h
          HINTS ${PROJECT_SOURCE_DIR}/build/cuda/nvidia/cu13 ENV CUDA_HOME /usr/local/cuda
          PATH_SUFFIXES include REQUIRED)
find_path(FP4JIT_NVRTC_INCLUDE nvrtc.h
          HINTS ${PROJECT_SOURCE_DIR}/build/cuda/nvidia/cu13 ENV CUDA_HOME /usr/local/cuda
          PATH_SUFFIXES include REQUIRED)
# What NVIDIA's conversion headers, with which the tests compare, include.
if(FP4JIT_BUILD_TESTS)
  find_path(FP4JIT_CCCL_INCLUDE nv/target
            HINTS ${PROJECT_SOURCE_DIR}/build/cuda_tests/nvidia/cu13 ENV CUDA_HOME /usr/local/cuda
            PATH_SUFFIXES include include/cccl REQUIRED)
endif()
