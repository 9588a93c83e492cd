# fp4jit_layer(NAME SOURCES a.cc … LINKS fp4jit_base …): one folder of the map as one target.
# Every layer is position-independent with hidden symbols, so that it can become part of libfp4jit.so.
function(fp4jit_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${LAYER_SOURCES})
  target_link_libraries(${name} PUBLIC fp4jit_options ${LAYER_LINKS})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                                           VISIBILITY_INLINES_HIDDEN ON)
  set_property(GLOBAL APPEND PROPERTY FP4JIT_LAYERS ${name})
endfunction()

# What every translation unit of ours is compiled with. Host arithmetic is the oracle of the kernels: no
# contraction of a*b+c into one rounding.
add_library(fp4jit_options INTERFACE)
target_compile_features(fp4jit_options INTERFACE cxx_std_20)
target_include_directories(fp4jit_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/runtime)
target_compile_options(fp4jit_options INTERFACE -Wall -Wextra -Werror -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # It takes the two halves of `"text" + string` for overlapping.
  target_compile_options(fp4jit_options INTERFACE -Wno-restrict)
endif()
if(FP4JIT_SANITIZE)
  # GCC 12 takes variables of <regex> and <functional> for uninitialised once they are instrumented.
  target_compile_options(fp4jit_options INTERFACE -fsanitize=${FP4JIT_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all -Wno-maybe-uninitialized)
  target_link_options(fp4jit_options INTERFACE -fsanitize=${FP4JIT_SANITIZE})
endif()

# What ships runs where the C++ library is older or absent: what it uses of that is inside. The linker leaves out the
# rest, parts of which want a newer C library than we do. A sanitizer needs the shared one.
add_library(fp4jit_shipped INTERFACE)
if(NOT FP4JIT_SANITIZE)
  target_link_options(fp4jit_shipped INTERFACE -static-libstdc++ -static-libgcc -Wl,--gc-sections)
endif()
