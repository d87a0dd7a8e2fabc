# Every library that cimera links, all from the system. Debian 12's packages are listed in scripts/packages.txt.
# The build reads this file, and so does the installed package, where cimera_find is find_dependency().
# Protobuf comes before ONNX, whose targets name it.

if(NOT COMMAND cimera_find)
  macro(cimera_find)
    find_package(${ARGV} REQUIRED)
  endmacro()
endif()

cimera_find(Threads)
cimera_find(OpenMP COMPONENTS CXX)
cimera_find(Boost 1.74 COMPONENTS program_options)
cimera_find(Eigen3 3.4)
cimera_find(fmt 9.1)
cimera_find(hwy 1.0.3)
cimera_find(nlohmann_json 3.11)
cimera_find(Protobuf 3.21)
cimera_find(ONNX 1.12)
cimera_find(TBB 2021.8)
cimera_find(dnnl 2.6)
cimera_find(yaml-cpp 0.7)
cimera_find(SQLite3 3.36)
cimera_find(ZLIB 1.2)
cimera_find(LibZip 1.7)
cimera_find(Random123)
cimera_find(SystemC 2.3.4)
