// Tells the service manager that started the agent, by the protocol of sd_notify(3), that it is
// ready, reloads, stops, and (for a watchdog) that it is alive. Our own few lines, because
// libsystemd would bring four compression and cryptography libraries into the process.
//
// Without a service manager (no NOTIFY_SOCKET in the environment), calls do nothing. A message that
// cannot be delivered is dropped: the manager has its own time-outs.
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
  // Does nothing.
  ServiceManager() = default;

  // Configured by NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. An invalid address is an error:
  // somebody waits for a message that would never arrive.
  static Result<ServiceManager> from_environment();

  bool is_present() const { return static_cast<bool>(socket_); }
  // Whether the manager expects is_alive() from this process.
  bool has_watchdog() const { return has_watchdog_; }

  // `status` is one line, shown to whoever looks at the service's status.
  void is_ready(std::string_view status) const;
  // Lasts until the next is_ready().
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
