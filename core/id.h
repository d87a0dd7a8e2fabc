// An index that cannot be mixed up with an index of another kind.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace cimera {

/// An index into a table of `Tag`s. Explicit both ways; ordered and hashable.
template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::size_t value) : value_(static_cast<std::uint32_t>(value)) {}

  constexpr std::uint32_t value() const { return value_; }
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  std::uint32_t value_ = 0;
};

}  // namespace cimera

template <class Tag>
struct std::hash<cimera::Id<Tag>> {
  std::size_t operator()(cimera::Id<Tag> id) const noexcept { return std::hash<std::uint32_t>{}(id.value()); }
};
