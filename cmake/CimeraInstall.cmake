# The CMake package: find_package(cimera) gives the rooms as cimera::<room>. Rooms, headers and programs are installed
# where they are declared (CimeraTargets.cmake); the data files here, where core/resources.h looks for them.

include(CMakePackageConfigHelpers)
set(destination "${CMAKE_INSTALL_LIBDIR}/cmake/cimera")

configure_package_config_file(cmake/cimeraConfig.cmake.in "${PROJECT_BINARY_DIR}/generated/cimeraConfig.cmake"
                              INSTALL_DESTINATION "${destination}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/generated/cimeraConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)

install(EXPORT cimera NAMESPACE cimera:: FILE cimeraTargets.cmake DESTINATION "${destination}")
install(FILES "${PROJECT_BINARY_DIR}/generated/cimeraConfig.cmake"
              "${PROJECT_BINARY_DIR}/generated/cimeraConfigVersion.cmake"
              cmake/CimeraDependencies.cmake cmake/FindLibZip.cmake cmake/FindRandom123.cmake cmake/FindSystemC.cmake
        DESTINATION "${destination}")
install(FILES "${PROJECT_BINARY_DIR}/generated/core/version.h"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/cimera/core")
foreach(catalog IN ITEMS devices/catalog devices/converters devices/wires models/catalog models/validation
                         workloads/catalog)
  install(DIRECTORY ${catalog}/ DESTINATION "${CMAKE_INSTALL_DATADIR}/cimera/${catalog}")
endforeach()
