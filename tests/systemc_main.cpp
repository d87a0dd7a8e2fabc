// main() of the tests that link SystemC. libsystemc exports a main() that calls sc_main(); a program that links it
// beside gtest_main silently runs that one and no test. This file defines both, and runs the cases inside
// sc_main(), where SystemC expects simulations to be built and run.

#include <gtest/gtest.h>
#include <systemc>

int sc_main(int argc, char* argv[]) {
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

int main(int argc, char* argv[]) { return sc_core::sc_elab_and_sim(argc, argv); }
