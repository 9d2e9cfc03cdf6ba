// SPDX-License-Identifier: Apache-2.0
#include "sha256.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace nordlys::core {

struct Sha256::State {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    State() = default;
    State(const State &) = delete;
    State &operator=(const State &) = delete;
    ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : m_state(std::make_unique<State>())
{
    EVP_DigestInit_ex(m_state->context, EVP_sha256(), nullptr);
}

Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> bytes)
{
    EVP_DigestUpdate(m_state->context, bytes.data(), bytes.size());
}

std::string Sha256::hex()
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(m_state->context, digest.data(), &size);
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(std::size_t(2) * size);
    for (unsigned int i = 0; i < size; ++i) {
        text += kDigits[digest[i] >> 4];
        text += kDigits[digest[i] & 15];
    }
    return text;
}

std::string sha256Hex(std::span<const std::byte> bytes)
{
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

Expected<std::string> sha256OfFile(const std::filesystem::path &path, const std::stop_token &stop)
{
    std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    if (!file)
        return badInput(path.string(), std::string("cannot be opened: ") + std::strerror(errno), "Check the path and its permissions.");
    Sha256 hash;
    std::vector<std::byte> block(std::size_t(1) << 20);
    while (true) {
        if (stop.stop_requested())
            return interrupted(path.string());
        const std::size_t size = std::fread(block.data(), 1, block.size(), file.get());
        hash.add(std::span(block).first(size));
        if (size < block.size()) {
            if (std::ferror(file.get()))
                return badInput(path.string(), std::string("cannot be read: ") + std::strerror(errno));
            return hash.hex();
        }
    }
}

} // namespace nordlys::core
