# Finds SystemC, which ships no CMake package on Debian.
# Defines the target SystemC::systemc and SystemC_VERSION.
#
# The library refuses to link with code of another C++ standard than its own (the standard is part of the name
# of a symbol, sysc/kernel/sc_ver.h). Debian's 2.3.4 is built as C++17. Its headers let the user state the
# standard in SC_CPLUSPLUS, so the module links a one-line program, first as it is and then with the standards
# that a library may have been built with, and puts on the target what worked.

find_path(SystemC_INCLUDE_DIR NAMES systemc PATH_SUFFIXES include)
find_library(SystemC_LIBRARY systemc)
mark_as_advanced(SystemC_INCLUDE_DIR SystemC_LIBRARY)

if(SystemC_INCLUDE_DIR AND EXISTS "${SystemC_INCLUDE_DIR}/sysc/kernel/sc_ver.h")
  file(STRINGS "${SystemC_INCLUDE_DIR}/sysc/kernel/sc_ver.h" lines REGEX "define SC_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX MATCHALL "[0-9]+" numbers "${lines}")
  list(JOIN numbers "." SystemC_VERSION)
endif()

if(SystemC_INCLUDE_DIR AND SystemC_LIBRARY AND NOT DEFINED SystemC_LINKS_AS)
  foreach(standard IN ITEMS same 201703L 201402L 201103L)
    set(definition "")
    if(NOT standard STREQUAL "same")
      set(definition "-DSC_CPLUSPLUS=${standard}")
    endif()
    try_compile(SystemC_links_${standard}
                SOURCE_FROM_CONTENT sc_main.cpp "#include <systemc>\nint sc_main(int, char**) { return 0; }\n"
                COMPILE_DEFINITIONS ${definition}
                CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${SystemC_INCLUDE_DIR}"
                LINK_LIBRARIES "${SystemC_LIBRARY}"
                CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON NO_CACHE)
    if(SystemC_links_${standard})
      set(SystemC_LINKS_AS ${standard} CACHE INTERNAL "value of SC_CPLUSPLUS with which SystemC links, or 'same'")
      break()
    endif()
  endforeach()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SystemC REQUIRED_VARS SystemC_LIBRARY SystemC_INCLUDE_DIR SystemC_LINKS_AS
                                  VERSION_VAR SystemC_VERSION)

if(SystemC_FOUND AND NOT TARGET SystemC::systemc)
  find_package(Threads REQUIRED)
  add_library(SystemC::systemc UNKNOWN IMPORTED)
  set_target_properties(SystemC::systemc PROPERTIES IMPORTED_LOCATION "${SystemC_LIBRARY}"
                                                    INTERFACE_INCLUDE_DIRECTORIES "${SystemC_INCLUDE_DIR}"
                                                    INTERFACE_LINK_LIBRARIES Threads::Threads)
  if(NOT SystemC_LINKS_AS STREQUAL "same")
    set_property(TARGET SystemC::systemc PROPERTY INTERFACE_COMPILE_DEFINITIONS SC_CPLUSPLUS=${SystemC_LINKS_AS})
  endif()
endif()
