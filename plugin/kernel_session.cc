#include "plugin/kernel_session.h"

#include <linux/genetlink.h>
#include <linux/l2tp.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pppol2tp {
namespace {

// An answer about a session has some 200 bytes; of a longer one the beginning is enough.
using Answer = std::array<std::byte, 2048>;

// Writes header, generic header and attributes of a message, in this order.
class Writer {
 public:
  Writer(NetlinkMessage& out, std::uint16_t type, std::uint8_t command, std::uint8_t version)
      : out_(out) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = NLM_F_REQUEST;
    put(&header, sizeof header);
    genlmsghdr generic{};
    generic.cmd = command;
    generic.version = version;
    put(&generic, sizeof generic);
  }

  void attribute(std::uint16_t type, const void* data, std::size_t bytes) {
    nlattr header{};
    header.nla_type = type;
    header.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + bytes);
    put(&header, sizeof header);
    put(data, bytes);
    used_ = NLMSG_ALIGN(used_);
  }

  std::size_t finish() {
    const auto length = static_cast<std::uint32_t>(used_);
    std::memcpy(out_.data() + offsetof(nlmsghdr, nlmsg_len), &length, sizeof length);
    return used_;
  }

 private:
  void put(const void* data, std::size_t bytes) {
    std::memcpy(out_.data() + used_, data, bytes);
    used_ += bytes;
  }

  NetlinkMessage& out_;
  std::size_t used_ = 0;
};

template <typename T>
bool read_at(std::span<const std::byte> bytes, std::size_t offset, T& value) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof value) {
    return false;
  }
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return true;
}

class Asker {
 public:
  Asker() : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC)) {}
  ~Asker() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  // Empty when there is no answer.
  std::span<const std::byte> ask(const NetlinkMessage& question, std::size_t bytes) {
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (fd_ < 0 || sendto(fd_, question.data(), bytes, MSG_DONTWAIT,
                          reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0) {
      return {};
    }
    const ssize_t got = recv(fd_, answer_.data(), answer_.size(), MSG_DONTWAIT);
    return std::span(answer_).first(got > 0 ? static_cast<std::size_t>(got) : 0);
  }

 private:
  int fd_;
  Answer answer_;
};

}  // namespace

std::size_t ask_for_l2tp_family(NetlinkMessage& out) {
  Writer writer(out, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
  writer.attribute(CTRL_ATTR_FAMILY_NAME, L2TP_GENL_NAME, sizeof L2TP_GENL_NAME);
  return writer.finish();
}

std::size_t ask_for_session(std::uint16_t family, std::uint32_t tunnel_id, std::uint32_t session_id,
                            NetlinkMessage& out) {
  Writer writer(out, family, L2TP_CMD_SESSION_GET, L2TP_GENL_VERSION);
  writer.attribute(L2TP_ATTR_CONN_ID, &tunnel_id, sizeof tunnel_id);
  writer.attribute(L2TP_ATTR_SESSION_ID, &session_id, sizeof session_id);
  return writer.finish();
}

std::uint16_t family_in(std::span<const std::byte> answer) {
  nlmsghdr header;
  if (!read_at(answer, 0, header) || header.nlmsg_type != GENL_ID_CTRL) {
    return 0;
  }
  std::size_t offset = NLMSG_HDRLEN + GENL_HDRLEN;
  for (nlattr attribute; read_at(answer, offset, attribute);) {
    std::uint16_t number = 0;
    if ((attribute.nla_type & NLA_TYPE_MASK) == CTRL_ATTR_FAMILY_ID) {
      return read_at(answer, offset + NLA_HDRLEN, number) ? number : 0;
    }
    if (attribute.nla_len < NLA_HDRLEN) {
      break;
    }
    offset += NLMSG_ALIGN(attribute.nla_len);
  }
  return 0;
}

KernelView view_in(std::uint16_t family, std::span<const std::byte> answer) {
  nlmsghdr header;
  if (!read_at(answer, 0, header)) {
    return KernelView::unknown;
  }
  if (header.nlmsg_type == family) {
    return KernelView::present;
  }
  int error = 0;
  const bool is_absent =
      header.nlmsg_type == NLMSG_ERROR && read_at(answer, NLMSG_HDRLEN, error) && error == -ENODEV;
  return is_absent ? KernelView::absent : KernelView::unknown;
}

KernelView look_for_session(std::uint32_t tunnel_id, std::uint32_t session_id) {
  Asker kernel;
  NetlinkMessage question;
  const std::uint16_t family = family_in(kernel.ask(question, ask_for_l2tp_family(question)));
  if (family == 0) {
    return KernelView::unknown;
  }
  return view_in(family,
                 kernel.ask(question, ask_for_session(family, tunnel_id, session_id, question)));
}

}  // namespace pppol2tp
