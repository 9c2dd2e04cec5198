// Runs a fuzz target without a fuzzer: on each file of a directory, on truncated copies of it, and
// on copies with one byte changed. For tests with any compiler.
//   NAME_replay DIRECTORY
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

// So many copies of each kind for a file, spread over it: a test takes seconds.
constexpr std::size_t kVariants = 64;

Bytes read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void run(const Bytes& bytes) {
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::size_t run_with_variants(const Bytes& seed) {
  run(seed);
  std::size_t count = 1;
  const std::size_t step = std::max<std::size_t>(1, seed.size() / kVariants);
  for (std::size_t at = 0; at < seed.size(); at += step) {
    run(Bytes(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(at)));
    Bytes changed = seed;
    changed[at] ^= static_cast<std::uint8_t>(1 + at % 255);
    run(changed);
    count += 2;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " DIRECTORY\n";
    return 2;
  }
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    count += run_with_variants(read(entry.path()));
  }
  std::cout << count << " inputs\n";
  return count == 0 ? 1 : 0;
}
