// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "error.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

namespace nordlys::core {

/// SHA-256 (FIPS 180-4) as 64 lower-case hex digits.
std::string sha256Hex(std::span<const std::byte> bytes);
/// Streams the file in blocks; a stop request ends it with Interrupted.
Expected<std::string> sha256OfFile(const std::filesystem::path &path, const std::stop_token &stop = {});

/// Incremental form.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256 &) = delete;
    Sha256 &operator=(const Sha256 &) = delete;
    void add(std::span<const std::byte> bytes);
    /// Ends the digest; the object must not be used afterwards.
    [[nodiscard]] std::string hex();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace nordlys::core
