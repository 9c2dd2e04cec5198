// Errors as values. A function that can fail for a reason its caller may react to returns
// Result<T>: the value, or an Error whose message is one line fit for an operator.
//
// Each caller adds context to an error, so the final message is one sentence from effect to cause:
//   if (!text) return text.error().within("reading ", path);
//   "reading /etc/x: permission denied"
//
// The interface is that of std::expected, which will replace this file when the compilers allow it.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "agent/base/concat.h"

namespace pppol2tp {

struct Error {
  std::string message;

  // The same error with context: "<context>: <message>".
  template <typename... Pieces>
  Error within(const Pieces&... context) const {
    return {concat(context..., ": ", message)};
  }
};

template <typename... Pieces>
Error fail(const Pieces&... pieces) {
  return {concat(pieces...)};
}

// "<pieces>: <the system's text for error_number>".
template <typename... Pieces>
Error fail_errno(int error_number, const Pieces&... pieces) {
  return {concat(pieces..., ": ", std::generic_category().message(error_number))};
}

// Accessing a value or error that is not there is a bug in our code, and ends the program.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *checked(std::get_if<0>(&content_)); }
  const T& value() const& { return *checked(std::get_if<0>(&content_)); }
  T&& value() && { return std::move(value()); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return *checked(std::get_if<1>(&content_)); }

 private:
  template <typename Content>
  static Content* checked(Content* content) {
    if (content == nullptr) std::abort();
    return content;
  }

  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }

  const Error& error() const {
    if (!error_) std::abort();
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace pppol2tp
