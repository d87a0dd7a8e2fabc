# The functions with which rooms, programs, tests and benchmarks are declared.

include(GNUInstallDirs)
include(GoogleTest)

# cimera_room(<name> SOURCES <file>... [USES <target>...] [PRIVATE_USES <target>...])
#
# The static library cimera_<name>, known as cimera::<name>, with its install and export rules. USES are libraries
# that its headers need, PRIVATE_USES those that only its sources need. Includes are written from the root of the
# repository: #include "core/error.h".
function(cimera_room name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;PRIVATE_USES")
  cimera_check_arguments("cimera_room(${name})" "${arg_UNPARSED_ARGUMENTS}" "${arg_SOURCES}")

  set(target cimera_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(cimera::${name} ALIAS ${target})
  cimera_compile_options(${target})
  target_include_directories(${target} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
                                              "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>"
                                              "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/cimera>")
  target_link_libraries(${target} PUBLIC ${arg_USES} PRIVATE ${arg_PRIVATE_USES})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})

  file(RELATIVE_PATH room "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  install(TARGETS ${target} EXPORT cimera ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(DIRECTORY . DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/cimera/${room}" FILES_MATCHING PATTERN "*.h")
endfunction()

# cimera_app(<name> SOURCES <file>... [USES <target>...])
#
# A program that users run. It lies at the root of the build directory and is installed.
function(cimera_app name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES")
  cimera_check_arguments("cimera_app(${name})" "${arg_UNPARSED_ARGUMENTS}" "${arg_SOURCES}")

  add_executable(${name} ${arg_SOURCES})
  cimera_compile_options(${name})
  target_link_libraries(${name} PRIVATE ${arg_USES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
  install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endfunction()

# cimera_test(<name> SOURCES <file>... [USES <target>...] [DEFINES <name=value>...] [TIMEOUT <seconds>] [SYSTEMC])
#
# The GoogleTest program build/tests/<name>_test (the suffix is not doubled). ctest runs each of its cases in a
# process of its own, named <name>.<Suite>.<Case>, for at most TIMEOUT seconds (default 120), and one more test
# fails if the program lists no case. The environment passes through, CIMERA_DATA too.
# SYSTEMC: the program links SystemC, whose library brings a main() of its own; tests/systemc_main.cpp takes its
# place and runs the cases inside sc_main(). Such a process can hold one simulation only: one per case.
function(cimera_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SYSTEMC" "TIMEOUT" "SOURCES;USES;DEFINES")
  cimera_check_arguments("cimera_test(${name})" "${arg_UNPARSED_ARGUMENTS}" "${arg_SOURCES}")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()

  string(REGEX REPLACE "_test$" "" name "${name}")
  set(target ${name}_test)
  add_executable(${target} ${arg_SOURCES})
  cimera_compile_options(${target})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
  target_compile_definitions(${target} PRIVATE ${arg_DEFINES})
  target_compile_options(${target} PRIVATE -O1)  # building tests takes longer than running them
  if(arg_SYSTEMC)
    target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/systemc_main.cpp")
    target_link_libraries(${target} PRIVATE ${arg_USES} GTest::gmock SystemC::systemc)
  else()
    target_link_libraries(${target} PRIVATE ${arg_USES} GTest::gmock GTest::gtest_main)
  endif()
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")

  gtest_discover_tests(${target} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
                       WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" PROPERTIES TIMEOUT ${arg_TIMEOUT})
  add_test(NAME ${name}.lists_cases COMMAND ${target} --gtest_list_tests)
  set_tests_properties(${name}.lists_cases PROPERTIES PASS_REGULAR_EXPRESSION "\n  [A-Za-z0-9]" TIMEOUT 60)
endfunction()

# cimera_bench(<name> SOURCES <file>... [USES <target>...])
#
# The Google Benchmark program build/bench/<name>_bench, and a ctest that runs it for a moment only: it shows that
# the benchmark works, not how fast it is.
function(cimera_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES")
  cimera_check_arguments("cimera_bench(${name})" "${arg_UNPARSED_ARGUMENTS}" "${arg_SOURCES}")

  string(REGEX REPLACE "_bench$" "" name "${name}")
  set(target ${name}_bench)
  add_executable(${target} ${arg_SOURCES})
  cimera_compile_options(${target})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
  target_link_libraries(${target} PRIVATE ${arg_USES} benchmark::benchmark_main)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  if(BUILD_TESTING)
    add_test(NAME bench.${name} COMMAND ${target} --benchmark_min_time=0.001)
    set_tests_properties(bench.${name} PROPERTIES TIMEOUT 120)
  endif()
endfunction()

# A misspelt keyword is an error here; CMake would take it for a file name or drop it.
function(cimera_check_arguments call unparsed sources)
  if(unparsed)
    message(FATAL_ERROR "${call}: unknown arguments: ${unparsed}")
  endif()
  if(NOT sources)
    message(FATAL_ERROR "${call}: SOURCES is empty")
  endif()
endfunction()
