// Exits with 0 if the installed headers and libraries are of the version that is asked for.

#include "core/version.h"

int main(int argc, char* argv[]) { return argc == 2 && cimera::kVersion == argv[1] ? 0 : 1; }
