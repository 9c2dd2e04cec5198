// The options: upstream's nine, and three of ours (the last).
//
// `pppol2tp FD` names the session: a connected PPPoX socket, left open by the program that started
// pppd.
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// After libc's headers.
#include <linux/if_pppox.h>

#include "plugin/shim.h"

#ifndef SOL_PPPOL2TP
#define SOL_PPPOL2TP 273  // <linux/socket.h>; not in every C library
#endif

enum {
  kBoolValue = 1,        // stored by an o_bool option: the low byte of its flags
  kRingPathBytes = 108,  // with the final NUL; the size of Publisher's copy
  kMaxStatsIntervalS = 3600,
};

struct PluginOptions plugin_options = {
    .fd = -1,
    .ring_path = "/run/pppol2tp/ring",
    .stats_interval_s = 10,
};

static void check_socket(int fd) {
  union {
    struct sockaddr any;
    char room[128];
  } name = {.room = ""};
  socklen_t bytes = sizeof(name);
  if (getsockname(fd, &name.any, &bytes) < 0) {
    fatal("Given FD for PPPoL2TP socket invalid (%s)", strerror(errno));
  }
  if (name.any.sa_family != AF_PPPOX) {
    fatal("Socket of not a PPPoX socket");
  }
  // Any option would do; this one is the oldest.
  int value;
  socklen_t value_bytes = sizeof(value);
  if (getsockopt(fd, SOL_PPPOL2TP, PPPOL2TP_SO_DEBUG, &value, &value_bytes) < 0) {
    fatal("PPPoL2TP kernel driver not installed");
  }
}

// L2TP carries whole frames over IP: there is no modem, and we ask for nothing that saves bytes on
// a serial line.
static void set_link_defaults(void) {
  host_disable_modem();
  lcp_allowoptions[0].neg_accompression = 1;
  lcp_wantoptions[0].neg_accompression = 0;
  lcp_allowoptions[0].neg_pcompression = 1;
  lcp_wantoptions[0].neg_pcompression = 0;
  ccp_allowoptions[0].deflate = 0;
  ccp_wantoptions[0].deflate = 0;
  ccp_allowoptions[0].bsd_compress = 0;
  ccp_wantoptions[0].bsd_compress = 0;
  ipcp_allowoptions[0].neg_vj = 0;
  ipcp_wantoptions[0].neg_vj = 0;
}

static int take_socket(char** argv) {
  static int is_taken = 0;
  if (is_taken || !host_parse_int(*argv, &plugin_options.fd)) {
    return 0;
  }
  check_socket(plugin_options.fd);
  plugin_options.fd_text = strdup(*argv);
  if (plugin_options.fd_text == NULL) {
    novm("PPPoL2TP FD");
  }
  set_link_defaults();
  the_channel = &pppol2tp_channel;
  is_taken = 1;
  return 1;
}

static int take_ring_path(char** argv) {
  if (**argv != '/') {
    host_option_error("pppol2tp_ring: '%s' is not an absolute path", *argv);
    return 0;
  }
  if (strlen(*argv) >= kRingPathBytes) {
    host_option_error("pppol2tp_ring: '%s' is longer than %d characters", *argv,
                      kRingPathBytes - 1);
    return 0;
  }
  char* path = strdup(*argv);
  if (path == NULL) {
    novm("pppol2tp_ring");
  }
  plugin_options.ring_path = path;
  return 1;
}

// The ring's place, and whether there is one, must not be set by an unprivileged caller of a setuid
// pppd (OPT_PRIV).
HostOption pppol2tp_options[] = {
    {.name = "pppol2tp",
     .type = o_special,
     .addr = &take_socket,
     .description = "Descriptor of the session's PPPoX socket",
     .flags = OPT_DEVNAM | OPT_A2STRVAL,
     .addr2 = &plugin_options.fd_text},
    {.name = "pppol2tp_lns_mode",
     .type = o_bool,
     .addr = &plugin_options.lns_mode,
     .description = "Act as LNS (off by default)",
     .flags = OPT_PRIO | kBoolValue},
    {.name = "pppol2tp_send_seq",
     .type = o_bool,
     .addr = &plugin_options.send_sequence,
     .description = "Number the data packets sent (off by default)",
     .flags = OPT_PRIO | kBoolValue},
    {.name = "pppol2tp_recv_seq",
     .type = o_bool,
     .addr = &plugin_options.receive_sequence,
     .description = "Accept only data packets that are numbered (off by default)",
     .flags = OPT_PRIO | kBoolValue},
    {.name = "pppol2tp_reorderto",
     .type = o_int,
     .addr = &plugin_options.reorder_timeout_ms,
     .description = "Milliseconds to wait for a packet that is out of order (0 by default: none)",
     .flags = OPT_PRIO},
    {.name = "pppol2tp_debug_mask",
     .type = o_int,
     .addr = &plugin_options.debug_mask,
     .description = "What to log for debugging: 1 snooping, 2 control, 8 data (0 by default)",
     .flags = OPT_PRIO},
    {.name = "pppol2tp_ifname",
     .type = o_string,
     .addr = plugin_options.interface,
     .description = "Name to give to the interface",
     .flags = OPT_PRIO | OPT_PRIV | OPT_STATIC,
     .upper_limit = IFNAMSIZ},
    {.name = "pppol2tp_tunnel_id",
     .type = o_int,
     .addr = &pppol2tp_tunnel_id,
     .description = "This host's id of the tunnel",
     .flags = OPT_PRIO},
    {.name = "pppol2tp_session_id",
     .type = o_int,
     .addr = &pppol2tp_session_id,
     .description = "This host's id of the session",
     .flags = OPT_PRIO},

    {.name = "pppol2tp_ring",
     .type = o_special,
     .addr = &take_ring_path,
     .description = "File to publish events and statistics in",
     .flags = OPT_PRIO | OPT_PRIV | OPT_INITONLY | OPT_A2STRVAL,
     .addr2 = &plugin_options.ring_path},
    {.name = "pppol2tp_stats_interval",
     .type = o_int,
     .addr = &plugin_options.stats_interval_s,
     .description = "Seconds between readings of the statistics (10 by default, 0: only events)",
     .flags = OPT_PRIO | OPT_INITONLY | OPT_LIMITS,
     .upper_limit = kMaxStatsIntervalS},
    {.name = "pppol2tp_noring",
     .type = o_bool,
     .addr = &plugin_options.no_ring,
     .description = "Publish nothing",
     .flags = OPT_PRIO | OPT_PRIV | OPT_INITONLY | kBoolValue},

    {.name = NULL},
};
