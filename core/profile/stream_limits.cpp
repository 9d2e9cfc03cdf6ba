// SPDX-License-Identifier: Apache-2.0
#include "stream_limits.h"

#include "stream.h"

#include "core/profile/stream.pb.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include <limits>

namespace nordlys::core {

namespace {

using google::protobuf::io::CodedInputStream;

constexpr unsigned kVarint = 0, kFixed64 = 1, kDelimited = 2, kFixed32 = 5;

// Numbers of stream.proto, taken from the generated code.
constexpr unsigned kHello = static_cast<unsigned>(stream::StreamMessage::kHelloFieldNumber);
constexpr unsigned kRunStarted = static_cast<unsigned>(stream::StreamMessage::kRunStartedFieldNumber);
constexpr unsigned kCounters = static_cast<unsigned>(stream::Hello::kCountersFieldNumber);
constexpr unsigned kLayers = static_cast<unsigned>(stream::RunStarted::kLayersFieldNumber);

struct Counts {
    std::size_t entries = 0, names = 0;
};

bool skipValue(CodedInputStream &in, unsigned wireType)
{
    std::uint64_t wide = 0;
    std::uint32_t narrow = 0;
    switch (wireType) {
    case kVarint: return in.ReadVarint64(&wide);
    case kFixed64: return in.ReadLittleEndian64(&wide);
    case kFixed32: return in.ReadLittleEndian32(&narrow);
    default: return false;
    }
}

// Calls visit(field number, length) with the stream at the start of each delimited value; visit must consume it. False at damage.
template <typename Visit>
bool walk(CodedInputStream &in, std::uint32_t length, const Visit &visit)
{
    const auto limit = in.PushLimit(static_cast<int>(length));
    bool good = true;
    while (good && in.BytesUntilLimit() > 0) {
        const std::uint32_t tag = in.ReadTag();
        if (tag == 0) {
            good = false;
        } else if ((tag & 7U) != kDelimited) {
            good = skipValue(in, tag & 7U);
        } else {
            std::uint32_t size = 0;
            good = in.ReadVarint32(&size) && size <= static_cast<std::uint32_t>(in.BytesUntilLimit()) && visit(tag >> 3U, size);
        }
    }
    in.PopLimit(limit);
    return good;
}

bool skip(CodedInputStream &in, std::uint32_t size)
{
    return in.Skip(static_cast<int>(size));
}

} // namespace

Expected<void> checkMessageLimits(std::span<const std::byte> message)
{
    if (message.size() > kMaxStreamMessage)
        return badInput("run stream", fmt::format("a message of {} bytes", message.size()));
    CodedInputStream in(reinterpret_cast<const std::uint8_t *>(message.data()), static_cast<int>(message.size()));
    Counts counts;
    const auto visitEntry = [&](unsigned, std::uint32_t size) {
        ++counts.names;
        return skip(in, size);
    };
    const auto visitBody = [&](unsigned entryField) {
        return [&, entryField](unsigned field, std::uint32_t size) {
            if (field != entryField)
                return skip(in, size);
            ++counts.entries;
            return walk(in, size, visitEntry);
        };
    };
    // Damage is left to the parser that follows; it stops at the same place and allocates no more than was counted here.
    (void)walk(in, static_cast<std::uint32_t>(message.size()), [&](unsigned field, std::uint32_t size) {
        if (field == kHello)
            return walk(in, size, visitBody(kCounters));
        if (field == kRunStarted)
            return walk(in, size, visitBody(kLayers));
        return skip(in, size);
    });
    if (counts.entries > kMaxStreamLayers || counts.names > kMaxStreamNames)
        return badInput("run stream", fmt::format("it announces {} layers or counters with {} names; at most {} and {} are allowed", counts.entries,
                                                  counts.names, kMaxStreamLayers, kMaxStreamNames));
    return {};
}

} // namespace nordlys::core
