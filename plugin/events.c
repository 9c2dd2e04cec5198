// pppd's notifiers and timer: turns its events into telemetry, and calls the hook that other
// plugins may have set for IP going up and down.
#include <string.h>

#include "plugin/shim.h"
#include "plugin/telemetry.h"

// The plugin may be loaded by a pppd that runs another kind of link, for instance from
// /etc/ppp/options.
static int is_our_session(void) {
  return the_channel == &pppol2tp_channel;
}

static void log_trouble(void) {
  int error_number = 0;
  const char* trouble = telemetry_trouble(&error_number);
  if (trouble == NULL) {
    return;
  }
  warn("pppol2tp: %s: %s%s%s; the session goes on without telemetry", plugin_options.ring_path,
       trouble, error_number != 0 ? ": " : "", error_number != 0 ? strerror(error_number) : "");
}

// Called at the first phase that the plugin sees, which is SERIALCONN (or DORMANT, with `demand`).
// Not earlier, when the option `pppol2tp` is read: the options after it belong to the session too,
// and pppd may still detach. Not later: connect() may already be fatal.
static void open_once(void) {
  static int is_opened = 0;
  if (is_opened || plugin_options.no_ring) {
    return;
  }
  is_opened = 1;
  const struct TelemetryOpening opening = {
      .ring_path = plugin_options.ring_path,
      .fd = plugin_options.fd,
      .is_lns = plugin_options.lns_mode,
      .send_sequence = plugin_options.send_sequence,
      .receive_sequence = plugin_options.receive_sequence,
      .reorder_timeout_ms = plugin_options.reorder_timeout_ms,
      .debug_mask = plugin_options.debug_mask,
      .stats_interval_s = plugin_options.stats_interval_s,
      .tunnel_id = pppol2tp_tunnel_id,
      .session_id = pppol2tp_session_id,
      .ipparam = host_ipparam(),
      .pppd_version = pppd_version,
  };
  telemetry_open(&opening);
  log_trouble();
}

static int is_timer_running = 0;

static void on_timer(void* context);

static void set_timer(uint32_t delay_ms) {
  is_timer_running = delay_ms != 0;
  if (is_timer_running) {
    host_timeout(on_timer, NULL, (int)(delay_ms / 1000), (int)(delay_ms % 1000) * 1000);
  }
}

static void on_timer(void* context) {
  (void)context;
  const uint32_t delay_ms = telemetry_timer_due(plugin_options.fd);
  log_trouble();
  set_timer(delay_ms);
}

static void stop_timer(void) {
  if (is_timer_running) {
    host_untimeout(on_timer, NULL);
    is_timer_running = 0;
  }
}

void statistics_read(uint32_t delay_ms) {
  if (delay_ms == 0 || !is_timer_running) {
    return;
  }
  log_trouble();
  stop_timer();
  set_timer(delay_ms);
}

static void on_phase(void* context, int entered) {
  (void)context;
  if (!is_our_session()) {
    return;
  }
  open_once();
  telemetry_interface(host_interface());
  telemetry_phase(entered, host_status());
  if (entered == PHASE_ESTABLISH && !is_timer_running) {
    set_timer(telemetry_first_delay_ms());
  } else if (entered == PHASE_DISCONNECT) {
    stop_timer();
  } else if (entered == PHASE_MASTER) {
    // The session is over. pppd goes on, but only as the owner of a multilink bundle's interface,
    // for as long as the bundle has links, which other pppds run.
    telemetry_exit(host_status(), plugin_options.fd);
  }
}

static HostJoinHook* next_join_hook = NULL;

// pppd leaves a link that has joined another pppd's bundle in NETWORK for good, because the
// bundle's network protocols are the other pppd's (start_networks() in its auth.c). The link is up
// all the same, and from now on its interface is the bundle's.
static void on_bundle_joined(void) {
  on_phase(NULL, PHASE_RUNNING);
  if (next_join_hook != NULL) {
    next_join_hook();
  }
}

// Call this when all plugins are loaded: openl2tp.so sets the hook too, and calls nobody else's.
void install_join_hook(void) {
  HostJoinHook** hook = host_join_hook();
  if (hook != NULL && *hook != on_bundle_joined) {
    next_join_hook = *hook;
    *hook = on_bundle_joined;
  }
}

// Also called if nobody had to authenticate: then LCP agreed on no protocol for it.
static void on_authenticated(void* context, int unused) {
  (void)context;
  (void)unused;
  const lcp_options* agreed = &lcp_gotoptions[0];
  telemetry_authenticated(agreed->neg_upap || agreed->neg_chap || agreed->neg_eap,
                          host_peer_name());
}

static void tell_updown_hook(int is_up) {
  if (pppol2tp_ip_updown_hook != NULL) {
    pppol2tp_ip_updown_hook(pppol2tp_tunnel_id, pppol2tp_session_id, is_up);
  }
}

static void on_ipv4_up(void* context, int unused) {
  (void)context;
  (void)unused;
  tell_updown_hook(1);
  telemetry_interface(host_interface());  // ip-pre-up may have renamed it
  telemetry_ipv4_up((const uint8_t*)&ipcp_gotoptions[0].ouraddr,
                    (const uint8_t*)&ipcp_hisoptions[0].hisaddr);
}

static void on_ipv4_down(void* context, int unused) {
  (void)context;
  (void)unused;
  tell_updown_hook(0);
  telemetry_ipv4_down();
}

static void on_ipv6_up(void* context, int unused) {
  (void)context;
  (void)unused;
  tell_updown_hook(1);
  if (ipv6cp_gotoptions != NULL && ipv6cp_hisoptions != NULL) {
    telemetry_ipv6_up(ipv6cp_gotoptions[0].ourid.e8, ipv6cp_hisoptions[0].hisid.e8);
  }
}

static void on_ipv6_down(void* context, int unused) {
  (void)context;
  (void)unused;
  tell_updown_hook(0);
  telemetry_ipv6_down();
}

static void on_link_down(void* context, int unused) {
  (void)context;
  (void)unused;
  telemetry_link_down(host_status());
}

// Called in a signal handler.
static void on_signal(void* context, int signal) {
  (void)context;
  telemetry_signal(signal);
}

static void on_fork(void* context, int unused) {
  (void)context;
  (void)unused;
  telemetry_forked();
}

static void on_detach(void* context, int child) {
  (void)context;
  telemetry_handed_over(child);
}

// Called in a signal handler too, if pppd crashed.
static void on_pppd_exit(void* context, int exit_status) {
  (void)context;
  telemetry_exit(exit_status, plugin_options.fd);
}

void add_notifiers(void) {
  host_add_notifier(HOST_IP_UP, on_ipv4_up);
  host_add_notifier(HOST_IP_DOWN, on_ipv4_down);
  host_add_notifier(HOST_IPV6_UP, on_ipv6_up);
  host_add_notifier(HOST_IPV6_DOWN, on_ipv6_down);

  host_add_notifier(HOST_PHASE_CHANGE, on_phase);
  host_add_notifier(HOST_AUTH_UP, on_authenticated);
  host_add_notifier(HOST_LINK_DOWN, on_link_down);
  host_add_notifier(HOST_SIGNALED, on_signal);
  host_add_notifier(HOST_FORK, on_fork);
  host_add_notifier(HOST_PID_CHANGE, on_detach);
  host_add_notifier(HOST_EXIT, on_pppd_exit);
}
