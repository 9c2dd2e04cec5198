// What the agent tells the service manager that started it, by the protocol of sd_notify(3): that
// it is ready, reloads, stops, and, for a watchdog, that it still lives. Our own few lines, because
// libsystemd would bring four compression and cryptography libraries into the process for them.
//
// Without a service manager (no NOTIFY_SOCKET in the environment) every call does nothing. A
// message that cannot be delivered is dropped: the manager's own time-outs deal with that.
//
// Not thread-safe; the loop's thread owns it. Move-only.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <string_view>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace pppol2tp {

class ServiceManager {
 public:
  // Tells nobody.
  ServiceManager() = default;

  // As NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID say. An address that makes no sense is an
  // error: somebody waits for a message that would never come.
  static Result<ServiceManager> from_environment();

  bool is_present() const { return static_cast<bool>(socket_); }
  // Whether is_alive() is waited for, by this very process.
  bool has_watchdog() const { return has_watchdog_; }

  // `status` is one line for whoever looks at the service.
  void is_ready(std::string_view status) const;
  // Until the next is_ready().
  void is_reloading() const;
  void is_stopping() const;
  void is_alive() const;

 private:
  void say(const std::string& message) const;

  Fd socket_;
  sockaddr_un address_{};
  socklen_t address_bytes_ = 0;
  bool has_watchdog_ = false;
};

}  // namespace pppol2tp
