# Finds libzip. Its own CMake package on Debian 12 fails unless three command-line tools are installed too
# (zipcmp, zipmerge, ziptool), which nothing here needs.
# Defines the target libzip::zip and LibZip_VERSION.

find_path(LibZip_INCLUDE_DIR zip.h)
find_library(LibZip_LIBRARY zip)
mark_as_advanced(LibZip_INCLUDE_DIR LibZip_LIBRARY)

if(LibZip_INCLUDE_DIR AND EXISTS "${LibZip_INCLUDE_DIR}/zipconf.h")
  file(STRINGS "${LibZip_INCLUDE_DIR}/zipconf.h" line REGEX "^#define LIBZIP_VERSION +\"")
  string(REGEX REPLACE ".*\"([^\"]*)\".*" "\\1" LibZip_VERSION "${line}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibZip REQUIRED_VARS LibZip_LIBRARY LibZip_INCLUDE_DIR VERSION_VAR LibZip_VERSION)

if(LibZip_FOUND AND NOT TARGET libzip::zip)
  add_library(libzip::zip UNKNOWN IMPORTED)
  set_target_properties(libzip::zip PROPERTIES IMPORTED_LOCATION "${LibZip_LIBRARY}"
                                               INTERFACE_INCLUDE_DIRECTORIES "${LibZip_INCLUDE_DIR}")
endif()
