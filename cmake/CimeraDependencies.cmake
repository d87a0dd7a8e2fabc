# Every library that cimera uses, all from the system. Debian 12's packages are listed in scripts/packages.txt.
# Protobuf comes before ONNX, whose targets name it.

find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(fmt 9.1 REQUIRED)
find_package(hwy 1.0.3 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(ONNX 1.12 REQUIRED)
find_package(TBB 2021.8 REQUIRED)
find_package(dnnl 2.6 REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
find_package(ZLIB 1.2 REQUIRED)
find_package(LibZip 1.7 REQUIRED)
find_package(Random123 REQUIRED)
find_package(SystemC 2.3.4 REQUIRED)
