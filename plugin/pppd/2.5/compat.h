// pppd 2.5, under the names that the shim uses. pppd/2.4/compat.h is this file's twin; CMake puts
// the one that fits on the include path, so nothing else knows that there are two series.
#pragma once

#include <stdint.h>

#include <pppd/pppd.h>

#include <pppd/fsm.h>
// After the two above, which the others need.
#include <pppd/ccp.h>
#include <pppd/eui64.h>
#include <pppd/ipcp.h>
#include <pppd/ipv6cp.h>
#include <pppd/lcp.h>
#include <pppd/multilink.h>
#include <pppd/options.h>

// Absent from a pppd that was built without IPv6.
#pragma weak ipv6cp_gotoptions
#pragma weak ipv6cp_hisoptions
// Absent from a pppd that was built without multilink, whatever the headers say.
#pragma weak multilink_join_hook

#define HOST_PPPD_VERSION PPPD_VERSION
// As upstream's plugin for this series writes ids in its line "PPPoL2TP options: ...".
#define HOST_ID_FORMAT "%u "

typedef struct option HostOption;

#define host_add_options ppp_add_options
#define host_option_error ppp_option_error
#define host_parse_int ppp_int_option

typedef ppp_notify_t HostNotifier;
#define HOST_PID_CHANGE NF_PID_CHANGE
#define HOST_PHASE_CHANGE NF_PHASE_CHANGE
#define HOST_EXIT NF_EXIT
#define HOST_SIGNALED NF_SIGNALED
#define HOST_IP_UP NF_IP_UP
#define HOST_IP_DOWN NF_IP_DOWN
#define HOST_IPV6_UP NF_IPV6_UP
#define HOST_IPV6_DOWN NF_IPV6_DOWN
#define HOST_AUTH_UP NF_AUTH_UP
#define HOST_LINK_DOWN NF_LINK_DOWN
#define HOST_FORK NF_FORK

static inline void host_add_notifier(HostNotifier notifier, ppp_notify_fn* function) {
#ifndef PPP_WITH_IPV6CP
  if (notifier == NF_IPV6_UP || notifier == NF_IPV6_DOWN) {
    return;  // such a pppd knows neither, and logs an error
  }
#endif
  ppp_add_notify(notifier, function, NULL);
}

#define host_timeout ppp_timeout
#define host_untimeout ppp_untimeout

// NULL: pppd was built without multilink.
typedef void HostJoinHook(void);
static inline HostJoinHook** host_join_hook(void) {
#ifdef PPP_WITH_MULTILINK
  return &multilink_join_hook;
#else
  return NULL;
#endif
}

#define host_establish ppp_generic_establish
#define host_disestablish ppp_generic_disestablish
#define host_has_kernel_support ppp_check_kernel_support
#define host_set_mtu ppp_set_mtu

static inline void host_disable_modem(void) {
  ppp_set_modem(false);
}

static inline int host_unit(void) {
  return ppp_ifunit();
}
static inline const char* host_interface(void) {
  return ppp_ifname();
}
static inline void host_set_interface(const char* name) {
  ppp_set_ifname(name);
}

static inline int host_status(void) {
  return ppp_status();
}
static inline const char* host_peer_name(void) {
  return ppp_peer_authname(NULL, 0);
}
static inline const char* host_ipparam(void) {
  return ppp_ipparam();
}
