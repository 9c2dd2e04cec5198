// Which PPP interface belongs to which session: what the kernel says of it in /proc/net/pppol2tp
// and nowhere else (generic netlink names no interface of PPP sessions). Needed only for sessions
// whose plugin does not say it. Reading is as dear as a walk, and is to be paid for in the same
// way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace pppol2tp::collectors {

struct SessionInterface {
  std::uint32_t tunnel_id = 0;
  std::uint32_t session_id = 0;
  std::string name;

  friend bool operator==(const SessionInterface&, const SessionInterface&) = default;
};

// Takes the file's text in pieces, wherever they are cut. Pure.
class SessionInterfaceText {
 public:
  void add(std::string_view piece, std::vector<SessionInterface>& found);

 private:
  void take(std::string_view line, std::vector<SessionInterface>& found);

  std::string rest_;          // a line that has not ended
  SessionInterface session_;  // whose lines these are
  bool is_known_ = false;     // `session_` says whose
};

// One reading of the file, from its begin to its end. One thread.
class SessionInterfaceFile {
 public:
  // Of the network namespace that the thread is in.
  static Result<SessionInterfaceFile> open();

  struct Part {
    std::vector<SessionInterface> found;
    bool is_last = false;
  };
  Result<Part> next_part();

 private:
  explicit SessionInterfaceFile(Fd file) : file_(std::move(file)) {}

  Fd file_;
  SessionInterfaceText text_;
};

}  // namespace pppol2tp::collectors
