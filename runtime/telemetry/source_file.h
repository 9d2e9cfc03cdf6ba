// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace nordlys::runtime {

/// A small text file of the kernel that is read again and again. On sysfs and procfs it is kept open and read with pread; elsewhere (a copied or
/// made-up tree) it is opened each time, so that a file that was replaced by a rename is seen. Not thread-safe.
class SourceFile {
public:
    explicit SourceFile(std::filesystem::path path, std::size_t maxBytes = 4096);
    ~SourceFile();
    SourceFile(SourceFile &&other) noexcept;
    SourceFile &operator=(SourceFile &&) = delete;

    /// The content now, at most maxBytes of it; valid until the next call. Nothing when it cannot be read: why() says why not.
    std::optional<std::string_view> read();
    [[nodiscard]] std::string why() const;
    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }

private:
    void close();

    std::filesystem::path m_path;
    std::string m_buffer;
    int m_descriptor = -1;
    int m_error = 0;
};

/// Decimal integer with optional sign and surrounding white space, nothing else but `suffix` after it; magnitude below 10^15. Nothing for another text.
std::optional<double> parseInteger(std::string_view text, std::string_view suffix = {});
/// Decimal number with optional fraction, no exponent; otherwise as parseInteger.
std::optional<double> parseDecimal(std::string_view text);
std::string_view trimmed(std::string_view text);

} // namespace nordlys::runtime
