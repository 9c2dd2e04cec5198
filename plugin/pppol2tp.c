// The plugin's entry point and its exports: exactly those of upstream's plugin, because other
// plugins (openl2tp.so) find the hooks and ids by name. See also pppol2tp.map.
#include "plugin/shim.h"

#define EXPORTED __attribute__((visibility("default")))

// pppd refuses a plugin that was built for another version.
EXPORTED const char pppd_version[] = HOST_PPPD_VERSION;

// Lets a program see from the file that it is ours, and its version (pppol2tpctl check).
__attribute__((used)) static const char version_mark[] =
    "pppol2tp-plugin-version=" PPPOL2TP_VERSION;

EXPORTED int pppol2tp_tunnel_id = 0;
EXPORTED int pppol2tp_session_id = 0;

EXPORTED void (*pppol2tp_send_accm_hook)(int tunnel_id, int session_id, uint32_t send_accm,
                                         uint32_t recv_accm) = NULL;
EXPORTED void (*pppol2tp_ip_updown_hook)(int tunnel_id, int session_id, int up) = NULL;

extern int new_style_driver;  // pppd's, sys-linux.c; in no header

EXPORTED void plugin_init(void);

void plugin_init(void) {
  // pppd calls this again if the plugin is named twice, for example in a file and by the daemon.
  static int is_initialized = 0;
  if (is_initialized) {
    return;
  }
  is_initialized = 1;
  if (!host_has_kernel_support() && !new_style_driver) {
    fatal("Kernel doesn't support ppp_generic - needed for PPPoL2TP");
  }
  host_add_options(pppol2tp_options);
  add_notifiers();
}
