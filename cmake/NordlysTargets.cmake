# SPDX-License-Identifier: Apache-2.0
# Functions that declare the project's targets, so that every target has the same warnings and include rules.

# Warnings belong to our targets only; third-party headers come in as SYSTEM.
function(nordlys_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
    -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough)
  if(NORDLYS_SANITIZE)
    # GCC 12 sees uninitialized members in std::regex once a sanitizer has rewritten it (GCC bug 105562).
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
  endif()
  if(NORDLYS_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# One layer = one static library whose sources are all .cpp files below its folder. Its include root shows that folder and
# nothing else (<core/graph/graph.h>), so an include against the direction of the layers does not compile.
function(nordlys_layer name)
  cmake_parse_arguments(arg "" "" "EXCLUDE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
  foreach(pattern IN LISTS arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${pattern}")
  endforeach()
  set(include_root "${CMAKE_BINARY_DIR}/include/${name}")
  file(MAKE_DIRECTORY "${include_root}")
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${include_root}/${name}" SYMBOLIC)
  add_library(nordlys_${name} STATIC ${sources})
  add_library(nordlys::${name} ALIAS nordlys_${name})
  target_include_directories(nordlys_${name} PUBLIC "${include_root}")
  nordlys_warnings(nordlys_${name})
endfunction()
