// Shared by the files of the shim, the part of the plugin that knows pppd. It is C, because pppd's
// headers are not C++ (a field is named `class`), and because this keeps C++ types away from
// pppd's.
//
//   pppol2tp.c    entry point and everything that is exported
//   options.c     the options
//   channel.c     the channel that pppd runs the session over
//   snoop.c       LCP frames, as they pass
//   events.c      notifiers and the statistics' timer: pppd's events become telemetry
//
// Apart from telemetry_*(), this reproduces upstream's plugin of the same name: the same options,
// exports, hooks and fatal errors, and the same words in pppd's log, which people grep for.
#pragma once

#include "compat.h"

struct PluginOptions {
  int fd;  // the session's socket; -1 before the option and after the channel was disconnected
  char* fd_text;
  bool lns_mode;
  bool receive_sequence;
  bool send_sequence;
  int reorder_timeout_ms;
  int debug_mask;
  char interface[32];
  char* ring_path;
  int stats_interval_s;
  bool no_ring;
};

extern struct PluginOptions plugin_options;  // options.c
extern HostOption pppol2tp_options[];        // options.c
extern struct channel pppol2tp_channel;      // channel.c; exported

// Exported: the version that pppd compares, the ids set by options, and hooks that other plugins
// find by name. pppol2tp.c.
extern const char pppd_version[];
extern int pppol2tp_tunnel_id;
extern int pppol2tp_session_id;
extern void (*pppol2tp_send_accm_hook)(int tunnel_id, int session_id, uint32_t send_accm,
                                       uint32_t recv_accm);
extern void (*pppol2tp_ip_updown_hook)(int tunnel_id, int session_id, int up);

void install_snoop_hooks(void);  // snoop.c
void add_notifiers(void);        // events.c
void install_join_hook(void);    // events.c
// Call this after the statistics were read: the timer waits for that long until the next reading.
// With 0 it does nothing.
void statistics_read(uint32_t delay_ms);  // events.c
