// A directory for this test, on tmpfs if the machine has one.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace pppol2tp::ring::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const bool has_tmpfs = access("/dev/shm", W_OK) == 0;
    std::string path = has_tmpfs ? "/dev/shm/pppol2tp-XXXXXX" : "/tmp/pppol2tp-XXXXXX";
    if (mkdtemp(path.data()) == nullptr)
      throw std::system_error(errno, std::system_category(), path);
    path_ = path;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string ring() const { return path_ + "/ring"; }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

 private:
  std::string path_;
};

}  // namespace pppol2tp::ring::test
