// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace nordlys::core {

/// What kind of failure an Error is. The command line turns it into its exit code (see exitCodeOf), the studio into the
/// action that it offers.
enum class ErrorCode {
    GateFailed,   ///< a check or gate said no
    Usage,        ///< the caller asked for something that makes no sense
    BadInput,     ///< a file, model or value is wrong
    Device,       ///< a device failed or is not there
    NotSupported, ///< understood, but we cannot do it
    CannotWrite,  ///< disk full, folder read-only
    Interrupted,  ///< cancelled by the caller
    Internal,     ///< a promise of ours was broken; never caused by input
};

/// Exit code of a program that ends with this error: 1, 2, 3, 4, 5, 6, 130; Internal is 70.
int exitCodeOf(ErrorCode code);

/// A failure for people: "WHAT: WHY. WHAT TO DO". `what` names the subject, `why` the reason, `fix` what to do (may be empty).
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string what;
    std::string why;
    std::string fix;
    std::vector<std::string> details; ///< further lines (file, node, tensor, tool output), shown on request

    /// One line without a line break: "WHAT: WHY. FIX". Control characters of hostile input are replaced.
    [[nodiscard]] std::string text() const;
};

/// Value or Error. Expected<void> is Expected<std::monostate> with an implicit success.
template <typename T>
class [[nodiscard]] Expected {
public:
    Expected(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Expected(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool hasValue() const { return m_state.index() == 0; }
    explicit operator bool() const { return hasValue(); }
    [[nodiscard]] T &value() & { return std::get<0>(m_state); }
    [[nodiscard]] const T &value() const & { return std::get<0>(m_state); }
    [[nodiscard]] T &&value() && { return std::get<0>(std::move(m_state)); }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T &&operator*() && { return std::move(*this).value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }
    [[nodiscard]] Error &error() { return std::get<1>(m_state); }
    [[nodiscard]] const Error &error() const { return std::get<1>(m_state); }

private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Expected<void> {
public:
    Expected() = default;
    Expected(Error error) : m_error(std::move(error)) {}
    [[nodiscard]] bool hasValue() const { return !m_error; }
    explicit operator bool() const { return hasValue(); }
    [[nodiscard]] Error &error() { return *m_error; }
    [[nodiscard]] const Error &error() const { return *m_error; }

private:
    std::optional<Error> m_error;
};

Error badInput(std::string what, std::string why, std::string fix = {});
Error notSupported(std::string what, std::string why, std::string fix = {});
Error cannotWrite(std::string what, std::string why, std::string fix = {});
Error deviceError(std::string what, std::string why, std::string fix = {});
Error usageError(std::string what, std::string why, std::string fix = {});
Error interrupted(std::string what);
Error internalError(std::string what, std::string why);

} // namespace nordlys::core

/// Returns the error of an Expected to the caller; otherwise goes on.
#define NORDLYS_TRY(expression)                                                                                                  \
    do {                                                                                                                         \
        if (auto &&nordlysTried = (expression); !nordlysTried)                                                                     \
            return std::move(nordlysTried.error());                                                                              \
    } while (false)
