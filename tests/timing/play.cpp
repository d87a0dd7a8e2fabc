#include "tests/timing/play.h"

#include <cstdint>
#include <stdexcept>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "models/timing/simulate.h"
#include "tests/core/error_text.h"

namespace cimera::timing {
namespace {

constexpr char kDone = 'd', kFailed = 'f';

void send(int to, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t n = write(to, at, size);
    if (n <= 0) _exit(3);
    at += n, size -= static_cast<std::size_t>(n);
  }
}

[[noreturn]] void child(int to, const ops::Program& program, const How& how) {
  std::vector<std::uint8_t> answer;
  std::string error;
  try {
    error = error_text([&] {
      answer = ops::to_bytes(simulate({program, how.skip_periods, how.beats}, how.reverse_order));
    });
  } catch (const std::exception& other) {
    error = std::string("not an Error: ") + other.what();
  }
  const bool done = error == "no error";
  send(to, done ? &kDone : &kFailed, 1);
  if (done) send(to, answer.data(), answer.size());
  else send(to, error.data(), error.size());
  _exit(0);
}

}  // namespace

Played play(const ops::Program& program, How how) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("no process");
  if (pid == 0) child(ends[1], program, how);
  close(ends[1]);
  std::vector<std::uint8_t> answer;
  std::uint8_t chunk[65536];
  for (ssize_t n = 0; (n = read(ends[0], chunk, sizeof chunk)) > 0;) answer.insert(answer.end(), chunk, chunk + n);
  close(ends[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  if (status != 0 || answer.empty()) return {{}, "the process died: status " + std::to_string(status)};
  const std::span<const std::uint8_t> text = std::span(answer).subspan(1);
  if (answer[0] != kDone) return {{}, std::string(text.begin(), text.end())};
  return {ops::timing_result(text), ""};
}

}  // namespace cimera::timing
