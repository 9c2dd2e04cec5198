// Preloaded into pppd: writes down the system calls by which a plugin changes the session's socket
// or the interface, as libc's functions see them. Calls that only ask are not written down.
#include <dlfcn.h>
#include <net/if.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/ppp-ioctl.h>
#include <linux/sockios.h>

#include "record.h"

#ifndef SOL_PPPOL2TP
#define SOL_PPPOL2TP 273  // <linux/socket.h>
#endif

int setsockopt(int fd, int level, int option, const void* value, socklen_t bytes) {
  static int (*next)(int, int, int, const void*, socklen_t);
  if (next == NULL) {
    next = (int (*)(int, int, int, const void*, socklen_t))dlsym(RTLD_NEXT, "setsockopt");
  }
  const int result = next(fd, level, option, value, bytes);
  if (level == SOL_PPPOL2TP && bytes == sizeof(int)) {
    record("setsockopt(SOL_PPPOL2TP, %d, %d) = %d\n", option, *(const int*)value, result);
  }
  return result;
}

int ioctl(int fd, unsigned long request, ...) {
  static int (*next)(int, unsigned long, void*);
  if (next == NULL) {
    next = (int (*)(int, unsigned long, void*))dlsym(RTLD_NEXT, "ioctl");
  }
  va_list arguments;
  va_start(arguments, request);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  const int result = next(fd, request, argument);
  const struct ifreq* interface = argument;
  switch (request) {
    case SIOCSIFNAME:
      record("ioctl(SIOCSIFNAME, %s, %s) = %d\n", interface->ifr_name, interface->ifr_newname,
             result);
      break;
    case SIOCSIFMTU:
      record("ioctl(SIOCSIFMTU, %s, %d) = %d\n", interface->ifr_name, interface->ifr_mtu, result);
      break;
    case PPPIOCSMRU:
      record("ioctl(PPPIOCSMRU, %d) = %d\n", *(const int*)argument, result);
      break;
  }
  return result;
}
