# How tests are declared. Every test has a label, its tier: unit, host, kernels, nvrtc, compile, faults, hot_path, e2e,
# structure, install, bench, gpu, ptxsim, peer, plugins, long. `ctest -L unit` runs one; tools/test runs all but `long`.
include(GoogleTest)

set(FP4JIT_TEST_LABELS "" CACHE STRING "Declare only tests with one of these labels; empty: all")

# Debian ships GoogleTest as libraries for its own architecture and as source for every other.
if(CMAKE_CROSSCOMPILING)
  set(INSTALL_GTEST OFF)
  add_subdirectory(/usr/src/googletest ${PROJECT_BINARY_DIR}/googletest EXCLUDE_FROM_ALL)
else()
  find_package(GTest REQUIRED)
endif()
# The distribution's Python first: tools/setup installs pytest for that one.
find_program(FP4JIT_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(FP4JIT_PYTHON python3 REQUIRED)

# Most of a clean build is the tests' own sources: they are not optimised, save where a test says so, and have
# GoogleTest's headers compiled once. A cache of compilations does the same, and better where nothing has changed:
# with one, every test includes what it names.
set(prelude ${CMAKE_CURRENT_BINARY_DIR}/prelude.cc)
file(CONFIGURE OUTPUT ${prelude} CONTENT "// What: nothing; its target owns the precompiled headers of the tests.\n")
add_library(fp4jit_test_prelude OBJECT EXCLUDE_FROM_ALL ${prelude})
target_link_libraries(fp4jit_test_prelude PRIVATE fp4jit_options GTest::gmock)
target_compile_options(fp4jit_test_prelude PRIVATE -O0)
target_precompile_headers(fp4jit_test_prelude PRIVATE <gmock/gmock.h> <gtest/gtest.h>)

# fp4jit_test(NAME SOURCES a_test.cc … LINKS fp4jit_spec … LABELS unit … [TIMEOUT seconds] [OPTIMISED]):
# one GoogleTest program, each of its cases a test of ctest. FP4JIT_SOURCE_DIR and FP4JIT_BUILD_DIR are string
# literals in its sources; FP4JIT_EMULATED is there when it runs under an emulator. OPTIMISED: it computes so much
# that its own sources are worth it.
function(fp4jit_test name)
  cmake_parse_arguments(TEST "OPTIMISED" "TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
  fp4jit_test_defaults()
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE ${TEST_LINKS} fp4jit_options GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE FP4JIT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             FP4JIT_BUILD_DIR="${PROJECT_BINARY_DIR}"
                                             $<$<BOOL:${CMAKE_CROSSCOMPILING}>:FP4JIT_EMULATED>)
  if(NOT TEST_OPTIMISED)
    target_compile_options(${name} PRIVATE -O0)
    if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
      target_precompile_headers(${name} REUSE_FROM fp4jit_test_prelude)
    endif()
  endif()
  gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${TEST_TIMEOUT})
  # A list of labels does not survive gtest_discover_tests, which cuts it at its semicolons.
  set(labels_file ${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake)
  file(WRITE ${labels_file}
       "if(${name}_TESTS)\n  set_tests_properties(\${${name}_TESTS} PROPERTIES LABELS \"${TEST_LABELS}\")\nendif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels_file})
endfunction()

# fp4jit_pytest(NAME FILE test_x.py LABELS e2e … [TIMEOUT seconds] [VENV]): one file of Python tests as one test of
# ctest. The environment tells it the program (FP4JIT_BIN), the sources and the build folder. VENV: it runs in
# build/venv, which has torch (tools/setup --tests makes it), and sees the package of plugins/torch as a wheel has it.
function(fp4jit_pytest name)
  if(CMAKE_CROSSCOMPILING)
    return() # it would start a program that this machine cannot run
  endif()
  cmake_parse_arguments(TEST "VENV" "FILE;TIMEOUT" "LABELS" ${ARGN})
  fp4jit_test_defaults()
  set(python ${FP4JIT_PYTHON})
  set(environment FP4JIT_SOURCE_DIR=${PROJECT_SOURCE_DIR} FP4JIT_BUILD_DIR=${PROJECT_BINARY_DIR})
  if(TEST_VENV)
    # To compile these packages anew takes longer than the tests; the sources stay clean all the same.
    set(venv ${PROJECT_SOURCE_DIR}/build/venv)
    set(python ${venv}/bin/python)
    list(APPEND environment PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=${venv}/pycache
                            PYTHONPATH=${PROJECT_BINARY_DIR}/python)
  else()
    list(APPEND environment PYTHONDONTWRITEBYTECODE=1)
  endif()
  if(TARGET fp4jit_cli)
    list(APPEND environment FP4JIT_BIN=$<TARGET_FILE:fp4jit_cli>)
  endif()
  add_test(NAME ${name} COMMAND ${python} -m pytest -q -rs -p no:cacheprovider ${CMAKE_CURRENT_SOURCE_DIR}/${TEST_FILE})
  # The costliest start first, so that no core is left idle while the last one runs alone.
  set_tests_properties(${name} PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT ${TEST_TIMEOUT} COST ${TEST_TIMEOUT}
                                          ENVIRONMENT "${environment}")
endfunction()

# Completes what fp4jit_test and fp4jit_pytest parsed, and returns from them for a test that is not wanted here.
macro(fp4jit_test_defaults)
  if(NOT TEST_LABELS)
    message(FATAL_ERROR "test ${name} has no label")
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  set(wanted ${FP4JIT_TEST_LABELS})
  list(REMOVE_ITEM wanted ${TEST_LABELS})
  if(FP4JIT_TEST_LABELS AND wanted STREQUAL FP4JIT_TEST_LABELS)
    return()
  endif()
endmacro()
