// Exits with 0 if the installed headers are of the version that is asked for, and the installed libraries find the
// installed catalogs.

#include <algorithm>
#include <string>
#include <vector>

#include "core/resources.h"
#include "core/version.h"

int main(int argc, char* argv[]) {
  const std::vector<std::string> machines = cimera::catalog_names("models/catalog");
  const bool isaac = std::find(machines.begin(), machines.end(), "isaac") != machines.end();
  return argc == 2 && cimera::kVersion == argv[1] && isaac ? 0 : 1;
}
