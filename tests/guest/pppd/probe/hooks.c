// A plugin for pppd that writes down what other plugins can see of pppol2tp.so: calls of its two
// hooks and of pppd's own that it uses, and the state of the process it lives in. Compiled for pppd
// 2.4 (PROBE_PPPD_2_4) and for 2.5.
//
// Loaded after pppol2tp.so it takes the hooks, pppd's as openl2tp.so does: whoever had it before is
// not called. Loaded before it as well (a copy, under another
// name) it tells whether pppol2tp.so's notifiers left errno alone: pppd calls the notifiers that
// were added last first, so the copy that was loaded last sets errno and the one that was loaded
// first looks at it.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef PROBE_PPPD_2_4
#include <pppd/patchlevel.h>
#include <pppd/pppd.h>
#define PPPD_VERSION VERSION
#define ADD_NOTIFIER(name24, name25, function) add_notifier(&name24, function, NULL)
#else
#include <pppd/pppd.h>
// After the one above, which it needs.
#include <pppd/multilink.h>
#include <pppd/pppdconf.h>
#define ADD_NOTIFIER(name24, name25, function) ppp_add_notify(name25, function, NULL)
#endif

#include "record.h"

const char pppd_version[] = PPPD_VERSION;

// Absent as long as pppol2tp.so has not been loaded.
extern void (*pppol2tp_send_accm_hook)(int, int, uint32_t, uint32_t) __attribute__((weak));
extern void (*pppol2tp_ip_updown_hook)(int, int, int) __attribute__((weak));

static void (*next_send_accm)(int, int, uint32_t, uint32_t);
static void (*next_ip_updown)(int, int, int);

enum { kSentinelErrno = EXDEV };  // nothing in pppd fails with it

static int loaded_last;

static void on_send_accm(int tunnel_id, int session_id, uint32_t send_accm, uint32_t receive_accm) {
  record("pppol2tp_send_accm_hook(%d, %d, 0x%08x, 0x%08x)\n", tunnel_id, session_id, send_accm,
         receive_accm);
  if (next_send_accm != NULL) {
    next_send_accm(tunnel_id, session_id, send_accm, receive_accm);
  }
}

static void on_ip_updown(int tunnel_id, int session_id, int up) {
  record("pppol2tp_ip_updown_hook(%d, %d, %d)\n", tunnel_id, session_id, up);
  if (next_ip_updown != NULL) {
    next_ip_updown(tunnel_id, session_id, up);
  }
}

static void on_bundle_joined(void) {
  record("multilink_join_hook()\n");
}

static int count_entries(const char* path) {
  DIR* directory = opendir(path);
  int count = 0;
  while (directory != NULL && readdir(directory) != NULL) {
    ++count;
  }
  if (directory != NULL) {
    closedir(directory);
  }
  return count - 2;  // . and ..
}

static void record_descriptors(const char* moment) {
  for (int fd = 0; fd < 64; ++fd) {
    const int flags = fcntl(fd, F_GETFD);
    char path[32];
    char target[64] = "";
    if (flags < 0 || (flags & FD_CLOEXEC)) {
      continue;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (readlink(path, target, sizeof(target) - 1) > 0) {
      // Without what differs from run to run: the number, and the inode of a socket or pipe.
      record("%s: a child inherits %.*s\n", moment, (int)strcspn(target, "["), target);
    }
  }
}

static void record_signals(const char* moment) {
  char caught[65] = "";
  char ignored[65] = "";
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, NULL, &blocked);
  char masked[65] = "";
  for (int signal = 1; signal <= 64; ++signal) {
    struct sigaction action;
    const int known = sigaction(signal, NULL, &action) == 0;
    caught[signal - 1] =
        known && action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN ? '1' : '0';
    ignored[signal - 1] = known && action.sa_handler == SIG_IGN ? '1' : '0';
    masked[signal - 1] = sigismember(&blocked, signal) == 1 ? '1' : '0';
  }
  record("%s: signals caught %s\n", moment, caught);
  record("%s: signals ignored %s\n", moment, ignored);
  record("%s: signals blocked %s\n", moment, masked);
}

static void look_at_process(const char* moment) {
  record("%s: threads %d\n", moment, count_entries("/proc/self/task"));
  record_descriptors(moment);
  record_signals(moment);
}

static void notified(const char* name) {
  if (loaded_last) {
    errno = kSentinelErrno;
  } else if (errno != kSentinelErrno) {
    record("%s: errno was changed to %d\n", name, errno);
  }
}

static void on_phase(void* context, int phase) {
  (void)context;
  if (loaded_last) {
    record("phase %d\n", phase);
    if (phase == PHASE_RUNNING || phase == PHASE_DISCONNECT) {
      look_at_process(phase == PHASE_RUNNING ? "running" : "disconnecting");
    }
  }
  notified("phase");
}

static void on_exit_of_pppd(void* context, int status) {
  (void)context;
  if (loaded_last) {
    record("exit %d\n", status);
    look_at_process("at exit");
  }
  notified("exit");
}

static void on_ip_up(void* context, int unused) {
  (void)context;
  (void)unused;
  notified("ip up");
}

static void on_ip_down(void* context, int unused) {
  (void)context;
  (void)unused;
  notified("ip down");
}

void plugin_init(void) {
  loaded_last = &pppol2tp_ip_updown_hook != NULL;
  ADD_NOTIFIER(phasechange, NF_PHASE_CHANGE, on_phase);
  ADD_NOTIFIER(exitnotify, NF_EXIT, on_exit_of_pppd);
  ADD_NOTIFIER(ip_up_notifier, NF_IP_UP, on_ip_up);
  ADD_NOTIFIER(ip_down_notifier, NF_IP_DOWN, on_ip_down);
  if (!loaded_last) {
    return;
  }
  next_send_accm = pppol2tp_send_accm_hook;
  next_ip_updown = pppol2tp_ip_updown_hook;
  pppol2tp_send_accm_hook = on_send_accm;
  pppol2tp_ip_updown_hook = on_ip_updown;
  multilink_join_hook = on_bundle_joined;
}
