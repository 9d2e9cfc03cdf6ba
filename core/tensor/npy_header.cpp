// SPDX-License-Identifier: Apache-2.0
#include "npy_header.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <optional>

namespace nordlys::core {

namespace {

// NumPy writes headers of about a hundred bytes; only structured types, which are refused anyway, need more than this.
constexpr std::size_t kMaxHeader = std::size_t(1) << 20;
constexpr std::size_t kMaxRank = 64;

struct NpyType {
    std::string_view code;
    DType dtype;
};
constexpr std::array<NpyType, 14> kTypes{{{"b1", DType::Bool},
                                          {"i1", DType::Int8},
                                          {"i2", DType::Int16},
                                          {"i4", DType::Int32},
                                          {"i8", DType::Int64},
                                          {"u1", DType::UInt8},
                                          {"u2", DType::UInt16},
                                          {"u4", DType::UInt32},
                                          {"u8", DType::UInt64},
                                          {"f2", DType::Float16},
                                          {"f4", DType::Float32},
                                          {"f8", DType::Float64},
                                          {"c8", DType::Complex64},
                                          {"c16", DType::Complex128}}};

/// Reader of the literal; every step checks the end of the text.
class Literal {
public:
    explicit Literal(std::string_view text) : m_text(text) {}
    void skipBlanks()
    {
        while (m_at < m_text.size() && std::isspace(static_cast<unsigned char>(m_text[m_at])))
            ++m_at;
    }
    bool take(char c)
    {
        skipBlanks();
        if (m_at >= m_text.size() || m_text[m_at] != c)
            return false;
        ++m_at;
        return true;
    }
    [[nodiscard]] char peek()
    {
        skipBlanks();
        return m_at < m_text.size() ? m_text[m_at] : '\0';
    }
    bool takeWord(std::string_view word)
    {
        skipBlanks();
        if (!m_text.substr(m_at).starts_with(word))
            return false;
        m_at += word.size();
        return true;
    }
    std::optional<std::string_view> string()
    {
        const char quote = peek();
        if (quote != '\'' && quote != '"')
            return std::nullopt;
        const std::size_t end = m_text.find(quote, m_at + 1);
        if (end == std::string_view::npos)
            return std::nullopt;
        const std::string_view value = m_text.substr(m_at + 1, end - m_at - 1);
        if (value.find('\\') != std::string_view::npos)
            return std::nullopt;
        m_at = end + 1;
        return value;
    }
    std::optional<std::int64_t> integer()
    {
        skipBlanks();
        std::int64_t value = 0;
        const auto [end, code] = std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), value);
        if (code != std::errc())
            return std::nullopt;
        m_at = static_cast<std::size_t>(end - m_text.data());
        if (m_at < m_text.size() && m_text[m_at] == 'L') // Python 2 wrote long integers this way
            ++m_at;
        return value;
    }
    [[nodiscard]] bool atEnd()
    {
        skipBlanks();
        return m_at == m_text.size();
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

Expected<void> readDescriptor(Literal &literal, NpyHeader &header, const std::string &what)
{
    if (literal.peek() == '[' || literal.peek() == '(' || literal.peek() == '{')
        return notSupported(what, "the array has a structured dtype", "Save each field as an array of its own.");
    const auto text = literal.string();
    if (!text || text->empty())
        return badInput(what, "the header's 'descr' is no string");
    std::string_view code = *text;
    const char order = code.front();
    if (order == '<' || order == '>' || order == '|' || order == '=')
        code.remove_prefix(1);
    for (const NpyType &type : kTypes) {
        if (type.code == code) {
            header.dtype = type.dtype;
            header.bigEndian = order == '>';
            return {};
        }
    }
    return notSupported(what, "the array's dtype '" + std::string(text->substr(0, 32)) + "' has no counterpart here",
                        "Save it as float32 or as an integer type.");
}

Expected<void> readShape(Literal &literal, NpyHeader &header, const std::string &what)
{
    if (!literal.take('('))
        return badInput(what, "the header's 'shape' is no tuple");
    while (!literal.take(')')) {
        const auto dim = literal.integer();
        if (!dim)
            return badInput(what, "the header's 'shape' is no tuple of integers");
        if (*dim < 0)
            return badInput(what, "the header's 'shape' has a negative dimension");
        if (header.dims.size() == kMaxRank)
            return badInput(what, "the header's 'shape' has more than 64 dimensions");
        header.dims.push_back(*dim);
        if (!literal.take(',') && literal.peek() != ')')
            return badInput(what, "the header's 'shape' is no tuple of integers");
    }
    return {};
}

Expected<void> readDictionary(std::string_view text, NpyHeader &header, const std::string &what)
{
    Literal literal(text);
    if (!literal.take('{'))
        return badInput(what, "the header is no Python dictionary");
    bool hasDescriptor = false, hasOrder = false, hasShape = false;
    while (!literal.take('}')) {
        const auto key = literal.string();
        if (!key || !literal.take(':'))
            return badInput(what, "the header is no Python dictionary with string keys");
        bool *seen = *key == "descr"           ? &hasDescriptor
                     : *key == "fortran_order" ? &hasOrder
                     : *key == "shape"         ? &hasShape
                                               : nullptr;
        if (!seen)
            return badInput(what, "the header has an unknown key '" + std::string(key->substr(0, 32)) + "'");
        if (*seen)
            return badInput(what, "the header has the key '" + std::string(*key) + "' twice");
        *seen = true;
        if (seen == &hasDescriptor) {
            NORDLYS_TRY(readDescriptor(literal, header, what));
        } else if (seen == &hasShape) {
            NORDLYS_TRY(readShape(literal, header, what));
        } else if (literal.takeWord("True")) {
            header.fortranOrder = true;
        } else if (!literal.takeWord("False")) {
            return badInput(what, "the header's 'fortran_order' is neither True nor False");
        }
        if (!literal.take(',') && literal.peek() != '}')
            return badInput(what, "the header's dictionary is malformed");
    }
    if (!hasDescriptor || !hasOrder || !hasShape)
        return badInput(what, "the header lacks 'descr', 'fortran_order' or 'shape'");
    if (!literal.atEnd())
        return badInput(what, "there is text after the header's dictionary");
    return {};
}

} // namespace

Expected<NpyHeader> parseNpyHeader(std::span<const std::byte> file, const std::string &what)
{
    const std::string_view text(reinterpret_cast<const char *>(file.data()), file.size());
    if (!text.starts_with("\x93NUMPY"))
        return badInput(what, "this is no .npy file (its first bytes are not \\x93NUMPY)");
    if (text.size() < 10)
        return badInput(what, "the file ends inside the .npy header");
    const auto byteAt = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(text[i])); };
    const std::size_t major = byteAt(6);
    if (major < 1 || major > 3 || byteAt(7) != 0)
        return badInput(what, ".npy format version " + std::to_string(major) + "." + std::to_string(byteAt(7)) +
                                  " is unknown (1.0 to 3.0 are read)");
    NpyHeader header;
    std::size_t length = byteAt(8) | byteAt(9) << 8;
    std::size_t start = 10;
    if (major >= 2) {
        if (text.size() < 12)
            return badInput(what, "the file ends inside the .npy header");
        length |= byteAt(10) << 16 | byteAt(11) << 24;
        start = 12;
    }
    if (length > kMaxHeader)
        return badInput(what, "the .npy header claims " + std::to_string(length) + " bytes");
    if (length > text.size() - start)
        return badInput(what, "the file ends inside the .npy header");
    NORDLYS_TRY(readDictionary(text.substr(start, length), header, what));
    header.dataOffset = start + length;
    return header;
}

std::string npyDescriptor(DType dtype)
{
    for (const NpyType &type : kTypes) {
        if (type.dtype == dtype)
            return (bitsOf(dtype) == 8 ? "|" : "<") + std::string(type.code);
    }
    return {};
}

} // namespace nordlys::core
