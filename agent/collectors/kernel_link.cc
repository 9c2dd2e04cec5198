#include "agent/collectors/kernel_link.h"

#include <iterator>
#include <utility>

#include "agent/collectors/kernel_messages.h"

namespace pppol2tp::collectors {
namespace {

template <typename Items>
void append(Items& to, Items&& more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// `more` is the newer one.
void merge(KernelAnswers& answers, KernelAnswers&& more) {
  append(answers.tunnels, std::move(more.tunnels));
  append(answers.sessions, std::move(more.sessions));
  append(answers.interfaces, std::move(more.interfaces));
  append(answers.links, std::move(more.links));
  answers.namespaces = std::move(more.namespaces);
  if (more.ethernet_sessions) answers.ethernet_sessions = std::move(more.ethernet_sessions);
  if (more.batch_size != 0) {
    answers.batch_size = more.batch_size;
    answers.batch_cost_ns = more.batch_cost_ns;
  }
  answers.has_ended_links = answers.has_ended_links || more.has_ended_links;
}

}  // namespace

KernelLink::KernelLink(Fd end) : channel_(std::move(end), kMostReportBytes) {}

bool KernelLink::receive() {
  bool is_news = false;
  while (is_open_) {
    std::span<const std::uint8_t> message;
    const auto received = channel_.receive(message);
    if (received == PacketChannel::Received::nothing) break;
    if (received == PacketChannel::Received::end) {
      close("the kernel reader has ended; only a restart of the agent brings it back");
      return true;
    }
    auto report = decode_report(message);
    if (!report) {
      close("the kernel reader talks nonsense");
      return true;
    }
    if (report->is_restart || report->answers.batch_size != 0) is_asked_ = false;
    is_news = is_news || report->is_news;
    merge(answers_, std::move(report->answers));
  }
  return is_news;
}

void KernelLink::close(std::string reason) {
  is_open_ = false;
  is_asked_ = false;
  answers_.namespaces = {{0, std::move(reason)}};
}

void KernelLink::ask(KernelQuestions questions) {
  if (!is_open_) return;
  // If sending fails, the other end is gone, which receive() will find, or it is busy.
  is_asked_ = channel_.send(encode(questions), PacketChannel::Patience::none).has_value();
}

KernelAnswers KernelLink::take() {
  KernelAnswers answers = std::exchange(answers_, {});
  answers_.namespaces = answers.namespaces;
  return answers;
}

}  // namespace pppol2tp::collectors
