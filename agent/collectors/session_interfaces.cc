#include "agent/collectors/session_interfaces.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

namespace pppol2tp::collectors {
namespace {

constexpr const char* kPath = "/proc/thread-self/net/pppol2tp";

// The file's lines are much shorter; a longer line means that this is another file.
constexpr std::size_t kLongestLine = 4096;

std::string_view without_indent(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(' ');
  return begin == std::string_view::npos ? std::string_view{} : line.substr(begin);
}

// A hexadecimal number that takes the whole word.
std::optional<std::uint32_t> hexadecimal(std::string_view word) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number, 16);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return number;
}

// Parses the part after the name: "0A620001/1701 791A/7924 -> 7919/7923 1 0", where the third and
// fourth number are this host's ids (pppol2tp_seq_session_show() in the kernel's l2tp_ppp.c).
std::optional<SessionInterface> session_of(std::string_view words) {
  const std::size_t ids = words.find(' ');
  if (ids == std::string_view::npos) return std::nullopt;
  words.remove_prefix(ids + 1);
  const std::string_view both = words.substr(0, words.find(' '));
  const std::size_t slash = both.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto tunnel_id = hexadecimal(both.substr(0, slash));
  const auto session_id = hexadecimal(both.substr(slash + 1));
  if (!tunnel_id || !session_id) return std::nullopt;
  return SessionInterface{*tunnel_id, *session_id, {}};
}

}  // namespace

void SessionInterfaceText::add(std::string_view piece, std::vector<SessionInterface>& found) {
  for (std::size_t end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
    rest_ += piece.substr(0, end);
    take(rest_, found);
    rest_.clear();
    piece.remove_prefix(end + 1);
  }
  rest_ += piece;
  if (rest_.size() > kLongestLine) rest_.clear();
}

void SessionInterfaceText::take(std::string_view line, std::vector<SessionInterface>& found) {
  constexpr std::string_view kSession = "SESSION '";
  constexpr std::string_view kInterface = "interface ";
  line = without_indent(line);
  if (line.starts_with(kSession)) {
    const std::size_t end_of_name = line.find("' ", kSession.size());
    const auto session = end_of_name == std::string_view::npos
                             ? std::nullopt
                             : session_of(line.substr(end_of_name + 2));
    is_known_ = session.has_value();
    if (session) session_ = *session;
  } else if (line.starts_with("TUNNEL")) {
    is_known_ = false;
  } else if (is_known_ && line.starts_with(kInterface)) {
    session_.name = line.substr(kInterface.size());
    found.push_back(session_);
    is_known_ = false;
  }
}

Result<SessionInterfaceFile> SessionInterfaceFile::open() {
  Fd file(::open(kPath, O_RDONLY | O_CLOEXEC));
  if (!file) return fail_errno(errno, kPath);
  return SessionInterfaceFile(std::move(file));
}

Result<SessionInterfaceFile::Part> SessionInterfaceFile::next_part() {
  std::array<char, 4096> bytes;  // the kernel returns no more per read
  ssize_t got = 0;
  do {
    got = read(file_.get(), bytes.data(), bytes.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) return fail_errno(errno, kPath);
  Part part;
  part.is_last = got == 0;
  text_.add({bytes.data(), static_cast<std::size_t>(got)}, part.found);
  return part;
}

}  // namespace pppol2tp::collectors
