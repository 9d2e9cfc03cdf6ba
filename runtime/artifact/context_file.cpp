// SPDX-License-Identifier: Apache-2.0
#include "artifact.h"
#include "context_format.h"
#include "crc32.h"

#include <core/base/atomic_file.h>
#include <core/base/json_text.h>
#include <core/base/mapped_file.h>
#include <core/base/sha256.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace nordlys::runtime {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "the container is written and mapped as little endian");

namespace {

constexpr std::array<std::byte, 64> zeros{};
constexpr std::size_t kBlockBytes = std::size_t(4) << 20;

std::uint64_t aligned64(std::uint64_t value)
{
    return (value + 63) / 64 * 64;
}

template <typename T>
T readNumber(std::span<const std::byte> bytes, std::size_t offset)
{
    T value{};
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

} // namespace

core::Expected<void> writeContainer(const std::filesystem::path &path, const json &description, const BlobWriter &blob, const core::JobContext &job)
{
    // Names that are no UTF-8 become replacement characters instead of an exception.
    const std::string text = description.dump(-1, ' ', false, json::error_handler_t::replace);
    const std::uint64_t blobStart = aligned64(contextHeaderBytes + text.size()), total = blobStart + blob.size();

    std::vector<std::span<const std::byte>> pieces;
    std::uint64_t at = contextHeaderBytes;
    const auto append = [&](std::span<const std::byte> bytes) {
        pieces.push_back(bytes);
        at += bytes.size();
    };
    const auto padTo = [&](std::uint64_t target) { append(std::span(zeros).first(target - at)); };
    append(std::as_bytes(std::span(text)));
    padTo(blobStart);
    for (const BlobWriter::Piece &piece : blob.pieces()) {
        padTo(blobStart + piece.offset);
        append(piece.bytes);
    }
    padTo(total);
    // Large weights are taken in blocks, so that a stop is heard and progress seen.
    const auto inBlocks = [&](std::uint64_t doneBefore, const auto &take) -> core::Expected<void> {
        std::uint64_t done = doneBefore;
        for (const auto &piece : pieces) {
            for (std::size_t from = 0; from < piece.size(); from += kBlockBytes) {
                if (job.stopRequested())
                    return core::interrupted("writing " + path.filename().string());
                const auto block = piece.subspan(from, std::min(kBlockBytes, piece.size() - from));
                NORDLYS_TRY(take(block));
                job.report(done += block.size(), 2 * at, "writing the context");
            }
        }
        return {};
    };
    Crc32 crc;
    NORDLYS_TRY(inBlocks(0, [&crc](std::span<const std::byte> block) -> core::Expected<void> {
        crc.add(block);
        return {};
    }));

    std::array<std::byte, contextHeaderBytes> header{};
    const auto put = [&header](std::size_t offset, const auto &value) { std::memcpy(header.data() + offset, &value, sizeof value); };
    std::memcpy(header.data(), contextMagic.data(), contextMagic.size());
    put(8, kContextVersion);
    put(12, crc.value());
    put(16, total);
    put(24, static_cast<std::uint64_t>(text.size()));

    auto writer = core::AtomicFileWriter::create(path);
    NORDLYS_TRY(writer);
    NORDLYS_TRY(writer->write(header));
    NORDLYS_TRY(inBlocks(at, [&writer](std::span<const std::byte> block) { return writer->write(block); }));
    return writer->commit();
}

core::Expected<Container> readContainer(const std::filesystem::path &path)
{
    const std::string what = "context " + path.filename().string();
    auto file = core::MappedFile::open(path);
    NORDLYS_TRY(file);
    const std::span<const std::byte> bytes = (*file)->bytes();
    if (bytes.size() < contextHeaderBytes || std::memcmp(bytes.data(), contextMagic.data(), contextMagic.size()) != 0)
        return core::badInput(what, "it is no context container: its first bytes are not \"NRDLYCTX\"", "Build it with `nordlys build`");
    if (const auto version = readNumber<std::uint32_t>(bytes, 8); version != kContextVersion)
        return core::notSupported(what, "it has format version " + std::to_string(version) + ", this program reads version " + std::to_string(kContextVersion),
                                  "Build it again with this version");
    if (readNumber<std::uint64_t>(bytes, 16) != bytes.size())
        return core::badInput(what, "it has " + std::to_string(bytes.size()) + " bytes, its header says " + std::to_string(readNumber<std::uint64_t>(bytes, 16)),
                              "It was cut or appended to: copy or build it again");
    Crc32 crc;
    crc.add(bytes.subspan(contextHeaderBytes));
    if (crc.value() != readNumber<std::uint32_t>(bytes, 12))
        return core::badInput(what, "its checksum is wrong", "It was damaged: copy or build it again");
    const auto textSize = readNumber<std::uint64_t>(bytes, 24);
    if (textSize > bytes.size() - contextHeaderBytes || aligned64(contextHeaderBytes + textSize) > bytes.size())
        return core::badInput(what, "its description is longer than the file", "Build it again");
    const auto *text = reinterpret_cast<const char *>(bytes.data() + contextHeaderBytes);
    auto description = core::parseJsonText({text, textSize}, "description of " + what);
    if (!description) {
        description.error().fix = "Build it again";
        return std::move(description.error());
    }
    return Container{std::move(*description), {*file, bytes.subspan(aligned64(contextHeaderBytes + textSize))}, core::sha256Hex(bytes)};
}

} // namespace nordlys::runtime
