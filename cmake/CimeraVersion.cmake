# Generates core/version.h in the build directory: nothing that changes from one build of the same files to the next.

configure_file("${CMAKE_CURRENT_LIST_DIR}/version.h.in" "${PROJECT_BINARY_DIR}/generated/core/version.h" @ONLY)
