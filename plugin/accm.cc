#include "plugin/accm.h"

#include <cstdint>

namespace {

constexpr std::uint32_t kDefaultAccm = 0xffffffff;

int finish_when_both_seen(AccmNegotiation* accm) {
  if (accm->send_seen == 0 || accm->receive_seen == 0) {
    return 0;
  }
  accm->send_seen = 0;
  accm->receive_seen = 0;
  return 1;
}

}  // namespace

int note_acknowledged_accm(AccmNegotiation* accm, std::uint32_t map, int incoming) {
  if (incoming != 0) {
    accm->receive = map;
    accm->receive_seen = 1;
  } else {
    accm->send = map;
    accm->send_seen = 1;
  }
  return finish_when_both_seen(accm);
}

int note_rejected_accm(AccmNegotiation* accm) {
  *accm = {kDefaultAccm, kDefaultAccm, 1, 1};
  return finish_when_both_seen(accm);
}
