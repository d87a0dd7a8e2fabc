// Runs ngspice on a netlist, and reads the column currents that it prints.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace cimera::functional::circuit_test {

inline bool has_ngspice() { return std::system("command -v ngspice > /dev/null 2>&1") == 0; }

/// What ngspice prints in batch mode for the netlist in a file.
inline std::string ngspice_output(const std::filesystem::path& file) {
  std::string text;
  FILE* pipe = ::popen(("ngspice -b '" + file.string() + "' 2>&1").c_str(), "r");
  if (!pipe) return text;
  std::array<char, 4096> part;
  for (std::size_t got = 0; (got = std::fread(part.data(), 1, part.size(), pipe)) > 0;) text.append(part.data(), got);
  EXPECT_EQ(::pclose(pipe), 0) << text;
  return text;
}

/// The currents of columns 0..columns - 1; a column that is not printed fails the test.
inline std::vector<double> printed_currents(const std::string& text, int columns) {
  std::vector<double> currents;
  for (int c = 0; c < columns; ++c) {
    const std::string name = "i(vcol" + std::to_string(c) + ") = ";
    const std::size_t at = text.find(name);
    if (at == std::string::npos) {
      ADD_FAILURE() << name << " is missing in: " << text;
      return currents;
    }
    currents.push_back(std::strtod(text.c_str() + at + name.size(), nullptr));
  }
  return currents;
}

inline std::vector<double> run_ngspice(const std::string& netlist, int columns) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("cimera_" + std::to_string(::getpid()) + ".cir");
  std::ofstream(file) << netlist;
  const std::string text = ngspice_output(file);
  std::filesystem::remove(file);
  return printed_currents(text, columns);
}

}  // namespace cimera::functional::circuit_test
