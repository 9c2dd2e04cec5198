// Reports one session through the real publisher, following commands on standard input; for tests
// of the agent.
//   session_speaker RING TUNNEL_ID SESSION_ID
// Commands, one per line, each answered by "ok": authenticate NAME (the peer's name), run (the link
// is up), count BYTES (received so far), end CAUSE_NUMBER. At the end of the input the process
// exits without reporting an end, like a killed pppd.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "plugin/ring/publisher.h"

namespace {

using namespace pppol2tp::ring;

SessionIdentity identity(const char* tunnel_id, const char* session_id) {
  SessionIdentity who{};
  struct stat netns {};
  if (stat("/proc/self/ns/net", &netns) == 0) who.netns = netns.st_ino;
  who.pid = static_cast<std::uint32_t>(getpid());
  who.tunnel_id = static_cast<std::uint32_t>(std::atoi(tunnel_id));
  who.session_id = static_cast<std::uint32_t>(std::atoi(session_id));
  return who;
}

void open(Publisher& publisher) {
  OpenedSection opened{};
  opened.opened_ns = now_ns();
  publisher.publish(opened);
}

void authenticate(Publisher& publisher, const std::string& name) {
  AuthenticationSection section{};
  section.finished_ns = now_ns();
  section.peer_authenticated = 1;
  name.copy(section.peer_name, sizeof section.peer_name - 1);
  publisher.publish(section);
}

void run(Publisher& publisher) {
  PhaseSection phase{};
  phase.current = phase.furthest = Phase::running;
  phase.entered_ns = phase.running_ns = now_ns();
  publisher.publish(phase);
}

void count(Publisher& publisher, std::uint64_t bytes) {
  CountersSection counters{};
  counters.read_ns = now_ns();
  counters.receive_bytes = bytes;
  publisher.publish(counters);
}

void end(Publisher& publisher, int cause) {
  EndSection section{};
  section.ended_ns = now_ns();
  section.cause = static_cast<Cause>(cause);
  publisher.publish(section);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: session_speaker RING TUNNEL_ID SESSION_ID\n";
    return 2;
  }
  Publisher publisher;
  const SegmentStatus status = publisher.open(argv[1], identity(argv[2], argv[3]));
  if (status != SegmentStatus::attached) {
    std::cerr << "session_speaker: " << argv[1] << ": " << to_text(status) << '\n';
    return 1;
  }
  open(publisher);
  std::cout << "ok" << std::endl;
  for (std::string command; std::cin >> command;) {
    std::uint64_t argument = 0;
    std::string name;
    if (command == "authenticate" && std::cin >> name) {
      authenticate(publisher, name);
    } else if (command == "run") {
      run(publisher);
    } else if (command == "count" && std::cin >> argument) {
      count(publisher, argument);
    } else if (command == "end" && std::cin >> argument) {
      end(publisher, static_cast<int>(argument));
    } else {
      std::cerr << "session_speaker: no such command: " << command << '\n';
      return 2;
    }
    std::cout << "ok" << std::endl;
  }
}
