// pppd 2.4, under the names that the shim uses. pppd/2.5/compat.h is this file's twin; CMake puts
// the one that fits on the include path, so nothing else knows that there are two series.
#pragma once

#include <stdint.h>
#include <string.h>

#define INET6 1  // as distributions build pppd; its headers do not record it, and ipv6cp.h insists

#include <pppd/pppd.h>

#include <pppd/fsm.h>
// After the two above, which the others need.
#include <pppd/ccp.h>
#include <pppd/eui64.h>
#include <pppd/ipcp.h>
#include <pppd/ipv6cp.h>
#include <pppd/lcp.h>

// Absent from a pppd that was built without IPv6.
#pragma weak ipv6cp_gotoptions
#pragma weak ipv6cp_hisoptions
// Absent from a pppd that was built without multilink.
#pragma weak multilink_join_hook

#define HOST_PPPD_VERSION VERSION
// As upstream's plugin for this series writes ids in its line "PPPoL2TP options: ...".
#define HOST_ID_FORMAT "%hu "

typedef option_t HostOption;

#define host_add_options add_options
#define host_option_error option_error
#define host_parse_int int_option

typedef struct notifier** HostNotifier;
#define HOST_PID_CHANGE (&pidchange)
#define HOST_PHASE_CHANGE (&phasechange)
#define HOST_EXIT (&exitnotify)
#define HOST_SIGNALED (&sigreceived)
#define HOST_IP_UP (&ip_up_notifier)
#define HOST_IP_DOWN (&ip_down_notifier)
#define HOST_IPV6_UP (&ipv6_up_notifier)
#define HOST_IPV6_DOWN (&ipv6_down_notifier)
#define HOST_AUTH_UP (&auth_up_notifier)
#define HOST_LINK_DOWN (&link_down_notifier)
#define HOST_FORK (&fork_notifier)

static inline void host_add_notifier(HostNotifier notifier, void (*function)(void*, int)) {
  add_notifier(notifier, function, NULL);
}

#define host_timeout timeout
#define host_untimeout untimeout

// NULL: pppd was built without multilink.
typedef void HostJoinHook(void);
static inline HostJoinHook** host_join_hook(void) {
  return &multilink_join_hook;
}

#define host_establish generic_establish_ppp
#define host_disestablish generic_disestablish_ppp
#define host_has_kernel_support ppp_available
#define host_set_mtu netif_set_mtu

static inline void host_disable_modem(void) {
  modem = 0;
}

static inline int host_unit(void) {
  return ifunit;
}
static inline const char* host_interface(void) {
  return ifname;
}
static inline void host_set_interface(const char* name) {
  strlcpy(ifname, name, MAXIFNAMELEN);
}

static inline int host_status(void) {
  return status;
}
static inline const char* host_peer_name(void) {
  return peer_authname;
}
static inline const char* host_ipparam(void) {
  return ipparam;
}
