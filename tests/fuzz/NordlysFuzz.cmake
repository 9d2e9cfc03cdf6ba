# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets (a project of its own, tests/fuzz) and adds a test of 5 seconds and one of 60 with the label slow.
include(ExternalProject)
find_program(NORDLYS_FUZZ_COMPILER NAMES clang++ clang++-19 clang++-18 clang++-17 clang++-16 clang++-15 clang++-14 DOC "clang with libFuzzer")

if(NORDLYS_FUZZ_COMPILER AND NOT DEFINED NORDLYS_FUZZ_COMPILER_WORKS)
  set(probe "${CMAKE_CURRENT_BINARY_DIR}/fuzz_probe")
  file(WRITE "${probe}.cpp" "#include <cstdint>\n#include <cstddef>\nextern \"C\" int LLVMFuzzerTestOneInput(const std::uint8_t *, std::size_t) { return 0; }\n")
  execute_process(COMMAND "${NORDLYS_FUZZ_COMPILER}" -fsanitize=fuzzer,address,undefined "${probe}.cpp" -o "${probe}" RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
  if(result EQUAL 0)
    set(NORDLYS_FUZZ_COMPILER_WORKS ON CACHE INTERNAL "clang has libFuzzer and the sanitizers")
  endif()
endif()

if(NOT NORDLYS_FUZZ_COMPILER_WORKS)
  message(STATUS "clang with libFuzzer is missing: the fuzz targets are not built (packages clang, libclang-rt-dev)")
  foreach(name IN ITEMS ImportPlan Encodings)
    add_test(NAME Fuzz.${name} COMMAND "${CMAKE_COMMAND}" -E echo "SKIPPED: needs clang with libFuzzer (packages clang, libclang-rt-dev)")
    set_tests_properties(Fuzz.${name} PROPERTIES SKIP_REGULAR_EXPRESSION "^SKIPPED" LABELS fuzz)
  endforeach()
  return()
endif()

cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
ExternalProject_Add(nordlys_fuzz
  SOURCE_DIR "${CMAKE_CURRENT_SOURCE_DIR}/fuzz"
  BINARY_DIR "${CMAKE_BINARY_DIR}/fuzz"
  PREFIX "${CMAKE_BINARY_DIR}/fuzz-project"
  DEPENDS nordlys_runtime nordlys_core
  CMAKE_ARGS "-DNORDLYS_RUNTIME_LIBRARY=$<TARGET_FILE:nordlys_runtime>" "-DNORDLYS_CORE_LIBRARY=$<TARGET_FILE:nordlys_core>"
             "-DCMAKE_CXX_COMPILER=${NORDLYS_FUZZ_COMPILER}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}" -DCMAKE_BUILD_TYPE=
  BUILD_COMMAND "${CMAKE_COMMAND}" --build "${CMAKE_BINARY_DIR}/fuzz" -j ${cores}
  INSTALL_COMMAND ""
  BUILD_ALWAYS ON)

set(fuzz_run "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/run.sh")
set(fuzz_models "${PROJECT_SOURCE_DIR}/resources/samples" "${NORDLYS_ONNX_TESTDATA}" "${NORDLYS_SHARED}/conformance/node" "${NORDLYS_SHARED}/models")
set(fuzz_encodings "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/seeds/encodings" "${NORDLYS_SHARED}/fixtures/qnn")
function(nordlys_fuzz_test name target pattern every)
  add_test(NAME Fuzz.${name} COMMAND "${fuzz_run}" "${CMAKE_BINARY_DIR}/fuzz/${target}" 5 ${every} ${pattern} ${ARGN})
  set_tests_properties(Fuzz.${name} PROPERTIES TIMEOUT 120 LABELS fuzz WORKING_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
  add_test(NAME Fuzz.${name}Slow COMMAND "${fuzz_run}" "${CMAKE_BINARY_DIR}/fuzz/${target}" 60 1 ${pattern} ${ARGN})
  set_tests_properties(Fuzz.${name}Slow PROPERTIES TIMEOUT 600 LABELS "fuzz;slow" WORKING_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
endfunction()
nordlys_fuzz_test(ImportPlan import_plan_fuzz "*.onnx" 24 ${fuzz_models})
nordlys_fuzz_test(Encodings encodings_fuzz "*.json" 1 ${fuzz_encodings})
