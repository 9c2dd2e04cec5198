// The agent's end of the channel to its kernel reader. Questions are sent at once; reports that
// have arrived wait here until they are taken. When the reader is gone, the answers say so for
// every watched namespace.
//
// One thread, the model's.
#pragma once

#include <string>

#include "agent/base/packet_channel.h"
#include "agent/collectors/kernel_desk.h"

namespace pppol2tp::collectors {

class KernelLink final : public KernelDesk {
 public:
  explicit KernelLink(Fd end);

  // Receives what has arrived, without blocking. True: the model should get it at once.
  bool receive();

  // For polling while is_open().
  int descriptor() const { return channel_.descriptor(); }
  bool is_open() const { return is_open_; }

  bool is_idle() const override { return !is_asked_; }
  void ask(KernelQuestions questions) override;
  KernelAnswers take() override;

 private:
  void close(std::string reason);

  PacketChannel channel_;
  bool is_open_ = true;
  bool is_asked_ = false;
  KernelAnswers answers_;
};

}  // namespace pppol2tp::collectors
