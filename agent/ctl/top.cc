#include "agent/ctl/top.h"

#include <curses.h>
#include <unistd.h>

#include <algorithm>
#include <tuple>

#include "agent/base/concat.h"
#include "agent/ctl/table.h"
#include "agent/metrics/label_text.h"
#include "agent/model/growth.h"

namespace pppol2tp::ctl {
namespace {

constexpr int kRefreshMs = 2000;
constexpr double kNanosecond = 1e-9;

struct Row {
  const model::Session* session;
  Rates::Rate rate;
};

std::vector<Row> rows_in_order(const HostView& view, const Rates& rates, TopOrder order) {
  std::vector<Row> rows;
  view.model().for_each_living([&](std::uint32_t, const model::Session& session) {
    rows.push_back({&session, rates.of(session)});
  });
  const auto key = [order](const Row& row) {
    const auto& state = row.session->state;
    const double number = order == TopOrder::receive    ? -row.rate.receive
                          : order == TopOrder::transmit ? -row.rate.transmit
                          : order == TopOrder::age ? static_cast<double>(state.opened.opened_ns)
                                                   : 0;
    const auto user = order == TopOrder::user ? metrics::text(state.authentication.peer_name) : "";
    return std::tuple(number, user, row.session->ids());
  };
  std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return key(a) < key(b); });
  return rows;
}

std::string bits_per_second(double bytes_per_second) {
  return with_unit(bytes_per_second * 8);
}

std::string head(const HostView& view, const std::vector<Row>& rows) {
  double receive = 0;
  double transmit = 0;
  std::size_t up = 0;
  for (const Row& row : rows) {
    receive += row.rate.receive;
    transmit += row.rate.transmit;
    up += row.session->is_up() ? 1 : 0;
  }
  return concat("sessions: ", up, " up, ", rows.size() - up, " in set-up or tear-down, ",
                view.model().session_count() - rows.size(), " ended    receive ",
                bits_per_second(receive), "bit/s  transmit ", bits_per_second(transmit),
                "bit/s\nr, t, a, u: sort by receive, transmit, age, user    q: quit\n\n");
}

}  // namespace

void Rates::update(const std::vector<const model::Session*>& sessions) {
  ++round_;
  for (const auto* session : sessions) {
    if (session->has_ended()) continue;
    const auto& now = session->state.counters;
    Known& known = by_instance_[session->state.identity.instance];
    known.round = round_;
    if (known.last.read_ns != 0 && now.read_ns > known.last.read_ns) {
      const double seconds = static_cast<double>(now.read_ns - known.last.read_ns) * kNanosecond;
      const auto rate = [seconds](std::uint64_t before, std::uint64_t after) {
        return static_cast<double>(model::growth(before, after)) / seconds;
      };
      known.rate = {rate(known.last.receive_bytes, now.receive_bytes),
                    rate(known.last.transmit_bytes, now.transmit_bytes)};
    }
    known.last = now;
  }
  std::erase_if(by_instance_, [this](const auto& entry) { return entry.second.round != round_; });
}

Rates::Rate Rates::of(const model::Session& session) const {
  const auto found = by_instance_.find(session.state.identity.instance);
  return found == by_instance_.end() ? Rate{} : found->second.rate;
}

std::string top_screen(const HostView& view, const Rates& rates, TopOrder order, std::size_t lines,
                       std::size_t columns) {
  constexpr std::size_t kHeadLines = 4;  // the last of them has the columns' titles
  auto rows = rows_in_order(view, rates, order);
  std::string screen = head(view, rows);
  rows.resize(std::min(rows.size(), lines > kHeadLines ? lines - kHeadLines : 0));

  std::vector<const Field*> columns_shown;
  for (const char* name : {"id", "ifname", "user", "state", "age", "peer_address"}) {
    columns_shown.push_back(find_field(name));
  }
  const Moment moment = HostView::moment();
  std::vector<std::vector<std::string>> cells;
  for (const Row& row : rows) {
    auto& line = cells.emplace_back();
    for (const Field* field : columns_shown) {
      line.push_back(shown(*field, field->of(*row.session, moment), moment));
    }
    line.push_back(bits_per_second(row.rate.receive));
    line.push_back(bits_per_second(row.rate.transmit));
  }
  screen += table({{"ID"},
                   {"IFNAME"},
                   {"USER"},
                   {"STATE"},
                   {"AGE", true},
                   {"PEER"},
                   {"RECEIVE bit/s", true},
                   {"TRANSMIT bit/s", true}},
                  cells);
  return cut_lines(screen, columns);
}

Result<void> run_top(HostView& view) {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) {
    return fail("top needs a terminal; `pppol2tpctl sessions` does not");
  }
  if (newterm(nullptr, stdout, stdin) == nullptr) {
    return fail("top: the terminal's type (TERM) is not known");
  }
  cbreak();
  noecho();
  curs_set(0);
  timeout(kRefreshMs);
  Rates rates;
  auto order = TopOrder::receive;
  Result<void> outcome;
  for (int key = ERR; key != 'q' && outcome; key = getch()) {
    if (key == 'r' || key == 't' || key == 'a' || key == 'u') order = static_cast<TopOrder>(key);
    rates.update(view.sessions());
    erase();
    addstr(top_screen(view, rates, order, static_cast<std::size_t>(LINES),
                      static_cast<std::size_t>(COLS - 1))
               .c_str());
    refresh();
    outcome = view.refresh(HostView::moment().now_ns);
  }
  endwin();
  return outcome;
}

}  // namespace pppol2tp::ctl
