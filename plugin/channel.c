// The channel: how pppd runs PPP over the session's socket. The socket is already connected, so
// there is little to do but to set its options, once LCP has agreed on what they depend on.
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// After libc's headers.
#include <linux/if_pppol2tp.h>
#include <linux/if_pppox.h>
#include <linux/ppp-ioctl.h>
#include <linux/sockios.h>

#include "plugin/shim.h"
#include "plugin/telemetry.h"

#ifndef SOL_PPPOL2TP
#define SOL_PPPOL2TP 273  // <linux/socket.h>; not in every C library
#endif

static void check_session_options(void) {
  if (plugin_options.lns_mode) {
    if (pppol2tp_tunnel_id == 0 || pppol2tp_session_id == 0) {
      fatal("tunnel_id/session_id values not specified");
    }
    if (plugin_options.debug_mask & PPPOL2TP_MSG_CONTROL) {
      dbglog("Enabling LCP snooping");
    }
  }
  if (plugin_options.lns_mode || !plugin_options.no_ring) {
    install_snoop_hooks();
  }
  if (!plugin_options.no_ring) {
    install_join_hook();
  }
}

static int connect_channel(void) {
  // A session's socket can be used only once: `persist` cannot dial again.
  if (plugin_options.fd == -1) {
    fatal("No PPPoL2TP FD specified");
  }
  return plugin_options.fd;
}

static void disconnect_channel(void) {
  if (plugin_options.fd < 0) {
    return;
  }
  telemetry_read_counters(plugin_options.fd);
  close(plugin_options.fd);
  plugin_options.fd = -1;
}

// pppd uses the new name even if the kernel refused it, as with upstream's plugin.
static void rename_interface(void) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return;
  }
  struct ifreq request = {0};
  strlcpy(request.ifr_name, host_interface(), sizeof(request.ifr_name));
  strlcpy(request.ifr_newname, plugin_options.interface, sizeof(request.ifr_newname));
  ioctl(fd, SIOCSIFNAME, &request);
  close(fd);
  host_set_interface(plugin_options.interface);
  if (plugin_options.debug_mask & PPPOL2TP_MSG_CONTROL) {
    dbglog("ppp%d: interface name %s", host_unit(), host_interface());
  }
}

// For example "tid 7 "; nothing if the option was not given. A negative value shows as the label
// only.
static const char* label_value(char* text, size_t bytes, const char* label, const char* format,
                               int value) {
  text[0] = '\0';
  if (value != 0) {
    strlcpy(text, label, bytes);
  }
  if (value > 0) {
    const size_t used = strlen(text);
    snprintf(text + used, bytes - used, format, value);
  }
  return text;
}

static void log_options(void) {
  char reorder[32];
  char tunnel[32];
  char session[32];
  dbglog(
      "PPPoL2TP options: %s%s%s%s%s%sdebugmask %d",
      plugin_options.receive_sequence ? "recvseq " : "",
      plugin_options.send_sequence ? "sendseq " : "", plugin_options.lns_mode ? "lnsmode " : "",
      label_value(reorder, sizeof(reorder), "reorderto ", "%d ", plugin_options.reorder_timeout_ms),
      label_value(tunnel, sizeof(tunnel), "tid ", HOST_ID_FORMAT, pppol2tp_tunnel_id),
      label_value(session, sizeof(session), "sid ", HOST_ID_FORMAT, pppol2tp_session_id),
      plugin_options.debug_mask);
}

static void set_socket_option(int option, int value, const char* name) {
  if (value != 0 &&
      setsockopt(plugin_options.fd, SOL_PPPOL2TP, option, &value, sizeof(value)) < 0) {
    fatal("setsockopt(%s): %m", name);
  }
}

static int at_most_allowed_mru(int bytes) {
  const int allowed = lcp_allowoptions[0].mru;
  return allowed > 0 && bytes > allowed ? allowed : bytes;
}

// LCP came up, or went down (then with the default values): RFC 1661, section 6.1.
static void send_config(int mtu, uint32_t asyncmap, int pcomp, int accomp) {
  (void)asyncmap;
  (void)pcomp;
  (void)accomp;
  if (plugin_options.interface[0] != '\0') {
    rename_interface();
  }
  const int allowed_mtu = at_most_allowed_mru(mtu);
  if (allowed_mtu != mtu) {
    warn("Overriding mtu %d to %d", mtu, allowed_mtu);
  }
  host_set_mtu(host_unit(), allowed_mtu);
  telemetry_transmit_configured(mtu, allowed_mtu);

  log_options();
  set_socket_option(PPPOL2TP_SO_RECVSEQ, plugin_options.receive_sequence, "PPPOL2TP_RECVSEQ");
  set_socket_option(PPPOL2TP_SO_SENDSEQ, plugin_options.send_sequence, "PPPOL2TP_SENDSEQ");
  set_socket_option(PPPOL2TP_SO_LNSMODE, plugin_options.lns_mode, "PPPOL2TP_LNSMODE");
  set_socket_option(PPPOL2TP_SO_REORDERTO, plugin_options.reorder_timeout_ms, "PPPOL2TP_REORDERTO");
  set_socket_option(PPPOL2TP_SO_DEBUG, plugin_options.debug_mask, "PPPOL2TP_DEBUG");
}

static void receive_config(int mru, uint32_t asyncmap, int pcomp, int accomp) {
  (void)asyncmap;
  (void)pcomp;
  (void)accomp;
  int allowed_mru = at_most_allowed_mru(mru);
  if (allowed_mru != mru) {
    warn("Overriding mru %d to mtu value %d", mru, allowed_mru);
  }
  telemetry_receive_configured(mru, allowed_mru);
  if (host_unit() >= 0 && ioctl(plugin_options.fd, PPPIOCSMRU, &allowed_mru) < 0) {
    error("Couldn't set PPP MRU: %m");
  }
}

__attribute__((visibility("default"))) struct channel pppol2tp_channel = {
    .options = pppol2tp_options,
    .check_options = check_session_options,
    .connect = connect_channel,
    .disconnect = disconnect_channel,
    .establish_ppp = host_establish,
    .disestablish_ppp = host_disestablish,
    .send_config = send_config,
    .recv_config = receive_config,
};
