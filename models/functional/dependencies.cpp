#include "models/functional/dependencies.h"

#include <algorithm>

namespace cimera::functional {

Dependencies::Dependencies(const ops::Program& program) : before_(program.tasks.size()) {
  for (const ops::Edge& edge : program.edges)
    if (edge.lag == 0 && edge.from < edge.to && edge.to.value() < before_.size())
      before_[edge.to.value()].push_back(edge.from.value());
}

bool Dependencies::lead(std::uint32_t maker, std::uint32_t reader) const {
  // Mostly the maker is a direct predecessor; tasks before the maker cannot be on a way from it.
  if (std::ranges::find(before_[reader], maker) != before_[reader].end()) return true;
  std::vector<bool> seen(reader - std::min(maker, reader));
  std::vector<std::uint32_t> open{reader};
  while (!open.empty()) {
    const std::uint32_t task = open.back();
    open.pop_back();
    for (const std::uint32_t from : before_[task]) {
      if (from == maker) return true;
      if (from < maker || seen[from - maker]) continue;
      seen[from - maker] = true;
      open.push_back(from);
    }
  }
  return false;
}

}  // namespace cimera::functional
