// The shim's only interface to the rest of the plugin: it reports this process' session here. (The
// shim is the part that knows pppd.)
//
// Nothing here fails, waits, logs, or changes errno. Before telemetry_open(), and in a process that
// must be silent, every call does nothing. One thread, and only in the process that owns the
// session. A child of fork that calls in here was made by pppd's detach(): it owns the session now,
// and publishes everything again under its own pid. Children that run scripts are announced by
// telemetry_forked().
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "plugin/control_frames.h"

#ifdef __cplusplus
extern "C" {
#endif

struct TelemetryOpening {
  const char* ring_path;
  int fd;  // the session's socket
  int is_lns;
  int send_sequence;
  int receive_sequence;
  int reorder_timeout_ms;
  int debug_mask;
  int stats_interval_s;  // 0: only events
  int tunnel_id;         // from the options: used if the socket does not tell
  int session_id;
  const char* ipparam;  // NULL: none
  const char* pppd_version;
};

void telemetry_open(const struct TelemetryOpening* opening);

// Why nothing is published; NULL if all is well. `error` is set to an errno with more detail, or 0.
// Reports a problem only once per process, so that it is logged once.
const char* telemetry_trouble(int* error);

void telemetry_interface(const char* name);

void telemetry_phase(int phase, int status);
void telemetry_transmit_configured(int negotiated_mtu, int mtu);
void telemetry_receive_configured(int negotiated_mru, int mru);
void telemetry_accm(uint32_t send, uint32_t receive);  // network byte order
void telemetry_authenticated(int peer_authenticated, const char* peer_name);
void telemetry_ipv4_up(const uint8_t* local, const uint8_t* remote);  // 4 bytes each
void telemetry_ipv4_down(void);
void telemetry_ipv6_up(const uint8_t* local_id, const uint8_t* remote_id);  // 8 bytes each
void telemetry_ipv6_down(void);
void telemetry_link_down(int status);
// A frame on its way in or out; `packet` is the LCP or authentication packet in it, NULL for any
// other frame. If the statistics were read along with the frame, returns how long the timer must
// wait from now on, in milliseconds. 0: leave the timer as it is.
uint32_t telemetry_frame(uint16_t protocol, const struct ControlPacket* packet, int incoming,
                         int fd);

// Reads the statistics of the session's socket now, unless only events are wanted.
void telemetry_read_counters(int fd);

// The statistics' timer: how long to wait for the first time and then each next time, in
// milliseconds, and what to do when it expires. A delay of 0: no timer. See stats_schedule.h.
uint32_t telemetry_first_delay_ms(void);
uint32_t telemetry_timer_due(int fd);

// Called in pppd's signal handlers: touches only an atomic.
void telemetry_signal(int signal);

// Called in a child that is about to run a script.
void telemetry_forked(void);

// Called in the parent of detach(): the child owns the session now.
void telemetry_handed_over(int child);

// The end. `fd` is the session's socket, or -1 if it is closed. `status` is what pppd exits with,
// or would exit with if it did not outlive the session. Also called in the handler of a fatal
// signal. There it does only what is async-signal-safe, and is silent if the signal interrupted a
// publish: then the kernel's mark in the session table tells the agent.
void telemetry_exit(int status, int fd);

#ifdef __cplusplus
}
#endif
