// Which PPP interface belongs to which session. Only /proc/net/pppol2tp says so (generic netlink
// does not name the interfaces of PPP sessions). Needed only for sessions whose plugin does not
// report it. Reading the file costs as much as a walk and must be paced like one.
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

// Parses the file's text in pieces, which may be cut anywhere. Pure.
class SessionInterfaceText {
 public:
  void add(std::string_view piece, std::vector<SessionInterface>& found);

 private:
  void take(std::string_view line, std::vector<SessionInterface>& found);

  std::string rest_;          // an incomplete line
  SessionInterface session_;  // the session that the lines are about
  bool is_known_ = false;     // whether `session_` is set
};

// Reads the file once, from beginning to end. One thread.
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
