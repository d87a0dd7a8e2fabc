// cimera-timing-worker: plays one Program on SystemC. cimera starts it; people have no use for it.
#include <cstdio>

#include <unistd.h>

#include "models/timing/worker.h"

// libsystemc brings main(), which calls this.
extern "C" int sc_main(int argc, char* argv[]) {
  if (argc > 1 || isatty(STDIN_FILENO) != 0) {
    std::fprintf(stderr,
                 "%s: cimera starts this program and sends it a Program on standard input; it takes no "
                 "arguments\n",
                 argv[0]);
    return 2;
  }
  return cimera::timing::run_worker();
}
